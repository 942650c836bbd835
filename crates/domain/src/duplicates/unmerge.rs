//! Two records again.
//!
//! What the merge moved moves back, and what came since under the other's code or id. The rest of
//! what came since stays with the record that stayed; a field someone changed since keeps that change.

use base::db::{Db, Sql, Tx};
use chrono::{DateTime, Utc};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::fields::{FIELDS, LISTS, texts};
use super::merge::{Merge, merge_of, move_account, refresh};
use super::relations::{self, Moved};
use super::{State, may_decide, ordered, queries};
use crate::actor::Actor;
use crate::clients::{self, Client, ClientChanges};
use crate::error::{Error, Result};
use crate::events::{self, NewEvent};
use crate::orders::examine;

/// Something that could not be put back, or was left alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// That field was changed since: the change stays.
    Field(String),
    /// That many rows of that table are no longer there to be given back.
    Gone(String, u64),
    /// The code it had is another's now: it comes back without.
    Code(String),
}

/// A merge that was taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmerged {
    /// The record that stayed.
    pub winner: Uuid,
    /// The one that is back.
    pub loser: Uuid,
    /// What it is called.
    pub loser_name: String,
    /// What is not as it was.
    pub kept: Vec<Kept>,
}

/// Takes a merge back.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`]; [`Error::Conflict`] when it was taken back already,
/// when the record that stayed went into another since, or lies in the bin.
pub async fn unmerge(db: &Db, actor: &Actor, id: Uuid, now: DateTime<Utc>) -> Result<Unmerged> {
    let tx = db.begin().await?;
    let center = merge_of(&tx, actor, id).await?.call_center_id;
    actor.require(may_decide(actor))?;
    examine::take_turn(&tx, center).await?;
    let merge = merge_of(&tx, actor, id).await?;
    if merge.undone_at.is_some() {
        return Err(Error::Conflict("merge-undone"));
    }
    let winner = match clients::get(&tx, actor, merge.winner_id).await {
        Ok(winner) => winner,
        Err(Error::Merged(_)) => return Err(Error::Conflict("merge-winner-merged")),
        Err(Error::NotFound) => return Err(Error::Conflict("merge-winner-binned")),
        Err(error) => return Err(error),
    };
    claim(&tx, actor, id, now).await?;
    let mut kept = Vec::new();
    let changes = put_back(&tx, actor, &merge, &winner, &mut kept, now).await?;
    bring_back(&tx, &merge, &mut kept, now).await?;
    // Read once it is claimed: nothing is noted in it from then on.
    let moved = merge_of(&tx, actor, id).await?.moved;
    let moved: Moved = serde_json::from_value(moved).unwrap_or_default();
    let gone = relations::move_back(&tx, &moved, merge.winner_id, merge.loser_id).await?;
    kept.extend(gone.into_iter().map(|(table, count)| Kept::Gone(table, count)));
    refresh(&tx, merge.call_center_id, &[merge.winner_id, merge.loser_id], now).await?;
    crate::alerts::arm_clients(&tx, &[merge.loser_id], now).await?;
    examine::clients_come_back(&tx, center, &[merge.winner_id, merge.loser_id], now).await?;
    open_pair(&tx, &merge, now).await?;
    note_kept(&tx, id, &kept).await?;
    events::record_many(&tx, actor, events_of(&merge, changes, &kept), now).await?;
    tx.commit().await?;
    let Merge { winner_id: winner, loser_id: loser, loser_name, .. } = merge;
    Ok(Unmerged { winner, loser, loser_name, kept })
}

/// Of two who press at once, one takes it back.
async fn claim(tx: &Tx, actor: &Actor, id: Uuid, now: DateTime<Utc>) -> Result<()> {
    let mut sql = Sql::new("UPDATE client_merges SET undone_at = ");
    sql.bind(now).push(", undone_by = ").bind(actor.user_id);
    sql.push(" WHERE undone_at IS NULL AND id = ").bind(id);
    match sql.execute(tx).await? {
        1 => Ok(()),
        _ => Err(Error::Conflict("merge-undone")),
    }
}

/// The record that stayed, as it was but for what was changed since.
async fn put_back(
    tx: &Tx,
    actor: &Actor,
    merge: &Merge,
    winner: &Client,
    kept: &mut Vec<Kept>,
    now: DateTime<Utc>,
) -> Result<Map<String, Json>> {
    if merge.winner_after["took_account"] == true {
        move_account(tx, merge.winner_id, merge.loser_id).await?;
    }
    let record = restored(merge, &clients::record(winner), kept);
    let active = record.get("is_active").and_then(Json::as_bool).unwrap_or(winner.is_active);
    let mut sql = Sql::new("UPDATE clients SET is_active = ");
    sql.bind(active).push(", version = version + 1, updated_at = ").bind(now);
    sql.push(" WHERE id = ").bind(winner.id);
    sql.push(" AND version = ").bind(winner.version);
    crate::error::expect_one(sql, tx).await?;
    let current = clients::get(tx, actor, winner.id).await?;
    let mut wanted = clients::from_record(&record)?;
    let mut written = clients::apply(tx, &current, ClientChanges::all(wanted.clone()), now).await;
    if let Err(Error::Invalid(errors)) = &written {
        // Its code went to another, or who looked after it has left: those stay as they are.
        if errors.iter().any(|error| error.field == "code") {
            kept.push(Kept::Code(wanted.code.take().unwrap_or_default()));
            wanted.code.clone_from(&current.code);
        }
        if errors.iter().any(|error| error.field == "assigned_to") {
            kept.push(Kept::Field("assigned_to".into()));
            wanted.assigned_to = current.assigned_to;
        }
        written = clients::apply(tx, &current, ClientChanges::all(wanted), now).await;
    }
    let (_, mut changes) = written?;
    if active != winner.is_active {
        changes.insert("is_active".into(), json!([winner.is_active, active]));
    }
    Ok(changes)
}

fn restored(merge: &Merge, current: &Map<String, Json>, kept: &mut Vec<Kept>) -> Map<String, Json> {
    let (before, after) = (&merge.winner_before, &merge.winner_after);
    let mut record = current.clone();
    for name in FIELDS {
        let now_is = current.get(name).cloned().unwrap_or_default();
        if now_is == after[name] {
            record.insert(name.into(), before[name].clone());
        } else if before[name] != after[name] && now_is != before[name] {
            kept.push(Kept::Field(name.into()));
        }
    }
    for name in LISTS {
        let now_is = current.get(name).cloned().unwrap_or_default();
        let value = if now_is == after[name] {
            before[name].clone()
        } else {
            json!(without_added(&texts(&now_is), &texts(&before[name]), &texts(&after[name])))
        };
        record.insert(name.into(), value);
    }
    record
}

/// The list as it is, without what the merge added and with what it took away.
fn without_added(current: &[String], before: &[String], after: &[String]) -> Vec<String> {
    let stays = current.iter().filter(|one| before.contains(one) || !after.contains(one));
    let mut list: Vec<String> = stays.cloned().collect();
    for one in before.iter().filter(|one| !after.contains(one)) {
        if !list.contains(one) {
            list.push(one.clone());
        }
    }
    list
}

/// The other record, out of the bin.
async fn bring_back(
    tx: &Tx,
    merge: &Merge,
    kept: &mut Vec<Kept>,
    now: DateTime<Utc>,
) -> Result<()> {
    let code = merge.loser_before["code"].as_str();
    let mut sql = Sql::new("UPDATE clients SET deleted_at = NULL, merged_into = NULL");
    if let Some(code) = code
        && clients::code_is_taken(tx, merge.call_center_id, code, Some(merge.loser_id)).await?
    {
        kept.push(Kept::Code(code.to_owned()));
        sql.push(", code = NULL");
    }
    sql.push(", version = version + 1, updated_at = ").bind(now);
    sql.push(" WHERE id = ").bind(merge.loser_id);
    crate::error::expect_one(sql, tx).await
}

async fn open_pair(tx: &Tx, merge: &Merge, now: DateTime<Utc>) -> Result<()> {
    let Some(state) = merge.pair_state.as_deref().and_then(State::parse) else { return Ok(()) };
    let (first, second) = ordered(merge.winner_id, merge.loser_id);
    if let Some(pair) = queries::pair_of(tx, first, second).await? {
        queries::set_state(tx, pair.id, state, None, now).await?;
    }
    Ok(())
}

async fn note_kept(tx: &Tx, id: Uuid, kept: &[Kept]) -> Result<()> {
    let kept: Vec<Json> = kept.iter().map(Kept::as_json).collect();
    let mut sql = Sql::new("UPDATE client_merges SET kept = ");
    sql.bind(json!(kept)).push(" WHERE id = ").bind(id);
    sql.later(tx).await?;
    Ok(())
}

impl Kept {
    /// For the API and the journal.
    pub fn as_json(&self) -> Json {
        match self {
            Self::Field(name) => json!({ "what": "field", "field": name }),
            Self::Gone(table, count) => json!({ "what": "gone", "of": table, "count": count }),
            Self::Code(code) => json!({ "what": "code", "code": code }),
        }
    }
}

fn events_of(merge: &Merge, changes: Map<String, Json>, kept: &[Kept]) -> Vec<NewEvent> {
    let event = |kind, client: Uuid, data| NewEvent {
        kind,
        call_center_id: Some(merge.call_center_id),
        subject_kind: "client",
        subject_id: client,
        client_id: Some(client),
        data,
    };
    let kept: Vec<Json> = kept.iter().map(Kept::as_json).collect();
    let parted = json!({ "changes": changes, "merge_id": merge.id, "merged_id": merge.loser_id,
        "merged_name": merge.loser_name, "kept": kept });
    let back =
        json!({ "changes": { "merged_into": [merge.winner_id, null] }, "merge_id": merge.id });
    vec![
        event("client.unmerged", merge.winner_id, parted),
        event("client.restored", merge.loser_id, back),
    ]
}
