//! Refresh tokens of the API: each is used once and leaves a successor; one used twice was
//! stolen, and its whole family ends.

use base::db::{Db, Sql, Tx};
use base::ids::{new_id, secret};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use uuid::Uuid;

use super::sessions::token_hash;
use super::{PROFILE, Profile, ProfileRow};

/// How long a refresh token waits to be used.
const LIFETIME: TimeDelta = TimeDelta::days(30);

/// What an access token is made from.
#[derive(Clone, Debug)]
pub struct Grant {
    /// Goes to the caller; kept nowhere.
    pub refresh_token: String,
    /// The line of successors it belongs to.
    pub family_id: Uuid,
    /// Whose.
    pub user_id: Uuid,
    /// The state of their rights; see [`bearer`].
    pub stamp: i32,
}

/// Starts a family at sign-in.
///
/// # Errors
/// The engine's.
pub async fn start(db: &Db, user_id: Uuid, now: DateTime<Utc>) -> Result<Grant, DbErr> {
    let tx = db.begin().await?;
    Sql::with(
        "DELETE FROM refresh_tokens WHERE user_id = $1 AND expires_at <= $2",
        [user_id.into(), now.into()],
    )
    .execute(&tx)
    .await?;
    let grant = write(&tx, new_id(now), user_id, now).await?;
    tx.commit().await?;
    Ok(grant)
}

async fn write(
    tx: &Tx,
    family_id: Uuid,
    user_id: Uuid,
    now: DateTime<Utc>,
) -> Result<Grant, DbErr> {
    let refresh_token = format!("vgr_{}", secret(32));
    Sql::with(
        "INSERT INTO refresh_tokens (token_hash, family_id, user_id, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5)",
        [
            token_hash(&refresh_token).into(),
            family_id.into(),
            user_id.into(),
            now.into(),
            (now + LIFETIME).into(),
        ],
    )
    .execute(tx)
    .await?;
    let stamp: Option<i32> =
        Sql::with("SELECT stamp FROM users WHERE id = $1", [user_id.into()]).scalar(tx).await?;
    Ok(Grant { refresh_token, family_id, user_id, stamp: stamp.unwrap_or(0) })
}

/// Uses a refresh token up. `None`: unknown, expired, ended, or used before; the last ends its
/// family, the thief's and the owner's alike.
///
/// # Errors
/// The engine's.
pub async fn rotate(db: &Db, token: &str, now: DateTime<Utc>) -> Result<Option<Grant>, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        family_id: Uuid,
        user_id: Uuid,
    }
    let tx = db.begin().await?;
    let used: Option<Row> = Sql::with(
        "UPDATE refresh_tokens SET used_at = $1 WHERE token_hash = $2 AND used_at IS NULL \
         AND revoked_at IS NULL AND expires_at > $3 \
         AND EXISTS (SELECT 1 FROM users u WHERE u.id = refresh_tokens.user_id AND u.is_active) \
         RETURNING family_id, user_id",
        [now.into(), token_hash(token).into(), now.into()],
    )
    .one(&tx)
    .await?;
    let grant = match used {
        Some(row) => Some(write(&tx, row.family_id, row.user_id, now).await?),
        None => {
            end_in(&tx, token, now).await?;
            None
        }
    };
    tx.commit().await?;
    Ok(grant)
}

/// Ends the family of a refresh token.
///
/// # Errors
/// The engine's.
pub async fn end_by_token(db: &Db, token: &str, now: DateTime<Utc>) -> Result<(), DbErr> {
    let tx = db.begin().await?;
    end_in(&tx, token, now).await?;
    tx.commit().await
}

async fn end_in(tx: &Tx, token: &str, now: DateTime<Utc>) -> Result<(), DbErr> {
    Sql::with(
        "UPDATE refresh_tokens SET revoked_at = $1 WHERE revoked_at IS NULL AND family_id IN \
         (SELECT family_id FROM refresh_tokens WHERE token_hash = $2)",
        [now.into(), token_hash(token).into()],
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Ends a family.
///
/// # Errors
/// The engine's.
pub async fn end(db: &Db, family_id: Uuid, now: DateTime<Utc>) -> Result<(), DbErr> {
    let tx = db.begin().await?;
    Sql::with(
        "UPDATE refresh_tokens SET revoked_at = $1 WHERE revoked_at IS NULL AND family_id = $2",
        [now.into(), family_id.into()],
    )
    .execute(&tx)
    .await?;
    tx.commit().await
}

/// The user an access token speaks for, read anew at each request: they must be active, their
/// rights and password unchanged since (`stamp`), and its family not ended.
///
/// # Errors
/// The engine's.
pub async fn bearer(
    conn: &impl ConnectionTrait,
    user_id: Uuid,
    family_id: Uuid,
    stamp: i32,
) -> Result<Option<Profile>, DbErr> {
    let mut sql = Sql::new(format!(
        "SELECT {PROFILE} FROM users u LEFT JOIN call_centers c ON c.id = u.call_center_id \
         WHERE u.is_active AND u.id = "
    ));
    sql.bind(user_id).push(" AND u.stamp = ").bind(stamp);
    sql.push(" AND EXISTS (SELECT 1 FROM refresh_tokens r WHERE r.revoked_at IS NULL");
    sql.push(" AND r.family_id = ").bind(family_id).push(" AND r.user_id = u.id)");
    Ok(sql.one::<ProfileRow>(conn).await?.map(Profile::from))
}
