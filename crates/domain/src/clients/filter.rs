use base::db::Sql;
use base::text::fold;
use chrono::{DateTime, Days, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::actor::Actor;
use crate::error::{Error, Invalid, Result};
use crate::search::Needles;

/// Which clients. The same filter is the list's URL, the API's parameters, a saved view, and what
/// a bulk action or an export works on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClientFilter {
    /// Part of a name, e-mail, username, phone, address, company or code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// Only active, or only inactive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_active: Option<bool>,
    /// `today`, `7d` or `30d`: created in these last days of `time_zone`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<String>,
    /// The zone `period` is told in; Paris when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// Created at or after that instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_after: Option<DateTime<Utc>>,
    /// `vip`, `regular`, `occasional` or `none`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub segment: Option<String>,
    /// A tag's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// `succes`, `echec` or `none`: how the last contact attempt went.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notification_client: Option<String>,
    /// `due`, `in_progress` or `none`: the open alerts the actor may see.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alert_status: Option<String>,
    /// A user's id, `me`, or `none`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assigned_to: Option<String>,
    /// What lies in the bin instead of what does not.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub in_bin: bool,
}

impl ClientFilter {
    /// Reads the parameters of a query string; other names are left alone.
    ///
    /// # Errors
    /// Every wrong value, named.
    pub fn from_query<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self> {
        let mut filter = Self::default();
        let mut invalid = Invalid::new();
        for (name, value) in pairs {
            let value = value.trim();
            if value.is_empty() {
                continue;
            }
            let text = || Some(value.to_owned());
            match name {
                "q" => filter.q = text(),
                "is_active" => match value {
                    "true" | "1" => filter.is_active = Some(true),
                    "false" | "0" => filter.is_active = Some(false),
                    _ => drop(invalid.add(name, "wrong-value")),
                },
                "period" => filter.period = text(),
                "time_zone" => filter.time_zone = text(),
                "created_after" => match instant(value) {
                    Some(instant) => filter.created_after = Some(instant),
                    None => drop(invalid.add(name, "wrong-value")),
                },
                "segment" => filter.segment = text(),
                "tag" => filter.tag = text(),
                "notification_client" => filter.notification_client = text(),
                "alert_status" => filter.alert_status = text(),
                "assigned_to" => filter.assigned_to = text(),
                "in_bin" => filter.in_bin = matches!(value, "true" | "1"),
                _ => {}
            }
        }
        filter.check(&mut invalid);
        invalid.check()?;
        Ok(filter)
    }

    /// Notes values that mean nothing.
    pub fn check(&self, invalid: &mut Invalid) {
        const VALUES: [(&str, &[&str]); 4] = [
            ("period", &["today", "7d", "30d"]),
            ("segment", &["vip", "regular", "occasional", "none"]),
            ("notification_client", &["succes", "echec", "none"]),
            ("alert_status", &["due", "in_progress", "none"]),
        ];
        let given = [&self.period, &self.segment, &self.notification_client, &self.alert_status];
        for ((name, values), given) in VALUES.into_iter().zip(given) {
            if given.as_deref().is_some_and(|given| !values.contains(&given)) {
                invalid.add(name, "wrong-value");
            }
        }
        if let Some(who) = self.assigned_to.as_deref()
            && !matches!(who, "me" | "none")
            && who.parse::<Uuid>().is_err()
        {
            invalid.add("assigned_to", "wrong-value");
        }
        invalid.text("q", self.q.as_deref(), 200);
        invalid.text("tag", self.tag.as_deref(), 60);
    }

    /// The same of a filter that is itself a field, `name`: one that means nothing must not pass for
    /// one that finds nobody.
    pub fn check_at(&self, name: &str, invalid: &mut Invalid) {
        let mut wrong = Invalid::new();
        self.check(&mut wrong);
        if let Err(Error::Invalid(errors)) = wrong.check() {
            for error in errors {
                invalid.add_with(&format!("{name}.{}", error.field), error.code, error.args);
            }
        }
    }

    /// Whether everything in scope matches.
    pub fn is_empty(&self) -> bool {
        *self == Self { time_zone: self.time_zone.clone(), ..Self::default() }
    }

    pub(super) fn needles(&self) -> Option<Needles> {
        self.q.as_deref().and_then(Needles::read)
    }

    /// The start of the period, the later of the two when both are given.
    fn start(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let days = match self.period.as_deref() {
            Some("today") => Some(0),
            Some("7d") => Some(6),
            Some("30d") => Some(29),
            _ => None,
        };
        let zone = self.time_zone.as_deref().and_then(|name| name.parse().ok());
        let start =
            days.map(|days| start_of_day(now, zone.unwrap_or(chrono_tz::Europe::Paris), days));
        start.max(self.created_after)
    }

    /// Appends everything but the search: ` AND …` on `c`.
    pub(super) fn push(&self, sql: &mut Sql, actor: &Actor, now: DateTime<Utc>) {
        self.push_bin(sql);
        self.push_conditions(sql, actor, now);
    }

    /// Whether clients in the bin are meant, or those that are not.
    pub(super) fn push_bin(&self, sql: &mut Sql) {
        sql.push(if self.in_bin {
            " AND c.deleted_at IS NOT NULL AND c.merged_into IS NULL"
        } else {
            " AND c.deleted_at IS NULL"
        });
    }

    /// Everything but the search and the bin.
    pub(super) fn push_conditions(&self, sql: &mut Sql, actor: &Actor, now: DateTime<Utc>) {
        if let Some(active) = self.is_active {
            sql.push(" AND c.is_active = ").bind(active);
        }
        if let Some(start) = self.start(now) {
            sql.push(" AND c.created_at >= ").bind(start);
        }
        if let Some(segment) = &self.segment {
            sql.push(" AND c.segment = ").bind(segment.clone());
        }
        if let Some(tag) = &self.tag {
            sql.push(" AND c.id IN (SELECT ct.client_id FROM client_tags ct ");
            sql.push("JOIN tags t ON t.id = ct.tag_id WHERE t.key = ").bind(fold(tag));
            actor.within_center(sql, "t.call_center_id");
            sql.push(")");
        }
        match self.notification_client.as_deref() {
            Some("none") => drop(sql.push(" AND c.notification_client IS NULL")),
            Some(status) => drop(sql.push(" AND c.notification_client = ").bind(status)),
            None => {}
        }
        self.push_alert_status(sql, actor, now);
        self.push_assignee(sql, actor);
    }

    fn push_assignee(&self, sql: &mut Sql, actor: &Actor) {
        let wanted = match self.assigned_to.as_deref() {
            None => return,
            Some("none") => None,
            Some("me") => actor.user_id,
            Some(id) => id.parse().ok(),
        };
        match (wanted, self.assigned_to.as_deref()) {
            (Some(user), _) => sql.push(" AND c.assigned_to = ").bind(user),
            (None, Some("none")) => sql.push(" AND c.assigned_to IS NULL"),
            (None, _) => sql.push(" AND 1 = 0"),
        };
    }

    /// Admins see every alert, so the client's own date says it; others look at those they see.
    fn push_alert_status(&self, sql: &mut Sql, actor: &Actor, now: DateTime<Utc>) {
        let Some(status) = self.alert_status.as_deref() else { return };
        if actor.is_admin() {
            match status {
                "due" => sql.push(" AND c.next_alert_at <= ").bind(now),
                "in_progress" => sql.push(" AND c.next_alert_at > ").bind(now),
                _ => sql.push(" AND c.next_alert_at IS NULL"),
            };
            return;
        }
        let open = |sql: &mut Sql, negated: bool, due: bool| {
            sql.push(if negated { " AND NOT EXISTS (" } else { " AND EXISTS (" });
            sql.push("SELECT 1 FROM alerts a WHERE a.client_id = c.id AND a.deleted_at IS NULL ");
            sql.push("AND a.completed_at IS NULL");
            if due {
                sql.push(" AND a.due_at <= ").bind(now);
            }
            actor.within_work_of(sql, "a.assigned_to", "a.created_by");
            sql.push(")");
        };
        match status {
            "due" => open(sql, false, true),
            "in_progress" => {
                open(sql, false, false);
                open(sql, true, true);
            }
            _ => open(sql, true, false),
        }
    }
}

/// Midnight, `days` days before the day of `now` in `zone`.
pub(super) fn start_of_day(now: DateTime<Utc>, zone: Tz, days: u64) -> DateTime<Utc> {
    let today = now.with_timezone(&zone).date_naive();
    let day = today.checked_sub_days(Days::new(days)).unwrap_or(today);
    // Where midnight does not exist, the day starts at one.
    let start = zone.from_local_datetime(&day.and_time(NaiveTime::MIN)).earliest();
    let start = start.or_else(|| {
        let one = day.and_hms_opt(1, 0, 0)?;
        zone.from_local_datetime(&one).earliest()
    });
    start.map_or(now, |start| start.with_timezone(&Utc))
}

/// An instant, or a day in UTC.
fn instant(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(instant) = text.parse() {
        return Some(instant);
    }
    let day: chrono::NaiveDate = text.parse().ok()?;
    Some(day.and_time(NaiveTime::MIN).and_utc())
}
