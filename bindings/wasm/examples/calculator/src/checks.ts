/** What the policy requires besides amounts: a page that is computed when it is shown. */

import type { Problem } from "fundlayers/manual";
import type { ChecksTold } from "./compute.js";
import { h } from "./dom.js";
import { ask } from "./engine.js";
import { decoded } from "./files.js";
import { formButtons } from "./forms.js";
import type { Page } from "./page.js";
import { plainTable } from "./plain.js";
import { into } from "./regions.js";
import { problemText } from "./sentences.js";
import type { State } from "./state.js";

/** What was told last, of which state, and what is wrong with the file of figures. */
let shown: { readonly of: State; readonly told: ChecksTold | undefined; readonly wrong: readonly Problem[] } | "absent" | undefined;
let asking = 0;

/** Asks again where the state is another. What is wrong with a file is said; without it the checks are open. */
async function compute(page: Page): Promise<void> {
  const turn = (asking += 1);
  const { state } = page;
  const asked = (figures: State["figures"]) => ask({ ask: "checks", figures, lang: state.lang }).catch(() => undefined);
  let answered = await asked(state.figures);
  let wrong: readonly Problem[] = [];
  if (answered?.is === "problems") {
    wrong = answered.problems;
    answered = await asked(undefined);
  }
  if (turn !== asking) return;
  shown = answered?.is === "checks" ? { of: state, told: answered.told, wrong } : "absent";
  into("checks", ...renderChecks(page, false));
}

export function renderChecks(page: Page, asks = true): Node[] {
  const { t, state } = page;
  if (asks && (typeof shown !== "object" || shown.of !== state)) void compute(page);
  const told = typeof shown === "object" ? shown : undefined;
  // A file with something wrong in it is not what stands here.
  const known = told && told.wrong.length > 0 ? undefined : state.figures;
  const input = h("input", {
    type: "file", id: "figures-file", accept: ".csv,.json", class: "file",
    onchange: (event) => {
      const file = (event.target as HTMLInputElement).files?.[0];
      if (file) void file.arrayBuffer().then((bytes) =>
        page.update({ figures: { name: file.name, format: file.name.toLowerCase().endsWith(".json") ? "json" : "csv", text: decoded(new Uint8Array(bytes)) } }));
    },
  });
  const heading = h("h2", { id: "checks-heading" }, told?.told ? t("checks", { n: told.told.openCount }) : t("tabChecks"));
  if (shown === "absent") return [heading, h("p", { class: "alert", role: "alert" }, t("partAbsent"))];
  if (told === undefined) return [heading, h("p", { class: "note" }, t("computing"))];
  if (told.told === undefined) return [heading, h("p", {}, t("noChecks"))];
  const { totals, open, openCount } = told.told;
  return [
    heading,
    h("p", { class: "note" }, t("checksNote"), known === undefined ? "" : ` ${t("figuresFile", { name: known.name })}`),
    h("div", { class: "buttons screen" }, h("label", { class: "button", for: "figures-file" }, t("openFigures"), input),
      state.figures && h("button", { type: "button", id: "figures-without", onclick: () => page.update({ figures: undefined }, "none", "figures-file") }, t("figuresWithout"))),
    ...(told.wrong.length > 0 ? [h("div", { class: "alert", role: "alert", id: "figures-problems" }, h("ul", {}, told.wrong.slice(0, 50).map((problem) => h("li", {}, problemText(page, problem)))))] : []),
    plainTable(totals), h("h3", {}, t("openChecks")),
    openCount === 0 ? h("p", {}, t("noOpenChecks")) : plainTable(open),
    ...(openCount > open.rows.length ? [h("p", { class: "note" }, t("firstLines", { shown: open.rows.length, n: openCount }))] : []),
    h("div", { class: "screen" }, formButtons(page, ["land"])),
  ];
}
