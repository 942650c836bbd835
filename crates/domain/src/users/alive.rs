//! Which of many open sessions still are: asked for all at once, so that ten thousand open
//! streams cost a handful of queries.

use std::collections::HashSet;

use base::db::Sql;
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr};

use super::sessions;

/// What a session is known by once its cookie must not be kept.
pub type Key = Vec<u8>;

/// The key of a cookie's value.
pub fn key(token: &str) -> Key {
    sessions::token_hash(token)
}

/// Those of `keys` whose session is open and whose user is active.
///
/// # Errors
/// The engine's.
pub async fn among(
    conn: &impl ConnectionTrait,
    keys: &[Key],
    now: DateTime<Utc>,
) -> Result<HashSet<Key>, DbErr> {
    let mut alive = HashSet::with_capacity(keys.len());
    for some in keys.chunks(1_000) {
        let mut sql = Sql::new(
            "SELECT s.token_hash FROM sessions s JOIN users u ON u.id = s.user_id \
             WHERE u.is_active AND s.expires_at > ",
        );
        sql.bind(now).push(" AND s.token_hash IN ").bind_list(some.iter().cloned());
        alive.extend(sql.column::<Vec<u8>>(conn).await?);
    }
    Ok(alive)
}
