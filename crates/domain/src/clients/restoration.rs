//! A change taken back, or the whole record as it was at an instant.

use base::db::Db;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::ConnectionTrait;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::history::{can_be_restored, changes_since};
use super::{Client, ClientChanges, HistoryEntry, apply, event, from_record, get, queries, record};
use crate::actor::Actor;
use crate::error::{Error, Invalid, Result, expect_version};
use crate::events;

/// What to go back to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// Before that change, by its number.
    Before(i64),
    /// The record as it was at that instant.
    At(DateTime<Utc>),
}

/// Who changed a field after what is to be put back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Later {
    /// When.
    pub at: DateTime<Utc>,
    /// Their name; none is Vigie itself.
    pub actor_name: Option<String>,
}

/// A field that would change.
#[derive(Clone, Debug, PartialEq)]
pub struct Restored {
    /// Its name.
    pub field: String,
    /// What it is.
    pub current: Json,
    /// What it would be again.
    pub wanted: Json,
    /// The last change of it since: it would be lost.
    pub later: Option<Later>,
}

/// What going back would do.
#[derive(Clone, Debug)]
pub struct Restoration {
    /// The client as it is.
    pub client: Client,
    /// The change to be taken back, when it is one.
    pub change: Option<HistoryEntry>,
    /// The fields that would change; none when it is so already.
    pub fields: Vec<Restored>,
}

/// What going back would do.
///
/// # Errors
/// [`Error::NotFound`] for a client out of sight, or a change that is none of theirs or cannot be
/// taken back; an instant before they were created (`at`).
pub async fn restoration(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    id: Uuid,
    then: Then,
) -> Result<Restoration> {
    let client = get(conn, actor, id).await?;
    match then {
        Then::Before(seq) => before(conn, client, seq).await,
        Then::At(at) => as_at(conn, client, at).await,
    }
}

async fn before(conn: &impl ConnectionTrait, client: Client, seq: i64) -> Result<Restoration> {
    let mut since = changes_since(conn, client.id, |sql| {
        sql.push("e.seq >= ").bind(seq);
    })
    .await?;
    let change = since.pop().filter(|entry| entry.seq == seq && entry.can_be_restored());
    let change = change.ok_or(Error::NotFound)?;
    let now = record(&client);
    let mut fields = Vec::new();
    for (field, wanted, _) in &change.changes {
        add(&mut fields, &now, field, wanted, last_change(&since, field));
    }
    Ok(Restoration { client, change: Some(change), fields })
}

async fn as_at(
    conn: &impl ConnectionTrait,
    client: Client,
    at: DateTime<Utc>,
) -> Result<Restoration> {
    if at < client.created_at {
        return Err(Error::invalid("at", "before-creation"));
    }
    let since = changes_since(conn, client.id, |sql| {
        sql.push("e.at > ").bind(at);
    })
    .await?;
    let now = record(&client);
    let mut then: Vec<(&String, &Json)> = Vec::new();
    for entry in &since {
        for (field, before, _) in &entry.changes {
            // Newest first: the oldest change says what it was.
            then.retain(|(known, _)| *known != field);
            then.push((field, before));
        }
    }
    let mut fields = Vec::new();
    for (field, wanted) in then {
        add(&mut fields, &now, field, wanted, last_change(&since, field));
    }
    fields.sort_by(|a, b| a.field.cmp(&b.field));
    Ok(Restoration { client, change: None, fields })
}

fn add(
    fields: &mut Vec<Restored>,
    now: &Map<String, Json>,
    field: &str,
    wanted: &Json,
    later: Option<Later>,
) {
    let current = now.get(field).cloned().unwrap_or_default();
    if !can_be_restored(field) || same(field, &current, wanted) {
        return;
    }
    fields.push(Restored { field: field.to_owned(), current, wanted: wanted.clone(), later });
}

/// No list and an empty one are the same; the order of tags says nothing.
fn same(field: &str, one: &Json, other: &Json) -> bool {
    let list = |value: &Json| {
        let mut list = value.as_array().cloned().unwrap_or_default();
        if field == "tags" {
            list.sort_by_key(ToString::to_string);
        }
        list
    };
    if one.is_array() || other.is_array() { list(one) == list(other) } else { one == other }
}

fn last_change(since: &[HistoryEntry], field: &str) -> Option<Later> {
    let last = since.iter().find(|entry| entry.changes.iter().any(|(name, ..)| name == field))?;
    Some(Later { at: last.at, actor_name: last.actor_name.clone() })
}

/// Goes back, for all the fields or `only` some. A change whose fields were changed again since
/// is only taken back with `overwrite`.
///
/// # Errors
/// As [`restoration`]; [`Error::Stale`]; [`Error::Conflict`] for later changes; fields that cannot
/// be so any more, each named.
pub async fn restore_to(
    db: &Db,
    actor: &Actor,
    (id, version): (Uuid, Option<i32>),
    then: Then,
    only: Option<&[String]>,
    overwrite: bool,
    now: DateTime<Utc>,
) -> Result<i32> {
    let mut invalid = Invalid::new();
    if only.is_some_and(|only| only.iter().any(|field| !can_be_restored(field))) {
        invalid.add("fields", "wrong-value");
    }
    // Pages ask for whole minutes, to their end.
    if matches!(then, Then::At(at) if at > now + TimeDelta::minutes(1)) {
        invalid.add("at", "in-the-future");
    }
    let tx = db.begin().await?;
    let Restoration { client, mut fields, .. } = match restoration(&tx, actor, id, then).await {
        Err(Error::Invalid(others)) => return Err(invalid.and(others).into()),
        found => found?,
    };
    invalid.check()?;
    expect_version(version, client.version)?;
    fields.retain(|field| only.is_none_or(|only| only.contains(&field.field)));
    let is_lost = |field: &Restored| field.later.is_some();
    if matches!(then, Then::Before(_)) && !overwrite && fields.iter().any(is_lost) {
        return Err(Error::Conflict("history-later-change"));
    }
    let mut wanted = record(&client);
    for field in &fields {
        let is_list = field.current.is_array() && field.wanted.is_null();
        let value = if is_list { json!([]) } else { field.wanted.clone() };
        wanted.insert(field.field.clone(), value);
    }
    let active = wanted.get("is_active").and_then(Json::as_bool).unwrap_or(client.is_active);
    let mut current = client.clone();
    crate::orders::examine::hold_links(&tx, client.call_center_id).await?;
    if active != client.is_active {
        queries::set(&tx, id, "is_active", active.into(), now).await?;
        current.version += 1;
    }
    let all = ClientChanges::all(from_record(&wanted)?);
    let (version, mut changes) = apply(&tx, &current, all, now).await?;
    if active != client.is_active {
        changes.insert("is_active".into(), json!([client.is_active, active]));
    }
    if changes.is_empty() {
        return Ok(client.version);
    }
    let mut event = event("client.updated", client.call_center_id, id, changes);
    event.data["restored_from"] = match then {
        Then::Before(seq) => json!({ "event": seq }),
        Then::At(at) => json!({ "at": at }),
    };
    events::record(&tx, actor, event, now).await?;
    tx.commit().await?;
    Ok(version)
}
