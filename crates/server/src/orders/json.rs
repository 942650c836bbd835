//! Orders as the API reads and writes them.

use chrono::{DateTime, Utc};
use domain::orders::{NewOrder, Order, OrderChanges, StoredCandidate};
use domain::paging::Total;
use domain::{Error, Invalid};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::words;
use crate::extract::present;
use crate::i18n::Language;

/// An order.
#[derive(Serialize, ToSchema)]
pub(super) struct OrderJson {
    id: Uuid,
    /// Its number where it was made, unique in the centre.
    #[schema(example = "CMD-2026-00042")]
    number: String,
    /// Whose it is; null while that is not sure.
    client_id: Option<Uuid>,
    /// The name on it.
    #[schema(example = "Awa N’Diaye")]
    client_name: Option<String>,
    #[schema(example = "awa.ndiaye@sarr.sn")]
    email: Option<String>,
    /// As typed.
    #[schema(example = "77 512 40 11")]
    phone: Option<String>,
    price: PriceJson,
    /// `pending`, `confirmed` or `cancelled`.
    #[schema(example = "confirmed")]
    status: String,
    ordered_at: DateTime<Utc>,
    link: LinkJson,
    created_at: DateTime<Utc>,
}

/// An amount in minor units.
#[derive(Serialize, ToSchema)]
pub(super) struct PriceJson {
    #[schema(example = 41250)]
    amount: i64,
    #[schema(example = "EUR")]
    currency: String,
}

/// How an order got its client, or why it has none.
#[derive(Serialize, ToSchema)]
pub(super) struct LinkJson {
    /// `email`, `phone`, `name`, `manual`, or null.
    #[schema(example = "email")]
    method: Option<String>,
    /// From 0 to 100.
    #[schema(example = 95)]
    score: Option<i32>,
    /// In the caller's language.
    #[schema(example = "même adresse e-mail, nom proche (0,92)")]
    reason: Option<String>,
    /// `linked`, `review` or `unlinked`.
    #[schema(example = "linked")]
    state: String,
}

impl OrderJson {
    pub(super) fn new(language: Language, order: Order) -> Self {
        let reason = order.why().map(|why| words::reason(language, &why));
        Self {
            id: order.id,
            number: order.number,
            client_id: order.client_id,
            client_name: order.client_name,
            email: order.email,
            phone: order.phone,
            price: PriceJson { amount: order.amount, currency: order.currency },
            status: order.status,
            ordered_at: order.ordered_at,
            link: LinkJson {
                method: order.link_method,
                score: order.link_score,
                reason,
                state: order.link_state,
            },
            created_at: order.created_at,
        }
    }
}

/// A page of orders.
#[derive(Serialize, ToSchema)]
pub(super) struct OrderPage {
    pub(super) data: Vec<OrderJson>,
    /// Where the next page starts.
    pub(super) next_cursor: Option<String>,
    pub(super) total: TotalJson,
}

/// How many match.
#[derive(Serialize, ToSchema)]
pub(super) struct TotalJson {
    #[schema(example = 1520)]
    value: i64,
    /// `false`: there are more.
    exact: bool,
}

impl From<Total> for TotalJson {
    fn from(total: Total) -> Self {
        Self { value: total.value, exact: total.exact }
    }
}

/// A price to be read: the amount in minor units, whole.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PriceInput {
    /// In minor units: cents, or francs where there is nothing smaller.
    #[schema(value_type = i64, example = 41250)]
    amount: serde_json::Number,
    /// ISO 4217; the centre's when absent.
    #[schema(example = "EUR")]
    currency: Option<String>,
}

impl PriceInput {
    /// Minor units are whole: half a cent is a decimal too many.
    fn amount(&self) -> Result<i64, Error> {
        let whole = self.amount.as_i64().or_else(|| {
            let float = self.amount.as_f64()?;
            (float.fract() == 0.0 && float.abs() < 9e15).then_some(float as i64)
        });
        let is_fraction = self.amount.as_f64().is_some_and(|float| float.fract() != 0.0);
        let code = if is_fraction { "money-too-many-decimals" } else { "money-too-large" };
        whole.ok_or_else(|| Error::invalid("price", code))
    }
}

/// An order to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OrderInput {
    /// Unique in the centre.
    #[serde(default)]
    #[schema(example = "CMD-2026-00042", required)]
    number: String,
    #[schema(example = "Awa N’Diaye")]
    client_name: Option<String>,
    #[schema(example = "awa.ndiaye@sarr.sn")]
    email: Option<String>,
    #[schema(example = "77 512 40 11")]
    phone: Option<String>,
    /// None is 0.
    price: Option<PriceInput>,
    /// `pending` (when absent), `confirmed` or `cancelled`.
    #[schema(example = "confirmed")]
    status: Option<String>,
    /// Now when absent.
    ordered_at: Option<DateTime<Utc>>,
    /// The code of the client whose it is, when the sender knows.
    #[schema(example = "0000100400")]
    client_code: Option<String>,
    /// For super_admins, who have no centre.
    call_center_id: Option<Uuid>,
}

impl OrderInput {
    /// The order, and what is wrong with its price besides what was `wrong` already.
    pub(super) fn read(self, wrong: Invalid) -> (NewOrder, Invalid) {
        let input = self;
        let (amount, wrong) = match input.price.as_ref().map(PriceInput::amount).transpose() {
            Err(Error::Invalid(others)) => (None, wrong.and(others)),
            amount => (amount.unwrap_or_default(), wrong),
        };
        let new = NewOrder {
            call_center_id: input.call_center_id,
            number: Some(input.number),
            client_name: input.client_name,
            email: input.email,
            phone: input.phone,
            amount,
            currency: input.price.and_then(|price| price.currency),
            status: input.status,
            ordered_at: input.ordered_at,
            client_code: input.client_code,
        };
        (new, wrong)
    }
}

/// What to change of an order. Absent fields stay; null empties.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OrderPatch {
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<String>, example = "Awa N’Diaye")]
    client_name: Option<Option<String>>,
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<String>)]
    email: Option<Option<String>>,
    #[serde(default, deserialize_with = "said")]
    #[schema(value_type = Option<String>)]
    phone: Option<Option<String>>,
    price: Option<PriceInput>,
    /// `pending`, `confirmed` or `cancelled`.
    #[schema(example = "cancelled")]
    status: Option<String>,
    ordered_at: Option<DateTime<Utc>>,
}

/// Tells null from absent.
fn said<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(from).map(Some)
}

impl TryFrom<OrderPatch> for OrderChanges {
    type Error = Error;

    fn try_from(patch: OrderPatch) -> Result<Self, Error> {
        Ok(Self {
            client_name: patch.client_name,
            email: patch.email,
            phone: patch.phone,
            amount: patch.price.as_ref().map(PriceInput::amount).transpose()?,
            currency: patch.price.and_then(|price| price.currency),
            status: patch.status,
            ordered_at: patch.ordered_at,
        })
    }
}

/// Whose an order is.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LinkInput {
    /// The client; null says that it is no client's. Needed unless there is a `client_code`.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Uuid>)]
    pub(super) client_id: Option<Option<Uuid>>,
    /// Or the client's code.
    #[schema(example = "0000100400")]
    pub(super) client_code: Option<String>,
}

/// A client who may have made an order.
#[derive(Serialize, ToSchema)]
pub(super) struct CandidateJson {
    client_id: Uuid,
    #[schema(example = "0000100400")]
    code: Option<String>,
    #[schema(example = "Awa N’Diaye")]
    full_name: String,
    /// From 0 to 100.
    #[schema(example = 60)]
    score: i32,
    /// What agrees, in the caller's language.
    #[schema(example = "même nom")]
    reason: String,
}

impl CandidateJson {
    pub(super) fn new(
        language: Language,
        candidate: &StoredCandidate,
        client: domain::clients::Client,
    ) -> Self {
        Self {
            client_id: candidate.id,
            code: client.code,
            full_name: client.full_name,
            score: candidate.score,
            reason: words::grounds(language, &candidate.grounds).join(", "),
        }
    }
}
