use sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::Ddl;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0013_calendar"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Ddl { both: BOTH, sqlite_only: "", postgres_only: "" }.apply(manager).await
    }
}

const BOTH: &str = r"
CREATE TABLE calendar_feeds (
    user_id {uuid} PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    token_hash {bytes} NOT NULL UNIQUE, created_at {ts} NOT NULL, last_used_at {ts});
CREATE INDEX alerts_done_by_due ON alerts (call_center_id, due_at, id) WHERE completed_at IS NOT NULL AND deleted_at IS NULL;";
