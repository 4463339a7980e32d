//! Writes what says the grammar of policy files in other languages, from the core's registry: `generate [--check]`. Run by
//! `cargo xtask generate`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "tasks talk to people")]

mod codes;
mod document;
mod keys;
mod layout;
mod schema;

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let check = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => false,
        ["--check"] => true,
        _ => {
            eprintln!("generate [--check]");
            return ExitCode::from(2);
        }
    };
    match generate(check) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("\n{message}");
            ExitCode::FAILURE
        }
    }
}

/// What makes a file's text out of the one it has.
type Generator = fn(&str) -> Result<String, String>;

const FILES: [(&str, Generator); 5] = [
    ("crates/fundlayers/schema/policy.schema.json", |_| Ok(layout::json(&schema::schema()))),
    ("bindings/wasm/js/codes.ts", |_| Ok(codes::types())),
    ("bindings/wasm/js/document.ts", document::types),
    ("crates/fundlayers/docs/policy-format.md", keys::tables),
    ("crates/fundlayers/docs/policy-format.zh-CN.md", keys::chinese_tables),
];

/// Writes every file, or says which are not as they would be written.
fn generate(check: bool) -> Result<(), String> {
    let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = crate_folder.ancestors().nth(2).unwrap_or(crate_folder);
    let mut differences = Vec::new();
    for (name, generator) in FILES {
        let path = root.join(name);
        let old = std::fs::read_to_string(&path).map_err(|error| format!("{name}: {error}"))?;
        let new = generator(&old).map_err(|error| format!("{name}: {error}"))?;
        if new == old {
            continue;
        }
        if check {
            differences.push(difference(name, &old, &new));
        } else {
            std::fs::write(&path, new).map_err(|error| format!("{name}: {error}"))?;
            println!("{name} is written");
        }
    }
    if differences.is_empty() {
        return Ok(());
    }
    Err(format!("{}\n\n`cargo xtask generate` writes what the registry says", differences.join("\n")))
}

/// Where a file differs first.
fn difference(name: &str, old: &str, new: &str) -> String {
    let same = old.lines().zip(new.lines()).take_while(|(old, new)| old == new).count();
    let line = |text: &str| text.lines().nth(same).map_or_else(|| "the end".to_owned(), |line| line.trim().to_owned());
    format!("{name}:{}: has\n    {}\n  not\n    {}", same.saturating_add(1), line(old), line(new))
}
