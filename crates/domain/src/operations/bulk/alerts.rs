//! One alert on each of many clients. The operation's id is the alerts' batch.

use base::db::Tx;
use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{COUNT_BATCH, Params, next_ids};
use crate::actor::Actor;
use crate::alerts::{self, NewAlert};
use crate::error::{Error, Invalid, Result};
use crate::events::NewEvent;
use crate::operations::Operation;
use crate::operations::queries::Item;
use crate::operations::step::Batch;

/// Notes what is wrong with the alert to create.
pub(super) async fn check(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    params: &Params,
    now: DateTime<Utc>,
    invalid: &mut Invalid,
) -> Result<()> {
    let Some(alert) = &params.alert else {
        invalid.add("params.alert", "required");
        return Ok(());
    };
    let mut cursor = None;
    loop {
        // Someone of one centre meets only that one: a few of its clients stand for all.
        let limit = if actor.call_center_id.is_some() { 1 } else { COUNT_BATCH };
        let (ids, last) = next_ids(conn, actor, params, cursor, None, limit, now).await?;
        if let Err(error) = alerts::check(conn, actor, &ids, alert, now).await {
            let Error::Invalid(errors) = error else { return Err(error) };
            for error in errors {
                let field = format!("params.alert.{}", error.field);
                invalid.add_with(&field, error.code, error.args);
            }
            return Ok(());
        }
        match last {
            Some(last) if actor.call_center_id.is_none() => cursor = Some(last),
            _ => return Ok(()),
        }
    }
}

/// Creates the alert on each of these clients.
pub(super) async fn apply(
    tx: &Tx,
    operation: &Operation,
    actor: &Actor,
    alert: Option<&NewAlert>,
    ids: &[Uuid],
    now: DateTime<Utc>,
) -> Result<Batch> {
    let alert = alert.ok_or(Error::Conflict("operation-unreadable"))?;
    let times = (operation.created_at, now);
    let made = alerts::schedule_portion(tx, actor, operation.id, ids, alert, times).await?;
    let mut batch = Batch::default();
    batch.tally.created = super::count(made.len());
    batch.created =
        made.into_iter().map(|id| Item { id, before: json!({}), after_version: 1 }).collect();
    Ok(batch)
}

/// Removes the alerts an operation created.
pub(in crate::operations) async fn put_back(
    tx: &Tx,
    actor: &Actor,
    undone: Uuid,
    wanted: Vec<(Uuid, Json)>,
    now: DateTime<Utc>,
) -> Result<(Vec<NewEvent>, Vec<(Uuid, &'static str)>)> {
    let ids: Vec<Uuid> = wanted.into_iter().map(|(id, _)| id).collect();
    let (removed, events) = alerts::remove_portion(tx, actor, undone, &ids, now).await?;
    let gone = ids.into_iter().filter(|id| !removed.contains(id));
    Ok((events, gone.map(|id| (id, "changed-since")).collect()))
}
