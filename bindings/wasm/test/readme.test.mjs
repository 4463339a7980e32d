// The examples of the documents run, and print what stands below them.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { here, root } from "./files.mjs";

for (const [path, least] of [["README.md", 1], ["bindings/wasm/README.md", 1]]) {
  test(`the examples of ${path} run`, () => {
    const text = readFileSync(join(root, path), "utf8");
    const examples = [...text.matchAll(/```js\n([\s\S]*?)```(?:\n\n```text\n([\s\S]*?)```)?/g)];
    assert.ok(examples.length >= least, `${examples.length} examples`);
    for (const [, source, printed] of examples) {
      const done = spawnSync("node", ["--input-type=module", "-e", source], { cwd: here, encoding: "utf8" });
      assert.equal(done.status, 0, done.stderr);
      if (printed !== undefined) assert.equal(done.stdout, printed);
    }
  });
}
