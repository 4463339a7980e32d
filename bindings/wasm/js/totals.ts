/** How every kind of result is summed up. */

import type { UnitWord } from "./document.js";

/** What totals can be grouped by. */
export type Grouping = "id" | "county" | "township" | "kind" | "designation" | "class" | "year" | "layer" | "payer";

/** How totals are laid out. */
export interface TotalsOptions {
  /** The unit of amounts; default: the policy's. */
  readonly unit?: UnitWord;
  /** Rows for groups whose amounts are all zero too. */
  readonly zeros?: boolean;
}
