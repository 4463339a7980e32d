//! What the command line says of its own about files, in Chinese and English.

use fundlayers::{Phrase, phrases};

phrases! {
    NO_SUCH_POLICY = "没有以此为名的内置政策或文件", "no built-in policy and no file has this name";
    GALLERY = "公开拨款公式画廊", "Gallery of public grant formulas";
    POLICIES = "政策", "Policies";
    BUILT_IN = "内置政策", "Built-in policies";
    ID = "编号", "Id";
    TITLE = "名称", "Title";
    VERSION = "版本", "Version";
    YEARS = "年度", "Years";
    STATUS = "状态", "Status";
    GROUP = "类别", "Group";
    NO_ROSTER_OF_FILE = "政策文件没有内置名单", "a policy file has no built-in roster";
    NAME_A_ROSTER = "请用 `--roster` 给出名单文件", "name one with --roster FILE";
    CANNOT_BE_READ = "无法读取（{0}）", "cannot be read: {0}";
    ENDING_TELLS_NOTHING = "无法由文件扩展名得知格式", "the ending of the file tells no format";
    #[cfg(feature = "parquet")]
    TABLE_FILES = "请使用 `.xlsx`、`.xls`、`.ods`、`.csv`、`.json` 或 `.parquet` 的表",
        "a table in .xlsx, .xls, .ods, .csv, .json or .parquet";
    #[cfg(not(feature = "parquet"))]
    TABLE_FILES = "请使用 `.xlsx`、`.xls`、`.ods`、`.csv` 或 `.json` 的表", "a table in .xlsx, .xls, .ods, .csv or .json";
    POLICY_FILES = "请使用 `.toml` 或 `.json` 的政策", "a policy in .toml or .json";

    // What main says of a command.
    ERROR = "错误：", "error: ";
    WARNING = "提醒：", "warning: ";
    NOTE = "注：", "note: ";
    ONE_PROBLEM = "共 {0} 处问题，未作测算", "{0} problem; nothing was computed";
    PROBLEMS = "共 {0} 处问题，未作测算", "{0} problems; nothing was computed";
    PROBLEMS_AT_LEAST = "至少 {0} 处问题，未作测算", "at least {0} problems; nothing was computed";
    LIST_OF_POLICIES = "用 `fundlayers policy list` 查看内置政策", "`fundlayers policy list` lists the built-in policies";
    MORE_INFORMATION = "用 `--help` 查看详细用法。", "For more information, try '--help'.";
    STANDARD_OUTPUT = "无法写入标准输出（{0}）", "cannot write to standard output: {0}";
    NO_LANGUAGE_SET = "{0} 的 `{1}` 不是语言；可用：`zh`、`en`", "{0}: `{1}` is not a language; languages are zh, en";
    NO_LANGUAGE = "`{0}` 不是语言；可用：`zh`、`en`", "`{0}` is not a language; languages are zh, en";

    // How a command is used wrongly.
    IN_OPTION = "`{0}`：{1}", "{0}: {1}";
    ONE_STANDARD_INPUT = "只能有一个输入取自标准输入", "only one input can come from standard input";
    FILE_WITHOUT_ROSTER = "政策文件没有内置名单；请用 `--roster` 给出名单文件",
        "a policy file has no built-in roster; name one with --roster FILE";
    NOTHING_TO_COMPARE = "没有对比方；请用 `--set`、`--with-policy` 或 `--with-roster` 给出",
        "nothing to compare with; give --set PATH=VALUE, --with-policy ID|FILE or --with-roster FILE";
    NEEDS_RECEIVED = "`--top-up-years` 只与 `--top-up 到位` 一起使用", "--top-up-years needs --top-up received";
    NO_VALUE_SET = "`--set {0}` 没有值；请写成路径=值，如 `classes.municipal-town.standard=650`",
        "`--set {0}` has no value; give PATH=VALUE, such as classes.municipal-town.standard=650";
    NO_TEXT_SET = "`--set-text {0}` 没有文字；请写成键=文字，如 `issuer=某县财政局`",
        "`--set-text {0}` has no text; give KEY=TEXT, such as issuer=某县财政局";
    WORKBOOK_ENDING = "工作簿的扩展名须为 `.xlsx`；请用 `--output {0}.xlsx`", "a workbook is a file .xlsx; give --output {0}.xlsx";
    NO_BOOK_ON_TERMINAL = "工作簿不能显示在终端；请用 `--output` 给出 `.xlsx` 文件",
        "a workbook cannot be shown here; give --output FILE.xlsx";
    #[cfg(feature = "parquet")]
    NO_PARQUET_ON_TERMINAL = "Parquet 不能显示在终端；请用 `--output` 给出 `.parquet` 文件",
        "Parquet cannot be shown here; give --output FILE.parquet";
    #[cfg(feature = "parquet")]
    PARQUET_HAS_NO_SHEETS = "`--sheet` 和 `--fill-down` 不用于 Parquet 名单", "--sheet and --fill-down are not for rosters in Parquet";
    #[cfg(feature = "parquet")]
    PARTS_INTO_PARQUET = "多个 Parquet 文件的逐项结果只能写入 Parquet；请用 `--output` 给出 `.parquet` 文件或以 `/` 结尾的文件夹",
        "the rows of several Parquet files go into Parquet; give --output FILE.parquet, or a folder that ends in /";
    #[cfg(feature = "parquet")]
    PARTS_BESIDE_A_LEDGER = "多个 Parquet 文件与台账对账的逐项结果只能写入 Parquet；请用 `--output` 给出 `.parquet` 文件或以 `/` 结尾的文件夹，\
                             或以 `--by` 汇总，或以 `--unmatched` 列出未匹配的记录",
        "beside a ledger, the rows of several Parquet files go into Parquet; give --output FILE.parquet, or a folder that ends in /, \
         or --by for totals, or --unmatched";
    #[cfg(feature = "parquet")]
    PARTS_WITHIN_LIMITS = "多个 Parquet 文件按额度安排的逐项结果只能写入 Parquet；请用 `--output` 给出 `.parquet` 文件或以 `/` 结尾的文件夹，或以 `--by` 汇总",
        "within limits, the rows of several Parquet files go into Parquet; give --output FILE.parquet, or a folder that ends in /, or \
         --by for totals";
    #[cfg(feature = "parquet")]
    ONE_ROSTER_OF_PARTS = "`--with-roster` 不用于多个 Parquet 文件的名单", "--with-roster is not for rosters in several Parquet files";
    #[cfg(feature = "parquet")]
    NO_TABLE_IN_PARQUET = "此结果不能以 Parquet 输出；可用 `csv` 或 `json`", "this is not written as Parquet; csv and json are";
    FOR_PEOPLE_IS_CSV = "`--for-people` 只与 `--format csv` 一起使用", "--for-people needs --format csv";
    DECIMALS_ARE_SHOWN = "`--decimals` 只用于给人看的表；供程序读取的结果保持准确",
        "--decimals is for tables that people read; what programs read is exact";
    WIDE_IS_SHOWN = "此处的 `--wide` 只用于给人看的表；供程序读取的结果为长表",
        "--wide is here for tables that people read; what programs read is long";
    OUTPUT_TELLS_NO_FORMAT = "无法由 `{0}` 的扩展名得知格式；请用 `--format` 给出：{1}",
        "the ending of {0} tells no format; give --format {1}";
    OVERWRITES_INPUT = "`--output` 会覆盖输入文件 `{0}`", "--output would overwrite the input {0}";
    NO_TABLE_OF_POLICY = "政策只能以 `table`、`md`、`html` 或 `json` 格式输出", "a policy is shown as table, md, html or json";
    ONE_YEAR = "`{0}` 不是一个年度；如 `2024`", "`{0}` is not a year; such as 2024";
    YES_OR_NO = "`{0}` 不是 `是` 或 `否`", "`{0}` is not true or false";

    // What clap says in English of its own.
    USAGE = "用法：", "Usage: ";
    VALUE_MISSING = "`{0}` 缺少值", "a value is required for `{0}`";
    VALUE_WRONG = "`{0}` 不能取 `{1}`", "invalid value `{1}` for `{0}`";
    VALUE_WRONG_FOR = "`{0}` 的值 `{1}` 有误：{2}", "invalid value `{1}` for `{0}`: {2}";
    VALUE_NO_NUMBER = "`{0}` 的值 `{1}` 不是可用的数字", "invalid value `{1}` for `{0}`: not a number that can be used";
    NO_SUCH_ARGUMENT = "没有 `{0}` 这个选项或参数", "unexpected argument `{0}`";
    NO_SUCH_COMMAND = "没有 `{0}` 这个命令", "unrecognized subcommand `{0}`";
    EQUALS_MISSING = "`{0}` 与其值之间须用 `=` 连接", "`{0}` needs an equal sign before its value";
    TOO_MANY_VALUES = "`{0}` 的值过多，`{1}` 多余", "unexpected value `{1}` for `{0}`";
    OTHER_NUMBER_OF_VALUES = "`{0}` 的值的个数不对", "`{0}` takes another number of values";
    GIVEN_TWICE = "`{0}` 只能给出一次", "`{0}` cannot be used multiple times";
    NOT_TOGETHER = "`{0}` 不能与 `{1}` 同时使用", "`{0}` cannot be used with `{1}`";
    ARGUMENT_MISSING = "缺少必需的 `{0}`", "required: `{0}`";
    COMMAND_MISSING = "`{0}` 后面还需要命令", "`{0}` requires a subcommand";
    ARGUMENT_NOT_UTF_8 = "参数不是 UTF-8 编码", "an argument is not UTF-8";
    USED_WRONGLY = "命令的用法有误", "the command is used wrongly";
    CHOICES_ARE = "；可选：{0}", "; possible values: {0}";
    COMMANDS_ARE = "；可用的命令：{0}", "; subcommands: {0}";
    MAYBE_MEANT = "；是否应为 {0}？", "; did you mean {0}?";

    // How far it is.
    READING_POLICY = "正在读取政策", "reading the policy";
    READING_ROSTER = "正在读取名单", "reading the roster";
    COMPUTING = "正在测算", "computing";
    WRITING = "正在写出", "writing";
    PROGRESS = "{0}，{1} 秒", "{0}, {1} s";

    // What a command says besides tables.
    POLICY_GOOD = "{0}：无误；{1} 个层级，{2} 个类别，{3} 个资金池，{4} 条解读",
        "{0}: good; {1} layers, {2} classes, {3} pools, {4} readings";
    ROSTER_GOOD = "{0}：无误；{1} 行，{2} 处", "{0}: good; {1} rows, {2} places";
    DOCUMENT_SAYS = "（文件所列 {0}）", " (the document says {0})";
    NO_SUCH_PROJECT = "没有这样的项目。", "There is no such project.";
    EVERY_RECEIPT_MATCHES = "台账记录全部匹配。", "Every receipt matches.";
}

#[test]
fn every_phrase_is_whole_in_both_languages() {
    for (name, phrase) in ALL {
        assert_eq!(phrase.check(), Ok(()), "{name}");
    }
}
