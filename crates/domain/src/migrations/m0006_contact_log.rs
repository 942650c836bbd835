use sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::Ddl;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0006_contact_log"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Ddl { both: BOTH, sqlite_only: "", postgres_only: "" }.apply(manager).await
    }
}

/// `local_day` and `local_hour` are the centre's at the time: they place the attempt in
/// `contact_hours`, wherever the centre's clock stands when it is undone. There, the nil user is
/// everyone.
const BOTH: &str = r"
CREATE TABLE contact_attempts (
    seq {serial}, id {uuid} NOT NULL UNIQUE, call_center_id {uuid} NOT NULL REFERENCES call_centers (id),
    client_id {uuid} NOT NULL REFERENCES clients (id) ON DELETE CASCADE, user_id {uuid} REFERENCES users (id),
    status {text} NOT NULL, channel {text} NOT NULL, channel_word {text}, created_at {ts} NOT NULL,
    local_day {text} NOT NULL, weekday {int} NOT NULL, local_hour {int} NOT NULL,
    undone_at {ts}, undone_by {uuid});
CREATE INDEX contact_attempts_by_center ON contact_attempts (call_center_id, created_at, seq) WHERE undone_at IS NULL;
CREATE INDEX contact_attempts_by_date ON contact_attempts (created_at, seq) WHERE undone_at IS NULL;
CREATE INDEX contact_attempts_by_client ON contact_attempts (client_id, created_at, seq) WHERE undone_at IS NULL;
CREATE INDEX contact_attempts_by_user ON contact_attempts (user_id, created_at, seq) WHERE undone_at IS NULL;
CREATE INDEX contact_attempts_by_channel ON contact_attempts (call_center_id, channel, created_at, seq) WHERE undone_at IS NULL;
CREATE INDEX contact_attempts_of_client ON contact_attempts (client_id);

CREATE TABLE contact_hours (
    call_center_id {uuid} NOT NULL, user_id {uuid} NOT NULL, day {text} NOT NULL, hour {int} NOT NULL,
    channel {text} NOT NULL, weekday {int} NOT NULL, successes BIGINT NOT NULL, failures BIGINT NOT NULL,
    PRIMARY KEY (call_center_id, user_id, day, hour, channel));

CREATE TABLE consents (
    id {uuid} PRIMARY KEY, call_center_id {uuid} NOT NULL REFERENCES call_centers (id),
    client_id {uuid} NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
    kind {text} NOT NULL, purpose {text} NOT NULL, channel {text}, source {text} NOT NULL, proof {text},
    given_at {ts} NOT NULL, recorded_by {uuid} REFERENCES users (id), created_at {ts} NOT NULL,
    revoked_at {ts}, revoked_by {uuid} REFERENCES users (id), revocation {text});
CREATE INDEX consents_by_client ON consents (client_id, given_at);

CREATE TABLE calling_rules (
    call_center_id {uuid} PRIMARY KEY REFERENCES call_centers (id), mode {text} NOT NULL, hours {json} NOT NULL,
    max_attempts {int} NOT NULL, refusal_days {int} NOT NULL, requires_consent BOOLEAN NOT NULL,
    applies_to_companies BOOLEAN NOT NULL, version {int} NOT NULL, updated_at {ts} NOT NULL);";
