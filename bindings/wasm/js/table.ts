import { amountTexts, percentTexts, type Amount } from "./amounts.js";
import { call, Resource, wholeRaw } from "./engine.js";
import type { Unit } from "./document.js";
import { failure, problemsOf, type Problem } from "./errors.js";
import type { RawColumns, RawTable } from "./raw/whole.js";
import type { Report } from "./report.js";
import { csv } from "./sheet.js";
import { langOf, rowOf, type Lang } from "./text.js";
import { optionsOf } from "./values.js";

/** A text in both languages. */
export interface Name {
  readonly zh: string;
  readonly en: string;
}

interface ColumnParts {
  /** The key: header in CSV, name in objects. */
  readonly key: string;
  /** The header for people. */
  readonly header: Name;
}

/** Texts: each once, and for each row which one it is. Blank is the empty text. */
export interface TextColumn extends ColumnParts {
  readonly kind: "text";
  readonly values: readonly string[];
  readonly codes: Uint32Array;
}

/** Whole numbers: years, counts. */
export interface IntegerColumn extends ColumnParts {
  readonly kind: "integer";
  readonly values: Float64Array;
  /** 1 where a cell is blank (not applicable, and 0 in `values`); none if no cell is. */
  readonly blanks: Uint8Array | undefined;
}

/** Exact numbers, such as figures: each as its decimal text once, and for each row which one it is. Blank is the empty text. */
export interface NumberColumn extends ColumnParts {
  readonly kind: "number";
  readonly values: readonly string[];
  readonly codes: Uint32Array;
}

/** Amounts of money in fen (0.01 元), whatever the unit of the table. */
export interface AmountColumn extends ColumnParts {
  readonly kind: "amount";
  readonly fen: BigInt64Array;
  /** 1 where a cell is blank (not applicable, and 0 in `fen`); none if no cell is. */
  readonly blanks: Uint8Array | undefined;
}

/** Percentages in hundredths of a percent: 6667 is 66.67 %. */
export interface PercentColumn extends ColumnParts {
  readonly kind: "percent";
  readonly hundredths: BigInt64Array;
  /** 1 where a cell is blank (the whole is 0, and 0 in `hundredths`); none if no cell is. */
  readonly blanks: Uint8Array | undefined;
}

/** A column of a table, by its kind. */
export type Column = TextColumn | IntegerColumn | NumberColumn | AmountColumn | PercentColumn;

/** A cell: a text, a whole number, an exact number (`"0.3333333333"`), an amount in the table's unit, a percentage (`"66.67"`), or blank. */
export type Cell = string | number | Amount | null;

/** A row by its columns' keys. */
export type Row = { readonly [key: string]: Cell };

/** What the keys of rows are. */
export interface RowOptions {
  /** The columns' titles in a language instead of their keys. */
  readonly labels?: Lang | undefined;
}

/** How a table is shown to people. */
export interface ShownOptions {
  /** Left out: the language that is spoken, else Chinese. */
  readonly lang?: Lang | undefined;
  /** So many decimals are shown of every amount; left out: as many as there are. */
  readonly decimals?: number | undefined;
  /** Layers side by side; see {@link Table.report}. */
  readonly wide?: boolean | undefined;
}

/** How many decimals are shown. @internal */
export function decimalsOf(decimals: number | undefined): number | undefined {
  return decimals === undefined ? undefined : rowOf(decimals, "the number of decimals", 8);
}

interface Head {
  readonly unit: Unit;
  readonly titles: { readonly [lang in Lang]: readonly string[] };
  readonly columns: readonly (ColumnParts & { readonly kind: Column["kind"] })[];
}

/**
 * A table of a result. It is computed when something of it is asked for: as typed columns, which is how large ones should be
 * read; as objects; as files; or for people.
 */
export class Table extends Resource<RawTable> {
  #head: Head | undefined;
  #columns: readonly Column[] | undefined;
  /** Of the columns: only sentences depend on it. */
  #lang: Lang | undefined;

  /** @internal */
  constructor(raw: RawTable) {
    super(raw);
  }

  get #headed(): Head {
    return (this.#head ??= JSON.parse(call(() => this.raw.head())) as Head);
  }

  /** The unit that amounts are shown in. */
  get unit(): Unit {
    return this.#headed.unit;
  }

  /** The keys of the columns, in order. */
  get keys(): readonly string[] {
    return this.#headed.columns.map((column) => column.key);
  }

  /** The titles of the columns in a language, in order; each once. */
  titles(lang?: Lang): readonly string[] {
    return this.#headed.titles[langOf(lang)];
  }

  /** How many rows. */
  get length(): number {
    const column = this.columns[0];
    if (column === undefined) return 0;
    switch (column.kind) {
      case "text":
      case "number":
        return column.codes.length;
      case "integer":
        return column.values.length;
      case "amount":
        return column.fen.length;
      case "percent":
        return column.hundredths.length;
    }
  }

  /** The columns, each a typed array of its own; do not change them. */
  get columns(): readonly Column[] {
    const lang = langOf(undefined);
    if (this.#columns !== undefined && this.#lang === lang) return this.#columns;
    const { columns } = this.#headed;
    const cells = call(() => this.raw.columns(lang));
    try {
      this.#lang = lang;
      this.#columns = columns.map((column, at) => filled(column, cells, at));
    } finally {
      cells.free();
    }
    return this.#columns;
  }

  /** The column with a key, if there is one. */
  column(key: string): Column | undefined {
    return this.columns.find((column) => column.key === key);
  }

  /**
   * Some rows as objects, amounts as exact text in the table's unit: from `start` (from 0) to before `end`. Their keys are the
   * columns', or with `labels` their titles in a language.
   */
  rows(start = 0, end = this.length, options: RowOptions = {}): Row[] {
    const { labels } = optionsOf(options);
    const keys = labels === undefined ? this.keys : this.titles(labels);
    const from = rowOf(start, "the start", this.length);
    const to = Math.max(from, rowOf(end, "the end", this.length));
    const cells = this.columns.map((column, at): readonly [string, (row: number) => Cell] => [keys[at] ?? column.key, this.#cells(column, from, to)]);
    return Array.from({ length: to - from }, (_, row) => Object.fromEntries(cells.map(([key, cell]) => [key, cell(row)])));
  }

  #cells(column: Column, from: number, to: number): (row: number) => Cell {
    switch (column.kind) {
      case "text":
        return (row) => column.values[column.codes[from + row] ?? 0] ?? "";
      case "number":
        return (row) => column.values[column.codes[from + row] ?? 0] || null;
      case "integer":
        return (row) => (column.blanks?.[from + row] === 1 ? null : (column.values[from + row] ?? 0));
      case "amount": {
        const texts = amountTexts(column.fen.subarray(from, to), this.unit, false);
        return (row) => (column.blanks?.[from + row] === 1 ? null : ((texts[row] ?? "0") as Amount));
      }
      case "percent": {
        const texts = percentTexts(column.hundredths.subarray(from, to));
        return (row) => (column.blanks?.[from + row] === 1 ? null : (texts[row] ?? ""));
      }
    }
  }

  /** Every row as an object, its keys those of the columns, or with `labels` their titles. For large tables {@link columns} costs far less. */
  toRows(options: RowOptions = {}): Row[] {
    return this.rows(0, this.length, options);
  }

  /**
   * CSV: English keys, UTF-8, amounts as plain digits. The same bytes as the command line's, for programs: every text as it is;
   * sentences in `lang`, by default the language that is spoken.
   * `excel` is for spreadsheets: with a byte order mark, and `'` before a text that would run as a formula. `people` is the table
   * as people read it: titles and words in `lang`, the unit in the titles, subtotals and totals, remarks below; `wide` and
   * `decimals` as of {@link report}.
   */
  toCsv(options: { readonly excel?: boolean; readonly people?: boolean } & ShownOptions = {}): string {
    const { excel = false, people = false, lang, wide, decimals } = optionsOf(options);
    return people ? csv(this.report(lang, { wide, decimals })) : call(() => this.raw.toCsv(excel, langOf(lang)));
  }

  /**
   * A workbook (`.xlsx`) of the table for people that an office can print: title, unit, header, subtotals, totals and remarks.
   * Codes stay texts, amounts are numbers with all their digits. What writes it is loaded with the first.
   */
  async toExcel(options: ShownOptions = {}): Promise<Uint8Array> {
    const { lang, wide, decimals } = optionsOf(options);
    return reportToExcel(this.report(lang, { wide, decimals }));
  }

  /** A page (HTML) of the table for people, with where the policy comes from. It needs the whole module: {@link loadAll}. */
  toHtml(options: ShownOptions = {}): string {
    const { lang, wide = false, decimals } = optionsOf(options);
    return call(() => this.whole.toHtml(langOf(lang), decimalsOf(decimals), wide));
  }

  /** The same as Markdown. It needs the whole module too. */
  toMarkdown(options: ShownOptions = {}): string {
    const { lang, wide = false, decimals } = optionsOf(options);
    return call(() => this.whole.toMarkdown(langOf(lang), decimalsOf(decimals), wide));
  }

  /** What only a table of the whole module can do. @internal */
  protected get whole(): RawTable {
    const { raw } = this;
    if (typeof (raw as Partial<RawTable>).toHtml === "function") return raw;
    wholeRaw();
    throw failure("not-loaded", "the table was made before all of the module was loaded", { expected: "make it anew" });
  }

  /**
   * JSON: `{ policy, unit, columns, rows, warnings }`. The same bytes as the command line's. The sentences of warnings are
   * English, or in `lang`.
   */
  toJson(options: { readonly lang?: Lang | undefined } = {}): string {
    const { lang = "en" } = optionsOf(options);
    return call(() => this.raw.toJson(langOf(lang)));
  }

  /**
   * The table for people, with subtotals and a total. Of a table of unmatched receipts that has no row, one without rows. `wide`
   * lays layers of totals and of a funding side by side (where they are not grouped by layer, what they were last grouped by), and
   * scenarios; other tables are as they are. `decimals` are what is shown of amounts; left out, all that they have.
   */
  report(lang?: Lang, options: { readonly wide?: boolean | undefined; readonly decimals?: number | undefined } = {}): Report {
    const { wide = false, decimals } = optionsOf(options);
    const asked = langOf(lang);
    const report = call(() => this.raw.report(asked, wide, decimalsOf(decimals)));
    if (report !== undefined) return JSON.parse(report) as Report;
    const columns = this.#headed.columns.map(({ header, kind }) => ({ header: header[asked], kind }));
    return { lang: asked, title: "", unit: this.unit, unitNote: "", columns, rows: [], notes: [] };
  }

  /** Warnings of everything that the table rests on. */
  get warnings(): readonly Problem[] {
    return problemsOf(call(() => this.raw.warnings()));
  }
}

/** A report as a workbook, wherever it was made: see {@link Table.toExcel}. */
export async function reportToExcel(report: Report): Promise<Uint8Array> {
  const { fits, workbook } = await import("./excel.js");
  if (!fits(report)) throw failure("too-large", "the table has more rows than a sheet", { found: String(report.rows.length), expected: "a table in CSV" });
  return workbook(report);
}

/** A report as CSV for people: see {@link Table.toCsv}. */
export function reportToCsv(report: Report): string {
  return csv(report);
}

function filled(column: ColumnParts & { readonly kind: Column["kind"] }, cells: RawColumns, at: number): Column {
  const { key, header, kind } = column;
  switch (kind) {
    case "text":
    case "number":
      return { key, header, kind, values: JSON.parse(call(() => cells.values(at))) as string[], codes: call(() => cells.codes(at)) };
    case "integer":
      return { key, header, kind, values: call(() => cells.integers(at)), blanks: call(() => cells.blanks(at)) };
    case "amount":
      return { key, header, kind, fen: call(() => cells.exact(at)), blanks: call(() => cells.blanks(at)) };
    case "percent":
      return { key, header, kind, hundredths: call(() => cells.exact(at)), blanks: call(() => cells.blanks(at)) };
  }
}
