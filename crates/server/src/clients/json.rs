//! Clients as the API reads and writes them.

use chrono::{DateTime, Utc};
use domain::clients::{Client, ClientChanges, NewClient, with_primary};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::answer::ListTotal;
use crate::extract::present;

/// A client.
#[derive(Serialize, ToSchema)]
pub(super) struct ClientJson {
    id: Uuid,
    /// External id, unique in the centre.
    #[schema(example = "0000100400")]
    code: Option<String>,
    #[schema(example = "Awa")]
    first_name: Option<String>,
    #[schema(example = "N’Diaye")]
    last_name: Option<String>,
    /// First and last name, else the company.
    #[schema(example = "Awa N’Diaye")]
    full_name: String,
    #[schema(example = "Sarr & Fils")]
    company_name: Option<String>,
    /// The portal account's name; null without one.
    username: Option<String>,
    /// The primary one.
    #[schema(example = "awa.ndiaye@sarr.sn")]
    email: Option<String>,
    /// The primary one, as typed.
    #[schema(example = "77 512 40 11")]
    phone: Option<String>,
    emails: Vec<EmailJson>,
    phones: Vec<PhoneJson>,
    address: Option<String>,
    #[schema(example = "Dakar")]
    city: Option<String>,
    country: Option<String>,
    is_active: bool,
    #[schema(example = json!(["Prioritaire"]))]
    tags: Vec<String>,
    /// The user who looks after them.
    assigned_to: Option<Uuid>,
    call_center_id: Uuid,
    /// The last contact attempt: `succes`, `echec`, or null when there was none.
    #[schema(example = "succes")]
    notification_client: Option<String>,
    date_notification: Option<DateTime<Utc>>,
    orders: OrdersJson,
    /// What confirmed orders in the centre's currency cost; others are not counted.
    total_spent: MoneyJson,
    /// Of those orders.
    average_basket: MoneyJson,
    last_order_at: Option<DateTime<Utc>>,
    /// `vip`, `regular`, `occasional` or `none`.
    #[schema(example = "none")]
    segment: String,
    /// The soonest open alert the caller may see.
    next_alert: Option<NextAlertJson>,
    /// Goes into `If-Match`.
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// An e-mail address.
#[derive(Serialize, ToSchema)]
struct EmailJson {
    #[schema(example = "awa.ndiaye@sarr.sn")]
    value: String,
    primary: bool,
}

/// A phone number.
#[derive(Serialize, ToSchema)]
struct PhoneJson {
    /// As typed.
    #[schema(example = "77 512 40 11")]
    raw: String,
    /// As dialled.
    #[schema(example = "+221775124011")]
    e164: Option<String>,
    primary: bool,
}

/// How many orders.
#[derive(Serialize, ToSchema)]
struct OrdersJson {
    total: i32,
    confirmed: i32,
    pending: i32,
    cancelled: i32,
}

/// An amount in minor units.
#[derive(Serialize, ToSchema)]
struct MoneyJson {
    #[schema(example = 0)]
    amount: i64,
    #[schema(example = "XOF")]
    currency: String,
}

/// An open alert, in short.
#[derive(Serialize, ToSchema)]
struct NextAlertJson {
    id: Uuid,
    #[schema(example = "Contrat annuel à renouveler")]
    title: String,
    due_at: DateTime<Utc>,
    /// `due` or `in_progress`.
    #[schema(example = "in_progress")]
    status: String,
}

/// A page of clients.
#[derive(Serialize, ToSchema)]
pub(super) struct ClientPage {
    pub(super) data: Vec<ClientJson>,
    /// Where the next page starts.
    pub(super) next_cursor: Option<String>,
    pub(super) total: ListTotal,
}

impl ClientJson {
    pub(super) fn new(client: Client, now: DateTime<Utc>) -> Self {
        let basket = client.average_basket();
        let currency = client.currency.unwrap_or_default();
        let money = |amount| MoneyJson { amount, currency: currency.clone() };
        let first = |index: usize| index == 0;
        let emails = client.emails.into_iter().enumerate();
        let phones = client.phones.into_iter().enumerate();
        Self {
            id: client.id,
            code: client.code,
            first_name: client.first_name,
            last_name: client.last_name,
            full_name: client.full_name,
            company_name: client.company_name,
            username: Some(client.username).filter(|name| !name.is_empty()),
            email: client.email,
            phone: client.phone,
            emails: emails.map(|(i, value)| EmailJson { value, primary: first(i) }).collect(),
            phones: phones
                .map(|(i, phone)| PhoneJson { raw: phone.raw, e164: phone.e164, primary: first(i) })
                .collect(),
            address: client.address,
            city: client.city,
            country: client.country,
            is_active: client.is_active,
            tags: client.tags,
            assigned_to: client.assigned_to,
            call_center_id: client.call_center_id,
            notification_client: client.notification_client,
            date_notification: client.date_notification,
            orders: OrdersJson {
                total: client.orders_total,
                confirmed: client.orders_confirmed,
                pending: client.orders_pending,
                cancelled: client.orders_cancelled,
            },
            total_spent: money(client.total_spent),
            average_basket: money(basket),
            last_order_at: client.last_order_at,
            segment: client.segment,
            next_alert: client.next_alert.map(|alert| NextAlertJson {
                id: alert.id,
                title: alert.title,
                due_at: alert.due_at,
                status: if alert.due_at <= now { "due" } else { "in_progress" }.to_owned(),
            }),
            version: client.version,
            created_at: client.created_at,
            updated_at: client.updated_at,
        }
    }
}

/// An e-mail or a phone: its text, or what the API itself answers.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(untagged)]
pub(super) enum ContactInput {
    /// `"awa@sarr.sn"`
    Text(String),
    /// `{"value": …}` for an e-mail, `{"raw": …}` for a phone.
    Object {
        /// The address or number.
        #[serde(alias = "raw")]
        value: String,
        /// Comes first.
        #[serde(default)]
        primary: bool,
    },
}

fn in_order(list: Vec<ContactInput>) -> Vec<String> {
    let mut list: Vec<(bool, String)> = list
        .into_iter()
        .map(|contact| match contact {
            ContactInput::Text(value) => (false, value),
            ContactInput::Object { value, primary } => (primary, value),
        })
        .collect();
    list.sort_by_key(|(primary, _)| !primary);
    list.into_iter().map(|(_, value)| value).collect()
}

/// A client to be made. At least one of first name, last name and company name.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ClientInput {
    /// For super_admins; the others' own centre otherwise.
    call_center_id: Option<Uuid>,
    #[schema(example = "0000100400", max_length = 40)]
    code: Option<String>,
    #[schema(example = "Awa", max_length = 80)]
    first_name: Option<String>,
    #[schema(example = "N’Diaye", max_length = 80)]
    last_name: Option<String>,
    #[schema(example = "Sarr & Fils", max_length = 120)]
    company_name: Option<String>,
    /// The primary one.
    #[schema(example = "awa.ndiaye@sarr.sn")]
    email: Option<String>,
    /// The primary one; read in the centre's region.
    #[schema(example = "77 512 40 11")]
    phone: Option<String>,
    emails: Option<Vec<ContactInput>>,
    phones: Option<Vec<ContactInput>>,
    #[schema(max_length = 500)]
    address: Option<String>,
    #[schema(example = "Dakar", max_length = 80)]
    city: Option<String>,
    #[schema(example = "Sénégal", max_length = 80)]
    country: Option<String>,
    #[schema(example = json!(["Prioritaire"]))]
    tags: Option<Vec<String>>,
    assigned_to: Option<Uuid>,
}

impl From<ClientInput> for NewClient {
    fn from(input: ClientInput) -> Self {
        let all = |list: Option<Vec<ContactInput>>, one: Option<String>| {
            let list = in_order(list.unwrap_or_default());
            match one.filter(|one| !one.trim().is_empty()) {
                Some(one) if !list.contains(&one) => [vec![one], list].concat(),
                one => with_primary(list, one.map(Some)),
            }
        };
        Self {
            call_center_id: input.call_center_id,
            code: input.code,
            first_name: input.first_name,
            last_name: input.last_name,
            company_name: input.company_name,
            emails: all(input.emails, input.email),
            phones: all(input.phones, input.phone),
            address: input.address,
            city: input.city,
            country: input.country,
            tags: input.tags.unwrap_or_default(),
            assigned_to: input.assigned_to,
        }
    }
}

/// What to change; absent fields stay, null empties.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ClientPatch {
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    code: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    first_name: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    last_name: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    company_name: Option<Option<String>>,
    /// The primary one alone.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    email: Option<Option<String>>,
    /// The primary one alone.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, example = "06 12 34 56 78")]
    phone: Option<Option<String>>,
    emails: Option<Vec<ContactInput>>,
    phones: Option<Vec<ContactInput>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    address: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    city: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    country: Option<Option<String>>,
    tags: Option<Vec<String>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Uuid>)]
    assigned_to: Option<Option<Uuid>>,
}

impl From<ClientPatch> for ClientChanges {
    fn from(patch: ClientPatch) -> Self {
        Self {
            code: patch.code,
            first_name: patch.first_name,
            last_name: patch.last_name,
            company_name: patch.company_name,
            emails: patch.emails.map(in_order),
            email: patch.email,
            phones: patch.phones.map(in_order),
            phone: patch.phone,
            address: patch.address,
            city: patch.city,
            country: patch.country,
            tags: patch.tags,
            assigned_to: patch.assigned_to,
        }
    }
}
