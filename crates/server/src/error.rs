//! Errors on their way out: a status, a key, a sentence in the caller's language, a request id.
//!
//! Handlers return [`AppError`]; [`speak`], outermost, turns it into `application/problem+json`
//! under `/api` and `/client/api`, and into a page elsewhere.

use std::sync::Arc;

use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use base::db::{is_unreadable, was_in_the_way};
use domain::FieldError;
use domain::contact_log::Reason;
use fluent_templates::fluent_bundle::FluentValue;
use serde_json::json;

use crate::i18n::Language;
use crate::identity::{Identity, Speaks};
use crate::page::ErrorPage;

/// Why a request was not served.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// A domain verb refused.
    #[error(transparent)]
    Domain(#[from] domain::Error),
    /// No credentials, or bad ones.
    #[error("unauthenticated")]
    Unauthenticated,
    /// A cookie request that another site may have sent.
    #[error("foreign origin")]
    ForeignOrigin,
    /// The body is not what its type says; the key names the message.
    #[error("unreadable body: {0}")]
    Unreadable(String),
    /// Another status with its message key.
    #[error("{1}")]
    Status(StatusCode, &'static str),
    /// A template failed: our mistake.
    #[error(transparent)]
    Template(#[from] askama::Error),
}

impl From<sea_orm::DbErr> for AppError {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Domain(error.into())
    }
}

impl AppError {
    /// The status it is answered with.
    pub fn status(&self) -> StatusCode {
        use domain::Error as E;
        match self {
            Self::Domain(E::Invalid(_)) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Domain(E::NotFound | E::Merged(_)) => StatusCode::NOT_FOUND,
            Self::Domain(E::Forbidden) | Self::ForeignOrigin => StatusCode::FORBIDDEN,
            Self::Domain(E::Conflict(_) | E::CallBlocked(_)) => StatusCode::CONFLICT,
            Self::Domain(E::Stale) => StatusCode::PRECONDITION_FAILED,
            Self::Domain(E::TooMany(_)) => StatusCode::TOO_MANY_REQUESTS,
            Self::Domain(E::Db(error)) if is_unavailable(error) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Domain(E::Db(error)) if is_unreadable(error) => StatusCode::BAD_REQUEST,
            Self::Domain(E::Db(_)) | Self::Template(_) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
            Self::Unreadable(_) => StatusCode::BAD_REQUEST,
            Self::Status(status, _) => *status,
        }
    }

    /// The key of its message, `error-{key}`.
    pub fn key(&self) -> &'static str {
        use domain::Error as E;
        match self {
            Self::Domain(E::Invalid(_)) => "invalid",
            Self::Domain(E::NotFound) => "not-found",
            Self::Domain(E::Merged(_)) => "client-merged",
            Self::Domain(E::Forbidden) => "forbidden",
            Self::Domain(E::Conflict(key)) => key,
            Self::Domain(E::CallBlocked(reasons)) => {
                reasons.first().map_or("forbidden", Reason::error_key)
            }
            Self::Domain(E::Stale) => "stale",
            Self::Domain(E::TooMany(_)) => "too-many",
            Self::Domain(E::Db(error)) if is_unavailable(error) => "unavailable",
            Self::Domain(E::Db(error)) if is_unreadable(error) => "unreadable",
            Self::Domain(E::Db(_)) | Self::Template(_) => "internal",
            Self::Unauthenticated => "unauthenticated",
            Self::ForeignOrigin => "foreign-origin",
            Self::Unreadable(_) => "unreadable",
            Self::Status(_, key) => key,
        }
    }
}

/// The database is away or overloaded, not broken by us.
fn is_unavailable(error: &sea_orm::DbErr) -> bool {
    matches!(error, sea_orm::DbErr::ConnectionAcquire(_) | sea_orm::DbErr::Conn(_))
        || was_in_the_way(error)
}

/// Both, or everything that is wrong with either.
///
/// # Errors
/// Theirs.
pub fn both<A, B>(
    one: Result<A, AppError>,
    other: Result<B, AppError>,
) -> Result<(A, B), AppError> {
    use domain::Error as E;
    match (one, other) {
        (Ok(one), Ok(other)) => Ok((one, other)),
        (Err(AppError::Domain(E::Invalid(wrong))), Err(AppError::Domain(E::Invalid(others)))) => {
            Err(E::from(domain::Invalid::new().and(wrong).and(others)).into())
        }
        (Err(error), _) | (_, Err(error)) => Err(error),
    }
}

/// Whether the verb was broken off because others were in its way: it left nothing behind.
pub fn may_be_asked_again(response: &Response) -> bool {
    let error = response.extensions().get::<Unspoken>().map(|Unspoken(error)| &**error);
    matches!(error, Some(AppError::Domain(domain::Error::Db(error))) if was_in_the_way(error))
}

/// Rides in the response's extensions to [`speak`].
#[derive(Clone)]
struct Unspoken(Arc<AppError>);

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        if let Self::Domain(domain::Error::TooMany(seconds)) = &self
            && let Ok(value) = HeaderValue::from_str(&seconds.to_string())
        {
            response.headers_mut().insert(header::RETRY_AFTER, value);
        }
        response.extensions_mut().insert(Unspoken(Arc::new(self)));
        response
    }
}

/// The error a response carries, before it has words.
pub(crate) fn error_of(response: &Response) -> Option<&AppError> {
    response.extensions().get::<Unspoken>().map(|Unspoken(error)| &**error)
}

/// Gives errors their words. Runs inside [`crate::identity::identify`] and outside the handlers.
pub async fn speak(request: Request, next: Next) -> Response {
    let caller = Caller::of(&request);
    let response = next.run(request).await;
    caller.answer(response)
}

struct Caller {
    language: Language,
    identity: Option<Identity>,
    path: String,
    is_get: bool,
    request_id: String,
}

impl Caller {
    fn of(request: &Request) -> Self {
        let header = |name: &str| request.headers().get(name).and_then(|v| v.to_str().ok());
        Self {
            language: request.extensions().get::<Speaks>().map_or(Language::Fr, |s| s.0),
            identity: request.extensions().get::<Identity>().cloned(),
            path: request.uri().path_and_query().map(ToString::to_string).unwrap_or_default(),
            is_get: request.method() == http::Method::GET,
            request_id: header("x-request-id").unwrap_or_default().to_owned(),
        }
    }

    fn answer(&self, response: Response) -> Response {
        let status = response.status();
        let error = match response.extensions().get::<Unspoken>() {
            Some(Unspoken(error)) => error.clone(),
            // Extractors and the router answer with bare statuses: give those words too.
            None if status.is_client_error() && is_plain(&response) => Arc::new(bare(status)),
            None => return response,
        };
        if status.is_server_error() {
            tracing::error!(request_id = self.request_id, error = %error, "a request failed");
        }
        let status = error.status();
        let mut spoken = if self.wants_json() {
            self.problem(&error)
        } else if status == StatusCode::UNAUTHORIZED && self.is_get {
            let next =
                url::form_urlencoded::byte_serialize(self.path.as_bytes()).collect::<String>();
            Redirect::to(&format!("/connexion?suite={next}")).into_response()
        } else if let (AppError::Domain(domain::Error::Merged(into)), true) = (&*error, self.is_get)
        {
            Redirect::temporary(&self.path_of(into)).into_response()
        } else {
            self.page(&error)
        };
        if !status.is_redirection() && !spoken.status().is_redirection() {
            *spoken.status_mut() = status;
        }
        for name in
            [header::RETRY_AFTER, header::ALLOW, header::WWW_AUTHENTICATE, header::SET_COOKIE]
        {
            if let Some(value) = response.headers().get(&name) {
                spoken.headers_mut().insert(name, value.clone());
            }
        }
        spoken
    }

    /// This page, of the client the one asked for was merged into. Not kept by browsers: a merge
    /// can be taken back.
    fn path_of(&self, client: &uuid::Uuid) -> String {
        let rest = self.path.strip_prefix("/client/").and_then(|rest| rest.split_once('/'));
        let tab =
            rest.map(|(_, tab)| tab).filter(|tab| matches!(*tab, "chronologie" | "historique"));
        match tab {
            Some(tab) => format!("/client/{client}/{tab}"),
            None => format!("/client/{client}"),
        }
    }

    fn wants_json(&self) -> bool {
        self.path.starts_with("/api") || self.path.starts_with("/client/api")
    }

    fn problem(&self, error: &AppError) -> Response {
        let key = error.key();
        let status = error.status();
        let mut body = json!({
            "type": format!("urn:vigie:error:{key}"),
            "title": self.language.t(&format!("error-{key}")),
            "status": status.as_u16(),
            "request_id": self.request_id,
        });
        if let AppError::Unreadable(detail) = error {
            body["detail"] = json!(detail);
        }
        if let AppError::Domain(domain::Error::Merged(into)) = error {
            body["merged_into"] = json!(into);
        }
        if let AppError::Domain(domain::Error::Invalid(fields)) = error {
            body["errors"] = fields.iter().map(|field| self.field(field)).collect();
        }
        if let AppError::Domain(domain::Error::CallBlocked(reasons)) = error {
            body["reasons"] = reasons.iter().map(|reason| self.reason(reason)).collect();
        }
        let mut response = Json(body).into_response();
        let kind = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        response
    }

    fn reason(&self, reason: &Reason) -> serde_json::Value {
        let message = self.language.t(&format!("error-{}", reason.error_key()));
        json!({ "code": reason.key(), "message": message })
    }

    fn field(&self, error: &FieldError) -> serde_json::Value {
        json!({
            "field": error.field,
            "code": error.code,
            "message": field_message(self.language, error),
        })
    }

    fn page(&self, error: &AppError) -> Response {
        let page = ErrorPage::new(self.language, self.identity.as_ref(), error, &self.request_id);
        match page.render() {
            Ok(html) => Html(html).into_response(),
            Err(error) => {
                tracing::error!(%error, "the error page cannot be rendered");
                error.to_string().into_response()
            }
        }
    }
}

/// The sentence for one wrong field.
pub fn field_message(language: Language, error: &FieldError) -> String {
    let args = error.args.iter().map(|(name, value)| {
        let limit = value.parse::<i64>().ok().filter(|_| matches!(*name, "max" | "min"));
        (*name, limit.map_or_else(|| value.clone().into(), FluentValue::from))
    });
    let args: Vec<_> = args.collect();
    language.t_with(&format!("error-{}", error.code), &args)
}

fn is_plain(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
    kind.is_none_or(|kind| kind.starts_with("text/plain"))
}

fn bare(status: StatusCode) -> AppError {
    match status {
        StatusCode::NOT_FOUND => AppError::Domain(domain::Error::NotFound),
        StatusCode::FORBIDDEN => AppError::Domain(domain::Error::Forbidden),
        StatusCode::UNAUTHORIZED => AppError::Unauthenticated,
        StatusCode::BAD_REQUEST => AppError::Status(status, "unreadable"),
        StatusCode::UNPROCESSABLE_ENTITY => AppError::Status(StatusCode::BAD_REQUEST, "unreadable"),
        StatusCode::METHOD_NOT_ALLOWED => AppError::Status(status, "method-not-allowed"),
        StatusCode::PAYLOAD_TOO_LARGE => AppError::Status(status, "too-large"),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => AppError::Status(status, "wrong-type"),
        _ => AppError::Status(status, "unreadable"),
    }
}
