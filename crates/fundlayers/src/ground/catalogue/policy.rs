//! What a policy can have wrong.

use crate::ground::message::Phrase;

phrases! {
    // Keys and values of any table.
    NO_CLASS_OF_POLICY = "不是该政策的类别", "is not a class of this policy";
    MANY_PARTS = "项数过多", "has too many parts";
    AT_MOST = "最多 {0} 项", "at most {0}";
    TEXT_NOT_BLANK = "非空文本", "a text that is not blank";
    NO_NUMBER = "不是数字", "is not a number";
    DIGITS = "请填写数字，如 `1234.5`", "digits, such as `1234.5`";
    BELOW_ZERO = "小于 0", "is below 0";
    ZERO_OR_LIST = "请填写不小于 0 的数；扣减应写在列表中，如 `[\"pupils\", -50]`",
        "give 0 or more; a deduction stands in a list, such as `[\"pupils\", -50]`";
    NO_WHOLE_NUMBER = "不是不小于 0 的整数", "is not a whole number from 0";
    HOW_MANY_PLACES = "请填写对象的数量", "how many places there are";
    HOW_MANY_DECIMALS = "请填写取整单位的小数位数", "how many decimals the step has";
    SHARE_AS_NUMBER = "请写作 `{0}`", "`{0}`, without a percent sign";
    NO_RATIO = "不是两个整数之比", "is not a ratio of two whole numbers";
    SUCH_AS_RATIO = "如 `1/3`", "such as `1/3`";
    NO_YEAR = "不是年度", "is not a year";
    A_YEAR_SUCH_AS = "请填写年度，如 `2023`", "a year, such as `2023`";
    A_YEAR = "年度", "a year";
    NO_VALUE_FOR_FIRST_YEAR = "没有政策首个年度的值", "has no value for the policy's first year";
    VALUE_FOR = "请补上 {0} 年的值", "give a value for {0}";

    // Its head.
    NO_PAIR_OF_YEARS = "不是起止两个年度", "is not a pair of years";
    PAIR_OF_YEARS = "请填写起始和截止年度，如 `[2023, 2025]`", "first and last year, such as `[2023, 2025]`";
    FIRST_YEAR_FIRST = "起始年度在前：`[{0}, {1}]`", "the first year comes first: `[{0}, {1}]`";
    TOO_MANY_YEARS = "年度过多", "spans too many years";
    IS_NO_UNIT = "不是金额单位", "is not a unit of money";
    UNITS = "可用：`元`、`万元`、`亿元`（`yuan`、`wan`、`yi`）", "`元`, `万元` or `亿元` (`yuan`, `wan`, `yi`)";
    NO_ROUNDING_MODE = "不是取整方式", "is not a rounding mode";
    STEP_TOO_FINE = "取整单位小于 0.01 元", "the rounding step is below 0.01 元";
    STEP_OF_PARTS_OF_FEN = "取整单位不是整分", "the rounding step is not whole fen";
    STEP_NOT_ABOVE_ZERO = "取整单位不大于 0", "the rounding step is not above 0";
    STEP_SUCH_AS = "请填写以{0}为单位的金额，如 `100`", "an amount in {0}, such as `100`";
    STEP_SAID_TWICE = "`multiple` 已说明取整单位", "`multiple` gives the step already";
    STEP_ONE_WAY = "请写 `multiple`，或写 `unit` 和 `places`", "either `multiple`, or `unit` and `places`";
    AT_MOST_DECIMALS = "以{1}为单位最多 {0} 位小数", "at most {0} decimals of {1}";
    NO_STATUS = "不是政策状态", "is not a status";

    // What it declares.
    TWICE = "出现两次", "stands twice";
    OWN_ID_FOR_EACH = "请为每一项使用不同的编码", "give each its own id";
    ANOTHER_ID = "请改用其他编码", "choose another id";
    MEANS_OWN_COUNTY = "已表示对象所在区县", "means each recipient's own county";
    BLANK_ID = "编码为空", "an id is blank";
    GIVE_NAME = "请填写名称", "give it a name";
    WORD_FOR_TWO = "同一名称代表两项", "the word stands for two things";
    NAMES_DIFFER = "编码和名称应互不相同", "ids and names differ from each other";
    OTHER_COLUMN = "已是名单中另一列的表头", "heads another column of the roster";
    NO_ATTRIBUTE_TYPE = "不是属性的类型", "is not a type of attribute";
    DIGITS_ONLY = "全部由数字组成的编码会被读作年度", "an id of digits only would be read as a year";
    MEANS_SOMETHING = "已有其他含义", "means something else already";
    COLUMN_OF_RESULTS = "是结果中的列", "is a column of results";
    ATTRIBUTE_TOO = "也是属性", "is an attribute too";
    NO_SIGN = "不是 `sign` 的取值", "is no word for a sign";
    LIMIT_OF_ANY_SIGN = "金额可以小于 0 的层级不能设额度", "a layer whose amounts may be below 0 has no limit";
    LIMIT_OR_SIGN = "请去掉 `limit` 或 `sign`", "leave out `limit` or `sign`";
    PAYER_OR_TABLE = "安排主体，或 `{ attribute = 属性的编号 }`", "a payer, or `{ attribute = \"its id\" }`";
    PAYER_NOT_DECLARED = "未在 `[payers]` 中设定", "is not declared in [payers]";
    NO_CHECK_SUBJECT = "不是可以核对或统计的层次", "is not whom something is known or required of";
    LAND_UNITS_DIFFER = "与 `{0}` 的面积单位（{1}）不同", "differs from the unit of land of `{0}`, {1}";
    ONE_UNIT_OF_LAND = "各属性采用同一面积单位；数据表可用任一单位（1公顷 = 15亩）",
        "one unit for all of them; tables may use any (1 公顷 = 15 亩)";
    ATTRIBUTE_OF_ROSTER = "是名单的列，只有对对象的核对能读取", "is a column of the roster, which only checks of places read";
    ATTRIBUTE_OF_OTHERS = "是 `{0}` 的统计数据，此处不能读取", "is known of each `{0}`, which is not read here";
    ATTRIBUTE_OF_THIS_SUBJECT = "请使用核对所属层次（或其上级）的属性", "an attribute of the check's own subject, or of what that lies in";
    ATTRIBUTE_OF_FIGURES = "是统计数据表的列，规则不能读取", "is a column of tables of figures, which rules do not read";
    ONLY_CHECKS_READ_IT = "去掉 `subject` 即为名单的列", "leave out `subject` to make it a column of the roster";
    ATTRIBUTE_NOT_DECLARED = "未在 `[attributes]` 中设定", "is not declared in [attributes]";
    KIND_NOT_DECLARED = "未在 `[kinds]` 中设定", "is not declared in [kinds]";
    DESIGNATION_NOT_DECLARED = "未在 `[designations]` 中设定", "is not declared in [designations]";

    // Duties.
    POST_NOT_DECLARED = "未在 `[posts]` 中设定", "is not declared in [posts]";
    CLASS_NOT_OF_POLICY = "不是该政策的类别", "is not a class of this policy";
    PAYER_DIFFERS = "各对象的安排主体不同，而该项任务不按对象计", "differs from place to place, but the duty is not one of each place";
    PAYER_OF_ALL = "请写 `[payers]` 中的编号，或 `each = \"place\"`", "an id of [payers], or `each = \"place\"`";
    LIST_WITHOUT_ANY = "列表为空", "is an empty list";
    EACH_ONCE = "每项只写一次", "each once";
    NO_WORD_OF = "不是 `{0}` 的取值", "is not a word for `{0}`";
    HOW_MANY = "数量，如 `1`", "how many, such as `1`";
    NO_COUNT = "不是可用的数量", "is not how many there can be";
    FROM_ONE_TO = "1 至 {0}", "from 1 to {0}";
    NO_LEAST_AND_MOST = "不是最少和最多两个数", "is not a least and a most number";
    LEAST_ABOVE_MOST = "最少大于最多", "the least is above the most";
    LEAST_AND_MOST = "最少在前、最多在后，如 `[3, 5]`", "the least before the most, such as `[3, 5]`";

    // Classes.
    TOO_MANY_AMOUNTS = "类别 × 层级 × 年度过多", "has too many classes × layers × years";
    AT_MOST_AMOUNTS = "最多 {0} 项；可以用对象的属性代替类别", "at most {0}; attributes of the places can stand for classes";
    SAME_PLACES_AS = "与 `{0}` 的适用对象相同", "serves the same places as `{0}`";
    TELL_APART = "请以类型、认定层级或条件区分", "tell them apart by kind, designation or where";
    MAY_FIT_BOTH = "对象可能同时属于此类别和 `{0}`", "a place can fit this class and `{0}`";
    FITTING_BOTH_IS_REFUSED = "同时属于两个类别的行会报错", "a row that fits both is refused";

    // Pools.
    YEAR_FLOOR_ABOVE_CAP = "{0} 年下限高于上限", "in {0} the floor is above the cap";
    BEYOND_64_BITS = "超出 2^63 − 1 分", "is beyond 2^63 − 1 fen";
    NO_MULTIPLE = "不是取整单位的整数倍", "is not a multiple of the rounding step";
    MULTIPLES_OF = "应为 {0} {1}的整数倍", "multiples of {0} {1}";
    WEIGHTS_NOT_ONE = "权重之和不是 1", "the weights do not sum to 1";
    WEIGHTS_ONE = "权重之和应恰好为 1", "weights that sum to exactly 1";
    OF_TYPE = "是 `{0}` 类型的属性", "is an attribute of type {0}";
    ATTRIBUTE_OF_TEXT = "请使用 `text` 类型的属性", "an attribute of type text";
    NUMBER_ATTRIBUTE = "请使用 `number` 类型的属性", "an attribute of type number";
    POOL_TAKEN = "该资金池已被另一层级使用", "another layer reads the pool already";
    POOL_A_LAYER = "请为每个层级分别设定资金池", "declare a pool for each layer";
    READS_OF_PLACE = "读取了对象的 `{0}`", "reads `{0}` of a place";
    PLACELESS = "请使用数字、按年度的表、合计，或用 `per` 分组", "a number, a table of years, an aggregate, or one amount for each of what is read (`per`)";
    LEFT_OF_OUTSIDE_POOL = "`left_of` 只能写在资金池或层级额度的 `amount` 中", "`left_of` stands only in the amount of a pool or of a layer's limit";
    LATER_POOL = "该资金池并不先于此处分配", "is not shared out before this";
    EARLIER_POOL = "请使用之前层级的资金池，或同一层级中在文件里居前的资金池", "a pool of an earlier layer, or one of the same layer that stands earlier in the file";
    OTHER_PER = "所按的分组不同", "is shared out by another key";
    SAME_PER = "请使两者的 `per` 相同，或删去此处的 `per`", "the same `per` for both, or none here";
    NO_SHORT_WORD = "不是 `if_short` 的取值", "is not a word for `if_short`";
    NO_LEFT_WORD = "不是 `if_left` 的取值", "is not a word for `if_left`";
    NO_APPORTION_WORD = "不是分配方式", "is not a way to apportion";
    NO_RULE_READS_POOL = "没有规则使用该资金池", "no rule reads the pool";

    // Rules.
    AT_LEAST = "至少 {0} 项", "at least {0}";
    TOO_FEW = "值过少", "has too few values";
    NO_KEY_OF_RULE = "不是 `{0}` 规则的键", "is not a key of a {0} rule";
    NO_AMOUNT = "没有金额", "has no amount";
    SEVERAL_KINDS = "同时属于几种规则", "is of several kinds";
    EXACTLY_ONE_OF = "只能写其中一种：{0}", "exactly one of {0}";
    UNBOUNDED_POOL = "资金池规则只用 `when`、`clause` 和 `note`；下限和上限写在资金池中", "a pool rule takes only `when`, `clause` and `note`; floors and caps stand in the pool";
    KEY_OF_RULE = "`{0}`", "`{0}`";
    KEY_WITH = "{0} 和 `{1}`", "{0} with `{1}`";
    BELONGS_TO = "属于 `{0}`", "belongs to `{0}`";
    POOL_INSIDE_RULE = "资金池规则不能写在其他规则之内", "a pool rule cannot stand inside another rule";
    NO_POOL = "不是该政策的资金池", "is not a pool of this policy";
    RULE_TOO_LARGE = "规则的项数过多", "the rule has too many parts";
    DENOMINATOR_TOO_LARGE = "各分数的公分母过大", "the fractions have too large a common denominator";
    BELOW_POWER = "应小于 2^{0}", "one below 2^{0}";
    COUNTED_TWICE = "重复计入", "is counted twice";
    EACH_LAYER_ONCE = "每个层级只写一次", "name each layer once";
    OWN_LAYER = "规则不能读取本层级", "a rule cannot read its own layer";
    LATER_LAYER = "规则不能读取之后的层级", "a rule cannot read a later layer";
    NO_EARLIER_LAYER = "之前没有其他层级", "no layer is earlier";
    EARLIER_LAYERS = "之前的层级：{0}", "earlier layers: {0}";
    VALUES = "数字、名称、规则或由这些组成的列表", "a number, a name, a rule or a list of these";
    NO_STANDARD = "该类别没有标准", "the class has no standard";
    GIVE_STANDARD = "请为该类别填写 `standard`", "give the class a `standard`";
    NO_VALUE = "不是数字、属性或之前的层级", "is not a number, an attribute or an earlier layer";

    // Conditions.
    EMPTY_LIST = "空列表永远不成立", "an empty list never holds";
    AT_LEAST_ONE_VALUE = "请至少列出一个值", "list at least one value";
    BOUNDS_OF_NUMBER = "只有数字才有上下限", "only a number has bounds";
    VALUE_OR_LIST = "请填写值或由值组成的列表", "a value or a list of values";
    NEVER_EQUALS = "是{0}，`{1}` 类型的属性不会与之相等", "is {0}, which a {1} never equals";
    NUMBERS_OR_BOUNDS = "请填写数字、由数字组成的列表，或上下限，如 `{ at_least = 100 }`",
        "a number, a list of numbers, or bounds such as `{ at_least = 100 }`";
    TRUE_OR_FALSE = "`true` 或 `false`", "`true` or `false`";
    TEXTS = "请填写文本或由文本组成的列表", "a text or a list of texts";
    NO_BOUND = "没有上下限", "has no bound";
    BOUNDS_SUCH_AS = "请填写上下限，如 `{ at_least = 100, below = 500 }`", "bounds such as `{ at_least = 100, below = 500 }`";

    // What is hardly meant.
    SHARE_ABOVE_WHOLE = "大于 1：超过其基数的全部", "is above 1: more than all of what it is taken of";
    PERCENT_AS_SHARE = "如指 {1}%，请写 `{0}`", "`{0}` where {1} % is meant";
    AT_MOST_ALL = "请填写不大于 1 的比例；如确为其数倍，可不处理", "at most 1, unless more than all of it is meant";
    BEYOND_STANDARD = "{0} 年各层级合计超过标准：{1} = {2}，标准为 {3}",
        "in {0} the layers come to more than the standard: {1} = {2}, the standard is {3}";
    NOTHING_TO_TOP_UP = "{0} 年计入的层级已有 {1}，超过应补足到的 {2}，补差为 0",
        "in {0} the counted layers give {1}, more than the {2} that is topped up to: nothing is added";
    CHECK_STANDARD = "请核对标准和各层级的金额", "check the standard and the amounts of the layers";
    BAND_GAP = "属性 `{0}` 为 {1} 时不属于任何一档，该项为 0", "no band holds where `{0}` is {1}: the sum is 0 there";
    ADD_BAND = "请补上这一档，或调整相邻两档的界限", "add a band, or move the bounds of those beside it";
    CLASS_GAP = "属性 `{0}` 为 {1} 的对象不属于任何类别", "no class fits a place where `{0}` is {1}";
    ADD_CLASS = "请增设类别，或调整相邻类别的界限", "add a class, or move the bounds of those beside it";

    // Paths.
    NO_PATH = "不是路径", "is not a path";
    SUCH_AS_PATH = "如 `classes.municipal-town.standard`", "such as `classes.municipal-town.standard`";
    NO_SUCH_PLACE = "政策中没有这一项", "the policy has no such place";
    NO_RATE = "不是比例", "is not a rate";
    RATES = "请填写数字（如 `0.4`）、比例（如 `\"1/3\"`）、按年度的表，或属性、指标、层级的编号",
        "a number (`0.4`), a ratio (`\"1/3\"`), a table of years, or the id of an attribute, a figure or a layer";
    TWO_VALUES = "需要恰好两个数值", "takes exactly two values";
    TWO_BOUNDS = "一档只能有一个上限", "a band has one bound";
    BAND_WITHOUT_BOUND = "只有末档可以不设上限", "only the last band may have no bound";
    ONE_BOUND = "请写 `below`（不含）或 `at_most`（含）", "either `below` (not in it) or `at_most` (in it)";
    TIER_WITHOUT_END = "只有末级可以不设上限", "only the last tier may have no end";
    ONLY_LAST_WITHOUT_END = "请写 `up_to`", "give `up_to`";
    BOUNDS_DO_NOT_RISE = "上限未高于前一项", "is not above the bound before it";
    ABOVE_NUMBER = "请填写大于 {0} 的数", "a number above {0}";
    CASE_TWICE = "同一文字出现两次", "is there twice";
    KEY_TWICE = "出现两次", "is there twice";
    NEVER_THAT_TEXT = "不是政策中的编号或名称", "is no id or name of the policy";
    TEXT_ATTRIBUTE = "请使用 `text` 类型的属性，或 `kind`、`designation`、`class`、`county`、`township`",
        "an attribute of type text, or `kind`, `designation`, `class`, `county`, `township`";
    NO_FUNCTION = "不是汇总方式", "is no way to aggregate";
    COUNT_OF_NOTHING = "`count` 只计对象数", "`count` counts places and takes no value";
    AGGREGATE_OF_WHAT = "缺少 `of`：汇总什么", "lacks `of`: what is to be aggregated";
    CONDITIONS_TOO_DEEP = "条件嵌套过深", "conditions are nested too deeply";
    NO_CONDITION = "没有条件", "has no condition";
    NOT_IS_A_TABLE = "`not` 不是条件", "`not` is no table of conditions";
    NOT_SUCH_AS = "如 `not = { county = \"甲县\" }`", "such as `not = { county = \"甲县\" }`";
    ANY_IS_A_LIST = "`any` 不是条件的列表", "`any` is not a list of conditions";
    ANY_SUCH_AS = "如 `any = [{ county = \"甲县\" }, { population = { below = 500 } }]`",
        "such as `any = [{ county = \"甲县\" }, { population = { below = 500 } }]`";
    ATTRIBUTE_OR_LAYER_TOO = "已是属性或层级的编号", "is the id of an attribute or a layer too";
    FIGURES_IN_UNIT_OF_POLICY = "指标中的金额以政策的单位计", "money in figures is in the policy's unit";
    WRITE_UNIT = "请写 `{0}`", "`{0}`";
    FIGURE_READS_ITSELF = "指标读取了自身", "reads itself";
    TAKE_OUT_OF_CIRCLE = "请将其中一项从循环中去掉", "take one of them out of the circle";
    STANDARD_READS_ITSELF = "标准读取了自身", "the standard reads itself";
    STANDARD_READS_LAYER = "标准读取了层级", "the standard reads a layer";
    STANDARD_MAY_READ = "标准只能读取属性、汇总和不含层级的指标",
        "let it read attributes, aggregates and figures without layers";
    WHERE_READS_RESULT = "`where` 读取了类别、标准或层级", "`where` reads the class, the standard or a layer";
    WHERE_MAY_READ = "请使用属性、年度、类型、认定层级、区县、乡镇或不含前述内容的指标",
        "attributes, year, kind, designation, county, township, and figures without these";
    READS_LATER_LAYER = "通过指标或汇总读取了尚未测算的层级", "reads, through a figure or an aggregate, a layer that is not yet computed";
    USE_IN_LATER_LAYER = "请在其后的层级中使用该指标或汇总", "use the figure or aggregate in a layer after it";
    RULE_WHERE_NONE_CAN = "此处不能写规则", "is a rule, where none can stand";
    NUMBER_OR_YEARS = "请填写数字，或按年度的表，如 `{ 2023 = 30, 2025 = 35 }`",
        "give a number, or a table of years such as `{ 2023 = 30, 2025 = 35 }`";

    // Projects.
    CATEGORY_NOT_DECLARED = "没有在 `[projects.categories]` 中声明", "is not declared in `[projects.categories]`";
    SHARE_ABOVE_ONE = "占比大于 1", "a share is above 1";
    SHARE_UP_TO_ONE = "请填写 0 至 1 的数，如 0.6", "a number from 0 to 1, such as 0.6";
    SHARES_CROSSED = "下限高于上限", "the least share is above the largest";
    LEAST_UP_TO_MOST = "`at_least` 不高于 `at_most`", "`at_least` is at most `at_most`";
}
