import { call, rawOf, Resource } from "./engine.js";
import { failure, type Problem } from "./errors.js";
import { named, Policy } from "./policy.js";
import { RawRoster } from "./raw/fundlayers.js";
import { kindOf } from "./kinds.js";
import { bytesOf, rowOf, textOf, type FileContent } from "./text.js";
import { optionsOf, read } from "./values.js";

/**
 * A row of a roster: cells by the keys or headers of columns, attributes among them. Numbers that are not whole are given as
 * text of their digits.
 */
export type RosterRow = { readonly [column: string]: string | number | boolean | null };

/** How a roster is written, and what it is called in problems. */
export interface RosterFileOptions {
  /** Default: CSV (with commas, semicolons or tabs). */
  readonly format?: "csv" | "json";
  /** The name that problems call it by. */
  readonly file?: string;
}

/** The cells of a file as they stand. */
export interface Sheet {
  /** The header. */
  readonly columns: readonly string[];
  /** Rows of cells; those missing at the end of a row are blank. */
  readonly rows: readonly (readonly string[])[];
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
  private constructor(raw: RawRoster) {
    super(raw);
  }

  /** The roster that comes with a built-in policy. */
  static builtIn(policy: Policy): Roster {
    return new Roster(call(() => RawRoster.builtIn(rawOf(Policy, policy, "the policy"))));
  }

  /** Reads a roster file for a policy. Every problem of it is reported at once, with row and column. */
  static parse(content: FileContent, policy: Policy, options: RosterFileOptions = {}): Roster {
    const { format = "csv", file } = optionsOf(options);
    return new Roster(call(() => RawRoster.read(bytesOf(content), textOf(format, "the format"), rawOf(Policy, policy, "the policy"), named(file))));
  }

  /** The cells of a roster file before anything is checked, for editors that show what stands where. */
  static cells(content: FileContent, options: RosterFileOptions = {}): Sheet {
    const { format = "csv", file } = optionsOf(options);
    return JSON.parse(call(() => RawRoster.cells(bytesOf(content), textOf(format, "the format"), named(file)))) as Sheet;
  }

  /** A roster from rows. */
  static from(rows: readonly RosterRow[], policy: Policy): Roster {
    if (!Array.isArray(rows)) throw failure("wrong-type", "is not a list of rows", { found: kindOf(rows) });
    return read(rows, "rows", (json) => Roster.parse(json, policy, { format: "json" }));
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
    return JSON.parse(call(() => this.raw.warnings())) as Problem[];
  }

  /** Checks it against a policy (one class for every row, places as many as the document says) and gives the warnings. */
  check(policy: Policy): readonly Problem[] {
    return JSON.parse(call(() => this.raw.check(rawOf(Policy, policy, "the policy")))) as Problem[];
  }

  /** How many places each class of a policy has in its first year. */
  placesByClass(policy: Policy): readonly ClassPlaces[] {
    return JSON.parse(call(() => this.raw.placesByClass(rawOf(Policy, policy, "the policy")))) as ClassPlaces[];
  }

  /** Some rows, by the keys of rosters, every cell as text: from `start` (from 0) to before `end`. */
  rows(policy: Policy, start = 0, end = this.length): Record<string, string>[] {
    const [from, to] = [rowOf(start, "the start", this.length), rowOf(end, "the end", this.length)];
    const rows = JSON.parse(call(() => this.raw.rows(rawOf(Policy, policy, "the policy"), from, to))) as [string, string][][];
    return rows.map((row) => Object.fromEntries(row));
  }
}
