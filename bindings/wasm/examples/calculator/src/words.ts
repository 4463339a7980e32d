/** Every text of the page, in both languages. */

import type { Code, Lang, Problem } from "fundlayers/manual";

const WORDS = {
  title: ["资金测算", "Funding calculator"],
  subtitle: ["谁为哪个镇、哪个村出多少钱，依据哪一条", "Who pays what for which town and village, and by which clause"],
  jump: ["页内跳转", "Parts of this page"],
  toResults: ["结果", "Results"],
  toRoster: ["名单", "Places"],
  toAmounts: ["金额", "Amounts"],
  toLimit: ["额度", "Limit"],
  toTake: ["保存", "Keep"],
  language: ["English", "中文"],
  private: ["全部在本机浏览器内计算，不上传任何数据；打开一次后可离线使用。", "Everything is computed in this browser. Nothing is uploaded. Once opened, it works offline."],
  policy: ["政策", "Policy"],
  policyPlan: ["铜川市重点帮扶镇村行动方案（征求意见稿）", "Tongchuan action plan (draft for comment)"],
  policyFile: ["打开政策文件（TOML、JSON）", "Open a policy file (TOML, JSON)"],
  draft: ["依据为征求意见稿，正式文件可能不同。", "This rests on a draft for comment; the final text may differ."],
  source: ["依据文件", "Document"],
  drop: ["可将政策、名单或本页保存的文件拖放到页面任何位置。", "Drop a policy, a roster or a file saved here anywhere on this page."],
  places: ["支持对象", "Places"],
  byList: ["名单", "List"],
  byCounts: ["只填数量", "Counts only"],
  openRoster: ["打开名单（Excel、CSV、JSON）", "Open a roster (Excel, CSV, JSON)"],
  paste: ["粘贴名单", "Paste a roster"],
  pasteHelp: ["从表格软件复制后连同表头粘贴；标题行和合计行不必删去。", "Copy from a spreadsheet, with the header, and paste here; titles and totals may stay."],
  readPasted: ["读入", "Read it"],
  template: ["下载空白名单", "Download an empty roster"],
  addRow: ["增加一行", "Add a row"],
  removeRow: ["删除第 {n} 行", "Remove row {n}"],
  reset: ["恢复原名单", "Restore the original roster"],
  moreColumns: ["显示全部列", "Show all columns"],
  rosterCaption: ["支持对象名单，每格可直接修改", "Roster; every cell can be edited"],
  row: ["行", "Row"],
  cellOf: ["第 {n} 行 {column}", "Row {n}, {column}"],
  rowsShown: ["第 {from}—{to} 行，共 {all} 行", "Rows {from} to {to} of {all}"],
  previous: ["上一页", "Previous"],
  next: ["下一页", "Next"],
  expectedPlaces: ["文件所列 {n}", "the document says {n}"],
  placesUnit: ["个", "places"],
  change: ["改为 {value}", "Change to {value}"],
  problems: ["需要改正 {n} 处", "{n} to correct"],
  goTo: ["查看", "Show"],
  warnings: ["提示 {n} 条", "{n} remarks"],
  results: ["测算结果", "Results"],
  uncounted: ["还没有填写数量。填入各类的数量后，这里显示测算结果。", "Nothing is counted yet. Fill in how many places there are; the results will stand here."],
  unlisted: ["名单是空的。增加一行或打开名单后，这里显示测算结果。", "The roster is empty. Add a row or open a roster; the results will stand here."],
  stale: ["名单或政策有误，以下为改正前的结果。", "Something needs correcting; these are the results before it."],
  computing: ["正在计算……", "Computing…"],
  notComputed: ["计算模块没有取到，所改内容没有计算。", "The module that computes could not be fetched; what was changed is not computed."],
  takeBusy: ["尚未按所改内容算出结果，算出后可以下载明细和汇总。", "What was changed is not computed yet; rows and totals can be downloaded when it is."],
  takeWrong: ["填写内容有误，改正后可以下载明细和汇总。", "Something needs correcting; rows and totals can be downloaded after it."],
  takeLimitWrong: ["可用额度填写有误，改正后可以下载额度保障结果；其他结果不受影响。", "The limit needs correcting; what it leaves can be downloaded after it. Everything else can be now."],
  takeLimitElsewhere: ["现在显示的年度没有设定额度，额度保障结果暂不能下载。", "The limit is of a year that is not shown; what it leaves can be downloaded when it is."],
  takeNothing: ["还没有结果可以下载。", "There are no results to download yet."],
  ready: ["合计 {total} {unit}。", "Total {total} {unit}."],
  total: ["合计", "Total"],
  year: ["年度", "Year"],
  allYears: ["全部年度", "All years"],
  unit: ["单位", "Unit"],
  groupBy: ["汇总方式", "Group by"],
  county: ["按区县", "By county"],
  township: ["按乡镇", "By township"],
  class: ["按类别", "By class"],
  kind: ["按类型", "By kind"],
  designation: ["按认定层级", "By designation"],
  payer: ["按安排主体", "By payer"],
  years: ["按年度", "By year"],
  count: ["数量", "Places"],
  whoPays: ["谁出多少：{by}", "Who pays what: {by}"],
  chartText: ["条形图，各段为安排层级，数字同下表：{text}", "Bars stacked by layer, with the numbers of the table below: {text}"],
  clickFigure: ["点击任一金额，可查看来源和条文。用键盘时，按 Tab 进入表格，按方向键选金额，按回车查看。", "Click any amount to see where it comes from. By keyboard: Tab to a table, arrows to an amount, Enter to see."],
  rosterBuiltIn: ["名单：方案所附", "roster: the plan's own"],
  rosterCounts: ["名单：未列名，只填数量", "roster: none, counts only"],
  checks: ["核对：用地、产业、收入等（未了 {n} 项）", "Checks of land, industry, incomes ({n} open)"],
  checksNote: ["方案在金额之外的要求，与统计数据逐项核对；没有数据的为“缺数据”。", "What the plan requires besides amounts, beside what is known; what nobody knows is open."],
  openFigures: ["打开统计数据（.csv、.json）", "Open figures (.csv, .json)"],
  figuresFile: ["数据：{name}。", "Figures: {name}."],
  figuresWithout: ["不用统计数据", "Without figures"],
  openChecks: ["未达到和缺数据的", "Not met, or not known"],
  noOpenChecks: ["没有未了的核对项。", "Nothing is open."],
  rosterFile: ["名单：{name}（{n} 行）", "roster: {name} ({n} rows)"],
  rosterOwn: ["名单：本页填写或改动（{n} 行）", "roster: edited or pasted here ({n} rows)"],
  effect: ["合计 {before} → {after} {unit}，增减 {difference}。", "Total {before} → {after} {unit}, a change of {difference}."],
  byPlace: ["逐个测算结果", "Every place"],
  leftOut: ["结果共 {n} 行，不在此逐行显示，请下载。", "The result has {n} rows; they are not listed here. Download them."],
  firstLines: ["只列出前 {shown} 行，共 {n} 行；全部的由命令行或 Python 给出。", "The first {shown} of {n} rows; the command line and Python give them all."],
  firstRows: ["只列出前 {shown} 行，共 {n} 行，其余请下载。", "Only the first {shown} of {n} rows are listed; download the others."],
  explain: ["来源：{what}", "Where it comes from: {what}"],
  clause: ["条文 {clause}", "Clause {clause}"],
  noClause: ["未注明条文", "no clause stated"],
  changedClause: ["数字已改动，不引条文", "changed, so that no clause says it"],
  clauseText: ["条文原文（{clause}）", "The words of clause {clause}"],
  explainMore: ["另有 {n} 笔未列出。", "{n} more are not listed."],
  showRest: ["显示其余 {n} 笔", "Show the other {n}"],
  showMore: ["再显示 {n} 笔（还有 {rest} 笔）", "Show {n} more (of {rest})"],
  noStep: ["政策没有为“{class}”安排这一层级的资金。", "The policy gives “{class}” nothing in this layer."],
  before: ["调整前", "Before"],
  after: ["调整后", "After"],
  close: ["关闭", "Close"],
  amounts: ["调整政策金额", "Change the policy's amounts"],
  parens: ["（{text}）", " ({text})"],
  colon: ["：", ": "],
  changedAmounts: ["金额与方案不同，本页按改后的金额测算：", "Amounts differ from the plan; this is computed with:"],
  amountsHelp: ["拖动或填写，立即显示与原方案的差额，明细见测算结果。", "Move or type; the difference to the plan shows at once, in full in the results."],
  noAmounts: ["该政策没有可在此调整的金额。", "This policy has no amount that can be changed here."],
  otherRules: ["其他规则 {n} 条（不在此调整）", "{n} other rules, not changed here"],
  exact: ["{label}，金额（{unit}）", "{label}, amount ({unit})"],
  resetAmounts: ["恢复方案金额", "Restore the plan's amounts"],
  difference: ["与原方案比较", "Compared with the plan"],
  compared: ["按同一份名单，比较方案的金额与调整后的金额。", "Amounts of the plan and changed ones, over the same roster."],
  unchanged: ["金额未调整，与方案一致。", "No amount is changed; they are the plan's."],
  limit: ["可用额度", "A limit"],
  limitHelp: ["设定某一安排主体某年可用的资金，看谁会少得。", "Say what a payer can spend in a year, and see who gets less."],
  limitElsewhere: ["额度是 {limit} 年的，现在只显示 {year} 年；选回 {limit} 年或全部年度即可看到结果。", "The limit is of {limit}, and only {year} is shown; show {limit} or all years to see what it does."],
  limitOn: ["设定额度", "Set a limit"],
  limitOff: ["取消额度", "Remove the limit"],
  whose: ["层级、主体和年度", "Layer, payer and year"],
  limitAmount: ["可用额度（{unit}）", "Limit ({unit})"],
  rule: ["不足时的分配办法", "How to share what there is"],
  proportional: ["按比例安排", "Proportional: the same part of each claim"],
  "constrained-equal-awards": ["等额安排，不超过应得", "Equal awards: the same amount, at most the claim"],
  "constrained-equal-losses": ["等额扣减，不低于零", "Equal losses: the same amount off, at least zero"],
  talmud: ["塔木德规则：先等额安排至半数，再等额扣减", "Talmud: equal awards up to half, equal losses above"],
  priority: ["按类别先后安排", "Priority: classes in turn"],
  order: ["先后次序", "Order"],
  earlier: ["提前 {name}", "Move {name} up"],
  later: ["推后 {name}", "Move {name} down"],
  less: ["少得的对象", "Who gets less"],
  nobody: ["额度足够，没有对象少得。", "The limit is enough; nobody gets less."],
  name: ["名称", "Name"],
  claim: ["应得", "Due"],
  funded: ["可得", "Gets"],
  unfunded: ["少得", "Less"],
  duties: ["帮扶力量和任务：哪里还缺人", "Duties: whom a town still lacks"],
  dutiesHelp: ["政策在资金之外要求的人员、队伍、走访、督查。读入人员登记表（年度、区县、乡镇、名称、事项、姓名或单位、数量、人数、到岗日期），只列出还缺的。", "People, teams, visits and inspections that the policy asks for besides money. With a register (年度, 区县, 乡镇, 名称, 事项, 姓名或单位, 数量, 人数, 到岗日期) only what is missing is listed."],
  dutiesFile: ["读入人员登记表", "Read a register"],
  dutiesWithout: ["不与登记表对照", "Without the register"],
  dutiesNone: ["该政策没有写明数量的任务。", "This policy has no duties with a number."],
  dutiesNotes: ["每项任务和依据的条文", "Each duty, and the clauses that it rests on"],
  dutiesMet: ["全部落实，没有缺的。", "Everything is met; nothing is missing."],
  dutiesLarge: ["名单较大，请用命令行或 Python 对照。", "The roster is large; use the command line or Python."],
  projects: ["项目与清单", "Projects"],
  tabs: ["各页", "Pages"],
  tabResults: ["资金", "Amounts"],
  tabDuties: ["帮扶力量", "Duties"],
  tabChecks: ["核对", "Checks"],
  tabProjects: ["项目", "Projects"],
  noChecks: ["该政策没有金额之外的要求。", "This policy requires nothing besides amounts."],
  partAbsent: ["这一部分的模块没有取到，请检查网络后再试。", "The module for this could not be fetched; check the network and try again."],
  forms: ["报表（可直接打印）", "Forms to print"],
  formPage: ["网页", "Page"],
  formDistribution: ["资金分配表", "Distribution of funds"],
  formNotice: ["公示表", "Public notice"],
  formFiling: ["备案表", "Filing for the record"],
  formSupport: ["帮扶力量表", "Who serves whom"],
  formLand: ["用地表", "Land"],
  formProjects: ["项目库", "Register of projects"],
  formTasks: ["清单", "Tasks"],
  projectsHelp: ["打开项目库或清单，与应安排的金额对照：项目资金和差额、各镇村清单的缺项、未备案的方案、逾期和对不上的项目。数据不离开本机。", "Open the register of projects or the list of tasks: it is set beside what is due. What is planned, what the list of each place lacks, plans not filed, what is overdue, what matches nothing. Nothing leaves this computer."],
  openProjects: ["打开项目库", "Open a register"],
  asOf: ["逾期截至", "Overdue as of"],
  take: ["保存与分享", "Keep and share"],
  fileAllocation: ["测算明细", "Every place"],
  fileTotals: ["汇总", "Totals"],
  fileDifference: ["与原方案比较", "Difference to the plan"],
  fileFunding: ["额度保障明细", "What the limit leaves, every place"],
  fileFundingTotals: ["额度保障汇总", "What the limit leaves, totals"],
  downloads: ["下载", "Download"],
  download: ["下载{what} {format}", "Download {what} {format}"],
  print: ["打印（A4）", "Print (A4)"],
  copyLink: ["复制链接", "Copy the link"],
  copied: ["链接已复制，打开即可重现本页。", "The link is copied; it reproduces this page."],
  notCopied: ["浏览器不允许复制，请从地址栏复制。", "The browser does not allow it; copy the address."],
  notStarted: ["计算模块没有取到，请检查网络后刷新本页。", "The module that computes could not be fetched; check the network and load the page again."],
  tooLong: ["名单超过 {n} 行，链接放不下，请保存为文件，再拖入本页即可重现。", "The roster has more than {n} rows, too many for a link. Save a file; dropped here, it reproduces this page."],
  save: ["保存为文件", "Save as a file"],
  badLinkHere: ["链接不完整，本页保持不变。", "The link is damaged; this page stays as it is."],
  badLink: ["链接不完整，已显示原方案。", "The link is damaged; the plan is shown."],
  badFile: ["无法识别文件 {name}；可用的有政策（TOML、JSON）、名单（Excel、CSV、JSON）和本页保存的文件。", "The file {name} is not known here. Drop a policy (TOML, JSON), a roster (Excel, CSV, JSON) or a file saved here."],
  onlyPage: ["没有打开 {name}：本页保存的文件须单独打开。", "{name} was not opened: a file saved here is opened by itself."],
  onlyPolicy: ["没有打开 {name}：一次只能打开一个政策。", "{name} was not opened: only one policy at a time."],
  onlyRoster: ["没有打开 {name}：一次只能打开一份名单。", "{name} was not opened: only one roster at a time."],
  notWithoutPolicy: ["没有打开 {name}：与它一起的政策有误。", "{name} was not opened: the policy that came with it has mistakes."],
  pastedName: ["粘贴的内容", "what was pasted"],
  headless: ["没有读入{name}：首行“{first}”不是表头。请在前面加上表头，必须有：{required}；还可以有：{others}。", "Nothing was read: the first line of {name}, “{first}”, is no header. Put a header before it; it must have: {required}; it may have: {others}."],
  addHeader: ["在首行加上表头", "Put the header into the first line"],
  headerAdded: ["表头已加在首行。请逐列核对，删去没有的列、调整次序，再读入。", "The header stands in the first line. Check it column by column, remove or move what does not match, then read it."],
  merged: ["{name}中有些空格，上方有内容：原表的单元格合并过吗？合并过的，空格应与上方相同。", "Some cells of {name} are blank below filled-in ones. Were they merged? Then a blank cell is what stands above it."],
  fillDown: ["合并过，与上方相同", "Merged: fill them down"],
  leaveBlank: ["没有合并，空着", "Not merged: leave them blank"],
  sheets: ["{name}有几张工作表都像名单，请选一张。", "Several sheets of {name} may be the roster. Choose one."],
  readerAbsent: ["读取表格文件的模块没有取到，请检查网络后再试，或另存为 CSV。", "The module that reads workbooks could not be fetched; check the network and try again, or save the roster as CSV."],
  opened: ["已打开 {name}。", "{name} is open."],
  printed: ["由资金测算页生成，金额依所示政策和名单计算。", "Made by the funding calculator from the policy and roster shown."],
} as const satisfies Record<string, readonly [string, string]>;

export type WordKey = keyof typeof WORDS;

export function word(lang: Lang, key: WordKey, parts: Readonly<Record<string, string | number>> = {}): string {
  const text: string = WORDS[key][lang === "zh" ? 0 : 1];
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(parts[name] ?? ""));
}

/** What is wrong, in Chinese, for who fills in a page. Null: the sentence of the core, which every code has. */
const MEANINGS: Readonly<Record<Code, string | null>> = {
  encoding: "文件编码无法识别", syntax: "格式有误", "too-deep": "嵌套过深", "too-large": "文件过大", "unknown-format": "不支持这种格式",
  "unknown-key": "没有这个键", "missing-key": "缺少必需的键", "wrong-type": "值的类型不对", "duplicate-id": "编码重复", "reserved-id": "编码不可使用",
  "bad-number": "不是数字", "number-out-of-range": "数字位数过多", "negative-number": "不能为负数", "bad-years": "年度有误", "bad-unit": "金额单位有误",
  "bad-rounding": "取整方式有误", "unknown-word": "没有这个词", "unknown-kind": "没有这个类型", "unknown-designation": "没有这个认定层级",
  "unknown-payer": "没有这个安排主体", "unknown-attribute": "没有这个属性", "unknown-layer": "没有这个安排层级", "unknown-pool": "没有这个资金池",
  "unknown-value": "规则所读的内容不存在", "later-layer": "规则读取了本层级或之后的层级", "missing-standard": "该类别没有标准", "year-before-first": "年度表起始过晚",
  "wrong-attribute-type": "属性类型不符", "bad-condition": "条件有误", "bad-rule": "规则种类不明", "too-few-values": "数值太少", "floor-above-cap": "下限高于上限", "weights-sum": "权重之和不是 1",
  "not-a-multiple": "不是取整单位的整数倍", "pool-in-two-layers": "资金池被两个层级使用", "overlapping-classes": "两个类别完全重合", "unknown-path": "政策中没有这一项",
  "missing-column": "缺少必需的列", "duplicate-column": "列重复", "extra-cells": "单元格多于表头", "missing-value": "不能为空", "bad-division-code": "区划代码应为 6、9 或 12 位数字",
  "bad-count": "数量应为大于 0 的整数", "bad-year": "不是年度", "years-reversed": "起始年度晚于截止年度", "bad-flag": "应填是或否", "duplicate-recipient": "同一对象重复列入",
  "no-class": "不属于政策中的任何类别", "several-classes": "同时属于几个类别", "blank-attribute": "规则需要的数据为空", "negative-amount": "算出的金额为负", overflow: "金额过大",
  "negative-share": "数据为负，无法分配", "pool-total-zero": "合计为零，无法分配", "pool-floors-exceed": "下限之和超过资金池", "pool-caps-fall-short": "上限使资金池无法分完",
  "year-outside-policy": "不在政策年度内", "unknown-policy": "没有这个政策", "unknown-rule": "没有这种分配办法", "bad-order": "先后次序有误",
  "unknown-column": "该列不参与计算", "expected-count": "数量与文件所列不一致", "never-live": "起止年度均不在政策年度内", "possible-duplicate": "可能与另一行是同一对象或同一区县", "unused-pool": "资金池没有规则使用",
  "binary-float": "小数须以文本给出，以保留各位数字", freed: "所用的数据已经释放", internal: "程序出错", "not-loaded": "所需的模块尚未加载",
  "pool-without-members": "资金池在某年没有对象", "classes-may-overlap": "两个类别可能重合",
  // The core names what is meant, which no table can.
  "cannot-read": null, "cannot-write": null, "empty-table": null, "spoiled-text": null, "merged-cells": null, "as-above": null, "blank-county": null,
  "locked-workbook": null, "damaged-workbook": null, "sheet-not-found": null, "several-sheets": null, "cell-error": null,
  "not-calculated": null, "digits-lost": null, "scaled-format": null, "signed-limit": null, "reads-place": null,
  "later-pool": null, "left-of-outside-pool": null, "per-differs": null, "not-whole-fen": null, "unit-differs": null,
  "unknown-event": null, "bad-date": null, "duplicate-limit": null, "unknown-class": null, "unknown-grouping": null,
  "bad-month": null, "unknown-recipient": null, "ambiguous-recipient": null, "duplicate-change": null, "path-not-a-number": null,
  "bad-step": null, "limit-out-of-reach": null, "limit-never-exceeded": null, "totals-fall": null, "circular-figure": null,
  "figure-unit": null, "bad-bands": null, "bad-aggregate": null, "class-reads-result": null, "class-changes": null,
  "division-by-zero": null, "outside-bands": null, "no-case": null, "empty-aggregate": null, "hidden-cells": null,
  "stale-formulas": null, "rate-above-one": null, "layers-beyond-standard": null, "nothing-to-top-up": null, "band-gap": null,
  "years-skipped": null, "unlike-years": null, "pool-left": null, "pool-difference": null, "unclaimed-limit": null,
  "blank-figure": null, "unmatched-figure": null, "figure-twice": null, "figure-of-others": null, "unmatched-receipt": null, "later-receipt": null, "undated-receipt": null, "spent-above-received": null,
  "unmatched-assignment": null, "shared-assignment": null, "unit-suspected": null, "sum-differs": null, "duplicate-receipt": null,
  "unmatched-project": null, "planned-above-due": null, "unknown-category": null, "duplicate-project": null, "unknown-post": null,
  "undeclared-category": null, "needs-whole-roster": null, "id-in-two-parts": null, "ids-not-checked": null, "unlike-summaries": null,
};

/** A problem for people, without place: in Chinese from its code. */
export function told(lang: Lang, problem: Problem): string {
  if (lang === "en") return `${problem.message}${problem.found === undefined ? "" : `: “${problem.found}”`}${problem.expected === undefined ? "" : `; ${problem.expected.replaceAll("`", "")}`}`;
  const core = MEANINGS[problem.code] === null ? problem.zh : undefined;
  if (core) return `${core.message}${problem.found === undefined || problem.found === "" ? "" : `：“${problem.found}”`}${core.expected === undefined ? "" : `；${core.expected.replaceAll("`", "")}`}`;
  const meaning = MEANINGS[problem.code] ?? problem.message;
  const found = problem.found === undefined || problem.found === "" ? "" : `：“${problem.found}”`;
  const values = suggestions(problem);
  return `${meaning}${found}${values.length > 0 ? `；可填 ${values.slice(0, 6).join("、")}` : ""}`;
}

/** What is wrong with an amount, for somebody who fills in a number and writes no policy. */
const AMOUNTS: Partial<Record<Code, readonly [string, string]>> = {
  syntax: ["不是数字", "not a number"], "bad-number": ["不是数字", "not a number"], "wrong-type": ["不是数字", "not a number"],
  "missing-value": ["不能为空", "blank"], "negative-number": ["不能为负数", "below 0"], "number-out-of-range": ["数字位数过多", "too many digits"],
};

export function toldOfAmount(lang: Lang, problem: Problem): string {
  const blank = problem.found === undefined || problem.found === "";
  const meaning = AMOUNTS[blank && problem.code === "syntax" ? "missing-value" : problem.code];
  if (meaning === undefined) return told(lang, problem);
  return lang === "zh"
    ? `${meaning[0]}${blank ? "" : `：“${problem.found}”`}；请填一个不小于 0 的数，如 500 或 0.5`
    : `${meaning[1]}${blank ? "" : `: “${problem.found}”`}; give a number of 0 or more, such as 500 or 0.5`;
}

/** Where a problem is. */
export function place(lang: Lang, problem: Problem, header: (column: string) => string): string {
  const parts: string[] = [];
  if (problem.file !== undefined) parts.push(problem.file);
  // A cell says its row and column.
  if (problem.cell !== undefined) return [...parts, problem.cell].join(lang === "zh" ? "，" : ", ");
  if (problem.line !== undefined) parts.push(lang === "zh" ? `第 ${problem.line} 行` : `line ${problem.line}`);
  else if (problem.row !== undefined) parts.push(lang === "zh" ? `第 ${problem.row} 行` : `row ${problem.row}`);
  if (problem.column !== undefined) parts.push(header(problem.column));
  if (problem.key !== undefined) parts.push(problem.key);
  return parts.join(lang === "zh" ? "，" : ", ");
}

/** Values that would be right, as far as the core names some. */
export function suggestions(problem: Problem): readonly string[] {
  return [...(problem.expected ?? "").matchAll(/`([^`]+)`/g)].map(([, value]) => value!);
}
