//! Tables as files: one way for every list, whatever its length and format.
//!
//! A feature reads its rows batch after batch ([`read_ahead`]), says what its columns are called
//! and how a row fills them ([`Table`]), and has it written ([`write`]) or sent ([`respond`]) with
//! a few batches in memory.

use std::io::{self, Write};

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base::sheet::{Cell, CsvWriter, Delimiter, RowWriter, SheetError, XlsxWriter};
use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;
use domain::Error;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use crate::error::AppError;
use crate::i18n::Language;

/// Bytes sent at once.
const CHUNK: usize = 64 * 1024;

/// The format of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Text.
    Csv,
    /// Excel's.
    Xlsx,
}

impl Format {
    /// The format of that name.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "csv" => Some(Self::Csv),
            "xlsx" => Some(Self::Xlsx),
            _ => None,
        }
    }

    /// The end of the file's name.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// How values are written.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// The format.
    pub format: Format,
    /// The language of the columns' names.
    pub language: Language,
    /// The zone instants are written in.
    pub zone: Tz,
}

impl Style {
    /// An instant as a clock on the wall of [`Style::zone`] shows it.
    pub fn local(&self, at: DateTime<Utc>) -> NaiveDateTime {
        at.with_timezone(&self.zone).naive_local()
    }
}

/// A cell of text; empty without any.
pub fn text(value: Option<&str>) -> Cell<'_> {
    value.filter(|value| !value.is_empty()).map_or(Cell::Empty, Cell::Text)
}

/// Rows to write, a batch at a time, or why there are no more.
pub type Batches<T> = mpsc::Receiver<Result<Vec<T>, Error>>;

/// Reads batch after batch, a little ahead of who writes them: `next` reads the one that starts at
/// a place, and says where the one after it starts. What cannot be read comes last, as an error, so
/// that nobody takes a part for the whole.
pub fn read_ahead<T, Place, Read>(
    mut next: impl FnMut(Option<Place>) -> Read + Send + 'static,
) -> Batches<T>
where
    T: Send + 'static,
    Place: Send + 'static,
    Read: Future<Output = Result<(Vec<T>, Option<Place>), Error>> + Send,
{
    let (sender, rows) = mpsc::channel(2);
    tokio::spawn(async move {
        let mut place = None;
        loop {
            let (batch, after) = match next(place.take()).await {
                Ok((batch, after)) => (Ok(batch), after),
                Err(error) => {
                    tracing::error!(%error, "an export ended early");
                    (Err(error), None)
                }
            };
            if sender.send(batch).await.is_err() || after.is_none() {
                return;
            }
            place = after;
        }
    });
    rows
}

/// What a feature's file looks like.
pub trait Table: Send + 'static {
    /// What a row is made of.
    type Row: Send + 'static;

    /// The key of the sheet's name in a workbook.
    const SHEET: &'static str;

    /// The columns' names, in the language of `style`.
    fn columns(&self, style: Style) -> Vec<String>;

    /// Writes a row.
    ///
    /// # Errors
    /// The writer's.
    fn write_row(
        &self,
        style: Style,
        row: &Self::Row,
        writer: &mut dyn RowWriter,
    ) -> Result<(), SheetError>;
}

/// Writes the rows that arrive, until their sender is gone. Blocks.
///
/// # Errors
/// The output's; too many rows for the format; rows that could not be read.
pub fn write<T: Table, W: Write + Send>(
    table: &T,
    style: Style,
    rows: Batches<T::Row>,
    out: W,
) -> Result<(), SheetError> {
    match style.format {
        Format::Csv => {
            let delimiter = match style.language {
                Language::Fr => Delimiter::Semicolon,
                Language::En => Delimiter::Comma,
            };
            let mut writer = CsvWriter::new(out, delimiter)?;
            write_all(table, style, rows, &mut writer)?;
            Ok(writer.finish()?.flush()?)
        }
        Format::Xlsx => {
            let mut writer = XlsxWriter::new(&style.language.t(T::SHEET))?;
            write_all(table, style, rows, &mut writer)?;
            writer.finish(out)
        }
    }
}

fn write_all<T: Table>(
    table: &T,
    style: Style,
    mut rows: Batches<T::Row>,
    writer: &mut dyn RowWriter,
) -> Result<(), SheetError> {
    let names = table.columns(style);
    writer.write_header(&names.iter().map(String::as_str).collect::<Vec<_>>())?;
    while let Some(batch) = rows.blocking_recv() {
        for row in batch.map_err(io::Error::other)? {
            table.write_row(style, &row, writer)?;
        }
    }
    Ok(())
}

/// The table as the body of an answer, to be kept as `clients-2026-11-21.csv`.
///
/// # Errors
/// A name no header can carry.
pub fn respond<T: Table>(
    name: &str,
    table: T,
    style: Style,
    rows: Batches<T::Row>,
    now: DateTime<Utc>,
) -> Result<Response, AppError> {
    let (sender, receiver) = mpsc::channel::<Result<Bytes, io::Error>>(4);
    tokio::task::spawn_blocking(move || {
        let mut pipe = Pipe { sender: sender.clone(), held: Vec::with_capacity(CHUNK) };
        if let Err(error) = write(&table, style, rows, &mut pipe) {
            // Ends the connection before its time.
            let _ = sender.blocking_send(Err(io::Error::other(error)));
        }
    });
    let day = style.local(now).date();
    let name = format!("attachment; filename=\"{name}-{day}.{}\"", style.format.extension());
    let disposition = HeaderValue::from_str(&name).map_err(|_| Error::NotFound)?;
    let kind = HeaderValue::from_static(style.format.media_type());
    let headers = [(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, Body::from_stream(ReceiverStream::new(receiver))).into_response())
}

/// What the writing thread writes to: the body of the answer.
struct Pipe {
    sender: mpsc::Sender<Result<Bytes, io::Error>>,
    held: Vec<u8>,
}

impl Write for Pipe {
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
        let _ = self.flush();
    }
}
