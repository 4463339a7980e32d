/** Files: how those that are given are opened, and what those are called that are taken away. */

import { h } from "./dom.js";
import { askHere } from "./engine.js";
import type { Page } from "./page.js";
import { notice } from "./regions.js";
import { headlessText } from "./sentences.js";
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
export function fileName({ state, latest }: Page, what: string, ending: "csv" | "json", year?: number): string {
  const id = latest?.policy?.id ?? (state.policy.kind === "builtIn" ? state.policy.id : "policy");
  return `${["fundlayers", id, what, ...(year === undefined ? [] : [year])].join("-").replaceAll(/[^\p{L}\p{N}._-]+/gu, "_")}.${ending}`;
}

/** A file that was given, and what it is by its ending and content; of what is nothing of ours, nothing. */
interface Given {
  readonly name: string;
  readonly is?: "page" | "policy" | "roster";
  readonly open: () => Promise<boolean>;
}

async function read(page: Page, file: File): Promise<Given> {
  const { name } = file;
  const ending = name.toLowerCase().split(".").at(-1) ?? "";
  // A folder cannot be read.
  const bytes = await file.arrayBuffer().then((buffer) => new Uint8Array(buffer), () => undefined);
  const nothing = { name, open: () => Promise.resolve(false) };
  if (bytes === undefined) return nothing;
  const policy = (format: "toml" | "json"): Given => ({ name, is: "policy", open: () => openPolicy(page, { kind: "file", name, format, text: decoded(bytes) }) });
  const roster = (format: "csv" | "json"): Given => ({ name, is: "roster", open: () => openRoster(page, bytes, format, name) });
  if (ending === "toml") return policy("toml");
  if (["csv", "tsv", "txt"].includes(ending)) return roster("csv");
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
    else if (await one.open()) taken.push(one);
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

/** Whether a roster was taken. One without a header is told to `headless`, which is given its first line. */
export async function openRoster(page: Page, bytes: Uint8Array | string, format: "csv" | "json", name: string | undefined, taken?: () => void, headless?: (first: readonly string[]) => void): Promise<boolean> {
  const answered = await askHere({ ask: "cells", state: page.state, bytes, format, name }).catch(() => undefined);
  if (answered?.is === "cells") {
    taken?.();
    page.open({ roster: answered.roster });
    await new Promise((done) => setTimeout(done));
    return true;
  }
  if (answered?.is === "problems") page.refuse(answered);
  if (answered?.is === "headless") {
    if (headless) headless(answered.first);
    else page.refuse({ text: headlessText(page, answered.first, name) });
  }
  return false;
}

/** Opens a policy that can be read; of another it says what is wrong. Whether it was taken. */
export async function openPolicy(page: Page, policy: PolicySource, then: () => void = () => page.open({ policy })): Promise<boolean> {
  const answered = await askHere({ ask: "policy", policy }).catch(() => undefined);
  if (answered === undefined) return false;
  if (answered.is === "problems") {
    page.refuse(answered);
    return false;
  }
  then();
  return true;
}

/** The text of a file, as the core reads rosters: UTF-8, or what spreadsheets and old editors write. */
function decoded(bytes: Uint8Array): string {
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
