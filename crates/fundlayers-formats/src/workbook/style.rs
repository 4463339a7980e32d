//! What a number format makes of a number.

use std::cmp::Ordering;

use super::number::counted;

/// What a number format shows of a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shown {
    /// The number, perhaps rounded, or with words.
    Number,
    /// A day, or a time of day.
    Day,
    /// Hundredths of the number.
    Percent,
    /// Another number, or a length of time.
    Other,
    /// The number with how many yuan, or of what else, it counts behind it: 万元, 千元, 万人.
    Counted(String),
}

/// A number format: which of its parts holds for a number, and what that shows.
#[derive(Debug, Clone)]
pub(super) struct NumberFormat {
    code: String,
    sections: Vec<Section>,
}

#[derive(Debug, Clone)]
struct Section {
    condition: Option<(&'static [Ordering], f64)>,
    shown: Shown,
}

impl NumberFormat {
    /// Reads a format's code.
    pub(super) fn read(code: &str) -> Self {
        let sections = sections(code).iter().map(|section| read_section(section)).collect();
        Self { code: code.to_owned(), sections }
    }

    /// The format that a number stands for in every workbook; none that only shows the number.
    pub(super) fn built_in(id: u32) -> Option<Self> {
        let (code, shown) = match id {
            9 => ("0%", Shown::Percent),
            10 => ("0.00%", Shown::Percent),
            14..=22 | 27..=36 | 45 | 47 | 50..=58 => ("yyyy-mm-dd", Shown::Day),
            46 => ("[h]:mm:ss", Shown::Other),
            _ => return None,
        };
        Some(Self { code: code.to_owned(), sections: vec![Section { condition: None, shown }] })
    }

    /// As the workbook has it.
    pub(super) fn code(&self) -> &str {
        &self.code
    }

    /// Whether it shows every number as it is.
    pub(super) fn is_plain(&self) -> bool {
        self.sections.iter().all(|section| section.shown == Shown::Number)
    }

    /// What it shows of a number by its digits.
    pub(super) fn shown(&self, digits: &str) -> Shown {
        let number: f64 = digits.parse().unwrap_or_default();
        let holds = |(orders, bound): (&[Ordering], f64)| {
            number.partial_cmp(&bound).is_some_and(|order| orders.contains(&order))
        };
        let shown = |at: usize| self.sections.get(at).map(|section| section.shown.clone());
        let numeric = self.sections.len().min(3);
        if let Some(first) = self.sections.iter().take(numeric).position(|section| section.condition.is_some()) {
            let fitting = self.sections.iter().take(numeric).find(|section| section.condition.is_some_and(holds));
            let rest = self.sections.iter().take(numeric).find(|section| section.condition.is_none());
            return fitting
                .or(rest)
                .map(|section| section.shown.clone())
                .or_else(|| shown(first))
                .unwrap_or(Shown::Number);
        }
        let at = match (number.partial_cmp(&0.0), numeric) {
            (Some(Ordering::Less), 2..) => 1,
            (Some(Ordering::Equal), 3) => 2,
            _ => 0,
        };
        shown(at).unwrap_or(Shown::Number)
    }
}

/// A character of a format's code.
enum Token {
    /// It stands for itself.
    Literal(char),
    /// What stands in brackets.
    Bracket(String),
    /// It means something.
    Sign(char),
}

fn tokens(code: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = code.chars();
    while let Some(sign) = rest.next() {
        match sign {
            '"' => tokens.extend(rest.by_ref().take_while(|next| *next != '"').map(Token::Literal)),
            // `!` is what `\` is in Chinese.
            '\\' | '!' => tokens.extend(rest.next().map(Token::Literal)),
            // Room as wide as a character, or filled with it.
            '_' | '*' => _ = rest.next(),
            '[' => tokens.push(Token::Bracket(rest.by_ref().take_while(|next| *next != ']').collect())),
            _ => tokens.push(Token::Sign(sign)),
        }
    }
    tokens
}

/// The parts between semicolons.
fn sections(code: &str) -> Vec<Vec<Token>> {
    let mut sections = vec![Vec::new()];
    for token in tokens(code) {
        if let Token::Sign(';') = token {
            sections.push(Vec::new());
        } else if let Some(section) = sections.last_mut() {
            section.push(token);
        }
    }
    sections
}

fn read_section(tokens: &[Token]) -> Section {
    let condition = tokens.iter().find_map(|token| match token {
        Token::Bracket(text) => read_condition(text),
        _ => None,
    });
    Section { condition, shown: shown_by(tokens) }
}

fn read_condition(text: &str) -> Option<(&'static [Ordering], f64)> {
    use Ordering::{Equal, Greater, Less};
    let orders: [(&str, &'static [Ordering]); 6] = [
        (">=", &[Greater, Equal]),
        ("<=", &[Less, Equal]),
        ("<>", &[Less, Greater]),
        (">", &[Greater]),
        ("<", &[Less]),
        ("=", &[Equal]),
    ];
    let (orders, bound) = orders.iter().find_map(|(sign, orders)| Some((*orders, text.strip_prefix(sign)?)))?;
    Some((orders, bound.trim().parse().ok()?))
}

fn shown_by(tokens: &[Token]) -> Shown {
    let signs: String =
        tokens.iter().filter_map(|token| if let Token::Sign(sign) = token { Some(*sign) } else { None }).collect();
    let signs = signs.to_ascii_lowercase();
    if signs.contains("general") || signs.contains("g/通用格式") {
        return counted(&behind(tokens)).map_or(Shown::Number, |counted| Shown::Counted(counted.to_owned()));
    }
    let is_elapsed = |text: &String| {
        let unit = text.to_ascii_lowercase();
        ['h', 'm', 's'].iter().any(|letter| !unit.is_empty() && unit.chars().all(|other| other == *letter))
    };
    if tokens.iter().any(|token| matches!(token, Token::Bracket(text) if is_elapsed(text))) {
        return Shown::Other;
    }
    if signs.contains(['y', 'd', 'h', 's', 'm', '年', '月', '日']) || era(&signs) {
        return Shown::Day;
    }
    if rescales(tokens) {
        return Shown::Other;
    }
    if signs.contains('%') {
        return Shown::Percent;
    }
    counted(&behind(tokens)).map_or(Shown::Number, |counted| Shown::Counted(counted.to_owned()))
}

/// What is written behind the digits.
fn behind(tokens: &[Token]) -> String {
    let digits = tokens.iter().rposition(is_digit).map_or(0, |last| last.saturating_add(1));
    let written = tokens.iter().skip(digits).filter_map(|token| match token {
        Token::Literal(sign) => Some(*sign),
        // Those of `General` are digits.
        Token::Sign(sign) => (digits > 0).then_some(*sign),
        Token::Bracket(_) => None,
    });
    written.collect()
}

fn is_digit(token: &Token) -> bool {
    matches!(token, Token::Sign('0' | '#' | '?'))
}

/// `e` is a year where it is no exponent.
fn era(signs: &str) -> bool {
    signs.contains('e') && !signs.contains("e+") && !signs.contains("e-")
}

/// Whether the digits that are shown mean another number: commas behind the last digit are thousands left out, a point
/// or digits that are only written between or behind them are others than the number's.
fn rescales(tokens: &[Token]) -> bool {
    let Some(first) = tokens.iter().position(is_digit) else { return false };
    let last = tokens.iter().rposition(is_digit).unwrap_or(first);
    let thousands = |(at, token): (usize, &Token)| {
        let next = tokens.iter().skip(at).find(|token| !matches!(token, Token::Sign(',')));
        at > first && matches!(token, Token::Sign(',')) && !next.is_some_and(is_digit)
    };
    let written = |(at, token): (usize, &Token)| match token {
        Token::Literal('.' | '．') => at > first && at < last,
        Token::Literal(sign) => sign.is_ascii_digit() && at > first,
        _ => false,
    };
    tokens.iter().enumerate().any(thousands) || tokens.iter().enumerate().any(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_says_what_is_shown() {
        for (code, digits, shown) in [
            ("General", "1", Shown::Number),
            ("G/通用格式", "1", Shown::Number),
            ("#,##0.00", "1", Shown::Number),
            ("#,##0_);(#,##0)", "-1", Shown::Number),
            ("0\"元\"", "1", Shown::Counted("元".to_owned())),
            ("#,##0.00\"万元\"_ ;-0", "1", Shown::Counted("万元".to_owned())),
            ("#,##0.00\"万元\"_ ;-0", "-1", Shown::Number),
            ("0\\ \"千元\"", "1", Shown::Counted("千元".to_owned())),
            ("0.0\"万人\"", "1", Shown::Counted("万人".to_owned())),
            ("[>=1]0万;0", "1", Shown::Counted("万".to_owned())),
            ("General\"万元\"", "1", Shown::Counted("万元".to_owned())),
            ("0\"个村\"", "1", Shown::Number),
            ("¥#,##0.00;[Red]-¥#,##0.00", "1", Shown::Number),
            ("[$¥-804]#,##0.00", "1", Shown::Number),
            ("0.00E+00", "1", Shown::Number),
            ("@", "1", Shown::Number),
            ("# ?/?", "1", Shown::Number),
            ("\"第\"0\"期\"", "1", Shown::Number),
            ("0.0\" days\"", "1", Shown::Number),
            ("0!.0,\"万元\"", "1", Shown::Other),
            ("0!.0000\"万元\"", "1", Shown::Other),
            ("0\\.0,", "1", Shown::Other),
            ("#,##0,", "1", Shown::Other),
            ("0.00,,\"亿\"", "1", Shown::Other),
            ("0,.0", "1", Shown::Other),
            ("0\"000\"", "1", Shown::Other),
            ("[h]:mm", "1", Shown::Other),
            ("0%", "1", Shown::Percent),
            ("0.00%_ ", "1", Shown::Percent),
            ("0\"%\"", "1", Shown::Number),
            ("yyyy-mm-dd", "1", Shown::Day),
            ("yyyy\"年\"m\"月\"d\"日\";@", "1", Shown::Day),
            ("[DBNum1][$-804]yyyy\"年\"m\"月\"", "1", Shown::Day),
            ("[$-F800]dddd\\,\\ mmmm\\ dd\\,\\ yyyy", "1", Shown::Day),
            ("yyyy年m月", "1", Shown::Day),
            ("h:mm:ss", "1", Shown::Day),
            ("e/m/d", "1", Shown::Day),
            ("[>=10000]0!.0,\"万\";0", "20000", Shown::Other),
            ("[>=10000]0!.0,\"万\";0", "9999", Shown::Number),
            ("0;0,", "1", Shown::Number),
            ("0;0,", "-1", Shown::Other),
            ("0;0;0,", "0", Shown::Other),
            ("", "1", Shown::Number),
            ("[", "1", Shown::Number),
            ("\"", "1", Shown::Number),
        ] {
            assert_eq!(NumberFormat::read(code).shown(digits), shown, "{code} of {digits}");
        }
        let built_in = |id| NumberFormat::built_in(id).map(|format| format.shown("1"));
        assert_eq!(built_in(14), Some(Shown::Day));
        assert_eq!(built_in(31), Some(Shown::Day));
        assert_eq!(built_in(57), Some(Shown::Day));
        assert_eq!(built_in(9), Some(Shown::Percent));
        assert_eq!(built_in(4), None);
        assert_eq!(built_in(0), None);
    }
}
