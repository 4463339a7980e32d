// The examples of the documents run, and print what stands below them.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { here, root } from "./files.mjs";

/** Where the examples find the package, and the files that they name. */
function folder() {
  const made = mkdtempSync(join(tmpdir(), "fundlayers-"));
  symlinkSync(join(here, "node_modules"), join(made, "node_modules"));
  for (const [name, file] of [["名单.xlsx", "roster-office.xlsx"], ["台账.xlsx", "ledger-yuan.xlsx"]]) symlinkSync(join(root, "tests/sheets", file), join(made, name));
  return made;
}

for (const [path, least] of [["README.md", 1], ["README.zh-CN.md", 1], ["bindings/wasm/README.md", 1], ["bindings/wasm/README.zh-CN.md", 1]]) {
  test(`the examples of ${path} run`, () => {
    const text = readFileSync(join(root, path), "utf8");
    const examples = [...text.matchAll(/```js\n([\s\S]*?)```(?:\n\n```text\n([\s\S]*?)```)?/g)];
    assert.ok(examples.length >= least, `${examples.length} examples`);
    const cwd = folder();
    for (const [, source, printed] of examples) {
      const done = spawnSync("node", ["--input-type=module", "-e", source], { cwd, encoding: "utf8" });
      assert.equal(done.status, 0, done.stderr);
      if (printed !== undefined) assert.equal(done.stdout, printed);
    }
  });
}
