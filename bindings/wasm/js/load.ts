import { isWhole, use, type ModuleSource } from "./engine.js";

/**
 * Loads all of the module: what ledgers, scenarios, `solve`, tables of figures, duties, checks, projects, forms, pages and notes for the
 * file are asked of. A page starts with a part of it, and calls this before it asks for any of them; objects that it has go on, made
 * again in it when they are used. In Node all is there from the start. Done once; later calls do nothing. `source` says where it is, if
 * not beside the package's JavaScript.
 */
export async function loadAll(source?: ModuleSource): Promise<void> {
  if (isWhole()) return;
  const { start, WHOLE } = await import("./whole.js");
  await start(source);
  // Another call may have been quicker.
  if (!isWhole()) use(WHOLE);
}
