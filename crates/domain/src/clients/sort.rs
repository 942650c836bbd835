use base::db::Sql;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Client, ClientFilter};
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::sections::{Kind, Part};

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
    Under(Fall),
}

/// What clients fall under in orders that no column of theirs holds; see [`super::under`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fall {
    /// In business with us, or not; by creation.
    Status,
    /// Who follows them, by name.
    Assignee,
    /// Their first label, alphabetically.
    Tag,
}

/// Names in the API, columns, and whether a client may have none.
const COLUMNS: [(&str, By, &str, bool); 18] = [
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
    ("status", By::Under(Fall::Status), "c.created_at", false),
    ("assigned_to", By::Under(Fall::Assignee), "c.seq", false),
    ("tag", By::Under(Fall::Tag), "c.id", false),
];

/// Other names the same orders go by.
const ALIASES: [(&str, &str); 5] = [
    ("full_name", "name"),
    ("company", "company_name"),
    ("next_alert_at", "next_alert"),
    ("is_active", "status"),
    ("tags", "tag"),
];

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

    /// What clients fall under in this order, if it is one of those.
    pub(super) fn fall(self) -> Option<Fall> {
        if let By::Under(fall) = self.by { Some(fall) } else { None }
    }

    /// Whether a client may have no value.
    pub(super) fn has_nulls(self) -> bool {
        self.row().3
    }

    /// `true` when rows are read from the greatest down.
    pub(super) fn reads_down(self, backward: bool) -> bool {
        self.descending != backward
    }

    /// The conditions that bound what rows are ordered by, or stand before it in the index of that
    /// order, and the others: those are looked at on the way.
    pub(super) fn split(self, filter: &ClientFilter) -> (ClientFilter, ClientFilter) {
        let (mut leading, mut rest) = (ClientFilter::default(), filter.clone());
        leading.time_zone.clone_from(&rest.time_zone);
        match self.by {
            By::Created => {
                leading.period = rest.period.take();
                leading.created_after = rest.created_after.take();
            }
            By::NextAlert => leading.alert_status = rest.alert_status.take(),
            By::Segment | By::Orders | By::Spent | By::LastOrder => {
                leading.segment = rest.segment.take();
            }
            By::Contact => leading.notification_client = rest.notification_client.take(),
            _ => {}
        }
        (leading, rest)
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

    /// Appends what tells rows of one key apart, where the order is personal: the alert they stand
    /// by. Elsewhere it is their number.
    pub(super) fn push_tie(sql: &mut Sql, actor: &Actor) {
        sql.push("(SELECT a.id FROM alerts a WHERE a.client_id = c.id ");
        sql.push("AND a.completed_at IS NULL AND a.deleted_at IS NULL");
        actor.within_work_of(sql, "a.assigned_to", "a.created_by");
        sql.push(" ORDER BY a.due_at, a.id LIMIT 1)");
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
            // Places in those orders are told otherwise.
            By::Under(_) => Key::Time(client.created_at),
        }
    }
}

impl Fall {
    pub(super) fn kind(self) -> Kind {
        if self == Self::Status { Kind::Values(2) } else { Kind::Heads }
    }

    /// What the clients of a part are ordered by.
    pub(super) fn keys(self, part: Part<'_>) -> &'static [&'static str] {
        match (self, part) {
            (Self::Status, _) => &["c.created_at", "c.seq"],
            (Self::Tag, Part::One(_) | Part::Heads(_)) => &["ct.client_id"],
            _ => &["c.seq"],
        }
    }

    /// The name such a key comes back by.
    pub(super) fn own_name(self, key: &str) -> &'static str {
        match key {
            "c.created_at" => "created_at",
            "c.seq" => "seq",
            _ => "id",
        }
    }

    /// Appends the rest of a `SELECT` up to its conditions. `few`: those that match lead.
    pub(super) fn push_from(self, sql: &mut Sql, actor: &Actor, part: Part<'_>, few: bool) {
        let is_tag = self == Self::Tag && matches!(part, Part::One(_) | Part::Heads(_));
        sql.push(match (self, part) {
            _ if is_tag => "t.key AS head_key, t.id AS head_id FROM ",
            (_, Part::Heads(_)) => "u.name_key AS head_key, u.id AS head_id FROM ",
            _ => "NULL AS head_key, NULL AS head_id FROM clients c WHERE 1 = 1",
        });
        // CROSS JOIN keeps SQLite to the order: names lead, or the few.
        match (is_tag, part) {
            (true, _) if few => sql.push("clients c CROSS JOIN client_tags ct CROSS JOIN tags t"),
            (true, _) => sql.push("tags t CROSS JOIN client_tags ct CROSS JOIN clients c"),
            (false, Part::Heads(_)) if few => sql.push("clients c CROSS JOIN users u"),
            (false, Part::Heads(_)) => sql.push("users u CROSS JOIN clients c"),
            _ => return,
        };
        sql.push(if is_tag {
            " WHERE ct.tag_id = t.id AND c.id = ct.client_id AND NOT EXISTS (SELECT 1 \
             FROM client_tags o JOIN tags x ON x.id = o.tag_id WHERE o.client_id = ct.client_id \
             AND (x.key, x.id) < (t.key, t.id))"
        } else {
            " WHERE c.assigned_to = u.id"
        });
        if is_tag {
            actor.within_center(sql, "t.call_center_id");
        }
    }

    /// Appends ` AND …`: what is in `part`; `beyond` is ` > (` or ` < (`.
    pub(super) fn push_part(self, sql: &mut Sql, part: Part<'_>, beyond: &str) {
        let is_tag = self == Self::Tag;
        match part {
            Part::All | Part::Heads(None) => {}
            Part::Value(index) => drop(sql.push(" AND c.is_active = ").bind(index == 0)),
            Part::One(head) if is_tag => drop(sql.push(" AND t.id = ").bind(head.id)),
            Part::One(head) => drop(sql.push(" AND c.assigned_to = ").bind(head.id)),
            Part::Nobody if is_tag => drop(
                sql.push(" AND NOT EXISTS (SELECT 1 FROM client_tags o WHERE o.client_id = c.id)"),
            ),
            Part::Nobody => drop(sql.push(" AND c.assigned_to IS NULL")),
            Part::Heads(Some(head)) => {
                sql.push(if is_tag { " AND (t.key, t.id)" } else { " AND (u.name_key, u.id)" });
                sql.push(beyond).bind(head.key.clone()).push(", ").bind(head.id).push(")");
            }
        }
    }
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
