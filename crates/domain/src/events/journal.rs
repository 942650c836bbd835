//! The journal: every event of the actor's centre, for those who run it.

use base::db::Sql;
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::actor::Actor;
use crate::error::{Error, Invalid, Result};
use crate::paging::Total;

/// What narrows the journal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JournalFilter {
    /// Who did it.
    pub actor: Option<Uuid>,
    /// `client.updated`, or `client` for everything about clients.
    pub action: Option<String>,
    /// `client`, a UUID, or `client:UUID`.
    pub subject: Option<String>,
    /// Not before.
    pub from: Option<DateTime<Utc>>,
    /// Before.
    pub to: Option<DateTime<Utc>>,
}

/// One line of the journal.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its number.
    pub seq: i64,
    /// Its id.
    pub id: Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// `noun.past_verb`.
    pub action: String,
    /// Who; `None` is the system.
    pub actor_id: Option<Uuid>,
    /// Their name.
    pub actor_name: Option<String>,
    /// Where.
    pub call_center_id: Option<Uuid>,
    /// The noun.
    pub subject_kind: String,
    /// Which one.
    pub subject_id: Uuid,
    /// The client it concerns.
    pub client_id: Option<Uuid>,
    /// That client's name.
    pub client_name: Option<String>,
    /// What changed.
    pub data: Json,
    /// Its place in the chain.
    pub hash: String,
}

#[derive(FromQueryResult)]
struct Row {
    seq: i64,
    id: Uuid,
    at: DateTime<Utc>,
    kind: String,
    actor_id: Option<Uuid>,
    actor_name: Option<String>,
    call_center_id: Option<Uuid>,
    subject_kind: String,
    subject_id: Uuid,
    client_id: Option<Uuid>,
    client_name: Option<String>,
    data: Option<String>,
    hash: String,
}

impl From<Row> for Entry {
    fn from(row: Row) -> Self {
        Self {
            seq: row.seq,
            id: row.id,
            at: row.at,
            action: row.kind,
            actor_id: row.actor_id,
            actor_name: row.actor_name,
            call_center_id: row.call_center_id,
            subject_kind: row.subject_kind,
            subject_id: row.subject_id,
            client_id: row.client_id,
            client_name: row.client_name,
            data: row.data.and_then(|d| serde_json::from_str(&d).ok()).unwrap_or(Json::Null),
            hash: row.hash,
        }
    }
}

impl JournalFilter {
    /// # Errors
    /// A subject that is neither a noun nor an id.
    pub fn check(&self) -> Result<()> {
        let mut invalid = Invalid::new();
        if self.subject.is_some() && self.subject_parts().is_none() {
            invalid.add("subject", "wrong-value");
        }
        if self.action.as_deref().is_some_and(|action| !is_name(action)) {
            invalid.add("action", "wrong-value");
        }
        invalid.check()
    }

    fn subject_parts(&self) -> Option<(Option<&str>, Option<Uuid>)> {
        let subject = self.subject.as_deref()?;
        if let Ok(id) = subject.parse() {
            return Some((None, Some(id)));
        }
        match subject.split_once(':') {
            Some((kind, id)) => Some((Some(kind).filter(|k| is_name(k)), Some(id.parse().ok()?))),
            None => is_name(subject).then_some((Some(subject), None)),
        }
    }

    fn narrow(&self, sql: &mut Sql) {
        if let Some(actor) = self.actor {
            sql.push(" AND e.actor_id = ").bind(actor);
        }
        if let Some(action) = &self.action {
            if action.contains('.') {
                sql.push(" AND e.kind = ").bind(action.clone());
            } else {
                sql.push(" AND e.kind LIKE ").bind(format!("{action}.%"));
            }
        }
        if let Some((kind, id)) = self.subject_parts() {
            if let Some(id) = id {
                sql.push(" AND e.subject_id = ").bind(id);
            }
            if let Some(kind) = kind {
                sql.push(" AND e.subject_kind = ").bind(kind);
            }
        }
        if let Some(from) = self.from {
            sql.push(" AND e.at >= ").bind(from);
        }
        if let Some(to) = self.to {
            sql.push(" AND e.at < ").bind(to);
        }
    }
}

/// Lower-case words, joined by `_` and one `.`.
fn is_name(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_lowercase() || b == b'_' || b == b'.';
    !text.is_empty() && text.len() <= 60 && text.bytes().all(fits)
}

/// The latest entries that match, from before number `before`, newest first.
///
/// # Errors
/// Admins only; a wrong filter; the engine's.
pub async fn journal(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    filter: &JournalFilter,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<Entry>> {
    actor.require(actor.is_admin())?;
    filter.check()?;
    let mut sql = Sql::new(
        "SELECT e.seq, e.id, e.at, e.kind, e.actor_id, u.name AS actor_name, e.call_center_id, \
         e.subject_kind, e.subject_id, e.client_id, c.full_name AS client_name, e.data, e.hash \
         FROM events e LEFT JOIN users u ON u.id = e.actor_id \
         LEFT JOIN clients c ON c.id = e.client_id WHERE 1 = 1",
    );
    actor.within_center(&mut sql, "e.call_center_id");
    filter.narrow(&mut sql);
    if let Some(before) = before {
        sql.push(" AND e.seq < ").bind(before);
    }
    sql.push(" ORDER BY e.seq DESC LIMIT ").bind(i64::from(limit));
    Ok(sql.all::<Row>(conn).await?.into_iter().map(Entry::from).collect())
}

/// How many entries match.
///
/// # Errors
/// Admins only; a wrong filter; the engine's.
pub async fn count(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    filter: &JournalFilter,
) -> Result<Total> {
    actor.require(actor.is_admin())?;
    filter.check()?;
    let mut sql = Sql::new("SELECT 1 FROM events e WHERE 1 = 1");
    actor.within_center(&mut sql, "e.call_center_id");
    filter.narrow(&mut sql);
    Total::count(sql, conn).await.map_err(Error::from)
}
