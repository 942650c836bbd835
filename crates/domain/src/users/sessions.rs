//! Sessions of pages: a random token in a cookie, its hash here.

use base::db::{Db, Sql};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{PROFILE, Profile, ProfileRow};

/// The channel of signals that say a session ended: open streams of it end too.
pub const CHANNEL: &str = "sessions";

/// How long a session lives without being used.
const IDLE: TimeDelta = TimeDelta::days(14);

/// An open session, as its owner's browser needs it.
#[derive(Clone, Debug)]
pub struct Opened {
    /// Goes into the cookie; kept nowhere.
    pub token: String,
    /// Goes into forms and `X-CSRFToken`.
    pub csrf_token: String,
}

/// A session found by its cookie.
#[derive(Clone, Debug)]
pub struct Session {
    /// Whose.
    pub profile: Profile,
    /// What unsafe calls must send back.
    pub csrf_token: String,
}

/// Opens a session.
///
/// # Errors
/// The engine's.
pub async fn open(db: &Db, user_id: Uuid, now: DateTime<Utc>) -> Result<Opened, DbErr> {
    let opened = Opened { token: base::ids::secret(32), csrf_token: base::ids::secret(24) };
    let tx = db.begin().await?;
    let mut sql = Sql::new(
        "INSERT INTO sessions (token_hash, user_id, csrf_token, created_at, seen_at, expires_at) \
         VALUES ",
    );
    sql.bind_list([
        sea_orm::Value::from(token_hash(&opened.token)),
        user_id.into(),
        opened.csrf_token.clone().into(),
        now.into(),
        now.into(),
        (now + IDLE).into(),
    ]);
    sql.execute(&tx).await?;
    tx.commit().await?;
    Ok(opened)
}

/// The live session of that cookie value, if its user is still active.
///
/// # Errors
/// The engine's.
pub async fn find(
    conn: &impl ConnectionTrait,
    token: &str,
    now: DateTime<Utc>,
) -> Result<Option<Session>, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        csrf_token: String,
        #[sea_orm(nested)]
        profile: ProfileRow,
    }
    let mut sql = Sql::new(format!(
        "SELECT s.csrf_token, {PROFILE} FROM sessions s JOIN users u ON u.id = s.user_id \
         LEFT JOIN call_centers c ON c.id = u.call_center_id WHERE u.is_active AND s.token_hash = "
    ));
    sql.bind(token_hash(token)).push(" AND s.expires_at > ").bind(now);
    let row: Option<Row> = sql.one(conn).await?;
    Ok(row.map(|row| Session { profile: row.profile.into(), csrf_token: row.csrf_token }))
}

/// Ends the session of that cookie value.
///
/// # Errors
/// The engine's.
pub async fn close(db: &Db, token: &str) -> Result<(), DbErr> {
    let tx = db.begin().await?;
    Sql::with("DELETE FROM sessions WHERE token_hash = $1", [token_hash(token).into()])
        .execute(&tx)
        .await?;
    tx.signal(base::db::Signal::new(CHANNEL, ""));
    tx.commit().await
}

/// Secrets of 192 random bits or more need no slow hash.
pub(crate) fn token_hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}
