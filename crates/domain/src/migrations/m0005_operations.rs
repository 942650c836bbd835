use sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::Ddl;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0005_operations"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Ddl { both: BOTH, sqlite_only: SQLITE, postgres_only: POSTGRES }.apply(manager).await
    }
}

const BOTH: &str = r"
CREATE TABLE operations (
    id {uuid} PRIMARY KEY, kind {text} NOT NULL, user_id {uuid}, call_center_id {uuid},
    state {text} NOT NULL, params {json} NOT NULL, total BIGINT NOT NULL DEFAULT 0, done BIGINT NOT NULL DEFAULT 0,
    cursor {uuid}, result {json}, undo_of {uuid}, undone_by {uuid}, created_at {ts} NOT NULL, started_at {ts}, finished_at {ts});
CREATE INDEX operations_by_user ON operations (user_id, created_at);
CREATE INDEX operations_by_center ON operations (call_center_id, created_at);

CREATE TABLE operation_items (
    operation_id {uuid} NOT NULL REFERENCES operations (id) ON DELETE CASCADE, item_id {uuid} NOT NULL,
    before {json}, after_version {int}, state {text} NOT NULL, reason {text}, PRIMARY KEY (operation_id, item_id));

CREATE TABLE operation_rejects (
    operation_id {uuid} NOT NULL REFERENCES operations (id) ON DELETE CASCADE, line BIGINT NOT NULL,
    position {int} NOT NULL, field {text}, code {text} NOT NULL, detail {text}, value {text}, PRIMARY KEY (operation_id, line, position));";

const SQLITE: &str = r"
";

const POSTGRES: &str = r"
";
