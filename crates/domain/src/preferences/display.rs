//! How a user wants the screens: theme, density, language.

use base::db::{Db, Sql};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::error::{Invalid, Result};

/// The themes there are.
pub const THEMES: [&str; 3] = ["auto", "light", "dark"];

/// The densities there are; `comfortable` is the usual one.
pub const DENSITIES: [&str; 2] = ["comfortable", "dense"];

/// The languages there are.
pub const LANGUAGES: [&str; 2] = ["fr", "en"];

/// What someone changes; `None` leaves it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Display {
    /// See [`THEMES`].
    pub theme: Option<String>,
    /// See [`DENSITIES`].
    pub density: Option<String>,
    /// See [`LANGUAGES`].
    pub language: Option<String>,
}

impl Display {
    /// # Errors
    /// A value that is none of those there are.
    pub fn check(&self) -> Result<()> {
        let mut invalid = Invalid::new();
        let mut one_of = |field: &str, value: &Option<String>, known: &[&str]| {
            if value.as_deref().is_some_and(|value| !known.contains(&value)) {
                invalid.add(field, "wrong-value");
            }
        };
        one_of("theme", &self.theme, &THEMES);
        one_of("density", &self.density, &DENSITIES);
        one_of("lang", &self.language, &LANGUAGES);
        invalid.check()
    }
}

/// Keeps what `user` chose. A matter of taste: no event, no new version of the account.
///
/// # Errors
/// A value that is none of those there are.
pub async fn choose(db: &Db, user: Uuid, chosen: &Display, now: DateTime<Utc>) -> Result<()> {
    chosen.check()?;
    let mut sql = Sql::new("UPDATE users SET updated_at = ");
    sql.bind(now);
    for (column, value) in
        [("theme", &chosen.theme), ("density", &chosen.density), ("language", &chosen.language)]
    {
        if let Some(value) = value {
            sql.push(", ").push(column).push(" = ").bind(value.clone());
        }
    }
    sql.push(" WHERE id = ").bind(user);
    let tx = db.begin().await?;
    sql.execute(&tx).await?;
    Ok(tx.commit().await?)
}
