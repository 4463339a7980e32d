//! The Python package: built into a virtual environment of its own, tested, documented.

use std::path::PathBuf;
use std::process::Command;

use crate::{Outcome, debian_root, root, run, run_in, target_folder, tools};

/// Its virtual environment in the target folder.
const VENV: &str = "python-venv";

/// The tests that start Spark.
const SPARK: [&str; 3] = ["tests/test_spark.py", "tests/test_spark_cluster.py", "tests/test_spark_connect.py"];

/// Where the package lies.
fn folder() -> PathBuf {
    root().join("bindings/python")
}

/// A program of the virtual environment.
fn program(name: &str) -> String {
    target_folder().join(VENV).join("bin").join(name).display().to_string()
}

/// Builds and tests the package; arguments are what pytest is to run.
pub(crate) fn test(arguments: &[String]) -> Outcome {
    develop("dev")?;
    tools::java()?;
    tools::chinese_font()?;
    let python = program("python");
    run_in(
        &folder(),
        &python,
        &["-m", "mypy", "--config-file", "pyproject.toml", "python/fundlayers", "tests", "examples"],
    )?;
    if !arguments.is_empty() {
        return pytest(arguments);
    }
    // Spark waits for much and starts much: beside it the others take no time.
    let spark = crate::Aside::start("ci-spark")?;
    let spark_left_out: Vec<String> = SPARK.iter().map(|file| format!("--ignore={file}")).collect();
    let others = pytest(&spark_left_out);
    spark.end().and(others)?;
    run_in(&folder(), &python, &["examples/make_notebook.py", "--check"])?;
    run_in(&root(), &python, &["benches/python/frames.py", "20000", "--check"])?;
    run_in(&root(), &python, &["tests/oracle/parts.py", "--count", "400"])
}

/// The tests of Spark, of a package that is built.
pub(crate) fn test_spark() -> Outcome {
    pytest(&SPARK.map(str::to_owned))
}

fn pytest(arguments: &[String]) -> Outcome {
    let mut pytest = Command::new(program("python"));
    pytest.args(["-m", "pytest"]).args(arguments).current_dir(folder());
    // Tests of Spark end before it pays to compile what they run for speed.
    if std::env::var_os("JAVA_TOOL_OPTIONS").is_none() {
        pytest.env("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
    }
    crate::started(&mut pytest)
}

/// A roster of many rows in Spark, with the package as it is shipped.
pub(crate) fn spark(arguments: &[String]) -> Outcome {
    let rows = match arguments {
        [] => "10000000",
        [option, rows] if option == "--rows" => rows,
        _ => return Err("known: --rows N".to_owned()),
    };
    develop("wheel")?;
    tools::java()?;
    run_in(&root(), &program("python"), &["benches/python/spark.py", rows])
}

/// Writes the reference, from the docstrings and the stub.
pub(crate) fn docs() -> Outcome {
    develop("dev")?;
    let out = target_folder().join("python-docs").display().to_string();
    run_in(
        &folder(),
        &program("pdoc"),
        &["fundlayers", "fundlayers.plot", "fundlayers.spark", "--output-directory", &out],
    )?;
    println!("\n{out}/index.html");
    Ok(())
}

/// Builds the wheel into `target/wheels`.
pub(crate) fn wheel() -> Outcome {
    environment()?;
    let out = target_folder().join("wheels").display().to_string();
    run_in(&folder(), &program("maturin"), &["build", "--profile", "wheel", "--out", &out])
}

/// The package in its environment: with `dev`, without the long optimisation of the wheel.
fn develop(profile: &str) -> Outcome {
    environment()?;
    let bin = target_folder().join(VENV).join("bin");
    let path = std::env::join_paths(
        std::iter::once(bin.clone()).chain(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())),
    );
    let path = path.map_err(|error| error.to_string())?;
    let environment = bin.parent().map(|folder| folder.as_os_str().to_owned()).unwrap_or_default();
    let maturin = program("maturin");
    crate::started(
        Command::new(&maturin)
            .args(["develop", "--quiet", "--profile", profile])
            .env("PATH", path)
            .env("VIRTUAL_ENV", environment)
            .current_dir(folder()),
    )
}

/// A virtual environment with what the tests need.
pub(crate) fn environment() -> Outcome {
    let requirements = folder().join("requirements-test.txt");
    let wanted =
        std::fs::read_to_string(&requirements).map_err(|error| format!("{}: {error}", requirements.display()))?;
    virtual_environment(VENV, &wanted)
}

/// A virtual environment in the target folder with what a list of requirements names, made once for each list.
pub(crate) fn virtual_environment(name: &str, wanted: &str) -> Outcome {
    let venv = target_folder().join(name);
    let made = venv.join("made-from.txt");
    if std::fs::read_to_string(&made).is_ok_and(|made| made == wanted) {
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
    let list = venv.join("requirements.txt");
    std::fs::write(&list, wanted).map_err(|error| format!("{}: {error}", list.display()))?;
    let pip = venv.join("bin/pip").display().to_string();
    // What is imported is compiled then; most never is.
    run(&pip, &["install", "--quiet", "--no-compile", "--requirement", &list.display().to_string()], &[])?;
    std::fs::rename(&list, &made).map_err(|error| format!("{}: {error}", made.display()))
}
