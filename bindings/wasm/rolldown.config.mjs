// The package's own JavaScript in one small file, beside one for each way in: a page waits for few bytes, and whatever way it
// comes in, it gets the same objects of the same module.

import { readFileSync } from "node:fs";
import { defineConfig } from "rolldown";

/** What both ways in export: what index.ts does, where alone it is listed. */
const index = readFileSync(new URL("js/index.ts", import.meta.url), "utf8");
const names = [...index.matchAll(/^export \{([^}]*)\} from/gm)].map(([, list]) => list.trim()).join(", ");
const exported = {
  // A page's way in has its names only once the module is there.
  "/js/browser.ts": `export const { ${names} } = everything;\n`,
  "/js/node.ts": `export { ${names} } from "./manual.js";\n`,
};
const exporting = {
  name: "exporting",
  transform(code, id) {
    const way = Object.keys(exported).find((path) => id.endsWith(path));
    return way && { code: code + exported[way], map: null };
  },
};

const shared = {
  resolve: { extensionAlias: { ".js": [".ts", ".js"] } },
  // Messages name classes.
  output: { dir: "dist", minify: true, keepNames: true, sourcemap: true },
};

export default defineConfig([
  { ...shared, input: "js/manual.ts", external: ["./unpack.js", "./excel.js", "./whole.js"] },
  // What answers all is fetched where something is asked that the first module lacks.
  { ...shared, input: "js/whole.ts" },
  // What reads workbooks is fetched where there is one.
  { ...shared, input: "js/unpack.ts" },
  // And what writes them.
  { ...shared, input: "js/excel.ts" },
  { ...shared, plugins: [exporting], input: ["js/browser.ts", "js/node.ts"], external: ["./manual.js", "./whole.js", "node:fs"] },
]);
