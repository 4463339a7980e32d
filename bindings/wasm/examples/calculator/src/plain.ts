/** Reports as they are: tables whose figures are not asked about. */

import type { Report } from "fundlayers/manual";
import { h } from "./dom.js";

/** Beyond so many characters a cell may break. */
const SHORT = 16;

/** A long table scrolls in itself, so that what stands below it is not far; with the keyboard too. */
export function plainTable(report: Report): HTMLElement {
  const isText = (at: number) => ["text", "flag"].includes(report.columns[at]?.kind ?? "text");
  const kind = (at: number, text: string) => (!isText(at) ? "number" : text.length > SHORT ? "words" : "word");
  return h("div", { class: "figures plain" },
    report.unitNote !== "" && report.columns.some((column) => column.kind === "amount") && h("p", { class: "unit" }, report.unitNote),
    h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": report.title },
      h("table", { "aria-label": report.title },
        h("thead", {}, h("tr", {}, report.columns.map(({ header }, at) => h("th", { scope: "col", class: isText(at) ? undefined : "number" }, header)))),
        h("tbody", {}, report.rows.map((row) => h("tr", { class: row.kind === "row" ? undefined : row.kind }, row.cells.map((text, at) => h("td", { class: kind(at, text) }, text))))))));
}
