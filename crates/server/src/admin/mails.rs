use askama::Template;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use domain::mails::{self, Kept, Listed};
use serde::Deserialize;
use uuid::Uuid;

use crate::app::App;
use crate::error::AppError;
use crate::extract::{Path, SignedIn};
use crate::page::Page;

/// Mails on a page.
const SHOWN: usize = 50;

#[derive(Deserialize)]
pub(super) struct Older {
    before: Option<Uuid>,
}

#[derive(Template)]
#[template(path = "admin/mails.html")]
struct List {
    page: Page,
    mails: Vec<Listed>,
    older: Option<String>,
    is_first: bool,
    has_server: bool,
}

pub(super) async fn list(
    State(app): State<App>,
    page: Page,
    signed_in: SignedIn,
    Query(Older { before }): Query<Older>,
) -> Result<Html<String>, AppError> {
    let limit = u32::try_from(SHOWN + 1).unwrap_or(u32::MAX);
    let mut mails = mails::list(app.db().read(), &signed_in.actor(), before, limit).await?;
    let more = mails.len() > SHOWN;
    mails.truncate(SHOWN);
    let last = mails.last().filter(|_| more);
    let older = last.map(|mail| format!("/administration/courriers?before={}", mail.id));
    let has_server = app.smtp().is_some();
    Ok(Html(List { page, mails, older, is_first: before.is_none(), has_server }.render()?))
}

#[derive(Template)]
#[template(path = "admin/mail.html")]
struct Read {
    page: Page,
    mail: Kept,
}

pub(super) async fn read(
    State(app): State<App>,
    page: Page,
    signed_in: SignedIn,
    Path(id): Path<Uuid>,
) -> Result<Html<String>, AppError> {
    let mail = mails::get(app.db().read(), &signed_in.actor(), id).await?;
    Ok(Html(Read { page, mail }.render()?))
}

/// The HTML part alone, in a box: no script, no form, nothing from outside, no way to our pages.
pub(super) async fn html(
    State(app): State<App>,
    signed_in: SignedIn,
    Path(id): Path<Uuid>,
) -> Result<Response, AppError> {
    const BOX: &str = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; \
                       frame-ancestors 'self'";
    let mail = mails::get(app.db().read(), &signed_in.actor(), id).await?;
    let headers = [
        (header::CONTENT_SECURITY_POLICY, BOX),
        (header::X_FRAME_OPTIONS, "SAMEORIGIN"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    Ok((headers, Html(mail.html)).into_response())
}
