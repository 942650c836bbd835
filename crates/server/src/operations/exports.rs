use std::io;

use askama::Template;
use axum::body::{Body, Bytes};
use axum::extract::{Form as FormBody, RawQuery, State};
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use domain::operations::bulk::{self, Params};
use domain::operations::exports;
use domain::{Actor, Error};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::selection::Selection;
use super::sheets::{self, Format, Style};
use crate::app::App;
use crate::error::AppError;
use crate::extract::SignedIn;
use crate::page::Page;

/// Bytes sent at once.
const CHUNK: usize = 64 * 1024;

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
    let (sender, receiver) = mpsc::channel::<Result<Bytes, io::Error>>(4);
    tokio::task::spawn_blocking(move || {
        let mut pipe = Pipe { sender: sender.clone(), held: Vec::with_capacity(CHUNK) };
        if let Err(error) = sheets::write(style, rows, &mut pipe) {
            // Ends the connection before its time, so that nobody takes a part for the whole.
            let _ = sender.blocking_send(Err(io::Error::other(error)));
        }
    });
    let day = app.now().with_timezone(&style.zone).date_naive();
    let name = format!("clients-{day}.{}", style.format.extension());
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""))
        .map_err(|_| Error::NotFound)?;
    let kind = HeaderValue::from_static(style.format.media_type());
    let headers = [(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, Body::from_stream(ReceiverStream::new(receiver))).into_response())
}

/// Reads rows batch after batch, a little ahead of who writes them. What cannot be read comes last,
/// as an error, so that nobody takes a part for the whole.
pub(crate) fn rows(app: &App, actor: Actor, params: Params) -> sheets::Batches {
    let (sender, rows) = mpsc::channel(2);
    let app = app.clone();
    tokio::spawn(async move {
        let (now, mut after) = (app.now(), None);
        loop {
            let batch = exports::batch(app.db().read(), &actor, &params, after, now).await;
            let (batch, next) = match batch {
                Ok(batch) => batch,
                Err(error) => {
                    tracing::error!(%error, "an export ended early");
                    let _ = sender.send(Err(error)).await;
                    return;
                }
            };
            if sender.send(Ok(batch)).await.is_err() {
                return;
            }
            match next {
                Some(next) => after = Some(next),
                None => return,
            }
        }
    });
    rows
}

/// What the writing thread writes to: the body of the answer.
struct Pipe {
    sender: mpsc::Sender<Result<Bytes, io::Error>>,
    held: Vec<u8>,
}

impl io::Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.held.extend_from_slice(bytes);
        if self.held.len() >= CHUNK {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.held.is_empty() {
            return Ok(());
        }
        let chunk = std::mem::replace(&mut self.held, Vec::with_capacity(CHUNK));
        let sent = self.sender.blocking_send(Ok(chunk.into()));
        sent.map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))
    }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        let _ = io::Write::flush(self);
    }
}
