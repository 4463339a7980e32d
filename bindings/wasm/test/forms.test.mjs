// Forms, pages and notes for the file are the command line's, to the byte.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, test } from "node:test";
import {
  Allocation, Assignments, CheckFigures, Explained, Form, FundlayersError, Limits, Policy, Projects, Receipts, Roster, Scenarios, scenarios, setLanguage,
} from "fundlayers";
import { commandLine as built, root } from "./files.mjs";

afterEach(() => setLanguage(undefined));

const commandLine = (...words) => execFileSync(built(), words, { encoding: "utf8", cwd: root, stdio: ["ignore", "pipe", "ignore"] });

const policy = Policy.builtIn("tongchuan-2023");
const plan = new Allocation(policy, Roster.builtIn(policy), { years: 2024 });
const folder = mkdtempSync(join(tmpdir(), "fundlayers-"));
const put = (name, text) => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

/** What a document of the library has as a table: the fenced file of that name. */
const documented = (document, name) => readFileSync(join(root, "crates/fundlayers/docs", document), "utf8").split(`\`\`\`csv ${name}\n`)[1].split("```")[0];

const LEDGER = "名称,年度,安排层级,到位金额（万元）,支出金额（万元）,文号\n黄堡镇,2024,市级,200,50,铜财〔2024〕1号\n无此镇,2024,市级,1,0,\n";
const REGISTER = "年度,名称,事项,姓名或单位\n2024,黄堡镇,包抓部门,区财政局\n";
const projects = documented("projects.md", "projects.csv");
const figures = documented("checks.md", "figures.csv");
const LIMITS = "layer,payer,year,amount,unit\ncity,city,2024,1020,万元\n";
const [ledgerFile, registerFile, projectsFile, figuresFile, limitsFile] =
  [["台账.csv", LEDGER], ["登记表.csv", REGISTER], ["项目.csv", projects], ["数据.csv", figures], ["额度.csv", LIMITS]].map(([name, text]) => put(name, text));

const reconciliation = plan.reconcile(Receipts.parse(LEDGER, { file: ledgerFile }), { asOf: "2024-06" });
const planning = plan.projects(Projects.parse(projects, { file: projectsFile }));
const duties = plan.duties(Assignments.parse(REGISTER, { file: registerFile }));
const texts = { issuer: "某市财政局", 日期: "2024年6月30日" };
const TEXTS = ["--set-text", "issuer=某市财政局", "--set-text", "日期=2024年6月30日"];

/** Every form, how it is made here, and what the command line is asked with. */
const FORMS = [
  ["distribution", () => plan.form("distribution", { setText: texts }), TEXTS],
  ["distribution", () => plan.form("资金分配表", { places: true, totalFirst: true, unit: "元" }), ["--places", "--total-first", "--unit", "元"]],
  ["notice", () => reconciliation.form("notice"), ["--receipts", ledgerFile, "--as-of", "2024-06"]],
  ["notice", () => plan.form("公示表", { text: 'phone = "0919-0000000"', setText: texts }), ["--text", put("文字.toml", 'phone = "0919-0000000"'), ...TEXTS]],
  ["progress", () => reconciliation.form("progress"), ["--receipts", ledgerFile, "--as-of", "2024-06"]],
  ["filing", () => reconciliation.form("filing", { projects: planning }), ["--receipts", ledgerFile, "--as-of", "2024-06", "--projects", projectsFile]],
  ["ledger", () => reconciliation.form("ledger"), ["--receipts", ledgerFile, "--as-of", "2024-06"]],
  ["tasks", () => planning.form("tasks"), ["--projects", projectsFile]],
  ["projects", () => planning.form("projects"), ["--projects", projectsFile]],
  ["land", () => plan.form("land", { figures: CheckFigures.parse(figures, policy, { file: figuresFile }) }), ["--figures", figuresFile]],
  ["support", () => duties.form("support"), ["--assignments", registerFile]],
  ["support", () => plan.form("support"), []],
  ["roster", () => plan.form("roster"), []],
];

for (const [name, made, options] of FORMS) {
  test(`${name} ${options.filter((option) => !option.includes("/")).join(" ")}`, async () => {
    const form = made();
    assert.ok(form instanceof Form);
    assert.equal(form.name, name);
    for (const lang of ["zh", "en"]) {
      const files = {
        html: Buffer.from(form.toHtml({ lang, decimals: 1 })), md: Buffer.from(form.toMarkdown({ lang, decimals: 1 })), xlsx: Buffer.from(await form.toExcel({ lang, decimals: 1 })),
      };
      for (const [ending, bytes] of Object.entries(files)) {
        const path = join(folder, `form.${ending}`);
        commandLine("form", name, "--years", "2024", "--lang", lang, "--decimals", "1", "--output", path, ...options);
        assert.ok(readFileSync(path).equals(bytes), `${lang} ${ending}`);
      }
      assert.ok(form.toHtml({ lang }).includes(`<h1>${form.title(lang)}</h1>`));
    }
    assert.equal(form.toJson(), commandLine("form", name, "--years", "2024", "--lang", "en", "--format", "json", ...options));
  });
}

test("a form that cannot be made says why", () => {
  const code = (ask) => {
    try {
      ask();
    } catch (error) {
      assert.ok(error instanceof FundlayersError, `${error?.stack ?? error}`);
      return [error.code, error.problems[0].key];
    }
    return assert.fail("nothing was thrown");
  };
  assert.deepEqual(code(() => plan.form("invoice")), ["unknown-word", "form"]);
  assert.deepEqual(code(() => plan.form("progress")), ["missing-key", "receipts"]);
  assert.deepEqual(code(() => plan.form("清单")), ["missing-key", "projects"]);
  assert.deepEqual(code(() => plan.form("notice", { setText: { colour: "red" } })), ["unknown-key", "colour"]);
  assert.deepEqual(code(() => plan.form("notice", { setText: "red" }))[0], "wrong-type");
  assert.deepEqual(code(() => plan.form("notice", { unit: "斤" }))[0], "bad-unit");
  assert.deepEqual(code(() => plan.form("notice").toHtml({ decimals: 0.5 }))[0], "wrong-type");
  assert.deepEqual(code(() => reconciliation.form("notice", { projects: plan }))[0], "wrong-type");
});

test("notes for the file have fields, and are the command line's", async () => {
  const explained = (...options) => commandLine("explain", ...options, "--lang", "zh");
  const all = new Allocation(policy, Roster.builtIn(policy));
  const place = all.explained("黄堡镇", { years: 2024 });
  const funding = all.fund(Limits.parse(LIMITS, policy), "proportional").explained("黄堡镇", { years: 2024 });
  const gaps = all.reconcile(Receipts.parse(LEDGER, { file: ledgerFile })).explained("黄堡镇", { years: 2024 });
  const served = duties.explained("黄堡镇", { unit: "元" });
  const owed = all.duties().explained("黄堡镇");
  const county = all.explainedTotals(["county"], { of: "王益区" });
  for (const [note, options] of [
    [place, ["黄堡镇", "--year", "2024"]],
    [funding, ["黄堡镇", "--year", "2024", "--limits", limitsFile, "--rule", "proportional"]],
    [gaps, ["黄堡镇", "--year", "2024", "--receipts", ledgerFile]],
    [served, ["黄堡镇", "--year", "2024", "--unit", "元", "--assignments", registerFile]],
    [owed, ["黄堡镇", "--duties"]],
    [county, ["王益区", "--by", "county"]],
  ]) {
    assert.ok(note instanceof Explained);
    assert.equal(note.toJson(), commandLine("explain", ...options, "--format", "json"));
    for (const [ending, bytes] of [["html", note.toHtml({ lang: "zh" })], ["md", note.toMarkdown({ lang: "zh" })], ["xlsx", await note.toExcel({ lang: "zh" })]]) {
      const path = join(folder, `note.${ending}`);
      commandLine("explain", ...options, "--lang", "zh", "--output", path);
      assert.ok(readFileSync(path).equals(Buffer.from(bytes)), `${options} ${ending}`);
    }
    assert.equal(note.toText("zh").trim(), explained(...options).trim());
    assert.equal(note.grounds.document, policy.source.document);
  }
  assert.deepEqual(place.places.map(({ total }) => total), ["600"]);
  assert.deepEqual(place.places, all.explain("黄堡镇", { years: 2024 }).map(({ note, grounds, ...rest }) => rest));
  // Of 2,040 the city pays half.
  assert.deepEqual(funding.awards.map(({ layer, claim, funded, limit }) => [layer, claim, funded, limit]), [["city", "300", "150", "1020"], ["county", "300", "300", null]]);
  assert.deepEqual(gaps.gaps.map(({ layer, due, received, gap, lines }) => [layer, due, received, gap, lines.length]), [["city", "300", "200", "100", 2], ["county", "300", "0", "300", 0]]);
  assert.deepEqual(county.totals.map(({ by, amount }) => [by, amount]), [[[["county", "王益区"]], "2160"]]);
  // 四.2 gives a town a department of its county, of which the register has one, in its second line.
  assert.deepEqual(served.duties.filter(({ met }) => met).map(({ duty, due, clause, lines }) => [duty, due, clause, lines.map(({ line, person }) => [line, person])]), [["county-department-town", 1, "四.2", [[2, "区财政局"]]]]);
  assert.ok(served.duties.every(({ met, due, missing, lines }) => met || (missing === due && lines.length === 0)));
  // What is due once is due in the first of the years that are asked for.
  const due = ({ duties }, year) => duties.filter((duty) => duty.year === year).map(({ duty, half, due }) => [duty, half, due]);
  assert.deepEqual(due(owed, 2023), due(served, 2024));
  assert.ok(owed.duties.every(({ met, missing, lines }) => met === undefined && missing === undefined && lines.length === 0));
  assert.deepEqual(served.places.map(({ total }) => total), ["6000000"]);
  assert.deepEqual([place.awards, place.gaps, place.duties, place.totals, county.places], [[], [], [], [], []]);
});

test("layers stand side by side where that is asked for, in every form", async () => {
  const totals = plan.totals(["county", "layer"]);
  const list = Scenarios.from([{ name: "plan" }, { name: "dearer", set: { "classes.municipal-town.standard": 650 } }]);
  const file = put("情景.toml", '[[scenarios]]\nname = "plan"\n[[scenarios]]\nname = "dearer"\nset = { "classes.municipal-town.standard" = 650 }\n');
  for (const [table, options] of [
    [totals, ["totals", "--by", "county,layer", "--years", "2024"]],
    [scenarios(policy, Roster.builtIn(policy), list, { by: ["year"] }), ["scenarios", "--scenarios", file, "--by", "year"]],
  ]) {
    const path = join(folder, "wide.html");
    commandLine(...options, "--wide", "--decimals", "2", "--lang", "zh", "--output", path);
    assert.equal(table.toHtml({ lang: "zh", wide: true, decimals: 2 }), readFileSync(path, "utf8"));
    commandLine(...options, "--wide", "--decimals", "2", "--lang", "zh", "--output", join(folder, "wide.md"));
    assert.equal(table.toMarkdown({ lang: "zh", wide: true, decimals: 2 }), readFileSync(join(folder, "wide.md"), "utf8"));
    const [plainly, wide] = [table.report("zh"), table.report("zh", { wide: true })];
    assert.ok(wide.columns.length > plainly.columns.length && wide.rows.length < plainly.rows.length);
    assert.equal(table.toCsv({ people: true, wide: true }).split("\n").length < table.toCsv({ people: true }).split("\n").length, true);
  }
  assert.equal(totals.report("zh", { decimals: 2 }).rows[0].cells.at(-1).split(".")[1].length, 2);
});

test("sentences of cells are of the language that is spoken", () => {
  const open = plan.duties().table();
  const sentence = () => ({ csv: open.toCsv().split("\n")[1], row: Object.values(open.toRows()[0]).join() });
  const chinese = sentence();
  setLanguage("en");
  const english = sentence();
  assert.notEqual(chinese.csv, english.csv);
  assert.notEqual(chinese.row, english.row);
  assert.equal(open.toCsv({ lang: "zh" }).split("\n")[1], chinese.csv);
  assert.equal(open.toCsv(), commandLine("duties", "--years", "2024", "--lang", "en", "--format", "csv"));
  setLanguage("zh");
  assert.equal(open.toCsv(), commandLine("duties", "--years", "2024", "--lang", "zh", "--format", "csv"));
});
