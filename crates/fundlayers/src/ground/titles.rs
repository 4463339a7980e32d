//! Keys and titles of columns that several rooms know.

/// The keys of the roster's own columns, in order.
pub const COLUMN_KEYS: [&str; 10] =
    ["id", "name", "kind", "designation", "county", "township", "division_code", "count", "from", "to"];
/// Their Chinese headers.
pub const COLUMN_HEADERS: [&str; 10] =
    ["编码", "名称", "类型", "认定层级", "区县", "乡镇", "区划代码", "数量", "起始年度", "截止年度"];

/// Other titles that offices put over the same columns, in whatever table: the key, and the titles.
pub(crate) const SYNONYMS: [(&str, &[&str]); 37] = [
    ("id", &["编号", "代码", "唯一编码", "单位编码", "镇村编码", "ID"]),
    (
        "name",
        &["单位名称", "镇村名称", "对象名称", "补助对象", "受益单位", "镇名", "镇名称", "镇村", "单位全称", "项目镇村"],
    ),
    ("village", &["行政村", "村名", "村名称", "行政村名称", "村庄", "村社区", "所属村", "所在村"]),
    ("kind", &["类别", "镇村类型", "对象类型"]),
    ("designation", &["认定级别", "认定类别", "帮扶级别", "重点级别"]),
    (
        "county",
        &[
            "县区",
            "区县名称",
            "县区名称",
            "县市区",
            "县",
            "区",
            "县名",
            "县名称",
            "县市区名称",
            "市县区",
            "县域",
            "市县",
            "所属区县",
            "所在区县",
            "所属县区",
            "所在县区",
            "县市",
            "区县市",
        ],
    ),
    (
        "township",
        &[
            "乡镇名称",
            "镇街",
            "乡镇街道",
            "镇办",
            "街镇",
            "所属乡镇",
            "所在乡镇",
            "镇",
            "乡",
            "街道",
            "乡镇办",
            "镇乡",
            "镇街名称",
        ],
    ),
    ("division_code", &["行政区划代码", "区划编码", "行政区划编码", "行政区划", "区划"]),
    ("count", &["个数"]),
    ("from", &["开始年度", "起始年份", "开始年份", "起始年"]),
    ("to", &["结束年度", "截止年份", "结束年份", "截止年", "终止年度"]),
    ("year", &["年份", "年", "预算年度", "资金年度"]),
    ("layer", &["资金层级", "安排级次", "资金级次"]),
    ("payer", &["出资主体", "安排单位", "出资单位"]),
    ("amount", &["可用额度", "额度", "资金额度", "资金金额"]),
    ("unit", &["金额单位", "货币单位"]),
    ("document", &["资金文号", "下达文号"]),
    ("half", &["半年度", "期间", "期次"]),
    ("duty", &["帮扶事项", "任务", "岗位", "职务", "帮扶类别", "帮扶力量"]),
    ("person", &["姓名", "人员", "帮扶人员", "帮扶单位", "责任人或单位", "项目负责人", "责任人姓名"]),
    ("number", &["人次", "次数"]),
    ("people", &["队伍人数", "人员数"]),
    ("project_code", &["项目编码", "项目代码"]),
    ("project_name", &["项目", "工程名称", "项目全称"]),
    ("category", &["项目类别", "项目分类", "项目种类"]),
    ("location", &["实施地点", "项目地点", "建设地址", "项目实施地点", "建设地点（镇村）"]),
    ("content", &["建设内容及规模", "建设内容与规模", "主要建设内容", "项目内容", "建设规模及内容"]),
    ("investment", &["总投资", "项目总投资", "投资额", "计划投资", "投资总额"]),
    ("aim", &["任务目标", "工作目标", "目标任务"]),
    ("agency", &["牵头单位", "责任部门"]),
    ("period", &["建设期限", "建设起止时间", "实施期限", "项目起止时间"]),
    ("deadline", &["完成期限", "计划完成时间", "截止时间", "办结时限"]),
    ("entered", &["入库日期"]),
    ("filed", &["备案日期", "备案时间", "方案备案时间"]),
    ("status", &["进展情况", "完成进度", "工作进展", "形象进度"]),
    ("completed", &["实际完成时间", "实际完成日期", "竣工日期", "完工日期"]),
    ("priority", &["优先次序", "优先顺序"]),
];

/// What offices number and remark in any table, and nothing is computed from.
pub(crate) const REMARKS: [&str; 15] = [
    "序号",
    "备注",
    "说明",
    "认定文号",
    "联系人",
    "联系电话",
    "负责人",
    "填报人",
    "电话",
    "No",
    "No.",
    "Note",
    "Notes",
    "Document of designation",
    "Remarks",
];

/// The other titles of a key.
pub(crate) fn synonyms(key: &str) -> &'static [&'static str] {
    SYNONYMS.iter().find(|(known, _)| *known == key).map_or(&[], |(_, titles)| titles)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_on_sheets_lists_every_title() {
        let (page, chinese) = (include_str!("../../docs/sheets.md"), include_str!("../../docs/sheets.zh-CN.md"));
        let row = |key: &str, titles: &[&str]| format!("| `{key}` | {} |", titles.join(", "));
        for (key, titles) in SYNONYMS {
            for page in [page, chinese] {
                assert!(page.lines().any(|line| line == row(key, titles)), "{key}");
            }
        }
        let (last, others) = REMARKS.split_last().unwrap();
        assert!(chinese.contains(&format!("- {} 和 {last} 跳过而不警告", others.join("、"))));
        assert!(page.contains(&format!("- {} and {last} are passed over", others.join(", "))));
    }
}
