/** What the page shows, and how an address carries it. */

import type { Grouping, Lang, Unit } from "fundlayers/manual";

/** A policy: built in, or a file that was dropped. */
export type PolicySource =
  | { readonly kind: "builtIn"; readonly id: string }
  | { readonly kind: "file"; readonly name: string; readonly format: "toml" | "json"; readonly text: string };

/** The places: the policy's own, counts by class, or rows. */
export type RosterSource =
  | { readonly kind: "builtIn" }
  | { readonly kind: "counts"; readonly counts: Readonly<Record<string, string>> }
  | { readonly kind: "rows"; readonly columns: readonly string[]; readonly rows: readonly (readonly string[])[]; readonly name?: string };

/** A limit for a payer, and how claims to it are met. */
export interface LimitSource {
  readonly layer: string;
  readonly payer: string;
  readonly year: number;
  readonly amount: string;
  /** None, in old links: the unit that is shown. */
  readonly unit?: Unit;
  readonly rule: string;
  readonly order: readonly string[];
}

/** What is known of places, townships, counties or all together: a file for checks. */
export interface FigureSource {
  readonly name: string;
  readonly format: "csv" | "json";
  readonly text: string;
}

export interface State {
  readonly lang: Lang;
  readonly policy: PolicySource;
  /** Changed amounts of the policy, by path. */
  readonly changes: Readonly<Record<string, string>>;
  readonly roster: RosterSource;
  readonly limit: LimitSource | undefined;
  /** None: nothing is known, and every check that reads something is open. */
  readonly figures?: FigureSource | undefined;
  /** None: all years. */
  readonly year: number | undefined;
  readonly by: Grouping;
  readonly unit: Unit | undefined;
}

export const PLAN = "tongchuan-2023";

export function initial(lang: Lang): State {
  return {
    lang, policy: { kind: "builtIn", id: PLAN }, changes: {}, roster: { kind: "builtIn" },
    limit: undefined, year: undefined, by: "county", unit: undefined,
  };
}

/** Beyond so many rows an address would be too long for mail and chat; the page offers a file. */
export const ADDRESS_ROWS = 200;

export function fitsAddress(state: State): boolean {
  const rows = state.roster.kind === "rows" ? state.roster.rows.length : 0;
  return Math.max(rows, state.figures?.text.split("\n").length ?? 0) <= ADDRESS_ROWS;
}

async function through(bytes: Uint8Array<ArrayBuffer>, stream: CompressionStream | DecompressionStream): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer());
}

/** The fragment that stands for a state. */
export async function toFragment(state: State): Promise<string> {
  const bytes = await through(new TextEncoder().encode(JSON.stringify(state)), new CompressionStream("deflate-raw"));
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return `#s=${btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;
}

/** The state that a fragment stands for; none if it stands for none. */
export async function fromFragment(fragment: string): Promise<State | undefined> {
  if (!fragment.startsWith("#s=")) return undefined;
  try {
    const binary = atob(fragment.slice(3).replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (c) => c.charCodeAt(0));
    return stateOf(JSON.parse(new TextDecoder().decode(await through(bytes, new DecompressionStream("deflate-raw")))));
  } catch {
    return undefined;
  }
}

const GROUPINGS: readonly string[] = ["county", "township", "class", "kind", "designation", "year", "payer"];

/** A state from what claims to be one: addresses and files come from others. */
export function stateOf(value: unknown): State | undefined {
  const given = record(value);
  if (given === undefined) return undefined;
  const lang = given["lang"] === "en" ? "en" : "zh";
  const state = initial(lang);
  const policy = record(given["policy"]);
  const roster = record(given["roster"]);
  const limit = record(given["limit"]);
  const figures = record(given["figures"]);
  const { by, unit, year } = given;
  return {
    lang,
    policy:
      policy?.["kind"] === "file"
        ? { kind: "file", name: text(policy["name"]), format: policy["format"] === "json" ? "json" : "toml", text: text(policy["text"]) }
        : policy?.["kind"] === "builtIn" ? { kind: "builtIn", id: text(policy["id"]) } : state.policy,
    changes: texts(given["changes"]),
    roster:
      roster?.["kind"] === "counts"
        ? { kind: "counts", counts: texts(roster["counts"]) }
        : roster?.["kind"] === "rows"
          ? {
              kind: "rows",
              columns: list(roster["columns"]).map(text),
              rows: list(roster["rows"]).map((row) => list(row).map(text)),
              ...(typeof roster["name"] === "string" ? { name: roster["name"] } : {}),
            }
          : state.roster,
    limit: limit && {
      layer: text(limit["layer"]), payer: text(limit["payer"]), year: Number(limit["year"]),
      amount: text(limit["amount"]), ...units(limit["unit"]), rule: text(limit["rule"]), order: list(limit["order"]).map(text),
    },
    ...(figures ? { figures: { name: text(figures["name"]), format: figures["format"] === "json" ? "json" : "csv", text: text(figures["text"]) } } : {}),
    year: typeof year === "number" ? year : undefined,
    by: typeof by === "string" && GROUPINGS.includes(by) ? (by as Grouping) : state.by,
    unit: unitOf(unit),
  };
}

const unitOf = (value: unknown): Unit | undefined => (value === "元" || value === "万元" || value === "亿元" ? value : undefined);
const units = (value: unknown): { unit?: Unit } => {
  const unit = unitOf(value);
  return unit === undefined ? {} : { unit };
};
const record = (value: unknown) =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown) => (typeof value === "string" ? value : "");
const texts = (value: unknown) =>
  Object.fromEntries(Object.entries(record(value) ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === "string"));
