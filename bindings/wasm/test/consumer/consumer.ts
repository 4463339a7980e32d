// Compiled, not run: what a strict consumer writes, and what the types must refuse.

import {
  Allocation, amountText, type DutyExplanation, type Explained, FundlayersError, Limits, Policy, Receipts, Roster, parseAmount, Scenarios, Workbook,
  type AggregateRule, type Amount, type AmountRule, type BandsRule, type CasesRule, type Code, type Column, type DifferenceRule,
  type ExactRule, type GreatestRule, type LastYearRule, type LeastRule, type LeftOfRule, type PolicyDocument, type PoolRule, type ProductRule,
  type QuotientRule, type RateRule, type Rule, type SheetOptions, type TiersRule, type TopUpRule,
} from "fundlayers";
import { init, Policy as Same } from "fundlayers/manual";

const document: PolicyDocument = {
  id: "example",
  title: { zh: "某市方案" },
  years: [2024, 2026],
  unit: "万元",
  layers: [{ id: "city", payer: "city" }, { id: "county", payer: "county" }],
  payers: { city: { zh: "市级" } },
  classes: [
    {
      id: "place",
      standard: { 2024: 600, 2025: "650.5" },
      funding: {
        city: { rate: "1/3", of: "standard", at_least: 100, when: { mountainous: true } },
        county: { top_up_to: { amount: ["standard", -50] }, counting: ["city"] },
        town: { least: ["standard", { difference: ["city", 50] }] },
      },
    },
  ],
};

function words(rule: Rule): string {
  if (rule.rate !== undefined) return `${JSON.stringify(rule.rate)} of ${JSON.stringify(rule.of)}`;
  if (rule.top_up_to !== undefined) return `tops up, counting ${rule.counting?.join() ?? "all"}`;
  if (rule.pool !== undefined) return rule.pool;
  return JSON.stringify(rule.amount);
}

// As the comment of `Rule` says.
type Parted =
  | [RateRule] | [TopUpRule, 1] | [PoolRule, 2] | [LeastRule, 4] | [GreatestRule, 5] | [DifferenceRule, 6] | [ProductRule, 7]
  | [QuotientRule, 8] | [BandsRule, 9] | [TiersRule, 10] | [CasesRule, 11] | [AggregateRule, 12] | [ExactRule, 13] | [LastYearRule, 14]
  | [LeftOfRule, 15] | [AmountRule, 3];
export function parted(rule: Rule): Parted {
  if (rule.rate !== undefined) return [rule];
  if (rule.top_up_to !== undefined) return [rule, 1];
  if (rule.pool !== undefined) return [rule, 2];
  if (rule.least !== undefined) return [rule, 4];
  if (rule.greatest !== undefined) return [rule, 5];
  if (rule.difference !== undefined) return [rule, 6];
  if (rule.product !== undefined) return [rule, 7];
  if (rule.quotient !== undefined) return [rule, 8];
  if (rule.bands !== undefined) return [rule, 9];
  if (rule.tiers !== undefined) return [rule, 10];
  if (rule.cases !== undefined) return [rule, 11];
  if (rule.aggregate !== undefined) return [rule, 12];
  if (rule.exact !== undefined) return [rule, 13];
  if (rule.last_year !== undefined) return [rule, 14];
  if (rule.left_of !== undefined) return [rule, 15];
  return [rule, 3];
}

export function rates(policy: PolicyDocument): RateRule[] {
  const entries = (policy.classes ?? []).flatMap(({ funding }) => Object.values(funding));
  return entries.flatMap((entry) => (typeof entry === "object" && "rate" in entry && entry.rate !== undefined ? [entry] : []));
}

// Years that are computed.
const grown: { [year: number]: number } = Object.fromEntries([2024, 2025].map((year, at) => [year, 600 + at]));
export const tabled: PolicyDocument = {
  ...document, classes: [{ id: "place", standard: grown, funding: { city: { 2024: 5 }, county: grown } }],
};

function length(column: Column): number {
  switch (column.kind) {
    case "text":
    case "number":
      return column.codes.length;
    case "integer":
      return column.values.length;
    case "amount":
      return column.fen.length;
    case "percent":
      return column.hundredths.length;
  }
}

export async function main(): Promise<Amount[]> {
  await init();
  using policy = Policy.from(document);
  const roster = Roster.from([{ name: "甲", county: "东", mountainous: true }], policy);
  const allocation = new Allocation(policy, roster, { years: [2024] });
  const table = allocation.totals(["layer", "year"], { unit: "yuan" });
  const total: bigint = table.columns.reduce((sum, column) => sum + (column.kind === "amount" ? column.fen[0] ?? 0n : 0n), 0n);
  const amounts: Amount[] = allocation.explain("甲").flatMap(({ steps }) => steps.map(({ amount }) => amount));
  try {
    Same.builtIn("none");
  } catch (error) {
    if (error instanceof FundlayersError) {
      const code: Code = error.code;
      console.log(code, error.problems.map(({ text }) => text), words({ rate: "0.5", of: "standard" }), length(table.columns[0]!));
    }
  }
  console.log(parseAmount("1", "元") + total);
  return [...amounts, amountText(total, policy.unit)];
}

// @ts-expect-error A text is no amount.
export const amount: Amount = "5";
// @ts-expect-error A rule is of one kind.
export const two: Rule = { rate: "1/2", of: "standard", pool: "p" };
// @ts-expect-error A pool rule has no floor.
export const floor: Rule = { pool: "p", at_least: 5 };
type Funding = NonNullable<PolicyDocument["classes"]>[number]["funding"];
// @ts-expect-error A share of what?
export const shareless: Funding = { city: { rate: "1/3" } };
// @ts-expect-error The same inside a sum.
export const summed: Funding = { city: [{ rate: "1/3" }, 5] };
// @ts-expect-error Not a year.
export const yearless: Funding = { city: { from: 5 } };
// @ts-expect-error A rule's remark does not stand among years.
export const remark: Funding = { city: { 2024: 5, clause: "四.1" } };
// @ts-expect-error A title is in some language.
export const untitled: PolicyDocument = { ...document, title: {} };
// @ts-expect-error Not a column to group by.
export const wrong = (allocation: Allocation) => allocation.totals(["village"]);
// @ts-expect-error Figures do not differ by layer.
export const layered = (allocation: Allocation) => allocation.figures(["layer"]);
export const figures = (allocation: Allocation) => [allocation.table({ figures: true, wide: true }), allocation.figures(["year"])];
export const explained = (allocation: Allocation): readonly string[] =>
  allocation.explain("甲").flatMap(({ steps }) => steps.flatMap(({ figures = [], claim = "0" as Amount }) => [claim, ...figures.map(({ text }) => text.zh)]));
export const owed = (note: Explained): readonly string[] =>
  note.duties.flatMap(({ half, missing = 0, lines, text }) => (missing > 0 ? [`${half ?? ""} ${text.zh}`, ...lines.map(({ person, people = 1 }) => `${person} ${people}`)] : []));
// @ts-expect-error Without a register nothing is said to be missing.
export const lacking = (duty: DutyExplanation): number => duty.missing;
// @ts-expect-error A payer may be what a text of the place says.
export const payers = (policy: Policy): string[] => policy.layers.map(({ payer }) => payer);
export const described = (policy: Policy) => policy.describe("en").classes.flatMap(({ rules }) => rules.map((rule) => rule?.text ?? ""));
export const banded: PolicyDocument = {
  ...document, figures: [{ id: "size", value: { product: ["x", 2] } }],
  classes: [{ id: "place", funding: { city: { bands: [{ below: 3, give: 1 }, { give: "size" }], of: "size" }, county: { tiers: [{ rate: "0.1" }], of: "x" } } }],
};
// @ts-expect-error A band gives something.
export const giveless: Funding = { city: { bands: [{ below: 3 }], of: "size" } };
// @ts-expect-error Not a code.
export const code: Code = "no-such-code";
// @ts-expect-error Policies are not made by `new`.
export const made = new Policy();
// @ts-expect-error The module's own objects are not for consumers.
export const raw = (policy: Policy) => policy.raw;

// Sheets: what is opened is read wherever a table is, and what is no option is none.
export async function sheets(policy: Policy, bytes: Uint8Array): Promise<readonly string[]> {
  const options: SheetOptions = { sheet: "名单", fillDown: true };
  const book: Workbook = await Workbook.open(bytes, { file: "名单.xlsx" });
  const roster = Roster.parse(book, policy, options);
  const ledgers = [Receipts.parse(book, options), Receipts.from([{ id: "a" }], { fillDown: true })];
  new Allocation(policy, roster).reconcile(ledgers);
  Limits.parse(book, policy, options);
  Scenarios.parse(book, options);
  const { columns, keys }: { readonly columns: readonly string[]; readonly keys: readonly (string | null)[] } = Roster.cells(book, policy, options);
  // @ts-expect-error: an opened workbook is no bytes
  await Workbook.open(book);
  // @ts-expect-error: whether, not how
  Roster.parse(book, policy, { fillDown: "true" });
  // @ts-expect-error: rows of objects stand on no sheet
  Roster.from([], policy, { sheet: "名单" });
  return [...columns, ...keys.filter((key) => key !== null)];
}
