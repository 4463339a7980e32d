/** What is wrong, where it can be said beside no cell of the roster. */

import { h } from "./dom.js";
import { amountOf } from "./inputs.js";
import type { Page } from "./page.js";
import { cellOf } from "./roster.js";
import { problemText } from "./sentences.js";
import { toldOfAmount } from "./words.js";

export function renderProblems(page: Page): Node[] {
  const { t, state, latest, refused } = page;
  const list = (latest?.failures ?? [])
    .map(({ part, problems, leftOut }) => ({ part, leftOut: part === "roster" ? 0 : leftOut, problems: part === "roster" ? problems.filter((problem) => problem.severity === "error" && cellOf(page, problem) === undefined) : problems }))
    .concat(refused && "problems" in refused ? { part: "policy", problems: refused.problems, leftOut: refused.leftOut } : [])
    .filter(({ problems }) => problems.length > 0);
  const told = refused && "text" in refused ? [h("div", { class: "alert", role: "alert", id: "refused" }, h("p", {}, refused.text),
    refused.choices && h("div", { class: "buttons" }, refused.choices.map(({ label, take }, at) => h("button", { type: "button", id: `choice-${at}`, onclick: take }, label))))] : [];
  if (list.length === 0) return told;
  return [
    ...told,
    h("div", { class: "alert", role: "alert" },
      h("p", {}, h("strong", {}, t("problems", { n: list.reduce((sum, { problems, leftOut }) => sum + problems.length + leftOut, 0) }))),
      h("ul", {}, list.flatMap(({ part, problems }) => problems.slice(0, 50).map((problem) => {
        const field = amountOf(page, part, problem);
        return h("li", {}, field ? `${field.label}${t("colon")}${toldOfAmount(state.lang, problem)}` : problemText(page, problem));
      })))),
  ];
}
