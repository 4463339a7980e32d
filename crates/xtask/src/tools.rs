//! Checks by tools that are no part of the workspace: spelling, dependencies, the interface since the last release, mutants.

use std::path::Path;
use std::process::Command;

use crate::{Outcome, cargo, python, run, target_folder};

/// Pinned: a new version knows new misspellings.
const TYPOS: &str = "typos==1.52.0\n";

/// What is published, and so has an interface to keep.
const LIBRARIES: [&str; 6] = ["-p", "fundlayers", "-p", "fundlayers-policies", "-p", "fundlayers-formats"];

/// Spelling, by `typos.toml`; arguments go to typos, such as `--write-changes`.
pub(crate) fn typos(arguments: &[String]) -> Outcome {
    const VENV: &str = "typos-venv";
    python::virtual_environment(VENV, TYPOS)?;
    let program = target_folder().join(VENV).join("bin/typos").display().to_string();
    run(&program, &arguments.iter().map(String::as_str).collect::<Vec<_>>(), &[])
}

/// Licences, duplicates and sources of the dependencies, by `deny.toml`.
pub(crate) fn deny() -> Outcome {
    install("cargo-deny")?;
    cargo(&["deny", "--locked", "check", "bans", "licenses", "sources"])
}

/// `deny`, or one line that it was left out: building the tool takes longer than `ci` may.
pub(crate) fn deny_if_installed() -> Outcome {
    if installed("cargo-deny") {
        return deny();
    }
    println!("\nleft out: cargo-deny is not installed; `cargo xtask deny` installs and runs it");
    Ok(())
}

/// The libraries' interfaces against those of the last release.
pub(crate) fn semver() -> Outcome {
    let Some(tag) = last_release()? else {
        println!("\nno release tag (v1.2.3) in this clone yet: no interface to compare with");
        return Ok(());
    };
    install("cargo-semver-checks")?;
    cargo(&[&["semver-checks", "check-release", "--baseline-rev", &tag], &LIBRARIES[..]].concat())
}

/// LibreOffice, in which one test opens the workbook of the plan; where it cannot be installed, that test says so.
pub(crate) fn office() -> Outcome {
    let there = || Command::new("soffice").arg("--version").output().is_ok_and(|output| output.status.success());
    if !there() && crate::debian_root() {
        return crate::js::apt(&["libreoffice-calc-nogui"]);
    }
    if !there() {
        println!("\nleft out: LibreOffice is not installed (Debian's libreoffice-calc-nogui)");
    }
    Ok(())
}

/// Java, on which Spark runs in the tests of the Python package.
pub(crate) fn java() -> Outcome {
    if Command::new("java").arg("-version").output().is_ok_and(|output| output.status.success()) {
        return Ok(());
    }
    if crate::debian_root() {
        return crate::js::apt(&["default-jre-headless"]);
    }
    Err("missing: Java 17 or later (on Debian the package default-jre-headless)".to_owned())
}

/// A font with Chinese characters, which the charts of the Python package are tested with.
pub(crate) fn chinese_font() -> Outcome {
    let there = || {
        let listed = Command::new("fc-list").arg(":lang=zh").output();
        listed.is_ok_and(|output| !output.stdout.is_empty()) || Path::new("/usr/share/fonts/opentype/noto").exists()
    };
    if there() {
        return Ok(());
    }
    if crate::debian_root() {
        return crate::js::apt(&["fonts-noto-cjk"]);
    }
    Err("missing: a font with Chinese characters, such as Noto Sans CJK (on Debian the package fonts-noto-cjk)"
        .to_owned())
}

/// The newest tag of a release, by its version.
fn last_release() -> Result<Option<String>, String> {
    let mut git = Command::new("git");
    git.args(["tag", "--list", "v[0-9]*", "--sort=-version:refname"]).current_dir(crate::root());
    let tags = git.output().map_err(|error| format!("git: {error}"))?;
    if !tags.status.success() {
        return Err(format!("git tag: {}", String::from_utf8_lossy(&tags.stderr).trim()));
    }
    Ok(String::from_utf8_lossy(&tags.stdout).lines().next().map(str::to_owned))
}

/// Mutants of the core, by `.cargo/mutants.toml`; arguments go to cargo-mutants, such as `--shard 0/8`.
pub(crate) fn mutants(arguments: &[String]) -> Outcome {
    install("cargo-mutants")?;
    let folder = target_folder().display().to_string();
    let mut all = vec!["mutants", "--package", "fundlayers", "--output", &folder];
    all.extend(arguments.iter().map(String::as_str));
    cargo(&all)
}

fn installed(tool: &str) -> bool {
    let command = tool.trim_start_matches("cargo-");
    Command::new("cargo").args([command, "--version"]).output().is_ok_and(|output| output.status.success())
}

/// Builds a tool that is missing. Unoptimised: that is quicker, and none of them works long.
fn install(tool: &str) -> Outcome {
    if installed(tool) { Ok(()) } else { cargo(&["install", "--locked", "--debug", tool]) }
}
