/**
 * Who pays what for every place under a layered public-funding policy: exact to the fen, with the clause.
 *
 * ```js
 * import { Allocation, Policy, Roster } from "fundlayers";
 * const policy = Policy.builtIn("tongchuan-2023");
 * const allocation = new Allocation(policy, Roster.builtIn(policy));
 * for (const { year, amount, unit } of allocation.totals(["year"]).toRows()) console.log(year, amount, unit);
 * ```
 *
 * @module
 */

export { Allocation } from "./allocation.js";
export type { TableOptions } from "./allocation.js";
export { amountText, parseAmount } from "./amounts.js";
export type { Amount } from "./amounts.js";
export type * from "./document.js";
export { Assignments, Duties } from "./duties.js";
export { FundlayersError, inLanguage } from "./errors.js";
export type { Code, Problem, Severity, Words } from "./errors.js";
export { Explained } from "./explained.js";
export type {
  DutyExplanation, ExplainedAssignment, ExplainedFigure, ExplainedInput, ExplainedReceipt, Explanation, FundingExplanation, GapExplanation, Grounds, Step, TotalExplanation, TotalPart,
} from "./explanation.js";
export { Form } from "./forms.js";
export type { FormOptions, FormTexts } from "./forms.js";
export { CheckFigures } from "./check-figures.js";
export type { FigureRow } from "./check-figures.js";
export { Funding, Limits } from "./funding.js";
export type { FundingRule, LimitRow } from "./funding.js";
export { setLanguage } from "./language.js";
export { loadAll } from "./load.js";
export { Policy } from "./policy.js";
export type {
  Attribute, ChangedValue, Changes, Class, DescribedCheck, DescribedClass, DescribedDuty, DescribedFigure, DescribedLayer, DescribedPool, DescribedReading,
  DescribedRule, Figure, Layer, PolicyDescription, PolicyFileOptions, Pool, Reading, Source, Status, TemplateColumn, Word,
} from "./policy.js";
export { Planning, Projects } from "./projects.js";
export type { ProjectGrouping, ProjectOptions } from "./projects.js";
export { Receipts, Reconciliation } from "./receipts.js";
export type { ReconcileOptions } from "./receipts.js";
export type { Report, ReportRow } from "./report.js";
export { Roster } from "./roster.js";
export type { ClassPlaces, RosterRow, Sheet } from "./roster.js";
export { reportToCsv, reportToExcel, Table } from "./table.js";
export type {
  AmountColumn, Cell, Column, IntegerColumn, Name, NumberColumn, PercentColumn, Row, RowOptions, ShownOptions, TextColumn,
} from "./table.js";
export type { FileContent, Lang, Years } from "./text.js";
export type { Grouping, TotalsOptions } from "./totals.js";
export { compare, Scenarios, scenarios, Solution, solve } from "./what-if.js";
export type { Goal, Scenario, ScenarioFileOptions, ScenarioOptions, UnitOption } from "./what-if.js";
export { Workbook } from "./workbook.js";
export type { SheetOptions, TableFileOptions, WorkbookOptions } from "./workbook.js";
