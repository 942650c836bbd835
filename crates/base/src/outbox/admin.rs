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

/// Every kind that has jobs, by name.
///
/// # Errors
/// The engine's.
pub async fn summary(
    conn: &impl ConnectionTrait,
    now: DateTime<Utc>,
) -> Result<Vec<KindSummary>, DbErr> {
    Sql::with(
        "SELECT kind, \
         SUM(CASE WHEN state = 'ready' THEN 1 ELSE 0 END) AS ready, \
         SUM(CASE WHEN state = 'ready' AND run_at <= $1 THEN 1 ELSE 0 END) AS late, \
         SUM(CASE WHEN state = 'running' THEN 1 ELSE 0 END) AS running, \
         SUM(CASE WHEN state = 'dead' THEN 1 ELSE 0 END) AS dead, \
         MAX(finished_at) AS last_run FROM jobs GROUP BY kind ORDER BY kind",
        [now.into()],
    )
    .all(conn)
    .await
}

/// The latest jobs that failed at least once, newest first.
///
/// # Errors
/// The engine's.
pub async fn recent(conn: &impl ConnectionTrait, limit: u32) -> Result<Vec<JobRow>, DbErr> {
    Sql::with(
        "SELECT id, kind, state, run_at, attempts, last_error, finished_at FROM jobs \
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
