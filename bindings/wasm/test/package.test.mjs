// What the package promises beyond the vectors.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import {
  Allocation, amountText, compare, FundlayersError, Limits, parseAmount, Policy, Receipts, Roster, Scenarios, scenarios, solve,
} from "fundlayers";
import { commandLine, installed, root } from "./files.mjs";
import * as manual from "fundlayers/manual";

const plan = () => {
  const policy = Policy.builtIn("tongchuan-2023");
  const roster = Roster.builtIn(policy);
  return { policy, roster, allocation: new Allocation(policy, roster) };
};

/** The error that something throws, which must be one of ours. */
function errorOf(ask) {
  try {
    ask();
  } catch (error) {
    assert.ok(error instanceof FundlayersError, `${error?.stack ?? error}`);
    assert.ok(error.problems.length > 0);
    for (const { code, severity, message, text } of error.problems) {
      for (const part of [code, severity, message, text]) assert.equal(typeof part, "string");
    }
    return error;
  }
  return assert.fail("nothing was thrown");
}

test("the plan's figures come out", () => {
  const { policy, roster, allocation } = plan();
  assert.deepEqual(policy.years, [2023, 2025]);
  assert.equal(policy.status, "draft");
  assert.equal(roster.places, 36);
  assert.deepEqual(roster.placesByClass(policy).map(({ places }) => places), [3, 18, 2, 13]);
  assert.deepEqual(
    allocation.totals(["layer"]).toRows().map(({ layer, amount, unit }) => [layer, amount, unit]),
    [["central_provincial", "9900", "万元"], ["city", "6120", "万元"], ["county", "4140", "万元"]],
  );
  assert.equal(allocation.totals([], { unit: "元" }).toRows()[0].amount, "201600000");
  assert.deepEqual(allocation.years, [2023, 2024, 2025]);
});

/** A village by bands of a figure, by tiers of its income, and by whoever its own text names. */
const BANDS = {
  id: "bands", title: { zh: "分档方案", en: "By bands" }, years: [2024, 2024], unit: "元", payers: { city: { zh: "市级" } },
  attributes: { people: { zh: "人口", type: "number" }, income: { type: "number", unit: "元" }, lender: { type: "text" } },
  layers: [{ id: "city", payer: "city" }, { id: "county", payer: "county" }, { id: "bank", payer: { attribute: "lender" } }],
  figures: [{ id: "counted", name: { zh: "折算人口", en: "Counted people" }, unit: "人", value: { rate: "1.5", of: "people" }, clause: "一" }],
  classes: [{ id: "village", funding: {
    city: { bands: [{ below: 300, give: 1000 }, { give: 2000 }], of: "counted" },
    county: { tiers: [{ up_to: 10000, rate: "0.1" }, { rate: "0.05" }], of: "income" },
    bank: 7,
  } }],
};

test("bands, tiers and figures are explained and described, and whoever a place names pays", () => {
  const policy = Policy.from(BANDS);
  assert.deepEqual(policy.layers.map(({ payer }) => payer), ["city", "county", { attribute: "lender" }]);
  assert.deepEqual(policy.figures, [{ id: "counted", name: { zh: "折算人口", en: "Counted people" }, unit: "人", clause: "一", note: null }]);
  const roster = Roster.from([{ id: "a", name: "甲村", county: "东县", people: 100, income: 30000, lender: "信用社" }], policy);
  const allocation = new Allocation(policy, roster);
  const [{ steps, total }] = allocation.explain("a");
  // 150 people are fewer than 300; 10,000 × 0.1 + 20,000 × 0.05.
  assert.deepEqual(steps.map(({ payer, rule, amount }) => [payer, rule, amount]), [["city", "bands", "1000"], ["东县", "tiers", "2000"], ["信用社", "amount", "7"]]);
  assert.equal(total, "3007");
  assert.deepEqual(steps.map(({ figures }) => figures?.map(({ id, value, clause }) => [id, value, clause])), [[["counted", "150", "一"]], undefined, undefined]);
  assert.match(steps[0].figures[0].text.zh, /^折算人口.* = 150 人$/);
  assert.deepEqual(allocation.figures().toRows().map(({ id, counted }) => [id, counted]), [["a", "150"]]);
  for (const [lang, words] of [["zh", [/^按折算人口分档/, /超额累进/]], ["en", [/^by Counted people/, /slices of income/]]]) {
    const { layers, classes: [{ rules }] } = policy.describe(lang);
    words.forEach((word, at) => assert.match(rules[at].text, word));
    assert.equal(layers.length, rules.length);
  }
});

test("the gallery is not in the module", () => {
  assert.deepEqual(Policy.builtInIds(), ["tongchuan-2023"]);
  assert.equal(errorOf(() => Policy.builtIn("ch-bern-equalization-2012")).code, "unknown-policy");
  const module = readFileSync(join(installed, "dist/raw/fundlayers_bg.wasm"));
  assert.equal(module.includes("tongchuan-2023"), true);
  assert.equal(module.includes("ch-bern-equalization-2012"), false);
});

test("results are the bytes that the command line writes", () => {
  const { allocation } = plan();
  const cli = (...words) => execFileSync(commandLine(), words, { encoding: "utf8", cwd: root });
  assert.equal(allocation.table().toJson(), cli("allocate", "--format", "json"));
  assert.equal(allocation.table({ wide: true, zeros: true, unit: "元" }).toCsv(), cli("allocate", "--wide", "--zeros", "--unit", "元", "--format", "csv"));
  assert.equal(allocation.totals(["county", "layer"]).toJson(), cli("totals", "--by", "county,layer", "--format", "json"));
  assert.equal(allocation.totals(["payer", "year"]).toCsv(), cli("totals", "--by", "payer,year", "--format", "csv"));
  assert.equal(allocation.explainJson("黄堡镇", { years: 2024 }), cli("explain", "黄堡镇", "--year", "2024", "--format", "json"));
});

test("funding, reconciliations, comparisons, scenarios and solutions are the bytes that the command line writes", () => {
  const folder = mkdtempSync(join(tmpdir(), "fundlayers-"));
  const write = (name, text) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const cli = (...words) => execFileSync(commandLine(), words, { encoding: "utf8", cwd: root, stdio: ["ignore", "pipe", "ignore"] });
  const both = (table, ...words) => {
    assert.equal(table.toCsv(), cli(...words, "--format", "csv"), words.join(" "));
    assert.equal(table.toJson(), cli(...words, "--format", "json"), words.join(" "));
  };
  const { policy, roster, allocation } = plan();

  const limits = join(root, "crates/fundlayers/docs/limits.csv");
  const limited = Limits.parse(readFileSync(limits), policy, { file: limits });
  for (const rule of ["proportional", "constrained-equal-awards", "constrained-equal-losses", "talmud"]) {
    const funding = allocation.fund(limited, rule);
    both(funding.table(), "fund", "--limits", limits, "--rule", rule);
    both(funding.totals(["county", "layer"], { unit: "元" }), "fund", "--limits", limits, "--rule", rule, "--by", "county,layer", "--unit", "元");
  }
  const order = ["municipal-village", "municipal-town"];
  both(allocation.fund(limited, { rule: "priority", order }).table(), "fund", "--limits", limits, "--rule", "priority", "--order", order.join(","));

  const document = (name) => readFileSync(join(root, "crates/fundlayers/docs", name), "utf8");
  const example = (name, file) => document(name).split("```").find((block) => block.split("\n")[0].endsWith(` ${file}`)).replace(/^.*\n/, "");
  const ledger = write("ledger.csv", example("reconciliation.md", "ledger.csv"));
  const receipts = Receipts.parse(readFileSync(ledger), { file: ledger });
  for (const topUp of ["entitled", "received"]) {
    const reconciliation = allocation.reconcile(receipts, { topUp });
    both(reconciliation.table(), "reconcile", "--receipts", ledger, "--top-up", topUp);
    both(reconciliation.totals(["county", "layer"]), "reconcile", "--receipts", ledger, "--top-up", topUp, "--by", "county,layer");
  }

  const change = "classes.municipal-town.standard";
  const other = policy.withChanges({ [change]: 650 });
  for (const by of [["county"], ["year", "layer"], ["id", "layer"]]) {
    both(compare(allocation, new Allocation(other, roster), by), "compare", "--set", `${change}=650`, "--by", by.join(","));
  }

  for (const name of ["scenarios.toml", "scenarios.csv"]) {
    const file = write(name, example("what-if.md", name));
    const list = Scenarios.parse(readFileSync(file), { format: name.split(".")[1], file });
    both(scenarios(policy, roster, list, { by: ["county", "layer"] }), "scenarios", "--scenarios", file, "--by", "county,layer");
  }

  const solution = solve(policy, roster, { path: change, layer: "county", year: 2024, limit: "1400", step: "1" });
  both(solution.table(), "solve", change, "--layer", "county", "--year", "2024", "--limit", "1400万元", "--step", "1");
});

test("figures are the bytes that the command line writes, and exact numbers as a column", () => {
  const folder = mkdtempSync(join(tmpdir(), "fundlayers-"));
  const document = {
    id: "example", title: { zh: "算例" }, years: [2024, 2025], unit: "元", attributes: { n: { type: "number" } },
    layers: [{ id: "a", payer: "county" }], figures: [{ id: "third", unit: "分", value: { rate: "1/3", of: "n" } }],
    classes: [{ id: "all", where: { n: { at_least: 0 } }, funding: { a: "third" } }],
  };
  const [file, places] = [join(folder, "policy.json"), join(folder, "roster.csv")];
  writeFileSync(file, JSON.stringify(document));
  writeFileSync(places, "name,county,n\n甲,王益区,2\n乙,印台区,3\n");
  const policy = Policy.from(document);
  const allocation = new Allocation(policy, Roster.parse(readFileSync(places), policy, { file: places }));
  const cli = (...words) => execFileSync(commandLine(), [...words, "--policy", file, "--roster", places, "--format", "json"], { encoding: "utf8" });
  assert.equal(allocation.figures().toJson(), cli("figures"));
  assert.equal(allocation.figures(["county", "year"]).toJson(), cli("figures", "--by", "county,year"));
  assert.equal(allocation.table({ figures: true, wide: true }).toJson(), cli("allocate", "--figures", "--wide"));
  const table = allocation.figures();
  const column = table.column("third");
  assert.equal(column.kind, "number");
  assert.deepEqual(Array.from(column.codes, (code) => column.values[code]), ["0.6666666667", "0.6666666667", "1", "1"]);
  assert.equal(table.report("zh").columns.at(-1).kind, "number");
  assert.throws(() => plan().allocation.figures(), { code: "missing-key" });
});

test("a file's warnings and problems are those of the command line", () => {
  const folder = mkdtempSync(join(tmpdir(), "fundlayers-"));
  const file = join(folder, "roster.csv");
  const text = "名称,类型,认定层级,区县,颜色\n黄堡镇,镇,市级,王益区,好\n";
  writeFileSync(file, text);
  const cli = execFileSync(commandLine(), ["allocate", "--roster", file, "--format", "json"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  const policy = Policy.builtIn("tongchuan-2023");
  const allocation = new Allocation(policy, Roster.parse(text, policy, { file }));
  assert.ok(allocation.warnings.some(({ code }) => code === "unknown-column"));
  assert.equal(allocation.table().toJson(), cli);
});

test("tables cross as typed columns", () => {
  const table = plan().allocation.table();
  assert.ok(table.column("amount").fen instanceof BigInt64Array);
  assert.equal(table.column("amount").fen.reduce((sum, fen) => sum + fen, 0n), 20_160_000_000n);
  assert.ok(table.column("county").codes instanceof Uint32Array);
  assert.ok(table.column("year").values instanceof Float64Array);
  assert.equal(table.column("county").values[table.column("county").codes[0]], "耀州区");
  assert.deepEqual(table.rows(2, 4), table.toRows().slice(2, 4));
  assert.deepEqual(table.toRows(), JSON.parse(table.toJson()).rows);
});

test("some rows are asked for by whole numbers from 0 up", () => {
  const { policy, roster, allocation } = plan();
  const table = allocation.table();
  const end = table.length;
  for (const [start, to] of [[0, 0], [1, 3], [3, 1], [end - 1, end + 5], [end, 2 ** 40], [2 ** 32, 2 ** 33]]) {
    assert.deepEqual(table.rows(start, to), table.toRows().slice(start, to));
    assert.deepEqual(roster.rows(policy, start, to), roster.rows(policy).slice(start, to));
  }
  for (const wrong of [0.5, -2, NaN, Infinity, 2 ** 53, "1", 1n, null, {}]) {
    for (const ask of [(...range) => table.rows(...range), (...range) => roster.rows(policy, ...range)]) {
      const [start, to] = [errorOf(() => ask(wrong, 2)), errorOf(() => ask(0, wrong))];
      assert.deepEqual([start.code, to.code], ["wrong-type", "wrong-type"]);
      assert.match(start.message, /^the start is not the number of a row/);
      assert.match(to.message, /^the end is not the number of a row/);
    }
  }
  assert.equal(errorOf(() => table.rows(0.5, 2.5)).problems[0].found, "0.5");
});

test("amounts are exact text and whole fen", () => {
  assert.equal(parseAmount("1,234.56", "万元"), 1_234_560_000n);
  assert.equal(amountText(1_234_560_000n, "元"), "12345600");
  assert.equal(amountText(1_234_560_000n, "元", { grouped: true }), "12,345,600");
  assert.equal(amountText(2n ** 63n - 1n, "亿元"), "922337203.6854775807");
  assert.equal(errorOf(() => parseAmount("0.001", "元")).code, "bad-number");
  assert.equal(errorOf(() => parseAmount("99999999999999999999", "元")).code, "overflow");
  assert.equal(errorOf(() => amountText(2n ** 63n, "元")).code, "wrong-type");
  assert.equal(errorOf(() => amountText(5, "元")).code, "wrong-type");
});

test("reports are for people", () => {
  const report = plan().allocation.totals(["county", "layer"]).report("zh");
  assert.equal(report.unitNote, "单位：万元");
  assert.equal(report.rows.at(-1).kind, "total");
  assert.ok(report.rows.at(-1).cells.includes("20,160"));
  assert.ok(report.notes[0].includes("征求意见稿"));
});

test("a language that is not known is an error", () => {
  const { policy, roster, allocation } = plan();
  const funding = allocation.fund(Limits.parse("layer,payer,year,amount,unit\n", policy), "talmud");
  const solution = solve(policy, roster, { path: "classes.municipal-town.standard", layer: "county", year: 2024, limit: "1400", step: "1" });
  for (const ask of [
    (lang) => policy.line(lang), (lang) => allocation.table().report(lang), (lang) => funding.notes(lang), (lang) => solution.text(lang),
  ]) {
    for (const lang of ["zh", "en"]) assert.ok(ask(lang));
    assert.deepEqual(ask(undefined), ask("zh"));
    for (const lang of ["fr", "ZH", "", "zh-CN"]) assert.equal(errorOf(() => ask(lang)).code, "unknown-word", `${ask}`);
    for (const lang of [null, 5, ["zh"]]) assert.equal(errorOf(() => ask(lang)).code, "wrong-type", `${ask}`);
  }
  assert.deepEqual(errorOf(() => policy.line("fr")).problems[0].found, "fr");
});

test("what the comments say of defaults and of texts holds", () => {
  const { policy, allocation } = plan();
  const path = "classes.municipal-town.standard";
  const limits = Limits.parse("layer,payer,year,amount,unit\n", policy);
  const receipts = Receipts.parse("id,year,layer,event,amount,unit\n");
  const [funding, reconciliation] = [allocation.fund(limits, "talmud"), allocation.reconcile(receipts)];
  for (const [ask, by] of [
    [(by) => allocation.totals(by), ["year", "layer"]],
    [(by) => compare(allocation, allocation, by), ["year", "layer"]],
    [(by) => funding.totals(by), ["layer", "payer", "year"]],
    [(by) => reconciliation.totals(by), ["year", "layer"]],
  ]) {
    assert.deepEqual(ask(undefined).keys.slice(0, by.length), by);
    assert.deepEqual(ask(undefined).toRows(), ask(by).toRows());
    assert.equal(ask([]).length, 1);
  }
  assert.equal(parseAmount("1,000", "元"), 100_000n);
  assert.equal(errorOf(() => policy.withChanges({ [path]: "1,00" })).problems[0].key, path);
  for (const text of ["1000", "1,000", "1_000"]) assert.deepEqual(policy.withChanges({ [path]: text }).toJSON(), policy.withChanges({ [path]: 1000 }).toJSON());
});

test("years of top-ups need that these count what arrived", () => {
  const { allocation } = plan();
  const receipts = Receipts.parse("id,year,layer,event,amount,unit\n");
  for (const topUp of [undefined, "entitled"]) {
    const [problem] = errorOf(() => allocation.reconcile(receipts, { topUp, topUpYears: [2024] })).problems;
    assert.deepEqual([problem.code, problem.key, problem.expected], ["wrong-type", "topUpYears", 'topUp: "received"']);
  }
  assert.ok(allocation.reconcile(receipts, { topUp: "received", topUpYears: [2024] }));
  assert.notEqual(errorOf(() => allocation.reconcile(receipts, { topUp: "recieved", topUpYears: [2024] })).code, "wrong-type");
});

test("explanations say the clause", () => {
  const [year] = plan().allocation.explain("黄堡镇", { years: [2024] });
  assert.deepEqual(year.steps.map(({ layer, amount, clause }) => [layer, amount, clause]), [["city", "300", "四.1"], ["county", "300", "四.1"]]);
  assert.match(year.note.zh, /补足到标准/);
});

test("policies are data: files, objects, changes", () => {
  const document = {
    id: "example", title: { zh: "某市方案" }, years: [2024, 2026], unit: "万元",
    payers: { city: {} }, layers: [{ id: "city", payer: "city" }, { id: "county", payer: "county" }],
    classes: [{ id: "place", standard: 600, funding: { city: { rate: "1/3", of: "standard" }, county: { top_up_to: "standard" } } }],
  };
  const policy = Policy.from(document);
  const roster = Roster.from([{ name: "甲", county: "东" }], policy);
  const amounts = (of) => new Allocation(of, roster, { years: "2024" }).totals(["layer"]).toRows().map(({ amount }) => amount);
  assert.deepEqual(amounts(policy), ["200", "400"]);
  assert.deepEqual(amounts(policy.withChanges({ "classes.place.standard": 660 })), ["220", "440"]);
  assert.deepEqual(amounts(policy.withChanges({ "classes.place.standard": "660.3" })), ["220.1", "440.2"]);
  assert.equal(policy.toJSON().classes[0].funding.city.rate, "1/3");
  assert.deepEqual(Policy.from(policy.toJSON()).toJSON(), policy.toJSON());
  const text = readFileSync(join(root, "crates/fundlayers-policies/policies/tongchuan-2023/policy.toml"));
  assert.equal(Policy.parse(text).id, "tongchuan-2023");
});

test("a table without a year, which types let through, is refused", () => {
  const document = Policy.builtIn("tongchuan-2023").toJSON();
  document.classes[0].funding.city = {};
  assert.deepEqual(errorOf(() => Policy.from(document)).problems.map(({ code }) => code), ["bad-rule"]);
});

test("every problem comes at once, each with its place", () => {
  const { policy } = plan();
  const error = errorOf(() => Roster.parse("名称,类型,认定层级,数量\n甲,镇,市级,零\n,村,县级,1\n", policy, { file: "名单.csv" }));
  assert.deepEqual(
    error.problems.map(({ code, row, column, file }) => [code, row, column, file]),
    [["bad-count", 1, "count", "名单.csv"], ["missing-value", 2, "name", "名单.csv"], ["unknown-designation", 2, "designation", "名单.csv"]],
  );
  assert.equal(error.code, "bad-count");
  assert.equal(error.name, "FundlayersError");
  assert.match(error.message, /名单\.csv/);
  assert.equal(errorOf(() => policy.withChanges({ "classes.municipal-twon.standard": 1, "years.9": "x y" })).problems.length, 1);
  assert.equal(errorOf(() => Policy.builtIn("tongchuan")).problems[0].code, "unknown-policy");
});

test("a message says the first problems, the error has them all", () => {
  const { policy } = plan();
  const wrong = (count) => errorOf(() => Roster.parse(`名称,类型,认定层级\n${",村,省级\n".repeat(count)}`, policy));
  for (const [count, kept, lines, last] of [
    [20, 20, 20, /row 20,/], [21, 21, 21, /^… and 1 more like it$/], [5_000, 5_000, 21, /^… and 4980 more like it$/], [10_005, 10_000, 22, /^… and 5 more$/],
  ]) {
    const { message, problems, leftOut } = wrong(count);
    assert.deepEqual([problems.length, problems.length + leftOut], [kept, count]);
    const said = message.split("\n");
    assert.equal(said.length, lines);
    assert.deepEqual(said.slice(0, 20), problems.slice(0, 20).map(({ text }) => text));
    assert.match(said.at(-1), last);
  }
  const columns = Array.from({ length: 25 }, (_, at) => `备注${at}`).join();
  const hidden = errorOf(() => Roster.parse(`名称,类型,认定层级,数量,${columns}\n甲,村,省级,零\n`, policy));
  assert.deepEqual([hidden.problems.length, hidden.code], [26, "bad-count"]);
  assert.match(hidden.message, /^.*\[bad-count\]\n/);
  const floats = errorOf(() => Roster.from(Array.from({ length: 30 }, (_, at) => ({ name: `甲${at}`, kind: "村", designation: "省级", count: 0.5 })), policy));
  assert.deepEqual([floats.problems.length, floats.message.split("\n").at(-1)], [30, "… and 10 more"]);
});

test("files may be in the encodings that offices use", () => {
  const { policy } = plan();
  const text = "名称,类型,认定层级,区县\n高尔塬村,村,省级,耀州区\n";
  const gb18030 = execFileSync("iconv", ["-f", "UTF-8", "-t", "GB18030"], { input: text });
  const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, "utf16le")]);
  const utf16be = Buffer.from(utf16).swap16();
  for (const bytes of [text, Buffer.from(text), Buffer.from(`\ufeff${text}`), gb18030, utf16, utf16be, new Uint8Array(gb18030).buffer]) {
    assert.equal(Roster.parse(bytes, policy).rows(policy)[0].name, "高尔塬村");
  }
  const bad = errorOf(() => Roster.parse(new Uint8Array([0x61, 0x0a, 0x62, 0xff, 0xff]), policy)).problems[0];
  assert.deepEqual([bad.code, bad.line], ["encoding", 2]);
  assert.equal(errorOf(() => Roster.parse(new Uint8Array([0xff, 0xfe, 0, 0xd8]), policy)).code, "encoding");
  assert.equal(errorOf(() => Roster.parse("名称\n\ud800\n", policy)).code, "encoding");
});

test("half of a surrogate pair is an error where it stands, never a blank", () => {
  const { policy, roster, allocation } = plan();
  const half = "𠮷".slice(0, 1);
  const [row] = roster.rows(policy, 0, 1);
  const good = { layer: "city", payer: "city", year: 2024, amount: 1, unit: "万元" };
  const receipt = { county: "王益区", name: "黄堡镇", year: 2024, layer: "city", event: "received", amount: 1, unit: "万元" };
  const change = "classes.municipal-town.standard";
  const rows = [
    ["name", row, (list) => Roster.from(list, policy)],
    ["count", row, (list) => Roster.from(list, policy)],
    ["payer", good, (list) => Limits.from(list, policy)],
    ["amount", good, (list) => Limits.from(list, policy)],
    ["name", receipt, (list) => Receipts.from(list)],
    ["amount", receipt, (list) => Receipts.from(list)],
    ["scenario", { scenario: "a", path: change, value: "650" }, (list) => Scenarios.parse(JSON.stringify(list), { format: "json" })],
    ["value", { scenario: "a", path: change, value: "650" }, (list) => Scenarios.parse(JSON.stringify(list), { format: "json" })],
  ];
  const found = (error) => {
    assert.equal(error.code, "encoding", error.message);
    return error.problems.find(({ code }) => code === "encoding");
  };
  for (const [column, sound, take] of rows) {
    take([sound]).free();
    for (const broken of [`5${half}`, half, `${"𠮷".slice(1)}5`]) {
      const problem = found(errorOf(() => take([sound, { ...sound, id: "", [column]: broken }])));
      assert.deepEqual([problem.row, problem.column], [2, column], `${column}: ${problem.text}`);
      // Beside something else that JSON cannot say.
      const both = errorOf(() => take([sound, { ...sound, id: "", [column]: broken }, { ...sound, id: "", year: 0.5 }]));
      assert.ok(both.problems.some(({ code, row, column: at }) => code === "encoding" && row === 2 && at === column), both.message);
    }
  }
  for (const changes of [{ [change]: `650${half}` }, { [`${change}${half}`]: 650 }]) {
    const [key] = Object.keys(changes);
    assert.equal(found(errorOf(() => policy.withChanges(changes))).key, key);
    const problem = found(errorOf(() => Scenarios.from([{ name: "as it is" }, { name: "more", set: changes }])));
    assert.deepEqual([problem.scenario, problem.key], ["more", key]);
  }
  const nameless = found(errorOf(() => Scenarios.from([{ name: "as it is" }, { name: `more${half}` }])));
  assert.deepEqual([nameless.row, nameless.column], [2, "name"]);
  const document = policy.toJSON();
  assert.equal(found(errorOf(() => Policy.from({ ...document, title: { zh: half } }))).key, "title.zh");
  // A backslash is none.
  assert.equal(Policy.from({ ...document, title: { zh: "\\ud800" } }).title.zh, "\\ud800");
  assert.equal(Scenarios.from([{ name: "𠮷" }]).length, 1);
  assert.equal(errorOf(() => allocation.explain(half)).code, "encoding");
});

test("hostile input is an error, never a crash", () => {
  const { policy, roster, allocation } = plan();
  const wrong = [undefined, null, 5, 5n, true, Symbol("s"), {}, [], () => 0, new Proxy({}, {})];
  for (const value of wrong) {
    errorOf(() => Policy.parse(value));
    errorOf(() => Policy.builtIn(value));
    errorOf(() => Policy.from(value));
    if (!Array.isArray(value)) errorOf(() => Roster.from(value, policy));
    errorOf(() => Roster.parse(value, policy));
    errorOf(() => new Allocation(value, roster));
    errorOf(() => Roster.parse("名称\n", value));
    errorOf(() => allocation.explain(value));
    if (value !== undefined) {
      errorOf(() => new Allocation(policy, roster, { years: value }));
      if (!Array.isArray(value)) errorOf(() => allocation.totals(value));
      errorOf(() => allocation.totals([value]));
      errorOf(() => allocation.table({ unit: value }));
    }
  }
  for (const text of ["", "[", "\0", "a".repeat(2 << 20), "[".repeat(100_000), "a = ".repeat(50_000), `a = ${"{a=".repeat(50_000)}`]) {
    errorOf(() => Policy.parse(text));
    errorOf(() => Policy.parse(text, { format: "json" }));
    errorOf(() => Policy.parse(text, { format: "xml" }));
  }
  for (const years of ["2023..9999", "x", [1.5], [NaN], [2 ** 53], "2023..2022", [-1], Infinity]) {
    errorOf(() => new Allocation(policy, roster, { years }));
  }
  const cyclic = { id: "c" };
  cyclic.self = cyclic;
  assert.equal(errorOf(() => Policy.from(cyclic)).code, "too-deep");
  assert.ok(errorOf(() => Policy.from({ id: "f", years: [2024, 2024.5] })).problems.some(({ key }) => key === "years.1"));
  assert.equal(errorOf(() => Roster.from([{ name: "甲", pupils: 0.1 }], policy)).problems.find(({ row }) => row === 1).expected, 'write its digits as text: "0.1"');
  errorOf(() => Roster.parse(`名称,数量\n${"甲,4294967295\n".repeat(50)}`, policy));
  assert.equal(errorOf(() => allocation.explain("黄堡")).code, "unknown-recipient");
  assert.equal(allocation.totals([]).toRows()[0].amount, "20160");
});

test("what holds its parts elsewhere than in keys is refused, not read as empty", () => {
  const { policy, roster } = plan();
  const named = (ask, found) => {
    const [problem] = errorOf(ask).problems;
    assert.deepEqual([problem.code, problem.found], ["wrong-type", found]);
  };
  const path = "classes.municipal-town.standard";
  named(() => policy.withChanges(new Map([[path, 650]])), "Map");
  named(() => policy.withChanges([]), "a list");
  named(() => policy.withChanges([[path, 650]]), "a list");
  named(() => policy.withChanges(roster), "Roster");
  named(() => policy.withChanges(`${path}=650`), "string");
  for (const value of [[650], { top_up_to: 5 }, null, undefined]) {
    assert.equal(errorOf(() => policy.withChanges({ [path]: value })).problems[0].key, path);
  }
  named(() => Policy.from(new Date()), "Date");
  named(() => Policy.from(new Map()), "Map");
  named(() => Policy.from([]), "a list");
  named(() => Policy.from({ ...policy.toJSON(), title: new Map([["zh", "名"]]) }), "Map");
  named(() => Roster.from([new Map([["name", "甲"]])], policy), "Map");
  named(() => Roster.from([{ name: new Date(), kind: "村", designation: "省级" }], policy), "Date");
  named(() => Scenarios.from([{ name: "a", set: new Map([[path, 650]]) }]), "Map");
  named(() => Policy.from(Object.create(null, { [Symbol.toStringTag]: { value: "Set" } })), "an object");
  // Rows of a database's own class are rows all the same.
  const made = new (class Row { name = "甲"; kind = "村"; designation = "省级"; })();
  assert.equal(Roster.from([made, Object.assign(Object.create(null), made, { name: "乙" })], policy).length, 2);
});

test("null options are as none; other nulls and options of another type are refused", () => {
  const { policy, roster, allocation } = plan();
  const limits = Limits.from([{ layer: "city", payer: "city", year: 2024, amount: 1, unit: "元" }], policy);
  const receipts = Receipts.parse("id,year,layer,event,amount,unit\n");
  const [list, rows] = [Scenarios.from([{ name: "a" }]), "名称,类型,认定层级\n甲,村,省级\n"];
  const funding = allocation.fund(limits, "talmud");
  const reconciliation = allocation.reconcile(receipts);
  const goal = { path: "classes.municipal-town.standard", layer: "county", year: 2024, limit: "1400", step: "1" };
  for (const ask of [
    (options) => allocation.totals(["layer"], options).toJson(),
    (options) => allocation.table(options).toJson(),
    (options) => new Allocation(policy, roster, options).table().toJson(),
    (options) => allocation.explain("黄堡镇", options),
    (options) => allocation.explainJson("黄堡镇", options),
    (options) => allocation.reconcile(receipts, options).table().toJson(),
    (options) => reconciliation.table(options).toJson(),
    (options) => reconciliation.totals(["layer"], options).toJson(),
    (options) => reconciliation.unmatched(options).toJson(),
    (options) => funding.table(options).toJson(),
    (options) => funding.totals(["layer"], options).toJson(),
    (options) => funding.explain("黄堡镇", options),
    (options) => funding.notes("zh", options),
    (options) => Roster.parse(rows, policy, options).rows(policy),
    (options) => Roster.cells(rows, policy, options),
    (options) => Limits.parse("layer,payer,year,amount,unit\n", policy, options).length,
    (options) => Receipts.parse("id,year,layer,event,amount,unit\n", options).length,
    (options) => Scenarios.parse("[[scenarios]]\nname = 'a'\n", options).length,
    (options) => Policy.parse(readFileSync(join(root, "crates/fundlayers-policies/policies/tongchuan-2023/policy.toml")), options).id,
    (options) => compare(allocation, allocation, ["layer"], options).toJson(),
    (options) => scenarios(policy, roster, list, options).toJson(),
    (options) => amountText(5n, "元", options),
  ]) {
    assert.deepEqual(ask(null), ask(undefined), `${ask}`);
    for (const wrong of ["json", 5, true, ["元"], new Map([["unit", "元"]]), () => 0]) assert.equal(errorOf(() => ask(wrong)).code, "wrong-type", `${ask}`);
  }
  for (const ask of [
    () => policy.withChanges(null), () => policy.withChanges(undefined), () => Scenarios.from(null), () => Scenarios.from([null]),
    () => Scenarios.from([{ name: "a", set: null }]), () => Scenarios.from([{ name: null }]), () => solve(policy, roster, null),
    () => solve(policy, roster, { ...goal, path: null }), () => solve(policy, roster, { ...goal, limit: null }),
    () => allocation.fund(limits, null), () => allocation.fund(null, "talmud"), () => allocation.fund(limits, { rule: "priority", order: null }),
    () => allocation.reconcile(null), () => allocation.totals(null), () => compare(allocation, null), () => scenarios(policy, roster, null),
    () => Limits.from(null, policy), () => Receipts.from(null), () => roster.check(null),
    () => amountText(null, "元"), () => amountText(5n, null), () => parseAmount(null, "元"), () => Policy.from(null),
  ]) assert.equal(errorOf(ask).code, "wrong-type", `${ask}`);
});

test("numbers in objects keep the digits that were written", () => {
  const { policy } = plan();
  assert.equal(errorOf(() => policy.withChanges({ "classes.municipal-town.standard": 0.1 + 0.2 })).code, "binary-float");
});

test("exact numbers of other libraries are their text", () => {
  const { policy } = plan();
  // As decimal.js and its kin give themselves to JSON.
  const exact = (digits) => Object.assign(Object.create({ toJSON: () => digits }), { d: [1], e: 0, s: 1 });
  const limits = Limits.from([{ layer: "county", payer: "王益区", year: 2024, amount: exact("240.1"), unit: "万元" }], policy);
  assert.equal(limits.length, 1);
  assert.equal(errorOf(() => Limits.from([{ layer: "county", payer: "王益区", year: 2024, amount: exact("240.1"), unit: 0.5 }], policy)).problems.length, 1);
});

test("floats are refused all at once, each with its place, beside what else is wrong", () => {
  const { policy, roster } = plan();
  const told = (ask, ...keys) => errorOf(ask).problems.map((problem) => ["code", ...keys].map((key) => problem[key]));
  const document = {
    id: "example", title: { zh: "𠮷方案" }, years: [2024, 2026], unit: "元", payers: { city: { zh: "𠮷" } }, attributes: { pupils: { type: "nubmer" } },
    layers: [{ id: "city", payer: "city" }],
    classes: [{ id: "place", standard: 600.5, funding: { city: { rate: 0.1, of: "standrad", at_most: [1, 2.5], at_least: { 2024: NaN } } } }],
  };
  assert.deepEqual(told(() => Policy.from(document), "key", "found"), [
    ["unknown-word", "attributes.pupils.type", "nubmer"],
    ["binary-float", "classes.0.standard", "600.5"],
    ["binary-float", "classes.0.funding.city.rate", "0.1"],
    ["unknown-value", "classes.place.funding.city.of", "standrad"],
    ["binary-float", "classes.0.funding.city.at_most.1", "2.5"],
    ["binary-float", "classes.0.funding.city.at_least.2024", "NaN"],
  ]);
  const rows = [
    { name: "甲", kind: "村", designation: "省级", count: 1.5, pupils: Infinity },
    { name: "", kind: "村", designation: "省级", count: 0 },
    { name: "丙", kind: "村", designation: "省级", count: 2.5, pupils: [0.5] },
  ];
  const wrong = [
    ["unknown-column", undefined, "pupils", undefined],
    ["binary-float", 1, "count", "1.5"], ["binary-float", 1, "pupils", "Infinity"],
    ["missing-value", 2, "name", undefined], ["bad-count", 2, "count", "0"],
    ["binary-float", 3, "count", "2.5"], ["wrong-type", 3, "pupils", "a list"],
  ];
  assert.deepEqual(told(() => Roster.from(rows, policy), "row", "column", "found"), wrong);
  assert.equal(
    errorOf(() => Roster.from(rows, policy)).problems[1].text,
    'row 1, column `count`: came as a binary float, whose digits are lost, found `1.5`; write its digits as text: "1.5" [binary-float]',
  );
  const limit = { layer: "city", payer: "city", year: 2024, amount: 0.5, unit: "元" };
  assert.deepEqual(told(() => Limits.from([limit, { ...limit, year: 2025 }], policy), "row", "column"), [["binary-float", 1, "amount"], ["binary-float", 2, "amount"]]);
  const receipt = { name: "黄堡镇", year: 2024, layer: "city", event: "received", amount: 0.5, unit: "元" };
  assert.deepEqual(told(() => Receipts.from([receipt, { ...receipt, amount: 2 ** 53 }]), "row", "column"), [["binary-float", 1, "amount"], ["binary-float", 2, "amount"]]);
  const changes = { "classes.municipal-town.standard": 0.5, "years.0": 1.5 };
  const keys = Object.keys(changes);
  assert.deepEqual(told(() => policy.withChanges(changes), "key"), keys.map((key) => ["binary-float", key]));
  assert.deepEqual(
    told(() => Scenarios.from([{ name: "a" }, { name: "b", set: changes }]), "scenario", "key"), keys.map((key) => ["binary-float", "b", key]),
  );
  assert.deepEqual(
    told(() => solve(policy, roster, { path: keys[0], layer: "county", year: 2024, limit: 0.5, step: 0.1 }), "key"),
    [["binary-float", "limit"], ["binary-float", "step"]],
  );
  // What is no number has no digits to write.
  for (const value of [NaN, Infinity]) assert.doesNotMatch(errorOf(() => policy.withChanges({ [keys[0]]: value })).problems[0].expected, /NaN|Infinity/);
});

test("a panic becomes an error and leaves the module usable", () => {
  const { policy, roster, allocation } = plan();
  for (let turn = 0; turn < 3; turn += 1) {
    const error = errorOf(() => manual.panicForTest("planted 甲"));
    assert.equal(error.code, "internal");
    assert.match(error.message, /planted 甲/);
    assert.ok(error.cause instanceof WebAssembly.RuntimeError);
    assert.equal(plan().allocation.totals([]).toRows()[0].amount, "20160");
  }
  for (const use of [() => policy.line(), () => new Allocation(policy, roster), () => allocation.totals([])]) {
    assert.equal(errorOf(use).code, "freed");
  }
  // Freeing what is no more does nothing.
  for (const object of [policy, roster, allocation]) object.free();
  assert.equal(plan().allocation.totals([]).toRows()[0].amount, "20160");
});

test("a stack that is used up becomes an error and leaves the module usable", () => {
  const { allocation } = plan();
  let error;
  const deeper = () => {
    try {
      deeper();
    } catch (thrown) {
      // As deep as it goes, then somewhat less deep, until a call goes through.
      error ??= thrown;
      try {
        allocation.totals([]).free();
      } catch (again) {
        error = again;
      }
    }
  };
  deeper();
  assert.ok(error instanceof Error);
  assert.equal(plan().allocation.totals([]).toRows()[0].amount, "20160");
});

test("what is freed says so", () => {
  const { policy, allocation } = plan();
  const table = allocation.totals([]);
  table.free();
  table.free();
  assert.equal(errorOf(() => table.toCsv()).code, "freed");
  policy[Symbol.dispose]();
  assert.equal(errorOf(() => policy.id && policy.toJSON()).code, "freed");
  // An allocation does not need the policy's object any more.
  assert.equal(allocation.totals([]).toRows()[0].amount, "20160");
});

test("memory is given back", () => {
  const once = () => {
    const { policy, roster, allocation } = plan();
    const [table, totals] = [allocation.table(), allocation.totals(["county", "year"])];
    table.columns.length, totals.toJson(), table.report("zh"), allocation.explain("黄堡镇");
    const changed = policy.withChanges({ "classes.municipal-town.standard": 650 });
    try { changed.withChanges({ "classes.x": 1 }); } catch { /* expected */ }
    for (const object of [policy, roster, allocation, table, totals, changed]) object.free();
  };
  const memory = manual.memoryForTest();
  for (let turn = 0; turn < 30; turn += 1) once();
  const before = memory.buffer.byteLength;
  for (let turn = 0; turn < 300; turn += 1) once();
  assert.equal(memory.buffer.byteLength, before);
});

test("what is wrong with an object is told by its keys: nobody wrote its JSON", () => {
  const document = plan().policy.toJSON();
  const wrong = { ...document, years: [2025, 2023], colour: "red" };
  for (const given of [wrong, { ...wrong, unit: 1.5 }]) {
    const { problems } = errorOf(() => Policy.from(given));
    assert.deepEqual(problems.map(({ code }) => code).filter((code) => code !== "binary-float").sort(), ["bad-years", "unknown-key"]);
    for (const problem of problems) {
      assert.equal(problem.line ?? problem.character, undefined);
      assert.ok(problem.text.startsWith(`${problem.key}: `), problem.text);
    }
  }
  const { warnings } = Policy.from({ ...document, pools: [{ id: "spare", amount: 1, weights: { equal: "1" } }] });
  assert.deepEqual(warnings.map(({ code, key, line }) => [code, key, line]), [["unused-pool", "pools.spare", undefined]]);
});

test("every way in has the same words and the same objects", async () => {
  const words = Object.keys(await import("fundlayers"));
  const known = new Set(["init", "initSync", "memoryForTest", "panicForTest", "useWhole"]);
  assert.deepEqual(Object.keys(manual).filter((word) => !known.has(word)), words);
  assert.equal(manual.Policy, Policy);
  // Done once already: later calls do nothing.
  manual.initSync(new Uint8Array());
  await manual.init(new Uint8Array());
  assert.equal(plan().allocation.totals([]).toRows()[0].amount, "20160");
});

test("the package holds what it should and no more", () => {
  const { exports, files } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
  assert.deepEqual(Object.keys(exports), [".", "./manual", "./fundlayers.wasm", "./whole.wasm", "./workbook.wasm", "./policy.schema.json", "./policies/*", "./package.json"]);
  assert.deepEqual(files, ["dist", "README.md", "LICENSE-MIT", "LICENSE-APACHE"]);
  for (const path of ["README.md", "LICENSE-MIT", "LICENSE-APACHE", "dist/index.d.ts", "dist/policy.schema.json"]) readFileSync(join(installed, path));
  const types = readFileSync(join(installed, "dist/index.d.ts"), "utf8");
  assert.doesNotMatch(types, /\bany\b/);
});
