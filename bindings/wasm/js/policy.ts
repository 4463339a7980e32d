import { call, raw, Resource } from "./engine.js";
import type { Digits, PolicyDocument, Unit } from "./document.js";
import { problemOf, type Problem, problemsOf } from "./errors.js";
import type { RawPolicy } from "./raw/whole.js";
import type { Name } from "./table.js";
import { kindOf } from "./kinds.js";
import { brokenText, bytesOf, langOf, textOf, type FileContent, type Lang } from "./text.js";
import { optionsOf, read, recordOf, refuse, wrongWith } from "./values.js";

/** A word of a policy: a kind, a designation, a payer. */
export interface Word {
  readonly id: string;
  /** Where the file has no name, the id. */
  readonly name: Name;
}

/** Something of a place that rules may read: a further column of rosters. */
export interface Attribute extends Word {
  readonly type: "number" | "flag" | "text";
  /** What its numbers count. */
  readonly unit: string | null;
}

/** A level of government's contribution. */
export interface Layer extends Word {
  /** The id of a payer; `"county"`: each place's own county; or whoever a text of the place names. */
  readonly payer: string | { readonly attribute: string };
  readonly clause: string | null;
}

/** A named number of a place and year, which rules read. */
export interface Figure extends Word {
  /** What it counts, a label; money is in the policy's unit. */
  readonly unit: string | null;
  readonly clause: string | null;
  readonly note: Name | null;
}

/** The recipients that one set of rules serves. */
export interface Class extends Word {
  readonly kind: string | null;
  readonly designation: string | null;
  /** How many places the document says there are. */
  readonly expected: number | null;
  readonly clause: string | null;
  readonly note: Name | null;
}

/** An amount that is shared out among places. */
export interface Pool extends Word {
  readonly clause: string | null;
}

/** How an open point of the document is read. */
export interface Reading {
  readonly id: string;
  readonly question: Name;
  readonly chosen: Name;
  readonly alternatives: readonly Name[];
  readonly clause: string | null;
  /** The classes whose amounts rest on it, by id; left out: it is not said. */
  readonly classes?: readonly string[];
  /** The layers whose amounts rest on it, by id; left out: it is not said. */
  readonly layers?: readonly string[];
}

/** The document that a policy was made from. */
export interface Source {
  readonly document: string | null;
  readonly issuer: string | null;
  readonly published: string | null;
  readonly status: Status | null;
  readonly url: string | null;
}

/** Whether a document binds. */
export type Status = "draft" | "in-force" | "expired";

interface Summary {
  readonly id: string;
  readonly version: string | null;
  readonly status: Status | null;
  readonly title: Name;
  readonly years: readonly [number, number];
  readonly unit: Unit;
  readonly source: Source;
  readonly readings: readonly Reading[];
  readonly kinds: readonly Word[];
  readonly designations: readonly Word[];
  readonly payers: readonly Word[];
  readonly attributes: readonly Attribute[];
  readonly layers: readonly Layer[];
  readonly figures: readonly Figure[];
  readonly classes: readonly Class[];
  readonly pools: readonly Pool[];
  readonly changes: readonly ChangedValue[];
}

/** A policy in words of one language. */
export interface PolicyDescription {
  readonly title: string;
  /** Label and value: id, version, status, years, unit, rounding, and where the policy comes from. */
  readonly facts: readonly (readonly [string, string])[];
  readonly layers: readonly DescribedLayer[];
  readonly figures: readonly DescribedFigure[];
  readonly classes: readonly DescribedClass[];
  readonly pools: readonly DescribedPool[];
  readonly duties: readonly DescribedDuty[];
  readonly checks: readonly DescribedCheck[];
  readonly readings: readonly DescribedReading[];
}

/** A layer in words. */
export interface DescribedLayer {
  readonly id: string;
  readonly name: string;
  /** Who answers for it. */
  readonly payer: string;
  /** Its sign, rounding and limit, where they are its own. */
  readonly terms: readonly string[];
  readonly clause: string | null;
}

/** A figure in words. */
export interface DescribedFigure {
  readonly id: string;
  readonly name: string;
  /** How it comes about, its rounding and its unit. */
  readonly text: string;
  readonly clause: string | null;
}

/** What a document requires besides amounts, in words. */
export interface DescribedCheck {
  readonly id: string;
  readonly name: string;
  /** Of whom it is required. */
  readonly subject: string;
  /** What is required; null: the document gives no number. */
  readonly must: string | null;
  /** To whom it applies; null: to all. */
  readonly when: string | null;
  readonly clause: string | null;
  readonly note: string | null;
}

/** A class in words. */
export interface DescribedClass {
  readonly id: string;
  readonly name: string;
  /** Whom it serves, how many there should be, the standard. */
  readonly terms: readonly string[];
  readonly clause: string | null;
  /** Its rules, in the order of the layers; null for a layer that it does not list. */
  readonly rules: readonly (DescribedRule | null)[];
  readonly note: string | null;
}

/** A rule in words. */
export interface DescribedRule {
  readonly text: string;
  /** The clause it rests on: its own, else its class's, else its layer's. */
  readonly clause: string | null;
}

/** A duty in words. */
export interface DescribedDuty {
  readonly id: string;
  readonly name: string;
  /** What is due of whom, how often, for whom. */
  readonly text: string;
  readonly clause: string | null;
  readonly note: string | null;
}

/** A pool in words. */
export interface DescribedPool {
  readonly name: string;
  /** Amount, weights, floor and cap. */
  readonly terms: readonly string[];
  readonly clause: string | null;
}

/** How an open point of the document is read, in words. */
export interface DescribedReading {
  readonly question: string;
  readonly clause: string | null;
  readonly chosen: string;
  readonly alternatives: readonly string[];
}

/** A value that was changed: where it stands, what stood there (null: nothing), and what stands there now. */
export interface ChangedValue {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** A column that a roster of a policy has. */
export interface TemplateColumn {
  readonly key: string;
  /** The header in each language, as readers of rosters understand it. */
  readonly header: Name;
  readonly required: boolean;
}

/** How a policy file is written, and what it is called in problems. */
export interface PolicyFileOptions {
  /** Default: TOML. */
  readonly format?: "toml" | "json";
  /** The name that problems call it by. */
  readonly file?: string;
}

/**
 * Changes by path: `{ "classes.municipal-town.standard": 650 }`. A value is a whole number, or the text of a TOML value
 * (`"0.5"`, `"{ top_up_to = 700 }"`, `'"half-even"'`), in which `"1000"`, `"1,000"` and `"1_000"` are one number.
 */
export type Changes = { readonly [path: string]: Digits };

/** A policy: a document turned into data. It never changes. */
export class Policy extends Resource<RawPolicy> {
  #summary: Summary | undefined;

  private constructor(make: () => RawPolicy) {
    super(make);
  }

  /** The ids of the built-in policies. */
  static builtInIds(): readonly string[] {
    return call(() => raw.RawPolicy.builtInIds());
  }

  /** A built-in policy, by id. */
  static builtIn(id: string): Policy {
    const named = textOf(id, "the id");
    return new Policy(() => call(() => raw.RawPolicy.builtIn(named)));
  }

  /** Reads a policy file. Every mistake of it is reported at once, with line and character. */
  static parse(content: FileContent, options: PolicyFileOptions = {}): Policy {
    const { format = "toml", file } = optionsOf(options);
    const [bytes, written, name] = [bytesOf(content), textOf(format, "the format"), named(file)];
    return new Policy(() => call(() => raw.RawPolicy.read(bytes, written, name)));
  }

  /** A policy from an object in the structure of a policy file. */
  static from(document: PolicyDocument): Policy {
    const placed = (json: string) => Policy.parse(json, { format: "json" });
    return read(recordOf(document, "the policy"), "document", (json) => new Policy(() => call(() => raw.RawPolicy.of(json))), placed);
  }

  get #told(): Summary {
    return (this.#summary ??= JSON.parse(call(() => this.raw.summary())) as Summary);
  }

  get id(): string {
    return this.#told.id;
  }
  /** The version of its file, shown with every result. */
  get version(): string | null {
    return this.#told.version;
  }
  get status(): Status | null {
    return this.#told.status;
  }
  get title(): Name {
    return this.#told.title;
  }
  /** First and last, both included. */
  get years(): readonly [number, number] {
    return this.#told.years;
  }
  /** The unit of every amount in its file, and of results where no other is asked for. */
  get unit(): Unit {
    return this.#told.unit;
  }
  get source(): Source {
    return this.#told.source;
  }
  /** How open points of the document are read. */
  get readings(): readonly Reading[] {
    return this.#told.readings;
  }
  get kinds(): readonly Word[] {
    return this.#told.kinds;
  }
  get designations(): readonly Word[] {
    return this.#told.designations;
  }
  get payers(): readonly Word[] {
    return this.#told.payers;
  }
  get attributes(): readonly Attribute[] {
    return this.#told.attributes;
  }
  /** In the order in which they are computed. */
  get layers(): readonly Layer[] {
    return this.#told.layers;
  }
  get figures(): readonly Figure[] {
    return this.#told.figures;
  }
  get classes(): readonly Class[] {
    return this.#told.classes;
  }
  get pools(): readonly Pool[] {
    return this.#told.pools;
  }
  /** What `withChanges` changed: every result of a changed policy says it. */
  get changes(): readonly ChangedValue[] {
    return this.#told.changes;
  }
  /** What should be looked at in it. */
  get warnings(): readonly Problem[] {
    return problemsOf(call(() => this.raw.warnings()));
  }
  /** The columns for a roster of it. */
  get rosterTemplate(): readonly TemplateColumn[] {
    return JSON.parse(call(() => this.raw.rosterTemplate())) as TemplateColumn[];
  }

  /** Id, version and status in a line, as every result for people states them. */
  line(lang?: Lang): string {
    return call(() => this.raw.line(langOf(lang)));
  }

  /** The policy in words: what each layer, class, rule and pool says. */
  describe(lang?: Lang): PolicyDescription {
    return JSON.parse(call(() => this.raw.describe(langOf(lang)))) as PolicyDescription;
  }

  /** The policy with some values changed. */
  withChanges(changes: Changes): Policy {
    const { paths, values, problems } = changesOf(changes);
    refuse(problems);
    const of = this.maker;
    call(() => this.raw);
    // What is handed over is kept.
    return new Policy(() => call(() => of().withChanges([...paths], [...values])));
  }

  /** The document in the structure of its file, numbers as text of their digits. */
  toJSON(): PolicyDocument {
    return JSON.parse(call(() => this.raw.document())) as PolicyDocument;
  }
}

/** Changes as the module takes them, and what is wrong with them. @internal */
export function changesOf(changes: Changes, place: Partial<Problem> = {}): { paths: string[]; values: string[]; problems: Problem[] } {
  const entries: [string, unknown][] = Object.entries(recordOf(changes, "the argument for changes"));
  const problems = entries.flatMap(([key, value]) => {
    // A list or an object is written as the text of one.
    const broken = brokenText(value, { ...place, key }) ?? brokenText(key, { ...place, key });
    if (broken !== undefined) return broken;
    if (typeof value !== "object") return wrongWith(value, { ...place, key }) ?? [];
    const parts = { ...place, key, found: kindOf(value), expected: "a whole number, or the text of a TOML value" };
    return problemOf("wrong-type", "is not a value to change to", parts);
  });
  const paths = entries.map(([path]) => path);
  const values = problems.length > 0 ? [] : entries.map(([, value]) => String(value));
  return { paths, values, problems };
}

/** @internal */
export function named(file: string | undefined): string | undefined {
  return file === undefined ? undefined : textOf(file, "the name of the file");
}
