use sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::Ddl;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0007_orders"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Ddl { both: BOTH, sqlite_only: SQLITE, postgres_only: POSTGRES }.apply(manager).await
    }
}

/// An order holds its one link: there is no second place a link could be. `words_key` and
/// `phone_key` are what a changed client finds it by.
const BOTH: &str = r"
CREATE TABLE orders (
    seq {serial}, id {uuid} NOT NULL UNIQUE, call_center_id {uuid} NOT NULL REFERENCES call_centers (id),
    number {text} NOT NULL, client_id {uuid} REFERENCES clients (id),
    client_name {text}, email {text}, phone {text}, phone_e164 {text},
    name_key {text} NOT NULL, words_key {text}, email_key {text}, phone_key {text}, search_text {text} NOT NULL,
    amount BIGINT NOT NULL, currency {text} NOT NULL, status {text} NOT NULL, ordered_at {ts} NOT NULL,
    link_state {text} NOT NULL DEFAULT 'unlinked', link_method {text}, link_score {int},
    link_reason {json}, candidates {json}, evidence {text} NOT NULL,
    is_waiting BOOLEAN NOT NULL DEFAULT FALSE, decided_by {uuid}, decided_at {ts},
    version {int} NOT NULL DEFAULT 1, created_by {uuid}, created_at {ts} NOT NULL, updated_at {ts} NOT NULL);
CREATE UNIQUE INDEX orders_number ON orders (call_center_id, number);
CREATE INDEX orders_by_date ON orders (call_center_id, ordered_at, seq);
CREATE INDEX orders_by_amount ON orders (call_center_id, amount, seq);
CREATE INDEX orders_by_name ON orders (call_center_id, name_key, seq);
CREATE INDEX orders_by_status ON orders (call_center_id, status, ordered_at, seq);
CREATE INDEX orders_by_link ON orders (call_center_id, link_state, ordered_at, seq);
CREATE INDEX orders_by_client ON orders (client_id, ordered_at, seq) WHERE client_id IS NOT NULL;
CREATE INDEX orders_by_words ON orders (call_center_id, words_key) WHERE words_key IS NOT NULL;
CREATE INDEX orders_by_email ON orders (call_center_id, email_key) WHERE email_key IS NOT NULL;
CREATE INDEX orders_by_phone ON orders (call_center_id, phone_key) WHERE phone_key IS NOT NULL;
CREATE INDEX orders_waiting ON orders (call_center_id, seq) WHERE is_waiting;

CREATE TABLE order_decisions (
    call_center_id {uuid} NOT NULL, evidence {text} NOT NULL, client_id {uuid} REFERENCES clients (id) ON DELETE CASCADE,
    refused {json}, decided_by {uuid}, decided_at {ts} NOT NULL, PRIMARY KEY (call_center_id, evidence));
CREATE INDEX order_decisions_by_client ON order_decisions (client_id) WHERE client_id IS NOT NULL;

CREATE TABLE order_settings (
    call_center_id {uuid} PRIMARY KEY REFERENCES call_centers (id), is_bold BOOLEAN NOT NULL,
    vip_orders {int}, vip_spent BIGINT, regular_orders {int} NOT NULL, version {int} NOT NULL, updated_at {ts} NOT NULL);";

const SQLITE: &str = r"
CREATE VIRTUAL TABLE client_keys USING fts5 (
    keys, content='', contentless_delete=1, detail=none, tokenize='ascii');";

const POSTGRES: &str = r"
CREATE TABLE client_keys (
    seq BIGINT PRIMARY KEY REFERENCES clients (seq) ON DELETE CASCADE, keys BIGINT[] NOT NULL);
CREATE INDEX client_keys_gin ON client_keys USING gin (keys);";
