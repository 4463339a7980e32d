/** What can be taken away: files, paper, a link. */

import { copyLink } from "./address.js";
import { reportToExcel, type Report } from "fundlayers/manual";
import type { FileFormat, FileKind } from "./compute.js";
import { download, h } from "./dom.js";
import { ask } from "./engine.js";
import { fileName } from "./files.js";
import { formButtons } from "./forms.js";
import type { Page } from "./page.js";
import { ADDRESS_ROWS, fitsAddress, type State } from "./state.js";
import type { WordKey } from "./words.js";

/** The files that there are, with what they are called. */
function files(state: State): { readonly kind: FileKind; readonly label: WordKey; readonly what: string; readonly year: number | undefined }[] {
  const changed = Object.keys(state.changes).length > 0;
  // Those with changed amounts are not to be taken for the policy's.
  const mark = changed ? "-changed" : "";
  const { year, limit } = state;
  return [
    { kind: "allocation", label: "fileAllocation", what: `allocation${mark}`, year },
    { kind: "totals", label: "fileTotals", what: `totals-by-${state.by}${mark}`, year },
    ...(changed ? [{ kind: "difference", label: "fileDifference", what: `difference-by-${state.by}`, year } as const] : []),
    ...(limit ? [
      { kind: "funding", label: "fileFunding", what: `funding${mark}`, year: limit.year } as const,
      { kind: "funding-totals", label: "fileFundingTotals", what: `funding-totals${mark}`, year: limit.year } as const,
    ] : []),
  ];
}

/** Why a file cannot be had: results from before would pass for those of what is on the page. */
function missing({ absent, note, latest, answer }: Page, kind: FileKind): WordKey | undefined {
  const wrong = (limit: boolean) => (latest?.failures ?? []).some(({ part }) => (part === "limit") === limit);
  if (absent) return "notStarted";
  if (note !== "") return "takeBusy";
  if (wrong(false)) return "takeWrong";
  if (answer === undefined) return "takeNothing";
  if (kind !== "funding" && kind !== "funding-totals") return undefined;
  // What is wrong with a limit concerns only what it leaves.
  return wrong(true) ? "takeLimitWrong" : answer.funding === undefined ? "takeLimitElsewhere" : undefined;
}

/** What the button of a format says. */
const shown = (format: FileFormat) => (format === "xlsx" ? "Excel" : format.toUpperCase());
const TYPES = { csv: "text/csv", json: "application/json", xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" };

/** Hands a file over; what writes workbooks is only fetched now. */
async function hand(name: string, text: string, format: FileFormat): Promise<void> {
  download(name, format === "xlsx" ? (await reportToExcel(JSON.parse(text) as Report)) as BlobPart : text, TYPES[format]);
}

export function renderTake(page: Page): Node[] {
  const { t } = page;
  const fits = fitsAddress(page.state);
  const given = files(page.state);
  const reasons = [...new Set(given.map(({ kind }) => missing(page, kind)).filter((why) => why !== undefined))];
  const formsMissing = missing(page, "allocation");
  const button = ({ kind, label, what, year }: (typeof given)[number], format: FileFormat) => {
    const why = missing(page, kind);
    return h("button", {
      type: "button", id: `take-${kind}-${format}`, disabled: why !== undefined, "aria-describedby": why && `take-${why}`,
      "aria-label": t("download", { what: t(label), format: shown(format) }),
      onclick: () => void ask({ ask: "file", kind, format, state: page.state }).then((answered) => {
        if (answered.is === "file" && answered.text !== undefined) return hand(fileName(page, what, format, year), answered.text, format);
        return undefined;
      }),
    }, shown(format));
  };
  return [
    h("h2", {}, t("take")),
    h("h3", {}, t("downloads")),
    h("ul", { class: "files" }, given.map((one) => h("li", {}, h("span", {}, t(one.label)), button(one, "xlsx"), button(one, "csv"), button(one, "json")))),
    h("h3", {}, t("forms")),
    formButtons(page, ["distribution", "notice", "filing"], undefined, formsMissing && `take-${formsMissing}`),
    ...reasons.map((why) => h("p", { class: "note", id: `take-${why}` }, t(why))),
    h("div", { class: "buttons" },
      h("button", { type: "button", id: "take-print", onclick: () => print() }, t("print")),
      fits && h("button", { type: "button", id: "take-link", onclick: () => void copyLink(page) }, t("copyLink")),
      h("button", { type: "button", id: "take-save", onclick: () => save(page) }, t("save"))),
    !fits ? h("p", { class: "note", id: "too-long" }, t("tooLong", { n: ADDRESS_ROWS })) : h("p", { class: "hidden" }),
    h("p", { class: "note" }, t("private")),
  ];
}

/** All of the page, as a file that reproduces it. */
function save(page: Page): void {
  download(fileName(page, "page", "json"), JSON.stringify({ fundlayers: 1, state: page.state }), "application/json");
  page.hold();
}
