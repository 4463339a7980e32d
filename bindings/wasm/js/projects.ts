import type { UnitWord } from "./document.js";
import { call, Resource, wholeRaw } from "./engine.js";
import { failure, type Problem, problemsOf } from "./errors.js";
import { kindOf } from "./kinds.js";
import { formOf, type Form, type FormOptions } from "./forms.js";
import type { RawPlanning, RawProjects } from "./raw/whole.js";
import type { RosterRow } from "./roster.js";
import { Table } from "./table.js";
import { groupingOf, unitOf, type FileContent } from "./text.js";
import type { Grouping, TotalsOptions } from "./totals.js";
import { optionsOf, read } from "./values.js";
import { tableOf, type SheetOptions, type TableFileOptions, type Workbook } from "./workbook.js";

/** A register of projects (项目库) or a list of tasks (清单). It never changes. */
export class Projects extends Resource<RawProjects> {
  private constructor(make: () => RawProjects) {
    super(make);
  }

  /** Reads a register as offices keep it. Every problem of it is reported at once, with row and column. */
  static parse(content: FileContent | Workbook, options: TableFileOptions = {}): Projects {
    const { bytes, format, file, sheet, fillDown } = tableOf(content, options);
    const { RawProjects } = wholeRaw();
    return new Projects(() => call(() => RawProjects.read(bytes, format, file, sheet, fillDown)));
  }

  /** A register from rows, by the keys or headers of columns. Amounts that are not whole are given as text. */
  static from(rows: readonly RosterRow[], options: Pick<SheetOptions, "fillDown"> = {}): Projects {
    if (!Array.isArray(rows)) throw failure("wrong-type", "is not a list of rows", { found: kindOf(rows) });
    return read(rows, "rows", (json) => Projects.parse(json, { ...options, format: "json" }));
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

/** How a register is set beside an allocation. */
export interface ProjectOptions {
  /** The day, such as `"2024-06-30"`, at whose end projects are overdue; default: none is. */
  readonly asOf?: string;
}

/** What totals of projects can be grouped by. */
export type ProjectGrouping = Grouping | "category";

/** An allocation beside a register of projects. It never changes. */
export class Planning extends Resource<RawPlanning> {
  /** @internal */
  constructor(raw: RawPlanning) {
    super(raw);
  }

  private list(list: string, by?: readonly string[], options: TotalsOptions = {}): Table {
    const { unit, zeros = false } = optionsOf(options);
    return new Table(call(() => this.raw.list(list, groupingOf(by), unitOf(unit), zeros)));
  }

  /** A row for each place × year × layer, what has no layer last: `projects, due, planned, difference`. */
  table(options: TotalsOptions = {}): Table {
    return this.list("amounts", undefined, options);
  }

  /** By any columns, by default year and layer; by category only what is planned is known. Of an empty list, a single row. */
  totals(by: readonly ProjectGrouping[] = ["year", "layer"], options: TotalsOptions = {}): Table {
    return this.list("amounts", by, options);
  }

  /** What the list of each place has and lacks: aim, task, project, funds, agency, person, deadline; whether its plan is filed. */
  places(options: { readonly unit?: UnitWord } = {}): Table {
    return this.list("places", undefined, options);
  }

  /** The shares of categories by year, or by some columns, beside what the policy asks for. */
  shares(by?: readonly Grouping[], options: { readonly unit?: UnitWord } = {}): Table {
    return this.list("shares", by, options);
  }

  /** The rows of the register in its order. */
  projects(options: { readonly unit?: UnitWord } = {}): Table {
    return this.list("projects", undefined, options);
  }

  /** Those that are overdue. */
  overdue(options: { readonly unit?: UnitWord } = {}): Table {
    return this.list("overdue", undefined, options);
  }

  /** Those that match no place, year or layer, each with the reason. */
  unmatched(options: { readonly unit?: UnitWord } = {}): Table {
    return this.list("unmatched", undefined, options);
  }

  /** A form that offices print, with these projects: `projects` 项目库, `tasks` 清单, and those of an allocation. */
  form(name: string, options: FormOptions = {}): Form {
    return formOf(name, options, (asked) => this.raw.form(asked));
  }

  /** Warnings of everything that it rests on. */
  get warnings(): readonly Problem[] {
    return problemsOf(call(() => this.raw.warnings()));
  }
}
