//! Values the installation keeps about itself: its secrets, its one-time marks.

use base::db::{Sql, Tx};
use sea_orm::{ConnectionTrait, DbErr};

/// The value kept under `name`.
///
/// # Errors
/// The engine's.
pub async fn get(conn: &impl ConnectionTrait, name: &str) -> Result<Option<String>, DbErr> {
    Sql::with("SELECT value FROM settings WHERE name = $1", [name.into()]).scalar(conn).await
}

/// Keeps `value` under `name`.
///
/// # Errors
/// The engine's.
pub async fn put(tx: &Tx, name: &str, value: &str) -> Result<(), DbErr> {
    Sql::with(
        "INSERT INTO settings (name, value) VALUES ($1, $2) \
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        [name.into(), value.into()],
    )
    .execute(tx)
    .await?;
    Ok(())
}
