use sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::Ddl;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0010_order_links"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Ddl { both: BOTH, sqlite_only: "", postgres_only: "" }.apply(manager).await
    }
}

/// The fact that tells of an order's link, when it tells of many at once.
const BOTH: &str = "ALTER TABLE orders ADD COLUMN linked_in {uuid};";
