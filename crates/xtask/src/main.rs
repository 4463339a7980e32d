//! Tasks of this repository. `cargo xtask ci` runs every check and installs what it lacks where it can.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "tasks talk to people")]

mod fuzz;
mod js;
mod msrv;
mod python;
mod tools;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode};
use std::time::Instant;

const HELP: &str = "cargo xtask TASK

  ci             every check: format, lints, tests, documentation, feature sets, WebAssembly, the exact-fraction model
                 (and the checks below but for mutants; deny only where cargo-deny is installed already)
  generate       the policy schema, its TypeScript types and the tables of its keys, from the registry of keys;
                 `--check` writes nothing and fails if they differ
  typos          spelling, by typos.toml; arguments go to typos, such as --write-changes
  deny           licences, duplicates and sources of the dependencies, by deny.toml; installs cargo-deny (minutes)
  semver         the libraries' interfaces against the last release tag; installs cargo-semver-checks once there is one
  msrv           the libraries and the command line with the lowest versions of dependencies that the manifests allow, and
                 whether the Rust that runs is the one they promise
  mutants        whether the tests notice changed code of the core, by .cargo/mutants.toml; installs cargo-mutants (minutes);
                 arguments go to it, such as `--shard 0/8`, `--list`, `--file crates/fundlayers/src/engine/pool.rs`
  fuzz-check     that the fuzz targets compile, without running them
  differential   the command line against the exact-fraction model; arguments go to tests/oracle/differential.py
  live           random policies as workbooks in another formula engine, optimised: `--count 5000` (`--from 7` begins with
                 the 7th), and the plan's file in LibreOffice where that is installed
  hostile        mutated policies and rosters, optimised: `--count 100000` cases (`--from 7` begins with the 7th),
                 and inputs of `--bytes 100000000` whose memory is measured
  fuzz           each target of tests/fuzz for `--seconds 60`, from the vectors; needs a C++ compiler, so `ci` leaves it out
  wasm           the npm package: build the module, make it small, pack it into target/npm
  python         build the Python package and test it; arguments are what pytest is to run
  spark          totals, rows and a pool in Spark beside Spark SQL and one machine, on `--rows 10000000`: the same to the last
                 digit, and how long each takes
  python-docs    its reference, into target/python-docs
  wheel          its wheel, into target/wheels
  js             test the packed package in Node, through a bundler and in Chromium, and the calculator;
                 arguments are files of tests in bindings/wasm/test
  calculator     build the calculator and serve it; arguments go to `vite preview`, such as --port 8000
";

/// Random cases that `ci` compares with the exact-fraction model.
const CASES: &str = "3000";

/// Builds without what a second build would start from.
const ONCE: (&str, &str) = ("CARGO_INCREMENTAL", "0");

type Outcome = Result<(), String>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (task, rest) = match arguments.split_first() {
        Some((task, rest)) => (task.as_str(), rest),
        None => ("", [].as_slice()),
    };
    let outcome = match task {
        "ci" => ci(),
        "ci-python" => python::test(&[]),
        "ci-spark" => python::test_spark(),
        "ci-model" => model().and(compiles()),
        "generate" => generate(rest),
        "differential" => differential(rest),
        "live" => live(rest),
        "hostile" => hostile(rest),
        "fuzz" => fuzz::fuzz(rest),
        "fuzz-check" => fuzz::check(),
        "typos" => tools::typos(rest),
        "deny" => tools::deny(),
        "semver" => tools::semver(),
        "msrv" => msrv::check(),
        "mutants" => tools::mutants(rest),
        "wasm" => js::wasm(),
        "js" => js::test(rest),
        "python" => python_interpreter().and_then(|()| python::test(rest)),
        "spark" => python_interpreter().and_then(|()| python::spark(rest)),
        "python-docs" => python_interpreter().and_then(|()| python::docs()),
        "wheel" => python_interpreter().and_then(|()| python::wheel()),
        "calculator" => js::calculator(rest),
        _ => {
            print!("{HELP}");
            return if matches!(task, "" | "help" | "--help") { ExitCode::SUCCESS } else { ExitCode::from(2) };
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("\n{message}");
            ExitCode::FAILURE
        }
    }
}

/// The root of the repository.
fn root() -> PathBuf {
    let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    crate_folder.ancestors().nth(2).unwrap_or(crate_folder).to_owned()
}

fn run(program: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Outcome {
    started(Command::new(program).args(arguments).envs(variables.iter().copied()).current_dir(root()))
}

/// Runs a program in a folder.
fn run_in(folder: &Path, program: &str, arguments: &[&str]) -> Outcome {
    started(Command::new(program).args(arguments).current_dir(folder))
}

fn started(command: &mut Command) -> Outcome {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let line = words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ");
    println!("\n\u{25b6} {line}");
    let start = Instant::now();
    let status = command.status().map_err(|error| format!("{line}: {error}"))?;
    println!("\u{25c0} {} s", start.elapsed().as_secs());
    if status.success() { Ok(()) } else { Err(format!("failed: {line}")) }
}

fn cargo(arguments: &[&str]) -> Outcome {
    run("cargo", arguments, &[])
}

/// One choice of packages and features for all that is built of the workspace, so that each crate is compiled once. The two bindings
/// have no tests in Rust, and are built as they are shipped.
const WORKSPACE: [&str; 7] = [
    "--workspace",
    "--exclude",
    "fundlayers-python",
    "--exclude",
    "fundlayers-wasm",
    "--features",
    "xtask/generate,fundlayers-cli/parquet",
];

/// Every feature of the workspace, for what only checks.
const EVERY_FEATURE: &str = "xtask/generate,xtask/glue,fundlayers-cli/parquet";

/// The command line that tests compare with, so that none builds another, of fewer features.
const COMMAND_LINE: &str = "FUNDLAYERS_COMMAND_LINE";

/// The command line that is built with the workspace.
fn command_line() -> String {
    target_folder().join("debug/fundlayers").display().to_string()
}

/// What is built to run long: optimised, but without what takes minutes to link, and with the checks of debug builds.
const QUICK: [&str; 8] = ["--profile", "quick", "-p", "fundlayers-cli", "-p", "benches", "-p", "conformance"];

/// Features of the formats, each of which is to compile by itself.
const FEATURES: [&str; 17] = [
    "",
    "toml",
    "json",
    "csv",
    "markdown",
    "html",
    "terminal",
    "arrow",
    "output",
    "encodings",
    "xlsx",
    "xls",
    "ods",
    "write-xlsx",
    "live-workbook",
    "unpacked",
    "parquet",
];

fn ci() -> Outcome {
    // All is built once here: what makes a second build quick would be written in vain.
    let once = |arguments: &[&str]| run("cargo", arguments, &[ONCE]);
    python_interpreter()?;
    let fmt = cargo(&["fmt", "--all", "--check"]);
    tools::typos(&[])?;
    tools::deny_if_installed()?;
    tools::semver()?;
    // The modules for browsers take one core for longest. Packages are installed one after the other.
    js::node()?;
    js::install()?;
    js::toolchain()?;
    let modules = Aside::start("wasm")?;
    // What is installed for Python comes while this compiles.
    let packages = std::thread::spawn(python::environment);
    once(&["clippy", "--workspace", "--all-targets", "--features", EVERY_FEATURE, "--", "-D", "warnings"])?;
    let doc = ["doc", "--workspace", "--no-deps", "--features", EVERY_FEATURE];
    run("cargo", &doc, &[("RUSTDOCFLAGS", "-D warnings"), ONCE])?;
    packages.join().map_err(|_| "installing packages ended early".to_owned())??;
    tools::office()?;
    tools::java()?;
    js::chromium()?;
    once(&[&["build", "--all-targets"], &WORKSPACE[..]].concat())?;
    run(&target_folder().join("debug/generate").display().to_string(), &["--check"], &[])?;
    // What takes one core for long, or waits, goes on beside the rest.
    let asides = ["ci-python", "ci-model"].map(Aside::start);
    let built = command_line();
    // All that fails, at once.
    let variables = [
        (COMMAND_LINE, built.as_str()),
        ("FUNDLAYERS_HOSTILE_COUNT", "500"),
        ("FUNDLAYERS_HOSTILE_BYTES", "4000000"),
        ONCE,
    ];
    let own = run("cargo", &[&["test", "--no-fail-fast"], &WORKSPACE[..]].concat(), &variables);
    let web = modules.end().and_then(|()| js::test_packed(&[]));
    // What fails on any side is said.
    let asides = asides.map(|aside| aside.and_then(Aside::end));
    let failed: Vec<String> = asides.into_iter().chain([own, web, fmt]).filter_map(Outcome::err).collect();
    if !failed.is_empty() {
        return Err(failed.join("\n"));
    }
    println!("\nevery check passed");
    Ok(())
}

/// That everything compiles as it is published: each feature by itself, the oldest dependencies.
fn compiles() -> Outcome {
    let without_warning =
        |of: &[&str]| cargo(&[&["clippy", "--no-default-features"], of, &["--", "-D", "warnings"]].concat());
    without_warning(&["-p", "fundlayers"])?;
    for features in FEATURES {
        without_warning(&["-p", "fundlayers-formats", "--features", features])?;
    }
    fuzz::check()?;
    msrv::check()
}

/// Of `ci` what runs beside Python and the web, before [`compiles`]: the exact-fraction model, and that the benches run. With what is built already:
/// to build it anew, optimised, takes longer than these few cases save.
fn model() -> Outcome {
    run("python3", &["tests/vectors/check.py"], &[])?;
    run("python3", &["-m", "unittest", "discover", "-s", "tests/oracle"], &[])?;
    compare(&command_line(), &["--count".to_owned(), CASES.to_owned()])?;
    run(&target_folder().join("debug/benches").display().to_string(), &["2000"], &[])
}

/// A task that runs beside others; what it prints is shown when it ends.
struct Aside {
    child: Child,
    said: PathBuf,
}

impl Aside {
    fn start(name: &str) -> Result<Self, String> {
        let said = target_folder().join(format!("{name}.txt"));
        let failed = |error: std::io::Error| format!("{}: {error}", said.display());
        let file = std::fs::File::create(&said).map_err(failed)?;
        // Not this program itself, whose file was built anew with all others.
        let mut command = Command::new("cargo");
        command
            .args(["xtask", name])
            .envs([(COMMAND_LINE, command_line().as_str()), ONCE])
            .stdout(file.try_clone().map_err(failed)?)
            .stderr(file)
            .current_dir(root());
        println!("\n\u{25b6} {name}, beside what follows; its output is in {}", said.display());
        Ok(Self { child: command.spawn().map_err(failed)?, said })
    }

    /// Waits for it, and shows what it said.
    fn end(mut self) -> Outcome {
        let status = self.child.wait().map_err(|error| error.to_string())?;
        println!("{}", std::fs::read_to_string(&self.said).unwrap_or_default());
        if status.success() { Ok(()) } else { Err("failed: see above".to_owned()) }
    }
}

/// One that is not waited for need not go on: another failed.
impl Drop for Aside {
    fn drop(&mut self) {
        // It may have ended.
        _ = self.child.kill();
    }
}

/// A program of its own, so that the other tasks need not wait for the library.
fn generate(arguments: &[String]) -> Outcome {
    let mut all = vec!["run", "-p", "xtask", "--features", "generate", "--bin", "generate", "--"];
    all.extend(arguments.iter().map(String::as_str));
    cargo(&all)
}

/// The exact-fraction model needs Python 3.11 or later, its standard library only.
fn python_interpreter() -> Outcome {
    let script = "import sys; sys.exit(sys.version_info < (3, 11))";
    let good = || Command::new("python3").args(["-c", script]).status().is_ok_and(|status| status.success());
    if good() {
        return Ok(());
    }
    if debian_root() {
        run("apt-get", &["install", "-y", "--no-install-recommends", "python3"], &[])?;
    }
    if good() { Ok(()) } else { Err("missing: python3, version 3.11 or later (standard library only)".to_owned()) }
}

/// Whether Debian packages can be installed here.
fn debian_root() -> bool {
    let root = Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n");
    root && Path::new("/etc/debian_version").exists()
}

fn differential(arguments: &[String]) -> Outcome {
    cargo(&[&["build", "--bin", "fundlayers"], &QUICK[..]].concat())?;
    compare(&target_folder().join("quick/fundlayers").display().to_string(), arguments)
}

/// Sets a command line beside the exact-fraction model; arguments go to the comparison of amounts.
fn compare(binary: &str, arguments: &[String]) -> Outcome {
    let mut all = vec!["tests/oracle/differential.py", "--binary", binary];
    all.extend(arguments.iter().map(String::as_str));
    run("python3", &all, &[])?;
    for other in ["what_if", "checks", "duties", "reconcile", "projects"] {
        run("python3", &[&format!("tests/oracle/{other}.py"), "--binary", binary], &[])?;
    }
    Ok(())
}

/// Hostile input at length; the tests that CI runs are the same with fewer cases and smaller inputs.
fn hostile(arguments: &[String]) -> Outcome {
    let known = [
        ("--count", "FUNDLAYERS_HOSTILE_COUNT", "100000"),
        ("--from", "FUNDLAYERS_HOSTILE_FROM", ""),
        ("--bytes", "FUNDLAYERS_HOSTILE_BYTES", "100000000"),
    ];
    at_length("hostile", &known, arguments)
}

/// Workbooks that compute at length; the tests that CI runs are the same with fewer policies.
fn live(arguments: &[String]) -> Outcome {
    tools::office()?;
    let known = [("--count", "FUNDLAYERS_LIVE_COUNT", "5000"), ("--from", "FUNDLAYERS_LIVE_FROM", "")];
    at_length("live", &known, arguments)
}

/// Runs a test with numbers that are given as options, else as they are known here, else the test's own.
fn at_length(test: &str, known: &[(&str, &str, &str)], arguments: &[String]) -> Outcome {
    let mut variables: Vec<(&str, &str)> =
        known.iter().map(|(_, name, number)| (*name, *number)).filter(|(_, number)| !number.is_empty()).collect();
    let mut rest = arguments.iter();
    while let Some(option) = rest.next() {
        let Some((_, name, _)) = known.iter().find(|(known, ..)| known == option) else {
            let options: Vec<&str> = known.iter().map(|(option, ..)| *option).collect();
            return Err(format!("unknown option {option}; known: {}", options.join(", ")));
        };
        let number = rest.next().ok_or_else(|| format!("{option} takes a number"))?;
        variables.retain(|(known, _)| known != name);
        variables.push((name, number));
    }
    run("cargo", &[&["test"], &QUICK[..], &["--test", test, "--", "--nocapture"]].concat(), &variables)
}

/// Where cargo builds.
fn target_folder() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}
