//! What is asked of a result.

use crate::ground::message::Phrase;

phrases! {
    GROUPED_TWICE = "重复按此列汇总", "is grouped by twice";
    EACH_COLUMN_ONCE = "每列只列一次", "name each column once";
    NO_GROUPING = "不是可以汇总的列", "is not a column that totals can be grouped by";
    CHECK_UNITS_OR_GROUP_FINER = "请核对单位，或细分汇总", "check the units, or group finer";
    ALLOCATION_COVERS = "已计算的年度为 {0}", "the allocation covers {0}";
    NO_RECIPIENT = "没有以此为编码或名称的对象", "no recipient has this id or name";
    RECIPIENTS_OF_NAME = "有 {0} 个对象同名", "{0} recipients have this name";
    USE_AN_ID = "请改用编码：{0}", "use an id: {0}";
    USE_AN_ID_OF_MORE = "请改用编码：{0}……", "use an id: {0}, …";

    // Rosters in parts.
    POOL_OVER_ALL = "由全部对象分配，需读取各行 {0} 遍", "shares out over all places, which takes {0} passes over the rows";
    BOUNDED_POOL_OVER_ALL = "由全部对象分配且有上下限，至少需读取各行 {0} 遍",
        "shares out over all places within bounds, which takes at least {0} passes over the rows";
    LIMIT_OVER_ALL = "由全部对象的应安排额比较，至少需读取各行 {0} 遍",
        "cuts what all places claim together, which takes at least {0} passes over the rows";
    AGGREGATE_OVER_ALL = "读取多个对象的汇总数，需读取各行 {0} 遍",
        "reads a number of many places, which takes {0} passes over the rows";
    RECEIVED_NOT_SETTLED = "补足按到位金额计算时，结算不再适用", "top-ups that count what arrived change what was settled";
    RECEIVED_IN_PARTS = "各部分未按台账的到位金额汇总；补足按到位金额计算时，得知到位金额后须再读一遍", "the parts were not summed for what arrived by this ledger; top-ups that count it take another reading";
    OTHER_LIMITS = "各部分的政策、年度、额度、规则或遍次不同，或尚未结算完", "the sums are of another policy, of other years or limits, by another rule or of another pass, or not all is settled";
    FIGURES_NOT_SUMMED = "各部分未汇总指标，或有指标尚需精确求和", "the parts did not sum figures, or some of these must be summed exactly yet";
    OTHER_LEDGER = "各部分汇总的不是此台账所列的对象", "the parts tell of the places of another ledger, or of none";
    MORE_PASSES = "需读取各行超过 {0} 遍", "takes more than {0} passes over the rows";
    MORE_OR_WHOLE = "请允许更多遍，或一次读入整个名单", "allow more passes, or read the roster as a whole";
    SETTLED_FOR_OTHERS = "结算的政策不同", "another policy was settled";
    NOT_SETTLED_YET = "结算尚未完成", "not all is settled yet";
    OTHER_PASS = "各部分的政策、年度或遍次不同", "the sums are of other policies, years or passes";
    SETTLE_OR_WHOLE = "请由可重复读取的来源分遍得出，或一次读入整个名单", "find it in passes over rows that can be read again, or read the roster as a whole";
    READ_AS_A_WHOLE = "请一次读入整个名单", "read the roster as a whole";
    WHOLE_FILE = "`{0}`", "`{0}`";
    ID_IN_BOTH = "同时出现在{0}和{1}中", "stands in {0} and in {1}";
    AN_ID_IN_BOTH = "有编码同时出现在{0}和{1}中", "an id stands in {0} and in {1}";
    PART_FROM_ROW = "第 {0} 行起的部分", "the part from row {0}";
    PART_OF_FILE = "`{0}`（全部名单第 {1} 行起）", "`{0}` (from row {1} of all)";
    IDS_CROSS = "{0}与{1}的编码相互交错，且编码共 {2} 个，超出可保留的 {3} 个",
        "the ids of {0} and {1} cross, and there are {2}, more than the {3} that are kept";
    SORT_OR_TRUST = "请按编码排序，或注明编码不重复", "sort by id, or say that no id repeats";
    OTHER_POLICY_OR_COLUMNS = "汇总的政策、年度或汇总列不同", "the summaries are of other policies, years or columns";

    // Figures.
    NO_FIGURES = "`{0}` 没有指标", "`{0}` has no figures";
    DECLARE_FIGURES = "请在政策中以 `[[figures]]` 设定指标", "declare them in the policy as `[[figures]]`";
    FIGURES_HAVE_NO_LAYER = "指标不分安排层级和安排主体", "is nothing that figures differ by";
    GROUP_BY_OTHERS = "可用：{0}", "one of {0}";
    FIGURES_WOULD_TAKE = "{0} 行 × {1} 个年度 × {2} 个指标，需要 {3} 字节", "{0} rows × {1} years × {2} figures: {3} bytes";
    FIGURE_BLANK = "{2} 年{1}的“{0}”无法得出，留空：{3}", "{0} cannot be had for {1} in {2} and is blank: {3}";
    FIGURE_BLANK_IN_MANY = "{2} 个对象年度中有 {1} 个的“{0}”无法得出，留空，其中{3}（{4} 年）：{5}",
        "{0} cannot be had for {1} of {2} rows and years and is blank there, such as {3} in {4}: {5}";
    FILL_IN_OR_LEAVE = "没有金额依据此数；需要显示的，请补上其所依据的数值", "no amount rests on it; fill in what it reads if it is to be shown";
    IS_BLANK = "`{0}` 为空", "`{0}` is blank";
    DIVIDES_BY_ZERO = "除数为 0", "a divisor is 0";
    IN_NO_BAND = "{0} 不属于任何一档", "{0} lies in no band";
    WITHOUT_CASE = "没有 `{0}` 这一类", "it has no case for `{0}`";
    FLOOR_ABOVE_CAP = "下限高于上限", "a floor is above its cap";
    NOTHING_TO_AGGREGATE = "没有对象可汇总", "there are no places to aggregate";
    WITHOUT_STANDARD = "其类别没有标准", "its class has no standard";
    NOT_KNOWN = "其所依据的数值无法得出", "what it reads cannot be had";
    BEYOND_DIGITS = "超过 {0} 位数字", "it has more than {0} digits";
}
