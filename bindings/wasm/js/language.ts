/** The language in which people are spoken to. */

/** A language of texts for people. Keys, ids and files do not depend on it. */
export type Lang = "zh" | "en";

let chosen: Lang | undefined;

/**
 * Speaks a language from now on: messages of errors and warnings (English without it) and what takes a language (reports,
 * descriptions, sentences: Chinese without it). An argument `lang` goes before it; `undefined` takes it back.
 */
export function setLanguage(lang: Lang | undefined): void {
  if (lang !== undefined && lang !== "zh" && lang !== "en") {
    throw new TypeError(`${String(lang)} is not a language; languages are zh, en / 不是语言；可用：zh、en`);
  }
  chosen = lang;
}

/** The language that is spoken; else the one that goes without saying. @internal */
export function spoken(else_: Lang): Lang {
  return chosen ?? else_;
}
