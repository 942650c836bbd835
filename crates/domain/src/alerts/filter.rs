//! Which alerts.

use base::db::Sql;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Priority, Status};

/// What a list shows. Empty fields filter nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Any of these.
    pub statuses: Vec<Status>,
    /// Any of these.
    pub priorities: Vec<Priority>,
    /// Those of this client.
    pub client_id: Option<Uuid>,
    /// Those given to this user.
    pub assigned_to: Option<Uuid>,
    /// Those given to nobody.
    pub unassigned: bool,
    /// Those of this batch.
    pub batch_id: Option<Uuid>,
    /// Due before this instant.
    pub due_before: Option<DateTime<Utc>>,
    /// Due at this instant or after.
    pub due_after: Option<DateTime<Utc>>,
    /// Words of the alert, or of what its client is found by.
    pub q: String,
}

impl Filter {
    /// Appends everything but the words: ` AND …` on `a`.
    pub(super) fn push(&self, sql: &mut Sql, now: DateTime<Utc>) {
        self.push_statuses(sql, now);
        self.push_fields(sql);
    }

    fn push_statuses(&self, sql: &mut Sql, now: DateTime<Utc>) {
        if !self.statuses.is_empty() && self.statuses.len() < Status::ALL.len() {
            for (index, status) in self.statuses.iter().enumerate() {
                sql.push(if index == 0 { " AND (" } else { " OR " });
                match status {
                    Status::Done => sql.push("a.completed_at IS NOT NULL"),
                    Status::Due => {
                        sql.push("(a.completed_at IS NULL AND a.due_at <= ").bind(now).push(")")
                    }
                    Status::InProgress => {
                        sql.push("(a.completed_at IS NULL AND a.due_at > ").bind(now).push(")")
                    }
                };
            }
            sql.push(")");
        }
        if self.statuses == [Status::InProgress, Status::Due] {
            // Says to the planner what the OR above hides: only open ones, by their own index.
            sql.push(" AND a.completed_at IS NULL");
        }
    }

    /// Everything but the words and the statuses.
    pub(super) fn push_fields(&self, sql: &mut Sql) {
        if !self.priorities.is_empty() {
            sql.push(" AND a.priority_rank IN ");
            sql.bind_list(self.priorities.iter().map(|priority| priority.rank()));
        }
        let ids = [
            ("a.client_id", self.client_id),
            ("a.assigned_to", self.assigned_to),
            ("a.batch_id", self.batch_id),
        ];
        for (column, id) in ids {
            if let Some(id) = id {
                sql.push(" AND ").push(column).push(" = ").bind(id);
            }
        }
        if self.unassigned {
            sql.push(" AND a.assigned_to IS NULL");
        }
        if let Some(before) = self.due_before {
            sql.push(" AND a.due_at < ").bind(before);
        }
        if let Some(after) = self.due_after {
            sql.push(" AND a.due_at >= ").bind(after);
        }
    }
}
