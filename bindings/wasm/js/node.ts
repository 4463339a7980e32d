/** For Node: the module is read from the package. What `index.ts` exports is exported here too, as in `browser.ts`. */

import { readFileSync } from "node:fs";
import { initSync } from "./manual.js";

initSync(readFileSync(new URL("./raw/fundlayers_bg.wasm", import.meta.url)));
