//! The rows of a spreadsheet. `calamine` reads cells through a borrow of the workbook, so that the two
//! live in a thread of their own, which hands the rows over a few hundred at a time and waits when
//! nobody takes them. A damaged file that made it panic would end that thread, not the server.

use std::fs::File;
use std::io::{BufReader, Seek};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::vec::IntoIter;

use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx, XlsxCellReader};

use super::record::{checked, column};
use super::{
    MAX_COLUMNS, MAX_XLSX_ROWS, Row, RowCode, RowError, SheetError, cells, fitted, zip_guard,
};

type Source = BufReader<File>;
type Rows = Vec<Result<Row, RowError>>;

/// Rows handed over at once, and how many such batches may wait.
const BATCH: usize = 256;
const WAITING: usize = 4;

enum Message {
    Headers(Result<Vec<String>, SheetError>),
    Rows(Rows),
    Finished,
}

/// The rows below the header.
pub(super) struct XlsxRows {
    messages: Receiver<Message>,
    batch: IntoIter<Result<Row, RowError>>,
    line: u64,
    finished: bool,
}

/// The header of a file, and what reads its rows.
pub(super) fn open(mut file: File) -> Result<(Vec<String>, XlsxRows), SheetError> {
    zip_guard::check(BufReader::new(&file))?;
    file.rewind()?;
    let (sender, messages) = sync_channel(WAITING);
    std::thread::Builder::new().name("xlsx".to_owned()).spawn(move || {
        // Nobody listens any more: the reader was dropped half-way, which is its right.
        let _ = read(file, &sender);
    })?;
    let Ok(Message::Headers(headers)) = messages.recv() else { return Err(SheetError::Unreadable) };
    Ok((headers?, XlsxRows { messages, batch: Vec::new().into_iter(), line: 1, finished: false }))
}

impl Iterator for XlsxRows {
    type Item = Result<Row, RowError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(row) = self.batch.next() {
                self.line = row.as_ref().map_or_else(|error| error.line, |row| row.line);
                return Some(row);
            }
            if self.finished {
                return None;
            }
            match self.messages.recv() {
                Ok(Message::Rows(rows)) => self.batch = rows.into_iter(),
                Ok(Message::Finished) => self.finished = true,
                Ok(Message::Headers(_)) | Err(_) => {
                    self.finished = true;
                    return Some(Err(row_error(self.line + 1, RowCode::Unreadable)));
                }
            }
        }
    }
}

fn row_error(line: u64, code: RowCode) -> RowError {
    RowError { line, code, detail: String::new() }
}

/// The listener is gone.
struct Gone;

fn send(sender: &SyncSender<Message>, message: Message) -> Result<(), Gone> {
    sender.send(message).map_err(|_| Gone)
}

fn read(file: File, sender: &SyncSender<Message>) -> Result<(), Gone> {
    let refuse = |error| send(sender, Message::Headers(Err(error)));
    let Ok(mut book) = Xlsx::<Source>::new(BufReader::new(file)) else {
        return refuse(SheetError::Unreadable);
    };
    match first_with_content(&mut book) {
        Ok(Some(name)) => match book.worksheet_cells_reader(&name) {
            Ok(reader) => Grid::new(reader).send_all(sender),
            Err(_) => refuse(SheetError::Unreadable),
        },
        Ok(None) => refuse(SheetError::Empty),
        Err(error) => refuse(error),
    }
}

/// The first sheet with something on it, those that are shown before those that are hidden.
fn first_with_content(book: &mut Xlsx<Source>) -> Result<Option<String>, SheetError> {
    let mut sheets = book.sheets_metadata().to_vec();
    sheets.retain(|sheet| sheet.typ == SheetType::WorkSheet);
    sheets.sort_by_key(|sheet| sheet.visible != SheetVisible::Visible);
    for sheet in sheets {
        let mut cells =
            book.worksheet_cells_reader(&sheet.name).map_err(|_| SheetError::Unreadable)?;
        while let Some(cell) = cells.next_cell().map_err(|_| SheetError::Unreadable)? {
            if !matches!(cell.get_value(), DataRef::Empty) {
                return Ok(Some(sheet.name));
            }
        }
    }
    Ok(None)
}

/// The cells of a sheet put together as rows.
struct Grid<'a> {
    cells: XlsxCellReader<'a, Source>,
    /// By style: how many digits are always shown.
    zeros: Vec<usize>,
    /// The first cell of the next row, read while the present one ended.
    ahead: Option<Found>,
    rows: u64,
    /// Nothing must be asked of a reader that said it was at the end, or failed.
    at_end: bool,
}

/// A cell that was read: its row and column from 0, and its text.
type Found = (u32, usize, Result<String, RowCode>);

/// The cells of one row, with the first thing that is wrong with it.
struct Line {
    number: u64,
    cells: Result<Vec<String>, (RowCode, String)>,
}

impl<'a> Grid<'a> {
    fn new(cells: XlsxCellReader<'a, Source>) -> Self {
        let zeros = cells.styles().iter().map(cells::zeros_shown).collect();
        Self { cells, zeros, ahead: None, rows: 0, at_end: false }
    }

    fn send_all(mut self, sender: &SyncSender<Message>) -> Result<(), Gone> {
        let headers = self.headers();
        let width = headers.as_ref().map_or(0, Vec::len);
        let stop = headers.is_err();
        send(sender, Message::Headers(headers))?;
        let mut batch = Vec::with_capacity(BATCH);
        while let Some(row) = self.row(width).filter(|_| !stop) {
            let last = row.as_ref().is_err_and(|error| is_final(error.code));
            batch.push(row);
            if last {
                break;
            }
            if batch.len() == BATCH {
                send(
                    sender,
                    Message::Rows(std::mem::replace(&mut batch, Vec::with_capacity(BATCH))),
                )?;
            }
        }
        send(sender, Message::Rows(batch))?;
        send(sender, Message::Finished)
    }

    fn headers(&mut self) -> Result<Vec<String>, SheetError> {
        loop {
            let line = self.line().ok_or(SheetError::Empty)?;
            let cells = line.cells.map_err(|(code, _)| match code {
                RowCode::Columns => SheetError::TooManyColumns,
                _ => SheetError::Unreadable,
            })?;
            let cells: Vec<_> = cells.iter().map(|cell| cell.trim().to_owned()).collect();
            // Cells that are only coloured may follow the last column.
            if let Some(last) = cells.iter().rposition(|cell| !cell.is_empty()) {
                return Ok(cells.into_iter().take(last + 1).collect());
            }
        }
    }

    fn row(&mut self, width: usize) -> Option<Result<Row, RowError>> {
        loop {
            let Line { number: line, cells } = self.line()?;
            let cells = match cells {
                Ok(cells) if cells.iter().all(String::is_empty) => continue,
                // Cells left blank at the end of a row are not stored.
                Ok(mut cells) => {
                    cells.resize(cells.len().max(width), String::new());
                    fitted(cells, width)
                }
                Err(error) => Err(error),
            };
            return Some(match cells {
                Ok(cells) => Ok(Row { line, cells }),
                Err((code, detail)) => Err(RowError { line, code, detail }),
            });
        }
    }

    /// The next row that is stored, blank or not.
    fn line(&mut self) -> Option<Line> {
        let mut next = self.ahead.take().map(Ok).or_else(|| self.cell())?;
        let mut line = None;
        loop {
            let (row, at, text) = match next {
                Ok(cell) => cell,
                Err(()) => {
                    let number = line.map_or(self.rows, |line: Line| line.number - 1) + 1;
                    return Some(Line { number, cells: Err((RowCode::Unreadable, String::new())) });
                }
            };
            let number = u64::from(row) + 1;
            let current = line.get_or_insert_with(|| Line { number, cells: Ok(Vec::new()) });
            if current.number != number {
                self.ahead = Some((row, at, text));
                break;
            }
            current.put(at, text);
            match self.cell() {
                Some(cell) => next = cell,
                None => break,
            }
        }
        self.rows += 1;
        if self.rows > MAX_XLSX_ROWS {
            let number = line.map_or(0, |line| line.number);
            return Some(Line { number, cells: Err((RowCode::TooManyRows, String::new())) });
        }
        line
    }

    /// The next cell. `Err` where the file is damaged.
    fn cell(&mut self) -> Option<Result<Found, ()>> {
        if self.at_end {
            return None;
        }
        let cell = self.cells.next_cell_with_style_id();
        self.at_end = !matches!(cell, Ok(Some(_)));
        match cell {
            Ok(None) => None,
            Err(_) => Some(Err(())),
            Ok(Some((cell, style))) => {
                let (row, at) = cell.get_position();
                let zeros = self.zeros.get(style).copied().unwrap_or(0);
                let text = cells::text(cell.get_value(), zeros).ok_or(RowCode::CellError);
                Some(Ok((row, at as usize, text)))
            }
        }
    }
}

impl Line {
    fn put(&mut self, at: usize, text: Result<String, RowCode>) {
        let Ok(cells) = &mut self.cells else { return };
        let checked = match text {
            Ok(text) if text.is_empty() => return,
            Ok(_) if at >= MAX_COLUMNS => {
                Err((RowCode::Columns, format!("{}/{MAX_COLUMNS}", at + 1)))
            }
            Ok(text) => checked(text, at),
            Err(code) => Err((code, column(at))),
        };
        match checked {
            Ok(text) => {
                cells.resize(cells.len().max(at + 1), String::new());
                cells[at] = text;
            }
            Err(error) => self.cells = Err(error),
        }
    }
}

/// After these nothing more can be read.
fn is_final(code: RowCode) -> bool {
    matches!(code, RowCode::Unreadable | RowCode::TooManyRows)
}
