//! The private address of a user's calendar: one each, shown once, hashed at rest.

use base::db::{Db, Sql};
use base::ids::secret;
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use serde_json::json;
use uuid::Uuid;

use super::sessions::token_hash;
use super::{PROFILE, Profile, ProfileRow};
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::events::{self, NewEvent};

/// An address in force, without its secret.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Feed {
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When a calendar last asked, to ten minutes.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// Makes one's address and returns its secret, which nobody can read again. The address before
/// it stops working.
///
/// # Errors
/// [`Error::Forbidden`] for roles that do not work with clients.
pub async fn open(db: &Db, actor: &Actor, now: DateTime<Utc>) -> Result<String> {
    actor.require(actor.works_with_clients())?;
    let user_id = actor.user_id.ok_or(Error::Forbidden)?;
    let token = secret(32);
    let tx = db.begin().await?;
    Sql::with(
        "INSERT INTO calendar_feeds (user_id, token_hash, created_at) VALUES ($1, $2, $3) \
         ON CONFLICT (user_id) DO UPDATE SET token_hash = excluded.token_hash, \
         created_at = excluded.created_at, last_used_at = NULL",
        [user_id.into(), token_hash(&token).into(), now.into()],
    )
    .execute(&tx)
    .await?;
    events::record(&tx, actor, fact(actor, user_id, "user.calendar_opened"), now).await?;
    tx.commit().await?;
    Ok(token)
}

/// Ends one's address at once; without one, nothing happens.
///
/// # Errors
/// The engine's.
pub async fn close(db: &Db, actor: &Actor, now: DateTime<Utc>) -> Result<()> {
    let user_id = actor.user_id.ok_or(Error::Forbidden)?;
    let tx = db.begin().await?;
    let ended = Sql::with("DELETE FROM calendar_feeds WHERE user_id = $1", [user_id.into()])
        .execute(&tx)
        .await?;
    if ended > 0 {
        events::record(&tx, actor, fact(actor, user_id, "user.calendar_closed"), now).await?;
    }
    tx.commit().await?;
    Ok(())
}

fn fact(actor: &Actor, user_id: Uuid, kind: &'static str) -> NewEvent {
    NewEvent {
        kind,
        call_center_id: actor.call_center_id,
        subject_kind: "user",
        subject_id: user_id,
        client_id: None,
        data: json!({}),
    }
}

/// A user's address, if they have one.
///
/// # Errors
/// The engine's.
pub async fn of(conn: &impl ConnectionTrait, user_id: Uuid) -> Result<Option<Feed>, DbErr> {
    Sql::with(
        "SELECT created_at, last_used_at FROM calendar_feeds WHERE user_id = $1",
        [user_id.into()],
    )
    .one(conn)
    .await
}

/// Whose address that is, while it works and they are active.
///
/// # Errors
/// The engine's.
pub async fn find(db: &Db, token: &str, now: DateTime<Utc>) -> Result<Option<Profile>, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        last_used_at: Option<DateTime<Utc>>,
        #[sea_orm(nested)]
        profile: ProfileRow,
    }
    let mut sql = Sql::new(format!(
        "SELECT f.last_used_at, {PROFILE} FROM calendar_feeds f JOIN users u ON u.id = f.user_id \
         LEFT JOIN call_centers c ON c.id = u.call_center_id WHERE u.is_active AND f.token_hash = "
    ));
    sql.bind(token_hash(token));
    let Some(row) = sql.one::<Row>(db.read()).await? else { return Ok(None) };
    let profile = Profile::from(row.profile);
    if row.last_used_at.is_none_or(|at| now - at >= TimeDelta::minutes(10)) {
        let tx = db.begin().await?;
        Sql::with(
            "UPDATE calendar_feeds SET last_used_at = $1 WHERE user_id = $2",
            [now.into(), profile.id.into()],
        )
        .execute(&tx)
        .await?;
        tx.commit().await?;
    }
    Ok(Some(profile))
}
