/** The results: who pays what, as tables and charts, each figure with its origin. */

import type { Grouping } from "fundlayers/manual";
import { MORE_PARTS, type Figure, type Measure, type Origin, type Pivot, type Told, type Where } from "./compute.js";
import { clauseText } from "./clauses.js";
import { h, svg } from "./dom.js";
import { ask } from "./engine.js";
import type { Page } from "./page.js";
import { problemText } from "./sentences.js";
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
    ...basis(page),
    stale ? h("p", { class: "alert", role: "alert" }, t("stale")) : undefined,
    choices(page),
    headline(page, total?.figures ?? []),
    h("p", { class: "note screen" }, t("clickFigure")),
    ...(answer.warnings.length > 0 ? [h("details", { class: "remarks" }, h("summary", {}, t("warnings", { n: answer.warnings.length })), h("ul", {}, answer.warnings.slice(0, 50).map((problem) => h("li", {}, problemText(page, problem)))))] : []),
    // What somebody is changing right now stands first.
    difference(page),
    funding(page),
    ...answer.pivots.map((pivot) => pivotSection(page, pivot)),
    places(page),
    h("p", { class: "note paper" }, t("printed")),
  ].filter((node) => node !== undefined);
}

/** What the figures rest on, before them: policy, years, roster, and the amounts that are not the policy's. On paper too. */
function basis(page: Page): HTMLElement[] {
  // While something is wrong, what stands here is from before it.
  const { t, shownState: state, answer } = page;
  const policy = answer?.policy;
  if (answer === undefined || policy === undefined) return [];
  const years = state.year === undefined ? [policy.years[0], policy.years.at(-1)] : [state.year];
  const { roster } = state;
  const from =
    roster.kind === "builtIn" ? t("rosterBuiltIn") : roster.kind === "counts" ? t("rosterCounts")
    : roster.name !== undefined ? t("rosterFile", { name: roster.name, n: roster.rows.length }) : t("rosterOwn", { n: roster.rows.length });
  const parts = [policy.line, `${t("year")}${t("colon")}${[...new Set(years)].join(state.lang === "zh" ? "—" : "–")}`, from];
  return [
    h("p", { class: "note", id: "basis" }, parts.join(state.lang === "zh" ? "；" : "; "), state.lang === "zh" ? "。" : ". ", policy.status === "draft" ? t("draft") : ""),
    ...(answer.changed.length === 0 ? [] : [
      h("div", { id: "changed-amounts" }, h("p", {}, t("changedAmounts")),
        h("ul", {}, answer.changed.map(({ label, from, to }) => h("li", {}, `${label[state.lang]}${t("colon")}${from === "" ? "" : `${from} → `}${to} ${policy.unit}`)))),
    ]),
  ];
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
    h("dd", {}, button(page, figure, {}, page.t("total")), " ", h("small", {}, answer?.unit ?? "")))));
}

function layerAt(page: Page, id: string): number {
  return (page.answer?.policy?.layers.findIndex((layer) => layer.id === id) ?? 0) % 6;
}

/** A figure that opens its origin. */
function asked(page: Page, text: string, label: string, of: Measure, where: Where): HTMLElement {
  return h("button", { type: "button", class: "figure", "aria-label": label, "aria-haspopup": "dialog", onclick: () => void explain(page, of, where, label) }, text);
}

/** An amount of the allocation: of a layer, or of all of them. */
function button(page: Page, { text, layer }: Pick<Figure, "text" | "layer">, where: Where, what: string): HTMLElement {
  const label = `${[...new Set([what, layerName(page, layer)])].join(" · ")}${page.t("colon")}${text} ${page.answer?.unit ?? ""}`;
  return asked(page, text, label, "amount", layer === undefined ? where : { ...where, layer });
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
    figures(title, answer?.unitNote ?? "",
        h("thead", {}, h("tr", {}, h("th", { scope: "col" }, by), h("th", { scope: "col", class: "number" }, t("count")),
          layers.map((layer) => h("th", { scope: "col", class: "number" }, layer.name[state.lang])), h("th", { scope: "col", class: "number" }, t("total")))),
        h("tbody", {}, shown.map((row) => {
          const name = row.name[state.lang];
          return h("tr", { class: row.value === undefined ? "total" : undefined },
            h("th", { scope: "row" }, name), h("td", { class: "number" }, row.count),
            row.figures.map((figure) => h("td", { class: "number" },
              button(page, figure, row.value === undefined ? {} : { [pivot.by]: row.value }, name))));
        }))),
    many ? h("p", { class: "note" }, t("firstRows", { shown: shown.length - 1, n: rows.length - 1 })) : undefined);
}

/** Bars, stacked by layer. The table below them holds the same numbers; for screen readers they are one picture with a text. */
function chart(page: Page, pivot: Pivot, rows: Pivot["rows"]): HTMLElement {
  const { t, state, answer } = page;
  const layers = answer?.policy?.layers ?? [];
  // Where places pay in, a part is below nothing: it has no bar, and the others reach beyond the total.
  const reach = (row: Pivot["rows"][number]) => row.figures.slice(0, -1).reduce((sum, { size }) => sum + Math.max(0, size), 0);
  const longest = Math.max(1, ...rows.map(reach));
  const text = rows.slice(0, 20).map((row) => `${row.name[state.lang]} ${row.figures.at(-1)?.text ?? ""}`).join(state.lang === "zh" ? "，" : ", ");
  const label = t("chartText", { by: pivot.header[state.lang], text });
  const legend = h("ul", { class: "legend", "aria-hidden": "true" }, layers.map((layer, at) => h("li", {}, h("span", { class: `swatch layer-${at % 6}` }), layer.name[state.lang])));
  const bars = rows.map((row) => {
    let x = 0;
    const parts = row.figures.slice(0, -1).map((figure, at) => {
      const width = (Math.max(0, figure.size) / longest) * 1000;
      const part = svg("rect", { x: x.toFixed(2), y: 0, width: width.toFixed(2), height: 20, class: `layer-${at % 6}` }, svg("title", {}, `${layerName(page, figure.layer)} ${figure.text}`));
      x += width;
      return part;
    });
    return h("div", { class: "bar" }, h("span", { class: "bar-name" }, row.name[state.lang]),
      svg("svg", { viewBox: "0 0 1000 20", preserveAspectRatio: "none", focusable: "false" }, ...parts) as unknown as Node,
      h("span", { class: "bar-total" }, row.figures.at(-1)?.text ?? ""));
  });
  return h("figure", { class: "chart" }, legend, h("div", { class: "bars", role: "img", "aria-label": label }, bars));
}

/**
 * A report of the core as a table; its figures open their origins. Its leading words stand in one cell, the one at `head` first, so
 * that long names have room; and once for all years of a place.
 */
function reportTable(page: Page, { report, rows, columns, all }: Told, head = 0): HTMLElement {
  const { lang } = page.state;
  const number = (column: number) => (report.columns[column]?.kind === "text" ? undefined : "number");
  const words = Math.max(1, report.columns.findIndex(({ kind }) => kind !== "text"));
  const leading = (row: number) => report.rows[row]!.cells.slice(0, words).filter((cell, at, all) => cell !== "" && cell !== all[at - 1]);
  const figure = (row: number, column: number, text: string) => {
    const asks = columns[column];
    if (!asks || text === "") return text;
    const { header, kind } = report.columns[column]!;
    const year = rows[row]!.year;
    const named = head > 0 && report.rows[row]!.kind === "row" ? [report.rows[row]!.cells[head]] : leading(row);
    const what = [...named, ...(year === undefined || words < 2 ? [] : [year])].join(" ");
    const label = `${what} · ${header}${page.t("colon")}${text}${kind === "amount" ? ` ${report.unit}` : ""}`;
    return asked(page, text, label, asks.of, asks.layer === undefined ? rows[row]! : { ...rows[row], layer: asks.layer });
  };
  const about = (row: number) => JSON.stringify([report.rows[row]!.kind, leading(row), { ...rows[row], year: "" }]);
  const groups: number[][] = [];
  report.rows.forEach((_, row) => {
    const last = groups.at(-1);
    if (last && about(last[0]!) === about(row)) last.push(row);
    else groups.push([row]);
  });
  const title = (group: readonly number[]) => {
    const row = group[0]!;
    const { kind, cells } = report.rows[row]!;
    const scope = group.length > 1 ? { scope: "rowgroup", rowspan: group.length } : { scope: "row" };
    if (kind !== "row") return h("th", scope, leading(row).join(" "));
    const beside = cells.slice(0, words).filter((cell, at) => at !== head && cell !== "" && cell !== cells[head]);
    return h("th", scope, cells[head] ?? "", beside.length > 0 && h("div", { class: "note" }, beside.join(" · ")));
  };
  const others = report.columns.slice(0, words).filter((_, at) => at !== head).map(({ header }) => header);
  const table = figures(`${report.title} · ${report.columns[head]?.header ?? ""}`, report.unitNote,
    h("thead", {}, h("tr", {},
      h("th", { scope: "col" }, report.columns[head]?.header ?? "", others.length > 0 && h("div", { class: "note" }, others.join(lang === "zh" ? "、" : ", "))),
      report.columns.slice(words).map(({ header }, at) => h("th", { scope: "col", class: number(words + at) }, header)))),
    groups.map((group) => h("tbody", {}, group.map((row) => h("tr", { class: report.rows[row]!.kind === "row" ? undefined : report.rows[row]!.kind },
      row === group[0] && title(group),
      report.rows[row]!.cells.slice(words).map((text, at) => h("td", { class: number(words + at) }, figure(row, words + at, text))))))));
  if (all > rows.length) table.append(h("p", { class: "note" }, page.t("firstRows", { shown: rows.length - 1, n: all - 1 })));
  return table;
}

/** A table of figures: one stop for Tab; from there arrows go from figure to figure. See {@link rove}. */
function figures(name: string, unit: string, ...children: (Node | readonly Node[])[]): HTMLElement {
  const table = h("table", { "aria-label": `${name} · ${unit}` }, children);
  table.querySelectorAll("button.figure").forEach((button, at) => button.setAttribute("tabindex", at === 0 ? "0" : "-1"));
  // Outside of what scrolls sideways: the unit is always in sight.
  return h("div", { class: "figures" }, h("p", { class: "unit", "aria-hidden": "true" }, unit), h("div", { class: "scroll" }, table));
}

/** Arrows, Home and End in the tables of figures. */
export function rove(results: HTMLElement): void {
  const place = (target: EventTarget | null) => {
    const button = target instanceof Element ? target.closest<HTMLButtonElement>("button.figure") : null;
    const [cell, table] = [button?.closest("td"), button?.closest("table")];
    return button && cell && table ? { button, table, row: cell.parentElement as HTMLTableRowElement } : undefined;
  };
  const inRow = (row: HTMLTableRowElement) => [...row.querySelectorAll<HTMLButtonElement>("button.figure")];
  // A row lacks its first cell where that of the row above reaches down to it: columns are counted from the end.
  const below = (table: HTMLTableElement, row: HTMLTableRowElement, column: number, by: 1 | -1) => {
    const rows = [...table.rows];
    for (let at = rows.indexOf(row) + by; at >= 0 && at < rows.length; at += by) {
      const found = [...rows[at]!.cells].at(-column)?.querySelector<HTMLButtonElement>("button.figure");
      if (found) return found;
    }
    return undefined;
  };
  results.addEventListener("focusin", ({ target }) => {
    const at = place(target);
    if (at === undefined) return;
    at.table.querySelector('button.figure[tabindex="0"]')?.setAttribute("tabindex", "-1");
    at.button.setAttribute("tabindex", "0");
  });
  results.addEventListener("keydown", (event) => {
    const at = place(event.target);
    if (at === undefined || event.altKey || event.metaKey || event.shiftKey) return;
    const row = event.ctrlKey ? [...at.table.querySelectorAll<HTMLButtonElement>("button.figure")] : inRow(at.row);
    const column = at.row.cells.length - [...at.row.cells].indexOf(at.button.closest("td")!);
    const to =
      event.key === "Home" ? row[0]
      : event.key === "End" ? row.at(-1)
      : event.ctrlKey ? undefined
      : event.key === "ArrowLeft" ? row[row.indexOf(at.button) - 1]
      : event.key === "ArrowRight" ? row[row.indexOf(at.button) + 1]
      : event.key === "ArrowUp" ? below(at.table, at.row, column, -1)
      : event.key === "ArrowDown" ? below(at.table, at.row, column, 1)
      : undefined;
    if (to === undefined) return;
    event.preventDefault();
    to.focus();
  });
}

function difference(page: Page): HTMLElement {
  const { t, answer } = page;
  const reports = answer?.difference ?? [];
  return h("section", { class: `difference${reports.length === 0 ? " screen" : ""}`, id: "difference" }, h("h3", {}, t("difference")), h("p", { class: "note" }, t("compared")),
    reports.length === 0 ? h("p", { class: "note" }, t("unchanged")) : reports.map((report) => reportTable(page, report)));
}

function funding(page: Page): HTMLElement | undefined {
  const { t, answer, state } = page;
  const told = answer?.funding;
  if (state.limit && state.year !== undefined && state.limit.year !== state.year) {
    return h("section", { id: "funding" }, h("h3", {}, t("limit")), h("p", { class: "note" }, t("limitElsewhere", { limit: state.limit.year, year: state.year })));
  }
  if (told === undefined || state.limit === undefined) return undefined;
  const measures = ["claim", "funded", "unfunded"] as const;
  return h("section", { id: "funding" }, h("h3", {}, t("limit")), reportTable(page, told.totals),
    told.notes.map((note) => h("p", { class: "note" }, note)),
    h("h4", {}, t("less")),
    told.less.length === 0 ? h("p", {}, t("nobody")) : figures(t("less"), answer?.unitNote ?? "",
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("name")), measures.map((key) => h("th", { scope: "col", class: "number" }, t(key))))),
      h("tbody", {}, told.less.map((row) => h("tr", {}, h("th", { scope: "row" }, row.name, row.place !== "" && h("div", { class: "note" }, row.place)), measures.map((key) =>
        h("td", { class: "number" }, asked(page, row[key], `${row.name} · ${t(key)}${t("colon")}${row[key]} ${answer?.unit ?? ""}`, key, row.where))))))),
    told.lessLeftOut > 0 ? h("p", { class: "note" }, t("explainMore", { n: told.lessLeftOut })) : undefined);
}

function places(page: Page): HTMLElement {
  const { t, answer } = page;
  const wide = answer?.wide;
  return h("section", { class: "by-place" }, h("h3", {}, t("byPlace")),
    wide === undefined ? h("p", { class: "note" }, t("leftOut", { n: answer?.wideLeftOut ?? 0 })) : reportTable(page, wide, wide.head));
}

function dialog(page: Page, title: string, ...content: (Node | undefined)[]): void {
  const shown = h("dialog", {
    "aria-labelledby": "dialog-title", onclose: () => shown.remove(),
    // Only what is pressed beside the dialog is the dialog itself.
    onclick: (event) => { if (event.target === shown) shown.close(); },
  }, h("div", { class: "dialog" },
    h("div", { class: "dialog-head" }, h("h2", { id: "dialog-title" }, title),
      h("button", { type: "button", id: "dialog-close", onclick: () => shown.close() }, page.t("close"))),
    ...content.filter((node) => node !== undefined)));
  document.body.append(shown);
  shown.showModal();
}

async function originOf(of: Measure, where: Where, from: number): Promise<Origin | undefined> {
  const answered = await ask({ ask: "origin", question: { of, where, from } }).catch(() => undefined);
  return answered?.is === "origin" ? answered.origin : undefined;
}

async function explain(page: Page, of: Measure, where: Where, what: string): Promise<void> {
  const { t } = page;
  const first = await originOf(of, where, 0);
  if (first === undefined) return;
  const list = h("ol", { class: "origins", tabindex: "0", "aria-label": what });
  const quotes = h("div");
  const quoted = new Set<string>();
  const more = h("button", { type: "button", id: "explain-more", onclick: () => void next() });
  const add = ({ parts, leftOut }: Origin) => {
    const added = parts.map((part) => originItem(page, part));
    list.append(...added);
    for (const { clause } of parts) {
      const words = clause === null || quoted.has(clause) || !page.answer?.policy?.builtIn ? undefined : clauseText(page.answer.policy.id, clause);
      if (clause === null || words === undefined) continue;
      quoted.add(clause);
      quotes.append(h("details", { open: true }, h("summary", {}, t("clauseText", { clause })), h("blockquote", { lang: "zh-CN" }, words)));
    }
    more.hidden = leftOut === 0;
    more.textContent = leftOut <= MORE_PARTS ? t("showRest", { n: leftOut }) : t("showMore", { n: MORE_PARTS, rest: leftOut });
    return added[0];
  };
  const next = async () => {
    more.disabled = true;
    const origin = await originOf(of, where, list.children.length);
    more.disabled = false;
    // On where the reader was: at the first of those that have come.
    if (origin) add(origin)?.focus();
  };
  add(first);
  dialog(page, t("explain", { what }), list, more, quotes);
}

function originItem(page: Page, part: Origin["parts"][number]): HTMLElement {
  const { t, state: { lang } } = page;
  const said = part.texts.length > 1 || part.texts[0]?.of === "after";
  return h("li", { tabindex: "-1" },
    h("p", {}, h("strong", {}, part.name), part.place === "" ? "" : t("parens", { text: part.place }), ` · ${part.year} · ${part.layer[lang]} · `, h("strong", {}, part.amount)),
    part.texts.length === 0 ? h("p", {}, t("noStep", { class: part.class[lang] })) : part.texts.map(({ of, text }) =>
      h("p", {}, said && (of === "before" || of === "after" || of === "claim" || of === "funded") ? `${t(of)}${t("colon")}` : "", text[lang])),
    part.texts.length === 0 ? undefined : h("p", { class: "note" }, part.clause === null ? t(part.changed ? "changedClause" : "noClause") : t("clause", { clause: part.clause })));
}
