/** The page: inputs on one side, results on the other. */

import first from "virtual:first";
import type { Lang, Problem } from "fundlayers/manual";
import type { Answer, FileKind } from "./compute.js";
import { download, h } from "./dom.js";
import { ask, askHere, askNow, isLarge, start, whenStarted } from "./engine.js";
import type { Answered } from "./engine-core.js";
import { amountOf, renderAmounts, renderLimit, showAmounts } from "./inputs.js";
import { renderResults, rove } from "./results.js";
import { cellOf, forgetAside, headlessText, renderRoster, showProblems } from "./roster.js";
import { ADDRESS_ROWS, fitsAddress, fromFragment, initial, PLAN, stateOf, toFragment, type PolicySource, type State } from "./state.js";
import { place, told, toldOfAmount, word, type WordKey } from "./words.js";

let state: State;
/** The last answer that had results, and the latest one. */
let shown: Answer | undefined;
let latest: Answer | undefined;
/** What the answer that is shown was asked for. */
let shownState: State | undefined;
/** Why the file that was given last was not opened; everything else is as it was. */
let refused: Refused | undefined;
type Refused = Extract<Answered, { is: "problems" }> | { readonly text: string };
/** The module could not be fetched. */
let absent = false;
let asking = 0;
let addressTimer: ReturnType<typeof setTimeout> | undefined;

export const page = {
  get state(): State {
    return state;
  },
  get answer(): Answer | undefined {
    return shown;
  },
  get shownState(): State {
    return shownState ?? state;
  },
  get latest(): Answer | undefined {
    return latest;
  },
  t: (key: WordKey, parts?: Readonly<Record<string, string | number>>) => word(state.lang, key, parts),
  update,
  say,
};

export type Page = typeof page;

/** Which inputs are drawn again; results always are. */
export type Redraw = "all" | "roster" | "limit" | "amounts" | "none";

/** What is drawn with the next answer, and what has the focus then: also what superseded answers were asked to draw. */
const redraws = new Set<Redraw>();
let focusing: readonly string[] = [];

function update(changes: Partial<State>, redraw: Redraw = "none", ...focus: string[]): void {
  state = { ...state, ...changes };
  refused = undefined;
  if (passing !== undefined && region("notice").textContent === passing) region("notice").textContent = "";
  if (focus.length > 0) focusing = focus;
  void recompute(redraw);
}

async function recompute(redraw: Redraw): Promise<void> {
  redraws.add(redraw);
  const turn = (asking += 1);
  const coming = whenStarted();
  if (coming) {
    busy(true);
    if (!(await coming.then(() => true, () => false))) {
      busy(false, page.t("notComputed"));
      return;
    }
    if (turn !== asking) return;
  }
  const large = isLarge(state);
  let answered: Answered | undefined;
  if (large) {
    busy(true);
    answered = await ask({ ask: "answer", state }, true).catch(() => undefined);
    if (turn !== asking) return;
    if (answered === undefined) {
      busy(false, page.t("notComputed"));
      return;
    }
  } else {
    answered = askNow({ ask: "answer", state });
  }
  if (answered.is !== "answer") throw new Error("not an answer");
  busy(false);
  show(answered.answer);
  clearTimeout(addressTimer);
  addressTimer = setTimeout(() => void writeAddress(), 150);
}

/** Says, to everybody, that what is shown is not yet what was asked for; or why it will not be. */
function busy(now: boolean, text = now ? page.t("computing") : ""): void {
  if (now) region("results").setAttribute("aria-busy", "true");
  else region("results").removeAttribute("aria-busy");
  if (region("busy").textContent === text) return;
  region("busy").textContent = text;
  if (text !== "") say(text);
  into("take", ...take());
}

/** An answer whose roster is the one that is drawn, as long as it is the same: a cell is edited by the row that was drawn. */
function withSheet(answer: Answer): Answer {
  const { sheet } = latest ?? {};
  return answer.sheet !== undefined && JSON.stringify(answer.sheet) === JSON.stringify(sheet) ? { ...answer, sheet } : answer;
}

function show(answer: Answer): void {
  const before = shown;
  latest = withSheet(answer);
  if (latest.pivots.length > 0) [shown, shownState] = [latest, state];
  else if (latest.uncounted || latest.policy?.id !== shown?.policy?.id) shown = undefined;
  // A limit can be set once there are claims, and no longer.
  if ((before === undefined) !== (shown === undefined)) redraws.add("limit");
  draw(...redraws);
  redraws.clear();
  focusing.map((id) => document.getElementById(id)).find((element) => element !== null)?.focus();
  focusing = [];
  const all = shown?.pivots[0]?.rows.at(-1)?.figures.at(-1);
  say(latest.failures.length > 0 ? page.t("problems", { n: count(latest) }) : latest.uncounted ? page.t(state.roster.kind === "counts" ? "uncounted" : "unlisted") : page.t("ready", { total: all?.text ?? "0", unit: shown?.unit ?? "" }));
}

const count = (answer: Answer) => answer.failures.reduce((sum, { problems, leftOut }) => sum + problems.filter(({ severity }) => severity === "error").length + leftOut, 0);

async function writeAddress(): Promise<void> {
  if (fitsAddress(state)) hold();
  const plain = JSON.stringify(state) === JSON.stringify(initial(state.lang));
  const fragment = plain || !fitsAddress(state) ? "" : await toFragment(state);
  history.replaceState(null, "", fragment === "" ? `${location.pathname}${location.search}` : fragment);
  document.documentElement.dataset["address"] = fragment === "" ? "plain" : "state";
}

function region(name: string): HTMLElement {
  return document.getElementById(name)!;
}

/** Says something to those who cannot see it change. */
function say(text: string): void {
  region("status").textContent = text;
}

/** Draws a part again, and puts the focus back where it was. */
function into(name: string, ...children: (Node | undefined)[]): void {
  const focused = document.activeElement?.id;
  region(name).replaceChildren(...children.filter((child) => child !== undefined));
  if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus();
}

function draw(...parts: Redraw[]): void {
  const drawn = (part: Redraw) => parts.includes("all") || parts.includes(part);
  if (drawn("all")) {
    document.documentElement.lang = state.lang === "zh" ? "zh-CN" : "en";
    document.title = page.t("title");
    region("jump").setAttribute("aria-label", page.t("jump"));
    into("jump", ...jumps());
    into("head", ...head());
    into("policy", ...policy());
  }
  if (drawn("roster")) into("roster", ...renderRoster(page));
  if (drawn("amounts")) into("amounts", ...renderAmounts(page));
  if (drawn("limit")) into("limit", ...renderLimit(page));
  showProblems(page);
  showAmounts(page);
  into("problems", ...problems());
  into("results", ...renderResults(page));
  into("take", ...take());
}

/** Problems that belong to no cell of the roster. */
function problems(): Node[] {
  const list = (latest?.failures ?? [])
    .map(({ part, problems, leftOut }) => ({ part, leftOut: part === "roster" ? 0 : leftOut, problems: part === "roster" ? problems.filter((problem) => problem.severity === "error" && cellOf(page, problem) === undefined) : problems }))
    .concat(refused && "problems" in refused ? { part: "policy", problems: refused.problems, leftOut: refused.leftOut } : [])
    .filter(({ problems }) => problems.length > 0);
  const told = refused && "text" in refused ? [h("p", { class: "alert", role: "alert" }, refused.text)] : [];
  if (list.length === 0) return told;
  return [
    ...told,
    h("div", { class: "alert", role: "alert" },
      h("p", {}, h("strong", {}, page.t("problems", { n: list.reduce((sum, { problems, leftOut }) => sum + problems.length + leftOut, 0) }))),
      h("ul", {}, list.flatMap(({ part, problems }) => problems.slice(0, 50).map((problem) => {
        const field = amountOf(page, part, problem);
        return h("li", {}, field ? `${field.label}${page.t("colon")}${toldOfAmount(state.lang, problem)}` : problemText(problem));
      })))),
  ];
}

export function problemText(problem: Problem): string {
  return sentences(state.lang, problem, (column) => latest?.policy?.columns.find(({ key }) => key === column)?.header.zh ?? column);
}

/** Ways to the parts of the page: for the keyboard, and on narrow screens for everybody. */
function jumps(): Node[] {
  const parts = [["results", "toResults"], ["roster", "toRoster"], ["amounts", "toAmounts"], ["limit", "toLimit"], ["take", "toTake"]] as const;
  return parts.map(([id, key]) => h("a", {
    class: "skip", id: `to-${id}`, href: `#${id}`,
    // The address is the page's own.
    onclick: (event) => {
      event.preventDefault();
      region(id).focus();
      region(id).scrollIntoView();
    },
  }, page.t(key)));
}

/** What is read first stands first: the results, where there is no room beside the inputs. */
const narrow = matchMedia("(max-width: 72rem)");

function arrange(): void {
  const [inputs, outputs] = [region("inputs"), region("outputs")];
  const focused = document.activeElement;
  if (narrow.matches) inputs.before(outputs);
  else outputs.before(inputs);
  if (focused instanceof HTMLElement && focused !== document.activeElement) focused.focus();
}

function head(): Node[] {
  const other = (): Lang => (state.lang === "zh" ? "en" : "zh");
  return [
    h("div", { class: "brand" }, h("h1", {}, page.t("title")), h("p", {}, page.t("subtitle"))),
    h("button", { type: "button", id: "language", lang: other() === "zh" ? "zh-CN" : "en", onclick: () => update({ lang: other() }, "all") }, page.t("language")),
  ];
}

function policy(): Node[] {
  const words = latest?.policy;
  const choose = (event: Event) => {
    const { value } = event.target as HTMLSelectElement;
    if (value === PLAN) open({ policy: { kind: "builtIn", id: PLAN } });
  };
  const source = words?.source;
  return [
    h("h2", { id: "policy-heading" }, page.t("policy")),
    h("label", { class: "field" }, h("span", { class: "hidden" }, page.t("policy")),
      h("select", { id: "policy-choice", onchange: choose },
        h("option", { value: PLAN, selected: state.policy.kind === "builtIn" }, page.t("policyPlan")),
        state.policy.kind === "file" && h("option", { value: "", selected: true }, words ? words.title[state.lang] : state.policy.name))),
    fileButton("policy-file", page.t("policyFile"), ".toml,.json"),
    words && h("p", { class: "note" }, [words.line, source?.issuer, source?.published].filter((part) => part).join(state.lang === "zh" ? "，" : ", ")),
    h("p", { class: "note screen" }, page.t("drop")),
  ].filter((node) => node !== undefined);
}

/** A button that opens a file; the input itself is reached through it. */
export function fileButton(id: string, label: string, accept: string): HTMLElement {
  const input = h("input", {
    type: "file", id, accept, class: "file",
    onchange: (event) => {
      const { files } = event.target as HTMLInputElement;
      if (files) void openFiles([...files]);
    },
  });
  return h("label", { class: "button", for: id }, label, input);
}

/** What a file is called: what is in it, of which policy, and which year if it is of one. */
export function fileName(what: string, ending: "csv" | "json", year?: number): string {
  const id = latest?.policy?.id ?? (state.policy.kind === "builtIn" ? state.policy.id : "policy");
  return `${["fundlayers", id, what, ...(year === undefined ? [] : [year])].join("-").replaceAll(/[^\p{L}\p{N}._-]+/gu, "_")}.${ending}`;
}

/** The files that there are, with what they are called. */
function files(): { readonly kind: FileKind; readonly label: WordKey; readonly what: string; readonly year: number | undefined }[] {
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
function missing(kind: FileKind): WordKey | undefined {
  const wrong = (limit: boolean) => (latest?.failures ?? []).some(({ part }) => (part === "limit") === limit);
  if (absent) return "notStarted";
  if (region("busy").textContent !== "") return "takeBusy";
  if (wrong(false)) return "takeWrong";
  if (shown === undefined) return "takeNothing";
  if (kind !== "funding" && kind !== "funding-totals") return undefined;
  // What is wrong with a limit concerns only what it leaves.
  return wrong(true) ? "takeLimitWrong" : shown.funding === undefined ? "takeLimitElsewhere" : undefined;
}

function take(): Node[] {
  const fits = fitsAddress(state);
  const given = files();
  const reasons = [...new Set(given.map(({ kind }) => missing(kind)).filter((why) => why !== undefined))];
  const button = ({ kind, label, what, year }: (typeof given)[number], format: "csv" | "json") => {
    const why = missing(kind);
    return h("button", {
      type: "button", id: `take-${kind}-${format}`, disabled: why !== undefined, "aria-describedby": why && `take-${why}`,
      "aria-label": page.t("download", { what: page.t(label), format: format.toUpperCase() }),
      onclick: () => void ask({ ask: "file", kind, format, state }).then((answered) => {
        // The mark lets Excel read it as UTF-8.
        if (answered.is === "file" && answered.text !== undefined) download(fileName(what, format, year), (format === "csv" ? "\ufeff" : "") + answered.text, format === "csv" ? "text/csv" : "application/json");
      }),
    }, format.toUpperCase());
  };
  return [
    h("h2", {}, page.t("take")),
    h("h3", {}, page.t("downloads")),
    h("ul", { class: "files" }, given.map((one) => h("li", {}, h("span", {}, page.t(one.label)), button(one, "csv"), button(one, "json")))),
    ...reasons.map((why) => h("p", { class: "note", id: `take-${why}` }, page.t(why))),
    h("div", { class: "buttons" },
      h("button", { type: "button", id: "take-print", onclick: () => print() }, page.t("print")),
      fits && h("button", { type: "button", id: "take-link", onclick: () => void copyLink() }, page.t("copyLink")),
      h("button", { type: "button", id: "take-save", onclick: save }, page.t("save"))),
    !fits ? h("p", { class: "note", id: "too-long" }, page.t("tooLong", { n: ADDRESS_ROWS })) : h("p", { class: "hidden" }),
    h("p", { class: "note" }, page.t("private")),
  ];
}

/** All of the page, as a file that reproduces it. */
function save(): void {
  download(fileName("page", "json"), JSON.stringify({ fundlayers: 1, state }), "application/json");
  hold();
}

async function copyLink(): Promise<void> {
  clearTimeout(addressTimer);
  await writeAddress();
  const link = new URL(await toFragment(state), location.href).href;
  await navigator.clipboard.writeText(link).then(() => notice(page.t("copied")), () => notice(page.t("notCopied")));
}

/** A message that everybody sees for a while, until something is changed, or for as long as the page is open. */
export function notice(text: string, lasts: "awhile" | "untilChange" | "always" = "awhile"): void {
  region("notice").textContent = text;
  say(text);
  passing = lasts === "untilChange" ? text : undefined;
  if (lasts !== "awhile") return;
  setTimeout(() => { if (region("notice").textContent === text) region("notice").textContent = ""; }, 6_000);
}

/** A notice that goes with the next change. */
let passing: string | undefined;

/** What of the state an address or a file holds: what was put in, however it is looked at. */
let held: State | undefined;

function hold(): void {
  held = state;
}

/** Whether closing the page would lose something that was put in. */
function loses(): boolean {
  const same = (["policy", "changes", "roster", "limit"] as const).every((part) => held?.[part] === state[part]);
  return !same && (absent || !fitsAddress(state));
}

/** A state that was saved, or another policy or roster: what was laid aside belonged to the old one. */
function reopen(changes: Partial<State>): void {
  forgetAside();
  update(changes, "all");
}

/** Another policy or roster: everything that belonged to the old one goes. */
function open(changes: Partial<State>): void {
  const fresh = changes.policy ? { changes: {}, limit: undefined, year: undefined } : { limit: undefined };
  const roster = changes.policy?.kind === "file" && state.roster.kind === "builtIn" ? { roster: { kind: "counts", counts: {} } as const } : {};
  const back = changes.policy?.kind === "builtIn" && state.roster.kind === "counts" ? { roster: { kind: "builtIn" } as const } : {};
  reopen({ ...fresh, ...roster, ...back, ...changes });
}

/** A file that was given, and what it is by its ending and content; of what is nothing of ours, nothing. */
interface Given {
  readonly name: string;
  readonly is?: "page" | "policy" | "roster";
  readonly open: () => Promise<boolean>;
}

async function read(file: File): Promise<Given> {
  const { name } = file;
  const ending = name.toLowerCase().split(".").at(-1) ?? "";
  // A folder cannot be read.
  const bytes = await file.arrayBuffer().then((buffer) => new Uint8Array(buffer), () => undefined);
  const nothing = { name, open: () => Promise.resolve(false) };
  if (bytes === undefined) return nothing;
  const policy = (format: "toml" | "json"): Given => ({ name, is: "policy", open: () => openPolicy({ kind: "file", name, format, text: decoded(bytes) }) });
  const roster = (format: "csv" | "json"): Given => ({ name, is: "roster", open: () => openRoster(bytes, format, name) });
  if (ending === "toml") return policy("toml");
  if (["csv", "tsv", "txt"].includes(ending)) return roster("csv");
  if (ending !== "json") return nothing;
  const value: unknown = await Promise.resolve().then(() => JSON.parse(decoded(bytes)) as unknown).catch(() => undefined);
  const saved = typeof value === "object" && value !== null && "fundlayers" in value && "state" in value ? stateOf(value.state) : undefined;
  if (saved === undefined) return Array.isArray(value) ? roster("json") : policy("json");
  return {
    name, is: "page", open: () => openPolicy(saved.policy, () => {
      reopen(saved);
      hold();
    }),
  };
}

/** Opens what fits together: a page that was saved, or a policy and then a roster for it. Of what is not taken it says why. */
export async function openFiles(files: readonly File[]): Promise<void> {
  const given = await Promise.all(files.map(read));
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
  if (absent) return;
  const fine = refused === undefined && (latest?.failures.length ?? 0) === 0;
  const texts = [
    ...(taken.length > 0 && fine ? [page.t("opened", { name: taken.map(({ name }) => name).join(state.lang === "zh" ? "、" : ", ") })] : []),
    ...(taken.length > 0 && !fitsAddress(state) ? [page.t("tooLong", { n: ADDRESS_ROWS })] : []),
    ...left,
  ];
  if (texts.length > 0) notice(texts.join(state.lang === "zh" ? "" : " "), texts.length > 1 || left.length > 0 ? "untilChange" : "awhile");
}

/** Whether a roster was taken. One without a header is told to `headless`, which is given its first line. */
export async function openRoster(bytes: Uint8Array | string, format: "csv" | "json", name: string | undefined, taken?: () => void, headless?: (first: readonly string[]) => void): Promise<boolean> {
  const answered = await askHere({ ask: "cells", state, bytes, format, name }).catch(() => undefined);
  if (answered?.is === "cells") {
    taken?.();
    open({ roster: answered.roster });
    await new Promise((done) => setTimeout(done));
    return true;
  }
  if (answered?.is === "problems") refuse(answered);
  if (answered?.is === "headless") {
    if (headless) headless(answered.first);
    else refuse({ text: headlessText(page, answered.first, name) });
  }
  return false;
}

/** Opens a policy that can be read; of another it says what is wrong. Whether it was taken. */
async function openPolicy(policy: PolicySource, then: () => void = () => open({ policy })): Promise<boolean> {
  const answered = await askHere({ ask: "policy", policy }).catch(() => undefined);
  if (answered === undefined) return false;
  if (answered.is === "problems") {
    refuse(answered);
    return false;
  }
  then();
  return true;
}

function refuse(why: Refused): void {
  refused = why;
  draw();
  say("text" in why ? why.text : page.t("problems", { n: why.problems.length + why.leftOut }));
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
function dropping(): void {
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
    void openFiles(files);
  });
}

function sentences(lang: Lang, problem: Problem, header: (column: string) => string): string {
  const where = place(lang, problem, lang === "zh" ? header : (column) => column);
  return where === "" ? told(lang, problem) : `${where}${lang === "zh" ? "：" : ": "}${told(lang, problem)}`;
}

async function begin(): Promise<void> {
  const lang: Lang = navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
  const linked = location.hash === "" ? undefined : await fromFragment(location.hash);
  state = linked ?? initial(lang);
  hold();
  const starting = start(linked ? undefined : state);
  const skeleton = h("div", { class: "layout" });
  document.getElementById("page")!.replaceWith(skeleton);
  skeleton.append(
    h("nav", { id: "jump" }),
    h("header", { id: "head" }),
    h("p", { id: "status", class: "hidden", role: "status" }),
    h("main", {},
      h("p", { id: "notice" }),
      h("div", { class: "inputs", id: "inputs" },
        h("section", { id: "policy", "aria-labelledby": "policy-heading" }),
        h("section", { id: "roster", "aria-labelledby": "roster-heading", tabindex: "-1" }),
        h("section", { id: "amounts", "aria-labelledby": "amounts-heading", tabindex: "-1" }),
        h("section", { id: "limit", "aria-labelledby": "limit-heading", tabindex: "-1" })),
      h("div", { class: "outputs", id: "outputs" },
        h("p", { id: "busy" }),
        h("div", { id: "problems" }),
        h("section", { id: "results", "aria-labelledby": "results-heading", tabindex: "-1" }))),
    h("footer", { id: "take", tabindex: "-1" }));
  arrange();
  narrow.addEventListener("change", arrange);
  rove(region("results"));
  const since = () => String(Math.round(performance.now()));
  starting.then(() => { document.documentElement.dataset["started"] = since(); }, () => {
    absent = true;
    notice(page.t("notStarted"), "always");
    into("take", ...take());
  });
  // The plan's figures are there before the module is.
  if (linked) {
    // The inputs of a link are there before its figures; the plan's words are known by then.
    const { policy } = linked;
    if (policy.kind === "builtIn" && policy.id === PLAN) latest = { ...first[linked.lang], ...(linked.roster.kind === "counts" ? { sheet: undefined } : {}) };
    draw("all");
    await recompute("all");
  } else {
    redraws.add("all");
    show(first[lang]);
  }
  document.documentElement.dataset["ready"] = since();
  if (location.hash !== "" && linked === undefined) notice(page.t("badLink"));
  dropping();
  addEventListener("beforeunload", (event) => {
    if (loses()) event.preventDefault();
  });
  addEventListener("hashchange", () => void fromFragment(location.hash).then((linked) => {
    if (linked) void openPolicy(linked.policy, () => reopen(linked));
    else if (location.hash !== "") notice(page.t("badLinkHere"));
  }));
  if ("serviceWorker" in navigator && import.meta.env.PROD) {
    await navigator.serviceWorker.register("./service-worker.js");
  }
}

void begin();
