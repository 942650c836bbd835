use base::db::{Sql, Tx, insert_many};
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};
use serde_json::Value as Json;
use uuid::Uuid;

use super::{Kind, NewOperation, Operation, State, Tally};
use crate::actor::Actor;
use crate::error::Result;
use crate::paging::{Paged, read_cursor, write_cursor};

/// Why a line of a file was left out.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Reject {
    /// The line of the file; the header is on line 1.
    pub line: i64,
    /// The client's field, if one is at fault.
    pub field: Option<String>,
    /// The message's key.
    pub code: String,
    /// Figures for the message.
    pub detail: Option<String>,
    /// What the file says there.
    pub value: Option<String>,
}

/// A client or an alert an undo left alone.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Kept {
    /// Which.
    pub id: Uuid,
    /// Its name or title, if it still exists.
    pub name: Option<String>,
    /// The client, unless it is an alert.
    pub client_id: Option<Uuid>,
    /// `changed-since` or `code-taken`.
    pub reason: Option<String>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    kind: String,
    state: String,
    user_id: Option<Uuid>,
    user_name: Option<String>,
    call_center_id: Option<Uuid>,
    params: Json,
    total: i64,
    done: i64,
    cursor: Option<Uuid>,
    result: Option<Json>,
    undo_of: Option<Uuid>,
    undone_by: Option<Uuid>,
    created_at: DateTime<Utc>,
    started_at: Option<DateTime<Utc>>,
    finished_at: Option<DateTime<Utc>>,
}

impl From<Row> for Operation {
    fn from(row: Row) -> Self {
        let tally = row.result.and_then(|json| serde_json::from_value(json).ok());
        Self {
            id: row.id,
            kind: Kind::parse(&row.kind).unwrap_or(Kind::Undo),
            state: State::parse(&row.state),
            user_id: row.user_id,
            user_name: row.user_name,
            call_center_id: row.call_center_id,
            params: row.params,
            total: row.total,
            done: row.done,
            tally: tally.unwrap_or_default(),
            undo_of: row.undo_of,
            undone_by: row.undone_by,
            created_at: row.created_at,
            started_at: row.started_at,
            finished_at: row.finished_at,
            cursor: row.cursor,
        }
    }
}

const SELECT: &str = "SELECT o.id, o.kind, o.state, o.user_id, u.name AS user_name, \
    o.call_center_id, o.params, o.total, o.done, o.cursor, o.result, o.undo_of, o.undone_by, \
    o.created_at, o.started_at, o.finished_at \
    FROM operations o LEFT JOIN users u ON u.id = o.user_id WHERE 1 = 1";

/// The operations an actor may see. Drafts are their author's alone.
fn visible(sql: &mut Sql, actor: &Actor) {
    actor.within_center(sql, "o.call_center_id");
    actor.within_work(sql, "o.user_id", "o.user_id");
    if !actor.works_with_clients() {
        sql.push(" AND 1 = 0");
    }
    sql.push(" AND (o.state <> 'draft'");
    if let Some(me) = actor.user_id {
        sql.push(" OR o.user_id = ").bind(me);
    }
    sql.push(")");
}

/// The operation `id`; with an actor, only if they may see it.
pub(super) async fn find(
    conn: &impl ConnectionTrait,
    actor: Option<&Actor>,
    id: Uuid,
) -> Result<Option<Operation>, DbErr> {
    let mut sql = Sql::new(SELECT);
    sql.push(" AND o.id = ").bind(id);
    if let Some(actor) = actor {
        visible(&mut sql, actor);
    }
    Ok(sql.one::<Row>(conn).await?.map(Operation::from))
}

pub(super) async fn list(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    cursor: Option<&str>,
    limit: u32,
) -> Result<Paged<Operation>> {
    let mut sql = Sql::new(SELECT);
    visible(&mut sql, actor);
    sql.push(" AND o.state <> 'draft'");
    if let Some(cursor) = cursor {
        let (at, id): (DateTime<Utc>, Uuid) = read_cursor(cursor)?;
        sql.push(" AND (o.created_at < ").bind(at).push(" OR (o.created_at = ").bind(at);
        sql.push(" AND o.id < ").bind(id).push("))");
    }
    sql.push(" ORDER BY o.created_at DESC, o.id DESC LIMIT ").bind(i64::from(limit) + 1);
    let rows: Vec<Row> = sql.all(conn).await?;
    let mut rows: Vec<Operation> = rows.into_iter().map(Operation::from).collect();
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next = rows.last().filter(|_| more).map(|last| write_cursor(&(last.created_at, last.id)));
    Ok(Paged { rows, next, previous: None })
}

pub(super) async fn insert(
    tx: &Tx,
    id: Uuid,
    user_id: Option<Uuid>,
    state: State,
    new: &NewOperation,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let mut sql = Sql::new(
        "INSERT INTO operations (id, kind, user_id, call_center_id, state, params, total, \
         undo_of, created_at) VALUES ",
    );
    sql.bind_list([
        Value::from(id),
        new.kind.as_str().into(),
        user_id.into(),
        new.call_center_id.into(),
        state.as_str().into(),
        new.params.clone().into(),
        new.total.into(),
        new.undo_of.into(),
        now.into(),
    ]);
    sql.later(tx).await?;
    Ok(())
}

/// Writes a batch's progress; `false` if another worker did this batch meanwhile.
pub(super) async fn advance(
    tx: &Tx,
    before: &Operation,
    done: i64,
    cursor: Option<Uuid>,
    tally: &Tally,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let mut sql = Sql::new("UPDATE operations SET state = 'running', done = ");
    sql.bind(done).push(", cursor = ").bind(cursor);
    sql.push(", result = ").bind(to_json(tally));
    sql.push(", started_at = COALESCE(started_at, ").bind(now).push(")");
    sql.push(" WHERE id = ").bind(before.id).push(" AND done = ").bind(before.done);
    match before.cursor {
        Some(cursor) => sql.push(" AND cursor = ").bind(cursor),
        None => sql.push(" AND cursor IS NULL"),
    };
    sql.push(" AND state IN ('queued', 'running')");
    Ok(sql.execute(tx).await? == 1)
}

/// Sets how many rows there are.
pub(super) async fn set_total(tx: &Tx, id: Uuid, total: i64) -> Result<(), DbErr> {
    let sql = "UPDATE operations SET total = $1 WHERE id = $2";
    Sql::with(sql, [total.into(), id.into()]).later(tx).await?;
    Ok(())
}

/// Ends an operation.
pub(super) async fn end(
    tx: &Tx,
    id: Uuid,
    state: State,
    tally: &Tally,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let touched = Sql::with(
        "UPDATE operations SET state = $1, result = $2, finished_at = $3, \
         started_at = COALESCE(started_at, $4) WHERE id = $5 AND state IN ('queued', 'running')",
        [state.as_str().into(), to_json(tally).into(), now.into(), now.into(), id.into()],
    )
    .execute(tx)
    .await?;
    Ok(touched == 1)
}

/// Notes who undoes `id`; `false` if someone else was faster or it cannot be undone.
pub(super) async fn claim_undo(tx: &Tx, id: Uuid, by: Uuid) -> Result<bool, DbErr> {
    let touched = Sql::with(
        "UPDATE operations SET undone_by = $1 WHERE id = $2 AND undone_by IS NULL \
         AND state IN ('done', 'failed')",
        [by.into(), id.into()],
    )
    .execute(tx)
    .await?;
    Ok(touched == 1)
}

/// Marks `id` undone.
pub(super) async fn mark_undone(tx: &Tx, id: Uuid) -> Result<(), DbErr> {
    Sql::with("UPDATE operations SET state = 'undone' WHERE id = $1", [id.into()])
        .later(tx)
        .await?;
    Ok(())
}

/// The parameters of the operations of `kind` that are not over.
pub(super) async fn unfinished(
    conn: &impl ConnectionTrait,
    kind: Kind,
) -> Result<Vec<Json>, DbErr> {
    let sql = "SELECT params FROM operations WHERE kind = $1 AND state IN ('queued', 'running')";
    Sql::with(sql, [kind.as_str().into()]).column(conn).await
}

/// Replaces a draft's parameters.
pub(super) async fn set_params(tx: &Tx, id: Uuid, params: &Json) -> Result<(), DbErr> {
    Sql::with(
        "UPDATE operations SET params = $1 WHERE id = $2",
        [params.clone().into(), id.into()],
    )
    .later(tx)
    .await?;
    Ok(())
}

/// What an operation did to one row, and what it was before.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) id: Uuid,
    pub(super) before: Json,
    pub(super) after_version: i32,
}

pub(super) async fn insert_items(
    tx: &Tx,
    operation_id: Uuid,
    state: &str,
    items: Vec<Item>,
) -> Result<(), DbErr> {
    let rows = items.into_iter().map(|item| -> Vec<Value> {
        vec![
            operation_id.into(),
            item.id.into(),
            item.before.into(),
            item.after_version.into(),
            state.into(),
        ]
    });
    let columns = ["operation_id", "item_id", "before", "after_version", "state"];
    // An import may meet the same client twice: what it was first is what an undo puts back.
    let tail =
        "ON CONFLICT (operation_id, item_id) DO UPDATE SET after_version = excluded.after_version";
    insert_many(tx, "operation_items", &columns, rows, tail).await?;
    Ok(())
}

pub(super) async fn insert_kept(
    tx: &Tx,
    operation_id: Uuid,
    kept: Vec<(Uuid, &'static str)>,
) -> Result<(), DbErr> {
    let row = |(id, reason): (Uuid, &'static str)| -> Vec<Value> {
        vec![operation_id.into(), id.into(), "kept".into(), reason.into()]
    };
    // Collected: a closure over a borrowed text is not Send enough for a job.
    let rows: Vec<Vec<Value>> = kept.into_iter().map(row).collect();
    let columns = ["operation_id", "item_id", "state", "reason"];
    insert_many(tx, "operation_items", &columns, rows, "").await?;
    Ok(())
}

/// An item to put back, with the version its client has now.
#[derive(Clone, Debug, FromQueryResult)]
pub(super) struct Undoable {
    pub(super) id: Uuid,
    pub(super) before: Option<Json>,
    pub(super) state: String,
    pub(super) after_version: Option<i32>,
    pub(super) version: Option<i32>,
}

/// The next items of `operation_id` after `cursor`. `table` holds the rows they speak of.
pub(super) async fn items_to_undo(
    conn: &impl ConnectionTrait,
    operation_id: Uuid,
    table: &'static str,
    cursor: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Undoable>, DbErr> {
    let mut sql = Sql::new(format!(
        "SELECT i.item_id AS id, i.before, i.state, i.after_version, c.version \
         FROM operation_items i LEFT JOIN {table} c ON c.id = i.item_id WHERE i.operation_id = "
    ));
    sql.bind(operation_id);
    if let Some(cursor) = cursor {
        sql.push(" AND i.item_id > ").bind(cursor);
    }
    sql.push(" ORDER BY i.item_id LIMIT ").bind(limit);
    sql.all(conn).await
}

pub(super) async fn count_items(
    conn: &impl ConnectionTrait,
    operation_id: Uuid,
) -> Result<i64, DbErr> {
    let sql = "SELECT COUNT(*) FROM operation_items WHERE operation_id = $1";
    Ok(Sql::with(sql, [operation_id.into()]).scalar(conn).await?.unwrap_or(0))
}

pub(super) async fn kept(
    conn: &impl ConnectionTrait,
    operation_id: Uuid,
    limit: i64,
) -> Result<Vec<Kept>, DbErr> {
    Sql::with(
        "SELECT i.item_id AS id, COALESCE(c.full_name, a.title, o.number) AS name, \
         c.id AS client_id, i.reason FROM operation_items i \
         LEFT JOIN clients c ON c.id = i.item_id LEFT JOIN alerts a ON a.id = i.item_id \
         LEFT JOIN orders o ON o.id = i.item_id \
         WHERE i.operation_id = $1 AND i.state = 'kept' ORDER BY i.item_id LIMIT $2",
        [operation_id.into(), limit.into()],
    )
    .all(conn)
    .await
}

pub(super) async fn insert_rejects(
    tx: &Tx,
    operation_id: Uuid,
    rejects: Vec<Reject>,
) -> Result<(), DbErr> {
    let mut position = 0_i32;
    let mut line = -1;
    let rows = rejects.into_iter().map(move |reject| -> Vec<Value> {
        position = if reject.line == line { position + 1 } else { 0 };
        line = reject.line;
        vec![
            operation_id.into(),
            reject.line.into(),
            position.into(),
            reject.field.into(),
            reject.code.into(),
            reject.detail.into(),
            reject.value.into(),
        ]
    });
    let columns = ["operation_id", "line", "position", "field", "code", "detail", "value"];
    insert_many(tx, "operation_rejects", &columns, rows, "").await?;
    Ok(())
}

pub(super) async fn rejects(
    conn: &impl ConnectionTrait,
    operation_id: Uuid,
    after: i64,
    limit: i64,
) -> Result<Vec<Reject>, DbErr> {
    Sql::with(
        "SELECT line, field, code, detail, value FROM operation_rejects \
         WHERE operation_id = $1 AND line > $2 ORDER BY line, position LIMIT $3",
        [operation_id.into(), after.into(), limit.into()],
    )
    .all(conn)
    .await
}

fn to_json(tally: &Tally) -> Json {
    serde_json::to_value(tally).unwrap_or_default()
}
