//! What the administration page shows of the queue, and what it may do to it.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use uuid::Uuid;

use super::CHANNEL;
use crate::db::{Signal, Sql, Tx};

/// One kind of job at a glance.
#[derive(Clone, Debug, FromQueryResult)]
pub struct KindSummary {
    /// The kind.
    pub kind: String,
    /// Waiting for its time or its retry.
    pub ready: i64,
    /// Waiting although its time has come.
    pub late: i64,
    /// Being run.
    pub running: i64,
    /// Given up.
    pub dead: i64,
    /// When one last ended.
    pub last_run: Option<DateTime<Utc>>,
}

/// A job worth an administrator's look.
#[derive(Clone, Debug, FromQueryResult)]
pub struct JobRow {
    /// Its id.
    pub id: Uuid,
    /// Its kind.
    pub kind: String,
    /// What it was given.
    pub payload: serde_json::Value,
    /// `ready`, `running`, `done`, `dead` or `cancelled`.
    pub state: String,
    /// Its time.
    pub run_at: DateTime<Utc>,
    /// Tries so far.
    pub attempts: i32,
    /// What the last try said.
    pub last_error: Option<String>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
}

/// How far jobs are counted: past that the page says "more".
pub const COUNTED: i64 = 10_000;

/// Every kind that has jobs, by name. Cheap however many wait: counts stop past [`COUNTED`].
///
/// # Errors
/// The engine's.
pub async fn summary(
    conn: &impl ConnectionTrait,
    now: DateTime<Utc>,
) -> Result<Vec<KindSummary>, DbErr> {
    let count = |condition: &str| {
        let limit = COUNTED + 1;
        format!(
            "(SELECT COUNT(*) FROM (SELECT 1 FROM jobs j WHERE j.kind = k.kind AND {condition} \
             LIMIT {limit}) AS counted)"
        )
    };
    let (ready, late) = (count("j.state = 'ready'"), count("j.state = 'ready' AND j.run_at <= $1"));
    let (running, dead) = (count("j.state = 'running'"), count("j.state = 'dead'"));
    // From kind to kind along the index, without reading the jobs in between.
    let text = format!(
        "WITH RECURSIVE kinds(kind) AS (SELECT MIN(kind) FROM jobs UNION ALL \
         SELECT (SELECT MIN(n.kind) FROM jobs n WHERE n.kind > kinds.kind) FROM kinds \
         WHERE kinds.kind IS NOT NULL) \
         SELECT k.kind, {ready} AS ready, {late} AS late, {running} AS running, {dead} AS dead, \
         (SELECT j.finished_at FROM jobs j WHERE j.kind = k.kind AND j.finished_at IS NOT NULL \
         ORDER BY j.finished_at DESC LIMIT 1) AS last_run \
         FROM kinds k WHERE k.kind IS NOT NULL ORDER BY k.kind"
    );
    Sql::with(text, [now.into()]).all(conn).await
}

/// The latest jobs that failed at least once, newest first.
///
/// # Errors
/// The engine's.
pub async fn recent(conn: &impl ConnectionTrait, limit: u32) -> Result<Vec<JobRow>, DbErr> {
    Sql::with(
        "SELECT id, kind, payload, state, run_at, attempts, last_error, finished_at FROM jobs \
         WHERE last_error IS NOT NULL ORDER BY id DESC LIMIT $1",
        [i64::from(limit).into()],
    )
    .all(conn)
    .await
}

/// Makes a given-up or waiting job due now, with its tries counted afresh. `false`: there is no
/// such job to retry.
///
/// # Errors
/// The engine's.
pub async fn retry(tx: &Tx, id: Uuid, now: DateTime<Utc>) -> Result<bool, DbErr> {
    tx.signal(Signal::new(CHANNEL, ""));
    let changed = Sql::with(
        "UPDATE jobs SET state = 'ready', run_at = $1, attempts = 0, finished_at = NULL \
         WHERE id = $2 AND (state = 'dead' OR (state = 'ready' AND last_error IS NOT NULL))",
        [now.into(), id.into()],
    )
    .execute(tx)
    .await?;
    Ok(changed == 1)
}

/// Forgets jobs that ended before `before`, given-up ones excepted.
///
/// # Errors
/// The engine's.
pub async fn prune(tx: &Tx, before: DateTime<Utc>) -> Result<u64, DbErr> {
    Sql::with(
        "DELETE FROM jobs WHERE state IN ('done', 'cancelled') AND finished_at < $1",
        [before.into()],
    )
    .execute(tx)
    .await
}
