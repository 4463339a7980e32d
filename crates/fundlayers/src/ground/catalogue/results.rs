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
}
