//! The order of orders, and places in it.

use base::db::Sql;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{LinkState, Order, Status};
use crate::error::{Error, Result};
use crate::sections::{Kind, Part};

/// What a list is ordered by; within what falls together, by date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    by: By,
    pub(super) descending: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Date,
    Price,
    Number,
    Name,
    Email,
    Status,
    Link,
    Client,
}

/// Names in the API, columns.
const COLUMNS: [(&str, By, &str); 8] = [
    ("ordered_at", By::Date, "o.ordered_at"),
    ("price", By::Price, "o.amount"),
    ("number", By::Number, "o.number"),
    ("client_name", By::Name, "o.name_key"),
    ("email", By::Email, "o.email_key"),
    ("status", By::Status, "o.ordered_at"),
    ("link", By::Link, "o.ordered_at"),
    ("client", By::Client, "o.ordered_at"),
];

/// The value a row is ordered by.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Key {
    Time(DateTime<Utc>),
    Int(i64),
    Text(String),
}

impl Default for Sort {
    fn default() -> Self {
        Self { by: By::Date, descending: true }
    }
}

impl Sort {
    /// Oldest first.
    pub const OLDEST: Self = Self { by: By::Date, descending: false };

    /// Reads `number` or `-ordered_at`.
    ///
    /// # Errors
    /// `sort` is a wrong value.
    pub fn parse(text: &str) -> Result<Self> {
        let (descending, name) = match text.strip_prefix('-') {
            Some(name) => (true, name),
            None => (false, text),
        };
        let known = COLUMNS.iter().find(|(known, ..)| *known == name);
        known
            .map(|(_, by, _)| Self { by: *by, descending })
            .ok_or_else(|| Error::invalid("sort", "wrong-value"))
    }

    fn row(self) -> (&'static str, By, &'static str) {
        COLUMNS.into_iter().find(|(_, by, _)| *by == self.by).unwrap_or(COLUMNS[0])
    }

    /// The name [`Sort::parse`] reads.
    pub(super) fn name(self) -> String {
        format!("{}{}", if self.descending { "-" } else { "" }, self.row().0)
    }

    /// What the rows of `part` are ordered by.
    pub(super) fn column(self, part: Part<'_>) -> &'static str {
        if part == Part::Nobody { "o.ordered_at" } else { self.row().2 }
    }

    pub(super) fn kind(self) -> Kind {
        match self.by {
            By::Email => Kind::Lacking,
            By::Status => Kind::Values(Status::ALL.len()),
            By::Link => Kind::Values(LinkState::ALL.len()),
            By::Client => Kind::Heads,
            _ => Kind::Plain,
        }
    }

    /// Appends ` AND …` on `o`, and on `c` for those of clients: what is in `part`; `beyond` is
    /// ` > (` or ` < (`.
    pub(super) fn push_part(self, sql: &mut Sql, part: Part<'_>, beyond: &str) {
        match part {
            Part::All if self.by == By::Email => drop(sql.push(" AND o.email_key IS NOT NULL")),
            Part::Nobody if self.by == By::Email => drop(sql.push(" AND o.email_key IS NULL")),
            // An order of a client in the bin is listed, under nobody.
            Part::Nobody => drop(sql.push(
                " AND NOT EXISTS (SELECT 1 FROM clients c WHERE c.id = o.client_id \
                 AND c.deleted_at IS NULL)",
            )),
            Part::All | Part::Heads(None) => {}
            Part::Value(index) if self.by == By::Status => {
                let name = Status::ALL.get(index).map_or("", |status| status.as_str());
                sql.push(" AND o.status = ").bind(name);
            }
            Part::Value(index) => {
                let name = LinkState::ALL.get(index).map_or("", |state| state.as_str());
                sql.push(" AND o.link_state = ").bind(name);
            }
            Part::One(head) => drop(sql.push(" AND o.client_id = ").bind(head.id)),
            Part::Heads(Some(head)) => {
                sql.push(" AND (c.name_key, c.id)").push(beyond);
                sql.bind(head.key.clone()).push(", ").bind(head.id).push(")");
            }
        }
    }

    /// The value a row of `part` is ordered by.
    pub(super) fn key_of(self, part: Part<'_>, order: &Order, email: Option<&String>) -> Key {
        match self.by {
            By::Price => Key::Int(order.amount),
            By::Number => Key::Text(order.number.clone()),
            By::Name => Key::Text(order.name_key.clone()),
            By::Email if part == Part::All => Key::Text(email.cloned().unwrap_or_default()),
            _ => Key::Time(order.ordered_at),
        }
    }

    /// Whether rows of `part` are ordered by such a value.
    pub(super) fn fits(self, part: Part<'_>, key: &Key) -> bool {
        match self.by {
            By::Price => matches!(key, Key::Int(_)),
            By::Number | By::Name => matches!(key, Key::Text(_)),
            By::Email if part == Part::All => matches!(key, Key::Text(_)),
            _ => matches!(key, Key::Time(_)),
        }
    }
}
