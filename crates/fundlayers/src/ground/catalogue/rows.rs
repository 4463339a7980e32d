//! Tables that are read: headers and cells.

use crate::ground::message::Phrase;

phrases! {
    TOO_MANY_ROWS = "行数超出表格的上限", "more rows than a table can have";
    // Headers.
    SEVERAL_ATTRIBUTES = "几个属性同用此名，该列不读取", "several attributes have this name, so the column is not read";
    COLUMN_NOT_KNOWN = "该列无法识别，不读取", "the column is not known and not read";
    COLUMNS_ALIKE = "第 {0} 列与第 {1} 列含义相同", "columns {0} and {1} mean the same";
    COLUMN_MISSING = "缺少该列", "the column is missing";
    COLUMN_HEADED = "应有以 `{0}` 或 `{1}` 为表头的列", "a column headed `{0}` or `{1}`";
    NOTHING_IN_TABLE = "没有任何内容", "nothing stands in it";
    HEADER_AND_ROWS = "应有表头和各行；请核对是否选对了文件", "a header and rows; check that it is the right file";
    COLUMN_UNNAMED = "第 {0} 列没有表头，不读取", "column {0} has no header and is not read";
    MORE_CELLS = "该行有 {0} 个单元格，表头只有 {1} 个", "the row has {0} cells, the header {1}";
    HEADER_FOR_EVERY_CELL = "每个单元格都应有表头", "a header for every cell";
    ROWS_WITH_KEYS = "{0} 行共有 {1} 个不同的键", "{0} rows have {1} keys between them";
    SAME_KEYS = "各行的键应相同", "rows with the same keys";
    KEY_TWICE_IN_ROW = "该行中同一键出现两次", "the key stands twice in the row";
    TITLE_IS_SCALED = "表头注明 `{0}`，与政策中该属性的单位不一致", "the title states `{0}`, which is not the unit that the policy gives the attribute";
    FIGURES_IN_UNIT = "请按政策的单位填写数值，并从表头删去该注记；政策的单位：{0}", "figures in the unit of the policy, and no such remark in the title; the policy's unit: {0}";
    UNIT_NOT_STATED = "未写明", "none stated";
    COLUMN_MISSING_BUT_READ = "缺少该列，而政策的规则要读取", "the column is missing, and the rules of the policy read it";
    PERHAPS_COLUMN = "是否即 `{0}` 一列？请以 `{1}` 为表头", "perhaps the column headed `{0}`; head it `{1}`";

    // Lines that sum others, notes, merged cells.
    MAY_BE_MERGED = "上方单元格有内容而此处为空，可能原为合并单元格：数据第 {0} 行", "blank below a filled-in cell, perhaps merged with it: rows {0}";
    MAY_BE_MERGED_AND_MORE = "上方单元格有内容而此处为空，可能原为合并单元格：共 {0} 行，如数据第 {1} 行", "blank below a filled-in cell, perhaps merged with it: {0} rows, such as {1}";
    SAY_FILL_DOWN = "如为合并单元格，请用 `fill_down = true`（命令行 `--fill-down`）向下填充；如确无内容，用 `false`（`--fill-down=false`）",
        "`fill_down = true` (`--fill-down`) if they were merged, `false` (`--fill-down=false`) if nothing belongs there";
    FIGURE_MERGED = "数值合并在几个单元格中，各行各占多少无法判断", "one figure is merged over several cells, and nothing says how it is shared among the rows";
    FIGURE_IN_EACH_ROW = "请取消合并，逐行填写各自的数值", "no merged cells here, and in each row the figure of its own";
    NAME_MERGED = "名称合并在几行中，而名单一行是一个单位", "one name is merged over several rows, each of which is a place of its own";
    NAME_IN_EACH_ROW = "请取消合并，逐行填写各自的名称；同一单位只留一行",
        "no merged cells here: in each row the name of its own place, and one row for one place";
    ONE_CELL_ACROSS = "此行只有一个跨列合并的单元格，无法判断是单位、标题还是说明", "nothing but one cell merged across columns: a place, a heading or a remark";
    REMARK_OR_PLACE = "单位请取消合并并逐列填写；标题和说明请移到表外，或在其前加 `注：`",
        "a place in cells of its own; a heading or a remark outside the table, or with `注：` before it";
    TOTAL_LINE_DIFFERS = "合计行与所汇总各行不符", "the line does not say what the rows above it sum to";
    SUM_IS = "各行相加为 {0}", "the rows sum to {0}";

    // Cells.
    BLANK = "单元格为空", "the cell is blank";
    NO_TEXT = "不是文本", "not a text";
    NO_NUMBER = "不是数字", "not a number";
    DIGITS = "请填写数字，可带小数点和千位分隔符，如 1,234.5",
        "digits, perhaps with a point and with a separator every three digits, such as 1,234.5";
    MORE_DIGITS = "位数过多，无法准确保存", "more digits than are kept exactly";
    NO_YEAR = "不是年度", "not a year";
    A_YEAR = "请填写 1 至 {0} 的年度", "a year from 1 to {0}";
    A_YEAR_OR_OF_POLICY = "请填写 1 至 {0} 的年度，留空即按政策年度", "a year from 1 to {0}, or nothing for the policy's";

    // Amounts and their units.
    AT_MOST_DECIMALS = "以{1}为单位最多 {0} 位小数", "at most {0} decimals of {1}";
    FINER_THAN_FEN = "金额细于 0.01 元", "finer than 0.01 元";
    BEYOND_64_BITS = "金额超出 2^63 − 1 分", "beyond 2^63 − 1 fen";
    NO_UNIT_OF_AMOUNTS = "金额没有单位", "the amounts have no unit";
    COLUMN_OR_UNIT_IN_HEADER = "应有以 `{0}` 或 `{1}` 为表头的列，或在表头写明单位：`{2}(万元)`",
        "a column headed `{0}` or `{1}`, or the unit in the header: `{2}(万元)`";
    OTHER_UNIT_THAN_HEADER = "与金额表头所写单位不同", "not the unit in the header of the amounts";
    UNIT_OF_HEADER = "应为 `{0}`，或表头不写单位", "`{0}`, or no unit in the header";
    OTHER_UNIT_THAN_AMOUNTS = "单元格所写单位与该列金额的单位不同", "the cell states another unit than the amounts of the column have";
    AMOUNT_IN_UNIT = "应以 `{0}` 为单位", "an amount in `{0}`";
    AMOUNTS_IN_OTHER_UNIT = "表头注明 `{0}`，不是元、万元或亿元，不作换算", "the title states `{0}`, which is not 元, 万元 or 亿元 and is not converted";
    AMOUNTS_UNDER_TITLE = "请换算为元、万元或亿元，并在表头写明，如 `{0}(万元)`", "amounts in 元, 万元 or 亿元, and that unit in the title, such as `{0}(万元)`";
    COUNTS_ARE_SCALED = "表头注明 `{0}`，数量应逐个计", "the title states `{0}`, and a count is one by one";
    COUNTS_ONE_BY_ONE = "请逐个计数，并从表头删去该注记", "how many there are one by one, and no such remark in the title";
    NO_UNIT = "不是金额单位", "not a unit of money";
    UNITS = "可用：元、万元、亿元（`yuan`、`wan`、`yi`）", "元, 万元 or 亿元 (yuan, wan, yi)";
}
