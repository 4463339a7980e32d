import { call, rawOf, Resource, wholeRaw } from "./engine.js";
import { failure, type Problem, problemsOf } from "./errors.js";
import { kindOf } from "./kinds.js";
import { Policy } from "./policy.js";
import type { RawCheckFigures } from "./raw/whole.js";
import type { FileContent } from "./text.js";
import { read } from "./values.js";
import { tableOf, type SheetOptions, type TableFileOptions, type Workbook } from "./workbook.js";

/** What is known of a place, a township, a county or all together in a year: keys or headers of columns, and their cells. */
export type FigureRow = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** What is known of places, townships, counties or all together, for checks. It never changes. */
export class CheckFigures extends Resource<RawCheckFigures> {
  private constructor(make: () => RawCheckFigures) {
    super(make);
  }

  /** Reads a table of figures for a policy. Every problem of it is reported at once, with row and column. */
  static parse(content: FileContent | Workbook, policy: Policy, options: TableFileOptions = {}): CheckFigures {
    const { bytes, format, file, sheet, fillDown } = tableOf(content, options);
    const { RawCheckFigures } = wholeRaw();
    return new CheckFigures(() =>
      call(() => RawCheckFigures.read(bytes, format, rawOf(Policy, policy, "the policy"), file, sheet, fillDown)),
    );
  }

  /** Figures from rows. */
  static from(rows: readonly FigureRow[], policy: Policy, options: Pick<SheetOptions, "fillDown"> = {}): CheckFigures {
    if (!Array.isArray(rows)) throw failure("wrong-type", "is not a list of rows", { found: kindOf(rows) });
    return read(rows, "rows", (json) => CheckFigures.parse(json, policy, { ...options, format: "json" }));
  }

  /** Several tables as one that is handed over; of none, nothing. @internal */
  static joined(tables: readonly CheckFigures[]): RawCheckFigures | undefined {
    let joined: RawCheckFigures | undefined;
    for (const table of tables) {
      const raw = rawOf(CheckFigures, table, "the figures");
      const next = call(() => joined?.joined(raw) ?? raw.copied());
      joined?.free();
      joined = next;
    }
    return joined;
  }

  /** How many rows. */
  get length(): number {
    return call(() => this.raw.length);
  }

  /** What should be looked at in them. */
  get warnings(): readonly Problem[] {
    return problemsOf(call(() => this.raw.warnings()));
  }
}
