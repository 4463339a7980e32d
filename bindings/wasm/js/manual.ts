/** For those who start the module themselves: `await init()`, then everything as in `fundlayers`. */

import { start, startSync, use, type Engine, type ModuleSource } from "./engine.js";

/**
 * Starts the module: from where the package has it, or from an address, a response, bytes, or a compiled module (which a
 * worker can be sent). Done once; later calls do nothing.
 */
export async function init(source?: ModuleSource): Promise<void> {
  await start(source ?? new URL("./raw/fundlayers_bg.wasm", import.meta.url));
}

/** Starts the module at once, from its bytes or a compiled module. Done once; later calls do nothing. */
export function initSync(source: BufferSource | WebAssembly.Module): void {
  startSync(source);
}

/** For Node, which has the whole module from the start. @internal */
export function useWhole(engine: Engine): void {
  use(engine);
}

export type { ModuleSource } from "./engine.js";
export * from "./index.js";
export * from "./testing.js";
