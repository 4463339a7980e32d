import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { here } from "./files.mjs";

const tsc = (...options) => {
  const done = spawnSync("../node_modules/.bin/tsc", ["--ignoreConfig", "--noEmit", "--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess", ...options, "consumer/consumer.ts"], { cwd: here, encoding: "utf8" });
  assert.equal(done.status, 0, done.stdout);
};

test("a strict consumer for Node compiles", () => tsc("--module", "nodenext", "--target", "es2022", "--types", "node"));
test("a strict consumer for a bundler compiles", () => tsc("--module", "esnext", "--moduleResolution", "bundler", "--target", "es2022", "--lib", "es2022,dom", "--types", ""));
