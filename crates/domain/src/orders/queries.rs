//! The SQL of orders.

use std::collections::HashMap;

use base::db::{Db, Sql, Tx, insert_many};
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};
use serde_json::json;
use uuid::Uuid;

use super::examine::{Decided, take_turn};
use super::input::House;
use super::link::{Link, Why};
use super::lookup::name_words;
use super::{Order, Search, ValidOrder};
use crate::actor::Actor;
use crate::clients::{self, Found};
use crate::error::Result;
use crate::search::{self, ORDERS};

/// What [`Order`] reads of `o` itself.
macro_rules! own {
    () => {
        "o.seq, o.id, o.call_center_id, o.number, o.client_id, o.client_name, o.email, o.phone, \
         o.phone_e164, o.name_key, o.amount, o.currency, o.status, o.ordered_at, o.link_state, \
         o.link_method, o.link_score, o.link_reason, o.candidates, o.linked_in, o.evidence, \
         o.is_waiting, o.decided_by, o.decided_at, o.version, o.created_at, o.updated_at, "
    };
}

/// What [`Order`] reads of `o`.
pub(super) const COLUMNS: &str = concat!(
    own!(),
    "(SELECT c.full_name FROM clients c WHERE c.id = o.client_id) AS linked_name, \
     (SELECT c.code FROM clients c WHERE c.id = o.client_id) AS linked_code, \
     (SELECT u.name FROM users u WHERE u.id = o.decided_by) AS decider_name"
);

/// The same for those who know the names already.
pub(super) const ALONE: &str =
    concat!(own!(), "NULL AS linked_name, NULL AS linked_code, NULL AS decider_name");

/// Appends ` AND …`: the orders an actor may see.
pub(super) fn visible(sql: &mut Sql, actor: &Actor) {
    if !actor.works_with_clients() {
        sql.push(" AND 1 = 0");
    }
    actor.within_center(sql, "o.call_center_id");
}

pub(super) async fn find(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    id: Uuid,
) -> Result<Option<Order>, DbErr> {
    let mut sql = Sql::new(format!("SELECT {COLUMNS} FROM orders o WHERE 1 = 1"));
    visible(&mut sql, actor);
    sql.push(" AND o.id = ").bind(id);
    sql.one(conn).await
}

/// The same, as it stays until the transaction ends, in which the orders of its centre may be
/// linked.
pub(super) async fn find_in_turn(tx: &Tx, actor: &Actor, id: Uuid) -> Result<Option<Order>, DbErr> {
    let Some(order) = find(tx, actor, id).await? else { return Ok(None) };
    take_turn(tx, order.call_center_id).await?;
    let mut sql = Sql::new(format!("SELECT {COLUMNS} FROM orders o WHERE 1 = 1"));
    visible(&mut sql, actor);
    sql.push(" AND o.id = ").bind(id).hold(tx, "o");
    sql.one(tx).await
}

pub(super) async fn by_number(
    conn: &impl ConnectionTrait,
    center: Uuid,
    number: &str,
) -> Result<Option<Order>, DbErr> {
    let found = with_numbers(conn, center, &[number.to_owned()]).await?;
    Ok(found.into_iter().next())
}

/// The orders of a centre that bear these numbers.
pub(crate) async fn with_numbers(
    conn: &impl ConnectionTrait,
    center: Uuid,
    numbers: &[String],
) -> Result<Vec<Order>, DbErr> {
    let mut found = Vec::new();
    for chunk in numbers.chunks(1_000) {
        let mut sql = Sql::new(format!("SELECT {COLUMNS} FROM orders o WHERE o.call_center_id = "));
        sql.bind(center).push(" AND o.number IN ").bind_list(chunk.to_vec());
        found.extend(sql.all::<Order>(conn).await?);
    }
    Ok(found)
}

/// The first orders of a centre that wait to be linked.
pub(super) async fn waiting(tx: &Tx, center: Uuid, limit: i64) -> Result<Vec<Order>, DbErr> {
    let mut sql = Sql::new(format!("SELECT {COLUMNS} FROM orders o WHERE o.call_center_id = "));
    sql.bind(center).push(" AND o.is_waiting ORDER BY o.seq LIMIT ").bind(limit);
    sql.hold(tx, "o");
    sql.all(tx).await
}

const INSERTED: [&str; 27] = [
    "id",
    "call_center_id",
    "number",
    "client_id",
    "client_name",
    "email",
    "phone",
    "phone_e164",
    "name_key",
    "words_key",
    "name_words",
    "email_key",
    "phone_key",
    "search_text",
    "amount",
    "currency",
    "status",
    "ordered_at",
    "link_state",
    "link_method",
    "link_score",
    "link_reason",
    "evidence",
    "is_waiting",
    "created_by",
    "created_at",
    "updated_at",
];

pub(super) async fn insert(
    tx: &Tx,
    actor: &Actor,
    center: Uuid,
    orders: &[(Uuid, ValidOrder, Option<Found>)],
    must_wait: bool,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let texts: Vec<String> = orders.iter().map(|(_, order, _)| order.search_text()).collect();
    let pieces = search::pieces_of(tx.engine(), texts.clone());
    let row = |((id, order, client), text): (&(Uuid, ValidOrder, Option<Found>), String)| {
        let is_linked = client.is_some();
        let row: Vec<Value> = vec![
            (*id).into(),
            center.into(),
            order.number.clone().into(),
            client.map(|client| client.id).into(),
            order.client_name.clone().into(),
            order.email.clone().into(),
            order.phone.clone().into(),
            order.phone_e164.clone().into(),
            order.name_key().into(),
            order.words_key.clone().into(),
            order.client_name.as_deref().and_then(|name| name_words(center, name)).into(),
            order.email_key.clone().into(),
            order.phone_key.clone().into(),
            text.into(),
            order.amount.into(),
            order.currency.clone().into(),
            order.status.as_str().into(),
            order.ordered_at.into(),
            (if is_linked { "linked" } else { "unlinked" }).into(),
            is_linked.then(|| "manual".to_owned()).into(),
            is_linked.then_some(100).into(),
            is_linked.then(|| json!(Why::plain("code"))).into(),
            order.evidence().into(),
            (must_wait && !is_linked).into(),
            actor.user_id.into(),
            now.into(),
            now.into(),
        ];
        row
    };
    let rows: Vec<Vec<Value>> = orders.iter().zip(texts).map(row).collect();
    insert_many(tx, "orders", &INSERTED, rows, "").await?;
    // A number taken meanwhile is told here.
    tx.flush().await?;
    let ids: Vec<Uuid> = orders.iter().map(|(id, ..)| *id).collect();
    let seqs = seqs_of(tx, &ids).await?;
    let seq_of = |id: &Uuid| seqs.get(id).copied();
    let pieces = ids.iter().zip(pieces.await?).filter_map(|(id, p)| Some((seq_of(id)?, p)));
    search::insert(tx, ORDERS, pieces.collect()).await?;
    let given: Vec<Uuid> = orders.iter().filter(|o| o.2.is_some()).map(|o| o.0).collect();
    for ids in given.chunks(1_000) {
        // Whoever sent it knew: nobody is asked again.
        let mut sql = Sql::new("UPDATE orders SET decided_at = ");
        sql.bind(now).push(", decided_by = ").bind(actor.user_id);
        sql.push(" WHERE id IN ").bind_list(ids.to_vec());
        sql.later(tx).await?;
    }
    Ok(())
}

/// The numbers in the database of these orders.
async fn seqs_of(tx: &Tx, ids: &[Uuid]) -> Result<HashMap<Uuid, i64>, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        id: Uuid,
        seq: i64,
    }
    let mut found = HashMap::new();
    for chunk in ids.chunks(1_000) {
        let mut sql = Sql::new("SELECT id, seq FROM orders WHERE id IN ");
        sql.bind_list(chunk.to_vec());
        found.extend(sql.all::<Row>(tx).await?.into_iter().map(|row| (row.id, row.seq)));
    }
    Ok(found)
}

/// Overwrites what an order says. When that points to another client than before (`must_wait` is
/// for a later look), what was decided no longer counts.
pub(super) async fn overwrite(
    tx: &Tx,
    order: &Order,
    valid: &ValidOrder,
    must_wait: bool,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let text = valid.search_text();
    let mut sql = Sql::new("UPDATE orders SET client_name = ");
    sql.bind(valid.client_name.clone());
    sql.push(", email = ").bind(valid.email.clone());
    sql.push(", phone = ").bind(valid.phone.clone());
    sql.push(", phone_e164 = ").bind(valid.phone_e164.clone());
    sql.push(", name_key = ").bind(valid.name_key());
    sql.push(", words_key = ").bind(valid.words_key.clone());
    let words = valid.client_name.as_deref();
    let words = words.and_then(|name| name_words(order.call_center_id, name));
    sql.push(", name_words = ").bind(words);
    sql.push(", email_key = ").bind(valid.email_key.clone());
    sql.push(", phone_key = ").bind(valid.phone_key.clone());
    sql.push(", search_text = ").bind(text.clone());
    sql.push(", amount = ").bind(valid.amount);
    sql.push(", currency = ").bind(valid.currency.clone());
    sql.push(", status = ").bind(valid.status.as_str());
    sql.push(", ordered_at = ").bind(valid.ordered_at);
    sql.push(", evidence = ").bind(valid.evidence());
    if valid.evidence() != order.evidence {
        sql.push(", decided_at = NULL, decided_by = NULL, is_waiting = ").bind(must_wait);
    }
    sql.push(", version = version + 1, updated_at = ").bind(now);
    sql.push(" WHERE id = ").bind(order.id);
    sql.later(tx).await?;
    search::replace(tx, ORDERS, order.seq, &text).await
}

/// Writes a link.
pub(super) async fn set_link(
    tx: &Tx,
    order: &Order,
    link: &Link,
    decided: Decided,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let (by, at) = decided.map_or((None, None), |(by, at)| (by, Some(at)));
    // Only what people do counts as a version: an import is undone although its orders were linked.
    let is_newer = decided.is_some() && !link.is_same(order);
    let mut sql = Sql::new("UPDATE orders SET is_waiting = FALSE, client_id = ");
    sql.bind(link.client);
    sql.push(", link_state = ").bind(link.state.as_str());
    sql.push(", link_method = ").bind(link.method.map(str::to_owned));
    sql.push(", link_score = ").bind(link.score);
    sql.push(", link_reason = ").bind(link.why_json());
    sql.push(", candidates = ").bind(link.candidates_json()).push(", linked_in = NULL");
    sql.push(", decided_by = ").bind(by).push(", decided_at = ").bind(at);
    if is_newer {
        sql.push(", version = version + 1, updated_at = ").bind(now);
    }
    sql.push(" WHERE id = ").bind(order.id);
    sql.later(tx).await
}

/// Deletes orders; returns the clients they were of.
pub(super) async fn remove(tx: &Tx, ids: &[Uuid]) -> Result<Vec<Uuid>, DbErr> {
    let mut clients = Vec::new();
    for chunk in ids.chunks(1_000) {
        let mut sql =
            Sql::new("SELECT client_id FROM orders WHERE client_id IS NOT NULL AND id IN ");
        sql.bind_list(chunk.to_vec());
        clients.extend(sql.column::<Uuid>(tx).await?);
        let seqs = seqs_of(tx, chunk).await?.into_values().collect();
        search::forget(tx, ORDERS, seqs).await?;
        let mut sql = Sql::new("DELETE FROM orders WHERE id IN ");
        sql.bind_list(chunk.to_vec());
        sql.later(tx).await?;
    }
    Ok(clients)
}

/// What a centre reads orders by.
pub(crate) async fn house(
    conn: &impl ConnectionTrait,
    center: Uuid,
) -> Result<Option<House>, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        phone_region: String,
        currency: String,
    }
    let sql = "SELECT phone_region, currency FROM call_centers WHERE id = $1";
    let row: Option<Row> = Sql::with(sql, [center.into()]).one(conn).await?;
    Ok(row.map(|row| House { center, region: row.phone_region, currency: row.currency }))
}

/// The only centre, if there is one only.
pub(super) async fn only_center(conn: &impl ConnectionTrait) -> Result<Option<Uuid>, DbErr> {
    let ids: Vec<Uuid> = Sql::new("SELECT id FROM call_centers LIMIT 2").column(conn).await?;
    Ok(if ids.len() == 1 { ids.first().copied() } else { None })
}

pub(super) async fn client_by_code(
    conn: &impl ConnectionTrait,
    center: Uuid,
    code: &str,
) -> Result<Option<Found>, DbErr> {
    let found = clients_by_codes(conn, center, &[code.to_owned()]).await?;
    Ok(found.get(code).copied())
}

/// The clients of a centre that have these codes, or live on in whom these codes led to.
pub(crate) async fn clients_by_codes(
    conn: &impl ConnectionTrait,
    center: Uuid,
    codes: &[String],
) -> Result<HashMap<String, Found>, DbErr> {
    let mut found = clients::by_former_codes(conn, center, codes).await?;
    let living = clients::by_codes(conn, center, codes).await?;
    found.extend(living.into_iter().map(|(code, id)| (code, Found::from(id))));
    Ok(found)
}

/// The kind of the job that indexes orders older than the index.
pub const PIECES_JOB: &str = "order_pieces";

/// Indexes some of the orders after number `after` that are not indexed yet; the number of the last
/// one, `None` when there was nothing to do.
///
/// # Errors
/// The engine's.
pub async fn file_pieces(db: &Db, after: i64) -> Result<Option<i64>, DbErr> {
    #[derive(FromQueryResult)]
    struct Unfiled {
        seq: i64,
        search_text: String,
    }
    let tx = db.begin().await?;
    let mut sql = Sql::new("SELECT o.seq, o.search_text FROM orders o WHERE o.seq > ");
    sql.bind(after).push(" AND NOT EXISTS (SELECT 1 FROM order_grams g WHERE g.rowid = o.seq)");
    sql.push(" ORDER BY o.seq LIMIT 2000").hold(&tx, "o");
    let orders: Vec<Unfiled> = sql.all(&tx).await?;
    let Some(last) = orders.last().map(|order| order.seq) else { return Ok(None) };
    let (seqs, texts): (Vec<i64>, Vec<String>) =
        orders.into_iter().map(|order| (order.seq, order.search_text)).unzip();
    let pieces = search::pieces_of(tx.engine(), texts).await?;
    search::insert(&tx, ORDERS, seqs.into_iter().zip(pieces).collect()).await?;
    tx.commit().await?;
    Ok(Some(last))
}

/// The next orders of an export, in the order they came: those after number `after`.
///
/// # Errors
/// No right to export.
pub async fn export_batch(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    search: &Search,
    after: i64,
    limit: i64,
) -> Result<(Vec<Order>, Option<i64>)> {
    crate::operations::exports::permit(actor)?;
    let mut sql = Sql::new(format!("SELECT {COLUMNS} FROM orders o WHERE 1 = 1"));
    search.push(&mut sql, actor, conn.get_database_backend());
    sql.push(" AND o.seq > ").bind(after).push(" ORDER BY o.seq LIMIT ").bind(limit);
    let rows: Vec<Order> = sql.all(conn).await?;
    let full = rows.len() as i64 == limit;
    let next = rows.last().filter(|_| full).map(|row| row.seq);
    Ok((rows, next))
}

/// The facts that told of the links of these clients' orders together with others', and the
/// orders' numbers.
pub(crate) async fn told_together(
    conn: &impl ConnectionTrait,
    clients: &[Uuid],
) -> Result<Vec<(Uuid, String)>, DbErr> {
    #[derive(FromQueryResult)]
    struct Told {
        linked_in: Uuid,
        number: String,
    }
    let mut sql = Sql::new("SELECT o.linked_in, o.number FROM orders o WHERE o.client_id IN ");
    sql.bind_list(clients.to_vec()).push(" AND o.linked_in IS NOT NULL ORDER BY o.seq LIMIT 200");
    let told: Vec<Told> = sql.all(conn).await?;
    Ok(told.into_iter().map(|told| (told.linked_in, told.number)).collect())
}
