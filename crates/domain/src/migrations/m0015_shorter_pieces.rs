use base::db::{Engine, Sql};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, FromQueryResult};
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::Ddl;
use crate::search;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0015_shorter_pieces"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Ddl { both: BOTH, sqlite_only: SQLITE, postgres_only: POSTGRES }.apply(manager).await?;
        let conn = manager.get_connection();
        for (index, table) in INDEXES {
            index_what_is_there(conn, index, table).await?;
        }
        Ok(())
    }
}

/// Each search index, and the table it is of.
const INDEXES: [(&str, &str); 3] =
    [("client_grams", "clients"), ("order_grams", "orders"), ("alert_grams", "alert_texts")];

/// Pieces are numbers of three letters from here on, half as many as before.
const BOTH: &str = r"
DROP TABLE client_grams;
DROP TABLE order_grams;
DROP TABLE alert_grams;";

const SQLITE: &str = r"
CREATE VIRTUAL TABLE client_grams USING fts5 (
    grams, content='', contentless_delete=1, detail=none, tokenize='ascii');
CREATE VIRTUAL TABLE order_grams USING fts5 (
    grams, content='', contentless_delete=1, detail=none, tokenize='ascii');
CREATE VIRTUAL TABLE alert_grams USING fts5 (
    grams, content='', contentless_delete=1, detail=none, tokenize='ascii');";

const POSTGRES: &str = r"
CREATE TABLE client_grams (
    rowid BIGINT PRIMARY KEY REFERENCES clients (seq) ON DELETE CASCADE, grams INT[] NOT NULL);
CREATE INDEX client_grams_gin ON client_grams USING gin (grams);
CREATE TABLE order_grams (
    rowid BIGINT PRIMARY KEY REFERENCES orders (seq) ON DELETE CASCADE, grams INT[] NOT NULL);
CREATE INDEX order_grams_gin ON order_grams USING gin (grams);
CREATE TABLE alert_grams (
    rowid BIGINT PRIMARY KEY REFERENCES alert_texts (seq) ON DELETE CASCADE, grams INT[] NOT NULL);
CREATE INDEX alert_grams_gin ON alert_grams USING gin (grams);";

async fn index_what_is_there(
    conn: &impl ConnectionTrait,
    index: &str,
    table: &str,
) -> Result<(), DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        seq: i64,
        search_text: String,
    }
    let engine = match conn.get_database_backend() {
        DbBackend::Postgres => Engine::Postgres,
        _ => Engine::Sqlite,
    };
    let mut after = 0_i64;
    loop {
        let mut sql = Sql::new(format!("SELECT seq, search_text FROM {table} WHERE seq > "));
        sql.bind(after).push(" ORDER BY seq LIMIT 2000");
        let rows: Vec<Row> = sql.all(conn).await?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.seq;
        let rows = rows.into_iter().map(|row| (row.seq, search::indexed(engine, &row.search_text)));
        for sql in search::inserts(engine, index, rows.collect()) {
            sql.execute(conn).await?;
        }
    }
}
