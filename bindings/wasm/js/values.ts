/** Objects that callers hand over: what they are is only known when they are looked at. */

import { Resource } from "./engine.js";
import { failure } from "./errors.js";
import { kindOf } from "./kinds.js";

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
  return recordOf(options ?? ({} as T), "what should be options");
}

/** Refuses numbers that JavaScript does not hold exactly, and what JSON would drop in silence. */
export function exact(value: unknown, path: string, depth = 0): void {
  if (typeof value === "number") {
    if (Number.isSafeInteger(value)) return;
    throw failure("wrong-type", "is a binary fraction, or too large to be exact", {
      key: path,
      found: String(value),
      expected: `write its digits as text: "${value}"`,
    });
  }
  if (typeof value === "string" || typeof value === "boolean" || value === null) return;
  if (!Array.isArray(value) && !isRecord(value)) {
    throw failure("wrong-type", "is nothing that a file can hold", { key: path, found: kindOf(value), expected: "a text, number, list or object" });
  }
  if (depth > 100) throw failure("too-deep", "is nested deeper than any policy needs", { key: path.slice(0, 60) });
  for (const [key, part] of Object.entries(value)) {
    if (part !== undefined) exact(part, path === "" ? key : `${path}.${key}`, depth + 1);
  }
}
