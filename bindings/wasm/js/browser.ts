/** For browsers and bundlers: the module is fetched before the import is done. */

import { start } from "./engine.js";

await start(new URL("./raw/fundlayers_bg.wasm", import.meta.url));

export * from "./index.js";
