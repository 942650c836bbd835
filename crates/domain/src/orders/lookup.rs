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
    for (key, clients) in led_to(conn, center, keys).await? {
        found.led.insert(key);
        if clients.len() > CROWD {
            found.crowded.insert(key);
        } else {
            found.clients.extend(clients);
        }
    }
    Ok(())
}

/// The clients of `center` under each of `keys`, by their number in the database: of a crowd, one
/// more than [`CROWD`]. Keys that lead to nobody are absent.
async fn led_to(
    conn: &impl ConnectionTrait,
    center: Uuid,
    keys: &[Key],
) -> Result<HashMap<Key, Vec<i64>>, DbErr> {
    let limit = i64::try_from(CROWD).unwrap_or(64) + 1;
    let mut found: HashMap<Key, Vec<i64>> = HashMap::new();
    for chunk in keys.chunks(PARTS) {
        let mut sql = Sql::new("");
        for (part, key) in chunk.iter().enumerate() {
            let head = if part > 0 { " UNION ALL " } else { "" };
            sql.push(head).push(&format!("SELECT {part} AS part, seq FROM ("));
            under(&mut sql, conn.get_database_backend(), key.stored(center.as_u128()));
            sql.push(" LIMIT ").bind(limit).push(&format!(") AS p{part}"));
        }
        for Hit { part, seq } in sql.all(conn).await? {
            let key = usize::try_from(part).ok().and_then(|part| chunk.get(part));
            if let Some(key) = key {
                found.entry(*key).or_default().push(seq);
            }
        }
    }
    Ok(found)
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
    Ok(counts)
}

/// The words of an order's name as they are stored with it.
#[must_use]
pub fn name_words(center: Uuid, name: &str) -> Option<String> {
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
                    "WITH k AS MATERIALIZED (SELECT o.seq FROM orders o WHERE \
                     o.link_state <> 'linked' AND string_to_array(o.name_words, ' ') @> ARRAY[",
                ),
            };
            sql.bind(word(key.stored(center.as_u128())));
            let is_postgres = tx.engine() == Engine::Postgres;
            sql.push(if is_postgres { "]) SELECT seq FROM k" } else { "" });
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
    Ok(found.into_iter().collect())
}

/// For each of these lists of keys, the clients of `center` that are under one of them. A key that a
/// crowd is under says nothing of any of them, and leads to nobody. They are no sooner found than
/// they are filed.
pub(crate) async fn sharing(
    conn: &impl ConnectionTrait,
    center: Uuid,
    lists: &[Vec<Key>],
) -> Result<Vec<Vec<Uuid>>, DbErr> {
    #[derive(FromQueryResult)]
    struct Named {
        seq: i64,
        id: Uuid,
    }
    let asked: HashSet<Key> = lists.iter().flatten().copied().collect();
    let asked: Vec<Key> = asked.into_iter().collect();
    let mut under = led_to(conn, center, &asked).await?;
    under.retain(|_, clients| clients.len() <= CROWD);
    let seqs: HashSet<i64> = under.values().flatten().copied().collect();
    let seqs: Vec<i64> = seqs.into_iter().collect();
    let mut ids: HashMap<i64, Uuid> = HashMap::new();
    for chunk in seqs.chunks(1_000) {
        let mut sql = Sql::new("SELECT seq, id FROM clients WHERE deleted_at IS NULL AND seq IN ");
        sql.bind_list(chunk.to_vec());
        ids.extend(sql.all::<Named>(conn).await?.into_iter().map(|row| (row.seq, row.id)));
    }
    let of_list = |list: &Vec<Key>| {
        let seqs: HashSet<&i64> = list.iter().filter_map(|key| under.get(key)).flatten().collect();
        seqs.into_iter().filter_map(|seq| ids.get(seq)).copied().collect()
    };
    Ok(lists.iter().map(of_list).collect())
}

/// Materialized: PostgreSQL believes that any key is in one row of two hundred, and would rather
/// read rows in order until it has met enough of them.
fn under(sql: &mut Sql, backend: DbBackend, key: i64) {
    match backend {
        DbBackend::Postgres => sql
            .push("WITH k AS MATERIALIZED (SELECT seq FROM client_keys WHERE keys @> ARRAY[CAST(")
            .bind(key)
            .push(" AS BIGINT)]) SELECT seq FROM k"),
        _ => sql
            .push("SELECT rowid AS seq FROM client_keys WHERE client_keys MATCH ")
            .bind(word(key)),
    };
}
