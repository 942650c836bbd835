//! Values the installation keeps about itself: its secrets, its one-time marks.

use base::db::{Db, Sql, Tx};
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

/// The value kept under `name`; the first who asks keeps what `make` says, on every node.
///
/// # Errors
/// The engine's.
pub async fn get_or_make(
    db: &Db,
    name: &str,
    make: impl FnOnce() -> String,
) -> Result<String, DbErr> {
    if let Some(value) = get(db.read(), name).await? {
        return Ok(value);
    }
    let tx = db.begin().await?;
    Sql::with(
        "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
        [name.into(), make().into()],
    )
    .execute(&tx)
    .await?;
    let value = get(&tx, name).await?;
    tx.commit().await?;
    value.ok_or_else(|| DbErr::RecordNotFound(name.to_owned()))
}
