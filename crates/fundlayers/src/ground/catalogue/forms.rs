//! What forms say: their titles, their sentences, and why one cannot be made.

use crate::ground::message::Phrase;

phrases! {
    // Titles.
    DISTRIBUTION = "{0}年资金分配表", "Distribution of funds, {0}";
    DISTRIBUTION_OF_YEARS = "{0}年资金分配表（合计）", "Distribution of funds, {0} in total";
    NOTICE = "{0}年资金分配公示表", "Public notice of the distribution of funds, {0}";
    PROGRESS = "{0}年资金支出进度通报表", "Progress of spending, {0}";
    CUT_AT = "（截至{0}）", "as of {0}";
    FILING = "{0}年资金项目备案表", "Filing of funds and projects, {0}";
    LAND = "{0}年用地保障情况表", "Land of plans, {0}";
    LAND_SHARES_ARE = "占比＝产业用地（机动指标）÷总指标；结论按政策的核对，缺数据的不作达到。",
        "Shares are of all land of the plan; the conclusion is that of the policy's checks, and what is not known is not met.";
    NO_CHECKS_OF_LAND = "政策没有对用地占比的核对", "no check of the policy asks for a share of land";
    GIVE_CHECKS_OF_LAND = "请在政策的 `[[checks]]` 中写明用地占比", "give the policy [[checks]] of shares of land";
    LEDGER = "{0}年资金台账", "Ledger of funds, {0}";
    ROSTER = "名单", "Roster";

    // A notice.
    SOURCES_OF_FUNDS = "一、资金来源", "1. Sources of the funds";
    PRINCIPLES = "二、分配原则", "2. Principles of distribution";
    DISTRIBUTED = "三、分配情况表", "3. Distribution";
    BY_DOCUMENT = "依据{0}，每处每年按下列办法安排，金额单位为{1}。", "By {0}, each place gets every year, in {1}:";
    BY_POLICY = "依据《{0}》，每处每年按下列办法安排，金额单位为{1}。", "By “{0}”, each place gets every year, in {1}:";
    ITEM = "{0}．{1}。", "({0}) {1}.";
    NAMED = "{0}：{1}", "{0}: {1}";
    WITH_TERMS = "{0}（{1}）", "{0} ({1})";
    CITED = "{0}（{1}）", "{0} [{1}]";
    PLAIN = "{0}", "{0}";

    // A roster.
    PLACES = "共 {0} 处。", "{0} places.";
    PLACES_BY_KIND = "共 {0} 处：{1}。", "{0} places: {1}.";
    PLACES_OF_KIND = "{0} {1} 处", "{1} of kind {0}";

    // Progress, filing, ledger.
    RATES = "到位率＝到位÷应到位，支出进度＝支出÷到位，序时进度＝已过月数÷12，差距＝支出进度－序时进度；合计行按合计数计算。",
        "Received of due; spent of received; months passed of 12; points between the last two. Of the total, of its sums.";
    RANKED = "按支出进度由高到低排名，进度相同的名次并列，其后名次顺延；没有到位资金的和未列明区县的不排名，以“—”表示。",
        "Ranked by what was spent of what arrived, the most first; who is alike shares a rank, and the next are passed over. Who received nothing has none (—), nor have places without a county.";
    OTHER_YEARS = "本表只列 {0} 年资金，{1} 年的未列入。", "Only funds of {0}: those of {1} are not in the table.";
    PROGRESS_IS = "进度为支出进度，即支出÷到位。", "Progress is what was spent of what was received.";
    CARRY_OVER_BY_HAND = "结转、结余在年终确认后填写。", "What is carried over and what is left is filled in at the end of the year.";

    // What is wrong.
    NO_FORM = "没有这种表", "is not a form";
    FORMS_ARE = "可用的表：{0}", "forms are {0}";
    FORM_NEEDS_RECEIPTS = "`{0}`（{1}）需要台账", "form `{0}` ({1}) needs receipts";
    GIVE_A_LEDGER = "请给出 `receipts`（`--receipts`）：下达、到位、支出的台账",
        "`receipts` (`--receipts`): a ledger of what was issued, arrived and was spent";
    FORM_NEEDS_PROJECTS = "`{0}`（{1}）需要项目库", "form `{0}` ({1}) needs the register of projects";
    GIVE_A_REGISTER = "请给出 `projects`（`--projects`）：项目库或清单", "`projects` (`--projects`): a register of projects or a list of tasks";
    PROJECTS = "{0}年项目库", "Register of projects, {0}";
    TASKS = "{0}年任务清单", "Lists of tasks, {0}";
    LIST_LACKS = "清单缺少：{0}。", "The list lacks: {0}.";
    LIST_IS_WHOLE = "清单七项齐全。", "The list lacks nothing.";
    NO_TEXT_OF_FORM = "表上没有这项文字", "is no text of a form";
    TEXTS_OF_FORM = "可用：{0}", "one of {0}";
    TABLE_OF_TEXTS = "由键和文本组成的表", "a table of texts by key";
    FORM_TOO_LONG = "表格超过 {0} 行，无法打印", "the form has more than {0} rows, which nobody prints";
    FEWER_ROWS = "请减少年度或单位，或导出明细", "fewer years or places, or the table itself";
}
