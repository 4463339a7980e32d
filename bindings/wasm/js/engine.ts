/// <reference lib="esnext.disposable" preserve="true" />
/** The modules: started, called, and started again after what must never happen. */

import { failure, FundlayersError, type Problem } from "./errors.js";
import { kindOf } from "./kinds.js";
import { takePanic } from "./panic.js";
import * as first from "./raw/fundlayers.js";
import type * as whole from "./raw/whole.js";

/** What a module can be started from. */
export type ModuleSource = string | URL | Request | Response | Promise<Response> | BufferSource | WebAssembly.Module;

/** What the whole module offers. The first one lacks some of it. */
export type Raw = typeof whole;

/** A module, what it said last before it stopped, and how it is started again. */
export interface Engine {
  readonly raw: Raw;
  readonly takePanic: () => string | undefined;
  readonly startAgain: () => void;
}

const FIRST: Engine = { raw: first as unknown as Raw, takePanic, startAgain: first.__wbg_reset_state };

/** Those that are started, the last of which makes new objects. */
const engines: Engine[] = [];

/** What makes new objects: the first module, or once it is loaded the whole one. */
export let raw = FIRST.raw;

/** Counts starts: objects of an earlier one are no more. */
let generation = 0;
let started = false;

/** Starts the first module from where it lies. Once one is started, it stays. */
export async function start(source: ModuleSource): Promise<void> {
  if (started) return;
  await first.default({ module_or_path: source });
  use(FIRST);
}

/** Starts the first module from its bytes. */
export function startSync(source: BufferSource | WebAssembly.Module): void {
  if (started) return;
  first.initSync({ module: source });
  use(FIRST);
}

/** Makes new objects in a module that was started, from now on. */
export function use(engine: Engine): void {
  engines.push(engine);
  raw = engine.raw;
  started = true;
}

/** Whether the module has all that can be asked for. */
export function isWhole(): boolean {
  return raw !== FIRST.raw;
}

/** The module for what only the whole one answers. */
export function wholeRaw(): Raw {
  if (isWhole()) return raw;
  if (!started) throw failure("internal", "the module is not started yet", { expected: "await init() first" });
  throw failure("not-loaded", "the part of the module that answers this is not loaded yet", { expected: "await loadAll() first" });
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
    // Of a trap without a word nobody knows whose it is.
    const said = () => engines.map((engine) => engine.takePanic()).find((text) => text !== undefined);
    throw asFailure(error, said, () => {
      generation += 1;
      for (const engine of engines) engine.startAgain();
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

/** An object in a module's memory. */
export interface RawObject {
  free(): void;
}

/** Something that lives in a module's memory until it is freed or forgotten. */
export abstract class Resource<R extends RawObject> {
  #raw: R | undefined;
  /** What makes it again in a module that is loaded later; nothing of what is only shown, or where none will be. */
  readonly #make: (() => R) | undefined;
  #module: Raw;
  #generation = generation;

  protected constructor(made: R | (() => R)) {
    this.#module = raw;
    if (typeof made === "function") {
      this.#raw = made();
      this.#make = isWhole() ? undefined : made;
    } else {
      this.#raw = made;
    }
  }

  /** In the module where it was made. @internal */
  get raw(): R {
    if (this.#raw === undefined) throw failure("freed", "the object was freed");
    if (this.#generation !== generation) {
      throw failure("freed", "the object belongs to a module that had to be started again", { expected: "make it anew" });
    }
    return this.#raw;
  }

  /** In the module that makes new objects, to be used with others. @internal */
  get moved(): R {
    const before = this.raw;
    if (this.#module === raw || this.#make === undefined) return before;
    [this.#raw, this.#module] = [this.#make(), raw];
    before.free();
    return this.#raw;
  }

  /** What others are made of, that may have to be made again when it was freed. @internal */
  get maker(): () => R {
    const make = this.#make;
    return () => (this.#raw === undefined && make !== undefined ? make() : this.moved);
  }

  /** In the whole module, where what is asked for needs it. @internal */
  get inWhole(): R {
    wholeRaw();
    return this.moved;
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

/** A class of objects. */
export interface Made<R extends RawObject> {
  readonly prototype: Resource<R>;
  readonly name: string;
}

/** What lies behind an object that was handed in, which callers without types may get wrong. @internal */
export function rawOf<R extends RawObject>(made: Made<R>, object: Resource<R>, what: string): R {
  return checked(made, object, what).moved;
}

/** The same for what is made of it, now and perhaps again. @internal */
export function sourceOf<R extends RawObject>(made: Made<R>, object: Resource<R>, what: string): () => R {
  const { maker } = checked(made, object, what);
  call(() => object.raw);
  return maker;
}

function checked<R extends RawObject>(made: Made<R>, object: Resource<R>, what: string): Resource<R> {
  if (!Resource.made(object) || !Object.prototype.isPrototypeOf.call(made.prototype, object)) {
    throw failure("wrong-type", `${what} is not one`, { found: kindOf(object), expected: `an object of the class ${made.name}` });
  }
  return object;
}

// Older browsers do not know the symbol.
if (Symbol.dispose as symbol | undefined) {
  Object.defineProperty(Resource.prototype, Symbol.dispose, {
    value(this: Resource<RawObject>) {
      this.free();
    },
  });
}
