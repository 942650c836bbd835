//! Changing a person, and inviting them again.

use base::db::{Db, Sql, Tx};
use chrono::{DateTime, Utc};
use sea_orm::DbErr;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::super::links::{self, Purpose};
use super::super::{insert, sessions};
use super::{COLUMNS, FROM, Person, get};
use crate::actor::{Actor, Role};
use crate::error::{Error, Invalid, Result, expect_one};
use crate::events::{self, NewEvent};

/// What to change; `None` leaves as it is.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// Their name.
    pub name: Option<String>,
    /// Their role.
    pub role: Option<Role>,
    /// Their supervisor, or none.
    pub supervisor_id: Option<Option<Uuid>>,
    /// Their centre, or none for a super_admin. Super_admins only.
    pub call_center_id: Option<Option<Uuid>>,
    /// `fr` or `en`.
    pub language: Option<String>,
    /// An IANA zone, or the centre's.
    pub time_zone: Option<Option<String>>,
    /// May sign in.
    pub is_active: Option<bool>,
}

/// Changes a person. A change of role, centre or state ends their sessions and tokens at once.
///
/// # Errors
/// Wrong fields; [`Error::Stale`] unless `version` is the present one; [`Error::Forbidden`];
/// conflicts `own-account` and `last-super-admin`.
pub async fn change(
    db: &Db,
    actor: &Actor,
    id: Uuid,
    change: Change,
    version: Option<i32>,
    now: DateTime<Utc>,
) -> Result<Person> {
    let before = get(db.read(), actor, id).await?;
    actor.require(actor.is_admin())?;
    let after = apply(actor, &before, &change)?;
    let tx = db.begin().await?;
    let touches_rights = before.role != after.role
        || before.call_center_id != after.call_center_id
        || before.is_active != after.is_active;
    if touches_rights {
        keep_a_super_admin(&tx, &before, &after).await?;
    }
    if let Some(supervisor) = after.supervisor_id.filter(|s| before.supervisor_id != Some(*s)) {
        insert::check_supervisor(&tx, supervisor, id, after.call_center_id).await?;
    }
    write(&tx, &after, version.unwrap_or(before.version), now).await?;
    if touches_rights {
        sessions::end_all(&tx, id).await?;
        release_team(&tx, &after).await?;
    }
    let changes = differences(&before, &after);
    if !changes.is_empty() {
        let event = fact(&after, "user.updated", json!({ "changes": changes }));
        events::record(&tx, actor, event, now).await?;
    }
    let person = Sql::with(format!("SELECT {COLUMNS}{FROM} AND u.id = $1"), [id.into()]);
    let person = person.one(&tx).await?.ok_or(Error::NotFound)?;
    tx.commit().await?;
    Ok(person)
}

fn apply(actor: &Actor, before: &Person, change: &Change) -> Result<Person> {
    let mut invalid = Invalid::new();
    let mut after = before.clone();
    if let Some(name) = &change.name {
        after.name = invalid.required("name", Some(name), 120);
    }
    if let Some(language) = &change.language {
        if !matches!(language.as_str(), "fr" | "en") {
            invalid.add("language", "wrong-value");
        }
        after.language.clone_from(language);
    }
    if let Some(zone) = &change.time_zone {
        let zone = zone.clone().filter(|zone| !zone.is_empty());
        if zone.as_ref().is_some_and(|zone| zone.parse::<chrono_tz::Tz>().is_err()) {
            invalid.add("time_zone", "unknown-time-zone");
        }
        after.time_zone = zone;
    }
    if let Some(role) = change.role {
        role.as_str().clone_into(&mut after.role);
    }
    if let Some(center) = change.call_center_id {
        after.call_center_id = center;
    }
    if after.role() == Role::SuperAdmin {
        after.call_center_id = None;
    } else if after.call_center_id.is_none() {
        invalid.add("call_center_id", "required");
    }
    if let Some(supervisor) = change.supervisor_id {
        after.supervisor_id = supervisor;
    }
    if before.call_center_id != after.call_center_id && change.supervisor_id.is_none() {
        after.supervisor_id = None;
    }
    after.is_active = change.is_active.unwrap_or(before.is_active);
    may(actor, before, &after)?;
    invalid.check()?;
    Ok(after)
}

/// Owners act within their centre and make no super_admin; nobody takes their own rights away.
fn may(actor: &Actor, before: &Person, after: &Person) -> Result<()> {
    let promotes = after.role() == Role::SuperAdmin || before.role() == Role::SuperAdmin;
    let moves = before.call_center_id != after.call_center_id;
    actor.require(actor.role == Role::SuperAdmin || !(promotes || moves))?;
    let own_rights = before.role != after.role || !after.is_active;
    if actor.user_id == Some(before.id) && own_rights {
        return Err(Error::Conflict("own-account"));
    }
    Ok(())
}

/// Counts them with their rows held, so that two who demote each other cannot both succeed.
async fn keep_a_super_admin(tx: &Tx, before: &Person, after: &Person) -> Result<()> {
    let was = before.role() == Role::SuperAdmin && before.is_active;
    if !was || (after.role() == Role::SuperAdmin && after.is_active) {
        return Ok(());
    }
    let count = Sql::new(
        "UPDATE users SET updated_at = updated_at WHERE role = 'super_admin' AND is_active",
    )
    .execute(tx)
    .await?;
    if count > 1 { Ok(()) } else { Err(Error::Conflict("last-super-admin")) }
}

async fn write(tx: &Tx, after: &Person, version: i32, now: DateTime<Utc>) -> Result<()> {
    let sql = Sql::with(
        "UPDATE users SET name = $1, role = $2, supervisor_id = $3, call_center_id = $4, \
         language = $5, time_zone = $6, is_active = $7, updated_at = $8, version = version + 1, \
         name_key = $9 WHERE id = $10 AND version = $11",
        [
            after.name.clone().into(),
            after.role.clone().into(),
            after.supervisor_id.into(),
            after.call_center_id.into(),
            after.language.clone().into(),
            after.time_zone.clone().into(),
            after.is_active.into(),
            now.into(),
            base::text::fold(&after.name).into(),
            after.id.into(),
            version.into(),
        ],
    );
    expect_one(sql, tx).await
}

/// Whoever no longer leads has no team.
async fn release_team(tx: &Tx, after: &Person) -> Result<(), DbErr> {
    let mut sql = Sql::new("UPDATE users SET supervisor_id = NULL WHERE supervisor_id = ");
    sql.bind(after.id);
    if after.is_active && matches!(after.role(), Role::Supervisor | Role::Owner) {
        sql.push(" AND call_center_id <> ").bind(after.call_center_id.unwrap_or_default());
    }
    sql.execute(tx).await?;
    Ok(())
}

fn differences(before: &Person, after: &Person) -> Map<String, Json> {
    let fields = |p: &Person| {
        [
            ("name", json!(p.name)),
            ("role", json!(p.role)),
            ("supervisor_id", json!(p.supervisor_id)),
            ("call_center_id", json!(p.call_center_id)),
            ("language", json!(p.language)),
            ("time_zone", json!(p.time_zone)),
            ("is_active", json!(p.is_active)),
        ]
    };
    events::changed_fields(fields(before), fields(after))
}

/// Sends the invitation again; the links sent before die.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`]; conflict `already-joined`.
pub async fn invite(db: &Db, actor: &Actor, id: Uuid, now: DateTime<Utc>) -> Result<()> {
    let person = get(db.read(), actor, id).await?;
    actor.require(actor.is_admin())?;
    if person.has_password || !person.is_active {
        return Err(Error::Conflict("already-joined"));
    }
    let tx = db.begin().await?;
    invite_in(&tx, id, now).await?;
    events::record(&tx, actor, fact(&person, "user.invited", json!({})), now).await?;
    tx.commit().await?;
    Ok(())
}

pub(in crate::users) async fn invite_in(
    tx: &Tx,
    id: Uuid,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    Sql::with("UPDATE users SET invited_at = $1 WHERE id = $2", [now.into(), id.into()])
        .execute(tx)
        .await?;
    links::enqueue(tx, id, Purpose::Invitation, now).await
}

fn fact(person: &Person, kind: &'static str, data: Json) -> NewEvent {
    NewEvent {
        kind,
        call_center_id: person.call_center_id,
        subject_kind: "user",
        subject_id: person.id,
        client_id: None,
        data,
    }
}
