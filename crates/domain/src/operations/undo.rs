use base::db::{Db, Tx};
use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::queries::{self, Undoable};
use super::step::{BATCH, Batch};
use super::{Kind, NewOperation, Operation, bulk, imports};
use crate::actor::Actor;
use crate::error::{Error, Result};

/// Starts putting back what an operation changed; what someone changed since is left alone and
/// named in the result. Returns the undo's id and how many rows it concerns.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] when it is not over, changed nothing, or is undone.
pub async fn undo(db: &Db, actor: &Actor, id: Uuid, now: DateTime<Utc>) -> Result<(Uuid, i64)> {
    let operation = super::get(db.read(), actor, id).await?;
    bulk::permit(actor, operation.kind)?;
    if !operation.state.is_over() {
        return Err(Error::Conflict("operation-still-running"));
    }
    if !operation.can_be_undone() {
        return Err(Error::Conflict("operation-not-undoable"));
    }
    let total = queries::count_items(db.read(), id).await?;
    let new = NewOperation {
        kind: Kind::Undo,
        call_center_id: operation.call_center_id,
        params: json!({ "kind": operation.kind }),
        total,
        undo_of: Some(id),
    };
    let tx = db.begin().await?;
    let undo = super::start(&tx, actor, new, now).await?;
    if !queries::claim_undo(&tx, id, undo).await? {
        return Err(Error::Conflict("operation-not-undoable"));
    }
    tx.commit().await?;
    Ok((undo, total))
}

/// Puts the next rows back.
pub(super) async fn batch(
    tx: &Tx,
    operation: &Operation,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Batch> {
    let undone = undone_operation(tx, operation).await?;
    let table = match undone.kind {
        Kind::CreateAlerts => "alerts",
        Kind::ImportOrders => "orders",
        _ => "clients",
    };
    let items = queries::items_to_undo(tx, undone.id, table, operation.cursor, BATCH).await?;
    let mut batch = Batch { seen: bulk::count(items.len()), ..Batch::default() };
    batch.cursor = items.last().map(|item| item.id).filter(|_| batch.seen == BATCH);
    batch.over = batch.cursor.is_none();
    let Sorted { created, mut changed, touched } = sorted(items);
    let left = match undone.kind {
        Kind::CreateAlerts | Kind::ImportClients | Kind::ImportOrders => {
            touched.into_iter().map(|(id, _)| id).collect()
        }
        _ => {
            let (standing, left) = bulk::still_standing(tx, &undone, touched).await?;
            changed.extend(standing);
            left
        }
    };
    let attempted = bulk::count(created.len() + changed.len());
    batch.kept = left.into_iter().map(|id| (id, "changed-since")).collect();
    let parts = match undone.kind {
        Kind::CreateAlerts => {
            vec![bulk::put_back_alerts(tx, actor, undone.id, created, now).await?]
        }
        Kind::ImportClients => vec![
            bulk::put_back(tx, operation.id, created, now).await?,
            imports::put_back(tx, actor, changed, now).await?,
        ],
        Kind::ImportOrders => {
            vec![imports::put_orders_back(tx, &undone, created, changed, now).await?]
        }
        _ => vec![bulk::put_back(tx, operation.id, changed, now).await?],
    };
    batch.tally.updated = attempted;
    for (events, kept) in parts {
        batch.tally.updated -= bulk::count(kept.len());
        batch.events.extend(events);
        batch.kept.extend(kept);
    }
    batch.tally.kept = bulk::count(batch.kept.len());
    Ok(batch)
}

/// Items by what an undo does with them.
struct Sorted {
    /// To be taken away.
    created: Vec<(Uuid, Json)>,
    /// To be put back to what is said beside.
    changed: Vec<(Uuid, Json)>,
    /// Changed since by someone: only what still stands of the operation may be put back.
    touched: Vec<(Uuid, Json)>,
}

fn sorted(items: Vec<Undoable>) -> Sorted {
    let mut sorted = Sorted { created: Vec::new(), changed: Vec::new(), touched: Vec::new() };
    for item in items {
        if item.version.is_none() || item.version != item.after_version {
            sorted.touched.push((item.id, item.before.unwrap_or(Json::Null)));
        } else if item.state == "created" {
            sorted.created.push((item.id, json!({ "created": true })));
        } else {
            sorted.changed.push((item.id, item.before.unwrap_or(Json::Null)));
        }
    }
    sorted
}

async fn undone_operation(conn: &impl ConnectionTrait, undo: &Operation) -> Result<Operation> {
    let id = undo.undo_of.ok_or(Error::Conflict("operation-unreadable"))?;
    queries::find(conn, None, id).await?.ok_or(Error::NotFound)
}
