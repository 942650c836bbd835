//! Clients: the record, its list, its history.
//!
//! | file | holds |
//! | --- | --- |
//! | `input` | what people type, checked |
//! | `brief` | a client in a few words; looking for one by hand |
//! | `choices` | what forms let one choose from |
//! | `create` | a new client, checked and made |
//! | `changes` | partial changes, differences |
//! | `lifecycle` | in and out of business, to the bin and back |
//! | `filter`, `sort`, `list` | which clients, in which order, page by page |
//! | `quick` | finding the first few, while one types |
//! | `counts` | totals and figures, kept while nothing happens |
//! | `history` | what changed, and what happened around them |
//! | `merged` | where records that were merged live on |
//! | `rows` | a client as it is read |
//! | `restoration` | a change taken back, a record as it was |

mod alert_order;
mod brief;
mod center;
mod changes;
mod choices;
mod condition;
mod counts;
mod create;
mod filter;
mod history;
mod input;
mod lifecycle;
mod list;
mod merged;
mod queries;
mod quick;
mod restoration;
mod rows;
mod sort;
mod stats;
mod under;

use base::db::{Db, Tx};
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr};
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::actor::Actor;
use crate::error::{Error, Invalid, Result, expect_version};
use crate::events::{self, NewEvent};
use crate::tags;

pub use brief::Brief;
pub(crate) use brief::{are_frequent, briefs, found_in, push_said, some_found};
use center::check_in_center;
pub use changes::{ClientChanges, as_typed, with_primary};
pub(crate) use changes::{from_record, record};
pub use choices::{Choices, choices};
pub(crate) use condition::{Lead, push_all as push_filter};
pub use counts::{Counts, Known};
use create::code_taken;
pub use create::{Checked, check, create, create_checked, insert_many};
pub use filter::ClientFilter;
pub(crate) use history::of_order;
pub use history::{HistoryEntry, history, recent, timeline};
pub use input::{NewClient, ValidClient, full_name, validate};
pub use lifecycle::{activate, bin, deactivate, restore, toggle};
pub(crate) use list::branches;
pub use list::{Listed, list, matching_ids};
pub use merged::Found;
pub(crate) use merged::{by_codes, by_former_codes, get_living, living};
pub use quick::{Line, quick};
pub use restoration::{Later, Restoration, Restored, Then, restoration, restore_to};
pub use rows::with_contacts;
pub(crate) use rows::{EMAILS, PHONES, TAGS, listed, parted};
pub use sort::Sort;
pub use stats::Stats;

/// A client under watch.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Client {
    /// Its number in the database: cursors only.
    pub(crate) seq: i64,
    /// Its id.
    pub id: Uuid,
    /// Its centre.
    pub call_center_id: Uuid,
    /// External id, unique in the centre.
    pub code: Option<String>,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// First and last name, else the company.
    pub full_name: String,
    /// Company.
    pub company_name: Option<String>,
    /// The portal account's; empty without one.
    pub username: String,
    /// The primary e-mail.
    pub email: Option<String>,
    /// The primary phone, as typed.
    pub phone: Option<String>,
    /// The primary phone, as dialled.
    pub phone_e164: Option<String>,
    /// Street.
    pub address: Option<String>,
    /// City.
    pub city: Option<String>,
    /// Country.
    pub country: Option<String>,
    /// Whether they are in business with us.
    pub is_active: bool,
    /// Who looks after them.
    pub assigned_to: Option<Uuid>,
    /// Their name.
    pub assignee_name: Option<String>,
    pub(crate) name_key: String,
    pub(crate) company_key: Option<String>,
    pub(crate) city_key: Option<String>,
    /// `succes` or `echec`: the last contact attempt.
    pub notification_client: Option<String>,
    /// When it was.
    pub date_notification: Option<DateTime<Utc>>,
    /// Orders linked to them.
    pub orders_total: i32,
    /// Of which confirmed.
    pub orders_confirmed: i32,
    /// Of which pending.
    pub orders_pending: i32,
    /// Of which cancelled.
    pub orders_cancelled: i32,
    /// Confirmed ones in `currency`: the others are in no sum.
    pub orders_counted: i32,
    /// What those cost, in minor units of `currency`.
    pub total_spent: i64,
    /// The centre's currency.
    pub currency: Option<String>,
    /// Their last order.
    pub last_order_at: Option<DateTime<Utc>>,
    /// `vip`, `regular`, `occasional` or `none`.
    pub segment: String,
    /// When the next open alert falls due that the actor may see.
    pub(crate) next_alert_at: Option<DateTime<Utc>>,
    /// The optimistic lock.
    pub version: i32,
    /// When they were created.
    pub created_at: DateTime<Utc>,
    /// When they last changed.
    pub updated_at: DateTime<Utc>,
    /// When they went to the bin.
    pub deleted_at: Option<DateTime<Utc>>,
    /// Whom they were merged into: they are found there.
    pub merged_into: Option<Uuid>,
    /// Every e-mail, the primary one first.
    #[serde(skip)]
    pub emails: Vec<String>,
    /// Every phone, the primary one first.
    #[serde(skip)]
    pub phones: Vec<ClientPhone>,
    pub(crate) tag_names: Option<String>,
    /// Names of tags, in order.
    #[serde(skip)]
    pub tags: Vec<String>,
    pub(crate) next_alert_id: Option<Uuid>,
    pub(crate) next_alert_title: Option<String>,
    pub(crate) next_alert_due: Option<DateTime<Utc>>,
    /// The next open alert the actor may see.
    #[serde(skip)]
    pub next_alert: Option<NextAlert>,
}

impl Client {
    /// What one confirmed order costs on average, in minor units of `currency`; 0 without any.
    pub fn average_basket(&self) -> i64 {
        self.total_spent.checked_div(self.orders_counted.into()).unwrap_or(0)
    }

    /// Confirmed orders in other currencies, which neither sum nor average counts.
    pub fn orders_elsewhere(&self) -> i32 {
        self.orders_confirmed - self.orders_counted
    }
}

/// A phone of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientPhone {
    /// As typed.
    pub raw: String,
    /// As dialled.
    pub e164: Option<String>,
}

/// An open alert, in short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextAlert {
    /// Its id.
    pub id: Uuid,
    /// What it is about.
    pub title: String,
    /// When.
    pub due_at: DateTime<Utc>,
}

/// A client that is not in the bin.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Merged`] when they live on in another record.
pub async fn get(conn: &impl ConnectionTrait, actor: &Actor, id: Uuid) -> Result<Client> {
    match rows::find(conn, actor, id).await? {
        Some(client) if client.deleted_at.is_none() => Ok(client),
        Some(Client { merged_into: Some(into), .. }) => Err(Error::Merged(into)),
        _ => Err(Error::NotFound),
    }
}

/// Changes a client, if it is still at `version`. Returns the version it is at afterwards: the
/// same when nothing differs.
///
/// # Errors
/// Every wrong field; [`Error::Stale`]; [`Error::NotFound`].
pub async fn update(
    db: &Db,
    actor: &Actor,
    id: Uuid,
    version: Option<i32>,
    wanted: ClientChanges,
    now: DateTime<Utc>,
) -> Result<i32> {
    let tx = db.begin().await?;
    let client = get(&tx, actor, id).await?;
    expect_version(version, client.version)?;
    let version = write(&tx, actor, &client, wanted, now).await?;
    tx.commit().await?;
    Ok(version)
}

/// Changes a client that was read in this transaction; an import does it many times in one.
///
/// # Errors
/// Every wrong field; [`Error::Stale`].
pub async fn write(
    tx: &Tx,
    actor: &Actor,
    client: &Client,
    wanted: ClientChanges,
    now: DateTime<Utc>,
) -> Result<i32> {
    let (version, changes) = apply(tx, client, wanted, now).await?;
    if !changes.is_empty() {
        let event = event("client.updated", client.call_center_id, client.id, changes);
        events::record(tx, actor, event, now).await?;
    }
    Ok(version)
}

/// [`write`] without its event: returns the version and what differs, for callers that record it
/// as something else.
pub(crate) async fn apply(
    tx: &Tx,
    client: &Client,
    wanted: ClientChanges,
    now: DateTime<Utc>,
) -> Result<(i32, Map<String, Json>)> {
    let center = client.call_center_id;
    let region = queries::region(tx, center).await?.unwrap_or_default();
    let mut invalid = Invalid::new();
    let valid = validate(&wanted.applied_to(client), &region, &mut invalid);
    let mut asked = valid.clone();
    if asked.assigned_to == client.assigned_to {
        // Who left keeps their clients until someone else is chosen.
        asked.assigned_to = None;
    }
    check_in_center(tx, center, Some(client.id), &asked, &mut invalid).await?;
    invalid.check()?;
    let changes = changes::difference(Some(client), &valid);
    if changes.is_empty() {
        return Ok((client.version, changes));
    }
    crate::orders::examine::hold_links(tx, center).await?;
    let written = queries::overwrite(tx, client, &valid, now).await;
    if !written.map_err(|error| code_taken(error.into()))? {
        return Err(Error::Stale);
    }
    if changes.contains_key("tags") {
        tags::put(tx, center, client.id, &valid.tags, now).await?;
    }
    crate::orders::clients_changed(tx, center, &[client.id], now).await?;
    Ok((client.version + 1, changes))
}

/// Recomputes when each of these clients' next alert falls due. Whoever changes alerts calls it
/// in the same transaction.
///
/// # Errors
/// The engine's.
pub async fn refresh_next_alert(tx: &Tx, clients: &[Uuid]) -> Result<(), DbErr> {
    queries::refresh_next_alert(tx, clients).await
}

/// Whether another client of the centre has that code.
pub(crate) async fn code_is_taken(
    tx: &Tx,
    center: Uuid,
    code: &str,
    but: Option<Uuid>,
) -> Result<bool, DbErr> {
    queries::code_is_taken(tx, center, code, but).await
}

fn event(kind: &'static str, center: Uuid, id: Uuid, changes: Map<String, Json>) -> NewEvent {
    NewEvent {
        kind,
        call_center_id: Some(center),
        subject_kind: "client",
        subject_id: id,
        client_id: Some(id),
        data: json!({ "changes": changes }),
    }
}
