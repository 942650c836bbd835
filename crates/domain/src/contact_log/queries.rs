use base::db::{Sql, Tx, insert_many};
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};
use serde_json::Value as Json;
use uuid::Uuid;

use super::Attempt;
use crate::actor::Actor;
use crate::clients::{self, Found};

/// What [`Attempt`] reads.
pub(super) const COLUMNS: &str = "a.seq, a.id, a.call_center_id, a.client_id, \
    c.full_name AS client_name, c.code AS client_code, a.user_id, u.name AS user_name, a.status, \
    a.channel, a.channel_word, a.created_at, a.local_day, a.weekday, a.local_hour";

/// `CROSS JOIN` keeps SQLite from reading clients first: attempts lead, in the order of an index.
pub(super) const FROM: &str = " FROM contact_attempts a CROSS JOIN clients c \
    LEFT JOIN users u ON u.id = a.user_id \
    WHERE c.id = a.client_id AND c.deleted_at IS NULL AND a.undone_at IS NULL";

/// The same, led by clients, where those are few beside the attempts.
pub(super) const FROM_CLIENTS: &str = " FROM clients c CROSS JOIN contact_attempts a \
    LEFT JOIN users u ON u.id = a.user_id \
    WHERE a.client_id = c.id AND c.deleted_at IS NULL AND a.undone_at IS NULL";

/// The client an attempt is about, and what their centre's rules need to know.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct Subject {
    pub(super) id: Uuid,
    pub(super) call_center_id: Uuid,
    pub(super) full_name: String,
    pub(super) code: Option<String>,
    pub(super) company_name: Option<String>,
    pub(super) time_zone: String,
    pub(super) holidays: Json,
}

/// The rule of who sees which attempt: whoever sees the client.
pub(super) fn visible(actor: &Actor, sql: &mut Sql) {
    if !actor.works_with_clients() {
        sql.push(" AND 1 = 0");
    }
    actor.within_center(sql, "a.call_center_id");
}

/// A client that is not in the bin. Locked, nobody else records about them until the end.
pub(super) async fn subject(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    id: Uuid,
    lock: bool,
) -> Result<Option<Subject>, DbErr> {
    if !actor.works_with_clients() {
        return Ok(None);
    }
    let mut sql = Sql::new(
        "SELECT c.id, c.call_center_id, c.full_name, c.code, c.company_name, cc.time_zone, \
         cc.holidays FROM clients c JOIN call_centers cc ON cc.id = c.call_center_id \
         WHERE c.deleted_at IS NULL AND c.id = ",
    );
    sql.bind(id);
    actor.within_center(&mut sql, "c.call_center_id");
    if lock {
        sql.hold(conn, "c");
    }
    sql.one(conn).await
}

pub(super) async fn zone(conn: &impl ConnectionTrait, center: Uuid) -> Result<String, DbErr> {
    let sql = Sql::with("SELECT time_zone FROM call_centers WHERE id = $1", [center.into()]);
    Ok(sql.scalar(conn).await?.unwrap_or_default())
}

/// The last attempt at a client.
pub(super) async fn latest(tx: &Tx, client: Uuid) -> Result<Option<Attempt>, DbErr> {
    let mut sql = Sql::new(format!("SELECT {COLUMNS}{FROM} AND a.client_id = "));
    sql.bind(client).push(" ORDER BY a.created_at DESC, a.seq DESC LIMIT 1");
    sql.one(tx).await
}

/// At most two clients of that id or code.
pub(super) async fn clients_named(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    text: &str,
) -> Result<Vec<Found>, DbErr> {
    if !actor.works_with_clients() || text.is_empty() {
        return Ok(Vec::new());
    }
    let by = |column: &str, value: Value| {
        let mut sql = Sql::new("SELECT c.id FROM clients c WHERE c.deleted_at IS NULL AND ");
        sql.push(column).push(" = ").bind(value);
        actor.within_center(&mut sql, "c.call_center_id");
        sql.push(" LIMIT 2");
        sql
    };
    if let Ok(id) = text.parse::<Uuid>() {
        let found: Vec<Uuid> = by("c.id", id.into()).column(conn).await?;
        if !found.is_empty() {
            return Ok(found.into_iter().map(Found::from).collect());
        }
    }
    let found: Vec<Uuid> = by("c.code", text.into()).column(conn).await?;
    if !found.is_empty() {
        return Ok(found.into_iter().map(Found::from).collect());
    }
    // Whoever was merged is found where they live on, by their id and by the code they had.
    let (column, value) = match text.parse::<Uuid>() {
        Ok(id) => ("c.id", Value::from(id)),
        Err(_) => ("c.code", text.into()),
    };
    let mut sql = Sql::new("SELECT c.id FROM clients c WHERE c.merged_into IS NOT NULL AND ");
    sql.push(column).push(" = ").bind(value);
    actor.within_center(&mut sql, "c.call_center_id");
    sql.push(" LIMIT 20");
    let merged: Vec<Uuid> = sql.column(conn).await?;
    let mut found: Vec<Found> = Vec::new();
    for named in merged {
        if let Some(id) = clients::living(conn, named).await?
            && found.iter().all(|one| one.id != id)
        {
            found.push(Found { id, through: Some(named) });
        }
    }
    Ok(found)
}

/// An attempt the actor may see, unless it was undone.
pub(super) async fn find(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    id: Uuid,
    lock: bool,
) -> Result<Option<Attempt>, DbErr> {
    let mut sql = Sql::new(format!("SELECT {COLUMNS}{FROM} AND a.id = "));
    sql.bind(id);
    visible(actor, &mut sql);
    if lock {
        sql.hold(conn, "a");
    }
    sql.one(conn).await
}

pub(super) async fn insert(tx: &Tx, attempts: &[Attempt]) -> Result<(), DbErr> {
    const INTO: [&str; 11] = [
        "id",
        "call_center_id",
        "client_id",
        "user_id",
        "status",
        "channel",
        "channel_word",
        "created_at",
        "local_day",
        "weekday",
        "local_hour",
    ];
    let mut rows: Vec<Vec<Value>> = Vec::with_capacity(attempts.len());
    for a in attempts {
        rows.push(vec![
            Value::from(a.id),
            a.call_center_id.into(),
            a.client_id.into(),
            a.user_id.into(),
            a.status.clone().into(),
            a.channel.clone().into(),
            a.channel_word.clone().into(),
            a.created_at.into(),
            a.local_day.clone().into(),
            a.weekday.into(),
            a.local_hour.into(),
        ]);
    }
    insert_many(tx, "contact_attempts", &INTO, rows, "").await?;
    Ok(())
}

pub(super) async fn set_channel(
    tx: &Tx,
    id: Uuid,
    channel: &str,
    word: Option<&str>,
) -> Result<(), DbErr> {
    let word = word.map(str::to_owned);
    Sql::with(
        "UPDATE contact_attempts SET channel = $1, channel_word = $2 WHERE id = $3",
        [channel.into(), word.into(), id.into()],
    )
    .later(tx)
    .await?;
    Ok(())
}

/// `false` when someone undid it meanwhile.
pub(super) async fn set_undone(
    tx: &Tx,
    id: Uuid,
    by: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let sql = Sql::with(
        "UPDATE contact_attempts SET undone_at = $1, undone_by = $2 \
         WHERE id = $3 AND undone_at IS NULL",
        [now.into(), by.into(), id.into()],
    );
    Ok(sql.execute(tx).await? == 1)
}

/// What these clients show is their last attempt's, or nothing.
pub(super) async fn refresh_status(tx: &Tx, clients: &[Uuid]) -> Result<(), DbErr> {
    let mut clients = clients.to_vec();
    clients.sort_unstable();
    clients.dedup();
    for ids in clients.chunks(2_000) {
        let mut sql = Sql::new(
            "UPDATE clients SET (notification_client, date_notification) = \
             (SELECT a.status, a.created_at FROM contact_attempts a \
             WHERE a.client_id = clients.id AND a.undone_at IS NULL \
             ORDER BY a.created_at DESC, a.seq DESC LIMIT 1) WHERE id IN ",
        );
        sql.bind_list(ids.to_vec());
        sql.later(tx).await?;
    }
    Ok(())
}

/// The users whose folded name holds every word of `text`; few enough to be read whole.
pub(super) async fn users_named(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    text: &str,
) -> Result<Vec<Uuid>, DbErr> {
    #[derive(FromQueryResult)]
    struct Person {
        id: Uuid,
        name: String,
    }
    let wanted = base::text::fold(text);
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new("SELECT u.id, u.name FROM users u WHERE 1 = 1");
    actor.within_center(&mut sql, "u.call_center_id");
    sql.push(" ORDER BY u.name, u.id LIMIT 2000");
    let people: Vec<Person> = sql.all(conn).await?;
    let holds = |name: &str| base::text::fold(name).contains(&wanted);
    Ok(people.into_iter().filter(|p| holds(&p.name)).map(|p| p.id).collect())
}
