//! One action on many clients: ticked ones, or all that match a filter.

mod alerts;
mod apply;
mod queries;

use base::db::{Db, Tx};
use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::step::{BATCH, Batch};
use super::{Kind, NewOperation, Operation};
use crate::actor::Actor;
use crate::alerts::NewAlert;
use crate::clients::{self, ClientFilter};
use crate::error::{Error, Invalid, Result};

pub(super) use alerts::put_back as put_back_alerts;
pub(super) use apply::{count, put_back, still_standing};
pub(super) use queries::tags_of;

/// Most ids one request may name; more are a filter.
pub const MOST_IDS: usize = 10_000;

/// What a bulk action is asked to do.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Params {
    /// These clients,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ids: Option<Vec<Uuid>>,
    /// or all that match.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<ClientFilter>,
    /// But not these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<Uuid>,
    /// The tags to give or take.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Whom to assign to; `None` takes the assignee away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assigned_to: Option<Uuid>,
    /// The alert to create.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alert: Option<NewAlert>,
}

/// What an action would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// Clients it concerns.
    pub matched: i64,
    /// Those that are not already as wished.
    pub would_change: i64,
}

/// Whether `actor` may do `kind`: everyone who works with clients may, but only those who lead
/// people assign and bin.
///
/// # Errors
/// [`Error::Forbidden`].
pub fn permit(actor: &Actor, kind: Kind) -> Result<()> {
    actor.require(match kind {
        Kind::Assign | Kind::Delete | Kind::ImportClients | Kind::ImportOrders => {
            actor.leads_people()
        }
        _ => actor.works_with_clients(),
    })
}

/// Says what the action would do, and does nothing.
///
/// # Errors
/// Wrong parameters; no right to this action.
pub async fn estimate(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    kind: Kind,
    params: &Params,
    now: DateTime<Utc>,
) -> Result<Estimate> {
    permit(actor, kind)?;
    let params = checked(conn, actor, kind, params.clone(), now).await?;
    let mut estimate = Estimate { matched: 0, would_change: 0 };
    let mut cursor = None;
    loop {
        let (ids, last) = next_ids(conn, actor, &params, cursor, None, COUNT_BATCH, now).await?;
        estimate.matched += i64::try_from(ids.len()).unwrap_or(i64::MAX);
        estimate.would_change += queries::count_changing(conn, kind, &params, &ids).await?;
        match last {
            Some(last) => cursor = Some(last),
            None => return Ok(estimate),
        }
    }
}

/// How many clients the parameters name.
///
/// # Errors
/// The engine's.
pub async fn matched(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    params: &Params,
    now: DateTime<Utc>,
) -> Result<i64> {
    let (mut matched, mut cursor) = (0, None);
    loop {
        let (ids, last) = next_ids(conn, actor, params, cursor, None, COUNT_BATCH, now).await?;
        matched += i64::try_from(ids.len()).unwrap_or(i64::MAX);
        match last {
            Some(last) => cursor = Some(last),
            None => return Ok(matched),
        }
    }
}

/// The first clients the parameters name, to show what an action is about.
///
/// # Errors
/// The engine's.
pub async fn sample(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    params: &Params,
    limit: i64,
    now: DateTime<Utc>,
) -> Result<Vec<String>> {
    let (ids, _) = next_ids(conn, actor, params, None, None, limit, now).await?;
    Ok(queries::names(conn, &ids).await?)
}

/// Everyone clients may be given to, by name.
///
/// # Errors
/// No right to assign.
pub async fn assignees(conn: &impl ConnectionTrait, actor: &Actor) -> Result<Vec<(Uuid, String)>> {
    permit(actor, Kind::Assign)?;
    Ok(queries::assignees(conn, actor).await?)
}

/// Starts a bulk action; returns its id and how many clients it concerns.
///
/// # Errors
/// Wrong parameters; no right to this action.
pub async fn start(
    db: &Db,
    actor: &Actor,
    kind: Kind,
    params: Params,
    now: DateTime<Utc>,
) -> Result<(Uuid, i64)> {
    permit(actor, kind)?;
    let params = checked(db.read(), actor, kind, params, now).await?;
    let total = matched(db.read(), actor, &params, now).await?;
    let new = NewOperation {
        kind,
        call_center_id: actor.call_center_id,
        params: serde_json::to_value(&params).unwrap_or_default(),
        total,
        undo_of: None,
    };
    let tx = db.begin().await?;
    let id = super::start(&tx, actor, new, now).await?;
    tx.commit().await?;
    Ok((id, total))
}

/// Ids read at once when they are only counted.
const COUNT_BATCH: i64 = 10_000;

/// The parameters, cleaned: sorted ids, known tags' names trimmed, an assignee who exists.
async fn checked(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    kind: Kind,
    mut params: Params,
    now: DateTime<Utc>,
) -> Result<Params> {
    let mut invalid = Invalid::new();
    match (&mut params.ids, &params.filter) {
        (Some(ids), None) => {
            ids.sort_unstable();
            ids.dedup();
            if ids.len() > MOST_IDS {
                invalid.add_with("ids", "too-many-values", vec![("max", MOST_IDS.to_string())]);
            }
        }
        (None, Some(filter)) => filter.check_at("filter", &mut invalid),
        (Some(_), Some(_)) => drop(invalid.add("filter", "ids-or-filter")),
        (None, None) => drop(invalid.add("ids", "required")),
    }
    if matches!(kind, Kind::Tag | Kind::Untag) {
        let names = params.tags.iter().flat_map(|names| names.split(','));
        let names: Vec<&str> = names.map(str::trim).filter(|name| !name.is_empty()).collect();
        let mut cleaned = Vec::with_capacity(names.len());
        for name in names {
            cleaned.extend(invalid.text("params.tags", Some(name), 60));
        }
        if cleaned.is_empty() {
            invalid.add("params.tags", "required");
        }
        params.tags = cleaned;
    }
    if kind == Kind::Assign
        && let Some(user) = params.assigned_to
        && !queries::can_be_assigned(conn, actor, user).await?
    {
        invalid.add("params.assigned_to", "unknown-user");
    }
    if kind == Kind::CreateAlerts {
        alerts::check(conn, actor, &params, now, &mut invalid).await?;
    }
    invalid.check()?;
    Ok(params)
}

/// The next clients to act on, in the order of their ids, and the last of them unless there are
/// no more. Clients made after the operation (`before`) are not concerned: ids carry time.
pub(super) async fn next_ids(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    params: &Params,
    after: Option<Uuid>,
    before: Option<Uuid>,
    limit: i64,
    now: DateTime<Utc>,
) -> Result<(Vec<Uuid>, Option<Uuid>)> {
    let size = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut ids = match (&params.ids, &params.filter) {
        (Some(ids), _) => {
            let rest = ids.iter().filter(|id| after.is_none_or(|after| **id > after));
            rest.take(size).copied().collect()
        }
        (None, Some(filter)) => {
            clients::matching_ids(conn, actor, filter, after, limit, now).await?
        }
        (None, None) => Vec::new(),
    };
    let full = ids.len() == size;
    if let Some(before) = before.filter(|_| params.ids.is_none()) {
        ids.retain(|id| *id < before);
    }
    let last = ids.last().copied().filter(|_| full);
    ids.retain(|id| !params.exclude.contains(id));
    if params.ids.is_some() {
        ids = queries::visible(conn, actor, ids).await?;
    }
    Ok((ids, last))
}

/// Does the next batch.
pub(super) async fn batch(
    tx: &Tx,
    operation: &Operation,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Batch> {
    permit(actor, operation.kind)?;
    let params: Params = serde_json::from_value(operation.params.clone())
        .map_err(|_| Error::Conflict("operation-unreadable"))?;
    let (cursor, before) = (operation.cursor, Some(operation.id));
    // "Today" stays the day the action was asked for.
    let asked_at = operation.created_at;
    let (ids, last) = next_ids(tx, actor, &params, cursor, before, BATCH, asked_at).await?;
    let mut batch = apply::apply(tx, operation, actor, &params, &ids, now).await?;
    batch.seen = i64::try_from(ids.len()).unwrap_or(i64::MAX);
    batch.cursor = last;
    batch.over = last.is_none();
    Ok(batch)
}
