//! Duties of a national roster, and a national register of assignments beside them.
#![expect(clippy::indexing_slicing, reason = "a benchmark that fails stops")]

use std::fmt::Write as _;

use fundlayers::sheet::SheetOptions;
use fundlayers::{Allocation, AssignmentsBuilder, Duties, Grouping, Policy, Roster};

use crate::{Random, best};

/// Twenty duties, of each kind that there is, over the classes of the reference policy.
fn with_duties(policy: &Policy) -> Policy {
    let mut document = serde_json::to_value(policy).expect("a policy");
    let duties: Vec<serde_json::Value> = (0..20)
        .map(|number| {
            let every = ["year", "half-year", "year", "once"][number % 4];
            serde_json::json!({ "id": format!("duty{number}"), "payer": "county", "number": 1 + number % 3, "every": every,
                                "members": [3, 5] })
        })
        .collect();
    document.as_object_mut().expect("a table").insert("duties".into(), duties.into());
    serde_json::from_value(document).expect("a policy with duties")
}

/// As many assignments as there are recipients, in no order.
fn register(recipients: u64) -> String {
    let mut text = String::from("id,year,half,duty,person,number,people,date\n");
    let mut random = Random(17);
    for _ in 0..recipients {
        let (id, year, duty) = (random.below(recipients), 2023 + random.below(3), random.below(20));
        let (person, people, month) = (random.below(recipients), 2 + random.below(5), 1 + random.below(12));
        writeln!(text, "{id:09},{year},{},duty{duty},人{person},1,{people},{year}-{month:02}-01", 1 + month / 7)
            .expect("memory");
    }
    text
}

/// Counts twenty duties over a roster, and sets a register of as many rows beside them.
pub(crate) fn measure(policy: &Policy, roster: &Roster) {
    let recipients = u64::try_from(roster.len()).expect("fits");
    let policy = with_duties(policy);
    let (allocation, _) = Allocation::new(&policy, roster).expect("an allocation");
    println!("\n20 duties of {recipients} recipients × 3 years");
    let by = [Grouping::County, Grouping::Year];
    let (counted, totals) = best(|| Duties::new(&allocation).and_then(|duties| duties.totals(&by)).expect("totals"));
    let aim = "aim: under 1,000 ms";
    println!("{:<58} {:>9.2} ms  {aim}", "count them, totals by county and year", counted.as_secs_f64() * 1e3);
    let text = register(recipients);
    let read = || {
        fundlayers_formats::csv::read_rows(&text, &SheetOptions::default(), AssignmentsBuilder::new)
            .expect("a register")
            .0
    };
    let (time, (_, beside)) = best(|| {
        let (duties, _) = Duties::with_assignments(&allocation, &read()).expect("duties");
        let coverage = duties.coverage(&by).expect("coverage");
        (coverage, duties.totals(&by).expect("totals"))
    });
    assert_eq!(totals.len(), beside.len());
    let aim = "aim: under 2,000 ms";
    println!("{:<58} {:>9.2} ms  {aim}", "read a register of as many rows and set it beside", time.as_secs_f64() * 1e3);
}
