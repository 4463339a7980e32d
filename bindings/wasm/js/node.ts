/** For Node: the module is read from the package. */

import { readFileSync } from "node:fs";
import { startSync } from "./engine.js";

startSync(readFileSync(new URL("./raw/fundlayers_bg.wasm", import.meta.url)));

export * from "./index.js";
