import { textOf } from "./text.js";
import { optionsOf } from "./values.js";
import { call, raw } from "./engine.js";
import { failure } from "./errors.js";
import type { Unit, UnitWord } from "./document.js";

declare const brand: unique symbol;

/**
 * An amount of money as exact decimal text, such as `"1234.5"`, in the unit that is stated beside it. Never make a `number`
 * of it: add, compare and convert in fen, by {@link parseAmount}.
 */
export type Amount = string & { readonly [brand]: "amount" };

/** Fen (0.01 元) of an amount that is written in a unit. Thousands separators and full-width digits are understood. */
export function parseAmount(text: string, unit: UnitWord): bigint {
  return call(() => raw.parseAmount(textOf(text, "the amount"), textOf(unit, "the unit")));
}

/**
 * An amount of fen as decimal text in a unit: plain (`"1234.5"`), or for people with thousands separators (`"1,234.5"`), which
 * is no `Amount`.
 */
export function amountText(fen: bigint, unit: UnitWord): Amount;
export function amountText(fen: bigint, unit: UnitWord, options: { readonly grouped: true }): string;
export function amountText(fen: bigint, unit: UnitWord, options?: { readonly grouped?: boolean }): string {
  if (typeof fen !== "bigint" || fen !== BigInt.asIntN(64, fen)) {
    throw failure("wrong-type", "is not an amount of fen", { found: String(fen), expected: "a bigint of 64 bits" });
  }
  return call(() => raw.amountText(fen, textOf(unit, "the unit"), optionsOf(options).grouped === true));
}

/** Many amounts as text. @internal */
export function amountTexts(fen: BigInt64Array, unit: Unit, grouped: boolean): string[] {
  return lines(call(() => raw.amountTexts(fen, unit, grouped)));
}

/** Many percentages as text. @internal */
export function percentTexts(hundredths: BigInt64Array): string[] {
  return lines(call(() => raw.percentTexts(hundredths)));
}

/** The parts of a text that each end in a line feed. */
function lines(text: string): string[] {
  const parts = text.split("\n");
  parts.pop();
  return parts;
}
