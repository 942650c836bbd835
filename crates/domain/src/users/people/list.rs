//! Lists of people: filters, sort, keyset pages, counts.

use base::db::Sql;
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, Value};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{COLUMNS, FROM, Person, State};
use crate::actor::{Actor, Role};
use crate::error::{Error, Result};
use crate::paging::{Paged, Total, read_cursor, write_cursor};

/// Which people. Empty fields filter nothing.
#[derive(Clone, Debug, Default)]
pub struct PeopleFilter {
    /// Words of the name, accents aside, or a part of the address.
    pub q: String,
    /// Their role.
    pub role: Option<Role>,
    /// May sign in, or not.
    pub is_active: Option<bool>,
    /// Whether they come in.
    pub state: Option<State>,
    /// Their centre.
    pub call_center_id: Option<Uuid>,
}

/// What a list is sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    column: Column,
    descending: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Name,
    Email,
    Role,
    Center,
    Supervisor,
    State,
    Language,
    LastSignIn,
    CreatedAt,
}

impl Column {
    const ALL: [(Self, &str); 9] = [
        (Self::Name, "name"),
        (Self::Email, "email"),
        (Self::Role, "role"),
        (Self::Center, "call_center"),
        (Self::Supervisor, "supervisor"),
        (Self::State, "state"),
        (Self::Language, "language"),
        (Self::LastSignIn, "last_sign_in_at"),
        (Self::CreatedAt, "created_at"),
    ];

    fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(column, _)| *column == self).map_or("name", |(_, name)| name)
    }

    /// What it compares; [`Column::place`] says the same of a row. Nobody's comes first, never is
    /// before ever.
    fn sql(self) -> &'static str {
        match self {
            Self::Name => "u.name_key",
            Self::Email => "u.email_key",
            Self::Role => {
                "CASE u.role WHEN 'super_admin' THEN 0 WHEN 'owner' THEN 1 WHEN 'supervisor' THEN 2 \
                 WHEN 'agent' THEN 3 WHEN 'technician' THEN 4 ELSE 5 END"
            }
            Self::Center => "COALESCE(c.name, '')",
            Self::Supervisor => "COALESCE(s.name_key, '')",
            Self::State => {
                "CASE WHEN NOT u.is_active THEN 2 WHEN u.password_hash IS NULL THEN 1 ELSE 0 END"
            }
            Self::Language => "u.language",
            Self::LastSignIn => "COALESCE(u.last_sign_in_at, '1970-01-01T00:00:00+00:00')",
            Self::CreatedAt => "u.created_at",
        }
    }

    fn place(self, person: &Person) -> Place {
        let text = |text: &Option<String>| Place::Text(text.clone().unwrap_or_default());
        let rank = |index: Option<usize>| {
            Place::Number(index.and_then(|index| i32::try_from(index).ok()).unwrap_or(0))
        };
        match self {
            Self::Name => Place::Text(person.name_key.clone()),
            Self::Email => Place::Text(person.email_key.clone()),
            Self::Role => rank(Role::ALL.iter().position(|role| *role == person.role())),
            Self::Center => text(&person.center_name),
            Self::Supervisor => text(&person.supervisor_key),
            Self::Language => Place::Text(person.language.clone()),
            Self::State => rank(State::ALL.iter().position(|state| *state == person.state())),
            Self::LastSignIn => {
                Place::Instant(person.last_sign_in_at.unwrap_or(DateTime::UNIX_EPOCH))
            }
            Self::CreatedAt => Place::Instant(person.created_at),
        }
    }

    fn fits(self, place: &Place) -> bool {
        match self {
            Self::Role | Self::State => matches!(place, Place::Number(_)),
            Self::LastSignIn | Self::CreatedAt => matches!(place, Place::Instant(_)),
            Self::Name | Self::Email | Self::Center | Self::Supervisor | Self::Language => {
                matches!(place, Place::Text(_))
            }
        }
    }
}

impl Sort {
    /// By name, accents aside.
    pub const BY_NAME: Self = Self { column: Column::Name, descending: false };

    /// Reads `name`, `-last_sign_in_at`, …
    ///
    /// # Errors
    /// [`Error::Invalid`] on `sort`.
    pub fn parse(text: &str) -> Result<Self> {
        let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
        Column::ALL
            .iter()
            .find(|(_, known)| *known == name)
            .map(|(column, _)| Self { column: *column, descending })
            .ok_or_else(|| Error::invalid("sort", "wrong-value"))
    }

    fn name(self) -> String {
        format!("{}{}", if self.descending { "-" } else { "" }, self.column.as_str())
    }
}

/// A row's place in the sort order.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum Place {
    Number(i32),
    Instant(DateTime<Utc>),
    Text(String),
}

impl From<Place> for Value {
    fn from(place: Place) -> Self {
        match place {
            Place::Number(number) => number.into(),
            Place::Instant(instant) => instant.into(),
            Place::Text(text) => text.into(),
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Position {
    sort: String,
    place: Place,
    id: Uuid,
    /// The page before this row instead of after it.
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
    sort: Sort,
    cursor: Option<&str>,
    limit: u32,
) -> Result<Paged<Person>> {
    actor.require(actor.works_with_clients())?;
    let position: Option<Position> = cursor.map(read_cursor).transpose()?;
    if position.as_ref().is_some_and(|p| p.sort != sort.name() || !sort.column.fits(&p.place)) {
        return Err(Error::invalid("cursor", "unreadable-cursor"));
    }
    let back = position.as_ref().is_some_and(|p| p.back);
    let is_further_page = position.is_some();
    let ascending = sort.descending == back;
    let mut sql = Sql::new(format!("SELECT {COLUMNS}{FROM}"));
    narrow(&mut sql, actor, filter);
    if let Some(Position { place, id, .. }) = position {
        sql.push(" AND (").push(sort.column.sql());
        sql.push(if ascending { ", u.id) > (" } else { ", u.id) < (" });
        sql.bind(place).push(", ").bind(id).push(")");
    }
    let order = if ascending { " ASC" } else { " DESC" };
    sql.push(" ORDER BY ").push(sort.column.sql()).push(order).push(", u.id").push(order);
    sql.push(" LIMIT ").bind(i64::from(limit) + 1);
    let mut rows: Vec<Person> = sql.all(conn).await?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    if back {
        rows.reverse();
    }
    let cursor = |person: &Person, back| {
        let place = sort.column.place(person);
        write_cursor(&Position { sort: sort.name(), place, id: person.id, back })
    };
    let has_previous = if back { more } else { is_further_page };
    let next = rows.last().filter(|_| back || more).map(|person| cursor(person, false));
    let previous = rows.first().filter(|_| has_previous).map(|person| cursor(person, true));
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
    let asked = filter.q.trim();
    if !asked.is_empty() {
        let address = asked.to_lowercase().replace('\\', "\\\\");
        let address = address.replace('%', "\\%").replace('_', "\\_");
        sql.push(" AND (u.email_key LIKE ").bind(format!("%{address}%")).push(" ESCAPE '\\'");
        let folded = base::text::fold(asked);
        // A folded word holds letters and digits only: nothing to escape. Words run together, so
        // that Ndiaye finds N’Diaye.
        let words = folded.split(' ').filter(|word| !word.is_empty());
        for (index, word) in words.enumerate() {
            sql.push(if index == 0 { " OR (" } else { " AND " });
            sql.push("REPLACE(u.name_key, ' ', '') LIKE ").bind(format!("%{word}%"));
        }
        sql.push(if folded.trim().is_empty() { ")" } else { "))" });
    }
    if let Some(role) = filter.role {
        sql.push(" AND u.role = ").bind(role.as_str());
    }
    match filter.is_active {
        Some(true) => drop(sql.push(" AND u.is_active")),
        Some(false) => drop(sql.push(" AND NOT u.is_active")),
        None => {}
    }
    match filter.state {
        Some(State::Active) => drop(sql.push(" AND u.is_active AND u.password_hash IS NOT NULL")),
        Some(State::Invited) => drop(sql.push(" AND u.is_active AND u.password_hash IS NULL")),
        Some(State::Inactive) => drop(sql.push(" AND NOT u.is_active")),
        None => {}
    }
    if let Some(center) = filter.call_center_id {
        sql.push(" AND u.call_center_id = ").bind(center);
    }
}
