//! What everyone may change about themselves.

use base::db::{Db, Sql};
use chrono::{DateTime, Utc};
use serde_json::json;

use super::throttle::{self, Key};
use super::{links, passwords};
use crate::actor::Actor;
use crate::error::{Error, Invalid, Result};
use crate::events::{self, NewEvent};

/// Changes one's own name, language and zone (`None`: the centre's).
///
/// # Errors
/// Wrong fields.
pub async fn describe(
    db: &Db,
    actor: &Actor,
    name: &str,
    language: &str,
    time_zone: Option<&str>,
    now: DateTime<Utc>,
) -> Result<()> {
    let user_id = actor.user_id.ok_or(Error::NotFound)?;
    let mut invalid = Invalid::new();
    let name = invalid.required("name", Some(name), 120);
    if !matches!(language, "fr" | "en") {
        invalid.add("language", "wrong-value");
    }
    let time_zone = time_zone.map(str::trim).filter(|zone| !zone.is_empty());
    if time_zone.is_some_and(|zone| zone.parse::<chrono_tz::Tz>().is_err()) {
        invalid.add("time_zone", "unknown-time-zone");
    }
    invalid.check()?;
    let tx = db.begin().await?;
    Sql::with(
        "UPDATE users SET name = $1, language = $2, time_zone = $3, updated_at = $4, \
         version = version + 1, name_key = $5 WHERE id = $6",
        [
            name.clone().into(),
            language.into(),
            time_zone.map(str::to_owned).into(),
            now.into(),
            base::text::fold(&name).into(),
            user_id.into(),
        ],
    )
    .execute(&tx)
    .await?;
    events::record(&tx, actor, fact(actor, "user.updated"), now).await?;
    tx.commit().await?;
    Ok(())
}

/// Changes one's own password: every session and token of the API sign-in dies, this one too; the
/// caller opens a new one.
///
/// # Errors
/// Wrong fields (`current_password`, `password`); [`Error::TooMany`].
pub async fn change_password(
    db: &Db,
    actor: &Actor,
    current: String,
    password: String,
    now: DateTime<Utc>,
) -> Result<()> {
    #[derive(sea_orm::FromQueryResult)]
    struct Kept {
        password_hash: Option<String>,
        name: String,
        email: String,
    }
    let user_id = actor.user_id.ok_or(Error::NotFound)?;
    let kept: Kept =
        Sql::with("SELECT password_hash, name, email FROM users WHERE id = $1", [user_id.into()])
            .one(db.read())
            .await?
            .ok_or(Error::NotFound)?;
    // Someone at an unlocked screen may not guess for ever.
    let keys = [Key::account(&format!("own:{user_id}"))];
    throttle::take(db, &keys, now).await?;
    let mut invalid = Invalid::new();
    let right = passwords::verify(current, kept.password_hash).await;
    if !right {
        invalid.add("current_password", "wrong-password");
    }
    passwords::check(&password, &[&kept.name, &kept.email], &mut invalid);
    invalid.check()?;
    let hash = passwords::hash(password).await?;
    let tx = db.begin().await?;
    throttle::forgive(&tx, &keys, now).await?;
    links::set_password(&tx, user_id, &hash, now).await?;
    events::record(&tx, actor, fact(actor, "user.password_changed"), now).await?;
    tx.commit().await?;
    Ok(())
}

fn fact(actor: &Actor, kind: &'static str) -> NewEvent {
    NewEvent {
        kind,
        call_center_id: actor.call_center_id,
        subject_kind: "user",
        subject_id: actor.user_id.unwrap_or_default(),
        client_id: None,
        data: json!({}),
    }
}
