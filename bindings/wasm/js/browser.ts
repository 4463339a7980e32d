/**
 * For browsers and bundlers: when the import is done, the module is there. It is fetched beside the JavaScript that calls it. What
 * `index.ts` exports is exported here too: the bundler adds it (`rolldown.config.mjs`).
 */

const [everything, module] = await Promise.all([
  import("./manual.js"),
  fetch(new URL("./raw/fundlayers_bg.wasm", import.meta.url)),
]);
await everything.init(module);
