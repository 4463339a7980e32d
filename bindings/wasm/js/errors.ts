import type { CoreCode } from "./raw/codes.js";

/**
 * What can be wrong. The codes of the core, the same in Rust and Python, and two of this package:
 *
 * - `freed`: the object was freed, or belongs to a module that had to be started again;
 * - `internal`: a mistake in fundlayers. The module was started again: objects made before are `freed`, new ones work.
 */
export type Code = CoreCode | "freed" | "internal";

/** Whether a problem stops the work or is only pointed out. */
export type Severity = "error" | "warning";

/** One thing wrong with an input. What is not known is left out. */
export interface Problem {
  /** The stable code. */
  readonly code: Code;
  /** Whether it stops the work. */
  readonly severity: Severity;
  /** What is wrong, without place. */
  readonly message: string;
  /** What is wrong and what would be right, in Chinese; of what this package finds itself, nothing. */
  readonly zh?: { readonly message: string; readonly expected?: string };
  /** The whole sentence: place, message, what was found, what would be right, code. */
  readonly text: string;
  /** The file, as you named it. */
  readonly file?: string;
  /** Line of the text, from 1. */
  readonly line?: number;
  /** Character in the line, from 1. */
  readonly character?: number;
  /** The scenario, by its name. */
  readonly scenario?: string;
  /** Path of the value in a policy, such as `classes.municipal-town.standard`. */
  readonly key?: string;
  /** Row of a table, from 1, the header not counted. */
  readonly row?: number;
  /** Column of a table, by its key. */
  readonly column?: string;
  /** The cell of a workbook, such as `名单!D7`. */
  readonly cell?: string;
  /** What stood there; cut if long. */
  readonly found?: string;
  /** What would be right. */
  readonly expected?: string;
}

/** Input that is wrong. Every problem is there at once; the message says the first 20 of each kind, and how many more there are. */
export class FundlayersError extends Error {
  override readonly name = "FundlayersError";
  /** The code of the first problem that stops the work. */
  readonly code: Code;
  /** Every problem, in the order of the input; warnings may be among them. */
  readonly problems: readonly Problem[];
  /** How many more there were than are kept. */
  readonly leftOut: number;

  constructor(message: string, problems: readonly Problem[], leftOut = 0, options?: ErrorOptions) {
    super(message, options);
    this.code = (problems.find((problem) => problem.severity === "error") ?? problems[0])?.code ?? "internal";
    this.problems = problems;
    this.leftOut = leftOut;
  }
}

/** A problem that this package finds, not the core. */
export function problemOf(code: Code, message: string, parts: Partial<Problem> = {}): Problem {
  const { row, column, scenario, key, found, expected } = parts;
  const places = [row === undefined ? "" : `row ${row}`, column === undefined ? "" : `column \`${column}\``].filter((place) => place !== "");
  const place = [places.join(", "), scenario === undefined ? "" : `scenario \`${scenario}\``, key ?? ""].filter((part) => part !== "").map((part) => `${part}: `).join("");
  const said = `${place}${message}${found === undefined ? "" : `, found \`${found}\``}${expected === undefined ? "" : `; ${expected}`}`;
  return { code, severity: "error", message, text: `${said} [${code}]`, ...parts };
}

/** More than this nobody reads in a message. */
const SAID = 20;

/** An error of some problems that this package finds, or that it adds to. */
export function failed(problems: readonly Problem[], leftOut = 0, options?: ErrorOptions): FundlayersError {
  // Where not all are said, warnings must not hide what stops the work.
  const weight = ({ severity }: Problem) => (problems.length > SAID && severity === "warning" ? 1 : 0);
  const lines = [...problems].sort((a, b) => weight(a) - weight(b)).slice(0, SAID).map(({ text }) => text);
  const more = problems.length - lines.length + leftOut;
  return new FundlayersError([...lines, ...(more > 0 ? [`… and ${more} more`] : [])].join("\n"), problems, leftOut, options);
}

/** An error of one problem that this package finds. */
export function failure(code: Code, message: string, parts: Partial<Problem> = {}, options?: ErrorOptions): FundlayersError {
  return failed([problemOf(code, message, parts)], 0, options);
}
