//! The cookies of a signed-in browser.

use axum::http::HeaderMap;
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use domain::users::{devices, sessions};
use http::header;
use uuid::Uuid;

use crate::app::App;
use crate::error::AppError;
use crate::identity::{cookie_name, is_secure};

/// Readable by scripts, for spec 5's `X-CSRFToken`.
const CSRF: &str = "csrftoken";

/// What the browser was told to present as an old acquaintance.
pub fn device(app: &App, jar: &CookieJar) -> Option<String> {
    jar.get(device_name(app)).map(|cookie| cookie.value().to_owned())
}

/// A browser about to be let in.
pub struct Entrance<'a> {
    /// The request's headers.
    pub headers: &'a HeaderMap,
    /// Who.
    pub user_id: Uuid,
    /// Keep the session when the browser closes.
    pub remember: bool,
    /// A new device secret to keep.
    pub device: Option<String>,
}

/// Opens a session in place of the one the browser had, and leads to `target`.
pub async fn enter(app: &App, entrance: Entrance<'_>, target: &str) -> Result<Response, AppError> {
    let jar = CookieJar::from_headers(entrance.headers);
    if let Some(old) = jar.get(cookie_name(app)) {
        sessions::close(app.db(), old.value()).await?;
    }
    let agent = entrance.headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok());
    let Entrance { user_id, remember, device, .. } = entrance;
    let opened = sessions::open_in_browser(app.db(), user_id, agent, remember, app.now()).await?;
    let lasting = remember.then(|| sessions::IDLE.num_seconds());
    let mut cookies = vec![
        cookie(app, cookie_name(app), &opened.token, lasting, true),
        cookie(app, CSRF, &opened.csrf_token, lasting, false),
    ];
    if let Some(device) = device {
        let lasting = Some(devices::MEMORY.num_seconds());
        cookies.push(cookie(app, device_name(app), &device, lasting, true));
    }
    Ok((set(cookies), Redirect::to(target)).into_response())
}

/// Takes the session's cookies back and leads to `target`.
pub fn leave(app: &App, target: &str) -> Response {
    let cookies = vec![
        cookie(app, cookie_name(app), "", Some(0), true),
        cookie(app, CSRF, "", Some(0), false),
    ];
    (set(cookies), Redirect::to(target)).into_response()
}

fn device_name(app: &App) -> &'static str {
    if is_secure(app) { "__Host-vigie_device" } else { "vigie_device" }
}

/// `lasting`: seconds to keep it; `None`: until the browser closes.
fn cookie(app: &App, name: &str, value: &str, lasting: Option<i64>, hidden: bool) -> String {
    use std::fmt::Write as _;
    let mut text = format!("{name}={value}; Path=/; SameSite=Lax");
    if let Some(seconds) = lasting {
        let _ = write!(text, "; Max-Age={seconds}");
    }
    if hidden {
        text.push_str("; HttpOnly");
    }
    if is_secure(app) {
        text.push_str("; Secure");
    }
    text
}

fn set(cookies: Vec<String>) -> AppendHeaders<Vec<(header::HeaderName, String)>> {
    AppendHeaders(cookies.into_iter().map(|cookie| (header::SET_COOKIE, cookie)).collect())
}
