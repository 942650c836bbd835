//! Personal tokens: long-lived keys to the API, shown once, hashed at rest.

use base::db::{Db, Sql};
use base::ids::{new_id, secret};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use serde_json::json;
use uuid::Uuid;

use super::sessions::token_hash;
use super::{PROFILE, Profile, ProfileRow};
use crate::actor::Actor;
use crate::error::{Error, Invalid, Result};
use crate::events::{self, NewEvent};

/// What every personal token starts with, so that a leaked one is recognised.
pub const PREFIX: &str = "vgt_";

/// How long a token works when its maker does not say.
const LIFETIME: TimeDelta = TimeDelta::days(365);

/// Most tokens one user may hold.
const MOST: i64 = 50;

/// A token, without its secret.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Token {
    /// Its id.
    pub id: Uuid,
    /// What its owner calls it.
    pub name: String,
    /// Its last four characters.
    pub hint: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it stops working by itself.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was last used, to ten minutes.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// Makes a token; returns it with its secret, which nobody can read again. Without `expires_at` it
/// works for a year.
///
/// # Errors
/// Wrong fields; [`Error::Conflict`] past fifty tokens.
pub async fn create(
    db: &Db,
    actor: &Actor,
    name: &str,
    expires_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<(Token, String)> {
    let user_id = actor.user_id.ok_or(Error::Forbidden)?;
    let mut invalid = Invalid::new();
    let name = invalid.required("name", Some(name), 80);
    if expires_at.is_some_and(|at| at <= now) {
        invalid.add("expires_at", "in-the-past");
    }
    invalid.check()?;
    let expires_at = Some(expires_at.unwrap_or(now + LIFETIME));
    let text = format!("{PREFIX}{}", secret(32));
    let token = Token {
        id: new_id(now),
        name,
        hint: text[text.len() - 4..].to_owned(),
        created_at: now,
        expires_at,
        last_used_at: None,
    };
    let tx = db.begin().await?;
    let count: Option<i64> =
        Sql::with("SELECT COUNT(*) FROM personal_tokens WHERE user_id = $1", [user_id.into()])
            .scalar(&tx)
            .await?;
    if count.unwrap_or(0) >= MOST {
        return Err(Error::Conflict("too-many-tokens"));
    }
    let mut sql = Sql::new(
        "INSERT INTO personal_tokens (id, token_hash, user_id, name, hint, created_at, \
         expires_at) VALUES ",
    );
    sql.bind_list([
        sea_orm::Value::from(token.id),
        token_hash(&text).into(),
        user_id.into(),
        token.name.clone().into(),
        token.hint.clone().into(),
        now.into(),
        expires_at.into(),
    ]);
    sql.execute(&tx).await?;
    events::record(&tx, actor, fact(actor, user_id, "user.token_created", &token.name), now)
        .await?;
    tx.commit().await?;
    Ok((token, text))
}

fn fact(actor: &Actor, user_id: Uuid, kind: &'static str, name: &str) -> NewEvent {
    NewEvent {
        kind,
        call_center_id: actor.call_center_id,
        subject_kind: "user",
        subject_id: user_id,
        client_id: None,
        data: json!({ "name": name }),
    }
}

/// One's own tokens, the newest first.
///
/// # Errors
/// The engine's.
pub async fn list(conn: &impl ConnectionTrait, user_id: Uuid) -> Result<Vec<Token>, DbErr> {
    Sql::with(
        "SELECT id, name, hint, created_at, expires_at, last_used_at FROM personal_tokens \
         WHERE user_id = $1 ORDER BY id DESC",
        [user_id.into()],
    )
    .all(conn)
    .await
}

/// Ends one of one's own tokens at once.
///
/// # Errors
/// [`Error::NotFound`] for anybody else's.
pub async fn revoke(db: &Db, actor: &Actor, id: Uuid, now: DateTime<Utc>) -> Result<()> {
    let user_id = actor.user_id.ok_or(Error::NotFound)?;
    let tx = db.begin().await?;
    let name: Option<String> = Sql::with(
        "DELETE FROM personal_tokens WHERE id = $1 AND user_id = $2 RETURNING name",
        [id.into(), user_id.into()],
    )
    .scalar(&tx)
    .await?;
    let name = name.ok_or(Error::NotFound)?;
    events::record(&tx, actor, fact(actor, user_id, "user.token_revoked", &name), now).await?;
    tx.commit().await?;
    Ok(())
}

/// Whose token that is, while it works and they are active.
///
/// # Errors
/// The engine's.
pub async fn find(db: &Db, token: &str, now: DateTime<Utc>) -> Result<Option<Profile>, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        token_id: Uuid,
        last_used_at: Option<DateTime<Utc>>,
        #[sea_orm(nested)]
        profile: ProfileRow,
    }
    let mut sql = Sql::new(format!(
        "SELECT t.id AS token_id, t.last_used_at, {PROFILE} FROM personal_tokens t \
         JOIN users u ON u.id = t.user_id LEFT JOIN call_centers c ON c.id = u.call_center_id \
         WHERE u.is_active AND t.token_hash = "
    ));
    sql.bind(token_hash(token)).push(" AND (t.expires_at IS NULL OR t.expires_at > ");
    sql.bind(now).push(")");
    let Some(row) = sql.one::<Row>(db.read()).await? else { return Ok(None) };
    if row.last_used_at.is_none_or(|at| now - at >= TimeDelta::minutes(10)) {
        let tx = db.begin().await?;
        Sql::with(
            "UPDATE personal_tokens SET last_used_at = $1 WHERE id = $2",
            [now.into(), row.token_id.into()],
        )
        .execute(&tx)
        .await?;
        tx.commit().await?;
    }
    Ok(Some(row.profile.into()))
}
