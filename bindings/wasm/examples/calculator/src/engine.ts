/** Asks in the page, or in a worker once the roster is large, so that the page never freezes. */

import { init } from "fundlayers/manual";
import { perform, performLater, type Answered, type Asked, type AskedOfAll } from "./engine-core.js";
import type { State } from "./state.js";

/** Beyond so many rows the worker computes. */
const LARGE = 1_000;

let starting: Promise<void> = Promise.reject(new Error("not started"));
starting.catch(() => undefined);
let started = false;

/** Starts the module; what is asked before it has come waits. What the page shows by then is computed too, so that it can be asked about. */
export function start(shown: State | undefined): Promise<void> {
  starting = init().then(() => {
    if (shown) perform({ ask: "answer", state: shown });
    started = true;
  });
  return starting;
}

/** Nothing once the module has come, so that figures follow a slider at once. */
export function whenStarted(): Promise<void> | undefined {
  return started ? undefined : starting;
}

let worker: Worker | undefined;
let last = 0;
const waiting = new Map<number, { readonly done: (answered: Answered) => void; readonly failed: (error: Error) => void }>();
let beside = false;

/** Whether a state is computed by the worker. */
export function isLarge(state: State): boolean {
  return state.roster.kind === "rows" && state.roster.rows.length > LARGE;
}

/** Asks at once; only for small rosters, and once the module has come. */
export function askNow(asked: Asked): Answered {
  beside = false;
  return perform(asked);
}

/** Asks in the page whatever the roster: what is shown stays where it was computed. */
export async function askHere(asked: Asked | AskedOfAll): Promise<Answered> {
  await whenStarted();
  return performLater(asked);
}

export function ask(asked: Asked | AskedOfAll, large?: boolean): Promise<Answered> {
  if (large !== undefined) beside = large;
  if (!beside) return askHere(asked);
  if (worker === undefined) {
    worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    worker.addEventListener("message", ({ data }: MessageEvent<{ id: number; answered?: Answered; problem?: string }>) => {
      const asker = waiting.get(data.id);
      waiting.delete(data.id);
      if (data.answered) asker?.done(data.answered);
      else asker?.failed(new Error(data.problem ?? "the worker failed"));
    });
  }
  const id = (last += 1);
  worker.postMessage({ id, asked });
  return new Promise((done, failed) => waiting.set(id, { done, failed }));
}
