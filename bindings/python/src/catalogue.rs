//! What Python's door says of its own, in Chinese and English.

use fundlayers::{Phrase, phrases};

phrases! {
    // Words and numbers that are arguments.
    NO_LANGUAGE = "不是语言", "is not a language";
    LANGUAGES = "请使用 `zh` 或 `en`", "`zh` or `en`";
    NO_UNIT = "不是金额单位", "is not a unit of money";
    UNITS = "请使用元、万元或亿元（`yuan`、`wan`、`yi`）", "元, 万元 or 亿元 (yuan, wan, yi)";
    NO_NUMBER = "不是数字", "is not a number";
    NUMBERS = "请给出 `Decimal`、`int` 或 `str`", "a Decimal, an int or a str";
    FLOAT = "以二进制浮点数给出，已失去准确的位数", "came as a binary float, whose digits are lost";
    EXACT = "请写 `Decimal(\"{0}\")` 或 `\"{0}\"`", "write Decimal(\"{0}\") or \"{0}\"";
    HALF_A_PAIR = "其中有不成对的代理字符", "half of a surrogate pair stands in it";
    WELL_FORMED = "请使用完整的文本", "well-formed text";

    // Policies and changes.
    NO_VALUE = "改动没有值", "the change has no value";
    PATH_AND_VALUE = "请写成路径=值，如 `classes.municipal-town.standard=650`",
        "PATH=VALUE, such as `classes.municipal-town.standard=650`";
    NESTED_DEEPER = "嵌套超过 {0} 层", "is nested deeper than {0}";
    KEY_NO_TEXT = "键不是文本", "a key is not a text";
    NO_VALUE_OF_POLICY = "不能作为政策中的值", "is not a value of a policy";
    VALUES_OF_POLICY = "请给出 `dict`、`list`、`str`、`int`、`Decimal`、`True`、`False` 或 `None`",
        "a dict, a list, a text, an int, a Decimal, True, False or None";
    TEXT_OF_POLICY = "是政策的内容，不是其名称", "is the text of a policy, not its name";
    READ_TEXT = "请用 `Policy.from_toml(text)` 或 `Policy.from_json(text)`",
        "Policy.from_toml(text) or Policy.from_json(text)";
    NO_SUCH_POLICY = "没有以此为名的内置政策或文件", "no built-in policy and no file has this name";

    // Files, frames and rows.
    CANNOT_BE_READ = "无法读取（{0}）", "cannot be read: {0}";
    ENDING_TELLS_NOTHING = "无法由文件扩展名得知格式", "the ending of the file tells no format";
    CONTENT_TELLS_NOTHING = "无法由文件内容得知格式", "what stands in the file tells no format";
    TABLE_FILES = "请使用 `.xlsx`、`.xls`、`.ods`、`.csv`、`.json` 或 `.parquet` 的文件",
        "a file in .xlsx, .xls, .ods, .csv, .json or .parquet";
    POLICY_FILES = "请使用 `.toml` 或 `.json` 的政策", "a policy in .toml or .json";
    TEXT_FILES = "请使用 `.toml` 或 `.json` 的文件", "texts in .toml or .json";
    FRAME_NOT_READ = "数据表无法读取（`{0}`）", "the data frame cannot be read: {0}";
    PLAIN_FRAME = "每列应只有一种类型，且列名各不相同；可直接给出文件路径，或以文本读入：`pandas` 的 `read_csv(…, dtype=str)`、`read_excel(…, dtype=str)`",
        "a table whose columns have one type and one name each: give the path of the file itself, or read it as text, with pandas `read_csv(…, dtype=str)` or `read_excel(…, dtype=str)`";
    NO_CELL = "不是文本、数字或真假值", "is not a text, a number, true or false";
    ONE_VALUE_A_CELL = "每个单元格只填一个值", "one value for each cell";

    // Used wrongly.
    NO_TEXTS = "应为文本（如 `\"county,layer\"`、`\"区县,安排层级\"`）或由文本组成的列表，而不是 `{0}`",
        "is a text such as \"county,layer\", or a list of texts, not `{0}`";
    NO_CONTENT = "应为文本或 `bytes`，而不是 `{0}`", "is a text or bytes, not `{0}`";
    NO_YEARS = "应为年度（如 `2024`）、文本（如 `\"2023..2025\"`）或由年度组成的列表，而不是 `{0}`",
        "is a year such as 2024, a text such as \"2023..2025\", or a list of years, not `{0}`";
    NO_MONTH = "月份应为文本（如 `\"2024-06\"`）或日期", "a month is a text such as \"2024-06\", or a date";
    NO_DAY = "日期应为文本（如 `\"2024-06-30\"`）或日期", "a day is a text such as \"2024-06-30\", or a date";
    NO_RECIPIENT = "请给出对象的编号或名称，或以 `by` 给出合计的分组", "give a recipient by id or name, or totals by `by`";
    NOT_WITH_BY = "`by` 说明合计，不能与 `year`、`limits`、`receipts`、`duties` 或 `assignments` 同时给出",
        "`by` explains totals of the allocation: without `year`, `limits`, `receipts`, `duties` and `assignments`";
    ONE_AT_A_TIME = "`limits`、`receipts` 和 `duties`（或 `assignments`）只能给出一个",
        "give `limits`, `receipts` or `duties` (with `assignments` or without), one of them";
    NO_RULE = "有 `limits` 时应给出分配办法 `rule`", "`limits` need a `rule`";
    NO_CHANGES = "改动应为由路径和值组成的 `dict`，或形如“路径=值”的文本",
        "changes are a dict of paths and values, or texts of the form PATH=VALUE";
    NO_TEXT_OF_FILE = "打开的文件应给出字节或文本，而不是 `{0}`", "an open file gives bytes or a text, not `{0}`";
    NO_ROWS = "行应以路径、打开的文件、`bytes`、数据表（有 `__arrow_c_stream__`）或由 `dict` 组成的列表给出，而不是 `{0}`",
        "rows are a path, an open file, bytes, a data frame (with `__arrow_c_stream__`) or a list of dicts, not `{0}`";
    NOT_COLLECTED = "行应以数据表给出，而不是 `{0}`；请先 `collect()`",
        "rows are a path, an open file, bytes, a data frame (with `__arrow_c_stream__`) or a list of dicts, not `{0}`; collect() it first";
    NO_PARTS = "`scan` 的行应以 `.parquet` 文件、文件夹、通配路径、由路径组成的列表、`pyarrow` 的 `dataset` 或有 `__arrow_c_stream__` 的数据给出，而不是 `{0}`",
        "`scan` reads `.parquet` files, folders, patterns, lists of paths, a `dataset` of `pyarrow`, or what has `__arrow_c_stream__`, not `{0}`";
    READ_ALREADY = "数据流只能读取一次，且已经读完；请重新打开", "the stream can be read once, and was; open it again";
    ROWS_NOT_READ = "行无法读取（`{0}`）", "the rows cannot be read: {0}";
    WHOLE_PARQUET = "请使用完整的 Parquet 文件", "a whole Parquet file";
    NO_POLICY = "政策应为编号、路径、打开的文件、`bytes` 或 `dict`，而不是 `{0}`",
        "a policy is an id, a path, an open file, bytes or a dict, not `{0}`";
    SHEET_OF_ROWS = "`sheet` 指工作簿中的工作表；这些行没有工作表", "sheet names a sheet of a workbook; these rows have none";
    SHEET_OF_SCENARIOS = "`sheet` 指工作簿中的工作表；这些情景没有工作表",
        "sheet names a sheet of a workbook; these scenarios have none";
    NO_ROSTER_READ = "`sheet` 和 `fill_down` 说明名单怎样读取，此处没有读取名单",
        "sheet and fill_down say how a roster is read, and none is read here";
    NO_BUILT_IN_ROSTER = "该政策没有内置名单；请给出路径、数据表或由 `dict` 组成的列表",
        "this policy has no built-in roster; give one: a path, a data frame, a list of dicts";
    NEEDS_RECEIVED = "`top_up_years` 只与 `top_up=\"received\"` 一起使用", "top_up_years needs top_up=\"received\"";
    NO_TEXTS_OF_FORM = "`text` 应为 `dict`、路径、打开的文件或 `bytes`", "text is a dict, a path, an open file or bytes";
    NO_DICT = "`{0}` 应为 `dict`", "{0} is a dict";
    NO_LEDGER = "列表中没有台账", "there is no ledger in the list";
    NOT_PICKLED = "该表不能序列化", "this table cannot be pickled";
}
