/** For Node: the module is read from the package. */

import { readFileSync } from "node:fs";
import { initSync } from "./manual.js";

initSync(readFileSync(new URL("./raw/fundlayers_bg.wasm", import.meta.url)));

export {
  Allocation, amountText, compare, FundlayersError, Funding, Limits, parseAmount, Policy, Receipts, Reconciliation, Roster,
  Scenarios, scenarios, Solution, solve, Table,
} from "./manual.js";
