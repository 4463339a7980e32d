/** Where modules lie. */

import type { ModuleSource } from "./engine.js";

/** What a module is started from: in Node, which fetches no files, the bytes of one. */
export async function bytesAt(place: ModuleSource): Promise<ModuleSource> {
  if (!(place instanceof URL) || place.protocol !== "file:") return place;
  // Bundlers for browsers are not to look for this.
  const files = "node:fs/promises";
  const { readFile } = (await import(/* @vite-ignore */ files)) as typeof import("node:fs/promises");
  return readFile(place);
}
