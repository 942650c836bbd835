//! In business and out of it, to the bin and back.

use base::db::Db;
use chrono::{DateTime, Utc};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::{Client, event, get, queries, rows};
use crate::actor::Actor;
use crate::error::{Error, Result, expect_version};
use crate::events;
use crate::orders::examine;

/// Puts a client back in business. Nothing happens if they already are.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn activate(db: &Db, actor: &Actor, id: Uuid, now: DateTime<Utc>) -> Result<Client> {
    set_active(db, actor, id, Some(true), now).await
}

/// Takes a client out of business. Nothing happens if they already are.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn deactivate(db: &Db, actor: &Actor, id: Uuid, now: DateTime<Utc>) -> Result<Client> {
    set_active(db, actor, id, Some(false), now).await
}

/// Makes an active client inactive and the other way round.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn toggle(db: &Db, actor: &Actor, id: Uuid, now: DateTime<Utc>) -> Result<Client> {
    set_active(db, actor, id, None, now).await
}

async fn set_active(
    db: &Db,
    actor: &Actor,
    id: Uuid,
    wanted: Option<bool>,
    now: DateTime<Utc>,
) -> Result<Client> {
    let tx = db.begin().await?;
    let client = get(&tx, actor, id).await?;
    let active = wanted.unwrap_or(!client.is_active);
    if client.is_active == active {
        return Ok(client);
    }
    queries::set(&tx, id, "is_active", active.into(), now).await?;
    let kind = if active { "client.activated" } else { "client.deactivated" };
    let changes = one_change("is_active", json!(!active), json!(active));
    events::record(&tx, actor, event(kind, client.call_center_id, id, changes), now).await?;
    let client = get(&tx, actor, id).await?;
    tx.commit().await?;
    Ok(client)
}

/// Puts a client in the bin; [`restore`] takes them out again.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Stale`] when `version` is given and another.
pub async fn bin(
    db: &Db,
    actor: &Actor,
    id: Uuid,
    version: Option<i32>,
    now: DateTime<Utc>,
) -> Result<Client> {
    let tx = db.begin().await?;
    let client = get(&tx, actor, id).await?;
    expect_version(version, client.version)?;
    examine::clients_go(&tx, client.call_center_id, &[id], now).await?;
    queries::set(&tx, id, "deleted_at", now.into(), now).await?;
    let changes = one_change("deleted_at", Json::Null, json!(now));
    let event = event("client.deleted", client.call_center_id, id, changes);
    events::record(&tx, actor, event, now).await?;
    tx.commit().await?;
    Ok(client)
}

/// Takes a client out of the bin. If their code was given to another since, they come back
/// without it, which the history tells. Returns the client as they are now.
///
/// # Errors
/// [`Error::NotFound`] when they are not in the bin; [`Error::Merged`] when only taking the merge
/// back can bring them.
pub async fn restore(db: &Db, actor: &Actor, id: Uuid, now: DateTime<Utc>) -> Result<Client> {
    let tx = db.begin().await?;
    let found = rows::find(&tx, actor, id).await?;
    let client = found.filter(|c| c.deleted_at.is_some()).ok_or(Error::NotFound)?;
    if let Some(into) = client.merged_into {
        return Err(Error::Merged(into));
    }
    let center = client.call_center_id;
    examine::hold_links(&tx, center).await?;
    let mut changes = one_change("deleted_at", json!(client.deleted_at), Json::Null);
    if let Some(code) = &client.code
        && queries::code_is_taken(&tx, center, code, Some(id)).await?
    {
        queries::set(&tx, id, "code", None::<String>.into(), now).await?;
        changes.insert("code".into(), json!([code, null]));
    }
    queries::set(&tx, id, "deleted_at", None::<DateTime<Utc>>.into(), now).await?;
    // What fell due while the client lay in the bin is told now.
    crate::alerts::arm_clients(&tx, &[id], now).await?;
    examine::clients_come_back(&tx, center, &[id], now).await?;
    events::record(&tx, actor, event("client.restored", center, id, changes), now).await?;
    let client = get(&tx, actor, id).await?;
    tx.commit().await?;
    Ok(client)
}

fn one_change(field: &str, before: Json, after: Json) -> Map<String, Json> {
    Map::from_iter([(field.to_owned(), json!([before, after]))])
}
