//! What is said under tables, and sentences with figures.

use crate::ground::message::Phrase;

phrases! {
    // Of every result.
    POLICY = "政策：{0}", "Policy: {0}";
    POLICY_WITH = "政策：{0}（{1}）", "Policy: {0} ({1})";
    POLICY_WITH_BOTH = "政策：{0}（{1}，{2}）", "Policy: {0} ({1}, {2})";
    VERSION = "第 {0} 版", "version {0}";
    POLICY_CHANGED = "{0}，{1}", "{0}, {1}";
    CHANGED = "政策参数有改动：{0}", "policy changed: {0}";
    CHANGED_TITLE = "{0}（参数有改动）", "{0} (changed)";
    CHANGED_FROM_TO = "{0} {1} → {2}", "{0} {1} → {2}";
    CHANGED_TO = "{0} → {1}", "{0} → {1}";
    OF_YEAR = "{0}（{1} 年）", "{0}, {1}";
    SUM_OF_YEARS = "{0}（{1} 年合计）", "{0}, {1} in total";
    YEARS_BESIDE = "{0}（{1} 年与 {2} 年）", "{0}, {1} beside {2}";
    SCENARIO_CHANGES = "“{0}”：{1}", "{0}: {1}";
    LIST = "{0}", "{0}";
    LIST_AND_MORE = "{0}，另有 {1} 项", "{0} and {1} more";

    // Funding within limits.
    SENTENCE = "{0}。", "{0}.";
    SENTENCES = "{0}{1}", "{0} {1}";
    NO_LIMIT_APPLIES = "没有额度限制所计算的金额，应安排金额全部计为已保障。",
        "No limit applies to what was computed; every claim counts as met.";
    EVERY_CLAIM_MET = "各项额度足以保障全部应安排金额。", "Every claim is met.";
    WHERE_SHORT = "额度不足时：{0}{1}。", "Where a limit is short: {0}{1}.";
    RULE_IN_ORDER = "{0}：{1}", "{0}: {1}";
    MORE_SHORT = "另有 {0} 项额度不足。", "{0} more limits are short.";
    OF_NO_COUNTY = "{0}（未列明区县）", "{0} (county not stated)";
    LAYER_OF_PAYER = "{0}（{1}）", "{0} ({1})";
    SHORT = "{0}，{1} 年：可用额度 {2} {5}，应安排 {3} {5}，缺口 {4} {5}；额度达到 {3} {5}方可全部保障。",
        "{0}, {1}: {2} of {3} {5}, {4} {5} short; a limit of {3} {5} would meet every claim.";
    EACH_GETS_SHARE = "每处安排应安排金额的 {0}。", "Each place gets {0} of its claim.";
    EACH_GETS_AT_MOST = "每处最多安排 {0} {1}。", "Each place gets its claim, but at most {0} {1}.";
    EACH_IS_CUT = "每处扣减 {0} {1}，应安排金额不足此数的不安排。", "Each claim is cut by {0} {1}, or to 0 if it is less.";
    EACH_GETS_HALF = "每处安排应安排金额的一半，最多 {0} {1}。", "Each place gets half its claim, but at most {0} {1}.";
    EACH_LOSES_HALF = "每处扣减应安排金额的一半，最多扣减 {0} {1}。", "Each place loses half its claim, but at most {0} {1}.";
    FIRST_CLASS_GETS = "{0}安排应安排金额的 {1}，其后各类不安排。", "{0} gets {1} of its claims, later classes nothing.";
    CLASS_GETS = "{0}安排应安排金额的 {1}，此前各类足额安排，其后各类不安排。",
        "Classes before {0} are met, it gets {1} of its claims, later ones nothing.";
    OTHERS_GET = "所列类别足额安排，其余各类安排应安排金额的 {0}。",
        "The classes in the order are met, the others get {0} of their claims.";
    SHARE_AND_PERCENT = "{0}（{1}）", "{0} ({1})";

    // Why a place gets what it gets.
    DUE_WITHOUT_LIMIT = "{0}：每处应安排 {1} {2}，无额度限制，足额安排",
        "{0}: each place is due {1} {2}; there is no limit, so it is funded in full";
    DUE_WITHIN_LIMIT = "{0}：每处应安排 {1} {2}，可用额度 {3} 足以保障全部应安排金额 {4}，足额安排",
        "{0}: each place is due {1} {2}; the limit of {3} meets all claims of {4}, so it is funded in full";
    DUE_BY_RULE = "{0}：每处应安排 {1} {2}，可用额度 {3}，全部应安排金额 {4}；{5}：{6} = {7}",
        "{0}: each place is due {1} {2}; the limit is {3} for claims of {4}; {5}: {6} = {7}";
    IN_WHOLE_STEPS = "{0}，取整后安排 {1}", "{0}, in whole steps {1}";
    OTHER_CLASSES = "其余各类", "the classes not named";
    AT_ITS_TURN = "轮到{0}，{1}", "at the turn of {0}, {1}";
    MET_BEFORE = "{0}在先，足额安排", "{0}, whose turn is met in full";
    NOT_REACHED = "{0}在后，不安排", "{0}, whose turn is not reached";

    // Reconciliation.
    LAYERS_OF_POLICY = "政策的安排层级：{0}。", "Layers of the policy: {0}.";
    GAP_AND_EXCESS = "缺口＝应到位－到位，超额＝到位－应到位，均按单位、年度、安排层级分别计算，合计时不相互抵减。",
        "Gap = due − received, excess = received − due: for each place, year and layer, summed and never set off.";
    LAYER_IS_NO_SOURCE = "安排层级表示由谁负责，不等于资金来源；补差资金可统筹各级资金，未注明来源的，来源待定。",
        "Layers say who is responsible, not whose money pays: where a top-up's source is not stated, it is open (来源待定).";
    TOP_UPS_COUNT_RECEIVED = "{0} 年补差按上级资金实际到位数计算，上级未到位部分由补差层级补足。",
        "In {0} top-ups count what arrived: the layer that tops up fills shortfalls in.";
    TIME_ELAPSED = "序时进度截至 {0}末。", "Time elapsed at the end of {0}.";
    UNMATCHED = "另有 {0} 笔台账记录未能匹配，未计入：下达 {1}，到位 {2}，支出 {3}。",
        "{0} receipts match nothing and are not counted: issued {1}, received {2}, spent {3}.";

    // The largest value within a limit.
    LARGEST_VALUE_OF_ALL = "{0} 最高可取 {1}：{2} 年“{3}”层级全部安排主体合计 {5} {7}，不超过可用额度 {6} {7}；再高一个步长取 {8}，合计 {9} {7}，超出可用额度。",
        "{0} is at most {1}: {3}, {2} comes to {5} {7}, within the limit of {6} {7}; one step more, {8}, gives {9} {7}, above it.";
    LARGEST_VALUE = "{0} 最高可取 {1}：{2} 年“{3}”层级{4}合计 {5} {7}，不超过可用额度 {6} {7}；再高一个步长取 {8}，合计 {9} {7}，超出可用额度。",
        "{0} is at most {1}: {3}, {4}, {2} comes to {5} {7}, within the limit of {6} {7}; one step more, {8}, gives {9} {7}, above it.";
    DIFFERENCE_FROM = "较“{0}”增减", "Difference from {0}";

    // What stands for a long table, and what a roster is called.
    LONG_TABLE = "明细超过 {0} 行，此处列合计；明细可导出。", "More than {0} rows: totals are shown here, the rows can be exported.";
    ROUNDED = "{0}（四舍五入，保留 {1} 位小数）", "{0}, rounded to {1} decimals";
    ROUNDED_TO_WHOLE = "{0}（四舍五入到整数）", "{0}, rounded to whole ones";
    MORE_ROWS = "……另有 {0} 行", "… {0} more rows";
    ROSTER_TITLE = "名单：{0} 行，{1} 处", "Roster: {0} rows, {1} places";
}
