use base::db::Sql;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Client, ClientFilter};
use crate::actor::Actor;
use crate::error::{Error, Result};

/// What a list is ordered by. Clients without a value come last, whichever way it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    by: By,
    descending: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Name,
    Company,
    City,
    Created,
    Updated,
    Contact,
    NextAlert,
    Orders,
    Spent,
    LastOrder,
    Segment,
    Email,
    Phone,
    Code,
    Binned,
}

/// Names in the API, columns, and whether a client may have none.
const COLUMNS: [(&str, By, &str, bool); 15] = [
    ("name", By::Name, "c.name_key", false),
    ("company_name", By::Company, "c.company_key", true),
    ("city", By::City, "c.city_key", true),
    ("created_at", By::Created, "c.created_at", false),
    ("updated_at", By::Updated, "c.updated_at", false),
    ("date_notification", By::Contact, "c.date_notification", true),
    ("next_alert", By::NextAlert, "c.next_alert_at", true),
    ("orders", By::Orders, "c.orders_total", false),
    ("total_spent", By::Spent, "c.total_spent", false),
    ("last_order_at", By::LastOrder, "c.last_order_at", true),
    ("segment", By::Segment, "c.segment", false),
    ("email", By::Email, "c.email", true),
    ("phone", By::Phone, "c.phone_e164", true),
    ("code", By::Code, "c.code", true),
    ("deleted_at", By::Binned, "c.deleted_at", true),
];

/// Other names the same orders go by.
const ALIASES: [(&str, &str); 3] =
    [("full_name", "name"), ("company", "company_name"), ("next_alert_at", "next_alert")];

/// The value a row is ordered by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Key {
    Text(String),
    Time(DateTime<Utc>),
    Int(i64),
    Null,
}

impl Default for Sort {
    fn default() -> Self {
        Self { by: By::Created, descending: true }
    }
}

impl Sort {
    /// Reads `name` or `-created_at`.
    ///
    /// # Errors
    /// `sort` is a wrong value.
    pub fn parse(text: &str) -> Result<Self> {
        let (descending, name) = match text.strip_prefix('-') {
            Some(name) => (true, name),
            None => (false, text),
        };
        let name = ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, name)| name);
        let known = COLUMNS.iter().find(|(known, ..)| *known == name);
        known
            .map(|(_, by, ..)| Self { by: *by, descending })
            .ok_or_else(|| Error::invalid("sort", "wrong-value"))
    }

    /// The name [`Sort::parse`] reads.
    pub(super) fn name(self) -> String {
        let sign = if self.descending { "-" } else { "" };
        format!("{sign}{}", self.row().0)
    }

    fn row(self) -> (&'static str, By, &'static str, bool) {
        let row = COLUMNS.into_iter().find(|(_, by, ..)| *by == self.by);
        row.unwrap_or(COLUMNS[0])
    }

    /// Whether a client may have no value.
    pub(super) fn has_nulls(self) -> bool {
        self.row().3
    }

    /// `true` when rows are read from the greatest down.
    pub(super) fn reads_down(self, backward: bool) -> bool {
        self.descending != backward
    }

    /// Whether the filter bounds what rows are ordered by, so that one index serves both.
    pub(super) fn follows(self, filter: &ClientFilter) -> bool {
        match self.by {
            By::Created => filter.period.is_some() || filter.created_after.is_some(),
            By::NextAlert => filter.alert_status.is_some(),
            By::Segment => filter.segment.is_some(),
            By::Orders | By::Spent | By::LastOrder => {
                filter.segment.is_some() && has_only_figures(filter)
            }
            By::Contact => filter.notification_client.is_some() && has_only_figures(filter),
            _ => false,
        }
    }

    /// Whether rows are ordered by what no column holds: the alerts this very actor may see.
    pub(super) fn is_personal(self, actor: &Actor) -> bool {
        self.by == By::NextAlert && !actor.is_admin()
    }

    /// Appends what rows are ordered by. Whoever does not see every alert is not shown, even by
    /// the order of a list, when the others are due.
    pub(super) fn push_key(self, sql: &mut Sql, actor: &Actor) {
        if !self.is_personal(actor) {
            sql.push(self.row().2);
            return;
        }
        sql.push("(SELECT MIN(a.due_at) FROM alerts a WHERE a.client_id = c.id ");
        sql.push("AND a.completed_at IS NULL AND a.deleted_at IS NULL");
        actor.within_work_of(sql, "a.assigned_to", "a.created_by");
        sql.push(")");
    }

    /// The value `client` is ordered by.
    pub(super) fn key_of(self, client: &Client) -> Key {
        let text = |value: &Option<String>| value.clone().map_or(Key::Null, Key::Text);
        let time = |value: Option<DateTime<Utc>>| value.map_or(Key::Null, Key::Time);
        match self.by {
            By::Name => Key::Text(client.name_key.clone()),
            By::Company => text(&client.company_key),
            By::City => text(&client.city_key),
            By::Created => Key::Time(client.created_at),
            By::Updated => Key::Time(client.updated_at),
            By::Contact => time(client.date_notification),
            By::NextAlert => time(client.next_alert_at),
            By::Orders => Key::Int(i64::from(client.orders_total)),
            By::Spent => Key::Int(client.total_spent),
            By::LastOrder => time(client.last_order_at),
            By::Segment => Key::Text(client.segment.clone()),
            By::Email => text(&client.email),
            By::Phone => text(&client.phone_e164),
            By::Code => text(&client.code),
            By::Binned => time(client.deleted_at),
        }
    }
}

/// Whether nothing else is asked for that an index of its own could lead away with.
fn has_only_figures(filter: &ClientFilter) -> bool {
    let ClientFilter { is_active, time_zone, segment, notification_client, .. } = filter.clone();
    let figures = ClientFilter {
        is_active,
        time_zone,
        segment,
        notification_client,
        ..ClientFilter::default()
    };
    *filter == figures
}

impl Key {
    /// Binds it; [`Key::Null`] is never compared.
    pub(super) fn bind(&self, sql: &mut Sql) {
        match self {
            Self::Text(text) => sql.bind(text.clone()),
            Self::Time(time) => sql.bind(*time),
            Self::Int(int) => sql.bind(*int),
            Self::Null => sql.push("NULL"),
        };
    }
}
