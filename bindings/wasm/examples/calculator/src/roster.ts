/** The roster: a table to edit, or counts only; each cell checked, with the mend beside it. */

import { download, h } from "./dom.js";
import { fileButton, fileName, openAsked, ROSTERS } from "./files.js";
import type { Problem } from "fundlayers/manual";
import type { Page } from "./page.js";
import { headlessText, problemText } from "./sentences.js";
import type { RosterSource } from "./state.js";
import { suggestions, told } from "./words.js";

/** Rows of a page of the table. */
const PAGE = 50;

let from = 0;
let everyColumn = false;

/** What stands in the paste box, and whether it is open. */
const pasted: { text: string; open: boolean; headless: readonly string[] | undefined; added: boolean } = { text: "", open: false, headless: undefined, added: false };

/** Columns that offices fill in; the others on demand. */
const USUAL = ["name", "kind", "designation", "county", "township", "count"];

interface Sheet {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

function sheetOf(page: Page): Sheet {
  const { roster } = page.state;
  return roster.kind === "rows" ? roster : (page.latest?.sheet ?? { columns: USUAL, rows: [] });
}

function header(page: Page, key: string): string {
  const column = page.latest?.policy?.columns.find((one) => one.key === key);
  if (column === undefined) return key;
  if (page.state.lang === "zh") return column.header.zh;
  const known: Record<string, string> = {
    id: "Id", name: "Name", kind: "Kind", designation: "Designation", county: "County", township: "Township",
    division_code: "Division code", count: "Count", from: "From", to: "To",
  };
  return known[key] ?? column.header.en;
}

/** A row as drawn; it stays the same row while its cells change and while others come and go before it is drawn again. */
interface Drawn {
  cells: readonly string[];
}

/** The rows that are drawn, by their numbers then. */
const drawn = new Map<number, Drawn>();

/** The cells, with one of them changed. */
function edit(page: Page, row: Drawn, column: string, value: string): void {
  const sheet = sheetOf(page);
  if (!sheet.rows.includes(row.cells)) return;
  const columns = sheet.columns.includes(column) ? sheet.columns : [...sheet.columns, column];
  const at = columns.indexOf(column);
  const rows = sheet.rows.map((cells) => {
    if (cells !== row.cells) return cells;
    const copy = Array.from({ length: Math.max(columns.length, cells.length) }, (_, index) => cells[index] ?? "");
    copy[at] = value;
    // A place that is renamed is another one, unless its id was written by somebody.
    const id = columns.indexOf("id");
    if (id >= 0 && ["name", "county", "township"].includes(column) && page.state.roster.kind !== "rows") copy[id] = "";
    return copy;
  });
  row.cells = rows[sheet.rows.indexOf(row.cells)]!;
  page.update({ roster: { kind: "rows", columns, rows } });
}

export function renderRoster(page: Page): Node[] {
  const { t, state } = page;
  const counts = state.roster.kind === "counts";
  const choose = (to: "list" | "counts", fresh: () => RosterSource) => {
    if ((page.state.roster.kind === "counts" ? "counts" : "list") === to) return;
    from = 0;
    page.turnTo(to, fresh);
  };
  const mode = (value: boolean, label: string, to: () => void) =>
    h("label", {}, h("input", { type: "radio", name: "roster-mode", id: value ? "mode-counts" : "mode-list", checked: counts === value, onchange: to }), label);
  const list = (): RosterSource => (page.state.policy.kind === "builtIn" ? { kind: "builtIn" } : { kind: "rows", columns: USUAL, rows: [["", "", "", "", "", ""]] });
  return [
    h("h2", { id: "roster-heading" }, t("places")),
    h("fieldset", { class: "choice" }, h("legend", { class: "hidden" }, t("places")),
      mode(false, t("byList"), () => choose("list", list)),
      mode(true, t("byCounts"), () => choose("counts", () => ({ kind: "counts", counts: {} })))),
    ...(counts ? countInputs(page) : listInputs(page)),
  ];
}

function countInputs(page: Page): Node[] {
  const { t, state } = page;
  const source = state.roster.kind === "counts" ? state.roster.counts : {};
  return (page.latest?.policy?.classes ?? []).map((one) => {
    const id = `count-${one.id}`;
    const input = h("input", {
      id, type: "text", inputmode: "numeric", class: "short", value: source[one.id] ?? String(one.expected ?? 0),
      "aria-describedby": `${id}-note ${id}-mend`,
      oninput: (event) => {
        const now = page.state.roster.kind === "counts" ? page.state.roster.counts : {};
        page.update({ roster: { kind: "counts", counts: { ...now, [one.id]: (event.target as HTMLInputElement).value } } });
      },
    });
    const expected = one.expected === null ? "" : t("expectedPlaces", { n: one.expected });
    return h("div", { class: "field count" }, h("label", { for: id }, one.name[state.lang]), input,
      h("span", { class: "note", id: `${id}-note` }, expected), h("p", { class: "mend", id: `${id}-mend` }));
  });
}

function listInputs(page: Page): Node[] {
  const { t, state } = page;
  const sheet = sheetOf(page);
  const known = page.latest?.policy?.columns.map(({ key }) => key) ?? USUAL;
  const kinds = known.filter((key) => everyColumn || USUAL.includes(key) || (page.latest?.policy?.attributes ?? []).some(({ id }) => id === key));
  const others = sheet.columns.filter((key) => !known.includes(key));
  const columns = [...kinds, ...(everyColumn ? others : [])];
  from = Math.min(from, Math.max(0, Math.floor((sheet.rows.length - 1) / PAGE) * PAGE));
  const rows = sheet.rows.slice(from, from + PAGE);
  const redraw = () => page.update({}, "roster");
  // What is clicked before this is drawn again acts on the rows as they are by then.
  const remove = (row: Drawn) => {
    const { columns, rows } = sheetOf(page);
    const at = rows.indexOf(row.cells);
    if (at >= 0) page.update({ roster: { kind: "rows", columns, rows: rows.filter((cells) => cells !== row.cells) } }, "roster", `remove-${at}`, "add-row");
  };
  const add = () => {
    const { columns, rows } = sheetOf(page);
    from = Math.floor(rows.length / PAGE) * PAGE;
    page.update({ roster: { kind: "rows", columns, rows: [...rows, columns.map((key) => (key === "count" ? "1" : ""))] } }, "roster", `cell-${rows.length}-name`);
  };
  drawn.clear();
  rows.forEach((cells, at) => drawn.set(from + at, { cells }));
  const paged = sheet.rows.length > PAGE;
  const paste: HTMLTextAreaElement = h("textarea", { id: "paste-text", rows: 4, spellcheck: "false", "aria-describedby": "paste-help", value: pasted.text, oninput: () => { pasted.text = paste.value; } });
  const read = () => {
    pasted.headless = undefined;
    pasted.added = false;
    void openAsked(page, paste.value, "csv", undefined, {
      taken: () => Object.assign(pasted, { text: "", open: false }),
      headless: (first) => {
        pasted.headless = first;
        page.update({}, "roster", "paste-header");
      },
    });
  };
  // Which column is which only the reader knows: the header is put there to be looked at, and nothing is read.
  const addHeader = () => {
    const between = pasted.text.includes("\t") ? "\t" : ",";
    pasted.text = `${(page.latest?.policy?.columns ?? []).map((column) => column.header[state.lang]).join(between)}\n${pasted.text}`;
    pasted.headless = undefined;
    pasted.added = true;
    page.update({}, "roster", "paste-text");
  };
  const template = () => download(fileName(page, "roster-template", "csv"), `\ufeff${(page.latest?.policy?.columns ?? []).map((column) => column.header[state.lang]).join(",")}\n`, "text/csv");
  return [
    h("div", { class: "buttons" },
      fileButton(page, "roster-file", t("openRoster"), ROSTERS),
      h("button", { type: "button", id: "roster-template", onclick: template }, t("template")),
      state.policy.kind === "builtIn" &&
        h("button", { type: "button", id: "roster-reset", hidden: state.roster.kind !== "rows", onclick: () => page.update({ roster: { kind: "builtIn" }, limit: undefined }, "all") }, t("reset"))),
    h("details", { open: pasted.open, ontoggle: (event) => { pasted.open = (event.target as HTMLDetailsElement).open; } }, h("summary", { id: "paste-summary" }, t("paste")),
      h("label", { for: "paste-text", class: "note", id: "paste-help" }, t("pasteHelp")), paste,
      pasted.headless ? h("div", { class: "alert", role: "alert", id: "paste-headless" }, h("p", {}, headlessText(page, pasted.headless)),
        h("button", { type: "button", id: "paste-header", onclick: addHeader }, t("addHeader"))) : undefined,
      pasted.added ? h("p", { class: "note", id: "paste-added" }, t("headerAdded")) : undefined,
      h("button", { type: "button", id: "paste-read", onclick: read }, t("readPasted"))),
    h("label", { class: "inline" }, h("input", { type: "checkbox", id: "every-column", checked: everyColumn, onchange: () => { everyColumn = !everyColumn; redraw(); } }), t("moreColumns")),
    h("div", { id: "roster-problems" }),
    h("div", { class: "scroll" },
      h("table", { class: "sheet" },
        h("caption", { class: "hidden" }, t("rosterCaption")),
        h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("row")), columns.map((key) => h("th", { scope: "col", class: `column-${key}` }, header(page, key))), h("td", {}))),
        h("tbody", {}, rows.map((cells, at) => {
          const row = from + at;
          const own = drawn.get(row)!;
          return [h("tr", {},
            h("th", { scope: "row" }, row + 1),
            columns.map((key) => h("td", { class: `column-${key}` }, cell(page, row, key, cells[sheet.columns.indexOf(key)] ?? ""))),
            h("td", {}, h("button", { type: "button", class: "icon", id: `remove-${row}`, "aria-label": t("removeRow", { n: row + 1 }), title: t("removeRow", { n: row + 1 }), onclick: () => remove(own) }, "×"))),
          // Under the row: beside its cell a sentence would push the other columns out of sight.
          h("tr", { class: "mends" }, h("td", { colspan: columns.length + 2 }, columns.map((key) => h("div", { class: "mend", id: `mend-${row}-${key}` }))))];
        })))),
    h("div", { class: "buttons" },
      h("button", { type: "button", id: "add-row", onclick: add }, t("addRow")),
      paged && h("button", { type: "button", id: "previous", disabled: from === 0, onclick: () => { from = Math.max(0, from - PAGE); redraw(); } }, t("previous")),
      paged && h("span", { class: "note" }, t("rowsShown", { from: from + 1, to: Math.min(from + PAGE, sheet.rows.length), all: sheet.rows.length })),
      paged && h("button", { type: "button", id: "next", disabled: from + PAGE >= sheet.rows.length, onclick: () => { from += PAGE; redraw(); } }, t("next"))),
  ];
}

/** One cell: a choice where the policy has words for it, else a text. */
function cell(page: Page, row: number, key: string, value: string): HTMLElement {
  const { lang } = page.state;
  const policy = page.latest?.policy;
  const id = `cell-${row}-${key}`;
  const own = drawn.get(row)!;
  const label = page.t("cellOf", { n: row + 1, column: header(page, key) });
  const words = key === "kind" ? policy?.kinds : key === "designation" ? policy?.designations : undefined;
  if (words && words.length > 0) {
    const known = words.find((one) => [one.id, one.name.zh, one.name.en].includes(value.trim()));
    return h("select", { id, "aria-label": label, "aria-describedby": `mend-${row}-${key}`, onchange: (event) => edit(page, own, key, (event.target as HTMLSelectElement).value) },
      known === undefined && h("option", { value, selected: true }, value),
      words.map((one) => h("option", { value: one.id, selected: known?.id === one.id }, one.name[lang])));
  }
  return h("input", {
    id, type: "text", value, "aria-label": label, "aria-describedby": `mend-${row}-${key}`, class: key === "count" ? "short" : undefined,
    ...(key === "count" ? { inputmode: "numeric" } : {}), autocomplete: "off",
    onchange: (event) => edit(page, own, key, (event.target as HTMLInputElement).value),
  });
}

/** The place of a problem: a row and a column, or a class that is counted. None: it belongs to no cell. */
export function cellOf(page: Page, problem: Problem): { readonly row: number; readonly key: string } | { readonly counted: string } | undefined {
  if (problem.row === undefined) return undefined;
  const row = problem.row - 1;
  const { roster } = page.state;
  if (roster.kind !== "counts") return { row, key: problem.column ?? "name" };
  const one = page.latest?.policy?.classes.filter(({ id, expected }) => (roster.counts[id] ?? String(expected ?? 0)).trim().replace(/^0+$/, "") !== "")[row];
  return one && { counted: one.id };
}

/** Marks the cells that are wrong and says beside each how to mend it. */
export function showProblems(page: Page): void {
  const { t, state, latest } = page;
  // The first cell that is changed makes the roster another one, and the table is not drawn again for it.
  document.getElementById("roster-reset")?.toggleAttribute("hidden", state.roster.kind !== "rows");
  for (const old of document.querySelectorAll("#roster [aria-invalid]")) old.removeAttribute("aria-invalid");
  for (const old of document.querySelectorAll("#roster .mend")) old.replaceChildren();
  const failures = (latest?.failures ?? []).filter(({ part }) => part === "roster");
  const all: readonly Problem[] = failures.flatMap(({ problems }) => problems);
  const errors = all.filter((problem) => problem.severity === "error" && cellOf(page, problem) !== undefined);
  const elsewhere: Node[] = [];
  for (const problem of errors) {
    const at = cellOf(page, problem);
    if (at === undefined) continue;
    if ("counted" in at) {
      document.getElementById(`count-${at.counted}`)?.setAttribute("aria-invalid", "true");
      document.getElementById(`count-${at.counted}-mend`)?.append(told(state.lang, problem));
      continue;
    }
    const { row, key } = at;
    const input = document.getElementById(`cell-${row}-${key}`);
    const mend = document.getElementById(`mend-${row}-${key}`);
    if (input && mend) {
      input.setAttribute("aria-invalid", "true");
      const own = drawn.get(row);
      const values = input instanceof HTMLSelectElement ? [] : suggestions(problem).slice(0, 2);
      mend.append(h("span", {}, `${header(page, key)}${t("colon")}${told(state.lang, problem)}`), ...values.map((value) =>
        h("button", { type: "button", onclick: () => { if (own) edit(page, own, key, value); (input as HTMLInputElement).value = value; } }, t("change", { value }))));
    }
    if (elsewhere.length < 100) {
      const show = [" ", h("button", { type: "button", class: "small", onclick: () => {
        from = Math.floor(row / PAGE) * PAGE;
        everyColumn ||= !USUAL.includes(key);
        if (document.getElementById(`cell-${row}-${key}`) === null) page.update({}, "roster");
        (document.getElementById(`cell-${row}-${key}`) ?? document.getElementById(`cell-${row}-name`))?.focus();
      } }, t("goTo"))];
      elsewhere.push(h("li", {}, problemText(page, problem), ...show));
    }
  }
  const box = document.getElementById("roster-problems");
  if (box) {
    const leftOut = failures.reduce((sum, failure) => sum + failure.leftOut, 0);
    box.replaceChildren(...(errors.length === 0 ? [] : [
      h("div", { class: "alert", role: "alert" }, h("p", {}, h("strong", {}, t("problems", { n: errors.length + leftOut }))), elsewhere.length > 0 && h("ul", {}, elsewhere)),
    ]));
  }
}
