//! Reconciling a national ledger, beside the same job in polars.

#![expect(clippy::indexing_slicing, reason = "a benchmark that fails stops")]

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use fundlayers::{Allocation, Grouping, Policy, ReceiptsBuilder, ReconcileOptions, Roster, TopUp};

use crate::{Random, best};

/// A long ledger: recipients, years, layers and events in no order, some taken back.
fn ledger(receipts: u64, recipients: u64) -> String {
    let mut text = String::from("id,year,layer,event,amount,unit,date,document,source\n");
    let mut random = Random(11);
    for _ in 0..receipts {
        let (id, year) = (random.below(recipients), 2023 + random.below(3));
        let layer = ["central_provincial", "city", "county"][usize::try_from(random.below(3)).expect("small")];
        let event = ["issued", "received", "received", "spent"][usize::try_from(random.below(4)).expect("small")];
        let sign = if random.below(50) == 0 { "-" } else { "" };
        let (whole, part) = (1 + random.below(300), random.below(100));
        let (month, day, document) = (1 + random.below(12), 1 + random.below(28), random.below(400));
        writeln!(
            text,
            "{id:09},{year},{layer},{event},{sign}{whole}.{part:02},万元,{year}-{month:02}-{day:02},某财农〔{year}〕{document}号,市级衔接资金"
        )
        .expect("memory");
    }
    text
}

/// Reads a ledger of as many receipts as there are recipients and puts it beside what was due.
pub(crate) fn measure(policy: &Policy, roster: &Roster, roster_csv: &str) {
    let recipients = u64::try_from(roster.len()).expect("fits");
    let text = ledger(recipients, recipients);
    println!("\n{recipients} receipts against {recipients} recipients × 3 years × 3 layers");
    let (allocation, _) = Allocation::new(policy, roster).expect("an allocation");
    let read = || {
        fundlayers_formats::csv::read_rows(&text, &fundlayers::sheet::SheetOptions::default(), ReceiptsBuilder::new)
            .expect("a ledger")
            .0
    };
    let (reading, receipts) = best(read);
    let rate = text.len() as f64 / reading.as_secs_f64() / 1e6;
    println!("{:<58} {:>9.2} ms  {rate:>8.1} MB/s", "read the ledger as CSV", reading.as_secs_f64() * 1e3);
    let by = [Grouping::County, Grouping::Layer, Grouping::Year];
    let options = ReconcileOptions::default();
    let (time, (reconciliation, totals)) = best(|| {
        let (reconciliation, _) = allocation.reconcile(&receipts, &options).expect("a reconciliation");
        let totals = reconciliation.totals(&by, false).expect("totals");
        (reconciliation, totals)
    });
    println!("{:<58} {:>9.2} ms", "reconcile it, totals by county, layer and year", time.as_secs_f64() * 1e3);
    let (whole, (lines, gaps)) = best(|| {
        let (reconciliation, _) = allocation.reconcile(&read(), &options).expect("a reconciliation");
        let totals = reconciliation.totals(&by, false).expect("totals");
        let (mut lines, mut gaps) = (0_u64, 0_i128);
        for line in reconciliation.lines(false) {
            lines += 1;
            gaps += i128::from(line.gap().fen());
        }
        assert!(!totals.is_empty(), "there are totals");
        (lines, gaps)
    });
    println!("{:<58} {:>9.2} ms  (aim 2000)", "all of it: read, every line, totals", whole.as_secs_f64() * 1e3);
    assert_eq!(gaps, totals.iter().map(|row| i128::from(row.gap().fen())).sum(), "lines and totals agree");
    drop(reconciliation);
    let received = ReconcileOptions { top_up: TopUp::Received(vec![2023, 2024, 2025]), as_of: None };
    let (time, _) = best(|| allocation.reconcile(&receipts, &received).expect("a reconciliation"));
    println!("{:<58} {:>9.2} ms", "reconcile it, top-ups counting what arrived", time.as_secs_f64() * 1e3);
    beside_polars(&text, roster_csv, whole, (lines, gaps));
}

/// Runs the same job in polars and checks that it comes to the same.
fn beside_polars(ledger: &str, roster: &str, own: Duration, (lines, gaps): (u64, i128)) {
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let folder = std::env::temp_dir().join(format!("fundlayers-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let (ledger_file, roster_file) = (folder.join("ledger.csv"), folder.join("roster.csv"));
    std::fs::write(&ledger_file, ledger).expect("a file");
    std::fs::write(&roster_file, roster).expect("a file");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("python/reconcile.py");
    let output = Command::new(&python).arg(script).arg(&roster_file).arg(&ledger_file).output();
    std::fs::remove_dir_all(&folder).expect("the folder");
    let Some(output) = output.ok().filter(|output| output.status.success()) else {
        println!("(polars is not there; name a Python that has it in PYTHON)");
        return;
    };
    let answer = String::from_utf8_lossy(&output.stdout);
    let mut words = answer.split_whitespace();
    let mut next = || words.next().expect("seconds, lines and gaps");
    let seconds: f64 = next().parse().expect("seconds");
    assert_eq!(next().parse::<u64>().expect("lines"), lines, "as many lines in polars");
    assert_eq!(next().parse::<i128>().expect("gaps"), gaps, "the same gaps in polars");
    let ratio = seconds / own.as_secs_f64();
    println!("{:<58} {:>9.2} ms  {ratio:>8.1} times as long", "the same in polars, one thread", seconds * 1e3);
}
