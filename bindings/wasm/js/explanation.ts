/** How figures came about, as plain data. */

import type { Amount } from "./amounts.js";
import type { RuleKind, Unit } from "./document.js";
import type { Reading } from "./policy.js";
import type { Name } from "./table.js";

/** A number that a rule read: the standard, an attribute, a figure, a layer, a pool, an aggregate. */
export interface ExplainedInput {
  readonly name: string;
  /** Exact: decimal text, or a ratio such as `"1/3"`. */
  readonly value: string;
}

/** A figure that an amount rests on. */
export interface ExplainedFigure {
  readonly id: string;
  /** Of the place and year, exact: decimal text, or a ratio such as `"1/3"`. */
  readonly value: string;
  readonly clause?: string;
  /** What the clause says, in the document's own words. */
  readonly words?: string;
  /** Its arithmetic as a sentence. */
  readonly text: Name;
}

/** How one layer's amount came about. Amounts are in the explanation's unit. */
export interface Step {
  readonly layer: string;
  /** The body's id, or the recipient's county, or what its attribute says. */
  readonly payer: string;
  readonly rule: RuleKind;
  readonly inputs: readonly ExplainedInput[];
  /** The figures that it rests on, in the order in which they are worked out; of none, nothing. */
  readonly figures?: readonly ExplainedFigure[];
  /** Of one place, before rounding and before a limit of the layer: decimal text, or a ratio such as `"1000/3"`. */
  readonly exact: string;
  /** What the whole row claims of the limit of the layer, where it has one. */
  readonly claim?: Amount;
  /** Of one place. */
  readonly per_place: Amount;
  /** Of the whole row. */
  readonly amount: Amount;
  /** The clause it rests on; null too if a number that it rests on was changed. */
  readonly clause: string | null;
  /** What the clause says, in the document's own words, where the policy has them. */
  readonly words?: string;
  /** The readings of the document that bear on it, by id. */
  readonly readings?: readonly string[];
  /** The changes of the policy that it rests on. */
  readonly changes?: Grounds["changes"];
  /** The clause of the layer, where `clause` is another, of the class. */
  readonly layer_clause?: string;
  /** The same as a sentence. */
  readonly text: Name;
}

/** What a recipient gets in a year, and why. */
export interface Explanation {
  readonly id: string;
  readonly name: string;
  readonly year: number;
  readonly class: string;
  /** How many places the row stands for. */
  readonly count: number;
  /** Of every amount in it. */
  readonly unit: Unit;
  readonly steps: readonly Step[];
  /** What the whole row gets from all layers, in `unit`. */
  readonly total: Amount;
  /** The policy's unit, where that is another: the arithmetic of the steps is in it. */
  readonly policy_unit?: Unit;
  /** All of it as a text of several lines. */
  readonly note: Name;
  /** What it rests on: the document, the words of its clauses, how they are read, what was changed. */
  readonly grounds: Grounds;
}

/** What explained figures rest on. */
export interface Grounds {
  /** The title of the policy. */
  readonly title: Name;
  /** The title of the document, as it has it. */
  readonly document?: string;
  readonly issuer?: string;
  readonly published?: string;
  readonly status?: "draft" | "in-force" | "expired";
  readonly url?: string;
  /** The clauses that are cited, with the document's own words where the policy has them. */
  readonly clauses: readonly { readonly clause: string; readonly words?: string }[];
  /** How open points of the document are read that bear on the figures. */
  readonly readings: readonly Reading[];
  /** Every value of the policy that was changed, as policy files write it. */
  readonly changes?: readonly { readonly path: string; readonly before: unknown; readonly after: unknown }[];
}

/** What a recipient gets of what it is due, and why. Amounts are in `unit`, the policy's. */
export interface FundingExplanation {
  readonly id: string;
  readonly name: string;
  /** How many places the row stands for. */
  readonly count: number;
  readonly year: number;
  readonly layer: string;
  readonly payer: string;
  readonly unit: Unit;
  /** As it is applied; null: not limited. */
  readonly limit: Amount | null;
  /** All claims to the limit; null: not limited. */
  readonly claims: Amount | null;
  /** What one place is due. */
  readonly claim: Amount;
  /** What one place gets before rounding to whole steps: decimal text, or a ratio such as `"1000/3"`. */
  readonly exact: string;
  /** What the whole row gets. */
  readonly funded: Amount;
  /** What the whole row is due and does not get. */
  readonly unfunded: Amount;
  /** The same as a sentence. */
  readonly text: Name;
}

/** A line of a ledger that an explanation counts. Amounts are in the explanation's unit. */
export interface ExplainedReceipt {
  /** The file, if there are several. */
  readonly file?: string;
  /** The line of a sheet; else which row it is. */
  readonly line: number;
  readonly event: "issued" | "received" | "spent";
  /** Below zero if money was taken back. */
  readonly amount: Amount;
  /** As written; may be blank, as the following. */
  readonly date: string;
  readonly document: string;
  readonly upstream_document: string;
  readonly source: string;
  readonly note: string;
  /** What is dated after the month that is asked for is not counted. */
  readonly counted: boolean;
}

/** What of a recipient's amount arrived, and what is missing. Amounts are in `unit`. */
export interface GapExplanation {
  readonly id: string;
  readonly name: string;
  readonly year: number;
  readonly layer: string;
  readonly payer: string;
  readonly unit: Unit;
  readonly due: Amount;
  /** Less what was taken back, as what arrived. */
  readonly issued: Amount;
  readonly received: Amount;
  readonly spent: Amount;
  /** What was due and has not arrived. */
  readonly gap: Amount;
  /** What arrived beyond what was due. */
  readonly excess: Amount;
  /** The lines of the ledger, in its order. */
  readonly lines: readonly ExplainedReceipt[];
  readonly text: Name;
}

/** A row of a register that an explanation counts. */
export interface ExplainedAssignment {
  /** The line of a sheet; else which row it is. */
  readonly line: number;
  /** Who serves; may be blank. */
  readonly person: string;
  /** As what, as the register has it. */
  readonly duty: string;
  readonly number: number;
  /** How many people, where that is stated. */
  readonly people?: number;
  /** As written; may be blank, as the following. */
  readonly date: string;
  readonly note: string;
}

/** What a recipient is due of a duty, and what of it is assigned; without a register nothing stands from `assigned` to `met`. */
export interface DutyExplanation {
  readonly id: string;
  readonly name: string;
  readonly year: number;
  /** Of what is due each half of a year. */
  readonly half?: 1 | 2;
  /** The duty, by id. */
  readonly duty: string;
  readonly payer: string;
  /** How many places the row stands for. */
  readonly places: number;
  readonly due: number;
  readonly assigned?: number;
  readonly missing?: number;
  /** What is assigned beyond what is due: no fault. */
  readonly surplus?: number;
  /** People who are too few or too many in what is assigned, of a duty that says how many. */
  readonly people_missing?: number;
  readonly people_surplus?: number;
  /** Whether as many as are due are assigned, none with too few or too many people. */
  readonly met?: boolean;
  /** The clause it rests on; its words stand in `grounds`. */
  readonly clause?: string;
  /** The rows of the register, in its order. */
  readonly lines: readonly ExplainedAssignment[];
  /** The same as a sentence. */
  readonly text: Name;
}

/** Places that get the same, each, in a layer. */
export interface TotalPart {
  readonly layer: string;
  readonly class: string;
  /** The years, in each of which they do. */
  readonly years: readonly number[];
  readonly places: number;
  /** What each of them gets in each of the years; null of a counted row whose places differ by a step. */
  readonly each: Amount | null;
  /** What all of them get in all of the years. */
  readonly amount: Amount;
  /** Their names, the first of them, in roster order. */
  readonly names: readonly string[];
  /** How many rows of the roster are not named. */
  readonly names_left_out: number;
  /** The clause it rests on; null if a number that it rests on was changed. */
  readonly clause: string | null;
  readonly changes?: Grounds["changes"];
  readonly text: Name;
}

/** What a total is made of. Amounts are in `unit`. */
export interface TotalExplanation {
  /** Column and value of what is grouped by. */
  readonly by: readonly (readonly [string, string])[];
  readonly name: Name;
  readonly unit: Unit;
  readonly amount: Amount;
  /** What adds up to it. */
  readonly parts: readonly TotalPart[];
}
