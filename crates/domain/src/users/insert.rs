//! Making a user: what is checked, and the row.

use base::db::{Sql, Tx};
use base::ids::new_id;
use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

use super::{NewUser, email_key, passwords};
use crate::actor::Role;
use crate::error::{Error, Invalid, Result};
use crate::events::NewEvent;

/// A user whose fields were looked at.
pub(super) struct Ready {
    new: NewUser,
    hash: Option<String>,
}

impl Ready {
    /// With its password hashed.
    pub(super) async fn hashed(mut self) -> Result<Self> {
        if let Some(password) = self.new.password.take() {
            self.hash = Some(passwords::hash(password).await?);
        }
        Ok(self)
    }
}

/// Looks at the fields that need no database.
pub(super) fn check(new: NewUser, invalid: &mut Invalid) -> Ready {
    let name = invalid.required("name", Some(&new.name), 120);
    let email = invalid.required("email", Some(&new.email), 254);
    if !email.is_empty() && !looks_like_email(&email) {
        invalid.add("email", "not-an-email");
    }
    if (new.role == Role::SuperAdmin) != new.call_center_id.is_none() {
        let code = if new.call_center_id.is_none() { "required" } else { "wrong-value" };
        invalid.add("call_center_id", code);
    }
    if !matches!(new.language.as_str(), "fr" | "en") {
        invalid.add("language", "wrong-value");
    }
    if let Some(password) = &new.password {
        passwords::check(password, &[&name, &email], invalid);
    }
    Ready { new: NewUser { name, email, ..new }, hash: None }
}

/// One `@` with something on both sides and no space: the mail server knows the rest.
fn looks_like_email(email: &str) -> bool {
    let parts: Vec<&str> = email.split('@').collect();
    parts.len() == 2
        && parts.iter().all(|part| !part.is_empty())
        && !email
            .chars()
            .any(|c| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ','))
}

/// Writes the row.
///
/// # Errors
/// An address already taken (`email`, `taken`), a supervisor who is none.
pub(super) async fn row(tx: &Tx, ready: &Ready, now: DateTime<Utc>) -> Result<Uuid> {
    let new = &ready.new;
    let id = new_id(now);
    let key = email_key(&new.email);
    let taken = Sql::with("SELECT 1 FROM users WHERE email_key = $1", [key.clone().into()]);
    if taken.scalar::<i32>(tx).await?.is_some() {
        return Err(Error::invalid("email", "taken"));
    }
    if let Some(supervisor) = new.supervisor_id {
        check_supervisor(tx, supervisor, id, new.call_center_id).await?;
    }
    let mut sql = Sql::new(
        "INSERT INTO users (id, call_center_id, email, email_key, name, name_key, role, supervisor_id, \
         password_hash, language, created_at, updated_at) VALUES ",
    );
    sql.bind_list([
        sea_orm::Value::from(id),
        new.call_center_id.into(),
        new.email.clone().into(),
        key.into(),
        new.name.clone().into(),
        base::text::fold(&new.name).into(),
        new.role.as_str().into(),
        new.supervisor_id.into(),
        ready.hash.clone().into(),
        new.language.clone().into(),
        now.into(),
        now.into(),
    ]);
    sql.push(" ON CONFLICT (email_key) DO NOTHING");
    if sql.execute(tx).await? == 0 {
        // Someone else made the same account between our look and our write.
        return Err(Error::invalid("email", "taken"));
    }
    Ok(id)
}

/// A supervisor is an active supervisor or owner of the same centre, and not oneself.
pub(super) async fn check_supervisor(
    tx: &Tx,
    supervisor: Uuid,
    id: Uuid,
    center: Option<Uuid>,
) -> Result<()> {
    let fits: Option<i32> = Sql::with(
        "SELECT 1 FROM users WHERE id = $1 AND id <> $2 AND call_center_id = $3 AND is_active \
         AND role IN ('supervisor', 'owner')",
        [supervisor.into(), id.into(), center.into()],
    )
    .scalar(tx)
    .await?;
    fits.map(drop).ok_or_else(|| Error::invalid("supervisor_id", "not-a-supervisor"))
}

/// The fact.
pub(super) fn created(id: Uuid, ready: &Ready) -> NewEvent {
    NewEvent {
        kind: "user.created",
        call_center_id: ready.new.call_center_id,
        subject_kind: "user",
        subject_id: id,
        client_id: None,
        data: json!({ "role": ready.new.role }),
    }
}
