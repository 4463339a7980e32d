//! The sheet of totals: by year, by county and year, by class.

use hashbrown::HashMap;

use super::model::{cell, letters};
use super::{Cell, Content, FIRST, HEADER, Look, On, Sheet, Workbook, range, whole, widths};

/// Sums by layer.
type Sums = Vec<i128>;

/// What is added up.
struct Added<'a> {
    counties: Vec<&'a str>,
    /// By year × county; none where no place is live.
    by_county: HashMap<(usize, usize), Sums>,
    by_year: Vec<Sums>,
    by_class: Vec<Sums>,
}

/// A row of the sheet: of a part's title it has no sums.
struct Line {
    look: Look,
    year: Option<u16>,
    what: String,
    of: Of,
    sums: Sums,
}

/// Which rows of the calculation a line adds up.
#[derive(Clone, Copy, PartialEq)]
enum Of {
    Nothing,
    Year,
    County,
    Class(usize),
    All,
}

impl Workbook<'_> {
    pub(super) fn totals_sheet(&self) -> Sheet<'_> {
        let layers = u16::try_from(self.data.policy.layers().len()).unwrap_or(u16::MAX);
        let mut sheet = self.sheet(On::Totals, move |each| self.total_cells(each));
        sheet.widths = widths(&[12, 26]);
        sheet.widths.extend(widths(&vec![16; usize::from(layers).saturating_add(1)]));
        sheet.frozen = (FIRST, 2);
        sheet.repeated = Some(HEADER);
        sheet.printed = layers.saturating_add(2);
        let lines = self.total_lines();
        sheet.last_row = Self::rows(lines.len()).1;
        sheet.merged = Self::head_merges(sheet.printed);
        sheet
    }

    fn added(&self) -> Added<'_> {
        let layers = self.data.policy.layers().len();
        let none = || vec![0_i128; layers];
        let mut added = Added {
            counties: Vec::new(),
            by_county: HashMap::new(),
            by_year: vec![none(); self.data.years.len()],
            by_class: vec![none(); self.data.policy.classes().len()],
        };
        let mut known: HashMap<&str, usize> = HashMap::new();
        for row in 0..self.data.roster.len() {
            let county = self.data.roster.county(row);
            let number = *known.entry(county).or_insert_with(|| {
                added.counties.push(county);
                added.counties.len().saturating_sub(1)
            });
            for (at, year) in self.data.years.iter().enumerate() {
                let Some(group) = self.data.group(row).filter(|group| group.is_live(*year)) else { continue };
                let of_county = added.by_county.entry((at, number)).or_insert_with(none);
                let of_year = added.by_year.get_mut(at);
                let of_class = group.class.and_then(|class| added.by_class.get_mut(class));
                for sums in [Some(of_county), of_year, of_class].into_iter().flatten() {
                    for (layer, sum) in sums.iter_mut().enumerate() {
                        *sum = sum.saturating_add(self.data.row_fen(row, at, layer).into());
                    }
                }
            }
        }
        added
    }

    fn total_lines(&self) -> Vec<Line> {
        let added = self.added();
        let layers = self.data.policy.layers().len();
        let mut all = vec![0_i128; layers];
        for sums in &added.by_year {
            for (sum, own) in all.iter_mut().zip(sums) {
                *sum = sum.saturating_add(*own);
            }
        }
        let mut lines = Vec::new();
        let part = |zh, en| Line {
            look: Look::Section,
            year: None,
            what: self.word(zh, en).to_owned(),
            of: Of::Nothing,
            sums: Vec::new(),
        };
        lines.push(part("一、按年度", "By year"));
        let every = self.word("全部", "all");
        for (year, sums) in self.data.years.iter().zip(&added.by_year) {
            let line = Line {
                look: Look::Amount,
                year: Some(*year),
                what: every.to_owned(),
                of: Of::Year,
                sums: sums.clone(),
            };
            lines.push(line);
        }
        let total = || Line {
            look: Look::TotalAmount,
            year: None,
            what: self.word("合计", "Total").to_owned(),
            of: Of::All,
            sums: all.clone(),
        };
        lines.push(total());
        lines.push(part("二、按区县", "By county"));
        for ((at, year), sums) in self.data.years.iter().enumerate().zip(&added.by_year) {
            for (number, county) in added.counties.iter().enumerate() {
                let Some(sums) = added.by_county.get(&(at, number)) else { continue };
                let what = if county.is_empty() { self.no_county() } else { county };
                let look = Look::Amount;
                lines.push(Line { look, year: Some(*year), what: what.to_owned(), of: Of::County, sums: sums.clone() });
            }
            let what = self.word("小计", "Subtotal").to_owned();
            lines.push(Line { look: Look::TotalAmount, year: Some(*year), what, of: Of::Year, sums: sums.clone() });
        }
        lines.push(part("三、按类别", "By class"));
        for ((number, class), sums) in self.data.policy.classes().iter().enumerate().zip(&added.by_class) {
            let what = class.name.get(self.options.lang).to_owned();
            lines.push(Line { look: Look::Amount, year: None, what, of: Of::Class(number), sums: sums.clone() });
        }
        lines.push(total());
        lines
    }

    fn total_cells(&self, each: &mut dyn FnMut(Cell)) {
        let policy = &self.data.policy;
        let layers = u16::try_from(policy.layers().len()).unwrap_or(u16::MAX);
        let remark = if self.sums_live {
            self.word("按年度、区县、类别汇总，均由测算表求和。", "By year, county and class: sums of the calculation.")
        } else {
            self.word(
                "按年度、区县、类别汇总；灰色合计为数值，不随参数重算。",
                "By year, county and class: sums of the calculation; grey ones are values.",
            )
        };
        let last = layers.saturating_add(2);
        self.head(self.word("汇总", "Totals"), remark, each);
        self.unit_cell(last, each);
        let mut header = |column: u16, text: &str, note: Option<String>| {
            let title = Cell::new(HEADER, column, Look::Header, Content::Text(text.to_owned()));
            each(Cell { note, ..title });
        };
        header(0, self.word("年度", "Year"), None);
        header(1, self.word("区县、类别", "County, class"), None);
        for (column, layer) in (2..).zip(policy.layers()) {
            header(column, layer.name.get(self.options.lang), self.sums_note());
        }
        header(last, self.word("合计", "Total"), self.sums_note());
        let laid = self.laid();
        let counties = self.added().counties.iter().map(|county| (*county).to_owned()).collect::<Vec<_>>();
        let odd = counties.iter().any(|county| is_odd(county)) || repeats(&counties);
        let (years, classes) = (self.calculation_range(laid.year), self.calculation_range(laid.class));
        let county = self.calculation_range(2);
        for (row, line) in (FIRST..).zip(self.total_lines()) {
            let mut put = |column: u16, look: Look, content: Content| each(Cell::new(row, column, look, content));
            if line.of == Of::Nothing {
                put(0, line.look, Content::Text(line.what));
                continue;
            }
            let text = if line.look == Look::TotalAmount { Look::TotalText } else { Look::Text };
            let of_year = if line.look == Look::TotalAmount { Look::TotalText } else { Look::Integer };
            let year = line.year.map_or_else(
                || Content::Text(self.word("各年", "all").to_owned()),
                |year| Content::Number(whole(year.into())),
            );
            put(0, of_year, year);
            put(1, text, Content::Text(line.what.clone()));
            let (own_year, own) = (["$A", &row.saturating_add(1).to_string()].concat(), cell(1, row));
            let mut sums = Vec::new();
            for (column, (layer, sum)) in (2_u16..).zip(laid.layers.iter().zip(&line.sums)) {
                let amounts = self.calculation_range(layer.whole);
                let formula = match line.of {
                    Of::Nothing | Of::All => format!("SUM({amounts})"),
                    Of::Year => format!("SUMIFS({amounts},{years},{own_year})"),
                    Of::County if odd => format!("SUMPRODUCT(({years}={own_year})*EXACT({county},${own})*{amounts})"),
                    Of::County => format!("SUMIFS({amounts},{years},{own_year},{county},${own})"),
                    Of::Class(class) => format!("SUMIFS({amounts},{classes},{})", class.saturating_add(1)),
                };
                sums.push(formula.clone());
                let formula = format!("{formula}/{}", policy.unit().fen());
                let (look, content) = self.sum_content(line.look, formula, *sum);
                put(column, look, content);
            }
            let sum = line.sums.iter().copied().fold(0, i128::saturating_add);
            let formula = if sums.is_empty() {
                "0".to_owned()
            } else if sums.iter().map(String::len).sum::<usize>() < super::FORMULA_LIMIT {
                // From the fen, so that nothing is added up of what was divided.
                format!("({})/{}", sums.join("+"), policy.unit().fen())
            } else {
                let row = row.saturating_add(1);
                format!("SUM(C{row}:{}{row})", letters(last.saturating_sub(1)))
            };
            let (look, content) = self.sum_content(Look::TotalAmount, formula, sum);
            put(last, look, content);
        }
    }

    /// The cells of totals by county, of all layers.
    pub(super) fn county_totals(&self) -> String {
        let lines = self.total_lines();
        let column = u16::try_from(self.data.policy.layers().len()).unwrap_or(u16::MAX).saturating_add(2);
        let is_county = |line: &Line| matches!(line.of, Of::County);
        let first = lines.iter().position(is_county).unwrap_or_default();
        let last = lines.iter().rposition(is_county).unwrap_or_default();
        let cells = range((column, column), (Self::roster_row(first), Self::roster_row(last)));
        self.on(On::Totals, &cells)
    }

    /// The subtotals that stand between them.
    pub(super) fn subtotals(&self) -> Vec<String> {
        let lines = self.total_lines();
        let column = u16::try_from(self.data.policy.layers().len()).unwrap_or(u16::MAX).saturating_add(2);
        let last = lines.iter().rposition(|line| matches!(line.of, Of::County)).unwrap_or_default();
        let first = lines.iter().position(|line| matches!(line.of, Of::County)).unwrap_or_default();
        let between = lines.iter().enumerate().filter(|(at, line)| {
            *at > first && *at < last && matches!(line.of, Of::Year) && line.look == Look::TotalAmount
        });
        between.map(|(at, _)| self.on(On::Totals, &cell(column, Self::roster_row(at)))).collect()
    }
}

/// Whether a criterion of this text would mean other texts too.
fn is_odd(text: &str) -> bool {
    let digits = text.chars().next().is_some_and(|first| first.is_ascii_digit() || "+-.<>=".contains(first));
    digits || text.contains(['*', '?', '~']) || text.chars().count() > 255
}

/// Whether two are the same but for the case of letters.
fn repeats(texts: &[String]) -> bool {
    let mut lower: Vec<String> = texts.iter().map(|text| text.to_lowercase()).collect();
    lower.sort();
    lower.windows(2).any(|pair| pair.first() == pair.last())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_criterion_is_odd_that_would_mean_other_texts_too() {
        for text in ["5县", "+甲", "=甲", "甲*", "甲?", "甲~", &"县".repeat(256)] {
            assert!(is_odd(text), "{text}");
        }
        // A criterion holds 255 characters.
        for text in ["", "甲县", "甲5", &"县".repeat(255)] {
            assert!(!is_odd(text), "{text}");
        }
    }
}
