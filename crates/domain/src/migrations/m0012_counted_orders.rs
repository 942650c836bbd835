use sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::Ddl;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0012_counted_orders"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Ddl { both: BOTH, sqlite_only: "", postgres_only: "" }.apply(manager).await
    }
}

/// Confirmed orders in the centre's currency: those `total_spent` adds up.
const BOTH: &str = "
ALTER TABLE clients ADD COLUMN orders_counted {int} NOT NULL DEFAULT 0;
UPDATE clients SET orders_counted = (SELECT COUNT(*) FROM orders o WHERE o.client_id = clients.id \
AND o.status = 'confirmed' AND o.currency = (SELECT cc.currency FROM call_centers cc \
WHERE cc.id = clients.call_center_id)) WHERE orders_confirmed > 0;";
