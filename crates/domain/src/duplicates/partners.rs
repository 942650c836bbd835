//! Whom a client may be merged with: what someone who looks for the other record is shown.

use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::subject::{self, Alike, Reach};
use super::{Possible, queries};
use crate::actor::Actor;
use crate::clients::{self, Client};
use crate::error::Result;

/// Records shown.
const SHOWN: usize = 20;

/// Records of a search that are compared, of which the most alike are shown.
const COMPARED: i64 = 100;

/// A client, and the records it may be merged with.
#[derive(Clone, Debug, PartialEq)]
pub struct Partners {
    /// The client.
    pub client: Client,
    /// The others, the most alike first.
    pub found: Vec<Possible>,
    /// Whether more were found than are told.
    pub has_more: bool,
}

/// The other clients of `client`'s centre that `typed` finds (part of a name, a code, a phone…) or,
/// when nothing was typed, those that look like it.
///
/// # Errors
/// [`crate::Error::NotFound`] for a client out of sight; a search that cannot be read (`q`). Who may
/// not merge may propose it.
pub async fn partners(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    client: Uuid,
    typed: &str,
    now: DateTime<Utc>,
) -> Result<Partners> {
    let client = clients::get(conn, actor, client).await?;
    let alike = if typed.trim().is_empty() {
        lookalikes(conn, &client).await?
    } else {
        searched(conn, actor, &client, typed.trim(), now).await?
    };
    let has_more = alike.len() > SHOWN;
    let found = told(conn, alike.into_iter().take(SHOWN).collect()).await?;
    Ok(Partners { client, found, has_more })
}

async fn lookalikes(conn: &impl ConnectionTrait, client: &Client) -> Result<Vec<Alike>> {
    let region = queries::region(conn, client.call_center_id).await?;
    let subjects: Vec<_> = subject::load(conn, &[client.id]).await?.into_values().collect();
    let found =
        subject::find(conn, client.call_center_id, &region, &subjects, Reach::Mistyped).await?;
    Ok(found.into_values().next().unwrap_or_default())
}

async fn searched(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    client: &Client,
    typed: &str,
    now: DateTime<Utc>,
) -> Result<Vec<Alike>> {
    // Records of two centres cannot be merged.
    let center = client.call_center_id;
    let mut ids = clients::found_in(conn, actor, center, typed, COMPARED, now).await?;
    ids.retain(|id| *id != client.id);
    let region = queries::region(conn, client.call_center_id).await?;
    Ok(subject::compare_all(conn, &region, client.id, &ids).await?)
}

/// The records in short, in the order they come in.
pub(super) async fn told(conn: &impl ConnectionTrait, alike: Vec<Alike>) -> Result<Vec<Possible>> {
    let ids: Vec<Uuid> = alike.iter().map(|one| one.id).collect();
    let mut briefs = clients::briefs(conn, &ids).await?;
    let possible = |one: Alike| {
        let client = briefs.remove(&one.id)?;
        Some(Possible { client, score: one.score, reasons: one.reasons })
    };
    Ok(alike.into_iter().filter_map(possible).collect())
}
