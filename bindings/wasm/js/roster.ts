import { call, raw, rawOf, Resource, sourceOf } from "./engine.js";
import { failure, type Problem, problemsOf } from "./errors.js";
import { Policy } from "./policy.js";
import type { RawRoster } from "./raw/whole.js";
import { kindOf } from "./kinds.js";
import { rowOf, type FileContent } from "./text.js";
import { read } from "./values.js";
import { tableOf, type SheetOptions, type TableFileOptions, type Workbook } from "./workbook.js";

/**
 * A row of a roster: cells by the keys or headers of columns, attributes among them. Numbers that are not whole are given as
 * text of their digits.
 */
export type RosterRow = { readonly [column: string]: string | number | boolean | null };

/** The table of a roster file, its cells as they stand. */
export interface Sheet {
  /** The titles of the header, wherever it stands in the file. */
  readonly columns: readonly string[];
  /** What each column is read as, by the keys of rosters; null: it is not read. */
  readonly keys: readonly (string | null)[];
  /** Rows of cells, without lines that sum others and remarks; cells missing at the end of a row are blank. */
  readonly rows: readonly (readonly string[])[];
  /** What should be looked at in it. */
  readonly warnings: readonly Problem[];
}

/** How many places a class has. */
export interface ClassPlaces {
  readonly class: string;
  /** What the document says. */
  readonly expected: number | null;
  readonly places: number;
}

/** The places that are funded. It never changes. */
export class Roster extends Resource<RawRoster> {
  private constructor(make: () => RawRoster) {
    super(make);
  }

  /** The roster that comes with a built-in policy. */
  static builtIn(policy: Policy): Roster {
    const of = sourceOf(Policy, policy, "the policy");
    return new Roster(() => call(() => raw.RawRoster.builtIn(of())));
  }

  /** Reads a roster file for a policy. Every problem of it is reported at once, with row and column. */
  static parse(content: FileContent | Workbook, policy: Policy, options: TableFileOptions = {}): Roster {
    const { bytes, format, file, sheet, fillDown } = tableOf(content, options);
    const of = sourceOf(Policy, policy, "the policy");
    return new Roster(() => call(() => raw.RawRoster.read(bytes, format, of(), file, sheet, fillDown)));
  }

  /**
   * The cells of a roster file whatever is wrong with its rows, for editors that show what stands where. What an editor cannot
   * show is reported: of the file, of its header, and of cells that cannot be read.
   */
  static cells(content: FileContent | Workbook, policy: Policy, options: TableFileOptions = {}): Sheet {
    const { bytes, format, file, sheet, fillDown } = tableOf(content, options);
    return JSON.parse(call(() => raw.RawRoster.cells(bytes, format, rawOf(Policy, policy, "the policy"), file, sheet, fillDown))) as Sheet;
  }

  /** A roster from rows. Blank is blank, unless `fillDown` says that it is merged with what stands above. */
  static from(rows: readonly RosterRow[], policy: Policy, options: Pick<SheetOptions, "fillDown"> = {}): Roster {
    if (!Array.isArray(rows)) throw failure("wrong-type", "is not a list of rows", { found: kindOf(rows) });
    return read(rows, "rows", (json) => Roster.parse(json, policy, { ...options, format: "json" }));
  }

  /** How many rows. */
  get length(): number {
    return call(() => this.raw.length);
  }

  /** How many places the rows stand for. */
  get places(): number {
    return Number(call(() => this.raw.places));
  }

  /** What should be looked at in it. */
  get warnings(): readonly Problem[] {
    return problemsOf(call(() => this.raw.warnings()));
  }

  /** Checks it against a policy (one class for every row, places as many as the document says) and gives the warnings. */
  check(policy: Policy): readonly Problem[] {
    return problemsOf(call(() => this.moved.check(rawOf(Policy, policy, "the policy"))));
  }

  /** How many places each class of a policy has in its first year. */
  placesByClass(policy: Policy): readonly ClassPlaces[] {
    return JSON.parse(call(() => this.moved.placesByClass(rawOf(Policy, policy, "the policy")))) as ClassPlaces[];
  }

  /** Some rows, by the keys of rosters, every cell as text: from `start` (from 0) to before `end`. */
  rows(policy: Policy, start = 0, end = this.length): Record<string, string>[] {
    const [from, to] = [rowOf(start, "the start", this.length), rowOf(end, "the end", this.length)];
    const rows = JSON.parse(call(() => this.moved.rows(rawOf(Policy, policy, "the policy"), from, to))) as [string, string][][];
    return rows.map((row) => Object.fromEntries(row));
  }
}
