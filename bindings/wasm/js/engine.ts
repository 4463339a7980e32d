/// <reference lib="esnext.disposable" preserve="true" />
/** The module: started, called, and started again after what must never happen. */

import { failure, FundlayersError, type Problem } from "./errors.js";
import { kindOf } from "./kinds.js";
import { takePanic } from "./panic.js";
import startLater, { __wbg_reset_state as startAgain, initSync } from "./raw/fundlayers.js";

/** What the module can be started from. */
export type ModuleSource = string | URL | Request | Response | Promise<Response> | BufferSource | WebAssembly.Module;

/** Counts starts: objects of an earlier one are no more. */
let generation = 0;
let started = false;

/** Starts the module from where it lies. Once started, it stays. */
export async function start(source: ModuleSource): Promise<void> {
  if (started) return;
  await startLater({ module_or_path: source });
  started = true;
}

/** Starts the module from its bytes. */
export function startSync(source: BufferSource | WebAssembly.Module): void {
  if (started) return;
  initSync({ module: source });
  started = true;
}

interface Thrown {
  readonly problems: readonly Problem[];
  readonly left_out: number;
  readonly text: string;
  readonly zh: string;
}

/** Whether a call broke off in the middle, so that the module cannot be trusted any more. */
function brokeOff(error: unknown): boolean {
  if (error instanceof WebAssembly.RuntimeError) return true;
  // The stack of calls is used up: a RangeError in most engines, an InternalError in Firefox.
  return error instanceof Error && /call stack|recursion/i.test(error.message);
}

/** Calls the module; whatever goes wrong comes out as a `FundlayersError`. */
export function call<T>(ask: () => T): T {
  if (!started) throw failure("internal", "the module is not started yet", { expected: "await init() first" });
  try {
    return ask();
  } catch (error) {
    throw asFailure(error, takePanic, () => {
      generation += 1;
      startAgain();
    });
  }
}

/** What a module threw as a `FundlayersError`; `again` starts one again that broke off. */
export function asFailure(error: unknown, panic: () => string | undefined, again: () => void): unknown {
  if (typeof error === "string") {
    const { problems, left_out, text, zh } = JSON.parse(error) as Thrown;
    return new FundlayersError({ zh, en: text }, problems, left_out);
  }
  if (!brokeOff(error)) return error;
  const said = panic() ?? (error as Error).message;
  again();
  return failure("internal", `a mistake in fundlayers, please report it: ${said}`, {}, { cause: error });
}

interface Raw {
  free(): void;
}

/** Something that lives in the module's memory until it is freed or forgotten. */
export abstract class Resource<R extends Raw> {
  #raw: R | undefined;
  readonly #generation = generation;

  protected constructor(raw: R) {
    this.#raw = raw;
  }

  /** @internal */
  get raw(): R {
    if (this.#raw === undefined) throw failure("freed", "the object was freed");
    if (this.#generation !== generation) {
      throw failure("freed", "the object belongs to a module that had to be started again", { expected: "make it anew" });
    }
    return this.#raw;
  }

  /** Whether an object was made by this package. @internal */
  static made(object: unknown): boolean {
    return typeof object === "object" && object !== null && #raw in object;
  }

  /** Gives its memory back at once; without this, it is given back some time after the object is forgotten. */
  free(): void {
    const raw = this.#raw;
    this.#raw = undefined;
    if (raw !== undefined && this.#generation === generation) call(() => raw.free());
  }

  /** The same as {@link free}, for `using`. */
  declare readonly [Symbol.dispose]: () => void;
}

/** What lies behind an object that was handed in, which callers without types may get wrong. @internal */
export function rawOf<R extends Raw>(made: { readonly prototype: Resource<R>; readonly name: string }, object: Resource<R>, what: string): R {
  if (!Resource.made(object) || !Object.prototype.isPrototypeOf.call(made.prototype, object)) {
    throw failure("wrong-type", `${what} is not one`, { found: kindOf(object), expected: `an object of the class ${made.name}` });
  }
  return object.raw;
}

// Older browsers do not know the symbol.
if (Symbol.dispose as symbol | undefined) {
  Object.defineProperty(Resource.prototype, Symbol.dispose, {
    value(this: Resource<Raw>) {
      this.free();
    },
  });
}
