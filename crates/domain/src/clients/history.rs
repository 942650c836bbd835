use base::db::Sql;
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::actor::Actor;
use crate::error::Result;
use crate::orders;

/// One fact about a client: who, when, and each field before and after.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryEntry {
    /// Its number; pages go down from it.
    pub seq: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// `client.updated`, …
    pub kind: String,
    /// Who; `None` is Vigie itself.
    pub actor_id: Option<Uuid>,
    /// Their name.
    pub actor_name: Option<String>,
    /// `client`, `alert`, …
    pub subject_kind: String,
    /// Which one.
    pub subject_id: Uuid,
    /// Field, before, after.
    pub changes: Vec<(String, Json, Json)>,
    /// Everything the event says.
    pub data: Json,
    /// Whether it happened to a record that was merged into the client.
    pub is_absorbed: bool,
}

/// Changes walked back at once; nobody's record changes so often.
const MOST: u32 = 10_000;

#[derive(FromQueryResult)]
struct Row {
    seq: i64,
    at: DateTime<Utc>,
    kind: String,
    actor_id: Option<Uuid>,
    actor_name: Option<String>,
    subject_kind: String,
    subject_id: Uuid,
    data: Option<String>,
    alert_title: Option<String>,
}

const SELECT: &str = "SELECT e.seq, e.at, e.kind, e.actor_id, u.name AS actor_name, \
    e.subject_kind, e.subject_id, e.data, (SELECT a.title FROM alerts a WHERE a.id = e.subject_id \
    AND e.subject_kind = 'alert') AS alert_title FROM events e LEFT JOIN users u ON u.id = e.actor_id \
    WHERE ";

/// What changed in the client itself and in who was merged into them, newest first, before number
/// `before`.
///
/// # Errors
/// [`crate::Error::NotFound`] when the actor may not see the client.
pub async fn history(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    id: Uuid,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<HistoryEntry>> {
    super::get(conn, actor, id).await?;
    let mut sql = Sql::new(SELECT);
    sql.push("e.subject_kind = 'client' AND e.subject_id IN ");
    sql.bind_list(with_absorbed(conn, id).await?);
    read_of(conn, id, sql, before, limit).await
}

async fn with_absorbed(conn: &impl ConnectionTrait, id: Uuid) -> Result<Vec<Uuid>> {
    let mut all = super::queries::absorbed(conn, id).await?;
    all.push(id);
    Ok(all)
}

/// Reads what `sql` finds of `id` and of the records merged into it. That those went, and came back
/// for a while, is told by the merge itself.
async fn read_of(
    conn: &impl ConnectionTrait,
    id: Uuid,
    mut sql: Sql,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<HistoryEntry>> {
    sql.push(" AND NOT (e.kind IN ('client.deleted', 'client.restored') AND e.subject_id <> ");
    sql.bind(id).push(" AND e.data LIKE '%\"merge_id\"%')");
    let mut entries = read(conn, sql, before, limit).await?;
    for entry in &mut entries {
        entry.is_absorbed = entry.subject_kind == "client" && entry.subject_id != id;
    }
    Ok(entries)
}

/// Everything that happened around the client and who was merged into them, and that the actor may
/// see, newest first.
///
/// # Errors
/// [`crate::Error::NotFound`] when the actor may not see the client.
pub async fn timeline(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    id: Uuid,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<HistoryEntry>> {
    super::get(conn, actor, id).await?;
    let all = with_absorbed(conn, id).await?;
    // Facts that tell of many orders' links are of no client: the orders name them.
    let together = orders::told_together(conn, &all).await?;
    let mut sql = Sql::new(SELECT);
    sql.push("(e.client_id IN ").bind_list(all);
    if !together.is_empty() {
        let facts = together.iter().map(|(fact, _)| *fact).collect::<Vec<_>>();
        sql.push(" OR e.subject_id IN ").bind_list(facts);
    }
    sql.push(")");
    push_visible(&mut sql, actor);
    let mut entries = read_of(conn, id, sql, before, limit).await?;
    for entry in &mut entries {
        entry.name_orders(&together);
    }
    Ok(entries)
}

/// The last facts around a client the caller may see: the [`timeline`] at a glance, without what
/// tells of many clients at once or of those merged into it.
///
/// # Errors
/// The engine's.
pub async fn recent(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    id: Uuid,
    limit: u32,
) -> Result<Vec<HistoryEntry>> {
    let mut sql = Sql::new(SELECT);
    sql.push("e.client_id = ").bind(id);
    push_visible(&mut sql, actor);
    read(conn, sql, None, limit).await
}

/// Of a client's facts, those the actor may see: not of others' alerts.
fn push_visible(sql: &mut Sql, actor: &Actor) {
    if actor.is_admin() {
        return;
    }
    sql.push(" AND (e.subject_kind IN ('client', 'contact_attempt', 'consent', 'order') ");
    sql.push("OR e.subject_kind = 'alert' AND EXISTS ");
    sql.push("(SELECT 1 FROM alerts a WHERE a.id = e.subject_id");
    actor.within_work(sql, "a.assigned_to", "a.created_by");
    sql.push("))");
}

/// What happened to one order the caller may see, newest first. `together`: the fact that told of
/// its link with others', and its number.
pub(crate) async fn of_order(
    conn: &impl ConnectionTrait,
    order: Uuid,
    together: Option<(Uuid, String)>,
    limit: u32,
) -> Result<Vec<HistoryEntry>> {
    let facts = [Some(order), together.as_ref().map(|(fact, _)| *fact)];
    let mut sql = Sql::new(SELECT);
    sql.push("e.subject_kind = 'order' AND e.subject_id IN ")
        .bind_list(facts.into_iter().flatten());
    let mut entries = read(conn, sql, None, limit).await?;
    for entry in &mut entries {
        entry.name_orders(together.as_slice());
    }
    Ok(entries)
}

async fn read(
    conn: &impl ConnectionTrait,
    mut sql: Sql,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<HistoryEntry>> {
    if let Some(before) = before {
        sql.push(" AND e.seq < ").bind(before);
    }
    sql.push(" ORDER BY e.seq DESC LIMIT ").bind(i64::from(limit));
    Ok(sql.all::<Row>(conn).await?.into_iter().map(HistoryEntry::from).collect())
}

/// The changes of the client itself after an instant or a number, newest first. The caller may see
/// the client.
pub(super) async fn changes_since(
    conn: &impl ConnectionTrait,
    id: Uuid,
    push_after: impl FnOnce(&mut Sql),
) -> Result<Vec<HistoryEntry>> {
    let mut sql = Sql::new(SELECT);
    sql.push("e.subject_id = ").bind(id).push(" AND e.subject_kind = 'client' AND ");
    push_after(&mut sql);
    read(conn, sql, None, MOST).await
}

impl HistoryEntry {
    /// Says which orders a fact that tells of many is about, where it is read.
    fn name_orders(&mut self, together: &[(Uuid, String)]) {
        let own = together.iter().filter(|(fact, _)| *fact == self.subject_id);
        let numbers: Vec<&str> = own.map(|(_, number)| number.as_str()).collect();
        if !numbers.is_empty() {
            self.data["number"] = Json::from(numbers.join(", "));
        }
    }

    /// Whether what it changed can be put back: not what made the client.
    pub fn can_be_restored(&self) -> bool {
        !self.is_absorbed
            && self.kind != "client.created"
            && self.changes.iter().any(|(f, ..)| can_be_restored(f))
    }
}

/// Whether that field can be put back.
pub(super) fn can_be_restored(field: &str) -> bool {
    const FIELDS: [&str; 12] = [
        "code",
        "first_name",
        "last_name",
        "company_name",
        "emails",
        "phones",
        "address",
        "city",
        "country",
        "tags",
        "assigned_to",
        "is_active",
    ];
    FIELDS.contains(&field)
}

impl From<Row> for HistoryEntry {
    fn from(row: Row) -> Self {
        let mut data: Json =
            row.data.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or(Json::Null);
        if let Some(title) = row.alert_title.filter(|_| data["title"].is_null()) {
            data["title"] = Json::from(title);
        }
        let changes = data["changes"].as_object().into_iter().flatten();
        let changes = changes
            .map(|(field, pair)| (field.clone(), pair[0].clone(), pair[1].clone()))
            .collect();
        Self {
            seq: row.seq,
            at: row.at,
            kind: row.kind,
            actor_id: row.actor_id,
            actor_name: row.actor_name,
            subject_kind: row.subject_kind,
            subject_id: row.subject_id,
            changes,
            data,
            is_absorbed: false,
        }
    }
}
