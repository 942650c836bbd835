//! The nightly look at clients who changed.

use base::db::{Db, Sql, Tx};
use base::ids::new_id;
use base::outbox::{self, NewJob};
use chrono::{DateTime, Days, NaiveTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use serde_json::json;
use uuid::Uuid;

use super::subject::{self, Reach, Subject};
use super::{drop_stale, ordered, queries};
use crate::error::Result;

/// The kind of the job, of which there is one.
pub const JOB: &str = "find_duplicates";

/// The one job, so that two processes that start together arm it once.
const JOB_ID: Uuid = Uuid::from_u128(0x7669_6769_6500_7000_8000_6475_706c_6963);

/// Clients looked at in one transaction.
const BATCH: i64 = 500;

/// Whoever wrote "now" this long ago has committed.
const OVERLAP: TimeDelta = TimeDelta::minutes(10);

/// Makes sure that the nightly job is there.
///
/// # Errors
/// The engine's.
pub async fn arm(db: &Db, now: DateTime<Utc>) -> Result<(), DbErr> {
    let known = "SELECT 1 FROM jobs WHERE id = $1 AND state IN ('ready', 'running')";
    let known: Option<i32> = Sql::with(known, [JOB_ID.into()]).scalar(db.read()).await?;
    if known.is_some() {
        return Ok(());
    }
    let tx = db.begin().await?;
    outbox::keep(&tx, JOB_ID, NewJob::new(JOB, json!({}), next_night(now)), now).await?;
    tx.commit().await
}

/// The next 02:00 UTC: night from Montréal to Paris, quiet everywhere.
pub fn next_night(now: DateTime<Utc>) -> DateTime<Utc> {
    let two = NaiveTime::from_hms_opt(2, 0, 0).unwrap_or_default();
    let today = now.date_naive().and_time(two).and_utc();
    if today > now { today } else { today.checked_add_days(Days::new(1)).unwrap_or(today) }
}

#[derive(Clone, Copy, FromQueryResult)]
struct Mark {
    scanned_to: DateTime<Utc>,
    seq: i64,
}

#[derive(FromQueryResult)]
struct Changed {
    id: Uuid,
    updated_at: DateTime<Utc>,
    seq: i64,
}

/// Looks at the next clients who changed since the last look, in some centre. `false`: none left.
///
/// # Errors
/// The engine's.
pub async fn scan(db: &Db, now: DateTime<Utc>) -> Result<bool> {
    let conn = db.read();
    let centers: Vec<Uuid> =
        Sql::new("SELECT id FROM call_centers ORDER BY id").column(conn).await?;
    for center in centers {
        let mark = mark(conn, center).await?;
        let changed = changed(conn, center, mark, now).await?;
        let Some(last) = changed.last() else { continue };
        let mark = Mark { scanned_to: last.updated_at, seq: last.seq };
        let ids: Vec<Uuid> = changed.iter().map(|client| client.id).collect();
        let region = queries::region(conn, center).await?;
        let subjects: Vec<Subject> = subject::load(conn, &ids).await?.into_values().collect();
        let found = pairs(conn, center, &region, &subjects).await?;
        let kept: Vec<(Uuid, Uuid)> = found.iter().map(|pair| (pair.first, pair.second)).collect();
        let tx = db.begin().await?;
        drop_stale(&tx, &ids, &kept).await?;
        queries::upsert(&tx, center, found, now, || new_id(now)).await?;
        set_mark(&tx, center, mark).await?;
        tx.commit().await?;
        return Ok(true);
    }
    Ok(false)
}

async fn pairs(
    conn: &impl ConnectionTrait,
    center: Uuid,
    region: &str,
    subjects: &[Subject],
) -> Result<Vec<queries::Found>> {
    let alike = subject::find(conn, center, region, subjects, Reach::Mistyped).await?;
    let mut found: Vec<queries::Found> = Vec::new();
    for (id, others) in alike {
        for other in others {
            let (first, second) = ordered(id, other.id);
            found.push(queries::Found {
                first,
                second,
                score: other.score,
                reasons: other.reasons,
                fingerprint: other.fingerprint,
                suggested_by: None,
            });
        }
    }
    found.sort_by_key(|pair| (pair.first, pair.second));
    found.dedup_by_key(|pair| (pair.first, pair.second));
    Ok(found)
}

async fn mark(conn: &impl ConnectionTrait, center: Uuid) -> Result<Mark, DbErr> {
    let sql = "SELECT scanned_to, seq FROM duplicate_scans WHERE call_center_id = $1";
    let mark = Sql::with(sql, [center.into()]).one(conn).await?;
    Ok(mark.unwrap_or(Mark { scanned_to: DateTime::UNIX_EPOCH, seq: 0 }))
}

async fn set_mark(tx: &Tx, center: Uuid, mark: Mark) -> Result<(), DbErr> {
    Sql::with(
        "INSERT INTO duplicate_scans (call_center_id, scanned_to, seq) VALUES ($1, $2, $3) \
         ON CONFLICT (call_center_id) DO UPDATE SET scanned_to = excluded.scanned_to, \
         seq = excluded.seq",
        [center.into(), mark.scanned_to.into(), mark.seq.into()],
    )
    .execute(tx)
    .await
    .map(drop)
}

/// What changed after the mark and long enough ago that nothing older can still appear.
async fn changed(
    conn: &impl ConnectionTrait,
    center: Uuid,
    mark: Mark,
    now: DateTime<Utc>,
) -> Result<Vec<Changed>, DbErr> {
    let mut sql = Sql::new(
        "SELECT id, updated_at, seq FROM clients WHERE deleted_at IS NULL AND call_center_id = ",
    );
    sql.bind(center).push(" AND (updated_at, seq) > (").bind(mark.scanned_to);
    sql.push(", ").bind(mark.seq).push(") AND updated_at <= ").bind(now - OVERLAP);
    sql.push(" ORDER BY updated_at, seq LIMIT ").bind(BATCH);
    sql.all(conn).await
}
