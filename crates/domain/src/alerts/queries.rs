//! The SQL of alerts and their notices.

use base::db::{Sql, Tx, insert_many};
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};
use uuid::Uuid;

use super::{Alert, Notice, texts};
use crate::actor::Actor;

/// Most ids in one statement.
pub(super) const CHUNK: usize = 1_000;

const SELECT: &str = "SELECT a.id, a.call_center_id, a.client_id, c.full_name AS client_name, \
    a.batch_id, a.title, a.description, a.due_at, a.time_zone, a.local_due, a.priority_rank, \
    a.assigned_to, assignee.name AS assignee_name, a.created_by, author.name AS author_name, \
    a.due_version, a.due_announced_version, a.acknowledged_at, a.acknowledged_by, a.completed_at, \
    a.completed_by, a.version, a.created_at, a.updated_at, a.deleted_at";

const JOINS: &str = " FROM alerts a JOIN clients c ON c.id = a.client_id \
    LEFT JOIN users assignee ON assignee.id = a.assigned_to \
    LEFT JOIN users author ON author.id = a.created_by ";

/// `SELECT …` of alerts; continue with `WHERE`.
pub(super) fn select() -> Sql {
    select_with("")
}

/// The same with more columns.
pub(super) fn select_with(columns: &str) -> Sql {
    let mut sql = Sql::new(SELECT);
    sql.push(columns).push(JOINS);
    sql
}

/// The rule of who sees which alert, appended to a `WHERE` over [`select`].
pub(super) fn visible(actor: &Actor, sql: &mut Sql) {
    if !actor.works_with_clients() {
        sql.push(" AND 1 = 0");
    }
    actor.within_center(sql, "a.call_center_id");
    actor.within_work(sql, "a.assigned_to", "a.created_by");
    sql.push(" AND c.deleted_at IS NULL");
}

/// One alert the actor may see. `deleted`: removed ones instead of the others.
pub(super) async fn find(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    id: Uuid,
    deleted: bool,
    lock: bool,
) -> Result<Option<Alert>, DbErr> {
    let mut sql = select();
    sql.push("WHERE a.id = ").bind(id);
    sql.push(if deleted { " AND a.deleted_at IS NOT NULL" } else { " AND a.deleted_at IS NULL" });
    visible(actor, &mut sql);
    if lock {
        sql.hold(conn, "a");
    }
    sql.one(conn).await
}

/// What an alert becomes when it is written for the first time.
pub(super) struct Insert {
    pub(super) id: Uuid,
    pub(super) call_center_id: Uuid,
    pub(super) client_id: Uuid,
    pub(super) due_at: DateTime<Utc>,
    pub(super) local_due: String,
    pub(super) time_zone: String,
}

/// What all alerts of one [`insert`] share.
pub(super) struct Shared<'a> {
    pub(super) batch_id: Option<Uuid>,
    pub(super) title: &'a str,
    pub(super) description: Option<&'a str>,
    pub(super) priority: super::Priority,
    pub(super) assigned_to: Option<Uuid>,
    pub(super) created_by: Option<Uuid>,
}

pub(super) async fn insert(
    tx: &Tx,
    rows: &[Insert],
    shared: &Shared<'_>,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    const COLUMNS: [&str; 18] = [
        "id",
        "call_center_id",
        "client_id",
        "batch_id",
        "title",
        "title_key",
        "description",
        "text_seq",
        "due_at",
        "time_zone",
        "local_due",
        "priority",
        "priority_rank",
        "assigned_to",
        "created_by",
        "created_at",
        "updated_at",
        "version",
    ];
    let title_key = base::text::fold(shared.title);
    let text_seq = texts::file_text(tx, shared.title, shared.description).await?;
    let one = |row: &Insert| -> Vec<Value> {
        vec![
            row.id.into(),
            row.call_center_id.into(),
            row.client_id.into(),
            shared.batch_id.into(),
            shared.title.into(),
            title_key.clone().into(),
            shared.description.map(str::to_owned).into(),
            text_seq.into(),
            row.due_at.into(),
            row.time_zone.clone().into(),
            row.local_due.clone().into(),
            shared.priority.as_str().into(),
            shared.priority.rank().into(),
            shared.assigned_to.into(),
            shared.created_by.into(),
            now.into(),
            now.into(),
            1_i32.into(),
        ]
    };
    let values: Vec<Vec<Value>> = rows.iter().map(one).collect();
    insert_many(tx, "alerts", &COLUMNS, values, "").await.map(drop)
}

/// Writes every field an edit may touch.
pub(super) async fn update(tx: &Tx, alert: &Alert, now: DateTime<Utc>) -> Result<u64, DbErr> {
    let text_seq = texts::file_text(tx, &alert.title, alert.description.as_deref()).await?;
    let mut sql = Sql::new("UPDATE alerts SET title = ");
    sql.bind(alert.title.clone());
    sql.push(", title_key = ").bind(base::text::fold(&alert.title));
    sql.push(", description = ").bind(alert.description.clone());
    sql.push(", text_seq = ").bind(text_seq);
    sql.push(", due_at = ").bind(alert.due_at);
    sql.push(", time_zone = ").bind(alert.time_zone.clone());
    sql.push(", local_due = ").bind(alert.local_due.clone());
    sql.push(", priority = ").bind(alert.priority().as_str());
    sql.push(", priority_rank = ").bind(alert.priority_rank);
    sql.push(", assigned_to = ").bind(alert.assigned_to);
    sql.push(", due_version = ").bind(alert.due_version);
    sql.push(", acknowledged_at = ").bind(alert.acknowledged_at);
    sql.push(", acknowledged_by = ").bind(alert.acknowledged_by);
    sql.push(", completed_at = ").bind(alert.completed_at);
    sql.push(", completed_by = ").bind(alert.completed_by);
    sql.push(", deleted_at = ").bind(alert.deleted_at);
    sql.push(", version = version + 1, updated_at = ").bind(now);
    sql.push(" WHERE id = ").bind(alert.id).push(" AND version = ").bind(alert.version);
    sql.execute(tx).await
}

/// A client an alert may be put on.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct Target {
    pub(super) id: Uuid,
    pub(super) call_center_id: Uuid,
    pub(super) time_zone: String,
}

/// Which of `ids` the actor may see, in no order.
pub(super) async fn targets(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    ids: &[Uuid],
) -> Result<Vec<Target>, DbErr> {
    let mut found = Vec::with_capacity(ids.len());
    for ids in ids.chunks(CHUNK) {
        let mut sql = Sql::new(
            "SELECT c.id, c.call_center_id, cc.time_zone FROM clients c \
             JOIN call_centers cc ON cc.id = c.call_center_id WHERE c.deleted_at IS NULL AND c.id IN ",
        );
        sql.bind_list(ids.to_vec());
        actor.within_center(&mut sql, "c.call_center_id");
        found.extend(sql.all::<Target>(conn).await?);
    }
    Ok(found)
}

/// A user as far as their right to be given alerts goes.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct Person {
    pub(super) id: Uuid,
    pub(super) role: String,
    pub(super) call_center_id: Option<Uuid>,
}

/// The active ones among `ids`.
pub(super) async fn active_people(
    conn: &impl ConnectionTrait,
    ids: &[Uuid],
) -> Result<Vec<Person>, DbErr> {
    let mut found = Vec::new();
    for ids in ids.chunks(CHUNK) {
        let mut sql =
            Sql::new("SELECT id, role, call_center_id FROM users WHERE is_active AND id IN ");
        sql.bind_list(ids.to_vec());
        found.extend(sql.all::<Person>(conn).await?);
    }
    Ok(found)
}

/// Active owners of `centers` and, with a null centre, active super_admins; the eldest first.
pub(super) async fn active_chiefs(
    conn: &impl ConnectionTrait,
    centers: &[Uuid],
) -> Result<Vec<Person>, DbErr> {
    let mut sql = Sql::new(
        "SELECT id, role, call_center_id FROM users WHERE is_active AND (role = 'super_admin' \
         OR (role = 'owner' AND call_center_id IN ",
    );
    sql.bind_list(centers.to_vec()).push(")) ORDER BY created_at, id");
    sql.all(conn).await
}

/// The notices of `alerts`, oldest first.
pub(super) async fn notices(
    conn: &impl ConnectionTrait,
    alerts: &[Uuid],
) -> Result<Vec<Notice>, DbErr> {
    let mut found = Vec::new();
    for ids in alerts.chunks(CHUNK) {
        let mut sql = Sql::new(
            "SELECT n.id, n.alert_id, n.due_version, n.level, n.recipient_id, \
             u.name AS recipient_name, n.channel, n.state, n.planned_at, n.sent_at, n.attempts, \
             n.last_error, n.mail_id FROM alert_notices n JOIN users u ON u.id = n.recipient_id \
             WHERE n.alert_id IN ",
        );
        sql.bind_list(ids.to_vec()).push(" ORDER BY n.alert_id, n.due_version, n.planned_at, n.id");
        found.extend(sql.all::<Notice>(conn).await?);
    }
    Ok(found)
}

/// `{prefix} IN (ids)` in as many statements as it takes; returns the rows touched.
pub(super) async fn update_by_ids(tx: &Tx, prefix: &Sql, ids: &[Uuid]) -> Result<u64, DbErr> {
    let mut touched = 0;
    for ids in ids.chunks(CHUNK) {
        let mut sql = prefix.clone();
        sql.push(" IN ").bind_list(ids.to_vec());
        touched += sql.execute(tx).await?;
    }
    Ok(touched)
}

/// The zone of a centre.
pub(super) async fn center_zone(
    conn: &impl ConnectionTrait,
    center: Uuid,
) -> Result<Option<String>, DbErr> {
    Sql::with("SELECT time_zone FROM call_centers WHERE id = $1", [center.into()])
        .scalar(conn)
        .await
}
