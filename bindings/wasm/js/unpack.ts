/** The module that reads workbooks, which is only loaded when there is one. */

import { takePanic } from "./panic.js";
import startLater, { __wbg_reset_state as startAgain, RawWorkbook } from "./raw/workbook.js";
import type { ModuleSource } from "./engine.js";
import { bytesAt } from "./place.js";

export { startAgain, takePanic };

let started: Promise<unknown> | undefined;

/** Starts it: from where the package has it, or from elsewhere. */
export async function start(source: ModuleSource | undefined): Promise<void> {
  started ??= bytesAt(source ?? new URL("./raw/workbook_bg.wasm", import.meta.url)).then((module_or_path) => startLater({ module_or_path }));
  try {
    await started;
  } catch (error) {
    // What was not to be had may be later.
    started = undefined;
    throw error;
  }
}

/** What stands in a workbook, for the other module. */
export function unpack(bytes: Uint8Array, file: string | undefined): { readonly rows: Uint8Array; readonly sheets: readonly string[] } {
  const raw = RawWorkbook.unpack(bytes, file);
  const unpacked = { rows: raw.rows(), sheets: raw.sheets() };
  raw.free();
  return unpacked;
}
