//! The order of a list, and places in it.

use chrono::{DateTime, Utc};
use sea_orm::Value;
use serde::{Deserialize, Serialize};

use super::{Alert, Status};
use crate::error::{Error, Result};
use crate::sections::Kind;

/// What a list is sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    /// The column.
    pub column: Column,
    /// Greatest first.
    pub descending: bool,
}

/// A column lists sort by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// The due time.
    DueAt,
    /// How urgent.
    Priority,
    /// When it was made.
    CreatedAt,
    /// When people last changed it.
    UpdatedAt,
    /// The title, alphabetically.
    Title,
    /// The client's name, alphabetically.
    Client,
    /// In progress, due, done; the soonest due first in each.
    Status,
    /// The name of whose it is; nobody's last.
    Assignee,
    /// The name of who made it.
    Author,
}

impl Column {
    /// Name in the API, SQL.
    const ALL: [(Self, &str, &str); 9] = [
        (Self::DueAt, "due_at", "a.due_at"),
        (Self::Priority, "priority", "a.priority_rank"),
        (Self::CreatedAt, "created_at", "a.created_at"),
        (Self::UpdatedAt, "updated_at", "a.updated_at"),
        (Self::Title, "title", "a.title_key"),
        (Self::Client, "client", "c.name_key"),
        (Self::Status, "status", "a.due_at"),
        (Self::Assignee, "assigned_to", "a.due_at"),
        (Self::Author, "created_by", "a.due_at"),
    ];

    /// The name in the API.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(column, ..)| *column == self).map_or("due_at", |(_, name, _)| name)
    }

    /// What rows fall under in this order; [`Column::sql`] is the order within.
    pub(super) fn kind(self) -> Kind {
        match self {
            Self::Status => Kind::Values(Status::ALL.len()),
            Self::Assignee | Self::Author => Kind::Heads,
            _ => Kind::Plain,
        }
    }

    /// The column of who rows fall under, and the name their row is joined by.
    pub(super) fn head(self) -> (&'static str, &'static str) {
        if self == Self::Author {
            ("a.created_by", "author")
        } else {
            ("a.assigned_to", "assignee")
        }
    }

    pub(super) fn sql(self) -> &'static str {
        Self::ALL.iter().find(|(column, ..)| *column == self).map_or("a.due_at", |(.., sql)| sql)
    }
}

impl Sort {
    /// The name [`Sort::parse`] reads.
    pub(super) fn name(self) -> String {
        format!("{}{}", if self.descending { "-" } else { "" }, self.column.as_str())
    }

    /// Soonest due first.
    pub const SOONEST: Self = Self { column: Column::DueAt, descending: false };

    /// Reads `due_at`, `-priority`, …
    ///
    /// # Errors
    /// [`Error::Invalid`] on `sort`.
    pub fn parse(text: &str) -> Result<Self> {
        let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
        Column::ALL
            .iter()
            .find(|(_, known, _)| *known == name)
            .map(|(column, ..)| Self { column: *column, descending })
            .ok_or_else(|| Error::invalid("sort", "wrong-value"))
    }
}

/// A row's place in the sort order.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Place {
    Number(i32),
    Instant(DateTime<Utc>),
    Text(String),
}

impl Place {
    /// Where a row stands: its alert, title key and client's name key.
    pub(super) fn of(alert: &Alert, keys: (String, String), sort: Sort) -> Self {
        match sort.column {
            Column::DueAt | Column::Status | Column::Assignee | Column::Author => {
                Self::Instant(alert.due_at)
            }
            Column::CreatedAt => Self::Instant(alert.created_at),
            Column::UpdatedAt => Self::Instant(alert.updated_at),
            Column::Priority => Self::Number(alert.priority_rank),
            Column::Title => Self::Text(keys.0),
            Column::Client => Self::Text(keys.1),
        }
    }

    /// Whether it can be one of that order.
    pub(super) fn fits(&self, sort: Sort) -> bool {
        match sort.column {
            Column::Priority => matches!(self, Self::Number(_)),
            // A title that reads like a date is still a title.
            Column::Title | Column::Client => !matches!(self, Self::Number(_)),
            _ => matches!(self, Self::Instant(_)),
        }
    }

    /// What it is bound as.
    pub(super) fn value(&self) -> Value {
        match self {
            Self::Number(number) => (*number).into(),
            Self::Instant(instant) => (*instant).into(),
            Self::Text(text) => text.clone().into(),
        }
    }
}
