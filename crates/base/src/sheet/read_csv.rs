//! The rows of a CSV file.

use std::fs::File;

use super::record::{Record, Records};
use super::text::TextWindow;
use super::{Delimiter, MAX_COLUMNS, Row, RowCode, RowError, SheetError, fitted};

/// The rows below the header.
pub(super) struct CsvRows {
    records: Records,
    delimiter: Delimiter,
    width: usize,
    stopped: bool,
}

/// The header of a file, and what reads its rows.
pub(super) fn open(file: File) -> Result<(Vec<String>, CsvRows), SheetError> {
    let text = TextWindow::new(file)?;
    let mut records = Records { text, delimiter: 0, passed: 0 };
    let delimiter = match told(records.text.bytes()) {
        Some((delimiter, length)) => {
            records.text.advance(length);
            records.passed = 1;
            delimiter
        }
        None => Delimiter::guess(records.text.bytes(), records.text.line_end()),
    };
    records.delimiter = delimiter.byte();
    let headers = header(&mut records)?;
    let width = headers.len();
    Ok((headers, CsvRows { records, delimiter, width, stopped: false }))
}

/// Excel's own way to tell the separator: a first line `sep=;`. The length is that of the line.
fn told(text: &[u8]) -> Option<(Delimiter, usize)> {
    let rest = text.strip_prefix(b"sep=")?;
    let delimiter = Delimiter::from_byte(*rest.first()?)?;
    match rest.get(1..)? {
        [b'\r', b'\n', ..] => Some((delimiter, 6)),
        [b'\n' | b'\r', ..] => Some((delimiter, 5)),
        _ => None,
    }
}

fn header(records: &mut Records) -> Result<Vec<String>, SheetError> {
    while let Some(record) = records.next()? {
        let cells = record.cells.map_err(|_| SheetError::Unreadable)?;
        if cells.len() > MAX_COLUMNS {
            return Err(SheetError::TooManyColumns);
        }
        let cells: Vec<_> = cells.iter().map(|cell| cell.trim().to_owned()).collect();
        if cells.iter().any(|cell| !cell.is_empty()) {
            return Ok(cells);
        }
    }
    Err(SheetError::Empty)
}

impl CsvRows {
    pub fn delimiter(&self) -> Delimiter {
        self.delimiter
    }

    fn row(&self, record: Record) -> Option<Result<Row, RowError>> {
        let line = record.line;
        let row = match record.cells {
            // Excel fills the end of a shortened table with `;;;;`.
            Ok(cells) if cells.iter().all(String::is_empty) => return None,
            Ok(cells) => fitted(cells, self.width).map(|cells| Row { line, cells }),
            Err(error) => Err(error),
        };
        Some(row.map_err(|(code, detail)| RowError { line, code, detail }))
    }
}

impl Iterator for CsvRows {
    type Item = Result<Row, RowError>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.stopped {
            match self.records.next() {
                Ok(Some(record)) => {
                    if let Some(row) = self.row(record) {
                        return Some(row);
                    }
                }
                Ok(None) => return None,
                Err(error) => {
                    self.stopped = true;
                    let (line, detail) = (self.records.passed + 1, error.kind().to_string());
                    return Some(Err(RowError { line, code: RowCode::Unreadable, detail }));
                }
            }
        }
        None
    }
}
