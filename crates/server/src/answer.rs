//! What the API's answers have in common: totals, versions, limits.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::Invalid;
use domain::paging::{MAX_LIMIT, Total};
use serde::Serialize;
use utoipa::ToSchema;

use crate::extract::IfMatch;

/// Rows on a page nobody asked the size of.
pub const LIMIT: u32 = 50;

/// How many there are in all.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct ListTotal {
    /// At least this many.
    #[schema(example = 12480)]
    pub value: i64,
    /// `false`: there are more than `value`.
    pub exact: bool,
}

impl From<Total> for ListTotal {
    fn from(Total { value, exact }: Total) -> Self {
        Self { value, exact }
    }
}

/// A record, its version in `ETag`.
pub fn versioned(status: StatusCode, version: i32, record: impl Serialize) -> Response {
    (status, [(header::ETAG, IfMatch::etag(version))], Json(record)).into_response()
}

/// The size of a page as asked for; what is no number from 1 to 200 is noted on `limit`.
pub fn read_limit(asked: Option<&str>, invalid: &mut Invalid) -> u32 {
    let Some(asked) = asked.map(str::trim).filter(|asked| !asked.is_empty()) else { return LIMIT };
    match asked.parse() {
        Ok(limit @ 1..=MAX_LIMIT) => limit,
        _ => {
            invalid.add("limit", "wrong-value");
            LIMIT
        }
    }
}
