/** The results: who pays what, as tables and charts, each figure with its origin. */

import type { Grouping, Report } from "fundlayers/manual";
import type { Figure, Pivot, Question } from "./compute.js";
import { clauseText } from "./clauses.js";
import { h, svg } from "./dom.js";
import { ask } from "./engine.js";
import { problemText, type Page } from "./main.js";
import type { WordKey } from "./words.js";

const GROUPS: readonly (readonly [Grouping, WordKey])[] = [
  ["county", "county"], ["township", "township"], ["class", "class"], ["kind", "kind"], ["designation", "designation"], ["payer", "payer"], ["year", "years"],
];

export function renderResults(page: Page): Node[] {
  const { t, answer, latest } = page;
  const heading = h("h2", { id: "results-heading" }, t("results"));
  const policy = latest?.policy;
  const title = h("p", { class: "title" }, policy?.title[page.state.lang] ?? "");
  if (answer === undefined) return latest?.uncounted ? [heading, title, h("p", { id: "uncounted" }, t(page.state.roster.kind === "counts" ? "uncounted" : "unlisted"))] : [heading, title];
  const stale = latest !== answer;
  const total = answer.pivots[0]?.rows.at(-1);
  return [
    heading, title,
    stale ? h("p", { class: "alert", role: "alert" }, t("stale")) : undefined,
    choices(page),
    headline(page, total?.figures ?? []),
    h("p", { class: "note screen" }, t("clickFigure")),
    ...(answer.warnings.length > 0 ? [h("details", { class: "remarks" }, h("summary", {}, t("warnings", { n: answer.warnings.length })), h("ul", {}, answer.warnings.slice(0, 50).map((problem) => h("li", {}, problemText(problem)))))] : []),
    // What somebody is changing right now stands first.
    difference(page),
    funding(page),
    ...answer.pivots.map((pivot) => pivotSection(page, pivot)),
    places(page),
    h("p", { class: "note" }, policy?.line ?? "", policy?.status === "draft" ? ` ${t("draft")}` : ""),
    changed(page),
    h("p", { class: "note paper" }, t("printed")),
  ].filter((node) => node !== undefined);
}

/** What the figures rest on that the policy does not say: on paper too. */
function changed(page: Page): HTMLElement | undefined {
  const { t, state, answer } = page;
  if (answer === undefined || answer.changed.length === 0) return undefined;
  const unit = answer.policy?.unit ?? "";
  return h("div", { class: "note", id: "changed-amounts" }, h("p", {}, t("changedAmounts")),
    h("ul", {}, answer.changed.map(({ label, from, to }) => h("li", {}, `${label[state.lang]}${t("colon")}${from === "" ? "" : `${from} → `}${to} ${unit}`))));
}

function choices(page: Page): HTMLElement {
  const { t, state, answer } = page;
  const years = answer?.policy?.years ?? [];
  const units = ["元", "万元", "亿元"] as const;
  return h("div", { class: "choices screen" },
    h("label", { class: "field" }, t("groupBy"), h("select", { id: "group-by", onchange: (event) => page.update({ by: (event.target as HTMLSelectElement).value as Grouping }) },
      GROUPS.map(([by, key]) => h("option", { value: by, selected: state.by === by }, t(key))))),
    h("label", { class: "field" }, t("year"), h("select", { id: "year", onchange: (event) => {
      const { value } = event.target as HTMLSelectElement;
      page.update({ year: value === "" ? undefined : Number(value) }, "limit");
    } },
      h("option", { value: "", selected: state.year === undefined }, t("allYears")),
      years.map((year) => h("option", { value: year, selected: state.year === year }, year)))),
    h("label", { class: "field" }, t("unit"), h("select", { id: "unit", onchange: (event) => {
      const { limit, unit = page.answer?.policy?.unit } = page.state;
      page.update({ unit: (event.target as HTMLSelectElement).value as (typeof units)[number], limit: limit && unit ? { unit, ...limit } : limit }, "limit");
    } },
      units.map((unit) => h("option", { value: unit, selected: answer?.unit === unit }, unit)))));
}

function layerName(page: Page, id: string | undefined): string {
  if (id === undefined) return page.t("total");
  return page.answer?.policy?.layers.find((layer) => layer.id === id)?.name[page.state.lang] ?? id;
}

/** The total and each layer's, large. */
function headline(page: Page, figures: readonly Figure[]): HTMLElement {
  const { answer } = page;
  const ordered = [...figures.slice(-1), ...figures.slice(0, -1)];
  return h("dl", { class: "headline" }, ordered.map((figure) => h("div", { class: figure.layer === undefined ? "whole" : `layer-${layerAt(page, figure.layer)}` },
    h("dt", {}, layerName(page, figure.layer)),
    h("dd", {}, button(page, figure, { by: page.state.by, value: undefined, layer: figure.layer, year: undefined }, page.t("total")), " ", h("small", {}, answer?.unit ?? "")))));
}

function layerAt(page: Page, id: string): number {
  return (page.answer?.policy?.layers.findIndex((layer) => layer.id === id) ?? 0) % 6;
}

/** A figure that opens its origin. */
function button(page: Page, figure: Figure, question: Question, what: string): HTMLElement {
  const label = `${what} · ${layerName(page, figure.layer)}${page.t("colon")}${figure.text} ${page.answer?.unit ?? ""}`;
  return h("button", { type: "button", class: "figure", "aria-label": label, "aria-haspopup": "dialog", onclick: () => void explain(page, question, label) }, figure.text);
}

function pivotSection(page: Page, pivot: Pivot): HTMLElement {
  const { t, state, answer } = page;
  const layers = answer?.policy?.layers ?? [];
  const by = pivot.header[state.lang];
  const rows = pivot.rows;
  const title = t("whoPays", { by });
  const many = rows.length > 61;
  const shown = many ? [...rows.slice(0, 60), ...rows.slice(-1)] : rows;
  return h("section", { class: "pivot" },
    h("h3", {}, title),
    chart(page, pivot, shown.slice(0, -1)),
    h("div", { class: "scroll", role: "region", "aria-label": title, tabindex: "0" },
      h("table", {},
        h("caption", {}, answer?.unitNote ?? ""),
        h("thead", {}, h("tr", {}, h("th", { scope: "col" }, by), h("th", { scope: "col", class: "number" }, t("count")),
          layers.map((layer) => h("th", { scope: "col", class: "number" }, layer.name[state.lang])), h("th", { scope: "col", class: "number" }, t("total")))),
        h("tbody", {}, shown.map((row) => {
          const year = pivot.by === "year" && row.value !== undefined ? Number(row.value) : undefined;
          const name = row.name[state.lang];
          return h("tr", { class: row.value === undefined ? "total" : undefined },
            h("th", { scope: "row" }, name), h("td", { class: "number" }, row.count),
            row.figures.map((figure) => h("td", { class: "number" },
              button(page, figure, { by: pivot.by, value: year === undefined ? row.value : undefined, layer: figure.layer, year }, name))));
        })))),
    many ? h("p", { class: "note" }, t("leftOut", { n: rows.length - 1 })) : undefined);
}

/** Bars, stacked by layer. The table below them holds the same numbers; for screen readers they are one picture with a text. */
function chart(page: Page, pivot: Pivot, rows: Pivot["rows"]): HTMLElement {
  const { t, state, answer } = page;
  const layers = answer?.policy?.layers ?? [];
  const longest = Math.max(1, ...rows.map((row) => row.figures.at(-1)?.size ?? 0));
  const text = rows.slice(0, 20).map((row) => `${row.name[state.lang]} ${row.figures.at(-1)?.text ?? ""}`).join(state.lang === "zh" ? "，" : ", ");
  const label = t("chartText", { by: pivot.header[state.lang], text });
  const legend = h("ul", { class: "legend", "aria-hidden": "true" }, layers.map((layer, at) => h("li", {}, h("span", { class: `swatch layer-${at % 6}` }), layer.name[state.lang])));
  const bars = rows.map((row) => {
    let x = 0;
    const parts = row.figures.slice(0, -1).map((figure, at) => {
      const width = (figure.size / longest) * 1000;
      const part = svg("rect", { x: x.toFixed(2), y: 0, width: Math.max(0, width).toFixed(2), height: 20, class: `layer-${at % 6}` }, svg("title", {}, `${layerName(page, figure.layer)} ${figure.text}`));
      x += width;
      return part;
    });
    return h("div", { class: "bar" }, h("span", { class: "bar-name" }, row.name[state.lang]),
      svg("svg", { viewBox: "0 0 1000 20", preserveAspectRatio: "none", focusable: "false" }, ...parts) as unknown as Node,
      h("span", { class: "bar-total" }, row.figures.at(-1)?.text ?? ""));
  });
  return h("figure", { class: "chart" }, legend, h("div", { class: "bars", role: "img", "aria-label": label }, bars));
}

/** A report of the core as a table. */
function reportTable(report: Report, cell?: (row: number, column: number, text: string) => Node | string): HTMLElement {
  const number = (column: number) => report.columns[column]?.kind !== "text";
  return h("div", { class: "scroll", role: "region", "aria-label": `${report.title} · ${report.columns[0]?.header ?? ""}`, tabindex: "0" }, h("table", {},
    h("caption", {}, report.unitNote),
    h("thead", {}, h("tr", {}, report.columns.map(({ header }, at) => h("th", { scope: "col", class: number(at) ? "number" : undefined }, header)))),
    h("tbody", {}, report.rows.map((row, at) => h("tr", { class: row.kind === "row" ? undefined : row.kind },
      row.cells.map((text, column) => (column === 0 ? h("th", { scope: "row", class: number(column) ? "number" : undefined }, text) : h("td", { class: number(column) ? "number" : undefined }, cell?.(at, column, text) ?? text))))))));
}

function difference(page: Page): HTMLElement {
  const { t, answer } = page;
  const reports = answer?.difference ?? [];
  return h("section", { class: `difference${reports.length === 0 ? " screen" : ""}`, id: "difference" }, h("h3", {}, t("difference")), h("p", { class: "note" }, t("compared")),
    reports.length === 0 ? h("p", { class: "note" }, t("unchanged")) : reports.map((report) => reportTable(report)));
}

function funding(page: Page): HTMLElement | undefined {
  const { t, answer, state } = page;
  const told = answer?.funding;
  if (state.limit && state.year !== undefined && state.limit.year !== state.year) {
    return h("section", { id: "funding" }, h("h3", {}, t("limit")), h("p", { class: "note" }, t("limitElsewhere", { limit: state.limit.year, year: state.year })));
  }
  if (told === undefined || state.limit === undefined) return undefined;
  return h("section", { id: "funding" }, h("h3", {}, t("limit")), reportTable(told.report),
    told.notes.map((note) => h("p", { class: "note" }, note)),
    h("h4", {}, t("less")),
    told.less.length === 0 ? h("p", {}, t("nobody")) : h("div", { class: "scroll", role: "region", "aria-label": t("less"), tabindex: "0" }, h("table", {},
      h("caption", {}, answer?.unitNote ?? ""),
      h("thead", {}, h("tr", {}, (["name", "claim", "funded", "unfunded"] as const).map((key, at) => h("th", { scope: "col", class: at > 0 ? "number" : undefined }, t(key))))),
      h("tbody", {}, told.less.map((row) => h("tr", {}, h("th", { scope: "row" }, row.name),
        h("td", { class: "number" }, row.claim), h("td", { class: "number" }, row.funded),
        h("td", { class: "number" }, h("button", { type: "button", class: "figure", "aria-haspopup": "dialog", "aria-label": `${row.name} · ${t("unfunded")}${t("colon")}${row.unfunded}`, onclick: () => void explainFunding(page, row.id, row.name) }, row.unfunded))))))),
    told.lessLeftOut > 0 ? h("p", { class: "note" }, t("explainMore", { n: told.lessLeftOut })) : undefined);
}

function places(page: Page): HTMLElement {
  const { t, answer } = page;
  const wide = answer?.wide;
  const layers = answer?.policy?.layers ?? [];
  const firstAmount = (wide?.columns.length ?? 0) - layers.length - 1;
  return h("section", { class: "by-place" }, h("h3", {}, t("byPlace")),
    wide === undefined ? h("p", { class: "note" }, t("leftOut", { n: answer?.wideLeftOut ?? 0 })) : reportTable(wide, (row, column, text) => {
      const key = answer?.wideKeys[row];
      if (!key || column < firstAmount) return text;
      const layer = layers[column - firstAmount]?.id;
      return button(page, { text, size: 0, layer }, { by: "id", value: key[0], layer, year: key[1] }, `${wide.rows[row]?.cells[2] ?? key[0]} ${key[1]}`);
    }));
}

function dialog(page: Page, title: string, ...content: (Node | undefined)[]): void {
  const shown = h("dialog", { "aria-labelledby": "dialog-title", onclose: () => shown.remove() },
    h("div", { class: "dialog-head" }, h("h2", { id: "dialog-title" }, title),
      h("button", { type: "button", id: "dialog-close", onclick: () => shown.close() }, page.t("close"))),
    ...content.filter((node) => node !== undefined));
  document.body.append(shown);
  shown.showModal();
}

async function explain(page: Page, question: Question, what: string): Promise<void> {
  const { t, state } = page;
  const answered = await ask({ ask: "origin", question }).catch(() => undefined);
  if (answered?.is !== "origin") return;
  const { parts, leftOut } = answered.origin;
  const clauses = [...new Set(parts.map(({ clause }) => clause).filter((clause) => clause !== null))];
  const quoted = clauses.map((clause) => {
    const words = page.answer?.policy?.builtIn ? clauseText(page.answer.policy.id, clause) : undefined;
    return words === undefined ? undefined : h("details", { open: true }, h("summary", {}, t("clauseText", { clause })), h("blockquote", { lang: "zh-CN" }, words));
  });
  dialog(page, t("explain", { what }),
    h("ol", { class: "origins", tabindex: "0", "aria-label": what }, parts.map((part) => h("li", {},
      h("p", {}, h("strong", {}, part.name), ` · ${part.year} · ${part.layer[state.lang]} · `, h("strong", {}, part.amount)),
      h("p", {}, part.text[state.lang]),
      h("p", { class: "note" }, part.clause === null ? t("noClause") : t("clause", { clause: part.clause }))))),
    leftOut > 0 ? h("p", { class: "note" }, t("explainMore", { n: leftOut })) : undefined,
    ...quoted.filter((node) => node !== undefined));
}

async function explainFunding(page: Page, id: string, name: string): Promise<void> {
  const answered = await ask({ ask: "funding", state: page.state, id }).catch(() => undefined);
  if (answered?.is !== "text" || answered.text === undefined) return;
  dialog(page, page.t("explain", { what: name }), h("p", {}, answered.text[page.state.lang]));
}
