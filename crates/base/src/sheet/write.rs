//! Writing tables, row by row.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use rust_xlsxwriter::{Format, Workbook, Worksheet};

use super::{Delimiter, MAX_COLUMNS, MAX_XLSX_ROWS, SheetError, neutral, xml_escape};

/// Above, a spreadsheet would round the number: it is written as text (2^53).
const EXACT: u64 = 9_007_199_254_740_992;
/// Characters a spreadsheet's cell can hold.
const MAX_XLSX_CHARS: usize = 32_767;

/// What a cell holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    /// Nothing.
    Empty,
    /// Text, phones and codes included: it is never taken for a number or a formula.
    Text(&'a str),
    /// A whole number.
    Int(i64),
    /// A number with decimals.
    Number(f64),
    /// A day.
    Date(NaiveDate),
    /// A moment, already in the reader's zone: sheets know no zones.
    DateTime(NaiveDateTime),
}

impl<'a> From<&'a str> for Cell<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

/// Something that takes rows: an export writes to it without knowing the format.
pub trait RowWriter {
    /// Writes the names of the columns; first, and once.
    fn write_header(&mut self, names: &[&str]) -> Result<(), SheetError>;

    /// Writes one row.
    fn write_row(&mut self, cells: &[Cell<'_>]) -> Result<(), SheetError>;
}

/// Writes CSV that Excel opens as it should: UTF-8 with its mark, CRLF, formulas neutralised (a cell
/// that starts with `=` `+` `-` `@`, a tab or a line end gets an apostrophe, unless it is a phone
/// number `+221775124011` or a negative number; [`super::SheetReader`] takes it off).
pub struct CsvWriter<W: Write> {
    csv: csv::Writer<W>,
}

impl<W: Write> CsvWriter<W> {
    /// Starts a file. Excel in French expects [`Delimiter::Semicolon`].
    pub fn new(mut out: W, delimiter: Delimiter) -> Result<Self, SheetError> {
        out.write_all("\u{FEFF}".as_bytes())?;
        let csv = csv::WriterBuilder::new()
            .delimiter(delimiter.byte())
            .terminator(csv::Terminator::CRLF)
            .flexible(true)
            .from_writer(out);
        Ok(Self { csv })
    }

    /// Writes what is still held, and gives the output back.
    pub fn finish(self) -> Result<W, SheetError> {
        self.csv.into_inner().map_err(|error| SheetError::Io(error.into_error()))
    }
}

impl<W: Write> RowWriter for CsvWriter<W> {
    fn write_header(&mut self, names: &[&str]) -> Result<(), SheetError> {
        let cells: Vec<_> = names.iter().map(|name| Cell::Text(name)).collect();
        self.write_row(&cells)
    }

    fn write_row(&mut self, cells: &[Cell<'_>]) -> Result<(), SheetError> {
        for cell in cells {
            match *cell {
                Cell::Empty => self.csv.write_field(""),
                Cell::Text(text) => self.csv.write_field(neutral::neutralised(text).as_bytes()),
                Cell::Int(number) => self.csv.write_field(number.to_string()),
                Cell::Number(number) => self.csv.write_field(number.to_string()),
                Cell::Date(day) => self.csv.write_field(day.to_string()),
                Cell::DateTime(at) => self.csv.write_field(moment(at)),
            }
            .map_err(csv_error)?;
        }
        self.csv.write_record(None::<&[u8]>).map_err(csv_error)
    }
}

fn moment(at: NaiveDateTime) -> String {
    at.format("%Y-%m-%d %H:%M:%S").to_string()
}

fn csv_error(error: csv::Error) -> SheetError {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => SheetError::Io(error),
        other => SheetError::Io(std::io::Error::other(format!("{other:?}"))),
    }
}

/// Writes XLSX, keeping the rows in a temporary file until the end. No cell is ever a formula. Texts
/// beyond what a spreadsheet holds (32,767 characters) are cut, with an ellipsis.
pub struct XlsxWriter {
    book: Workbook,
    sheet: Worksheet,
    next_row: u32,
    bold: Format,
    date: Format,
    date_time: Format,
}

impl XlsxWriter {
    /// Starts a file of one sheet. What Excel refuses in a sheet's name is left out of it.
    pub fn new(sheet_name: &str) -> Result<Self, SheetError> {
        let mut book = Workbook::new();
        let mut sheet = book.new_worksheet_with_constant_memory().map_err(xlsx_error)?;
        let name: String =
            sheet_name.chars().filter(|c| !r"[]:*?/\'".contains(*c)).take(31).collect();
        if !name.trim().is_empty() {
            sheet.set_name(name.trim()).map_err(xlsx_error)?;
        }
        sheet.set_freeze_panes(1, 0).map_err(xlsx_error)?;
        Ok(Self {
            book,
            sheet,
            next_row: 0,
            bold: Format::new().set_bold(),
            date: Format::new().set_num_format("yyyy-mm-dd"),
            date_time: Format::new().set_num_format("yyyy-mm-dd hh:mm:ss"),
        })
    }

    /// Writes the file to `out`.
    pub fn finish<W: Write + Send>(mut self, out: W) -> Result<(), SheetError> {
        self.book.push_worksheet(self.sheet);
        self.book.save_to_writer(out).map_err(xlsx_error)
    }

    /// Writes the file at `path`.
    pub fn finish_to(self, path: impl AsRef<Path>) -> Result<(), SheetError> {
        let mut out = BufWriter::new(File::create(path)?);
        self.finish(&mut out)?;
        Ok(out.flush()?)
    }

    fn start_row(&mut self, width: usize) -> Result<u32, SheetError> {
        if u64::from(self.next_row) >= MAX_XLSX_ROWS {
            return Err(SheetError::TooManyRows);
        }
        if width > MAX_COLUMNS {
            return Err(SheetError::TooManyColumns);
        }
        self.next_row += 1;
        Ok(self.next_row - 1)
    }
}

impl RowWriter for XlsxWriter {
    fn write_header(&mut self, names: &[&str]) -> Result<(), SheetError> {
        let row = self.start_row(names.len())?;
        for (at, name) in (0..).zip(names) {
            let written = self.sheet.write_string_with_format(row, at, cell_text(name), &self.bold);
            written.map_err(xlsx_error)?;
        }
        Ok(())
    }

    fn write_row(&mut self, cells: &[Cell<'_>]) -> Result<(), SheetError> {
        let row = self.start_row(cells.len())?;
        let sheet = &mut self.sheet;
        for (at, cell) in (0..).zip(cells) {
            match *cell {
                Cell::Empty | Cell::Text("") => continue,
                Cell::Text(text) => sheet.write_string(row, at, cell_text(text)),
                Cell::Int(number) if number.unsigned_abs() > EXACT => {
                    sheet.write_string(row, at, number.to_string())
                }
                Cell::Int(number) => sheet.write_number(row, at, number as f64),
                Cell::Number(number) if !number.is_finite() => continue,
                Cell::Number(number) => sheet.write_number(row, at, number),
                Cell::Date(day) => {
                    let serial = serial(day.and_time(NaiveTime::MIN));
                    sheet.write_number_with_format(row, at, serial, &self.date)
                }
                Cell::DateTime(time) => {
                    sheet.write_number_with_format(row, at, serial(time), &self.date_time)
                }
            }
            .map_err(xlsx_error)?;
        }
        Ok(())
    }
}

/// A moment as spreadsheets count: days since 30 December 1899.
fn serial(at: NaiveDateTime) -> f64 {
    let epoch = NaiveDate::from_ymd_opt(1899, 12, 30).unwrap_or_default().and_time(NaiveTime::MIN);
    (at - epoch).num_seconds() as f64 / 86_400.0
}

fn cell_text(text: &str) -> String {
    xml_escape::apply(&neutral::escaped(text), MAX_XLSX_CHARS)
}

fn xlsx_error(error: rust_xlsxwriter::XlsxError) -> SheetError {
    match error {
        rust_xlsxwriter::XlsxError::IoError(error) => SheetError::Io(error),
        other => SheetError::Io(std::io::Error::other(other.to_string())),
    }
}
