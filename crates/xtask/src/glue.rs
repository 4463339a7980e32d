//! Writes what JavaScript needs beside a module: `glue MODULE.wasm FOLDER NAME`. Run by `cargo xtask wasm`.
#![expect(clippy::print_stderr, reason = "tasks talk to people")]

use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;

use fundlayers::{Code, Severity};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [module, folder, name] = arguments.as_slice() else {
        eprintln!("glue MODULE.wasm FOLDER NAME");
        return ExitCode::from(2);
    };
    match glue(Path::new(module), Path::new(folder), name) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn glue(module: &Path, folder: &Path, name: &str) -> Result<(), String> {
    let mut bindgen = Bindgen::new();
    bindgen.input_path(module).out_name(name).typescript(true).reset_state_function(true);
    bindgen.web(true).map_err(|error| format!("{error:#}"))?;
    bindgen.generate(folder).map_err(|error| format!("{error:#}"))?;
    std::fs::write(folder.join("codes.ts"), codes()).map_err(|error| error.to_string())
}

/// The codes of problems as a type, so that TypeScript knows each.
fn codes() -> String {
    let mut text = String::from(
        "/** What can be wrong with an input. A code never changes its meaning. */\nexport type CoreCode =\n",
    );
    for code in Code::ALL {
        let kind = if code.severity() == Severity::Warning { "Warning. " } else { "" };
        // Writing to a string does not fail.
        _ = writeln!(text, "  /** {kind}{} */\n  | \"{code}\"", code.meaning(fundlayers::Lang::En));
    }
    text.push_str(";\n");
    text
}
