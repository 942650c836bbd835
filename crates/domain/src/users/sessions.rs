//! Sessions of pages: a random token in a cookie, its hash here.

use base::db::{Db, Sql, Tx};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{PROFILE, Profile, ProfileRow};

/// The channel of signals that say a session ended: open streams of it end too.
pub const CHANNEL: &str = "sessions";

/// How long a session lives without being used.
pub const IDLE: TimeDelta = TimeDelta::days(14);

/// How stale the mark of its last use may be.
const SEEN_EVERY: TimeDelta = TimeDelta::minutes(10);

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
    /// Its last use is worth writing down: see [`touch`].
    pub is_stale: bool,
    /// The browser was asked to keep the cookie when it closes.
    pub is_remembered: bool,
    /// The number of the last event when it was found, read along for the page that follows.
    pub seq: i64,
}

/// One line of a user's own list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// When it was last used, to ten minutes.
    pub seen_at: DateTime<Utc>,
    /// What the browser called itself.
    pub user_agent: Option<String>,
    /// The one that asks.
    pub is_current: bool,
}

/// Opens a session.
///
/// # Errors
/// The engine's.
pub async fn open(db: &Db, user_id: Uuid, now: DateTime<Utc>) -> Result<Opened, DbErr> {
    open_in_browser(db, user_id, None, true, now).await
}

/// Opens a session, keeping what the browser calls itself for its owner's list.
///
/// # Errors
/// The engine's.
pub async fn open_in_browser(
    db: &Db,
    user_id: Uuid,
    user_agent: Option<&str>,
    remembered: bool,
    now: DateTime<Utc>,
) -> Result<Opened, DbErr> {
    let opened = Opened { token: base::ids::secret(32), csrf_token: base::ids::secret(24) };
    let user_agent: Option<String> = user_agent.map(|text| text.chars().take(300).collect());
    let tx = db.begin().await?;
    Sql::with(
        "DELETE FROM sessions WHERE user_id = $1 AND expires_at <= $2",
        [user_id.into(), now.into()],
    )
    .execute(&tx)
    .await?;
    let mut sql = Sql::new(
        "INSERT INTO sessions (token_hash, user_id, csrf_token, created_at, seen_at, expires_at, \
         user_agent, remembered) VALUES ",
    );
    sql.bind_list([
        sea_orm::Value::from(token_hash(&opened.token)),
        user_id.into(),
        opened.csrf_token.clone().into(),
        now.into(),
        now.into(),
        (now + IDLE).into(),
        user_agent.into(),
        remembered.into(),
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
        seen_at: DateTime<Utc>,
        remembered: bool,
        head_seq: Option<i64>,
        #[sea_orm(nested)]
        profile: ProfileRow,
    }
    let mut sql = Sql::new(format!(
        "SELECT s.csrf_token, s.seen_at, s.remembered, \
         (SELECT h.seq FROM event_head h) AS head_seq, {PROFILE} FROM sessions s \
         JOIN users u ON u.id = s.user_id LEFT JOIN call_centers c ON c.id = u.call_center_id \
         WHERE u.is_active AND s.token_hash = "
    ));
    sql.bind(token_hash(token)).push(" AND s.expires_at > ").bind(now);
    let row: Option<Row> = sql.one(conn).await?;
    Ok(row.map(|row| Session {
        profile: row.profile.into(),
        csrf_token: row.csrf_token,
        is_stale: now - row.seen_at >= SEEN_EVERY,
        is_remembered: row.remembered,
        seq: row.head_seq.unwrap_or(0),
    }))
}

/// Writes down that the session is in use, which keeps it alive.
///
/// # Errors
/// The engine's.
pub async fn touch(db: &Db, token: &str, now: DateTime<Utc>) -> Result<(), DbErr> {
    let tx = db.begin().await?;
    Sql::with(
        "UPDATE sessions SET seen_at = $1, expires_at = $2 WHERE token_hash = $3",
        [now.into(), (now + IDLE).into(), token_hash(token).into()],
    )
    .execute(&tx)
    .await?;
    tx.commit().await
}

/// A user's live sessions, the latest used first. `current` is the cookie of the one that asks.
///
/// # Errors
/// The engine's.
pub async fn list(
    conn: &impl ConnectionTrait,
    user_id: Uuid,
    current: &str,
    now: DateTime<Utc>,
) -> Result<Vec<Line>, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        token_hash: Vec<u8>,
        created_at: DateTime<Utc>,
        seen_at: DateTime<Utc>,
        user_agent: Option<String>,
    }
    let rows: Vec<Row> = Sql::with(
        "SELECT token_hash, created_at, seen_at, user_agent FROM sessions \
         WHERE user_id = $1 AND expires_at > $2 ORDER BY seen_at DESC LIMIT 50",
        [user_id.into(), now.into()],
    )
    .all(conn)
    .await?;
    let current = token_hash(current);
    let line = |row: Row| Line {
        created_at: row.created_at,
        seen_at: row.seen_at,
        user_agent: row.user_agent,
        is_current: row.token_hash == current,
    };
    Ok(rows.into_iter().map(line).collect())
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

/// Ends a user's sessions but the one of cookie value `current`.
///
/// # Errors
/// The engine's.
pub async fn close_others(db: &Db, user_id: Uuid, current: &str) -> Result<(), DbErr> {
    let tx = db.begin().await?;
    Sql::with(
        "DELETE FROM sessions WHERE user_id = $1 AND token_hash <> $2",
        [user_id.into(), token_hash(current).into()],
    )
    .execute(&tx)
    .await?;
    tx.commit().await
}

/// Ends every session, refresh token and personal token of a user, and makes their access tokens
/// worthless: their password, role, centre or state has changed.
pub(super) async fn end_all(tx: &Tx, user_id: Uuid) -> Result<(), DbErr> {
    for sql in [
        "DELETE FROM sessions WHERE user_id = $1",
        "DELETE FROM refresh_tokens WHERE user_id = $1",
        "DELETE FROM personal_tokens WHERE user_id = $1",
        "UPDATE users SET stamp = stamp + 1 WHERE id = $1",
    ] {
        Sql::with(sql, [user_id.into()]).execute(tx).await?;
    }
    Ok(())
}

/// Secrets of 192 random bits or more need no slow hash.
pub(crate) fn token_hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}
