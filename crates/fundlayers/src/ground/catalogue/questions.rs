//! Limits and funding, receipts, reconciliation, scenarios and solving.

use crate::ground::message::Phrase;

phrases! {
    // A request.
    NO_ROSTER_WITH_POLICY = "该政策没有附带名单", "no roster comes with the policy";
    ROSTER_MISSING = "缺少 `roster`：该政策没有附带名单", "`roster` is missing: no roster comes with the policy";
    NAMES_NO_INPUT = "此处没有以此为名的输入", "names no input here";
    GIVE_DATA = "请直接给出数据", "give the data itself";
    REQUEST_IS = "请求是{0}", "a request is {0}";
    GIVE_TABLE_WITH_OPERATION = "请填写含 `operation` 的表", "give a table with an `operation`";
    NO_KEY_OF_REQUEST = "请求中没有这个键", "is not a key of a request";
    NO_SUCH_OPTION = "`{0}` 没有这个选项", "`{0}` has no such option";
    OPTIONS_ARE = "可用的选项：{0}", "its options are {0}";
    NOT_ONE_YEAR = "不是一个年度", "is not one year";
    SUCH_AS_YEAR = "如 `2024`", "such as `2024`";
    NO_OPERATION = "不是可用的操作", "is not an operation";
    UNIT_OF_MONEY = "金额单位", "a unit of money";
    LIST_OF_TEXTS = "由文本组成的列表", "a list of texts";
    YEARS = "年度", "years";
    YEARS_WITH_ENTITLED = "`entitled` 不用年度", "years mean nothing to `entitled`";
    TOP_UP_IS_RECEIVED = "年度只用于 `top_up` 为 `received` 时", "`top_up` is `received`";
    SET_IS_NO_TABLE = "`set` 不是由路径和值组成的表", "`set` is not a table of paths and values";
    LIST_OF_ROWS = "由行组成的列表", "a list of rows";
    NO_OBJECT = "不是对象", "is not an object";
    OBJECT_A_ROW = "每行应为一个对象，如 `{ \"name\": \"…\" }`", "an object for each row, such as `{ \"name\": \"…\" }`";
    NO_CELL = "不是文本、数字或真假值", "is not a text, a number, true or false";
    ONE_VALUE_A_CELL = "每个单元格只填一个值", "one value for each cell";

    // Limits.
    SEVERAL_LAYERS = "有几个层级同名", "several layers have this name";
    NEEDS_RECEIPTS = "没有台账（`receipts`）时不起作用", "means nothing without `receipts`";
    FORM_READS_NO_RECEIPTS = "这种表不用台账，截止月份不起作用", "means nothing to a form that reads no receipts";
    NO_SUCH_LAYER = "政策中没有这个安排层级", "the policy has no such layer";
    SEVERAL_PAYERS = "有几个安排主体同名", "several payers have this name";
    NO_SUCH_PAYER = "政策中没有这个安排主体", "the policy has no such payer";
    AMOUNT_OR_NO_ROW = "请填写金额；没有额度限制的不列", "an amount, or no row where nothing limits the payer";
    NEGATIVE = "小于 0", "below 0";
    LIMIT_TWICE = "数据第 {0} 行已为同一层级、安排主体和年度设定额度", "row {0} has a limit for the same layer, payer and year";
    ONE_LIMIT = "请保留一项额度，或合并为一项", "one limit, or their sum";

    // Duties.
    NO_DUTIES = "该政策没有写明数量的任务", "the policy has no duties with a number";
    YEAR_OR_DATE_COLUMN = "请设“年度”（`year`）或“到岗日期”（`date`）列", "a column `year` (年度) or `date` (到岗日期)";
    NO_NUMBER_OF_THINGS = "不是可用的数量", "is not how many there can be";
    WHOLE_TO = "请填写 1 至 {0} 的整数", "a whole number from 1 to {0}";
    NO_HALF = "不是上半年或下半年", "is not a half of the year";
    HALVES = "上半年或下半年", "`1` (上半年) or `2` (下半年)";
    NOT_LISTED_IN_YEAR = "该年度未列入名单", "is not listed in that year";
    NO_DUTY_OF_POLICY = "政策中没有这项任务", "is no duty of the policy";
    SEVERAL_DUTIES = "可属于几项任务", "may be several duties";
    DUTY_NOT_DUE_THERE = "该单位没有这项任务", "is not due there";
    DUTY_OF_PLACE = "请填写该单位应有的任务的编号或名称", "the id or name of a duty that is due there";
    HALF_NOT_STATED = "未写明上半年或下半年，也没有日期", "states no half of the year and no date";
    NO_COUNTY_OF_ROSTER = "名单中没有这个区县", "is no county of the roster";
    COUNTY_OF_ROSTER = "请填写名单中的区县", "a county of the roster";
    SERVES_SEVERAL = "{0} 年以同一事项（{1}）负责几个单位：{2}", "serves several places in {0} as {1}: {2}";
    SHARED_OR_NOT = "如确可负责多个单位，可不处理，或在政策中写 `shared = true`", "one place for each; where it may be several, `shared = true` in the policy";
    DUTIES_HAVE_NO_LAYER = "任务没有安排层级", "duties have no layer";
    COVERAGE_OF_PLACES = "覆盖率按对象统计", "coverage is one of places";
    NEEDS_REGISTER = "`{0}` 需要人员登记表（`assignments`）", "`{0}` needs a register (`assignments`)";
    COVERAGE_NEEDS_REGISTER = "需要人员登记表（`assignments`）", "needs a register (`assignments`)";

    // Funding.
    NO_RULE = "不是分配办法", "is not a funding rule";
    PRIORITY_NEEDS_ORDER = "`priority` 需要类别次序", "`priority` needs an order of classes";
    IDS_OF_CLASSES = "请依次列出类别编码，先保障的在前", "the ids of classes, the first to be met first";
    CLASS_TWICE_IN_ORDER = "次序中同一类别出现两次", "a class stands twice in the order";
    EACH_CLASS_ONCE = "每个类别只列一次", "each class once";
    RULE_WITHOUT_ORDER = "`{0}` 不用类别次序", "`{0}` has no order of classes";
    ORDER_WITH_PRIORITY = "类别次序只用于 `priority`", "an order with `priority` only";
    NO_SUCH_CLASS = "政策中没有这个类别", "the policy has no such class";
    NO_LAYER = "政策中没有安排层级 `{0}`", "the policy has no layer `{0}`";
    NOTHING_DUE_IN_YEAR = "{0} 年没有应安排金额", "nothing is due in {0}";
    YEAR_OF_POLICY = "请填写政策年度，{0} 年至 {1} 年", "a year of the policy, {0} to {1}";
    NO_PLACE_IN = "`{0}` 没有支持对象", "no place lies in `{0}`";
    PAYS_FOR_NO_PLACE = "没有对象由 `{0}` 安排", "`{0}` pays for no place";
    DOES_NOT_PAY = "`{0}` 不负责安排层级 `{1}`", "`{0}` does not pay layer `{1}`";
    THIS_ONE_DOES = "负责的是 `{0}`", "`{0}` does";
    CLAIMS_TOO_LARGE = "{1} 年层级 `{0}` 的应安排金额合计超出 2^63 − 1 分",
        "the claims to layer `{0}` of {1} are together beyond 2^63 − 1 fen";
    NOTHING_DUE = "{0} 年层级 `{1}` 没有应安排金额", "in {0} nothing is due in layer `{1}`";
    NOTHING_DUE_WITHOUT_COUNTY = "{0} 年层级 `{1}` 对未列明区县的对象没有应安排金额",
        "in {0} nothing is due in layer `{1}` for places without a county";
    NOTHING_DUE_WITHOUT_PAYER = "{0} 年层级 `{1}` 对未列明安排主体的对象没有应安排金额",
        "in {0} nothing is due in layer `{1}` for places of which nobody is said to pay";
    NOTHING_DUE_FROM = "{0} 年层级 `{1}` 没有应由 `{2}` 安排的金额", "in {0} nothing is due in layer `{1}` from `{2}`";

    // Receipts.
    RECIPIENT_COLUMN = "应有确定对象的列：`id`（编码）、`division_code`（区划代码）或 `name`（名称）",
        "a column that tells the recipient: `id` (编码), `division_code` (区划代码) or `name` (名称)";
    EVENT_COLUMN = "应有以 `event` 或 `事项` 为表头的列，填写下达、到位或支出",
        "a column headed `event` or `事项` that says 下达, 到位 or 支出";
    AMOUNT_COLUMN = "应有以 `amount` 或 `金额` 为表头的列，或以下达金额、到位金额、支出金额为表头的列",
        "a column headed `amount` or `金额`, or columns headed 下达金额, 到位金额, 支出金额";
    NO_EVENT = "不是事项", "is not an event";
    EVENTS = "请填写下达（`issued`）、到位（`received`）或支出（`spent`）；拨付请写明是其中哪一项",
        "下达 (issued), 到位 (received) or 支出 (spent); of 拨付, say which of them is meant";
    IS_NO_UNIT = "不是金额单位", "is not a unit of money";
    NO_DATE = "不是日历上的日期", "is not a date of the calendar";
    DATES = "请填写日期，如 2024-03-05、2024/3/5、2024年3月5日或 20240305",
        "a date such as 2024-03-05, 2024/3/5, 2024年3月5日 or 20240305";
    BALANCE_DIFFERS = "结转、结余与到位减支出不符", "结转 and 结余 are not what arrived less what was spent";
    TOGETHER = "二者合计应为 {0} {1}", "{0} {1} together";
    TOGETHER_TOO_LARGE = "二者合计超出可保存的范围", "together more than can be kept";
    RECORDS_SAME_IN_FILE = "与 `{1}` 第 {0} 行记录的内容相同", "records the same as line {0} of `{1}`";
    RECORDS_SAME = "数据第 {0} 行以同一文件作了相同记录", "row {0} records the same, from the same document";
    ONE_ROW_A_PAYMENT = "每笔一行；相同的款项应以日期或备注区分", "one row for each payment; payments that are alike differ in date or note";
    TOTAL_DIFFERS = "合计与各行之和不符", "the total is not what its rows sum to";
    ROWS_SUM_TO = "各行之和为 {0} {1}", "the rows sum to {0} {1}";
    ROWS_SUM_TO_MORE = "各行之和超出可保存的范围", "the rows sum to more than can be kept";
    NO_MONTH = "不是月份", "is not a month";
    YEAR_AND_MONTH = "请填写年月，如 `2024-06`，或该月最后一日", "a year and a month, such as `2024-06`, or the last day of one";

    // Reconciliation.
    NOT_COUNTED_BY_TOP_UP = "不是补足时可以计入的内容", "is not what a top-up can count";
    UNMATCHED_TOO_LARGE = "不匹配的收支合计超出 2^63 − 1 分", "the receipts that match nothing sum to more than 2^63 − 1 fen";
    RECEIPTS_TOO_LARGE = "{0}的收支合计超出 2^63 − 1 分", "receipts of {0} sum to more than 2^63 − 1 fen";
    DIFFERENCE_TOO_LARGE = "与第一个方案的差额超出 2^63 − 1 分", "the difference from the first is beyond 2^63 − 1 fen";
    GAP_TOO_LARGE = "{0}的差额超出 2^63 − 1 分", "the gap of {0} is beyond 2^63 − 1 fen";
    NO_RECIPIENT = "名单中没有这个对象，该行不计入", "no recipient of the roster is this one; the row is not counted";
    ID_OR_NAMES = "请填写名单中的编码或区划代码，或与名单完全一致的区县、乡镇和名称",
        "an id or division code of the roster, or county, township and name exactly as there";
    SEVERAL_RECIPIENTS = "名单中有几个对象相符，该行不计入", "several recipients of the roster fit; the row is not counted";
    ID_OR_COUNTY_TOO = "请填写编码，或补上区县和乡镇", "the id, or county and township too";
    YEAR_NOT_COMPUTED = "该年度未计算，该行不计入", "the year is not computed; the row is not counted";
    ONE_OF = "可用：{0}", "one of {0}";
    NOT_FUNDED_IN_YEAR = "{0}当年不在支持范围，该行不计入", "{0} is not funded in this year; the row is not counted";
    YEAR_IN_ROSTER = "请填写名单列有该对象的年度", "a year in which the roster has it";
    NO_LAYER_OF = "`{0}` 中没有这个安排层级，该行不计入", "`{0}` has no such layer; the row is not counted";

    LATER_TOO_LARGE = "日期在后的收支合计超出 2^63 − 1 分", "the receipts that are dated later sum to more than 2^63 − 1 fen";
    LATER = "{0} 笔收支的日期在 {1} 月末之后，未计入：下达 {2}，到位 {3}，支出 {4} {5}",
        "{0} events are dated after the end of {1} and not counted: issued {2}, received {3}, spent {4} {5}";
    UNDATED = "{0} 笔收支没有日期，均已计入", "{0} events have no date and are all counted";
    DATE_EACH = "请填写日期", "a date for each";
    SPENT_ABOVE = "{0}：支出 {1} 多于到位 {2} {3}", "{0}: spent {1}, more than the {2} {3} that arrived";
    SPENT_ABOVE_IN_MANY = "{0} 处支出多于到位，其中{1}：支出 {2}，到位 {3} {4}",
        "in {0} places more was spent than arrived, such as {1}: spent {2}, received {3} {4}";
    ENTER_WHAT_ARRIVED = "请核对支出，或补记到位", "check what was spent, or enter what arrived";
    WRONG_UNIT = "{0}：{1} {2}，应到位 {3} {4}，相差约一万倍", "{0}: {1} {2}, where {3} {4} is due: about 10,000 times as much or as little";
    WRONG_UNIT_OF_MANY = "{0} 处金额与应到位相差约一万倍，其中{1}：{2} {3}，应到位 {4} {5}",
        "{0} amounts are about 10,000 times what is due, or a 10,000th of it, such as {1}: {2} {3}, where {4} {5} is due";
    MAYBE_YUAN = "单位可能是元，而不是万元", "the unit may be 元, and not 万元";
    MAYBE_WAN = "单位可能是万元，而不是元", "the unit may be 万元, and not 元";

    // Years.
    UNLIKE_YEARS = "一方合计 {0} 个年度（{1}），另一方合计 {2} 个年度（{3}）", "adds up {0} years ({1}) on one side and {2} ({3}) on the other";
    SAME_YEARS = "两方请用相同的年度，或按年度对比", "the same years on both sides, or a comparison by year";
    YEARS_SKIPPED = "未计入其间的 {0} 年", "leaves out {0}, which lies between";
    SPAN_OF_YEARS = "如需连续年度，请写 `{0}..{1}`", "`{0}..{1}` where all of them are meant";

    // Scenarios.
    NAMELESS = "情景没有名称", "a scenario has no name";
    NAME_FOR_EACH = "请为每个情景命名", "a name for each";
    SAME_NAME = "两个情景同名", "two scenarios have this name";
    OWN_NAME_FOR_EACH = "请为每个情景使用不同的名称", "a name of its own for each";
    TABLE_WITH_SCENARIOS = "含 `scenarios` 的表", "a table with `scenarios`";
    LIST_OF_TABLES = "由表组成的列表", "a list of tables";
    TABLE_WITH_NAME_AND_SET = "含 `name` 和 `set` 的表", "a table with `name` and `set`";
    TABLE_OF_PATHS = "由路径和值组成的表", "a table of paths and values";
    CHANGED_TWICE = "该情景对此值改动两次", "the scenario changes the value twice";
    ONE_VALUE = "请只保留一个值", "one value";

    // Solving.
    STEP_NOT_ABOVE_ZERO = "步长不大于 0", "the step is not above 0";
    SUCH_AS_STEP = "如 `0.01`", "such as `0.01`";
    BEYOND_STEPS = "步长过细：现有的值超过 2^63 − 1 步", "the step is too fine: the present value is more than 2^63 − 1 of it";
    LARGER_STEP = "请使用更大的步长，如 `0.01`", "a larger step, such as `0.01`";
    PATH_OF_ONE_NUMBER = "请给出一个数字的路径", "the path of one number";
    DOES_NOT_ANSWER_FOR = "不负责安排层级 `{0}`", "does not answer for layer `{0}`";
    TOTAL_FALLS = "合计随该值增大而减少：取 {0} 时为 {1} {4}，取 {2} 时为 {3} {4}",
        "the total falls as the value rises: at {0} it is {1} {4}, at {2} {3} {4}";
    ANOTHER_NUMBER = "请改求其他数字或其他层级", "another number, or another layer";
    STEPS = "{0} 步", "{0} steps";
    OUT_OF_REACH = "取任何值都无法控制在额度 {0} {1} 以内：取最小值 {2} 时合计为 {3} {1}",
        "no value keeps the limit of {0} {1}: at {2}, the smallest, the total is {3} {1}";
    NEVER_EXCEEDED = "取任何值都不超出额度 {0} {1}：取 {2}（{3}）时合计为 {4} {1}",
        "no value exceeds the limit of {0} {1}: at {2}, {3}, the total is {4} {1}";
    LARGEST_ALLOWED = "政策允许的最大值", "the largest that the policy allows";
    LARGEST_LOOKED_AT = "所查找的最大值", "the largest that is looked at";
    ONE_STEP_MORE = "{0}；再加一步：{1}", "{0}; one step more: {1}";
}
