// Sheets as offices keep them: workbooks, what a sheet leaves open, several ledgers.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { Allocation, FundlayersError, Limits, Policy, Receipts, Roster, Scenarios, Workbook, reportToCsv, reportToExcel } from "fundlayers";
import { commandLine, installed, root } from "./files.mjs";

const sheets = join(root, "tests/sheets");
const policy = Policy.builtIn("tongchuan-2023");
const open = (file, options) => Workbook.open(readFileSync(join(sheets, file)), { file, ...options });

function errorOf(ask) {
  try {
    ask();
  } catch (error) {
    assert.ok(error instanceof FundlayersError, error?.stack);
    return error;
  }
  throw new Error("no error");
}

/** What a year costs by county, as tests/sheets/README.md has it: central_provincial, city, county in 万元. */
const COUNTIES = { 耀州区: [700, 140, 0], 印台区: [600, 120, 0], 宜君县: [500, 100, 0], 王益区: [0, 420, 420], 新区: [0, 360, 360] };

function byCounty(roster) {
  const found = {};
  for (const { county, layer, amount } of new Allocation(policy, roster, { years: 2024 }).totals(["county", "layer"], { zeros: true }).toRows()) {
    (found[county] ??= [0, 0, 0])[["central_provincial", "city", "county"].indexOf(layer)] = Number(amount);
  }
  return found;
}

for (const ending of ["xlsx", "xls", "ods"]) {
  test(`a roster and a ledger of an office are read from .${ending}`, async () => {
    const book = await open(`roster-office.${ending}`);
    assert.deepEqual([book.sheets, book.file], [["名单"], `roster-office.${ending}`]);
    const roster = Roster.parse(book, policy);
    assert.equal(roster.length, 31);
    assert.deepEqual(byCounty(roster), COUNTIES);
    const ledger = Receipts.parse(await open(`ledger-yuan.${ending}`));
    const allocation = new Allocation(policy, Roster.builtIn(policy), { years: 2024 });
    const counted = (options) => {
      const reconciliation = allocation.reconcile(ledger, options);
      const [{ received, spent }] = reconciliation.totals([]).toRows();
      return [received, spent, reconciliation.unmatched().length];
    };
    // 200 + 250 + 330, of which 250 in September; 90.00005 + 250.
    assert.deepEqual(counted({}), ["780", "340.00005", 0]);
    assert.deepEqual(counted({ asOf: "2024-06" }), ["530", "340.00005", 0]);
  });
}

test("a sheet is chosen by its name, and one that is not there is told", async () => {
  const book = await open("ledger-yuan.xlsx");
  assert.equal(book.sheets.length, 2);
  const named = Receipts.parse(book, { sheet: book.sheets[0] });
  assert.equal(named.length, Receipts.parse(book).length);
  const { code, message } = errorOf(() => Receipts.parse(book, { sheet: "台帐" }));
  assert.equal(code, "sheet-not-found");
  assert.match(message, /台账/);
});

test("what is wrong in a workbook is told at its cell", async () => {
  for (const [file, code, cell] of [
    ["trap-not-calculated.xlsx", "not-calculated", "Sheet!D2"],
    ["trap-codes.xlsx", "digits-lost", "Sheet1!A3"],
  ]) {
    const book = await open(file);
    const { problems } = errorOf(() => Roster.parse(book, policy));
    const [problem] = problems.filter(({ severity }) => severity === "error");
    assert.deepEqual([problem.code, problem.cell, problem.file], [code, cell, file]);
  }
  const scaled = await open("trap-scaled-format.xlsx");
  assert.ok(errorOf(() => Limits.parse(scaled, policy)).problems.some(({ code }) => code === "scaled-format"));
  const hidden = Roster.parse(await open("trap-hidden-rows.xlsx"), policy);
  assert.deepEqual(hidden.warnings.map(({ code }) => code).filter((code) => code === "hidden-cells"), ["hidden-cells"]);
});

test("a workbook's problems and warnings are those of the command line", async () => {
  const said = (file) => {
    const { stderr } = spawnSync(commandLine(), ["roster", "check", file, "--policy", "tongchuan-2023", "--lang", "en"], { cwd: sheets, encoding: "utf8" });
    return stderr;
  };
  for (const file of ["trap-not-calculated.xlsx", "trap-codes.xlsx", "trap-hidden-rows.xlsx", "trap-far-cell.xlsx", "roster-office.ods"]) {
    const book = await open(file);
    let problems;
    try {
      const roster = Roster.parse(book, policy);
      problems = [...roster.warnings];
    } catch (error) {
      problems = error.problems;
    }
    const text = said(file);
    for (const problem of problems) assert.ok(text.includes(problem.text), `${file}: ${problem.text}\nis not in\n${text}`);
  }
});

test("what is no workbook is refused, and a workbook where a text is read too", async () => {
  for (const [bytes, code] of [[new TextEncoder().encode("名称\n黄堡镇\n"), "unknown-format"], [new Uint8Array(), "unknown-format"], [readFileSync(join(sheets, "roster-office.xlsx")).subarray(0, 900), "damaged-workbook"]]) {
    await assert.rejects(Workbook.open(bytes), (error) => error instanceof FundlayersError && error.code === code);
  }
  await assert.rejects(Workbook.open("a.xlsx"), (error) => error.code === "wrong-type");
  const bytes = readFileSync(join(sheets, "roster-office.xls"));
  const { code, message } = errorOf(() => Roster.parse(bytes, policy));
  assert.equal(code, "unknown-format");
  assert.match(message, /Workbook\.open/);
  assert.equal(errorOf(() => Scenarios.parse(readFileSync(join(sheets, "roster-office.xlsx")))).code, "unknown-format");
});

const MERGED = "区县,名称,类型,认定层级\n王益区,甲村,村,市级\n,乙村,村,市级\n新区,丙村,村,市级\n,丁村,村,市级\n";

test("blank cells that may be merged are an error until it is said what they are", () => {
  const counties = (roster) => roster.rows(policy).map(({ county }) => county);
  assert.equal(errorOf(() => Roster.parse(MERGED, policy)).code, "merged-cells");
  assert.deepEqual(counties(Roster.parse(MERGED, policy, { fillDown: true })), ["王益区", "王益区", "新区", "新区"]);
  assert.deepEqual(counties(Roster.parse(MERGED, policy, { fillDown: false })), ["王益区", "", "新区", ""]);
  const rows = [{ 区县: "王益区", 名称: "甲村", 类型: "村", 认定层级: "市级" }, { 区县: "", 名称: "乙村", 类型: "村", 认定层级: "市级" }];
  assert.deepEqual(counties(Roster.from(rows, policy)), ["王益区", ""]);
  assert.deepEqual(counties(Roster.from(rows, policy, { fillDown: true })), ["王益区", "王益区"]);
  for (const fillDown of ["true", 1, null]) assert.equal(errorOf(() => Roster.parse(MERGED, policy, { fillDown })).code, "wrong-type");
});

test("an editor is given the table among titles, notes and totals", async () => {
  const { columns, keys, rows } = Roster.cells(await open("roster-office.xlsx"), policy);
  assert.deepEqual(columns, ["序号", "县区", "乡镇", "村名", "类型", "认定层级", "备注"]);
  assert.deepEqual(keys, [null, "county", "township", "name", "kind", "designation", null]);
  assert.equal(rows.length, 31);
  assert.ok(rows.every((row) => row[1] !== "" && !row.some((cell) => cell.includes("合计"))));
  const pasted = `某市名单\t\t\t\n县区\t村名\t类型\t认定层级\n${MERGED.split("\n").slice(1, -1).map((line) => line.replaceAll(",", "\t")).join("\n")}\n合计\t4个村\t\t\n`;
  assert.equal(errorOf(() => Roster.cells(pasted, policy)).code, "merged-cells");
  const filled = Roster.cells(pasted, policy, { fillDown: true });
  assert.deepEqual(filled.rows.map((row) => row.slice(0, 2)), [["王益区", "甲村"], ["王益区", "乙村"], ["新区", "丙村"], ["新区", "丁村"]]);
  // What is wrong with a row is the editor's to show; what it would lose is not.
  assert.equal(Roster.cells("名称,类型,认定层级\n甲村,城,市级\n", policy).rows.length, 1);
  assert.equal(errorOf(() => Roster.cells("名称,村名,类型,认定层级\n甲村,乙村,村,市级\n", policy)).code, "duplicate-column");
  assert.equal(errorOf(() => Roster.cells("名称,类型,认定层级\n甲村,村,市级,9\n", policy)).code, "extra-cells");
});

test("several ledgers are one, each with its own unit", () => {
  const ledger = (unit, amount) => Receipts.parse(`name,year,layer,event,amount,unit,date,document\n黄堡镇,2024,city,received,${amount},${unit},2024-03-05,铜财〔2024〕1号\n`, { file: `${unit}.csv` });
  const allocation = new Allocation(policy, Roster.builtIn(policy), { years: 2024 });
  const received = (receipts) => allocation.reconcile(receipts).totals([]).toRows()[0].received;
  const both = [ledger("元", 1_000_000), ledger("万元", 50)];
  assert.equal(received(both), "150");
  assert.equal(received([both[0]]), "100");
  assert.equal(errorOf(() => received([])).code, "missing-value");
  const joined = Receipts.joined(both);
  assert.equal(joined.length, 2);
  // What two have alike may be one.
  const [warning] = Receipts.joined([ledger("万元", 100), ledger("元", 1_000_000)]).warnings;
  assert.equal(warning.code, "duplicate-receipt");
  assert.equal(errorOf(() => allocation.reconcile([both[0], {}])).code, "wrong-type");
});

test("the module that reads workbooks is not loaded without one", () => {
  assert.ok(existsSync(join(installed, "dist/raw/workbook_bg.wasm")));
  for (const name of ["manual.js", "browser.js", "node.js"]) {
    const text = readFileSync(join(installed, "dist", name), "utf8");
    assert.ok(!text.includes("workbook_bg"), name);
  }
});

test("tables leave as workbooks and as CSV for people, and come back as they were", async () => {
  const allocation = new Allocation(policy, Roster.builtIn(policy), { years: 2024 });
  const table = allocation.totals(["county", "layer"]);
  const [book, again] = [await table.toExcel({ lang: "zh" }), await table.toExcel()];
  assert.deepEqual(book, again);
  const opened = await Workbook.open(book, { file: "a.xlsx" });
  assert.equal(opened.sheets.length, 1);
  assert.match(opened.sheets[0], /^资金测算表/);
  // What a spreadsheet would change or run stays what it is.
  const odd = {
    lang: "zh", title: "某 · 表:一", unit: "万元", unitNote: "单位：万元",
    columns: [{ header: "编码", kind: "text" }, { header: "名称", kind: "text" }, { header: "类型", kind: "text" }, { header: "认定层级", kind: "text" }, { header: "数量", kind: "integer" }],
    rows: [{ kind: "row", cells: ["001", "甲_x0041_<b>&\"村", "村", "市级", "3"] }, { kind: "total", cells: ["合计", "", "", "", "3"] }],
    notes: ["注"],
  };
  const rows = Roster.cells(await Workbook.open(await reportToExcel(odd), { file: "odd.xlsx" }), policy).rows;
  assert.deepEqual(rows[0], odd.rows[0].cells);
  const csv = table.toCsv({ people: true });
  assert.ok(csv.startsWith("\ufeff区县,安排层级,数量,金额（万元）\r\n耀州区,中央和省级,2,600\r\n"), csv);
  assert.match(csv, /\r\n合计,,36,6720\r\n政策：tongchuan-2023（第 1 版，征求意见稿）\r\n$/);
  const formula = reportToCsv({ ...odd, rows: [{ kind: "row", cells: ["610202100001", "=1+1", "-5", "a,b", "1"] }] });
  assert.ok(formula.includes("\"610202100001\t\",'=1+1,-5,\"a,b\",1\r\n"), formula);
});
