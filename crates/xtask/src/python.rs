//! The Python package: built into a virtual environment of its own, tested, documented.

use std::path::PathBuf;
use std::process::Command;

use crate::{Outcome, debian_root, root, run, run_in};

/// Where the package lies.
fn folder() -> PathBuf {
    root().join("bindings/python")
}

/// The target folder that cargo uses.
fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// A program of the virtual environment.
fn program(name: &str) -> String {
    target().join("python-venv/bin").join(name).display().to_string()
}

/// Builds and tests the package; arguments are what pytest is to run.
pub(crate) fn test(arguments: &[String]) -> Outcome {
    develop()?;
    let python = program("python");
    run_in(
        &folder(),
        &python,
        &["-m", "mypy", "--config-file", "pyproject.toml", "python/fundlayers", "tests", "examples"],
    )?;
    let mut pytest = vec!["-m", "pytest"];
    pytest.extend(arguments.iter().map(String::as_str));
    run_in(&folder(), &python, &pytest)?;
    if arguments.is_empty() {
        run_in(&folder(), &python, &["examples/make_notebook.py", "--check"])?;
        run_in(&root(), &python, &["benches/python/frames.py", "20000", "--check"])?;
    }
    Ok(())
}

/// Writes the reference, from the docstrings and the stub.
pub(crate) fn docs() -> Outcome {
    develop()?;
    let out = target().join("python-docs").display().to_string();
    run_in(&folder(), &program("pdoc"), &["fundlayers", "fundlayers.plot", "--output-directory", &out])?;
    println!("\n{out}/index.html");
    Ok(())
}

/// Builds the wheel into `target/wheels`.
pub(crate) fn wheel() -> Outcome {
    environment()?;
    let out = target().join("wheels").display().to_string();
    run_in(&folder(), &program("maturin"), &["build", "--profile", "wheel", "--out", &out])
}

/// The package in its environment, built without the long optimisation of the wheel.
fn develop() -> Outcome {
    environment()?;
    let bin = target().join("python-venv/bin");
    let path = std::env::join_paths(
        std::iter::once(bin.clone()).chain(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())),
    );
    let path = path.map_err(|error| error.to_string())?;
    let environment = bin.parent().map(|folder| folder.as_os_str().to_owned()).unwrap_or_default();
    let maturin = program("maturin");
    crate::started(
        Command::new(&maturin)
            .args(["develop", "--quiet", "--profile", "dev"])
            .env("PATH", path)
            .env("VIRTUAL_ENV", environment)
            .current_dir(folder()),
    )
}

/// A virtual environment with what the tests need, made once for each list of requirements.
fn environment() -> Outcome {
    let requirements = folder().join("requirements-test.txt");
    let wanted = std::fs::read(&requirements).map_err(|error| format!("{}: {error}", requirements.display()))?;
    let venv = target().join("python-venv");
    let mark = venv.join("requirements-test.txt");
    if std::fs::read(&mark).is_ok_and(|made| made == wanted) {
        return Ok(());
    }
    let place = venv.display().to_string();
    if run("python3", &["-m", "venv", "--clear", &place], &[]).is_err() {
        if !debian_root() {
            return Err("missing: Python's venv module (on Debian the package python3-venv)".to_owned());
        }
        run("apt-get", &["install", "-y", "--no-install-recommends", "python3-venv"], &[])?;
        run("python3", &["-m", "venv", "--clear", &place], &[])?;
    }
    run(&program("pip"), &["install", "--quiet", "--requirement", &requirements.display().to_string()], &[])?;
    std::fs::write(&mark, wanted).map_err(|error| format!("{}: {error}", mark.display()))
}
