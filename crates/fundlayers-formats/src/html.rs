//! Results for people as HTML, for notebooks: a finance table with the unit at the upper right, numbers right-aligned with
//! separators, subtotals; a policy with its rule table and clauses.
//!
//! Every text is escaped. Styles stand in the elements themselves and name no colours, so that a table fits light and dark
//! notebooks.

use std::borrow::Cow;
use std::io::{self, Write};
use std::ops::ControlFlow;

use fundlayers::table::{Cell, ColumnKind, Report, RowKind};
use fundlayers::{Lang, Policy, PolicyDescription, Problems, visible};

use crate::is_left;

/// A page by itself.
const PAGE: &str = "@page{size:A4 landscape;margin:12mm}body{margin:1em auto;max-width:75em;padding:0 1em;\
    font-family:\"Noto Sans CJK SC\",\"Microsoft YaHei\",\"PingFang SC\",sans-serif}h1{font-size:1.3em;text-align:center}\
    p{text-align:center;font-size:.9em}tr{break-inside:avoid}body>div{margin-bottom:1em}\
    @media print{body{margin:0;max-width:none;padding:0;font-size:10pt}body>div{overflow:visible!important}}";
const TABLE: &str = "border-collapse:collapse;border-top:2px solid;border-bottom:2px solid";
// So wide that names are not set one character a line.
const LEFT: &str = "text-align:left;padding:.2em .7em;min-width:4em";
const RIGHT: &str = "text-align:right;padding:.2em .7em;white-space:nowrap;font-variant-numeric:tabular-nums";

/// Begins a page that stands by itself: its encoding, its title, how it prints on A4, and where the policies come from that
/// it rests on.
///
/// # Errors
///
/// Whatever the writer says.
///
/// ```
/// # let policy: fundlayers::Policy = serde_json::from_str(r#"{ "id": "e", "title": { "zh": "例" }, "years": [2024, 2024], "unit": "元",
/// #   "layers": [], "classes": [{ "id": "all", "funding": {} }] }"#)?;
/// use fundlayers_formats::html;
/// let mut page = Vec::new();
/// html::write_head(&mut page, &[&policy], fundlayers::Lang::Zh)?;
/// html::write_foot(&mut page)?;
/// assert!(String::from_utf8(page)?.contains("<meta charset=\"utf-8\">\n"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write_head(writer: &mut dyn Write, policies: &[&Policy], lang: Lang) -> io::Result<()> {
    let title = policies.first().map(|policy| policy.heading(lang)).unwrap_or_default();
    writeln!(
        writer,
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n<title>{}</title>\n<style>{PAGE}</style>\n\
         </head>\n<body>",
        lang.pick("zh", "en"),
        escaped(if title.is_empty() { "fundlayers" } else { &title })
    )?;
    for policy in policies {
        writeln!(writer, "<h1>{}</h1>", escaped(&policy.heading(lang)))?;
        let colon = lang.pick("：", ": ");
        let facts = policy.origin(lang);
        let facts = facts.iter().map(|(label, value)| format!("{}{colon}{}", escaped(label), escaped(value)));
        writeln!(writer, "<p>{}</p>", facts.collect::<Vec<_>>().join(" · "))?;
    }
    Ok(())
}

/// Ends such a page.
///
/// # Errors
///
/// Whatever the writer says.
pub fn write_foot(writer: &mut dyn Write) -> io::Result<()> {
    writeln!(writer, "</body>\n</html>")
}

/// Writes reports one below another; warnings stand below the last.
///
/// # Errors
///
/// Whatever the writer says.
pub fn write_tables(writer: &mut dyn Write, reports: &[Report<'_>], warnings: &Problems) -> io::Result<()> {
    let none = Problems::new();
    for (number, report) in (1_usize..).zip(reports) {
        write(writer, report, if number == reports.len() { warnings } else { &none })?;
        writeln!(writer, "<br>")?;
    }
    Ok(())
}

/// Writes a report.
///
/// # Errors
///
/// Whatever the writer says.
pub fn write(writer: &mut dyn Write, report: &Report<'_>, warnings: &Problems) -> io::Result<()> {
    open(writer, report.lang)?;
    writeln!(writer, "<table style=\"{TABLE}\">")?;
    writeln!(
        writer,
        "<caption style=\"caption-side:top;padding:.3em 0\"><div style=\"text-align:center;font-weight:bold\">{}</div>\
         <div style=\"text-align:right\">{}</div></caption>",
        escaped(&report.title),
        if report.has_amounts() { report.unit_note() } else { String::new() }
    )?;
    write!(writer, "<thead><tr style=\"border-bottom:1px solid\">")?;
    for (header, kind) in &report.columns {
        write!(writer, "<th scope=\"col\" style=\"{}\">{}</th>", align(*kind), escaped(header))?;
    }
    writeln!(writer, "</tr></thead>\n<tbody>")?;
    let (places, mut text) = (report.places(), String::new());
    let mut written = Ok(());
    _ = report.rows.each(&mut |kind, cells| {
        written = write_row(writer, (report, &places), kind, cells, &mut text);
        if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    written?;
    writeln!(writer, "</tbody>\n</table>")?;
    for note in &report.notes {
        writeln!(writer, "<div>{}</div>", escaped(note))?;
    }
    write_warnings(writer, warnings, report.lang)?;
    writeln!(writer, "</div>")
}

fn write_row(
    writer: &mut dyn Write,
    (report, places): (&Report<'_>, &[u32]),
    kind: RowKind,
    cells: &[Cell<'_>],
    text: &mut String,
) -> io::Result<()> {
    let style = match kind {
        RowKind::Row | RowKind::LeftOut(_) => "",
        RowKind::Subtotal => " style=\"font-weight:bold\"",
        RowKind::Total => " style=\"font-weight:bold;border-top:1px solid\"",
    };
    write!(writer, "<tr{style}>")?;
    for ((cell, (_, column)), places) in cells.iter().zip(&report.columns).zip(places) {
        text.clear();
        report.write_aligned(cell, *places, text);
        if matches!(kind, RowKind::LeftOut(_)) {
            write!(writer, "<td colspan=\"{}\" style=\"{LEFT}\">{}</td>", report.columns.len(), escaped(text))?;
        } else {
            write!(writer, "<td style=\"{}\">{}</td>", align(*column), escaped(text))?;
        }
    }
    writeln!(writer, "</tr>")
}

fn align(kind: ColumnKind) -> &'static str {
    if is_left(kind) { LEFT } else { RIGHT }
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
    let count = warnings.len().saturating_add(warnings.left_out());
    writeln!(writer, "<details><summary>{title} ({count})</summary><ul>")?;
    for warning in warnings.shown() {
        writeln!(writer, "<li>{}</li>", escaped(&warning.to_text(lang)))?;
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
            "<th scope=\"col\" style=\"{LEFT}\">{}{}<div style=\"font-weight:normal\">{} {}</div>",
            escaped(&layer.name),
            clause(layer.clause.as_deref(), zh),
            word("安排主体：", "paid by"),
            escaped(&layer.payer)
        )?;
        for term in &layer.terms {
            writeln!(writer, "<div style=\"font-weight:normal\">{}</div>", escaped(term))?;
        }
        writeln!(writer, "</th>")?;
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
    if !policy.figures.is_empty() {
        writeln!(writer, "<div>{}</div><ul>", word("指标", "Figures"))?;
        for figure in &policy.figures {
            let (name, text) = (escaped(&figure.name), escaped(&figure.text));
            writeln!(writer, "<li>{name}: {text}{}</li>", clause(figure.clause.as_deref(), zh))?;
        }
        writeln!(writer, "</ul>")?;
    }
    if !policy.pools.is_empty() {
        writeln!(writer, "<div>{}</div><ul>", word("资金池", "Pools"))?;
        for pool in &policy.pools {
            let terms = pool.terms.join(word("，", ", "));
            let (name, terms) = (escaped(&pool.name), escaped(&terms));
            writeln!(writer, "<li>{name}: {terms}{}</li>", clause(pool.clause.as_deref(), zh))?;
        }
        writeln!(writer, "</ul>")?;
    }
    if !policy.checks.is_empty() {
        writeln!(writer, "<div>{}</div><ul>", word("核对", "Checks"))?;
        for check in &policy.checks {
            let (name, text) = (escaped(&check.name), check.text(policy.lang));
            writeln!(writer, "<li>{name}: {}{}</li>", escaped(&text), clause(check.clause.as_deref(), zh))?;
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

/// A text that HTML shows as it is; as [`visible`] shows it.
pub(crate) fn escaped(text: &str) -> Cow<'_, str> {
    let text = visible(text);
    if !text.contains(['&', '<', '>', '"', '\'', '$']) {
        return text;
    }
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
            c => out.push(c),
        }
    }
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use fundlayers::table::ReportRow;
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
            decimals: None,
            columns: vec![("名称".to_owned(), ColumnKind::Text), ("金额".to_owned(), ColumnKind::Amount)],
            rows: list.into(),
            notes: vec!["政策".to_owned()],
        }
    }

    fn html(rows: usize) -> String {
        let mut out = Vec::new();
        write(&mut out, &report(rows).first(60), &Problems::new()).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_finance_table_has_its_unit_separators_and_sums() {
        let html = html(1);
        assert!(html.contains("<div style=\"text-align:right\">单位：万元</div>"));
        assert!(html.contains(&format!("<td style=\"{RIGHT}\">123,456,700.000000</td>")), "{html}");
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
        assert_eq!(html.matches("<tr").count(), 1 + 60 + 1 + 1);
        assert!(
            html.contains("<td colspan=\"2\"") && html.contains("……另有 440 行"),
            "500 rows, of which 60 are shown"
        );
        assert!(html.contains("合计") && !html.contains("小计"));
    }
}
