//! A new client: checked first, then made.

use base::db::{Db, Tx};
use base::ids::new_id;
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, SqlErr};
use uuid::Uuid;

use super::center::{center_for, check_in_center};
use super::{NewClient, ValidClient, changes, event, queries, validate};
use crate::actor::Actor;
use crate::error::{Error, Invalid, Result};
use crate::{events, tags};

/// A new client as it would be made, and where.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The centre.
    pub center: Uuid,
    /// The region its phones are read in.
    pub region: String,
    /// The client.
    pub client: ValidClient,
}

/// Makes a client.
///
/// # Errors
/// Every wrong field, a code already taken (`code`, `taken`).
pub async fn create(db: &Db, actor: &Actor, new: NewClient, now: DateTime<Utc>) -> Result<Uuid> {
    // Checked before the transaction, which on SQLite everyone waits for.
    let checked = check(db.read(), actor, &new).await?;
    create_checked(db, actor, checked, now).await
}

/// Makes a client that `actor` had checked. Should another client take the code meanwhile, the
/// index says so.
///
/// # Errors
/// A code already taken (`code`, `taken`).
pub async fn create_checked(
    db: &Db,
    actor: &Actor,
    checked: Checked,
    now: DateTime<Utc>,
) -> Result<Uuid> {
    let Checked { center, client, .. } = checked;
    let tx = db.begin().await?;
    let ids = insert_many(&tx, actor, center, vec![client], now).await.map_err(code_taken)?;
    tx.commit().await?;
    ids.first().copied().ok_or(Error::NotFound)
}

/// A new client as it would be made; nothing is made.
///
/// # Errors
/// Those of [`create`].
pub async fn check(conn: &impl ConnectionTrait, actor: &Actor, new: &NewClient) -> Result<Checked> {
    actor.require(actor.works_with_clients())?;
    let mut invalid = Invalid::new();
    let center = center_for(conn, actor, new, &mut invalid).await?;
    let region = queries::region(conn, center).await?.unwrap_or_default();
    let client = validate(new, &region, &mut invalid);
    check_in_center(conn, center, None, &client, &mut invalid).await?;
    invalid.check()?;
    Ok(Checked { center, region, client })
}

/// Two at once may have asked for the same code: the index decides.
pub(super) fn code_taken(error: Error) -> Error {
    match &error {
        Error::Db(db) if matches!(db.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => {
            Error::invalid("code", "taken")
        }
        _ => error,
    }
}

/// Writes checked clients of one centre, with one event each; codes are known to be free. The
/// caller commits.
///
/// # Errors
/// The engine's.
pub async fn insert_many(
    tx: &Tx,
    actor: &Actor,
    center: Uuid,
    clients: Vec<ValidClient>,
    now: DateTime<Utc>,
) -> Result<Vec<Uuid>> {
    let clients: Vec<(Uuid, ValidClient)> =
        clients.into_iter().map(|client| (new_id(now), client)).collect();
    let seqs = queries::insert(tx, actor, center, &clients, now).await?;
    for (id, client) in &clients {
        if !client.tags.is_empty() {
            tags::put(tx, center, *id, &client.tags, now).await?;
        }
    }
    let records = clients.iter().map(|(id, client)| client.as_matched(*id));
    let made: Vec<_> = seqs.into_iter().zip(records).collect();
    crate::orders::clients_made(tx, center, &made, now).await?;
    let events = clients
        .iter()
        .map(|(id, client)| event("client.created", center, *id, changes::difference(None, client)))
        .collect();
    events::record_many(tx, actor, events, now).await?;
    Ok(clients.into_iter().map(|(id, _)| id).collect())
}
