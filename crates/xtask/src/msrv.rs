//! The oldest Rust and the oldest dependencies that the manifests promise.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::{Outcome, root, run_in, started, target_folder};

/// What others build: the libraries with everything in them, and the command line. What is only built here may need newer
/// versions and would raise them for all.
const MEMBERS: [&str; 4] =
    ["crates/fundlayers", "crates/fundlayers-policies", "crates/fundlayers-formats", "crates/fundlayers-cli"];

/// Checks the libraries and the command line against the lowest versions of their direct dependencies that the manifests
/// allow, in a copy of the tree, so that the lock file here stays as it is.
pub(crate) fn check() -> Outcome {
    let promised = promised()?;
    let running = Command::new("rustc").arg("--version").output().map_err(|error| format!("rustc: {error}"))?;
    let running = String::from_utf8_lossy(&running.stdout).trim().to_owned();
    if same_release(&running, &promised) {
        println!("\nthe promised Rust {promised} runs here: {running}");
    } else {
        println!(
            "\nthe manifest promises Rust {promised}, but {running} runs here: only the dependencies are put to the test"
        );
    }
    let folder = target_folder().join("msrv");
    let tree = folder.join("tree");
    if tree.exists() {
        fs::remove_dir_all(&tree).map_err(|error| format!("{}: {error}", tree.display()))?;
    }
    fs::create_dir_all(&tree).map_err(|error| format!("{}: {error}", tree.display()))?;
    for member in MEMBERS {
        copy(&root().join(member), &tree.join(member))?;
    }
    let manifest = read_manifest()?;
    // Profiles name packages that are not there any more.
    let before_profiles = manifest.lines().take_while(|line| !line.starts_with("[profile"));
    let kept = before_profiles.filter(|line| !line.starts_with("members =") && !line.starts_with("default-members ="));
    let kept =
        kept.collect::<Vec<_>>().join("\n").replacen("[workspace]", &format!("[workspace]\nmembers = {MEMBERS:?}"), 1);
    let written = tree.join("Cargo.toml");
    fs::write(&written, kept).map_err(|error| format!("{}: {error}", written.display()))?;
    // Only this step asks stable Rust for an unstable option: build scripts would see it and build something else.
    let mut resolve = Command::new("cargo");
    resolve.args(["generate-lockfile", "-Z", "direct-minimal-versions"]).env("RUSTC_BOOTSTRAP", "1").current_dir(&tree);
    started(&mut resolve)?;
    let build = folder.join("build").display().to_string();
    run_in(&tree, "cargo", &["check", "--locked", "--workspace", "--all-features", "--target-dir", &build])
}

fn read_manifest() -> Result<String, String> {
    let path = root().join("Cargo.toml");
    fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
}

/// The `rust-version` of the root manifest.
fn promised() -> Result<String, String> {
    let manifest = read_manifest()?;
    let value = manifest.lines().find_map(|line| line.strip_prefix("rust-version")?.trim_start().strip_prefix('='));
    value
        .map(|value| value.trim().trim_matches('"').to_owned())
        .ok_or_else(|| "Cargo.toml names no rust-version".to_owned())
}

/// Whether what `rustc --version` prints is of the release `1.95`, whatever the patch.
fn same_release(printed: &str, promised: &str) -> bool {
    let version = printed.split_whitespace().nth(1).unwrap_or_default();
    version.strip_prefix(promised).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-']))
}

/// Copies a file, or a folder without what was built or installed in it.
fn copy(from: &Path, to: &Path) -> Outcome {
    let failed = |error: std::io::Error| format!("{}: {error}", from.display());
    if !from.is_dir() {
        return fs::copy(from, to).map(|_| ()).map_err(failed);
    }
    fs::create_dir_all(to).map_err(failed)?;
    for entry in fs::read_dir(from).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name();
        let built = ["target", "node_modules", ".venv", "__pycache__", "dist"].iter().any(|built| name == *built);
        // A symbolic link may lead anywhere; no source is one.
        if !built && !entry.file_type().map_err(failed)?.is_symlink() {
            copy(&entry.path(), &to.join(&name))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::same_release;

    #[test]
    fn a_release_is_compared_by_its_numbers() {
        assert!(same_release("rustc 1.95.0 (59807616e 2026-04-14)", "1.95"));
        assert!(same_release("rustc 1.95.1-nightly (59807616e 2026-04-14)", "1.95"));
        assert!(!same_release("rustc 1.96.0 (59807616e 2026-04-14)", "1.95"));
        assert!(!same_release("rustc 1.950.0 (59807616e 2026-04-14)", "1.95"));
    }
}
