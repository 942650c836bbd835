use std::sync::Arc;

use askama::Template;
use axum::extract::{Form as FormBody, RawQuery, State};
use axum::response::{Html, IntoResponse, Response};
use domain::Actor;
use domain::operations::bulk::{self, Params};
use domain::operations::exports::{self, ExportRow};

use super::selection::Selection;
use super::sheets::Clients;
use crate::app::App;
use crate::error::AppError;
use crate::export::{self, Batches, Format, Style};
use crate::extract::SignedIn;
use crate::page::Page;

/// Chooses the format of an export.
#[derive(Template)]
#[template(path = "operations/export.html")]
struct Choose {
    page: Page,
    count: i64,
    selection: Vec<(String, String)>,
    back: String,
}

/// `GET /client/exporter?filters`.
pub(super) async fn choose(
    State(app): State<App>,
    page: Page,
    who: SignedIn,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    let mut selection = Selection::of_query(query.as_deref().unwrap_or_default());
    selection.whole_filter();
    page_for(&app, page, &who.actor(), selection).await
}

/// The page that asks for the format, for a selection.
pub(super) async fn page_for(
    app: &App,
    page: Page,
    actor: &Actor,
    selection: Selection,
) -> Result<Response, AppError> {
    exports::permit(actor)?;
    let params = selection.params(page.zone)?;
    let count = bulk::matched(app.db().read(), actor, &params, app.now()).await?;
    let back = selection.back();
    let selection = selection.hidden();
    Ok(Html(Choose { page, count, selection, back }.render()?).into_response())
}

/// `POST /client/exporter`: ticked rows or a filter, and `format`.
pub(super) async fn download(
    State(app): State<App>,
    page: Page,
    who: SignedIn,
    FormBody(pairs): FormBody<Vec<(String, String)>>,
) -> Result<Response, AppError> {
    let format = pairs.iter().find(|(name, _)| name == "format");
    let format = format.and_then(|(_, name)| Format::parse(name)).unwrap_or(Format::Csv);
    let params = Selection::of_form(pairs).params(page.zone)?;
    let style = Style { format, language: page.language, zone: page.zone };
    stream(&app, &who.actor(), params, style).await
}

/// The clients of the filtered list as CSV, streamed. The parameters are those of
/// `GET /api/clients`.
#[utoipa::path(get, path = "/api/exports/clients.csv", tag = "operations",
    params(("q" = Option<String>, Query, description = "Search"),
        ("is_active" = Option<bool>, Query, description = "Status"),
        ("tag" = Option<String>, Query, description = "Tag"),
        ("segment" = Option<String>, Query, description = "Segment")),
    responses((status = 200, description = "The file", content_type = "text/csv"),
        (status = 403, description = "Only admins and supervisors export")))]
pub(super) async fn clients_csv(
    State(app): State<App>,
    page: Page,
    who: SignedIn,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    by_query(&app, &page, &who, query, Format::Csv).await
}

/// The clients of the filtered list as XLSX. The parameters are those of `GET /api/clients`.
#[utoipa::path(get, path = "/api/exports/clients.xlsx", tag = "operations",
    params(("q" = Option<String>, Query, description = "Search"),
        ("is_active" = Option<bool>, Query, description = "Status"),
        ("tag" = Option<String>, Query, description = "Tag"),
        ("segment" = Option<String>, Query, description = "Segment")),
    responses((status = 200, description = "The file",
            content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (status = 403, description = "Only admins and supervisors export")))]
pub(super) async fn clients_xlsx(
    State(app): State<App>,
    page: Page,
    who: SignedIn,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    by_query(&app, &page, &who, query, Format::Xlsx).await
}

async fn by_query(
    app: &App,
    page: &Page,
    who: &SignedIn,
    query: Option<String>,
    format: Format,
) -> Result<Response, AppError> {
    let mut selection = Selection::of_query(query.as_deref().unwrap_or_default());
    selection.whole_filter();
    let style = Style { format, language: page.language, zone: page.zone };
    stream(app, &who.actor(), selection.params(page.zone)?, style).await
}

async fn stream(
    app: &App,
    actor: &Actor,
    params: Params,
    style: Style,
) -> Result<Response, AppError> {
    exports::permit(actor)?;
    let rows = rows(app, actor.clone(), params);
    export::respond("clients", Clients::new(style.language), style, rows, app.now())
}

/// The clients `params` stands for, as they are at this instant.
pub(crate) fn rows(app: &App, actor: Actor, params: Params) -> Batches<ExportRow> {
    let asked = Arc::new((app.clone(), actor, params, app.now()));
    export::read_ahead(move |after| {
        let asked = asked.clone();
        async move {
            let (app, actor, params, now) = &*asked;
            exports::batch(app.db().read(), actor, params, after, *now).await
        }
    })
}
