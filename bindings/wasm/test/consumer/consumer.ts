// Compiled, not run: what a strict consumer writes, and what the types must refuse.

import {
  Allocation, amountText, FundlayersError, Policy, Roster, parseAmount,
  type Amount, type Code, type Column, type PolicyDocument, type Rule,
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

function length(column: Column): number {
  switch (column.kind) {
    case "text":
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
// @ts-expect-error Not a column to group by.
export const wrong = (allocation: Allocation) => allocation.totals(["village"]);
// @ts-expect-error Not a code.
export const code: Code = "no-such-code";
// @ts-expect-error Policies are not made by `new`.
export const made = new Policy();
// @ts-expect-error The module's own objects are not for consumers.
export const raw = (policy: Policy) => policy.raw;
