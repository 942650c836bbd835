use std::collections::{HashMap, HashSet};

use base::db::{Sql, Tx, insert_many};
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};
use uuid::Uuid;

use super::Params;
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::operations::Kind;

/// A client as bulk actions need to know it.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct Current {
    pub(super) id: Uuid,
    pub(super) call_center_id: Uuid,
    pub(super) code: Option<String>,
    pub(super) is_active: bool,
    pub(super) assigned_to: Option<Uuid>,
    pub(super) deleted_at: Option<DateTime<Utc>>,
    pub(super) version: i32,
}

const SELECT: &str =
    "SELECT id, call_center_id, code, is_active, assigned_to, deleted_at, version FROM clients";

/// Those of `ids` that are not in the bin.
pub(super) async fn current(
    conn: &impl ConnectionTrait,
    ids: &[Uuid],
) -> Result<Vec<Current>, DbErr> {
    let mut sql = Sql::new(format!("{SELECT} WHERE deleted_at IS NULL AND id IN "));
    sql.bind_list(ids.iter().copied());
    sql.all(conn).await
}

pub(super) async fn current_or_binned(
    conn: &impl ConnectionTrait,
    ids: &[Uuid],
) -> Result<Vec<Current>, DbErr> {
    let mut sql = Sql::new(format!("{SELECT} WHERE id IN "));
    sql.bind_list(ids.iter().copied());
    sql.all(conn).await
}

/// Those of `ids` the actor may see and that are not in the bin, in order.
pub(super) async fn visible(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    ids: Vec<Uuid>,
) -> Result<Vec<Uuid>, DbErr> {
    if ids.is_empty() {
        return Ok(ids);
    }
    let mut sql = Sql::new("SELECT c.id FROM clients c WHERE c.deleted_at IS NULL");
    actor.within_center(&mut sql, "c.call_center_id");
    sql.push(" AND c.id IN ").bind_list(ids);
    sql.push(" ORDER BY c.id");
    sql.column(conn).await
}

pub(super) async fn names(conn: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Vec<String>, DbErr> {
    let mut sql = Sql::new("SELECT full_name FROM clients WHERE id IN ");
    sql.bind_list(ids.iter().copied()).push(" ORDER BY name_key, id");
    sql.column(conn).await
}

/// How many of `ids` an action would change.
pub(super) async fn count_changing(
    conn: &impl ConnectionTrait,
    kind: Kind,
    params: &Params,
    ids: &[Uuid],
) -> Result<i64, DbErr> {
    let mut sql =
        Sql::new("SELECT COUNT(*) FROM clients c WHERE c.deleted_at IS NULL AND c.id IN ");
    sql.bind_list(ids.iter().copied());
    let tags = params.tags.iter().map(|name| base::text::fold(name)).collect::<HashSet<_>>();
    match kind {
        Kind::Activate => drop(sql.push(" AND NOT c.is_active")),
        Kind::Deactivate => drop(sql.push(" AND c.is_active")),
        Kind::Assign => match params.assigned_to {
            Some(user) => {
                sql.push(" AND (c.assigned_to IS NULL OR c.assigned_to <> ").bind(user);
                sql.push(") AND (SELECT u.call_center_id FROM users u WHERE u.id = ").bind(user);
                sql.push(") = c.call_center_id");
            }
            None => drop(sql.push(" AND c.assigned_to IS NOT NULL")),
        },
        Kind::Tag | Kind::Untag => {
            sql.push(
                " AND (SELECT COUNT(*) FROM client_tags ct JOIN tags t ON t.id = ct.tag_id \
                 WHERE ct.client_id = c.id AND t.key IN ",
            );
            let wanted = i64::try_from(tags.len()).unwrap_or(i64::MAX);
            sql.bind_list(tags);
            match kind {
                Kind::Tag => sql.push(") < ").bind(wanted),
                _ => sql.push(") > 0"),
            };
        }
        Kind::Delete
        | Kind::CreateAlerts
        | Kind::ImportClients
        | Kind::ImportOrders
        | Kind::Undo => {}
    }
    Ok(sql.scalar(conn).await?.unwrap_or(0))
}

/// Whether clients may be given to that user by that actor.
pub(super) async fn can_be_assigned(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    user: Uuid,
) -> Result<bool, DbErr> {
    let mut sql = Sql::new(
        "SELECT 1 FROM users u WHERE u.is_active AND u.role IN ('owner', 'supervisor', 'agent') \
         AND u.id = ",
    );
    sql.bind(user);
    actor.within_center(&mut sql, "u.call_center_id");
    Ok(sql.scalar::<i32>(conn).await?.is_some())
}

pub(super) async fn center_of(
    conn: &impl ConnectionTrait,
    user: Uuid,
) -> Result<Option<Uuid>, DbErr> {
    let sql = "SELECT call_center_id FROM users WHERE id = $1";
    Ok(Sql::with(sql, [user.into()]).scalar::<Option<Uuid>>(conn).await?.flatten())
}

/// Sets one column of `rows` and makes their next version.
///
/// # Errors
/// [`Error::Conflict`] if one of them changed since it was read: the batch is tried again.
pub(super) async fn set(
    tx: &Tx,
    rows: &[Current],
    column: &'static str,
    value: Value,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut sql = Sql::new(format!("UPDATE clients SET {column} = "));
    sql.bind(value).push(", ");
    write(tx, sql, rows, now).await
}

/// Makes the next version of `rows`: something kept beside them changed.
pub(super) async fn set_nothing(tx: &Tx, rows: &[Current], now: DateTime<Utc>) -> Result<()> {
    write(tx, Sql::new("UPDATE clients SET "), rows, now).await
}

async fn write(tx: &Tx, mut sql: Sql, rows: &[Current], now: DateTime<Utc>) -> Result<()> {
    #[derive(FromQueryResult)]
    struct Written {
        id: Uuid,
        version: i32,
    }
    if rows.is_empty() {
        return Ok(());
    }
    sql.push("version = version + 1, updated_at = ").bind(now).push(" WHERE id IN ");
    sql.bind_list(rows.iter().map(|row| row.id)).push(" RETURNING id, version");
    let written: Vec<Written> = sql.all(tx).await?;
    let versions: HashMap<Uuid, i32> = written.into_iter().map(|w| (w.id, w.version)).collect();
    let as_read = rows.iter().all(|row| versions.get(&row.id) == Some(&(row.version + 1)));
    if as_read { Ok(()) } else { Err(Error::Conflict("operation-moved")) }
}

/// The names of each client's tags, in order.
pub(in crate::operations) async fn tags_of(
    conn: &impl ConnectionTrait,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Vec<String>>, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        client_id: Uuid,
        name: String,
    }
    let mut tags: HashMap<Uuid, Vec<String>> = HashMap::new();
    if ids.is_empty() {
        return Ok(tags);
    }
    let mut sql = Sql::new(
        "SELECT ct.client_id, t.name FROM client_tags ct JOIN tags t ON t.id = ct.tag_id \
         WHERE ct.client_id IN ",
    );
    sql.bind_list(ids.iter().copied()).push(" ORDER BY ct.client_id, t.key");
    for row in sql.all::<Row>(conn).await? {
        tags.entry(row.client_id).or_default().push(row.name);
    }
    Ok(tags)
}

/// Gives the clients these tags and no others.
pub(super) async fn replace_tags(
    tx: &Tx,
    clients: &[Uuid],
    pairs: Vec<(Uuid, Uuid)>,
) -> Result<(), DbErr> {
    let mut sql = Sql::new("DELETE FROM client_tags WHERE client_id IN ");
    sql.bind_list(clients.iter().copied());
    sql.later(tx).await?;
    let rows =
        pairs.into_iter().map(|(client, tag)| -> Vec<Value> { vec![client.into(), tag.into()] });
    insert_many(tx, "client_tags", &["client_id", "tag_id"], rows, "ON CONFLICT DO NOTHING")
        .await?;
    Ok(())
}

/// Which of the binned rows' codes another client has meanwhile.
pub(super) async fn codes_in_use(
    conn: &impl ConnectionTrait,
    rows: &HashMap<Uuid, Current>,
) -> Result<HashSet<(Uuid, String)>, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        call_center_id: Uuid,
        code: String,
    }
    let binned = rows.values().filter(|row| row.deleted_at.is_some());
    let codes: Vec<String> = binned.filter_map(|row| row.code.clone()).collect();
    if codes.is_empty() {
        return Ok(HashSet::new());
    }
    let mut sql =
        Sql::new("SELECT call_center_id, code FROM clients WHERE deleted_at IS NULL AND code IN ");
    sql.bind_list(codes);
    let rows: Vec<Row> = sql.all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.call_center_id, row.code)).collect())
}

/// Everyone clients may be given to, by name.
pub(super) async fn assignees(
    conn: &impl ConnectionTrait,
    actor: &Actor,
) -> Result<Vec<(Uuid, String)>, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        id: Uuid,
        name: String,
    }
    let mut sql = Sql::new(
        "SELECT u.id, u.name FROM users u \
         WHERE u.is_active AND u.role IN ('owner', 'supervisor', 'agent')",
    );
    actor.within_center(&mut sql, "u.call_center_id");
    sql.push(" ORDER BY u.name, u.id LIMIT 500");
    let rows: Vec<Row> = sql.all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}
