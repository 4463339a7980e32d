/** For browsers and bundlers: when the import is done, the module is there. It is fetched beside the JavaScript that calls it. */

const [everything, module] = await Promise.all([
  import("./manual.js"),
  fetch(new URL("./raw/fundlayers_bg.wasm", import.meta.url)),
]);
await everything.init(module);

export const {
  Allocation, amountText, compare, FundlayersError, Funding, Limits, parseAmount, Policy, Receipts, Reconciliation, Roster,
  Scenarios, scenarios, Solution, solve, Table,
} = everything;
