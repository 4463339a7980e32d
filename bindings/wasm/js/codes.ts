/** What can be wrong with an input. A code never changes its meaning. */
export type CoreCode =
  /** The file cannot be read. */
  | "cannot-read"
  /** The file cannot be written. */
  | "cannot-write"
  /** The bytes are not text in the encoding that the file is in. */
  | "encoding"
  /** A table without a header or any row. */
  | "empty-table"
  /** The text is not well-formed TOML, JSON or CSV. */
  | "syntax"
  /** Tables or rules are nested deeper than any policy needs. */
  | "too-deep"
  /** More than any policy (1 MiB) or roster (2^32 − 2 rows) needs, or so much that it takes memory out of proportion. */
  | "too-large"
  /** Warning. A text seems to be spoiled by a program: marks of Excel, words for nothing, characters that cannot be seen. */
  | "spoiled-text"
  /** A cell says only that what stands above it stands here too: 同上, 〃. */
  | "as-above"
  /** Cells are blank below a filled-in one and may have been merged with it. */
  | "merged-cells"
  /** A file or an option is not in a format that is known here. */
  | "unknown-format"
  /** The workbook is locked by a password. */
  | "locked-workbook"
  /** The workbook is damaged, or packed in a way that is not read. */
  | "damaged-workbook"
  /** No sheet of the workbook has this name. */
  | "sheet-not-found"
  /** Several sheets of the workbook could be the table. */
  | "several-sheets"
  /** The cell holds an error, such as `#REF!`. */
  | "cell-error"
  /** The cell holds a formula that was never calculated. */
  | "not-calculated"
  /** The number has more than 15 digits, of which a spreadsheet does not keep the last ones. */
  | "digits-lost"
  /** The format of the cell shows another number than the one that is stored. */
  | "scaled-format"
  /** A key that the policy file does not have. */
  | "unknown-key"
  /** A required key is missing. */
  | "missing-key"
  /** The value is of another type than the key takes. */
  | "wrong-type"
  /** The same id stands twice. */
  | "duplicate-id"
  /** An id that means something else already, or is all digits. */
  | "reserved-id"
  /** The text is not a number. */
  | "bad-number"
  /** A number came as a binary float, in which its digits are lost. */
  | "binary-float"
  /** The number has more digits than can be kept exactly. */
  | "number-out-of-range"
  /** A number that may not be below zero is. */
  | "negative-number"
  /** Not a year, or years that are reversed or too many. */
  | "bad-years"
  /** Not a unit of money that is known here. */
  | "bad-unit"
  /** Not a rounding mode, or a step below 0.01 元. */
  | "bad-rounding"
  /** A word that the key does not take. */
  | "unknown-word"
  /** A kind that the policy does not declare. */
  | "unknown-kind"
  /** A designation that the policy does not declare. */
  | "unknown-designation"
  /** A payer that the policy does not declare. */
  | "unknown-payer"
  /** An attribute that the policy does not declare. */
  | "unknown-attribute"
  /** A layer that the policy does not have. */
  | "unknown-layer"
  /** A pool that the policy does not declare. */
  | "unknown-pool"
  /** A rule reads something that is neither `standard`, an attribute nor a layer. */
  | "unknown-value"
  /** A rule reads its own layer or a later one. */
  | "later-layer"
  /** A rule reads the standard of a class that has none. */
  | "missing-standard"
  /** A table of years begins after the policy does. */
  | "year-before-first"
  /** A rule cannot read an attribute of this type. */
  | "wrong-attribute-type"
  /** A condition that can never be tested. */
  | "bad-condition"
  /** A rule's kind cannot be told: it has the keys of none or of several, such as `amount`, `rate`, `top_up_to`, `pool`. */
  | "bad-rule"
  /** A list has fewer values than the rule needs. */
  | "too-few-values"
  /** The floor (`at_least`) is above the cap (`at_most`). */
  | "floor-above-cap"
  /** The weights of a pool do not sum to 1. */
  | "weights-sum"
  /** A pool's amount, floor or cap is not a multiple of the rounding step. */
  | "not-a-multiple"
  /** A pool is read by more than one layer. */
  | "pool-in-two-layers"
  /** A layer whose amounts may be below 0 has a limit. */
  | "signed-limit"
  /** The amount of a pool or of a layer's limit reads something of a place, which differs among its members. */
  | "reads-place"
  /** A pool or a limit reads what is left of a pool that is shared out later, or of itself. */
  | "later-pool"
  /** What is left of a pool is read elsewhere than in the amount of a pool or of a layer's limit. */
  | "left-of-outside-pool"
  /** A pool or a limit reads what is left of a pool that is shared out by another key. */
  | "per-differs"
  /** Two classes have the same kind, designation and conditions. */
  | "overlapping-classes"
  /** A changed value is named by a path that the policy does not have. */
  | "unknown-path"
  /** The amount is finer than 0.01 元. */
  | "not-whole-fen"
  /** The unit of a row is another than the header of its amounts states. */
  | "unit-differs"
  /** A required column is missing. */
  | "missing-column"
  /** Two columns mean the same. */
  | "duplicate-column"
  /** A row has more cells than the header. */
  | "extra-cells"
  /** A cell that must be filled is blank. */
  | "missing-value"
  /** Not a division code of 6, 9 or 12 digits. */
  | "bad-division-code"
  /** Not a whole number above 0. */
  | "bad-count"
  /** Not a year. */
  | "bad-year"
  /** The first year is after the last. */
  | "years-reversed"
  /** Neither true nor false. */
  | "bad-flag"
  /** The same id stands on two rows whose years overlap. */
  | "duplicate-recipient"
  /** Not an event that receipts record: issued, received or spent. */
  | "unknown-event"
  /** Not a date of the calendar. */
  | "bad-date"
  /** A live row matches no class. */
  | "no-class"
  /** A live row matches several classes. */
  | "several-classes"
  /** A rule reads an attribute that is blank. */
  | "blank-attribute"
  /** A rule gives less than 0. */
  | "negative-amount"
  /** An amount is beyond 2^63 − 1 fen. */
  | "overflow"
  /** A pool's member has a negative attribute. */
  | "negative-share"
  /** The members' total of an attribute that a pool weighs is 0. */
  | "pool-total-zero"
  /** The floors of a pool exceed its amount. */
  | "pool-floors-exceed"
  /** The caps of a pool keep it from being used up. */
  | "pool-caps-fall-short"
  /** The same layer, payer and year have two limits. */
  | "duplicate-limit"
  /** No funding rule has this name. */
  | "unknown-rule"
  /** The order of classes that the priority rule needs is missing, names one twice, or stands with another rule. */
  | "bad-order"
  /** A category of projects that is not declared. */
  | "undeclared-category"
  /** A post that is not declared. */
  | "unknown-post"
  /** A class that the policy does not have. */
  | "unknown-class"
  /** A year that the policy does not cover. */
  | "year-outside-policy"
  /** Not a column that totals can be grouped by. */
  | "unknown-grouping"
  /** Not a month of a year. */
  | "bad-month"
  /** No recipient has this id or name. */
  | "unknown-recipient"
  /** Several recipients have this name. */
  | "ambiguous-recipient"
  /** A scenario changes the same value twice. */
  | "duplicate-change"
  /** What is to be solved for is not a number. */
  | "path-not-a-number"
  /** A step that is not above 0. */
  | "bad-step"
  /** Even the smallest value that the policy allows exceeds the limit. */
  | "limit-out-of-reach"
  /** No value exceeds the limit. */
  | "limit-never-exceeded"
  /** The total falls as the value rises, so that no value is the largest. */
  | "totals-fall"
  /** No built-in policy and no file has this name. */
  | "unknown-policy"
  /** Figures that read each other in a circle, or a standard that reads itself. */
  | "circular-figure"
  /** Money in a figure is in another unit than the policy's. */
  | "figure-unit"
  /** Bounds of bands or tiers that do not rise, or are missing. */
  | "bad-bands"
  /** An aggregate that does not say of what, or a count that does. */
  | "bad-aggregate"
  /** The `where` of a class reads what is known only once classes are. */
  | "class-reads-result"
  /** A place would be of one class in one year and of another in the next. */
  | "class-changes"
  /** A divisor is 0 at a place. */
  | "division-by-zero"
  /** A number lies in no band. */
  | "outside-bands"
  /** A text has no case. */
  | "no-case"
  /** A mean, median, least or greatest of no places. */
  | "empty-aggregate"
  /** The policy needs figures of the whole roster, which its parts by themselves do not give. */
  | "needs-whole-roster"
  /** An id stands in two parts of a roster. */
  | "id-in-two-parts"
  /** Whether ids repeat in parts of a roster is not known: they are not in order, and more than are kept. */
  | "ids-not-checked"
  /** Summaries of other policies, years or groupings are to be one. */
  | "unlike-summaries"
  /** Warning. Hidden rows or columns of a sheet, which are read as the others. */
  | "hidden-cells"
  /** Warning. The workbook is to be recalculated once it is opened, so that stored results of formulas may be wrong. */
  | "stale-formulas"
  /** Warning. A rate of the standard or of a layer is above 1: a percentage may be meant. */
  | "rate-above-one"
  /** Warning. The layers of a class come to more than its standard. */
  | "layers-beyond-standard"
  /** Warning. What a top-up counts is more than what it tops up to, so that it adds nothing. */
  | "nothing-to-top-up"
  /** Warning. Between bands of a number some numbers belong to no band. */
  | "band-gap"
  /** Warning. A list of years skips some between its ends: two years are computed where a span may be meant. */
  | "years-skipped"
  /** Warning. A comparison adds up more years on one side than on the other. */
  | "unlike-years"
  /** Warning. A column that is not read. */
  | "unknown-column"
  /** Warning. The number of places of a class differs from what the document says. */
  | "expected-count"
  /** Warning. Rows have no county, though others do: what counties pay has no payer there. */
  | "blank-county"
  /** Warning. A row may be a place, or name a county, that another row has under another id or in another writing. */
  | "possible-duplicate"
  /** Warning. No year of the row is a year of the policy. */
  | "never-live"
  /** Warning. No rule reads the pool. */
  | "unused-pool"
  /** Warning. A pool has no members in a year and pays nothing. */
  | "pool-without-members"
  /** Warning. What the caps of a pool leave stays undistributed. */
  | "pool-left"
  /** Warning. Parts of a pool that are each rounded by themselves do not sum to it. */
  | "pool-difference"
  /** Warning. Nothing has a claim to what is limited. */
  | "unclaimed-limit"
  /** Warning. A place can fit two classes. */
  | "classes-may-overlap"
  /** Warning. A figure that is shown cannot be had for some places. No amount rests on it there. */
  | "blank-figure"
  /** Warning. A row of figures that is about no place, township or county of the roster, or no computed year; it counts for nothing. */
  | "unmatched-figure"
  /** Two rows of figures say different things of one subject in a year. */
  | "figure-twice"
  /** A row of figures has a figure of more than the row is about. */
  | "figure-of-others"
  /** Warning. A receipt that matches no recipient, no year or no layer; it is listed and not counted in the result. */
  | "unmatched-receipt"
  /** Warning. A row of a register of assignments matches no place, year or duty that is due. It is listed and counts nowhere. */
  | "unmatched-assignment"
  /** Warning. The same person or body is assigned to several places as what serves one place. */
  | "shared-assignment"
  /** Warning. Receipts are dated after the month that progress is measured against; they are not counted. */
  | "later-receipt"
  /** Warning. Receipts without a date are counted where progress is measured against a month: they may have come later. */
  | "undated-receipt"
  /** Warning. More was spent than arrived. */
  | "spent-above-received"
  /** Warning. An amount is about 10,000 times what is due, or a 10,000th of it: the unit may be another. */
  | "unit-suspected"
  /** Warning. A figure of a ledger that sums others differs from their sum. */
  | "sum-differs"
  /** Warning. A row of a register of projects that matches no place, no year or no layer; it is listed and not counted in the result. */
  | "unmatched-project"
  /** Warning. The projects of a place come to more than it is due. */
  | "planned-above-due"
  /** Warning. A category of projects is none of those that the policy declares. */
  | "unknown-category"
  /** Warning. Two rows of a register have the same project, place, year, layer and task: one may be there twice. */
  | "duplicate-project"
  /** Warning. Two rows of a ledger record the same under the same document: one may be there twice. */
  | "duplicate-receipt"
;
