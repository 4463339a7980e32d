//! The places: what a roster can have wrong.

use crate::ground::message::Phrase;

phrases! {
    FIRST_YEAR_AFTER_LAST = "起始年度晚于截止年度", "the first year is after the last";
    YEAR_UP_TO = "请填写不晚于 {0} 的年度", "a year up to {0}";
    NOT_DECLARED_SO_NOT_READ = "政策未设定 `{0}`，该列不读取", "the policy declares no {0}, so the column is not read";
    TOO_MANY_ROWS = "行数超出名单的上限", "more rows than a roster can have";
    SAME_ID = "数据第 {0} 行编码相同，且同在 {1} 年列入", "row {0} has the same id and is funded in {1} too";
    ONE_ROW_A_YEAR = "每个对象每年一行", "one row per recipient and year";
    SAME_NAME = "数据第 {0} 行有编码且同名，同在 {1} 年列入", "row {0} is a place of the same name under an id and is funded in {1} too";
    IF_THE_SAME = "如为同一对象，请合为一行，或此处也填 `{0}`", "if it is the same place, one row, or `{0}` here too";
    LOOKS_THE_SAME = "与数据第 {0} 行似为同一对象，且同在 {1} 年列入", "row {0} seems to be the same place and is funded in {1} too";
    IF_ONE_PLACE = "如为同一对象，请合为一行", "if it is one place, one row";
    ID_MARKED = "编码带有电子表格的文本标记，已去掉", "the id had a spreadsheet's mark of a text, which is left out";
    ID_IS = "编码按 `{0}` 处理", "the id is taken as `{0}`";
    ID_SCIENTIFIC = "编码为科学计数法，数位已丢失", "the id is in scientific notation, in which its digits are lost";
    ID_AS_TEXT = "请将编码列设为文本后重新填写", "ids as text, filled in anew";
    WORD_FOR_NOTHING = "似为程序写入的空值", "what programs write for nothing";
    LEAVE_BLANK = "如为空值请留空", "a blank cell, if nothing is meant";
    ID_WAS_FLOAT = "编码以 `.0` 结尾，似曾被当作小数", "the id ends in `.0`, as numbers do that went through a program";
    ID_WITHOUT_ZERO = "请去掉 `.0`", "the id without it";
    SAYS_AS_ABOVE = "只写明与上一行相同", "says only that it is as in the row above";
    WRITE_IT_OUT = "请在每行写出原文", "the text itself in every row";
    NO_COUNTY = "其他行有区县，而此处为空，区县资金无从落实：数据第 {0} 行", "no county, though other rows have one, so that nobody pays what counties pay: rows {0}";
    NO_COUNTY_AND_MORE = "其他行有区县，而此处为空，区县资金无从落实：共 {0} 行，如数据第 {1} 行", "no county, though other rows have one, so that nobody pays what counties pay: {0} rows, such as {1}";
    SAY_NO_COUNTY = "请填写；如原为合并单元格或与上一行相同，可用 `fill_down = true`（命令行 `--fill-down`）；如确无区县，请填 `/` 或用 `false`（`--fill-down=false`）",
        "the county; `fill_down = true` (`--fill-down`) if the one above is meant; `/` or `false` (`--fill-down=false`) if there is none";
    COUNTY_ALIKE = "与另一区县 `{0}` 似为同一区县，将分别汇总、分别出资", "seems to be the same county as `{0}`, and is added up and pays by itself";
    ONE_WRITING = "如为同一区县，请统一写法", "one writing, if it is one county";
    UNSEEN_CHARACTER = "含有看不见或易混淆的字符 `U+{0}`", "has a character that cannot be seen or looks like another, `U+{0}`";
    TYPE_AGAIN = "请重新输入该文本", "the text typed anew";
    ID_TOO_LONG = "编码有 {0} 个字符", "the id has {0} characters";
    ID_AT_MOST = "最多 {0} 个", "at most {0}";
    NEITHER_TRUE_NOR_FALSE = "既不是“是”也不是“否”", "neither true nor false";
    FLAGS = "请填写是（`true`、`1`、`yes`）或否（`false`、`0`、`no`、留空）", "true, 1, yes or 是; false, 0, no, 否 or nothing";
    SEVERAL_HAVE_NAME = "有几项同名", "several have this name";
    NOT_DECLARED = "政策未设定此项", "the policy does not declare it";
    NO_DIVISION_CODE = "不是区划代码", "not a division code";
    DIVISION_CODE_DIGITS = "请填写 6、9 或 12 位数字，或留空", "6, 9 or 12 digits, or nothing";
    NO_WHOLE_NUMBER = "不是大于 0 的整数", "not a whole number above 0";
    COUNTS = "请填写 1 至 {0} 的整数，留空即为 1", "a whole number from 1 to {0}, or nothing for 1";
}
