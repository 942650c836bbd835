//! Any bytes are a table to import or a reason why not; its columns can be guessed.
#![no_main]

use std::io::Write as _;

use base::sheet::SheetReader;
use domain::operations::imports::{Mapping, Subject};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(bytes).expect("written");
    let Ok(mut sheet) = SheetReader::open(file.path()) else { return };
    for subject in [Subject::Clients, Subject::Orders] {
        let _ = Mapping::guess(subject, sheet.headers());
    }
    for row in sheet.by_ref().take(5_000) {
        let _ = row;
    }
});
