//! The API's own description: the document, and the same to read.

mod pages;
mod reference;
mod refusals;
mod topics;

use std::sync::LazyLock;

use axum::http::{Method, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};

use crate::router::{self, Routes};

/// Written once: the routes do not change while the process lives.
static DOCUMENT: LazyLock<Bytes> =
    LazyLock::new(|| serde_json::to_vec(&router::openapi()).unwrap_or_default().into());

/// This feature's routes.
pub fn routes() -> Routes {
    Routes::new().page(Method::GET, "/api/openapi.json", document).page(
        Method::GET,
        "/api/docs",
        pages::docs,
    )
}

/// Says how callers prove who they are, and what they must know of each topic.
pub fn complete(document: &mut utoipa::openapi::OpenApi) {
    let components = document.components.get_or_insert_with(Default::default);
    let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(crate::identity::COOKIE)));
    components.add_security_scheme("bearer", bearer);
    components.add_security_scheme("session", cookie);
    refusals::complete(document);
    topics::complete(document);
}

async fn document() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], DOCUMENT.clone()).into_response()
}
