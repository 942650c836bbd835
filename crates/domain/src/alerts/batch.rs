//! One alert on many clients: all or nothing, in one transaction.

use std::collections::HashMap;

use super::input::{check_due, read_due, read_priority, read_zone};
use super::notices::{Planned, plan};
use super::queries::{self, Insert, Person, Shared, Target};
use super::recipients::{Chain, Directory, may_be_told};
use base::db::Sql;

use super::*;
use crate::actor::Role;
use crate::clients::{ClientFilter, matching_ids};

/// Most clients one batch may hold.
pub const MAX_BATCH: usize = 100_000;

/// Which clients.
#[derive(Clone, Debug)]
pub enum Targets {
    /// These.
    Ids(Vec<Uuid>),
    /// All that match, at the moment of scheduling.
    Filter(Box<ClientFilter>),
}

/// What [`schedule_many`] made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Shared by its alerts.
    pub id: Uuid,
    /// How many.
    pub created: usize,
}

/// Puts the same alert on many clients. A wall-clock time is read in each client's own centre's
/// zone unless the alert names one.
///
/// # Errors
/// Wrong fields, a client the actor may not see, none at all, more than [`MAX_BATCH`], or no
/// right to work with clients. Nothing is made then.
pub async fn schedule_many(
    db: &Db,
    actor: &Actor,
    targets: &Targets,
    new: &NewAlert,
    now: DateTime<Utc>,
) -> Result<Batch> {
    let id = new_id(now);
    let made = schedule_on(db, actor, targets, "client_ids", new, Some(id), now).await?;
    Ok(Batch { id, created: made.len() })
}

/// How many clients `targets` stands for, as far as the actor may see.
///
/// # Errors
/// The engine's.
pub async fn matched(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    targets: &Targets,
    now: DateTime<Utc>,
) -> Result<usize> {
    let ids = expand(conn, actor, targets, now).await?;
    Ok(queries::targets(conn, actor, &ids).await?.len())
}

/// The ids, without repeats, in order.
async fn expand(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    targets: &Targets,
    now: DateTime<Utc>,
) -> Result<Vec<Uuid>> {
    let mut ids = match targets {
        Targets::Ids(ids) => ids.clone(),
        Targets::Filter(filter) => {
            // One more than the limit, so that passing it shows.
            let most = i64::try_from(MAX_BATCH).unwrap_or(i64::MAX) + 1;
            matching_ids(conn, actor, filter, None, most, now).await?
        }
    };
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

/// The alert as it will be on the clients of each centre.
pub(super) struct Ready {
    title: String,
    description: Option<String>,
    priority: Priority,
    assigned_to: Option<Uuid>,
    /// By centre.
    due: HashMap<Uuid, Due>,
}

/// Schedules on all targets; `field` is where a wrong client is noted. Returns the alerts' ids.
pub(super) async fn schedule_on(
    db: &Db,
    actor: &Actor,
    targets: &Targets,
    field: &str,
    new: &NewAlert,
    batch_id: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<Vec<Uuid>> {
    actor.require(actor.works_with_clients())?;
    let tx = db.begin().await?;
    let ids = expand(&tx, actor, targets, now).await?;
    let clients = queries::targets(&tx, actor, &ids).await?;
    let mut invalid = Invalid::new();
    if ids.is_empty() {
        invalid.add(field, if field == "client_id" { "required" } else { "no-clients" });
    } else if ids.len() > MAX_BATCH {
        invalid.add_with(field, "too-many-clients", vec![("max", MAX_BATCH.to_string())]);
    } else if clients.len() != ids.len() {
        invalid.add(field, "unknown-client");
    }
    let ready = read(&tx, new, &clients, invalid, now).await?;
    let made = write(&tx, actor, &ready, &clients, batch_id, now).await?;
    tx.commit().await?;
    Ok(made)
}

/// Checks everything people typed, so that all that is wrong is named at once.
pub(super) async fn read(
    conn: &impl ConnectionTrait,
    new: &NewAlert,
    clients: &[Target],
    mut invalid: Invalid,
    now: DateTime<Utc>,
) -> Result<Ready> {
    let title = invalid.required("title", Some(&new.title), MAX_TITLE);
    let description = invalid.text("description", new.description.as_deref(), MAX_DESCRIPTION);
    let priority = read_priority(new.priority.as_deref(), &mut invalid);
    let mut zones: HashMap<Uuid, Tz> = HashMap::new();
    for client in clients {
        zones
            .entry(client.call_center_id)
            .or_insert_with(|| client.time_zone.parse().unwrap_or(Tz::UTC));
    }
    let reached: Vec<Uuid> = zones.keys().copied().collect();
    check_assignee(conn, new.assigned_to, &reached, &mut invalid).await?;
    let mut due = HashMap::new();
    // With no client to ask, the rest is still checked, in UTC.
    let centers =
        if zones.is_empty() { vec![(Uuid::nil(), Tz::UTC)] } else { zones.into_iter().collect() };
    for (index, (center, zone)) in centers.into_iter().enumerate() {
        let mut wrong = Invalid::new();
        let zone = read_zone(new.time_zone.as_deref(), zone, &mut wrong);
        if let Some(at) = read_due(&new.due, zone, &mut wrong) {
            check_due(&at, new.due.field(), now, &mut wrong);
            due.insert(center, at);
        }
        // What is wrong is wrong in every centre alike, or said once.
        if (index == 0 || invalid.is_empty())
            && let Err(Error::Invalid(errors)) = wrong.check()
        {
            for error in errors {
                invalid.add_with(&error.field, error.code, error.args);
            }
        }
    }
    invalid.check()?;
    Ok(Ready { title, description, priority, assigned_to: new.assigned_to, due })
}

/// Notes an assignee who left, or who may not see the clients of every one of `centers`.
pub(super) async fn check_assignee(
    conn: &impl ConnectionTrait,
    assignee: Option<Uuid>,
    centers: &[Uuid],
    invalid: &mut Invalid,
) -> Result<()> {
    let Some(assignee) = assignee else { return Ok(()) };
    let people = queries::active_people(conn, &[assignee]).await?;
    let works = |person: &Person| Role::parse(&person.role).is_some_and(works_with_clients);
    let fits = people.first().is_some_and(|person| {
        person.call_center_id.is_some()
            && works(person)
            && centers.iter().all(|center| may_be_told(person, *center))
    });
    if !fits {
        invalid.add("assigned_to", "unknown-assignee");
    }
    Ok(())
}

pub(super) async fn write(
    tx: &Tx,
    actor: &Actor,
    ready: &Ready,
    clients: &[Target],
    batch_id: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<Vec<Uuid>> {
    let mut rows = Vec::with_capacity(clients.len());
    for client in clients {
        let due = ready.due.get(&client.call_center_id).ok_or(Error::NotFound)?;
        rows.push(Insert {
            id: new_id(now),
            call_center_id: client.call_center_id,
            client_id: client.id,
            due_at: due.at,
            local_due: due.local.clone(),
            time_zone: due.zone.name().to_owned(),
        });
    }
    let shared = Shared {
        batch_id,
        title: &ready.title,
        description: ready.description.as_deref(),
        priority: ready.priority,
        assigned_to: ready.assigned_to,
        created_by: actor.user_id,
    };
    queries::insert(tx, &rows, &shared, now).await?;
    let chain = |row: &Insert| Chain {
        call_center_id: row.call_center_id,
        assigned_to: ready.assigned_to,
        created_by: actor.user_id,
    };
    let chains: Vec<Chain> = rows.iter().map(chain).collect();
    let directory = Directory::read(tx, &chains).await?;
    let mut planned = Vec::with_capacity(rows.len());
    for (row, chain) in rows.iter().zip(chains) {
        let recipients = directory.recipients(chain).into_iter();
        planned.extend(recipients.map(|to| Planned::new(row.id, 1, to, row.due_at)));
    }
    plan(tx, planned, now).await?;
    let jobs = rows.iter().map(|row| due_job(row.id, 1, row.due_at)).collect();
    outbox::enqueue_many(tx, jobs, now).await?;
    let touched: Vec<Uuid> = clients.iter().map(|client| client.id).collect();
    crate::clients::refresh_next_alert(tx, &touched).await?;
    let events = rows.iter().filter_map(|row| scheduled(row, ready, batch_id)).collect();
    events::record_many(tx, actor, events, now).await?;
    Ok(rows.iter().map(|row| row.id).collect())
}

/// Those an alert can be given to, whatever the centre.
fn works_with_clients(role: Role) -> bool {
    matches!(role, Role::Owner | Role::Supervisor | Role::Agent)
}

fn scheduled(row: &Insert, ready: &Ready, batch_id: Option<Uuid>) -> Option<NewEvent> {
    let due = ready.due.get(&row.call_center_id)?;
    let mut data = scheduled_data(&ready.title, due, ready.priority, ready.assigned_to);
    if let Some(batch) = batch_id {
        data["batch_id"] = json!(batch);
    }
    Some(NewEvent {
        kind: "alert.scheduled",
        call_center_id: Some(row.call_center_id),
        subject_kind: "alert",
        subject_id: row.id,
        client_id: Some(row.client_id),
        data,
    })
}

/// Takes back a whole batch: removes those of its alerts the actor may see that nobody has
/// changed since. Returns how many were removed and how many were left because they changed.
///
/// # Errors
/// [`Error::NotFound`] when there is no such batch to see.
pub async fn remove_batch(
    db: &Db,
    actor: &Actor,
    batch_id: Uuid,
    now: DateTime<Utc>,
) -> Result<(usize, usize)> {
    let tx = db.begin().await?;
    let mut sql = queries::select();
    sql.push("WHERE a.deleted_at IS NULL AND a.batch_id = ").bind(batch_id);
    queries::visible(actor, &mut sql);
    sql.push(" ORDER BY a.due_at, a.id").hold(&tx, "a");
    let alerts: Vec<Alert> = sql.all(&tx).await?;
    if alerts.is_empty() {
        return Err(Error::NotFound);
    }
    let total = alerts.len();
    let untouched: Vec<Alert> = alerts.into_iter().filter(|alert| alert.version == 1).collect();
    let events = take_away(&tx, &untouched, batch_id, now).await?;
    events::record_many(&tx, actor, events, now).await?;
    tx.commit().await?;
    Ok((untouched.len(), total - untouched.len()))
}

/// Removes alerts held by `tx`; returns their events.
pub(super) async fn take_away(
    tx: &Tx,
    alerts: &[Alert],
    batch_id: Uuid,
    now: DateTime<Utc>,
) -> Result<Vec<NewEvent>> {
    let ids: Vec<Uuid> = alerts.iter().map(|alert| alert.id).collect();
    let mut removal = Sql::new("UPDATE alerts SET version = version + 1, deleted_at = ");
    removal.bind(now).push(", updated_at = ").bind(now).push(" WHERE id");
    queries::update_by_ids(tx, &removal, &ids).await?;
    notices::cancel_many(tx, alerts, now).await?;
    let clients: Vec<Uuid> = alerts.iter().map(|alert| alert.client_id).collect();
    crate::clients::refresh_next_alert(tx, &clients).await?;
    let removed = |alert: &Alert| alert.event("alert.removed", json!({ "batch_id": batch_id }));
    Ok(alerts.iter().map(removed).collect())
}
