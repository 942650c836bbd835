use base::db::{Sql, Tx, insert_many};
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use serde_json::json;
use uuid::Uuid;

use super::State;
use super::weigh::Reason;
use crate::actor::Actor;

/// A pair about to be written.
pub(super) struct Found {
    pub(super) first: Uuid,
    pub(super) second: Uuid,
    pub(super) score: i32,
    pub(super) reasons: Vec<Reason>,
    pub(super) fingerprint: String,
    pub(super) suggested_by: Option<Uuid>,
}

#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct PairRow {
    pub(super) id: Uuid,
    pub(super) call_center_id: Uuid,
    pub(super) first_id: Uuid,
    pub(super) second_id: Uuid,
    pub(super) score: i32,
    pub(super) reasons: serde_json::Value,
    pub(super) state: String,
    pub(super) created_at: DateTime<Utc>,
}

/// What [`PairRow`] reads of `p`.
pub(super) const COLUMNS: &str = "p.id, p.call_center_id, p.first_id, p.second_id, p.score, \
                                  p.reasons, p.state, p.created_at";

/// A pair of two clients that are there, in the actor's sight.
pub(super) async fn pair(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    id: Uuid,
) -> Result<Option<PairRow>, DbErr> {
    if !actor.works_with_clients() {
        return Ok(None);
    }
    let mut sql = Sql::new(format!("SELECT {COLUMNS} FROM duplicate_pairs p WHERE p.id = "));
    sql.bind(id);
    actor.within_center(&mut sql, "p.call_center_id");
    sql.one(conn).await
}

pub(super) async fn pair_of(
    conn: &impl ConnectionTrait,
    first: Uuid,
    second: Uuid,
) -> Result<Option<PairRow>, DbErr> {
    let mut sql = Sql::new(format!("SELECT {COLUMNS} FROM duplicate_pairs p WHERE p.first_id = "));
    sql.bind(first).push(" AND p.second_id = ").bind(second);
    sql.one(conn).await
}

pub(super) async fn set_state(
    tx: &Tx,
    pair: Uuid,
    state: State,
    by: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let mut sql = Sql::new("UPDATE duplicate_pairs SET state = ");
    sql.bind(state.as_str()).push(", decided_by = ").bind(by);
    sql.push(", decided_at = ").bind(now).push(", updated_at = ").bind(now);
    sql.push(" WHERE id = ").bind(pair);
    sql.later(tx).await
}

/// Writes pairs that were found. A dismissed one opens again when it was found on something else.
pub(super) async fn upsert(
    tx: &Tx,
    center: Uuid,
    found: Vec<Found>,
    now: DateTime<Utc>,
    id: impl Fn() -> Uuid,
) -> Result<(), DbErr> {
    let columns = [
        "id",
        "call_center_id",
        "first_id",
        "second_id",
        "score",
        "reasons",
        "fingerprint",
        "state",
        "suggested_by",
        "created_at",
        "updated_at",
    ];
    let rows: Vec<Vec<sea_orm::Value>> = found
        .into_iter()
        .map(|pair| {
            let reasons: Vec<&str> = pair.reasons.iter().map(|reason| reason.as_str()).collect();
            vec![
                id().into(),
                center.into(),
                pair.first.into(),
                pair.second.into(),
                pair.score.into(),
                json!(reasons).into(),
                pair.fingerprint.into(),
                State::Open.as_str().into(),
                pair.suggested_by.into(),
                now.into(),
                now.into(),
            ]
        })
        .collect();
    let again = "ON CONFLICT (first_id, second_id) DO UPDATE SET score = excluded.score, \
        reasons = excluded.reasons, updated_at = excluded.updated_at, \
        suggested_by = COALESCE(excluded.suggested_by, duplicate_pairs.suggested_by), \
        state = CASE WHEN duplicate_pairs.state = 'dismissed' \
        AND duplicate_pairs.fingerprint <> excluded.fingerprint THEN 'open' \
        ELSE duplicate_pairs.state END, fingerprint = excluded.fingerprint \
        WHERE duplicate_pairs.fingerprint <> excluded.fingerprint \
        OR duplicate_pairs.score <> excluded.score OR excluded.suggested_by IS NOT NULL";
    insert_many(tx, "duplicate_pairs", &columns, rows, again).await.map(drop)
}

/// Forgets open pairs of `clients` that are not among `kept` and that nobody suggested.
pub(super) async fn drop_stale(
    tx: &Tx,
    clients: &[Uuid],
    kept: &[(Uuid, Uuid)],
) -> Result<(), DbErr> {
    #[derive(FromQueryResult)]
    struct Open {
        id: Uuid,
        first_id: Uuid,
        second_id: Uuid,
    }
    let mut gone = Vec::new();
    for column in ["first_id", "second_id"] {
        let mut sql = Sql::new(format!(
            "SELECT id, first_id, second_id FROM duplicate_pairs WHERE state = 'open' \
             AND suggested_by IS NULL AND {column} IN "
        ));
        sql.bind_list(clients.to_vec());
        let open: Vec<Open> = sql.all(tx).await?;
        gone.extend(
            open.into_iter()
                .filter(|pair| !kept.contains(&(pair.first_id, pair.second_id)))
                .map(|pair| pair.id),
        );
    }
    for ids in gone.chunks(500) {
        let mut sql = Sql::new("DELETE FROM duplicate_pairs WHERE id IN ");
        sql.bind_list(ids.to_vec());
        sql.later(tx).await?;
    }
    Ok(())
}

/// The region phones of a centre are read in.
pub(super) async fn region(conn: &impl ConnectionTrait, center: Uuid) -> Result<String, DbErr> {
    let sql = "SELECT phone_region FROM call_centers WHERE id = $1";
    let region: Option<String> = Sql::with(sql, [center.into()]).scalar(conn).await?;
    Ok(region.unwrap_or_default())
}
