//! Links that stand in for a password once: the first administrator's, invitations, resets.
//!
//! Only their hash is kept. A new one for the same purpose kills the older ones.

mod founding;

use std::net::IpAddr;

use base::db::{Db, Sql, Tx};
use base::ids::{new_id, secret};
use base::outbox::{self, NewJob};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use serde_json::json;
use uuid::Uuid;

use super::sessions::{self, token_hash};
use super::throttle::{self, Key};
use super::{Entered, devices, email_key, passwords};
use crate::actor::{Actor, Role};
use crate::error::{Error, Invalid, Result};
use crate::events::{self, NewEvent};

pub use founding::{Founding, check_first_admin, first_admin, found};

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Makes the first administrator and the first centre.
    FirstAdmin,
    /// Chooses a first password.
    Invitation,
    /// Chooses another password.
    Reset,
}

impl Purpose {
    /// Its name in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FirstAdmin => "first_admin",
            Self::Invitation => "invitation",
            Self::Reset => "reset",
        }
    }

    /// The kind of the job that sends it.
    pub fn job_kind(self) -> &'static str {
        match self {
            Self::FirstAdmin => "mail_first_admin",
            Self::Invitation => "mail_invitation",
            Self::Reset => "mail_reset",
        }
    }

    fn lifetime(self) -> TimeDelta {
        match self {
            Self::FirstAdmin => TimeDelta::days(30),
            Self::Invitation => TimeDelta::days(7),
            Self::Reset => TimeDelta::hours(1),
        }
    }
}

/// A link about to be sent.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The secret in the address.
    pub token: String,
    /// Whose.
    pub name: String,
    /// Where to.
    pub email: String,
    /// `fr` or `en`.
    pub language: String,
    /// Their centre.
    pub call_center_id: Option<Uuid>,
    /// Its name.
    pub center_name: Option<String>,
}

/// Whose link it is.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Holder {
    /// The user.
    pub id: Uuid,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    call_center_id: Option<Uuid>,
    language: String,
    center_name: Option<String>,
    role: String,
}

const HOLDER: &str = "u.id, u.name, u.email, u.call_center_id, u.language, u.role, \
                      c.name AS center_name";

/// Makes a link for a user and kills the older ones; the caller shows or sends it.
///
/// # Errors
/// The engine's.
pub async fn issue(
    tx: &Tx,
    user_id: Uuid,
    purpose: Purpose,
    now: DateTime<Utc>,
) -> Result<String, DbErr> {
    Sql::with(
        "DELETE FROM user_links WHERE user_id = $1 AND purpose = $2",
        [user_id.into(), purpose.as_str().into()],
    )
    .execute(tx)
    .await?;
    write(tx, Some(user_id), purpose, now).await
}

async fn write(
    tx: &Tx,
    user_id: Option<Uuid>,
    purpose: Purpose,
    now: DateTime<Utc>,
) -> Result<String, DbErr> {
    let token = secret(32);
    Sql::with(
        "INSERT INTO user_links (token_hash, user_id, purpose, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5)",
        [
            token_hash(&token).into(),
            user_id.into(),
            purpose.as_str().into(),
            now.into(),
            (now + purpose.lifetime()).into(),
        ],
    )
    .execute(tx)
    .await?;
    Ok(token)
}

/// Whose link that is, while it works and they are active.
///
/// # Errors
/// [`Error::NotFound`], or the engine's.
pub async fn holder(
    conn: &impl ConnectionTrait,
    token: &str,
    purpose: Purpose,
    now: DateTime<Utc>,
) -> Result<Holder> {
    let mut sql = Sql::new(format!(
        "SELECT {HOLDER} FROM user_links l JOIN users u ON u.id = l.user_id \
         LEFT JOIN call_centers c ON c.id = u.call_center_id \
         WHERE u.is_active AND l.used_at IS NULL AND l.token_hash = "
    ));
    sql.bind(token_hash(token)).push(" AND l.purpose = ").bind(purpose.as_str());
    sql.push(" AND l.expires_at > ").bind(now);
    sql.one(conn).await?.ok_or(Error::NotFound)
}

async fn consume(tx: &Tx, token: &str, purpose: Purpose, now: DateTime<Utc>) -> Result<()> {
    let used = Sql::with(
        "UPDATE user_links SET used_at = $1 WHERE token_hash = $2 AND purpose = $3 \
         AND used_at IS NULL AND expires_at > $4",
        [now.into(), token_hash(token).into(), purpose.as_str().into(), now.into()],
    )
    .execute(tx)
    .await?;
    if used == 1 { Ok(()) } else { Err(Error::NotFound) }
}

/// Chooses the password of the link's holder; the link and every session die.
///
/// # Errors
/// Wrong fields; [`Error::NotFound`] when the link is dead.
pub async fn choose_password(
    db: &Db,
    token: &str,
    purpose: Purpose,
    password: String,
    now: DateTime<Utc>,
) -> Result<Entered> {
    let holder = holder(db.read(), token, purpose, now).await?;
    let mut invalid = Invalid::new();
    passwords::check(&password, &[&holder.name, &holder.email], &mut invalid);
    invalid.check()?;
    let hash = passwords::hash(password).await?;
    let tx = db.begin().await?;
    consume(&tx, token, purpose, now).await?;
    set_password(&tx, holder.id, &hash, now).await?;
    throttle::forgive(&tx, &[Key::account(&email_key(&holder.email))], now).await?;
    devices::forget(&tx, holder.id).await?;
    let device = devices::remember(&tx, holder.id, now).await?;
    let actor = Actor {
        user_id: Some(holder.id),
        role: Role::parse(&holder.role).unwrap_or(Role::Client),
        call_center_id: holder.call_center_id,
    };
    let event = about(&holder, "user.password_changed", json!({ "by": purpose.as_str() }));
    events::record(&tx, &actor, event, now).await?;
    tx.commit().await?;
    Ok(Entered { user_id: holder.id, device: Some(device) })
}

/// Sets a password: every session and every link that could choose another dies.
pub(super) async fn set_password(
    tx: &Tx,
    user_id: Uuid,
    hash: &str,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    Sql::with(
        "UPDATE users SET password_hash = $1, updated_at = $2 WHERE id = $3",
        [hash.into(), now.into(), user_id.into()],
    )
    .execute(tx)
    .await?;
    Sql::with("DELETE FROM user_links WHERE user_id = $1 AND used_at IS NULL", [user_id.into()])
        .execute(tx)
        .await?;
    sessions::end_all(tx, user_id).await
}

/// Asks for a reset by mail. Says and does the same for an address nobody has: a job is written
/// that finds nobody.
///
/// # Errors
/// [`Error::TooMany`] when one network address asks too often.
pub async fn ask_reset(db: &Db, email: &str, address: IpAddr, now: DateTime<Utc>) -> Result<()> {
    let email = email_key(email);
    let known: Option<Uuid> = Sql::with(
        "SELECT id FROM users WHERE is_active AND email_key = $1",
        [email.clone().into()],
    )
    .scalar(db.read())
    .await?;
    throttle::take(db, &[Key::address(address)], now).await?;
    let tx = db.begin().await?;
    match throttle::take_in(&tx, &[Key::mails(&email)], now).await {
        Ok(()) => {}
        // Enough were sent; saying so would tell that the account exists.
        Err(Error::TooMany(_)) => return Ok(()),
        Err(error) => return Err(error),
    }
    enqueue(&tx, known.unwrap_or_else(|| new_id(now)), Purpose::Reset, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Writes the job that makes and sends a link.
pub(super) async fn enqueue(
    tx: &Tx,
    user_id: Uuid,
    purpose: Purpose,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let key = format!("{}:{user_id}", purpose.job_kind());
    outbox::cancel(tx, &key, now).await?;
    let job = NewJob::new(purpose.job_kind(), json!({ "user_id": user_id }), now).keyed(key);
    outbox::enqueue(tx, job, now).await?;
    Ok(())
}

/// Makes the link a job is about to send. `None` when there is nobody to send it to any more.
///
/// # Errors
/// The engine's.
pub async fn prepare(
    db: &Db,
    user_id: Uuid,
    purpose: Purpose,
    now: DateTime<Utc>,
) -> Result<Option<Prepared>, DbErr> {
    let tx = db.begin().await?;
    let mut sql = Sql::new(format!(
        "SELECT {HOLDER} FROM users u LEFT JOIN call_centers c ON c.id = u.call_center_id \
         WHERE u.is_active AND u.id = "
    ));
    sql.bind(user_id);
    if purpose == Purpose::Invitation {
        sql.push(" AND u.password_hash IS NULL");
    }
    let Some(holder) = sql.one::<Holder>(&tx).await? else { return Ok(None) };
    let token = issue(&tx, user_id, purpose, now).await?;
    let event = about(&holder, "user.link_sent", json!({ "purpose": purpose.as_str() }));
    events::record(&tx, &Actor::system(), event, now).await?;
    tx.commit().await?;
    Ok(Some(Prepared {
        token,
        name: holder.name,
        email: holder.email,
        language: holder.language,
        call_center_id: holder.call_center_id,
        center_name: holder.center_name,
    }))
}

/// A reset link for the operator's terminal.
///
/// # Errors
/// [`Error::NotFound`] when no active user has that address.
pub async fn reset_by_operator(db: &Db, email: &str, now: DateTime<Utc>) -> Result<String> {
    let id: Option<Uuid> = Sql::with(
        "SELECT id FROM users WHERE is_active AND email_key = $1",
        [email_key(email).into()],
    )
    .scalar(db.read())
    .await?;
    let prepared = prepare(db, id.ok_or(Error::NotFound)?, Purpose::Reset, now).await?;
    prepared.map(|p| p.token).ok_or(Error::NotFound)
}

fn about(holder: &Holder, kind: &'static str, data: serde_json::Value) -> NewEvent {
    NewEvent {
        kind,
        call_center_id: holder.call_center_id,
        subject_kind: "user",
        subject_id: holder.id,
        client_id: None,
        data,
    }
}
