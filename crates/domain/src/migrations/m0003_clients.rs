use sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::Ddl;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0003_clients"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Ddl { both: BOTH, sqlite_only: SQLITE, postgres_only: POSTGRES }.apply(manager).await
    }
}

const BOTH: &str = r"
CREATE TABLE clients (
    seq {serial}, id {uuid} NOT NULL UNIQUE, call_center_id {uuid} NOT NULL REFERENCES call_centers (id),
    code {text}, first_name {text}, last_name {text}, full_name {text} NOT NULL, company_name {text},
    username {text} NOT NULL DEFAULT '', user_id {uuid} REFERENCES users (id), email {text}, phone {text}, phone_e164 {text},
    address {text}, city {text}, country {text}, is_active BOOLEAN NOT NULL DEFAULT TRUE,
    assigned_to {uuid} REFERENCES users (id),
    name_key {text} NOT NULL, company_key {text}, city_key {text}, search_text {text} NOT NULL,
    notification_client {text}, date_notification {ts},
    orders_total {int} NOT NULL DEFAULT 0, orders_confirmed {int} NOT NULL DEFAULT 0,
    orders_pending {int} NOT NULL DEFAULT 0, orders_cancelled {int} NOT NULL DEFAULT 0,
    total_spent BIGINT NOT NULL DEFAULT 0, last_order_at {ts}, segment {text} NOT NULL DEFAULT 'none',
    next_alert_at {ts},
    version {int} NOT NULL DEFAULT 1, created_by {uuid}, created_at {ts} NOT NULL, updated_at {ts} NOT NULL,
    deleted_at {ts});
CREATE UNIQUE INDEX clients_code ON clients (call_center_id, code) WHERE code IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX clients_by_name ON clients (call_center_id, name_key, seq) WHERE deleted_at IS NULL;
CREATE INDEX clients_by_company ON clients (call_center_id, company_key, seq) WHERE deleted_at IS NULL;
CREATE INDEX clients_by_city ON clients (call_center_id, city_key, seq) WHERE deleted_at IS NULL;
CREATE INDEX clients_by_state ON clients (call_center_id, is_active, created_at) WHERE deleted_at IS NULL;
CREATE INDEX clients_by_attempt ON clients (call_center_id, notification_client, seq) WHERE deleted_at IS NULL;
CREATE INDEX clients_by_creation ON clients (call_center_id, created_at, seq) WHERE deleted_at IS NULL;
CREATE INDEX clients_by_update ON clients (call_center_id, updated_at, seq) WHERE deleted_at IS NULL;
CREATE INDEX clients_by_contact ON clients (call_center_id, date_notification, seq) WHERE deleted_at IS NULL;
CREATE INDEX clients_by_alert ON clients (call_center_id, next_alert_at, seq) WHERE deleted_at IS NULL;
CREATE INDEX clients_by_spent ON clients (call_center_id, total_spent, seq) WHERE deleted_at IS NULL;
CREATE INDEX clients_by_orders ON clients (call_center_id, orders_total, seq) WHERE deleted_at IS NULL;
CREATE INDEX clients_by_last_order ON clients (call_center_id, last_order_at, seq) WHERE deleted_at IS NULL;
CREATE INDEX clients_by_segment ON clients (call_center_id, segment, seq) WHERE deleted_at IS NULL;
CREATE INDEX clients_by_email ON clients (call_center_id, email, seq) WHERE deleted_at IS NULL;
CREATE INDEX clients_by_phone ON clients (call_center_id, phone_e164, seq) WHERE deleted_at IS NULL;
CREATE INDEX clients_by_sorted_code ON clients (call_center_id, code, seq) WHERE deleted_at IS NULL;
CREATE INDEX clients_in_bin ON clients (call_center_id, deleted_at, seq) WHERE deleted_at IS NOT NULL;
CREATE INDEX clients_by_assignee ON clients (assigned_to) WHERE assigned_to IS NOT NULL;

CREATE TABLE client_emails (
    client_id {uuid} NOT NULL REFERENCES clients (id) ON DELETE CASCADE, position {int} NOT NULL,
    call_center_id {uuid} NOT NULL, value {text} NOT NULL, key {text} NOT NULL,
    PRIMARY KEY (client_id, position));
CREATE INDEX client_emails_by_key ON client_emails (call_center_id, key);

CREATE TABLE client_phones (
    client_id {uuid} NOT NULL REFERENCES clients (id) ON DELETE CASCADE, position {int} NOT NULL,
    call_center_id {uuid} NOT NULL, raw {text} NOT NULL, e164 {text},
    PRIMARY KEY (client_id, position));
CREATE INDEX client_phones_by_number ON client_phones (call_center_id, e164) WHERE e164 IS NOT NULL;

CREATE TABLE tags (
    id {uuid} PRIMARY KEY, call_center_id {uuid} NOT NULL REFERENCES call_centers (id),
    name {text} NOT NULL, key {text} NOT NULL, UNIQUE (call_center_id, key));
CREATE TABLE client_tags (
    client_id {uuid} NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    tag_id {uuid} NOT NULL REFERENCES tags (id) ON DELETE CASCADE, PRIMARY KEY (client_id, tag_id));
CREATE INDEX client_tags_by_tag ON client_tags (tag_id, client_id);

CREATE TABLE saved_views (
    id {uuid} PRIMARY KEY, user_id {uuid} NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    grid {text} NOT NULL, name {text} NOT NULL, query {text} NOT NULL, position {int} NOT NULL DEFAULT 0,
    created_at {ts} NOT NULL);
CREATE INDEX saved_views_by_user ON saved_views (user_id, grid, position);";

const SQLITE: &str = r"
CREATE VIRTUAL TABLE client_grams USING fts5 (
    grams, content='', contentless_delete=1, detail=none, tokenize='ascii');";

const POSTGRES: &str = r"
CREATE TABLE client_grams (
    rowid BIGINT PRIMARY KEY REFERENCES clients (seq) ON DELETE CASCADE, grams TEXT[] NOT NULL);
CREATE INDEX client_grams_gin ON client_grams USING gin (grams);";
