use sea_orm::DbErr;
use sea_orm_migration::{MigrationName, MigrationTrait, SchemaManager, async_trait};

use super::Ddl;

pub(super) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &'static str {
        "m0011_list_indexes"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Ddl { both: BOTH, sqlite_only: "", postgres_only: "" }.apply(manager).await
    }
}

/// A segment says much about the figures it is made of, and an attempt's outcome whether there is a
/// date: reading by one and skipping what is not of the other would pass over nearly all clients.
const BOTH: &str = r"
CREATE INDEX clients_by_segment_orders ON clients (call_center_id, segment, orders_total, seq) WHERE deleted_at IS NULL;
CREATE INDEX clients_by_segment_spent ON clients (call_center_id, segment, total_spent, seq) WHERE deleted_at IS NULL;
CREATE INDEX clients_by_segment_last_order ON clients (call_center_id, segment, last_order_at, seq) WHERE deleted_at IS NULL;
DROP INDEX clients_by_attempt;
CREATE INDEX clients_by_attempt ON clients (call_center_id, notification_client, date_notification, seq) WHERE deleted_at IS NULL;
CREATE INDEX contact_attempts_by_status ON contact_attempts (call_center_id, status, created_at, seq) WHERE undone_at IS NULL;";
