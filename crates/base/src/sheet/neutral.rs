//! A cell that starts with `=`, `+`, `-`, `@`, a tab or a line end is a formula to a spreadsheet, and a
//! formula can send the sheet away (OWASP, "CSV injection"). Written to CSV, such a cell gets an
//! apostrophe in front; read back, the apostrophe goes.
//!
//! Two kinds of cells stay as they are, because they are harmless and others must read them: `+`
//! followed by 6 to 15 digits, possibly in groups set apart by one space (a phone number), and a plain
//! negative number. So that reading undoes writing exactly, a cell that already has apostrophes before
//! a formula gets one more.

use std::borrow::Cow;

/// What to write for `text` where spreadsheets would take it for a formula.
pub(super) fn neutralised(text: &str) -> Cow<'_, str> {
    let bare = text.trim_start_matches('\'');
    let untouched = bare.len() == text.len() && (is_phone(text) || is_negative_number(text));
    if starts_formula(bare) && !untouched {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// What to write in a cell that cannot become a formula (XLSX): only what reading would undo.
pub(super) fn escaped(text: &str) -> Cow<'_, str> {
    if text.starts_with('\'') { neutralised(text) } else { Cow::Borrowed(text) }
}

/// Undoes [`neutralised`].
pub(super) fn restored(mut text: String) -> String {
    if text.starts_with('\'') && starts_formula(text.trim_start_matches('\'')) {
        text.remove(0);
    }
    text
}

fn starts_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

fn is_phone(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('+') else { return false };
    let groups = rest.split(' ');
    let digits = rest.bytes().filter(u8::is_ascii_digit).count();
    (6..=15).contains(&digits) && groups.into_iter().all(is_digits)
}

fn is_negative_number(text: &str) -> bool {
    let Some(number) = text.strip_prefix('-') else { return false };
    let (whole, decimals) = number.split_once(['.', ',']).unwrap_or((number, "0"));
    is_digits(whole) && is_digits(decimals)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}
