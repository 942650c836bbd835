use sea_orm::{DbErr, Value};

use super::{Sql, Tx};

/// Most placeholders one statement may carry: SQLite's limit is 32 766, PostgreSQL's 65 535.
/// Smaller statements keep the statement cache useful and the parser quick.
const PLACEHOLDERS: usize = 4_000;

/// Inserts `rows` into `table`, many to a statement, without waiting for it ([`Sql::later`]).
/// `tail` is appended to each statement (`ON CONFLICT DO NOTHING`, or empty).
///
/// # Errors
/// The engine's, now or at a later statement of `tx`.
pub async fn insert_many(
    tx: &Tx,
    table: &str,
    columns: &[&str],
    rows: impl IntoIterator<Item = Vec<Value>>,
    tail: &str,
) -> Result<(), DbErr> {
    let per_statement = (PLACEHOLDERS / columns.len().max(1)).max(1);
    let head = format!("INSERT INTO {table} ({}) VALUES ", columns.join(", "));
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let mut sql = Sql::new(head.clone());
        for (index, row) in rows.by_ref().take(per_statement).enumerate() {
            if index > 0 {
                sql.push(", ");
            }
            sql.bind_list(row);
        }
        sql.push(" ").push(tail);
        sql.later(tx).await?;
    }
    Ok(())
}

/// Changes many rows of `table`, many to a statement: `rows` hold the value of `key`, then those
/// of `columns`. The engines agree on `UPDATE … FROM (VALUES …)` and on what its columns are called.
/// Nobody waits for it ([`Sql::later`]).
///
/// # Errors
/// The engine's, now or at a later statement of `tx`.
pub async fn update_many(
    tx: &Tx,
    table: &str,
    key: &str,
    columns: &[&str],
    rows: impl IntoIterator<Item = Vec<Value>>,
) -> Result<(), DbErr> {
    let per_statement = (PLACEHOLDERS / (columns.len() + 1)).max(1);
    let set: Vec<String> = columns
        .iter()
        .enumerate()
        .map(|(index, column)| format!("{column} = v.column{}", index + 2))
        .collect();
    let head = format!("UPDATE {table} SET {} FROM (VALUES ", set.join(", "));
    let tail = format!(") AS v WHERE {table}.{key} = v.column1");
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let mut sql = Sql::new(head.clone());
        for (index, row) in rows.by_ref().take(per_statement).enumerate() {
            if index > 0 {
                sql.push(", ");
            }
            sql.bind_list(row);
        }
        sql.push(&tail);
        sql.later(tx).await?;
    }
    Ok(())
}
