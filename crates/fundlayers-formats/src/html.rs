//! Results for people as HTML, for notebooks: a finance table with the unit at the upper right, numbers right-aligned with
//! separators, subtotals; a policy with its rule table and clauses; an explanation with its steps.
//!
//! Every text is escaped. Styles stand in the elements themselves and name no colours, so that a table fits light and dark
//! notebooks.

use std::io::{self, Write};

use fundlayers::table::{ColumnKind, Report, RowKind};
use fundlayers::{Explanation, Lang, PolicyDescription, Problems};

const TABLE: &str = "border-collapse:collapse;border-top:2px solid;border-bottom:2px solid";
// So wide that names are not set one character a line.
const LEFT: &str = "text-align:left;padding:.2em .7em;min-width:4em";
const RIGHT: &str = "text-align:right;padding:.2em .7em;white-space:nowrap;font-variant-numeric:tabular-nums";

/// Writes a report. Of more rows than the limit the first ones and the last are shown, and how many are left out.
///
/// # Errors
///
/// Whatever the writer says.
pub fn write(writer: &mut dyn Write, report: &Report<'_>, warnings: &Problems, limit: usize) -> io::Result<()> {
    let zh = report.lang == Lang::Zh;
    open(writer, report.lang)?;
    writeln!(writer, "<table style=\"{TABLE}\">")?;
    writeln!(
        writer,
        "<caption style=\"caption-side:top;padding:.3em 0\"><div style=\"text-align:center;font-weight:bold\">{}</div>\
         <div style=\"text-align:right\">{}</div></caption>",
        escaped(&report.title),
        escaped(&report.unit_note())
    )?;
    write!(writer, "<thead><tr style=\"border-bottom:1px solid\">")?;
    for (header, kind) in &report.columns {
        write!(writer, "<th scope=\"col\" style=\"{}\">{}</th>", align(*kind), escaped(header))?;
    }
    writeln!(writer, "</tr></thead>\n<tbody>")?;
    let cut = report.rows.len() > limit;
    let shown = if cut { limit.saturating_sub(1) } else { report.rows.len() };
    for row in report.rows.iter().take(shown) {
        write_row(writer, report, row)?;
    }
    if let (true, Some(last)) = (cut, report.rows.last()) {
        let left_out = report.rows.len().saturating_sub(shown).saturating_sub(1);
        let words = if zh { format!("…… 另有 {left_out} 行") } else { format!("… {left_out} more rows") };
        writeln!(writer, "<tr><td colspan=\"{}\" style=\"{LEFT}\">{words}</td></tr>", report.columns.len())?;
        write_row(writer, report, last)?;
    }
    writeln!(writer, "</tbody>\n</table>")?;
    for note in &report.notes {
        writeln!(writer, "<div>{}</div>", escaped(note))?;
    }
    write_warnings(writer, warnings, report.lang)?;
    writeln!(writer, "</div>")
}

fn write_row(writer: &mut dyn Write, report: &Report<'_>, row: &fundlayers::table::ReportRow<'_>) -> io::Result<()> {
    let style = match row.kind {
        RowKind::Row => "",
        RowKind::Subtotal => " style=\"font-weight:bold\"",
        RowKind::Total => " style=\"font-weight:bold;border-top:1px solid\"",
    };
    write!(writer, "<tr{style}>")?;
    for (cell, (_, kind)) in row.cells.iter().zip(&report.columns) {
        write!(writer, "<td style=\"{}\">{}</td>", align(*kind), escaped(&report.text(cell)))?;
    }
    writeln!(writer, "</tr>")
}

fn align(kind: ColumnKind) -> &'static str {
    if matches!(kind, ColumnKind::Text | ColumnKind::Flag) { LEFT } else { RIGHT }
}

fn open(writer: &mut dyn Write, lang: Lang) -> io::Result<()> {
    let lang = if lang == Lang::Zh { "zh" } else { "en" };
    writeln!(writer, "<div lang=\"{lang}\" style=\"display:inline-block;max-width:100%;overflow-x:auto\">")
}

fn write_warnings(writer: &mut dyn Write, warnings: &Problems, lang: Lang) -> io::Result<()> {
    if warnings.is_empty() {
        return Ok(());
    }
    let title = if lang == Lang::Zh { "提示" } else { "Warnings" };
    writeln!(writer, "<details><summary>{title} ({})</summary><ul>", warnings.len())?;
    for warning in warnings {
        writeln!(writer, "<li>{}</li>", escaped(&warning.to_string()))?;
    }
    writeln!(writer, "</ul></details>")
}

/// Writes a policy: what it is, a table of its rules (a row for each class, a column for each layer, with clauses), pools,
/// and how open points are read.
///
/// # Errors
///
/// Whatever the writer says.
pub fn write_policy(writer: &mut dyn Write, policy: &PolicyDescription) -> io::Result<()> {
    let zh = policy.lang == Lang::Zh;
    let word = |zh_text: &'static str, en: &'static str| if zh { zh_text } else { en };
    open(writer, policy.lang)?;
    writeln!(writer, "<div style=\"font-weight:bold\">{}</div>", escaped(&policy.title))?;
    let facts = policy.facts.iter().map(|(label, value)| format!("{}: {}", escaped(label), escaped(value)));
    writeln!(writer, "<div>{}</div>", facts.collect::<Vec<_>>().join(" · "))?;
    writeln!(writer, "<table style=\"{TABLE}\"><thead><tr style=\"border-bottom:1px solid\">")?;
    writeln!(writer, "<th scope=\"col\" style=\"{LEFT}\">{}</th>", word("类别", "Class"))?;
    for layer in &policy.layers {
        writeln!(
            writer,
            "<th scope=\"col\" style=\"{LEFT}\">{}{}<div style=\"font-weight:normal\">{} {}</div></th>",
            escaped(&layer.name),
            clause(layer.clause.as_deref(), zh),
            word("安排主体：", "paid by"),
            escaped(&layer.payer)
        )?;
    }
    writeln!(writer, "</tr></thead><tbody>")?;
    for class in &policy.classes {
        let note = class
            .note
            .as_ref()
            .map(|note| format!("<div style=\"font-weight:normal\"><small>{}</small></div>", escaped(note)));
        writeln!(
            writer,
            "<tr><th scope=\"row\" style=\"{LEFT}\">{}<div style=\"font-weight:normal\">{}</div>{}</th>",
            escaped(&class.name),
            escaped(&class.terms.join(word("，", ", "))),
            note.unwrap_or_default()
        )?;
        for rule in &class.rules {
            let rule = rule.as_ref().map_or_else(
                || "–".to_owned(),
                |rule| format!("{}{}", escaped(&rule.text), clause(rule.clause.as_deref(), zh)),
            );
            writeln!(writer, "<td style=\"{LEFT}\">{rule}</td>")?;
        }
        writeln!(writer, "</tr>")?;
    }
    writeln!(writer, "</tbody></table>")?;
    if !policy.pools.is_empty() {
        writeln!(writer, "<div>{}</div><ul>", word("资金池", "Pools"))?;
        for pool in &policy.pools {
            let terms = escaped(&pool.terms.join(word("，", ", ")));
            writeln!(writer, "<li>{}: {terms}{}</li>", escaped(&pool.name), clause(pool.clause.as_deref(), zh))?;
        }
        writeln!(writer, "</ul>")?;
    }
    if !policy.readings.is_empty() {
        let title = word("对文件未明之处的解读", "How open points of the document are read");
        writeln!(writer, "<details><summary>{title} ({})</summary><ul>", policy.readings.len())?;
        for reading in &policy.readings {
            writeln!(
                writer,
                "<li>{}{}<br>{}: {}",
                escaped(&reading.question),
                clause(reading.clause.as_deref(), zh),
                word("采用", "chosen"),
                escaped(&reading.chosen)
            )?;
            for alternative in &reading.alternatives {
                writeln!(writer, "<br>{}: {}", word("另解", "alternative"), escaped(alternative))?;
            }
            writeln!(writer, "</li>")?;
        }
        writeln!(writer, "</ul></details>")?;
    }
    writeln!(writer, "</div>")
}

fn clause(clause: Option<&str>, zh: bool) -> String {
    match clause {
        None => String::new(),
        Some(clause) if zh => format!("<small>（依据 {}）</small>", escaped(clause)),
        Some(clause) => format!(" <small>[{}]</small>", escaped(clause)),
    }
}

/// Writes explanations: a heading, the steps as a numbered list, the total.
///
/// # Errors
///
/// Whatever the writer says.
pub fn write_explanations(writer: &mut dyn Write, explanations: &[Explanation], lang: Lang) -> io::Result<()> {
    open(writer, lang)?;
    for explanation in explanations {
        let text = explanation.text(lang);
        let (first, last) = (text.lines().next(), text.lines().next_back());
        writeln!(writer, "<div style=\"font-weight:bold\">{}</div><ol>", escaped(first.unwrap_or_default()))?;
        for step in &explanation.steps {
            writeln!(writer, "<li>{}</li>", escaped(step.text.get(lang)))?;
        }
        writeln!(writer, "</ol><div style=\"font-weight:bold\">{}</div>", escaped(last.unwrap_or_default()))?;
    }
    writeln!(writer, "</div>")
}

/// A text that HTML shows as it is.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // Jupyter sets what stands between dollar signs as a formula.
            '$' => out.push_str("&#36;"),
            '\n' | '\t' => out.push(' '),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use fundlayers::table::{Cell, ReportRow};
    use fundlayers::{Amount, Unit};

    fn report(rows: usize) -> Report<'static> {
        let row = |kind, name: &'static str, fen| ReportRow {
            kind,
            cells: vec![Cell::Text(name.into()), Cell::Amount(Amount::from_fen(fen))],
        };
        let mut list: Vec<ReportRow<'_>> =
            (0..rows).map(|_| row(RowKind::Row, "<b>&\"'$x$", 123_456_700_000_000)).collect();
        list.push(row(RowKind::Subtotal, "小计", 5));
        list.push(row(RowKind::Total, "合计", 1_000_000));
        Report {
            lang: Lang::Zh,
            title: "某县<script>".to_owned(),
            unit: Unit::Wan,
            columns: vec![("名称".to_owned(), ColumnKind::Text), ("金额".to_owned(), ColumnKind::Amount)],
            rows: list,
            notes: vec!["政策".to_owned()],
        }
    }

    fn html(rows: usize) -> String {
        let mut out = Vec::new();
        write(&mut out, &report(rows), &Problems::new(), 60).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_finance_table_has_its_unit_separators_and_sums() {
        let html = html(1);
        assert!(html.contains("<div style=\"text-align:right\">单位：万元</div>"));
        assert!(html.contains(&format!("<td style=\"{RIGHT}\">123,456,700</td>")), "{html}");
        assert!(html.contains("<tr style=\"font-weight:bold\"><td"));
        assert!(html.contains("<tr style=\"font-weight:bold;border-top:1px solid\"><td"));
    }

    #[test]
    fn texts_are_escaped() {
        let html = html(1);
        assert!(html.contains("&lt;b&gt;&amp;&quot;&#39;&#36;x&#36;") && html.contains("某县&lt;script&gt;"));
        assert!(!html.contains("<script") && !html.contains("<b>") && !html.contains('$'));
    }

    #[test]
    fn a_long_report_is_cut_but_keeps_its_total() {
        let html = html(500);
        assert_eq!(html.matches("<tr").count(), 1 + 59 + 1 + 1);
        assert!(html.contains("…… 另有 442 行"), "500 rows and 2 sums, 59 and the total shown");
        assert!(html.contains("合计"));
    }
}
