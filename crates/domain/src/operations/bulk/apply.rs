//! Changing many clients in one transaction, and putting them back.

use std::collections::{BTreeMap, HashMap, HashSet};

use base::db::Tx;
use chrono::{DateTime, Utc};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::Params;
use super::queries::{self, Current};
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::events::NewEvent;
use crate::operations::queries::Item;
use crate::operations::step::Batch;
use crate::operations::{Kind, Operation};
use crate::orders::examine;
use crate::tags;

/// Does the operation's action to those of `ids` that are not already as wished.
pub(super) async fn apply(
    tx: &Tx,
    operation: &Operation,
    actor: &Actor,
    params: &Params,
    ids: &[Uuid],
    now: DateTime<Utc>,
) -> Result<Batch> {
    if operation.kind == Kind::CreateAlerts {
        return super::alerts::apply(tx, operation, actor, params.alert.as_ref(), ids, now).await;
    }
    let rows = queries::current(tx, ids).await?;
    let seen = rows.len();
    let changes = match operation.kind {
        Kind::Activate => set_active(tx, rows, true, now).await?,
        Kind::Deactivate => set_active(tx, rows, false, now).await?,
        Kind::Assign => assign(tx, rows, params.assigned_to, now).await?,
        Kind::Delete => bin(tx, rows, now).await?,
        Kind::Tag => change_tags(tx, rows, &params.tags, true, now).await?,
        Kind::Untag => change_tags(tx, rows, &params.tags, false, now).await?,
        Kind::CreateAlerts | Kind::ImportClients | Kind::ImportOrders | Kind::Undo => Vec::new(),
    };
    let mut batch = Batch::default();
    batch.tally.updated = count(changes.len());
    batch.tally.unchanged = count(seen.saturating_sub(changes.len()));
    for change in changes {
        batch.changed.push(Item {
            id: change.row.id,
            before: json!({ change.field: change.before }),
            after_version: change.row.version + 1,
        });
        batch.events.push(change.event(operation.id));
    }
    Ok(batch)
}

pub(in crate::operations) fn count(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}

/// One client changed in one field.
struct Change {
    row: Current,
    kind: &'static str,
    field: &'static str,
    before: Json,
    after: Json,
}

impl Change {
    fn event(self, operation: Uuid) -> NewEvent {
        NewEvent {
            kind: self.kind,
            call_center_id: Some(self.row.call_center_id),
            subject_kind: "client",
            subject_id: self.row.id,
            client_id: Some(self.row.id),
            data: json!({
                "changes": { self.field: [self.before, self.after] },
                "operation": operation,
            }),
        }
    }
}

async fn set_active(
    tx: &Tx,
    rows: Vec<Current>,
    active: bool,
    now: DateTime<Utc>,
) -> Result<Vec<Change>> {
    let rows: Vec<Current> = rows.into_iter().filter(|row| row.is_active != active).collect();
    queries::set(tx, &rows, "is_active", active.into(), now).await?;
    let kind = if active { "client.activated" } else { "client.deactivated" };
    let change = |row: Current| Change {
        before: json!(row.is_active),
        after: json!(active),
        field: "is_active",
        kind,
        row,
    };
    Ok(rows.into_iter().map(change).collect())
}

/// A user works in one centre: clients of others stay as they are.
async fn assign(
    tx: &Tx,
    rows: Vec<Current>,
    user: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<Vec<Change>> {
    let center = match user {
        Some(user) => queries::center_of(tx, user).await?,
        None => None,
    };
    let rows: Vec<Current> = rows
        .into_iter()
        .filter(|row| row.assigned_to != user)
        .filter(|row| center.is_none_or(|center| row.call_center_id == center))
        .collect();
    queries::set(tx, &rows, "assigned_to", user.into(), now).await?;
    let change = |row: Current| Change {
        before: json!(row.assigned_to),
        after: json!(user),
        field: "assigned_to",
        kind: "client.updated",
        row,
    };
    Ok(rows.into_iter().map(change).collect())
}

async fn bin(tx: &Tx, rows: Vec<Current>, now: DateTime<Utc>) -> Result<Vec<Change>> {
    for (center, ids) in by_center(&rows) {
        examine::clients_go(tx, center, &ids, now).await?;
    }
    queries::set(tx, &rows, "deleted_at", now.into(), now).await?;
    let change = |row| Change {
        before: Json::Null,
        after: json!(now),
        field: "deleted_at",
        kind: "client.deleted",
        row,
    };
    Ok(rows.into_iter().map(change).collect())
}

fn by_center(rows: &[Current]) -> BTreeMap<Uuid, Vec<Uuid>> {
    let mut centers: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
    for row in rows {
        centers.entry(row.call_center_id).or_default().push(row.id);
    }
    centers
}

async fn change_tags(
    tx: &Tx,
    rows: Vec<Current>,
    names: &[String],
    add: bool,
    now: DateTime<Utc>,
) -> Result<Vec<Change>> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let mut tags = queries::tags_of(tx, &ids).await?;
    let folded: Vec<String> = names.iter().map(|name| base::text::fold(name)).collect();
    let mut changes = Vec::new();
    for row in rows {
        let before = tags.remove(&row.id).unwrap_or_default();
        let keys: Vec<String> = before.iter().map(|name| base::text::fold(name)).collect();
        let after: Vec<String> = if add {
            let new = names.iter().zip(&folded).filter(|(_, key)| !keys.contains(key));
            before.iter().chain(new.map(|(name, _)| name)).cloned().collect()
        } else {
            let left = before.iter().zip(&keys).filter(|(_, key)| !folded.contains(key));
            left.map(|(name, _)| name.clone()).collect()
        };
        if after.len() != before.len() {
            changes.push((row, before, after));
        }
    }
    let wanted = changes.iter().map(|(row, _, after)| (row, after.as_slice())).collect();
    write_tags(tx, wanted, now).await?;
    let rows: Vec<Current> = changes.iter().map(|(row, _, _)| row.clone()).collect();
    queries::set_nothing(tx, &rows, now).await?;
    let change = |(row, before, after): (Current, Vec<String>, Vec<String>)| Change {
        before: json!(before),
        after: json!(after),
        field: "tags",
        kind: "client.updated",
        row,
    };
    Ok(changes.into_iter().map(change).collect())
}

/// Gives each client exactly these tags.
async fn write_tags(tx: &Tx, wanted: Vec<(&Current, &[String])>, now: DateTime<Utc>) -> Result<()> {
    let mut by_center: HashMap<Uuid, Vec<(Uuid, &[String])>> = HashMap::new();
    for (row, names) in wanted {
        by_center.entry(row.call_center_id).or_default().push((row.id, names));
    }
    for (center, clients) in by_center {
        let names: Vec<String> =
            clients.iter().flat_map(|(_, names)| names.iter().cloned()).collect();
        let known = tags::ensure(tx, center, &names, now).await?;
        let ids: Vec<Uuid> = clients.iter().map(|(id, _)| *id).collect();
        let tag_id = |name: &String| known.get(&base::text::fold(name)).copied();
        let pairs = clients
            .iter()
            .flat_map(|(id, names)| names.iter().filter_map(tag_id).map(|tag| (*id, tag)))
            .collect();
        queries::replace_tags(tx, &ids, pairs).await?;
    }
    Ok(())
}

/// Puts clients back to what they were before a bulk action. Returns which could not be.
pub(in crate::operations) async fn put_back(
    tx: &Tx,
    operation: Uuid,
    wanted: Vec<(Uuid, Json)>,
    now: DateTime<Utc>,
) -> Result<(Vec<NewEvent>, Vec<(Uuid, &'static str)>)> {
    let ids: Vec<Uuid> = wanted.iter().map(|(id, _)| *id).collect();
    let rows = queries::current_or_binned(tx, &ids).await?;
    let mut rows: HashMap<Uuid, Current> = rows.into_iter().map(|row| (row.id, row)).collect();
    let mut taken = queries::codes_in_use(tx, &rows).await?;
    let (mut changes, mut kept, mut tags) = (Vec::new(), Vec::new(), Vec::new());
    for (id, before) in wanted {
        let Some(row) = rows.remove(&id) else { continue };
        let Some((field, value)) = before.as_object().and_then(|fields| fields.iter().next())
        else {
            continue;
        };
        let value = value.clone();
        if field == "deleted_at" && row.deleted_at.is_some() {
            let code = row.code.clone().map(|code| (row.call_center_id, code));
            if code.is_some_and(|code| !taken.insert(code)) {
                kept.push((id, "code-taken"));
                continue;
            }
        }
        let (kind, field, now_is) = match field.as_str() {
            "is_active" if value == true => ("client.activated", "is_active", json!(false)),
            "is_active" => ("client.deactivated", "is_active", json!(true)),
            "assigned_to" => ("client.updated", "assigned_to", json!(row.assigned_to)),
            "deleted_at" => ("client.restored", "deleted_at", json!(row.deleted_at)),
            "tags" => ("client.updated", "tags", Json::Null),
            // An import made this client: undoing bins it, so that nothing is lost for good.
            "created" => ("client.deleted", "created", Json::Null),
            _ => return Err(Error::Conflict("operation-unreadable")),
        };
        let (field, value) = match field {
            "created" => ("deleted_at", json!(now)),
            _ => (field, value),
        };
        if field == "tags" {
            tags.push((row.clone(), names(&value)));
        }
        changes.push(Change { row, kind, field, before: now_is, after: value });
    }
    write_back(tx, &mut changes, &tags, now).await?;
    Ok((changes.into_iter().map(|change| change.event(operation)).collect(), kept))
}

/// Of clients that someone changed since a bulk action, those on which what it did still stands, with
/// what takes that back and nothing else; and those on which it does not.
pub(in crate::operations) async fn still_standing(
    tx: &Tx,
    undone: &Operation,
    touched: Vec<(Uuid, Json)>,
) -> Result<(Vec<(Uuid, Json)>, Vec<Uuid>)> {
    let unreadable = |_| Error::Conflict("operation-unreadable");
    let params: Params = serde_json::from_value(undone.params.clone()).map_err(unreadable)?;
    let given: HashSet<String> = params.tags.iter().map(|name| base::text::fold(name)).collect();
    let ids: Vec<Uuid> = touched.iter().map(|(id, _)| *id).collect();
    let rows = queries::current_or_binned(tx, &ids).await?;
    let rows: HashMap<Uuid, Current> = rows.into_iter().map(|row| (row.id, row)).collect();
    let mut tags = queries::tags_of(tx, &ids).await?;
    let (mut standing, mut left) = (Vec::new(), Vec::new());
    for (id, before) in touched {
        let first = before.as_object().and_then(|fields| fields.iter().next());
        let (Some(row), Some((field, value))) = (rows.get(&id), first) else {
            left.push(id);
            continue;
        };
        let back = match field.as_str() {
            "is_active" => (json!(row.is_active) != *value).then(|| value.clone()),
            "assigned_to" => (row.assigned_to == params.assigned_to).then(|| value.clone()),
            "deleted_at" => row.deleted_at.is_some().then(|| value.clone()),
            "tags" => without(tags.remove(&id).unwrap_or_default(), &names(value), &given),
            _ => None,
        };
        match back {
            Some(value) => standing.push((id, json!({ field.as_str(): value }))),
            None => left.push(id),
        }
    }
    Ok((standing, left))
}

/// The tags a client has `now`, without what giving or taking `given` did to those it had `before`.
fn without(now: Vec<String>, before: &[String], given: &HashSet<String>) -> Option<Json> {
    let folded = |names: &[String]| -> HashSet<String> {
        names.iter().map(|name| base::text::fold(name)).collect()
    };
    let (had, has) = (folded(before), folded(&now));
    let came = |name: &String| {
        let key = base::text::fold(name);
        given.contains(&key) && !had.contains(&key)
    };
    let went = |name: &&String| {
        let key = base::text::fold(name);
        given.contains(&key) && !has.contains(&key)
    };
    let count = now.len();
    let mut after: Vec<String> = now.into_iter().filter(|name| !came(name)).collect();
    let is_less = after.len() != count;
    let back: Vec<String> = before.iter().filter(went).cloned().collect();
    let is_more = !back.is_empty();
    after.extend(back);
    (is_less || is_more).then(|| json!(after))
}

fn names(value: &Json) -> Vec<String> {
    let names = value.as_array().into_iter().flatten();
    names.filter_map(|name| name.as_str().map(str::to_owned)).collect()
}

/// Writes the changes, those of one field and value together.
async fn write_back(
    tx: &Tx,
    changes: &mut [Change],
    tags: &[(Current, Vec<String>)],
    now: DateTime<Utc>,
) -> Result<()> {
    let ids: Vec<Uuid> = tags.iter().map(|(row, _)| row.id).collect();
    let mut tags_now = queries::tags_of(tx, &ids).await?;
    let wanted = tags.iter().map(|(row, names)| (row, names.as_slice())).collect();
    write_tags(tx, wanted, now).await?;
    let mut groups: HashMap<(&'static str, String), (Json, Vec<Current>)> = HashMap::new();
    for change in changes.iter_mut() {
        if change.field == "tags" {
            change.before = json!(tags_now.remove(&change.row.id).unwrap_or_default());
        }
        let value = if change.field == "tags" { Json::Null } else { change.after.clone() };
        let group = groups.entry((change.field, value.to_string()));
        group.or_insert_with(|| (value, Vec::new())).1.push(change.row.clone());
    }
    for ((field, _), (value, rows)) in groups {
        match field {
            "is_active" => queries::set(tx, &rows, field, (value == true).into(), now).await?,
            "assigned_to" => {
                let user: Option<Uuid> = value.as_str().and_then(|id| id.parse().ok());
                queries::set(tx, &rows, field, user.into(), now).await?;
            }
            "deleted_at" if value.is_null() => {
                queries::set(tx, &rows, field, None::<DateTime<Utc>>.into(), now).await?;
                for (center, ids) in by_center(&rows) {
                    examine::clients_come_back(tx, center, &ids, now).await?;
                }
            }
            "deleted_at" => drop(bin(tx, rows, now).await?),
            _ => queries::set_nothing(tx, &rows, now).await?,
        }
    }
    Ok(())
}
