//! From minor units to what a person reads.

use super::Money;

/// The reader's language, as far as amounts are concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MoneyStyle {
    /// `1 234,50 €`: narrow no-break space between groups, comma, no-break space, symbol.
    Fr,
    /// `€1,234.50`: symbol first, commas, point.
    En,
}

/// Between groups of three digits in French (Imprimerie nationale; CLDR `fr`).
const NARROW_NO_BREAK_SPACE: char = '\u{202F}';
const NO_BREAK_SPACE: char = '\u{A0}';

pub(super) fn format(money: Money, style: MoneyStyle) -> String {
    let sign = if money.amount < 0 { "-" } else { "" };
    match style {
        MoneyStyle::Fr => {
            let number = grouped(money, NARROW_NO_BREAK_SPACE, ',');
            format!("{sign}{number}{NO_BREAK_SPACE}{}", money.currency.french_symbol())
        }
        MoneyStyle::En => {
            let number = grouped(money, ',', '.');
            let symbol = money.currency.english_symbol();
            // `€412.50` but `MAD 412.50`: letters need air.
            let gap = symbol.ends_with(|c: char| c.is_alphabetic());
            let gap = if gap { "\u{A0}" } else { "" };
            format!("{sign}{symbol}{gap}{number}")
        }
    }
}

pub(super) fn decimal(money: Money) -> String {
    let sign = if money.amount < 0 { "-" } else { "" };
    let (whole, decimals) = parts(money);
    if decimals.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{decimals}") }
}

/// The digits before and after the decimal separator, without sign.
fn parts(money: Money) -> (String, String) {
    let exponent = money.currency.exponent() as usize;
    let mut whole = format!("{:0>width$}", money.amount.unsigned_abs(), width = exponent + 1);
    let decimals = whole.split_off(whole.len() - exponent);
    (whole, decimals)
}

fn grouped(money: Money, separator: char, point: char) -> String {
    let (whole, decimals) = parts(money);
    let mut out = String::with_capacity(whole.len() * 2 + 4);
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            out.push(separator);
        }
        out.push(digit);
    }
    if !decimals.is_empty() {
        out.push(point);
        out.push_str(&decimals);
    }
    out
}
