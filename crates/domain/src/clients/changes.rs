use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::{Client, NewClient, ValidClient};
use crate::error::{Error, Result};

/// What someone wants changed; what is absent stays. `Some(None)` empties a field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientChanges {
    /// See [`NewClient::code`].
    pub code: Option<Option<String>>,
    /// See [`NewClient::first_name`].
    pub first_name: Option<Option<String>>,
    /// See [`NewClient::last_name`].
    pub last_name: Option<Option<String>>,
    /// See [`NewClient::company_name`].
    pub company_name: Option<Option<String>>,
    /// All addresses, the primary one first.
    pub emails: Option<Vec<String>>,
    /// The primary address alone; the others stay.
    pub email: Option<Option<String>>,
    /// All phones, the primary one first.
    pub phones: Option<Vec<String>>,
    /// The primary phone alone; the others stay.
    pub phone: Option<Option<String>>,
    /// See [`NewClient::address`].
    pub address: Option<Option<String>>,
    /// See [`NewClient::city`].
    pub city: Option<Option<String>>,
    /// See [`NewClient::country`].
    pub country: Option<Option<String>>,
    /// All tags.
    pub tags: Option<Vec<String>>,
    /// See [`NewClient::assigned_to`].
    pub assigned_to: Option<Option<Uuid>>,
}

impl ClientChanges {
    /// Everything as `new` has it: what a whole form asks for.
    pub fn all(new: NewClient) -> Self {
        Self {
            code: Some(new.code),
            first_name: Some(new.first_name),
            last_name: Some(new.last_name),
            company_name: Some(new.company_name),
            emails: Some(new.emails),
            email: None,
            phones: Some(new.phones),
            phone: None,
            address: Some(new.address),
            city: Some(new.city),
            country: Some(new.country),
            tags: Some(new.tags),
            assigned_to: Some(new.assigned_to),
        }
    }

    /// `client` as it would be.
    pub(super) fn applied_to(self, client: &Client) -> NewClient {
        let now = as_typed(client);
        NewClient {
            call_center_id: now.call_center_id,
            code: self.code.unwrap_or(now.code),
            first_name: self.first_name.unwrap_or(now.first_name),
            last_name: self.last_name.unwrap_or(now.last_name),
            company_name: self.company_name.unwrap_or(now.company_name),
            emails: with_primary(self.emails.unwrap_or(now.emails), self.email),
            phones: with_primary(self.phones.unwrap_or(now.phones), self.phone),
            address: self.address.unwrap_or(now.address),
            city: self.city.unwrap_or(now.city),
            country: self.country.unwrap_or(now.country),
            tags: self.tags.unwrap_or(now.tags),
            assigned_to: self.assigned_to.unwrap_or(now.assigned_to),
        }
    }
}

/// `list` with another first value, or without its first.
pub fn with_primary(mut list: Vec<String>, primary: Option<Option<String>>) -> Vec<String> {
    match primary {
        None => list,
        Some(value) => {
            let value = value.filter(|value| !value.trim().is_empty());
            if let Some(value) = &value
                && let Some(place) = list.iter().position(|known| known == value)
            {
                list.remove(place);
                list.insert(0, value.clone());
                return list;
            }
            if !list.is_empty() {
                list.remove(0);
            }
            list.splice(0..0, value);
            list
        }
    }
}

/// A client as a form shows it.
pub fn as_typed(client: &Client) -> NewClient {
    NewClient {
        call_center_id: Some(client.call_center_id),
        code: client.code.clone(),
        first_name: client.first_name.clone(),
        last_name: client.last_name.clone(),
        company_name: client.company_name.clone(),
        emails: client.emails.clone(),
        phones: client.phones.iter().map(|phone| phone.raw.clone()).collect(),
        address: client.address.clone(),
        city: client.city.clone(),
        country: client.country.clone(),
        tags: client.tags.clone(),
        assigned_to: client.assigned_to,
    }
}

/// Every field that can be put back: a form's, and whether they are in business.
pub(crate) fn record(client: &Client) -> Map<String, Json> {
    let mut record = match json!(as_typed(client)) {
        Json::Object(record) => record,
        _ => Map::new(),
    };
    record.insert("is_active".into(), json!(client.is_active));
    record
}

/// The form a [`record`] fills.
pub(crate) fn from_record(record: &Map<String, Json>) -> Result<NewClient> {
    serde_json::from_value(Json::Object(record.clone()))
        .map_err(|_| Error::Conflict("record-unreadable"))
}

/// `{"field": [before, after]}` of what differs.
pub(super) fn difference(before: Option<&Client>, after: &ValidClient) -> Map<String, Json> {
    let before = before.map(as_typed).unwrap_or_default();
    let emails: Vec<&String> = after.emails.iter().map(|(email, _)| email).collect();
    let phones: Vec<&String> = after.phones.iter().map(|phone| &phone.raw).collect();
    let mut tags = (before.tags.clone(), after.tags.clone());
    tags.0.sort_unstable();
    tags.1.sort_unstable();
    let pairs = [
        ("code", json!(before.code), json!(after.code)),
        ("first_name", json!(before.first_name), json!(after.first_name)),
        ("last_name", json!(before.last_name), json!(after.last_name)),
        ("company_name", json!(before.company_name), json!(after.company_name)),
        ("emails", json!(before.emails), json!(emails)),
        ("phones", json!(before.phones), json!(phones)),
        ("address", json!(before.address), json!(after.address)),
        ("city", json!(before.city), json!(after.city)),
        ("country", json!(before.country), json!(after.country)),
        ("tags", json!(tags.0), json!(tags.1)),
        ("assigned_to", json!(before.assigned_to), json!(after.assigned_to)),
    ];
    let changed = pairs.into_iter().filter(|(_, before, after)| before != after);
    changed.map(|(field, before, after)| (field.to_owned(), json!([before, after]))).collect()
}
