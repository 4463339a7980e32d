import type { UnitWord } from "./document.js";
import { call, rawOf, Resource, wholeRaw } from "./engine.js";
import { failure, type Problem, problemsOf } from "./errors.js";
import { Explained } from "./explained.js";
import { kindOf } from "./kinds.js";
import { formOf, type Form, type FormOptions } from "./forms.js";
import type { RawAllocation, RawAssignments, RawDuties } from "./raw/whole.js";
import type { RosterRow } from "./roster.js";
import { Table } from "./table.js";
import { groupingOf, textOf, unitOf, yearsOf, type FileContent, type Years } from "./text.js";
import type { Grouping } from "./totals.js";
import { optionsOf, read } from "./values.js";
import { tableOf, type SheetOptions, type TableFileOptions, type Workbook } from "./workbook.js";

/** A register of assignments: who serves which place, as what, in which year. It never changes. */
export class Assignments extends Resource<RawAssignments> {
  private constructor(make: () => RawAssignments) {
    super(make);
  }

  /**
   * Reads a register (`id` or `division_code` or `county, township, name`; `year, half, duty, person, number, people, date, note`), by
   * the keys or the Chinese titles of columns. Every problem of it is reported at once, with row and column.
   */
  static parse(content: FileContent | Workbook, options: TableFileOptions = {}): Assignments {
    const { bytes, format, file, sheet, fillDown } = tableOf(content, options);
    const { RawAssignments } = wholeRaw();
    return new Assignments(() => call(() => RawAssignments.read(bytes, format, file, sheet, fillDown)));
  }

  /** A register from rows. */
  static from(rows: readonly RosterRow[], options: Pick<SheetOptions, "fillDown"> = {}): Assignments {
    if (!Array.isArray(rows)) throw failure("wrong-type", "is not a list of rows", { found: kindOf(rows) });
    return read(rows, "rows", (json) => Assignments.parse(json, { ...options, format: "json" }));
  }

  /** How many rows. */
  get length(): number {
    return call(() => this.raw.length);
  }

  /** What should be looked at in it. */
  get warnings(): readonly Problem[] {
    return problemsOf(call(() => this.raw.warnings()));
  }
}

/** What is due besides money (people, teams, visits, inspections), beside a register where there is one. It never changes. */
export class Duties extends Resource<RawDuties> {
  /** @internal */
  constructor(raw: RawDuties) {
    super(raw);
  }

  /**
   * A row for each place × year × duty (× half of a year): `due`, the least and most `people`, and beside a register `assigned`,
   * `missing`, `surplus`; with `missing` only what is not met.
   */
  table(options: { readonly missing?: boolean } = {}): Table {
    const { missing = false } = optionsOf(options);
    return new Table(call(() => this.raw.table(missing)));
  }

  /** By any columns but layers, by default year; each duty by itself. */
  totals(by?: readonly Exclude<Grouping, "layer">[]): Table {
    return new Table(call(() => this.raw.totals(groupingOf(by))));
  }

  /** How many places have all that is due of them in a year, of how many: by default by year and county. */
  coverage(by?: readonly Exclude<Grouping, "layer" | "payer">[]): Table {
    return new Table(call(() => this.raw.coverage(groupingOf(by))));
  }

  /** Rows of the register that match nothing, each with the reason. */
  unmatched(): Table {
    return new Table(call(() => this.raw.unmatched()));
  }

  /**
   * What a recipient is due besides money, who brings it by which rows of the register, and what it gets and why, as a note for the
   * file: a table, text, a page, a workbook.
   */
  explained(recipient: string, options: { readonly years?: Years; readonly unit?: UnitWord } = {}): Explained {
    const { years, unit } = optionsOf(options);
    return new Explained(call(() => this.raw.explained(textOf(recipient, "the recipient"), yearsOf(years), unitOf(unit))));
  }

  /** A form that offices print, as of an allocation; `support` 帮扶力量 with who serves each place, and what is missing. */
  form(name: string, options: FormOptions = {}): Form {
    return formOf(name, options, (asked) => this.raw.form(asked));
  }

  /** Warnings of everything that it rests on. */
  get warnings(): readonly Problem[] {
    return problemsOf(call(() => this.raw.warnings()));
  }
}

/** The duties of an allocation, beside a register where there is one. @internal */
export function dutiesOf(allocation: RawAllocation, assignments: Assignments | undefined): Duties {
  const register = assignments === undefined ? undefined : rawOf(Assignments, assignments, "the register");
  return new Duties(call(() => (register === undefined ? allocation.duties() : allocation.dutiesBeside(register))));
}
