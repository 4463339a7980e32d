/** What is due besides money, and whom a town still lacks: a part of the results that is computed when it is opened. */

import { FundlayersError, Workbook, type Report, type SheetOptions } from "fundlayers/manual";
import type { DutiesTold } from "./compute.js";
import { h } from "./dom.js";
import { askHere, isLarge } from "./engine.js";
import type { Page } from "./page.js";
import { problemText } from "./sentences.js";

/** The register that was given last; it goes with the page. */
let register: { readonly content: Uint8Array | Workbook; readonly format: "csv" | "json"; readonly name: string } | undefined;
/** Whether the part is open: drawing the results again leaves it so. */
let open = false;

const WORKBOOK = /\.(xlsx|xlsm|xls|ods)$/i;

export function renderDuties(page: Page): HTMLElement {
  const { t } = page;
  const body = h("div", { id: "duties-told" });
  const part = h("details", {
    id: "duties", class: "duties screen", open,
    ontoggle: () => {
      ({ open } = part);
      if (open && body.childElementCount === 0) void show(page, body);
    },
  }, h("summary", {}, t("duties")),
  h("p", { class: "note" }, t("dutiesHelp")),
  h("div", { class: "buttons" },
    h("label", { class: "button", for: "duties-file" }, t("dutiesFile"), h("input", {
      type: "file", id: "duties-file", class: "file", accept: ".csv,.tsv,.txt,.json,.xlsx,.xlsm,.xls,.ods",
      onchange: (event) => {
        const file = (event.target as HTMLInputElement).files?.[0];
        if (file) void take(page, body, file);
      },
    })),
    register && h("button", { type: "button", id: "duties-without", onclick: () => {
      register = undefined;
      void show(page, body);
    } }, t("dutiesWithout"))),
  body);
  return part;
}

async function take(page: Page, body: HTMLElement, file: File): Promise<void> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  try {
    const content = WORKBOOK.test(file.name) ? await Workbook.open(bytes, { file: file.name }) : bytes;
    register = { content, format: file.name.toLowerCase().endsWith(".json") ? "json" : "csv", name: file.name };
    await show(page, body);
  } catch (error) {
    if (!(error instanceof FundlayersError)) throw error;
    body.replaceChildren(h("ul", { role: "alert" }, error.problems.map((problem) => h("li", {}, problemText(page, problem)))));
  }
}

async function show(page: Page, body: HTMLElement, options: SheetOptions = {}): Promise<void> {
  const { t, state } = page;
  // A roster that the worker holds is not here.
  if (isLarge(state)) return body.replaceChildren(h("p", { class: "note" }, t("dutiesLarge")));
  const { content, format = "csv", name } = register ?? {};
  const answered = await askHere({ ask: "duties", register: content, format, name, lang: state.lang, options });
  if (answered.is === "problems") {
    const merged = answered.problems.some(({ code }) => code === "merged-cells");
    const again = (fillDown: boolean) => () => void show(page, body, { fillDown });
    return body.replaceChildren(
      h("ul", { role: "alert" }, answered.problems.slice(0, 50).map((problem) => h("li", {}, problemText(page, problem)))),
      merged ? h("div", { class: "buttons" }, h("button", { type: "button", onclick: again(true) }, t("fillDown")), h("button", { type: "button", onclick: again(false) }, t("leaveBlank"))) : "");
  }
  if (answered.is !== "duties") return undefined;
  const { told } = answered;
  return body.replaceChildren(...(told === undefined ? [h("p", { class: "note" }, t("dutiesNone"))] : shown(page, told)));
}

function shown(page: Page, { coverage, report, all, unmatched, warnings }: DutiesTold): HTMLElement[] {
  const { t } = page;
  const more = all > report.rows.length ? [h("p", { class: "note" }, t("firstRows", { shown: report.rows.length, n: all }))] : [];
  return [
    ...(coverage ? [table(coverage)] : []),
    ...(all === 0 ? [h("p", { id: "duties-met" }, t("dutiesMet"))] : [table(report)]), ...more,
    ...(unmatched ? [table(unmatched)] : []),
    ...(warnings.length > 0 ? [h("ul", { class: "remarks" }, warnings.slice(0, 50).map((problem) => h("li", {}, problemText(page, problem))))] : []),
    ...report.notes.map((note) => h("p", { class: "note" }, note)),
  ];
}

/** A report as it is; its title says what it is of. */
function table(report: Report): HTMLElement {
  const number = (column: number) => (report.columns[column]?.kind === "text" ? undefined : "number");
  const head = h("thead", {}, h("tr", {}, report.columns.map(({ header }, at) => h("th", { scope: "col", class: number(at) }, header))));
  const rows = report.rows.map(({ cells }) => h("tr", {}, cells.map((cell, at) => h("td", { class: number(at) }, cell))));
  return h("div", { class: "figures" }, h("h4", {}, report.title), h("div", { class: "scroll" }, h("table", { "aria-label": report.title }, head, h("tbody", {}, rows))));
}
