//! People who sign in: accounts, sessions, tokens.

pub mod alive;
pub mod calendar_feeds;
pub mod devices;
mod insert;
pub mod links;
pub mod own;
pub mod passwords;
pub mod people;
pub mod personal_tokens;
pub mod refresh;
pub mod sessions;
mod sign_in;
pub mod throttle;

use base::db::{Db, Sql};
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use uuid::Uuid;

use crate::actor::{Actor, Role};
use crate::error::{Error, Invalid, Result};
use crate::events;

pub use sign_in::{Attempt, Entered, sign_in};

/// What every page and call needs to know about who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The user.
    pub id: Uuid,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Their role.
    pub role: Role,
    /// `fr` or `en`.
    pub language: String,
    /// `auto`, `light` or `dark`.
    pub theme: String,
    /// `normal` or `dense`.
    pub density: String,
    /// Their own IANA zone, when it is not the centre's.
    pub time_zone: Option<String>,
    /// Their centre; `None` for super_admins.
    pub center: Option<CenterProfile>,
}

/// What every page needs to know about the centre.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CenterProfile {
    /// The centre.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// IANA zone.
    pub time_zone: String,
    /// ISO 4217.
    pub currency: String,
    /// ISO 3166 region phones are read in.
    pub phone_region: String,
}

impl Profile {
    /// The rights of this user.
    pub fn actor(&self) -> Actor {
        Actor {
            user_id: Some(self.id),
            role: self.role,
            call_center_id: self.center.as_ref().map(|c| c.id),
        }
    }
}

/// The columns [`ProfileRow`] reads; `u` is users and `c` their centre.
pub(crate) const PROFILE: &str = "u.id, u.name, u.email, u.role, u.language, u.theme, u.density, \
    u.time_zone, c.id AS center_id, c.name AS center_name, c.time_zone AS center_time_zone, \
    c.currency AS center_currency, c.phone_region AS center_phone_region";

#[derive(FromQueryResult)]
pub(crate) struct ProfileRow {
    id: Uuid,
    name: String,
    email: String,
    role: String,
    language: String,
    theme: String,
    density: String,
    time_zone: Option<String>,
    center_id: Option<Uuid>,
    center_name: Option<String>,
    center_time_zone: Option<String>,
    center_currency: Option<String>,
    center_phone_region: Option<String>,
}

impl From<ProfileRow> for Profile {
    fn from(row: ProfileRow) -> Self {
        let center = row.center_id.map(|id| CenterProfile {
            id,
            name: row.center_name.unwrap_or_default(),
            time_zone: row.center_time_zone.unwrap_or_default(),
            currency: row.center_currency.unwrap_or_default(),
            phone_region: row.center_phone_region.unwrap_or_default(),
        });
        Self {
            id: row.id,
            name: row.name,
            email: row.email,
            // An unknown role in the database must not become a powerful one.
            role: Role::parse(&row.role).unwrap_or(Role::Client),
            language: row.language,
            theme: row.theme,
            density: row.density,
            time_zone: row.time_zone,
            center,
        }
    }
}

/// The profile of an active user.
///
/// # Errors
/// The engine's.
pub async fn profile(conn: &impl ConnectionTrait, id: Uuid) -> Result<Option<Profile>, DbErr> {
    let mut sql = Sql::new(format!(
        "SELECT {PROFILE} FROM users u LEFT JOIN call_centers c ON c.id = u.call_center_id \
         WHERE u.is_active AND u.id = "
    ));
    sql.bind(id);
    Ok(sql.one::<ProfileRow>(conn).await?.map(Profile::from))
}

/// A user to be made.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// Their address: how they sign in.
    pub email: String,
    /// Their name.
    pub name: String,
    /// Their role.
    pub role: Role,
    /// Their centre; required for every role but super_admin.
    pub call_center_id: Option<Uuid>,
    /// Their supervisor.
    pub supervisor_id: Option<Uuid>,
    /// `None` until they follow their invitation.
    pub password: Option<String>,
    /// `fr` or `en`.
    pub language: String,
}

/// Makes a user; without a password, someone's invitation goes out by mail.
///
/// # Errors
/// Wrong fields, an address already taken (`email`, `taken`), or no right to give that role.
pub async fn create(db: &Db, actor: &Actor, new: NewUser, now: DateTime<Utc>) -> Result<Uuid> {
    actor.require(
        actor.is_admin() && (actor.role == Role::SuperAdmin || new.role != Role::SuperAdmin),
    )?;
    if new.call_center_id.is_some_and(|id| !actor.reaches(id)) {
        return Err(Error::NotFound);
    }
    let invited = new.password.is_none();
    let mut invalid = Invalid::new();
    let ready = insert::check(new, &mut invalid);
    invalid.check()?;
    let ready = ready.hashed().await?;
    let tx = db.begin().await?;
    let id = insert::row(&tx, &ready, now).await?;
    if invited && actor.user_id.is_some() {
        people::invite_in(&tx, id, now).await?;
    }
    events::record(&tx, actor, insert::created(id, &ready), now).await?;
    tx.commit().await?;
    Ok(id)
}

/// What an address is found by: how it is typed does not matter.
pub(crate) fn email_key(email: &str) -> String {
    email.trim().to_lowercase()
}
