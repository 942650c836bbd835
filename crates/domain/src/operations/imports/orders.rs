//! Lines of a file of orders: checked, written, put back.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};

use base::db::Tx;
use base::sheet::{Row, RowError};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::order_words::{instant, status};
use super::{Field, Mapping, Params, lines};
use crate::actor::Actor;
use crate::clients::Found;
use crate::duplicates;
use crate::error::{Error, FieldError, Invalid, Result};
use crate::events::NewEvent;
use crate::operations::queries::{self, Item, Reject};
use crate::operations::step::Batch;
use crate::operations::{Operation, bulk::count};
use crate::orders::{self, House, NewOrder, Order, OrderChanges, ValidOrder};

/// A line of the file, checked.
pub(super) struct Line {
    entry: Result<Box<Entry>, Vec<Reject>>,
}

/// What a line says of an order.
struct Entry {
    line: i64,
    /// As the file has it; empty fields say nothing.
    new: NewOrder,
    valid: ValidOrder,
}

/// Checks lines one after another, remembering the numbers it met: 8 bytes each.
pub(super) struct Checker {
    mapping: Mapping,
    house: House,
    zone: Tz,
    now: DateTime<Utc>,
    seen: HashSet<u64>,
    hasher: RandomState,
}

impl Checker {
    pub(super) fn new(params: &Params, now: DateTime<Utc>) -> Self {
        Self {
            mapping: params.mapping.clone(),
            house: house(params),
            zone: params.time_zone.parse().unwrap_or(chrono_tz::Europe::Paris),
            now,
            seen: HashSet::new(),
            hasher: RandomState::new(),
        }
    }

    pub(super) fn check(&mut self, row: Result<Row, RowError>) -> Line {
        let entry = match row {
            Ok(row) => self.entry(i64::try_from(row.line).unwrap_or(i64::MAX), &row.cells),
            Err(error) => Err(vec![lines::unreadable(error)]),
        };
        Line { entry }
    }

    fn entry(&mut self, line: i64, cells: &[String]) -> Result<Box<Entry>, Vec<Reject>> {
        let mut invalid = Invalid::new();
        let new = self.record(cells, &mut invalid);
        let valid = orders::validate(&new, &self.house, false, &mut invalid, self.now);
        if !valid.number.is_empty() && !self.seen.insert(self.hasher.hash_one(&valid.number)) {
            invalid.add("number", "number-twice");
        }
        match invalid.check() {
            Err(Error::Invalid(errors)) => {
                let reject = |error| reject(line, error, &self.mapping, cells);
                Err(errors.into_iter().map(reject).collect())
            }
            _ => Ok(Box::new(Entry { line, new, valid })),
        }
    }

    fn record(&self, cells: &[String], invalid: &mut Invalid) -> NewOrder {
        let mut new = NewOrder::default();
        let mut price = None;
        for (field, cell) in self.mapping.0.iter().zip(cells) {
            let (Some(field), text) = (field, cell.trim()) else { continue };
            if text.is_empty() {
                continue;
            }
            let whole = || Some(text.to_owned());
            match field {
                Field::Number => new.number = whole(),
                Field::ClientName => new.client_name = whole(),
                Field::ClientCode => new.client_code = whole(),
                // Of several columns, the first that says something.
                Field::Email => new.email = new.email.take().or_else(whole),
                Field::Phone => new.phone = new.phone.take().or_else(whole),
                Field::Price => price = Some(text),
                Field::Currency => new.currency = Some(text.to_ascii_uppercase()),
                Field::Status => match status(text) {
                    Some(status) => new.status = Some(status.to_owned()),
                    None => drop(invalid.add("status", "unknown-status")),
                },
                Field::OrderedAt => match instant(text, self.zone) {
                    Some(at) => new.ordered_at = Some(at),
                    None => drop(invalid.add("ordered_at", "not-a-date")),
                },
                _ => {}
            }
        }
        if let Some(text) = price {
            let currency = new.currency.as_deref().unwrap_or(&self.house.currency);
            match orders::amount_of(text, currency) {
                Ok(amount) => new.amount = Some(amount),
                // Said of the currency already.
                Err("money-unknown-currency") => {}
                Err(code) => drop(invalid.add("price", code)),
            }
        }
        new
    }
}

fn house(params: &Params) -> House {
    let currency = if params.currency.is_empty() { "EUR" } else { &params.currency };
    House { center: params.center, region: params.region.clone(), currency: currency.to_owned() }
}

fn reject(line: i64, error: FieldError, mapping: &Mapping, cells: &[String]) -> Reject {
    let fills = |field: &Option<Field>| field.is_some_and(|field| field.as_str() == error.field);
    let column = mapping.0.iter().position(fills);
    let value = column.and_then(|at| cells.get(at)).filter(|value| !value.is_empty());
    Reject {
        line,
        code: error.code.to_owned(),
        detail: error.args.first().map(|(_, value)| value.clone()),
        value: value.map(|value| value.chars().take(120).collect()),
        field: Some(error.field),
    }
}

/// Does the next lines, or only counts them in a dry run.
pub(super) async fn batch(
    tx: &Tx,
    operation: &Operation,
    actor: &Actor,
    params: &Params,
    lines: Vec<Line>,
    now: DateTime<Utc>,
) -> Result<Batch> {
    let mut batch = Batch { seen: count(lines.len()), ..Batch::default() };
    let (mut entries, mut rejects) = (Vec::new(), Vec::new());
    for line in lines {
        match line.entry {
            Ok(entry) => entries.push(*entry),
            Err(reasons) => {
                batch.tally.rejected += 1;
                rejects.extend(reasons);
            }
        }
    }
    let known = Known::find(tx, params.center, &entries).await?;
    let house = house(params);
    let mut created = Vec::new();
    for entry in entries {
        let Ok(client) = known.client(&entry) else {
            batch.tally.rejected += 1;
            rejects.push(unknown_client(&entry));
            continue;
        };
        let Some(order) = known.orders.get(&entry.valid.number) else {
            created.push((entry.valid, client));
            continue;
        };
        match merge(tx, &house, order, &entry, client, params.dry_run, now).await? {
            Merged::Same => batch.tally.unchanged += 1,
            Merged::Changed(events) => {
                batch.tally.updated += 1;
                batch.events.extend(events);
                let (id, before) = (order.id, snapshot(order));
                batch.changed.push(Item { id, before, after_version: order.version + 1 });
            }
        }
    }
    batch.tally.created = count(created.len());
    if params.dry_run {
        batch.changed.clear();
    } else {
        let (ids, events) = orders::insert_many(tx, actor, &house, created, true, now).await?;
        batch.created =
            ids.into_iter().map(|id| Item { id, before: Json::Null, after_version: 1 }).collect();
        batch.events.extend(events);
    }
    queries::insert_rejects(tx, operation.id, rejects).await?;
    Ok(batch)
}

fn unknown_client(entry: &Entry) -> Reject {
    Reject {
        line: entry.line,
        field: Some("client_code".to_owned()),
        code: "unknown-client".to_owned(),
        detail: None,
        value: entry.valid.client_code.clone(),
    }
}

/// What is there already that a batch speaks of.
struct Known {
    orders: HashMap<String, Order>,
    clients: HashMap<String, Found>,
}

impl Known {
    async fn find(tx: &Tx, center: Uuid, entries: &[Entry]) -> Result<Self> {
        let numbers: Vec<String> = entries.iter().map(|e| e.valid.number.clone()).collect();
        let codes = entries.iter().filter_map(|entry| entry.valid.client_code.clone());
        let codes: HashSet<String> = codes.collect();
        let codes: Vec<String> = codes.into_iter().collect();
        let orders = orders::with_numbers(tx, center, &numbers).await?;
        let clients = orders::clients_by_codes(tx, center, &codes).await?;
        Ok(Self {
            orders: orders.into_iter().map(|order| (order.number.clone(), order)).collect(),
            clients,
        })
    }

    fn client(&self, entry: &Entry) -> Result<Option<Found>, ()> {
        match &entry.valid.client_code {
            None => Ok(None),
            Some(code) => self.clients.get(code).map(|id| Some(*id)).ok_or(()),
        }
    }
}

enum Merged {
    Same,
    Changed(Vec<NewEvent>),
}

/// Gives an order what the line says: only what it says, and nothing taken away.
async fn merge(
    tx: &Tx,
    house: &House,
    order: &Order,
    entry: &Entry,
    client: Option<Found>,
    dry_run: bool,
    now: DateTime<Utc>,
) -> Result<Merged> {
    let said = |text: &Option<String>| text.clone().map(Some);
    let wanted = OrderChanges {
        client_name: said(&entry.new.client_name),
        email: said(&entry.new.email),
        phone: said(&entry.new.phone),
        amount: entry.new.amount,
        currency: entry.new.currency.clone(),
        status: entry.new.status.clone(),
        ordered_at: entry.new.ordered_at,
    };
    let mut invalid = Invalid::new();
    let valid = orders::validate(&wanted.applied_to(order), house, false, &mut invalid, now);
    let through = client.and_then(|client| client.through);
    let client = client.map(|client| client.id);
    let is_given = client.is_some() && client != order.client_id;
    if !is_given && !orders::differs(order, &valid) {
        return Ok(Merged::Same);
    }
    if dry_run {
        return Ok(Merged::Changed(Vec::new()));
    }
    let events = orders::rewrite(tx, house, order, valid, client, true, now).await?;
    if is_given {
        duplicates::came_since(tx, "orders", through.map(|named| (named, order.id))).await?;
    }
    Ok(Merged::Changed(events))
}

/// What an undo puts back.
fn snapshot(order: &Order) -> Json {
    json!({
        "client_name": order.client_name,
        "email": order.email,
        "phone": order.phone,
        "amount": order.amount,
        "currency": order.currency,
        "status": order.status,
        "ordered_at": order.ordered_at,
    })
}

/// Puts orders back to what they were before an import. Returns the events, and which could not be.
pub(crate) async fn put_back(
    tx: &Tx,
    undone: &Operation,
    created: Vec<(Uuid, Json)>,
    changed: Vec<(Uuid, Json)>,
    now: DateTime<Utc>,
) -> Result<(Vec<NewEvent>, Vec<(Uuid, &'static str)>)> {
    let ids: Vec<Uuid> = created.into_iter().map(|(id, _)| id).collect();
    if let Some(center) = undone.call_center_id {
        orders::remove_many(tx, center, &ids).await?;
    }
    let mut events = Vec::new();
    for (id, before) in changed {
        events.extend(orders::put_back(tx, id, &before, now).await?);
    }
    Ok((events, Vec::new()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_words_of_shops_are_read() {
        let paris = chrono_tz::Europe::Paris;
        let read = |text| instant(text, paris).map(|at| at.to_rfc3339());
        assert_eq!(read("2026-11-20").unwrap(), "2026-11-19T23:00:00+00:00");
        assert_eq!(read("20/11/2026 09:30").unwrap(), "2026-11-20T08:30:00+00:00");
        assert_eq!(read("2026-11-20T09:30:00Z").unwrap(), "2026-11-20T09:30:00+00:00");
        // The hour that summer time skips.
        assert_eq!(read("2026-03-29 02:30").unwrap(), "2026-03-29T01:30:00+00:00");
        assert_eq!(read("hier"), None);
        assert_eq!(status("Confirmée"), Some("confirmed"));
        assert_eq!(status("ANNULÉ"), Some("cancelled"));
        assert_eq!(status("perdue"), None);
    }
}
