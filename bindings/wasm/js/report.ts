import type { Unit } from "./document.js";
import type { Lang } from "./text.js";

/** A row of a report: a row, a subtotal (小计) or the total (合计). */
export interface ReportRow {
  readonly kind: "row" | "subtotal" | "total";
  /** Texts as people read them: amounts with thousands separators in the report's unit. */
  readonly cells: readonly string[];
}

/** A result laid out for people. */
export interface Report {
  readonly lang: Lang;
  readonly title: string;
  /** Of every amount; stated once, at the upper right. */
  readonly unit: Unit;
  /** `单位：万元` or `Unit: 万元 (10,000 yuan)`. */
  readonly unitNote: string;
  readonly columns: readonly { readonly header: string; readonly kind: "amount" | "integer" | "number" | "percent" | "text" }[];
  readonly rows: readonly ReportRow[];
  /** Remarks under the table: policy, version, status. */
  readonly notes: readonly string[];
}
