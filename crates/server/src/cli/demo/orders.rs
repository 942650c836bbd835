use base::db::Db;
use chrono::{DateTime, TimeDelta, Utc};
use domain::clients::NewClient;
use domain::orders::{self, NewOrder, run};
use domain::{Actor, Role};

use super::Failure;
use super::names::{self, Dice};
use super::people::Place;

/// What an order says of who made it.
pub(super) struct Buyer {
    first: String,
    last: String,
    email: String,
    phone: String,
    /// Their first order is not older.
    since: DateTime<Utc>,
}

impl Buyer {
    pub(super) fn of(client: &NewClient, since: DateTime<Utc>) -> Self {
        let text = |field: &Option<String>| field.clone().unwrap_or_default();
        let first = |list: &[String]| list.first().cloned().unwrap_or_default();
        let company = text(&client.company_name);
        let last = text(&client.last_name);
        Self {
            first: text(&client.first_name),
            last: if last.is_empty() { company } else { last },
            email: first(&client.emails),
            phone: first(&client.phones),
            since,
        }
    }
}

/// Orders written in one go.
const BATCH: usize = 5_000;

/// Orders of the last three months: mostly of clients, of a few again and again; some of people
/// nobody knows, a few whose client is not certain; then linked.
pub(super) async fn sell(
    db: &Db,
    place: &Place,
    buyers: &[Buyer],
    count: usize,
    dice: &mut Dice,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    if buyers.is_empty() || count == 0 {
        return Ok(());
    }
    let owner =
        Actor { user_id: Some(place.owner), role: Role::Owner, call_center_id: Some(place.center) };
    let mut made = 0;
    while made < count {
        let size = BATCH.min(count - made);
        let batch: Vec<NewOrder> =
            (0..size).map(|index| order(dice, place, buyers, made + index + 1, now)).collect();
        orders::receive_many(db, &owner, place.center, &batch, now).await?;
        made += size;
    }
    let options = run::Options { only_waiting: true, ..run::Options::default() };
    run::link_all(db, &owner, place.center, options, &mut run::Silent, now).await?;
    Ok(())
}

fn order(
    dice: &mut Dice,
    place: &Place,
    buyers: &[Buyer],
    number: usize,
    now: DateTime<Utc>,
) -> NewOrder {
    let stranger;
    // One client in eighty comes again and again.
    let faithful = buyers.get(..(buyers.len() / 80).max(1)).unwrap_or(buyers);
    let buyer = if dice.one_in(6) {
        let client = names::client(dice, usize::from(place.region != "FR"), number, &[]);
        stranger = Buyer::of(&client, now - TimeDelta::days(90));
        &stranger
    } else if dice.one_in(5) {
        dice.pick(faithful)
    } else {
        dice.pick(buyers)
    };
    let name = match dice.below(8) {
        0 => format!("{} {}", buyer.last.to_uppercase(), buyer.first),
        1 => format!("M. {}", buyer.last),
        _ => format!("{} {}", buyer.first, buyer.last),
    };
    let age = usize::try_from((now - buyer.since).num_minutes()).unwrap_or(0);
    let minutes = i64::try_from(dice.below(age)).unwrap_or(0);
    let price = i64::try_from(5 + dice.below(400)).unwrap_or(5);
    let unit = if place.region == "FR" { 100 } else { 500 };
    let given =
        |text: &String, dropped: bool| Some(text.clone()).filter(|t| !t.is_empty() && !dropped);
    NewOrder {
        number: Some(format!("CMD-{number:06}")),
        client_name: Some(name.trim().to_owned()),
        email: given(&buyer.email, dice.one_in(3)),
        phone: given(&buyer.phone, dice.one_in(4)),
        amount: Some(price * unit),
        status: Some((*dice.pick(&STATUSES)).to_owned()),
        ordered_at: Some(now - TimeDelta::minutes(minutes)),
        ..NewOrder::default()
    }
}

const STATUSES: [&str; 8] = [
    "confirmed",
    "confirmed",
    "confirmed",
    "confirmed",
    "confirmed",
    "pending",
    "pending",
    "cancelled",
];
