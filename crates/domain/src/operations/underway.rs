//! What is being done just now, for those who can wait.

use base::db::Sql;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, DbErr};
use uuid::Uuid;

use super::Kind;

/// What waits for an import waits no longer than that.
const PATIENCE: TimeDelta = TimeDelta::minutes(5);

/// Whether clients of `center` are being imported: until that is over, what can wait leaves it the
/// database.
///
/// # Errors
/// The engine's.
pub async fn is_importing_clients(
    conn: &impl ConnectionTrait,
    center: Uuid,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let mut sql = Sql::new("SELECT 1 FROM operations WHERE state = 'running' AND kind = ");
    sql.bind(Kind::ImportClients.as_str()).push(" AND call_center_id = ").bind(center);
    sql.push(" AND started_at > ").bind(now - PATIENCE).push(" LIMIT 1");
    Ok(sql.scalar::<i32>(conn).await?.is_some())
}
