//! Hostile policies and rosters end in a result or in listed errors, in bounded time and memory.
//!
//! `cargo xtask hostile` runs 100,000 cases and big inputs of 100 MB.
#![expect(clippy::panic, clippy::print_stdout, reason = "a test that says what it measured")]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use conformance::hostile::big::{POLICIES, ROSTERS};
use fundlayers::sheet::SheetOptions;
use fundlayers::{Amount, Code, Goal, Problem};
use fundlayers_formats::{Format, read_policy, read_roster};

use conformance::hostile::{End, Input, Random, input, mutated, questions, run, seeds, workbooks};

fn variable(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name}: not a number")))
}

/// The most memory that this process has had, in bytes; none where the system does not say.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

#[test]
fn every_mutated_input_ends_in_a_result_or_in_listed_errors() {
    let (from, count) = (variable("FUNDLAYERS_HOSTILE_FROM", 1), variable("FUNDLAYERS_HOSTILE_COUNT", 1_500));
    let seeds = seeds().unwrap();
    let good = seeds.iter().filter(|seed| seed.policies.len() == 2).count();
    assert!(good > 150, "only {good} seeds have their policy in both formats");
    let (mut ends, mut failures, mut slowest, mut largest) = ([0_u64; 5], Vec::new(), (Duration::ZERO, 0), 0);
    for number in from..from + count {
        let input = input(&seeds, number);
        largest = largest.max(input.policy.len() + input.roster.len());
        let start = Instant::now();
        match catch_unwind(AssertUnwindSafe(|| run(&input))) {
            Ok(Ok(end)) => ends[end as usize] += 1,
            Ok(Err(message)) => failures.push(format!("case {number}: {message}")),
            Err(_) => failures.push(format!("case {number} panics")),
        }
        slowest = slowest.max((start.elapsed(), number));
    }
    let megabytes = |bytes: u64| bytes / 1_000_000;
    println!(
        "{count} cases: {} results; errors in {} policies, {} rosters, {} allocations, {} totals",
        ends[End::Result as usize],
        ends[End::Policy as usize],
        ends[End::Roster as usize],
        ends[End::Allocation as usize],
        ends[End::Totals as usize]
    );
    println!(
        "slowest: case {} in {:?}; largest input {largest} bytes; most memory {:?} MB",
        slowest.1,
        slowest.0,
        peak().map(megabytes)
    );
    assert!(failures.is_empty(), "{} cases fail:\n{}", failures.len(), failures.join("\n"));
    assert!(slowest.0 < Duration::from_secs(20), "case {} takes {:?}", slowest.1, slowest.0);
    // Every kind of end must be met, or the mutations are too wild or too tame.
    let met = |end: End| ends[end as usize] > 0;
    let all = [End::Policy, End::Roster, End::Allocation, End::Result].into_iter().all(met);
    assert!(count < 1_000 || all, "{ends:?}");
}

/// What is beyond the limits of `docs/decisions.md` is said so, and what is just within them is read.
#[test]
fn limits_are_where_the_documents_say() {
    let list = |count: usize, part: &dyn Fn(usize) -> String| (0..count).map(part).collect::<String>();
    let head = "id='p'\ntitle.zh='p'\nunit='元'\nyears=[2001,2010]\n";
    let layers = |count| list(count, &|at| format!("[[layers]]\nid='l{at}'\npayer='county'\n"));
    let classes = |count| list(count, &|at| format!("[[classes]]\nid='c{at}'\nwhere.county='{at}'\nfunding={{}}\n"));
    let words = |table: &str, count| format!("[{table}]\n{}", list(count, &|at| format!("w{at}={{type='number'}}\n")));
    let names = |table: &str, count| format!("[{table}]\n{}", list(count, &|at| format!("w{at}={{}}\n")));
    let pools = |count| list(count, &|at| format!("[[pools]]\nid='p{at}'\namount=1\nweights.equal=1\n"));
    let rule = |of: &str| format!("{}[[classes]]\nid='c'\nfunding.l0=[{of}]\n", layers(1));
    let ratios = |count| list(count, &|at| format!("{{rate='1/{}',of=1}},", (1_u128 << 89) + 2 * at as u128 + 1));
    for (policy, code) in [
        (layers(100), None),
        (layers(101), Some(Code::TooLarge)),
        (classes(10_000), None),
        (classes(10_001), Some(Code::TooLarge)),
        (layers(50) + &classes(1_000), None),
        (layers(50) + &classes(1_001), Some(Code::TooLarge)),
        (words("attributes", 1_000), None),
        (words("attributes", 1_001), Some(Code::TooLarge)),
        (names("kinds", 1_000), None),
        (names("kinds", 1_001), Some(Code::TooLarge)),
        (pools(1_000), None),
        (pools(1_001), Some(Code::TooLarge)),
        // The rule, its list and 998 numbers.
        (rule(&"1,".repeat(998)), None),
        (rule(&"1,".repeat(999)), Some(Code::TooLarge)),
        (rule(&ratios(3)), None),
        (rule(&ratios(40)), Some(Code::NumberOutOfRange)),
    ] {
        let read = read_policy(format!("{head}{policy}").as_bytes(), Format::Toml);
        let found = read.err().and_then(|problems| problems.iter().next().map(Problem::code));
        assert_eq!(found, code, "{}", policy.chars().take(200).collect::<String>());
    }
    let (policy, _) = read_policy(format!("{head}{}", classes(1)).as_bytes(), Format::Toml).unwrap();
    let commas = |count: usize| format!("name,county{}\nn,0\n", ",".repeat(count - 2));
    let cell = |length: usize| format!("name,county\n{},0\n", "村".repeat(length));
    let keys = |count| format!("[{{\"name\":\"n\",\"county\":\"0\"{}}}]", list(count, &|at| format!(",\"{at}\":1")));
    for (roster, format, code) in [
        (commas(16_384), Format::Csv, None),
        (commas(16_385), Format::Csv, Some(Code::TooLarge)),
        (cell(32_767), Format::Csv, None),
        (cell(32_768), Format::Csv, Some(Code::TooLarge)),
        (keys(16_382), Format::Json, None),
        (keys(16_383), Format::Json, Some(Code::TooLarge)),
        (format!("[{{\"name\":\"{}\",\"county\":\"0\"}}]", "a".repeat(32_768)), Format::Json, Some(Code::TooLarge)),
    ] {
        let found = read_roster(roster.as_bytes(), format, &policy).err();
        let found = found.and_then(|problems| problems.iter().next().map(Problem::code));
        assert_eq!(found, code, "{}", roster.chars().take(60).collect::<String>());
    }
}

/// So many bytes a big roster has here; `cargo xtask hostile` takes 100 MB.
const ROSTER: u64 = if cfg!(debug_assertions) { 100_000 } else { 20_000_000 };
/// So many bytes a big policy has: as many as it may, unless that takes a test too long.
const POLICY: usize = if cfg!(debug_assertions) { 1 << 16 } else { 1 << 20 };

/// A big input takes less time than this.
const LONGEST: Duration = Duration::from_mins(2);

/// Peak memory cannot be measured again, so that every big input is read in a process of its own.
#[test]
fn big_inputs_take_memory_in_proportion() {
    if peak().is_none() {
        println!("skipped: the system does not say how much memory was used");
        return;
    }
    let size = variable("FUNDLAYERS_HOSTILE_BYTES", ROSTER);
    let only = std::env::var("FUNDLAYERS_HOSTILE_ONLY").unwrap_or_default();
    let names = ROSTERS.iter().chain(POLICIES).map(|(name, _)| *name).filter(|name| name.contains(&only));
    let mut failures = Vec::new();
    for name in names {
        let start = Instant::now();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "one_big_input", "--ignored", "--nocapture"])
            .env("FUNDLAYERS_HOSTILE_BIG", name)
            .env("FUNDLAYERS_HOSTILE_BYTES", size.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        while child.try_wait().unwrap().is_none() {
            if start.elapsed() > LONGEST {
                child.kill().unwrap();
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let line = said.lines().find(|line| line.starts_with("big:"));
        println!(
            "{}",
            line.map_or_else(|| format!("big: {name}: no answer in {:.1?}", start.elapsed()), str::to_owned)
        );
        if !output.status.success() {
            failures.push(format!("{name}: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr)));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
#[ignore = "run by `big_inputs_take_memory_in_proportion`, in a process of its own"]
fn one_big_input() {
    let name = std::env::var("FUNDLAYERS_HOSTILE_BIG").unwrap();
    let size = variable("FUNDLAYERS_HOSTILE_BYTES", ROSTER);
    let named = |known: &&(&str, fn(usize) -> Input)| known.0 == name;
    let roster = ROSTERS.iter().find(named).map(|(_, make)| make(usize::try_from(size).unwrap()));
    let input = roster.or_else(|| POLICIES.iter().find(named).map(|(_, make)| make(POLICY))).unwrap();
    let bytes = u64::try_from(input.policy.len() + input.roster.len()).unwrap();
    let before = peak().unwrap();
    let start = Instant::now();
    let end = run(&input).unwrap();
    let took = start.elapsed();
    let peak = peak().unwrap();
    println!(
        "big: {name}: {bytes} bytes, {end:?}, {took:.1?}, {} MB before, {} MB at most",
        before / 1_000_000,
        peak / 1_000_000
    );
    assert!(peak <= 4 * bytes + 200_000_000, "{name}: {bytes} bytes take {peak} bytes of memory");
}

#[test]
fn tables_of_questions_end_in_an_answer_or_in_listed_errors() {
    let (policy, roster, allocation) = questions::plan().unwrap_or_else(|error| panic!("{error}"));
    let seeds = seeds().unwrap_or_else(|error| panic!("{error}"));
    let count = variable("FUNDLAYERS_HOSTILE_COUNT", 2_000) / 20;
    let first = variable("FUNDLAYERS_HOSTILE_FROM", 0);
    for number in first..first.saturating_add(count) {
        let mut random = Random::new(number);
        let mut table = |good: &str| {
            if random.one_in(2) {
                return workbooks::damaged(good, &seeds, &mut random);
            }
            (mutated(good.as_bytes().to_vec(), &seeds, &mut random), Format::Csv, SheetOptions::default())
        };
        let [limits, ledger, changes] = questions::TABLES.map(|(_, _, text)| table(text));
        let goal = Goal {
            path: String::from_utf8_lossy(&mutated(b"classes.municipal-town.standard".to_vec(), &seeds, &mut random))
                .into_owned(),
            layer: "county".to_owned(),
            payer: None,
            year: 2024,
            limit: Amount::from_fen(i64::try_from(number).unwrap_or(i64::MAX).saturating_mul(1_000_000_007)),
            step: None,
        };
        let done = questions::fund(&allocation, &limits.0, limits.1, &limits.2)
            .and_then(|()| questions::reconcile(&allocation, &ledger.0, ledger.1, &ledger.2))
            .and_then(|()| questions::scenarios(&policy, &roster, &changes.0, changes.1, &changes.2))
            .and_then(|()| questions::solve(&policy, &roster, &goal));
        if let Err(error) = done {
            panic!("case {number}: {error}");
        }
    }
}

/// One sheet is one roster, in whichever format it comes.
#[test]
fn a_sheet_reads_the_same_in_every_format() {
    let count = usize::try_from(variable("FUNDLAYERS_HOSTILE_COUNT", 2_000)).unwrap();
    let seeds = seeds().unwrap();
    let (mut failures, mut read) = (Vec::new(), 0);
    for number in 0..count / 4 {
        let mut random = Random::new(u64::try_from(number).unwrap());
        let seed = random.pick(&seeds);
        let (policy, format) = random.pick(&seed.policies);
        let Ok((policy, _)) = read_policy(policy, *format) else { continue };
        let Some((roster, _)) = seed.rosters.iter().find(|(_, format)| *format == Format::Csv) else { continue };
        read += 1;
        let roster = std::str::from_utf8(roster).unwrap();
        if let Err(error) = workbooks::alike(&policy, roster, &mut random) {
            failures.push(format!("case {number}: {error}"));
        }
    }
    assert!(read > count / 10, "only {read} tables were read");
    assert!(failures.is_empty(), "{} cases differ:\n{}", failures.len(), failures.join("\n"));
}
