//! Editing and moving an alert.

use serde_json::{Map, Value as Json};

use super::batch::check_assignee;
use super::input::{check_due, read_due, read_priority, read_zone};
use super::*;

/// Changes an alert. Moving its time, or giving it to someone else, makes a new due version: what
/// was planned is cancelled and planned anew in the same transaction, and nobody has acknowledged
/// it any more.
///
/// # Errors
/// Wrong fields, [`Error::NotFound`], or [`Error::Stale`] when `version` is not the current one.
pub async fn edit(
    db: &Db,
    actor: &Actor,
    id: Uuid,
    version: Option<i32>,
    changes: &Changes,
    now: DateTime<Utc>,
) -> Result<Alert> {
    let tx = db.begin().await?;
    let before = hold(&tx, actor, id, version, false).await?;
    let after = apply(&tx, &before, changes, now).await?;
    finish(tx, actor, &before, after, now).await
}

/// Moves an alert to `at`, past or future: snoozing, and undoing a snooze.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] once it is done.
pub async fn postpone(
    db: &Db,
    actor: &Actor,
    id: Uuid,
    at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Alert> {
    let tx = db.begin().await?;
    let before = hold(&tx, actor, id, None, false).await?;
    if before.completed_at.is_some() {
        return Err(Error::Conflict("alert-done"));
    }
    let local_due = local_time::write(local_time::local_of(at, before.zone()));
    let after = Alert { due_at: at, local_due, ..before.clone() };
    finish(tx, actor, &before, after, now).await
}

async fn apply(tx: &Tx, before: &Alert, changes: &Changes, now: DateTime<Utc>) -> Result<Alert> {
    let mut invalid = Invalid::new();
    let mut after = before.clone();
    if let Some(title) = &changes.title {
        after.title = invalid.required("title", Some(title), MAX_TITLE);
    }
    if let Some(description) = &changes.description {
        after.description = invalid.text("description", description.as_deref(), MAX_DESCRIPTION);
    }
    if let Some(priority) = &changes.priority {
        after.priority_rank = read_priority(Some(priority), &mut invalid).rank();
    }
    if let Some(assignee) = changes.assigned_to {
        after.assigned_to = assignee;
        if assignee != before.assigned_to {
            check_assignee(tx, assignee, &[before.call_center_id], &mut invalid).await?;
        }
    }
    let zone = read_zone(changes.time_zone.as_deref(), before.zone(), &mut invalid);
    // A zone alone keeps what the clock shows.
    let unmoved = DueInput::At(before.local_due.clone());
    let input = match &changes.due {
        None if zone != before.zone() => Some(&unmoved),
        given => given.as_ref(),
    };
    if let Some(input) = input
        && let Some(due) = read_due(input, zone, &mut invalid)
    {
        if due.at != before.due_at {
            check_due(&due, input.field(), now, &mut invalid);
        }
        after.due_at = due.at;
        after.local_due = due.local;
        after.time_zone = zone.name().to_owned();
    }
    invalid.check()?;
    Ok(after)
}

async fn finish(
    tx: Tx,
    actor: &Actor,
    before: &Alert,
    mut after: Alert,
    now: DateTime<Utc>,
) -> Result<Alert> {
    let changed = differences(before, &after);
    if changed.is_empty() {
        return Ok(after);
    }
    let moved = after.due_at != before.due_at;
    let rearmed = moved || after.assigned_to != before.assigned_to;
    let mut events = Vec::new();
    if rearmed {
        after.due_version += 1;
        after.acknowledged_at = None;
        after.acknowledged_by = None;
        notices::disarm(&tx, before, now).await?;
    }
    let kind = if moved { "alert.rescheduled" } else { "alert.updated" };
    events.push(after.event(kind, json!({ "changes": changed })));
    let mut after = save(&tx, after, now).await?;
    if rearmed && after.completed_at.is_none() {
        notices::arm(&tx, &after, &mut events, now).await?;
        if after.due_at <= now {
            after.due_announced_version = after.due_version;
        }
    }
    events::record_many(&tx, actor, events, now).await?;
    // Names of people may have changed with the ids.
    let after =
        queries::find(&tx, &Actor::system(), after.id, false, false).await?.unwrap_or(after);
    tx.commit().await?;
    Ok(after)
}

fn differences(before: &Alert, after: &Alert) -> Map<String, Json> {
    let fields = |alert: &Alert| {
        [
            ("title", json!(alert.title)),
            ("description", json!(alert.description)),
            ("due_at", json!(alert.due_at)),
            ("timezone", json!(alert.time_zone)),
            ("priority", json!(alert.priority())),
            ("assigned_to", json!(alert.assigned_to)),
        ]
    };
    events::changed_fields(fields(before), fields(after))
}
