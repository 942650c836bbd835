use askama::Template;
use axum::response::Html;

use crate::error::AppError;
use crate::extract::SignedIn;
use crate::page::Page;

#[derive(Template)]
#[template(path = "home/dashboard.html")]
struct Dashboard {
    page: Page,
}

pub(super) async fn dashboard(page: Page, _: SignedIn) -> Result<Html<String>, AppError> {
    Ok(Html(Dashboard { page }.render()?))
}
