use sea_orm::{ConnectionTrait, DbErr, Value};

use super::Sql;

/// Most placeholders one statement may carry: SQLite's limit is 32 766, PostgreSQL's 65 535.
/// Smaller statements keep the statement cache useful and the parser quick.
const PLACEHOLDERS: usize = 4_000;

/// Inserts `rows` into `table`, many to a statement; returns how many rows went in.
/// `tail` is appended to each statement (`ON CONFLICT DO NOTHING`, or empty).
///
/// # Errors
/// The engine's; the caller's transaction decides what becomes of the rows before it.
pub async fn insert_many(
    conn: &impl ConnectionTrait,
    table: &str,
    columns: &[&str],
    rows: impl IntoIterator<Item = Vec<Value>>,
    tail: &str,
) -> Result<u64, DbErr> {
    let per_statement = (PLACEHOLDERS / columns.len().max(1)).max(1);
    let head = format!("INSERT INTO {table} ({}) VALUES ", columns.join(", "));
    let mut inserted = 0;
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
        inserted += sql.execute(conn).await?;
    }
    Ok(inserted)
}

/// Changes many rows of `table`, many to a statement: `rows` hold the value of `key`, then those
/// of `columns`. The engines agree on `UPDATE … FROM (VALUES …)` and on what its columns are called.
///
/// # Errors
/// The engine's; the caller's transaction decides what becomes of the rows before it.
pub async fn update_many(
    conn: &impl ConnectionTrait,
    table: &str,
    key: &str,
    columns: &[&str],
    rows: impl IntoIterator<Item = Vec<Value>>,
) -> Result<u64, DbErr> {
    let per_statement = (PLACEHOLDERS / (columns.len() + 1)).max(1);
    let set: Vec<String> = columns
        .iter()
        .enumerate()
        .map(|(index, column)| format!("{column} = v.column{}", index + 2))
        .collect();
    let head = format!("UPDATE {table} SET {} FROM (VALUES ", set.join(", "));
    let tail = format!(") AS v WHERE {table}.{key} = v.column1");
    let mut updated = 0;
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
        updated += sql.execute(conn).await?;
    }
    Ok(updated)
}
