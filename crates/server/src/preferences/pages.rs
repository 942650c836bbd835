use std::collections::BTreeMap;

use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use domain::preferences::display::{self, Display};
use domain::{Invalid, preferences};
use serde::Deserialize;
use serde_json::json;

use crate::app::App;
use crate::error::AppError;
use crate::extract::{Path, SignedIn};
use crate::identity::Identity;
use crate::page::{NAV_COOKIE, local_path};

#[derive(Deserialize)]
pub(super) struct Chosen {
    theme: Option<String>,
    density: Option<String>,
    lang: Option<String>,
    nav: Option<String>,
    /// The page to go back to, without JavaScript.
    next: Option<String>,
}

/// Theme, density, language, sidebar. Strangers too may choose their language.
pub(super) async fn display(
    State(app): State<App>,
    identity: Option<axum::Extension<Identity>>,
    headers: HeaderMap,
    Form(chosen): Form<Chosen>,
) -> Result<Response, AppError> {
    let wanted =
        Display { theme: chosen.theme, density: chosen.density, language: chosen.lang.clone() };
    match identity {
        Some(axum::Extension(identity)) if wanted != Display::default() => {
            display::choose(app.db(), identity.profile.id, &wanted, app.now()).await?;
        }
        _ => wanted.check()?,
    }
    let year = "Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax";
    let mut cookies = Vec::new();
    if let Some(language) = chosen.lang {
        cookies.push((header::SET_COOKIE, format!("vigie_language={language}; {year}")));
    }
    if let Some(nav) = chosen.nav {
        let nav = if nav == "collapsed" { "collapsed" } else { "open" };
        cookies.push((header::SET_COOKIE, format!("{NAV_COOKIE}={nav}; {year}")));
    }
    Ok((AppendHeaders(cookies), done(&headers, chosen.next.as_deref())).into_response())
}

/// The columns and widths of a list. The page sends one or the other; what it does not send stays.
pub(super) async fn grid(
    State(app): State<App>,
    SignedIn(identity): SignedIn,
    Path(grid): Path<String>,
    headers: HeaderMap,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, AppError> {
    let mut invalid = Invalid::new();
    let is_name = |text: &str| {
        !text.is_empty()
            && text.len() <= 40
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
    };
    if !is_name(&grid) {
        return Err(domain::Error::NotFound.into());
    }
    let user = identity.profile.id;
    let mut kept = preferences::get(app.db().read(), user, &grid).await?.unwrap_or(json!({}));
    // One field with commas from the script, or one per ticked box without it.
    let columns: Vec<&str> = fields
        .iter()
        .filter(|(name, _)| name == "columns")
        .flat_map(|(_, value)| value.split(','))
        .filter(|column| !column.is_empty())
        .collect();
    if fields.iter().any(|(name, _)| name == "columns") {
        if columns.len() > 60 || !columns.iter().all(|column| is_name(column)) {
            invalid.add("columns", "wrong-value");
        }
        kept["columns"] = json!(columns);
    }
    if let Some((_, text)) = fields.iter().find(|(name, _)| name == "widths") {
        match serde_json::from_str::<BTreeMap<String, u16>>(text) {
            Ok(widths) if widths.len() <= 60 && widths.keys().all(|column| is_name(column)) => {
                let clamped: BTreeMap<_, _> = widths
                    .into_iter()
                    .map(|(column, width)| (column, width.clamp(40, 1_200)))
                    .collect();
                kept["widths"] = json!(clamped);
            }
            _ => {
                invalid.add("widths", "wrong-value");
            }
        }
    }
    invalid.check()?;
    preferences::put(app.db(), user, &grid, kept).await?;
    Ok(done(&headers, None))
}

/// Our script wants no page back; a form without it goes back where it was.
fn done(headers: &HeaderMap, next: Option<&str>) -> Response {
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok());
    // Turbo also fetches, but asks for a page.
    let by_script = text("sec-fetch-dest") == Some("empty");
    if by_script && !text("accept").is_some_and(|kinds| kinds.contains("text/html")) {
        return StatusCode::NO_CONTENT.into_response();
    }
    let came_from = text("referer").and_then(|url| url::Url::parse(url).ok()).map(|url| {
        let query = url.query().map(|q| format!("?{q}")).unwrap_or_default();
        format!("{}{query}", url.path())
    });
    let next = next.map(str::to_owned).or(came_from).unwrap_or_else(|| "/".to_owned());
    Redirect::to(local_path(&next)).into_response()
}
