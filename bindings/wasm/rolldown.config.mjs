// The package's own JavaScript in one small file, beside one for each way in: a page waits for few bytes, and whatever way it
// comes in, it gets the same objects of the same module.

import { defineConfig } from "rolldown";

const shared = {
  resolve: { extensionAlias: { ".js": [".ts", ".js"] } },
  // Messages name classes.
  output: { dir: "dist", minify: true, keepNames: true, sourcemap: true },
};

export default defineConfig([
  { ...shared, input: "js/manual.ts" },
  { ...shared, input: ["js/browser.ts", "js/node.ts"], external: ["./manual.js", "node:fs"] },
]);
