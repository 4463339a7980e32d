//! Where a problem is, suggestions, numbers.

use crate::ground::message::Phrase;

phrases! {
    // Where a problem is, before it, and what follows it.
    IN_FILE_AT = "{0}:{1}:{2}: ", "{0}:{1}:{2}: ";
    IN_FILE_LINE = "{0}:{1}: ", "{0}:{1}: ";
    IN_FILE = "{0}: ", "{0}: ";
    IN_SHEET_CELL = "{0}: ", "{0}: ";
    AT = "第 {0} 行第 {1} 字：", "line {0}:{1}: ";
    IN_LINE = "第 {0} 行：", "line {0}: ";
    IN_CELL = "数据第 {0} 行 {1} 列：", "row {0}, column {1}: ";
    IN_ROW = "数据第 {0} 行：", "row {0}: ";
    IN_COLUMN = "{0} 列：", "column {0}: ";
    ROW_LABELLED = "{0}（索引 {1}）", "{0} (index {1})";
    BY_KEY = "`{0}`", "`{0}`";
    KEY_TITLED = "`{0}`（`{1}`）", "`{0}` (`{1}`)";
    IN_SCENARIO = "情景 `{0}`：", "scenario `{0}`: ";
    UNDER_KEY = "{0}：", "{0}: ";
    BUT_FOUND = "，现为 `{0}`", ", found `{0}`";
    AND_EXPECTED = "；{0}", "; {0}";
    OF_CODE = " [{0}]", " [{0}]";
    MORE_ALIKE = "……同类问题另有 {0} 处", "… and {0} more like it";
    NOT_LOOKED_FURTHER = "……此后未再检查", "… and nobody looked for more";
    LEFT_OUT = "……另有 {0} 处", "… and {0} more";

    // Which known word a wrong one is nearest to.
    DID_YOU_MEAN = "是否应为 `{0}`？", "did you mean `{0}`?";
    NONE_DECLARED = "尚未设定任何一项", "none is declared";
    KNOWN = "可用：{0}", "known: {0}";
    KNOWN_AND_MORE = "可用：{0}……", "known: {0}, …";

    // Said in several rooms.
    CHECK_UNITS = "请核对单位", "check the units";
    TOTAL_TOO_LARGE = "合计超出 2^63 − 1 分", "a total is beyond 2^63 − 1 fen";
    IS_OF_TYPE = "是{0}", "is {0}";
    GIVE = "请填写{0}", "give {0}";
    NOTHING = "空值", "nothing";
    TRUE_OR_FALSE = "真假值", "true or false";
    A_NUMBER = "数字", "a number";
    A_TEXT = "文本", "a text";
    A_LIST = "列表", "a list";
    A_TABLE = "表", "a table";
    A_VALUE = "请填写内容", "a value";
    NO_KEY_HERE = "此处没有这个键", "is not a key here";
    KEY_MISSING = "缺少 `{0}`", "`{0}` is missing";
    MORE_DIGITS_THAN_KEPT = "位数过多，无法准确保存", "has more digits than are kept exactly";
    AT_MOST_28_DIGITS = "最多 28 位数字", "at most 28 digits";
    ZERO_OR_MORE = "应不小于 0", "0 or more";
    ID_OF_THE_ONE_MEANT = "请填写所指一项的编码", "the id of the one that is meant";
    NO_LAYER_OF_POLICY = "不是该政策的安排层级", "is not a layer of this policy";
    POLICY_COVERS = "政策年度为 {0} 年至 {1} 年", "the policy covers {0} to {1}";
    FLOOR_NOT_ABOVE_CAP = "下限应不高于上限", "at_least is not above at_most";

    // Numbers and money.
    NO_NUMBER = "`{0}` 不是数字", "`{0}` is not a number";
    TOO_MANY_DIGITS = "`{0}` 位数过多，无法准确保存（最多 28 位）", "`{0}` has more digits than are kept exactly (28)";
    AMOUNT_TOO_LARGE = "金额超出 2^63 − 1 分", "the amount is beyond 2^63 − 1 fen";
    NO_WHOLE_FEN = "`{0}` {1}不是整分", "`{0}` {1} is not a whole number of fen";
    NO_UNIT = "`{0}` 不是金额单位；可用：元、万元、亿元（`yuan`、`wan`、`yi`）",
        "`{0}` is not a unit of money; units are 元, 万元, 亿元 (yuan, wan, yi)";
    NO_MODE = "`{0}` 不是取整方式；可用：`half-up`、`half-even`、`down`、`up`",
        "`{0}` is not a rounding mode; modes are half-up, half-even, down, up";
    STEP_NOT_ABOVE_ZERO = "取整单位 {0} 不大于 0", "the rounding step {0} is not above 0";
    STEP_TOO_FINE = "以{1}为单位保留 {0} 位小数细于 0.01 元", "{0} decimals of {1} are finer than 0.01 元";

    // Years.
    YEARS_REVERSED = "年度起止颠倒", "the years are reversed";
    YEARS_SPAN = "`{0}..{1}`", "`{0}..{1}`";
    NOT_YEARS = "不是年度或年度区间", "is not a year or a span of years";
    SUCH_AS_YEARS = "如 `2024`、`2023..2025` 或 `2023,2025`", "such as `2024`, `2023..2025` or `2023,2025`";
}
