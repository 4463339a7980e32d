//! What explanations say around the arithmetic.

use crate::ground::message::Phrase;

phrases! {
    TITLE = "测算说明", "Explanation of amounts";
    AMOUNTS = "{0}（{1}）{2}年，类别：{3}", "{0} ({1}), {2}, class: {3}";
    AMOUNTS_OF_MANY = "{0}（{1}）{2}年，类别：{3}，共 {4} 处", "{0} ({1}), {2}, class: {3}, {4} places";
    READ_IN = "算式中的金额以{0}计。", "Amounts in the arithmetic are in {0}.";
    TOPS_UP_RECEIVED = "补足到标准，已计入{0}到位金额（非应到位金额）",
        "tops up to the standard, counting what arrived in {0}, not what was due";
    TOPS_UP_RECEIVED_OF_MANY = "补足到标准，已计入{0}到位金额（非应到位金额，按 {1} 处平摊）",
        "tops up to the standard, counting what arrived in {0} for each of the {1} places, not what was due";
    NOT_MET = "不满足条件（{0}），为 0", "the condition ({0}) does not hold: 0";
    // Of a part of a pool that the shares do not use up.
    AT_CAP = "，达到上限（{0}）", ", at its cap ({0})";
    AT_FLOOR = "，占比为 0，取下限（{0}）", ", with no share at its floor ({0})";
    NO_SHARE = "，占比为 0", ", with no share";
    // Of a row that stands for several places.
    PLACES_ALIKE = "；{0} 处共 {1} {2}", "; {0} places: {1} {2}";
    PLACES_UNLIKE = "；{0} 处中 {1}，共 {2} {3}", "; of the {0} places {1}: {2} {3} in all";
    ONE_GETS = "{0} 处 {1}", "{0} gets {1}";
    SO_MANY_GET = "{0} 处各 {1}", "{0} get {1} each";
    // What they rest on.
    NOTHING_TO_EXPLAIN = "该对象在所列年度不在支持范围，没有金额可说明。", "The recipient is not funded in these years: there is nothing to explain.";
    RESTS_ON = "依据", "What it rests on";
    DOCUMENT = "文件：{0}", "Document: {0}";
    ISSUED_BY = "发布：{0}", "Issuer: {0}";
    PUBLISHED = "日期：{0}", "Date: {0}";
    STATUS = "状态：{0}", "Status: {0}";
    URL = "网址：{0}", "Address: {0}";
    CLAUSES = "条款原文", "The clauses in their own words";
    QUOTED = "{0}：“{1}”", "{0}: “{1}”";
    WITHOUT_WORDS = "{0}：政策文件未收录原文", "{0}: the policy file does not have its words";
    READINGS = "解释口径", "How the document is read";
    READ_AS = "{0}{1}", "{0} {1}";
    READ_AS_BY = "{0}{1}（{2}）", "{0} {1} [{2}]";
    CHANGES = "改动（不以文件为依据）", "Changes, which the document does not say";
    CHANGE = "{0}：{1} → {2}", "{0}: {1} → {2}";
    NOTHING_BEFORE = "（无）", "(nothing)";

    // Awards.
    AWARDS = "额度内安排：{0}（{1}）{2}年", "Within limits: {0} ({1}), {2}";
    // Gaps.
    GAPS = "到位情况：{0}（{1}）{2}年", "Due and received: {0} ({1}), {2}";
    GAP_IS = "{0}：应到位 {1}，到位 {2}，缺口 {1} − {2} = {3} {4}",
        "{0}: due {1}, received {2}, gap {1} − {2} = {3} {4}";
    EXCESS_IS = "{0}：应到位 {1}，到位 {2}，超额 {2} − {1} = {3} {4}",
        "{0}: due {1}, received {2}, excess {2} − {1} = {3} {4}";
    NO_GAP = "{0}：应到位 {1}，到位 {2} {4}，无缺口", "{0}: due {1}, received {2} {4}, no gap";
    RECEIPT = "{0}，{1} {2} {3}", "{0}, {1} {2} {3}";
    RECEIPT_WITH = "{0}（{1}）", "{0} ({1})";
    RECEIPT_AT = "台账第 {0} 行", "line {0} of the ledger";
    RECEIPT_IN = "{1}第 {0} 行", "{1}, line {0}";
    NOT_COUNTED = "{0}，晚于截止日，未计入", "{0}, dated later and not counted";
    NO_RECEIPTS = "台账中没有记录", "the ledger has nothing";
    LEDGER_LINES = "台账记录", "Lines of the ledger";
    // Duties.
    DUTIES_OF = "任务落实：{0}（{1}）{2}年", "Duties: {0} ({1}), {2}";
    DUTIES_MET = "{0}，{1} 项中落实 {2} 项，未落实 {3} 项", "{0}: of {1} duties {2} are met, {3} are not";
    DUTY_IN_HALF = "{0}（{1}）", "{0} ({1})";
    FIRST_HALF = "上半年", "first half";
    SECOND_HALF = "下半年", "second half";
    DUTY_DUE = "{0}：应有 {1}", "{0}: {1} due";
    DUTY_DUE_OF_MANY = "{0}：{1} 处 × {2} = 应有 {3}", "{0}: {1} places × {2} = {3} due";
    MEMBERS = "{0}，每个 {1} 至 {2} 人", "{0}, {1} to {2} people each";
    ASSIGNED = "{0}，已落实 {1}", "{0}, {1} assigned";
    MISSING = "{0}，缺 {1}", "{0}, {1} missing";
    SURPLUS = "{0}，超出 {1}", "{0}, {1} more than due";
    PEOPLE_MISSING = "{0}，少 {1} 人", "{0}, {1} people too few";
    PEOPLE_SURPLUS = "{0}，多 {1} 人", "{0}, {1} people too many";
    BY_CLAUSE = "{0}（依据 {1}）", "{0} [{1}]";
    PEOPLE = "{0} 人", "{0} people";
    ASSIGNMENT_AT = "登记表第 {0} 行", "line {0} of the register";
    NO_ASSIGNMENTS = "登记表中没有记录", "the register has nothing";
    ASSIGNMENTS = "登记表记录", "Lines of the register";
    // Totals.
    TOTAL_OF = "{0}：{1} {2}", "{0}: {1} {2}";
    PART = "{0}年 {1}，{2}：{3} 处 × {4} = {5} {6}", "{0}, {1}, {2}: {3} × {4} = {5} {6}";
    PART_OF_YEARS = "{0}年 {1}，{2}：{3} 处 × {4} × {7} 年 = {5} {6}", "{0}, {1}, {2}: {3} × {4} × {7} years = {5} {6}";
    PART_UNLIKE = "{0}年 {1}，{2}：{3} 处，每处 {8} 至 {9}，共 {5} {6}", "{0}, {1}, {2}: {3} places, {8} to {9} each, {5} {6} in all";
    NAMES = "{0}；{1}", "{0}; {1}";
    NAMES_AND_MORE = "{0}；{1}等", "{0}; {1}, …";
    YEARS = "{0}", "{0}";
    WITH_CHANGES = "{0}（{1}）", "{0} [{1}]";
    EVERYTHING = "全部", "All";
    // Asked in vain.
    NOT_WITH_BY = "与 `by` 不能同时使用", "cannot be given with `by`";
    ONE_OF_BOTH = "与 `{0}` 不能同时使用", "cannot be given with `{0}`";
    NO_SUCH_TOTAL = "不是这些合计中的一组", "is no group of these totals";
}
