import type { UnitWord } from "./document.js";
import { call, raw, Resource, sourceOf } from "./engine.js";
import { failure, type Problem, problemsOf } from "./errors.js";
import { kindOf } from "./kinds.js";
import { Policy } from "./policy.js";
import { Explained } from "./explained.js";
import type { FundingExplanation } from "./explanation.js";
import type { RawFunding, RawLimits } from "./raw/whole.js";
import { Table } from "./table.js";
import { groupingOf, langOf, listOf, textOf, unitOf, yearsOf, type FileContent, type Lang, type Years } from "./text.js";
import type { Grouping, TotalsOptions } from "./totals.js";
import { optionsOf, read } from "./values.js";
import { tableOf, type SheetOptions, type TableFileOptions, type Workbook } from "./workbook.js";

/**
 * How claims are met where a limit is short, by the names of the literature on claims problems: the same part of each; the same
 * amount to each, at most its claim; the same amount off each; Talmud; or classes in turn.
 */
export type FundingRule =
  | "proportional"
  | "constrained-equal-awards"
  | "constrained-equal-losses"
  | "talmud"
  | {
      readonly rule: "priority";
      /** Ids of classes, the first to be met first; those not named come last, together. */
      readonly order: readonly string[];
    };

/** A row of limits: what a payer can spend in a year in a layer. */
export interface LimitRow {
  /** Id or name. */
  readonly layer: string;
  /** Id or name; of a layer paid by counties, the county. */
  readonly payer: string;
  readonly year: number | string;
  /** A whole number, or exact decimal text, in `unit`. */
  readonly amount: number | string;
  readonly unit: UnitWord;
}

/** What payers can spend. It never changes. */
export class Limits extends Resource<RawLimits> {
  private constructor(make: () => RawLimits) {
    super(make);
  }

  /** Reads a file of limits for a policy. Every problem of it is reported at once, with row and column. */
  static parse(content: FileContent | Workbook, policy: Policy, options: TableFileOptions = {}): Limits {
    const { bytes, format, file, sheet, fillDown } = tableOf(content, options);
    const of = sourceOf(Policy, policy, "the policy");
    return new Limits(() => call(() => raw.RawLimits.read(bytes, format, of(), file, sheet, fillDown)));
  }

  /** Limits from rows. */
  static from(rows: readonly LimitRow[], policy: Policy, options: Pick<SheetOptions, "fillDown"> = {}): Limits {
    if (!Array.isArray(rows)) throw failure("wrong-type", "is not a list of rows", { found: kindOf(rows) });
    return read(rows, "rows", (json) => Limits.parse(json, policy, { ...options, format: "json" }));
  }

  /** How many. */
  get length(): number {
    return call(() => this.raw.length);
  }

  /** What should be looked at in them. */
  get warnings(): readonly Problem[] {
    return problemsOf(call(() => this.raw.warnings()));
  }
}

/** An allocation as far as limits let it be paid. It never changes. */
export class Funding extends Resource<RawFunding> {
  /** @internal */
  constructor(make: () => RawFunding) {
    super(make);
  }

  /** A row for each place × year × layer, with `claim, funded, unfunded`. */
  table(options: TotalsOptions = {}): Table {
    const { unit, zeros = false } = optionsOf(options);
    return new Table(call(() => this.raw.table(unitOf(unit), zeros)));
  }

  /**
   * By any columns, by default layer, payer and year: `claim, funded, unfunded, coverage`; by these three, the `limit` too. Of an
   * empty list, a single row.
   */
  totals(by?: readonly Grouping[], options: { readonly unit?: UnitWord } = {}): Table {
    return new Table(call(() => this.raw.totals(groupingOf(by), unitOf(optionsOf(options).unit))));
  }

  /** Why a recipient gets what it gets: an entry for each year and layer in which it is due something. */
  explain(recipient: string, options: { readonly years?: Years } = {}): readonly FundingExplanation[] {
    const json = call(() => this.raw.explain(textOf(recipient, "the recipient"), yearsOf(optionsOf(options).years)));
    return JSON.parse(json) as FundingExplanation[];
  }

  /**
   * The same as a note for the file, with what the amounts rest on: a table, text, a page, a workbook. Amounts are in `unit`, by
   * default the policy's.
   */
  explained(recipient: string, options: { readonly years?: Years; readonly unit?: UnitWord } = {}): Explained {
    const { years, unit } = optionsOf(options);
    return new Explained(call(() => this.inWhole.explained(textOf(recipient, "the recipient"), yearsOf(years), unitOf(unit))));
  }

  /** Remarks for people: which limits are short, and how claims to them are met. */
  notes(lang?: Lang, options: { readonly unit?: UnitWord } = {}): readonly string[] {
    return call(() => this.raw.notes(unitOf(optionsOf(options).unit), langOf(lang)));
  }

  /** Warnings of everything that it rests on. */
  get warnings(): readonly Problem[] {
    return problemsOf(call(() => this.raw.warnings()));
  }
}

/** The name and the order of a rule. @internal */
export function ruleOf(rule: FundingRule): readonly [string, string[]] {
  if (typeof rule === "string") return [textOf(rule, "the rule"), []];
  if (typeof rule !== "object" || (rule as unknown) === null) {
    throw failure("wrong-type", "is not a funding rule", { found: kindOf(rule), expected: "the name of a rule" });
  }
  return [textOf(rule.rule, "the rule"), listOf(rule.order)];
}
