use sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::Ddl;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0009_search"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Ddl { both: BOTH, sqlite_only: SQLITE, postgres_only: POSTGRES }.apply(manager).await
    }
}

/// Alerts made in one go say the same: what alerts say is kept and indexed once, by its hash. Rows
/// that are there already are filed by two jobs.
const BOTH: &str = r"
CREATE TABLE alert_texts (seq {serial}, hash {bytes} NOT NULL UNIQUE, search_text {text} NOT NULL);
ALTER TABLE alerts ADD COLUMN text_seq BIGINT REFERENCES alert_texts (seq);
CREATE INDEX alerts_by_text ON alerts (text_seq, id) WHERE deleted_at IS NULL;
CREATE INDEX alerts_without_text ON alerts (id) WHERE text_seq IS NULL;";

const SQLITE: &str = r"
CREATE VIRTUAL TABLE alert_grams USING fts5 (
    grams, content='', contentless_delete=1, detail=none, tokenize='ascii');
CREATE VIRTUAL TABLE order_grams USING fts5 (
    grams, content='', contentless_delete=1, detail=none, tokenize='ascii');
INSERT INTO jobs (id, kind, payload, run_at, state, created_at)
    SELECT X'00000000000080008000000000000901', 'alert_texts', '{}', at, 'ready', at
    FROM (SELECT MAX(created_at) AS at FROM alerts) AS last WHERE at IS NOT NULL;
INSERT INTO jobs (id, kind, payload, run_at, state, created_at)
    SELECT X'00000000000080008000000000000902', 'order_pieces', '{}', at, 'ready', at
    FROM (SELECT MAX(created_at) AS at FROM orders) AS last WHERE at IS NOT NULL;";

const POSTGRES: &str = r"
CREATE TABLE alert_grams (
    rowid BIGINT PRIMARY KEY REFERENCES alert_texts (seq) ON DELETE CASCADE, grams TEXT[] NOT NULL);
CREATE INDEX alert_grams_gin ON alert_grams USING gin (grams);
CREATE TABLE order_grams (
    rowid BIGINT PRIMARY KEY REFERENCES orders (seq) ON DELETE CASCADE, grams TEXT[] NOT NULL);
CREATE INDEX order_grams_gin ON order_grams USING gin (grams);
INSERT INTO jobs (id, kind, payload, run_at, state, created_at)
    SELECT CAST('00000000-0000-8000-8000-000000000901' AS UUID), 'alert_texts', '{}', at, 'ready', at
    FROM (SELECT MAX(created_at) AS at FROM alerts) AS last WHERE at IS NOT NULL;
INSERT INTO jobs (id, kind, payload, run_at, state, created_at)
    SELECT CAST('00000000-0000-8000-8000-000000000902' AS UUID), 'order_pieces', '{}', at, 'ready', at
    FROM (SELECT MAX(created_at) AS at FROM orders) AS last WHERE at IS NOT NULL;";
