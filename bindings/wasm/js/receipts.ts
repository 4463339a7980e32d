import type { UnitWord } from "./document.js";
import { call, rawOf, Resource, sourceOf, wholeRaw } from "./engine.js";
import { failure, type Problem, problemsOf } from "./errors.js";
import { kindOf } from "./kinds.js";
import { Explained } from "./explained.js";
import { formOf, type Form, type FormOptions } from "./forms.js";
import { Planning } from "./projects.js";
import type { RawReceipts, RawReconciliation } from "./raw/whole.js";
import type { RosterRow } from "./roster.js";
import { Table } from "./table.js";
import { groupingOf, textOf, unitOf, yearsOf, type FileContent, type Years } from "./text.js";
import type { Grouping, TotalsOptions } from "./totals.js";
import { optionsOf, read } from "./values.js";
import { tableOf, type SheetOptions, type TableFileOptions, type Workbook } from "./workbook.js";

/** A ledger: what was issued, arrived and was spent. It never changes. */
export class Receipts extends Resource<RawReceipts> {
  private constructor(make: () => RawReceipts) {
    super(make);
  }

  /**
   * Reads a ledger, long (`id` or `division_code` or `county, township, name`; `year, layer, event, amount, unit`) or wide as
   * offices keep it (下达金额, 到位金额, 支出金额). Every problem of it is reported at once, with row and column.
   */
  static parse(content: FileContent | Workbook, options: TableFileOptions = {}): Receipts {
    const { bytes, format, file, sheet, fillDown } = tableOf(content, options);
    const { RawReceipts } = wholeRaw();
    return new Receipts(() => call(() => RawReceipts.read(bytes, format, file, sheet, fillDown)));
  }

  /** Several ledgers as one, each with its own unit. What two of them have alike is warned about. */
  static joined(ledgers: readonly Receipts[]): Receipts {
    if (!Array.isArray(ledgers)) throw failure("wrong-type", "is not a list of ledgers", { found: kindOf(ledgers) });
    if (ledgers.length === 0) throw failure("missing-value", "no ledger is in the list", { expected: "one or several" });
    const { RawLedgers } = wholeRaw();
    const sources = ledgers.map((ledger: Receipts) => sourceOf(Receipts, ledger, "the ledger"));
    return new Receipts(() => call(() => {
      const all = new RawLedgers();
      for (const ledger of sources) all.add(ledger());
      // One at least.
      return all.joined()!;
    }));
  }

  /** A ledger from rows, by the keys or headers of columns. Amounts that are not whole are given as text. */
  static from(rows: readonly RosterRow[], options: Pick<SheetOptions, "fillDown"> = {}): Receipts {
    if (!Array.isArray(rows)) throw failure("wrong-type", "is not a list of rows", { found: kindOf(rows) });
    return read(rows, "rows", (json) => Receipts.parse(json, { ...options, format: "json" }));
  }

  /** How many. */
  get length(): number {
    return call(() => this.raw.length);
  }

  /** What should be looked at in it. */
  get warnings(): readonly Problem[] {
    return problemsOf(call(() => this.raw.warnings()));
  }
}

/** How an allocation is reconciled. */
export interface ReconcileOptions {
  /**
   * What top-ups count of the layers before them: what was due (`entitled`, the default: a shortfall stays its layer's), or in some
   * years what arrived (`received`).
   */
  readonly topUp?: "entitled" | "received";
  /** Only with `topUp: "received"`; default: every computed year. */
  readonly topUpYears?: Years;
  /** The month, such as `"2024-06"`, whose end progress is measured against. */
  readonly asOf?: string;
}

/** An allocation beside what happened. It never changes. */
export class Reconciliation extends Resource<RawReconciliation> {
  /** @internal */
  constructor(raw: RawReconciliation) {
    super(raw);
  }

  /** A row for each place × year × layer: `due, issued, received, spent, gap, excess`. */
  table(options: TotalsOptions = {}): Table {
    const { unit, zeros = false } = optionsOf(options);
    return new Table(call(() => this.raw.table(unitOf(unit), zeros)));
  }

  /**
   * By any columns, by default year and layer, with rates that name their denominators. Gaps and excesses add up and are never
   * netted. Of an empty list, a single row.
   */
  totals(by?: readonly Grouping[], options: TotalsOptions = {}): Table {
    const { unit, zeros = false } = optionsOf(options);
    return new Table(call(() => this.raw.totals(groupingOf(by), unitOf(unit), zeros)));
  }

  /** Receipts that match nothing, each with the reason. */
  unmatched(options: { readonly unit?: UnitWord } = {}): Table {
    return new Table(call(() => this.raw.unmatched(unitOf(optionsOf(options).unit))));
  }

  /**
   * What a recipient was due and why, what arrived and what is missing, as a note for the file: a table, text, a page, a workbook.
   */
  explained(recipient: string, options: { readonly years?: Years; readonly unit?: UnitWord } = {}): Explained {
    const { years, unit } = optionsOf(options);
    return new Explained(call(() => this.raw.explained(textOf(recipient, "the recipient"), yearsOf(years), unitOf(unit))));
  }

  /**
   * A form that offices print, with what happened: `progress` 支出进度通报表, `ledger` 台账, and those of an allocation; `projects`
   * go into those that show them.
   */
  form(name: string, options: FormOptions & { readonly projects?: Planning } = {}): Form {
    const { projects, ...rest } = optionsOf(options);
    return formOf(name, rest, (asked) => {
      const own = this.raw;
      return projects === undefined ? own.form(asked) : own.formWithProjects(asked, rawOf(Planning, projects, "the register"));
    });
  }

  /** Warnings of everything that it rests on. */
  get warnings(): readonly Problem[] {
    return problemsOf(call(() => this.raw.warnings()));
  }
}
