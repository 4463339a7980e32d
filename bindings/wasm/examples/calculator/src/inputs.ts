/** The policy's amounts as sliders, and the limit. */

import type { Problem } from "fundlayers/manual";
import type { Failure, PolicyAmount } from "./compute.js";
import { h } from "./dom.js";
import type { Page } from "./page.js";
import type { LimitSource } from "./state.js";
import { toldOfAmount } from "./words.js";

/** The field that a problem is about, if it is one for an amount: its id, and what it is called. */
export function amountOf(page: Page, part: Failure["part"], problem: Problem): { readonly id: string; readonly label: string } | undefined {
  const { t, state } = page;
  if (part === "limit" && problem.column === "amount") return { id: "limit-amount", label: t("limitAmount", { unit: state.limit?.unit ?? page.answer?.unit ?? "" }) };
  if (part !== "changes") return undefined;
  const amounts = page.latest?.policy?.amounts ?? [];
  const at = amounts.findIndex(({ path }) => path === problem.key);
  return amounts[at] && { id: `amount-${at}`, label: amounts[at].label[state.lang] };
}

/** Says beside the amounts what changing them comes to; marks those that are wrong and says beside each what is. */
export function showAmounts(page: Page): void {
  const { answer, latest, t } = page;
  const [, before, after, difference] = (answer === latest ? answer?.difference[0]?.report.rows.at(-1)?.cells : undefined) ?? [];
  const effect = before === undefined ? "" : t("effect", { before, after: after ?? "", difference: difference ?? "", unit: answer?.unit ?? "" });
  document.getElementById("amounts-effect")?.replaceChildren(effect);
  for (const old of document.querySelectorAll("#amounts [aria-invalid], #limit [aria-invalid]")) old.removeAttribute("aria-invalid");
  for (const old of document.querySelectorAll("#amounts .mend, #limit .mend")) old.replaceChildren();
  for (const { part, problems } of page.latest?.failures ?? []) {
    for (const problem of problems) {
      const field = amountOf(page, part, problem);
      if (field === undefined) continue;
      document.getElementById(field.id)?.setAttribute("aria-invalid", "true");
      document.getElementById(`${field.id}-mend`)?.append(toldOfAmount(page.state.lang, problem));
    }
  }
}

/** Where a slider ends and how it steps: about a hundred steps from nothing to twice the amount. */
function range(value: string): { max: number; step: number } {
  const number = Number(value);
  if (!(number > 0)) return { max: 100, step: 1 };
  const step = 10 ** Math.max(0, Math.floor(Math.log10(number)) - 1);
  return { max: Math.ceil((2 * number) / step) * step, step };
}

export function renderAmounts(page: Page): Node[] {
  const { t, state } = page;
  const amounts = page.latest?.policy?.amounts ?? [];
  const changed = Object.keys(state.changes).length > 0;
  const reset = h("button", { type: "button", id: "amounts-reset", disabled: !changed, onclick: () => page.update({ changes: {} }, "amounts") }, t("resetAmounts"));
  return [
    h("h2", { id: "amounts-heading" }, t("amounts")),
    h("p", { class: "note" }, t(amounts.length > 0 ? "amountsHelp" : "noAmounts")),
    ...amounts.map((amount, at) => slider(page, amount, at, reset)),
    h("p", { id: "amounts-effect" }),
    h("div", { class: "buttons" }, reset),
    ...rulesInWords(page),
  ];
}

/** The rules that no slider changes. */
function rulesInWords(page: Page): Node[] {
  const { t } = page;
  const rules = page.latest?.policy?.rules ?? [];
  if (rules.length === 0) return [];
  return [h("details", { id: "other-rules" }, h("summary", { id: "other-rules-summary" }, t("otherRules", { n: rules.length })), h("ul", {}, rules.map(({ label, text, clause }) =>
    h("li", {}, `${label}${t("colon")}${text}`, clause !== null && h("span", { class: "note" }, t("parens", { text: t("clause", { clause }) }))))))];
}

function slider(page: Page, amount: PolicyAmount, at: number, reset: HTMLButtonElement): HTMLElement {
  const { state, t } = page;
  const unit = page.latest?.policy?.unit ?? "";
  const label = amount.label[state.lang];
  const now = state.changes[amount.path] ?? amount.value;
  const { max, step } = range(amount.value);
  const set = (value: string, other: HTMLInputElement) => {
    // A bar cannot stand where no number does.
    if (/^\d+(\.\d+)?$/.test(value.trim())) {
      other.value = value;
      bar.setAttribute("aria-valuetext", `${value.trim()} ${unit}`);
    }
    const rest = Object.fromEntries(Object.entries(page.state.changes).filter(([path]) => path !== amount.path));
    const changes = value.trim() === amount.value ? rest : { ...rest, [amount.path]: value.trim() };
    reset.disabled = Object.keys(changes).length === 0;
    page.update({ changes });
  };
  const bar: HTMLInputElement = h("input", {
    type: "range", id: `slider-${at}`, min: 0, max, step, value: now, "aria-valuetext": `${now} ${unit}`,
    oninput: () => set(bar.value, exact),
  });
  const exact: HTMLInputElement = h("input", {
    type: "text", inputmode: "decimal", class: "short", id: `amount-${at}`, value: now, "aria-label": t("exact", { label, unit }), autocomplete: "off",
    "aria-describedby": `amount-${at}-mend`,
    oninput: () => set(exact.value, bar),
  });
  return h("div", { class: "slider" }, h("label", { for: bar.id }, label), bar, exact, h("span", { class: "note" }, unit), h("p", { class: "mend", id: `${exact.id}-mend` }));
}

const RULES = ["proportional", "constrained-equal-awards", "constrained-equal-losses", "talmud", "priority"] as const;

export function renderLimit(page: Page): Node[] {
  const { t, state } = page;
  const claims = page.answer?.claims ?? [];
  const { limit } = state;
  const heading = h("h2", { id: "limit-heading" }, t("limit"));
  const shownUnit = () => (page.answer ? { unit: page.answer.unit } : {});
  const first = claims.find(({ layer }) => layer === "city") ?? claims[0];
  if (limit === undefined) {
    const begin = () => {
      if (first === undefined) return;
      page.update({ limit: { layer: first.layer, payer: first.payer, year: first.year, amount: first.digits, ...shownUnit(), rule: "proportional", order: [] } }, "limit");
      document.getElementById("limit-amount")?.focus();
    };
    return [heading, h("p", { class: "note" }, t("limitHelp")), h("button", { type: "button", id: "limit-on", disabled: first === undefined, onclick: begin }, t("limitOn"))];
  }
  const set = (changes: Partial<LimitSource>, redraw = false) => {
    if (page.state.limit) page.update({ limit: { ...page.state.limit, ...changes } }, redraw ? "limit" : "none");
  };
  const policy = page.answer?.policy;
  const name = (id: string, words: readonly { id: string; name: { zh: string; en: string } }[] | undefined) =>
    words?.find((one) => one.id === id)?.name[state.lang] ?? (id === "" ? (state.lang === "zh" ? "（未列明）" : "(not stated)") : id);
  // A layer is often called as who pays it.
  const whose = ({ layer, payer, year }: Pick<LimitSource, "layer" | "payer" | "year">) =>
    [...new Set([name(layer, policy?.layers), name(payer, policy?.payers), String(year)])].join(" · ");
  const chosen = claims.findIndex((one) => one.layer === limit.layer && one.payer === limit.payer && one.year === limit.year);
  const classes = policy?.classes ?? [];
  const orderOf = ({ order }: LimitSource) => [...order, ...classes.map(({ id }) => id).filter((id) => !order.includes(id))];
  const order = orderOf(limit);
  const move = (id: string, by: number) => {
    const next = orderOf(page.state.limit ?? limit);
    const at = next.indexOf(id);
    next.splice(at, 1);
    next.splice(Math.max(0, at + by), 0, id);
    set({ order: next }, true);
  };
  return [
    heading,
    h("label", { class: "field" }, t("whose"),
      h("select", { id: "limit-claim", onchange: (event) => {
        const claim = claims[Number((event.target as HTMLSelectElement).value)];
        if (claim) set({ layer: claim.layer, payer: claim.payer, year: claim.year, amount: claim.digits, ...shownUnit() }, true);
      } },
        chosen < 0 && h("option", { value: "-1", selected: true }, whose(limit)),
        claims.map((one, at) => h("option", { value: at, selected: at === chosen }, `${whose(one)}${t("parens", { text: one.text })}`)))),
    state.year !== undefined && state.year !== limit.year ? h("p", { class: "note" }, t("limitElsewhere", { limit: limit.year, year: state.year })) : h("p", { class: "hidden" }),
    h("label", { class: "field" }, t("limitAmount", { unit: limit.unit ?? page.answer?.unit ?? "" }),
      h("input", { id: "limit-amount", type: "text", inputmode: "decimal", class: "short", value: limit.amount, autocomplete: "off", "aria-describedby": "limit-amount-mend", oninput: (event) => set({ amount: (event.target as HTMLInputElement).value }) })),
    h("p", { class: "mend", id: "limit-amount-mend" }),
    h("label", { class: "field" }, t("rule"),
      h("select", { id: "limit-rule", onchange: (event) => {
        const { value } = event.target as HTMLSelectElement;
        set({ rule: value, order: value === "priority" ? orderOf(page.state.limit ?? limit) : [] }, true);
      } }, RULES.map((rule) => h("option", { value: rule, selected: rule === limit.rule }, t(rule))))),
    limit.rule === "priority" ? h("div", {}, h("p", { class: "note" }, t("order")), h("ol", { class: "order" }, order.map((id, at) => {
      const label = name(id, classes);
      return h("li", {}, h("span", {}, label),
        h("button", { type: "button", class: "icon", id: `earlier-${id}`, disabled: at === 0, "aria-label": t("earlier", { name: label }), onclick: () => move(id, -1) }, "↑"),
        h("button", { type: "button", class: "icon", id: `later-${id}`, disabled: at === order.length - 1, "aria-label": t("later", { name: label }), onclick: () => move(id, 1) }, "↓"));
    }))) : h("p", { class: "hidden" }),
    h("button", { type: "button", id: "limit-off", onclick: () => page.update({ limit: undefined }, "limit") }, t("limitOff")),
  ];
}
