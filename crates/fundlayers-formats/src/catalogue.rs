//! What is said about files, in Chinese and English.

use fundlayers::{Phrase, phrases};

phrases! {
    // Files and their encoding.
    NUL = "文件中有 NUL 字节", "a NUL byte stands in the text";
    TEXT_FILE = "请使用以 UTF-8 编码保存的文本文件", "a text file, saved as UTF-8";
    IS_WORKBOOK = "文件实为工作簿，而应为文本", "is in truth a workbook, where a text is read";
    NAME_IT_SO = "表格可用工作簿，但文件名须以 `.xlsx`、`.xls` 或 `.ods` 结尾；政策为 TOML 或 JSON", "a table may be a workbook, if its name ends in `.xlsx`, `.xls` or `.ods`; a policy is TOML or JSON";
    NOT_UTF_16 = "不是 UTF-16 编码，与其开头字节所示不符", "is not UTF-16, though its first bytes say so";
    UTF_8 = "请使用 UTF-8 编码", "UTF-8";
    NEITHER_ENCODING = "既不是 UTF-8 编码，也不是 GB18030 编码", "is neither UTF-8 nor GB18030";
    SAVE_AS_UTF_8 = "请将文件另存为 UTF-8 编码", "save the file as UTF-8";
    POLICY_NOT_READ = "政策不能以此格式读取", "a policy is not read from this format";
    TOML_OR_JSON = "可用：TOML 或 JSON", "TOML or JSON";
    ROWS_NOT_READ = "由行组成的表不能以此格式读取", "a table of rows is not read from this format";
    CSV_OR_JSON = "可用：CSV、JSON，以及 `.xlsx`、`.xls`、`.ods` 工作簿", "CSV, JSON, or a workbook `.xlsx`, `.xls`, `.ods`";

    #[cfg(any(feature = "xlsx", feature = "xls", feature = "ods", feature = "unpacked"))]
    SEVERAL_SHEETS = "几张工作表都符合", "several sheets fit";
    #[cfg(any(feature = "xlsx", feature = "xls", feature = "ods", feature = "unpacked"))]
    NAME_A_SHEET = "请用 `sheet`（`--sheet`）指明其一", "one of them as `sheet` (`--sheet`)";

    // Their size.
    POLICY_TOO_LARGE = "政策文件大于 1 MiB", "the policy is larger than 1 MiB";
    #[cfg(feature = "toml")]
    SCENARIOS_TOO_LARGE = "表格形式的情景大于 1 MiB", "scenarios in tables are larger than 1 MiB";
    #[cfg(feature = "toml")]
    SCENARIOS_AS_ROWS = "请改用由 `scenario, path, value` 各行组成的 CSV，其行数可以更多",
        "rows of `scenario, path, value` (CSV), of which there may be more";
    ROSTER_APART = "名单应另存为一个文件", "a roster goes into a file of its own";
    TOO_DEEP = "嵌套超过 {0} 层", "is nested deeper than {0}";
    #[cfg(any(feature = "csv", feature = "json"))]
    LONG_CELL = "单元格有 {0} 个字符", "the cell has {0} characters";
    #[cfg(any(feature = "csv", feature = "json"))]
    AT_MOST = "最多 {0} 个", "at most {0}";
    #[cfg(any(feature = "csv", feature = "json"))]
    MANY_COLUMNS = "超过 {0} 列", "has more than {0} columns";
    #[cfg(any(feature = "csv", feature = "json"))]
    COLUMNS_THAT_ARE_READ = "请只保留需要读取的列和少量其他列", "the columns that are read, and few others";

    #[cfg(feature = "toml")]
    TYPED_FULL_WIDTH = "此处的 `{0}` 为中文输入法的符号，应为英文的 `{1}`", "`{1}` where `{0}` stands, which is typed in Chinese mode";

    // Files that are written.
    #[cfg(feature = "output")]
    CANNOT_BE_WRITTEN = "无法写入（{0}）", "cannot be written: {0}";
    #[cfg(feature = "output")]
    SYSTEM_SAYS = "{0}", "{0}";
    #[cfg(feature = "output")]
    NOT_THERE = "文件或文件夹不存在", "there is no such file or folder";
    #[cfg(feature = "output")]
    NOT_ALLOWED = "没有权限", "permission is denied";
    #[cfg(feature = "output")]
    IS_A_FOLDER = "这是文件夹，不是文件", "is a folder";
    #[cfg(feature = "output")]
    IS_NO_FOLDER = "所在位置不是文件夹", "is in no folder";
    #[cfg(feature = "output")]
    NO_ROOM = "磁盘空间不足", "the disk is full";
    #[cfg(feature = "output")]
    READ_ONLY_DISK = "磁盘为只读", "the disk is read-only";
    #[cfg(feature = "output")]
    NOBODY_READS = "接收输出的程序已关闭", "nobody reads any more";
    #[cfg(feature = "output")]
    INPUT_OR_OUTPUT_FAILS = "读写出错", "input or output fails";
    #[cfg(feature = "output")]
    OF_NUMBER = "{0}，系统错误 {1}", "{0}, error {1} of the system";
    #[cfg(feature = "output")]
    READ_ONLY = "文件为只读", "the file is read-only";
    #[cfg(feature = "output")]
    ANOTHER_FILE = "请改用其他文件名，或先取消只读", "give another name, or let the file be written to";

    #[cfg(feature = "output")]
    NOT_EMPTY = "文件夹不是空的", "the folder is not empty";

    #[cfg(feature = "parquet")]
    NO_PARQUET = "不能作为 Parquet 文件读取（`{0}`）", "cannot be read as Parquet: {0}";
    #[cfg(feature = "parquet")]
    WHOLE_PARQUET = "请使用完整的 Parquet 文件", "a whole Parquet file";
    #[cfg(feature = "parquet")]
    CANNOT_BE_READ = "无法读取（{0}）", "cannot be read: {0}";
    #[cfg(feature = "parquet")]
    NO_PARQUET_FILES = "此处没有 Parquet 文件", "no Parquet file is there";

    #[cfg(feature = "write-xlsx")]
    WARNINGS = "提示", "Warnings";

    // CSV.
    #[cfg(feature = "csv")]
    OPEN_QUOTE = "此处的引号没有结束", "a quote is opened here and never closed";
    #[cfg(feature = "csv")]
    CLOSING_QUOTE = "请补上结束的 `\"`", "a closing `\"`";

    // JSON.
    #[cfg(feature = "json")]
    JSON_WRONG = "JSON 格式有误：{0}", "{0}";
    #[cfg(feature = "json")]
    WELL_FORMED_JSON = "请改为格式正确的 JSON", "well-formed JSON";
    #[cfg(feature = "json")]
    MANY_KEYS = "超过 {0} 个键", "has more than {0} keys";
    #[cfg(feature = "json")]
    KEY_TWICE = "同一键出现两次", "the key stands twice";
    #[cfg(feature = "json")]
    EACH_KEY_ONCE = "每个键只写一次", "each key once";
    #[cfg(feature = "json")]
    ROWS_WITH_KEYS = "{0} 行共有 {1} 个不同的键", "{0} rows have {1} keys between them";
    #[cfg(feature = "json")]
    SAME_KEYS = "各行的键应相同", "rows with the same keys";
    #[cfg(feature = "json")]
    NO_OBJECT = "不是对象", "is not an object";
    #[cfg(feature = "json")]
    OBJECT_A_ROW = "每行应为一个对象，如 `{ \"name\": \"…\" }`", "an object for each row, such as `{ \"name\": \"…\" }`";
    #[cfg(feature = "json")]
    KEY_TWICE_IN_ROW = "该行中同一键出现两次", "the key stands twice in the row";
    #[cfg(feature = "json")]
    NO_CELL = "不是文本、数字或真假值", "is not a text, a number, true or false";
    #[cfg(feature = "json")]
    ONE_VALUE_A_CELL = "每个单元格只填一个值", "one value for each cell";
    #[cfg(feature = "json")]
    HALF_A_PAIR = "含有不成对的代理字符", "half of a surrogate pair stands in it";
    #[cfg(feature = "json")]
    WELL_FORMED_TEXT = "请改为正确的文本", "well-formed text";

    // TOML.
    #[cfg(feature = "toml")]
    TOML_WRONG = "TOML 格式有误：{0}", "{0}";
    #[cfg(feature = "toml")]
    QUOTE_THE_KEY = "含其他文字的键应加引号：`\"县\" = 1`", "put keys with other letters in quotes: `\"县\" = 1`";
    #[cfg(feature = "toml")]
    MANY_POINTS = "带点的键过多", "has too many keys with points";
    #[cfg(feature = "toml")]
    AT_MOST_POINTS = "最多 {0} 个点", "at most {0} points";
    #[cfg(feature = "toml")]
    NO_TOML_VALUE = "不是 TOML 的值", "is not a TOML value";
    #[cfg(feature = "toml")]
    TOML_VALUES = "请填写数字，或加引号的文本，如 `\"half-up\"`，或由这些组成的列表或表",
        "a number, or a text in quotes such as `\"half-up\"`, or a list or table of these";
    #[cfg(feature = "toml")]
    SEVERAL_TOML_VALUES = "不止一个 TOML 的值", "is more than one TOML value";

    // Workbooks.
    #[cfg(any(feature = "xlsx", feature = "xls", feature = "ods"))]
    BOOK_NOT_READ = "此程序不读取 `{0}` 文件", "files in `{0}` are not read by this program";
    #[cfg(any(feature = "xlsx", feature = "xls", feature = "ods"))]
    SAVE_AS_XLSX = "请在 Excel 或 WPS 中打开该文件，另存为 `.xlsx`", "open the file in Excel or WPS and save it as `.xlsx`";
    #[cfg(any(feature = "xlsx", feature = "xls", feature = "ods"))]
    BINARY_BOOK = "文件实为二进制工作簿（`.xlsb`），不能读取", "is in truth a binary workbook (`.xlsb`), which is not read";
    #[cfg(any(feature = "xlsx", feature = "xls", feature = "ods"))]
    OTHER_BOOK = "文件实为 `{0}`，扩展名却是 `{1}`", "is in truth `{0}`, though its name says `{1}`";
    #[cfg(feature = "xls")]
    OLD_BOOK = "文件为 Excel 95 或更早的格式，不能读取", "is a workbook of Excel 95 or older, which is not read";
    #[cfg(feature = "xls")]
    NO_COMPOUND_FILE = "工作簿已损坏，或不含工作表", "the workbook is damaged, or holds no sheets";
    #[cfg(feature = "xls")]
    BOOK_CUT_SHORT = "工作簿已损坏：内容不完整", "the workbook is damaged: some of it is missing";
    #[cfg(any(feature = "xlsx", feature = "xls", feature = "ods"))]
    EMPTY_BOOK = "文件为空", "the file is empty";
    #[cfg(any(feature = "xlsx", feature = "xls", feature = "ods"))]
    XML_NOT_BOOK = "文件实为 XML 表格，不是工作簿", "is in truth a sheet in XML, not a workbook";
    #[cfg(any(feature = "xlsx", feature = "xls", feature = "ods"))]
    HTML_NOT_BOOK = "文件实为网页（HTML），不是工作簿：许多系统导出的“Excel”即是如此",
        "is in truth a web page (HTML), not a workbook: what many systems export as Excel";
    #[cfg(any(feature = "xlsx", feature = "xls", feature = "ods"))]
    TEXT_NOT_BOOK = "文件实为文本（如 CSV），不是工作簿", "is in truth a text such as CSV, not a workbook";
    #[cfg(any(feature = "xlsx", feature = "xls", feature = "ods"))]
    NOT_A_BOOK = "文件不是工作簿", "is not a workbook";
    #[cfg(any(feature = "xlsx", feature = "xls", feature = "ods"))]
    LOCKED_BOOK = "工作簿设有打开密码", "the workbook is locked by a password";
    #[cfg(any(feature = "xlsx", feature = "xls", feature = "ods"))]
    WITHOUT_PASSWORD = "请取消密码后另存", "save it without a password";
    #[cfg(any(feature = "xlsx", feature = "xls", feature = "ods"))]
    NO_ARCHIVE = "工作簿已损坏（`{0}`）", "the workbook is damaged (`{0}`)";
    #[cfg(any(feature = "xlsx", feature = "xls", feature = "ods"))]
    ARCHIVE_NOT_READ = "工作簿的压缩方式不能读取（`{0}`）", "the workbook is packed in a way that is not read (`{0}`)";
    #[cfg(any(feature = "xlsx", feature = "xls", feature = "ods"))]
    NO_PART = "工作簿缺少 `{0}`", "the workbook lacks its part `{0}`";
    #[cfg(any(feature = "xlsx", feature = "xls", feature = "ods"))]
    PART_NOT_READ = "工作簿中的 `{0}` 已损坏（`{1}`）", "the workbook's part `{0}` is damaged (`{1}`)";
    #[cfg(any(feature = "xlsx", feature = "xls", feature = "ods"))]
    PART_TOO_DEEP = "工作簿中的 `{0}` 嵌套超过 {1} 层", "the workbook's part `{0}` is nested deeper than {1}";
    #[cfg(any(feature = "xlsx", feature = "xls", feature = "ods"))]
    ROW_OUT_OF_ORDER = "工作表 `{0}` 已损坏：第 {1} 行位于第 {2} 行之后", "the sheet `{0}` is damaged: row {1} stands after row {2}";
    #[cfg(any(feature = "xlsx", feature = "xls", feature = "ods"))]
    COLUMN_TOO_FAR = "工作表 `{0}` 已损坏：第 {1} 行的列数过多", "the sheet `{0}` is damaged: row {1} has too many columns";
    #[cfg(any(feature = "xlsx", feature = "xls", feature = "ods"))]
    CELL_TWICE = "单元格 `{0}` 出现两次，工作表已损坏", "the sheet is damaged: its cell `{0}` stands twice";
    #[cfg(any(feature = "xlsx", feature = "xls", feature = "ods"))]
    NO_TEXT = "单元格 `{0}` 所指的第 {1} 号文本不存在，工作簿已损坏",
        "the workbook is damaged: the cell `{0}` refers to text {1}, which is not there";
    #[cfg(any(feature = "xlsx", feature = "xls", feature = "ods", feature = "unpacked"))]
    SAVE_AGAIN = "请在 Excel 或 WPS 中打开并重新保存；如打不开，请取得另一份", "open it in Excel or WPS and save it again, or get another copy";
    #[cfg(any(feature = "xlsx", feature = "xls", feature = "ods"))]
    SMALLER_WORKBOOK = "请只保留需要的工作表、行和列，另存为新的工作簿",
        "a workbook with the sheet, the rows and the columns that are needed, and no others";
    #[cfg(any(feature = "xlsx", feature = "xls", feature = "ods"))]
    MANY_PARTS = "工作簿由超过 {0} 个部分组成", "the workbook has more than {0} parts";
    #[cfg(any(feature = "xlsx", feature = "xls", feature = "ods"))]
    PART_TOO_LARGE = "工作簿中的 `{0}` 解压后过大", "the workbook's part `{0}` is too large once inflated";
    #[cfg(any(feature = "xlsx", feature = "xls", feature = "ods"))]
    LONG_LIST = "工作簿中的 `{0}` 超过 {1} 项", "the workbook's part `{0}` lists more than {1}";
    #[cfg(any(feature = "xlsx", feature = "xls", feature = "ods"))]
    MANY_TEXTS = "工作簿中的文本超过 1 GiB", "the texts of the workbook are more than 1 GiB";
    #[cfg(any(feature = "xlsx", feature = "xls", feature = "ods"))]
    MANY_MERGES = "合并单元格超过 {0} 个", "more than {0} cells are merged ones";
    #[cfg(any(feature = "xlsx", feature = "xls", feature = "ods"))]
    MANY_CELLS = "工作表 `{0}` 的单元格超过 {1} 个", "the sheet `{0}` has more than {1} cells";
    #[cfg(any(feature = "xlsx", feature = "xls", feature = "ods"))]
    LONG_CELL_OF_SHEET = "单元格 `{0}` 超过 {1} 个字符", "the cell `{0}` has more than {1} characters";
    #[cfg(feature = "unpacked")]
    NOT_UNPACKED = "工作簿未能完整传递，或读取它的程序版本不同", "the workbook was not handed over whole, or by another version of its reader";
    #[cfg(all(feature = "unpacked", any(feature = "xlsx", feature = "xls", feature = "ods")))]
    UNPACKED_TOO_LARGE = "工作簿的各工作表共超过 256 MiB", "the sheets of the workbook are more than 256 MiB";
    #[cfg(any(feature = "xlsx", feature = "xls", feature = "ods", feature = "unpacked"))]
    NO_SHEET = "没有这个工作表", "no sheet has this name";
    #[cfg(any(feature = "xlsx", feature = "xls", feature = "ods", feature = "unpacked"))]
    CELL_ERROR = "单元格的值为错误", "the cell holds an error";
    #[cfg(any(feature = "xlsx", feature = "xls", feature = "ods", feature = "unpacked"))]
    A_VALUE = "请更正该单元格", "a value in the cell";
    #[cfg(any(feature = "xlsx", feature = "xls", feature = "ods", feature = "unpacked"))]
    NOT_CALCULATED = "公式没有计算结果", "the formula was never calculated";
    #[cfg(any(feature = "xlsx", feature = "xls", feature = "ods", feature = "unpacked"))]
    RECALCULATED = "请在 Excel 或 WPS 中打开，重新计算后保存", "open the file in Excel or WPS, let it calculate, and save it";
    #[cfg(any(feature = "xlsx", feature = "xls", feature = "ods", feature = "unpacked"))]
    DIGITS_LOST = "数字超过 15 位，末尾各位已丢失", "the number has more than 15 digits, and the last ones are lost";
    #[cfg(any(feature = "xlsx", feature = "xls", feature = "ods", feature = "unpacked"))]
    CODE_AS_TEXT = "请将该列设为文本格式后重新填写", "set the column to text and enter it again";
    #[cfg(any(feature = "xlsx", feature = "xls", feature = "ods", feature = "unpacked"))]
    SCALED_FORMAT = "单元格以格式 `{0}` 显示，所示数字与所存数字不同",
        "the number format `{0}` shows another number than the one that is stored";
    #[cfg(any(feature = "xlsx", feature = "xls", feature = "ods", feature = "unpacked"))]
    PLAIN_FORMAT = "请将单元格格式改为常规，并核对数字与单位", "set the format to General, and check the number and its unit";
    #[cfg(any(feature = "xlsx", feature = "xls", feature = "ods", feature = "unpacked"))]
    NO_NUMBER_IN_CELL = "单元格应为数字", "the cell should hold a number";
    #[cfg(any(feature = "xlsx", feature = "xls", feature = "ods", feature = "unpacked"))]
    NO_DATE_IN_CELL = "单元格为日期格式，但该数不是日期", "the cell has the format of a date, and its number is none";
    #[cfg(any(feature = "xlsx", feature = "xls", feature = "ods", feature = "unpacked"))]
    A_DATE = "请填写日期，如 2024-03-05", "a date such as 2024-03-05";
    #[cfg(any(feature = "xlsx", feature = "xls", feature = "ods", feature = "unpacked"))]
    HIDDEN_ROWS = "工作表 `{0}` 中隐藏的行照常读取：{1}", "hidden rows of the sheet `{0}` are read as the others: {1}";
    #[cfg(any(feature = "xlsx", feature = "xls", feature = "ods", feature = "unpacked"))]
    HIDDEN_COLUMNS = "工作表 `{0}` 中隐藏的列照常读取：{1}", "hidden columns of the sheet `{0}` are read as the others: {1}";
    #[cfg(any(feature = "xlsx", feature = "xls", feature = "ods", feature = "unpacked"))]
    STALE_FORMULAS = "工作簿要求打开时重新计算，`{0}` 等公式所存的结果可能有误",
        "the workbook is to be recalculated once it is opened: stored results of formulas, as in `{0}`, may be wrong";

    // Data frames.
    #[cfg(feature = "arrow")]
    BINARY_FLOATS = "该列为二进制浮点数，已失去准确的位数", "the column came as binary floats, whose digits are lost";
    #[cfg(feature = "arrow")]
    EXACT_TYPES = "请直接传入文件路径，或将该列按文本读入：pandas 用 `read_csv(…, dtype=str)` 或 `read_excel(…, dtype=str)`，\
                   polars 用 `read_csv(…, infer_schema=False)`；含空值的整数列 pandas 可用 `.astype(\"Int64\")`",
        "the path of the file itself, or the column read as text: in pandas `read_csv(…, dtype=str)` or \
         `read_excel(…, dtype=str)`, in polars `read_csv(…, infer_schema=False)`; whole numbers that blanks made floats: in \
         pandas `.astype(\"Int64\")`";
    #[cfg(feature = "arrow")]
    NO_COLUMN = "不是该表的列", "is no column of the table";
    #[cfg(feature = "arrow")]
    COLUMNS = "可用的列：{0}", "one of {0}";
    #[cfg(feature = "arrow")]
    PERIODS = "该列为 pandas 的时期类型，其中只有自 1970 年起的序数", "the column came as periods of pandas, which are numbers counted from 1970";
    #[cfg(feature = "arrow")]
    PERIODS_AS_TEXT = "请传入 pandas 的数据框本身，或将该列转为文本：`.dt.strftime(\"%Y\")`",
        "the pandas data frame itself, or the column as text: `.dt.strftime(\"%Y\")`";
    #[cfg(feature = "arrow")]
    OTHER_ZONE = "该列的时间带有时区，换算后可能不是同一天", "the column has times of a time zone, which may be another day in UTC";
    #[cfg(feature = "arrow")]
    NO_ZONE = "请去掉时区：pandas 用 `.dt.tz_localize(None)`，polars 用 `.dt.replace_time_zone(None)`",
        "times without a zone: in pandas `.dt.tz_localize(None)`, in polars `.dt.replace_time_zone(None)`";
    #[cfg(feature = "arrow")]
    MORE_DIGITS = "位数过多，无法准确保存", "more digits than are kept exactly";
    #[cfg(feature = "arrow")]
    AT_MOST_28_DIGITS = "最多 28 位数字", "at most 28 digits";
    #[cfg(feature = "arrow")]
    OTHER_TYPE = "该列既不是文本也不是数字", "the column holds neither text nor numbers";
    #[cfg(feature = "arrow")]
    TYPES_READ = "请使用文本、整数、十进制数、真假值或日期", "text, whole numbers, decimals, true or false, or dates";
}

#[test]
fn every_phrase_is_whole_in_both_languages() {
    for (name, phrase) in ALL {
        assert_eq!(phrase.check(), Ok(()), "{name}");
    }
}
