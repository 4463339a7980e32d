import assert from "node:assert/strict";
import { test } from "node:test";
import * as fundlayers from "fundlayers";
import { vectorFiles } from "./files.mjs";
import { casesOf, difference } from "./vectors.mjs";

test("every case has its answer", () => {
  const failures = [];
  let cases = 0;
  for (const { name: file, text, formula } of vectorFiles()) {
    for (const given of casesOf(text, formula)) {
      cases += 1;
      const wrong = difference(fundlayers, given);
      if (wrong) failures.push(`${file}: ${given.name} (${given.clause})\n${wrong}`);
    }
  }
  assert.equal(failures.length, 0, `${failures.length} of ${cases} cases differ:\n\n${failures.join("\n\n")}`);
  assert.ok(cases > 300, `only ${cases} cases were found`);
});

test("a wrong expectation is seen", () => {
  const [given] = casesOf(`{ "cases": [{ "name": "n", "clause": "c", "op": "totals", "policy": "tongchuan-2023",
    "options": { "by": [] }, "expect": { "rows": [{ "amount": "20161" }] } }] }`);
  assert.match(difference(fundlayers, given), /"20161" was expected, found "20160"/);
});
