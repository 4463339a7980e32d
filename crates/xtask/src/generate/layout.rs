//! How generated texts are laid out: JSON in lines that are not too long, and parts of files between marks.

use serde_json::Value;

/// The longest line of a file.
const WIDTH: usize = 120;

/// JSON whose parts stand in one line each where they are short.
pub(crate) fn json(value: &Value) -> String {
    let mut text = String::new();
    write(value, 0, 0, &mut text);
    text + "\n"
}

/// Writes a value that begins at a column of a line and is followed by at most one character.
fn write(value: &Value, indent: usize, column: usize, text: &mut String) {
    let line = one_line(value);
    let fits = column.saturating_add(line.chars().map(columns).sum()) < WIDTH;
    let (open, close, parts): (_, _, Vec<(String, &Value)>) = match value {
        Value::Object(entries) if !fits || indent == 0 => {
            let key = |key: &String| format!("{}: ", Value::from(key.as_str()));
            ('{', '}', entries.iter().map(|(name, part)| (key(name), part)).collect())
        }
        Value::Array(items) if !fits => ('[', ']', items.iter().map(|item| (String::new(), item)).collect()),
        _ => return text.push_str(&line),
    };
    let inside = indent.saturating_add(2);
    text.push(open);
    for (index, (key, part)) in parts.iter().enumerate() {
        text.push_str(if index == 0 { "\n" } else { ",\n" });
        text.extend(std::iter::repeat_n(' ', inside));
        text.push_str(key);
        write(part, inside, inside.saturating_add(key.len()), text);
    }
    text.push('\n');
    text.extend(std::iter::repeat_n(' ', indent));
    text.push(close);
}

/// Chinese takes two columns.
fn columns(character: char) -> usize {
    if character >= '\u{1100}' { 2 } else { 1 }
}

fn one_line(value: &Value) -> String {
    match value {
        Value::Object(entries) if !entries.is_empty() => {
            let parts: Vec<String> = entries
                .iter()
                .map(|(key, part)| format!("{}: {}", Value::from(key.as_str()), one_line(part)))
                .collect();
            format!("{{ {} }}", parts.join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(one_line).collect::<Vec<_>>().join(", ")),
        plain => plain.to_string(),
    }
}

/// The text with another part between the line that has one mark and the next that has the other.
pub(crate) fn between(text: &str, begin: &str, end: &str, part: &str) -> Result<String, String> {
    let missing = |mark: &str| format!("the mark `{mark}` is missing");
    let (before, rest) = text.split_once(&format!("{begin}\n")).ok_or_else(|| missing(begin))?;
    let (_, after) = rest.split_once(end).ok_or_else(|| missing(end))?;
    Ok([before, begin, "\n", part, end, after].concat())
}
