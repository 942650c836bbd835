use base::money::{Currency, Money, MoneyError};
use base::phone::{self, PhoneError};
use base::text::{digits, email_key, fold, fold_keep, sort_key};
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::Status;
use crate::error::Invalid;
use crate::linking;

/// Beyond that an amount is a mistake, and a sum of many would overflow.
const MOST_AMOUNT: i64 = 1_000_000_000_000_000;
/// Digits under which a piece of a phone says nothing.
const PIECE: usize = 6;

/// An order as a program or a file says it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewOrder {
    /// The centre; a super_admin says which, the others have theirs.
    pub call_center_id: Option<Uuid>,
    /// Its number, unique in the centre.
    pub number: Option<String>,
    /// The name on it.
    pub client_name: Option<String>,
    /// The address on it.
    pub email: Option<String>,
    /// The phone on it.
    pub phone: Option<String>,
    /// The price in minor units; none is 0.
    pub amount: Option<i64>,
    /// ISO 4217; the centre's when none.
    pub currency: Option<String>,
    /// `pending` when none.
    pub status: Option<String>,
    /// Now when none.
    pub ordered_at: Option<DateTime<Utc>>,
    /// The code of the client whose it is, when the sender knows.
    pub client_code: Option<String>,
}

/// What to change of an order; `None` leaves as it is, an inner `None` empties.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderChanges {
    /// The name on it.
    pub client_name: Option<Option<String>>,
    /// The address on it.
    pub email: Option<Option<String>>,
    /// The phone on it.
    pub phone: Option<Option<String>>,
    /// The price in minor units.
    pub amount: Option<i64>,
    /// ISO 4217.
    pub currency: Option<String>,
    /// Its status.
    pub status: Option<String>,
    /// When it was made.
    pub ordered_at: Option<DateTime<Utc>>,
}

/// A checked order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidOrder {
    pub(crate) number: String,
    pub(crate) client_name: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) phone_e164: Option<String>,
    pub(crate) words_key: Option<String>,
    pub(crate) email_key: Option<String>,
    pub(crate) phone_key: Option<String>,
    pub(crate) amount: i64,
    pub(crate) currency: String,
    pub(crate) status: Status,
    pub(crate) ordered_at: DateTime<Utc>,
    pub(crate) client_code: Option<String>,
}

/// What a centre reads orders by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct House {
    /// Which.
    pub center: Uuid,
    /// Where its phones are dialled.
    pub region: String,
    /// What its prices are in.
    pub currency: String,
}

/// The minor units of an amount as typed.
///
/// # Errors
/// A message key: `money-…`.
pub fn amount_of(text: &str, currency: &str) -> Result<i64, &'static str> {
    let currency: Currency = currency.parse().map_err(|_| "money-unknown-currency")?;
    Money::parse(text, currency).map(|money| money.amount).map_err(|error| match error {
        MoneyError::Empty => "required",
        MoneyError::NotANumber | MoneyError::CurrencyMismatch => "money-not-a-number",
        MoneyError::TooManyDecimals => "money-too-many-decimals",
        MoneyError::Ambiguous => "money-ambiguous",
        MoneyError::TooLarge => "money-too-large",
    })
}

/// Checks every field at once, noting what is wrong in `invalid`. A piece of a phone or of an
/// e-mail is kept as typed, for it still says something of who ordered; `is_strict` (a program,
/// which can be told) refuses what no phone and no e-mail is.
pub fn validate(
    new: &NewOrder,
    house: &House,
    is_strict: bool,
    invalid: &mut Invalid,
    now: DateTime<Utc>,
) -> ValidOrder {
    let number = invalid.required("number", new.number.as_deref(), 80);
    let client_name = invalid.text("client_name", new.client_name.as_deref(), 200);
    let email = invalid.text("email", new.email.as_deref(), 254);
    let phone = invalid.text("phone", new.phone.as_deref(), 60);
    let email_key =
        email.as_deref().and_then(|email| email_key(&email.replace(char::is_whitespace, "")));
    let phone_e164 =
        phone.as_deref().and_then(|raw| number_of(raw, &house.region, is_strict, invalid));
    let currency = new.currency.as_deref().map(str::trim).filter(|code| !code.is_empty());
    let currency = match currency.unwrap_or(&house.currency).parse::<Currency>() {
        Ok(currency) => currency.code().to_owned(),
        Err(_) => {
            invalid.add("currency", "money-unknown-currency");
            house.currency.clone()
        }
    };
    let amount = new.amount.unwrap_or(0);
    if amount < 0 {
        invalid.add("price", "money-negative");
    } else if amount > MOST_AMOUNT {
        invalid.add("price", "money-too-large");
    }
    let status = match new.status.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        None => Status::Pending,
        Some(name) => Status::parse(name).unwrap_or_else(|| {
            invalid.add("status", "wrong-value");
            Status::Pending
        }),
    };
    let ordered_at = new.ordered_at.unwrap_or(now);
    if !is_plausible(ordered_at, now) {
        invalid.add("ordered_at", "implausible-date");
    }
    let valid = ValidOrder {
        words_key: client_name.as_deref().and_then(linking::words_key),
        phone_key: phone.as_deref().and_then(|raw| linking::phone_key(raw, &house.region)),
        client_code: invalid.text("client_code", new.client_code.as_deref(), 40),
        ordered_at,
        number,
        client_name,
        email,
        phone,
        phone_e164,
        email_key,
        amount,
        currency,
        status,
    };
    if is_strict && valid.is_email_unreadable() {
        invalid.add("email", "not-an-email");
    }
    valid
}

/// An order was made in the days of living people, and not much later than today: some shops date
/// an order by its delivery.
fn is_plausible(ordered_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    let earliest = DateTime::UNIX_EPOCH - TimeDelta::days(70 * 365);
    (earliest..=now + TimeDelta::days(366)).contains(&ordered_at)
}

fn number_of(raw: &str, region: &str, is_strict: bool, invalid: &mut Invalid) -> Option<String> {
    let error = match phone::parse(raw, region) {
        Ok(phone) => return phone.e164,
        Err(error) => error,
    };
    let is_piece = error == PhoneError::TooShort && digits(raw).len() >= PIECE;
    let code = match error {
        PhoneError::NotANumber => "phone-not-a-number",
        PhoneError::Rounded => "phone-rounded",
        PhoneError::TooLong => "phone-too-long",
        PhoneError::TooShort if is_strict && !is_piece => "phone-too-short",
        PhoneError::Invalid if is_strict => "phone-unknown",
        PhoneError::TooShort | PhoneError::Invalid => return None,
    };
    invalid.add("phone", code);
    None
}

impl ValidOrder {
    /// Whether what stands for an e-mail is none.
    pub(super) fn is_email_unreadable(&self) -> bool {
        self.email.is_some() && self.email_key.is_none()
    }

    /// What a list is sorted by.
    pub(crate) fn name_key(&self) -> String {
        sort_key(self.client_name.as_deref().unwrap_or_default())
    }

    /// Everything the list is searched by, one field per line.
    pub(crate) fn search_text(&self) -> String {
        let name = self.client_name.as_deref().unwrap_or_default();
        let mut lines = vec![fold_keep(&self.number), fold(name), fold(name).replace(' ', "")];
        lines.extend(self.email_key.as_deref().map(fold_keep));
        if let Some(phone) = &self.phone {
            let number = self.phone_e164.as_deref().unwrap_or(phone);
            lines.extend(phone::search_digits(number));
            lines.push(digits(phone));
        }
        lines.retain(|line| !line.is_empty());
        lines.sort();
        lines.dedup();
        lines.join("\n")
    }

    /// What a person's decision about this order is remembered for: the name, the address and the
    /// number it bears. An order that bears none of them is like no other.
    pub(crate) fn evidence(&self) -> String {
        use sha2::{Digest as _, Sha256};
        let words = self.words_key.as_deref().unwrap_or_default();
        let email = self.email_key.as_deref().unwrap_or_default();
        let phone = self.phone_key.as_deref().unwrap_or_default();
        let is_silent = words.is_empty() && email.is_empty() && phone.is_empty();
        let number = if is_silent { self.number.as_str() } else { "" };
        let hash = Sha256::digest([words, email, phone, number].join("\u{1f}"));
        hash.iter().take(16).fold(String::with_capacity(32), |mut text, byte| {
            use std::fmt::Write as _;
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}
