use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};
use uuid::Uuid;

use super::{CHANNEL, Job, NewJob};
use crate::db::{Db, Engine, Signal, Sql, Tx, insert_many};
use crate::ids::new_id;

/// Writes a job in the caller's transaction and wakes the workers once it commits.
///
/// # Errors
/// The engine's.
pub async fn enqueue(tx: &Tx, job: NewJob, now: DateTime<Utc>) -> Result<Uuid, DbErr> {
    let ids = enqueue_many(tx, vec![job], now).await?;
    Ok(ids.first().copied().unwrap_or_default())
}

/// [`enqueue`], unless a job of that key waits already to be run by then: it will see what the
/// caller's transaction did. For jobs that do all there is to do.
///
/// # Errors
/// The engine's.
pub async fn enqueue_once(tx: &Tx, job: NewJob, now: DateTime<Utc>) -> Result<(), DbErr> {
    let mut sql = Sql::new("SELECT 1 FROM jobs WHERE state = 'ready' AND key = ");
    sql.bind(job.key.clone()).push(" AND run_at <= ").bind(job.run_at).push(" LIMIT 1");
    if tx.engine() == Engine::Postgres {
        // Held, it is not begun before the caller's transaction can be seen.
        sql.push(" FOR UPDATE SKIP LOCKED");
    }
    match sql.scalar::<i32>(tx).await? {
        Some(_) => Ok(()),
        None => enqueue(tx, job, now).await.map(drop),
    }
}

/// Writes many jobs in the caller's transaction.
///
/// # Errors
/// The engine's.
pub async fn enqueue_many(
    tx: &Tx,
    jobs: Vec<NewJob>,
    now: DateTime<Utc>,
) -> Result<Vec<Uuid>, DbErr> {
    let ids: Vec<Uuid> = jobs.iter().map(|_| new_id(now)).collect();
    if let Some(soonest) = jobs.iter().map(|job| job.run_at).min() {
        tx.signal(Signal::new(CHANNEL, soonest.timestamp_micros().to_string()));
    }
    // Collected: a lazy borrow across the await would make callers' futures not `Send`.
    let rows = jobs.into_iter().zip(&ids).map(|(job, id)| -> Vec<Value> {
        vec![
            (*id).into(),
            job.kind.into(),
            job.key.into(),
            job.payload.into(),
            job.run_at.into(),
            "ready".into(),
            now.into(),
        ]
    });
    let rows: Vec<_> = rows.collect();
    let columns = ["id", "kind", "key", "payload", "run_at", "state", "created_at"];
    insert_many(tx, "jobs", &columns, rows, "").await?;
    Ok(ids)
}

/// Makes sure that the job of that id is there: one that every start asks for, and that runs for
/// ever by [`super::Outcome::Again`]. One that ended is made ready again.
///
/// # Errors
/// The engine's.
pub async fn keep(tx: &Tx, id: Uuid, job: NewJob, now: DateTime<Utc>) -> Result<(), DbErr> {
    tx.signal(Signal::new(CHANNEL, job.run_at.timestamp_micros().to_string()));
    let row: Vec<Value> = vec![
        id.into(),
        job.kind.into(),
        job.key.into(),
        job.payload.into(),
        job.run_at.into(),
        "ready".into(),
        now.into(),
    ];
    let columns = ["id", "kind", "key", "payload", "run_at", "state", "created_at"];
    let again = "ON CONFLICT (id) DO UPDATE SET state = 'ready', run_at = excluded.run_at, \
        attempts = 0, finished_at = NULL WHERE jobs.state NOT IN ('ready', 'running')";
    insert_many(tx, "jobs", &columns, vec![row], again).await.map(drop)
}

/// Cancels every job under `key` that has not started; returns how many. One that is running
/// re-reads the state itself.
///
/// # Errors
/// The engine's.
pub async fn cancel(tx: &Tx, key: &str, now: DateTime<Utc>) -> Result<u64, DbErr> {
    Sql::with(
        "UPDATE jobs SET state = 'cancelled', finished_at = $1 WHERE key = $2 AND state = 'ready'",
        [now.into(), key.into()],
    )
    .execute(tx)
    .await
}

/// Cancels every job under each of `keys` that has not started; returns how many.
///
/// # Errors
/// The engine's.
pub async fn cancel_many(tx: &Tx, keys: &[String], now: DateTime<Utc>) -> Result<u64, DbErr> {
    let mut cancelled = 0;
    for keys in keys.chunks(1_000) {
        let mut sql = Sql::new("UPDATE jobs SET state = 'cancelled', finished_at = ");
        sql.bind(now).push(" WHERE state = 'ready' AND key IN ").bind_list(keys.to_vec());
        cancelled += sql.execute(tx).await?;
    }
    Ok(cancelled)
}

#[derive(FromQueryResult)]
struct Leased {
    id: Uuid,
    kind: String,
    key: Option<String>,
    payload: serde_json::Value,
    run_at: DateTime<Utc>,
    attempts: i32,
    fence: i64,
}

/// Leases up to `limit` due jobs of `kind`.
pub(super) async fn claim(
    db: &Db,
    kind: &str,
    limit: usize,
    lease: Duration,
    now: DateTime<Utc>,
) -> Result<Vec<Job>, DbErr> {
    let until = now + TimeDelta::from_std(lease).unwrap_or(TimeDelta::minutes(1));
    let limit = i64::try_from(limit).unwrap_or(1);
    let skip_locked = match db.engine() {
        Engine::Sqlite => "",
        Engine::Postgres => " FOR UPDATE SKIP LOCKED",
    };
    let text = format!(
        "UPDATE jobs SET state = 'running', lease_until = $1, fence = fence + 1, \
         attempts = attempts + 1, started_at = $2 \
         WHERE id IN (SELECT id FROM jobs WHERE state = 'ready' AND kind = $3 AND run_at <= $4 \
         ORDER BY run_at LIMIT $5{skip_locked}) \
         RETURNING id, kind, key, payload, run_at, attempts, fence"
    );
    let values = [until.into(), now.into(), kind.into(), now.into(), limit.into()];
    let tx = db.begin().await?;
    let mut rows: Vec<Leased> = Sql::with(text, values).all(&tx).await?;
    tx.commit().await?;
    rows.sort_by_key(|row| (row.run_at, row.id));
    Ok(rows
        .into_iter()
        .map(|row| Job {
            id: row.id,
            kind: row.kind,
            key: row.key,
            payload: row.payload,
            run_at: row.run_at,
            attempts: row.attempts,
            fence: row.fence,
        })
        .collect())
}

/// Lets a running job keep its lease that long from now; `false` if it has none any more, as after
/// a standstill.
pub(super) async fn prolong(
    db: &Db,
    job: &Job,
    lease: Duration,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let until = now + TimeDelta::from_std(lease).unwrap_or(TimeDelta::minutes(1));
    let tx = db.begin().await?;
    let prolonged = Sql::with(
        "UPDATE jobs SET lease_until = $1 WHERE id = $2 AND fence = $3 AND state = 'running' \
         AND lease_until > $4",
        [until.into(), job.id.into(), job.fence.into(), now.into()],
    )
    .execute(&tx)
    .await?;
    tx.commit().await?;
    Ok(prolonged == 1)
}

/// Makes jobs whose worker died or froze available again.
pub(super) async fn reclaim(db: &Db, now: DateTime<Utc>) -> Result<u64, DbErr> {
    let tx = db.begin().await?;
    let count = Sql::with(
        "UPDATE jobs SET state = 'ready', lease_until = NULL \
         WHERE state = 'running' AND lease_until <= $1",
        [now.into()],
    )
    .execute(&tx)
    .await?;
    tx.commit().await?;
    Ok(count)
}

/// When the queue next asks for something.
#[derive(Debug)]
pub(super) struct Soonest {
    /// The kinds that have a job waiting, each with when its first is to run.
    ready: Vec<(String, DateTime<Utc>)>,
    /// When the first lease runs out.
    pub(super) lease: Option<DateTime<Utc>>,
}

impl Soonest {
    /// The soonest of all.
    pub(super) fn at(&self) -> Option<DateTime<Utc>> {
        self.ready.iter().map(|(_, at)| *at).chain(self.lease).min()
    }

    /// The kinds that have something to run.
    pub(super) fn due(&self, now: DateTime<Utc>) -> impl Iterator<Item = &str> {
        self.ready.iter().filter(move |(_, at)| *at <= now).map(|(kind, _)| kind.as_str())
    }
}

/// Looks at jobs of `kinds`, and at all leases, without holding any: in one statement, as every
/// change of the queue has every worker look.
pub(super) async fn look(db: &Db, kinds: &[&str]) -> Result<Soonest, DbErr> {
    #[derive(FromQueryResult)]
    struct First {
        kind: Option<String>,
        at: Option<DateTime<Utc>>,
    }
    let mut sql = Sql::new("");
    for kind in kinds {
        // In order, so that PostgreSQL reads the index's first entry instead of guessing how many
        // of the waiting jobs are due.
        sql.push("SELECT CAST(").bind(*kind).push(" AS TEXT) AS kind, ");
        sql.push("(SELECT run_at FROM jobs WHERE state = 'ready' AND kind = ");
        sql.bind(*kind).push(" ORDER BY run_at LIMIT 1) AS at UNION ALL ");
    }
    sql.push("SELECT NULL AS kind, (SELECT lease_until FROM jobs WHERE state = 'running' ");
    sql.push("ORDER BY lease_until LIMIT 1) AS at");
    let mut soonest = Soonest { ready: Vec::new(), lease: None };
    for First { kind, at } in sql.all(db.read()).await? {
        match (kind, at) {
            (Some(kind), Some(at)) => soonest.ready.push((kind, at)),
            (None, at) => soonest.lease = at,
            (Some(_), None) => {}
        }
    }
    Ok(soonest)
}

/// Marks `job` done under its fence; `false` if the lease was lost.
pub(super) async fn finish(
    conn: &impl ConnectionTrait,
    job: &Job,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    settle(conn, job, "done", None, None, now).await
}

/// Ends this lease of `job`: `state` is `done`, `dead`, or `ready` again at `run_at`.
pub(super) async fn settle(
    conn: &impl ConnectionTrait,
    job: &Job,
    state: &str,
    run_at: Option<(DateTime<Utc>, i32)>,
    error: Option<&str>,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let mut sql = Sql::new("UPDATE jobs SET lease_until = NULL, state = ");
    sql.bind(state);
    if let Some((run_at, attempts)) = run_at {
        sql.push(", run_at = ").bind(run_at).push(", attempts = ").bind(attempts);
    } else {
        sql.push(", finished_at = ").bind(now);
    }
    sql.push(", last_error = ").bind(error.map(str::to_owned));
    sql.push(" WHERE id = ").bind(job.id).push(" AND fence = ").bind(job.fence);
    sql.push(" AND state = 'running'");
    Ok(sql.execute(conn).await? == 1)
}
