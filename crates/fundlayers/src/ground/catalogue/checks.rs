//! Checks and tables of figures.

use crate::ground::message::Phrase;

phrases! {
    NO_CHECKS = "政策没有设定核对", "the policy has no checks";
    GIVE_CHECKS = "请在政策文件中写 `[[checks]]`", "give it [[checks]]";
    CHECKS_WOULD_TAKE = "名单 {0} 行 × {1} 年 × {2} 项核对需要 {3} 字节", "checks of {0} rows × {1} years × {2} checks would take {3} bytes";
    DECLARE_FIGURES = "在 `[attributes]` 中设定、写有 `subject` 的属性",
        "an attribute of the policy's [attributes] that has a `subject`";
    NO_FLAG = "既不是“是”也不是“否”", "is neither yes nor no";
    YES_OR_NO = "是或否；不知道则留空", "yes or no, or nothing where it is not known";
    NOBODY_OF_FIGURES = "名单中没有这个镇村、乡镇或区县", "is no place, township or county of the roster";
    SEVERAL_OF_FIGURES = "名单中有几个同名的镇村或乡镇", "several places or townships of the roster are so called";
    AS_IN_ROSTER = "请按名单填写编码或名称", "the id or the names as the roster has them";
    ID_OR_COUNTY = "请填写编码，或加上区县", "the id, or the county too";
    YEAR_OF_FIGURES = "不在测算年度内", "is not a computed year";
    ONE_OF_YEARS = "{0}", "one of {0}";
    FIGURE_OF_OTHERS = "该行写的是 `{0}`，而 `{1}` 是 `{2}` 的数据", "the row is about `{0}`, but `{1}` is known of each `{2}`";
    NAME_SUBJECT = "请写明它所属的镇村、乡镇或区县", "name the place, township or county that it belongs to";
    FIGURE_TWICE = "数据第 {0} 行已为 `{2}` 填写了不同的 `{1}`", "row {0} says something else of `{1}` for `{2}`";
    ONE_FIGURE = "每个对象每年只填一个数", "one figure for each of them in a year";
    CHECKS_HAVE_NO_LAYER = "核对不分安排层级和安排主体", "checks have neither layer nor payer";
    UNMATCHED_ROWS = "数据表中有 {0} 行与名单、年度都对不上，未计入。", "{0} rows of the table of figures are about nobody here and count for nothing.";
    SHARE_IS_OF = "达到率 = 达到 ÷（达到 + 未达到 + 缺数据）。", "Share met = met ÷ (met + not met + unknown).";
    EVERYTHING_CLOSED = "没有未达到或缺数据的核对项。", "No check is open: none is not met, none unknown.";
}
