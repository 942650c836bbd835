use sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::Ddl;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0001_foundation"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Ddl { both: BOTH, sqlite_only: SQLITE, postgres_only: POSTGRES }.apply(manager).await
    }
}

const BOTH: &str = r"
CREATE TABLE settings (name {text} PRIMARY KEY, value {text} NOT NULL);

CREATE TABLE events (
    seq BIGINT PRIMARY KEY, id {uuid} NOT NULL UNIQUE, at {ts} NOT NULL, kind {text} NOT NULL,
    actor_id {uuid}, call_center_id {uuid}, subject_kind {text} NOT NULL, subject_id {uuid} NOT NULL,
    client_id {uuid}, data {text}, data_digest {text} NOT NULL, hash {text} NOT NULL);
CREATE INDEX events_by_subject ON events (subject_id, seq);
CREATE INDEX events_by_client ON events (client_id, seq) WHERE client_id IS NOT NULL;
CREATE INDEX events_by_center ON events (call_center_id, seq);
CREATE INDEX events_of_activity ON events (at, call_center_id, kind)
    WHERE kind IN ('client.activated', 'client.deactivated');
CREATE TABLE event_head (id {int} PRIMARY KEY, seq BIGINT NOT NULL, hash {text} NOT NULL);
INSERT INTO event_head (id, seq, hash) VALUES (1, 0, '');

CREATE TABLE jobs (
    id {uuid} PRIMARY KEY, kind {text} NOT NULL, key {text}, payload {json} NOT NULL,
    run_at {ts} NOT NULL, state {text} NOT NULL, attempts {int} NOT NULL DEFAULT 0,
    fence BIGINT NOT NULL DEFAULT 0, lease_until {ts}, started_at {ts}, finished_at {ts},
    last_error {text}, created_at {ts} NOT NULL);
CREATE INDEX jobs_ready ON jobs (kind, run_at) WHERE state = 'ready';
CREATE INDEX jobs_running ON jobs (lease_until, kind) WHERE state = 'running';
CREATE INDEX jobs_by_key ON jobs (key) WHERE key IS NOT NULL;
CREATE INDEX jobs_by_kind ON jobs (kind, finished_at);
CREATE INDEX jobs_dead ON jobs (kind) WHERE state = 'dead';
CREATE INDEX jobs_failed ON jobs (id) WHERE last_error IS NOT NULL;
CREATE INDEX jobs_ended ON jobs (finished_at) WHERE state IN ('done', 'cancelled');

CREATE TABLE mails (
    id {uuid} PRIMARY KEY, message_id {text} NOT NULL UNIQUE, to_address {text} NOT NULL,
    to_name {text} NOT NULL, subject {text} NOT NULL, text {text} NOT NULL, html {text} NOT NULL,
    call_center_id {uuid}, created_at {ts} NOT NULL);
CREATE INDEX mails_by_center ON mails (call_center_id, id);

CREATE TABLE idempotency_keys (
    user_id {uuid} NOT NULL, key {text} NOT NULL, request_hash {text} NOT NULL,
    status {int}, body {text}, created_at {ts} NOT NULL, PRIMARY KEY (user_id, key));";

const SQLITE: &str = r"
";

const POSTGRES: &str = r"
";
