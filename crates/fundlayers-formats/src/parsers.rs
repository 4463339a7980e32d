//! What the parsers of TOML and JSON say, which is English, in Chinese too.

use fundlayers::Name;

/// What may be wrong. What is not listed is only called wrong.
const WRONG: [(&str, &str); 74] = [
    // Of TOML.
    ("carriage return must be followed by newline", "回车符之后应为换行符"),
    ("duplicate key", "同一键出现两次"),
    ("extra `=`", "多了 `=`"),
    ("extra assignment between key-value pairs", "多了 `=`"),
    ("extra comma in array", "列表中多了逗号"),
    ("extra comma in inline table", "行内表中多了逗号"),
    ("integers with a radix cannot be signed", "带进制前缀的整数不能有正负号"),
    ("invalid comment character", "注释中有不允许的字符"),
    ("invalid inline table element", "行内表中的这一项有误"),
    ("invalid key-value pair", "键和值的写法有误"),
    ("invalid unquoted key", "不加引号的键写法有误"),
    ("invalid value", "值的写法有误"),
    ("key with no value", "有键而没有值"),
    ("keys cannot be multi-line basic strings", "键不能是多行文本"),
    ("keys cannot be multi-line literal strings", "键不能是多行文本"),
    ("missing array opening", "缺少列表的开头"),
    ("missing assignment between key-value pairs", "键和值之间缺少 `=`"),
    ("missing comma between array elements", "列表各项之间缺少逗号"),
    ("missing comma between key-value pairs", "各项之间缺少逗号"),
    ("missing comment start", "注释前缺少 `#`"),
    ("missing escaped value", "反斜线之后缺少字符"),
    ("missing inline table opening", "缺少行内表的开头"),
    ("missing key for inline table element", "行内表的这一项缺少键"),
    ("missing opening quote", "缺少开头的引号"),
    ("missing table open", "缺少表头的开头"),
    ("missing value", "缺少值"),
    ("missing value for key", "键没有值"),
    ("radix must be lowercase", "进制前缀应为小写"),
    ("redundant integer number prefix", "进制前缀重复"),
    ("redundant numeric sign", "正负号重复"),
    ("string values must be quoted", "文本须加引号"),
    ("too few unicode value digits", "字符编码的位数不足"),
    ("unclosed array", "列表没有结束"),
    ("unclosed array table", "表头没有结束"),
    ("unclosed inline table", "行内表没有结束"),
    ("unclosed table", "表头没有结束"),
    ("unexpected `=` in array", "列表中不应有 `=`"),
    ("unexpected content", "此处多了内容"),
    ("unexpected content between comment and newline", "注释与行末之间多了内容"),
    ("unexpected key or value", "此处不应有键或值"),
    ("unexpected leading zero", "数字不应以 0 开头"),
    ("unexpected sign", "不应有正负号"),
    ("unquoted keys cannot be empty", "不加引号的键不能为空"),
    ("`_` may only go between digits", "`_` 只能写在数字之间"),
    ("invalid basic string", "文本的写法有误"),
    ("invalid literal string", "文本的写法有误"),
    ("invalid multi-line basic string", "多行文本的写法有误"),
    ("invalid multi-line literal string", "多行文本的写法有误"),
    ("invalid string", "文本的写法有误"),
    ("invalid binary number", "二进制数的写法有误"),
    ("invalid octal number", "八进制数的写法有误"),
    ("invalid hexadecimal number", "十六进制数的写法有误"),
    ("invalid boolean", "应为 `true` 或 `false`"),
    ("invalid date-time", "日期的写法有误"),
    ("invalid integer number", "整数的写法有误"),
    ("invalid float", "小数的写法有误"),
    ("invalid mantissa", "小数的写法有误"),
    ("invalid fraction", "小数部分的写法有误"),
    ("invalid exponent", "指数的写法有误"),
    ("invalid key", "键的写法有误"),
    ("invalid table", "表头的写法有误"),
    // Of JSON.
    ("EOF while parsing a list", "列表没有结束"),
    ("EOF while parsing an object", "对象没有结束"),
    ("EOF while parsing a string", "文本没有结束"),
    ("EOF while parsing a value", "缺少值"),
    ("invalid escape", "反斜线之后的字符有误"),
    ("invalid number", "数字的写法有误"),
    ("number out of range", "数字过大"),
    ("invalid unicode code point", "字符编码有误"),
    ("key must be a string", "键须为加引号的文本"),
    ("trailing comma", "末尾多了逗号"),
    ("trailing characters", "末尾多了内容"),
    ("recursion limit exceeded", "嵌套过深"),
    ("control character (\\u0000-\\u001F) found while parsing a string", "文本中有控制字符，应写作转义"),
];

/// What may be right, besides signs as they stand.
const RIGHT: [(&str, &str); 14] = [
    ("nothing", "没有内容"),
    ("newline", "换行"),
    ("key", "键"),
    ("value", "值"),
    ("ident", "`true`、`false` 或 `null`"),
    ("letters", "字母"),
    ("numbers", "数字"),
    ("basic string", "双引号中的文本"),
    ("literal string", "单引号中的文本"),
    ("multi-line basic string", "多行文本"),
    ("multi-line literal string", "多行文本"),
    ("unicode hexadecimal value", "十六进制的字符编码"),
    ("printable characters", "可见字符"),
    ("unquoted string", "不加引号的文本"),
];

/// What a parser says, in each language.
pub(crate) fn said(message: &str) -> Name {
    let line = message.lines().collect::<Vec<_>>().join("; ");
    let (wrong, right) = match line.strip_prefix("expected ") {
        Some(right) => ("", Some(right)),
        None => line.split_once(", expected ").map_or((&*line, None), |(wrong, right)| (wrong, Some(right))),
    };
    let known = |list: &[(&str, &'static str)], word: &str| list.iter().find(|(en, _)| *en == word).map(|(_, zh)| *zh);
    let mut zh = known(&WRONG, wrong).unwrap_or(if wrong.is_empty() { "" } else { "写法有误" }).to_owned();
    // Signs stand in backticks; what else is not listed is left out.
    let right = right.unwrap_or_default().split(", ").flat_map(|word| word.split(" or "));
    let right: Vec<&str> =
        right.filter_map(|word| if word.starts_with('`') { Some(word) } else { known(&RIGHT, word) }).collect();
    if !right.is_empty() {
        zh.push_str(if zh.is_empty() { "此处应为 " } else { "，此处应为 " });
        zh.push_str(&right.join(" 或 "));
    }
    if zh.is_empty() {
        zh.push_str("写法有误");
    }
    Name { zh, en: line }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fundlayers::Problems;

    /// What is wrong with a text; nothing with one whose meaning others look at.
    fn of_toml(text: &str) -> Problems {
        crate::toml::read(text).err().unwrap_or_default()
    }

    fn of_json(text: &str) -> Problems {
        crate::json::read(text).err().unwrap_or_default()
    }

    #[test]
    fn no_english_is_said_in_chinese() {
        let mut told = 0;
        let toml = [
            "a = {b = 1",
            "a = [1 2]",
            "a = 'x",
            "a = \"x",
            "a = 1\na = 2",
            "a = 0x",
            "a = 01",
            "a = 1__0",
            "a = tru",
            "a",
            "a =",
            "= 1",
            "[a",
            "[[a]",
            "[a]]",
            "a = 1 b = 2",
            "a = = 2",
            "a = [1,,2]",
            "a = {b = 1,,c = 2}",
            "a b = 1",
            "a = \"\\q\"",
            "a = \"\\u12\"",
            "a = 2024-13-01",
            "a = 1.e5",
            "a = .5",
            "a = 1e",
            "a = +0x1",
            "a = --1",
            "a.= 1",
            "a = \"\"\"x",
            "a = '''x",
            "a\r= 1",
            "a = 0X1",
            "\u{1}",
            "# \u{1}",
            "a = \"\u{1}\"",
            "''' = 1",
            "甲 = 1",
            "a = b",
        ];
        let json = [
            "{",
            "[",
            "[1",
            "{\"a\"",
            "{\"a\":",
            "{\"a\":1",
            "{\"a\":1,}",
            "{a:1}",
            "[1,]",
            "[1 2]",
            "\"",
            "\"\\q\"",
            "\"\n\"",
            "01",
            "1.",
            "-",
            "tru",
            "nul",
            "1 2",
            "\"\\ud800\"",
            "\"\\u12",
            "",
        ];
        let problems =
            toml.iter().map(|text| (text, of_toml(text))).chain(json.iter().map(|text| (text, of_json(text))));
        for (text, problems) in problems {
            told += problems.len();
            for problem in &problems {
                let zh = problem.message(fundlayers::Lang::Zh);
                let said = zh.split('`').step_by(2).collect::<String>().replace("TOML", "").replace("JSON", "");
                assert!(!said.contains(|c: char| c.is_ascii_alphabetic()), "{text:?}: {zh}");
            }
        }
        assert!(told >= toml.len() + json.len() - 4, "{told}");
    }

    #[test]
    fn what_is_listed_is_said_in_full() {
        for (en, zh) in [
            ("missing comma between key-value pairs, expected `,`", "各项之间缺少逗号，此处应为 `,`"),
            ("string values must be quoted, expected literal string", "文本须加引号，此处应为 单引号中的文本"),
            ("expected `,` or `}`", "此处应为 `,` 或 `}`"),
            ("EOF while parsing an object", "对象没有结束"),
            ("what nobody knows, expected etc", "写法有误"),
            ("what nobody knows", "写法有误"),
            ("expected what nobody knows", "写法有误"),
        ] {
            assert_eq!(said(en), Name::new(zh, en), "{en}");
        }
    }
}
