//! One record out of two.

use std::collections::BTreeMap;

use base::db::{Db, Sql, Tx};
use base::ids::new_id;
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::fields::{self, Choices, Field};
use super::relations::{self, Moved};
use super::{Reason, State, may_decide, ordered, queries, subject, two};
use crate::actor::Actor;
use crate::clients::{self, Client, ClientChanges};
use crate::error::{Error, Result, expect_version};
use crate::events::{self, NewEvent};
use crate::orders::examine;

/// What a merge would do.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The record that stays.
    pub winner: Client,
    /// The record that goes into it.
    pub loser: Client,
    /// Every field, with what it becomes.
    pub fields: Vec<Field>,
    /// How many rows of each table go along.
    pub moves: Vec<(&'static str, i64)>,
    /// How alike they are, from 0 to 100.
    pub score: i32,
    /// On what.
    pub reasons: Vec<Reason>,
    /// The pair in the list, if it is there: its id and state.
    pub pair: Option<(Uuid, String)>,
}

/// A merge that was done.
#[derive(Clone, Debug, PartialEq)]
pub struct Merged {
    /// Its id, to take it back by.
    pub id: Uuid,
    /// How many rows of each table went along.
    pub moved: Vec<(String, usize)>,
}

/// A merge as it is kept.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Merge {
    /// Its id.
    pub id: Uuid,
    /// Its centre.
    pub call_center_id: Uuid,
    /// The record that stayed.
    pub winner_id: Uuid,
    /// The record that went into it.
    pub loser_id: Uuid,
    /// What that one was called.
    pub loser_name: String,
    /// What was chosen.
    pub choices: Json,
    /// The record that stayed, before.
    pub winner_before: Json,
    /// The same, after.
    pub winner_after: Json,
    /// The other, before.
    pub loser_before: Json,
    /// Ids of what was moved, by table.
    pub moved: Json,
    pub(super) pair_state: Option<String>,
    /// Who merged.
    pub merged_by: Option<Uuid>,
    /// When.
    pub merged_at: DateTime<Utc>,
    /// When it was taken back.
    pub undone_at: Option<DateTime<Utc>>,
}

const SELECT: &str = "SELECT m.id, m.call_center_id, m.winner_id, m.loser_id, m.choices, \
    m.winner_before, m.winner_after, m.loser_before, m.moved, m.pair_state, m.merged_by, \
    m.merged_at, m.undone_at, c.full_name AS loser_name FROM client_merges m \
    JOIN clients c ON c.id = m.loser_id WHERE ";

/// What merging `loser` into `winner` would do.
///
/// # Errors
/// [`Error::NotFound`]; the two are one, or of two centres (`client_id`).
pub async fn preview(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    winner: Uuid,
    loser: Uuid,
    choices: &Choices,
) -> Result<Preview> {
    let (winner, loser) = two(conn, actor, winner, loser).await?;
    let region = queries::region(conn, winner.call_center_id).await?;
    let alike = subject::compare(conn, &region, winner.id, loser.id).await?;
    let (first, second) = ordered(winner.id, loser.id);
    let pair = queries::pair_of(conn, first, second).await?;
    Ok(Preview {
        fields: fields::fields(&winner, &loser, choices),
        moves: relations::counts(conn, loser.id).await?,
        winner,
        loser,
        score: alike.score,
        reasons: alike.reasons,
        pair: pair.map(|pair| (pair.id, pair.state)),
    })
}

/// Makes one record of two: `loser` goes into `winner`, with everything that hangs on it. Their
/// versions, when given, must be those.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`], [`Error::Stale`]; every field that cannot be so.
pub async fn merge(
    db: &Db,
    actor: &Actor,
    (winner, winner_version): (Uuid, Option<i32>),
    (loser, loser_version): (Uuid, Option<i32>),
    choices: &Choices,
    now: DateTime<Utc>,
) -> Result<Merged> {
    let tx = db.begin().await?;
    let center = two(&tx, actor, winner, loser).await?.0.call_center_id;
    actor.require(may_decide(actor))?;
    // Of two that are merged at once, or parted, the second sees what the first has done.
    examine::take_turn(&tx, center).await?;
    let (winner, loser) = two(&tx, actor, winner, loser).await?;
    expect_version(winner_version, winner.version)?;
    expect_version(loser_version, loser.version)?;
    let fields = fields::fields(&winner, &loser, choices);
    let after = fields::result(&fields);
    examine::clients_go(&tx, center, &[winner.id, loser.id], now).await?;
    retire(&tx, &loser, winner.id, now).await?;
    let account = give_account(&tx, &winner, &loser, &after, now).await?;
    let moved = relations::move_all(&tx, loser.id, winner.id).await?;
    let current = clients::get(&tx, actor, winner.id).await?;
    let wanted = ClientChanges::all(clients::from_record(&after)?);
    let (_, mut changes) = clients::apply(&tx, &current, wanted, now).await?;
    if winner.is_active != current.is_active {
        changes.insert("is_active".into(), json!([winner.is_active, current.is_active]));
    }
    refresh(&tx, winner.call_center_id, &[winner.id, loser.id], now).await?;
    let pair_state = close_pair(&tx, actor, winner.id, loser.id, now).await?;
    let last = clients::get(&tx, actor, winner.id).await?;
    let mut winner_after = clients::record(&last);
    winner_after.insert("took_account".into(), json!(account));
    let id = new_id(now);
    let values = [
        id.into(),
        winner.call_center_id.into(),
        winner.id.into(),
        loser.id.into(),
        json!(choices).into(),
        Json::Object(clients::record(&winner)).into(),
        Json::Object(winner_after).into(),
        Json::Object(clients::record(&loser)).into(),
        json!(moved).into(),
        pair_state.into(),
        actor.user_id.into(),
        now.into(),
    ];
    insert(&tx, values).await?;
    let counts = counted(&moved);
    let events = events_of(&winner, &loser, id, &counts, changes);
    events::record_many(&tx, actor, events, now).await?;
    tx.commit().await?;
    Ok(Merged { id, moved: counts })
}

fn counted(moved: &Moved) -> Vec<(String, usize)> {
    moved.iter().map(|(table, ids)| (table.clone(), ids.len())).collect()
}

fn events_of(
    winner: &Client,
    loser: &Client,
    merge: Uuid,
    moved: &[(String, usize)],
    changes: Map<String, Json>,
) -> Vec<NewEvent> {
    let moved: Map<String, Json> =
        moved.iter().map(|(table, count)| (table.clone(), json!(count))).collect();
    let event = |kind, client: &Client, data| NewEvent {
        kind,
        call_center_id: Some(client.call_center_id),
        subject_kind: "client",
        subject_id: client.id,
        client_id: Some(client.id),
        data,
    };
    let gone = json!({ "changes": { "merged_into": [null, winner.id] }, "merge_id": merge });
    let merged = json!({ "changes": changes, "merge_id": merge, "merged_id": loser.id,
        "merged_name": loser.full_name, "moved": moved });
    vec![event("client.deleted", loser, gone), event("client.merged", winner, merged)]
}

/// Puts the loser out of every list, its code free.
async fn retire(tx: &Tx, loser: &Client, into: Uuid, now: DateTime<Utc>) -> Result<()> {
    let mut sql = Sql::new("UPDATE clients SET deleted_at = ");
    sql.bind(now).push(", merged_into = ").bind(into);
    sql.push(", version = version + 1, updated_at = ").bind(now);
    sql.push(" WHERE deleted_at IS NULL AND id = ").bind(loser.id);
    sql.push(" AND version = ").bind(loser.version);
    crate::error::expect_one(sql, tx).await
}

/// Gives the winner the portal account of the loser when it has none, and the activity chosen.
/// Says whether an account was given.
async fn give_account(
    tx: &Tx,
    winner: &Client,
    loser: &Client,
    after: &Map<String, Json>,
    now: DateTime<Utc>,
) -> Result<bool> {
    let gives = winner.username.is_empty() && !loser.username.is_empty();
    if gives {
        move_account(tx, loser.id, winner.id).await?;
    }
    let active = after.get("is_active").and_then(Json::as_bool).unwrap_or(winner.is_active);
    let mut sql = Sql::new("UPDATE clients SET is_active = ");
    sql.bind(active).push(", version = version + 1, updated_at = ").bind(now);
    sql.push(" WHERE deleted_at IS NULL AND id = ").bind(winner.id);
    sql.push(" AND version = ").bind(winner.version);
    crate::error::expect_one(sql, tx).await?;
    Ok(gives)
}

/// The portal account of `from` becomes that of `to`.
pub(super) async fn move_account(tx: &Tx, from: Uuid, to: Uuid) -> Result<(), DbErr> {
    Sql::with(
        "UPDATE clients SET username = (SELECT f.username FROM clients f WHERE f.id = $1), \
         user_id = (SELECT f.user_id FROM clients f WHERE f.id = $2) WHERE id = $3",
        [from.into(), from.into(), to.into()],
    )
    .later(tx)
    .await?;
    let empty = "UPDATE clients SET username = '', user_id = NULL WHERE id = $1";
    Sql::with(empty, [from.into()]).execute(tx).await.map(drop)
}

/// Computes anew what is computed of rows that moved.
pub(super) async fn refresh(
    tx: &Tx,
    center: Uuid,
    clients: &[Uuid],
    _now: DateTime<Utc>,
) -> Result<()> {
    clients::refresh_next_alert(tx, clients).await?;
    crate::contact_log::refresh_status(tx, clients).await?;
    crate::orders::refresh_figures(tx, center, clients).await?;
    Ok(())
}

async fn close_pair(
    tx: &Tx,
    actor: &Actor,
    winner: Uuid,
    loser: Uuid,
    now: DateTime<Utc>,
) -> Result<Option<String>> {
    let (first, second) = ordered(winner, loser);
    let Some(pair) = queries::pair_of(tx, first, second).await? else { return Ok(None) };
    queries::set_state(tx, pair.id, State::Merged, actor.user_id, now).await?;
    Ok(Some(pair.state))
}

async fn insert(tx: &Tx, values: [Value; 12]) -> Result<(), DbErr> {
    let mut sql = Sql::new(
        "INSERT INTO client_merges (id, call_center_id, winner_id, loser_id, choices, \
         winner_before, winner_after, loser_before, moved, pair_state, merged_by, merged_at) \
         VALUES ",
    );
    sql.bind_list(values);
    sql.later(tx).await
}

/// A merge the actor may see.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn merge_of(conn: &impl ConnectionTrait, actor: &Actor, id: Uuid) -> Result<Merge> {
    if !actor.works_with_clients() {
        return Err(Error::NotFound);
    }
    let mut sql = Sql::new(SELECT);
    sql.push("m.id = ").bind(id);
    actor.within_center(&mut sql, "m.call_center_id");
    sql.one(conn).await?.ok_or(Error::NotFound)
}

/// Notes rows of `table` that were made for a record after it had been merged, by its code or its
/// id: they go back with it, as if the merge had moved them.
pub(crate) async fn came_since(
    tx: &Tx,
    table: &str,
    came: impl IntoIterator<Item = (Uuid, Uuid)>,
) -> Result<(), DbErr> {
    #[derive(FromQueryResult)]
    struct Open {
        id: Uuid,
        winner_id: Uuid,
        moved: Json,
    }
    let mut by_record: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
    for (named, row) in came {
        by_record.entry(named).or_default().push(row);
    }
    for (named, rows) in by_record {
        // A record that was merged into one that was merged: each parting gives them on.
        let mut gone = Some(named);
        while let Some(loser) = gone {
            let mut sql = Sql::new(
                "SELECT id, winner_id, moved FROM client_merges \
                 WHERE undone_at IS NULL AND loser_id = ",
            );
            sql.bind(loser).hold(tx, "client_merges");
            let open: Option<Open> = sql.one(tx).await?;
            gone = open.as_ref().map(|merge| merge.winner_id);
            if let Some(Open { id, moved, .. }) = open {
                let mut moved: Moved = serde_json::from_value(moved).unwrap_or_default();
                moved.entry(table.to_owned()).or_default().extend(&rows);
                let mut sql = Sql::new("UPDATE client_merges SET moved = ");
                sql.bind(json!(moved)).push(" WHERE id = ").bind(id);
                sql.later(tx).await?;
            }
        }
    }
    Ok(())
}

/// What was merged into that client and not taken back, newest first. The caller may see it.
///
/// # Errors
/// The engine's.
pub async fn last_merges(conn: &impl ConnectionTrait, winner: Uuid) -> Result<Vec<Merge>, DbErr> {
    let mut sql = Sql::new(SELECT);
    sql.push("m.undone_at IS NULL AND m.winner_id = ").bind(winner);
    sql.push(" ORDER BY m.merged_at DESC, m.id DESC LIMIT 20");
    sql.all(conn).await
}
