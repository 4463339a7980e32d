/** From what a caller hands over to what the module reads. */

import { failure, problemOf, type Problem } from "./errors.js";
import { kindOf, shown } from "./kinds.js";
import { spoken, type Lang } from "./language.js";

export type { Lang };

/** A file: its text, or its bytes in UTF-8, in UTF-16 with its mark, or in GB18030 as Chinese Excel writes. */
export type FileContent = string | Uint8Array | ArrayBuffer;

const encoder = new TextEncoder();

/** UTF-8 of a file. What no encoding fits goes on as it is, for the core to say where it goes wrong. */
export function bytesOf(content: FileContent): Uint8Array {
  if (typeof content === "string") return encoder.encode(wellFormed(content));
  if (!(content instanceof Uint8Array || content instanceof ArrayBuffer)) {
    throw failure("wrong-type", "is not a file's content", {
      found: kindOf(content),
      expected: "a string, a Uint8Array or an ArrayBuffer",
    });
  }
  const bytes = content instanceof Uint8Array ? content : new Uint8Array(content);
  if (WORKBOOKS.some((start) => start.every((byte, at) => bytes[at] === byte))) {
    throw failure("unknown-format", "is a workbook", { expected: "what `await Workbook.open(bytes)` gives" });
  }
  for (const encoding of encodingsOf(bytes)) {
    try {
      return encoder.encode(new TextDecoder(encoding, { fatal: true }).decode(bytes));
    } catch {
      // Not in this encoding.
    }
  }
  return bytes;
}

/** How workbooks begin: archives, and the files of Excel 97 to 2003. */
const WORKBOOKS = [[0x50, 0x4b, 0x03, 0x04], [0xd0, 0xcf, 0x11, 0xe0]];

function encodingsOf(bytes: Uint8Array): readonly string[] {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return ["utf-16le"];
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return ["utf-16be"];
  return ["utf-8", "gb18030"];
}

/** Half of a surrogate pair, which UTF-8 cannot hold. */
const HALF = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** A text that UTF-8 can hold. */
export function wellFormed(text: string): string {
  const at = text.search(HALF);
  if (at < 0) return text;
  const line = text.slice(0, at).split("\n").length;
  throw failure("encoding", `half of a surrogate pair stands in line ${line}`, { line, expected: "well-formed text" });
}

/** What is wrong with a value that is a text which UTF-8 cannot hold. */
export function brokenText(value: unknown, place: Partial<Problem>): Problem | undefined {
  if (typeof value !== "string" || !HALF.test(value)) return undefined;
  return problemOf("encoding", "half of a surrogate pair stands in it", { ...place, found: JSON.stringify(value), expected: "well-formed text" });
}

/** The text with a sign for each half of a surrogate pair. */
export function mended(text: string): string {
  return text.replace(new RegExp(HALF, "g"), "\ufffd");
}

/** A text argument. */
export function textOf(value: string, what: string): string {
  if (typeof value !== "string") throw failure("wrong-type", `${what} is not a text`, { found: kindOf(value), expected: "a string" });
  return wellFormed(value);
}

/** A row's number: where rows begin or end. Those beyond the last are as many as there are. */
export function rowOf(value: number, what: string, length: number): number {
  if (Number.isSafeInteger(value) && value >= 0) return Math.min(value, length);
  throw failure("wrong-type", `${what} is not the number of a row`, { found: shown(value), expected: "a whole number from 0 up" });
}

/** A language as an argument; left out, the one that is spoken. */
export function langOf(lang: Lang | undefined): Lang {
  const text = textOf(lang === undefined ? spoken("zh") : lang, "the language");
  if (text === "zh" || text === "en") return text;
  throw failure("unknown-word", "is not a language", { found: text, expected: "`zh` or `en`" });
}

/** @internal */
export function unitOf(unit: string | undefined): string | undefined {
  return unit === undefined ? undefined : textOf(unit, "the unit");
}

/** @internal */
export function listOf(list: readonly string[]): string[] {
  if (!Array.isArray(list)) throw failure("wrong-type", "is not a list", { found: kindOf(list), expected: "a list of texts" });
  return list.map((item) => textOf(item, "a part of the list"));
}

/** What to group by; left out, what the core groups by. @internal */
export function groupingOf(by: readonly string[] | undefined): string[] | undefined {
  return by === undefined ? undefined : listOf(by);
}

/** Years as the core reads them. */
export function yearsOf(years: Years | undefined): string | undefined {
  if (years === undefined) return undefined;
  if (typeof years === "string") return wellFormed(years);
  const list = typeof years === "number" ? [years] : years;
  if (!Array.isArray(list) || list.some((year) => typeof year !== "number")) {
    throw failure("wrong-type", "years are not known by this", { found: kindOf(years), expected: "2023, [2023, 2025] or \"2023..2025\"" });
  }
  return list.join(",");
}

/** Years: one, some, or a text such as `"2023..2025"` or `"2023,2025"`. */
export type Years = number | readonly number[] | string;
