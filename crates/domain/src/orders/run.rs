//! Linking the orders of a centre all at once: its clients in memory, its orders page by page.

use std::collections::HashMap;

use base::db::{Db, Sql, Tx, update_many};
use base::ids::new_id;
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};
use serde_json::json;
use uuid::Uuid;

use super::candidates::{self, Which};
use super::decisions::{self, Memory};
use super::examine::{Decided, for_update};
use super::link::{Link, LinkState};
use super::queries::COLUMNS;
pub use super::witness::{Outcome, Silent, Witness};
use super::{Order, changes, fact, figures, queries, settings};
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::events::{self, NewEvent};
use crate::linking::{ClientRecord, Matcher, OrderRecord, Policy};

/// Orders per transaction.
const PAGE: i64 = 5_000;
/// Clients read at once.
const CLIENTS: i64 = 5_000;
/// In a run over no more orders than this each link is a fact of its own; in a larger one the first
/// links of a page are told as one, which every order it speaks of names. A million facts would
/// take half as long again as linking the orders.
const TOLD: u64 = 100_000;

/// How to go about it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Say, and change nothing.
    pub dry_run: bool,
    /// Also look again at orders that the rules have linked. What a person decided stays.
    pub force: bool,
    /// Only orders that wait for it.
    pub only_waiting: bool,
    /// Tell the [`Witness`] about every order, those left alone too.
    pub tell_all: bool,
}

/// What the matcher cannot say of a client.
struct Names(HashMap<Uuid, (Option<String>, String)>);

impl Names {
    fn code(&self, id: Uuid) -> String {
        let code = self.0.get(&id).and_then(|(code, _)| code.clone());
        code.unwrap_or_else(|| id.to_string())
    }

    fn name(&self, id: Uuid) -> Option<String> {
        self.0.get(&id).map(|(_, name)| name.clone())
    }
}

/// Links the orders of `center`.
///
/// # Errors
/// [`Error::Forbidden`] for all but those who lead people; the engine's. What was done stays done.
pub async fn link_all(
    db: &Db,
    actor: &Actor,
    center: Uuid,
    options: Options,
    witness: &mut impl Witness,
    now: DateTime<Utc>,
) -> Result<()> {
    actor.require(actor.leads_people() && actor.reaches(center))?;
    let house = queries::house(db.read(), center).await?.ok_or(Error::NotFound)?;
    let rules = settings::of(db.read(), center).await?;
    let policy = Policy { region: house.region, is_bold: rules.is_bold };
    let total = total(db, center, options).await?;
    witness.progress(0, total);
    let matcher = matcher(db, center, policy).await?;
    let names = match options.only_waiting {
        true => Names(HashMap::new()),
        false => Names(names(db, center).await?),
    };
    let memories: HashMap<String, Memory> = decisions::recall_all(db.read(), center)
        .await?
        .into_iter()
        .map(|memory| (memory.evidence.clone(), memory))
        .collect();
    let tells_each = total <= TOLD;
    let matcher = Some(matcher);
    let mut run = Run { db, center, options, tells_each, matcher, names, memories, now };
    let (mut after, mut done) = (0, 0);
    while let Some((seen, last)) = run.page(after, witness).await? {
        after = last;
        done += seen;
        witness.progress(done.min(total), total);
    }
    Ok(())
}

async fn total(db: &Db, center: Uuid, options: Options) -> Result<u64> {
    let waiting = if options.only_waiting { " AND is_waiting" } else { "" };
    let sql = format!("SELECT COUNT(*) FROM orders WHERE call_center_id = $1{waiting}");
    let count: Option<i64> = Sql::with(sql, [center.into()]).scalar(db.read()).await?;
    Ok(u64::try_from(count.unwrap_or(0)).unwrap_or(0))
}

/// Files the clients of a centre as they are read.
async fn matcher(db: &Db, center: Uuid, policy: Policy) -> Result<Matcher> {
    let (sender, mut receiver) = tokio::sync::mpsc::channel::<Vec<ClientRecord>>(4);
    let build = tokio::task::spawn_blocking(move || {
        let batches = std::iter::from_fn(|| receiver.blocking_recv());
        Matcher::build(batches.flatten(), policy)
    });
    let (mut first, last) = (Uuid::nil(), Uuid::max());
    loop {
        let which = Which::Range { center, first, last, limit: CLIENTS };
        let clients = candidates::read(db.read(), which).await?;
        let end = clients.last().map(|(_, client)| client.id);
        let full = clients.len() as i64 == CLIENTS;
        let batch = clients.into_iter().map(|(_, client)| client).collect();
        if sender.send(batch).await.is_err() {
            break;
        }
        match end.filter(|_| full) {
            Some(end) => first = Uuid::from_u128(end.saturating_add(1)),
            None => break,
        }
    }
    drop(sender);
    build.await.map_err(|error| Error::Db(DbErr::Custom(error.to_string())))
}

async fn names(db: &Db, center: Uuid) -> Result<HashMap<Uuid, (Option<String>, String)>, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        id: Uuid,
        code: Option<String>,
        full_name: String,
    }
    let mut names = HashMap::new();
    let mut after = Uuid::nil();
    loop {
        let mut sql = Sql::new("SELECT id, code, full_name FROM clients WHERE call_center_id = ");
        sql.bind(center).push(" AND id > ").bind(after).push(" ORDER BY id LIMIT 20000");
        let rows: Vec<Row> = sql.all(db.read()).await?;
        let Some(last) = rows.last() else { return Ok(names) };
        after = last.id;
        names.extend(rows.into_iter().map(|row| (row.id, (row.code, row.full_name))));
    }
}

struct Run<'a> {
    db: &'a Db,
    center: Uuid,
    options: Options,
    tells_each: bool,
    /// Lent to the thread that weighs a page.
    matcher: Option<Matcher>,
    names: Names,
    memories: HashMap<String, Memory>,
    now: DateTime<Utc>,
}

/// An order's link as it will be.
struct Weighed {
    order: Order,
    link: Link,
    decided: Decided,
}

impl Weighed {
    fn has_moved(&self) -> bool {
        self.order.client_id != self.link.client
    }

    fn is_first_link(&self) -> bool {
        self.order.client_id.is_none() && self.link.client.is_some()
    }
}

impl Run<'_> {
    /// Does the orders after number `after`: how many, and the last one's number.
    async fn page(&mut self, after: i64, witness: &mut impl Witness) -> Result<Option<(u64, i64)>> {
        let tx = self.db.begin().await?;
        let orders = self.read(&tx, after).await?;
        let Some(last) = orders.last().map(|order| order.seq) else { return Ok(None) };
        let seen = orders.len() as u64;
        let (asked, left): (Vec<Order>, Vec<Order>) =
            orders.into_iter().partition(|order| self.is_asked(order));
        for order in left {
            if self.options.tell_all {
                witness.outcome(self.kept(&order));
            }
        }
        let weighed = self.weigh(asked).await?;
        for one in &weighed {
            if !self.options.only_waiting {
                witness.outcome(self.outcome(one));
            }
        }
        if !self.options.dry_run {
            self.write(&tx, weighed).await?;
            tx.commit().await?;
        }
        Ok(Some((seen, last)))
    }

    async fn read(&self, tx: &Tx, after: i64) -> Result<Vec<Order>, DbErr> {
        let mut sql = Sql::new(format!("SELECT {COLUMNS} FROM orders o WHERE o.call_center_id = "));
        sql.bind(self.center).push(" AND o.seq > ").bind(after);
        if self.options.only_waiting {
            sql.push(" AND o.is_waiting");
        } else if !self.options.tell_all && !self.options.force {
            sql.push(" AND (o.link_state <> 'linked' OR o.is_waiting)");
        }
        sql.push(" ORDER BY o.seq LIMIT ").bind(PAGE);
        if !self.options.dry_run {
            sql.push(for_update(tx.engine()));
        }
        sql.all(tx).await
    }

    fn is_asked(&self, order: &Order) -> bool {
        let is_open = order.link_state != "linked" || self.options.force;
        order.is_waiting || (is_open && !order.is_decided())
    }

    async fn weigh(&mut self, orders: Vec<Order>) -> Result<Vec<Weighed>> {
        let Some(matcher) = self.matcher.take() else { return Ok(Vec::new()) };
        let records: Vec<OrderRecord> = orders.iter().map(Order::record).collect();
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let weighed = tokio::task::spawn_blocking(move || {
            let decisions = matcher.decide_all(&records, threads);
            (matcher, decisions)
        });
        let (matcher, decisions) =
            weighed.await.map_err(|error| Error::Db(DbErr::Custom(error.to_string())))?;
        self.matcher = Some(matcher);
        let pairs = orders.into_iter().zip(decisions);
        Ok(pairs
            .map(|(order, decision)| {
                let found = Link::of(&decision);
                let memory = self.memories.get(&order.evidence);
                let remembered = memory.and_then(|memory| {
                    let link = memory.applied(&found)?;
                    Some((link, Some((memory.decided_by, memory.decided_at))))
                });
                let (link, decided) = remembered.unwrap_or((found, None));
                Weighed { order, link, decided }
            })
            .collect())
    }

    async fn write(&self, tx: &Tx, weighed: Vec<Weighed>) -> Result<()> {
        let together = new_id(self.now);
        let rows: Vec<Vec<Value>> = weighed
            .iter()
            .filter(|one| one.order.is_waiting || !one.link.is_same(&one.order))
            .map(|one| self.row(one, together))
            .collect();
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
        update_many(tx, "orders", "seq", &COLUMNS, rows).await?;
        let moved: Vec<&Weighed> = weighed.iter().filter(|one| one.has_moved()).collect();
        let clients = moved.iter().flat_map(|one| [one.order.client_id, one.link.client]);
        let clients: Vec<Uuid> = clients.flatten().collect();
        figures::refresh(tx, self.center, &clients).await?;
        let events = self.events(&moved, together);
        events::record_many(tx, &Actor::system(), events, self.now).await?;
        Ok(())
    }

    fn is_told_together(&self, one: &Weighed) -> bool {
        !self.tells_each && one.is_first_link()
    }

    fn row(&self, one: &Weighed, together: Uuid) -> Vec<Value> {
        let (by, at) = one.decided.map_or((None, None), |(by, at)| (by, Some(at)));
        let linked_in = match one.has_moved() {
            true => self.is_told_together(one).then_some(together),
            false => one.order.linked_in,
        };
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

    fn events(&self, moved: &[&Weighed], together: Uuid) -> Vec<NewEvent> {
        let of = |one: &&Weighed| {
            let Order { id, number, client_id, .. } = &one.order;
            changes::link_events(self.center, *id, number, *client_id, &one.link)
        };
        let (many, each): (Vec<&Weighed>, Vec<&Weighed>) =
            moved.iter().partition(|one| self.is_told_together(one));
        let mut events: Vec<NewEvent> = each.iter().flat_map(of).collect();
        if !many.is_empty() {
            let data = json!({ "method": null, "state": "linked", "count": many.len() });
            events.push(fact("order.linked", self.center, together, None, data));
        }
        events
    }

    fn outcome(&self, one: &Weighed) -> Outcome {
        let codes = one.link.candidates.iter().map(|candidate| self.names.code(candidate.id));
        Outcome {
            number: one.order.number.clone(),
            client_name: one.order.client_name.clone(),
            state: one.link.state,
            method: one.link.method.map(str::to_owned),
            score: one.link.score,
            client: one.link.client.map(|id| self.names.code(id)),
            linked_name: one.link.candidates.first().and_then(|first| self.names.name(first.id)),
            why: one.link.why.as_ref().map(|why| why.key.clone()),
            candidates: codes.collect(),
            is_looked_at: true,
            is_changed: !one.link.is_same(&one.order),
        }
    }

    /// An order left as it is.
    fn kept(&self, order: &Order) -> Outcome {
        let candidates = order.candidates();
        let mut codes: Vec<String> =
            candidates.iter().map(|candidate| self.names.code(candidate.id)).collect();
        if let Some(client) = order.client_id.filter(|_| codes.is_empty()) {
            codes.push(self.names.code(client));
        }
        Outcome {
            number: order.number.clone(),
            client_name: order.client_name.clone(),
            state: LinkState::parse(&order.link_state).unwrap_or(LinkState::Unlinked),
            method: order.link_method.clone(),
            score: order.link_score,
            client: order.client_id.map(|id| self.names.code(id)),
            linked_name: order.linked_name.clone(),
            why: order.why().map(|why| why.key),
            candidates: codes,
            is_looked_at: false,
            is_changed: false,
        }
    }
}

/// The centres that have orders to link.
///
/// # Errors
/// The engine's.
pub async fn centers(conn: &impl ConnectionTrait) -> Result<Vec<Uuid>, DbErr> {
    Sql::new("SELECT id FROM call_centers ORDER BY name, id").column(conn).await
}
