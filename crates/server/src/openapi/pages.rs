use std::sync::LazyLock;

use askama::Template;
use axum::response::Html;

use super::reference::{self, Reference};
use crate::error::AppError;
use crate::page::Page;

static REFERENCE: LazyLock<Reference> = LazyLock::new(reference::read);

#[derive(Template)]
#[template(path = "openapi/docs.html")]
struct Docs {
    page: Page,
    reference: &'static Reference,
}

/// The reference, rendered here: it needs no script and nothing from outside.
pub(super) async fn docs(page: Page) -> Result<Html<String>, AppError> {
    Ok(Html(Docs { page, reference: &REFERENCE }.render()?))
}
