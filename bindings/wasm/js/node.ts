/**
 * For Node: the whole module is read from the package, for a file costs no waiting. What `index.ts` exports is exported here too, as in
 * `browser.ts`.
 */

import { readFileSync } from "node:fs";
import { useWhole } from "./manual.js";
import * as whole from "./whole.js";

whole.startSync(readFileSync(new URL("./raw/whole_bg.wasm", import.meta.url)));
useWhole(whole.WHOLE);
