/**
 * Asks the core. Runs in the page, or for large rosters in a worker; what comes out is plain data. Rules and arithmetic are the
 * core's: here figures are only put into their places.
 */

import {
  Allocation, amountText, Assignments, CheckFigures, compare, FundlayersError, Limits, Policy, Projects, Roster, type Attribute, type Form, type Planning, type Class, type ClassPlaces, type Funding,
  type FundingRule, type Grouping, type Lang, type Layer, type Name, type PolicyDocument, type Problem, type Report, type RosterRow,
  type SheetOptions, type Source, type Status, type Table, type TemplateColumn, type Unit, type Word, type Workbook,
} from "fundlayers/manual";
import type { FigureSource, LimitSource, PolicySource, RosterSource, State } from "./state.js";

/** What the page says of a policy. */
export interface PolicyWords {
  readonly id: string;
  readonly line: string;
  readonly title: Name;
  readonly status: Status | null;
  readonly source: Source;
  readonly years: readonly number[];
  readonly unit: Unit;
  readonly kinds: readonly Word[];
  readonly designations: readonly Word[];
  readonly payers: readonly Word[];
  readonly attributes: readonly Attribute[];
  readonly layers: readonly Layer[];
  readonly classes: readonly Class[];
  readonly columns: readonly TemplateColumn[];
  readonly amounts: readonly PolicyAmount[];
  /** What the policy says besides these amounts. */
  readonly rules: readonly PolicyRule[];
  readonly builtIn: boolean;
}

/** An amount of the policy that can be changed: its path, what it is, its digits. */
export interface PolicyAmount {
  readonly path: string;
  readonly label: Name;
  readonly value: string;
}

/** A rule, standard or pool without an amount that can be changed here, in words. */
export interface PolicyRule {
  readonly label: string;
  readonly text: string;
  readonly clause: string | null;
}

/** A figure: its text, its size for charts, and what to ask for where it comes from. */
export interface Figure {
  readonly text: string;
  /** Fen as a float: only for the lengths of bars. */
  readonly size: number;
  readonly layer: string | undefined;
}

/** Totals by one column, layers beside each other. */
export interface Pivot {
  readonly by: Grouping;
  readonly header: Name;
  readonly rows: readonly { readonly value: string | undefined; readonly name: Name; readonly count: number; readonly figures: readonly Figure[] }[];
}

/** What a figure covers: the value of every grouping that narrows it; of none, everything. */
export type Where = Readonly<Partial<Record<Grouping, string>>>;

/** What a figure is: an amount of the plan or as changed, what a change makes of it, or what a limit makes of it. */
export type Measure = "amount" | "before" | "after" | "difference" | "limit" | "claim" | "funded" | "unfunded";

/** A report with what its rows and columns are about, so that each of its figures can be asked about. */
export interface Told {
  readonly report: Report;
  readonly rows: readonly Where[];
  readonly columns: readonly ({ readonly of: Measure; readonly layer?: string } | null)[];
  /** The column that says best what a row is about. */
  readonly head: number;
  /** Rows of the whole result, of which a long one shows the first and its total. */
  readonly all: number;
}

/** Something that went wrong, and in which part. */
export interface Failure {
  readonly part: "policy" | "changes" | "roster" | "allocation" | "limit";
  readonly problems: readonly Problem[];
  readonly leftOut: number;
}

export interface LessRow {
  readonly where: Where;
  readonly name: string;
  /** County and township: names are not unique. */
  readonly place: string;
  readonly claim: string;
  readonly funded: string;
  readonly unfunded: string;
}

export interface Answer {
  readonly policy: PolicyWords | undefined;
  readonly failures: readonly Failure[];
  readonly warnings: readonly Problem[];
  /** There are no places: none is counted, or none listed. */
  readonly uncounted: boolean;
  /** The amounts that it was computed with, where these are not the policy's. */
  readonly changed: readonly { readonly label: Name; readonly from: string; readonly to: string }[];
  readonly sheet: { readonly columns: readonly string[]; readonly rows: readonly (readonly string[])[] } | undefined;
  readonly places: readonly ClassPlaces[];
  readonly unit: Unit;
  readonly unitNote: string;
  readonly pivots: readonly Pivot[];
  readonly wide: Told | undefined;
  readonly wideLeftOut: number;
  readonly difference: readonly Told[];
  readonly claims: readonly { readonly layer: string; readonly payer: string; readonly year: number; readonly text: string; readonly digits: string }[];
  readonly funding: { readonly totals: Told; readonly less: readonly LessRow[]; readonly lessLeftOut: number; readonly notes: readonly string[] } | undefined;
}

/** What stands behind a figure: the places that it sums up, each with its sentences and clause. */
export interface Origin {
  readonly parts: readonly {
    readonly name: string; readonly place: string; readonly class: Name; readonly year: number; readonly layer: Name; readonly amount: string;
    /** None: the policy gives this class nothing in this layer. */
    readonly texts: readonly { readonly of: Measure; readonly text: Name }[];
    /** None: the file names none, or what it names was changed. */
    readonly clause: string | null;
    readonly changed: boolean;
  }[];
  readonly leftOut: number;
}

/** A figure to explain, from one of its parts on. */
export interface Question {
  readonly of: Measure;
  readonly where: Where;
  readonly from: number;
}

/** What the policy requires besides amounts: how many meet it, and what is open. */
export interface ChecksTold {
  readonly totals: Report;
  readonly open: Report;
  readonly openCount: number;
}

/** What is due besides money of the places that are shown, or what of it is not met by a register. */
export interface DutiesTold {
  /** By county, how many places have all that is due; only beside a register. */
  readonly coverage: Report | undefined;
  readonly report: Report;
  /** Rows of the whole table, of which a long one shows the first. */
  readonly all: number;
  readonly unmatched: Report | undefined;
  readonly warnings: readonly Problem[];
}

/** What is due besides money of the allocation that is shown; beside a register, what is missing of it. */
export function duties(register: Uint8Array | string | Workbook | undefined, format: "csv" | "json", name: string | undefined, lang: Lang, options: SheetOptions = {}): DutiesTold | undefined {
  if (current === undefined || !current.policy.describe(lang).duties.some(({ id }) => id !== "")) return undefined;
  const assignments = register === undefined ? undefined : Assignments.parse(register, { format, ...(name === undefined ? {} : { file: name }), ...options });
  const made = current.allocation.duties(assignments);
  const tables = { lines: made.table({ missing: assignments !== undefined }), ...(assignments && { coverage: made.coverage(), unmatched: made.unmatched() }) };
  const report = tables.lines.report(lang);
  const told = {
    coverage: tables.coverage?.report(lang), report: { ...report, rows: report.rows.slice(0, SHOWN) }, all: report.rows.length,
    unmatched: tables.unmatched && tables.unmatched.length > 0 ? tables.unmatched.report(lang) : undefined, warnings: made.warnings,
  };
  for (const resource of [...Object.values(tables), made, ...(assignments ? [assignments] : [])]) resource.free();
  return told;
}

/** Rows that are shown of a long list. */
const SHOWN = 200;

/** What was read last, so that moving a slider reads nothing again. */
let kept: { key: string; policy: Policy } | undefined;
let keptRoster: { key: RosterSource; policy: Policy; roster: Roster } | undefined;
let current: { allocation: Allocation; policy: Policy; before?: Allocation; funding?: Funding } | undefined;

function read(source: PolicySource): Policy {
  const key = JSON.stringify(source);
  if (kept?.key !== key) {
    const policy = source.kind === "builtIn" ? Policy.builtIn(source.id) : Policy.parse(source.text, { format: source.format, file: source.name });
    kept = { key, policy };
  }
  return kept!.policy;
}

/** Throws what is wrong with a policy; what was read before stays. */
export function check(source: PolicySource): void {
  read(source);
}

/**
 * Rows from counts: one row for each class, standing for so many alike places. A roster says a kind and a designation wherever the
 * policy has some; a class that names none takes all of them alike, so the first will do.
 */
function counted(policy: Policy, counts: Readonly<Record<string, string>>, lang: Lang): RosterRow[] {
  return policy.classes
    .map((one): RosterRow => ({
      id: `counted-${one.id}`,
      name: one.name[lang],
      ...named("kind", one.kind ?? policy.kinds[0]?.id),
      ...named("designation", one.designation ?? policy.designations[0]?.id),
      count: (counts[one.id] ?? String(one.expected ?? 0)).trim(),
    }))
    .filter((row) => row["count"] !== "" && !/^0+$/.test(String(row["count"])));
}

const named = (key: string, id: string | undefined) => (id === undefined ? {} : { [key]: id });

function readRoster(state: State, policy: Policy): Roster {
  const { roster: source } = state;
  if (keptRoster?.key === source && keptRoster.policy === policy) return keptRoster.roster;
  const roster =
    source.kind === "builtIn" ? Roster.builtIn(policy)
    : source.kind === "counts" ? Roster.from(counted(policy, source.counts, state.lang), policy)
    : Roster.from(source.rows.map((row) => Object.fromEntries(source.columns.map((column, at) => [column, row[at] ?? ""]))), policy);
  keptRoster?.roster.free();
  keptRoster = { key: source, policy, roster };
  return roster;
}

/** The rows of a roster that came without: those of the policy, or counted ones. */
function sheetOf(policy: Policy, roster: Roster): NonNullable<Answer["sheet"]> {
  const columns = policy.rosterTemplate.map(({ key }) => key);
  const [first, last] = policy.years.map(String);
  const blank = (key: string, cell: string) => ((key === "from" && cell === first) || (key === "to" && cell === last) ? "" : cell);
  return { columns, rows: roster.rows(policy).map((row) => columns.map((key) => blank(key, row[key] ?? ""))) };
}

/** An id as it stands in a path. */
const pathPart = (id: string) => (id.includes(".") ? `"${id}"` : id);

/** The plain amounts of a policy, by path. */
function amountsOf(document: PolicyDocument, policy: Policy): PolicyAmount[] {
  const amounts: PolicyAmount[] = [];
  const digits = (value: unknown) => (typeof value === "number" || (typeof value === "string" && /^[\d.]+$/.test(value)) ? String(value) : undefined);
  const add = (path: string, label: Name, value: unknown) => {
    const plain = digits(value);
    if (plain !== undefined) amounts.push({ path, label, value: plain });
    else if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      for (const [key, inner] of Object.entries(value)) {
        const year = /^\d{1,4}$/.test(key);
        if ((year || key === "amount") && digits(inner) !== undefined) {
          const named = (text: string) => (year ? `${text} · ${key}` : text);
          amounts.push({ path: `${path}.${key}`, label: { zh: named(label.zh), en: named(label.en) }, value: digits(inner)! });
        }
      }
    }
  };
  for (const one of document.classes ?? []) {
    const name = policy.classes.find(({ id }) => id === one.id)?.name ?? { zh: one.id, en: one.id };
    const path = `classes.${pathPart(one.id)}`;
    for (const layer of policy.layers) {
      const rule = one.funding[layer.id];
      add(`${path}.funding.${pathPart(layer.id)}`, { zh: `${name.zh} · ${layer.name.zh}`, en: `${name.en} · ${layer.name.en}` }, rule);
    }
    if (one.standard !== undefined) add(`${path}.standard`, { zh: `${name.zh} · 标准`, en: `${name.en} · standard` }, one.standard);
  }
  for (const pool of document.pools ?? []) {
    const name = policy.pools.find(({ id }) => id === pool.id)?.name ?? { zh: pool.id, en: pool.id };
    add(`pools.${pathPart(pool.id)}.amount`, name, pool.amount);
  }
  return amounts;
}

/** What no slider changes, in the core's words: rules of every kind, standards and pools that are worked out. */
function rulesOf(document: PolicyDocument, policy: Policy, amounts: readonly PolicyAmount[], lang: Lang): PolicyRule[] {
  const told = policy.describe(lang);
  const changed = (path: string) => amounts.some((one) => one.path === path || one.path.startsWith(`${path}.`));
  const terms = (all: readonly string[]) => all.join(lang === "zh" ? "；" : "; ");
  const rules = told.classes.flatMap(({ id, name, terms: of, clause, rules }, at): PolicyRule[] => {
    const path = `classes.${pathPart(id)}`;
    const standard = document.classes?.[at]?.standard !== undefined && !changed(`${path}.standard`);
    return [
      ...(standard ? [{ label: name, text: terms(of), clause }] : []),
      ...rules.flatMap((rule, number) => {
        const layer = told.layers[number];
        if (rule === null || layer === undefined || changed(`${path}.funding.${pathPart(layer.id)}`)) return [];
        return [{ label: `${name} · ${layer.name}`, ...rule }];
      }),
    ];
  });
  const pools = told.pools.filter((_, at) => !changed(`pools.${pathPart(policy.pools[at]?.id ?? "")}.amount`));
  const figures = told.figures.filter(({ id }) => !changed(`figures.${pathPart(id)}.value`));
  const named = figures.map(({ name, text, clause }) => ({ label: name, text, clause }));
  return [...named, ...rules, ...pools.map(({ name, terms: of, clause }) => ({ label: name, text: terms(of), clause }))];
}

function wordsOf(policy: Policy, state: State): PolicyWords {
  const [first, last] = policy.years;
  const document = policy.toJSON();
  const amounts = amountsOf(document, policy);
  return {
    id: policy.id, line: policy.line(state.lang), title: policy.title, status: policy.status, source: policy.source,
    years: Array.from({ length: last - first + 1 }, (_, at) => first + at),
    unit: policy.unit, kinds: policy.kinds, designations: policy.designations, payers: policy.payers,
    attributes: policy.attributes, layers: policy.layers, classes: policy.classes, columns: policy.rosterTemplate,
    amounts, rules: rulesOf(document, policy, amounts, state.lang), builtIn: state.policy.kind === "builtIn",
  };
}

const NOT_STATED: Name = { zh: "（未列明）", en: "(not stated)" };

/** The name of a value of a grouping. */
function nameOf(policy: Policy, by: Grouping, value: string): Name {
  const words = { class: policy.classes, kind: policy.kinds, designation: policy.designations, payer: policy.payers, layer: policy.layers }[by as string];
  const name = words?.find(({ id }: Word) => id === value)?.name ?? { zh: value, en: value };
  return value === "" ? NOT_STATED : name;
}

/** The cells of a column as texts. */
function textsOf(table: Table, key: string): string[] {
  const column = table.column(key);
  if (column?.kind === "text") return Array.from(column.codes, (code) => column.values[code] ?? "");
  return column?.kind === "integer" ? Array.from(column.values, String) : [];
}

function fenOf(table: Table, key = "amount"): BigInt64Array {
  const column = table.column(key);
  return column?.kind === "amount" ? column.fen : new BigInt64Array();
}

function countsOf(table: Table): Float64Array {
  const column = table.column("count");
  return column?.kind === "integer" ? column.values : new Float64Array();
}

function pivotOf(allocation: Allocation, policy: Policy, by: Grouping, unit: Unit): Pivot {
  const layers = policy.layers.map(({ id }) => id);
  const grouped = allocation.totals([by], { unit, zeros: true });
  const cells = by === "layer" ? grouped : allocation.totals([by, "layer"], { unit });
  const byLayer = allocation.totals(["layer"], { unit });
  const all = allocation.totals([], { unit, zeros: true });
  const figure = (fen: bigint, layer: string | undefined): Figure =>
    ({ text: amountText(fen, unit, { grouped: true }), size: Number(fen), layer });
  const keyed = new Map<string, bigint>();
  const [keys, of] = [textsOf(cells, by), textsOf(cells, "layer")];
  fenOf(cells).forEach((fen, row) => keyed.set(`${keys[row]}\n${of[row]}`, fen));
  const sums = new Map(textsOf(byLayer, "layer").map((layer, row) => [layer, fenOf(byLayer)[row] ?? 0n]));
  const [totals, counts] = [fenOf(grouped), countsOf(grouped)];
  const rows: Pivot["rows"][number][] = textsOf(grouped, by).map((value, row) => ({
    value,
    name: nameOf(policy, by, value),
    count: counts[row] ?? 0,
    figures: [...layers.map((layer) => figure(keyed.get(`${value}\n${layer}`) ?? 0n, layer)), figure(totals[row] ?? 0n, undefined)],
  }));
  rows.push({
    value: undefined,
    name: { zh: "合计", en: "Total" },
    count: countsOf(all)[0] ?? 0,
    figures: [...layers.map((layer) => figure(sums.get(layer) ?? 0n, layer)), figure(fenOf(all)[0] ?? 0n, undefined)],
  });
  const header = grouped.column(by)?.header ?? { zh: by, en: by };
  for (const table of new Set([grouped, cells, byLayer, all])) table.free();
  return { by, header, rows };
}

/** Runs a part; what goes wrong in it is kept. */
function attempt<T>(failures: Failure[], part: Failure["part"], ask: () => T): T | undefined {
  try {
    return ask();
  } catch (error) {
    if (!(error instanceof FundlayersError)) throw error;
    failures.push({ part, problems: error.problems, leftOut: error.leftOut });
    return undefined;
  }
}

export function ruleOf(limit: LimitSource): FundingRule {
  return limit.rule === "priority" ? { rule: "priority", order: limit.order } : (limit.rule as FundingRule);
}

export function answer(state: State): Answer {
  const { lang } = state;
  const failures: Failure[] = [];
  const plan = attempt(failures, "policy", () => read(state.policy));
  const words = plan && wordsOf(plan, state);
  const unit = state.unit ?? plan?.unit ?? "万元";
  const nothing: Answer = {
    policy: words, failures, warnings: [], uncounted: false, changed: [], sheet: undefined, places: [], unit, unitNote: "", pivots: [], wide: undefined,
    wideLeftOut: 0, difference: [], claims: [], funding: undefined,
  };
  if (plan === undefined) return nothing;
  const changed = Object.keys(state.changes).length > 0;
  const policy = changed ? attempt(failures, "changes", () => plan.withChanges(state.changes)) : plan;
  const rows = state.roster.kind === "counts" ? counted(plan, state.roster.counts, lang) : state.roster.kind === "rows" ? state.roster.rows : undefined;
  if (rows?.length === 0) return { ...nothing, uncounted: true };
  const roster = attempt(failures, "roster", () => readRoster(state, plan));
  // What is wrong with amounts leaves the roster as it is.
  const sheet = state.roster.kind === "rows" || roster === undefined ? undefined : sheetOf(plan, roster);
  if (policy === undefined || roster === undefined) return { ...nothing, sheet };
  const years = state.year === undefined ? {} : { years: [state.year] };
  const allocation = attempt(failures, state.roster.kind === "rows" ? "roster" : "allocation", () => new Allocation(policy, roster, years));
  if (allocation === undefined) return { ...nothing, sheet };
  if (current) {
    for (const made of [current.allocation, current.before, current.funding]) made?.free();
    if (current.policy !== policy && current.policy !== plan && current.policy !== kept?.policy) current.policy.free();
  }
  current = { allocation, policy };
  const places = attempt(failures, "roster", () => roster.placesByClass(policy)) ?? [];
  const groups: Grouping[] = state.by === "year" ? ["year"] : [state.by, "year"];
  const pivots = groups.map((by) => pivotOf(allocation, policy, by, unit));

  const table = allocation.table({ unit, wide: true });
  const small = table.length <= SHOWN * 3;
  const wide = small ? wideOf(table, policy, lang) : undefined;

  const difference: Told[] = [];
  if (changed) {
    const before = attempt(failures, "allocation", () => new Allocation(plan, roster, years));
    if (before) {
      current.before = before;
      for (const by of ["layer", state.by] as const) {
        const compared = compare(before, allocation, [by], { unit });
        difference.push(toldOf(compared, [by], ["before", "after", "difference", null], lang));
        compared.free();
      }
    }
  }
  const claimed = allocation.totals(["layer", "payer", "year"], { unit });
  const [layers, payers, claimYears] = ["layer", "payer", "year"].map((key) => textsOf(claimed, key)) as [string[], string[], string[]];
  const claims = Array.from(fenOf(claimed), (fen, row) => ({
    layer: layers[row]!, payer: payers[row]!, year: Number(claimYears[row]),
    text: amountText(fen, unit, { grouped: true }), digits: amountText(fen, unit) as string,
  }));
  // A limit of a year that is not shown waits.
  const funding = state.limit && (state.year ?? state.limit.year) === state.limit.year && attempt(failures, "limit", () => fundingOf(current!, state.limit!, unit, lang));
  const unitNote = allocation.totals([], { unit, zeros: true }).report(lang).unitNote;
  const result: Answer = {
    ...nothing, changed: changedOf(words?.amounts ?? [], state), sheet, warnings: allocation.warnings, places, unitNote, pivots, wide,
    wideLeftOut: small ? 0 : table.length, difference, claims, funding: funding || undefined,
  };
  for (const made of [table, claimed]) made.free();
  return result;
}

/** What is known of places, of a file. */
function figuresOf(policy: Policy, source: FigureSource | undefined): CheckFigures | undefined {
  return source && CheckFigures.parse(source.text, policy, { format: source.format, file: source.name });
}

/** What the policy requires besides amounts, beside what is known; of a policy without checks, nothing. */
export function checks(source: FigureSource | undefined, lang: Lang): ChecksTold | undefined {
  if (current === undefined || (current.policy.toJSON().checks ?? []).length === 0) return undefined;
  const { allocation, policy } = current;
  const figures = figuresOf(policy, source);
  const counted = allocation.checks(figures, { by: [] });
  const listed = allocation.checks(figures, { open: true });
  const [totals, open, openCount] = [counted.report(lang), listed.report(lang), listed.length];
  for (const made of [counted, listed, figures]) made?.free();
  return { totals, open: { ...open, rows: open.rows.slice(0, SHOWN) }, openCount };
}

function changedOf(amounts: readonly PolicyAmount[], { changes }: State): Answer["changed"] {
  const known = amounts.flatMap(({ path, label, value }) => (changes[path] === undefined ? [] : [{ label, from: value, to: changes[path] }]));
  const other = Object.entries(changes).filter(([path]) => !amounts.some((one) => one.path === path));
  return [...known, ...other.map(([path, to]) => ({ label: { zh: path, en: path }, from: "", to }))];
}

/** Grouped totals for people: what each row is about stands in the table, in the same order. */
function toldOf(table: Table, by: readonly Grouping[], measures: readonly (Measure | null)[], lang: Lang): Told {
  const report = table.report(lang);
  const keys = by.map((key) => textsOf(table, key));
  let next = 0;
  const rows = report.rows.map(({ kind }): Where => {
    if (kind === "total") return {};
    if (kind === "subtotal") return { [by[0]!]: keys[0]![next - 1]! };
    const row = next++;
    return Object.fromEntries(by.map((key, at) => [key, keys[at]![row]!]));
  });
  const shown = <T>(all: readonly T[]) => (all.length > SHOWN + 1 ? [...all.slice(0, SHOWN), ...all.slice(-1)] : all);
  return {
    report: { ...report, rows: shown(report.rows) }, rows: shown(rows), all: rows.length,
    columns: [...by.map(() => null), ...measures.map((of) => of && { of })], head: 0,
  };
}

/** The places for people: reports stand by county, tables by roster. */
function wideOf(table: Table, policy: Policy, lang: Lang): Told {
  const report = table.report(lang);
  const [ids, years, county] = ["id", "year", "county"].map((key) => textsOf(table, key)) as [string[], string[], string[]];
  const first = [...new Set(county)];
  const order = ids.map((_, row) => row).sort((a, b) => first.indexOf(county[a]!) - first.indexOf(county[b]!) || a - b);
  let next = 0;
  const rows = report.rows.map(({ kind }): Where => {
    if (kind === "total") return {};
    if (kind === "subtotal") return { county: county[order[next - 1]!]! };
    const row = order[next++]!;
    return { id: ids[row]!, year: years[row]! };
  });
  const amounts = [...policy.layers.map(({ id }) => ({ of: "amount" as const, layer: id })), { of: "amount" as const }];
  const head = report.columns.findIndex(({ header }) => header === table.column("name")?.header[lang]);
  return { report, rows, columns: [...report.columns.slice(amounts.length).map(() => null), ...amounts], head: Math.max(0, head), all: rows.length };
}

/** Where each row's place lies. */
function placesOf(table: Table): (row: number) => string {
  const [counties, townships] = ["county", "township"].map((key) => textsOf(table, key)) as [string[], string[]];
  return (row) => [counties[row], townships[row]].filter((name) => name).join(" ");
}

function fundingOf(now: NonNullable<typeof current>, limit: LimitSource, unit: Unit, lang: Lang): NonNullable<Answer["funding"]> {
  const { layer, payer, year, amount } = limit;
  const limits = Limits.from([{ layer, payer, year, amount, unit: limit.unit ?? unit }], now.policy);
  const funding = now.allocation.fund(limits, ruleOf(limit));
  now.funding = funding;
  const by = ["layer", "payer", "year"] as const;
  const totals = funding.totals(by, { unit });
  const table = funding.table({ unit });
  const [ids, names, of, payers, years] = ["id", "name", ...by].map((key) => textsOf(table, key)) as [string[], string[], string[], string[], string[]];
  const [claim, funded, unfunded] = ["claim", "funded", "unfunded"].map((key) => fenOf(table, key)) as [BigInt64Array, BigInt64Array, BigInt64Array];
  const grouped = (fen: bigint | undefined) => amountText(fen ?? 0n, unit, { grouped: true });
  const place = placesOf(table);
  const rows = ids.map((_, row) => row).filter((row) => unfunded[row] !== 0n && of[row] === layer && payers[row] === payer && Number(years[row]) === year);
  const less = rows.slice(0, SHOWN).map((row) => ({
    where: { id: ids[row]!, layer, payer, year: String(year) },
    name: names[row]!, place: place(row), claim: grouped(claim[row]), funded: grouped(funded[row]), unfunded: grouped(unfunded[row]),
  }));
  const told = {
    totals: toldOf(totals, by, ["limit", "claim", "funded", "unfunded", "funded"], lang),
    less, lessLeftOut: rows.length - less.length, notes: funding.notes(lang, { unit }),
  };
  for (const made of [limits, totals, table]) made.free();
  return told;
}

/** Parts of a figure that are explained at once: at first, and whenever more are asked for. */
const FIRST_PARTS = 60;
export const MORE_PARTS = 500;

/** Where a figure comes from. */
export function origin({ of, where, from }: Question): Origin {
  if (current === undefined) return { parts: [], leftOut: 0 };
  const { allocation, policy, before = allocation, funding } = current;
  const { unit } = policy;
  const narrowed = Object.entries(where) as [Grouping, string][];
  const limited = funding !== undefined && (of === "limit" || of === "claim" || of === "funded" || of === "unfunded");
  const keys = ["id", "year", "layer"] as const;
  const groups = ([...keys, "county", "township", ...narrowed.map(([by]) => by)] as Grouping[]).filter((by, at, all) => all.indexOf(by) === at);
  const table =
    of === "difference" ? compare(before, allocation, groups, { unit })
    : limited ? funding.table({ unit })
    : (of === "before" ? before : allocation).table({ unit, zeros: true });
  const fen = fenOf(table, of === "limit" ? "claim" : of === "difference" || limited ? of : "amount");
  const [ids, years, layers] = keys.map((key) => textsOf(table, key)) as [string[], string[], string[]];
  const columns = narrowed.map(([by, value]) => [textsOf(table, by), value] as const);
  const covered = ids.map((_, row) => row).filter((row) => columns.every(([cells, value]) => cells[row] === value));
  // What adds nothing is left out, unless the figure itself is nothing.
  const counted = covered.filter((row) => fen[row] !== 0n);
  const rows = counted.length > 0 ? counted : covered;
  const shown = from === 0 ? FIRST_PARTS : MORE_PARTS;
  const place = placesOf(table);
  const known = new Map<string, ReturnType<Allocation["explain"]>>();
  const explained = (one: Allocation, id: string, year: number) => {
    const key = `${one === allocation}\n${id}`;
    if (!known.has(key)) known.set(key, one.explain(id));
    return known.get(key)!.find((told) => told.year === year);
  };
  const parts = rows.slice(from, from + shown).map((row) => {
    const [id, year, layer] = [ids[row]!, Number(years[row]), layers[row]!];
    const now = explained(of === "before" ? before : allocation, id, year);
    const stepOf = (told: typeof now) => told?.steps.find((one) => one.layer === layer);
    const step = stepOf(now);
    const texts: { of: Measure; text: Name }[] = [];
    const add = (as: Measure, text: Name | undefined) => { if (text) texts.push({ of: as, text }); };
    if (limited) add("funded", funding.explain(id, { years: year }).find((one) => one.layer === layer)?.text);
    if (of === "difference") add("before", stepOf(explained(before, id, year))?.text);
    add(of === "difference" ? "after" : limited ? "claim" : "amount", step?.text);
    return {
      name: now?.name ?? id, place: place(row), class: nameOf(policy, "class", now?.class ?? ""), year, layer: nameOf(policy, "layer", layer),
      amount: `${amountText(fen[row]!, unit, { grouped: true })} ${unit}`, texts, clause: step?.clause ?? null, changed: of !== "before" && policy.changes.length > 0,
    };
  });
  table.free();
  return { parts, leftOut: Math.max(0, rows.length - from - parts.length) };
}

/** A file of results: the places, their totals, the difference to the plan, and what a limit leaves of each. */
export type FileKind = "allocation" | "totals" | "difference" | "funding" | "funding-totals";

/** How a file is written; of a workbook, which the page writes, its table for people as JSON. */
export type FileFormat = "csv" | "json" | "xlsx";

/** None: there is no such result. */
export function file(kind: FileKind, format: FileFormat, state: State): string | undefined {
  if (current === undefined) return undefined;
  const { allocation, before, funding } = current;
  const unit = state.unit === undefined ? {} : { unit: state.unit };
  const by = ([state.by, "layer", "year"] as Grouping[]).filter((one, at, all) => all.indexOf(one) === at);
  const table =
    kind === "allocation" ? allocation.table(unit)
    : kind === "totals" ? allocation.totals(by, unit)
    : kind === "difference" ? before && compare(before, allocation, by, unit)
    : kind === "funding" ? funding?.table(unit)
    : funding?.totals(["layer", "payer", "year"], unit);
  const { lang } = state;
  const text = format === "json" ? table?.toJson() : format === "csv" ? table?.toCsv({ people: true, lang }) : table && JSON.stringify(table.report(lang));
  table?.free();
  return text;
}

/** The cells of a dropped or pasted roster, its columns by their keys; no roster, if no row of it is a header. */
export function cells(state: State, content: Uint8Array | string | Workbook, format: "csv" | "json", name: string | undefined, options: SheetOptions = {}): { readonly first: readonly string[]; readonly roster: RosterSource | undefined; readonly warnings: readonly Problem[] } {
  const policy = read(state.policy);
  const { columns, keys, rows, warnings } = Roster.cells(content, policy, { format, ...(name === undefined ? {} : { file: name }), ...options });
  const known = policy.rosterTemplate;
  // Whether the core finds none of the columns that it needs. A header that has some of them is one, and what lacks is said of it.
  const needed = known.filter(({ required }) => required);
  if (format === "csv" && needed.length > 0 && needed.every(({ key }) => !keys.includes(key))) return { first: columns, roster: undefined, warnings };
  // The title of an attribute may have a unit, which its key has not.
  const named = (title: string) => known.find(({ key, header }) => [key, header.zh, header.en].includes(title))?.key ?? title;
  const isAttribute = (key: string) => policy.attributes.some(({ id }) => id === key);
  const keyOf = (title: string, at: number) => {
    const key = keys[at] ?? null;
    return key === null || isAttribute(key) ? named(title.trim()) : key;
  };
  const width = columns.length;
  const full = rows.map((row) => Array.from({ length: Math.max(width, row.length) }, (_, at) => row[at] ?? ""));
  while (full.length > 0 && full.at(-1)!.every((cell) => cell.trim() === "")) full.pop();
  return { first: columns, roster: { kind: "rows", columns: columns.map(keyOf), rows: full, ...(name === undefined ? {} : { name }) }, warnings };
}

/** What a register of projects comes to beside what is due, as tables for people: what has nothing to say is left out. */
export interface ProjectsShown {
  readonly reports: readonly Report[];
  readonly warnings: readonly Problem[];
}

/** A register of projects that was opened, and the day that it is looked at. */
export interface ProjectSource {
  readonly content: Uint8Array | Workbook;
  readonly format: "csv" | "json";
  readonly name: string;
  readonly options: SheetOptions;
  readonly asOf: string | undefined;
}

/** A register beside what is due of a state. */
function planningOf<T>(state: State, { content, format, name, options, asOf }: ProjectSource, use: (planning: Planning) => T): T {
  const plan = read(state.policy);
  const policy = Object.keys(state.changes).length > 0 ? plan.withChanges(state.changes) : plan;
  const allocation = new Allocation(policy, readRoster(state, plan), state.year === undefined ? {} : { years: [state.year] });
  const register = Projects.parse(content, { format, file: name, ...options });
  const planning = allocation.projects(register, asOf === undefined ? {} : { asOf });
  try {
    return use(planning);
  } finally {
    for (const made of [planning, register, allocation]) made.free();
    if (policy !== plan) policy.free();
  }
}

export function projectsOf(state: State, source: ProjectSource): ProjectsShown {
  const unit = state.unit === undefined ? {} : { unit: state.unit };
  return planningOf(state, source, (planning) => {
    const tables = [
      planning.overdue(unit), planning.places(unit), planning.totals([state.by, "layer"] as Grouping[], unit), planning.shares(undefined, unit), planning.unmatched(unit),
    ];
    const reports = tables.filter(({ length }) => length > 0).map((table) => table.report(state.lang));
    for (const made of tables) made.free();
    return { reports, warnings: planning.warnings };
  });
}

/** A form that offices print, and what it is made of besides what is shown. */
export interface FormAsked {
  readonly form: string;
  readonly format: "html" | "xlsx";
  readonly state: State;
  /** Who serves whom, for the form of that. */
  readonly assignments?: { readonly content: Uint8Array | string | Workbook; readonly format: "csv" | "json"; readonly name: string; readonly options: SheetOptions } | undefined;
  /** The register, for the forms of projects. */
  readonly projects?: ProjectSource | undefined;
}

/** A form as a file; none where nothing is shown. */
export async function formOf({ form, format, state, assignments, projects }: FormAsked): Promise<string | Uint8Array | undefined> {
  if (current === undefined) return undefined;
  const { allocation, policy } = current;
  const options = state.unit === undefined ? {} : { unit: state.unit };
  const written = async (made: Form) => {
    const file = format === "html" ? made.toHtml({ lang: state.lang }) : await made.toExcel({ lang: state.lang });
    made.free();
    return file;
  };
  if (projects) return written(planningOf(state, projects, (planning) => planning.form(form, options)));
  if (form === "support" && assignments) {
    const register = Assignments.parse(assignments.content, { format: assignments.format, file: assignments.name, ...assignments.options });
    const duties = allocation.duties(register);
    const made = duties.form(form, options);
    for (const one of [duties, register]) one.free();
    return written(made);
  }
  const figures = form === "land" ? figuresOf(policy, state.figures) : undefined;
  const made = allocation.form(form, { ...options, ...(figures && { figures }) });
  figures?.free();
  return written(made);
}
