/** Sentences about what is wrong, in the words of what is shown. */

import type { Problem } from "fundlayers/manual";
import type { Page } from "./page.js";
import { place, told } from "./words.js";

export function problemText({ state: { lang }, latest }: Page, problem: Problem): string {
  const header = (column: string) => (lang === "zh" ? latest?.policy?.columns.find(({ key }) => key === column)?.header.zh : undefined) ?? column;
  const where = place(lang, problem, header);
  return where === "" ? told(lang, problem) : `${where}${lang === "zh" ? "：" : ": "}${told(lang, problem)}`;
}

/** What to say of a roster whose first line is no header: what stood there, and which header is needed. */
export function headlessText(page: Page, first: readonly string[], name = page.t("pastedName")): string {
  const { t, state: { lang }, latest } = page;
  const columns = latest?.policy?.columns ?? [];
  const list = (required: boolean) => columns.filter((column) => column.required === required).map(({ header }) => header[lang]).join(lang === "zh" ? "、" : ", ");
  const stood = first.slice(0, 6).join(lang === "zh" ? "、" : ", ");
  return t("headless", { name, first: stood.length > 40 ? `${stood.slice(0, 40)}…` : stood, required: list(true), others: list(false) });
}
