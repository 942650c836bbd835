//! What people type, checked.

use chrono::{DateTime, SubsecRound as _, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::local_time;
use crate::error::Invalid;

/// Longest title, in characters.
pub const MAX_TITLE: usize = 200;
/// Longest description, in characters.
pub const MAX_DESCRIPTION: usize = 5_000;

/// How urgent it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// No hurry.
    Low,
    /// On the day.
    #[default]
    Normal,
    /// Before the rest.
    High,
    /// At once.
    Critical,
}

impl Priority {
    /// All of them, least urgent first.
    pub const ALL: [Self; 4] = [Self::Low, Self::Normal, Self::High, Self::Critical];

    /// The name in the database, the API and the message catalogue.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// The priority of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.as_str() == name)
    }

    /// For sorting: 0 is the least urgent.
    pub fn rank(self) -> i32 {
        self as i32
    }
}

/// A due time as it comes in: an instant or a wall-clock text in `at` (the API), or a form's date
/// and time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DueInput {
    /// `2026-11-20T09:30:00Z`, or `2026-11-20T09:30` in the alert's zone.
    At(String),
    /// A form's two fields, in the alert's zone.
    DateAndTime {
        /// `2026-11-20`.
        date: String,
        /// `09:30`.
        time: String,
    },
}

impl Default for DueInput {
    fn default() -> Self {
        Self::At(String::new())
    }
}

/// An alert to be scheduled.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewAlert {
    /// What it is about: 1 to [`MAX_TITLE`] characters.
    pub title: String,
    /// More about it: up to [`MAX_DESCRIPTION`] characters.
    pub description: Option<String>,
    /// When.
    pub due: DueInput,
    /// The IANA zone of a wall-clock time; the centre's when absent.
    pub time_zone: Option<String>,
    /// `low`, `normal`, `high` or `critical`; `normal` when absent.
    pub priority: Option<String>,
    /// Who is told, and expected to act.
    pub assigned_to: Option<Uuid>,
}

/// What changes in an alert; `None` leaves a field as it is.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// See [`NewAlert::title`].
    pub title: Option<String>,
    /// See [`NewAlert::description`]; `Some(None)` empties it.
    pub description: Option<Option<String>>,
    /// See [`NewAlert::due`].
    pub due: Option<DueInput>,
    /// See [`NewAlert::time_zone`]. Alone, it keeps the time on the clock and moves the instant.
    pub time_zone: Option<String>,
    /// See [`NewAlert::priority`].
    pub priority: Option<String>,
    /// See [`NewAlert::assigned_to`]; `Some(None)` hands it back to nobody.
    pub assigned_to: Option<Option<Uuid>>,
}

/// A due time, resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// The instant.
    pub at: DateTime<Utc>,
    /// The wall-clock time as typed, or as it is in `zone`.
    pub local: String,
    /// The zone.
    pub zone: Tz,
}

/// Reads a zone's name; notes a wrong one on `timezone`.
pub(super) fn read_zone(name: Option<&str>, default: Tz, invalid: &mut Invalid) -> Tz {
    match name.map(str::trim).filter(|name| !name.is_empty()) {
        None => default,
        Some(name) => name.parse().unwrap_or_else(|_| {
            invalid.add("timezone", "unknown-time-zone");
            default
        }),
    }
}

/// Reads a priority's name; notes a wrong one on `priority`.
pub(super) fn read_priority(name: Option<&str>, invalid: &mut Invalid) -> Priority {
    match name.map(str::trim).filter(|name| !name.is_empty()) {
        None => Priority::default(),
        Some(name) => Priority::parse(name).unwrap_or_else(|| {
            invalid.add("priority", "wrong-value");
            Priority::default()
        }),
    }
}

/// Reads a due time in `zone`; notes what is wrong on `due_at`, `due_date` or `due_time`.
pub(super) fn read_due(input: &DueInput, zone: Tz, invalid: &mut Invalid) -> Option<Due> {
    match input {
        DueInput::At(text) => read_due_text(text.trim(), zone, invalid),
        DueInput::DateAndTime { date, time } => {
            let (date, time) = (date.trim(), time.trim());
            let day = date.parse::<chrono::NaiveDate>().ok();
            let clock = chrono::NaiveTime::parse_from_str(time, "%H:%M")
                .or_else(|_| chrono::NaiveTime::parse_from_str(time, "%H:%M:%S"))
                .ok();
            if day.is_none() {
                invalid.add("due_date", if date.is_empty() { "required" } else { "not-a-date" });
            }
            if clock.is_none() {
                invalid.add("due_time", if time.is_empty() { "required" } else { "not-a-time" });
            }
            let local = day?.and_time(clock?);
            let at = local_time::instant_of(local, zone);
            if at.is_none() {
                invalid.add("due_date", "not-a-date");
            }
            Some(Due { at: at?, local: local_time::write(local), zone })
        }
    }
}

fn read_due_text(text: &str, zone: Tz, invalid: &mut Invalid) -> Option<Due> {
    if text.is_empty() {
        invalid.add("due_at", "required");
        return None;
    }
    let due = if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        // An alert is due at its second.
        let at = at.to_utc().trunc_subsecs(0);
        Some(Due { at, local: local_time::write(local_time::local_of(at, zone)), zone })
    } else {
        local_time::read(text).and_then(|local| {
            let at = local_time::instant_of(local, zone)?;
            Some(Due { at, local: local_time::write(local), zone })
        })
    };
    if due.is_none() {
        invalid.add("due_at", "not-a-date");
    }
    due
}

/// Notes a due time that is already past (a minute of grace: forms have no seconds) or absurdly
/// far away (100 years: also keeps dates sortable as text).
pub(super) fn check_due(due: &Due, field: &str, now: DateTime<Utc>, invalid: &mut Invalid) {
    if due.at < now - TimeDelta::minutes(1) {
        invalid.add(field, "due-in-past");
    } else if due.at > now + TimeDelta::days(36_525) {
        invalid.add(field, "due-too-far");
    }
}

impl DueInput {
    /// The field that carries an error about the instant.
    pub(super) fn field(&self) -> &'static str {
        match self {
            Self::At(_) => "due_at",
            Self::DateAndTime { .. } => "due_time",
        }
    }
}
