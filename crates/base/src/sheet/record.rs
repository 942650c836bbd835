//! One record of a CSV file: its cells, possibly over several lines.

use std::io;

use super::text::{LineEnd, TextWindow};
use super::{MAX_CELL_CHARS, RowCode, neutral};

/// How far the closing quote of a cell is looked for. Beyond, the quote is taken for a mistake, and
/// reading resumes on the next line: one stray quote must not swallow the file.
const MAX_QUOTED: usize = 256 * 1024;

/// A record, or what is wrong with it, and where it stands.
pub(super) struct Record {
    /// Its first line, counting from 1.
    pub line: u64,
    pub cells: Result<Vec<String>, (RowCode, String)>,
}

/// Cuts a text into records, passing over blank lines.
pub(super) struct Records {
    pub text: TextWindow,
    pub delimiter: u8,
    /// Lines passed so far.
    pub passed: u64,
}

/// A cell as positions in the window, or unquoted bytes when quotes had to be undone.
enum Piece {
    Bare(usize, usize),
    Quoted(Vec<u8>),
}

impl Records {
    /// The next record; `None` at the end of the text.
    pub fn next(&mut self) -> io::Result<Option<Record>> {
        loop {
            if self.text.is_finished()? {
                return Ok(None);
            }
            let line = self.passed + 1;
            let end = match self.text.end_of_line(0)? {
                LineEnd::At(end) => end,
                LineEnd::TooLong => {
                    self.text.skip_line()?;
                    self.passed += 1;
                    let cells = Err((RowCode::CellTooLong, String::new()));
                    return Ok(Some(Record { line, cells }));
                }
            };
            let content = without_return(&self.text.bytes()[..end]);
            if content.is_empty() {
                self.pass(end, 1);
                continue;
            }
            if content.contains(&b'"') {
                return self.quoted_record(line, end).map(Some);
            }
            let cells = content.split(|byte| *byte == self.delimiter).map(<[u8]>::to_vec);
            let cells = to_text(cells);
            self.pass(end, 1);
            return Ok(Some(Record { line, cells }));
        }
    }

    /// A record in which there are quotes. If they make no sense, only its first line is passed.
    fn quoted_record(&mut self, line: u64, first_end: usize) -> io::Result<Record> {
        let (mut end, mut lines, mut at) = (first_end, 1, 0);
        let mut pieces = Vec::new();
        loop {
            let after = if self.text.bytes().get(at) == Some(&b'"') {
                match self.quoted_cell(at, &mut end, &mut lines)? {
                    Some((cell, after)) => {
                        pieces.push(Piece::Quoted(cell));
                        after
                    }
                    None => {
                        self.pass(first_end, 1);
                        return Ok(Record { line, cells: Err((RowCode::Quote, String::new())) });
                    }
                }
            } else {
                let content = without_return(&self.text.bytes()[..end]);
                let rest = content.get(at..).unwrap_or_default();
                let length = rest.iter().position(|b| *b == self.delimiter).unwrap_or(rest.len());
                pieces.push(Piece::Bare(at, at + length));
                at + length
            };
            if self.text.bytes().get(after) == Some(&self.delimiter) && after < end {
                at = after + 1;
            } else {
                break;
            }
        }
        let bytes = self.text.bytes();
        let cells = to_text(pieces.into_iter().map(|piece| match piece {
            Piece::Bare(from, to) => bytes[from..to].to_vec(),
            Piece::Quoted(cell) => cell,
        }));
        self.pass(end, lines);
        Ok(Record { line, cells })
    }

    /// The cell whose opening quote is at `open`, and the position after it. `end` and `lines` grow
    /// with the lines it spans. `None` if it is not closed or if text follows its closing quote.
    fn quoted_cell(
        &mut self,
        open: usize,
        end: &mut usize,
        lines: &mut u64,
    ) -> io::Result<Option<(Vec<u8>, usize)>> {
        let mut cell = Vec::new();
        let mut at = open + 1;
        loop {
            let inside = &self.text.bytes()[at..*end];
            let Some(quote) = inside.iter().position(|b| *b == b'"') else {
                let too_far = *end - open > MAX_QUOTED;
                if too_far || *end >= self.text.bytes().len() {
                    return Ok(None);
                }
                cell.extend_from_slice(&self.text.bytes()[at..=*end]);
                at = *end + 1;
                let LineEnd::At(next) = self.text.end_of_line(at)? else { return Ok(None) };
                (*end, *lines) = (next, *lines + 1);
                continue;
            };
            cell.extend_from_slice(&inside[..quote]);
            at += quote + 1;
            if at < *end && self.text.bytes()[at] == b'"' {
                cell.push(b'"');
                at += 1;
                continue;
            }
            let content = without_return(&self.text.bytes()[..*end]);
            let rest = content.get(at..).unwrap_or_default();
            let padding = rest.iter().take_while(|b| **b == b' ').count();
            let closed = rest.get(padding).is_none_or(|b| *b == self.delimiter);
            return Ok(closed.then_some((cell, at + padding)));
        }
    }

    fn pass(&mut self, end: usize, lines: u64) {
        self.text.advance(end);
        self.passed += lines;
    }
}

fn without_return(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn to_text(cells: impl Iterator<Item = Vec<u8>>) -> Result<Vec<String>, (RowCode, String)> {
    cells
        .enumerate()
        .map(|(at, bytes)| {
            let text = String::from_utf8(bytes).map_err(|_| (RowCode::Bytes, column(at)))?;
            checked(text, at)
        })
        .collect()
}

/// A cell within the limits, with what [`neutral`] added taken off. A zero byte is in no text, and
/// PostgreSQL refuses it.
pub(super) fn checked(text: String, at: usize) -> Result<String, (RowCode, String)> {
    if text.contains('\0') {
        return Err((RowCode::Bytes, column(at)));
    }
    if text.len() > MAX_CELL_CHARS && text.chars().count() > MAX_CELL_CHARS {
        return Err((RowCode::CellTooLong, column(at)));
    }
    Ok(neutral::restored(text))
}

/// Columns are counted from 1 in what people read.
pub(super) fn column(at: usize) -> String {
    (at + 1).to_string()
}
