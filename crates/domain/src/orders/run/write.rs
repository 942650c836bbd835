//! Writing what was weighed: links, figures and events of a batch in one transaction.

use base::db::{Sql, Tx, update_many};
use base::ids::new_id;
use chrono::{DateTime, Utc};
use sea_orm::{FromQueryResult, Value};
use serde_json::json;
use uuid::Uuid;

use super::super::{Order, changes, fact, figures};
use super::weigh::Weighed;
use super::{Page, Run, push_which};
use crate::actor::Actor;
use crate::error::Result;
use crate::events::{self, NewEvent};

/// Pages to be written together, as little of them as that needs.
#[derive(Default)]
pub(super) struct Batch {
    tells_each: bool,
    pages: usize,
    seen: u64,
    /// The numbers of the first and the last order.
    range: Option<(i64, i64)>,
    versions: i64,
    rows: Vec<Vec<Value>>,
    /// Whose figures change.
    clients: Vec<Uuid>,
    events: Vec<NewEvent>,
}

/// Whether the orders of a batch are still what was read.
#[derive(FromQueryResult)]
struct Standing {
    number: i64,
    versions: i64,
}

impl Batch {
    pub(super) fn new(tells_each: bool) -> Self {
        Self { tells_each, ..Self::default() }
    }

    pub(super) fn pages(&self) -> usize {
        self.pages
    }

    /// Orders that were looked at or told of.
    pub(super) fn seen(&self) -> u64 {
        self.seen
    }

    pub(super) fn add(&mut self, page: Page, now: DateTime<Utc>) {
        self.pages += 1;
        let weighed = page.weighed.iter().map(|one| &one.order);
        for order in page.left.iter().chain(weighed) {
            self.seen += 1;
            self.versions += i64::from(order.version);
            let (first, last) = self.range.unwrap_or((order.seq, order.seq));
            self.range = Some((first.min(order.seq), last.max(order.seq)));
        }
        let together = new_id(now);
        let is_written = |one: &&Weighed| one.order.is_waiting || one.is_changed;
        let written = page.weighed.iter().filter(is_written);
        self.rows.extend(written.map(|one| row(one, self.tells_each, together)));
        let moved: Vec<&Weighed> = page.weighed.iter().filter(|one| one.has_moved()).collect();
        let clients = moved.iter().flat_map(|one| [one.order.client_id, one.link.client]);
        self.clients.extend(clients.flatten());
        self.events.extend(events_of(&moved, self.tells_each, together));
    }
}

impl Run<'_> {
    pub(super) async fn write(&self, batch: &Batch) -> Result<()> {
        let Some((first, last)) = batch.range.filter(|_| !self.options.dry_run) else {
            return Ok(());
        };
        let tx = self.db.begin().await?;
        let standing = self.standing(&tx, first, last).await?;
        let seen = i64::try_from(batch.seen).unwrap_or(i64::MAX);
        if (standing.number, standing.versions) == (seen, batch.versions) {
            self.write_rows(&tx, batch).await?;
        } else {
            let mut anew = Batch::new(self.tells_each);
            let mut after = first - 1;
            loop {
                let orders = super::read(&tx, self.center, self.options, after, last).await?;
                let Some(end) = orders.last().map(|order| order.seq) else { break };
                after = end;
                anew.add(self.scales.clone().page(orders).await?, self.now);
            }
            self.write_rows(&tx, &anew).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Holds the orders from `first` to `last` as they are. A version only grows, and an order that
    /// someone linked or deleted is no longer counted: equal sums say that nothing changed.
    async fn standing(&self, tx: &Tx, first: i64, last: i64) -> Result<Standing> {
        let mut sql = Sql::new(
            "SELECT COUNT(*) AS number, CAST(COALESCE(SUM(held.version), 0) AS BIGINT) AS versions \
             FROM (SELECT o.version FROM orders o",
        );
        push_which(&mut sql, self.center, self.options, first - 1, last);
        sql.hold(tx, "o").push(") AS held");
        Ok(sql.one(tx).await?.unwrap_or(Standing { number: 0, versions: 0 }))
    }

    async fn write_rows(&self, tx: &Tx, batch: &Batch) -> Result<()> {
        const COLUMNS: [&str; 11] = [
            "client_id",
            "link_state",
            "link_method",
            "link_score",
            "link_reason",
            "candidates",
            "linked_in",
            "decided_by",
            "decided_at",
            "is_waiting",
            "version",
        ];
        let rows = batch.rows.iter().cloned();
        update_many(tx, "orders", "seq", &COLUMNS, rows).await?;
        figures::refresh(tx, self.center, &batch.clients).await?;
        events::record_many(tx, &Actor::system(), batch.events.clone(), self.now).await?;
        Ok(())
    }
}

fn is_told_together(one: &Weighed, tells_each: bool) -> bool {
    !tells_each && one.is_first_link()
}

fn events_of(moved: &[&Weighed], tells_each: bool, together: Uuid) -> Vec<NewEvent> {
    let of = |one: &&Weighed| {
        let Order { id, number, client_id, call_center_id, .. } = &one.order;
        changes::link_events(*call_center_id, *id, number, *client_id, &one.link)
    };
    let (many, each): (Vec<&Weighed>, Vec<&Weighed>) =
        moved.iter().partition(|one| is_told_together(one, tells_each));
    let mut events: Vec<NewEvent> = each.iter().flat_map(of).collect();
    if let Some(first) = many.first() {
        let data = json!({ "method": null, "state": "linked", "count": many.len() });
        events.push(fact("order.linked", first.order.call_center_id, together, None, data));
    }
    events
}

fn row(one: &Weighed, tells_each: bool, together: Uuid) -> Vec<Value> {
    let linked_in = match one.has_moved() {
        true => is_told_together(one, tells_each).then_some(together),
        false => one.order.linked_in,
    };
    let (by, at) = one.decided.map_or((None, None), |(by, at)| (by, Some(at)));
    vec![
        one.order.seq.into(),
        one.link.client.into(),
        one.link.state.as_str().into(),
        one.link.method.map(str::to_owned).into(),
        one.link.score.into(),
        one.link.why_json().into(),
        one.link.candidates_json().into(),
        linked_in.into(),
        by.into(),
        at.into(),
        false.into(),
        (one.order.version + i32::from(one.decided.is_some())).into(),
    ]
}
