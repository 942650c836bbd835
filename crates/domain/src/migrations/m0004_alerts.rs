use sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::Ddl;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0004_alerts"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Ddl { both: BOTH, sqlite_only: SQLITE, postgres_only: POSTGRES }.apply(manager).await
    }
}

const BOTH: &str = r"
CREATE TABLE alerts (
    id {uuid} PRIMARY KEY, call_center_id {uuid} NOT NULL REFERENCES call_centers (id),
    client_id {uuid} NOT NULL REFERENCES clients (id) ON DELETE CASCADE, batch_id {uuid},
    title {text} NOT NULL, title_key {text} NOT NULL, description {text}, due_at {ts} NOT NULL, time_zone {text} NOT NULL,
    local_due {text} NOT NULL, priority {text} NOT NULL, priority_rank {int} NOT NULL,
    assigned_to {uuid} REFERENCES users (id), created_by {uuid} REFERENCES users (id),
    due_version {int} NOT NULL DEFAULT 1, due_announced_version {int} NOT NULL DEFAULT 0,
    acknowledged_at {ts}, acknowledged_by {uuid}, completed_at {ts}, completed_by {uuid},
    version {int} NOT NULL DEFAULT 1, created_at {ts} NOT NULL, updated_at {ts} NOT NULL, deleted_at {ts});
CREATE INDEX alerts_open ON alerts (call_center_id, due_at, id) WHERE completed_at IS NULL AND deleted_at IS NULL;
CREATE INDEX alerts_done ON alerts (call_center_id, completed_at, id) WHERE completed_at IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX alerts_by_client ON alerts (client_id, due_at, id) WHERE deleted_at IS NULL;
CREATE INDEX alerts_by_assignee ON alerts (assigned_to, due_at, id) WHERE assigned_to IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX alerts_by_author ON alerts (created_by, due_at, id) WHERE deleted_at IS NULL;
CREATE INDEX alerts_open_by_assignee ON alerts (assigned_to, due_at, id) WHERE completed_at IS NULL AND deleted_at IS NULL;
CREATE INDEX alerts_open_by_author ON alerts (created_by, due_at, id) WHERE completed_at IS NULL AND deleted_at IS NULL AND assigned_to IS DISTINCT FROM created_by;
CREATE INDEX alerts_by_batch ON alerts (batch_id) WHERE batch_id IS NOT NULL;
CREATE INDEX alerts_by_creation ON alerts (call_center_id, created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX alerts_falling_due ON alerts (due_at, id)
    WHERE completed_at IS NULL AND deleted_at IS NULL AND due_announced_version < due_version;

CREATE TABLE alert_notices (
    id {uuid} PRIMARY KEY, alert_id {uuid} NOT NULL REFERENCES alerts (id) ON DELETE CASCADE,
    due_version {int} NOT NULL, level {text} NOT NULL, recipient_id {uuid} NOT NULL REFERENCES users (id), channel {text} NOT NULL,
    state {text} NOT NULL, planned_at {ts} NOT NULL, sent_at {ts}, attempts {int} NOT NULL DEFAULT 0,
    last_error {text}, mail_id {uuid}, try_started_at {ts}, UNIQUE (alert_id, due_version, level, recipient_id, channel));
CREATE INDEX alert_notices_planned ON alert_notices (recipient_id, planned_at) WHERE state = 'planned';
CREATE INDEX alert_notices_by_mail ON alert_notices (mail_id) WHERE mail_id IS NOT NULL;";

const SQLITE: &str = r"
";

const POSTGRES: &str = r"
";
