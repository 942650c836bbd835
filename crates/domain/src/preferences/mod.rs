//! What each user chose for themselves: columns, saved views, theme.

pub mod display;
pub mod views;

use base::db::{Db, Sql, Tx};
use sea_orm::{ConnectionTrait, DbErr};
use serde_json::Value as Json;
use uuid::Uuid;

/// What `user` keeps under `name`.
///
/// # Errors
/// The engine's.
pub async fn get(
    conn: &impl ConnectionTrait,
    user: Uuid,
    name: &str,
) -> Result<Option<Json>, DbErr> {
    let mut sql = Sql::new("SELECT value FROM user_preferences WHERE user_id = ");
    sql.bind(user).push(" AND name = ").bind(name);
    sql.scalar(conn).await
}

/// Keeps `value` under `name`.
///
/// # Errors
/// The engine's.
pub async fn put(db: &Db, user: Uuid, name: &str, value: Json) -> Result<(), DbErr> {
    let tx = db.begin().await?;
    put_in(&tx, user, name, value).await?;
    tx.commit().await
}

/// Keeps `value` under `name`, together with what else the transaction does.
pub(crate) async fn put_in(tx: &Tx, user: Uuid, name: &str, value: Json) -> Result<(), DbErr> {
    let mut sql = Sql::new("INSERT INTO user_preferences (user_id, name, value) VALUES ");
    sql.bind_list([sea_orm::Value::from(user), name.into(), value.into()]);
    sql.push(" ON CONFLICT (user_id, name) DO UPDATE SET value = excluded.value");
    sql.execute(tx).await?;
    Ok(())
}
