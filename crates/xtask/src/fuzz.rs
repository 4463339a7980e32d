//! The fuzz targets of `tests/fuzz`: that they build, and runs of them.

use crate::{Outcome, cargo, run, target_folder};

const MANIFEST: &str = "tests/fuzz/Cargo.toml";

const TARGETS: [&str; 6] = ["policy", "roster", "case", "question", "arrow", "workbook"];

/// Checks that every target compiles, without libFuzzer itself, which needs a C++ compiler.
pub(crate) fn check() -> Outcome {
    let folder = target_folder().join("fuzz-check").display().to_string();
    // Named, libFuzzer is not compiled; a check links nothing, so any file will do.
    let library = crate::root().join(MANIFEST).display().to_string();
    run(
        "cargo",
        &["check", "--locked", "--manifest-path", MANIFEST, "--target-dir", &folder],
        &[("CUSTOM_LIBFUZZER_PATH", &library)],
    )
}

/// Builds the fuzz targets with the coverage that libFuzzer follows, and runs each from the vectors.
pub(crate) fn fuzz(arguments: &[String]) -> Outcome {
    const TARGET: &str = "x86_64-unknown-linux-gnu";
    const FLAGS: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
                         -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
                         -Cllvm-args=-sanitizer-coverage-trace-compares";
    let seconds = match arguments {
        [] => "60",
        [option, seconds] if option == "--seconds" => seconds,
        _ => return Err("known: --seconds N".to_owned()),
    };
    let folder = target_folder().join("fuzz").display().to_string();
    // `--target` keeps build scripts from being instrumented.
    let manifest = ["--manifest-path", MANIFEST, "--release", "--target-dir", &folder];
    cargo(&[&["run"], &manifest[..], &["--bin", "seeds", "--", &format!("{folder}/seeds")]].concat())?;
    let bins: Vec<&str> = TARGETS.iter().flat_map(|target| ["--bin", *target]).chain(["--target", TARGET]).collect();
    run("cargo", &[&["build"], &manifest[..], &bins].concat(), &[("RUSTFLAGS", FLAGS)])?;
    for target in TARGETS {
        // What is found is kept beside the seeds, for the next run.
        let (found, seeds) = (format!("{folder}/corpus/{target}"), format!("{folder}/seeds/{target}"));
        std::fs::create_dir_all(&found).map_err(|error| format!("{found}: {error}"))?;
        let (time, artifacts) = (format!("-max_total_time={seconds}"), format!("-artifact_prefix={folder}/{target}-"));
        let program = format!("{folder}/{TARGET}/release/{target}");
        run(&program, &[&found, &seeds, &time, &artifacts, "-max_len=16384", "-timeout=20"], &[])?;
    }
    Ok(())
}
