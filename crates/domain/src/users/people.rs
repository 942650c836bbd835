//! The people of a centre, as its administrators see and change them.

use base::db::{Db, Sql, Tx};
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::links::{self, Purpose};
use super::{insert, sessions};
use crate::actor::{Actor, Role};
use crate::error::{Error, Invalid, Result, expect_one};
use crate::events::{self, NewEvent};
use crate::paging::{Paged, Total, read_cursor, write_cursor};

/// One person.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Person {
    /// The user.
    pub id: Uuid,
    /// How they sign in.
    pub email: String,
    /// Their name.
    pub name: String,
    role: String,
    /// Their supervisor.
    pub supervisor_id: Option<Uuid>,
    /// Their supervisor's name.
    pub supervisor_name: Option<String>,
    /// Their centre.
    pub call_center_id: Option<Uuid>,
    /// Its name.
    pub center_name: Option<String>,
    /// `fr` or `en`.
    pub language: String,
    /// Their own zone, when it is not the centre's.
    pub time_zone: Option<String>,
    /// May sign in.
    pub is_active: bool,
    /// Has followed their invitation.
    pub has_password: bool,
    /// When they last signed in.
    pub last_sign_in_at: Option<DateTime<Utc>>,
    /// Grows with each change.
    pub version: i32,
    /// When they were made.
    pub created_at: DateTime<Utc>,
    /// When they were last changed.
    pub updated_at: DateTime<Utc>,
}

impl Person {
    /// Their role.
    pub fn role(&self) -> Role {
        Role::parse(&self.role).unwrap_or(Role::Client)
    }
}

/// Which people.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct PeopleFilter {
    /// In the name or the address.
    pub q: Option<String>,
    /// Their role.
    pub role: Option<String>,
    /// May sign in, or not.
    pub is_active: Option<bool>,
}

const COLUMNS: &str = "u.id, u.email, u.name, u.role, u.supervisor_id, s.name AS supervisor_name, \
    u.call_center_id, c.name AS center_name, u.language, u.time_zone, u.is_active, \
    u.password_hash IS NOT NULL AS has_password, u.last_sign_in_at, u.version, u.created_at, \
    u.updated_at";

const FROM: &str = " FROM users u LEFT JOIN users s ON s.id = u.supervisor_id \
    LEFT JOIN call_centers c ON c.id = u.call_center_id WHERE 1 = 1";

/// Where a page starts.
#[derive(Serialize, Deserialize)]
struct Position {
    name: String,
    id: Uuid,
    back: bool,
}

/// The people whoever asks may see: their centre's, or everyone for a super_admin.
///
/// # Errors
/// [`Error::Forbidden`] for technicians and clients; a cursor that cannot be read.
pub async fn list(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    filter: &PeopleFilter,
    cursor: Option<&str>,
    limit: u32,
) -> Result<Paged<Person>> {
    actor.require(actor.works_with_clients())?;
    let position: Option<Position> = cursor.map(read_cursor).transpose()?;
    let back = position.as_ref().is_some_and(|p| p.back);
    let mut sql = Sql::new(format!("SELECT {COLUMNS}{FROM}"));
    narrow(&mut sql, actor, filter);
    if let Some(at) = &position {
        let compare = if back { "<" } else { ">" };
        sql.push(" AND (u.name ").push(compare).push(" ").bind(at.name.clone());
        sql.push(" OR (u.name = ").bind(at.name.clone());
        sql.push(" AND u.id ").push(compare).push(" ").bind(at.id).push("))");
    }
    let order = if back { "DESC" } else { "ASC" };
    sql.push(&format!(" ORDER BY u.name {order}, u.id {order} LIMIT "));
    sql.bind(i64::from(limit) + 1);
    let mut rows: Vec<Person> = sql.all(conn).await?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    if back {
        rows.reverse();
    }
    let cursor = |person: Option<&Person>, back| {
        person.map(|p| write_cursor(&Position { name: p.name.clone(), id: p.id, back }))
    };
    let next = if back || more { cursor(rows.last(), false) } else { None };
    let has_previous = if back { more } else { position.is_some() };
    let previous = if has_previous { cursor(rows.first(), true) } else { None };
    Ok(Paged { rows, next, previous })
}

/// How many they are.
///
/// # Errors
/// [`Error::Forbidden`], or the engine's.
pub async fn count(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    filter: &PeopleFilter,
) -> Result<Total> {
    actor.require(actor.works_with_clients())?;
    let mut sql = Sql::new(format!("SELECT 1{FROM}"));
    narrow(&mut sql, actor, filter);
    Ok(Total::count(sql, conn).await?)
}

fn narrow(sql: &mut Sql, actor: &Actor, filter: &PeopleFilter) {
    actor.within_center(sql, "u.call_center_id");
    if let Some(q) = filter.q.as_deref().map(str::trim).filter(|q| !q.is_empty()) {
        let escaped =
            q.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
        let pattern = format!("%{escaped}%");
        sql.push(" AND (LOWER(u.name) LIKE ").bind(pattern.clone()).push(" ESCAPE '\\'");
        sql.push(" OR u.email_key LIKE ").bind(pattern).push(" ESCAPE '\\')");
    }
    if let Some(role) = filter.role.as_deref().filter(|role| !role.is_empty()) {
        sql.push(" AND u.role = ").bind(role.to_owned());
    }
    match filter.is_active {
        Some(true) => drop(sql.push(" AND u.is_active")),
        Some(false) => drop(sql.push(" AND NOT u.is_active")),
        None => {}
    }
}

/// One person.
///
/// # Errors
/// [`Error::NotFound`] for those the actor may not see.
pub async fn get(conn: &impl ConnectionTrait, actor: &Actor, id: Uuid) -> Result<Person> {
    let mut sql = Sql::new(format!("SELECT {COLUMNS}{FROM} AND u.id = "));
    sql.bind(id);
    if actor.user_id != Some(id) {
        if !actor.works_with_clients() {
            return Err(Error::NotFound);
        }
        actor.within_center(&mut sql, "u.call_center_id");
    }
    sql.one(conn).await?.ok_or(Error::NotFound)
}

/// Those who may supervise in a centre, by name.
///
/// # Errors
/// The engine's.
pub async fn supervisors(
    conn: &impl ConnectionTrait,
    actor: &Actor,
) -> Result<Vec<(Uuid, String, Uuid)>> {
    #[derive(FromQueryResult)]
    struct Row {
        id: Uuid,
        name: String,
        call_center_id: Uuid,
    }
    let mut sql = Sql::new(
        "SELECT u.id, u.name, u.call_center_id FROM users u WHERE u.is_active \
         AND u.call_center_id IS NOT NULL AND u.role IN ('supervisor', 'owner')",
    );
    actor.within_center(&mut sql, "u.call_center_id");
    sql.push(" ORDER BY u.name, u.id LIMIT 500");
    let rows: Vec<Row> = sql.all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.id, row.name, row.call_center_id)).collect())
}

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
         language = $5, time_zone = $6, is_active = $7, updated_at = $8, version = version + 1 \
         WHERE id = $9 AND version = $10",
        [
            after.name.clone().into(),
            after.role.clone().into(),
            after.supervisor_id.into(),
            after.call_center_id.into(),
            after.language.clone().into(),
            after.time_zone.clone().into(),
            after.is_active.into(),
            now.into(),
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
    fields(before)
        .into_iter()
        .zip(fields(after))
        .filter(|(old, new)| old != new)
        .map(|((name, old), (_, new))| (name.to_owned(), json!([old, new])))
        .collect()
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

pub(super) async fn invite_in(tx: &Tx, id: Uuid, now: DateTime<Utc>) -> Result<(), DbErr> {
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
