use base::db::{Sql, Tx, insert_many};
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Event, queries};

/// What `vigie audit verify` found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every row is there, unchanged and in order.
    Whole {
        /// How many.
        count: i64,
        /// The hash of the last, worth writing down elsewhere.
        head: String,
    },
    /// The first row that does not fit.
    Broken {
        /// Its number.
        seq: i64,
        /// `missing`, `altered`, or `end-cut`.
        reason: &'static str,
    },
}

/// Appends rows to the chain; returns the last number.
pub(super) async fn append(tx: &Tx, mut rows: Vec<Event>) -> Result<i64, DbErr> {
    // The head row is the lock: numbers are given in the order transactions commit.
    let (mut seq, mut previous) = queries::hold_head(tx).await?;
    let mut values: Vec<Vec<Value>> = Vec::with_capacity(rows.len());
    for row in &mut rows {
        seq += 1;
        row.seq = seq;
        let data = row.data.to_string();
        let digest = data_digest(row.id, &data);
        let hash = row_hash(&previous, row, &digest);
        previous.clone_from(&hash);
        values.push(vec![
            row.seq.into(),
            row.id.into(),
            row.at.into(),
            row.kind.clone().into(),
            row.actor_id.into(),
            row.call_center_id.into(),
            row.subject_kind.clone().into(),
            row.subject_id.into(),
            row.client_id.into(),
            data.into(),
            digest.into(),
            hash.into(),
        ]);
    }
    insert_many(tx, "events", &COLUMNS, values, "").await?;
    Sql::with("UPDATE event_head SET seq = $1, hash = $2", [seq.into(), previous.into()])
        .later(tx)
        .await?;
    Ok(seq)
}

const COLUMNS: [&str; 12] = [
    "seq",
    "id",
    "at",
    "kind",
    "actor_id",
    "call_center_id",
    "subject_kind",
    "subject_id",
    "client_id",
    "data",
    "data_digest",
    "hash",
];

#[derive(FromQueryResult)]
struct Link {
    seq: i64,
    id: Uuid,
    at: DateTime<Utc>,
    kind: String,
    actor_id: Option<Uuid>,
    call_center_id: Option<Uuid>,
    subject_kind: String,
    subject_id: Uuid,
    client_id: Option<Uuid>,
    data: Option<String>,
    data_digest: String,
    hash: String,
}

/// Walks the whole chain.
///
/// # Errors
/// The engine's.
pub async fn verify(conn: &impl ConnectionTrait) -> Result<Verdict, DbErr> {
    const BATCH: i64 = 5_000;
    let (count, head) = queries::head(conn).await?;
    let (mut seq, mut previous) = (0_i64, String::new());
    loop {
        let links: Vec<Link> = Sql::with(
            "SELECT seq, id, at, kind, actor_id, call_center_id, subject_kind, subject_id, \
             client_id, data, data_digest, hash FROM events WHERE seq > $1 ORDER BY seq LIMIT $2",
            [seq.into(), BATCH.into()],
        )
        .all(conn)
        .await?;
        if links.is_empty() {
            break;
        }
        for link in links {
            if link.seq != seq + 1 {
                return Ok(Verdict::Broken { seq: seq + 1, reason: "missing" });
            }
            seq = link.seq;
            if !fits(&previous, &link) {
                return Ok(Verdict::Broken { seq, reason: "altered" });
            }
            previous = link.hash;
        }
    }
    if (seq, &previous) == (count, &head) {
        Ok(Verdict::Whole { count, head })
    } else {
        Ok(Verdict::Broken { seq: seq + 1, reason: "end-cut" })
    }
}

fn fits(previous: &str, link: &Link) -> bool {
    let event = Event {
        seq: link.seq,
        id: link.id,
        at: link.at,
        kind: link.kind.clone(),
        actor_id: link.actor_id,
        call_center_id: link.call_center_id,
        subject_kind: link.subject_kind.clone(),
        subject_id: link.subject_id,
        client_id: link.client_id,
        data: serde_json::Value::Null,
    };
    let data_fits =
        link.data.as_deref().is_some_and(|d| data_digest(link.id, d) == link.data_digest);
    data_fits && row_hash(previous, &event, &link.data_digest) == link.hash
}

/// Salted by the row's id, so that erased data cannot be guessed from its digest.
fn data_digest(id: Uuid, data: &str) -> String {
    hex(&Sha256::new().chain_update(id.as_bytes()).chain_update(data.as_bytes()).finalize())
}

/// Every field is preceded by its length, so that no two rows hash the same bytes.
fn row_hash(previous: &str, row: &Event, digest: &str) -> String {
    let optional = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
    let mut hash = Sha256::new();
    for field in [
        previous,
        &row.seq.to_string(),
        &row.id.to_string(),
        &row.at.timestamp_micros().to_string(),
        &row.kind,
        &optional(row.actor_id),
        &optional(row.call_center_id),
        &row.subject_kind,
        &row.subject_id.to_string(),
        &optional(row.client_id),
        digest,
    ] {
        hash.update((field.len() as u64).to_be_bytes());
        hash.update(field.as_bytes());
    }
    hex(&hash.finalize())
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
