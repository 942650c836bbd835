//! Making, changing and linking orders.

use base::db::{Db, Tx};
use base::ids::new_id;
use chrono::{DateTime, Utc};
use sea_orm::{DbErr, SqlErr};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::examine::{self, Decided};
use super::input::House;
use super::link::{Link, LinkState};
use super::{NewOrder, Order, OrderChanges, Status, ValidOrder, event, fact, link_data};
use super::{figures, input, queries};
use crate::actor::Actor;
use crate::clients::Found;
use crate::duplicates;
use crate::error::{Error, Invalid, Result, expect_version};
use crate::events::{self, NewEvent};

/// Makes an order, and says whose it is as far as that is sure.
///
/// # Errors
/// Every wrong field; a number already taken (`number`, `taken`); an unknown `client_code`.
pub async fn create(db: &Db, actor: &Actor, new: NewOrder, now: DateTime<Utc>) -> Result<Uuid> {
    let tx = db.begin().await?;
    let (house, valid, client) = checked(&tx, actor, &new, now).await?;
    let made = insert_many(&tx, actor, &house, vec![(valid, client)], false, now).await;
    let (ids, mut events) = made.map_err(number_taken)?;
    let id = ids.first().copied().ok_or(Error::NotFound)?;
    if client.is_none()
        && let Some(order) = queries::find(&tx, &Actor::system(), id).await?
    {
        let (link, decided) = examine::weighed(&tx, &house, &order).await?;
        events.extend(relink(&tx, &order, link, decided, now).await?);
    }
    events::record_many(&tx, actor, events, now).await?;
    tx.commit().await?;
    Ok(id)
}

/// What [`create`] would refuse; nothing is made.
///
/// # Errors
/// Those of [`create`].
pub async fn check(db: &Db, actor: &Actor, new: &NewOrder, now: DateTime<Utc>) -> Result<()> {
    let tx = db.begin().await?;
    checked(&tx, actor, new, now).await.map(drop)
}

async fn checked(
    tx: &Tx,
    actor: &Actor,
    new: &NewOrder,
    now: DateTime<Utc>,
) -> Result<(House, ValidOrder, Option<Found>)> {
    actor.require(actor.works_with_clients())?;
    let mut invalid = Invalid::new();
    let house = house_for(tx, actor, new, &mut invalid).await?;
    examine::take_turn(tx, house.center).await?;
    let valid = input::validate(new, &house, true, &mut invalid, now);
    let client = client_of(tx, &house, &valid, &mut invalid).await?;
    if queries::by_number(tx, house.center, &valid.number).await?.is_some() {
        invalid.add("number", "taken");
    }
    invalid.check()?;
    Ok((house, valid, client))
}

/// The centre a new order goes to: the actor's own; a super_admin names it unless it is alone.
async fn house_for(tx: &Tx, actor: &Actor, new: &NewOrder, invalid: &mut Invalid) -> Result<House> {
    let wanted = new.call_center_id.or(actor.call_center_id);
    let center = match (wanted, actor.call_center_id) {
        (Some(center), _) if actor.reaches(center) => Some(center),
        (Some(_), _) => None,
        (None, _) => queries::only_center(tx).await?,
    };
    if let Some(center) = center
        && let Some(house) = queries::house(tx, center).await?
    {
        return Ok(house);
    }
    let code = if wanted.is_some() { "wrong-value" } else { "required" };
    invalid.add("call_center_id", code);
    Ok(House { center: Uuid::nil(), region: "FR".to_owned(), currency: "EUR".to_owned() })
}

/// The client whose code the order names.
async fn client_of(
    tx: &Tx,
    house: &House,
    valid: &ValidOrder,
    invalid: &mut Invalid,
) -> Result<Option<Found>> {
    let Some(code) = &valid.client_code else { return Ok(None) };
    let client = queries::client_by_code(tx, house.center, code).await?;
    if client.is_none() {
        invalid.add("client_code", "unknown-client");
    }
    Ok(client)
}

/// Makes many orders of one centre whose numbers are free; they wait to be linked. For the
/// demonstration and benchmarks.
///
/// # Errors
/// The first order's wrong fields; the engine's.
pub async fn receive_many(
    db: &Db,
    actor: &Actor,
    center: Uuid,
    orders: &[NewOrder],
    now: DateTime<Utc>,
) -> Result<()> {
    actor.require(actor.leads_people() && actor.reaches(center))?;
    let tx = db.begin().await?;
    let house = queries::house(&tx, center).await?.ok_or(Error::NotFound)?;
    let mut valid = Vec::with_capacity(orders.len());
    for order in orders {
        let mut invalid = Invalid::new();
        valid.push((input::validate(order, &house, false, &mut invalid, now), None));
        invalid.check()?;
    }
    let (_, events) = insert_many(&tx, actor, &house, valid, true, now).await?;
    events::record_many(&tx, actor, events, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Two at once may have asked for the same number: the index decides.
fn number_taken(error: DbErr) -> Error {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => Error::invalid("number", "taken"),
        _ => Error::Db(error),
    }
}

/// Writes checked orders of one centre whose numbers are free; those whose client is known are
/// linked, the others wait to be when `must_wait`. The caller records the events.
pub(crate) async fn insert_many(
    tx: &Tx,
    actor: &Actor,
    house: &House,
    orders: Vec<(ValidOrder, Option<Found>)>,
    must_wait: bool,
    now: DateTime<Utc>,
) -> Result<(Vec<Uuid>, Vec<NewEvent>), DbErr> {
    let orders: Vec<(Uuid, ValidOrder, Option<Found>)> =
        orders.into_iter().map(|(order, client)| (new_id(now), order, client)).collect();
    queries::insert(tx, actor, house.center, &orders, must_wait, now).await?;
    let clients: Vec<Uuid> = orders.iter().filter_map(|(.., client)| Some((*client)?.id)).collect();
    let came = orders.iter().filter_map(|(id, _, client)| Some(((*client)?.through?, *id)));
    duplicates::came_since(tx, "orders", came).await?;
    figures::refresh(tx, house.center, &clients).await?;
    if must_wait && orders.len() > clients.len() {
        examine::enqueue(tx, house.center, now).await?;
    }
    let events = orders
        .iter()
        .flat_map(|(id, order, client)| {
            let data = json!({ "number": order.number, "amount": order.amount,
                "currency": order.currency, "status": order.status.as_str() });
            let client = client.map(|client| client.id);
            let imported = fact("order.imported", house.center, *id, client, data);
            let linked = client.map(|client| {
                let data = link_data(&order.number, Some("manual"), "linked");
                fact("order.linked", house.center, *id, Some(client), data)
            });
            std::iter::once(imported).chain(linked)
        })
        .collect();
    Ok((orders.into_iter().map(|(id, ..)| id).collect(), events))
}

/// Changes an order, if it is still at `version`, where one is given. Returns the version it is at afterwards.
///
/// # Errors
/// Every wrong field; [`Error::Stale`]; [`Error::NotFound`].
pub async fn change(
    db: &Db,
    actor: &Actor,
    id: Uuid,
    version: Option<i32>,
    wanted: OrderChanges,
    now: DateTime<Utc>,
) -> Result<i32> {
    let tx = db.begin().await?;
    let order = queries::find_in_turn(&tx, actor, id).await?.ok_or(Error::NotFound)?;
    expect_version(version, order.version)?;
    let house = queries::house(&tx, order.call_center_id).await?.ok_or(Error::NotFound)?;
    let new = wanted.applied_to(&order);
    let mut invalid = Invalid::new();
    let is_strict = wanted.phone.is_some();
    let valid = input::validate(&new, &house, is_strict, &mut invalid, now);
    // What is left as it came may be a piece; what is typed now may not.
    if !is_strict && wanted.email.is_some() && valid.is_email_unreadable() {
        invalid.add("email", "not-an-email");
    }
    invalid.check()?;
    let events = rewrite(&tx, &house, &order, valid, None, false, now).await?;
    events::record_many(&tx, actor, events, now).await?;
    let after = queries::find(&tx, actor, id).await?.ok_or(Error::NotFound)?;
    tx.commit().await?;
    Ok(after.version)
}

/// Cancels an order. Nothing happens if it is cancelled already.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn cancel(db: &Db, actor: &Actor, id: Uuid, now: DateTime<Utc>) -> Result<()> {
    let order = super::get(db.read(), actor, id).await?;
    let wanted =
        OrderChanges { status: Some(Status::Cancelled.as_str().into()), ..OrderChanges::default() };
    change(db, actor, id, Some(order.version), wanted, now).await.map(drop)
}

impl OrderChanges {
    /// The whole order, as it will be.
    pub(crate) fn applied_to(&self, order: &Order) -> NewOrder {
        let text = |change: &Option<Option<String>>, now: &Option<String>| {
            change.clone().unwrap_or_else(|| now.clone())
        };
        NewOrder {
            call_center_id: None,
            number: Some(order.number.clone()),
            client_name: text(&self.client_name, &order.client_name),
            email: text(&self.email, &order.email),
            phone: text(&self.phone, &order.phone),
            amount: Some(self.amount.unwrap_or(order.amount)),
            currency: Some(self.currency.clone().unwrap_or_else(|| order.currency.clone())),
            status: Some(self.status.clone().unwrap_or_else(|| order.status.clone())),
            ordered_at: Some(self.ordered_at.unwrap_or(order.ordered_at)),
            client_code: None,
        }
    }
}

/// Makes an order what `valid` says. When what it says of its client changed, it is linked anew:
/// at once, or by the job when `must_wait`. No event: nothing differed.
pub(crate) async fn rewrite(
    tx: &Tx,
    house: &House,
    order: &Order,
    valid: ValidOrder,
    client: Option<Uuid>,
    must_wait: bool,
    now: DateTime<Utc>,
) -> Result<Vec<NewEvent>, DbErr> {
    let changes = differences(order, &valid);
    let is_other = valid.evidence() != order.evidence;
    let is_given = client.is_some() && client != order.client_id;
    let mut events = Vec::new();
    if !changes.is_empty() {
        queries::overwrite(tx, order, &valid, is_other && must_wait, now).await?;
        let data = json!({ "number": order.number, "changes": changes });
        events.push(event("order.updated", order, order.client_id, data));
    }
    if is_given {
        let link = Link::chosen(client, "code", Vec::new());
        events.extend(relink(tx, order, link, Some((None, now)), now).await?);
    } else if is_other && client.is_none() {
        if must_wait {
            examine::enqueue(tx, house.center, now).await?;
        } else if let Some(order) = queries::find(tx, &Actor::system(), order.id).await? {
            let (link, decided) = examine::weighed(tx, house, &order).await?;
            events.extend(relink(tx, &order, link, decided, now).await?);
        }
    }
    if let Some(client) = order.client_id
        && !changes.is_empty()
    {
        figures::refresh(tx, house.center, &[client]).await?;
    }
    Ok(events)
}

/// Whether `valid` says anything else than `order`.
pub(crate) fn differs(order: &Order, valid: &ValidOrder) -> bool {
    !differences(order, valid).is_empty()
}

fn differences(order: &Order, valid: &ValidOrder) -> Map<String, Json> {
    let before = [
        ("client_name", json!(order.client_name)),
        ("email", json!(order.email)),
        ("phone", json!(order.phone)),
        ("amount", json!(order.amount)),
        ("currency", json!(order.currency)),
        ("status", json!(order.status)),
        ("ordered_at", json!(order.ordered_at)),
    ];
    let after = [
        ("client_name", json!(valid.client_name)),
        ("email", json!(valid.email)),
        ("phone", json!(valid.phone)),
        ("amount", json!(valid.amount)),
        ("currency", json!(valid.currency)),
        ("status", json!(valid.status.as_str())),
        ("ordered_at", json!(valid.ordered_at)),
    ];
    events::changed_fields(before, after)
}

/// Writes an order's link and brings the figures of both clients up to date. Returns the events,
/// none when the link is the same.
pub(super) async fn relink(
    tx: &Tx,
    order: &Order,
    link: Link,
    decided: Decided,
    now: DateTime<Utc>,
) -> Result<Vec<NewEvent>, DbErr> {
    queries::set_link(tx, order, &link, decided, now).await?;
    let changed = [order.client_id, link.client].into_iter().flatten().collect::<Vec<_>>();
    if order.client_id == link.client {
        return Ok(Vec::new());
    }
    figures::refresh(tx, order.call_center_id, &changed).await?;
    Ok(link_events(order.call_center_id, order.id, &order.number, order.client_id, &link))
}

/// What a changed link is told as.
pub(super) fn link_events(
    center: Uuid,
    id: Uuid,
    number: &str,
    before: Option<Uuid>,
    link: &Link,
) -> Vec<NewEvent> {
    let data = link_data(number, link.method, link.state.as_str());
    match (before, link.client) {
        (_, Some(client)) => vec![fact("order.linked", center, id, Some(client), data)],
        (Some(client), None) => vec![fact("order.unlinked", center, id, Some(client), data)],
        (None, None) => Vec::new(),
    }
}

impl Link {
    /// Whether the order already stands like this.
    pub(super) fn is_same(&self, order: &Order) -> bool {
        let key = |why: Option<super::Why>| why.map(|why| why.key);
        order.client_id == self.client
            && LinkState::parse(&order.link_state) == Some(self.state)
            && order.link_method.as_deref() == self.method
            && order.link_score == self.score
            && key(order.why()) == key(self.why.clone())
            && (self.state == LinkState::Linked || order.candidates() == self.candidates)
    }
}

/// Takes orders away that an import made, and nobody changed since.
pub(crate) async fn remove_many(tx: &Tx, center: Uuid, ids: &[Uuid]) -> Result<(), DbErr> {
    let clients = queries::remove(tx, ids).await?;
    figures::refresh(tx, center, &clients).await
}

/// Puts an order back to what it was before an import.
pub(crate) async fn put_back(
    tx: &Tx,
    id: Uuid,
    before: &Json,
    now: DateTime<Utc>,
) -> Result<Vec<NewEvent>> {
    let Some(order) = queries::find(tx, &Actor::system(), id).await? else { return Ok(Vec::new()) };
    let house = queries::house(tx, order.call_center_id).await?.ok_or(Error::NotFound)?;
    let text = |name: &str| before[name].as_str().map(str::to_owned);
    let wanted = OrderChanges {
        client_name: Some(text("client_name")),
        email: Some(text("email")),
        phone: Some(text("phone")),
        amount: before["amount"].as_i64(),
        currency: text("currency"),
        status: text("status"),
        ordered_at: text("ordered_at").and_then(|at| at.parse().ok()),
    };
    let mut invalid = Invalid::new();
    let valid = input::validate(&wanted.applied_to(&order), &house, false, &mut invalid, now);
    invalid.check()?;
    Ok(rewrite(tx, &house, &order, valid, None, true, now).await?)
}
