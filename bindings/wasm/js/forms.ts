/** What prints on A4: forms of offices, and what they have in common with notes for the file. */

import type { UnitWord } from "./document.js";
import { call, wholeRaw } from "./engine.js";
import type { RawFormOptions, RawTable } from "./raw/whole.js";
import { decimalsOf, Table, type ShownOptions } from "./table.js";
import { bytesOf, langOf, textOf, unitOf, type FileContent, type Lang } from "./text.js";
import { optionsOf, recordOf } from "./values.js";

/** The words around a form. What is not given is a line to write on. */
export interface FormTexts {
  readonly title?: string;
  readonly issuer?: string;
  readonly date?: string;
  readonly phone?: string;
  readonly period?: string;
  readonly reporter?: string;
  readonly reviewer?: string;
  readonly note?: string;
}

/** How a form is laid out, and the words around it. */
export interface FormOptions {
  /** Of a distribution, a row for each place and year, with subtotals by county, instead of one for each county. */
  readonly places?: boolean;
  /** Sums above what they sum. */
  readonly totalFirst?: boolean;
  /** The unit of amounts; default: the policy's. */
  readonly unit?: UnitWord;
  /** The words around it, also by their Chinese keys; they go before those of `text`. */
  readonly setText?: FormTexts | Readonly<Record<string, string>>;
  /** A file of such words, in TOML or JSON. */
  readonly text?: FileContent;
}

/** A table that prints as a page of its own. */
export abstract class Printed extends Table {
  /** Its title. */
  title(lang?: Lang): string {
    return call(() => this.whole.formTitle(langOf(lang))) ?? "";
  }

  /** The bytes of a workbook (`.xlsx`) that prints on A4, as the command line writes them. */
  override async toExcel(options: ShownOptions = {}): Promise<Uint8Array> {
    const { lang, decimals, wide = false } = optionsOf(options);
    return call(() => this.whole.toExcel(langOf(lang), decimalsOf(decimals), wide));
  }
}

/** A form that offices print: a table of its rows, and a page (`toHtml`) or a workbook (`toExcel`) with the words around it. */
export class Form extends Printed {
  /** Which form it is. */
  readonly name: string;

  /** @internal */
  constructor(raw: RawTable, name: string) {
    super(raw);
    this.name = name;
  }
}

/** Asks for a form. @internal */
export function formOf(name: string, options: FormOptions, make: (asked: RawFormOptions) => RawTable): Form {
  const { places = false, totalFirst = false, unit, setText, text } = optionsOf(options);
  const { RawFormOptions } = wholeRaw();
  const words = setText === undefined ? undefined : JSON.stringify(recordOf(setText, "the words around a form"));
  const bytes = text === undefined ? undefined : bytesOf(text);
  const asked = call(() => new RawFormOptions(textOf(name, "the form"), unitOf(unit), places, totalFirst, bytes, words));
  try {
    return new Form(call(() => make(asked)), call(() => asked.name()));
  } finally {
    asked.free();
  }
}
