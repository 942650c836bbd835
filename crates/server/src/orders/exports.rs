//! The orders of the filtered list as a file, streamed.

use std::io;

use axum::body::{Body, Bytes};
use axum::extract::{RawQuery, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base::money::Money;
use base::sheet::{Cell, CsvWriter, Delimiter, RowWriter, SheetError, XlsxWriter};
use domain::orders::{self, Order, OrderFilter};
use domain::{Actor, Error};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use crate::app::App;
use crate::error::AppError;
use crate::extract::SignedIn;
use crate::grid::Query;
use crate::i18n::Language;
use crate::operations::sheets::{Format, Style};
use crate::page::Page;

/// Orders read at once.
const BATCH: i64 = 2_000;

/// Bytes sent at once.
const CHUNK: usize = 64 * 1024;

/// The orders of the filtered list as CSV. The parameters are those of `GET /api/orders`.
#[utoipa::path(get, path = "/api/exports/orders.csv", tag = "orders",
    params(("q" = Option<String>, Query, description = "Search"), ("status" = Option<String>, Query, description = "Status"),
        ("link" = Option<String>, Query, description = "Link state")),
    responses((status = 200, description = "The file", content_type = "text/csv"),
        (status = 403, description = "Only admins and supervisors export")))]
pub(super) async fn csv(
    State(app): State<App>,
    page: Page,
    who: SignedIn,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    stream(&app, &page, who.actor(), query, Format::Csv).await
}

/// The orders of the filtered list as XLSX. The parameters are those of `GET /api/orders`.
#[utoipa::path(get, path = "/api/exports/orders.xlsx", tag = "orders",
    params(("q" = Option<String>, Query, description = "Search"), ("status" = Option<String>, Query, description = "Status"),
        ("link" = Option<String>, Query, description = "Link state")),
    responses((status = 200, description = "The file",
            content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (status = 403, description = "Only admins and supervisors export")))]
pub(super) async fn xlsx(
    State(app): State<App>,
    page: Page,
    who: SignedIn,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    stream(&app, &page, who.actor(), query, Format::Xlsx).await
}

async fn stream(
    app: &App,
    page: &Page,
    actor: Actor,
    query: Option<String>,
    format: Format,
) -> Result<Response, AppError> {
    domain::operations::exports::permit(&actor)?;
    let query = Query::parse(query.as_deref().unwrap_or_default());
    let filter = OrderFilter::from_query(query.pairs(), page.zone)?;
    let style = Style { format, language: page.language, zone: page.zone };
    let rows = rows(app, actor, filter);
    let (sender, receiver) = mpsc::channel::<Result<Bytes, io::Error>>(4);
    tokio::task::spawn_blocking(move || {
        let mut pipe = Pipe { sender: sender.clone(), held: Vec::with_capacity(CHUNK) };
        if let Err(error) = write(style, rows, &mut pipe) {
            // Ends the connection before its time, so that nobody takes a part for the whole.
            let _ = sender.blocking_send(Err(io::Error::other(error)));
        }
    });
    let day = app.now().with_timezone(&style.zone).date_naive();
    let name = format!("attachment; filename=\"commandes-{day}.{}\"", format.extension());
    let name = HeaderValue::from_str(&name).map_err(|_| Error::NotFound)?;
    let kind = HeaderValue::from_static(format.media_type());
    let headers = [(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, Body::from_stream(ReceiverStream::new(receiver))).into_response())
}

/// Batches, or why there is no next one.
type Batches = mpsc::Receiver<Result<Vec<Order>, String>>;

fn rows(app: &App, actor: Actor, filter: OrderFilter) -> Batches {
    let (sender, rows) = mpsc::channel(2);
    let app = app.clone();
    tokio::spawn(async move {
        let (now, mut after) = (app.now(), 0);
        loop {
            let conn = app.db().read();
            match orders::export_batch(conn, &actor, &filter, after, BATCH, now).await {
                Ok((batch, next)) => {
                    if sender.send(Ok(batch)).await.is_err() {
                        return;
                    }
                    let Some(next) = next else { return };
                    after = next;
                }
                Err(error) => {
                    tracing::error!(%error, "an export ended early");
                    let _ = sender.send(Err(error.to_string())).await;
                    return;
                }
            }
        }
    });
    rows
}

/// The columns, by the key of their name.
const COLUMNS: [&str; 13] = [
    "number",
    "client-code",
    "client",
    "name",
    "email",
    "phone",
    "price",
    "currency",
    "status",
    "date",
    "link",
    "method",
    "score",
];

fn write(style: Style, rows: Batches, out: &mut Pipe) -> Result<(), SheetError> {
    match style.format {
        Format::Csv => {
            let delimiter = match style.language {
                Language::Fr => Delimiter::Semicolon,
                Language::En => Delimiter::Comma,
            };
            let mut writer = CsvWriter::new(out, delimiter)?;
            write_all(style, rows, &mut writer)?;
            Ok(io::Write::flush(&mut writer.finish()?)?)
        }
        Format::Xlsx => {
            let mut writer = XlsxWriter::new(&style.language.t("export-orders-sheet"))?;
            write_all(style, rows, &mut writer)?;
            writer.finish(out)
        }
    }
}

fn write_all(
    style: Style,
    mut rows: Batches,
    writer: &mut impl RowWriter,
) -> Result<(), SheetError> {
    let names = COLUMNS.map(|key| style.language.t(&format!("export-order-{key}")));
    writer.write_header(&names.each_ref().map(String::as_str))?;
    while let Some(batch) = rows.blocking_recv() {
        let batch = batch.map_err(|error| SheetError::Io(io::Error::other(error)))?;
        for order in batch {
            write_row(style, &order, writer)?;
        }
    }
    Ok(())
}

fn write_row(style: Style, order: &Order, writer: &mut impl RowWriter) -> Result<(), SheetError> {
    fn text(value: &Option<String>) -> Cell<'_> {
        value.as_deref().filter(|value| !value.is_empty()).map_or(Cell::Empty, Cell::Text)
    }
    let price = match order.currency.parse() {
        Ok(currency) => Money::new(order.amount, currency).to_decimal(),
        Err(_) => order.amount.to_string(),
    };
    let status = style.language.t(&format!("orders-status-{}", order.status));
    let link = style.language.t(&format!("orders-link-{}", order.link_state));
    let method = order.link_method.as_deref();
    let method = method.map(|name| style.language.t(&format!("orders-method-{name}")));
    writer.write_row(&[
        Cell::Text(&order.number),
        text(&order.linked_code),
        text(&order.linked_name),
        text(&order.client_name),
        text(&order.email),
        text(&order.phone),
        Cell::Text(&price),
        Cell::Text(&order.currency),
        Cell::Text(&status),
        Cell::DateTime(order.ordered_at.with_timezone(&style.zone).naive_local()),
        Cell::Text(&link),
        text(&method),
        order.link_score.map_or(Cell::Empty, |score| Cell::Int(i64::from(score))),
    ])
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
