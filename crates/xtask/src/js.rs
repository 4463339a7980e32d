//! WebAssembly, the npm package, its tests and the calculator.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Outcome, debian_root, root, run, run_in, tools};

const TARGET: &str = "wasm32-unknown-unknown";

/// The largest module that we ship, gzipped, so that it does not grow unseen. It was 385,000 before it carried every message in
/// Chinese too, three more kinds of rules, the index of classes, paths and the one answer for every door; 396,000 before sheets were read as
/// offices keep them and what is warned about was what protects money (473,000 then); 13,000 are the rows of workbooks that the
/// other module unpacked, and the cells of a sheet for an editor (489,000 then). Now it carries sixteen kinds of rules, each read,
/// computed, described and explained, figures, aggregates, layers with limits of their own, and policies in words; no formula of
/// the gallery (630,000 then); 10,000 are names and numbers as Chinese types them, limits of any amount and where each number of a
/// policy stands in its file (639,134 then). With duties, checks, projects and what auditors ask it was 812,259; they are in the whole
/// module now, behind a trait of the core's answers (684,166 then); 18,000 are what computing knows of pools, limits and figures that
/// were settled over a roster in parts, and tables that do for parts too, which no page asks for yet (712,141 then); 8,500 are units
/// and footers of sheets that are told apart, and the numbers in explanations of conditions, bounds of pools and what arrived (720,635
/// then). What is left of duties, checks and projects, 45,000, is what reads and describes their keys, their words in both languages,
/// and the plan's own: what is wrong in a policy is said whichever module reads it. Ledgers, scenarios, the value that a limit allows,
/// tables of figures and notes are in the whole module too now, behind the same trait: 111,000 (596,489 then); 7,000 are counties in two
/// writings, rows without one, and what parsers of TOML and JSON say, in Chinese (603,694 then); 3,000 are classes that numbers of
/// many places tell apart, by whole columns and over parts, and members of a row that only other pools and limits do (607,000
/// then); 6,000 are units over two rows of titles, names merged over rows, headings of blocks and numbered columns, which were misread in
/// silence. It is to come down again.
const SIZE_LIMIT: u64 = 613_500;

/// The largest module that reads workbooks, gzipped. Only a page that is given one loads it.
const WORKBOOK_LIMIT: u64 = 168_000;

/// The largest module that answers all, gzipped. Only a page that asks for more than money loads it, instead of the first.
const WHOLE_LIMIT: u64 = 1_179_000;

/// The modules by name, each with its features and how large it may be: what computes, what answers all, and what reads workbooks.
const MODULES: [(&str, &str, u64); 3] =
    [("fundlayers", "engine", SIZE_LIMIT), ("whole", "whole", WHOLE_LIMIT), ("workbook", "workbook", WORKBOOK_LIMIT)];

/// The folder of the package.
fn package() -> PathBuf {
    root().join("bindings/wasm")
}

/// Builds the module, writes its JavaScript, makes it small, and packs the package.
pub(crate) fn wasm() -> Outcome {
    node()?;
    install()?;
    let package = package();
    let (raw, dist) = (package.join("js/raw"), package.join("dist"));
    let module = root().join("target/wasm").join(TARGET).join("wasm/fundlayers_wasm.wasm");
    let (module, folder) = (module.display().to_string(), raw.display().to_string());
    for (name, features, _) in MODULES {
        build(features)?;
        crate::cargo(&["run", "-p", "xtask", "--features", "glue", "--bin", "glue", "--", &module, &folder, name])?;
        shrink(&raw.join(format!("{name}_bg.wasm")))?;
    }
    remove(&dist)?;
    // The types of every file, and the files that a page loads.
    run_in(&package, &program(&package, "tsc"), &["-p", "."])?;
    run_in(&package, &program(&package, "rolldown"), &["-c", "rolldown.config.mjs"])?;
    for (name, _, _) in MODULES {
        for name in [format!("{name}.d.ts"), format!("{name}_bg.wasm"), format!("{name}_bg.wasm.d.ts")] {
            copy(&raw.join(&name), &dist.join("raw").join(&name))?;
        }
    }
    copy(&root().join("crates/fundlayers/schema/policy.schema.json"), &dist.join("policy.schema.json"))?;
    // The texts of the built-in policies, for pages that show them; the module has the policies themselves.
    let policies = root().join("crates/fundlayers-policies/policies");
    for policy in std::fs::read_dir(&policies).map_err(|error| error.to_string())?.flatten() {
        for name in ["policy.toml", "roster.csv", "source.txt"] {
            copy(&policy.path().join(name), &dist.join("policies").join(policy.file_name()).join(name))?;
        }
    }
    for name in ["LICENSE-MIT", "LICENSE-APACHE"] {
        copy(&root().join(name), &package.join(name))?;
    }
    let tarballs = root().join("target/npm");
    std::fs::create_dir_all(&tarballs).map_err(|error| error.to_string())?;
    run_in(&package, "npm", &["pack", "--silent", "--pack-destination", &tarballs.display().to_string()])?;
    MODULES.iter().try_for_each(|(name, _, limit)| size(&dist.join(format!("raw/{name}_bg.wasm")), *limit))
}

/// Unpacks the package beside those who use it, as an installation would.
fn unpack(into: &Path) -> Outcome {
    let version = env!("CARGO_PKG_VERSION");
    let tarball = root().join(format!("target/npm/fundlayers-{version}.tgz")).display().to_string();
    let folder = into.join("node_modules/fundlayers");
    remove(&folder)?;
    std::fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    let folder = folder.display().to_string();
    run("tar", &["-xzf", &tarball, "--strip-components", "1", "-C", &folder], &[])
}

/// Tests the packed package in Node, through a bundler and in Chromium, and the calculator.
pub(crate) fn test(arguments: &[String]) -> Outcome {
    // Results are compared with the command line's.
    crate::cargo(&["build", "-p", "fundlayers-cli"])?;
    wasm()?;
    test_packed(arguments)
}

/// The same with a command line that is built and a package that is packed.
pub(crate) fn test_packed(arguments: &[String]) -> Outcome {
    let (tests, calculator) = (package().join("test"), calculator_folder());
    unpack(&tests)?;
    build_calculator()?;
    chromium()?;
    if arguments.is_empty() {
        run_in(&tests, "sh", &["-c", "exec node --test *.test.mjs"])?;
        return run_in(&calculator, "sh", &["-c", "exec node --test test/*.test.mjs"]);
    }
    let line = format!("exec node --test {}", arguments.join(" "));
    run_in(&tests, "sh", &["-c", &line])
}

fn calculator_folder() -> PathBuf {
    package().join("examples/calculator")
}

fn build_calculator() -> Outcome {
    let folder = calculator_folder();
    unpack(&folder)?;
    run_in(&folder, &program(&package(), "tsc"), &["-p", "."])?;
    run_in(&folder, &program(&package(), "vite"), &["build"])
}

/// Builds the calculator and serves it on this machine.
pub(crate) fn calculator(arguments: &[String]) -> Outcome {
    wasm()?;
    build_calculator()?;
    let mut all = vec!["preview", "--host", "127.0.0.1"];
    all.extend(arguments.iter().map(String::as_str));
    run_in(&calculator_folder(), &program(&package(), "vite"), &all)
}

/// The source of Debian's standard library, and Debian's linker.
const DEBIAN: [&str; 2] = ["/usr/lib/rustlib/src/rust/library/sysroot/Cargo.toml", "/usr/bin/wasm-ld-22"];

/// Whether the toolchain has a standard library for browsers of its own.
fn has_target() -> bool {
    let libraries = Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]).output();
    libraries.is_ok_and(|output| Path::new(String::from_utf8_lossy(&output.stdout).trim()).is_dir())
}

/// What modules are built with: the toolchain's own standard library for them, else Debian's.
pub(crate) fn toolchain() -> Outcome {
    let there = || has_target() || DEBIAN.iter().all(|path| Path::new(path).exists());
    if !there() && debian_root() {
        apt(&["rustc-web", "cargo-web", "rust-web-src", "lld-22"])?;
    }
    if there() {
        return Ok(());
    }
    Err("missing: the Rust target wasm32-unknown-unknown (rustup target add wasm32-unknown-unknown), or on Debian the \
         packages rustc-web cargo-web rust-web-src lld-22"
        .to_owned())
}

/// Builds a module.
fn build(features: &str) -> Outcome {
    let features = ["--no-default-features", "--features", features];
    let common = ["build", "-p", "fundlayers-wasm", "--profile", "wasm", "--target", TARGET, "--locked"];
    let common = [common.as_slice(), &features].concat();
    let rest = ["--target-dir", "target/wasm"];
    toolchain()?;
    if has_target() {
        return crate::cargo(&[common.as_slice(), &rest].concat());
    }
    let [sysroot, linker] = DEBIAN;
    let cargo = "/usr/bin/cargo";
    let variables = [
        ("RUSTC_BOOTSTRAP", "1"),
        ("RUSTC", "/usr/bin/rustc"),
        ("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker),
        // Where in the sources something could panic takes 12 kB.
        ("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", "-Zlocation-detail=none"),
    ];
    run(cargo, &["fetch", "--locked"], &variables)?;
    run(cargo, &["fetch", "--locked", "--manifest-path", sysroot], &variables)?;
    let standard = ["--offline", "-Z", "build-std=std,panic_abort", "-Z", "build-std-features=optimize_for_size"];
    run(cargo, &[common.as_slice(), &rest, &standard].concat(), &variables)
}

/// Makes the module smaller, without changing what it does.
fn shrink(module: &Path) -> Outcome {
    let module = module.display().to_string();
    // What rustc's wasm32 needs of an engine.
    let features = [
        "--enable-bulk-memory",
        "--enable-bulk-memory-opt",
        "--enable-nontrapping-float-to-int",
        "--enable-sign-ext",
        "--enable-mutable-globals",
        "--enable-reference-types",
        "--enable-multivalue",
    ];
    // As small as with -Oz once it is gzipped, of fewer functions: a browser compiles each when it is first called.
    // Functions that are alike stand together by their names, where gzip finds them alike: 3.6 kB. A function that is called once
    // stays one, because larger functions have more locals and are less alike: 9 kB. Only a stack that is about to overflow reaches
    // the lowest kilobyte of memory, so that an offset can be part of the load that it is for: 4 kB.
    let passes =
        ["-O3", "--one-caller-inline-max-function-size", "0", "--low-memory-unused", "--reorder-functions-by-name"];
    let arguments = [passes.as_slice(), &[module.as_str(), "-o", module.as_str()], &features].concat();
    run_in(&package(), &program(&package(), "wasm-opt"), &arguments)
}

/// Says how large a module is as it travels, and refuses one that has grown too large.
fn size(module: &Path, limit: u64) -> Outcome {
    let script = "const z = require('node:zlib'); const b = require('node:fs').readFileSync(process.argv[1]); \
                  process.stdout.write(`${b.length} ${z.gzipSync(b, { level: 9 }).length}`)";
    let output = Command::new("node").args(["-e", script]).arg(module).output().map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let sizes: Vec<u64> = text.split(' ').filter_map(|size| size.parse().ok()).collect();
    let [whole, zipped] = sizes.as_slice() else {
        return Err(format!("the size of the module cannot be told: {text}"));
    };
    println!("\n{}: {whole} bytes, {zipped} gzipped (limit {limit})", module.display());
    if *zipped > limit { Err("the module is too large".to_owned()) } else { Ok(()) }
}

/// Node 20 or later with npm.
pub(crate) fn node() -> Outcome {
    let script = "process.exit(Number(process.versions.node.split('.')[0]) < 20 ? 1 : 0)";
    let good = |program: &str, arguments: &[&str]| {
        Command::new(program).args(arguments).output().is_ok_and(|output| output.status.success())
    };
    if good("node", &["-e", script]) && good("npm", &["--version"]) {
        Ok(())
    } else {
        Err("missing: Node 20 or later, with npm (https://nodejs.org)".to_owned())
    }
}

/// The tools that `package-lock.json` pins.
pub(crate) fn install() -> Outcome {
    let package = package();
    // npm writes this file last.
    let (lock, done) = (package.join("package-lock.json"), package.join("node_modules/.package-lock.json"));
    let time = |path: &Path| std::fs::metadata(path).and_then(|file| file.modified()).ok();
    if time(&done).is_some_and(|done| time(&lock).is_some_and(|lock| lock <= done)) {
        return Ok(());
    }
    run_in(&package, "npm", &["ci"])
}

/// A browser for the tests; pages in Chinese need a font too.
pub(crate) fn chromium() -> Outcome {
    let there = || Path::new("/usr/bin/chromium").exists() || std::env::var_os("CHROMIUM").is_some();
    if !there() && debian_root() {
        apt(&["chromium"])?;
    }
    if there() {
        tools::chinese_font()
    } else {
        Err("missing: Chromium (Debian's chromium), or its path in CHROMIUM".to_owned())
    }
}

pub(crate) fn apt(packages: &[&str]) -> Outcome {
    let arguments = [["install", "-y", "--no-install-recommends"].as_slice(), packages].concat();
    if run("apt-get", &arguments, &[]).is_ok() {
        return Ok(());
    }
    run("apt-get", &["update"], &[])?;
    run("apt-get", &arguments, &[])
}

/// A program that npm installed.
fn program(package: &Path, name: &str) -> String {
    package.join("node_modules/.bin").join(name).display().to_string()
}

fn copy(from: &Path, to: &Path) -> Outcome {
    let folder = to.parent().unwrap_or(to);
    let copied = std::fs::create_dir_all(folder).and_then(|()| std::fs::copy(from, to));
    copied.map(|_| ()).map_err(|error| format!("{} to {}: {error}", from.display(), to.display()))
}

fn remove(folder: &Path) -> Outcome {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(format!("{}: {error}", folder.display())),
        _ => Ok(()),
    }
}
