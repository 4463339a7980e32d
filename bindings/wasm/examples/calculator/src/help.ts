/** What the page can do, for somebody who opens it for the first time. */

import type { Lang } from "fundlayers/manual";
import { h } from "./dom.js";
import type { Page } from "./page.js";

/** What somebody wants, and how it is done; in both languages. */
const HELP: readonly { readonly zh: readonly [string, string]; readonly en: readonly [string, string] }[] = [
  {
    zh: ["看结果", "打开本页，显示的就是方案的测算结果：各安排层级、各区县、各镇村的金额。可选年度、单位和汇总方式。"],
    en: ["See results", "The page opens on what the plan gives: by layer, county and place. Choose years, unit and grouping."],
  },
  {
    zh: ["查来源", "点击任一金额，显示算式、依据的条文和条文原文。数字改动过的，不再引条文。"],
    en: ["See where a figure comes from", "Click any amount: its arithmetic, its clause and the clause's words. No clause is cited for a number that was changed."],
  },
  {
    zh: ["换名单", "打开单位的名单，或从表格软件复制后粘贴，每格都可修改；标题行、合计行和合并单元格都能识别。还没有名单时，可只填各类的数量。"],
    en: ["Use your own roster", "Open your office's sheet or paste it from a spreadsheet; every cell can be edited. Titles, totals and merged cells are understood. Without a roster, fill in how many places there are."],
  },
  {
    zh: ["试算金额", "拖动或填写政策的金额，立即显示与原方案的增减，可随时恢复。"],
    en: ["Try other amounts", "Move or type the policy's amounts: the difference to the plan shows at once. They can be restored."],
  },
  {
    zh: ["财力不足时", "设定某一安排主体某年的可用额度，选择分配办法，列出少得的对象和金额。"],
    en: ["When money is short", "Say what a payer can spend in a year and how it is shared; the page lists who gets less, and how much."],
  },
  {
    zh: ["查项目和清单", "打开项目库或清单，列出各镇村缺少的要素、未备案的方案、逾期的项目，以及项目资金与应安排金额的差额。"],
    en: ["Look at projects and lists", "Under the tab “Projects” open the register: the page lists what each place lacks, plans not filed, what is overdue, and what is planned beside what is due."],
  },
  {
    zh: ["查要求和人员", "“核对”页列出政策在金额之外的要求，打开统计数据即逐项判定；“帮扶力量”页列出应派的人员和应做的事，读入人员登记表即只列还缺的。"],
    en: ["Look at requirements and people", "The tab “Checks” lists what the plan requires besides amounts; open figures, and each is decided. the tab “Duties” lists whom and what it asks for; read a register, and only what is missing is listed."],
  },
  {
    zh: ["换政策", "打开自己的政策文件（TOML、JSON），本页即按其规则测算。有误之处逐条指出。"],
    en: ["Use your own policy", "Open your policy file (TOML, JSON): the page computes by its rules. What is wrong in it is said item by item."],
  },
  {
    zh: ["保存与分享", "可下载明细和汇总、打印在 A4 纸上、复制链接，或保存为文件；打开链接或把文件拖入本页，即可重现。数据不离开本机，断网也能用。"],
    en: ["Keep and share", "Download rows and totals, print on A4, copy a link or save a file: the link, or the file dropped here, reproduces the page. Nothing leaves this computer; it works offline."],
  },
];

const TITLE: Readonly<Record<Lang, string>> = { zh: "使用说明", en: "How to use this page" };

export function renderHelp({ state: { lang } }: Page): Node[] {
  return [
    h("summary", { id: "help-summary" }, TITLE[lang]),
    h("dl", {}, HELP.map((one) => h("div", {}, h("dt", {}, one[lang][0]), h("dd", {}, one[lang][1])))),
  ];
}
