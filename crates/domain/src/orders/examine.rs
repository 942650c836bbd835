//! Orders to be looked at: those that came with a file, and those a changed client may have made.

use base::db::{Db, Sql, Tx};
use base::outbox::{self, NewJob};
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::candidates::{self, Reading, Which};
use super::input::House;
use super::link::Link;
use super::settings;
use super::wake::{self, Open, mark, wake};
use super::{Order, changes, decisions, lookup, queries, run};
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::events;
use crate::linking::{self, ClientRecord};

/// The kind of job that links the orders of a centre that wait for it.
pub const LINK_JOB: &str = "link_orders";

/// The kind of job that files new clients and finds the orders they concern.
pub const CLIENTS_JOB: &str = "link_clients";

/// What [`LINK_JOB`] carries.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Waiting {
    /// The centre.
    pub center: Uuid,
}

/// What [`CLIENTS_JOB`] carries: clients by the range of their ids.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Changed {
    /// The centre.
    pub center: Uuid,
    /// The first.
    pub first: Uuid,
    /// The last.
    pub last: Uuid,
}

/// Clients looked at in the transaction that changes them; more are left to a job.
const INLINE: usize = 20;
/// Clients filed in one transaction of a job, and of those whose orders are looked for as well: on
/// SQLite everyone who writes waits meanwhile.
const FILED: i64 = 1_000;
const WOKEN: i64 = 200;
/// Orders linked one by one in a transaction, during which no client of the centre is made.
const ORDERS: i64 = 10;
/// To link an order alone takes as long as to read and file that many clients.
const CLIENTS_PER_ORDER: u64 = 500;
/// Never are more linked one by one.
const MOST_ALONE: i64 = 2_000;

/// Until `tx` ends nobody else links orders of the centre, and nobody makes or changes its clients:
/// of an order and a client that come at the same time, the later sees the earlier. To be asked for
/// before any row is held.
///
/// # Errors
/// The engine's.
pub(crate) async fn take_turn(tx: &Tx, center: Uuid) -> Result<(), DbErr> {
    tx.alone(center).await
}

/// Until `tx` ends no order of the centre is linked, while others make and change clients too. To
/// be asked for before a client's row is held.
///
/// # Errors
/// The engine's.
pub(crate) async fn hold_links(tx: &Tx, center: Uuid) -> Result<(), DbErr> {
    tx.beside(center).await
}

/// To be called in the transaction that makes or changes clients: files them under their keys,
/// and has the orders that may be theirs looked at again.
///
/// # Errors
/// The engine's.
pub async fn clients_changed(
    tx: &Tx,
    center: Uuid,
    clients: &[Uuid],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let (Some(first), Some(last)) = (clients.iter().min(), clients.iter().max()) else {
        return Ok(());
    };
    if clients.len() > INLINE {
        let changed = Changed { center, first: *first, last: *last };
        return outbox::enqueue(tx, NewJob::new(CLIENTS_JOB, changed, now), now).await.map(drop);
    }
    let Some(place) = place(tx, center).await? else { return Ok(()) };
    let clients = filable(candidates::read(tx, Which::Ids(clients)).await?);
    lookup::forget(tx, &clients).await?;
    look_at(tx, &place, &clients, Open::NotTheirs, now).await
}

/// [`clients_changed`] for clients made in this transaction (their number in the database beside
/// them): there is nothing to read, and nothing filed under them yet.
///
/// # Errors
/// The engine's.
pub(crate) async fn clients_made(
    tx: &Tx,
    center: Uuid,
    clients: &[(i64, ClientRecord)],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    if clients.len() > INLINE {
        let ids: Vec<Uuid> = clients.iter().map(|(_, client)| Uuid::from_u128(client.id)).collect();
        return clients_changed(tx, center, &ids, now).await;
    }
    let Some(place) = place(tx, center).await? else { return Ok(()) };
    look_at(tx, &place, clients, Open::NotTheirs, now).await
}

/// Does the next part of a [`CLIENTS_JOB`]; what is left of it, if anything.
///
/// # Errors
/// The engine's.
pub async fn changed_clients(db: &Db, job: Changed, now: DateTime<Utc>) -> Result<Option<Changed>> {
    let tx = db.begin().await?;
    let Some(place) = place(&tx, job.center).await? else { return Ok(None) };
    let Changed { center, first, last } = job;
    let limit = if place.has_orders { WOKEN } else { FILED };
    let which = Which::Range { center, first, last, limit };
    let clients = filable(candidates::read(&tx, which).await?);
    lookup::forget(&tx, &clients).await?;
    look_at(&tx, &place, &clients, Open::NotTheirs, now).await?;
    tx.commit().await?;
    let full = clients.len() as i64 == limit;
    // The last one is looked at twice: an id has no successor that is easily written.
    let seen = clients.last().map(|(_, client)| Uuid::from_u128(client.id));
    Ok(seen.filter(|seen| full && *seen != first).map(|first| Changed { first, ..job }))
}

fn filable(clients: Vec<Reading>) -> Vec<(i64, ClientRecord)> {
    clients.into_iter().map(|client| (client.seq, client.record)).collect()
}

/// What is to be known of a centre before its clients are looked at.
pub(super) struct Place {
    pub(super) center: Uuid,
    pub(super) region: String,
    pub(super) has_orders: bool,
}

/// Holds the links of the centre from then on: an order that came meanwhile is seen.
async fn place(tx: &Tx, center: Uuid) -> Result<Option<Place>, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        phone_region: String,
        has_orders: bool,
    }
    hold_links(tx, center).await?;
    let sql = "SELECT phone_region, EXISTS (SELECT 1 FROM orders o WHERE \
        o.call_center_id = cc.id) AS has_orders FROM call_centers cc WHERE cc.id = $1";
    let row: Option<Row> = Sql::with(sql, [center.into()]).one(tx).await?;
    Ok(row.map(|row| Place { center, region: row.phone_region, has_orders: row.has_orders }))
}

/// Files clients, and wakes the orders that may be theirs.
async fn look_at(
    tx: &Tx,
    place: &Place,
    clients: &[(i64, ClientRecord)],
    open: Open,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    lookup::file(tx, place.center, &place.region, clients).await?;
    let clients: Vec<&ClientRecord> = clients.iter().map(|(_, client)| client).collect();
    wake(tx, place, &clients, open, now).await
}

/// To be called before clients go, to the bin or into another: has the orders looked at again of
/// which a person would be asked whether they are theirs.
///
/// # Errors
/// The engine's.
pub(crate) async fn clients_go(
    tx: &Tx,
    center: Uuid,
    clients: &[Uuid],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let Some(place) = place(tx, center).await? else { return Ok(()) };
    let clients = candidates::read(tx, Which::Ids(clients)).await?;
    let clients: Vec<&ClientRecord> = clients.iter().map(|client| &client.record).collect();
    wake(tx, &place, &clients, Open::InReview, now).await
}

/// To be called once clients are back: has the orders that may be theirs looked at again.
///
/// # Errors
/// The engine's.
pub(crate) async fn clients_come_back(
    tx: &Tx,
    center: Uuid,
    clients: &[Uuid],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let Some(place) = place(tx, center).await? else { return Ok(()) };
    let clients = filable(candidates::read(tx, Which::Ids(clients)).await?);
    lookup::forget(tx, &clients).await?;
    look_at(tx, &place, &clients, Open::All, now).await
}

/// Has every order of the centre that is not linked looked at again.
pub(super) async fn all_open(tx: &Tx, center: Uuid, now: DateTime<Utc>) -> Result<(), DbErr> {
    Sql::with(
        "UPDATE orders SET is_waiting = TRUE WHERE call_center_id = $1 AND decided_at IS NULL",
        [center.into()],
    )
    .later(tx)
    .await?;
    enqueue(tx, center, now).await
}

/// A decision about one order counts for those that bear the same.
pub(super) async fn same_evidence(tx: &Tx, order: &Order, now: DateTime<Utc>) -> Result<(), DbErr> {
    let mut sql = Sql::new("SELECT id FROM orders WHERE call_center_id = ");
    sql.bind(order.call_center_id).push(" AND evidence = ").bind(order.evidence.clone());
    sql.push(" AND id <> ").bind(order.id);
    // By one of the indexed columns the evidence is made of.
    let record = order.record();
    match linking::words_key(&record.name) {
        Some(words) => sql.push(" AND words_key = ").bind(words),
        None => match base::text::email_key(&record.email) {
            Some(email) => sql.push(" AND email_key = ").bind(email),
            None => return Ok(()),
        },
    };
    sql.push(" LIMIT ").bind(wake::MOST);
    let same: Vec<Uuid> = sql.column(tx).await?;
    mark(tx, order.call_center_id, same, now).await
}

/// Asks for the waiting orders of `center` to be linked.
pub(crate) async fn enqueue(tx: &Tx, center: Uuid, now: DateTime<Utc>) -> Result<(), DbErr> {
    let job = NewJob::new(LINK_JOB, Waiting { center }, now).keyed(format!("link:{center}"));
    outbox::enqueue_once(tx, job, now).await
}

/// Links the orders of `center` that wait for it: one by one when they are few beside its clients,
/// else with all of those in memory. `true` when some may be left.
///
/// # Errors
/// The engine's.
pub async fn link_waiting(db: &Db, center: Uuid, now: DateTime<Utc>) -> Result<bool> {
    let waiting = Sql::with(
        "SELECT COUNT(*) FROM (SELECT 1 AS one FROM orders WHERE call_center_id = $1 AND \
         is_waiting LIMIT $2) AS waiting",
        [center.into(), (MOST_ALONE + 1).into()],
    );
    let waiting: i64 = waiting.scalar(db.read()).await?.unwrap_or(0);
    if waiting == 0 {
        return Ok(false);
    }
    if waiting > ORDERS && waiting > most_alone(db, center).await? {
        let options = run::Options { only_waiting: true, ..run::Options::default() };
        run::link_all(db, &Actor::system(), center, options, &mut run::Silent, now).await?;
        return Ok(true);
    }
    let tx = db.begin().await?;
    take_turn(&tx, center).await?;
    let house = queries::house(&tx, center).await?.ok_or(Error::NotFound)?;
    let orders = queries::waiting(&tx, center, ORDERS).await?;
    let mut events = Vec::new();
    for order in &orders {
        let (link, decided) = weighed(&tx, &house, order).await?;
        events.extend(changes::relink(&tx, order, link, decided, now).await?);
    }
    events::record_many(&tx, &Actor::system(), events, now).await?;
    tx.commit().await?;
    Ok(orders.len() as i64 == ORDERS)
}

/// How many orders are linked one by one rather than with every client in memory.
async fn most_alone(db: &Db, center: Uuid) -> Result<i64, DbErr> {
    let clients = candidates::count(db.read(), center).await?;
    let most = i64::try_from(clients / CLIENTS_PER_ORDER).unwrap_or(MOST_ALONE);
    Ok(most.min(MOST_ALONE))
}

/// Who decided, and when; `None` when the rules did.
pub(super) type Decided = Option<(Option<Uuid>, DateTime<Utc>)>;

/// What becomes of an order: what a person said of its like, else what the rules say.
pub(super) async fn weighed(
    tx: &Tx,
    house: &House,
    order: &Order,
) -> Result<(Link, Decided), DbErr> {
    let settings = settings::of(tx, house.center).await?;
    let found = candidates::weigh(tx, house, settings.is_bold, &order.record()).await?;
    let memory = decisions::recall(tx, house.center, &order.evidence).await?;
    let remembered = memory.and_then(|memory| {
        let link = memory.applied(&found)?;
        Some((link, Some((memory.decided_by, memory.decided_at))))
    });
    Ok(remembered.unwrap_or((found, None)))
}

/// What the rules say of an order, whatever was decided.
pub(super) async fn weigh_anew(tx: &Tx, order: &Order) -> Result<Link> {
    let house = queries::house(tx, order.call_center_id).await?.ok_or(Error::NotFound)?;
    let settings = settings::of(tx, house.center).await?;
    Ok(candidates::weigh(tx, &house, settings.is_bold, &order.record()).await?)
}

/// Whether any order of `center` waits.
///
/// # Errors
/// The engine's.
pub async fn is_any_waiting(conn: &impl ConnectionTrait, center: Uuid) -> Result<bool, DbErr> {
    let sql = "SELECT 1 FROM orders WHERE call_center_id = $1 AND is_waiting LIMIT 1";
    Ok(Sql::with(sql, [center.into()]).scalar::<i32>(conn).await?.is_some())
}
