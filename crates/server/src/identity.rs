//! Who sent this request: found once, before any handler.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use axum_extra::extract::CookieJar;
use domain::users::{Profile, personal_tokens, sessions};

use crate::accounts::access_token;
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
        /// The number of the last event, read along with the session.
        seq: i64,
    },
    /// The access token of an API sign-in in `Authorization: Bearer`; cookies were ignored.
    Bearer,
    /// A personal token there: lets in, but lets no one else in.
    PersonalToken,
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

/// The token of an `Authorization: Bearer` header.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

async fn by_bearer(app: &App, token: &str) -> Result<Identity, AppError> {
    let (profile, via) = if token.starts_with(personal_tokens::PREFIX) {
        (personal_tokens::find(app.db(), token, app.now()).await?, Via::PersonalToken)
    } else {
        (access_token::read(app, token).await?, Via::Bearer)
    };
    Ok(Identity { profile: profile.ok_or(AppError::Unauthenticated)?, via })
}

async fn by_cookie(app: &App, jar: &CookieJar) -> Result<Option<Identity>, AppError> {
    let Some(cookie) = jar.get(cookie_name(app)) else { return Ok(None) };
    let session = sessions::find(app.db().read(), cookie.value(), app.now()).await?;
    if session.as_ref().is_some_and(|session| session.is_stale) {
        sessions::touch(app.db(), cookie.value(), app.now()).await?;
    }
    Ok(session.map(|session| Identity {
        profile: session.profile,
        via: Via::Session {
            csrf_token: session.csrf_token,
            token: cookie.value().to_owned(),
            seq: session.seq,
        },
    }))
}

/// `__Host-` binds the cookie to this host and to TLS; browsers refuse it without TLS.
pub fn cookie_name(app: &App) -> &'static str {
    if is_secure(app) { "__Host-vigie" } else { COOKIE }
}

/// Whether users reach us over TLS.
pub fn is_secure(app: &App) -> bool {
    app.settings().base_url.starts_with("https://")
}

/// Unsafe requests must come from our own pages: Fetch Metadata says so, or Origin does. What
/// says neither is refused, signed in or not (a sign-in form sent by another site would put its
/// visitor into the attacker's account), except a program calling the API without any cookie:
/// there is nothing it could misuse.
/// <https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html>
fn check_origin(request: &Request, app: &App) -> Result<(), AppError> {
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(());
    }
    let headers = request.headers();
    let text = |name| headers.get(name).map(|v: &http::HeaderValue| v.to_str().unwrap_or_default());
    let own = match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => site == "same-origin",
        (None, Some(origin)) => is_own_origin(origin, text("host").unwrap_or_default(), app),
        (None, None) => {
            request.uri().path().starts_with("/api/") && !headers.contains_key(header::COOKIE)
        }
    };
    if own { Ok(()) } else { Err(AppError::ForeignOrigin) }
}

/// The address users are told, or the very host this request was sent to, over TLS if we are.
fn is_own_origin(origin: &str, host: &str, app: &App) -> bool {
    let scheme = if is_secure(app) { "https" } else { "http" };
    let told = url::Url::parse(&app.settings().base_url).map(|url| url.origin());
    told.is_ok_and(|told| told.ascii_serialization() == origin)
        || origin.split_once("://") == Some((scheme, host))
}

/// Where a request comes from. A trusted proxy is believed about whom it speaks for.
#[derive(Clone, Copy, Debug)]
pub struct ClientAddress(pub IpAddr);

impl FromRequestParts<App> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
        // A line that is no text is no address either.
        let lines = parts.headers.get_all("x-forwarded-for").iter();
        let lines = lines.map(|line| line.to_str().unwrap_or_default());
        Ok(Self(app.settings().trusted_proxies.caller(peer, lines)))
    }
}

fn accepted_language(headers: &HeaderMap, jar: &CookieJar) -> Language {
    if let Some(cookie) = jar.get("vigie_language") {
        return Language::parse(cookie.value());
    }
    let header = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok());
    header.map_or(Language::Fr, Language::accepted)
}
