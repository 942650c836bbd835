//! Amounts of money, in minor units with their currency: reading what people type and import in
//! French and English, and showing it with the typography of the reader's language.

mod currency;
mod format;
mod parse;

pub use currency::{Currency, UnknownCurrency};
pub use format::MoneyStyle;

use serde::{Deserialize, Serialize};

#[cfg(test)]
mod tests;

/// An amount in a currency. `{ amount: 41250, currency: EUR }` is 412,50 €; for XOF, which has no
/// decimals, `amount` counts francs. In JSON: `{"amount": 41250, "currency": "EUR"}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// In minor units (cents, millimes, or francs where there is nothing smaller).
    pub amount: i64,
    /// ISO 4217 currency.
    pub currency: Currency,
}

/// Why a text is not an amount, or why two amounts cannot be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Nothing but spaces.
    #[error("no amount")]
    Empty,
    /// Letters, two decimal separators, groups that are not of three digits…
    #[error("not a number")]
    NotANumber,
    /// More decimals than the currency has (trailing zeros are accepted).
    #[error("more decimals than the currency has")]
    TooManyDecimals,
    /// `1,234` or `1.234` where it may be a thousand or a decimal: a factor of 1,000 is not guessed.
    #[error("the separator may be of thousands or of decimals")]
    Ambiguous,
    /// Beyond what 64 bits of minor units hold.
    #[error("amount too large")]
    TooLarge,
    /// Amounts of two currencies do not add up.
    #[error("different currencies")]
    CurrencyMismatch,
}

impl MoneyError {
    /// The stable key of the message shown to people.
    pub fn key(&self) -> &'static str {
        match self {
            Self::Empty => "money.empty",
            Self::NotANumber => "money.not_a_number",
            Self::TooManyDecimals => "money.too_many_decimals",
            Self::Ambiguous => "money.ambiguous",
            Self::TooLarge => "money.too_large",
            Self::CurrencyMismatch => "money.currency_mismatch",
        }
    }
}

impl Money {
    /// An amount in minor units.
    pub fn new(amount: i64, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// Reads an amount as typed or imported: `1 234,50`, `1,234.50`, `1.234,50`, `1'234.50`,
    /// `-12,5`, with or without the currency's symbol or code.
    ///
    /// Where a single `.` or `,` stands before exactly three digits, it separates thousands if the
    /// currency has no decimals, decimals if it has three, and is [`MoneyError::Ambiguous`] otherwise.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        Ok(Self { amount: parse::minor_units(text, currency)?, currency })
    }

    /// The amount for reading, never for computing: `412,50 €`, `2 480 000 F` in French,
    /// `€412.50`, `F CFA 2,480,000` in English.
    pub fn format(&self, style: MoneyStyle) -> String {
        format::format(*self, style)
    }

    /// The bare decimal number, with a point and no grouping (`412.50`), for exports and forms.
    pub fn to_decimal(self) -> String {
        format::decimal(self)
    }

    /// The sum of two amounts of one currency.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::CurrencyMismatch);
        }
        let amount = self.amount.checked_add(other.amount).ok_or(MoneyError::TooLarge)?;
        Ok(Self { amount, ..self })
    }

    /// This amount `times` over (a line of a quote).
    pub fn checked_mul(self, times: i64) -> Result<Self, MoneyError> {
        let amount = self.amount.checked_mul(times).ok_or(MoneyError::TooLarge)?;
        Ok(Self { amount, ..self })
    }
}
