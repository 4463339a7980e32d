//! What is said about files, in Chinese and English.

use fundlayers::{Phrase, phrases};

phrases! {
    // Files and their encoding.
    NUL = "文件中有 NUL 字节", "a NUL byte stands in the text";
    TEXT_FILE = "请使用以 UTF-8 编码保存的文本文件", "a text file, saved as UTF-8";
    NOT_UTF_16 = "不是 UTF-16 编码，与其开头字节所示不符", "is not UTF-16, though its first bytes say so";
    UTF_8 = "请使用 UTF-8 编码", "UTF-8";
    NEITHER_ENCODING = "既不是 UTF-8 编码，也不是 GB18030 编码", "is neither UTF-8 nor GB18030";
    SAVE_AS_UTF_8 = "请将文件另存为 UTF-8 编码", "save the file as UTF-8";
    POLICY_NOT_READ = "政策不能以此格式读取", "a policy is not read from this format";
    TOML_OR_JSON = "可用：TOML 或 JSON", "TOML or JSON";
    ROWS_NOT_READ = "由行组成的表不能以此格式读取", "a table of rows is not read from this format";
    CSV_OR_JSON = "可用：CSV 或 JSON", "CSV or JSON";

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

    // CSV.
    #[cfg(feature = "csv")]
    OPEN_QUOTE = "此处的引号没有结束", "a quote is opened here and never closed";
    #[cfg(feature = "csv")]
    CLOSING_QUOTE = "请补上结束的 `\"`", "a closing `\"`";

    // JSON.
    #[cfg(feature = "json")]
    JSON_WRONG = "JSON 格式有误（`{0}`）", "{0}";
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
    TOML_WRONG = "TOML 格式有误（`{0}`）", "{0}";
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
