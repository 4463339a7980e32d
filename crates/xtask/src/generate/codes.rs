//! The codes of problems as a TypeScript type.

use std::fmt::Write as _;

use fundlayers::{Code, Lang, Severity};

/// The codes, so that TypeScript knows each.
pub(crate) fn types() -> String {
    let mut text = String::from(
        "/** What can be wrong with an input. A code never changes its meaning. */\nexport type CoreCode =\n",
    );
    for code in Code::ALL {
        let kind = if code.severity() == Severity::Warning { "Warning. " } else { "" };
        // Writing to a string does not fail.
        _ = writeln!(text, "  /** {kind}{} */\n  | \"{code}\"", code.meaning(Lang::En));
    }
    text.push_str(";\n");
    text
}
