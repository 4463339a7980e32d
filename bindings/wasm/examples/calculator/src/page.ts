/** The page's state, and its one owner: what was put in, what was asked for, what came of it. It knows nothing that draws. */

import type { Problem } from "fundlayers/manual";
import type { Answer } from "./compute.js";
import { ask, askNow, isLarge, whenStarted } from "./engine.js";
import type { Answered } from "./engine-core.js";
import { fitsAddress, type RosterSource, type State } from "./state.js";
import { word, type WordKey } from "./words.js";

/** Which inputs are drawn again; results always are. */
export type Redraw = "all" | "roster" | "limit" | "amounts" | "none";

/** Why a file was not opened. */
export type Refused = { readonly problems: readonly Problem[]; readonly leftOut: number } | { readonly text: string; readonly choices?: readonly Choice[] };

/** A way to open it all the same. */
export interface Choice {
  readonly label: string;
  readonly take: () => void;
}

/** What the owner of the state has done for it. */
export interface Screen {
  /** Draws these inputs, the results, and what else follows from an answer. */
  draw(parts: readonly Redraw[]): void;
  /** Puts the focus on the first of these elements that is there. */
  focus(ids: readonly string[]): void;
  /** Says something to those who cannot see it change. */
  say(text: string): void;
  /** Shows whether an answer is being waited for, and the page's `note`. */
  wait(now: boolean): void;
  /** Something was changed. */
  changed(): void;
  /** What was asked for is shown. */
  settled(): void;
}

/** A roster, with the limit that was set for it. */
type Places = Pick<State, "roster" | "limit">;

/** What views read, and by which they change it. */
export class Page {
  readonly #screen: Screen;
  #state: State;
  /** The last answer that had results, and what it was asked for. */
  #shown: Answer | undefined;
  #shownState: State | undefined;
  #latest: Answer | undefined;
  #refused: Refused | undefined;
  #absent = false;
  #note = "";
  /** Counts what was asked: an answer is taken only if nothing was asked after it. */
  #asking = 0;
  /** What is drawn with the next answer, and what has the focus then: also what superseded answers were asked to draw. */
  readonly #redraws = new Set<Redraw>();
  #focusing: readonly string[] = [];
  /** The list while counts are shown, and the counts while the list is: nothing is lost by looking at the other. */
  #aside: { list?: Places; counts?: Places } = {};
  /** What of the state an address or a file holds: what was put in, however it is looked at. */
  #held: State;

  constructor(state: State, screen: Screen) {
    this.#state = this.#held = state;
    this.#screen = screen;
  }

  get state(): State {
    return this.#state;
  }

  /** The last answer that had results. */
  get answer(): Answer | undefined {
    return this.#shown;
  }

  /** What the answer that is shown was asked for. */
  get shownState(): State {
    return this.#shownState ?? this.#state;
  }

  /** The latest answer, whether it had results or not. */
  get latest(): Answer | undefined {
    return this.#latest;
  }

  /** Why the file that was given last was not opened; everything else is as it was. */
  get refused(): Refused | undefined {
    return this.#refused;
  }

  /** The module could not be fetched. */
  get absent(): boolean {
    return this.#absent;
  }

  /** That what is shown is not yet what was asked for, or why it will not be; else blank. */
  get note(): string {
    return this.#note;
  }

  /** A text in the language of the page. */
  readonly t = (key: WordKey, parts?: Readonly<Record<string, string | number>>): string => word(this.#state.lang, key, parts);

  /** Opens on inputs whose answer is yet to come; some answer may have the words of their policy already. */
  async openOnInputs(words: Answer | undefined): Promise<void> {
    this.#latest = words;
    this.#screen.draw(["all"]);
    await this.#recompute("all");
  }

  /** Opens on an answer that was there before the module. */
  openOnAnswer(answer: Answer): void {
    this.#redraws.add("all");
    this.#show(answer);
  }

  /** Changes what was put in and asks for what comes of it. */
  update(changes: Partial<State>, redraw: Redraw = "none", ...focus: string[]): void {
    this.#state = { ...this.#state, ...changes };
    this.#refused = undefined;
    this.#screen.changed();
    if (focus.length > 0) this.#focusing = focus;
    void this.#recompute(redraw);
  }

  /** Shows the list, or the counts, as it was when the other came; the first time a fresh one. */
  turnTo(other: "list" | "counts", fresh: () => RosterSource): void {
    const { roster, limit } = this.#state;
    this.#aside[roster.kind === "counts" ? "counts" : "list"] = { roster, limit };
    this.update(this.#aside[other] ?? { roster: fresh(), limit: undefined }, "all");
  }

  /** A state that was saved, or another policy or roster: what was laid aside belonged to the old one. */
  reopen(changes: Partial<State>): void {
    this.#aside = {};
    this.update(changes, "all");
  }

  /** Another policy or roster: everything that belonged to the old one goes. */
  open(changes: Partial<State>): void {
    const { kind } = this.#state.roster;
    const fresh = changes.policy ? { changes: {}, limit: undefined, figures: undefined, year: undefined } : { limit: undefined };
    const roster = changes.policy?.kind === "file" && kind === "builtIn" ? { roster: { kind: "counts", counts: {} } as const } : {};
    const back = changes.policy?.kind === "builtIn" && kind === "counts" ? { roster: { kind: "builtIn" } as const } : {};
    this.reopen({ ...fresh, ...roster, ...back, ...changes });
  }

  /** Leaves everything as it is, and says why. */
  refuse(why: Refused): void {
    this.#refused = why;
    this.#screen.draw([]);
    this.#screen.say("text" in why ? why.text : this.t("problems", { n: why.problems.length + why.leftOut }));
  }

  /** The module will not come. */
  giveUp(): void {
    this.#absent = true;
  }

  /** An address or a file holds the state from now on. */
  hold(): void {
    this.#held = this.#state;
  }

  /** Whether closing the page would lose something that was put in. */
  loses(): boolean {
    const same = (["policy", "changes", "roster", "limit", "figures"] as const).every((part) => this.#held[part] === this.#state[part]);
    return !same && (this.#absent || !fitsAddress(this.#state));
  }

  async #recompute(redraw: Redraw): Promise<void> {
    this.#redraws.add(redraw);
    const turn = (this.#asking += 1);
    const coming = whenStarted();
    if (coming) {
      this.#wait(true);
      if (!(await coming.then(() => true, () => false))) {
        this.#wait(false, this.t("notComputed"));
        return;
      }
      if (turn !== this.#asking) return;
    }
    const state = this.#state;
    let answered: Answered | undefined;
    if (isLarge(state)) {
      this.#wait(true);
      answered = await ask({ ask: "answer", state }, true).catch(() => undefined);
      if (turn !== this.#asking) return;
      if (answered === undefined) {
        this.#wait(false, this.t("notComputed"));
        return;
      }
    } else {
      answered = askNow({ ask: "answer", state });
    }
    if (answered.is !== "answer") throw new Error("not an answer");
    this.#wait(false);
    this.#show(answered.answer);
    this.#screen.settled();
  }

  #wait(now: boolean, note = now ? this.t("computing") : ""): void {
    this.#note = note;
    this.#screen.wait(now);
  }

  #show(answer: Answer): void {
    const before = this.#shown;
    const latest = (this.#latest = this.#withSheet(answer));
    if (latest.pivots.length > 0) [this.#shown, this.#shownState] = [latest, this.#state];
    else if (latest.uncounted || latest.policy?.id !== this.#shown?.policy?.id) this.#shown = undefined;
    // A limit can be set once there are claims, and no longer.
    if ((before === undefined) !== (this.#shown === undefined)) this.#redraws.add("limit");
    this.#screen.draw([...this.#redraws]);
    this.#redraws.clear();
    this.#screen.focus(this.#focusing);
    this.#focusing = [];
    this.#screen.say(this.#summary());
  }

  /** An answer whose roster is the one that is drawn, as long as it is the same: a cell is edited by the row that was drawn. */
  #withSheet(answer: Answer): Answer {
    const { sheet } = this.#latest ?? {};
    return answer.sheet !== undefined && JSON.stringify(answer.sheet) === JSON.stringify(sheet) ? { ...answer, sheet } : answer;
  }

  /** The latest answer in a sentence. */
  #summary(): string {
    const { failures = [], uncounted } = this.#latest ?? {};
    if (failures.length > 0) return this.t("problems", { n: failures.reduce((sum, { problems, leftOut }) => sum + problems.filter(({ severity }) => severity === "error").length + leftOut, 0) });
    if (uncounted) return this.t(this.#state.roster.kind === "counts" ? "uncounted" : "unlisted");
    return this.t("ready", { total: this.#shown?.pivots[0]?.rows.at(-1)?.figures.at(-1)?.text ?? "0", unit: this.#shown?.unit ?? "" });
  }
}
