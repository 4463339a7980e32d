import type { Amount } from "./amounts.js";
import { call, rawOf, Resource } from "./engine.js";
import type { RuleKind, Unit, UnitWord } from "./document.js";
import { failure, type Problem, problemsOf } from "./errors.js";
import { CheckFigures } from "./check-figures.js";
import { Funding, Limits, ruleOf, type FundingRule } from "./funding.js";
import { Policy, type Reading } from "./policy.js";
import { RawAllocation } from "./raw/fundlayers.js";
import { Planning, Projects, type ProjectOptions } from "./projects.js";
import { Receipts, Reconciliation, type ReconcileOptions } from "./receipts.js";
import { Roster } from "./roster.js";
import { Table, type Name } from "./table.js";
import { groupingOf, textOf, unitOf, yearsOf, type Years } from "./text.js";
import type { Grouping, TotalsOptions } from "./totals.js";
import { optionsOf } from "./values.js";

/** How an allocation is laid out. */
export interface TableOptions {
  /** The unit of amounts; default: the policy's. */
  readonly unit?: UnitWord;
  /** Rows for amounts of zero too: every layer of every live year. */
  readonly zeros?: boolean;
  /** Layers as columns, with a total. */
  readonly wide?: boolean;
  /** The policy's figures as columns too, of one place each, exact to ten decimals. */
  readonly figures?: boolean;
}

/** A number that a rule read: the standard, an attribute, a figure, a layer, a pool, an aggregate. */
export interface ExplainedInput {
  readonly name: string;
  /** Exact: decimal text, or a ratio such as `"1/3"`. */
  readonly value: string;
}

/** A figure that an amount rests on. */
export interface ExplainedFigure {
  readonly id: string;
  /** Of the place and year, exact: decimal text, or a ratio such as `"1/3"`. */
  readonly value: string;
  readonly clause?: string;
  /** What the clause says, in the document's own words. */
  readonly words?: string;
  /** Its arithmetic as a sentence. */
  readonly text: Name;
}

/** How one layer's amount came about. Amounts are in the explanation's unit. */
export interface Step {
  readonly layer: string;
  /** The body's id, or the recipient's county, or what its attribute says. */
  readonly payer: string;
  readonly rule: RuleKind;
  readonly inputs: readonly ExplainedInput[];
  /** The figures that it rests on, in the order in which they are worked out; of none, nothing. */
  readonly figures?: readonly ExplainedFigure[];
  /** Of one place, before rounding and before a limit of the layer: decimal text, or a ratio such as `"1000/3"`. */
  readonly exact: string;
  /** What the whole row claims of the limit of the layer, where it has one. */
  readonly claim?: Amount;
  /** Of one place. */
  readonly per_place: Amount;
  /** Of the whole row. */
  readonly amount: Amount;
  /** The clause it rests on; null too if a number that it rests on was changed. */
  readonly clause: string | null;
  /** What the clause says, in the document's own words, where the policy has them. */
  readonly words?: string;
  /** The readings of the document that bear on it, by id. */
  readonly readings?: readonly string[];
  /** The changes of the policy that it rests on. */
  readonly changes?: Grounds["changes"];
  /** The clause of the layer, where `clause` is another, of the class. */
  readonly layer_clause?: string;
  /** The same as a sentence. */
  readonly text: Name;
}

/** What a recipient gets in a year, and why. */
export interface Explanation {
  readonly id: string;
  readonly name: string;
  readonly year: number;
  readonly class: string;
  /** How many places the row stands for. */
  readonly count: number;
  /** Of every amount in it. */
  readonly unit: Unit;
  readonly steps: readonly Step[];
  /** What the whole row gets from all layers, in `unit`. */
  readonly total: Amount;
  /** The policy's unit, where that is another: the arithmetic of the steps is in it. */
  readonly policy_unit?: Unit;
  /** All of it as a text of several lines. */
  readonly note: Name;
  /** What it rests on: the document, the words of its clauses, how they are read, what was changed. */
  readonly grounds: Grounds;
}

/** What explained figures rest on. */
export interface Grounds {
  /** The title of the policy. */
  readonly title: Name;
  /** The title of the document, as it has it. */
  readonly document?: string;
  readonly issuer?: string;
  readonly published?: string;
  readonly status?: "draft" | "in-force" | "expired";
  readonly url?: string;
  /** The clauses that are cited, with the document's own words where the policy has them. */
  readonly clauses: readonly { readonly clause: string; readonly words?: string }[];
  /** How open points of the document are read that bear on the figures. */
  readonly readings: readonly Reading[];
  /** Every value of the policy that was changed, as policy files write it. */
  readonly changes?: readonly { readonly path: string; readonly before: unknown; readonly after: unknown }[];
}

/** What every place gets, from whom, in which year. It never changes. */
export class Allocation extends Resource<RawAllocation> {
  /** Computes every year of the policy, or those given. */
  constructor(policy: Policy, roster: Roster, options: { readonly years?: Years } = {}) {
    super(call(() => new RawAllocation(rawOf(Policy, policy, "the policy"), rawOf(Roster, roster, "the roster"), yearsOf(optionsOf(options).years))));
  }

  /** The computed years, ascending. */
  get years(): readonly number[] {
    return [...call(() => this.raw.years)];
  }

  /** Warnings of policy, roster and allocation. */
  get warnings(): readonly Problem[] {
    return problemsOf(call(() => this.raw.warnings()));
  }

  /** The allocation as a table: a row for each roster row × year × layer. */
  table(options: TableOptions = {}): Table {
    const { unit, zeros = false, wide = false, figures = false } = optionsOf(options);
    if (figures) return new Table(call(() => this.raw.tableWithFigures(unitOf(unit), zeros, wide)));
    return new Table(call(() => this.raw.table(unitOf(unit), zeros, wide)));
  }

  /**
   * The policy's figures, exact to ten decimals: of every place and year; or, for each group of `by`, how many places have each,
   * their sum, mean, least and greatest. Of an empty list, all places and years.
   */
  figures(by?: readonly Exclude<Grouping, "layer" | "payer">[]): Table {
    return new Table(call(() => this.raw.figures(groupingOf(by))));
  }

  /**
   * What the policy requires besides amounts, beside what is known of places, townships, counties or all together: met, not-met,
   * unknown, not-applicable or no-number for each of them, year and check; only what is `open`; or counted for each group of `by`.
   */
  checks(
    figures?: CheckFigures | readonly CheckFigures[],
    options: { readonly by?: readonly Exclude<Grouping, "layer" | "payer">[]; readonly open?: boolean } = {},
  ): Table {
    const { by, open = false } = optionsOf(options);
    const tables: readonly CheckFigures[] = figures === undefined ? [] : Array.isArray(figures) ? figures : [figures as CheckFigures];
    // What is handed over is gone: it is a copy.
    const joined = CheckFigures.joined(tables);
    return new Table(call(() => this.raw.checks(joined, groupingOf(by), open)));
  }

  /** Totals: a row for each group of `by`, by default each year and layer; of an empty list, a single row. */
  totals(by?: readonly Grouping[], options: TotalsOptions = {}): Table {
    const { unit, zeros = false } = optionsOf(options);
    return new Table(call(() => this.raw.totals(groupingOf(by), unitOf(unit), zeros)));
  }

  /** The allocation as far as limits let it be paid; a payer without a limit pays every claim. */
  fund(limits: Limits, rule: FundingRule): Funding {
    const [name, order] = ruleOf(rule);
    return new Funding(call(() => this.raw.fund(rawOf(Limits, limits, "the limits"), name, order)));
  }

  /** The allocation beside what was issued, arrived and was spent: in one ledger, or in several. */
  reconcile(receipts: Receipts | readonly Receipts[], options: ReconcileOptions = {}): Reconciliation {
    const { topUp, topUpYears, asOf } = optionsOf(options);
    if (topUpYears !== undefined && (topUp === undefined || topUp === "entitled")) {
      throw failure("wrong-type", "years in which top-ups count what arrived need that they do", { key: "topUpYears", expected: 'topUp: "received"' });
    }
    const joined = Array.isArray(receipts) ? Receipts.joined(receipts as readonly Receipts[]) : undefined;
    const ledger = rawOf(Receipts, joined ?? (receipts as Receipts), "the ledger");
    const word = topUp === undefined ? undefined : textOf(topUp, "what top-ups count");
    const month = asOf === undefined ? undefined : textOf(asOf, "the month");
    try {
      return new Reconciliation(call(() => this.raw.reconcile(ledger, word, yearsOf(topUpYears), month)));
    } finally {
      joined?.free();
    }
  }

  /** The allocation beside a register of projects: what is planned, lacking, overdue. */
  projects(projects: Projects, options: ProjectOptions = {}): Planning {
    const { asOf } = optionsOf(options);
    const day = asOf === undefined ? undefined : textOf(asOf, "the day");
    return new Planning(call(() => this.raw.projects(rawOf(Projects, projects, "the register"), day)));
  }

  /** How a recipient's amounts came about, by its id or name; in some years, or every computed one. */
  explain(recipient: string, options: { readonly years?: Years; readonly unit?: UnitWord } = {}): readonly Explanation[] {
    const { years, unit } = optionsOf(options);
    const json = call(() => this.raw.explain(textOf(recipient, "the recipient"), yearsOf(years), unitOf(unit)));
    return JSON.parse(json) as Explanation[];
  }

  /** The same as a JSON file: the bytes that the command line writes. */
  explainJson(recipient: string, options: { readonly years?: Years; readonly unit?: UnitWord } = {}): string {
    const { years, unit } = optionsOf(options);
    return call(() => this.raw.explainJson(textOf(recipient, "the recipient"), yearsOf(years), unitOf(unit)));
  }
}
