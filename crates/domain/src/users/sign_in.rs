//! Signing in: one verb for the page and the API.

use std::net::IpAddr;

use base::db::{Db, Sql, Tx};
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use serde_json::json;
use uuid::Uuid;

use super::throttle::{self, Key};
use super::{devices, email_key, passwords};
use crate::actor::{Actor, Role};
use crate::error::Result;
use crate::events::{self, NewEvent};

/// What someone who wants in presents.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// As typed.
    pub email: String,
    /// As typed.
    pub password: String,
    /// What the browser kept from an earlier sign-in; see [`devices`].
    pub device: Option<String>,
    /// Where the attempt comes from.
    pub address: IpAddr,
}

/// Who is in.
#[derive(Clone, Debug)]
pub struct Entered {
    /// The user.
    pub user_id: Uuid,
    /// What the browser must keep to be known next time; `None` if it is known already.
    pub device: Option<String>,
}

#[derive(Clone, FromQueryResult)]
struct Account {
    id: Uuid,
    call_center_id: Option<Uuid>,
    role: String,
    password_hash: Option<String>,
    is_active: bool,
}

/// Checks a password. `None`: wrong, in every case alike: unknown address, account without a
/// password, deactivated account, wrong password.
///
/// # Errors
/// [`crate::Error::TooMany`] when attempts come too fast.
pub async fn sign_in(db: &Db, attempt: Attempt, now: DateTime<Utc>) -> Result<Option<Entered>> {
    let email = email_key(&attempt.email);
    let account = find(db.read(), &email).await?;
    let device = attempt.device.as_deref();
    let known = devices::knows(db.read(), device, account.as_ref().map(|a| a.id), now).await?;
    let keys = match device.filter(|_| known) {
        Some(token) => vec![Key::device(token)],
        None => vec![Key::account(&email), Key::address(attempt.address), Key::overall()],
    };
    throttle::take(db, &keys, now).await?;
    let hash = account.as_ref().filter(|a| a.is_active).and_then(|a| a.password_hash.clone());
    let right = passwords::verify(attempt.password, hash).await;
    let Some(account) = account.filter(|_| right) else { return Ok(None) };
    let tx = db.begin().await?;
    throttle::forgive(&tx, &keys, now).await?;
    let device = if known { None } else { Some(devices::remember(&tx, account.id, now).await?) };
    note(&tx, &account, now).await?;
    tx.commit().await?;
    Ok(Some(Entered { user_id: account.id, device }))
}

async fn find(conn: &impl ConnectionTrait, email_key: &str) -> Result<Option<Account>, DbErr> {
    Sql::with(
        "SELECT id, call_center_id, role, password_hash, is_active FROM users \
         WHERE email_key = $1",
        [email_key.into()],
    )
    .one(conn)
    .await
}

async fn note(tx: &Tx, account: &Account, now: DateTime<Utc>) -> Result<(), DbErr> {
    Sql::with(
        "UPDATE users SET last_sign_in_at = $1 WHERE id = $2",
        [now.into(), account.id.into()],
    )
    .execute(tx)
    .await?;
    let actor = Actor {
        user_id: Some(account.id),
        role: Role::parse(&account.role).unwrap_or(Role::Client),
        call_center_id: account.call_center_id,
    };
    let event = NewEvent {
        kind: "user.signed_in",
        call_center_id: account.call_center_id,
        subject_kind: "user",
        subject_id: account.id,
        client_id: None,
        data: json!({}),
    };
    events::record(tx, &actor, event, now).await?;
    Ok(())
}
