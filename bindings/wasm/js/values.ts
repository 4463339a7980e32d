/** Objects that callers hand over: what they are is only known when they are looked at. */

import { Resource } from "./engine.js";
import { failed, failure, FundlayersError, inLanguage, problemOf, type Problem } from "./errors.js";
import { kindOf } from "./kinds.js";
import { brokenText, mended } from "./text.js";

/** Whether an object holds its parts by its keys, unlike a list, a map or a date, of which nothing would be read. */
export function isRecord(value: unknown): value is { readonly [key: string]: unknown } {
  if (typeof value !== "object" || value === null || Resource.made(value)) return false;
  return Object.prototype.toString.call(value) === "[object Object]" && typeof (value as { toJSON?: unknown }).toJSON !== "function";
}

/** An object argument. */
export function recordOf<T extends object>(value: T, what: string): T {
  if (isRecord(value)) return value;
  throw failure("wrong-type", `${what} is not an object with keys`, { found: kindOf(value), expected: "a plain object" });
}

/** Options; null is as none. */
export function optionsOf<T extends object>(options: T | null | undefined): T {
  return recordOf(options ?? ({} as T), "the argument for options");
}

/** What is wrong with a value that is no list or object; nothing if a file can hold it. */
export function wrongWith(value: unknown, place: Partial<Problem>): Problem | undefined {
  if (typeof value === "string" || typeof value === "boolean" || value === null) return undefined;
  if (typeof value !== "number") {
    return problemOf("wrong-type", "is nothing that a file can hold", { ...place, found: kindOf(value), expected: "a text, number, list or object" });
  }
  if (Number.isSafeInteger(value)) return undefined;
  const found = String(value);
  if (!Number.isFinite(value)) {
    return problemOf("binary-float", "is not a finite number", { ...place, found, expected: "a whole number, or the digits of any as text" });
  }
  // A power of ten is no digits.
  const expected = found.includes("e") ? "write its digits as text" : `write its digits as text: "${found}"`;
  return problemOf("binary-float", "came as a binary float, whose digits are lost", { ...place, found, expected });
}

/** The text of an exact number of another library, such as decimal.js; a date's would be of another time zone. */
function exactText(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || value instanceof Date || Resource.made(value)) return undefined;
  const { toJSON } = value as { toJSON?: unknown };
  const text: unknown = typeof toJSON === "function" ? toJSON.call(value) : undefined;
  return typeof text === "string" ? text : undefined;
}

/** Throws problems, if there are any. */
export function refuse(problems: readonly Problem[]): void {
  if (problems.length > 0) throw failed(problems);
}

/**
 * What a document or rows are read to from their JSON. What that cannot say is refused, with all that the module finds besides;
 * for a document, `placed` says at which character of the JSON.
 */
export function read<T extends Resource<{ free(): void }>>(value: object, kind: "document" | "rows", take: (json: string) => T, placed = take): T {
  const json = sayable(value, 0) ? JSON.stringify(value) : undefined;
  // Half of a surrogate pair is escaped; of rows, the core says in which cell.
  if (json !== undefined && (kind === "rows" || !/\\ud[89a-f]/.test(json))) return take(json);
  const writer = new Writer(kind);
  writer.write(value, [], 0);
  if (writer.wrong.length === 0) return take(writer.text);
  // Without a row, its columns may seem missing.
  if (kind === "rows" && writer.wrong.some(({ problem }) => problem.column === undefined)) refuse(writer.wrong.map(({ problem }) => problem));
  throw besides(kind, writer.wrong, () => placed(writer.text));
}

/** Whether JSON keeps all of a value. */
function sayable(value: unknown, depth: number): boolean {
  if (exactText(value) !== undefined) return true;
  if (typeof value !== "object" || value === null) return wrongWith(value, {}) === undefined;
  if (depth > DEPTH || !(Array.isArray(value) || isRecord(value))) return false;
  return Object.values(value).every((part) => part === undefined || sayable(part, depth + 1));
}

const DEPTH = 100;

interface Wrong {
  readonly problem: Problem;
  /** The character of the JSON at which null stands for it. */
  readonly at: number;
}

/** Writes JSON with null for what it cannot say. */
class Writer {
  text = "";
  readonly wrong: Wrong[] = [];
  #at = 1;

  constructor(private readonly kind: "document" | "rows") {}

  write(value: unknown, path: readonly string[], depth: number): void {
    // A cell is one value.
    const cell = this.kind === "rows" && depth > 1;
    const text = exactText(value);
    if (text !== undefined) {
      this.#put(JSON.stringify(text));
    } else if (Array.isArray(value) && !cell) {
      this.#part("[", "]", Array.from(value, (part: unknown, at) => [String(at), part ?? null]), path, depth, () => "");
    } else if (isRecord(value) && !cell) {
      const parts = Object.entries(value).filter(([, part]) => part !== undefined);
      this.#part("{", "}", parts, path, depth, (key) => `${JSON.stringify(key)}:`);
    } else {
      const place = this.#place(path);
      const broken = this.kind === "document" ? brokenText(value, place) : undefined;
      const problem = broken ?? wrongWith(value, place);
      if (problem !== undefined) this.wrong.push({ problem, at: this.#at });
      if (broken !== undefined) this.#put(JSON.stringify(mended(value as string)));
      else this.#put(problem === undefined ? JSON.stringify(value) : "null");
    }
  }

  #part(open: string, close: string, parts: [string, unknown][], path: readonly string[], depth: number, before: (key: string) => string): void {
    if (depth > DEPTH) throw failure("too-deep", "is nested deeper than any policy needs", { key: path.join(".").slice(0, 60) });
    this.#put(open);
    for (const [at, [key, part]] of parts.entries()) {
      this.#put((at > 0 ? "," : "") + before(key));
      this.write(part, [...path, key], depth + 1);
    }
    this.#put(close);
  }

  #place([first = "", ...rest]: readonly string[]): Partial<Problem> {
    if (this.kind === "document") return { key: [first, ...rest].join(".") };
    return { row: Number(first) + 1, ...(rest[0] === undefined ? {} : { column: rest[0] }) };
  }

  /** Characters are counted as the core does: those outside of the basic plane once. */
  #put(part: string): void {
    this.text += part;
    this.#at += part.length - (part.match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0);
  }
}

/** Problems found before anything was read, and those of reading that do not follow from them, in the order of the input. */
function besides(kind: "document" | "rows", wrong: readonly Wrong[], take: () => Resource<{ free(): void }>): FundlayersError {
  const ours = wrong.map(({ problem, at }) => ({ problem, at: kind === "rows" ? problem.row ?? 0 : at }));
  try {
    take().free();
  } catch (error) {
    if (!(error instanceof FundlayersError)) throw error;
    if (error.code === "internal" || error.code === "freed") throw error;
    const place = ({ row, column }: Problem) => `${row} ${column}`;
    const known = new Set(wrong.map(({ problem, at }) => (kind === "rows" ? place(problem) : at)));
    const found = error.problems.filter((problem) => !known.has(kind === "rows" ? place(problem) : problem.character ?? 0));
    // Nobody wrote the JSON of a document: its characters only serve the order.
    const unplaced = (problem: Problem): Problem => {
      const { code, severity, message, line, character, text, zh, en, ...parts } = inLanguage(problem, "en");
      const made = problemOf(code, message, parts);
      if (zh === undefined) return { ...made, severity };
      const place = (parts.scenario === undefined ? "" : `情景 \`${parts.scenario}\`：`) + (parts.key === undefined ? "" : `${parts.key}：`);
      const said = `${place}${zh.message}${parts.found === undefined ? "" : `，现为 \`${parts.found}\``}${zh.expected === undefined ? "" : `；${zh.expected}`}`;
      return { ...made, severity, zh: { ...zh, text: `${said} [${code}]` } };
    };
    const theirs = found.map((problem) => (kind === "rows" ? { problem, at: problem.row ?? 0 } : { problem: unplaced(problem), at: problem.character ?? 0 }));
    const all = [...ours, ...theirs].sort((a, b) => a.at - b.at);
    return failed(all.map(({ problem }) => problem), error.leftOut);
  }
  return failed(ours.map(({ problem }) => problem));
}
