//! The text of a CSV file, a window of it at a time, cut at the ends of lines.

use std::fs::File;
use std::io;

use super::SheetError;
use super::encoding::Utf8Source;

/// How much the first guesses look at.
const SAMPLE: usize = 64 * 1024;
/// No honest line is longer; beyond, memory would grow with the file.
const MAX_LINE: usize = 8 * 1024 * 1024;

/// A window on the text. Positions are offsets in [`TextWindow::bytes`]; they stay good until
/// [`TextWindow::advance`].
pub(super) struct TextWindow {
    source: Utf8Source,
    buffer: Vec<u8>,
    start: usize,
    at_end: bool,
    line_end: u8,
}

/// Where a line ends.
pub(super) enum LineEnd {
    /// The position of its end mark, or of the end of the text.
    At(usize),
    /// Longer than memory should hold.
    TooLong,
}

impl TextWindow {
    pub fn new(file: File) -> Result<Self, SheetError> {
        let source = Utf8Source::new(file)?;
        let mut text =
            Self { source, buffer: Vec::new(), start: 0, at_end: false, line_end: b'\n' };
        while text.buffer.len() < SAMPLE && !text.at_end {
            text.fill()?;
        }
        // A carriage return alone was the end of a line on old Macs, and still is in some exports.
        if !text.buffer.contains(&b'\n') && text.buffer.contains(&b'\r') {
            text.line_end = b'\r';
        }
        Ok(text)
    }

    /// What has been read and not yet passed, from the current line on.
    pub fn bytes(&self) -> &[u8] {
        &self.buffer[self.start..]
    }

    /// The byte that ends lines.
    pub fn line_end(&self) -> u8 {
        self.line_end
    }

    /// Whether everything was passed.
    pub fn is_finished(&mut self) -> io::Result<bool> {
        while self.bytes().is_empty() && !self.at_end {
            self.fill()?;
        }
        Ok(self.bytes().is_empty())
    }

    /// The end of the line that holds position `from`, reading on as needed.
    pub fn end_of_line(&mut self, from: usize) -> io::Result<LineEnd> {
        let mut searched = from;
        loop {
            if let Some(found) = self.bytes()[searched..].iter().position(|b| *b == self.line_end) {
                return Ok(LineEnd::At(searched + found));
            }
            searched = self.bytes().len();
            if self.at_end {
                return Ok(LineEnd::At(searched));
            }
            if searched - from > MAX_LINE {
                return Ok(LineEnd::TooLong);
            }
            self.fill()?;
        }
    }

    /// Passes everything before position `to`, and the end mark that may be there.
    pub fn advance(&mut self, to: usize) {
        self.start = (self.start + to + 1).min(self.buffer.len());
    }

    /// Passes a line without holding it.
    pub fn skip_line(&mut self) -> io::Result<()> {
        loop {
            if let Some(end) = self.bytes().iter().position(|b| *b == self.line_end) {
                self.advance(end);
                return Ok(());
            }
            self.start = self.buffer.len();
            if self.at_end {
                return Ok(());
            }
            self.fill()?;
        }
    }

    fn fill(&mut self) -> io::Result<()> {
        // Positions are relative to `start`, so that the passed part can go at any time.
        self.buffer.drain(..self.start);
        self.start = 0;
        self.at_end = !self.source.fill(&mut self.buffer)?;
        Ok(())
    }
}
