//! The Chinese of the help: of commands, of options and arguments, of what stands for a value.
//!
//! The definition of `args.rs` is the one source of what there is; here is how it is said. The tests of `help.rs` list what
//! has no words yet and what has words and is no more.

/// Each command, by its path: what it does.
pub(super) const COMMANDS: &[(&str, &str)] = &[
    ("", "测算分级安排的财政资金：每个镇、每个村由谁安排多少，精确到分，并注明政策条款。"),
    ("allocate", "测算每个对象各年度、各安排层级的金额"),
    ("totals", "按任意列汇总测算结果"),
    ("workbook", "把全部测算写成可以重算的工作簿：政策的数各有名称，金额都是公式"),
    ("figures", "列出政策指标：逐个对象、逐年度，或按组汇总"),
    ("explain", "逐步说明某个对象的金额怎样得出，并注明条款"),
    ("fund", "按可用额度安排资金：安排主体资金不足时，各对象分得多少"),
    ("reconcile", "对账：应安排金额与下达、到位、支出相比"),
    ("compare", "对比两次测算：改一个值、换一份政策或名单"),
    ("scenarios", "在同一份名单上并列测算多个情景"),
    ("solve", "求政策中某个数字的最大值，使安排主体的合计不超出额度"),
    ("form", "生成办公常用的表样，可直接打印"),
    ("policy", "列出、查看和检查政策"),
    ("policy list", "列出内置政策，以及公开拨款公式画廊"),
    ("policy show", "查看政策：层级、类别、规则和条款，以及对文件未明之处的解读"),
    ("policy check", "检查政策文件，一次列出所有错误"),
    ("policy schema", "输出政策文件的 JSON Schema，供编辑器使用"),
    ("roster", "检查名单，或生成空白名单"),
    ("roster check", "检查名单，一次列出所有问题"),
    ("roster template", "输出适用于某项政策的空白名单：CSV，或带下拉列表的工作簿"),
    ("receipts", "生成空白台账"),
    ("receipts template", "输出适用于某项政策的空白台账：CSV，或带下拉列表的工作簿"),
    ("limits", "生成空白的可用额度表"),
    ("limits template", "输出适用于某项政策的空白额度表：CSV，或带下拉列表的工作簿"),
    ("completions", "输出命令行自动补全脚本"),
    ("man", "输出使用手册"),
    ("help", "显示帮助，或某个命令的帮助"),
];

/// What `--help` says besides.
pub(super) const LONG: &[(&str, &str)] = &[(
    "",
    "不加其他选项时，使用内置的铜川市 2023—2025 年政策和名单。\n\
     退出码：0 为成功；1 为输入有误（逐条列在标准错误输出中）；2 为命令用法有误。",
)];

/// Each option and argument, by its command and id: what it means. `*` is every command that has no line of its own.
pub(super) const ARGUMENTS: &[(&str, &str, &str)] = &[
    (
        "*",
        "lang",
        "帮助、提示、表格和说明所用的语言（默认：依次按 FUNDLAYERS_LANG、配置文件、系统区域设置）；CSV 和 JSON 的键不变",
    ),
    ("workbook", "output", "工作簿文件（.xlsx），要么写全，要么不写"),
    ("workbook", "ascii_names", "单元格名称只用英文字母，供不识别其他文字的程序使用"),
    ("*", "help", "显示帮助"),
    ("*", "version", "显示版本号"),
    ("*", "policy", "内置政策的编号，或政策文件（.toml、.json；- 为标准输入）"),
    ("*", "roster", "名单文件（.xlsx、.xls、.ods、.csv、.json；- 为标准输入）（默认：政策内置的名单）"),
    ("*", "years", "测算年度，如 2024、2023-2025 或 2023,2025（默认：政策的全部年度）"),
    ("*", "set", "改动政策中的一个值，如 classes.municipal-town.standard=650；值按 TOML 书写"),
    ("*", "sheet", "工作簿中工作表的名称，即该命令所读的那张表（默认：内容相符的一张）"),
    ("*", "roster_sheet", "名单工作簿中工作表的名称（默认：内容相符的一张）"),
    (
        "*",
        "fill_down",
        "区县、乡镇、年度下方的空白单元格原为合并单元格，向下填充；--fill-down=否 表示就是空白\
         （默认：文件无法判断时报错）",
    ),
    ("*", "format", "结果的格式（默认：按 --output 的扩展名，否则为表格）"),
    ("*", "output", "写入的文件，要么写完整，要么不写（默认：标准输出）"),
    ("*", "for_people", "与 --format csv 同用：供人和电子表格阅读，表头和用语随语言，含小计、合计"),
    ("totals", "wide", "给人看的表中各安排层级并列为列（没有层级时为最后一个汇总列）"),
    ("fund", "wide", "给人看的表中各安排层级并列为列（没有层级时为最后一个汇总列）"),
    ("scenarios", "wide", "给人看的表中各情景并列为列"),
    ("*", "decimals", "给人看的金额保留几位小数，四舍五入，如 2；取整到元用 --unit 元 --decimals 0（默认：全部小数）"),
    ("*", "unit", "金额单位：元、万元、亿元（默认：政策的单位）"),
    ("*", "zeros", "也列出合计为零的组"),
    ("*", "by", "汇总所按的列：编码、区县、乡镇、类型、认定层级、类别、年度、安排层级、安排主体，用逗号分开"),
    ("allocate", "zeros", "也列出为零的金额：每个支持年度的每个层级"),
    ("allocate", "wide", "各层级作为列，并列出合计"),
    ("allocate", "figures", "也列出政策指标，每处一个值，最多十位小数"),
    (
        "figures",
        "by",
        "汇总所按的列：编码、区县、乡镇、类型、认定层级、类别、年度；列出每项指标的个数、合计、平均、最小和最大（默认：逐个对象）",
    ),
    ("explain", "recipient", "对象的编码；没有同名时也可以用名称"),
    ("explain", "year", "年度（默认：全部年度）"),
    (
        "fund",
        "limits",
        "各安排主体的可用额度（.xlsx、.xls、.ods、.csv、.json；- 为标准输入），列为安排层级、安排主体、年度、金额、单位；没有列出的不受限制",
    ),
    ("fund", "rule", "额度不足时的分配办法：按比例安排、等额安排、等额扣减、塔木德规则、按类别先后安排"),
    ("fund", "order", "用于按类别先后安排：类别或类型的编号或名称，先保障的在前；没有列出的最后一并安排"),
    ("fund", "by", "汇总所按的列，同 totals（默认：逐个对象；表格另附按层级、主体和年度的汇总）"),
    ("fund", "zeros", "也列出没有应安排金额的对象：每个支持年度的每个层级"),
    (
        "reconcile",
        "receipts",
        "台账文件（.xlsx、.xls、.ods、.csv、.json；- 为标准输入）：逐笔列出，或办公常用的宽表；可以给出几份，各用各的单位",
    ),
    ("reconcile", "top_up", "补足时计入什么：应到位，或到位（即补上未到位的部分）"),
    ("reconcile", "top_up_years", "补足时计入到位资金的年度（默认：全部年度）"),
    ("reconcile", "as_of", "支出进度截至哪个月末，如 2024-06"),
    (
        "reconcile",
        "by",
        "汇总所按的列：编码、区县、乡镇、类型、认定层级、类别、年度、安排层级、安排主体，并列出各项比率（默认：逐个对象）",
    ),
    ("reconcile", "unmatched", "改为列出没有匹配的收支"),
    ("reconcile", "zeros", "也列出既无应安排金额也无收支的行"),
    ("form", "name", "表样：资金分配表、公示表、支出进度通报表、备案表、台账、名单"),
    ("form", "places", "每个对象每年度一行，按区县小计；不加时每个区县一行"),
    ("form", "total_first", "合计、小计列在明细之前"),
    (
        "form",
        "set_text",
        "表格前后的文字，如 单位=某县财政局；键为标题、单位、日期、监督电话、公示期、填报人、审核人、备注，没有给出的留空待填",
    ),
    ("form", "text", "同样的文字，写在文件中（.toml、.json）"),
    ("form", "receipts", "台账文件，用于支出进度通报表、台账，以及公示表和备案表中的文号；可以给出几份"),
    ("form", "top_up", "补足时计入什么：应到位，或到位（即补上未到位的部分）"),
    ("form", "top_up_years", "补足时计入到位资金的年度（默认：全部年度）"),
    ("form", "as_of", "台账和支出进度截至哪个月末，如 2024-06"),
    ("compare", "set", "改动对比方的一个值，如 classes.municipal-town.standard=650；值按 TOML 书写"),
    ("compare", "with_policy", "对比方的政策，内置政策的编号或文件（默认：同一份政策）"),
    ("compare", "with_roster", "对比方的名单（默认：--roster 的名单，否则为其政策的内置名单）"),
    ("compare", "years", "双方的测算年度，如 2024、2023-2025 或 2023,2025（默认：各自政策的全部年度）"),
    (
        "scenarios",
        "file",
        "情景文件，其余情景都与第一个对比：列为 scenario、path、value 的表（.xlsx、.xls、.ods、.csv、.json），\
         或含 name 和 set 的表（.toml、.json）；- 为标准输入",
    ),
    ("solve", "path", "所求数字的路径，如 classes.municipal-town.standard"),
    ("solve", "layer", "合计哪个安排层级：编号或名称"),
    ("solve", "payer", "合计哪个安排主体：编号、名称或区县（默认：该层级全部）"),
    ("solve", "year", "合计哪个年度"),
    ("solve", "limit", "合计的上限，如 400 或 400万元（默认单位：--unit 的单位）"),
    ("solve", "step", "取值的步长，以该数字的单位计（默认：政策单位下的取整单位）"),
    ("solve", "set", "先改动政策中的一个值；值按 TOML 书写"),
    ("policy show", "policy", "内置政策的编号，或政策文件"),
    ("policy show", "set", "先改动一个值"),
    ("policy check", "policy", "内置政策的编号，或政策文件"),
    ("policy check", "set", "先改动一个值"),
    ("roster check", "file", "名单文件（默认：政策内置的名单）"),
    ("roster check", "policy", "内置政策的编号，或政策文件"),
    ("roster template", "policy", "内置政策的编号，或政策文件"),
    ("roster template", "output", "写入的文件：.csv，或 .xlsx 工作簿（默认：标准输出，CSV）"),
    ("receipts template", "policy", "内置政策的编号，或政策文件"),
    ("receipts template", "output", "写入的文件：.csv，或 .xlsx 工作簿（默认：标准输出，CSV）"),
    ("limits template", "policy", "内置政策的编号，或政策文件"),
    ("limits template", "output", "写入的文件：.csv，或 .xlsx 工作簿（默认：标准输出，CSV）"),
    ("completions", "shell", "命令行解释器"),
];

/// What stands for a value in usages.
pub(super) const VALUES: &[(&str, &str)] = &[
    ("zh|en", "zh|en"),
    ("true|false", "是|否"),
    ("entitled|received", "应到位|到位"),
    ("FILE", "文件"),
    ("ID|FILE", "编号|文件"),
    ("ID|NAME", "编码|名称"),
    ("YEARS", "年度"),
    ("YEAR", "年度"),
    ("MONTH", "年月"),
    ("PATH=VALUE", "路径=值"),
    ("PATH", "路径"),
    ("UNIT", "单位"),
    ("COLUMNS", "列"),
    ("NAME", "名称"),
    ("CLASSES", "类别"),
    ("LAYER", "层级"),
    ("PAYER", "主体"),
    ("AMOUNT", "金额"),
    ("NUMBER", "数字"),
    ("FORMAT", "格式"),
    ("SHELL", "解释器"),
    ("FORM", "表样"),
    ("KEY=TEXT", "键=文字"),
];

/// Defaults that Chinese says otherwise.
pub(super) const DEFAULTS: &[(&str, &str)] = &[("year,layer", "年度,安排层级"), ("entitled", "应到位")];

/// The words that an option takes, by its id, where they are explained.
pub(super) const CHOICES: &[(&str, &str, &str)] = &[
    ("format", "table", "供阅读的对齐表格"),
    ("format", "csv", "CSV，表头为英文键"),
    ("format", "json", "JSON"),
    ("format", "md", "供阅读的 Markdown 表格"),
    ("format", "html", "供阅读的网页，可按 A4 打印"),
    ("format", "xlsx", "供打印的工作簿：含标题、单位、小计和合计"),
];
