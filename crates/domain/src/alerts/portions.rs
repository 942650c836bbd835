//! One alert on many clients, a portion at a time: the steps of a bulk operation, which may stop
//! and go on. Whatever is not done in one transaction like [`super::schedule_many`] comes here.

use super::batch::{read, take_away, write};
use super::*;

/// Notes what is wrong with `new` for these clients.
///
/// # Errors
/// Wrong fields, each named; the engine's.
pub async fn check(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    clients: &[Uuid],
    new: &NewAlert,
    now: DateTime<Utc>,
) -> Result<()> {
    let clients = queries::targets(conn, actor, clients).await?;
    read(conn, new, &clients, Invalid::new(), now).await.map(drop)
}

/// Schedules `new` on these clients in the caller's transaction, as it was asked for at
/// `asked_at`: a due time that came meanwhile is due at once. Returns the alerts' ids.
///
/// # Errors
/// The assignee left, or no longer sees these clients.
pub async fn schedule_portion(
    tx: &Tx,
    actor: &Actor,
    batch_id: Uuid,
    clients: &[Uuid],
    new: &NewAlert,
    (asked_at, now): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Vec<Uuid>> {
    let clients = queries::targets(tx, actor, clients).await?;
    if clients.is_empty() {
        return Ok(Vec::new());
    }
    let ready = read(tx, new, &clients, Invalid::new(), asked_at).await?;
    write(tx, actor, &ready, &clients, Some(batch_id), now).await
}

/// Removes those of `ids` the actor may see; returns which, and their events, for the caller to
/// record. The caller has checked that nobody changed them since.
///
/// # Errors
/// The engine's.
pub async fn remove_portion(
    tx: &Tx,
    actor: &Actor,
    batch_id: Uuid,
    ids: &[Uuid],
    now: DateTime<Utc>,
) -> Result<(Vec<Uuid>, Vec<NewEvent>)> {
    if ids.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let mut sql = queries::select();
    sql.push("WHERE a.deleted_at IS NULL AND a.id IN ").bind_list(ids.iter().copied());
    queries::visible(actor, &mut sql);
    sql.push(" ORDER BY a.id").hold(tx, "a");
    let alerts: Vec<Alert> = sql.all(tx).await?;
    let events = take_away(tx, &alerts, batch_id, now).await?;
    Ok((alerts.iter().map(|alert| alert.id).collect(), events))
}
