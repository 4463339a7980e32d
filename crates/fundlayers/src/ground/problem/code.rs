//! The stable names of what can be wrong, with what each means and what to do about it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Severity;
use crate::ground::language::Lang;
use crate::ground::message::Phrase;

macro_rules! codes {
    ($( $(#[doc = $doc:literal])+ $variant:ident = $text:literal, $severity:ident,
        $meaning:literal, $mend:literal, $mend_en:literal; )+) => {
        /// The stable name of one kind of problem. A code never changes its meaning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Code { $( $(#[doc = $doc])+ $variant, )+ }

        impl Code {
            /// Every code, in catalogue order.
            pub const ALL: &'static [Self] = &[ $( Self::$variant, )+ ];

            /// The code as it stands in files, exceptions and vectors.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $( Self::$variant => $text, )+ }
            }

            /// Whether the problem stops the work or is only pointed out.
            #[must_use]
            pub const fn severity(self) -> Severity {
                match self { $( Self::$variant => Severity::$severity, )+ }
            }

            pub(crate) const fn meaning_phrase(self) -> Phrase {
                match self {
                    $( Self::$variant => Phrase::new(concat!($meaning, "\n", $($doc),+)), )+
                }
            }

            pub(crate) const fn mend_phrase(self) -> Phrase {
                match self { $( Self::$variant => Phrase::new(concat!($mend, "\n", $mend_en)), )+ }
            }
        }
    };
}

impl Code {
    /// What the code means, in a sentence or two.
    #[must_use]
    pub const fn meaning(self, lang: Lang) -> &'static str {
        self.meaning_phrase().get(lang).trim_ascii()
    }

    /// What to do about it, in a sentence.
    #[must_use]
    pub const fn mend(self, lang: Lang) -> &'static str {
        self.mend_phrase().get(lang)
    }
}

// Each: what it means in English (its documentation) and Chinese, and what to do in Chinese and English.
codes! {
    // Files and their syntax.
    /// The file cannot be read.
    CannotRead = "cannot-read", Error,
        "文件无法读取。",
        "请核对文件名和读取权限。", "Check the name of the file and that it may be read.";
    /// The file cannot be written.
    CannotWrite = "cannot-write", Error,
        "文件无法写入。",
        "请核对文件夹、写入权限和磁盘空间。", "Check the folder, that it may be written to, and the room on the disk.";
    /// The bytes are not text in the encoding that the file is in.
    Encoding = "encoding", Error,
        "文件内容与其编码不符，无法识别为文字。",
        "请将文件另存为 UTF-8 编码。", "Save the file as UTF-8.";
    /// A table without a header or any row.
    EmptyTable = "empty-table", Error,
        "表中没有任何内容。",
        "请核对是否选对了文件，并写入表头和各行。",
        "Check that it is the right file, and give it a header and rows.";
    /// The text is not well-formed TOML, JSON or CSV.
    Syntax = "syntax", Error,
        "内容不是格式正确的 TOML、JSON 或 CSV。",
        "请在所指位置改正格式。", "Correct the text at the place that is named.";
    /// Tables or rules are nested deeper than any policy needs.
    TooDeep = "too-deep", Error,
        "表格或规则的嵌套层数超出任何政策的需要。",
        "请减少嵌套，或将规则拆分。", "Nest less deeply, or write the rule in parts.";
    /// More than any policy (1 MiB) or roster (2^32 − 2 rows) needs, or so much that it takes memory out of proportion.
    TooLarge = "too-large", Error,
        "超出任何政策（1 MiB）或名单（2^32 − 2 行）的需要，或内容会占用过多内存。",
        "请删去不需要的内容，或拆分文件。", "Leave out what is not needed, or split the file.";
    /// A text seems to be spoiled by a program: marks of Excel, words for nothing, characters that cannot be seen.
    SpoiledText = "spoiled-text", Warning,
        "文本似被程序改动：电子表格标记、表示空值的词、看不见的字符等。",
        "请核对该文本并重新输入。", "Look at the text and type it anew.";
    /// A cell says only that what stands above it stands here too: 同上, 〃.
    AsAbove = "as-above", Error,
        "单元格只写明与上一行相同（同上、〃），没有写出原文。",
        "请在每行写出原文。", "Write the text itself in every row.";
    /// Cells are blank below a filled-in one and may have been merged with it.
    MergedCells = "merged-cells", Error,
        "单元格在有内容的单元格下方为空，可能原为合并单元格。",
        "请说明是否向下填充（`fill_down`、`--fill-down`），或每行都填写。", "Say whether they are to be filled down (`fill_down`, `--fill-down`), or fill in every row.";
    /// A file or an option is not in a format that is known here.
    UnknownFormat = "unknown-format", Error,
        "文件或选项的格式不在支持范围内。",
        "请改用所列格式之一。", "Use one of the formats that are listed.";

    // Workbooks.
    /// The workbook is locked by a password.
    LockedWorkbook = "locked-workbook", Error,
        "工作簿设有打开密码。",
        "请取消密码后另存。", "Save the workbook without a password.";
    /// The workbook is damaged, or packed in a way that is not read.
    DamagedWorkbook = "damaged-workbook", Error,
        "工作簿已损坏，或压缩方式不能读取。",
        "请在 Excel 或 WPS 中打开并重新保存。", "Open the workbook in Excel or WPS and save it again.";
    /// No sheet of the workbook has this name.
    SheetNotFound = "sheet-not-found", Error,
        "工作簿中没有以此为名的工作表。",
        "请使用工作簿中的工作表名称。", "Give the name of a sheet of the workbook.";
    /// Several sheets of the workbook could be the table.
    SeveralSheets = "several-sheets", Error,
        "工作簿中有几张工作表都可能是所需的表。",
        "请用 `sheet`（命令行 `--sheet`）指明工作表。", "Name the sheet with `sheet` (`--sheet`).";
    /// The cell holds an error, such as `#REF!`.
    CellError = "cell-error", Error,
        "单元格的值为错误，如 `#REF!`。",
        "请更正该单元格。", "Correct the cell.";
    /// The cell holds a formula that was never calculated.
    NotCalculated = "not-calculated", Error,
        "单元格中的公式没有计算结果。",
        "请在 Excel 或 WPS 中打开，重新计算后保存。", "Open the file in Excel or WPS, let it calculate, and save it.";
    /// The number has more than 15 digits, of which a spreadsheet does not keep the last ones.
    DigitsLost = "digits-lost", Error,
        "数字超过 15 位，电子表格未保留末尾各位。",
        "请将该列设为文本格式后重新填写。", "Set the column to text and enter it again.";
    /// The format of the cell shows another number than the one that is stored.
    ScaledFormat = "scaled-format", Error,
        "单元格格式所示的数字与所存数字不同。",
        "请将单元格格式改为常规，并核对数字与单位。", "Set the format to General, and check the number and its unit.";

    // Keys, words and numbers of a policy.
    /// A key that the policy file does not have.
    UnknownKey = "unknown-key", Error,
        "政策文件中没有这个键。",
        "请更正拼写，或删去该键。", "Correct the spelling, or take the key out.";
    /// A required key is missing.
    MissingKey = "missing-key", Error,
        "缺少必需的键。",
        "请补上该键。", "Add the key.";
    /// The value is of another type than the key takes.
    WrongType = "wrong-type", Error,
        "值的类型与该键要求的不同。",
        "请按要求的类型填写。", "Give a value of the type that is asked for.";
    /// The same id stands twice.
    DuplicateId = "duplicate-id", Error,
        "同一编码出现两次。",
        "请为每一项使用不同的编码。", "Give each its own id.";
    /// An id that means something else already, or is all digits.
    ReservedId = "reserved-id", Error,
        "编码已有其他含义，或全部由数字组成。",
        "请改用其他编码。", "Choose another id.";
    /// The text is not a number.
    BadNumber = "bad-number", Error,
        "内容不是数字。",
        "请填写数字，小数用小数点。", "Write digits, with a point where there are decimals.";
    /// A number came as a binary float, in which its digits are lost.
    BinaryFloat = "binary-float", Error,
        "数字以二进制浮点数给出，已失去准确的位数。",
        "请以十进制数、整数或文本给出。", "Give the number as a decimal, an integer or a text.";
    /// The number has more digits than can be kept exactly.
    NumberOutOfRange = "number-out-of-range", Error,
        "数字的位数过多，无法准确保存。",
        "请将数字控制在 28 位以内。", "Write at most 28 digits.";
    /// A number that may not be below zero is.
    NegativeNumber = "negative-number", Error,
        "不允许为负的数字为负。",
        "请填写不小于 0 的数。", "Give 0 or more.";
    /// Not a year, or years that are reversed or too many.
    BadYears = "bad-years", Error,
        "内容不是年度，或年度起止颠倒、过多。",
        "请填写年度，或依次填写起始和截止年度。", "Give a year, or the first and the last one in order.";
    /// Not a unit of money that is known here.
    BadUnit = "bad-unit", Error,
        "内容不是可以识别的金额单位。",
        "请使用元、万元或亿元。", "Use 元, 万元 or 亿元.";
    /// Not a rounding mode, or a step below 0.01 元.
    BadRounding = "bad-rounding", Error,
        "取整方式无法识别，或取整单位小于 0.01 元。",
        "请使用所列取整方式之一，取整单位不小于 0.01 元。", "Use one of the modes that are listed, and a step of 0.01 元 or more.";
    /// A word that the key does not take.
    UnknownWord = "unknown-word", Error,
        "该键不接受这个词。",
        "请使用所列的词之一。", "Use one of the words that are listed.";
    /// A kind that the policy does not declare.
    UnknownKind = "unknown-kind", Error,
        "政策没有设定这个类型。",
        "请更正，或在政策中设定该类型。", "Correct the word, or declare the kind in the policy.";
    /// A designation that the policy does not declare.
    UnknownDesignation = "unknown-designation", Error,
        "政策没有设定这个认定层级。",
        "请更正，或在政策中设定该认定层级。", "Correct the word, or declare the designation in the policy.";
    /// A payer that the policy does not declare.
    UnknownPayer = "unknown-payer", Error,
        "政策没有设定这个安排主体。",
        "请更正，或在政策中设定该安排主体。", "Correct the word, or declare the payer in the policy.";
    /// An attribute that the policy does not declare.
    UnknownAttribute = "unknown-attribute", Error,
        "政策没有设定这个属性。",
        "请更正，或在政策中设定该属性。", "Correct the word, or declare the attribute in the policy.";
    /// A layer that the policy does not have.
    UnknownLayer = "unknown-layer", Error,
        "政策中没有这个安排层级。",
        "请使用政策中的安排层级。", "Use a layer of the policy.";
    /// A pool that the policy does not declare.
    UnknownPool = "unknown-pool", Error,
        "政策没有设定这个资金池。",
        "请更正，或在政策中设定该资金池。", "Correct the word, or declare the pool in the policy.";
    /// A rule reads something that is neither `standard`, an attribute nor a layer.
    UnknownValue = "unknown-value", Error,
        "规则所读的内容既不是标准，也不是属性或安排层级。",
        "请改为读取 `standard`、属性或之前的安排层级。", "Read `standard`, an attribute or an earlier layer.";
    /// A rule reads its own layer or a later one.
    LaterLayer = "later-layer", Error,
        "规则读取了本层级或之后的层级。",
        "请改为读取之前的层级，或调整层级次序。", "Read an earlier layer, or change the order of the layers.";
    /// A rule reads the standard of a class that has none.
    MissingStandard = "missing-standard", Error,
        "规则读取了标准，但该类别没有标准。",
        "请为该类别设定标准，或改为读取其他内容。", "Give the class a standard, or read another value.";
    /// A table of years begins after the policy does.
    YearBeforeFirst = "year-before-first", Error,
        "按年度列出的表晚于政策的首个年度开始。",
        "请补上政策首个年度的值。", "Give a value for the first year of the policy.";
    /// A rule cannot read an attribute of this type.
    WrongAttributeType = "wrong-attribute-type", Error,
        "规则不能读取这种类型的属性。",
        "请使用所要求类型的属性。", "Use an attribute of the type that is asked for.";
    /// A condition that can never be tested.
    BadCondition = "bad-condition", Error,
        "条件永远无法判断。",
        "请更正条件，或删去条件。", "Correct the condition, or take it out.";
    /// A rule's kind cannot be told: it has the keys of none or of several, such as `amount`, `rate`, `top_up_to`, `pool`.
    BadRule = "bad-rule", Error,
        "规则的种类不明：`amount`、`rate`、`top_up_to`、`pool` 等键一个也没有，或有几个。",
        "请在每条规则中只写一种规则的键。", "Write the keys of exactly one kind in a rule.";
    /// A list has fewer values than the rule needs.
    TooFewValues = "too-few-values", Error,
        "列表中的值少于规则所需。",
        "请补足列表中的值。", "Give more values.";
    /// The floor (`at_least`) is above the cap (`at_most`).
    FloorAboveCap = "floor-above-cap", Error,
        "下限（`at_least`）高于上限（`at_most`）。",
        "请降低下限或提高上限。", "Lower the floor or raise the cap.";
    /// The weights of a pool do not sum to 1.
    WeightsSum = "weights-sum", Error,
        "资金池的权重之和不是 1。",
        "请调整权重，使其总和恰好为 1。", "Change the weights so that they sum to exactly 1.";
    /// A pool's amount, floor or cap is not a multiple of the rounding step.
    NotAMultiple = "not-a-multiple", Error,
        "资金池的总额、下限或上限不是取整单位的整数倍。",
        "请填写取整单位的整数倍。", "Give a multiple of the rounding step.";
    /// A pool is read by more than one layer.
    PoolInTwoLayers = "pool-in-two-layers", Error,
        "一个资金池被几个层级使用。",
        "请为每个层级分别设定资金池。", "Declare a pool for each layer.";
    /// A layer whose amounts may be below 0 has a limit.
    SignedLimit = "signed-limit", Error,
        "金额可以小于 0 的层级设了额度。",
        "请去掉其中之一，或把缴入与补助分为两个层级。",
        "Leave out one of the two, or make two layers of what is paid in and what is given.";
    /// The amount of a pool or of a layer's limit reads something of a place, which differs among its members.
    ReadsPlace = "reads-place", Error,
        "资金池的总额或层级的额度读取了因对象而异的内容。",
        "请改为读取各对象的合计，或用 `per` 分组。", "Read an aggregate, or give each of what is read its own amount (`per`).";
    /// A pool or a limit reads what is left of a pool that is shared out later, or of itself.
    LaterPool = "later-pool", Error,
        "资金池或额度读取了自身或之后资金池的结余。",
        "请改为读取之前的资金池，或调整次序。", "Read an earlier pool, or change the order.";
    /// What is left of a pool is read elsewhere than in the amount of a pool or of a layer's limit.
    LeftOfOutsidePool = "left-of-outside-pool", Error,
        "在资金池总额与层级额度之外读取了资金池的结余。",
        "请将 `left_of` 写在资金池或层级额度的 `amount` 中。", "Put `left_of` into the `amount` of a pool or of a limit.";
    /// A pool or a limit reads what is left of a pool that is shared out by another key.
    PerDiffers = "per-differs", Error,
        "资金池或额度读取了按其他分组的资金池的结余。",
        "请使两者的 `per` 相同，或不为读取方设 `per`。", "Give both the same `per`, or none to the one that reads.";
    /// Two classes have the same kind, designation and conditions.
    OverlappingClasses = "overlapping-classes", Error,
        "两个类别的类型、认定层级和条件完全相同。",
        "请为其中一个类别设定不同的条件，或删去其中一个。", "Give one of them another condition, or take it out.";
    /// A changed value is named by a path that the policy does not have.
    UnknownPath = "unknown-path", Error,
        "所改的值的路径在政策中不存在。",
        "请更正路径。", "Correct the path.";

    // Tables that are read.
    /// The amount is finer than 0.01 元.
    NotWholeFen = "not-whole-fen", Error,
        "金额的位数细于 0.01 元。",
        "请将金额取整到分。", "Round the amount to whole fen.";
    /// The unit of a row is another than the header of its amounts states.
    UnitDiffers = "unit-differs", Error,
        "该行的单位与金额表头所写单位不同。",
        "请换算金额，或只在一处写明单位。", "Convert the amount, or state the unit in one place only.";

    // Rosters.
    /// A required column is missing.
    MissingColumn = "missing-column", Error,
        "缺少必需的列。",
        "请补上该列。", "Add the column.";
    /// Two columns mean the same.
    DuplicateColumn = "duplicate-column", Error,
        "两列含义相同。",
        "请删去其中一列。", "Take one of them out.";
    /// A row has more cells than the header.
    ExtraCells = "extra-cells", Error,
        "该行的单元格多于表头。",
        "请为每个单元格写明表头，或删去多余的单元格。", "Give every cell a header, or take the cell out.";
    /// A cell that must be filled is blank.
    MissingValue = "missing-value", Error,
        "必填的单元格为空。",
        "请填写该单元格。", "Fill the cell.";
    /// Not a division code of 6, 9 or 12 digits.
    BadDivisionCode = "bad-division-code", Error,
        "区划代码不是 6、9 或 12 位数字。",
        "请按统计用区划代码填写 6、9 或 12 位数字。", "Write the code of the statistical bureau with 6, 9 or 12 digits.";
    /// Not a whole number above 0.
    BadCount = "bad-count", Error,
        "数量不是大于 0 的整数。",
        "请填写大于 0 的整数。", "Give a whole number above 0.";
    /// Not a year.
    BadYear = "bad-year", Error,
        "内容不是年度。",
        "请填写年度，如 2024。", "Give a year, such as 2024.";
    /// The first year is after the last.
    YearsReversed = "years-reversed", Error,
        "起始年度晚于截止年度。",
        "请将两个年度对调。", "Exchange the two years.";
    /// Neither true nor false.
    BadFlag = "bad-flag", Error,
        "内容既不是“是”也不是“否”。",
        "请填写“是”或“否”。", "Write yes or no.";
    /// The same id stands on two rows whose years overlap.
    DuplicateRecipient = "duplicate-recipient", Error,
        "同一编码出现在两行，且两行的年度重叠。",
        "请删去其中一行，或改用不同的编码或年度。", "Take one of the rows out, or give it its own id or other years.";

    // Receipts.
    /// Not an event that receipts record: issued, received or spent.
    UnknownEvent = "unknown-event", Error,
        "内容不是收支记录的事项：下达、到位或支出。",
        "请填写下达、到位或支出。", "Write issued, received or spent.";
    /// Not a date of the calendar.
    BadDate = "bad-date", Error,
        "内容不是日历上的日期。",
        "请填写日期，如 2024-03-05。", "Give a date, such as 2024-03-05.";

    // The allocation.
    /// A live row matches no class.
    NoClass = "no-class", Error,
        "计入的一行不属于任何类别。",
        "请更正该行的类型、认定层级或属性，或在政策中增设类别。", "Correct the kind, the designation or the attributes of the row, or add a class to the policy.";
    /// A live row matches several classes.
    SeveralClasses = "several-classes", Error,
        "计入的一行同时属于几个类别。",
        "请为各类别设定互斥的条件。", "Give the classes conditions that exclude each other.";
    /// A rule reads an attribute that is blank.
    BlankAttribute = "blank-attribute", Error,
        "规则要读取的属性为空。",
        "请填写该行的属性。", "Fill the attribute of the row.";
    /// A rule gives less than 0.
    NegativeAmount = "negative-amount", Error,
        "规则算出的金额小于 0。",
        "请核对该行和规则的数字，或为规则设定下限。", "Check the numbers of the row and of the rule, or give the rule a floor.";
    /// An amount is beyond 2^63 − 1 fen.
    Overflow = "overflow", Error,
        "金额超出 2^63 − 1 分。",
        "请核对单位。", "Check the units.";
    /// A pool's member has a negative attribute.
    NegativeShare = "negative-share", Error,
        "参与资金池分配的对象属性为负。",
        "请更正该行的数字。", "Correct the number of the row.";
    /// The members' total of an attribute that a pool weighs is 0.
    PoolTotalZero = "pool-total-zero", Error,
        "资金池据以分配的属性合计为 0。",
        "请填写该属性，或更换资金池的权重。", "Fill the attribute, or give the pool another weight.";
    /// The floors of a pool exceed its amount.
    PoolFloorsExceed = "pool-floors-exceed", Error,
        "资金池各项下限之和超过总额。",
        "请降低下限，或增加资金池总额。", "Lower the floor, or raise the amount of the pool.";
    /// The caps of a pool keep it from being used up.
    PoolCapsFallShort = "pool-caps-fall-short", Error,
        "受上限限制，资金池无法分完。",
        "请提高上限，或减少资金池总额。", "Raise the cap, or lower the amount of the pool.";

    // Limits and funding.
    /// The same layer, payer and year have two limits.
    DuplicateLimit = "duplicate-limit", Error,
        "同一层级、安排主体和年度设有两项额度。",
        "请保留其中一项，或合并为一项。", "Keep one of the limits, or their sum.";
    /// No funding rule has this name.
    UnknownRule = "unknown-rule", Error,
        "没有这种分配办法。",
        "请使用所列分配办法之一。", "Use one of the rules that are listed.";
    /// The order of classes that the priority rule needs is missing, names one twice, or stands with another rule.
    BadOrder = "bad-order", Error,
        "按先后安排所需的类别次序缺失、有重复，或与其他分配办法一起给出。",
        "请逐类列出次序且不重复，并只用于按先后安排。", "Give the order once for each class, and only with the priority rule.";
    /// A category of projects that is not declared.
    UndeclaredCategory = "undeclared-category", Error,
        "没有设定此项目类型。",
        "请在 `[projects]` 的 `categories` 中设定，或使用已设定的编号。", "Declare it in `categories` of `[projects]`, or use an id that is declared.";
    /// A post that is not declared.
    UnknownPost = "unknown-post", Error,
        "没有设定此职务或队伍。",
        "请在 `[posts]` 中设定，或使用已设定的编号。", "Declare it in `[posts]`, or use an id that is declared.";
    /// A class that the policy does not have.
    UnknownClass = "unknown-class", Error,
        "政策中没有这个类别。",
        "请使用政策中的类别。", "Use a class of the policy.";

    // Questions asked of a result.
    /// A year that the policy does not cover.
    YearOutsidePolicy = "year-outside-policy", Error,
        "年度不在政策年度内。",
        "请填写政策年度内的年度。", "Give a year of the policy.";
    /// Not a column that totals can be grouped by.
    UnknownGrouping = "unknown-grouping", Error,
        "不能按这一列汇总。",
        "请按所列的列汇总。", "Group by one of the columns that are listed.";
    /// Not a month of a year.
    BadMonth = "bad-month", Error,
        "内容不是某年的月份。",
        "请填写年月，如 2024-06。", "Give a year and a month, such as 2024-06.";
    /// No recipient has this id or name.
    UnknownRecipient = "unknown-recipient", Error,
        "没有以此为编码或名称的对象。",
        "请更正编码或名称。", "Correct the id or the name.";
    /// Several recipients have this name.
    AmbiguousRecipient = "ambiguous-recipient", Error,
        "几个对象同名。",
        "请改用所指对象的编码。", "Give the id of the one that is meant.";
    /// A scenario changes the same value twice.
    DuplicateChange = "duplicate-change", Error,
        "一个情景对同一值改动两次。",
        "请只保留一个值。", "Give one value.";
    /// What is to be solved for is not a number.
    PathNotANumber = "path-not-a-number", Error,
        "要求解的内容不是数字。",
        "请给出一个数字的路径。", "Give the path of one number.";
    /// A step that is not above 0.
    BadStep = "bad-step", Error,
        "步长不大于 0。",
        "请填写大于 0 的步长，如 0.01。", "Give a step above 0, such as 0.01.";
    /// Even the smallest value that the policy allows exceeds the limit.
    LimitOutOfReach = "limit-out-of-reach", Error,
        "即使取政策允许的最小值也超出额度。",
        "请提高额度，或改求其他数字。", "Raise the limit, or solve for another number.";
    /// No value exceeds the limit.
    LimitNeverExceeded = "limit-never-exceeded", Error,
        "取任何值都不超出额度。",
        "请降低额度，或改求其他数字。", "Lower the limit, or solve for another number.";
    /// The total falls as the value rises, so that no value is the largest.
    TotalsFall = "totals-fall", Error,
        "合计随该值增大而减少，因此没有最大值。",
        "请改求其他数字或其他层级。", "Solve for another number or another layer.";
    /// No built-in policy and no file has this name.
    UnknownPolicy = "unknown-policy", Error,
        "没有以此为名的内置政策或文件。",
        "请更正名称，或给出文件。", "Correct the name, or give a file.";
    /// Figures that read each other in a circle, or a standard that reads itself.
    CircularFigure = "circular-figure", Error,
        "指标（或标准）循环引用。",
        "请将其中一项从循环中去掉。", "Take one of the figures out of the circle.";
    /// Money in a figure is in another unit than the policy's.
    FigureUnit = "figure-unit", Error,
        "指标中的金额单位与政策的单位不同。",
        "请写政策的单位，并按该单位书写数值。", "Write the policy's unit, and numbers in it.";
    /// Bounds of bands or tiers that do not rise, or are missing.
    BadBands = "bad-bands", Error,
        "分档或累进各级的上限缺失或不递增。",
        "请为每档填写一个递增的上限，末档可不写。", "Give each band one bound, rising; the last one may have none.";
    /// An aggregate that does not say of what, or a count that does.
    BadAggregate = "bad-aggregate", Error,
        "汇总缺少 `of`，或 `count` 写了 `of`。",
        "除 `count` 外，请以 `of` 写明汇总的数值。", "Say with `of` what is aggregated; a count takes none.";
    /// The `where` of a class reads what is known only once classes are.
    ClassReadsResult = "class-reads-result", Error,
        "类别的 `where` 读取了类别确定之后才有的内容。",
        "`where` 只能读取属性、不含类别、标准和层级的指标、年度、类型、认定层级、区县和乡镇。",
        "Let it read attributes, year, kind, designation, county, township, and figures without class, standard or layers.";
    /// A place would be of one class in one year and of another in the next.
    ClassChanges = "class-changes", Error,
        "同一行在不同年度属于不同的类别。",
        "请按年度（起始年度、截止年度）分为两行，或调整条件。", "Give the years their own rows (from, to), or other conditions.";
    /// A divisor is 0 at a place.
    DivisionByZero = "division-by-zero", Error,
        "除数为 0。",
        "请填写数值，或以 `if_zero` 说明除数为 0 时的数值。", "Correct the number, or say with `if_zero` what it is then.";
    /// A number lies in no band.
    OutsideBands = "outside-bands", Error,
        "数值不属于任何一档。",
        "请更正数值，或补上不设上限的末档。", "Correct the number, or add a last band without a bound.";
    /// A text has no case.
    NoCase = "no-case", Error,
        "该文字没有对应的数值。",
        "请更正文字，或补上该项或 `otherwise`。", "Correct the text, or add its case or `otherwise`.";
    /// A mean, median, least or greatest of no places.
    EmptyAggregate = "empty-aggregate", Error,
        "没有对象可汇总。",
        "请调整汇总的范围或条件。", "Change what the aggregate is over, or its conditions.";

    // Rosters in parts.
    /// The policy needs figures of the whole roster, which its parts by themselves do not give.
    NeedsWholeRoster = "needs-whole-roster", Error,
        "政策需要整个名单的数据，不能分部分计算。",
        "请一次读入整个名单。", "Read the roster as a whole.";
    /// An id stands in two parts of a roster.
    IdInTwoParts = "id-in-two-parts", Error,
        "同一编码出现在名单的两个部分中。",
        "重复的请删去；同一对象分几行的，请按编码排序，使其在同一部分。",
        "Take out what is there twice; sort by id where a place has several rows, so that they are in one part.";
    /// Whether ids repeat in parts of a roster is not known: they are not in order, and more than are kept.
    IdsNotChecked = "ids-not-checked", Error,
        "编码未排序，且数量超出可保留的上限，无法确认各部分之间有无重复。",
        "请按编码排序；已确认无重复的，请注明。", "Sort by id, or say that no id repeats.";
    /// Summaries of other policies, years or groupings are to be one.
    UnlikeSummaries = "unlike-summaries", Error,
        "要合并的汇总，其政策、年度或汇总列不同。",
        "请对各部分使用同一政策、年度和汇总列。", "Sum all parts by one policy, for the same years and columns.";

    // Warnings.
    /// Hidden rows or columns of a sheet, which are read as the others.
    HiddenCells = "hidden-cells", Warning,
        "工作表中有隐藏的行或列，照常读取。",
        "请核对隐藏的行和列；不需要的请删去。", "Look at the hidden rows and columns, and take out what is not meant.";
    /// The workbook is to be recalculated once it is opened, so that stored results of formulas may be wrong.
    StaleFormulas = "stale-formulas", Warning,
        "工作簿要求打开时重新计算，公式所存的结果可能有误。",
        "请在 Excel 或 WPS 中打开，重新计算后保存。", "Open the file in Excel or WPS, let it calculate, and save it.";
    /// A rate of the standard or of a layer is above 1: a percentage may be meant.
    RateAboveOne = "rate-above-one", Warning,
        "标准或层级的比例大于 1：可能误写为百分数。",
        "如指百分数，请写为小数，如 40% 写 `0.4`。", "Write a percentage as a decimal: 40 % is 0.4.";
    /// The layers of a class come to more than its standard.
    LayersBeyondStandard = "layers-beyond-standard", Warning,
        "某类别各层级的合计超过其标准。",
        "请核对标准和各层级的金额。", "Check the standard and the amounts of the layers.";
    /// What a top-up counts is more than what it tops up to, so that it adds nothing.
    NothingToTopUp = "nothing-to-top-up", Warning,
        "补差计入的层级已超过应补足到的金额，补差为 0。",
        "请核对标准和之前各层级的金额。", "Check the standard and the amounts of the earlier layers.";
    /// Between bands of a number some numbers belong to no band.
    BandGap = "band-gap", Warning,
        "分档之间有空档，落入其中的数值不属于任何一档。",
        "请补上缺少的一档，或调整界限。", "Add the band that is missing, or move the bounds.";
    /// A list of years skips some between its ends: two years are computed where a span may be meant.
    YearsSkipped = "years-skipped", Warning,
        "所列年度跳过了其间的年度：可能本意是连续的年度。",
        "如需连续年度，请以 `2023..2025` 的形式填写；否则可不处理。", "Write `2023..2025` if all years between are meant, or leave it.";
    /// A comparison adds up more years on one side than on the other.
    UnlikeYears = "unlike-years", Warning,
        "对比的两方合计的年度数不同。",
        "请在两方使用相同的年度。", "Compare the same number of years on both sides.";
    /// A column that is not read.
    UnknownColumn = "unknown-column", Warning,
        "该列不参与计算。",
        "如该列应参与计算，请更正表头；否则可不处理。", "Rename the column if it is meant, or leave it.";
    /// The number of places of a class differs from what the document says.
    ExpectedCount = "expected-count", Warning,
        "某类别的数量与文件所列不一致。",
        "请将名单与文件核对。", "Compare the roster with the document.";
    /// Rows have no county, though others do: what counties pay has no payer there.
    BlankCounty = "blank-county", Warning,
        "其他行有区县，而此行没有：区县资金无从落实。",
        "请填写区县；如原为合并单元格，请向下填充；如确无区县，请填 `/`。", "Fill in the county, or fill it down where cells were merged; `/` where there is none.";
    /// A row may be a place, or name a county, that another row has under another id or in another writing.
    PossibleDuplicate = "possible-duplicate", Warning,
        "该行可能与另一行是同一对象或同一区县，只是编码或写法不同。",
        "如为同一个，请合为一行或统一编码和写法。", "If they are one, one row, or one id and one writing.";
    /// No year of the row is a year of the policy.
    NeverLive = "never-live", Warning,
        "该行的年度均不在政策年度内。",
        "请核对该行的年度。", "Check the years of the row.";
    /// No rule reads the pool.
    UnusedPool = "unused-pool", Warning,
        "没有规则使用该资金池。",
        "请在规则中使用该资金池，或将其删去。", "Use the pool in a rule, or take it out.";
    /// A pool has no members in a year and pays nothing.
    PoolWithoutMembers = "pool-without-members", Warning,
        "资金池在某一年没有对象，不安排资金。",
        "请核对名单和资金池的年度。", "Check the roster and the years of the pool.";
    /// What the caps of a pool leave stays undistributed.
    PoolLeft = "pool-left", Warning,
        "受上限限制，资金池有余额未分配。",
        "如应分完，请提高上限或减少总额；否则可不处理。", "Raise the cap or lower the amount if all of it is to be shared out, or leave it.";
    /// Parts of a pool that are each rounded by themselves do not sum to it.
    PoolDifference = "pool-difference", Warning,
        "资金池各份各自取整后之和与总额不符。",
        "如须相符，请用最大余额法（`apportion`）；否则可不处理。", "Share out by the largest remainders (`apportion`) if they are to agree, or leave it.";
    /// Nothing has a claim to what is limited.
    UnclaimedLimit = "unclaimed-limit", Warning,
        "所限额的项目没有应安排金额。",
        "请核对额度的层级、安排主体和年度。", "Check the layer, the payer and the year of the limit.";
    /// A place can fit two classes.
    ClassesMayOverlap = "classes-may-overlap", Warning,
        "同一对象可能同时属于两个类别。",
        "请为各类别设定互斥的条件。", "Give the classes conditions that exclude each other.";
    /// A figure that is shown cannot be had for some places. No amount rests on it there.
    BlankFigure = "blank-figure", Warning,
        "所显示的指标在部分对象处无法得出，留空；没有金额依据该数。",
        "请补上指标所依据的数值；如不需要，可不处理。", "Fill in what the figure reads, or leave it if it is not needed there.";
    /// A row of figures that is about no place, township or county of the roster, or no computed year; it counts for nothing.
    UnmatchedFigure = "unmatched-figure", Warning,
        "统计数据的一行与名单中的镇村、乡镇、区县或测算年度都不匹配，未计入。",
        "请按名单更正该行的名称、编码或年度。", "Correct the names, the id or the year of the row.";
    /// Two rows of figures say different things of one subject in a year.
    FigureTwice = "figure-twice", Error,
        "两行统计数据对同一对象同一年度填写了不同的数。",
        "请只保留正确的一行。", "Keep the one that is right.";
    /// A row of figures has a figure of more than the row is about.
    FigureOfOthers = "figure-of-others", Error,
        "该行写的对象没有这项数据：它属于镇村或乡镇，而该行只写到区县或乡镇。",
        "请写明该数所属的镇村、乡镇或区县，或将其移到所属的行。", "Name the place or township that the figure belongs to, or move it to that row.";
    /// A receipt that matches no recipient, no year or no layer; it is listed and not counted in the result.
    UnmatchedReceipt = "unmatched-receipt", Warning,
        "收支记录与任何对象、年度或层级都不匹配；单独列出，不计入结果。",
        "请更正该记录的对象、年度或层级。", "Correct the recipient, the year or the layer of the receipt.";
    /// A row of a register of assignments matches no place, year or duty that is due. It is listed and counts nowhere.
    UnmatchedAssignment = "unmatched-assignment", Warning,
        "人员登记与任何对象、年度或任务都不匹配；单独列出，不计入结果。",
        "请更正该行的对象、年度或事项。", "Correct the place, the year or the duty of the row.";
    /// The same person or body is assigned to several places as what serves one place.
    SharedAssignment = "shared-assignment", Warning,
        "同一人或单位以同一事项负责几个对象。",
        "请核对登记；如确可负责多个对象，可不处理。", "Check the register; where it may be several, nothing need be done.";
    /// Receipts are dated after the month that progress is measured against; they are not counted.
    LaterReceipt = "later-receipt", Warning,
        "收支的日期在所指月份之后，未计入。",
        "如应计入，请指定更晚的月份，或更正日期。", "Name a later month if they are to count, or correct the dates.";
    /// Receipts without a date are counted where progress is measured against a month: they may have come later.
    UndatedReceipt = "undated-receipt", Warning,
        "收支没有日期，按已发生计入，但可能发生在所指月份之后。",
        "请填写日期。", "Give each a date.";
    /// More was spent than arrived.
    SpentAboveReceived = "spent-above-received", Warning,
        "支出多于到位。",
        "请核对支出，或补记到位。", "Check what was spent, or enter what arrived.";
    /// An amount is about 10,000 times what is due, or a 10,000th of it: the unit may be another.
    UnitSuspected = "unit-suspected", Warning,
        "金额与应到位相差约一万倍：单位可能有误。",
        "请核对台账的单位。", "Check the unit of the ledger.";
    /// A figure of a ledger that sums others differs from their sum.
    SumDiffers = "sum-differs", Warning,
        "台账中的合计数与所列各项之和不符。",
        "请将合计与各行核对。", "Compare the sum with the rows.";
    /// A row of a register of projects that matches no place, no year or no layer; it is listed and not counted in the result.
    UnmatchedProject = "unmatched-project", Warning,
        "项目与任何对象、年度或层级都不匹配；单独列出，不计入结果。",
        "请更正该项目的对象、年度或层级。", "Correct the place, the year or the layer of the project.";
    /// The projects of a place come to more than it is due.
    PlannedAboveDue = "planned-above-due", Warning,
        "项目资金多于应安排。",
        "请核对项目资金、年度和安排层级。", "Check the amounts, the year and the layer of the projects.";
    /// A category of projects is none of those that the policy declares.
    UnknownCategory = "unknown-category", Warning,
        "项目类型不在政策所列之中。",
        "请使用政策所列类型，或补充声明。", "Use a category of the policy, or declare it.";
    /// Two rows of a register have the same project, place, year, layer and task: one may be there twice.
    DuplicateProject = "duplicate-project", Warning,
        "项目库中两行的项目、对象、年度、层级和任务相同，可能重复登记。",
        "如属重复登记，请删去其中一行。", "Take one of the rows out if it stands there twice.";
    /// Two rows of a ledger record the same under the same document: one may be there twice.
    DuplicateReceipt = "duplicate-receipt", Warning,
        "台账中两行在同一文号下记录相同，可能重复登记。",
        "如属重复登记，请删去其中一行。", "Take one of the rows out if it stands there twice.";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Code {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::ALL
            .iter()
            .copied()
            .find(|code| code.as_str() == text)
            .ok_or_else(|| serde::de::Error::custom(format!("`{text}` is not a problem code")))
    }
}
