//! The first administrator's link, and what they found with it.

use base::db::{Db, Sql};
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr};

use super::super::{NewUser, insert};
use super::*;
use crate::call_centers::{self, NewCallCenter};

/// A fresh first-administrator link, replacing older ones, as long as there is no user.
///
/// # Errors
/// The engine's.
pub async fn first_admin(db: &Db, now: DateTime<Utc>) -> Result<Option<String>, DbErr> {
    let tx = db.begin().await?;
    if any_user(&tx).await? {
        return Ok(None);
    }
    Sql::with("DELETE FROM user_links WHERE purpose = $1", [Purpose::FirstAdmin.as_str().into()])
        .execute(&tx)
        .await?;
    let token = write(&tx, None, Purpose::FirstAdmin, now).await?;
    tx.commit().await?;
    Ok(Some(token))
}

async fn any_user(conn: &impl ConnectionTrait) -> Result<bool, DbErr> {
    Ok(Sql::new("SELECT 1 FROM users LIMIT 1").scalar::<i32>(conn).await?.is_some())
}

/// Whether the first-administrator link still works.
///
/// # Errors
/// [`Error::NotFound`], or the engine's.
pub async fn check_first_admin(
    conn: &impl ConnectionTrait,
    token: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let found: Option<i32> = Sql::with(
        "SELECT 1 FROM user_links WHERE token_hash = $1 AND purpose = 'first_admin' \
         AND used_at IS NULL AND expires_at > $2 AND NOT EXISTS (SELECT 1 FROM users)",
        [token_hash(token).into(), now.into()],
    )
    .scalar(conn)
    .await?;
    found.map(drop).ok_or(Error::NotFound)
}

/// What the first administrator says.
#[derive(Clone, Debug)]
pub struct Founding {
    /// The first centre; its name's field is `center_name`.
    pub center: NewCallCenter,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Their password.
    pub password: String,
    /// `fr` or `en`.
    pub language: String,
}

/// Makes the first centre and the first administrator; the link dies.
///
/// # Errors
/// Wrong fields; [`Error::NotFound`] when the link is dead or someone was first.
pub async fn found(
    db: &Db,
    token: &str,
    founding: Founding,
    now: DateTime<Utc>,
) -> Result<Entered> {
    check_first_admin(db.read(), token, now).await?;
    let mut invalid = Invalid::new();
    let center = founding.center.check("center_name", &mut invalid);
    let new = NewUser {
        email: founding.email,
        name: founding.name,
        role: Role::SuperAdmin,
        call_center_id: None,
        supervisor_id: None,
        password: Some(founding.password),
        language: founding.language,
    };
    let ready = insert::check(new, &mut invalid);
    invalid.check()?;
    let ready = ready.hashed().await?;
    let tx = db.begin().await?;
    consume(&tx, token, Purpose::FirstAdmin, now).await?;
    if any_user(&tx).await? {
        return Err(Error::NotFound);
    }
    let user_id = insert::row(&tx, &ready, now).await?;
    let device = devices::remember(&tx, user_id, now).await?;
    let (_, center) = call_centers::insert(&tx, center, now).await?;
    let actor = Actor { user_id: Some(user_id), ..Actor::system() };
    let events = vec![center, insert::created(user_id, &ready)];
    events::record_many(&tx, &actor, events, now).await?;
    tx.commit().await?;
    Ok(Entered { user_id, device: Some(device) })
}
