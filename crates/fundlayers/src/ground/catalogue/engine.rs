//! What keeps amounts from being computed, and what is odd about them.

use crate::ground::message::Phrase;

phrases! {
    // Which class serves a place.
    BLANK_BUT_TELLS_CLASS = "为空，但类别由此确定", "is blank, but tells which class serves the place";
    FILL_IN = "请填写", "fill it in";
    FITS_SEVERAL = "同时属于几个类别：{0}", "fits several classes: {0}";
    LET_CLASSES_DIFFER = "请使各类别的类型、认定层级或条件互不相同", "let the classes differ in kind, designation or where";
    NO_CLASS = "`{0}` 中没有适用的类别", "no class of `{0}` serves a place";
    NO_CLASS_OF = "`{0}` 中没有适用于 {1} 的类别", "no class of `{0}` serves a place of {1}";
    CORRECT_OR_ADD_CLASS = "请更正其类型、认定层级或属性，或在政策中增设类别", "correct its kind, designation or attributes, or add a class";
    NO_YEAR_OF_POLICY = "起止年度均不在政策年度内", "none of its years is a year of the policy";
    CORRECT_FROM_AND_TO = "请更正 `from` 和 `to`", "correct `from` and `to`";
    OTHER_COUNT = "类别 `{0}` 在 {2} 年的名单中有 {1} 个，文件所列为 {3} 个",
        "class `{0}` counts {1} in the roster in {2}, the document says {3}";

    // Rules: what reads a value.
    LAYER = "层级 `{0}` ", "layer `{0}`";
    CONDITION_OF_CLASS = "类别的条件", "the condition of a class";
    READS_BLANK = "{1} 年{0}需要{2}的此项数据，但其为空", "{0} of {1} reads it for {2}, but it is blank";
    FILL_IN_ZERO_COUNTS = "请填写；0 按 0 计", "fill it in; 0 counts as 0";
    FLOOR_ABOVE_CAP = "{0} 年{1}对{2}的下限高于上限", "in {0} the floor of {1} is above its cap for {2}";
    BELOW_ZERO = "{0} 年{1}对{2}算出的金额小于 0", "in {0} {1} comes to less than 0 for {2}";
    FLOOR_IF_MEANT = "如确应如此，请设定下限，如 `at_least = 0`", "a floor such as `at_least = 0`, if that is meant";
    TOO_LARGE = "{0} 年{1}对{2}的金额超出 2^63 − 1 分", "in {0} {1} is beyond 2^63 − 1 fen for {2}";
    DIVIDES_BY_ZERO = "{0} 年{1}对{2}的除数为 0", "in {0} {1} divides by 0 for {2}";
    CORRECT_OR_IF_ZERO = "请更正数值，或以 `if_zero` 说明此时的数值", "correct the number, or give `if_zero`";
    OUTSIDE_BANDS = "{0} 年{1}的分档不含{2}的数值", "in {0} no band of {1} has the number of {2}";
    CORRECT_OR_LAST_BAND = "请更正数值，或补上不设上限的末档", "correct the number, or add a last band without a bound";
    HAS_NO_CASE = "{0} 年{1}没有{2}的这一类", "in {0} {1} has no case for {2}";
    CORRECT_OR_OTHERWISE = "请更正文字，或补上该项或 `otherwise`", "correct the text, or add its case or `otherwise`";
    GATHERS_NOTHING = "{0} 年{1}为{2}汇总时没有对象", "in {0} {1} finds no places to aggregate for {2}";
    READS_NO_STANDARD = "{0} 年{1}需要{2}的标准，但其类别没有", "in {0} {1} reads a standard for {2}, whose class has none";
    GIVE_CLASS_STANDARD = "请为该类别填写 `standard`", "give the class a `standard`";
    OTHER_PLACES = "请调整汇总的范围或条件", "change what the aggregate is over, or its conditions";
    CLASS_CHANGES = "在 {0} 年属于类别 `{1}`，在 {2} 年属于 `{3}`", "is of class `{1}` in {0} and of `{3}` in {2}";
    ROWS_BY_YEARS = "请按年度分为两行（`from`、`to`），或调整条件", "give the years their own rows (`from`, `to`), or other conditions";

    // Pools.
    FLOORS_EXCEED = "{0} 年各项下限之和超出资金池 {1} {2}，超出 {3} {2}", "in {0} the floors exceed the pool of {1} {2} by {3} {2}";
    LARGER_POOL = "请增加资金池，或降低 `at_least`", "a larger pool or a lower `at_least`";
    CAPS_LEAVE = "{0} 年受上限限制，资金池 {2} {3} 中有 {1} {3} 无法分配", "in {0} the caps leave {1} {3} of the pool of {2} {3} unused";
    SMALLER_POOL = "请减少资金池，或提高 `at_most`", "a smaller pool or a higher `at_most`";
    MEMBERS_TOTAL_ZERO = "{0} 年各对象的 `{1}` 合计为 0", "in {0} the members' total of `{1}` is 0";
    FILL_COLUMN_OR_WEIGH_ELSE = "请填写该列，或改用其他权重", "fill the column in or weigh something else";
    POOL_WEIGHS_BLANK = "{1} 年资金池 `{0}` 以此为权重，但其为空", "pool `{0}` of {1} weighs it, but it is blank";
    POOL_WEIGHS_NEGATIVE = "{1} 年资金池 `{0}` 以此为权重，但其小于 0", "pool `{0}` of {1} weighs it, but it is below 0";
    POOL_WITHOUT_MEMBERS = "{0} 年资金池没有对象，不安排资金", "in {0} the pool has no members and pays nothing";

    OF_GROUP = "{0}：{1}", "{0}: {1}";
    POOL_WEIGHS_NEGATIVE_LAYER = "{1} 年资金池 `{0}` 以层级 `{2}` 为权重，但其金额小于 0", "pool `{0}` of {1} weighs layer `{2}`, but it is below 0";
    POOL_WEIGHS_NEGATIVE_FIGURE = "{1} 年资金池 `{0}` 以指标 `{2}` 为权重，但其小于 0", "pool `{0}` of {1} weighs figure `{2}`, but it is below 0";
    POOL_PER_BLANK = "{1} 年资金池 `{0}` 按此分组，但其为空", "pool `{0}` of {1} is shared out by it, but it is blank";
    POOL_BELOW_ZERO = "{0} 年资金池为 {1} {2}，小于 0", "in {0} the pool is {1} {2}, below 0";
    POOL_AMOUNT_UNKNOWN = "{0} 年资金池的额度无法算出", "in {0} the amount of the pool cannot be worked out";
    LIMIT_BELOW_ZERO = "{0} 年额度为 {1} {2}，小于 0", "in {0} the limit is {1} {2}, below 0";
    SIGNED_LAYER_IF_MEANT = "如对象应缴入，请为层级设定 `sign = \"any\"`", "`sign = \"any\"` for the layer, if places are to pay in";
    NO_BOUNDS_BELOW_ZERO = "小于 0 的资金池不能设下限或上限", "no floor and no cap for a pool that may be below 0";
    POOL_LEFT = "{0} 年资金池 {2} {3} 中有 {1} {3} 未分配", "in {0} {1} {3} of the pool of {2} {3} stays undistributed";
    POOL_DIFFERENCE = "{0} 年各份之和为 {1} {3}，与资金池 {2} {3} 相差 {4} {3}", "in {0} the parts come to {1} {3}, the pool is {2} {3}: a difference of {4} {3}";
    NOT_SETTLED = "{0} 年的结算不含这些对象（{1}）", "what was settled for {0} does not have these places ({1})";
    OTHER_MEMBERS = "{0} 年各遍读取的对象不同", "the places of {0} are others than in the first pass";
    SETTLE_ALL_PARTS = "请用同一名单的全部部分、同一政策结算", "settle all parts of the same roster by the same policy";
    MORE_GROUPS = "另有 {0} 组", "{0} more groups";

    // What computing would take.
    WOULD_TAKE = "{0} 行 × 每行 {1} 个金额共 {2} 个金额，需要 {3} 字节", "{0} rows × {1} amounts of each are {2} amounts: {3} bytes";
    AT_MOST_BYTES = "最多 {0} 字节：{1}", "at most {0} bytes: {1}";
    SPLIT_ROSTER = "请拆分名单，如按区县", "split the roster, by county for example";
    ONE_YEAR_AT_A_TIME = "请逐年计算；如仍过多，再拆分名单", "one year at a time; if that is too much, split the roster too";
    SOME_YEARS_AT_A_TIME = "请每次计算约 {0} 个年度", "some {0} years at a time";
}
