//! The register of projects, and what it comes to beside an allocation.

use crate::ground::message::Phrase;

phrases! {
    PLACE_COLUMN = "应有确定镇村的列：`id`（编码）、`division_code`（区划代码）、`name`（名称）、`village`（村）、`township`（乡镇）或 `location`（建设地点）",
        "a column that tells the place: `id` (编码), `division_code` (区划代码), `name` (名称), `village` (村), `township` (乡镇) or `location` (建设地点)";
    PROJECT_COLUMN = "应有以 `project_name`（项目名称）、`project_code`（项目编号）、`task`（任务）或 `aim`（绩效目标）为表头的列",
        "a column headed `project_name` (项目名称), `project_code` (项目编号), `task` (任务) or `aim` (绩效目标)";
    NO_DAY = "不是某一天", "is not a day";
    A_DAY = "请填写日期，如 `2024-06-30`", "a day such as `2024-06-30`";
    DEADLINES = "请填写日期、月份或年度，如 2024-06-30、2024年6月、2024年底，起止如 2024年3月—11月；没有期限的填写 长期",
        "a day, a month or a year, such as 2024-06-30, 2024年6月, 2024年底, of a span 2024年3月—11月; 长期 where there is none";
    AMOUNT_FROM_ZERO = "请填写不小于 0 的金额；收回的资金记入台账", "an amount from 0; what was taken back belongs into the ledger";
    SAME_PROJECT = "数据第 {0} 行已登记同一项目、年度、层级和任务", "row {0} has the same project, year, layer and task";
    ONE_ROW_A_PROJECT = "每个项目在每一年度、层级一行", "one row for each project in a year and layer";
    NO_CATEGORY = "没有在 `[projects.categories]` 中声明；按所写类型统计", "is not declared in `[projects.categories]`; it is a category of its own";
    NO_PLACE = "名单中没有这个单位，该项目单独列出，不计入", "no place of the roster is this one; the project is listed and not counted";
    UNMATCHED_TOO_LARGE = "不匹配的项目资金合计超出 2^63 − 1 分", "the projects that match nothing sum to more than 2^63 − 1 fen";
    PROJECTS_TOO_LARGE = "{0}的项目资金合计超出 2^63 − 1 分", "the projects of {0} sum to more than 2^63 − 1 fen";
    ABOVE_DUE = "{0}：项目资金 {1} 多于应安排 {2} {3}", "{0}: {1} is planned, more than the {2} {3} that is due";
    ABOVE_DUE_IN_MANY = "{0} 处项目资金多于应安排，其中{1}：项目资金 {2}，应安排 {3} {4}",
        "in {0} places more is planned than due, such as {1}: planned {2}, due {3} {4}";
    CHECK_PLANNED = "请核对项目资金、年度和安排层级", "check the amount, the year and the layer of the projects";
    NO_LIST = "没有这种列表", "is not a listing of projects";
    LISTS_ARE = "可用：{0}", "listings are {0}";
    NOT_GROUPED = "`{0}` 不按此汇总", "`{0}` is not grouped by this";
    GROUPED_LISTS = "`by` 用于 `amounts`，以及不按项目类型的 `shares`", "`by` goes with `amounts`, and with `shares` where it does not name the category";

    // Under tables for people.
    DIFFERENCE_IS = "差额为项目资金减应安排：正数为超出，负数为尚无项目的资金。投资规模另列的，按资金计。",
        "The difference is planned less due: above 0 more than is due, below 0 what no project uses yet. Where funds and investment differ, funds count.";
    AS_OF = "逾期按截至 {0} 计算：完成时限早于该日且当时尚未完成。", "Overdue as of {0}: the deadline lies before that day, and the project was not completed then.";
    WITHOUT_PROJECT = "{0} 个镇村年度没有项目。", "{0} places (in a year) have no project.";
    UNMATCHED = "{0} 行项目与名单、年度或层级不匹配，资金 {1} {2}，另行列出。",
        "{0} rows match no place, year or layer: {1} {2}, listed apart.";
    LACKS = "缺", "none";
    NOT_FILED = "未备案", "not filed";
    LISTS_LACKING = "{0} 个镇村年度中，{1} 个清单要素不全，{2} 个方案未备案。", "Of {0} places (in a year), the lists of {1} lack something, and the plans of {2} are not filed.";
    SHARE_IS = "占比为该类型项目资金÷全部项目资金，含界限；比值精确比较，百分数四舍五入。",
        "A share is what is planned in the category of what is planned in all, bounds included; compared exactly, shown rounded half-up.";
    DUE_HAS_NO_CATEGORY = "应安排金额不分项目类型。", "What is due is not divided into categories.";
    LIST_OF_PLACE = "每处一页（一镇一策、一村一方案）；七项为目标、任务、项目、资金、责任单位、责任人、完成时限（五(二)）。",
        "A sheet a place (一镇一策, 一村一方案); the seven are aim, task, project, funds, responsible agency, person and deadline (五(二)).";
}
