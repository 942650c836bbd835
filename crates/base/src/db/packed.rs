use sea_orm::{ConnectionTrait, DbBackend, DbErr};
use serde::de::DeserializeOwned;

use super::Sql;

/// A column of rows that come over as one text, see [`Packed`].
#[derive(Clone, Copy, Debug)]
pub enum Column {
    /// A text, a number, an instant.
    Plain(&'static str),
    /// A UUID.
    Id(&'static str),
    /// True or false.
    Flag(&'static str),
    /// All columns of another row.
    Row(Packed),
}

/// Rows that the engine writes as one JSON text. Fifty rows of forty columns cost two thousand
/// copies and as many conversions otherwise, and on SQLite fifty errands between two threads: more
/// than finding them.
#[derive(Clone, Copy, Debug)]
pub struct Packed(pub &'static [Column]);

impl Packed {
    /// Appends `SELECT` and the columns; `FROM …` follows.
    pub fn push_select(self, sql: &mut Sql, backend: DbBackend) {
        sql.push("SELECT ");
        self.push_array(sql, backend);
        sql.push(" AS packed");
    }

    /// Appends the columns as one value, which may itself be a column of others.
    pub fn push_array(self, sql: &mut Sql, backend: DbBackend) {
        let sqlite = backend == DbBackend::Sqlite;
        sql.push(if sqlite { "json_array(" } else { "json_build_array(" });
        for (index, column) in self.0.iter().enumerate() {
            sql.push(if index > 0 { ", " } else { "" });
            match column {
                Column::Id(id) if sqlite => {
                    sql.push("nullif(hex(").push(id).push("), '')");
                }
                Column::Flag(flag) if sqlite => {
                    sql.push("json(CASE ").push(flag);
                    sql.push(" WHEN 1 THEN 'true' WHEN 0 THEN 'false' END)");
                }
                Column::Row(row) => row.push_array(sql, backend),
                Column::Plain(column) | Column::Id(column) | Column::Flag(column) => {
                    sql.push(column);
                }
            }
        }
        sql.push(")");
    }

    /// The rows of a statement begun by [`Packed::push_select`], each read field by field in the
    /// order of the columns. One with an `ORDER BY` needs its `LIMIT` too: without, SQLite takes the
    /// order for superfluous.
    ///
    /// # Errors
    /// The engine's, or a column that does not fit `T`.
    pub async fn all<T: DeserializeOwned>(
        self,
        mut sql: Sql,
        conn: &impl ConnectionTrait,
    ) -> Result<Vec<T>, DbErr> {
        sql.wrap("SELECT string_agg(CAST(packed AS TEXT), ',') FROM (", ") AS rows");
        let rows: Option<String> = sql.scalar::<Option<String>>(conn).await?.flatten();
        let Some(rows) = rows else { return Ok(Vec::new()) };
        serde_json::from_str(&format!("[{rows}]")).map_err(|error| DbErr::Json(error.to_string()))
    }
}
