//! Hostile policies and rosters end in a result or in listed errors, in bounded time and memory.
//!
//! `cargo xtask hostile` runs 100,000 cases and big inputs of 100 MB.
#![expect(clippy::panic, clippy::print_stdout, reason = "a test that says what it measured")]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use conformance::hostile::big::{POLICIES, ROSTERS};
use conformance::hostile::{End, Input, input, run, seeds};

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
