//! A list's query string, read the same way for pages and API.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use domain::alerts::{Filter, Priority, Sort, Status, local_time};
use domain::paging::check_cursor;
use domain::{Error, Invalid};
use serde::Deserialize;
use uuid::Uuid;

use crate::answer::read_limit;

/// What a list of alerts may be asked for.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Params {
    /// Any of `in_progress`, `due`, `done`, separated by commas.
    #[serde(default)]
    #[param(example = "due,in_progress")]
    pub(super) status: Option<String>,
    /// Any of `low`, `normal`, `high`, `critical`, separated by commas.
    #[serde(default)]
    pub(super) priority: Option<String>,
    /// Those of this client.
    #[serde(default)]
    pub(super) client_id: Option<String>,
    /// Those given to this user; `none`: to nobody.
    #[serde(default)]
    pub(super) assigned_to: Option<String>,
    /// Those made in one go.
    #[serde(default)]
    pub(super) batch_id: Option<String>,
    /// Due before this instant.
    #[serde(default)]
    #[param(example = "2026-12-01T00:00:00Z")]
    pub(super) due_before: Option<String>,
    /// Due at this instant or after.
    #[serde(default)]
    pub(super) due_after: Option<String>,
    /// Words of the title or description, or of what the client is found by.
    #[serde(default)]
    pub(super) q: Option<String>,
    /// `due_at`, `status`, `priority`, `created_at`, `updated_at`, `title`, `client`, `assigned_to`
    /// or `created_by`; `-` for the greatest first.
    #[serde(default)]
    #[param(example = "due_at")]
    pub(super) sort: Option<String>,
    /// How many, 200 at most.
    #[serde(default)]
    #[param(value_type = Option<u32>)]
    pub(super) limit: Option<String>,
    /// Where the page starts, from the page before.
    #[serde(default)]
    pub(super) cursor: Option<String>,
    /// For people: from this day on, in their zone.
    #[serde(default)]
    #[param(ignore)]
    pub(super) due_from: Option<String>,
    /// For people: until this day, in their zone.
    #[serde(default)]
    #[param(ignore)]
    pub(super) due_to: Option<String>,
}

impl Params {
    /// The filter, the order, and how many. Dates of people are days in `zone`.
    pub(super) fn read(&self, default: Sort, zone: Tz) -> Result<(Filter, Sort, u32), Error> {
        let mut invalid = Invalid::new();
        let filter = Filter {
            statuses: many("status", self.status.as_deref(), Status::parse, &mut invalid),
            priorities: many("priority", self.priority.as_deref(), Priority::parse, &mut invalid),
            client_id: uuid("client_id", self.client_id.as_deref(), &mut invalid),
            assigned_to: match given(self.assigned_to.as_deref()) {
                Some("none") => None,
                other => uuid("assigned_to", other, &mut invalid),
            },
            unassigned: given(self.assigned_to.as_deref()) == Some("none"),
            batch_id: uuid("batch_id", self.batch_id.as_deref(), &mut invalid),
            due_before: instant("due_before", self.due_before.as_deref(), &mut invalid)
                .or_else(|| day("due_to", self.due_to.as_deref(), 1, zone, &mut invalid)),
            due_after: instant("due_after", self.due_after.as_deref(), &mut invalid)
                .or_else(|| day("due_from", self.due_from.as_deref(), 0, zone, &mut invalid)),
            q: invalid.text("q", self.q.as_deref(), 200).unwrap_or_default(),
        };
        let sort = match given(self.sort.as_deref()).map(Sort::parse) {
            None => default,
            Some(Ok(sort)) => sort,
            Some(Err(_)) => {
                invalid.add("sort", "wrong-value");
                default
            }
        };
        let limit = read_limit(self.limit.as_deref(), &mut invalid);
        check_cursor(given(self.cursor.as_deref()), &mut invalid);
        invalid.check()?;
        Ok((filter, sort, limit))
    }
}

fn given(value: Option<&str>) -> Option<&str> {
    value.map(str::trim).filter(|value| !value.is_empty())
}

fn many<T: PartialEq>(
    field: &str,
    value: Option<&str>,
    parse: fn(&str) -> Option<T>,
    invalid: &mut Invalid,
) -> Vec<T> {
    let mut found = Vec::new();
    for name in given(value).into_iter().flat_map(|value| value.split(',')) {
        match parse(name.trim()) {
            Some(one) if !found.contains(&one) => found.push(one),
            Some(_) => {}
            None => {
                invalid.add(field, "wrong-value");
            }
        }
    }
    found
}

fn uuid(field: &str, value: Option<&str>, invalid: &mut Invalid) -> Option<Uuid> {
    let read = given(value)?.parse();
    if read.is_err() {
        invalid.add(field, "wrong-value");
    }
    read.ok()
}

fn instant(field: &str, value: Option<&str>, invalid: &mut Invalid) -> Option<DateTime<Utc>> {
    use chrono::Datelike as _;
    let read = DateTime::parse_from_rfc3339(given(value)?).ok().map(|at| at.to_utc());
    // Outside these years dates no longer sort as text.
    let read = read.filter(|at| (1..=9_000).contains(&at.year()));
    if read.is_none() {
        invalid.add(field, "not-a-date");
    }
    read
}

fn day(
    field: &str,
    value: Option<&str>,
    plus: u64,
    zone: Tz,
    invalid: &mut Invalid,
) -> Option<DateTime<Utc>> {
    use chrono::Datelike as _;
    let read = given(value)?
        .parse::<NaiveDate>()
        .ok()
        .filter(|day| (1..=9_000).contains(&day.year()))
        .and_then(|day| day.checked_add_days(Days::new(plus)))
        .and_then(|day| local_time::instant_of(day.and_time(NaiveTime::MIN), zone));
    if read.is_none() {
        invalid.add(field, "not-a-date");
    }
    read
}
