//! `vigie demo`: a believable company to look at, the same each time.

mod alerts;
mod contacts;
pub(super) mod names;
mod orders;
mod people;

use base::db::Db;
use chrono::{DateTime, TimeDelta, Utc};
use clap::Args;
use domain::clients::{self, NewClient};
use domain::{Actor, Invalid, duplicates, events};
use uuid::Uuid;

use super::{Failure, serve};
use crate::config::Settings;
use names::Dice;

/// Options of `vigie demo`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// How many clients
    #[arg(long, default_value_t = 2_000)]
    clients: usize,
    /// How many alerts [default: one for six clients, at most 600]
    #[arg(long)]
    alerts: Option<usize>,
    /// How many orders [default: three for two clients, at most 3,000]
    #[arg(long)]
    orders: Option<usize>,
}

impl Default for Options {
    fn default() -> Self {
        Self { clients: 2_000, alerts: None, orders: None }
    }
}

/// Days the clients' creation is spread over, so that the figures have something to tell.
const DAYS: usize = 85;

/// Demonstrations larger than that wait for the night to find their duplicates.
const SCANNED: usize = 10_000;

/// A client, and since when they are one: nothing happened to them before.
#[derive(Clone, Copy)]
struct Made {
    id: Uuid,
    at: DateTime<Utc>,
}

/// One of `clients` (the oldest first) who was there at that time.
fn present(dice: &mut Dice, clients: &[Made], at: DateTime<Utc>) -> Option<Uuid> {
    const TRIES: usize = 8;
    let oldest = clients.first()?;
    let met = (0..TRIES).map(|_| *dice.pick(clients)).find(|one| one.at < at);
    Some(met.unwrap_or(*oldest).id)
}

/// Fills an empty database.
pub async fn run(settings: Settings, options: Options) -> Result<(), Failure> {
    let db = serve::open(&settings).await?;
    if !is_empty(&db).await? {
        return Err(
            "this database already holds something: the demonstration needs an empty one".into()
        );
    }
    fill(&db, &options, base::clock::Clock::real().now()).await?;
    serve::print(&people::cast());
    Ok(())
}

/// `vigie serve --demo`: the first start fills the database, the next ones find it.
pub async fn fill_if_empty(db: &Db, now: DateTime<Utc>) -> Result<(), Failure> {
    if is_empty(db).await? {
        fill(db, &Options::default(), now).await?;
        serve::print(&people::cast());
    }
    Ok(())
}

/// Whether nothing ever happened in that database.
///
/// # Errors
/// The engine's.
async fn is_empty(db: &Db) -> Result<bool, Failure> {
    Ok(events::head(db.read()).await?.0 == 0)
}

/// Makes the company.
///
/// # Errors
/// The engine's.
async fn fill(db: &Db, options: &Options, now: DateTime<Utc>) -> Result<(), Failure> {
    let company = people::settle(db, now - TimeDelta::days(90)).await?;
    let mut dice = Dice::new(42);
    let mut made: [Vec<Made>; 2] = Default::default();
    let mut buyers: [Vec<orders::Buyer>; 2] = Default::default();
    for (index, place) in company.places.iter().enumerate() {
        // Three clients in five are in the first centre.
        let count = if index == 0 {
            options.clients * 3 / 5
        } else {
            options.clients - options.clients * 3 / 5
        };
        let mut number = 0;
        // Half of them came with the file they started with.
        let (first, later) = (count / 2, count - count / 2);
        for day in 0..DAYS {
            let new = later * (day + 1) / DAYS - later * day / DAYS;
            let today = if day == 0 { first + new } else { new };
            let at = now - TimeDelta::days((DAYS - 1 - day).try_into()?) - TimeDelta::minutes(90);
            let batch: Vec<NewClient> = (0..today)
                .map(|_| {
                    number += 1;
                    names::client(&mut dice, index, number, &place.agents)
                })
                .collect();
            let ids = insert(db, place, &batch, at).await?;
            made[index].extend(ids.into_iter().map(|id| Made { id, at }));
            buyers[index].extend(batch.iter().map(|client| orders::Buyer::of(client, at)));
        }
    }
    for (place, clients) in company.places.iter().zip(&made) {
        retire(db, place, clients, now).await?;
    }
    let alerts = options.alerts.unwrap_or_else(|| (options.clients / 6).min(600));
    for (place, clients) in company.places.iter().zip(&made) {
        let share = (alerts * clients.len()).div_ceil(options.clients.max(1));
        alerts::schedule(db, place, clients, share, &mut dice, now).await?;
        let attempts = clients.len().min(1_500);
        contacts::attempt(db, place, clients, attempts, &mut dice, now).await?;
    }
    let orders = options.orders.unwrap_or_else(|| (options.clients * 3 / 2).min(3_000));
    for (place, buyers) in company.places.iter().zip(&buyers) {
        let share = (orders * buyers.len()).div_ceil(options.clients.max(1));
        orders::sell(db, place, buyers, share, &mut dice, now).await?;
    }
    db.look_again(&GROWN).await?;
    while options.clients <= SCANNED && duplicates::scan(db, now).await? {}
    Ok(())
}

/// Tables that hold most of a demonstration.
const GROWN: [&str; 9] = [
    "clients",
    "client_emails",
    "client_phones",
    "client_grams",
    "client_keys",
    "alerts",
    "contact_attempts",
    "orders",
    "events",
];

/// Some clients are no longer in business: one in twenty-three, but not for ever in a large demonstration.
async fn retire(
    db: &Db,
    place: &people::Place,
    clients: &[Made],
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    const MOST: usize = 60;
    let actor = Actor {
        user_id: Some(place.owner),
        role: domain::Role::Owner,
        call_center_id: Some(place.center),
    };
    for (index, client) in clients.iter().skip(7).step_by(23).take(MOST).enumerate() {
        let at = now - TimeDelta::hours((index % 300).try_into()?) - TimeDelta::minutes(40);
        let at = at.max(client.at + TimeDelta::minutes(30));
        clients::deactivate(db, &actor, client.id, at).await?;
    }
    Ok(())
}

async fn insert(
    db: &Db,
    place: &people::Place,
    batch: &[NewClient],
    at: DateTime<Utc>,
) -> Result<Vec<Uuid>, Failure> {
    const PER_COMMIT: usize = 2_000;
    let mut ids = Vec::with_capacity(batch.len());
    let actor = Actor {
        user_id: Some(place.owner),
        role: domain::Role::Owner,
        call_center_id: Some(place.center),
    };
    for part in batch.chunks(PER_COMMIT) {
        let mut invalid = Invalid::new();
        let valid =
            part.iter().map(|new| clients::validate(new, place.region, &mut invalid)).collect();
        invalid.check()?;
        let tx = db.begin().await?;
        ids.extend(clients::insert_many(&tx, &actor, place.center, valid, at).await?);
        tx.commit().await?;
    }
    Ok(ids)
}
