//! Completing, reopening, acknowledging, removing.
//!
//! Each verb done twice is done once: the second call changes nothing and says the same.

use super::*;

/// Someone did it: what was planned is cancelled.
///
/// # Errors
/// [`Error::NotFound`], or [`Error::Stale`] when `version` is not the current one.
pub async fn complete(
    db: &Db,
    actor: &Actor,
    id: Uuid,
    version: Option<i32>,
    now: DateTime<Utc>,
) -> Result<Alert> {
    let tx = db.begin().await?;
    let mut alert = hold(&tx, actor, id, version, false).await?;
    if alert.completed_at.is_some() {
        return Ok(alert);
    }
    alert.completed_at = Some(now);
    alert.completed_by = actor.user_id;
    notices::disarm(&tx, &alert, now).await?;
    let alert = save(&tx, alert, now).await?;
    events::record(&tx, actor, alert.event("alert.completed", json!({})), now).await?;
    tx.commit().await?;
    Ok(alert)
}

/// It was not done after all: what completing cancelled is armed again. A past alert is due at
/// once; whoever was already told of this due version is not told again, whoever was not is.
///
/// # Errors
/// [`Error::NotFound`], or [`Error::Stale`] when `version` is not the current one.
pub async fn reopen(
    db: &Db,
    actor: &Actor,
    id: Uuid,
    version: Option<i32>,
    now: DateTime<Utc>,
) -> Result<Alert> {
    let tx = db.begin().await?;
    let mut alert = hold(&tx, actor, id, version, false).await?;
    if alert.completed_at.is_none() {
        return Ok(alert);
    }
    alert.completed_at = None;
    alert.completed_by = None;
    let alert = save(&tx, alert, now).await?;
    let mut events = vec![alert.event("alert.reopened", json!({}))];
    notices::arm(&tx, &alert, &mut events, now).await?;
    events::record_many(&tx, actor, events, now).await?;
    tx.commit().await?;
    Ok(alert)
}

/// The actor is on it: escalation, where there is one, stops.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Stale`], or a conflict when it is already done.
pub async fn acknowledge(
    db: &Db,
    actor: &Actor,
    id: Uuid,
    version: Option<i32>,
    now: DateTime<Utc>,
) -> Result<Alert> {
    let tx = db.begin().await?;
    let mut alert = hold(&tx, actor, id, version, false).await?;
    if alert.completed_at.is_some() {
        return Err(Error::Conflict("alert-done"));
    }
    if alert.acknowledged_at.is_some() {
        return Ok(alert);
    }
    alert.acknowledged_at = Some(now);
    alert.acknowledged_by = actor.user_id;
    let alert = save(&tx, alert, now).await?;
    events::record(&tx, actor, alert.event("alert.acknowledged", json!({})), now).await?;
    tx.commit().await?;
    Ok(alert)
}

/// Takes it away; [`restore`] brings it back.
///
/// # Errors
/// [`Error::NotFound`], or [`Error::Stale`] when `version` is not the current one.
pub async fn remove(
    db: &Db,
    actor: &Actor,
    id: Uuid,
    version: Option<i32>,
    now: DateTime<Utc>,
) -> Result<Alert> {
    let tx = db.begin().await?;
    let mut alert = hold(&tx, actor, id, version, false).await?;
    alert.deleted_at = Some(now);
    notices::disarm(&tx, &alert, now).await?;
    let alert = save(&tx, alert, now).await?;
    let data = json!({ "title": alert.title });
    events::record(&tx, actor, alert.event("alert.removed", data), now).await?;
    tx.commit().await?;
    Ok(alert)
}

/// Brings a removed alert back, armed as [`reopen`] would arm it.
///
/// # Errors
/// [`Error::NotFound`] when there is no such removed alert to see.
pub async fn restore(db: &Db, actor: &Actor, id: Uuid, now: DateTime<Utc>) -> Result<Alert> {
    let tx = db.begin().await?;
    let mut alert = hold(&tx, actor, id, None, true).await?;
    alert.deleted_at = None;
    let alert = save(&tx, alert, now).await?;
    let mut events = vec![alert.event("alert.restored", json!({ "title": alert.title }))];
    if alert.completed_at.is_none() {
        notices::arm(&tx, &alert, &mut events, now).await?;
    }
    events::record_many(&tx, actor, events, now).await?;
    tx.commit().await?;
    Ok(alert)
}
