/** Notes for the file: why a figure is what it is, with all that it rests on. */

import { call } from "./engine.js";
import type { DutyExplanation, Explanation, FundingExplanation, GapExplanation, Grounds, TotalExplanation } from "./explanation.js";
import { Printed } from "./forms.js";
import { langOf, type Lang } from "./text.js";

interface Told {
  readonly rows: readonly (Explanation | TotalExplanation)[];
  readonly awards?: readonly FundingExplanation[];
  readonly gaps?: readonly GapExplanation[];
  readonly duties?: readonly DutyExplanation[];
  readonly grounds: Grounds;
}

/**
 * Figures explained for whoever checks them: a table with a row for each step, and as text, Markdown, a page (`toHtml`) or a
 * workbook (`toExcel`) the note for the file, with the document, the words of its clauses, how they are read, and what was changed.
 */
export class Explained extends Printed {
  #told: Told | undefined;

  get #all(): Told {
    return (this.#told ??= JSON.parse(this.toJson({ lang: "en" })) as Told);
  }

  /** How each place's amounts came about, year by year. */
  get places(): readonly Explanation[] {
    return this.#all.rows.filter((row): row is Explanation => "steps" in row);
  }

  /** What limits leave of them, where it is a funding that was asked. */
  get awards(): readonly FundingExplanation[] {
    return this.#all.awards ?? [];
  }

  /** What of them arrived and what is missing, where it is a reconciliation that was asked. */
  get gaps(): readonly GapExplanation[] {
    return this.#all.gaps ?? [];
  }

  /** What is due besides money and who brings it, where it is duties that were asked. */
  get duties(): readonly DutyExplanation[] {
    return this.#all.duties ?? [];
  }

  /** Of what totals are made, where these were asked for. */
  get totals(): readonly TotalExplanation[] {
    return this.#all.rows.filter((row): row is TotalExplanation => "parts" in row);
  }

  /** What they rest on: the document, its clauses with their words, readings, changes. */
  get grounds(): Grounds {
    return this.#all.grounds;
  }

  /** The whole note as text. */
  toText(lang?: Lang): string {
    return call(() => this.whole.toText(langOf(lang))) ?? "";
  }
}
