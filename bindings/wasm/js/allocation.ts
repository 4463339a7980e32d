import { call, raw, rawOf, Resource, sourceOf, wholeRaw } from "./engine.js";
import { type Assignments, type Duties, dutiesOf } from "./duties.js";
import type { UnitWord } from "./document.js";
import { failure, type Problem, problemsOf } from "./errors.js";
import { CheckFigures } from "./check-figures.js";
import { Funding, Limits, ruleOf, type FundingRule } from "./funding.js";
import { Policy } from "./policy.js";
import { Explained } from "./explained.js";
import type { Explanation } from "./explanation.js";
import { formOf, type Form, type FormOptions } from "./forms.js";
import type { RawAllocation } from "./raw/whole.js";
import { Planning, Projects, type ProjectOptions } from "./projects.js";
import { Receipts, Reconciliation, type ReconcileOptions } from "./receipts.js";
import { Roster } from "./roster.js";
import { Table } from "./table.js";
import { groupingOf, listOf, textOf, unitOf, yearsOf, type Years } from "./text.js";
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

/** What every place gets, from whom, in which year. It never changes. */
export class Allocation extends Resource<RawAllocation> {
  /** Computes every year of the policy, or those given. */
  constructor(policy: Policy, roster: Roster, options: { readonly years?: Years } = {}) {
    const [of, over] = [sourceOf(Policy, policy, "the policy"), sourceOf(Roster, roster, "the roster")];
    const years = yearsOf(optionsOf(options).years);
    super(() => call(() => new raw.RawAllocation(of(), over(), years)));
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
    if (figures) return new Table(call(() => this.inWhole.tableWithFigures(unitOf(unit), zeros, wide)));
    return new Table(call(() => this.raw.table(unitOf(unit), zeros, wide)));
  }

  /**
   * The policy's figures, exact to ten decimals: of every place and year; or, for each group of `by`, how many places have each,
   * their sum, mean, least and greatest. Of an empty list, all places and years.
   */
  figures(by?: readonly Exclude<Grouping, "layer" | "payer">[]): Table {
    return new Table(call(() => this.inWhole.figures(groupingOf(by))));
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
    wholeRaw();
    // What is handed over is gone: it is a copy.
    const joined = CheckFigures.joined(tables);
    return new Table(call(() => this.inWhole.checks(joined, groupingOf(by), open)));
  }

  /** Totals: a row for each group of `by`, by default each year and layer; of an empty list, a single row. */
  totals(by?: readonly Grouping[], options: TotalsOptions = {}): Table {
    const { unit, zeros = false } = optionsOf(options);
    return new Table(call(() => this.raw.totals(groupingOf(by), unitOf(unit), zeros)));
  }

  /** The allocation as far as limits let it be paid; a payer without a limit pays every claim. */
  fund(limits: Limits, rule: FundingRule): Funding {
    const [name, order] = ruleOf(rule);
    const [of, within] = [this.maker, sourceOf(Limits, limits, "the limits")];
    call(() => this.raw);
    return new Funding(() => call(() => of().fund(within(), name, [...order])));
  }

  /** The allocation beside what was issued, arrived and was spent: in one ledger, or in several. */
  reconcile(receipts: Receipts | readonly Receipts[], options: ReconcileOptions = {}): Reconciliation {
    const { topUp, topUpYears, asOf } = optionsOf(options);
    if (topUpYears !== undefined && (topUp === undefined || topUp === "entitled")) {
      throw failure("wrong-type", "years in which top-ups count what arrived need that they do", { key: "topUpYears", expected: 'topUp: "received"' });
    }
    const joined = Array.isArray(receipts) ? Receipts.joined(receipts as readonly Receipts[]) : undefined;
    const own = call(() => this.inWhole);
    const ledger = rawOf(Receipts, joined ?? (receipts as Receipts), "the ledger");
    const word = topUp === undefined ? undefined : textOf(topUp, "what top-ups count");
    const month = asOf === undefined ? undefined : textOf(asOf, "the month");
    try {
      const years = yearsOf(topUpYears);
      return new Reconciliation(call(() => own.reconcile(ledger, word, years, month)));
    } finally {
      joined?.free();
    }
  }

  /** What is due besides money of its places (people, teams, visits, inspections), beside a register where one is given. */
  duties(assignments?: Assignments): Duties {
    return dutiesOf(call(() => this.inWhole), assignments);
  }

  /** The allocation beside a register of projects: what is planned, lacking, overdue. */
  projects(projects: Projects, options: ProjectOptions = {}): Planning {
    const { asOf } = optionsOf(options);
    const day = asOf === undefined ? undefined : textOf(asOf, "the day");
    return new Planning(call(() => this.inWhole.projects(rawOf(Projects, projects, "the register"), day)));
  }

  /**
   * A form that offices print, by its word or its Chinese name: `distribution` 资金分配表, `notice` 公示表, `filing` 备案表, `roster`
   * 名单, `support` 帮扶力量, `land` 用地 with what is known of plans as `figures`. For those that need a ledger ask a
   * reconciliation, for those that need projects ask those.
   */
  form(name: string, options: FormOptions & { readonly figures?: CheckFigures | readonly CheckFigures[] } = {}): Form {
    const { figures, ...rest } = optionsOf(options);
    return formOf(name, rest, (asked) => {
      const own = this.inWhole;
      const tables: readonly CheckFigures[] = figures === undefined ? [] : Array.isArray(figures) ? figures : [figures as CheckFigures];
      const joined = CheckFigures.joined(tables);
      if (joined === undefined) return own.form(asked);
      try {
        return own.formWithFigures(asked, joined);
      } finally {
        joined.free();
      }
    });
  }

  /** The same as {@link explain} as a note for the file: a table, text, a page, a workbook. */
  explained(recipient: string, options: { readonly years?: Years; readonly unit?: UnitWord } = {}): Explained {
    const { years, unit } = optionsOf(options);
    return new Explained(call(() => this.inWhole.explained(textOf(recipient, "the recipient"), yearsOf(years), unitOf(unit))));
  }

  /**
   * Of what totals are made, as a note for the file: of every group of `by`, or of the one whose value of the first column is
   * `of`, such as a county.
   */
  explainedTotals(by: readonly Grouping[], options: { readonly of?: string; readonly unit?: UnitWord } = {}): Explained {
    const { of, unit } = optionsOf(options);
    const one = of === undefined ? undefined : textOf(of, "the group");
    return new Explained(call(() => this.inWhole.explainedTotals(listOf(by), one, unitOf(unit))));
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
    return call(() => this.inWhole.explainJson(textOf(recipient, "the recipient"), yearsOf(years), unitOf(unit)));
  }
}
