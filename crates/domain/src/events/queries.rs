use base::db::{Sql, Tx};
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use serde_json::Value as Json;
use uuid::Uuid;

/// A recorded fact.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Its number: gapless, in commit order.
    pub seq: i64,
    /// Its id, for receivers that must not act twice.
    pub id: Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// `noun.past_verb`.
    pub kind: String,
    /// Who; `None` is the system.
    pub actor_id: Option<Uuid>,
    /// Where.
    pub call_center_id: Option<Uuid>,
    /// The noun.
    pub subject_kind: String,
    /// Which one.
    pub subject_id: Uuid,
    /// The client it concerns.
    pub client_id: Option<Uuid>,
    /// See [`super::NewEvent::data`]; null once erased.
    pub data: Json,
}

#[derive(FromQueryResult)]
struct Row {
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
}

impl From<Row> for Event {
    fn from(row: Row) -> Self {
        Self {
            seq: row.seq,
            id: row.id,
            at: row.at,
            kind: row.kind,
            actor_id: row.actor_id,
            call_center_id: row.call_center_id,
            subject_kind: row.subject_kind,
            subject_id: row.subject_id,
            client_id: row.client_id,
            data: row.data.and_then(|d| serde_json::from_str(&d).ok()).unwrap_or(Json::Null),
        }
    }
}

const SELECT: &str = "SELECT seq, id, at, kind, actor_id, call_center_id, subject_kind, \
                      subject_id, client_id, data FROM events";

/// The number and hash of the last event: 0 and empty when there is none.
///
/// # Errors
/// The engine's.
pub async fn head(conn: &impl ConnectionTrait) -> Result<(i64, String), DbErr> {
    read_head(conn, false).await
}

/// [`head`], to which nobody else adds until the transaction ends.
pub(super) async fn hold_head(tx: &Tx) -> Result<(i64, String), DbErr> {
    read_head(tx, true).await
}

async fn read_head(conn: &impl ConnectionTrait, hold: bool) -> Result<(i64, String), DbErr> {
    #[derive(FromQueryResult)]
    struct Head {
        seq: i64,
        hash: String,
    }
    let mut sql = Sql::new("SELECT seq, hash FROM event_head");
    if hold {
        sql.hold(conn, "event_head");
    }
    let head: Option<Head> = sql.one(conn).await?;
    Ok(head.map_or((0, String::new()), |h| (h.seq, h.hash)))
}

/// Events after number `seq`, oldest first.
///
/// # Errors
/// The engine's.
pub async fn after(conn: &impl ConnectionTrait, seq: i64, limit: u32) -> Result<Vec<Event>, DbErr> {
    let mut sql = Sql::new(SELECT);
    sql.push(" WHERE seq > ").bind(seq).push(" ORDER BY seq LIMIT ").bind(i64::from(limit));
    Ok(sql.all::<Row>(conn).await?.into_iter().map(Event::from).collect())
}

/// The latest events about one thing, newest first, from before number `before`. The caller has
/// checked that the actor may see the thing.
///
/// # Errors
/// The engine's.
pub async fn of_subject(
    conn: &impl ConnectionTrait,
    kind: &str,
    id: Uuid,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<Event>, DbErr> {
    let mut sql = Sql::new(SELECT);
    sql.push(" WHERE subject_id = ").bind(id).push(" AND subject_kind = ").bind(kind);
    if let Some(before) = before {
        sql.push(" AND seq < ").bind(before);
    }
    sql.push(" ORDER BY seq DESC LIMIT ").bind(i64::from(limit));
    Ok(sql.all::<Row>(conn).await?.into_iter().map(Event::from).collect())
}

/// Who changed one thing last, by name (`None` is Vigie itself), and when, as told by events of
/// these `kinds` (any, if none is named). The caller has checked that the actor may see the thing.
///
/// # Errors
/// The engine's.
pub async fn last_writer(
    conn: &impl ConnectionTrait,
    subject: (&str, Uuid),
    kinds: &[&str],
) -> Result<Option<(Option<String>, DateTime<Utc>)>, DbErr> {
    #[derive(FromQueryResult)]
    struct Writer {
        name: Option<String>,
        at: DateTime<Utc>,
    }
    let mut sql = Sql::new(
        "SELECT u.name, e.at FROM events e LEFT JOIN users u ON u.id = e.actor_id \
         WHERE e.subject_id = ",
    );
    sql.bind(subject.1).push(" AND e.subject_kind = ").bind(subject.0);
    if !kinds.is_empty() {
        sql.push(" AND e.kind IN ").bind_list(kinds.iter().copied());
    }
    sql.push(" ORDER BY e.seq DESC LIMIT 1");
    let writer: Option<Writer> = sql.one(conn).await?;
    Ok(writer.map(|writer| (writer.name, writer.at)))
}
