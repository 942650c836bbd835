use sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::Ddl;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0015_alerts_by_due"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Ddl { both: BOTH, sqlite_only: "", postgres_only: "" }.apply(manager).await
    }
}

/// Open and done ones together: a list of all of them.
const BOTH: &str = "CREATE INDEX alerts_by_due ON alerts (call_center_id, due_at, id) \
WHERE deleted_at IS NULL;";
