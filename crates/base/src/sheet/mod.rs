//! Tables that people upload and download: CSV and XLSX, row by row, so that a file of a million
//! rows costs no more memory than one of ten.

mod cells;
mod delimiter;
mod encoding;
mod neutral;
mod read_csv;
mod read_xlsx;
mod record;
mod text;
mod write;
mod xml_escape;
mod zip_guard;

use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;

pub use delimiter::Delimiter;
pub use write::{Cell, CsvWriter, RowWriter, XlsxWriter};

#[cfg(test)]
mod tests;

/// Columns a file may have.
pub const MAX_COLUMNS: usize = 200;
/// Characters a cell may hold.
pub const MAX_CELL_CHARS: usize = 10_000;
/// Rows of an XLSX sheet, header included (the format's own limit).
pub const MAX_XLSX_ROWS: u64 = 1_048_576;

/// Why a file cannot be read or written at all.
#[derive(Debug, thiserror::Error)]
pub enum SheetError {
    /// The disk, not the file's contents.
    #[error("input or output failed: {0}")]
    Io(#[from] std::io::Error),
    /// Damaged, protected by a password, or not what its first bytes say.
    #[error("the file cannot be read")]
    Unreadable,
    /// Neither text nor XLSX: an old `.xls`, a PDF, an image…
    #[error("neither CSV nor XLSX")]
    Unsupported,
    /// No row at all, not even a header.
    #[error("the file is empty")]
    Empty,
    /// More than [`MAX_COLUMNS`].
    #[error("too many columns")]
    TooManyColumns,
    /// More than [`MAX_XLSX_ROWS`] (writing).
    #[error("too many rows")]
    TooManyRows,
    /// An archive that unpacks to more than any honest sheet.
    #[error("the file unpacks to too much")]
    TooLarge,
}

impl SheetError {
    /// The stable key of the message shown to people.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Io(_) => "sheet.io",
            Self::Unreadable => "sheet.unreadable",
            Self::Unsupported => "sheet.unsupported",
            Self::Empty => "sheet.empty",
            Self::TooManyColumns => "sheet.too_many_columns",
            Self::TooManyRows => "sheet.too_many_rows",
            Self::TooLarge => "sheet.too_large",
        }
    }
}

/// One row of data. It has as many cells as the header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The line of the file on which the row starts (the header of most files is on line 1); in a
    /// spreadsheet, the row's own number.
    pub line: u64,
    /// As text: see [`SheetReader`] for numbers and dates.
    pub cells: Vec<String>,
}

/// A row that cannot be used. The others can.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {} {detail}", code.key())]
pub struct RowError {
    /// As in [`Row`].
    pub line: u64,
    /// What is wrong.
    pub code: RowCode,
    /// Figures for the message: `3/5` columns found and expected, or the number of the column.
    pub detail: String,
}

/// What is wrong with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowCode {
    /// Not as many cells as the header (`detail`: found/expected).
    Columns,
    /// A quote is not closed, or is followed by text.
    Quote,
    /// Bytes that are not text in the file's encoding (`detail`: column).
    Bytes,
    /// More than [`MAX_CELL_CHARS`] characters (`detail`: column).
    CellTooLong,
    /// The spreadsheet shows an error such as `#N/A` (`detail`: column).
    CellError,
    /// More than [`MAX_XLSX_ROWS`]; reading stops.
    TooManyRows,
    /// The file is damaged from here on; reading stops.
    Unreadable,
}

impl RowCode {
    /// The stable key of the message shown to people.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Columns => "sheet.row.columns",
            Self::Quote => "sheet.row.quote",
            Self::Bytes => "sheet.row.bytes",
            Self::CellTooLong => "sheet.row.cell_too_long",
            Self::CellError => "sheet.row.cell_error",
            Self::TooManyRows => "sheet.row.too_many_rows",
            Self::Unreadable => "sheet.row.unreadable",
        }
    }
}

/// Reads a table, CSV or XLSX by its contents, whatever its name. The first line that is not blank
/// is the header; blank lines and rows without any content are passed over.
///
/// CSV: UTF-8, UTF-16 with its mark, or Windows-1252; separated by `,` `;` tab or `|` (guessed from
/// the first lines, or told by Excel's `sep=`); lines may end in any of the three ways and cells may
/// hold new lines. XLSX: the first sheet that has something on it; whole numbers without decimals or
/// exponent and with the leading zeros their format shows; dates as `2026-03-29` or
/// `2026-03-29 14:30:00`; a formula's last result.
///
/// The apostrophe that [`CsvWriter`] puts before a formula is taken off.
pub struct SheetReader {
    headers: Vec<String>,
    rows: Rows,
}

enum Rows {
    Csv(Box<read_csv::CsvRows>),
    Xlsx(read_xlsx::XlsxRows),
}

impl SheetReader {
    /// Opens a file and reads its header.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, SheetError> {
        let mut file = File::open(path)?;
        let mut start = Vec::with_capacity(8);
        file.by_ref().take(8).read_to_end(&mut start)?;
        file.rewind()?;
        if start.starts_with(b"PK\x03\x04") {
            let (headers, rows) = read_xlsx::open(file)?;
            return Ok(Self { headers, rows: Rows::Xlsx(rows) });
        }
        if is_foreign(&start) {
            return Err(SheetError::Unsupported);
        }
        let (headers, rows) = read_csv::open(file)?;
        Ok(Self { headers, rows: Rows::Csv(Box::new(rows)) })
    }

    /// The names of the columns, trimmed, in order. A name may be empty or occur twice.
    pub fn headers(&self) -> &[String] {
        &self.headers
    }

    /// What separates the cells; `None` for XLSX.
    pub fn delimiter(&self) -> Option<Delimiter> {
        match &self.rows {
            Rows::Csv(rows) => Some(rows.delimiter()),
            Rows::Xlsx(_) => None,
        }
    }
}

impl Iterator for SheetReader {
    type Item = Result<Row, RowError>;

    fn next(&mut self) -> Option<Self::Item> {
        match &mut self.rows {
            Rows::Csv(rows) => rows.next(),
            Rows::Xlsx(rows) => rows.next(),
        }
    }
}

/// First bytes of files people upload by mistake: old Excel, PDF, images, gzip, empty archives.
fn is_foreign(start: &[u8]) -> bool {
    let signatures: [&[u8]; 8] = [
        b"\xD0\xCF\x11\xE0",
        b"%PDF-",
        b"\x89PNG",
        b"\xFF\xD8\xFF",
        b"GIF8",
        b"\x1F\x8B",
        b"PK\x05\x06",
        b"{\\rtf",
    ];
    signatures.iter().any(|signature| start.starts_with(signature))
}

/// The cells of a row brought to the width of the header; empty ones may be in excess.
fn fitted(mut cells: Vec<String>, width: usize) -> Result<Vec<String>, (RowCode, String)> {
    let excess_is_empty = cells.iter().skip(width).all(String::is_empty);
    if cells.len() < width || !excess_is_empty {
        return Err((RowCode::Columns, format!("{}/{width}", cells.len())));
    }
    cells.truncate(width);
    Ok(cells)
}
