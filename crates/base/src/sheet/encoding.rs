//! Which encoding a text file is in, and its bytes turned to UTF-8 as they are read.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use encoding_rs::{Decoder, Encoding, UTF_8, WINDOWS_1252};

use super::SheetError;

const CHUNK: usize = 64 * 1024;

/// A file read as UTF-8. Bytes that are wrong in a UTF-8 file go through as they are: the row they
/// are in is reported, not the file.
pub(super) struct Utf8Source {
    file: File,
    /// `None`: the file is in UTF-8 already.
    decoder: Option<Decoder>,
    chunk: Vec<u8>,
}

impl Utf8Source {
    /// Finds the encoding; without a mark, that takes one reading of the whole file.
    pub fn new(mut file: File) -> Result<Self, SheetError> {
        let mut start = Vec::with_capacity(CHUNK);
        file.by_ref().take(CHUNK as u64).read_to_end(&mut start)?;
        let (encoding, mark) = match Encoding::for_bom(&start) {
            Some(marked) => marked,
            None if is_no_text(&start) => return Err(SheetError::Unsupported),
            None => (unmarked(&mut file)?, 0),
        };
        file.seek(SeekFrom::Start(mark as u64))?;
        let decoder = (encoding != UTF_8).then(|| encoding.new_decoder_without_bom_handling());
        Ok(Self { file, decoder, chunk: vec![0; CHUNK] })
    }

    /// Appends some more text to `out`; `false` at the end of the file.
    pub fn fill(&mut self, out: &mut Vec<u8>) -> io::Result<bool> {
        let read = read_some(&mut self.file, &mut self.chunk)?;
        let Some(decoder) = &mut self.decoder else {
            out.extend_from_slice(&self.chunk[..read]);
            return Ok(read > 0);
        };
        let last = read == 0;
        let mut rest = &self.chunk[..read];
        loop {
            let at = out.len();
            let room = decoder.max_utf8_buffer_length(rest.len()).unwrap_or(4 * CHUNK);
            out.resize(at + room, 0);
            let (result, used, written, _) = decoder.decode_to_utf8(rest, &mut out[at..], last);
            out.truncate(at + written);
            rest = &rest[used..];
            if result == encoding_rs::CoderResult::InputEmpty {
                return Ok(!last);
            }
        }
    }
}

/// Zero bytes in the first line, or many of them: a picture, an old workbook, UTF-16 without its
/// mark. A stray one is the affair of its row.
fn is_no_text(start: &[u8]) -> bool {
    const FEW: usize = 8;
    let zeros = start.iter().filter(|byte| **byte == 0).count();
    let first_line = start.split(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default();
    first_line.contains(&0) || (zeros > FEW && zeros > start.len() / 64)
}

fn read_some(file: &mut File, chunk: &mut [u8]) -> io::Result<usize> {
    loop {
        match file.read(chunk) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}

/// UTF-8 if the file is, a few broken bytes aside; otherwise what Excel writes in the West.
fn unmarked(file: &mut File) -> io::Result<&'static Encoding> {
    file.rewind()?;
    let mut chunk = vec![0; CHUNK];
    let (mut kept, mut good, mut bad) = (0, 0u64, 0u64);
    loop {
        let read = read_some(file, &mut chunk[kept..])?;
        let filled = kept + read;
        let (chunk_good, chunk_bad, unfinished) = survey(&chunk[..filled], read == 0);
        good += chunk_good;
        bad += chunk_bad;
        if read == 0 {
            break;
        }
        chunk.copy_within(filled - unfinished..filled, 0);
        kept = unfinished;
    }
    // In Windows-1252 an accent is almost never followed by what would make it good UTF-8.
    Ok(if bad == 0 || good > bad { UTF_8 } else { WINDOWS_1252 })
}

/// Counts the characters beyond ASCII that are good UTF-8, the bytes that are not, and the bytes
/// of a character cut by the end of the chunk.
fn survey(mut bytes: &[u8], last: bool) -> (u64, u64, usize) {
    let (mut good, mut bad) = (0, 0);
    loop {
        let (valid, error) = match std::str::from_utf8(bytes) {
            Ok(_) => (bytes.len(), None),
            Err(error) => (error.valid_up_to(), Some(error.error_len())),
        };
        good += bytes[..valid].iter().filter(|b| **b >= 0xC0).count() as u64;
        match error {
            None => return (good, bad, 0),
            Some(None) if !last => return (good, bad, bytes.len() - valid),
            Some(None) => return (good, bad + 1, 0),
            Some(Some(length)) => {
                bad += 1;
                bytes = &bytes[valid + length..];
            }
        }
    }
}
