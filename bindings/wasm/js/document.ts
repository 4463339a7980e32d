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

/** A number, or one that changes from year to year. */
export type Yearly<T> = T | YearTable<T>;

/**
 * What a rule reads, in the policy's unit: a number, numbers by year, `"standard"`, the id of an attribute or an earlier
 * layer, a rule (unrounded), or a list of these, which is their sum.
 */
export type Value = Yearly<Digits> | UnpooledRule | readonly Value[];

/** A value to equal, a list of such values, or bounds of a number. */
export type Condition = Digits | boolean | readonly (Digits | boolean)[] | Bounds;

/** Conditions on attributes, `county`, `township`; all must hold. */
export type Conditions = { readonly [subject: string]: Condition };

/** A unit of money as policies write it. Results say 元, 万元 (10,000 yuan) or 亿元 (100 million yuan). */
export type UnitWord = Unit | "yuan" | "wan" | "yi";

/** A unit of money: 元 (yuan), 万元 (10,000 yuan), 亿元 (100 million yuan). */
export type Unit = "元" | "万元" | "亿元";

// Written by `cargo xtask generate` from here …

/** Bounds of a number; all must hold. */
export interface Bounds {
  /** At least (≥, 以上). */
  readonly at_least?: Value;
  /** Above (>, 高于). */
  readonly above?: Value;
  /** At most (≤, 不超过). */
  readonly at_most?: Value;
  /** Below (<, 低于). */
  readonly below?: Value;
}

/** The kinds of rules, by the key that tells them. */
export type RuleKind = "amount" | "rate" | "top_up_to" | "pool" | "least" | "greatest" | "difference" | "product" | "quotient" | "bands" | "tiers" | "cases" | "aggregate" | "exact" | "last_year" | "left_of";

/** No key of another kind. */
type OfKind<K extends RuleKind> = { readonly [key in Exclude<RuleKind, K>]?: never };

interface RuleParts {
  /** What must hold of the place, all of it; else the rule gives 0 whatever its floor. */
  readonly when?: Conditions;
  /** The clause that this rule rests on, such as 四.1. Left out: its pool's, its class's or its layer's clause. */
  readonly clause?: string;
  /** A remark. */
  readonly note?: SomeName;
}

interface BoundedRuleParts extends RuleParts {
  /** The floor (保底), in the policy's unit: the amount is raised to it, before the cap. */
  readonly at_least?: Value;
  /** The cap (封顶), in the policy's unit: the amount is cut to it, after the floor. */
  readonly at_most?: Value;
  /** How the rule is rounded there and then, after the cap. Inside a rule it is not rounded otherwise. */
  readonly rounding?: {
    /** The unit of money that `places` counts from. Left out: the number as it stands, in the policy's unit. */
    readonly unit?: UnitWord;
    /** Decimal places, at most 20. Default: 2. */
    readonly places?: Digits;
    /** Instead of `unit` and `places`: to multiples of this number, above 0. */
    readonly multiple?: Digits;
    /**
     * half-up: halves away from zero; half-even: halves to the even digit; down: toward zero; up: away from zero.
     * Default: "half-up".
     */
    readonly mode?: "half-up" | "half-even" | "down" | "up";
  };
}

/** A fixed amount. */
export interface AmountRule extends BoundedRuleParts, OfKind<"amount"> {
  /** The amount, in the policy's unit. */
  readonly amount: Value;
}

/** `rate` × `of`: a share of the standard, a match of a layer, a rate per head. */
export interface RateRule extends BoundedRuleParts, OfKind<"rate"> {
  /**
   * The rate, or the amount per head in the policy's unit: a number, a ratio, these by year, or any value. A negative
   * number may stand only in a list.
   */
  readonly rate: Yearly<Ratio> | Value;
  /** What the rate is of. */
  readonly of: Value;
}

/** What is missing to a level: max(0, `top_up_to` − the counted layers). */
export interface TopUpRule extends BoundedRuleParts, OfKind<"top_up_to"> {
  /** The level to reach, in the policy's unit; the rule is never below 0. */
  readonly top_up_to: Value;
  /** The earlier layers that fill the level, by id; an empty list: none. Left out: all earlier layers. */
  readonly counting?: readonly string[];
}

/** The place's part of a pool. Floors and caps stand in the pool. */
export interface PoolRule extends RuleParts, OfKind<"pool"> {
  /** The id of a pool. */
  readonly pool: string;
}

/** The least of the values. */
export interface LeastRule extends BoundedRuleParts, OfKind<"least"> {
  /** The values, at least one, in the policy's unit; numbers among them may be negative. */
  readonly least: readonly Value[];
}

/** The greatest of the values. */
export interface GreatestRule extends BoundedRuleParts, OfKind<"greatest"> {
  /** The values, at least one, in the policy's unit; numbers among them may be negative. */
  readonly greatest: readonly Value[];
}

/** The first value less the others; inside a rule it may be below 0. */
export interface DifferenceRule extends BoundedRuleParts, OfKind<"difference"> {
  /** The values, at least two, in the policy's unit; numbers among them may be negative. */
  readonly difference: readonly Value[];
}

/** The product of the values. */
export interface ProductRule extends BoundedRuleParts, OfKind<"product"> {
  /** The values, at least one, at most one of them money; numbers among them may be negative. */
  readonly product: readonly Value[];
}

/** The first value divided by the second, without rounding. */
export interface QuotientRule extends BoundedRuleParts, OfKind<"quotient"> {
  /** Two values: what is divided, and by what. */
  readonly quotient: readonly Value[];
  /** What it is where the divisor is 0. Left out: a divisor of 0 is an error of the place. */
  readonly if_zero?: Value;
}

/** What the band of a number gives: the first band whose bound holds. */
export interface BandsRule extends BoundedRuleParts, OfKind<"bands"> {
  /** The bands, each with a bound (`below` or `at_most`), rising; the last one may have none and is the rest. */
  readonly bands: readonly {
    /** Up to where the band reaches, itself not in it (不满, 不足). */
    readonly below?: Yearly<Digits>;
    /** Up to where the band reaches, itself in it (以下, 不超过). */
    readonly at_most?: Yearly<Digits>;
    /** What the band gives. */
    readonly give: Value;
  }[];
  /** The number by which the band is found. */
  readonly of: Value;
}

/** Marginal rates: from 0 on, each rate is applied to the slice of the number that lies in its tier. */
export interface TiersRule extends BoundedRuleParts, OfKind<"tiers"> {
  /** The tiers, their ends rising; the last one may have none and is the rest. */
  readonly tiers: readonly {
    /** Where the slice ends; it starts where the one before ends, the first at 0. */
    readonly up_to?: Yearly<Digits>;
    /** The rate of the slice. */
    readonly rate: Yearly<Ratio> | Value;
  }[];
  /** The number that is cut into slices. */
  readonly of: Value;
}

/** A value by a text of the place. */
export interface CasesRule extends BoundedRuleParts, OfKind<"cases"> {
  /** The values by the text, at least one. */
  readonly cases: { readonly [text: string]: Value };
  /** The text: the id of an attribute of type text, or `kind`, `designation`, `class`, `county`, `township`. */
  readonly of: string;
  /** What any other text gives. Left out: any other text is an error of the place. */
  readonly otherwise?: Value;
}

/**
 * A figure of the live places of the year, each as often as it counts: of those that agree with this place in what
 * `over` names and meet `where`.
 */
export interface AggregateRule extends BoundedRuleParts, OfKind<"aggregate"> {
  /** What is worked out. */
  readonly aggregate: "sum" | "mean" | "least" | "greatest" | "median" | "count";
  /**
   * The value of each place: it may read attributes, figures and earlier layers. Not for `count`. Left out: an error,
   * but for `count`.
   */
  readonly of?: Value;
  /**
   * In what the places agree: `kind`, `designation`, `class`, `county`, `township`, ids of attributes of type text.
   * Left out: all places.
   */
  readonly over?: readonly string[];
  /** What must hold of each of the places, all of it. */
  readonly where?: Conditions;
}

/** What an earlier layer comes to before its rounding and before its limit. */
export interface ExactRule extends BoundedRuleParts, OfKind<"exact"> {
  /** The id of an earlier layer. */
  readonly exact: string;
}

/** What the place, by its id, got in a layer the year before. The years before those asked for are computed too. */
export interface LastYearRule extends BoundedRuleParts, OfKind<"last_year"> {
  /** The id of any layer. */
  readonly last_year: string;
  /** What it is where the place was not live the year before. */
  readonly first: Value;
}

/**
 * What the caps of another pool leave undistributed in the year; only in the `amount` of a pool or of a layer's limit.
 */
export interface LeftOfRule extends BoundedRuleParts, OfKind<"left_of"> {
  /**
   * The id of a pool of an earlier layer, or of the same layer and earlier in the file (for a limit, any of its
   * layer).
   */
  readonly left_of: string;
}

/** Every key of a rule. */
type RuleKey =
  | keyof AmountRule
  | keyof RateRule
  | keyof TopUpRule
  | keyof PoolRule
  | keyof LeastRule
  | keyof GreatestRule
  | keyof DifferenceRule
  | keyof ProductRule
  | keyof QuotientRule
  | keyof BandsRule
  | keyof TiersRule
  | keyof CasesRule
  | keyof AggregateRule
  | keyof ExactRule
  | keyof LastYearRule
  | keyof LeftOfRule;

/** A rule that may stand inside a value. */
export type UnpooledRule = AmountRule | RateRule | TopUpRule | LeastRule | GreatestRule | DifferenceRule | ProductRule | QuotientRule | BandsRule | TiersRule | CasesRule | AggregateRule | ExactRule | LastYearRule | LeftOfRule;

/**
 * How one layer's amount comes about for a class. `rule.rate !== undefined` tells which rule it is; of what `funding` holds,
 * which may be a value too, `typeof entry === "object" && "rate" in entry && entry.rate !== undefined`.
 */
export type Rule = UnpooledRule | PoolRule;

/** A policy file. */
export interface PolicyDocument {
  /** The id of the policy, shown with every result. */
  readonly id: string;
  /** The version of this file (not of the document), shown with every result. */
  readonly version?: string | number;
  /** The title of the policy in Chinese and English. */
  readonly title: SomeName;
  /** First and last year of the policy, both included, such as `[2023, 2025]`; at most 100 years. */
  readonly years: readonly [Digits, Digits];
  /** The unit of every amount in this file. */
  readonly unit: UnitWord;
  /**
   * How amounts are rounded: to a step of 10^-places of a unit, or to multiples of an amount. Left out: to 0.01 元,
   * half-up.
   */
  readonly rounding?: {
    /** The unit that `places` counts from. Default: "元". */
    readonly unit?: UnitWord;
    /**
     * Decimal places of the unit. The step must be at least 0.01 元: at most 2 for 元, 6 for 万元, 10 for 亿元. Default: 2.
     */
    readonly places?: Digits;
    /** Instead of `unit` and `places`: to multiples of this amount, in the policy's unit and above 0. */
    readonly multiple?: Digits;
    /**
     * half-up: halves away from zero; half-even: halves to the even digit; down: toward zero; up: away from zero.
     * Default: "half-up".
     */
    readonly mode?: "half-up" | "half-even" | "down" | "up";
  };
  /** The document that this file was made from. */
  readonly source?: {
    /** The title of the document as it has it. */
    readonly document?: string;
    /** The body that issued the document. */
    readonly issuer?: string;
    /** When it was published, such as 2023-02-08. */
    readonly published?: string;
    /** Whether the document binds: draft (征求意见稿), in-force (现行有效), expired (已失效). Shown with every result. */
    readonly status?: "draft" | "in-force" | "expired";
    /** Where the document stands. */
    readonly url?: string;
  };
  /** The words of clauses by their number, such as `"四.1" = "…"`: explanations show them beside the number. */
  readonly clauses?: { readonly [id: string]: string };
  /** How open points of the document are read in this file. */
  readonly readings?: readonly {
    /** The id. */
    readonly id: string;
    /** What the document leaves open. */
    readonly question: SomeName;
    /** How this file reads it. */
    readonly chosen: SomeName;
    /** How else it could be read. */
    readonly alternatives?: readonly SomeName[];
    /** The clause that it is about, such as 四.1. */
    readonly clause?: string;
    /**
     * The classes whose amounts rest on it, by id; an empty list: none. Explanations show what bears on the amount.
     * Left out: all classes; without `layers` too: the amounts that cite its clause.
     */
    readonly classes?: readonly string[];
    /**
     * The layers whose amounts rest on it, by id; an empty list: none. Left out: all layers; without `classes` too:
     * the amounts that cite its clause.
     */
    readonly layers?: readonly string[];
  }[];
  /** What a place can be. A roster may use the id or either name. */
  readonly kinds?: { readonly [id: string]: PartialName };
  /** Who can have named a key place. A roster may use the id or either name. */
  readonly designations?: { readonly [id: string]: PartialName };
  /** The bodies that answer for layers. The id `county` is not free: it means each place's own county. */
  readonly payers?: { readonly [id: string]: PartialName };
  /** What rules may read of a place: columns of the roster, headed by the id or either name. */
  readonly attributes?: {
    readonly [id: string]: {
      /** Chinese name. Left out: the id. */
      readonly zh?: string;
      /** English name. Left out: the id. */
      readonly en?: string;
      /** number: an exact decimal; flag: true or false, blank is false; text: words. */
      readonly type: "number" | "flag" | "text";
      /** What the numbers count. A unit of money (元 万元 亿元) is converted to the policy's; any other is a label. */
      readonly unit?: string;
      /**
       * place, township, county or policy (all together): the attribute is a column of tables of figures (`checks
       * --figures`), of such a subject in a year, and only checks read it. Left out: a column of the roster.
       */
      readonly subject?: "place" | "township" | "county" | "policy";
    };
  };
  /** The levels of government's contributions, in the order in which they are computed. */
  readonly layers?: readonly {
    /** The id; a column of wide tables. */
    readonly id: string;
    /** The name for people, in Chinese and English. Left out: the id. */
    readonly name?: PartialName;
    /**
     * An id of `[payers]`; `county`: each place's own county; or `{ attribute = … }`: whoever a text of the place
     * names.
     */
    readonly payer: string | {
      /** The id of an attribute of type text; a blank is a blank payer. */
      readonly attribute: string;
    };
    /**
     * not-negative: an amount below 0 is an error; any: amounts may be below 0, places pay in. Default:
     * "not-negative".
     */
    readonly sign?: "not-negative" | "any";
    /** How the layer's amounts are rounded. Later layers read what was rounded. Left out: as the policy says. */
    readonly rounding?: {
      /** The unit that `places` counts from. Default: "元". */
      readonly unit?: UnitWord;
      /**
       * Decimal places of the unit. The step must be at least 0.01 元: at most 2 for 元, 6 for 万元, 10 for 亿元. Default:
       * 2.
       */
      readonly places?: Digits;
      /** Instead of `unit` and `places`: to multiples of this amount, in the policy's unit and above 0. */
      readonly multiple?: Digits;
      /**
       * half-up: halves away from zero; half-even: halves to the even digit; down: toward zero; up: away from zero.
       * Default: "half-up".
       */
      readonly mode?: "half-up" | "half-even" | "down" | "up";
    };
    /** What the layer's claims of a year are cut to by a rule, before later layers read them. Left out: nothing. */
    readonly limit?: {
      /**
       * What there is for the layer in a year (for each group): a value that does not differ from place to place (a
       * number, a table of years, an aggregate, what a pool left, `cases` by what it is for each of), in the policy's
       * unit; rounded down to the layer's step.
       */
      readonly amount: Value;
      /** How claims are met where the limit is short. */
      readonly rule: "proportional" | "constrained-equal-awards" | "constrained-equal-losses" | "talmud" | "priority";
      /**
       * For priority only: the classes served in turn, by id, name, kind or designation; those not named come last.
       */
      readonly order?: readonly string[];
      /**
       * One limit for each `payer` (which `of` of `cases` and `over` may then name), `kind`, `designation`, `class`,
       * `county`, `township`, or text of an attribute. Left out: one limit for the whole layer.
       */
      readonly per?: string;
    };
    /** The clause that the layer rests on, such as 四.1. */
    readonly clause?: string;
  }[];
  /** Named numbers of a place and year; rules, conditions and weights read them by id. */
  readonly figures?: readonly {
    /** The id by which it is read. */
    readonly id: string;
    /** The name for people, in Chinese and English. Left out: the id. */
    readonly name?: PartialName;
    /** What it counts, a label; money is in the policy's unit. */
    readonly unit?: string;
    /** How it comes about: of attributes, the standard, aggregates, other figures, layers, in no circle. */
    readonly value: Value;
    /** How it is rounded; left out: not at all. */
    readonly rounding?: {
      /** The unit of money that `places` counts from. Left out: the number as it stands, in the policy's unit. */
      readonly unit?: UnitWord;
      /** Decimal places, at most 20. Default: 2. */
      readonly places?: Digits;
      /** Instead of `unit` and `places`: to multiples of this number, above 0. */
      readonly multiple?: Digits;
      /**
       * half-up: halves away from zero; half-even: halves to the even digit; down: toward zero; up: away from zero.
       * Default: "half-up".
       */
      readonly mode?: "half-up" | "half-even" | "down" | "up";
    };
    /** The clause that the figure rests on, such as 四.1. */
    readonly clause?: string;
    /** A remark. */
    readonly note?: SomeName;
  }[];
  /** Which places one set of rules serves. Every live row of the roster matches exactly one class. */
  readonly classes?: readonly {
    /** The id. */
    readonly id: string;
    /** The name for people, in Chinese and English. Left out: the id. */
    readonly name?: PartialName;
    /** A kind, by id or name. Left out: all kinds. */
    readonly kind?: string;
    /** A designation, by id or name. Left out: all designations. */
    readonly designation?: string;
    /** What must hold of a place besides; all of it. */
    readonly where?: Conditions;
    /** How many places the document says there are. A roster that differs is warned about. */
    readonly expected?: Digits;
    /**
     * The yearly amount that the class is to reach, in the policy's unit; rules read it as "standard". Any value that
     * reads no layer.
     */
    readonly standard?: Value;
    /** The clause that the class rests on, such as 四.1. Left out: its layers' clauses. */
    readonly clause?: string;
    /** A remark. */
    readonly note?: SomeName;
    /** The rule of each layer, by the id of the layer. A layer that is not listed is 0. */
    readonly funding: { readonly [layer: string]: Value | Rule };
  }[];
  /** Amounts that are shared out among places by weights. A pool is read by one layer only. */
  readonly pools?: readonly {
    /** The id. */
    readonly id: string;
    /** The name for people, in Chinese and English. Left out: the id. */
    readonly name?: PartialName;
    /**
     * What is shared out, in the policy's unit: a number is a multiple of the rounding step, a computed amount is
     * rounded down to it. It reads nothing of a place but what `per` names.
     */
    readonly amount: Value;
    /**
     * `kind`, `designation`, `class`, `county`, `township` or the id of a text attribute: a pool of its own for the
     * places that agree in it. Left out: one pool for all.
     */
    readonly per?: string;
    /** By the id of an attribute of type number or of an earlier layer, or `equal`. They sum to exactly 1. */
    readonly weights: { readonly [attribute: string]: Ratio };
    /** The least that a place gets, in the policy's unit; a computed one is rounded half-up to the step. */
    readonly at_least?: Value;
    /** The most that a place gets, in the policy's unit; a computed one is rounded half-up to the step. */
    readonly at_most?: Value;
    /**
     * Where floors together exceed the pool: refuse (an error), or reduce (cut them in proportion). Default: "refuse".
     */
    readonly if_short?: "refuse" | "reduce";
    /**
     * Where caps leave some of the pool: refuse (an error), or keep (it stays undistributed and is shown). Default:
     * "refuse".
     */
    readonly if_left?: "refuse" | "keep";
    /**
     * largest-remainder (the parts sum to the pool), or each (each part rounded by itself; the difference is shown).
     * Default: "largest-remainder".
     */
    readonly apportion?: "largest-remainder" | "each";
    /** The clause that the pool rests on, such as 四.1. */
    readonly clause?: string;
  }[];
  /**
   * What the document requires of land, incomes and the like, held against the roster or a table of figures; no amount
   * rests on them.
   */
  readonly checks?: readonly {
    /** The id. */
    readonly id: string;
    /** The name for people, in Chinese and English. Left out: the id. */
    readonly name?: PartialName;
    /** Of whom it is required: each place, each township of places, or each county of places. Default: "place". */
    readonly subject?: "place" | "township" | "county";
    /** What is required, all of it; left out: the document gives no number, and the check is listed as such. */
    readonly must?: Conditions;
    /** To whom it applies; it does not apply to others. Left out: to all. */
    readonly when?: Conditions;
    /** The clause that the check rests on, such as 四.3. */
    readonly clause?: string;
    /** A remark. */
    readonly note?: SomeName;
  }[];
  /** Projects: their categories, and the shares that these are to have in what is planned. */
  readonly projects?: {
    /** The categories of projects (项目类型). A register may use the id or either name. */
    readonly categories?: { readonly [id: string]: PartialName };
    /** By the id of a category: the share that it is to have in what is planned. Reported; it changes no amount. */
    readonly shares?: {
      readonly [id: string]: {
        /** At least so much, this included, from 0 to 1, such as 0.6 or "3/5". */
        readonly at_least?: Ratio;
        /** At most so much, this included, from 0 to 1. */
        readonly at_most?: Ratio;
        /** The clause that it rests on, such as 四.1. */
        readonly clause?: string;
      };
    };
  };
}

// … to here.
