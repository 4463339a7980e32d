import type { Amount } from "./amounts.js";
import type { Unit, UnitWord } from "./document.js";
import { call, rawOf, Resource } from "./engine.js";
import { failure, type Problem, problemsOf } from "./errors.js";
import { kindOf } from "./kinds.js";
import { Policy } from "./policy.js";
import { RawLimits, type RawFunding } from "./raw/fundlayers.js";
import { Table, type Name } from "./table.js";
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
  private constructor(raw: RawLimits) {
    super(raw);
  }

  /** Reads a file of limits for a policy. Every problem of it is reported at once, with row and column. */
  static parse(content: FileContent | Workbook, policy: Policy, options: TableFileOptions = {}): Limits {
    const { bytes, format, file, sheet, fillDown } = tableOf(content, options);
    return new Limits(call(() => RawLimits.read(bytes, format, rawOf(Policy, policy, "the policy"), file, sheet, fillDown)));
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

/** What a recipient gets of what it is due, and why. Amounts are in `unit`, the policy's. */
export interface FundingExplanation {
  readonly id: string;
  readonly name: string;
  /** How many places the row stands for. */
  readonly count: number;
  readonly year: number;
  readonly layer: string;
  readonly payer: string;
  readonly unit: Unit;
  /** As it is applied; null: not limited. */
  readonly limit: Amount | null;
  /** All claims to the limit; null: not limited. */
  readonly claims: Amount | null;
  /** What one place is due. */
  readonly claim: Amount;
  /** What one place gets before rounding to whole steps: decimal text, or a ratio such as `"1000/3"`. */
  readonly exact: string;
  /** What the whole row gets. */
  readonly funded: Amount;
  /** What the whole row is due and does not get. */
  readonly unfunded: Amount;
  /** The same as a sentence. */
  readonly text: Name;
}

/** An allocation as far as limits let it be paid. It never changes. */
export class Funding extends Resource<RawFunding> {
  /** @internal */
  constructor(raw: RawFunding) {
    super(raw);
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
