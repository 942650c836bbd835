//! The log as a file: exactly what the list shows, oldest first, a batch in memory at a time.

use std::io;

use axum::body::{Body, Bytes};
use axum::extract::{RawQuery, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base::sheet::{Cell, CsvWriter, Delimiter, RowWriter, SheetError, XlsxWriter};
use domain::contact_log::{self, Attempt, Search};
use domain::{Actor, Error};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use super::filter;
use crate::app::App;
use crate::error::AppError;
use crate::extract::SignedIn;
use crate::grid::Query;
use crate::i18n::Language;
use crate::operations::sheets::{Format, Style};
use crate::page::Page;

/// Attempts per batch.
const BATCH: i64 = 2_000;

/// Bytes sent at once.
const CHUNK: usize = 64 * 1024;

/// The columns, by the key of their name.
const COLUMNS: [&str; 6] = ["date", "client", "code", "status", "channel", "agent"];

/// The contact attempts of the filtered list as CSV, streamed. The parameters are those of
/// `GET /api/notifications`.
#[utoipa::path(get, path = "/api/exports/contacts.csv", tag = "contact log",
    params(("q" = Option<String>, Query, description = "Search"), ("client" = Option<String>, Query),
        ("utilisateur" = Option<String>, Query), ("statut" = Option<String>, Query),
        ("canal" = Option<String>, Query), ("period" = Option<String>, Query),
        ("from" = Option<String>, Query), ("to" = Option<String>, Query)),
    responses((status = 200, description = "The file", content_type = "text/csv"),
        (status = 403, description = "Only admins and supervisors export")))]
pub(super) async fn contacts_csv(
    State(app): State<App>,
    page: Page,
    who: SignedIn,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    stream(&app, &page, &who.actor(), query, Format::Csv).await
}

/// The contact attempts of the filtered list as XLSX. The parameters are those of
/// `GET /api/notifications`.
#[utoipa::path(get, path = "/api/exports/contacts.xlsx", tag = "contact log",
    params(("q" = Option<String>, Query, description = "Search"), ("client" = Option<String>, Query),
        ("utilisateur" = Option<String>, Query), ("statut" = Option<String>, Query),
        ("canal" = Option<String>, Query), ("period" = Option<String>, Query),
        ("from" = Option<String>, Query), ("to" = Option<String>, Query)),
    responses((status = 200, description = "The file",
            content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (status = 403, description = "Only admins and supervisors export")))]
pub(super) async fn contacts_xlsx(
    State(app): State<App>,
    page: Page,
    who: SignedIn,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    stream(&app, &page, &who.actor(), query, Format::Xlsx).await
}

async fn stream(
    app: &App,
    page: &Page,
    actor: &Actor,
    query: Option<String>,
    format: Format,
) -> Result<Response, AppError> {
    actor.require(actor.leads_people())?;
    let query = Query::parse(query.as_deref().unwrap_or_default());
    let (conn, now) = (app.db().read(), app.now());
    let asked = filter::read(conn, actor, &query, page.zone, now).await?;
    let search = contact_log::search(conn, actor, asked.filter, now).await?;
    let style = Style { format, language: page.language, zone: page.zone };
    let rows = rows(app, actor.clone(), search);
    let (sender, receiver) = mpsc::channel::<Result<Bytes, io::Error>>(4);
    tokio::task::spawn_blocking(move || {
        let mut pipe = Pipe { sender: sender.clone(), held: Vec::with_capacity(CHUNK) };
        if let Err(error) = write(style, rows, &mut pipe) {
            // Ends the connection before its time, so that nobody takes a part for the whole.
            let _ = sender.blocking_send(Err(io::Error::other(error)));
        }
    });
    let day = now.with_timezone(&style.zone).date_naive();
    let name = format!("contacts-{day}.{}", format.extension());
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""))
        .map_err(|_| Error::NotFound)?;
    let kind = HeaderValue::from_static(format.media_type());
    let headers = [(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, Body::from_stream(ReceiverStream::new(receiver))).into_response())
}

/// A batch, or word that there is none where one should be.
type Batch = Result<Vec<Attempt>, ()>;

/// Reads batch after batch, a little ahead of who writes them.
fn rows(app: &App, actor: Actor, search: Search) -> mpsc::Receiver<Batch> {
    let (sender, rows) = mpsc::channel(2);
    let app = app.clone();
    tokio::spawn(async move {
        let mut after = None;
        loop {
            let conn = app.db().read();
            match contact_log::page_of(conn, &actor, &search, after, BATCH).await {
                Ok((batch, next)) => {
                    if sender.send(Ok(batch)).await.is_err() || next.is_none() {
                        return;
                    }
                    after = next;
                }
                Err(error) => {
                    tracing::error!(%error, "an export ended early");
                    let _ = sender.send(Err(())).await;
                    return;
                }
            }
        }
    });
    rows
}

fn write<W: io::Write + Send>(
    style: Style,
    rows: mpsc::Receiver<Batch>,
    out: W,
) -> Result<(), SheetError> {
    match style.format {
        Format::Csv => {
            let delimiter = match style.language {
                Language::Fr => Delimiter::Semicolon,
                Language::En => Delimiter::Comma,
            };
            let mut writer = CsvWriter::new(out, delimiter)?;
            write_all(style, rows, &mut writer)?;
            Ok(writer.finish()?.flush()?)
        }
        Format::Xlsx => {
            let mut writer = XlsxWriter::new(&style.language.t("contacts-title"))?;
            write_all(style, rows, &mut writer)?;
            writer.finish(out)
        }
    }
}

fn write_all(
    style: Style,
    mut rows: mpsc::Receiver<Batch>,
    writer: &mut impl RowWriter,
) -> Result<(), SheetError> {
    let language = style.language;
    let names = COLUMNS.map(|key| language.t(&format!("contacts-{key}")));
    writer.write_header(&names.each_ref().map(String::as_str))?;
    let words = ["succes", "echec"].map(|status| language.t(&format!("contacts-{status}")));
    while let Some(batch) = rows.blocking_recv() {
        let batch = batch.map_err(|()| io::Error::other("the database is away"))?;
        for row in batch {
            let at = row.created_at.with_timezone(&style.zone).naive_local();
            let channel = match &row.channel_word {
                Some(word) => word.clone(),
                None => language.t(&format!("contact-channel-{}", row.channel)),
            };
            writer.write_row(&[
                Cell::DateTime(at),
                Cell::Text(&row.client_name),
                row.client_code.as_deref().map_or(Cell::Empty, Cell::Text),
                Cell::Text(if row.is_success() { &words[0] } else { &words[1] }),
                Cell::Text(&channel),
                row.user_name.as_deref().map_or(Cell::Empty, Cell::Text),
            ])?;
        }
    }
    Ok(())
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
