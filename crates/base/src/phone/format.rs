//! E.164 for reading, for dialling and for searching. Spaces are ordinary ones: pages keep a number
//! on one line by style, and what is copied can be pasted anywhere.

use super::plan::{self, Plan};
use crate::text;

/// As `viewer_region` reads it: national if the number is theirs (`06 12 34 56 78`), international
/// otherwise (`+221 77 512 40 11`). What is not E.164 is returned as it is.
pub fn format(e164: &str, viewer_region: &str) -> String {
    let theirs = match planned(e164) {
        Some((plan, _)) => plan.region.eq_ignore_ascii_case(viewer_region),
        None => region_by_crate(e164).is_some_and(|id| id.eq_ignore_ascii_case(viewer_region)),
    };
    if theirs { format_national(e164) } else { format_international(e164) }
}

/// As dialled inside its country: `06 12 34 56 78`, `77 512 40 11`.
pub fn format_national(e164: &str) -> String {
    match planned(e164) {
        Some((plan, nsn)) if plan.trunk => pairs(&format!("0{nsn}")),
        Some((plan, nsn)) => plan.grouped(nsn),
        None => by_crate(e164, phonenumber::Mode::National),
    }
}

/// As dialled from anywhere: `+33 6 12 34 56 78`, `+221 77 512 40 11`.
pub fn format_international(e164: &str) -> String {
    match planned(e164) {
        Some((plan, nsn)) => format!("+{} {}", plan.code, plan.grouped(nsn)),
        None => by_crate(e164, phonenumber::Mode::International),
    }
}

/// The address of a link that dials: `tel:+221775124011`.
pub fn tel_uri(e164: &str) -> String {
    format!("tel:+{}", text::digits(e164))
}

/// The digit strings to index so that a number is found however it is typed: international with
/// `00` (which contains the form without), and national with its `0` where the country has one.
/// A text that is not E.164 gives its digits as they stand, or nothing.
pub fn search_digits(raw_or_e164: &str) -> Vec<String> {
    let digits = text::digits(raw_or_e164);
    if digits.is_empty() {
        return Vec::new();
    }
    if !raw_or_e164.trim_start().starts_with('+') {
        return vec![digits];
    }
    let national = match planned(raw_or_e164) {
        Some((plan, nsn)) if plan.trunk => Some(format!("0{nsn}")),
        Some(_) => None,
        None => Some(text::digits(&by_crate(raw_or_e164, phonenumber::Mode::National))),
    };
    let international = format!("00{digits}");
    let national = national.filter(|national| !international.contains(national.as_str()));
    [international].into_iter().chain(national).collect()
}

/// What to look for among [`search_digits`] when someone types part of a number: its digits,
/// without the zero that `+33 (0)6` and `+33 06` add. `None` if the text holds letters, or no digit.
pub fn query_digits(typed: &str) -> Option<String> {
    if typed.chars().any(char::is_alphabetic) {
        return None;
    }
    let digits = text::digits(&typed.replace("(0)", ""));
    let international = typed.trim_start().starts_with('+');
    let digits = match plan::by_country_code(&digits).filter(|_| international) {
        Some((plan, rest)) if plan.trunk => {
            format!("{}{}", plan.code, rest.strip_prefix('0').unwrap_or(rest))
        }
        _ => digits,
    };
    (!digits.is_empty()).then_some(digits)
}

fn planned(e164: &str) -> Option<(&'static Plan, &str)> {
    let digits = e164.strip_prefix('+')?;
    let (plan, nsn) = plan::by_country_code(digits)?;
    let is_whole = nsn.len() == plan.length && nsn.bytes().all(|b| b.is_ascii_digit());
    is_whole.then_some((plan, nsn))
}

impl Plan {
    /// The significant number in the groups its country writes.
    fn grouped(&self, nsn: &str) -> String {
        match self.region {
            "SN" => grouped_by(nsn, &[2, 3, 2, 2]),
            "CI" => pairs(nsn),
            _ => grouped_by(nsn, &[1, 2, 2, 2, 2]),
        }
    }
}

fn pairs(digits: &str) -> String {
    grouped_by(digits, &[2, 2, 2, 2, 2])
}

fn grouped_by(digits: &str, sizes: &[usize]) -> String {
    let mut out = String::with_capacity(digits.len() + sizes.len());
    let mut rest = digits;
    for size in sizes {
        let (group, after) = rest.split_at_checked(*size).unwrap_or((rest, ""));
        if !out.is_empty() && !group.is_empty() {
            out.push(' ');
        }
        out.push_str(group);
        rest = after;
    }
    out + rest
}

fn by_crate(e164: &str, mode: phonenumber::Mode) -> String {
    match phonenumber::parse(None, e164) {
        Ok(number) => number.format().mode(mode).to_string(),
        Err(_) => e164.to_owned(),
    }
}

fn region_by_crate(e164: &str) -> Option<String> {
    let number = phonenumber::parse(None, e164).ok()?;
    number.country().id().map(|id| id.as_ref().to_owned())
}
