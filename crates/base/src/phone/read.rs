//! From dialled digits to E.164: whose plan are they of?

use super::shape::Dialled;
use super::{PhoneError, ivory_coast, plan};

/// The number in E.164. In order: a country code, the plan of `region`, another region's obvious
/// format, and at last anything `region` could have in a range newer than our tables.
pub(super) fn e164(dialled: &Dialled, region: &str) -> Result<String, PhoneError> {
    let digits = dialled.digits();
    if dialled.international {
        return international(digits);
    }
    if let Some(rest) = digits.strip_prefix("00") {
        return international(rest);
    }
    if let Some(rest) = digits.strip_prefix("011").filter(|_| is_north_american(region)) {
        return international(rest);
    }
    national(digits, region)
        .or_else(|| elsewhere(digits))
        .or_else(|| plausible(digits, region))
        .ok_or_else(|| why_not(digits))
}

fn is_north_american(region: &str) -> bool {
    matches!(region, "CA" | "US")
}

/// A number whose first digits are a country code.
fn international(digits: &str) -> Result<String, PhoneError> {
    if let Some((plan, rest)) = plan::by_country_code(digits) {
        let nsn = plan.complete(plan.without_trunk(rest)).ok_or_else(|| why_not(digits))?;
        return known(plan, &nsn).or_else(|| unlisted(plan, &nsn)).ok_or_else(|| why_not(digits));
    }
    if digits.len() > 15 {
        return Err(PhoneError::TooLong);
    }
    by_crate(&format!("+{digits}"), None).ok_or_else(|| why_not(digits))
}

/// A number dialled inside `region`. Short of our tables, the metadata may know it (freephone…).
fn national(digits: &str, region: &str) -> Option<String> {
    let by_plan = || {
        let plan = plan::by_region(region)?;
        known(plan, &plan.complete(plan.national(digits)?)?)
    };
    by_plan().or_else(|| by_crate(digits, region.parse().ok()))
}

/// A number that can only be of one of our four countries, typed in another.
fn elsewhere(digits: &str) -> Option<String> {
    if let Some((plan, rest)) = plan::by_country_code(digits) {
        // The country code, without `+`.
        let nsn = plan.complete(plan.without_trunk(rest))?;
        return known(plan, &nsn);
    }
    let plan = match (digits.len(), digits.as_bytes()) {
        (9, [b'7', b'0' | b'5' | b'6' | b'7' | b'8', ..]) => &plan::SENEGAL,
        (10, [b'0', b'6' | b'7', ..]) => &plan::FRANCE,
        _ => return None,
    };
    known(plan, &plan.complete(plan.national(digits)?)?)
}

/// A number of the right length that no table lists.
fn plausible(digits: &str, region: &str) -> Option<String> {
    let plan = plan::by_region(region)?;
    let coded = digits.strip_prefix(plan.code).map(|rest| plan.without_trunk(rest));
    match coded.filter(|nsn| nsn.len() == plan.length) {
        Some(nsn) => unlisted(plan, nsn),
        None => unlisted(plan, &plan.complete(plan.national(digits)?)?),
    }
}

fn known(plan: &plan::Plan, nsn: &str) -> Option<String> {
    if plan.is_valid(nsn) {
        return Some(plan.e164(nsn));
    }
    (plan.region == "FR").then(|| overseas(nsn)).flatten()
}

/// Regulators open ranges faster than tables follow, and a client's real number is worth more
/// than the refusal of a mistyped one.
fn unlisted(plan: &plan::Plan, nsn: &str) -> Option<String> {
    plan.is_plausible(nsn).then(|| plan.e164(nsn))
}

/// The overseas departments are dialled from France like the rest of it (`0692…`), but each has its
/// own country code (ARCEP decision 2018-0881). Some write them `+33 692…`: the same number.
fn overseas(nsn: &str) -> Option<String> {
    let code = match nsn.get(..3)? {
        "262" | "639" | "692" | "693" => "262",
        "590" | "690" | "691" => "590",
        "594" | "694" => "594",
        "596" | "696" | "697" => "596",
        _ => return None,
    };
    (nsn.len() == 9).then(|| format!("+{code}{nsn}"))
}

/// Any other country, by the tables of libphonenumber.
fn by_crate(dialled: &str, region: Option<phonenumber::country::Id>) -> Option<String> {
    let number = phonenumber::parse(region, dialled).ok()?;
    let number = phonenumber::is_valid(&number).then_some(number)?;
    Some(number.format().mode(phonenumber::Mode::E164).to_string())
}

fn why_not(digits: &str) -> PhoneError {
    match digits.len() {
        0..=8 => PhoneError::TooShort,
        9..=15 => PhoneError::Invalid,
        _ => PhoneError::TooLong,
    }
}

impl plan::Plan {
    /// The significant number, brought to today's length where the plan has changed.
    fn complete<'a>(&self, nsn: &'a str) -> Option<std::borrow::Cow<'a, str>> {
        if nsn.len() == self.length {
            return Some(nsn.into());
        }
        if self.region == "CI" {
            return ivory_coast::complete(nsn).map(Into::into);
        }
        None
    }
}
