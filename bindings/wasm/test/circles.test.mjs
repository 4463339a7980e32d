// No file of the package or of the calculator imports, by whatever way, one that imports it: types count too.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

/** `from "./x.js"`, `import "./x.js"`, `import("./x.js")` of values and of types, and the file of a worker. */
const IMPORT = /(?:\bfrom|\bimport|\bnew URL)\s*\(?\s*["'](\.{1,2}\/[^"'?]+)["']/g;

/** What each file of a folder imports of it; what the build writes into `raw`, once it is there, counts too. */
function importsOf(folder) {
  const files = readdirSync(folder, { recursive: true }).filter((name) => /\.[jt]s$/.test(name));
  const within = (name, path) => {
    const there = relative(".", join(dirname(name), path));
    return [there.replace(/\.js$/, ".ts"), there].find((one) => files.includes(one)) ?? there;
  };
  const imports = (name) => [...readFileSync(join(folder, name), "utf8").matchAll(IMPORT)].map(([, path]) => within(name, path));
  return new Map(files.map((name) => {
    const own = imports(name).filter((path) => /\.[jt]s$/.test(path) && (files.includes(path) || !path.startsWith("raw")));
    for (const path of own) assert.ok(files.includes(path), `${name} imports ${path}, which is not there`);
    return [name, own];
  }));
}

/** The first circle that is met, from a file back to it. */
function circle(imports) {
  const done = new Set();
  const follow = (file, way) => {
    if (way.includes(file)) return [...way.slice(way.indexOf(file)), file];
    if (done.has(file)) return undefined;
    for (const next of imports.get(file)) {
      const found = follow(next, [...way, file]);
      if (found) return found;
    }
    done.add(file);
    return undefined;
  };
  return [...imports.keys()].map((file) => follow(file, [])).find((found) => found !== undefined);
}

for (const [what, folder] of [["the package", "../js"], ["the calculator", "../examples/calculator/src"]]) {
  test(`the files of ${what} import each other in no circle`, () => {
    const imports = importsOf(fileURLToPath(new URL(folder, import.meta.url)));
    // It found them.
    assert.ok([...imports.values()].flat().length > imports.size);
    assert.equal(circle(imports)?.join(" → "), undefined);
  });
}
