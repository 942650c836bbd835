//! Phone numbers: kept as typed, and as E.164 so that one number is one number however it is typed.
//!
//! The numbers of France, Senegal, Ivory Coast and Morocco are read by the tables of [`plan`], as a
//! file of a million of them must not take a minute; all others by the `phonenumber` crate.

mod format;
mod ivory_coast;
mod plan;
mod read;
mod shape;

pub use format::{
    format, format_international, format_national, query_digits, search_digits, tel_uri,
};

use serde::{Deserialize, Serialize};

#[cfg(test)]
mod tests;

/// A phone number as someone gave it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Phone {
    /// As typed, untouched.
    pub raw: String,
    /// As the network knows it (`+221775124011`); `None` when `raw` is a filler or unreadable.
    pub e164: Option<String>,
}

/// Why a text is not a phone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    /// Letters or signs that no number has.
    #[error("not a phone number")]
    NotANumber,
    /// Too few digits for the region: a fragment.
    #[error("too few digits")]
    TooShort,
    /// Too many digits.
    #[error("too many digits")]
    TooLong,
    /// The right kind of length, but no such number in the plan of the region or country.
    #[error("no such number in the numbering plan")]
    Invalid,
    /// `3,36E+10`: a spreadsheet rounded it and digits are lost for good.
    #[error("digits lost by a spreadsheet")]
    Rounded,
}

impl PhoneError {
    /// The stable key of the message shown to people.
    pub fn key(&self) -> &'static str {
        match self {
            Self::NotANumber => "phone.not_a_number",
            Self::TooShort => "phone.too_short",
            Self::TooLong => "phone.too_long",
            Self::Invalid => "phone.invalid",
            Self::Rounded => "phone.rounded",
        }
    }
}

impl Phone {
    /// Reads what can be read and keeps the rest as typed: for orders and leads, which are not
    /// refused because of a badly typed phone.
    pub fn lenient(raw: &str, region: &str) -> Self {
        let unread = |_| Self { raw: raw.to_owned(), e164: None };
        parse(raw, region).unwrap_or_else(unread)
    }

    /// Whether nothing can be dialled: a filler such as `n/a`, or a text that was not understood.
    pub fn is_empty(&self) -> bool {
        self.e164.is_none()
    }
}

/// Reads a phone number as typed by someone in `region` (ISO 3166 code, the centre's).
///
/// Understood: spaces, dots, dashes, slashes, parentheses, `+33 (0)6…`, the `00` prefix, national
/// numbers, a country code without `+`, a leading zero lost in a spreadsheet, its `.0` or its `'`,
/// the eight digits Ivory Coast used before 2021, and two numbers in one cell (the first is taken).
/// When it is no number of `region`, it is read as one of Senegal, Ivory Coast, France or Morocco
/// if it can only be one of theirs. Fillers (`0`, `n/a`, `-`, `0000000000`…) are no error: their
/// `e164` is `None`.
///
/// ```
/// use base::phone::parse;
/// assert_eq!(parse("06.12.34.56.78", "FR").unwrap().e164.unwrap(), "+33612345678");
/// assert_eq!(parse("77 512 40 11", "FR").unwrap().e164.unwrap(), "+33775124011");
/// assert_eq!(parse("77 512 40 11", "CI").unwrap().e164.unwrap(), "+221775124011");
/// ```
pub fn parse(raw: &str, region: &str) -> Result<Phone, PhoneError> {
    let e164 = match shape::digits_of(raw)? {
        None => None,
        Some(dialled) => Some(read::e164(&dialled, region)?),
    };
    Ok(Phone { raw: raw.to_owned(), e164 })
}
