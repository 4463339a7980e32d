/** The module that answers all that can be asked, which takes the place of the first one when it is loaded. */

import { takePanic } from "./panic.js";
import * as raw from "./raw/whole.js";
import type { Engine, ModuleSource } from "./engine.js";
import { bytesAt } from "./place.js";

/** The module, for the package to use once it is started. */
export const WHOLE: Engine = { raw, takePanic, startAgain: raw.__wbg_reset_state };

let started: Promise<unknown> | undefined;

/** Starts it: from where the package has it, or from elsewhere. */
export async function start(source: ModuleSource | undefined): Promise<void> {
  started ??= bytesAt(source ?? new URL("./raw/whole_bg.wasm", import.meta.url)).then((module_or_path) => raw.default({ module_or_path }));
  try {
    await started;
  } catch (error) {
    // What was not to be had may be later.
    started = undefined;
    throw error;
  }
}

/** Starts it from its bytes. */
export function startSync(source: BufferSource | WebAssembly.Module): void {
  raw.initSync({ module: source });
}
