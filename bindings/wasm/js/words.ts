/** What this package says of its own, in Chinese; its tests find what has no Chinese. The core's words are the core's. */

/** Sentences and parts of them. */
const WORDS: ReadonlyMap<string, string> = new Map([
  // What is wrong.
  ["is not an amount of fen", "不是以分计的金额"],
  ["the module is not started yet", "模块尚未启动"],
  ["the part of the module that answers this is not loaded yet", "回答此问的模块尚未加载"],
  ["the table was made before all of the module was loaded", "表在全部模块加载之前生成"],
  ["the object was freed", "对象已释放"],
  ["the object belongs to a module that had to be started again", "对象属于已重新启动的模块"],
  ["is not a list of rows", "不是由行组成的列表"],
  ["is not a funding rule", "不是分配办法"],
  ["is not a value to change to", "不能作为改动后的值"],
  ["is not a list of ledgers", "不是由台账组成的列表"],
  ["no ledger is in the list", "列表中没有台账"],
  ["is not a file's content", "不是文件内容"],
  ["is a workbook", "是工作簿"],
  ["half of a surrogate pair stands in it", "其中有不成对的代理字符"],
  ["is not a language", "不是语言"],
  ["is not a list", "不是列表"],
  ["years are not known by this", "不是年度"],
  ["is nothing that a file can hold", "不能作为文件中的值"],
  ["is not a finite number", "不是有限的数字"],
  ["came as a binary float, whose digits are lost", "以二进制浮点数给出，已失去准确的位数"],
  ["is nested deeper than any policy needs", "嵌套层数超出任何政策的需要"],
  ["is not a list of scenarios", "不是由情景组成的列表"],
  ["is not a number", "不是数字"],
  ["is not a year", "不是年度"],
  ["is not a workbook's content", "不是工作簿的内容"],
  ["`fillDown` is neither true nor false", "`fillDown` 既不是 `true` 也不是 `false`"],
  ["the table has more rows than a sheet", "表的行数超出一张工作表"],
  ["years in which top-ups count what arrived need that they do", "`topUpYears` 只用于补足计入到位资金时"],

  // What would be right.
  ["a bigint of 64 bits", "64 位的 `bigint`"],
  ["await init() first", "请先 `await init()`"],
  ["await loadAll() first", "请先 `await loadAll()`"],
  ["make it anew", "请重新创建"],
  ["the name of a rule", "请给出分配办法的名称"],
  ["one or several", "请给出一份或几份"],
  ["a string, a Uint8Array or an ArrayBuffer", "请给出 `string`、`Uint8Array` 或 `ArrayBuffer`"],
  ["a Uint8Array or an ArrayBuffer", "请给出 `Uint8Array` 或 `ArrayBuffer`"],
  ["what `await Workbook.open(bytes)` gives", "请用 `await Workbook.open(bytes)` 打开"],
  ["well-formed text", "请使用完整的文本"],
  ["a string", "请给出 `string`"],
  ["a whole number from 0 up", "请给出不小于 0 的整数"],
  ["`zh` or `en`", "请使用 `zh` 或 `en`"],
  ["a table in CSV", "请用 CSV"],
  ["a list of texts", "请给出由文本组成的列表"],
  ["2023, [2023, 2025] or \"2023..2025\"", "如 `2023`、`[2023, 2025]` 或 `\"2023..2025\"`"],
  ["a plain object", "请给出普通对象"],
  ["a text, number, list or object", "请给出文本、数字、列表或对象"],
  ["a whole number, or the digits of any as text", "请给出整数，或以文本写出的数字"],
  ["a whole number, or the text of a TOML value", "请给出整数，或 `TOML` 值的文本"],
  ["write its digits as text", "请以文本写出其数字"],
  ["such as 2024", "如 `2024`"],
  ["true or false", "请给出 `true` 或 `false`"],
  ['topUp: "received"', '请写 `topUp: "received"`'],

  // What it is about.
  ["the argument for changes", "改动"],
  ["the argument for options", "选项"],
  ["the first allocation", "第一份测算"],
  ["the second allocation", "第二份测算"],
  ["the goal", "求解目标"],
  ["the ledger", "台账"],
  ["the limit", "额度"],
  ["the limits", "可用额度"],
  ["a scenario", "情景"],
  ["the list of scenarios", "情景列表"],
  ["the policy", "政策"],
  ["the roster", "名单"],
  ["the step", "步长"],
  ["the start", "起始行"],
  ["the end", "结束行"],
  ["the month", "月份"],
  ["the name of the file", "文件名"],
  ["the name of the sheet", "工作表名称"],
  ["the format", "格式"],
  ["the id", "编号"],
  ["a part of the list", "列表中的一项"],
  ["the language", "语言"],
  ["the layer", "安排层级"],
  ["the name", "名称"],
  ["the path", "路径"],
  ["the form", "报表"],
  ["the group", "分组"],
  ["the words around a form", "报表中的文字"],
  ["the number of decimals", "小数位数"],
  ["the figures", "指标"],
  ["the register", "登记册"],
  ["the day", "日期"],
  ["the payer", "安排主体"],
  ["the recipient", "对象"],
  ["the rule", "分配办法"],
  ["the amount", "金额"],
  ["the unit", "单位"],
  ["what top-ups count", "补足时计入的内容"],
]);

/** Sentences with something in them. */
const PATTERNS: readonly (readonly [RegExp, (inner: string) => string])[] = [
  [/^(.+) is not a text$/, (what) => `${what}不是文本`],
  [/^(.+) is not the number of a row$/, (what) => `${what}不是行号`],
  [/^(.+) is not an object with keys$/, (what) => `${what}不是由键和值组成的对象`],
  [/^(.+) is not one$/, (what) => `${what}不是所要求的对象`],
  [/^an object of the class (.+)$/, (name) => `请给出 \`${name}\` 类的对象`],
  [/^half of a surrogate pair stands in line (\d+)$/, (line) => `第 ${line} 行有不成对的代理字符`],
  [/^write its digits as text: (.+)$/, (digits) => `请以文本写出其数字：\`${digits}\``],
  [/^a mistake in fundlayers, please report it: (.+)$/s, (said) => `fundlayers 内部错误，请反馈：\`${said}\``],
];

/** A sentence of this package in Chinese; one that it does not know as it is. */
export function chinese(text: string): string {
  const known = WORDS.get(text);
  if (known !== undefined) return known;
  for (const [pattern, say] of PATTERNS) {
    const inner = pattern.exec(text)?.[1];
    if (inner !== undefined) return say(WORDS.get(inner) ?? inner);
  }
  return text;
}
