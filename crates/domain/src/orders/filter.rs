use base::db::Sql;
use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{LinkState, Status};
use crate::error::{Invalid, Result};

/// Which orders. The same filter is the list's URL, the API's parameters, a saved view and an
/// export.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OrderFilter {
    /// Part of a number, a name, an address or a phone.
    pub q: Option<String>,
    /// `pending`, `confirmed` or `cancelled`.
    pub status: Option<String>,
    /// `linked`, `review` or `unlinked`.
    pub link: Option<String>,
    /// `email`, `phone`, `name` or `manual`.
    pub method: Option<String>,
    /// `today`, `7d` or `30d`: made in these last days of `time_zone`.
    pub period: Option<String>,
    /// The zone days are told in; Paris when absent.
    pub time_zone: Option<String>,
    /// Made at or after that instant.
    pub ordered_after: Option<DateTime<Utc>>,
    /// Made before that instant.
    pub ordered_before: Option<DateTime<Utc>>,
    /// This client's.
    pub client_id: Option<Uuid>,
}

impl OrderFilter {
    /// Reads the parameters of a query string; other names are left alone. Days (`from`, `to`) are
    /// those of `zone`.
    ///
    /// # Errors
    /// Every wrong value, named.
    pub fn from_query<'a>(
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
        zone: Tz,
    ) -> Result<Self> {
        let mut filter = Self { time_zone: Some(zone.name().to_owned()), ..Self::default() };
        let mut invalid = Invalid::new();
        for (name, value) in pairs {
            let value = value.trim();
            if value.is_empty() {
                continue;
            }
            let text = || Some(value.to_owned());
            let mut instant = |days| {
                let read = instant(value, zone, days);
                if read.is_none() {
                    invalid.add(name, "not-a-date");
                }
                read
            };
            match name {
                "q" => filter.q = text(),
                "status" => filter.status = text(),
                "link" => filter.link = text(),
                "method" => filter.method = text(),
                "period" => filter.period = text(),
                "ordered_after" | "from" => filter.ordered_after = instant(0),
                "ordered_before" => filter.ordered_before = instant(0),
                "to" => filter.ordered_before = instant(1),
                "client_id" => match value.parse() {
                    Ok(id) => filter.client_id = Some(id),
                    Err(_) => drop(invalid.add(name, "wrong-value")),
                },
                _ => {}
            }
        }
        filter.check(&mut invalid);
        invalid.check()?;
        Ok(filter)
    }

    fn check(&self, invalid: &mut Invalid) {
        let among = |value: &Option<String>, known: &[&str]| {
            value.as_deref().is_none_or(|value| known.contains(&value))
        };
        if !among(&self.status, &Status::ALL.map(Status::as_str)) {
            invalid.add("status", "wrong-value");
        }
        if !among(&self.link, &LinkState::ALL.map(LinkState::as_str)) {
            invalid.add("link", "wrong-value");
        }
        if !among(&self.method, &["email", "phone", "name", "manual"]) {
            invalid.add("method", "wrong-value");
        }
        if !among(&self.period, &["today", "7d", "30d"]) {
            invalid.add("period", "wrong-value");
        }
        invalid.text("q", self.q.as_deref(), 200);
    }

    /// Appends everything but the search: ` AND …` on `o`.
    pub(super) fn push(&self, sql: &mut Sql, now: DateTime<Utc>) {
        let equal = [
            ("o.status", &self.status),
            ("o.link_state", &self.link),
            ("o.link_method", &self.method),
        ];
        for (column, value) in equal {
            if let Some(value) = value {
                sql.push(" AND ").push(column).push(" = ").bind(value.clone());
            }
        }
        if self.method.is_some() && self.link.is_none() {
            // Of those in review, the method is that of the first candidate.
            sql.push(" AND o.link_state = 'linked'");
        }
        if let Some(client) = self.client_id {
            sql.push(" AND o.client_id = ").bind(client);
        }
        if let Some(start) = self.start(now) {
            sql.push(" AND o.ordered_at >= ").bind(start);
        }
        if let Some(end) = self.ordered_before {
            sql.push(" AND o.ordered_at < ").bind(end);
        }
    }

    fn start(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let days = match self.period.as_deref() {
            Some("today") => Some(0),
            Some("7d") => Some(6),
            Some("30d") => Some(29),
            _ => None,
        };
        let zone = self.time_zone.as_deref().and_then(|name| name.parse().ok());
        let zone: Tz = zone.unwrap_or(chrono_tz::Europe::Paris);
        let start = days.and_then(|days| {
            let today = now.with_timezone(&zone).date_naive();
            start_of(today.checked_sub_days(Days::new(days))?, zone)
        });
        start.max(self.ordered_after)
    }
}

/// An instant, or the start of a day of `zone`, `plus` days later.
fn instant(text: &str, zone: Tz, plus: u64) -> Option<DateTime<Utc>> {
    use chrono::Datelike as _;
    let usual = |year: i32| (1..=9_000).contains(&year);
    if let Ok(instant) = text.parse::<DateTime<Utc>>() {
        return Some(instant).filter(|at| usual(at.year()));
    }
    let day: NaiveDate = text.parse().ok()?;
    start_of(day.checked_add_days(Days::new(plus))?, zone).filter(|at| usual(at.year()))
}

/// Midnight; one o'clock where there is none.
fn start_of(day: NaiveDate, zone: Tz) -> Option<DateTime<Utc>> {
    let at = |time| zone.from_local_datetime(&day.and_time(time)).earliest();
    let start = at(NaiveTime::MIN).or_else(|| at(NaiveTime::from_hms_opt(1, 0, 0)?));
    start.map(|start| start.with_timezone(&Utc))
}
