//! Orders, and whose they are.
//!
//! | file | holds |
//! | --- | --- |
//! | `input` | what people and files say of an order, checked |
//! | `link` | an order's link: state, method, score, reason, candidates; linking one order |
//! | `lookup` | the keys that lead from an order to its candidates, in both engines |
//! | `decisions` | what a person decided, and remembering it |
//! | `examine` | orders that wait to be linked, and clients who change |
//! | `possible` | looking by hand for an order's client |
//! | `wake` | the orders a client may have made |
//! | `run`, `witness` | linking all orders at once, in memory; who watches it |
//! | `figures`, `settings` | what orders make of a client |
//! | `filter`, `list` | which orders, page by page |

mod candidates;
mod changes;
mod decisions;
pub mod examine;
mod figures;
mod filter;
mod input;
mod link;
mod list;
mod lookup;
mod possible;
mod queries;
pub mod run;
mod search;
mod settings;
mod sort;
mod wake;
mod witness;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::actor::Actor;
use crate::clients::{self, HistoryEntry};
use crate::error::{Error, Result};
use crate::events::NewEvent;

pub use candidates::{Compared, compared};
pub use changes::{cancel, change, check, create, receive_many};
pub(crate) use changes::{differs, insert_many, put_back, remove_many, rewrite};
pub use decisions::{Answer, decide};
pub use examine::clients_changed;
pub(crate) use examine::clients_made;
pub(crate) use figures::refresh as refresh_figures;
pub use figures::{ClientFigures, figures_of};
pub use filter::OrderFilter;
pub use input::{House, NewOrder, OrderChanges, ValidOrder, amount_of, validate};
pub use link::{Grounds, LinkState, StoredCandidate, Why};
pub use list::{Counts, counts, list, of_client, to_review};
pub use lookup::name_words;
pub(crate) use lookup::sharing;
pub use possible::possible;
pub use queries::{PIECES_JOB, export_batch, file_pieces};
pub(crate) use queries::{clients_by_codes, told_together, with_numbers};
pub use search::{Search, search};
pub use settings::{Settings, SettingsChange, change_settings, settings};
pub use sort::Sort;

/// What became of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Not yet confirmed.
    Pending,
    /// Confirmed: it counts as spent.
    Confirmed,
    /// Cancelled.
    Cancelled,
}

impl Status {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Pending, Self::Confirmed, Self::Cancelled];

    /// The name in the database, the API and the message catalogue.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Confirmed => "confirmed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The status of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == name)
    }
}

/// An order, with its link.
#[derive(Clone, Debug, PartialEq, FromQueryResult)]
pub struct Order {
    /// Its number in the database: cursors only.
    pub(crate) seq: i64,
    /// Its id.
    pub id: Uuid,
    /// Its centre.
    pub call_center_id: Uuid,
    /// Its number where it was made.
    pub number: String,
    /// Whose it is.
    pub client_id: Option<Uuid>,
    /// That client's name in our books.
    pub linked_name: Option<String>,
    /// That client's code.
    pub linked_code: Option<String>,
    /// The name on the order.
    pub client_name: Option<String>,
    /// The address on the order, as typed.
    pub email: Option<String>,
    /// The number on the order, as typed.
    pub phone: Option<String>,
    /// The number as dialled, when it could be read.
    pub phone_e164: Option<String>,
    pub(crate) name_key: String,
    /// The price, in minor units.
    pub amount: i64,
    /// ISO 4217.
    pub currency: String,
    /// `pending`, `confirmed` or `cancelled`.
    pub status: String,
    /// When it was made.
    pub ordered_at: DateTime<Utc>,
    /// `linked`, `review` or `unlinked`.
    pub link_state: String,
    /// `email`, `phone`, `name`, `manual`, or nothing.
    pub link_method: Option<String>,
    /// From 0 to 100.
    pub link_score: Option<i32>,
    link_reason: Option<Json>,
    candidates: Option<Json>,
    /// The fact that told of its link together with others'.
    linked_in: Option<Uuid>,
    pub(crate) evidence: String,
    pub(crate) is_waiting: bool,
    /// Who decided, when a person did.
    pub decided_by: Option<Uuid>,
    /// Their name.
    pub decider_name: Option<String>,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
    /// The optimistic lock.
    pub version: i32,
    /// When it came here.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
}

impl Order {
    /// Why it is linked, or why it is not.
    pub fn why(&self) -> Option<Why> {
        self.link_reason.clone().and_then(|json| serde_json::from_value(json).ok())
    }

    /// Who may have made it, the most likely first.
    pub fn candidates(&self) -> Vec<StoredCandidate> {
        let list = self.candidates.clone();
        list.and_then(|json| serde_json::from_value(json).ok()).unwrap_or_default()
    }

    /// Whether a person said whose it is, or that it is nobody's.
    pub fn is_decided(&self) -> bool {
        self.decided_at.is_some()
    }

    /// What the matcher reads of it.
    pub(crate) fn record(&self) -> crate::linking::OrderRecord {
        let text = |field: &Option<String>| field.clone().unwrap_or_default();
        crate::linking::OrderRecord {
            name: text(&self.client_name),
            email: text(&self.email),
            phone: text(&self.phone),
        }
    }
}

/// An order the actor may see.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get(conn: &impl ConnectionTrait, actor: &Actor, id: Uuid) -> Result<Order> {
    queries::find(conn, actor, id).await?.ok_or(Error::NotFound)
}

/// What happened to an order, newest first.
///
/// # Errors
/// [`Error::NotFound`] when the actor may not see it.
pub async fn history(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    id: Uuid,
    limit: u32,
) -> Result<Vec<HistoryEntry>> {
    let order = get(conn, actor, id).await?;
    let together = order.linked_in.map(|fact| (fact, order.number));
    clients::of_order(conn, id, together, limit).await
}

/// The order of that number in a centre.
///
/// # Errors
/// The engine's.
pub async fn by_number(
    conn: &impl ConnectionTrait,
    center: Uuid,
    number: &str,
) -> Result<Option<Order>, DbErr> {
    queries::by_number(conn, center, number).await
}

/// The client of that code in a centre.
///
/// # Errors
/// The engine's.
pub async fn client_named(
    conn: &impl ConnectionTrait,
    center: Uuid,
    code: &str,
) -> Result<Option<Uuid>, DbErr> {
    Ok(queries::client_by_code(conn, center, code).await?.map(|found| found.id))
}

pub(crate) fn event(
    kind: &'static str,
    order: &Order,
    client: Option<Uuid>,
    data: Json,
) -> NewEvent {
    fact(kind, order.call_center_id, order.id, client, data)
}

pub(crate) fn fact(
    kind: &'static str,
    center: Uuid,
    id: Uuid,
    client_id: Option<Uuid>,
    data: Json,
) -> NewEvent {
    NewEvent {
        kind,
        call_center_id: Some(center),
        subject_kind: "order",
        subject_id: id,
        client_id,
        data,
    }
}

/// What [`fact`] says of a link.
pub(crate) fn link_data(number: &str, method: Option<&str>, state: &str) -> Json {
    json!({ "number": number, "method": method, "state": state })
}
