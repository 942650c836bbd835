//! The front end, embedded: hashed names, cached for ever.

use std::collections::HashMap;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};

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

/// `GET /assets/{name}`.
pub async fn serve(Path(name): Path<String>) -> Response {
    let Some(content) = FILES.get(name.as_str()) else {
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
    ];
    (headers, *content).into_response()
}
