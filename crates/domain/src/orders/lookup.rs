//! The keys that lead from one order to its candidates, and from one client to the orders that may
//! be theirs. The only file here that forks by engine.
//!
//! SQLite files the keys of a client as the words of a full-text row, PostgreSQL as an array under
//! a GIN index: some thirty keys a client, which rows of a table would make ten times as dear.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use base::db::{Engine, Sql, Tx};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, FromQueryResult};
use uuid::Uuid;

use crate::linking::{CROWD, ClientRecord, Key, SharedWords, client_keys, order_words};

/// Clients filed in one statement.
const CHUNK: usize = 400;
/// Keys asked for in one statement: SQLite takes 500 parts.
const PARTS: usize = 200;

/// Takes clients (their number in the database beside them) out of the file.
pub(super) async fn forget(tx: &Tx, clients: &[(i64, ClientRecord)]) -> Result<(), DbErr> {
    for chunk in clients.chunks(CHUNK) {
        let mut sql = Sql::new(format!("DELETE FROM client_keys WHERE {} IN ", number(tx)));
        sql.bind_list(chunk.iter().map(|(seq, _)| *seq));
        sql.later(tx).await?;
    }
    Ok(())
}

/// What the file calls a client's number.
fn number(tx: &Tx) -> &'static str {
    if tx.engine() == Engine::Sqlite { "rowid" } else { "seq" }
}

/// Files clients of whom nothing is filed.
pub(super) async fn file(
    tx: &Tx,
    center: Uuid,
    region: &str,
    clients: &[(i64, ClientRecord)],
) -> Result<(), DbErr> {
    for chunk in clients.chunks(CHUNK) {
        let mut sql = Sql::new(format!("INSERT INTO client_keys ({}, keys) VALUES ", number(tx)));
        for (index, (seq, client)) in chunk.iter().enumerate() {
            sql.push(if index > 0 { ", (" } else { "(" }).bind(*seq).push(", ");
            let keys = client_keys(client, region);
            let keys = keys.into_iter().map(|key| key.stored(center.as_u128()));
            match tx.engine() {
                Engine::Sqlite => {
                    let words: Vec<String> = keys.map(word).collect();
                    sql.bind(words.join(" "))
                }
                Engine::Postgres => {
                    let list: Vec<String> = keys.map(|key| key.to_string()).collect();
                    sql.push("CAST(").bind(format!("{{{}}}", list.join(","))).push(" AS BIGINT[])")
                }
            };
            sql.push(")");
        }
        sql.later(tx).await?;
    }
    Ok(())
}

/// A key as one word of a text.
fn word(key: i64) -> String {
    let mut word = String::with_capacity(17);
    // Writing to a String cannot fail.
    let _ = write!(word, "x{:016x}", key as u64);
    word
}

/// What some keys led to.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Clients, by their number in the database.
    pub(super) clients: HashSet<i64>,
    /// Keys that led to any.
    pub(super) led: HashSet<Key>,
    /// Keys that led to too many.
    pub(super) crowded: HashSet<Key>,
}

#[derive(FromQueryResult)]
struct Hit {
    part: i32,
    seq: i64,
}

/// Adds to `found` the clients of `center` under `keys`.
pub(super) async fn find(
    conn: &impl ConnectionTrait,
    center: Uuid,
    keys: &[Key],
    found: &mut Found,
) -> Result<(), DbErr> {
    let limit = i64::try_from(CROWD).unwrap_or(64) + 1;
    plan_by_index(conn, true).await?;
    for chunk in keys.chunks(PARTS) {
        let mut sql = Sql::new("");
        for (part, key) in chunk.iter().enumerate() {
            let head = if part > 0 { " UNION ALL " } else { "" };
            sql.push(head).push(&format!("SELECT {part} AS part, seq FROM ("));
            under(&mut sql, conn.get_database_backend(), key.stored(center.as_u128()));
            sql.push(" LIMIT ").bind(limit).push(&format!(") AS p{part}"));
        }
        let hits: Vec<Hit> = sql.all(conn).await?;
        let mut by_key: HashMap<i32, Vec<i64>> = HashMap::new();
        for hit in hits {
            by_key.entry(hit.part).or_default().push(hit.seq);
        }
        for (part, clients) in by_key {
            let Some(key) = usize::try_from(part).ok().and_then(|part| chunk.get(part)) else {
                continue;
            };
            found.led.insert(*key);
            if clients.len() > CROWD {
                found.crowded.insert(*key);
            } else {
                found.clients.extend(clients);
            }
        }
    }
    plan_by_index(conn, false).await
}

/// How many clients of `center` are under each key, as far as it matters.
pub(super) async fn count(
    conn: &impl ConnectionTrait,
    center: Uuid,
    keys: &[Key],
) -> Result<HashMap<Key, u32>, DbErr> {
    const ENOUGH: i64 = 20_000;
    #[derive(FromQueryResult)]
    struct Count {
        part: i32,
        number: i64,
    }
    let mut counts = HashMap::new();
    plan_by_index(conn, true).await?;
    for chunk in keys.chunks(PARTS) {
        let mut sql = Sql::new("");
        for (part, key) in chunk.iter().enumerate() {
            let head = if part > 0 { " UNION ALL " } else { "" };
            sql.push(head).push(&format!("SELECT {part} AS part, COUNT(*) AS number FROM ("));
            under(&mut sql, conn.get_database_backend(), key.stored(center.as_u128()));
            sql.push(" LIMIT ").bind(ENOUGH).push(&format!(") AS p{part}"));
        }
        for Count { part, number } in sql.all(conn).await? {
            let key = usize::try_from(part).ok().and_then(|part| chunk.get(part));
            if let Some(key) = key {
                counts.insert(*key, u32::try_from(number).unwrap_or(u32::MAX));
            }
        }
    }
    plan_by_index(conn, false).await?;
    Ok(counts)
}

/// The words of an order's name as they are stored with it.
pub(crate) fn name_words(center: Uuid, name: &str) -> Option<String> {
    let keys = order_words(name).into_iter().map(|key| word(key.stored(center.as_u128())));
    let words: Vec<String> = keys.collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// The orders of `center` without a client that bear a word of `words`.
pub(super) async fn orders_bearing(
    tx: &Tx,
    center: Uuid,
    words: &SharedWords,
) -> Result<Vec<i64>, DbErr> {
    // A word that many orders bear says nothing alone; beside an initial it says more.
    const MANY: usize = 500;
    let beside = words.beside.iter().map(|key| (*key, MANY, true));
    let keys: Vec<(Key, usize, bool)> =
        beside.chain(words.alone.iter().map(|key| (*key, CROWD, false))).collect();
    let mut found = HashSet::new();
    plan_by_index(tx, true).await?;
    for chunk in keys.chunks(PARTS) {
        let mut sql = Sql::new("");
        for (part, (key, limit, _)) in chunk.iter().enumerate() {
            let head = if part > 0 { " UNION ALL " } else { "" };
            sql.push(head).push(&format!("SELECT {part} AS part, seq FROM ("));
            match tx.engine() {
                Engine::Sqlite => {
                    sql.push("SELECT rowid AS seq FROM order_words WHERE order_words MATCH ")
                }
                Engine::Postgres => sql.push(
                    "SELECT o.seq FROM orders o WHERE o.link_state <> 'linked' \
                     AND string_to_array(o.name_words, ' ') @> ARRAY[",
                ),
            };
            sql.bind(word(key.stored(center.as_u128())));
            sql.push(if tx.engine() == Engine::Postgres { "]" } else { "" });
            let limit = i64::try_from(limit + 1).unwrap_or(i64::MAX);
            sql.push(" LIMIT ").bind(limit).push(&format!(") AS p{part}"));
        }
        let mut by_key: HashMap<i32, Vec<i64>> = HashMap::new();
        for hit in sql.all::<Hit>(tx).await? {
            by_key.entry(hit.part).or_default().push(hit.seq);
        }
        for (part, orders) in by_key {
            let key = usize::try_from(part).ok().and_then(|part| chunk.get(part));
            if key.is_some_and(|(_, limit, even_many)| *even_many || orders.len() <= *limit) {
                found.extend(orders);
            }
        }
    }
    plan_by_index(tx, false).await?;
    Ok(found.into_iter().collect())
}

#[derive(FromQueryResult)]
struct Sharing {
    part: i32,
    id: Uuid,
}

/// For each of these lists of keys, the clients of `center` that are under one of them, if they are
/// no crowd: one statement for each [`PARTS`] lists. They are no sooner found than they are filed.
pub(crate) async fn sharing(
    conn: &impl ConnectionTrait,
    center: Uuid,
    lists: &[Vec<Key>],
) -> Result<Vec<Vec<Uuid>>, DbErr> {
    let limit = i64::try_from(CROWD).unwrap_or(64) + 1;
    let mut found = vec![Vec::new(); lists.len()];
    let asked: Vec<usize> = (0..lists.len()).filter(|list| !lists[*list].is_empty()).collect();
    for chunk in asked.chunks(PARTS) {
        let mut sql = Sql::new("");
        for (index, part) in chunk.iter().enumerate() {
            let keys = lists[*part].iter().map(|key| key.stored(center.as_u128()));
            sql.push(if index > 0 { " UNION ALL " } else { "" });
            // Materialized: PostgreSQL would expect the first of a crowd soon and read in order.
            sql.push(&format!("SELECT {part} AS part, c.id FROM (WITH k AS MATERIALIZED ("));
            match conn.get_database_backend() {
                DbBackend::Postgres => {
                    let keys: Vec<String> = keys.map(|key| key.to_string()).collect();
                    sql.push("SELECT seq FROM client_keys WHERE keys && CAST(")
                        .bind(format!("{{{}}}", keys.join(",")))
                        .push(" AS BIGINT[])")
                }
                _ => sql
                    .push("SELECT rowid AS seq FROM client_keys WHERE client_keys MATCH ")
                    .bind(keys.map(word).collect::<Vec<_>>().join(" OR ")),
            };
            sql.push(") SELECT seq FROM k LIMIT ").bind(limit).push(&format!(
                ") AS p{index} JOIN clients c ON c.seq = p{index}.seq AND c.deleted_at IS NULL"
            ));
        }
        for Sharing { part, id } in sql.all(conn).await? {
            if let Some(clients) = usize::try_from(part).ok().and_then(|part| found.get_mut(part)) {
                clients.push(id);
            }
        }
    }
    found.iter_mut().filter(|clients| clients.len() > CROWD).for_each(Vec::clear);
    Ok(found)
}

fn under(sql: &mut Sql, backend: DbBackend, key: i64) {
    match backend {
        DbBackend::Postgres => sql
            .push("SELECT seq FROM client_keys WHERE keys @> ARRAY[CAST(")
            .bind(key)
            .push(" AS BIGINT)]"),
        _ => sql
            .push("SELECT rowid AS seq FROM client_keys WHERE client_keys MATCH ")
            .bind(word(key)),
    };
}

/// PostgreSQL believes that any key is in one row of two hundred and would read them in order.
async fn plan_by_index(conn: &impl ConnectionTrait, yes: bool) -> Result<(), DbErr> {
    if conn.get_database_backend() == DbBackend::Postgres {
        let value = if yes { "off" } else { "on" };
        conn.execute_unprepared(&format!("SET LOCAL enable_seqscan = {value}")).await?;
    }
    Ok(())
}
