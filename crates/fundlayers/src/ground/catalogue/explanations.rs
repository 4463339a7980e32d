//! What explanations say around the arithmetic.

use crate::ground::message::Phrase;

phrases! {
    TITLE = "测算说明", "Explanation of amounts";
    AMOUNTS = "{0}（{1}）{2}年，类别：{3}", "{0} ({1}), {2}, class: {3}";
    AMOUNTS_OF_MANY = "{0}（{1}）{2}年，类别：{3}，共 {4} 处", "{0} ({1}), {2}, class: {3}, {4} places";
    READ_IN = "算式中的金额以{0}计。", "Amounts in the arithmetic are in {0}.";
    // What they rest on.
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
}
