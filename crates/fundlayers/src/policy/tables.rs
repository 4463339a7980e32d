//! The tables of a policy file but those of rules, each with its keys; and their names, which are all that the reader takes.

use crate::ground::money::RoundingMode;
use crate::policy::grammar::{Ids, Key, List, Shape, Table, Text, names};
use crate::policy::{Apportion, AttributeType, CheckSubject, FundingRule, IfLeft, IfShort, Sign, Status};

pub(crate) const POLICY_NAMES: &[&str] = names!(POLICY.keys);
pub(crate) const ROUNDING_NAMES: &[&str] = names!(ROUNDING.keys);
pub(crate) const SOURCE_NAMES: &[&str] = names!(SOURCE.keys);
pub(crate) const READING_NAMES: &[&str] = names!(READING.keys);
pub(crate) const NAME_NAMES: &[&str] = names!(NAME.keys);
pub(crate) const ATTRIBUTE_NAMES: &[&str] = names!(ATTRIBUTE.keys);
pub(crate) const LAYER_NAMES: &[&str] = names!(LAYER.keys);
pub(crate) const LIMIT_NAMES: &[&str] = names!(LIMIT.keys);
pub(crate) const PAYER_NAMES: &[&str] = names!(PAYER.keys);
pub(crate) const CLASS_NAMES: &[&str] = names!(CLASS.keys);
pub(crate) const FIGURE_NAMES: &[&str] = names!(FIGURE.keys);
pub(crate) const POOL_NAMES: &[&str] = names!(POOL.keys);
pub(crate) const PROJECTS_NAMES: &[&str] = names!(PROJECTS.keys);
pub(crate) const PROJECT_SHARE_NAMES: &[&str] = names!(PROJECT_SHARE.keys);
pub(crate) const CHECK_NAMES: &[&str] = names!(CHECK.keys);

/// The words for units of money.
pub const MONEY_UNITS: &[&str] = &["元", "万元", "亿元", "yuan", "wan", "yi"];

/// Columns of the wide table and of totals, which a layer's id would hide.
pub const RESULT_KEYS: &[&str] = &["class", "year", "layer", "payer", "amount", "total", "unit"];

/// Ids that rules read as something else.
pub const VALUE_WORDS: &[&str] = &["standard", "equal"];

/// Layers of a policy, at most.
pub(crate) const LAYERS_LIMIT: usize = 100;

/// Kinds, designations, payers, attributes and pools of a policy, and classes of an order, at most; of each.
pub(crate) const WORDS_LIMIT: usize = 1_000;

const MODES: &[&str] = &[
    RoundingMode::HalfUp.as_str(),
    RoundingMode::HalfEven.as_str(),
    RoundingMode::Down.as_str(),
    RoundingMode::Up.as_str(),
];
const IF_SHORT: &[&str] = &[IfShort::Refuse.as_str(), IfShort::Reduce.as_str()];
const IF_LEFT: &[&str] = &[IfLeft::Refuse.as_str(), IfLeft::Keep.as_str()];
const APPORTION: &[&str] = &[Apportion::LargestRemainder.as_str(), Apportion::Each.as_str()];
const STATUSES: &[&str] = &[Status::Draft.as_str(), Status::InForce.as_str(), Status::Expired.as_str()];
const TYPES: &[&str] = &[AttributeType::Number.as_str(), AttributeType::Flag.as_str(), AttributeType::Text.as_str()];

const CHECKED: &[&str] =
    &[CheckSubject::Place.as_str(), CheckSubject::Township.as_str(), CheckSubject::County.as_str()];
const MEASURED: &[&str] = &[
    CheckSubject::Place.as_str(),
    CheckSubject::Township.as_str(),
    CheckSubject::County.as_str(),
    CheckSubject::Policy.as_str(),
];

const SIGNS: &[&str] = &[Sign::NotNegative.as_str(), Sign::Any.as_str()];

const NOT_NAMED: (&str, &str) = ("编号", "the id");

const NAME_KEY: Key =
    Key::optional("name", Shape::Name, Text::new("中英文名称。", "The name for people, in Chinese and English."))
        .or(NOT_NAMED.0, NOT_NAMED.1);

const MODE: Key = Key::optional(
    "mode",
    Shape::Word(MODES),
    Text::new(
        "half-up：四舍五入；half-even：五取偶；down：向零舍去；up：远离零进位。",
        "half-up: halves away from zero; half-even: halves to the even digit; down: toward zero; up: away from zero.",
    ),
)
.or_value("\"half-up\"")
.titled("Rounding mode");

/// A policy file.
pub const POLICY: Table = Table {
    name: "policy",
    title: "Policy",
    keys: &[
        Key::required(
            "id",
            Shape::Id,
            Text::new("政策编号，随每项结果显示。", "The id of the policy, shown with every result."),
        ),
        Key::optional(
            "version",
            Shape::TextOrNumber,
            Text::new(
                "本文件（而非政策原文）的版本，随每项结果显示。",
                "The version of this file (not of the document), shown with every result.",
            ),
        )
        .titled("Version"),
        Key::required(
            "title",
            Shape::Languages,
            Text::new("政策的中英文标题。", "The title of the policy in Chinese and English."),
        ),
        Key::required(
            "years",
            Shape::Years,
            Text::new(
                "起止年度（均含），如 `[2023, 2025]`，至多100年。",
                "First and last year of the policy, both included, such as `[2023, 2025]`; at most 100 years.",
            ),
        )
        .titled("Years"),
        Key::required(
            "unit",
            Shape::MoneyUnit,
            Text::new("本文件所有金额的单位。", "The unit of every amount in this file."),
        ),
        Key::optional(
            "rounding",
            Shape::Table(&ROUNDING),
            Text::new(
                "金额取整方式：取到单位的 10^-places，或某一金额的整数倍。",
                "How amounts are rounded: to a step of 10^-places of a unit, or to multiples of an amount.",
            ),
        )
        .or("取到0.01元，四舍五入", "to 0.01 元, half-up"),
        Key::optional(
            "source",
            Shape::Table(&SOURCE),
            Text::new("本文件所依据的文件。", "The document that this file was made from."),
        ),
        Key::optional(
            "clauses",
            Shape::Map(Ids::Any, &Shape::Text),
            Text::new(
                "条款的原文：条款号 = 原文，如 `\"四.1\" = \"…\"`。测算说明在条款号旁列出。",
                "The words of clauses by their number, such as `\"四.1\" = \"…\"`: explanations show them beside the number.",
            ),
        )
        .titled("Clauses (条款原文)"),
        Key::optional(
            "readings",
            Shape::List(List::of(&Shape::Table(&READING))),
            Text::new("对原文未明确之处的理解。", "How open points of the document are read in this file."),
        )
        .titled("Readings"),
        Key::optional(
            "kinds",
            Shape::Map(Ids::Any, &Shape::Name),
            Text::new(
                "对象的类型。名单可写编号或任一名称。",
                "What a place can be. A roster may use the id or either name.",
            ),
        )
        .titled("Kinds (类型)"),
        Key::optional(
            "designations",
            Shape::Map(Ids::Any, &Shape::Name),
            Text::new(
                "由谁认定为重点对象。名单可写编号或任一名称。",
                "Who can have named a key place. A roster may use the id or either name.",
            ),
        )
        .titled("Designations (认定层级)"),
        Key::optional(
            "payers",
            Shape::Map(Ids::Payers, &Shape::Name),
            Text::new(
                "各层级资金的安排主体。编号 `county` 专指对象所在区县。",
                "The bodies that answer for layers. The id `county` is not free: it means each place's own county.",
            ),
        )
        .titled("Payers (安排主体)"),
        Key::optional(
            "attributes",
            Shape::Map(Ids::Values, &Shape::Table(&ATTRIBUTE)),
            Text::new(
                "规则可读取的对象属性：名单的列，表头为编号或任一名称。",
                "What rules may read of a place: columns of the roster, headed by the id or either name.",
            ),
        )
        .titled("Attributes"),
        Key::optional(
            "layers",
            Shape::List(List::of(&Shape::Table(&LAYER)).at_most(LAYERS_LIMIT)),
            Text::new(
                "各级政府的安排，按计算顺序排列。",
                "The levels of government's contributions, in the order in which they are computed.",
            ),
        )
        .titled("Layers (安排层级)"),
        Key::optional(
            "figures",
            Shape::List(List::of(&Shape::Table(&FIGURE))),
            Text::new(
                "指标：对象每年的有名称的数，规则、条件和权重以编号读取。",
                "Named numbers of a place and year; rules, conditions and weights read them by id.",
            ),
        )
        .titled("Figures (指标)"),
        Key::optional(
            "classes",
            Shape::List(List::of(&Shape::Table(&CLASS))),
            Text::new(
                "适用同一组规则的对象。名单中每个有效行恰属一类。",
                "Which places one set of rules serves. Every live row of the roster matches exactly one class.",
            ),
        )
        .titled("Classes (类别)"),
        Key::optional(
            "pools",
            Shape::List(List::of(&Shape::Table(&POOL))),
            Text::new(
                "按权重在对象间分配的资金。一个资金池只供一个层级使用。",
                "Amounts that are shared out among places by weights. A pool is read by one layer only.",
            ),
        )
        .titled("Pools"),
        Key::optional(
            "checks",
            Shape::List(List::of(&Shape::Table(&CHECK))),
            Text::new(
                "原文对用地、收入等的要求，与名单或统计数据表核对；不影响金额。",
                "What the document requires of land, incomes and the like, held against the roster or a table of figures; no \
                 amount rests on them.",
            ),
        )
        .titled("Checks (核对)"),
        Key::optional(
            "projects",
            Shape::Table(&PROJECTS),
            Text::new(
                "项目：类型，以及各类型在项目资金中的占比要求。",
                "Projects: their categories, and the shares that these are to have in what is planned.",
            ),
        )
        .titled("Projects (项目)"),
    ],
};

/// What a policy says of projects.
pub const PROJECTS: Table = Table {
    name: "projects",
    title: "Projects",
    keys: &[
        Key::optional(
            "categories",
            Shape::Map(Ids::Any, &Shape::Name),
            Text::new(
                "项目类型。项目库可写编号或任一名称。",
                "The categories of projects (项目类型). A register may use the id or either name.",
            ),
        )
        .titled("Categories (项目类型)"),
        Key::optional(
            "shares",
            Shape::Map(Ids::Any, &Shape::Table(&PROJECT_SHARE)),
            Text::new(
                "以类型编号为键：该类型在项目资金中应占的比例，只作报告，不改变金额。",
                "By the id of a category: the share that it is to have in what is planned. Reported; it changes no amount.",
            ),
        )
        .titled("Shares (占比)"),
    ],
};

/// What share a category of projects is to have.
pub const PROJECT_SHARE: Table = Table {
    name: "share",
    title: "Share of a category",
    keys: &[
        Key::optional(
            "at_least",
            Shape::Weight,
            Text::new(
                "不低于（含）该比例，0至1，如 0.6 或 \"3/5\"。",
                "At least so much, this included, from 0 to 1, such as 0.6 or \"3/5\".",
            ),
        ),
        Key::optional(
            "at_most",
            Shape::Weight,
            Text::new("不超过（含）该比例，0至1。", "At most so much, this included, from 0 to 1."),
        ),
        Key::optional(
            "clause",
            Shape::Text,
            Text::new("该要求所依据的条款，如 四.1。", "The clause that it rests on, such as 四.1."),
        )
        .titled("Clause"),
    ],
};

/// How amounts are rounded.
pub const ROUNDING: Table = Table {
    name: "rounding",
    title: "Rounding",
    keys: &[
        Key::optional("unit", Shape::MoneyUnit, Text::new("`places` 所按的单位。", "The unit that `places` counts from."))
            .or_value("\"元\""),
        Key::optional(
            "places",
            Shape::Whole(Some(10)),
            Text::new(
                "单位的小数位数。取整单位不小于0.01元：元至多2位，万元6位，亿元10位。",
                "Decimal places of the unit. The step must be at least 0.01 元: at most 2 for 元, 6 for 万元, 10 for 亿元.",
            ),
        )
        .or_value("2")
        .titled("Decimal places"),
        Key::optional(
            "multiple",
            Shape::Positive,
            Text::new(
                "代替 `unit` 和 `places`：取到该金额的整数倍，以政策的单位计，大于0。",
                "Instead of `unit` and `places`: to multiples of this amount, in the policy's unit and above 0.",
            ),
        ),
        MODE,
    ],
};

/// The document that a policy was made from.
pub const SOURCE: Table = Table {
    name: "source",
    title: "Source",
    keys: &[
        Key::optional("document", Shape::Text, Text::new("文件原标题。", "The title of the document as it has it.")),
        Key::optional("issuer", Shape::Text, Text::new("发文机关。", "The body that issued the document.")),
        Key::optional("published", Shape::Text, Text::new("发布时间，如 2023-02-08。", "When it was published, such as 2023-02-08.")),
        Key::optional(
            "status",
            Shape::Word(STATUSES),
            Text::new(
                "文件效力：draft 征求意见稿，in-force 现行有效，expired 已失效。随每项结果显示。",
                "Whether the document binds: draft (征求意见稿), in-force (现行有效), expired (已失效). Shown with every result.",
            ),
        )
        .titled("Status"),
        Key::optional("url", Shape::Text, Text::new("文件网址。", "Where the document stands.")),
    ],
};

/// How an open point is read.
pub const READING: Table = Table {
    name: "reading",
    title: "Reading",
    keys: &[
        Key::required("id", Shape::Id, Text::new("编号。", "The id.")),
        Key::required("question", Shape::Languages, Text::new("原文未明确之处。", "What the document leaves open.")),
        Key::required("chosen", Shape::Languages, Text::new("本文件的理解。", "How this file reads it.")),
        Key::optional(
            "alternatives",
            Shape::List(List::of(&Shape::Languages)),
            Text::new("其他可能的理解。", "How else it could be read."),
        )
        .titled("Alternatives"),
        Key::optional("clause", Shape::Text, Text::new("所涉条款。", "The clause that it is about, such as 四.1."))
            .titled("Clause"),
        Key::optional(
            "classes",
            Shape::List(List::of(&Shape::Text).distinct()),
            Text::new(
                "以此理解为依据的类别，以编号列出；空列表为没有。测算说明只列与金额有关的理解。",
                "The classes whose amounts rest on it, by id; an empty list: none. Explanations show what bears on the amount.",
            ),
        )
        .or("所有类别；`layers` 也省略时，为引用该条款的金额", "all classes; without `layers` too: the amounts that cite its clause")
        .titled("Classes that it bears on"),
        Key::optional(
            "layers",
            Shape::List(List::of(&Shape::Text).distinct()),
            Text::new(
                "以此理解为依据的层级，以编号列出；空列表为没有。",
                "The layers whose amounts rest on it, by id; an empty list: none.",
            ),
        )
        .or("所有层级；`classes` 也省略时，为引用该条款的金额", "all layers; without `classes` too: the amounts that cite its clause")
        .titled("Layers that it bears on"),
    ],
};

/// A name, or a text.
pub const NAME: Table = Table {
    name: "name",
    title: "Name",
    keys: &[
        Key::optional("zh", Shape::Text, Text::new("中文。", "Chinese.")),
        Key::optional("en", Shape::Text, Text::new("英文。", "English.")),
    ],
};

/// Something of a place that rules may read.
pub const ATTRIBUTE: Table = Table {
    name: "attribute",
    title: "Attribute",
    keys: &[
        Key::optional("zh", Shape::Text, Text::new("中文名称。", "Chinese name.")).or(NOT_NAMED.0, NOT_NAMED.1),
        Key::optional("en", Shape::Text, Text::new("英文名称。", "English name.")).or(NOT_NAMED.0, NOT_NAMED.1),
        Key::required(
            "type",
            Shape::Word(TYPES),
            Text::new(
                "number：精确小数；flag：是或否，空白为否；text：文字。",
                "number: an exact decimal; flag: true or false, blank is false; text: words.",
            ),
        )
        .titled("Type"),
        Key::optional(
            "unit",
            Shape::Text,
            Text::new(
                "数值的单位。货币单位（元、万元、亿元）换算为政策的单位，其他只作标注。",
                "What the numbers count. A unit of money (元 万元 亿元) is converted to the policy's; any other is a label.",
            ),
        ),
        Key::optional(
            "subject",
            Shape::Word(MEASURED),
            Text::new(
                "place 对象、township 乡镇、county 区县、policy 全部：该属性是统计数据表（`checks --figures`）的列，按对象和年度填写，只供核对读取。",
                "place, township, county or policy (all together): the attribute is a column of tables of figures \
                 (`checks --figures`), of such a subject in a year, and only checks read it.",
            ),
        )
        .or("名单的列", "a column of the roster")
        .titled("Subject"),
    ],
};

/// A level of government's contribution.
pub const LAYER: Table = Table {
    name: "layer",
    title: "Layer",
    keys: &[
        Key::required("id", Shape::LayerId, Text::new("编号，即宽表的列。", "The id; a column of wide tables.")),
        NAME_KEY,
        Key::required(
            "payer",
            Shape::TextOr(&PAYER),
            Text::new(
                "`[payers]` 中的编号；`county`：对象所在区县；或 `{ attribute = … }`：对象的文字属性所写者。",
                "An id of `[payers]`; `county`: each place's own county; or `{ attribute = … }`: whoever a text of the place names.",
            ),
        ),
        Key::optional(
            "sign",
            Shape::Word(SIGNS),
            Text::new(
                "not-negative：金额小于0即为错误；any：金额可以小于0，即由对象缴入。",
                "not-negative: an amount below 0 is an error; any: amounts may be below 0, places pay in.",
            ),
        )
        .or_value("\"not-negative\"")
        .titled("Sign"),
        Key::optional(
            "rounding",
            Shape::Table(&ROUNDING),
            Text::new(
                "该层级金额的取整方式；之后的层级读取取整后的金额。",
                "How the layer's amounts are rounded. Later layers read what was rounded.",
            ),
        )
        .or("政策的取整方式", "as the policy says"),
        Key::optional(
            "limit",
            Shape::Table(&LIMIT),
            Text::new(
                "该层级每年的额度：申请合计超过时按规则削减，之后的层级读取削减后的金额。",
                "What the layer's claims of a year are cut to by a rule, before later layers read them.",
            ),
        )
        .or("不限", "nothing"),
        Key::optional(
            "clause",
            Shape::Text,
            Text::new("该层级所依据的条款，如 四.1。", "The clause that the layer rests on, such as 四.1."),
        )
        .titled("Clause"),
    ],
};

/// What the claims of a layer are cut to.
pub const LIMIT: Table = Table {
    name: "limit",
    title: "Limit",
    keys: &[
        Key::required(
            "amount",
            Shape::Value,
            Text::new(
                "该层级每年（每组）可安排的金额：不因对象而异的数值（数字、按年度的表、合计、其他资金池的结余，或按分组所依文字的 `cases`），\
                 以政策的单位计，向下取到该层级的取整单位。",
                "What there is for the layer in a year (for each group): a value that does not differ from place to place (a number, a \
                 table of years, an aggregate, what a pool left, `cases` by what it is for each of), in the policy's unit; rounded \
                 down to the layer's step.",
            ),
        ),
        Key::required(
            "rule",
            Shape::Word(&FundingRule::NAMES),
            Text::new("额度不足时的安排规则。", "How claims are met where the limit is short."),
        ),
        Key::optional(
            "order",
            Shape::List(List::of(&Shape::Text).at_most(WORDS_LIMIT).distinct()),
            Text::new(
                "仅用于 priority：依次安排的类别（编号、名称，或类型、认定层级），未列者居末。",
                "For priority only: the classes served in turn, by id, name, kind or designation; those not named come last.",
            ),
        ),
        Key::optional(
            "per",
            Shape::Text,
            Text::new(
                "各组分别适用额度：`payer`（安排主体，此时 `cases` 的 `of` 与 `over` 可写 `payer`）、`kind`、`designation`、`class`、`county`、`township` 或文字属性的编号。",
                "One limit for each `payer` (which `of` of `cases` and `over` may then name), `kind`, `designation`, `class`, `county`, `township`, or text of an attribute.",
            ),
        )
        .or("整个层级一个额度", "one limit for the whole layer"),
    ],
};

/// A payer that a text of the place names.
pub const PAYER: Table = Table {
    name: "payer",
    title: "Payer named by an attribute",
    keys: &[Key::required(
        "attribute",
        Shape::Text,
        Text::new(
            "文字属性的编号；空白即无安排主体。",
            "The id of an attribute of type text; a blank is a blank payer.",
        ),
    )],
};

/// Places that one set of rules serves.
pub const CLASS: Table = Table {
    name: "class",
    title: "Class",
    keys: &[
        Key::required("id", Shape::Id, Text::new("编号。", "The id.")),
        NAME_KEY,
        Key::optional("kind", Shape::Text, Text::new("类型的编号或名称。", "A kind, by id or name."))
            .or("所有类型", "all kinds"),
        Key::optional("designation", Shape::Text, Text::new("认定层级的编号或名称。", "A designation, by id or name."))
            .or("所有认定层级", "all designations"),
        Key::optional(
            "where",
            Shape::Conditions,
            Text::new("此外须全部满足的条件。", "What must hold of a place besides; all of it."),
        ),
        Key::optional(
            "expected",
            Shape::Whole(None),
            Text::new(
                "原文所述的对象个数。名单不符时给出警告。",
                "How many places the document says there are. A roster that differs is warned about.",
            ),
        )
        .titled("Expected count"),
        Key::optional(
            "standard",
            Shape::Value,
            Text::new(
                "该类每年应达到的金额（标准），以政策的单位计；规则以 \"standard\" 读取。可为任一不读取层级的数值。",
                "The yearly amount that the class is to reach, in the policy's unit; rules read it as \"standard\". Any value \
                 that reads no layer.",
            ),
        )
        .titled("Standard (标准)"),
        Key::optional(
            "clause",
            Shape::Text,
            Text::new("该类所依据的条款，如 四.1。", "The clause that the class rests on, such as 四.1."),
        )
        .or("各层级所依据的条款", "its layers' clauses")
        .titled("Clause"),
        Key::optional("note", Shape::Languages, Text::new("备注。", "A remark.")),
        Key::required(
            "funding",
            Shape::Map(Ids::Layers, &Shape::Rule),
            Text::new(
                "各层级的规则，以层级编号为键。未列出的层级为0。",
                "The rule of each layer, by the id of the layer. A layer that is not listed is 0.",
            ),
        )
        .titled("Funding"),
    ],
};

/// How a number inside a rule, or a figure, is rounded.
pub const NUMBER_ROUNDING: Table = Table {
    name: "rounding of a rule or figure",
    title: "Rounding of a rule or figure",
    keys: &[
        Key::optional(
            "unit",
            Shape::MoneyUnit,
            Text::new("`places` 所按的金额单位。", "The unit of money that `places` counts from."),
        )
        .or("按数值本身（即政策的单位）", "the number as it stands, in the policy's unit"),
        Key::optional(
            "places",
            Shape::Whole(Some(20)),
            Text::new("小数位数，至多20位。", "Decimal places, at most 20."),
        )
        .or_value("2")
        .titled("Decimal places"),
        Key::optional(
            "multiple",
            Shape::Positive,
            Text::new(
                "代替 `unit` 和 `places`：取到该数的整数倍，大于0。",
                "Instead of `unit` and `places`: to multiples of this number, above 0.",
            ),
        ),
        MODE,
    ],
};

/// A named number of a place and year.
pub const FIGURE: Table = Table {
    name: "figure",
    title: "Figure",
    keys: &[
        Key::required("id", Shape::ValueId, Text::new("编号，规则以此读取。", "The id by which it is read.")),
        NAME_KEY,
        Key::optional(
            "unit",
            Shape::Text,
            Text::new(
                "所计的单位，只作标注；金额以政策的单位计。",
                "What it counts, a label; money is in the policy's unit.",
            ),
        ),
        Key::required(
            "value",
            Shape::Value,
            Text::new(
                "数值：可读取属性、标准、汇总、其他指标和层级，不得循环。",
                "How it comes about: of attributes, the standard, aggregates, other figures, layers, in no circle.",
            ),
        ),
        Key::optional(
            "rounding",
            Shape::Table(&NUMBER_ROUNDING),
            Text::new("取整方式；不写则不取整。", "How it is rounded; left out: not at all."),
        ),
        Key::optional(
            "clause",
            Shape::Text,
            Text::new("该指标所依据的条款，如 四.1。", "The clause that the figure rests on, such as 四.1."),
        )
        .titled("Clause"),
        Key::optional("note", Shape::Languages, Text::new("备注。", "A remark.")),
    ],
};

/// An amount that is shared out.
pub const POOL: Table = Table {
    name: "pool",
    title: "Pool",
    keys: &[
        Key::required("id", Shape::Id, Text::new("编号。", "The id.")),
        NAME_KEY,
        Key::required(
            "amount",
            Shape::Value,
            Text::new(
                "分配的金额，以政策的单位计：数字须为取整单位的倍数，算出的金额向零舍至取整单位；除 `per` 所列外不读取对象的内容。",
                "What is shared out, in the policy's unit: a number is a multiple of the rounding step, a computed amount is \
                 rounded down to it. It reads nothing of a place but what `per` names.",
            ),
        ),
        Key::optional(
            "per",
            Shape::Text,
            Text::new(
                "`kind`、`designation`、`class`、`county`、`township` 或文字属性的编号：其值相同的对象各自分配一份。",
                "`kind`, `designation`, `class`, `county`, `township` or the id of a text attribute: a pool of its own for \
                 the places that agree in it.",
            ),
        )
        .or("所有对象分配一份", "one pool for all"),
        Key::required(
            "weights",
            Shape::Map(Ids::Weights, &Shape::Weight),
            Text::new(
                "以数值属性、之前的层级的编号或 `equal`（平均）为键的权重，合计恰为1。",
                "By the id of an attribute of type number or of an earlier layer, or `equal`. They sum to exactly 1.",
            ),
        )
        .titled("Weights"),
        Key::optional(
            "at_least",
            Shape::Value,
            Text::new(
                "每个对象至少分得的金额，以政策的单位计；算出的金额四舍五入至取整单位。",
                "The least that a place gets, in the policy's unit; a computed one is rounded half-up to the step.",
            ),
        ),
        Key::optional(
            "at_most",
            Shape::Value,
            Text::new(
                "每个对象至多分得的金额，以政策的单位计；算出的金额四舍五入至取整单位。",
                "The most that a place gets, in the policy's unit; a computed one is rounded half-up to the step.",
            ),
        ),
        Key::optional(
            "if_short",
            Shape::Word(IF_SHORT),
            Text::new(
                "下限之和超过资金池时：refuse 报错；reduce 按比例缩减下限。",
                "Where floors together exceed the pool: refuse (an error), or reduce (cut them in proportion).",
            ),
        )
        .or_value("\"refuse\"")
        .titled("Floors above the pool"),
        Key::optional(
            "if_left",
            Shape::Word(IF_LEFT),
            Text::new(
                "受上限限制而分不完时：refuse 报错；keep 余额不分配，另行列示。",
                "Where caps leave some of the pool: refuse (an error), or keep (it stays undistributed and is shown).",
            ),
        )
        .or_value("\"refuse\"")
        .titled("What caps leave"),
        Key::optional(
            "apportion",
            Shape::Word(APPORTION),
            Text::new(
                "largest-remainder：最大余额法，合计等于资金池；each：各自取整，差额另行列示。",
                "largest-remainder (the parts sum to the pool), or each (each part rounded by itself; the difference is shown).",
            ),
        )
        .or_value("\"largest-remainder\"")
        .titled("Apportionment"),
        Key::optional(
            "clause",
            Shape::Text,
            Text::new("该资金池所依据的条款，如 四.1。", "The clause that the pool rests on, such as 四.1."),
        )
        .titled("Clause"),
    ],
};

/// A requirement.
pub const CHECK: Table = Table {
    name: "check",
    title: "Check",
    keys: &[
        Key::required("id", Shape::Id, Text::new("编号。", "The id.")),
        NAME_KEY,
        Key::optional(
            "subject",
            Shape::Word(CHECKED),
            Text::new(
                "核对谁：place 对象、township 乡镇、county 区县。",
                "Of whom it is required: each place, each township of places, or each county of places.",
            ),
        )
        .or_value("\"place\"")
        .titled("Subject"),
        Key::optional(
            "must",
            Shape::Conditions,
            Text::new(
                "须全部满足的条件；不写则原文没有数量要求，只作列示。",
                "What is required, all of it; left out: the document gives no number, and the check is listed as such.",
            ),
        ),
        Key::optional(
            "when",
            Shape::Conditions,
            Text::new("适用的条件；不满足则不适用。", "To whom it applies; it does not apply to others."),
        )
        .or("适用于全部", "to all"),
        Key::optional(
            "clause",
            Shape::Text,
            Text::new("所依据的条款，如 四.3。", "The clause that the check rests on, such as 四.3."),
        )
        .titled("Clause"),
        Key::optional("note", Shape::Languages, Text::new("备注。", "A remark.")),
    ],
};

#[cfg(test)]
mod tests {
    use super::MONEY_UNITS;
    use crate::ground::money::Unit;

    #[test]
    fn the_units_of_money_are_those_that_are_read() {
        assert!(MONEY_UNITS.iter().all(|word| Unit::named(word).is_some()));
        assert!(Unit::ALL.iter().all(|unit| MONEY_UNITS.contains(&unit.as_str())));
    }
}
