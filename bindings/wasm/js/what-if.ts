import { Allocation } from "./allocation.js";
import type { Amount } from "./amounts.js";
import type { Digits, Unit, UnitWord } from "./document.js";
import { call, rawOf, Resource, wholeRaw } from "./engine.js";
import { failure, problemOf, type Problem, problemsOf } from "./errors.js";
import { kindOf } from "./kinds.js";
import { changesOf, Policy, type Changes } from "./policy.js";
import type { RawScenarios, RawTable } from "./raw/whole.js";
import { Roster } from "./roster.js";
import { Table } from "./table.js";
import { brokenText, groupingOf, langOf, textOf, unitOf, yearsOf, type FileContent, type Lang, type Years } from "./text.js";
import type { Grouping } from "./totals.js";
import { optionsOf, recordOf, refuse, wrongWith } from "./values.js";
import { tableOf, type TableFileOptions, type Workbook } from "./workbook.js";

/** The unit of amounts; default: the policy's. */
export interface UnitOption {
  readonly unit?: UnitWord;
}

/**
 * Two allocations side by side: the grouping columns (by default year and layer; of an empty list, none), `before, after,
 * difference` and `change` (`new`, `gone`, `changed`, or blank).
 */
export function compare(
  before: Allocation,
  after: Allocation,
  by?: readonly Grouping[],
  options: UnitOption = {},
): Table {
  const [first, second] = [rawOf(Allocation, before, "the first allocation"), rawOf(Allocation, after, "the second allocation")];
  return new Table(call(() => first.compare(second, groupingOf(by), unitOf(optionsOf(options).unit))));
}

/** A named set of changes of a policy; without any, the policy as it is. */
export interface Scenario {
  readonly name: string;
  readonly set?: Changes;
}

/** How a file of scenarios is written, and what it is called in problems. */
export interface ScenarioFileOptions extends Omit<TableFileOptions, "format"> {
  /** Default: TOML. Of a workbook, nothing need be said. */
  readonly format?: "toml" | "csv" | "json";
}

/** Scenarios in order; the first is the one that the others are compared with. */
export class Scenarios extends Resource<RawScenarios> {
  private constructor(make: () => RawScenarios) {
    super(make);
  }

  /** Reads a file: TOML with `[[scenarios]]` of `name` and `set`, or CSV or JSON rows `scenario, path, value`. */
  static parse(content: FileContent | Workbook, options: ScenarioFileOptions = {}): Scenarios {
    const { bytes, format, file, sheet, fillDown } = tableOf(content, options, "toml");
    const { RawScenarios } = wholeRaw();
    return new Scenarios(() => call(() => RawScenarios.read(bytes, format, file, sheet, fillDown)));
  }

  /** Scenarios from a list. */
  static from(list: readonly Scenario[]): Scenarios {
    if (!Array.isArray(list)) throw failure("wrong-type", "is not a list of scenarios", { found: kindOf(list) });
    const parts = (list as readonly Scenario[]).map((scenario) => recordOf(scenario, "a scenario"));
    refuse(parts.flatMap(({ name }, at) => brokenText(name, { row: at + 1, column: "name" }) ?? []));
    const names = parts.map(({ name }) => textOf(name, "the name"));
    const changes = parts.map(({ name, set = {} }) => changesOf(set, { scenario: name }));
    refuse(changes.flatMap(({ problems }) => problems));
    const sets = changes.map(({ paths, values }) => Object.fromEntries(paths.map((path, at) => [path, values[at]])));
    const json = JSON.stringify(names.map((name, at) => ({ name, set: sets[at] })));
    const { RawScenarios } = wholeRaw();
    return new Scenarios(() => call(() => RawScenarios.of(json)));
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

/** How the totals of scenarios are laid out. */
export interface ScenarioOptions extends UnitOption {
  /** Default: year, layer. */
  readonly by?: readonly Grouping[];
  /** Default: every year of the policy. */
  readonly years?: Years;
}

/** Many changes of a policy over one roster: `scenario`, the grouping columns, `amount`, and the `difference` to the first. */
export function scenarios(policy: Policy, roster: Roster, list: Scenarios, options: ScenarioOptions = {}): Table {
  const { by, years, unit } = optionsOf(options);
  const changes = rawOf(Scenarios, list, "the list of scenarios");
  const [first, second] = [rawOf(Policy, policy, "the policy"), rawOf(Roster, roster, "the roster")];
  return new Table(call(() => changes.totals(first, second, groupingOf(by), yearsOf(years), unitOf(unit))));
}

/** What is to be found: the largest value of one number of a policy that keeps a payer's total within a limit. */
export interface Goal extends UnitOption {
  /** The path of the number, such as `classes.municipal-town.standard`. */
  readonly path: string;
  /** The layer that is added up, by id or name. */
  readonly layer: string;
  /** Who answers for it, by id or name, or a county; left out: the whole layer. */
  readonly payer?: string;
  readonly year: number;
  /** What the total may come to, in `unit`: a whole number or exact text. */
  readonly limit: Digits;
  /** The step between values; left out: the policy's rounding step. */
  readonly step?: Digits;
}

/** The largest value, and the proof: the total at that value and one step above. */
export class Solution extends Resource<RawTable> {
  readonly path: string;
  readonly layer: string;
  /** Blank: the whole layer. */
  readonly payer: string;
  readonly year: number;
  /** The unit of `limit`, `total` and `nextTotal`. */
  readonly unit: Unit;
  readonly limit: Amount;
  /** The largest value that keeps the limit, as exact text, in whatever the number counts. */
  readonly value: string;
  /** The step between values. */
  readonly step: string;
  /** What the payer pays at that value. */
  readonly total: Amount;
  /** One step more. */
  readonly nextValue: string;
  /** What the payer would pay then; above the limit. */
  readonly nextTotal: Amount;

  /** @internal */
  constructor(raw: RawTable) {
    super(raw);
    const table = this.table();
    const row = table.toRows()[0] as unknown as SolutionRow;
    table.free();
    this.path = row.path;
    this.layer = row.layer;
    this.payer = row.payer;
    this.year = row.year;
    this.unit = row.unit;
    this.limit = row.limit;
    this.value = row.value;
    this.step = row.step;
    this.total = row.total;
    this.nextValue = row.next_value;
    this.nextTotal = row.next_total;
  }

  /** The answer as a table of one row. */
  table(): Table {
    return new Table(call(() => this.raw.again()));
  }

  /** The answer with its proof, in a sentence. */
  text(lang?: Lang): string {
    return call(() => this.raw.text(langOf(lang))) ?? "";
  }

  /** Warnings of everything that it rests on. */
  get warnings(): readonly Problem[] {
    return problemsOf(call(() => this.raw.warnings()));
  }
}

interface SolutionRow {
  readonly path: string;
  readonly layer: string;
  readonly payer: string;
  readonly year: number;
  readonly limit: Amount;
  readonly step: string;
  readonly value: string;
  readonly total: Amount;
  readonly next_value: string;
  readonly next_total: Amount;
  readonly unit: Unit;
}

/** Finds the largest value of one number of a policy that a limit allows. */
export function solve(policy: Policy, roster: Roster, goal: Goal): Solution {
  const { path, layer, payer, year, limit, step } = recordOf(goal, "the goal");
  const numbers = Object.entries({ limit, ...(step === undefined ? {} : { step }) }) as [string, unknown][];
  refuse(
    numbers.flatMap(([key, value]) => {
      if (typeof value === "number") return wrongWith(value, { key }) ?? [];
      if (typeof value === "string") return [];
      return problemOf("wrong-type", "is not a number", { key, found: kindOf(value), expected: "a whole number, or the digits of any as text" });
    }),
  );
  if (typeof year !== "number" || !Number.isInteger(year) || year < 0 || year > 9999) {
    throw failure("bad-years", "is not a year", { found: String(year), expected: "such as 2024" });
  }
  wholeRaw();
  const solved = call(() =>
    rawOf(Policy, policy, "the policy").solve(
      rawOf(Roster, roster, "the roster"),
      textOf(path, "the path"),
      textOf(layer, "the layer"),
      payer === undefined ? undefined : textOf(payer, "the payer"),
      year,
      textOf(String(limit), "the limit"),
      unitOf(goal.unit),
      step === undefined ? undefined : textOf(String(step), "the step"),
    ),
  );
  return new Solution(solved);
}
