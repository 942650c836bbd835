//! What can go wrong, as types with keys. Only the edge turns them into sentences: every key has
//! a message `error-{key}` in every language.

use base::db::Sql;
use sea_orm::DbErr;
use uuid::Uuid;

use crate::contact_log::Reason;

/// The result of a domain verb.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a verb did not happen. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Wrong input, every wrong field named.
    #[error("invalid input: {0:?}")]
    Invalid(Vec<FieldError>),
    /// It does not exist, or the actor may not see it: the two are never told apart.
    #[error("not found")]
    NotFound,
    /// It was merged into that client, where it is found now.
    #[error("merged into {0}")]
    Merged(Uuid),
    /// The actor may see it but not do this.
    #[error("forbidden")]
    Forbidden,
    /// The state does not allow it; the key says which rule.
    #[error("conflict: {0}")]
    Conflict(&'static str),
    /// The centre's calling rules speak against it: every reason, the weightiest first.
    #[error("the call is blocked: {0:?}")]
    CallBlocked(Vec<Reason>),
    /// Someone else changed it since the caller read it.
    #[error("stale version")]
    Stale,
    /// Too many attempts; try again after that many seconds.
    #[error("too many requests, retry in {0} s")]
    TooMany(u64),
    /// The engine failed.
    #[error(transparent)]
    Db(#[from] DbErr),
}

/// One wrong field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The field's name in the API and in the form.
    pub field: String,
    /// The message key: `required`, `too-long`, …
    pub code: &'static str,
    /// Values for the message: `("max", "200")`.
    pub args: Vec<(&'static str, String)>,
}

/// Collects wrong fields, so that all are named at once.
#[derive(Debug, Default)]
pub struct Invalid(Vec<FieldError>);

impl Invalid {
    /// Nothing wrong so far.
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes that `field` is wrong.
    pub fn add(&mut self, field: &str, code: &'static str) -> &mut Self {
        self.add_with(field, code, Vec::new())
    }

    /// Notes that `field` is wrong, with values for its message.
    pub fn add_with(
        &mut self,
        field: &str,
        code: &'static str,
        args: Vec<(&'static str, String)>,
    ) -> &mut Self {
        self.0.push(FieldError { field: field.to_owned(), code, args });
        self
    }

    /// Trims `value` and drops characters nobody sees; empty becomes `None`; longer than `max` characters or holding control
    /// characters (other than line breaks and tabs) is noted.
    pub fn text(&mut self, field: &str, value: Option<&str>, max: usize) -> Option<String> {
        let value: String = value?.chars().filter(|c| !is_unseen(*c)).collect();
        let value = Some(value.trim()).filter(|v| !v.is_empty())?;
        if value.chars().count() > max {
            self.add_with(field, "too-long", vec![("max", max.to_string())]);
        }
        if value.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
            self.add(field, "control-characters");
        }
        Some(value.to_owned())
    }

    /// Like [`Invalid::text`], and notes an empty value.
    pub fn required(&mut self, field: &str, value: Option<&str>, max: usize) -> String {
        let text = self.text(field, value, max);
        if text.is_none() {
            self.add(field, "required");
        }
        text.unwrap_or_default()
    }

    /// The value of `read`, or, with what is wrong with it noted, the default.
    ///
    /// # Errors
    /// Those that do not name fields.
    pub fn take<T: Default>(&mut self, read: Result<T>) -> Result<T> {
        match read {
            Err(Error::Invalid(errors)) => {
                self.0.extend(errors);
                Ok(T::default())
            }
            read => read,
        }
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Notes what else was found wrong; of one field only what was noted first.
    #[must_use]
    pub fn and(mut self, others: Vec<FieldError>) -> Self {
        let known = self.0.len();
        let is_new = |other: &FieldError| self.0[..known].iter().all(|e| e.field != other.field);
        let others: Vec<FieldError> = others.into_iter().filter(is_new).collect();
        self.0.extend(others);
        self
    }

    /// What was noted and what else `checked` refuses: wrong fields are added, anything else is
    /// told instead.
    pub fn and_of<T>(self, checked: Result<T>) -> Error {
        match checked {
            Ok(_) => self.into(),
            Err(Error::Invalid(others)) => self.and(others).into(),
            Err(error) => error,
        }
    }

    /// Ends the collection.
    ///
    /// # Errors
    /// [`Error::Invalid`] if anything was noted.
    pub fn check(self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::Invalid(self.0)) }
    }
}

impl From<Invalid> for Error {
    fn from(invalid: Invalid) -> Self {
        Self::Invalid(invalid.0)
    }
}

/// What comes along when people copy (phones wrap numbers in direction marks) or is put there to
/// deceive: characters without width, and those that turn the text around them. Joiners and the
/// marks that scripts need stay.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
        || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

impl Error {
    /// One wrong field.
    pub fn invalid(field: &str, code: &'static str) -> Self {
        Self::Invalid(vec![FieldError { field: field.to_owned(), code, args: Vec::new() }])
    }
}

/// Refuses a change of something that was read at another version than it is at; nothing is asked
/// of a caller who names none.
///
/// # Errors
/// [`Error::Stale`].
pub fn expect_version(read: Option<i32>, present: i32) -> Result<()> {
    if read.is_none_or(|read| read == present) { Ok(()) } else { Err(Error::Stale) }
}

/// Fails with [`Error::Stale`] unless `sql` (an `UPDATE … WHERE version = …`) touched one row.
///
/// # Errors
/// [`Error::Stale`], or the engine's.
pub async fn expect_one(sql: Sql, tx: &base::db::Tx) -> Result<()> {
    if sql.execute(tx).await? == 1 { Ok(()) } else { Err(Error::Stale) }
}
