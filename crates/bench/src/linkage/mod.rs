//! A million clients and a million orders to link: straight into the tables, as importing them is
//! another measure.

mod names;
mod people;

use base::db::{Db, insert_many};
use base::text::{email_key, fold};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{linking, orders};
use sea_orm::Value;
use uuid::Uuid;

pub use people::{Bought, Person, World};

use crate::Result;
use crate::bulk::{self, Indexes};
use people::{Dice, in_some_format};

/// Rows per transaction.
const BATCH: u64 = 50_000;

/// The country numbers without a country code are dialled in.
const REGION: &str = "FR";

/// Fills `center` with `clients` clients and `orders` orders that nobody has looked at yet.
///
/// # Errors
/// The engine's.
pub async fn fill(db: &Db, center: Uuid, clients: u64, orders: u64) -> Result<()> {
    let tables = ["clients", "client_emails", "client_phones", "orders"];
    let kept = Indexes::lay_aside(db, &tables).await?;
    let world = World::of(clients);
    let mut start = 0;
    while start < clients {
        let end = clients.min(start + BATCH);
        insert_clients(db, center, &world, start..end).await?;
        start = end;
    }
    start = 0;
    while start < orders {
        let end = orders.min(start + BATCH);
        insert_orders(db, center, &world, start..end).await?;
        start = end;
    }
    kept.restore(db).await
}

/// Ids as they would be given, one a millisecond.
fn id(of: u64, n: u64) -> Uuid {
    let millisecond = 0x0190_0000_0000 + n;
    Uuid::from_u64_pair(millisecond << 16 | 0x7000 | of, 1 << 63 | n)
}

/// An instant of the last two years.
fn instant(n: u64) -> DateTime<Utc> {
    let minutes = TimeDelta::minutes(i64::try_from(n % 1_000_000).unwrap_or(0));
    DateTime::from_timestamp(1_735_689_600, 0).unwrap_or_default() + minutes
}

async fn insert_clients(
    db: &Db,
    center: Uuid,
    world: &World,
    range: std::ops::Range<u64>,
) -> Result<()> {
    const CLIENT: [&str; 15] = [
        "id",
        "call_center_id",
        "code",
        "first_name",
        "last_name",
        "full_name",
        "email",
        "phone",
        "phone_e164",
        "name_key",
        "company_key",
        "city_key",
        "search_text",
        "created_at",
        "updated_at",
    ];
    const EMAIL: [&str; 5] = ["client_id", "position", "call_center_id", "value", "key"];
    const PHONE: [&str; 5] = ["client_id", "position", "call_center_id", "raw", "e164"];
    let (mut clients, mut emails, mut phones) = (Vec::new(), Vec::new(), Vec::new());
    for n in range {
        let (id, person, at) = (id(1, n), world.person(n), instant(n));
        let Person { first, last, email, phone } = person;
        let full = format!("{first} {last}");
        let raw = in_some_format(&phone, &mut Dice::new(n, 5));
        let key = email_key(&email);
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        if let Some(key) = &key {
            let (email, key) = (email.clone(), key.clone());
            emails.push(vec![id.into(), 0.into(), center.into(), email.into(), key.into()]);
        }
        if !phone.is_empty() {
            let (raw, phone) = (raw.clone(), phone.clone());
            phones.push(vec![id.into(), 0.into(), center.into(), raw.into(), phone.into()]);
        }
        clients.push(vec![
            Value::from(id),
            center.into(),
            format!("C{n:07}").into(),
            first.into(),
            last.into(),
            full.clone().into(),
            given(&email).into(),
            given(&raw).into(),
            given(&phone).into(),
            fold(&full).into(),
            None::<String>.into(),
            None::<String>.into(),
            format!("{} {email} {phone}", fold(&full)).into(),
            at.into(),
            at.into(),
        ]);
    }
    let tx = bulk::begin(db).await?;
    insert_many(&tx, "clients", &CLIENT, clients, "").await?;
    insert_many(&tx, "client_emails", &EMAIL, emails, "").await?;
    insert_many(&tx, "client_phones", &PHONE, phones, "").await?;
    tx.commit().await?;
    Ok(())
}

async fn insert_orders(
    db: &Db,
    center: Uuid,
    world: &World,
    range: std::ops::Range<u64>,
) -> Result<()> {
    const ORDER: [&str; 20] = [
        "id",
        "call_center_id",
        "number",
        "client_name",
        "email",
        "phone",
        "name_key",
        "words_key",
        "name_words",
        "email_key",
        "phone_key",
        "search_text",
        "amount",
        "currency",
        "status",
        "ordered_at",
        "evidence",
        "is_waiting",
        "created_at",
        "updated_at",
    ];
    let mut orders = Vec::new();
    for n in range {
        let (Bought { name, email, phone }, _) = world.order(n);
        let mut dice = Dice::new(n, 6);
        let at = instant(dice.below(1_000_000));
        let number = format!("O{n:08}");
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let status = match dice.below(10) {
            0..7 => "confirmed",
            7..9 => "pending",
            _ => "cancelled",
        };
        orders.push(vec![
            Value::from(id(2, n)),
            center.into(),
            number.clone().into(),
            given(&name).into(),
            given(&email).into(),
            given(&phone).into(),
            fold(&name).into(),
            linking::words_key(&name).into(),
            orders::name_words(center, &name).into(),
            email_key(&email).into(),
            linking::phone_key(&phone, REGION).into(),
            format!("{} {}", number.to_lowercase(), fold(&name)).into(),
            i64::try_from(500 + dice.below(40_000)).unwrap_or(0).into(),
            "EUR".into(),
            status.into(),
            at.into(),
            // Of use to what people decide, and here nobody has.
            format!("{n:032x}").into(),
            true.into(),
            at.into(),
            at.into(),
        ]);
    }
    let tx = bulk::begin(db).await?;
    insert_many(&tx, "orders", &ORDER, orders, "").await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::tests::fresh;
    use domain::orders::run::Stage;

    #[test]
    fn people_are_always_the_same_and_of_many_kinds() {
        let world = World::of(2_000);
        let people: Vec<Person> = (0..2_000).map(|n| world.person(n)).collect();
        assert_eq!(people[7], World::of(2_000).person(7));
        let count = |what: fn(&Person) -> bool| people.iter().filter(|p| what(p)).count();
        assert!((1_700..1_900).contains(&count(|p| !p.email.is_empty())));
        assert!((1_800..2_000).contains(&count(|p| !p.phone.is_empty())));
        assert!(count(|p| p.phone.starts_with("+22")) > 400);
        let mut phones: Vec<&str> = people.iter().map(|p| p.phone.as_str()).collect();
        phones.retain(|phone| !phone.is_empty());
        let all = phones.len();
        phones.sort_unstable();
        phones.dedup();
        assert!(all - phones.len() > 50, "families share a phone");
        let clients = (0..1_000).filter(|n| world.order(*n).1.is_some()).count();
        assert!((750..850).contains(&clients));
    }

    /// The bars of `linkage-dev`, on people it does not hold.
    #[test]
    fn the_matcher_meets_its_bars_on_these_people_too() {
        const CLIENTS: u64 = 1_500;
        const ORDERS: u64 = 4_000;
        let world = World::of(CLIENTS);
        let client = |n: u64| {
            let Person { first, last, email, phone } = world.person(n);
            let (full_name, emails, phones) = (format!("{first} {last}"), vec![email], vec![phone]);
            let id = n.into();
            linking::ClientRecord { id, full_name, emails, phones, ..Default::default() }
        };
        let clients = (0..CLIENTS).map(client);
        let matcher = linking::Matcher::build(clients, linking::Policy::default());
        let (mut right, mut wrong, mut reviewed, mut offered, mut of_clients) = (0, 0, 0, 0, 0);
        for n in 0..ORDERS {
            let (Bought { name, email, phone }, truth) = world.order(n);
            let truth = truth.map(u128::from);
            let found = matcher.decide(&linking::OrderRecord { name, email, phone });
            of_clients += u32::from(truth.is_some());
            match found.linked_to() {
                Some(linked) => *(if truth == Some(linked) { &mut right } else { &mut wrong }) += 1,
                None => {
                    reviewed += u64::from(found.state == linking::State::Review);
                    let mut shown = found.candidates.iter();
                    offered += u32::from(shown.any(|one| Some(one.id) == truth));
                }
            }
        }
        let figures = format!("{right} right, {wrong} wrong, {offered} offered of {of_clients}");
        assert!(wrong * 1_000 <= right + wrong, "{figures}");
        assert!(right * 100 >= of_clients * 78, "{figures}");
        assert!((right + offered) * 100 >= of_clients * 97, "{figures}");
        assert!(reviewed * 100 <= ORDERS * 30, "{reviewed} of {ORDERS} to review");
    }

    #[tokio::test]
    async fn orders_wait_to_be_linked_and_most_are_linked_right() {
        let (_folder, people) = fresh().await;
        fill(&people.db, people.center, 300, 300).await.unwrap();
        let (db, world) = (&people.db, World::of(300));
        let options = domain::orders::run::Options { tell_all: true, ..Default::default() };
        let mut told = Told(Vec::new());
        let (system, now) = (domain::Actor::system(), instant(0));
        domain::orders::run::link_all(db, &system, people.center, options, &mut told, now)
            .await
            .unwrap();
        assert_eq!(told.0.len(), 300);
        let (mut right, mut wrong) = (0, 0);
        for (number, client) in told.0 {
            let Some(client) = client else { continue };
            let order = number.trim_start_matches('O').parse().unwrap();
            let truth = world.order(order).1.map(|n| format!("C{n:07}"));
            *(if truth == Some(client) { &mut right } else { &mut wrong }) += 1;
        }
        assert!(right > 150 && wrong < 5, "right {right}, wrong {wrong}");
    }

    struct Told(Vec<(String, Option<String>)>);

    impl domain::orders::run::Witness for Told {
        fn progress(&mut self, _: Stage, _: u64, _: u64) {}
        fn outcome(&mut self, outcome: domain::orders::run::Outcome) {
            self.0.push((outcome.number, outcome.client));
        }
    }
}
