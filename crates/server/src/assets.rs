//! The front end, embedded: hashed names, cached for ever.

use std::collections::HashMap;
use std::sync::LazyLock;

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::extract::Path;

#[allow(clippy::all, reason = "made by build.rs")]
mod embedded {
    include!(concat!(env!("OUT_DIR"), "/assets.rs"));
}

static FILES: LazyLock<HashMap<&'static str, &'static [u8]>> =
    LazyLock::new(|| embedded::FILES.iter().copied().collect());

/// The URL of an asset by its plain name: `app.css` → `/assets/app-5F3A….css`.
pub fn url(name: &str) -> String {
    let hashed = embedded::NAMES.iter().find(|(plain, _)| *plain == name).map(|(_, h)| *h);
    format!("/assets/{}", hashed.unwrap_or(name))
}

/// `GET /assets/{name}`: in the smallest form the browser reads. Text was compressed when the
/// front end was built.
pub async fn serve(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok());
    let accepts =
        |coding: &str| accepted.is_some_and(|list| list.split(',').any(|one| one.trim() == coding));
    let variant = [("br", ".br"), ("gzip", ".gz")].into_iter().find_map(|(coding, suffix)| {
        let content = accepts(coding).then(|| FILES.get(format!("{name}{suffix}").as_str()))??;
        Some((coding, *content))
    });
    let Some(plain) = FILES.get(name.as_str()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let kind = match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    };
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::VARY, "accept-encoding"),
    ];
    match variant {
        Some((coding, content)) => {
            (headers, [(header::CONTENT_ENCODING, coding)], content).into_response()
        }
        None => (headers, *plain).into_response(),
    }
}
