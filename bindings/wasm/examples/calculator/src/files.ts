/** Files: how those that are given are opened, and what those are called that are taken away. */

import { FundlayersError, Workbook, type Problem, type SheetOptions } from "fundlayers/manual";
import { h } from "./dom.js";
import { askHere } from "./engine.js";
import type { Page } from "./page.js";
import { notice } from "./regions.js";
import { headlessText, problemText } from "./sentences.js";
import { ADDRESS_ROWS, fitsAddress, stateOf, type PolicySource } from "./state.js";
import type { WordKey } from "./words.js";

/** A button that opens a file; the input itself is reached through it. */
export function fileButton(page: Page, id: string, label: string, accept: string): HTMLElement {
  const input = h("input", {
    type: "file", id, accept, class: "file",
    onchange: (event) => {
      const { files } = event.target as HTMLInputElement;
      if (files) void openFiles(page, [...files]);
    },
  });
  return h("label", { class: "button", for: id }, label, input);
}

/** What a file is called: what is in it, of which policy, and which year if it is of one. */
export function fileName({ state, latest }: Page, what: string, ending: "csv" | "json" | "xlsx" | "html", year?: number): string {
  const id = latest?.policy?.id ?? (state.policy.kind === "builtIn" ? state.policy.id : "policy");
  return `${["fundlayers", id, what, ...(year === undefined ? [] : [year])].join("-").replaceAll(/[^\p{L}\p{N}._-]+/gu, "_")}.${ending}`;
}

/** A file that was given, and what it is by its ending and content; of what is nothing of ours, nothing. */
interface Given {
  readonly name: string;
  readonly is?: "page" | "policy" | "roster";
  /** What is to be said of it; none: it was not taken. */
  readonly open: () => Promise<readonly string[] | undefined>;
}

/** How the names of workbooks end. */
export const WORKBOOKS = ["xlsx", "xlsm", "xltx", "xltm", "xls", "xlt", "ods", "ots"];
/** The files that a roster may be. */
export const ROSTERS = [".csv", ".tsv", ".txt", ".json", ...WORKBOOKS.map((ending) => `.${ending}`)].join(",");

async function read(page: Page, file: File): Promise<Given> {
  const { name } = file;
  const ending = name.toLowerCase().split(".").at(-1) ?? "";
  // A folder cannot be read.
  const bytes = await file.arrayBuffer().then((buffer) => new Uint8Array(buffer), () => undefined);
  const nothing = { name, open: () => Promise.resolve(undefined) };
  if (bytes === undefined) return nothing;
  const policy = (format: "toml" | "json"): Given => ({ name, is: "policy", open: () => openPolicy(page, { kind: "file", name, format, text: decoded(bytes) }) });
  const roster = (format: "csv" | "json"): Given => ({ name, is: "roster", open: () => openRoster(page, bytes, format, name) });
  if (ending === "toml") return policy("toml");
  if (["csv", "tsv", "txt"].includes(ending)) return roster("csv");
  if (WORKBOOKS.includes(ending)) return { name, is: "roster", open: () => openWorkbook(page, bytes, name) };
  if (ending !== "json") return nothing;
  const value: unknown = await Promise.resolve().then(() => JSON.parse(decoded(bytes)) as unknown).catch(() => undefined);
  const saved = typeof value === "object" && value !== null && "fundlayers" in value && "state" in value ? stateOf(value.state) : undefined;
  if (saved === undefined) return Array.isArray(value) ? roster("json") : policy("json");
  return {
    name, is: "page", open: () => openPolicy(page, saved.policy, () => {
      page.reopen(saved);
      page.hold();
    }),
  };
}

/** Opens what fits together: a page that was saved, or a policy and then a roster for it. Of what is not taken it says why. */
export async function openFiles(page: Page, files: readonly File[]): Promise<void> {
  const given = await Promise.all(files.map((file) => read(page, file)));
  const first = (is: Given["is"]) => given.find((one) => one.is === is);
  const saved = first("page");
  const chosen = saved ? [saved] : [first("policy"), first("roster")].filter((one) => one !== undefined);
  const left: string[] = [];
  const leave = (key: WordKey, { name }: Given) => left.push(page.t(key, { name }));
  for (const one of given.filter((other) => !chosen.includes(other))) {
    leave(one.is === undefined ? "badFile" : saved ? "onlyPage" : one.is === "policy" ? "onlyPolicy" : "onlyRoster", one);
  }
  const taken: Given[] = [];
  for (const one of chosen) {
    // A roster belongs to its policy.
    if (taken.length < chosen.indexOf(one)) leave("notWithoutPolicy", one);
    else {
      const said = await one.open();
      if (said) taken.push(one);
      left.push(...(said ?? []));
    }
  }
  if (page.absent) return;
  const { state } = page;
  const fine = page.refused === undefined && (page.latest?.failures.length ?? 0) === 0;
  const texts = [
    ...(taken.length > 0 && fine ? [page.t("opened", { name: taken.map(({ name }) => name).join(state.lang === "zh" ? "、" : ", ") })] : []),
    ...(taken.length > 0 && !fitsAddress(state) ? [page.t("tooLong", { n: ADDRESS_ROWS })] : []),
    ...left,
  ];
  if (texts.length > 0) notice(texts.join(state.lang === "zh" ? "" : " "), texts.length > 1 || left.length > 0 ? "untilChange" : "awhile");
}

/** What is to be done with a roster besides: once it is taken, and instead of saying that it has no header. */
interface Taking {
  readonly taken?: () => void;
  readonly headless?: (first: readonly string[]) => void;
  readonly options?: SheetOptions;
}

/** Takes a roster, and gives what is to be said of its file; none if it was not taken. */
export async function openRoster(page: Page, content: Uint8Array | string | Workbook, format: "csv" | "json", name: string | undefined, taking: Taking = {}): Promise<readonly string[] | undefined> {
  const { taken, headless, options = {} } = taking;
  const answered = await askHere({ ask: "cells", state: page.state, bytes: content, format, name, options }).catch(() => undefined);
  if (answered?.is === "cells") {
    taken?.();
    page.open({ roster: answered.roster });
    await new Promise((done) => setTimeout(done));
    // Of what stands in the rows the page speaks as long as it does; what was hidden or summed in the file is said once.
    const again = new Set((page.latest?.warnings ?? []).map(({ code }) => code));
    const once = answered.warnings.filter(({ code }) => !again.has(code));
    return once.map((problem) => `${problemText(page, problem)}${page.state.lang === "zh" ? "。" : "."}`);
  }
  if (answered?.is === "problems") refuse(page, answered, content, name, (more) => void openAsked(page, content, format, name, { ...taking, options: { ...options, ...more } }));
  if (answered?.is === "headless") {
    if (headless) headless(answered.first);
    else page.refuse({ text: headlessText(page, answered.first, name) });
  }
  return undefined;
}

/** Opens a roster that was pasted, or of which something was asked. */
export async function openAsked(...asked: Parameters<typeof openRoster>): Promise<void> {
  const said = await openRoster(...asked);
  if (said && said.length > 0) notice(said.join(asked[0].state.lang === "zh" ? "" : " "), "untilChange");
}

/** Says why a roster was not taken, or asks what it leaves open. */
function refuse(page: Page, why: { readonly problems: readonly Problem[]; readonly leftOut: number }, content: Uint8Array | string | Workbook, name = page.t("pastedName"), again: (more: SheetOptions) => void): void {
  const has = (code: Problem["code"]) => why.problems.find((problem) => problem.code === code);
  const several = has("several-sheets");
  if (has("merged-cells")) {
    const choice = (key: WordKey, fillDown: boolean) => ({ label: page.t(key), take: () => again({ fillDown }) });
    page.refuse({ text: page.t("merged", { name }), choices: [choice("fillDown", true), choice("leaveBlank", false)] });
  } else if (several && content instanceof Workbook) {
    const fitting = content.sheets.filter((sheet) => several.found?.includes(`\`${sheet}\``));
    page.refuse({ text: page.t("sheets", { name }), choices: (fitting.length > 0 ? fitting : content.sheets).map((sheet) => ({ label: sheet, take: () => again({ sheet }) })) });
  } else {
    page.refuse(why);
  }
}

/** Opens a workbook with a roster; the module that reads it is only fetched now. */
async function openWorkbook(page: Page, bytes: Uint8Array, name: string): Promise<readonly string[] | undefined> {
  try {
    return await openRoster(page, await Workbook.open(bytes, { file: name }), "csv", name);
  } catch (error) {
    page.refuse(error instanceof FundlayersError ? error : { text: page.t("readerAbsent") });
    return undefined;
  }
}

/** Opens a policy that can be read; of another it says what is wrong. Nothing is to be said of it; none if it was not taken. */
export async function openPolicy(page: Page, policy: PolicySource, then: () => void = () => page.open({ policy })): Promise<readonly string[] | undefined> {
  const answered = await askHere({ ask: "policy", policy }).catch(() => undefined);
  if (answered === undefined) return undefined;
  if (answered.is === "problems") {
    page.refuse(answered);
    return undefined;
  }
  then();
  return [];
}

/** The text of a file, as the core reads tables: UTF-8, or what spreadsheets and old editors write. */
export function decoded(bytes: Uint8Array): string {
  const mark = bytes[0] === 0xff && bytes[1] === 0xfe ? "utf-16le" : bytes[0] === 0xfe && bytes[1] === 0xff ? "utf-16be" : undefined;
  if (mark) return new TextDecoder(mark).decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("gb18030").decode(bytes);
  }
}

/** Files may be dropped anywhere. */
export function takeDropped(page: Page): void {
  addEventListener("dragover", (event) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    document.body.classList.add("dropping");
  });
  addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) document.body.classList.remove("dropping");
  });
  addEventListener("drop", (event) => {
    document.body.classList.remove("dropping");
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    void openFiles(page, files);
  });
}
