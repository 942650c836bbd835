//! When a centre is open.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};

use crate::error::Invalid;

/// The days of the week as they are kept, Monday first.
pub const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Most spans a day may have.
const MOST_SPANS: usize = 6;

/// Most holidays kept: years of them.
const MOST_HOLIDAYS: usize = 400;

/// From when to when, `09:00` and `18:00`, in the centre's zone.
pub type Span = (String, String);

/// The spans of each day; a day without any is closed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hours(pub BTreeMap<String, Vec<Span>>);

/// A day the centre is closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holiday {
    /// `2026-12-25`.
    pub date: String,
    /// `Noël`.
    pub name: String,
}

impl Hours {
    /// Monday to Friday, 9 to 18.
    pub fn usual() -> Self {
        let span = || vec![("09:00".to_owned(), "18:00".to_owned())];
        Self(DAYS[..5].iter().map(|day| ((*day).to_owned(), span())).collect())
    }

    /// The spans of a day.
    pub fn of(&self, day: &str) -> &[Span] {
        self.0.get(day).map_or(&[], Vec::as_slice)
    }

    /// Notes what is wrong, on `business_hours.mon` and so on.
    pub(super) fn check(&self, invalid: &mut Invalid) {
        self.check_as("business_hours", invalid);
    }

    /// Notes what is wrong, on `{field}.mon` and so on.
    pub(crate) fn check_as(&self, field: &str, invalid: &mut Invalid) {
        for (day, spans) in &self.0 {
            let field = format!("{field}.{day}");
            if !DAYS.contains(&day.as_str()) {
                invalid.add(&field, "unknown-field");
            } else if !fits(spans) {
                invalid.add(&field, "bad-hours");
            }
        }
    }
}

/// Each span ends after it starts, and none starts before the one before ends.
fn fits(spans: &[Span]) -> bool {
    let time = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").ok();
    let mut last = None;
    spans.len() <= MOST_SPANS
        && spans.iter().all(|(from, to)| {
            let (Some(from), Some(to)) = (time(from), time(to)) else { return false };
            let after = last.is_none_or(|last| from >= last);
            last = Some(to);
            after && from < to
        })
}

/// Notes what is wrong on `holidays`; puts them in order.
pub(super) fn check_holidays(mut holidays: Vec<Holiday>, invalid: &mut Invalid) -> Vec<Holiday> {
    let mut wrong = holidays.len() > MOST_HOLIDAYS;
    for holiday in &mut holidays {
        holiday.name = holiday.name.trim().to_owned();
        let date = NaiveDate::parse_from_str(&holiday.date, "%Y-%m-%d");
        wrong |= date.is_err() || holiday.name.is_empty() || holiday.name.chars().count() > 80;
    }
    holidays.sort_by(|a, b| a.date.cmp(&b.date));
    holidays.dedup_by(|a, b| a.date == b.date);
    if wrong {
        invalid.add("holidays", "bad-holidays");
    }
    holidays
}
