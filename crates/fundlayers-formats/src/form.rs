//! Forms that offices print: as HTML that prints on A4, for the wall and for notebooks, and as workbooks (feature `write-xlsx`).

use std::io::{self, Write};
use std::ops::ControlFlow;

use fundlayers::table::{Cell, ColumnKind, Report, RowKind};
use fundlayers::{Form, FormField, FormPart, Lang};

use crate::html::escaped;

#[cfg(feature = "write-xlsx")]
mod xlsx;

#[cfg(feature = "write-xlsx")]
pub use xlsx::write_xlsx;

/// Tables of more columns lie on their side.
const UPRIGHT_COLUMNS: usize = 8;

/// The widest table.
fn columns(form: &Form<'_>) -> usize {
    widest(&form.parts)
}

/// The widest table of some parts.
fn widest<'p, 'a: 'p>(parts: impl IntoIterator<Item = &'p FormPart<'a>>) -> usize {
    let columns = |part: &FormPart<'_>| if let FormPart::Table(report) = part { report.columns.len() } else { 0 };
    parts.into_iter().map(columns).max().unwrap_or_default()
}

/// So large that the widest table fits between the margins.
const fn font_size(columns: usize) -> &'static str {
    match columns {
        0..=8 => "11pt",
        9..=12 => "10pt",
        13..=16 => "8.5pt",
        _ => "7pt",
    }
}

/// Writes a form as a page: it prints on A4, repeats the header of a table on every page, and breaks no row.
///
/// # Errors
///
/// Whatever the writer says.
pub fn write_page(writer: &mut dyn Write, form: &Form<'_>) -> io::Result<()> {
    let lang = match form.lang {
        Lang::Zh => "zh-CN",
        Lang::En => "en",
    };
    let orientation = if columns(form) > UPRIGHT_COLUMNS { "landscape" } else { "portrait" };
    let page = match form.lang {
        Lang::Zh => "\"第 \" counter(page) \" 页，共 \" counter(pages) \" 页\"",
        Lang::En => "\"Page \" counter(page) \" of \" counter(pages)",
    };
    writeln!(
        writer,
        "<!DOCTYPE html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n<title>{}</title>\n<style>\n\
         @page {{ size: A4 {orientation}; margin: 15mm 14mm 18mm; @bottom-center {{ content: {page}; font-size: 9pt }} }}\n\
         body {{ margin: 0 auto; max-width: 297mm; background: white; color: black }}\n\
         @media screen {{ body {{ padding: 10mm }} }}\n</style>\n</head>\n<body>",
        escaped(&form.title)
    )?;
    write_fragment(writer, form)?;
    writeln!(writer, "</body>\n</html>")
}

/// Writes a form as a part of a page, for notebooks.
///
/// # Errors
///
/// Whatever the writer says.
pub fn write_fragment(writer: &mut dyn Write, form: &Form<'_>) -> io::Result<()> {
    const STYLE: &str = "\
.fundlayers-form { font-family: \"SimSun\", \"宋体\", \"Songti SC\", \"Noto Serif CJK SC\", \"Source Han Serif SC\", serif; \
line-height: 1.5 }
.fundlayers-form h1 { font: 600 18pt \"FZXiaoBiaoSong-B05S\", \"方正小标宋简体\", \"SimHei\", \"黑体\", \"Noto Serif CJK SC\", \
serif; text-align: center; margin: 0 0 2mm }
.fundlayers-form h2 { font: 600 12pt \"SimHei\", \"黑体\", \"Heiti SC\", \"Noto Sans CJK SC\", sans-serif; margin: 4mm 0 2mm; \
break-after: avoid }
.fundlayers-form h2.page { break-before: page }
.fundlayers-form p { margin: 1mm 0; text-indent: 2em }
.fundlayers-form .about { text-align: center; text-indent: 0 }
.fundlayers-form .line { display: flex; justify-content: space-between; gap: 4mm; margin: 3mm 0 1mm; \
white-space: nowrap; break-inside: avoid }
.fundlayers-form .head { break-after: avoid }
.fundlayers-form .sign { width: max-content; margin: 4mm 0 0 auto; break-inside: avoid; break-before: avoid }
.fundlayers-form .blank { display: inline-block; min-width: 5em; border-bottom: 1px solid }
.fundlayers-form .notes { font-size: 9pt; margin-top: 3mm; line-height: 1.4 }
.fundlayers-form table { width: 100%; border-collapse: collapse; border: 1.5px solid; font-variant-numeric: tabular-nums }
.fundlayers-form thead { display: table-header-group }
.fundlayers-form tr { break-inside: avoid }
.fundlayers-form tr.sum { break-before: avoid }
.fundlayers-form .sums-first tr.sum { break-before: auto; break-after: avoid }
.fundlayers-form th, .fundlayers-form td { border: 1px solid; padding: .3em .4em; text-align: center; font-weight: normal }
.fundlayers-form.sentences td { text-align: left }
.fundlayers-form td.n { text-align: right; white-space: nowrap }
.fundlayers-form th, .fundlayers-form tr.sum td { font-weight: bold }
";
    let lang = if form.lang == Lang::Zh { "zh-CN" } else { "en" };
    // What is no form of offices is read as sentences.
    let class = if form.kind.is_some() { "fundlayers-form" } else { "fundlayers-form sentences" };
    writeln!(writer, "<div class=\"{class}\" lang=\"{lang}\">\n<style>\n{STYLE}</style>")?;
    writeln!(writer, "<h1>{}</h1>", escaped(&form.title))?;
    for line in &form.subtitles {
        writeln!(writer, "<p class=\"about\">{}</p>", escaped(line))?;
    }
    let size = font_size(columns(form));
    let mut head = form.head.as_slice();
    let mut pages = 0_usize;
    for part in &form.parts {
        match part {
            FormPart::Heading(text) => writeln!(writer, "<h2>{}</h2>", escaped(text))?,
            FormPart::Text(text) => writeln!(writer, "<p>{}</p>", escaped(text))?,
            FormPart::Fields(fields) => write_line(writer, form.lang, "line", fields)?,
            FormPart::Signature(fields) => {
                writeln!(writer, "<div class=\"sign\">")?;
                for field in fields {
                    writeln!(writer, "<div>{}</div>", field_text(field, form.lang))?;
                }
                writeln!(writer, "</div>")?;
            }
            FormPart::Page(title) => {
                let class = if pages > 0 { "page" } else { "first" };
                pages = pages.saturating_add(1);
                writeln!(writer, "<h2 class=\"{class}\">{}</h2>", escaped(title))?;
            }
            FormPart::Table(report) => {
                write_table(writer, report, head, size)?;
                head = &[];
            }
            _ => {}
        }
    }
    if !form.notes.is_empty() {
        let label = if form.lang == Lang::Zh { "注：" } else { "Notes: " };
        let numbered = form.notes.len() > 1;
        let notes = form.notes.iter().zip(1_usize..).map(|(note, number)| match (numbered, form.lang) {
            (false, _) => escaped(note).into_owned(),
            (true, Lang::Zh) => format!("{number}．{}", escaped(note)),
            (true, Lang::En) => format!("({number}) {}", escaped(note)),
        });
        writeln!(writer, "<div class=\"notes\">{label}{}</div>", notes.collect::<Vec<_>>().join("<br>\n"))?;
    }
    writeln!(writer, "</div>")
}

/// A label and what is written beside it, or a line to write on.
fn field_text(field: &FormField, lang: Lang) -> String {
    let colon = if lang == Lang::Zh { "：" } else { ": " };
    match &field.value {
        Some(value) => format!("{}{colon}{}", escaped(&field.label), escaped(value)),
        None => format!("{}{colon}<span class=\"blank\">&nbsp;</span>", escaped(&field.label)),
    }
}

fn write_line(writer: &mut dyn Write, lang: Lang, class: &str, fields: &[FormField]) -> io::Result<()> {
    writeln!(writer, "<div class=\"{class}\">")?;
    for field in fields {
        writeln!(writer, "<span>{}</span>", field_text(field, lang))?;
    }
    writeln!(writer, "</div>")
}

fn write_table(writer: &mut dyn Write, report: &Report<'_>, head: &[FormField], size: &str) -> io::Result<()> {
    if !report.title.is_empty() {
        writeln!(writer, "<h2>{}</h2>", escaped(&report.title))?;
    }
    let has_money = report.columns.iter().any(|(_, kind)| *kind == ColumnKind::Amount);
    if has_money || !head.is_empty() {
        writeln!(writer, "<div class=\"line head\" style=\"font-size:{size}\"><span>")?;
        for field in head {
            writeln!(writer, "{}", field_text(field, report.lang))?;
        }
        let unit = if has_money { report.unit_note() } else { String::new() };
        writeln!(writer, "</span><span>{}</span></div>", escaped(&unit))?;
    }
    let mut sums_first = false;
    _ = report.rows.each(&mut |kind, _| {
        sums_first = kind == RowKind::Total;
        ControlFlow::Break(())
    });
    let class = if sums_first { " class=\"sums-first\"" } else { "" };
    writeln!(writer, "<table{class} style=\"font-size:{size}\">\n<thead><tr>")?;
    for (header, _) in &report.columns {
        write!(writer, "<th scope=\"col\">{}</th>", escaped(header))?;
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
    report.notes.iter().try_for_each(|note| writeln!(writer, "<div class=\"notes\">{}</div>", escaped(note)))
}

fn write_row(
    writer: &mut dyn Write,
    (report, places): (&Report<'_>, &[u32]),
    kind: RowKind,
    cells: &[Cell<'_>],
    text: &mut String,
) -> io::Result<()> {
    let class = if matches!(kind, RowKind::Subtotal | RowKind::Total) { " class=\"sum\"" } else { "" };
    write!(writer, "<tr{class}>")?;
    for ((cell, (_, column)), places) in cells.iter().zip(&report.columns).zip(places) {
        text.clear();
        report.write_aligned(cell, *places, text);
        let class = if matches!(column, ColumnKind::Amount | ColumnKind::Percent) { " class=\"n\"" } else { "" };
        write!(writer, "<td{class}>{}</td>", escaped(text))?;
    }
    writeln!(writer, "</tr>")
}
