//! Keyset pages: no OFFSET, so that page 4 000 costs what page 1 costs.

use base::db::Sql;
use sea_orm::{ConnectionTrait, DbErr};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::error::{Error, Invalid, Result};

/// Most rows a page may hold.
pub const MAX_LIMIT: u32 = 200;

/// How far an exact count is worth its price.
pub const COUNT_LIMIT: i64 = 10_000;

/// One page of a list.
#[derive(Clone, Debug)]
pub struct Paged<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Where the next page starts, if there is one.
    pub next: Option<String>,
    /// Where the page before starts, if there is one.
    pub previous: Option<String>,
}

/// How many rows match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Total {
    /// The count, or the limit up to which it was counted.
    pub value: i64,
    /// `false`: there are more than `value`.
    pub exact: bool,
}

impl Total {
    /// Counts the rows of `SELECT 1 FROM …` in `inner`, giving up past [`COUNT_LIMIT`].
    ///
    /// # Errors
    /// The engine's.
    pub async fn count(inner: Sql, conn: &impl ConnectionTrait) -> Result<Self, DbErr> {
        Self::count_to(COUNT_LIMIT, inner, conn).await
    }

    /// The same, giving up past `most`.
    ///
    /// # Errors
    /// The engine's.
    pub async fn count_to(
        most: i64,
        inner: Sql,
        conn: &impl ConnectionTrait,
    ) -> Result<Self, DbErr> {
        let mut sql = inner;
        sql.wrap("SELECT COUNT(*) FROM (", "");
        sql.push(" LIMIT ").bind(most + 1).push(") AS counted");
        let value: i64 = sql.scalar(conn).await?.unwrap_or(0);
        Ok(Self { value: value.min(most), exact: value <= most })
    }
}

/// Writes a cursor: opaque to callers, checked on the way back.
pub fn write_cursor(position: &impl Serialize) -> String {
    use base64::Engine as _;
    let json = serde_json::to_vec(position).unwrap_or_default();
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(json)
}

/// Notes on `cursor` one that [`write_cursor`] never made; whether it fits the list is for the
/// list to say.
pub fn check_cursor(cursor: Option<&str>, invalid: &mut Invalid) {
    let read = cursor.map_or(Ok(serde_json::Value::Null), read_cursor);
    // What `read_cursor` refuses is a wrong field: there is nothing else to pass on.
    let _ = invalid.take(read);
}

/// Reads a cursor made by [`write_cursor`].
///
/// # Errors
/// [`Error::Invalid`] on `cursor`.
pub fn read_cursor<T: DeserializeOwned>(cursor: &str) -> Result<T> {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(cursor)
        .ok()
        .and_then(|json| serde_json::from_slice(&json).ok())
        .ok_or_else(|| Error::invalid("cursor", "unreadable-cursor"))
}
