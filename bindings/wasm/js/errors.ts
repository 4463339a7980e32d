import { spoken } from "./language.js";
import type { Lang } from "./language.js";
import type { CoreCode } from "./codes.js";
import { chinese } from "./words.js";

/**
 * What can be wrong. The codes of the core, the same in Rust and Python, and three of this package:
 *
 * - `not-loaded`: what answers this is in the part of the module that `await loadAll()` loads;
 * - `freed`: the object was freed, or belongs to a module that had to be started again;
 * - `internal`: a mistake in fundlayers. The module was started again: objects made before are `freed`, new ones work.
 */
export type Code = CoreCode | "freed" | "internal" | "not-loaded";

/** Whether a problem stops the work or is only pointed out. */
export type Severity = "error" | "warning";

/** What is said of a problem in a language. */
export interface Words {
  /** What is wrong, without place. */
  readonly message: string;
  /** What would be right. */
  readonly expected?: string;
  /** The whole sentence: place, message, what was found, what would be right, code. */
  readonly text: string;
}

/**
 * One thing wrong with an input. What is not known is left out. `message`, `expected` and `text` are English, unless
 * `setLanguage("zh")` was said before; `inLanguage` gives them in either language.
 */
export interface Problem {
  /** The stable code. */
  readonly code: Code;
  /** Whether it stops the work. */
  readonly severity: Severity;
  /** What is wrong, without place. */
  readonly message: string;
  /** What is said in Chinese. */
  readonly zh?: Words;
  /** What is said in English, where the problem itself says it in another language. */
  readonly en?: Words;
  /** The whole sentence: place, message, what was found, what would be right, code. */
  readonly text: string;
  /** The file, as you named it. */
  readonly file?: string;
  /** Line of the text, from 1. */
  readonly line?: number;
  /** Character in the line, from 1. */
  readonly character?: number;
  /** The scenario, by its name. */
  readonly scenario?: string;
  /** Path of the value in a policy, such as `classes.municipal-town.standard`. */
  readonly key?: string;
  /** Row of a table, from 1, the header not counted. */
  readonly row?: number;
  /** Column of a table, by its key. */
  readonly column?: string;
  /** The cell of a workbook, such as `名单!D7`. */
  readonly cell?: string;
  /** What stood there; cut if long. */
  readonly found?: string;
  /** What would be right. */
  readonly expected?: string;
}

/** A problem with its words in a language. */
export function inLanguage(problem: Problem, lang: Lang): Problem {
  const { message, expected, text, en, zh, ...rest } = problem;
  const own: Words = { message, text, ...(expected === undefined ? {} : { expected }) };
  const english = en ?? own;
  const said = lang === "zh" ? (zh ?? english) : english;
  const others = { ...(zh === undefined ? {} : { zh }), ...(lang === "zh" ? { en: english } : {}) };
  return { ...rest, message: said.message, text: said.text, ...(said.expected === undefined ? {} : { expected: said.expected }), ...others };
}

/** Problems as the module gives them, in the language that is spoken. @internal */
export function problemsOf(json: string): readonly Problem[] {
  return asSpoken(JSON.parse(json) as Problem[]);
}

function asSpoken(problems: readonly Problem[]): readonly Problem[] {
  const lang = spoken("en");
  return lang === "en" ? problems : problems.map((problem) => inLanguage(problem, lang));
}

/** Input that is wrong. Every problem is there at once; the message says the first 20 of each kind, and how many more there are. */
export class FundlayersError extends Error {
  override readonly name = "FundlayersError";
  /** The code of the first problem that stops the work. */
  readonly code: Code;
  /** Every problem, in the order of the input; warnings may be among them. */
  readonly problems: readonly Problem[];
  /** How many more there were than are kept. */
  readonly leftOut: number;
  readonly #said: { readonly [lang in Lang]: string };

  constructor(message: string | { readonly [lang in Lang]: string }, problems: readonly Problem[], leftOut = 0, options?: ErrorOptions) {
    const said = typeof message === "string" ? { zh: message, en: message } : message;
    super(said[spoken("en")], options);
    this.code = (problems.find((problem) => problem.severity === "error") ?? problems[0])?.code ?? "internal";
    this.problems = asSpoken(problems);
    this.leftOut = leftOut;
    this.#said = said;
  }

  /** The message in a language. */
  toText(lang: Lang): string {
    return this.#said[lang];
  }
}

/** A problem that this package finds, not the core. */
export function problemOf(code: Code, message: string, parts: Partial<Problem> = {}): Problem {
  const { row, column, scenario, key, found, expected } = parts;
  const places = [row === undefined ? "" : `row ${row}`, column === undefined ? "" : `column \`${column}\``].filter((place) => place !== "");
  const place = [places.join(", "), scenario === undefined ? "" : `scenario \`${scenario}\``, key ?? ""].filter((part) => part !== "").map((part) => `${part}: `).join("");
  const said = `${place}${message}${found === undefined ? "" : `, found \`${found}\``}${expected === undefined ? "" : `; ${expected}`}`;
  const zh = parts.zh ?? inChinese(code, message, parts);
  return { code, severity: "error", message, text: `${said} [${code}]`, ...parts, zh };
}

/** The same, as the core's Chinese has it. */
function inChinese(code: Code, message: string, { row, column, scenario, key, found, expected }: Partial<Problem>): Words {
  const cell = column === undefined ? "" : ` \`${column}\` 列`;
  const place = [
    row === undefined ? (column === undefined ? "" : `\`${column}\` 列：`) : `数据第 ${row} 行${cell}：`,
    scenario === undefined ? "" : `情景 \`${scenario}\`：`,
    key === undefined || key === "" ? "" : `${key}：`,
  ].join("");
  const [wrong, right] = [chinese(message), expected === undefined ? undefined : chinese(expected)];
  const said = `${place}${wrong}${found === undefined ? "" : `，现为 \`${found}\``}${right === undefined ? "" : `；${right}`}`;
  return { message: wrong, text: `${said} [${code}]`, ...(right === undefined ? {} : { expected: right }) };
}

/** More than this nobody reads in a message. */
const SAID = 20;

/** An error of some problems that this package finds, or that it adds to. */
export function failed(problems: readonly Problem[], leftOut = 0, options?: ErrorOptions): FundlayersError {
  // Where not all are said, warnings must not hide what stops the work.
  const weight = ({ severity }: Problem) => (problems.length > SAID && severity === "warning" ? 1 : 0);
  const shown = [...problems].sort((a, b) => weight(a) - weight(b)).slice(0, SAID);
  const more = problems.length - shown.length + leftOut;
  const said = (lang: Lang, rest: string) =>
    [...shown.map((problem) => inLanguage(problem, lang).text), ...(more > 0 ? [rest] : [])].join("\n");
  return new FundlayersError({ zh: said("zh", `……另有 ${more} 处`), en: said("en", `… and ${more} more`) }, problems, leftOut, options);
}

/** An error of one problem that this package finds. */
export function failure(code: Code, message: string, parts: Partial<Problem> = {}, options?: ErrorOptions): FundlayersError {
  return failed([problemOf(code, message, parts)], 0, options);
}
