//! Why there is no answer, as `application/problem+json` (RFC 9457), in Chinese or English.

use axum::body::Body;
use axum::http::header::{ACCEPT_LANGUAGE, CONTENT_LANGUAGE, CONTENT_TYPE, RETRY_AFTER, VARY};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use fundlayers::{Code, Decimal, Lang, Location, Message, Phrase, Problem, Problems, Severity};
use serde::Serialize;

const BODY_TOO_LARGE: Phrase = Phrase::new("请求正文过大\nthe body of the request is too large");
const AT_MOST_BYTES: Phrase = Phrase::new("最多 {0} 字节\nat most {0} bytes");
const NO_BODY: Phrase = Phrase::new("请求正文未能读完\nthe body of the request broke off");
const NOT_HERE: Phrase = Phrase::new("此处没有内容\nthere is nothing here");
const OTHER_METHOD: Phrase = Phrase::new("此处不接受这种请求方法\nthis method is not for here");
const BODY_TOO_SLOW: Phrase =
    Phrase::new("请求正文未在时限内送达\nthe body of the request did not come within the time limit");
const BUSY: Phrase =
    Phrase::new("正在处理的请求已达上限，请稍后再试\nas many requests as fit are being answered; try again later");
const OVERDUE: Phrase = Phrase::new(
    "未能在时限内算完；请减少行数或年份，或稍后再试\nnot computed within the time limit; ask for fewer rows or years, or try again later",
);
const BROKEN: Phrase = Phrase::new("服务内部出错\nthe service failed");
const FIRST_OF: Phrase = Phrase::new("共 {0} 个问题，第一个：{1}\n{0} problems, the first: {1}");

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// Something is wrong with the request.
    Bad(Problems),
    /// Nothing has this name.
    Unknown(Problems),
    /// The body has more bytes than this.
    TooLarge(usize),
    /// The body broke off.
    BrokenOff,
    /// Nothing is at this path.
    NotHere,
    /// The path takes other methods.
    OtherMethod,
    /// The body did not come in time.
    TooSlow,
    /// Too many requests are being answered.
    Busy,
    /// It was not computed in time.
    Overdue,
    /// A defect of this program.
    Broken,
}

/// The document of RFC 9457.
#[derive(Serialize)]
struct Document<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    detail: String,
    /// Every problem of the request.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    problems: Vec<Told<'a>>,
    /// How many more there were than are listed.
    #[serde(skip_serializing_if = "is_zero")]
    left_out: usize,
}

/// A problem in words of one language.
#[derive(Serialize)]
struct Told<'a> {
    code: Code,
    severity: Severity,
    message: String,
    #[serde(flatten)]
    location: &'a Location,
    #[serde(skip_serializing_if = "Option::is_none")]
    found: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expected: Option<String>,
    mend: &'static str,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
const fn is_zero(number: &usize) -> bool {
    *number == 0
}

impl Refusal {
    pub(crate) fn respond(self, lang: Lang) -> Response {
        let plain = |status, phrase: Phrase| respond(status, None, phrase.get(lang).to_owned(), &Problems::new(), lang);
        match self {
            Self::Bad(problems) => of_problems(StatusCode::BAD_REQUEST, &problems, lang),
            Self::Unknown(problems) => of_problems(StatusCode::NOT_FOUND, &problems, lang),
            Self::TooLarge(limit) => {
                let problem = Problem::new(Code::TooLarge, BODY_TOO_LARGE).expected(AT_MOST_BYTES.with(&[&limit]));
                of_problems(StatusCode::PAYLOAD_TOO_LARGE, &problem.into(), lang)
            }
            Self::BrokenOff => plain(StatusCode::BAD_REQUEST, NO_BODY),
            Self::NotHere => plain(StatusCode::NOT_FOUND, NOT_HERE),
            Self::OtherMethod => plain(StatusCode::METHOD_NOT_ALLOWED, OTHER_METHOD),
            Self::TooSlow => plain(StatusCode::REQUEST_TIMEOUT, BODY_TOO_SLOW),
            Self::Busy => later(plain(StatusCode::SERVICE_UNAVAILABLE, BUSY)),
            Self::Overdue => later(plain(StatusCode::SERVICE_UNAVAILABLE, OVERDUE)),
            Self::Broken => plain(StatusCode::INTERNAL_SERVER_ERROR, BROKEN),
        }
    }
}

fn later(mut response: Response) -> Response {
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    response
}

fn of_problems(status: StatusCode, problems: &Problems, lang: Lang) -> Response {
    let errors = || problems.iter().filter(|problem| problem.severity() == Severity::Error);
    let first = errors().next().or(problems.iter().next());
    let detail = first.map_or_else(String::new, |first| first.to_text(lang));
    let count = problems.len().saturating_add(problems.left_out());
    let detail = if count > 1 { Message::to_text(&FIRST_OF.with(&[&count, &detail]), lang) } else { detail };
    respond(status, first.map(Problem::code), detail, problems, lang)
}

fn respond(status: StatusCode, code: Option<Code>, detail: String, problems: &Problems, lang: Lang) -> Response {
    let told = |problem| Told {
        code: Problem::code(problem),
        severity: problem.severity(),
        message: problem.message(lang),
        location: problem.location(),
        found: problem.found_text(),
        expected: problem.expected_text(lang),
        mend: problem.code().mend(lang),
    };
    let document = Document {
        r#type: code.map_or_else(|| "about:blank".to_owned(), |code| format!("/problems/{code}")),
        title: code.map_or_else(|| status.canonical_reason().unwrap_or_default(), |code| code.meaning(lang)),
        status: status.as_u16(),
        detail,
        problems: problems.iter().map(told).collect(),
        left_out: problems.left_out(),
    };
    let mut response = Response::new(Body::from(serde_json::to_string(&document).unwrap_or_default()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    in_language(response, lang)
}

/// Says in which language a response is, and that it depends on what was asked for.
pub(crate) fn in_language(mut response: Response, lang: Lang) -> Response {
    response.headers_mut().insert(CONTENT_LANGUAGE, HeaderValue::from_static(lang.pick("zh", "en")));
    response.headers_mut().insert(VARY, HeaderValue::from_static("accept-language"));
    response
}

/// The language that `Accept-Language` prefers, of Chinese and English; English where it says nothing of either.
pub(crate) fn language(headers: &HeaderMap) -> Lang {
    let values = headers.get_all(ACCEPT_LANGUAGE).iter().filter_map(|value| value.to_str().ok());
    let mut best = (Lang::En, Decimal::ZERO);
    for range in values.flat_map(|value| value.split(',')) {
        let mut parts = range.split(';').map(str::trim);
        let tag = parts.next().unwrap_or_default().to_ascii_lowercase();
        let lang = match tag.split('-').next() {
            Some("zh") => Lang::Zh,
            Some("en" | "*") => Lang::En,
            _ => continue,
        };
        let weight = parts.find_map(|part| part.strip_prefix("q=")).map_or(Ok(Decimal::ONE), str::parse);
        if let Ok(weight) = weight
            && weight > best.1
        {
            best = (lang, weight);
        }
    }
    best.0
}

#[test]
fn the_preferred_language_is_taken() {
    let of = |text: &'static str| language(&HeaderMap::from_iter([(ACCEPT_LANGUAGE, HeaderValue::from_static(text))]));
    for chinese in ["zh", "zh-CN,zh;q=0.9,en;q=0.8", "en;q=0.2, ZH-Hans;q=0.3", "fr, zh;q=0.1", "en;q=0, zh;q=0.001"] {
        assert_eq!(of(chinese), Lang::Zh, "{chinese}");
    }
    for english in ["", "en", "fr", "zh;q=0", "en, zh", "zh;q=0.5,*", "zh;q=x"] {
        assert_eq!(of(english), Lang::En, "{english}");
    }
}

#[test]
fn every_phrase_is_whole_in_both_languages() {
    let own = [
        BODY_TOO_LARGE,
        AT_MOST_BYTES,
        NO_BODY,
        NOT_HERE,
        OTHER_METHOD,
        BODY_TOO_SLOW,
        BUSY,
        OVERDUE,
        BROKEN,
        FIRST_OF,
    ];
    for phrase in own {
        assert_eq!(phrase.check(), Ok(()));
    }
}
