//! A national register of projects beside what is due.

#![expect(clippy::indexing_slicing, reason = "a benchmark that fails stops")]

use std::fmt::Write as _;

use fundlayers::{Allocation, Grouping, Policy, ProjectGrouping, ProjectOptions, ProjectsBuilder, Roster};

use crate::{Random, best};

/// A register: projects of places, years and layers in no order, a tenth of them of several rows.
fn register(projects: u64, recipients: u64) -> String {
    let mut text = String::from(
        "项目编号,项目名称,项目类型,编码,年度,安排层级,资金（万元）,资金来源,绩效目标,任务,责任单位,责任人,完成时限,方案备案日期,完成情况,优先级\n",
    );
    let mut random = Random(17);
    for _ in 0..projects {
        let (code, id, year) = (random.below(projects * 9 / 10), random.below(recipients), 2023 + random.below(3));
        let layer = ["中央和省级", "city", "county", ""][usize::try_from(random.below(4)).expect("small")];
        let category = ["产业发展", "基础设施", "公共服务", "培训"][usize::try_from(random.below(4)).expect("small")];
        let layer = if layer == "中央和省级" { "central_provincial" } else { layer };
        let (whole, part, month, agency) =
            (random.below(300), random.below(100), 1 + random.below(12), random.below(900));
        let (person, status) =
            (random.below(3), ["在建", "已完成", ""][usize::try_from(random.below(3)).expect("small")]);
        let person = if person == 0 { "" } else { "张某" };
        writeln!(
            text,
            "P{code:07},第{code}号项目,{category},{id:09},{year},{layer},{whole}.{part:02},市级衔接资金,建成{part}处,按期完成,第{agency}局,{person},{year}年{month}月底前,{year}-02-{:02},{status},{}",
            1 + part % 28,
            1 + part % 3
        )
        .expect("memory");
    }
    text
}

/// Reads a register of as many rows as there are recipients and sets it beside what is due.
pub(crate) fn measure(policy: &Policy, roster: &Roster) {
    let recipients = u64::try_from(roster.len()).expect("fits");
    let text = register(recipients, recipients);
    println!("\n{recipients} rows of projects against {recipients} recipients × 3 years × 3 layers");
    let (allocation, _) = Allocation::new(policy, roster).expect("an allocation");
    let read = || {
        fundlayers_formats::csv::read_rows(&text, &fundlayers::sheet::SheetOptions::default(), ProjectsBuilder::new)
            .expect("a register")
            .0
    };
    let (reading, projects) = best(read);
    let rate = text.len() as f64 / reading.as_secs_f64() / 1e6;
    println!("{:<58} {:>9.2} ms  {rate:>8.1} MB/s", "read the register as CSV", reading.as_secs_f64() * 1e3);
    let by = [Grouping::County, Grouping::Year].map(ProjectGrouping::By);
    let by: Vec<ProjectGrouping> = by.into_iter().chain([ProjectGrouping::Category]).collect();
    let options = ProjectOptions { as_of: "2024-06-30".parse().ok() };
    let (time, planning) = best(|| allocation.projects(&projects, &options).expect("a planning").0);
    println!("{:<58} {:>9.2} ms", "set it beside what is due", time.as_secs_f64() * 1e3);
    let (time, totals) = best(|| planning.totals(&by, false).expect("totals"));
    println!("{:<58} {:>9.2} ms", "totals by county, year and category", time.as_secs_f64() * 1e3);
    let (whole, planned) = best(|| {
        let (planning, _) = allocation.projects(&read(), &options).expect("a planning");
        let lacking = planning.places().filter(|place| place.lacking().next().is_some()).count();
        assert!(lacking > 0, "lists lack something");
        planning.lines(false).map(|line| i128::from(line.planned().fen())).sum::<i128>()
    });
    println!("{:<58} {:>9.2} ms  (aim 2000)", "all of it: read, every line, every list", whole.as_secs_f64() * 1e3);
    assert_eq!(planned, totals.iter().map(|row| i128::from(row.planned().fen())).sum(), "lines and totals agree");
}
