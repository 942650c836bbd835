//! Who sent this request: found once, before any handler.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use axum_extra::extract::CookieJar;
use domain::users::{Profile, sessions};

use crate::app::App;
use crate::error::AppError;
use crate::i18n::Language;

/// The session cookie over plain HTTP; over TLS it is `__Host-vigie`.
pub const COOKIE: &str = "vigie";

/// How the request proved who sent it.
#[derive(Clone, Debug)]
pub enum Via {
    /// A session cookie.
    Session {
        /// What forms and `X-CSRFToken` must send back where the spec asks for it.
        csrf_token: String,
        /// The cookie's value, to end the session by.
        token: String,
    },
    /// An `Authorization: Bearer` header; cookies were ignored.
    Bearer,
}

/// Who sent this request.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The user.
    pub profile: Profile,
    /// The proof.
    pub via: Via,
}

/// The language to answer in.
#[derive(Clone, Copy, Debug)]
pub struct Speaks(pub Language);

/// Finds the identity and the language, and refuses unsafe cookie requests whose origin nothing
/// proves.
///
/// # Errors
/// 403 on a foreign origin, 401 on bad bearer credentials, 500 when the database is away.
pub async fn identify(
    State(app): State<App>,
    jar: CookieJar,
    mut request: Request,
    next: Next,
) -> Result<Response, AppError> {
    let identity = match bearer(request.headers()) {
        Some(token) => Some(by_bearer(&app, token).await?),
        None => {
            check_origin(&request, &app)?;
            by_cookie(&app, &jar).await?
        }
    };
    let language = match &identity {
        Some(identity) => Language::parse(&identity.profile.language),
        None => accepted_language(request.headers(), &jar),
    };
    request.extensions_mut().insert(Speaks(language));
    if let Some(identity) = identity {
        request.extensions_mut().insert(identity);
    }
    Ok(next.run(request).await)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

async fn by_bearer(_app: &App, _token: &str) -> Result<Identity, AppError> {
    Err(AppError::Unauthenticated)
}

async fn by_cookie(app: &App, jar: &CookieJar) -> Result<Option<Identity>, AppError> {
    let Some(cookie) = jar.get(cookie_name(app)) else { return Ok(None) };
    let session = sessions::find(app.db().read(), cookie.value(), app.now()).await?;
    Ok(session.map(|session| Identity {
        profile: session.profile,
        via: Via::Session { csrf_token: session.csrf_token, token: cookie.value().to_owned() },
    }))
}

/// `__Host-` binds the cookie to this host and to TLS; browsers refuse it without TLS.
pub fn cookie_name(app: &App) -> &'static str {
    if app.settings().base_url.starts_with("https://") { "__Host-vigie" } else { COOKIE }
}

/// Unsafe requests must come from our own pages: Fetch Metadata says so, or Origin does.
/// <https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html>
fn check_origin(request: &Request, app: &App) -> Result<(), AppError> {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(());
    }
    // Nothing to protect: without our cookie the request has no rights of its own.
    let headers = request.headers();
    let text = |name| headers.get(name).and_then(|v: &http::HeaderValue| v.to_str().ok());
    let own = match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => {
            let host = text("host").unwrap_or_default();
            origin == app.settings().base_url
                || origin.split_once("://").is_some_and(|(_, authority)| authority == host)
        }
        (None, None) => false,
    };
    if own || !headers.contains_key(header::COOKIE) { Ok(()) } else { Err(AppError::ForeignOrigin) }
}

fn accepted_language(headers: &HeaderMap, jar: &CookieJar) -> Language {
    if let Some(cookie) = jar.get("vigie_language") {
        return Language::parse(cookie.value());
    }
    let header = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok());
    header.map_or(Language::Fr, Language::accepted)
}
