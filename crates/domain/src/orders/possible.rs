//! Looking by hand for the client who made an order.

use std::cmp::Reverse;

use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;

use super::Order;
use crate::actor::Actor;
use crate::clients::{self, Brief};
use crate::error::Result;

/// Clients shown.
const SHOWN: usize = 20;

/// Clients of a search that are put in order, of which the first are shown.
const SORTED: i64 = 100;

/// The clients of the order's centre that `typed` finds (part of a name, a code, a phone…), who has
/// that very code first; and whether there are more.
///
/// # Errors
/// [`crate::Error::Forbidden`] for roles that do not work with clients; a search that cannot be
/// read (`q`).
pub async fn possible(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    order: &Order,
    typed: &str,
    now: DateTime<Utc>,
) -> Result<(Vec<Brief>, bool)> {
    let typed = typed.trim();
    let center = order.call_center_id;
    let ids = clients::found_in(conn, actor, center, typed, SORTED, now).await?;
    let mut found: Vec<Brief> = clients::briefs(conn, &ids).await?.into_values().collect();
    found.sort_by_cached_key(|one| {
        let exact = one.code.as_deref() == Some(typed);
        (Reverse(exact), base::text::sort_key(&one.full_name), one.id)
    });
    let has_more = found.len() > SHOWN;
    found.truncate(SHOWN);
    Ok((found, has_more))
}
