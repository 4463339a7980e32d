//! What is at which path.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::rejection::{BytesRejection, FailedToBufferBody, PathRejection};
use axum::extract::{DefaultBodyLimit, FromRequest as _, Path, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use axum::routing::{get, post};
use fundlayers::{Code, Lang, Phrase, Policy, Problem, Problems, Status, answer};
use fundlayers_formats::json;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use crate::policies::{Known, Policies};
use crate::problems::{Refusal, in_language, language};

const NOT_UTF_8: Phrase = Phrase::new("请求正文不是 UTF-8 编码\nthe body of the request is not UTF-8");
const NO_SUCH_CODE: Phrase = Phrase::new("没有这样的问题编码\nno problem has this code");

/// So many requests wait for each that is computed; with the limit of a body this bounds the memory that they take.
const WAITING: usize = 32;

/// What every request shares.
pub(crate) struct App {
    policies: Policies,
    body_limit: usize,
    time_limit: Duration,
    /// A permit for each answer that is computed, and one for each request that has been let in.
    computing: Arc<Semaphore>,
    let_in: Arc<Semaphore>,
}

impl App {
    pub(crate) fn new(policies: Policies, body_limit: usize, time_limit: Duration, at_once: usize) -> Self {
        let semaphore = |permits| Arc::new(Semaphore::new(permits));
        let let_in = semaphore(at_once.saturating_mul(WAITING));
        Self { policies, body_limit, time_limit, computing: semaphore(at_once), let_in }
    }

    /// The answer to a request as JSON.
    async fn answer(self: Arc<Self>, request: Request, lang: Lang) -> Result<Vec<u8>, Refusal> {
        let let_in = Arc::clone(&self.let_in).try_acquire_owned().map_err(|_| Refusal::Busy)?;
        let body = timeout(self.time_limit, self.body(request)).await.map_err(|_| Refusal::TooSlow)??;
        let computed = async {
            let permit = Arc::clone(&self.computing).acquire_owned().await.map_err(|_| Refusal::Broken)?;
            let app = Arc::clone(&self);
            // Nothing can cut off a computation: one that nobody waits for any more keeps its permits until it ends.
            let computing = move || {
                let _permits = (permit, let_in);
                compute(&body, &app.policies, lang).map_err(Refusal::Bad)
            };
            tokio::task::spawn_blocking(computing).await.map_err(|_| Refusal::Broken)?
        };
        timeout(self.time_limit, computed).await.map_err(|_| Refusal::Overdue)?
    }

    async fn body(&self, request: Request) -> Result<Bytes, Refusal> {
        let too_large = Refusal::TooLarge(self.body_limit);
        // What says that it is too large is not asked to come.
        if request.body().size_hint().lower() > u64::try_from(self.body_limit).unwrap_or(u64::MAX) {
            return Err(too_large);
        }
        Bytes::from_request(request, &()).await.map_err(|rejection| match rejection {
            BytesRejection::FailedToBufferBody(FailedToBufferBody::LengthLimitError(_)) => too_large,
            _ => Refusal::BrokenOff,
        })
    }
}

fn compute(body: &[u8], policies: &Policies, lang: Lang) -> Result<Vec<u8>, Problems> {
    let text = std::str::from_utf8(body).map_err(|_| Problem::new(Code::Encoding, NOT_UTF_8))?;
    let request = answer::Request::from_document(&json::read(text)?)?;
    let answer = request.answer(&mut Known(policies))?;
    let mut out = Vec::new();
    // Memory takes whatever is written.
    json::write_answer(&mut out, &answer, lang).map_err(|error| Problem::new(Code::CannotWrite, error.to_string()))?;
    Ok(out)
}

pub(crate) fn routes(app: Arc<App>) -> Router {
    let body_limit = DefaultBodyLimit::max(app.body_limit);
    Router::new()
        .route("/answer", post(answer))
        .route("/policies", get(policies))
        .route("/policies/{id}", get(policy))
        .route("/problems/{code}", get(problem))
        .route("/openapi.json", get(async || json_of(include_str!("../openapi.json"))))
        .fallback(async |headers: HeaderMap| Refusal::NotHere.respond(language(&headers)))
        .method_not_allowed_fallback(async |headers: HeaderMap| Refusal::OtherMethod.respond(language(&headers)))
        .layer(body_limit)
        .with_state(app)
}

fn json_of(body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

async fn answer(State(app): State<Arc<App>>, request: Request) -> Response {
    let lang = language(request.headers());
    match app.answer(request, lang).await {
        Ok(answer) => in_language(json_of(answer), lang),
        Err(refusal) => refusal.respond(lang),
    }
}

async fn policies(State(app): State<Arc<App>>) -> Response {
    let row = |(policy, has_roster): (&Policy, bool)| {
        serde_json::json!({
            "id": policy.id(),
            "version": policy.version(),
            "title": policy.title(),
            "years": [policy.years().start(), policy.years().end()],
            "status": policy.source().status.map(Status::as_str),
            "roster": has_roster,
        })
    };
    json_of(app.policies.all().map(row).collect::<serde_json::Value>().to_string())
}

type Name = Result<Path<String>, PathRejection>;

async fn policy(State(app): State<Arc<App>>, headers: HeaderMap, id: Name) -> Response {
    let id = id.map_or_else(|_| String::new(), |Path(id)| id);
    match app.policies.get(&id) {
        Ok(policy) => json_of(json::policy_text(&policy.value)),
        Err(problems) => Refusal::Unknown(problems).respond(language(&headers)),
    }
}

/// What the type of a problem means, for whoever follows it.
async fn problem(headers: HeaderMap, code: Name) -> Response {
    let lang = language(&headers);
    let name = code.map_or_else(|_| String::new(), |Path(code)| code);
    let Some(code) = Code::ALL.iter().find(|code| code.as_str() == name) else {
        let known = Code::ALL.iter().map(|code| code.as_str());
        let problem = Problem::new(Code::UnknownWord, NO_SUCH_CODE).found(&name);
        return Refusal::Unknown(problem.expected(fundlayers::did_you_mean(&name, known)).into()).respond(lang);
    };
    let document = serde_json::json!({
        "code": code, "severity": code.severity(), "meaning": code.meaning(lang), "mend": code.mend(lang),
    });
    in_language(json_of(document.to_string()), lang)
}
