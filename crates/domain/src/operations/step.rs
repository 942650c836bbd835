use base::db::{Db, Tx};
use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use serde_json::json;
use uuid::Uuid;

use super::queries::{self, Item};
use super::{Kind, Operation, State, Tally, bulk, fact, undo};
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::events::{self, NewEvent};
use crate::users;

/// Rows one transaction changes: few enough that other writers wait some tens of milliseconds.
pub(super) const BATCH: i64 = 1_000;

/// What a batch left to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// More batches.
    More,
    /// Nothing.
    Over,
}

/// Does the next batch of a bulk action or of an undo.
///
/// # Errors
/// [`Error::Conflict`] when rows changed under the batch or another worker did it: try again.
pub async fn step(db: &Db, id: Uuid, now: DateTime<Utc>) -> Result<Progress> {
    let tx = db.begin().await?;
    let Some((operation, actor)) = open(&tx, id, now).await? else {
        tx.commit().await?;
        return Ok(Progress::Over);
    };
    let batch = match operation.kind {
        Kind::ImportClients | Kind::ImportOrders => return Ok(Progress::Over),
        Kind::Undo => undo::batch(&tx, &operation, &actor, now).await?,
        _ => bulk::batch(&tx, &operation, &actor, now).await?,
    };
    let progress = settle(&tx, &operation, &actor, batch, now).await?;
    tx.commit().await?;
    Ok(progress)
}

/// The operation and the rights of whoever asked for it, unless it is over. It fails if they may
/// no longer do anything.
pub(super) async fn open(
    tx: &Tx,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<Option<(Operation, Actor)>> {
    let Some(operation) = queries::find(tx, None, id).await? else { return Ok(None) };
    if operation.state.is_over() || operation.state == State::Draft {
        return Ok(None);
    }
    match actor_of(tx, &operation).await? {
        Some(actor) => Ok(Some((operation, actor))),
        None => {
            super::fail(tx, id, "no-longer-allowed", now).await?;
            Ok(None)
        }
    }
}

async fn actor_of(conn: &impl ConnectionTrait, operation: &Operation) -> Result<Option<Actor>> {
    let Some(user_id) = operation.user_id else { return Ok(Some(Actor::system())) };
    let profile = users::profile(conn, user_id).await?;
    Ok(profile.map(|profile| profile.actor()).filter(Actor::works_with_clients))
}

/// What one batch did.
#[derive(Default)]
pub(super) struct Batch {
    /// Rows looked at.
    pub(super) seen: i64,
    /// Where the next batch starts.
    pub(super) cursor: Option<Uuid>,
    /// Nothing is left.
    pub(super) over: bool,
    /// What to put back; state is `changed` or `created`.
    pub(super) changed: Vec<Item>,
    pub(super) created: Vec<Item>,
    /// What an undo left alone.
    pub(super) kept: Vec<(Uuid, &'static str)>,
    /// To add to the operation's.
    pub(super) tally: Tally,
    pub(super) events: Vec<NewEvent>,
}

/// Writes down what a batch did, in its transaction.
pub(super) async fn settle(
    tx: &Tx,
    operation: &Operation,
    actor: &Actor,
    batch: Batch,
    now: DateTime<Utc>,
) -> Result<Progress> {
    let mut tally = operation.tally.clone();
    tally.created += batch.tally.created;
    tally.alike += batch.tally.alike;
    tally.updated += batch.tally.updated;
    tally.unchanged += batch.tally.unchanged;
    tally.rejected += batch.tally.rejected;
    tally.kept += batch.tally.kept;
    let done = operation.done + batch.seen;
    if !queries::advance(tx, operation, done, batch.cursor, &tally, now).await? {
        // Another worker took over while this one stood still: its batch counts, not ours.
        return Err(Error::Conflict("operation-moved"));
    }
    queries::insert_items(tx, operation.id, "changed", batch.changed).await?;
    queries::insert_items(tx, operation.id, "created", batch.created).await?;
    queries::insert_kept(tx, operation.id, batch.kept).await?;
    let mut events = batch.events;
    let (kind, state) = if batch.over {
        queries::end(tx, operation.id, State::Done, &tally, now).await?;
        if let Some(undone) = operation.undo_of {
            queries::mark_undone(tx, undone).await?;
        }
        ("operation.finished", State::Done)
    } else {
        ("operation.progressed", State::Running)
    };
    let data = json!({ "kind": operation.kind, "state": state, "done": done, "result": tally });
    events.push(fact(kind, operation.id, operation.call_center_id, data));
    events::record_many(tx, actor, events, now).await?;
    Ok(if batch.over { Progress::Over } else { Progress::More })
}
