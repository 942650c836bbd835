//! Everything that hangs on a client, and what a merge does with it. A test compares this list
//! with the schema: a new table that points at clients must say here what becomes of its rows.

use std::collections::BTreeMap;

use base::db::{Sql, Tx};
use sea_orm::{ConnectionTrait, DbErr};
use uuid::Uuid;

/// What a merge does with the rows of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handling {
    /// They go to the record that stays, each remembered by its id, and come back with a parting.
    Moves,
    /// The two go as values of the record, chosen like its fields; the rows stay where they are.
    Chosen,
    /// They stay: the journal is never rewritten, and is read of both records together.
    Stays,
}

/// A column that points at clients.
#[derive(Clone, Copy, Debug)]
pub struct Relation {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// What becomes of its rows.
    pub handling: Handling,
}

const fn relation(table: &'static str, column: &'static str, handling: Handling) -> Relation {
    Relation { table, column, handling }
}

/// All of them.
pub const RELATIONS: &[Relation] = &[
    relation("alerts", "client_id", Handling::Moves),
    relation("contact_attempts", "client_id", Handling::Moves),
    relation("consents", "client_id", Handling::Moves),
    relation("orders", "client_id", Handling::Moves),
    relation("client_emails", "client_id", Handling::Chosen),
    relation("client_phones", "client_id", Handling::Chosen),
    relation("client_tags", "client_id", Handling::Chosen),
    relation("clients", "merged_into", Handling::Stays),
    relation("client_merges", "winner_id", Handling::Stays),
    relation("client_merges", "loser_id", Handling::Stays),
    relation("duplicate_pairs", "first_id", Handling::Stays),
    relation("duplicate_pairs", "second_id", Handling::Stays),
    relation("events", "client_id", Handling::Stays),
    // What was decided about orders is that record's, and counts again when the two part.
    relation("order_decisions", "client_id", Handling::Stays),
];

/// The ids of rows, by their table.
pub(super) type Moved = BTreeMap<String, Vec<Uuid>>;

fn moving() -> impl Iterator<Item = &'static Relation> {
    RELATIONS.iter().filter(|relation| relation.handling == Handling::Moves)
}

/// How many rows of each table a merge would move.
pub(super) async fn counts(
    conn: &impl ConnectionTrait,
    client: Uuid,
) -> Result<Vec<(&'static str, i64)>, DbErr> {
    let mut counts = Vec::new();
    for Relation { table, column, .. } in moving() {
        let sql = format!("SELECT COUNT(*) FROM {table} WHERE {column} = $1");
        let count = Sql::with(sql, [client.into()]).scalar(conn).await?.unwrap_or(0);
        counts.push((*table, count));
    }
    Ok(counts)
}

/// Gives everything of `from` to `to`; returns what was given.
pub(super) async fn move_all(tx: &Tx, from: Uuid, to: Uuid) -> Result<Moved, DbErr> {
    let mut moved = Moved::new();
    for Relation { table, column, .. } in moving() {
        let sql = format!("SELECT id FROM {table} WHERE {column} = $1 ORDER BY id");
        let ids: Vec<Uuid> = Sql::with(sql, [from.into()]).column(tx).await?;
        if ids.is_empty() {
            continue;
        }
        let sql = format!("UPDATE {table} SET {column} = $1 WHERE {column} = $2");
        Sql::with(sql, [to.into(), from.into()]).execute(tx).await?;
        moved.insert((*table).to_owned(), ids);
    }
    Ok(moved)
}

/// Gives rows back from `from` to `to`; returns how many of each table were no longer there.
pub(super) async fn move_back(
    tx: &Tx,
    moved: &Moved,
    from: Uuid,
    to: Uuid,
) -> Result<Vec<(String, u64)>, DbErr> {
    let mut missing = Vec::new();
    for Relation { table, column, .. } in moving() {
        let Some(ids) = moved.get(*table) else { continue };
        let mut back = 0;
        for chunk in ids.chunks(500) {
            let mut sql = Sql::new(format!("UPDATE {table} SET {column} = "));
            sql.bind(to).push(&format!(" WHERE {column} = ")).bind(from);
            sql.push(" AND id IN ").bind_list(chunk.to_vec());
            back += sql.execute(tx).await?;
        }
        let gone = (ids.len() as u64).saturating_sub(back);
        if gone > 0 {
            missing.push(((*table).to_owned(), gone));
        }
    }
    Ok(missing)
}
