//! Clients as rows of a file: the same for a download and for the command line.

use std::io::{self, Write};

use base::sheet::{Cell, CsvWriter, Delimiter, RowWriter, SheetError, XlsxWriter};
use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;
use domain::operations::exports::ExportRow;
use tokio::sync::mpsc;

use crate::i18n::Language;

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

/// The columns, by the key of their name.
const COLUMNS: [&str; 17] = [
    "code",
    "first_name",
    "last_name",
    "company_name",
    "email",
    "other_emails",
    "phone",
    "other_phones",
    "address",
    "city",
    "country",
    "tags",
    "status",
    "assignee",
    "last_contact",
    "next_alert",
    "created_at",
];

/// Between several values of one cell; no address, phone or tag has it.
const SEPARATOR: &str = " | ";

/// Rows to write, a batch at a time, or why there are no more.
pub type Batches = mpsc::Receiver<Result<Vec<ExportRow>, domain::Error>>;

/// Writes the rows that arrive, until their sender is gone. Blocks.
///
/// # Errors
/// The output's; too many rows for the format; rows that could not be read.
pub fn write<W: Write + Send>(style: Style, rows: Batches, out: W) -> Result<(), SheetError> {
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
            let mut writer = XlsxWriter::new(&style.language.t("export-sheet"))?;
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
    let names = COLUMNS.map(|key| style.language.t(&format!("export-{}", key.replace('_', "-"))));
    writer.write_header(&names.each_ref().map(String::as_str))?;
    let words = Words::of(style.language);
    while let Some(batch) = rows.blocking_recv() {
        for row in batch.map_err(io::Error::other)? {
            write_row(style, &words, &row, writer)?;
        }
    }
    Ok(())
}

struct Words {
    active: String,
    inactive: String,
}

impl Words {
    fn of(language: Language) -> Self {
        Self { active: language.t("export-active"), inactive: language.t("export-inactive") }
    }
}

fn write_row(
    style: Style,
    words: &Words,
    row: &ExportRow,
    writer: &mut impl RowWriter,
) -> Result<(), SheetError> {
    fn text(value: Option<&str>) -> Cell<'_> {
        value.filter(|value| !value.is_empty()).map_or(Cell::Empty, Cell::Text)
    }
    let others = |values: &[String]| values.get(1..).unwrap_or_default().join(SEPARATOR);
    let (emails, phones) = (others(&row.emails), others(&row.phones));
    let tags = row.tags.join(SEPARATOR);
    let local = |at: DateTime<Utc>| at.with_timezone(&style.zone).naive_local();
    let moment = |at: Option<DateTime<Utc>>| at.map_or(Cell::Empty, |at| Cell::DateTime(local(at)));
    let created: NaiveDateTime = local(row.created_at);
    writer.write_row(&[
        text(row.code.as_deref()),
        text(row.first_name.as_deref()),
        text(row.last_name.as_deref()),
        text(row.company_name.as_deref()),
        text(row.emails.first().map(String::as_str)),
        text(Some(&emails)),
        text(row.phones.first().map(String::as_str)),
        text(Some(&phones)),
        text(row.address.as_deref()),
        text(row.city.as_deref()),
        text(row.country.as_deref()),
        text(Some(&tags)),
        Cell::Text(if row.is_active { &words.active } else { &words.inactive }),
        text(row.assignee.as_deref()),
        moment(row.date_notification),
        moment(row.next_alert_at),
        Cell::DateTime(created),
    ])
}
