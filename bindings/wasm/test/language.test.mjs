// The language in which people are spoken to.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, test } from "node:test";
import { Allocation, FundlayersError, inLanguage, Policy, Roster, setLanguage } from "fundlayers";
import { root } from "./files.mjs";

afterEach(() => setLanguage(undefined));

const plan = () => Policy.builtIn("tongchuan-2023");
const ROWS = [{ 名称: "甲镇", 类型: "镇", 认定层级: "乡级" }];

function thrown(ask) {
  try {
    ask();
  } catch (error) {
    assert.ok(error instanceof FundlayersError, `${error?.stack ?? error}`);
    return error;
  }
  return assert.fail("nothing was thrown");
}

/** The first English word outside backticks and codes. */
function foreign(text) {
  const outside = text.replace(/`[^`]*`|\[[a-z0-9-]+\]|[\w.-]*[._/=-][\w.-]*/g, " ");
  return outside.match(/[A-Za-z]{2,}/g)?.find((word) => !["TOML", "JSON", "CSV", "UTF", "fundlayers"].includes(word));
}

test("messages are of the language that is spoken", () => {
  const roster = () => new Allocation(plan(), Roster.from(ROWS, plan()));
  const english = thrown(roster);
  assert.notEqual(foreign(english.message), undefined);
  assert.equal(foreign(english.toText("zh")), undefined);
  setLanguage("zh");
  const chinese = thrown(roster);
  assert.equal(chinese.message, english.toText("zh"));
  assert.equal(chinese.toText("en"), english.message);
  for (const problem of chinese.problems) {
    for (const said of [problem.message, problem.expected ?? "", problem.text]) assert.equal(foreign(said), undefined, said);
    assert.notEqual(inLanguage(problem, "en").message, problem.message);
    assert.deepEqual(inLanguage(inLanguage(problem, "en"), "zh").text, problem.text);
  }
});

test("what this package says of its own is Chinese too", () => {
  setLanguage("zh");
  for (const ask of [
    () => Roster.from("甲镇", plan()),
    () => Policy.parse(3),
    () => Policy.parse("a\ud800"),
    () => plan().line("fr"),
    () => new Allocation(plan(), Roster.builtIn(plan()), { years: {} }),
    () => new Allocation({}, Roster.builtIn(plan())),
    () => Roster.from([{ 名称: "甲镇", 类型: "镇", 认定层级: "市级", 数量: 0.5 }], plan()),
  ]) {
    const { message } = thrown(ask);
    assert.equal(foreign(message), undefined, message);
  }
});

test("every sentence of the sources has its Chinese", () => {
  const folder = join(root, "bindings/wasm/js");
  const words = readFileSync(join(folder, "words.ts"), "utf8");
  const sources = readdirSync(folder).filter((name) => name.endsWith(".ts") && name !== "words.ts").map((name) => readFileSync(join(folder, name), "utf8"));
  const calls = sources.flatMap((source) => [...source.matchAll(/(?:failure|problemOf)\("[a-z-]+", ("[^"]*"|`[^`]*`)|expected: ("(?:[^"\\]|\\.)*"|'[^']*')/g)]);
  assert.ok(calls.length > 30, `${calls.length} sentences`);
  for (const [, message, expected] of calls) {
    const said = message ?? expected;
    // Sentences with something in them are patterns.
    if (!said.startsWith("`")) assert.ok(words.includes(`[${said}, `), `${said} has no line in js/words.ts`);
  }
});

test("reports and sentences are of the language that is spoken", () => {
  const allocation = new Allocation(plan(), Roster.builtIn(plan()));
  const totals = allocation.totals(["year"]);
  assert.equal(totals.report().lang, "zh");
  setLanguage("en");
  assert.equal(totals.report().lang, "en");
  assert.equal(totals.report("zh").lang, "zh");
  assert.throws(() => setLanguage("fr"), TypeError);
});

test("titles take the place of keys", () => {
  const totals = new Allocation(plan(), Roster.builtIn(plan())).totals(["区县，年份"]);
  assert.deepEqual(totals.keys, ["county", "year", "count", "amount", "unit"]);
  const titles = ["区县", "年度", "数量", "金额", "单位"];
  assert.deepEqual(totals.titles("zh"), titles);
  assert.deepEqual(Object.keys(totals.toRows({ labels: "zh" })[0]), titles);
  assert.equal(totals.rows(0, 1, { labels: "zh" })[0].金额, totals.toRows()[0].amount);
});

test("JSON has its warnings in a language", () => {
  const roster = Roster.from([{ 名称: "甲镇", 类型: "镇", 认定层级: "市级", 面积: "3" }], plan());
  const totals = new Allocation(plan(), roster).totals(["year"]);
  const [zh] = JSON.parse(totals.toJson({ lang: "zh" })).warnings;
  const [en] = JSON.parse(totals.toJson()).warnings;
  assert.notEqual(zh.message, en.message);
  assert.equal(foreign(zh.message), undefined);
});
