//! From a typed amount to minor units, without floating point.

use super::{Currency, MoneyError};

/// The amount of `text` in minor units of `currency`.
pub(super) fn minor_units(text: &str, currency: Currency) -> Result<i64, MoneyError> {
    // The sign may stand on either side of the symbol: `-€12`, `€-12`.
    let (outer, rest) = sign(text.trim());
    let (inner, number) = sign(without_symbol(rest, currency));
    if number.is_empty() {
        return Err(MoneyError::Empty);
    }
    if outer.is_some() && inner.is_some() {
        return Err(MoneyError::NotANumber);
    }
    let negative = outer.or(inner) == Some('-');
    let (whole, decimals) = split(number, currency.exponent())?;
    let amount = combine(whole, decimals, currency.exponent())?;
    i64::try_from(if negative { -amount } else { amount }).map_err(|_| MoneyError::TooLarge)
}

/// Without the currency's code or one of its symbols, before or after the number.
fn without_symbol(text: &str, currency: Currency) -> &str {
    let common: &[&str] = match currency.code() {
        "XOF" | "XAF" => &["F CFA", "FCFA", "CFA", "F"],
        "USD" | "CAD" => &["$US", "$CA", "CA$", "$"],
        _ => &[],
    };
    let names = [currency.code(), currency.french_symbol(), currency.english_symbol()];
    let mut rest = text;
    for name in common.iter().chain(&names) {
        // An amount carries one symbol, so the first that fits is the only one.
        if let Some(stripped) = strip_end(rest, name).or_else(|| strip_start(rest, name)) {
            rest = stripped;
            break;
        }
    }
    rest.trim()
}

fn strip_end<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let at = text.len().checked_sub(name.len())?;
    text.get(at..).filter(|end| same(end, name)).and_then(|_| text.get(..at))
}

fn strip_start<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.get(..name.len()).filter(|start| same(start, name)).and_then(|_| text.get(name.len()..))
}

fn same(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b) || a.replace(is_space, " ").eq_ignore_ascii_case(b)
}

fn sign(text: &str) -> (Option<char>, &str) {
    if let Some(rest) = text.strip_prefix(['-', '\u{2212}']) {
        return (Some('-'), rest.trim_start());
    }
    match text.strip_prefix('+') {
        Some(rest) => (Some('+'), rest.trim_start()),
        None => (None, text),
    }
}

fn is_space(c: char) -> bool {
    c.is_whitespace() || c == '\u{202F}' || c == '\u{A0}'
}

/// Cuts a number at its decimal separator, if it has one: (whole part with its groups, decimals).
fn split(number: &str, exponent: u32) -> Result<(&str, &str), MoneyError> {
    let Some(at) = number.rfind(['.', ',']) else { return Ok((number, "")) };
    let (whole, decimals) = (&number[..at], &number[at + 1..]);
    let separator = &number[at..=at];
    let other = if separator == "." { "," } else { "." };
    if whole.contains(separator) {
        // Seen twice, it separates thousands, unless the other kind was there as well.
        return if whole.contains(other) { Err(MoneyError::NotANumber) } else { Ok((number, "")) };
    }
    let may_be_thousands = decimals.len() == 3
        && (1..=3).contains(&whole.len())
        && whole.bytes().all(|b| b.is_ascii_digit())
        && !whole.starts_with('0');
    match exponent {
        0 if may_be_thousands => Ok((number, "")),
        3 => Ok((whole, decimals)),
        // `12.500 €` with decimals 500 is a rare way to write 12,50; a thousand is as likely.
        _ if may_be_thousands => Err(MoneyError::Ambiguous),
        _ => Ok((whole, decimals)),
    }
}

fn combine(whole: &str, decimals: &str, exponent: u32) -> Result<i128, MoneyError> {
    let mut amount = grouped(whole)?;
    let exponent = exponent as usize;
    if !decimals.bytes().all(|b| b.is_ascii_digit()) || (whole.is_empty() && decimals.is_empty()) {
        return Err(MoneyError::NotANumber);
    }
    let (kept, beyond) = decimals.split_at(exponent.min(decimals.len()));
    if beyond.bytes().any(|b| b != b'0') {
        return Err(MoneyError::TooManyDecimals);
    }
    for digit in kept.bytes().chain(std::iter::repeat_n(b'0', exponent - kept.len())) {
        amount = push_digit(amount, digit)?;
    }
    Ok(amount)
}

/// Reads `1 234 567`: digits alone, or groups of three after a first of one to three, all
/// separated by the same sign.
fn grouped(whole: &str) -> Result<i128, MoneyError> {
    let mut amount: i128 = 0;
    let mut separator = None;
    let mut in_group = 0;
    for c in whole.chars() {
        if c.is_ascii_digit() {
            amount = push_digit(amount, c as u8)?;
            in_group += 1;
            continue;
        }
        let c = if is_space(c) { ' ' } else { c };
        let well_placed = match separator {
            None => (1..=3).contains(&in_group),
            Some(first) => first == c && in_group == 3,
        };
        if !well_placed || !matches!(c, ' ' | '\'' | '’' | '.' | ',') {
            return Err(MoneyError::NotANumber);
        }
        separator = Some(c);
        in_group = 0;
    }
    if separator.is_some() && in_group != 3 {
        return Err(MoneyError::NotANumber);
    }
    Ok(amount)
}

fn push_digit(amount: i128, digit: u8) -> Result<i128, MoneyError> {
    // One digit more than 64 bits hold is enough to refuse; going on would overflow in the end.
    let amount = amount * 10 + i128::from(digit - b'0');
    if amount > i128::from(u64::MAX) { Err(MoneyError::TooLarge) } else { Ok(amount) }
}
