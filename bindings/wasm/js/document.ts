/** A policy in the structure of its file, as `docs/policy-format.md` explains it. Keys are those of the file. */

/** A text in Chinese, in English or in both; one that is left out is the other. */
export type SomeName =
  | { readonly zh: string; readonly en?: string }
  | { readonly zh?: string; readonly en: string };

/** A name of what has an id, in Chinese and English; one that is left out is the id. */
export interface PartialName {
  readonly zh?: string;
  readonly en?: string;
}

/**
 * An exact number: a whole one, or the digits of any as text (`"0.1"`, and in all but `Changes`, whose texts are TOML,
 * `"1,234.5"`). JavaScript's other numbers are binary fractions and refused.
 */
export type Digits = number | string;

/** An exact number or a ratio such as `"1/3"`. */
export type Ratio = Digits;

/**
 * Values by year, at least one (which types cannot ask for, and the core does); each holds until the next. None of a rule's keys
 * stands among the years.
 */
export type YearTable<T> = { readonly [year: `${number}`]: T } & { readonly [key in RuleKey]?: never };

type RuleKey = keyof AmountRule | keyof RateRule | keyof TopUpRule | keyof PoolRule;

/** A number, or one that changes from year to year. */
export type Yearly<T> = T | YearTable<T>;

/**
 * What a rule reads, in the policy's unit: a number, numbers by year, `"standard"`, the id of an attribute or an earlier
 * layer, a rule (unrounded), or a list of these, which is their sum.
 */
export type Value = Yearly<Digits> | UnpooledRule | readonly Value[];

/** Values to equal, or bounds: at least (≥), above (>), at most (≤), below (<). */
export type Condition =
  | Digits
  | boolean
  | readonly (Digits | boolean)[]
  | { readonly at_least?: Digits; readonly above?: Digits; readonly at_most?: Digits; readonly below?: Digits };

/** Conditions on attributes, `county`, `township`; all must hold. */
export type Conditions = { readonly [subject: string]: Condition };

interface RuleParts {
  /** All must hold, else the rule gives 0. */
  readonly when?: Conditions;
  /** The clause it rests on. */
  readonly clause?: string;
  /** A remark. */
  readonly note?: SomeName;
}

interface BoundedRuleParts extends RuleParts {
  /** The floor, in the policy's unit. */
  readonly at_least?: Value;
  /** The cap, in the policy's unit; cuts after the floor has raised. */
  readonly at_most?: Value;
}

/** A fixed amount. */
export interface AmountRule extends BoundedRuleParts {
  readonly amount: Value;
  readonly rate?: never;
  readonly top_up_to?: never;
  readonly pool?: never;
}

/** `rate` × `of`: a share of the standard, a match of a layer, a rate per head. */
export interface RateRule extends BoundedRuleParts {
  readonly rate: Yearly<Ratio>;
  readonly of: Value;
  readonly amount?: never;
  readonly top_up_to?: never;
  readonly pool?: never;
}

/** What is missing to a level: max(0, `top_up_to` − the counted layers). */
export interface TopUpRule extends BoundedRuleParts {
  readonly top_up_to: Value;
  /** The layers that count; left out, all earlier ones. */
  readonly counting?: readonly string[];
  readonly amount?: never;
  readonly rate?: never;
  readonly pool?: never;
}

/** A place's part of a pool. */
export interface PoolRule extends RuleParts {
  readonly pool: string;
  readonly amount?: never;
  readonly rate?: never;
  readonly top_up_to?: never;
}

/** A rule that may stand inside a value. */
export type UnpooledRule = AmountRule | RateRule | TopUpRule;

/**
 * How one layer's amount comes about for a class. `rule.rate !== undefined` tells which rule it is; of what `funding` holds,
 * which may be a value too, `typeof entry === "object" && "rate" in entry && entry.rate !== undefined`.
 */
export type Rule = UnpooledRule | PoolRule;

/** A unit of money as policies write it. Results say 元, 万元 (10,000 yuan) or 亿元 (100 million yuan). */
export type UnitWord = Unit | "yuan" | "wan" | "yi";

/** A unit of money: 元 (yuan), 万元 (10,000 yuan), 亿元 (100 million yuan). */
export type Unit = "元" | "万元" | "亿元";

/** A policy file. */
export interface PolicyDocument {
  readonly id: string;
  /** Of the file, shown with every result. */
  readonly version?: string | number;
  readonly title: SomeName;
  /** First and last, both included. */
  readonly years: readonly [Digits, Digits];
  /** Of every amount in the file. */
  readonly unit: UnitWord;
  /** Default: to 0.01 元, half-up. */
  readonly rounding?: {
    readonly unit?: UnitWord;
    readonly places?: Digits;
    readonly mode?: "half-up" | "half-even" | "down" | "up";
  };
  readonly source?: {
    readonly document?: string;
    readonly issuer?: string;
    readonly published?: string;
    readonly status?: "draft" | "in-force" | "expired";
    readonly url?: string;
  };
  readonly readings?: readonly {
    readonly id: string;
    readonly question: SomeName;
    readonly chosen: SomeName;
    readonly alternatives?: readonly SomeName[];
    readonly clause?: string;
  }[];
  readonly kinds?: { readonly [id: string]: PartialName };
  readonly designations?: { readonly [id: string]: PartialName };
  readonly payers?: { readonly [id: string]: PartialName };
  readonly attributes?: {
    readonly [id: string]: PartialName & { readonly type: "number" | "flag" | "text"; readonly unit?: string };
  };
  readonly layers?: readonly {
    readonly id: string;
    readonly name?: PartialName;
    /** An id of `payers`, or `"county"`: each place's own county. */
    readonly payer: string;
    readonly clause?: string;
  }[];
  readonly classes?: readonly {
    readonly id: string;
    readonly name?: PartialName;
    readonly kind?: string;
    readonly designation?: string;
    readonly where?: Conditions;
    /** How many places the document says there are. */
    readonly expected?: Digits;
    /** The yearly amount that the class is to reach, in the policy's unit. */
    readonly standard?: Yearly<Digits>;
    readonly clause?: string;
    readonly note?: SomeName;
    /** A rule for each layer that pays. */
    readonly funding: { readonly [layer: string]: Value | Rule };
  }[];
  readonly pools?: readonly {
    readonly id: string;
    readonly name?: PartialName;
    /** What is shared out, in the policy's unit. */
    readonly amount: Yearly<Digits>;
    /** Attributes of type number, and `equal`; they sum to 1. */
    readonly weights: { readonly [attribute: string]: Ratio };
    /** The least that a place gets, in the policy's unit. */
    readonly at_least?: Yearly<Digits>;
    /** The most that a place gets, in the policy's unit. */
    readonly at_most?: Yearly<Digits>;
    readonly clause?: string;
  }[];
}
