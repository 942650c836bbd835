//! The people of a centre, as its administrators see and change them.

mod changes;

use base::db::Sql;
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::actor::{Actor, Role};
use crate::error::{Error, Result};
use crate::paging::{Paged, Total, read_cursor, write_cursor};

pub(super) use changes::invite_in;
pub use changes::{Change, change, invite};

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
        let pattern = |text: String| {
            let text = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
            format!("%{text}%")
        };
        sql.push(" AND (u.name_key LIKE ").bind(pattern(base::text::fold(q)));
        sql.push(" ESCAPE '\\' OR u.email_key LIKE ").bind(pattern(q.to_lowercase()));
        sql.push(" ESCAPE '\\')");
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
