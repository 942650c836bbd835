//! The people of a centre, as its administrators see and change them.

mod changes;
mod list;

use base::db::Sql;
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, FromQueryResult};
use uuid::Uuid;

use crate::actor::{Actor, Role};
use crate::error::{Error, Result};

pub(super) use changes::invite_in;
pub use changes::{Change, change, invite};
pub use list::{PeopleFilter, Sort, count, list};

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
    name_key: String,
    email_key: String,
    supervisor_key: Option<String>,
}

impl Person {
    /// Their role.
    pub fn role(&self) -> Role {
        Role::parse(&self.role).unwrap_or(Role::Client)
    }

    /// Whether they come in.
    pub fn state(&self) -> State {
        match (self.is_active, self.has_password) {
            (false, _) => State::Inactive,
            (true, false) => State::Invited,
            (true, true) => State::Active,
        }
    }
}

/// Whether someone comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Signs in.
    Active,
    /// May, but has not followed the invitation yet.
    Invited,
    /// May not.
    Inactive,
}

impl State {
    /// Every state, in the order lists sort them.
    pub const ALL: [Self; 3] = [Self::Active, Self::Invited, Self::Inactive];

    /// The name in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Invited => "invited",
            Self::Inactive => "inactive",
        }
    }

    /// The state of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

const COLUMNS: &str = "u.id, u.email, u.name, u.role, u.supervisor_id, s.name AS supervisor_name, \
    u.call_center_id, c.name AS center_name, u.language, u.time_zone, u.is_active, \
    u.password_hash IS NOT NULL AS has_password, u.last_sign_in_at, u.version, u.created_at, \
    u.updated_at, u.name_key, u.email_key, s.name_key AS supervisor_key";

const FROM: &str = " FROM users u LEFT JOIN users s ON s.id = u.supervisor_id \
    LEFT JOIN call_centers c ON c.id = u.call_center_id WHERE 1 = 1";

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
