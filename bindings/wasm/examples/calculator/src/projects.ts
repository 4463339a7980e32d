/** The register of projects beside what is due, a page of its own: what lists lack, what is planned, overdue, without a place. */

import { FundlayersError, Workbook, type Problem, type Report, type SheetOptions } from "fundlayers/manual";
import type { ProjectsShown } from "./compute.js";
import { h } from "./dom.js";
import { askHere } from "./engine.js";
import { ROSTERS, WORKBOOKS } from "./files.js";
import { formButtons, type FormInputs } from "./forms.js";
import type { Page } from "./page.js";
import { plainTable } from "./plain.js";
import { into } from "./regions.js";
import { problemText } from "./sentences.js";
import type { State } from "./state.js";

/** Rows that are shown of a long table. */
const SHOWN = 200;

/** What was opened; it is no part of the page's state, for no address could hold it. */
let given: { readonly content: Uint8Array | Workbook; readonly format: "csv" | "json"; readonly name: string; readonly options: SheetOptions } | undefined;
let asOf = "";
let shown: { readonly of: State; readonly answer: ProjectsShown } | undefined;
let wrong: readonly Problem[] | string | undefined;
let asking = 0;

/** Asks again where the state is another than what is shown is of. */
async function compute(page: Page): Promise<void> {
  if (given === undefined) return;
  const { content, format, name, options } = given;
  const turn = (asking += 1);
  const { state } = page;
  const answered = await askHere({ ask: "projects", state, source: { content, format, name, options, asOf: asOf === "" ? undefined : asOf } }).catch(() => undefined);
  if (turn !== asking) return;
  if (answered?.is === "projects") {
    shown = { of: state, answer: answered.shown };
    wrong = undefined;
  } else if (answered?.is === "problems") {
    shown = undefined;
    wrong = answered.problems;
  } else {
    shown = undefined;
    wrong = page.t("partAbsent");
  }
  into("projects", ...renderProjects(page, false));
}

async function openFile(page: Page, file: File): Promise<void> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const ending = file.name.toLowerCase().split(".").at(-1) ?? "";
  try {
    const content = WORKBOOKS.includes(ending) ? await Workbook.open(bytes, { file: file.name }) : bytes;
    given = { content, format: ending === "json" ? "json" : "csv", name: file.name, options: {} };
  } catch (error) {
    given = undefined;
    shown = undefined;
    wrong = error instanceof FundlayersError ? error.problems : page.t("readerAbsent");
    into("projects", ...renderProjects(page, false));
    return;
  }
  await compute(page);
}

/** What is wrong, and where cells may have been merged a way to say so. */
function problems(page: Page): HTMLElement[] {
  if (wrong === undefined) return [];
  if (typeof wrong === "string") return [h("p", { class: "alert", role: "alert" }, wrong)];
  const merged = wrong.some(({ code }) => code === "merged-cells");
  const again = (fillDown: boolean) => {
    if (given) given = { ...given, options: { ...given.options, fillDown } };
    void compute(page);
  };
  return [h("div", { class: "alert", role: "alert", id: "projects-problems" },
    h("ul", {}, wrong.slice(0, 50).map((problem) => h("li", {}, problemText(page, problem)))),
    merged ? h("div", { class: "buttons" },
      h("button", { type: "button", id: "projects-fill", onclick: () => again(true) }, page.t("fillDown")),
      h("button", { type: "button", onclick: () => again(false) }, page.t("leaveBlank"))) : undefined)];
}

function table(page: Page, report: Report): HTMLElement {
  const rows = report.rows.length > SHOWN + 1 ? [...report.rows.slice(0, SHOWN), ...report.rows.slice(-1)] : report.rows;
  return h("section", { class: "projects-table" },
    h("h3", {}, report.title.split(" · ").at(-1) ?? report.title),
    plainTable({ ...report, rows }),
    rows.length < report.rows.length ? h("p", { class: "note" }, page.t("firstLines", { shown: SHOWN, n: report.rows.length })) : undefined,
    // The policy is said at the top of the page.
    report.notes.slice(1).map((note) => h("p", { class: "note" }, note)));
}

export function renderProjects(page: Page, asks = true): Node[] {
  const { t } = page;
  if (asks && given !== undefined && shown?.of !== page.state) void compute(page);
  const file = h("input", {
    type: "file", id: "projects-file", accept: ROSTERS, class: "file",
    onchange: (event) => {
      const [first] = (event.target as HTMLInputElement).files ?? [];
      if (first) void openFile(page, first);
    },
  });
  const day: HTMLInputElement = h("input", { type: "date", id: "projects-day", value: asOf, onchange: () => { asOf = day.value; void compute(page); } });
  const warnings = shown?.answer.warnings ?? [];
  const inputs = (): FormInputs => ({ projects: given && { ...given, asOf: asOf === "" ? undefined : asOf } });
  return [
    h("h2", { id: "projects-heading" }, t("projects")),
    h("p", { class: "note" }, t("projectsHelp")),
    h("div", { class: "buttons screen" },
      h("label", { class: "button", for: "projects-file" }, t("openProjects"), file),
      h("label", { class: "inline", for: "projects-day" }, t("asOf"), day),
      given === undefined ? undefined : h("span", { class: "note", id: "projects-name" }, given.name)),
    ...problems(page),
    ...(warnings.length > 0 ? [h("details", { class: "remarks" }, h("summary", {}, t("warnings", { n: warnings.length })),
      h("ul", {}, warnings.slice(0, 50).map((problem) => h("li", {}, problemText(page, problem)))))] : []),
    ...(shown?.answer.reports ?? []).map((report) => table(page, report)),
    ...(shown === undefined ? [] : [h("div", { class: "screen" }, formButtons(page, ["projects", "tasks"], inputs))]),
  ];
}
