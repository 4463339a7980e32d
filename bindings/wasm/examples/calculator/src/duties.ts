/** What is due besides money, and whom a town still lacks: a page that is computed when it is shown. */

import { FundlayersError, Workbook, type Problem, type Report, type SheetOptions } from "fundlayers/manual";
import type { DutiesTold } from "./compute.js";
import { h } from "./dom.js";
import { askHere, isLarge } from "./engine.js";
import { ROSTERS, WORKBOOKS } from "./files.js";
import { formButtons } from "./forms.js";
import type { Page } from "./page.js";
import { plainTable } from "./plain.js";
import { problemText } from "./sentences.js";

/** The register that was given last; it goes with the page. */
let register: { readonly content: Uint8Array | Workbook; readonly format: "csv" | "json"; readonly name: string; readonly options: SheetOptions } | undefined;
/** The state that is told of, and what it came to. */
let told: { readonly of: Page["state"]; readonly nodes: readonly Node[] } | undefined;
let asking = 0;

export function renderDuties(page: Page): Node[] {
  const { t } = page;
  const body = h("div", { id: "duties-told" });
  if (told?.of === page.state) body.append(...told.nodes);
  else void show(page, body);
  return [h("h2", { id: "duties-heading" }, t("duties")), h("p", { class: "note" }, t("dutiesHelp")), body];
}

/** Keeps what was told, for when the page is shown again. */
function keep(page: Page, body: HTMLElement): void {
  told = { of: page.state, nodes: [...body.childNodes] };
}

/** What is told, below the ways to give a register and to do without. */
function put(page: Page, body: HTMLElement, ...parts: HTMLElement[]): void {
  const { t } = page;
  const input = h("input", {
    type: "file", id: "duties-file", class: "file", accept: ROSTERS,
    onchange: () => {
      const [file] = input.files ?? [];
      if (file) void take(page, body, file);
    },
  });
  const without = () => {
    register = undefined;
    void show(page, body).then(() => document.getElementById("duties-file")?.focus());
  };
  body.replaceChildren(
    h("div", { class: "buttons" },
      h("label", { class: "button", for: "duties-file" }, t("dutiesFile"), input),
      register && h("button", { type: "button", id: "duties-without", onclick: without }, t("dutiesWithout")),
      register && h("span", { class: "note", id: "duties-name" }, register.name)),
    ...parts,
    h("div", { class: "screen" }, formButtons(page, ["support"], () => ({
      assignments: register && { content: register.content, format: register.format, name: register.name, options: register.options },
    }))));
  keep(page, body);
}

/** What is wrong with a register, and ways to read it all the same. */
function refuse(page: Page, body: HTMLElement, problems: readonly Problem[], ...ways: HTMLElement[]): void {
  const list = h("ul", {}, problems.slice(0, 50).map((problem) => h("li", {}, problemText(page, problem))));
  put(page, body, h("div", { class: "alert", role: "alert", id: "duties-problems" }, list, ways.length > 0 && h("div", { class: "buttons" }, ways)));
}

async function take(page: Page, body: HTMLElement, file: File): Promise<void> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  try {
    const content = WORKBOOKS.includes(file.name.toLowerCase().split(".").at(-1) ?? "") ? await Workbook.open(bytes, { file: file.name }) : bytes;
    register = { content, format: file.name.toLowerCase().endsWith(".json") ? "json" : "csv", name: file.name, options: {} };
  } catch (error) {
    return error instanceof FundlayersError ? refuse(page, body, error.problems) : put(page, body, h("p", { class: "alert", role: "alert" }, page.t("readerAbsent")));
  }
  return show(page, body);
}

async function show(page: Page, body: HTMLElement): Promise<void> {
  const { t, state } = page;
  // A roster that the worker holds is not here.
  if (isLarge(state)) return body.replaceChildren(h("p", {}, t("dutiesLarge")));
  const { content, format = "csv", name, options } = register ?? {};
  const turn = (asking += 1);
  if (body.childElementCount === 0) body.replaceChildren(h("p", { class: "note" }, t("computing")));
  const answered = await askHere({ ask: "duties", register: content, format, name, lang: state.lang, ...(options && { options }) }).catch(() => undefined);
  if (turn !== asking) return undefined;
  if (answered === undefined || answered.is === "absent") return body.replaceChildren(h("p", { class: "alert", role: "alert" }, t("partAbsent")));
  if (answered.is === "problems") {
    const merged = answered.problems.some(({ code }) => code === "merged-cells");
    const way = (label: string, fillDown: boolean) => h("button", { type: "button", onclick: () => {
      if (register) register = { ...register, options: { fillDown } };
      void show(page, body);
    } }, label);
    return refuse(page, body, answered.problems, ...(merged ? [way(t("fillDown"), true), way(t("leaveBlank"), false)] : []));
  }
  if (answered.is !== "duties") return undefined;
  const duties = answered.told;
  // Where nothing is due, no register is asked for.
  return duties === undefined ? body.replaceChildren(h("p", {}, t("dutiesNone"))) : put(page, body, ...shown(page, duties));
}

function shown(page: Page, { coverage, report, all, unmatched, warnings }: DutiesTold): HTMLElement[] {
  const { t } = page;
  const more = all > report.rows.length ? [h("p", { class: "note" }, t("firstLines", { shown: report.rows.length, n: all }))] : [];
  return [
    ...(coverage ? [table(coverage)] : []),
    ...(coverage && all === 0 ? [h("p", { id: "duties-met" }, t("dutiesMet"))] : [table(report)]), ...more,
    ...(unmatched ? [table(unmatched)] : []),
    ...(warnings.length > 0 ? [h("ul", { class: "remarks" }, warnings.slice(0, 50).map((problem) => h("li", {}, problemText(page, problem))))] : []),
    h("details", {}, h("summary", {}, t("dutiesNotes")), report.notes.map((note) => h("p", { class: "note" }, note))),
  ];
}

/** A report below its title; the policy is said at the top of the page. */
function table(report: Report): HTMLElement {
  return h("div", { class: "part" }, h("h3", {}, report.title.split(" · ").at(-1) ?? report.title), plainTable(report));
}
