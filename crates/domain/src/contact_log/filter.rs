//! Which attempts.

use base::db::Sql;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Channel, Status};

/// Which attempts. Empty fields leave nothing out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Part of a client's name, code, phone…, or of an agent's name.
    pub q: String,
    /// Those about this client.
    pub client_id: Option<Uuid>,
    /// Those by this agent.
    pub user_id: Option<Uuid>,
    /// Those that went so.
    pub status: Option<Status>,
    /// Those by this way.
    pub channel: Option<Channel>,
    /// Those on this weekday of the centre's, 0 is Monday.
    pub weekday: Option<i32>,
    /// Those in this hour of the centre's, 0 to 23.
    pub hour: Option<i32>,
    /// At this instant or after.
    pub from: Option<DateTime<Utc>>,
    /// Before this instant.
    pub to: Option<DateTime<Utc>>,
}

impl Filter {
    /// Appends ` AND …` on `a`.
    pub(super) fn push(&self, sql: &mut Sql) {
        for (column, id) in [("a.client_id", self.client_id), ("a.user_id", self.user_id)] {
            if let Some(id) = id {
                sql.push(" AND ").push(column).push(" = ").bind(id);
            }
        }
        if let Some(status) = self.status {
            sql.push(" AND a.status = ").bind(status.as_str());
        }
        if let Some(channel) = self.channel {
            sql.push(" AND a.channel = ").bind(channel.as_str());
        }
        for (column, value) in [("a.weekday", self.weekday), ("a.local_hour", self.hour)] {
            if let Some(value) = value {
                sql.push(" AND ").push(column).push(" = ").bind(value);
            }
        }
        if let Some(from) = self.from {
            sql.push(" AND a.created_at >= ").bind(from);
        }
        if let Some(to) = self.to {
            sql.push(" AND a.created_at < ").bind(to);
        }
    }
}
