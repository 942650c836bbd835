//! Browsers that signed in before: their right password gets through while strangers are slowed.

use base::db::{Sql, Tx};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, DbErr};
use uuid::Uuid;

use super::sessions::token_hash;

/// How long a browser is remembered.
pub const MEMORY: TimeDelta = TimeDelta::days(365);

/// Whether this browser signed in to this account before. Costs the same for unknown accounts.
pub(super) async fn knows(
    conn: &impl ConnectionTrait,
    token: Option<&str>,
    user_id: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let found: Option<i32> = Sql::with(
        "SELECT 1 FROM user_devices WHERE token_hash = $1 AND user_id = $2 AND expires_at > $3",
        [
            token_hash(token.unwrap_or_default()).into(),
            user_id.unwrap_or_default().into(),
            now.into(),
        ],
    )
    .scalar(conn)
    .await?;
    Ok(found.is_some())
}

/// Remembers a browser; returns what it must keep. Always a new secret: one that the browser
/// brought along may have been planted there.
pub(super) async fn remember(tx: &Tx, user_id: Uuid, now: DateTime<Utc>) -> Result<String, DbErr> {
    let token = base::ids::secret(32);
    Sql::with(
        "DELETE FROM user_devices WHERE user_id = $1 AND expires_at <= $2",
        [user_id.into(), now.into()],
    )
    .execute(tx)
    .await?;
    Sql::with(
        "INSERT INTO user_devices (token_hash, user_id, created_at, expires_at) \
         VALUES ($1, $2, $3, $4)",
        [token_hash(&token).into(), user_id.into(), now.into(), (now + MEMORY).into()],
    )
    .execute(tx)
    .await?;
    Ok(token)
}

/// Forgets every browser of a user.
pub(super) async fn forget(tx: &Tx, user_id: Uuid) -> Result<(), DbErr> {
    Sql::with("DELETE FROM user_devices WHERE user_id = $1", [user_id.into()]).execute(tx).await?;
    Ok(())
}
