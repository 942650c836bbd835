//! The order of attempts.

use base::db::Sql;
use serde::{Deserialize, Serialize};

use super::{Channel, Status};
use crate::error::{Error, Result};
use crate::sections::{Kind, Part};

/// What a list is ordered by; within what falls together, by date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    pub(super) by: By,
    pub(super) down: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum By {
    #[default]
    Date,
    Client,
    Agent,
    Status,
    Channel,
}

/// Names in the API, and other names for the same.
const NAMES: [(&str, By); 11] = [
    ("date_notification", By::Date),
    ("date", By::Date),
    ("created_at", By::Date),
    ("client", By::Client),
    ("utilisateur", By::Agent),
    ("agent", By::Agent),
    ("user", By::Agent),
    ("statut", By::Status),
    ("status", By::Status),
    ("canal", By::Channel),
    ("channel", By::Channel),
];

/// How attempts are read by whom they fall under.
pub(super) struct Heads {
    pub(super) key: &'static str,
    pub(super) id: &'static str,
    pub(super) owner: &'static str,
    /// What is read of them in their order. Clients lead; agents are gone through one by one.
    pub(super) from: &'static str,
}

const CLIENTS: Heads = Heads {
    key: "c.name_key",
    id: "c.id",
    owner: "a.client_id",
    from: " FROM clients c CROSS JOIN contact_attempts a LEFT JOIN users u ON u.id = a.user_id \
        WHERE a.client_id = c.id AND c.deleted_at IS NULL AND a.undone_at IS NULL",
};

const AGENTS: Heads =
    Heads { key: "u.name_key", id: "u.id", owner: "a.user_id", from: super::queries::FROM };

impl Default for Sort {
    fn default() -> Self {
        Self { by: By::Date, down: true }
    }
}

impl Sort {
    /// Reads `client` or `-date_notification`.
    ///
    /// # Errors
    /// `sort` is a wrong value.
    pub fn parse(text: &str) -> Result<Self> {
        let (name, down) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
        let known = NAMES.iter().find(|(known, _)| *known == name);
        known
            .map(|(_, by)| Self { by: *by, down })
            .ok_or_else(|| Error::invalid("sort", "wrong-value"))
    }
}

impl By {
    pub(super) fn kind(self) -> Kind {
        match self {
            Self::Date => Kind::Plain,
            Self::Client | Self::Agent => Kind::Heads,
            Self::Status => Kind::Values(2),
            Self::Channel => Kind::Values(Channel::ALL.len()),
        }
    }

    pub(super) fn head(self) -> &'static Heads {
        if self == Self::Agent { &AGENTS } else { &CLIENTS }
    }

    /// Appends ` AND …`: what is in `part`; `beyond` is ` > (` or ` < (`.
    pub(super) fn push_part(self, sql: &mut Sql, part: Part<'_>, beyond: &str) {
        let Heads { key, id, owner, .. } = self.head();
        match part {
            Part::All => {}
            Part::Heads(None) => drop(sql.push(" AND ").push(owner).push(" IS NOT NULL")),
            Part::Value(index) if self == Self::Channel => {
                let name = Channel::ALL.get(index).map_or("", |channel| channel.as_str());
                sql.push(" AND a.channel = ").bind(name);
            }
            Part::Value(index) => {
                let status = if index == 0 { Status::Success } else { Status::Failure };
                sql.push(" AND a.status = ").bind(status.as_str());
            }
            Part::One(head) => drop(sql.push(" AND ").push(owner).push(" = ").bind(head.id)),
            Part::Nobody => drop(sql.push(" AND ").push(owner).push(" IS NULL")),
            Part::Heads(Some(head)) => {
                sql.push(&format!(" AND ({key}, {id})")).push(beyond);
                sql.bind(head.key.clone()).push(", ").bind(head.id).push(")");
            }
        }
    }
}
