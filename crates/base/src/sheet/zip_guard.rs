//! An XLSX file is an archive, and a small archive can unpack to more than the machine has. Before
//! anything is parsed, every part that will be is unpacked once, counted and thrown away.

use std::io::{Read, Seek};

use super::SheetError;

/// A sheet of a million rows and twenty columns unpacks to about half of this.
const MAX_UNPACKED: u64 = 2 << 30;
/// Parts other than sheets (shared texts, styles) are held in memory whole.
const MAX_HELD: u64 = 256 << 20;
/// Between two tags. Excel allows 32,767 characters in a cell, which escaping may lengthen.
const MAX_BETWEEN_TAGS: usize = 1 << 20;
const MAX_PARTS: usize = 10_000;

/// Refuses an archive that would unpack to too much.
pub(super) fn check<R: Read + Seek>(file: R) -> Result<(), SheetError> {
    check_within(file, MAX_UNPACKED, MAX_HELD)
}

/// [`check`] with other limits, in bytes: for all parts, and for each that is not a sheet.
pub(super) fn check_within<R: Read + Seek>(
    file: R,
    max_unpacked: u64,
    max_held: u64,
) -> Result<(), SheetError> {
    let mut archive = zip::ZipArchive::new(file).map_err(unreadable)?;
    if archive.len() > MAX_PARTS {
        return Err(SheetError::TooLarge);
    }
    let mut unpacked = 0;
    let mut chunk = vec![0; 64 * 1024];
    for at in 0..archive.len() {
        let part = archive.by_index(at).map_err(unreadable)?;
        let name = part.name().map_err(unreadable)?.to_ascii_lowercase();
        let room = max_unpacked - unpacked;
        let room = if name.contains("worksheets/") { room } else { room.min(max_held) };
        // Images have no tags; they count, since what a workbook calls a sheet may have any name.
        let is_xml = name.ends_with(".xml") || name.ends_with(".rels");
        if part.size() > room {
            return Err(SheetError::TooLarge);
        }
        // The size an archive announces may be a lie: only what comes out counts.
        let counted = count(part, room, is_xml, &mut chunk)?;
        unpacked += counted.bytes;
        if counted.promised_texts > counted.bytes {
            return Err(SheetError::TooLarge);
        }
    }
    Ok(())
}

struct Counted {
    bytes: u64,
    /// `uniqueCount` of the shared texts: memory is set aside for as many as it says.
    promised_texts: u64,
}

fn count(
    mut part: impl Read,
    room: u64,
    is_xml: bool,
    chunk: &mut [u8],
) -> Result<Counted, SheetError> {
    let mut counted = Counted { bytes: 0, promised_texts: 0 };
    let mut since_tag = 0;
    loop {
        let read = fill(&mut part, chunk)?;
        let bytes = &chunk[..read];
        if is_xml && counted.bytes == 0 {
            counted.promised_texts = promised_texts(bytes)?;
        }
        counted.bytes += read as u64;
        if counted.bytes > room {
            return Err(SheetError::TooLarge);
        }
        match bytes.iter().rposition(|b| *b == b'<') {
            // A chunk is shorter than the limit, so only what runs over its edges can be too long.
            Some(last) => since_tag = read - last,
            None => since_tag += read,
        }
        if is_xml && since_tag > MAX_BETWEEN_TAGS {
            return Err(SheetError::TooLarge);
        }
        if read < chunk.len() {
            return Ok(counted);
        }
    }
}

fn fill(part: &mut impl Read, chunk: &mut [u8]) -> Result<usize, SheetError> {
    let mut filled = 0;
    while filled < chunk.len() {
        match part.read(&mut chunk[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(unreadable(error)),
        }
    }
    Ok(filled)
}

/// The number in `<sst uniqueCount="12">`; 0 for any other part. Something before the tag that
/// could hide it (a comment, a document type) is found in no honest file.
fn promised_texts(start: &[u8]) -> Result<u64, SheetError> {
    let text = String::from_utf8_lossy(start);
    let Some(at) = text.find("uniqueCount") else {
        let hides = text.contains("<!DOCTYPE") || (text.contains("<!--") && text.contains("sst"));
        return if hides { Err(SheetError::Unreadable) } else { Ok(0) };
    };
    let digits = text[at + "uniqueCount".len()..]
        .trim_start_matches([' ', '\t', '\r', '\n', '=', '"', '\'']);
    let digits: String = digits.chars().take_while(char::is_ascii_digit).collect();
    Ok(digits.parse().unwrap_or(if digits.is_empty() { 0 } else { u64::MAX }))
}

fn unreadable<E>(_: E) -> SheetError {
    SheetError::Unreadable
}
