//! An alert as pages show it.

use chrono::TimeDelta;
use domain::alerts::{Alert, Priority, Status};

use super::mail::duration;
use crate::page::{Markup, Page};

/// From when on a due alert is red instead of amber.
const OVERDUE: TimeDelta = TimeDelta::days(1);

/// One alert, in words.
pub(super) struct Row {
    pub(super) alert: Alert,
    /// Its status: colour, icon and word.
    pub(super) pill: Markup,
    /// The colour alone: `in-progress`, `due`, `overdue` or `done`.
    pub(super) kind: &'static str,
    /// The icon alone.
    pub(super) icon: &'static str,
    /// `depuis 2 h 5 min`, `terminée par Awa`; may be empty.
    pub(super) note: String,
    /// `20 nov. 2026`.
    pub(super) date: String,
    /// `09:30`.
    pub(super) time: String,
    /// `demain 09:30`.
    pub(super) near: String,
    pub(super) priority: Markup,
    pub(super) is_done: bool,
}

impl Row {
    pub(super) fn new(page: &Page, alert: Alert) -> Self {
        let status = alert.status(page.now);
        let late = alert.late_by(page.now);
        let (kind, icon) = match (status, late) {
            (Status::Done, _) => ("done", "check"),
            (Status::Due, Some(late)) if late > OVERDUE => ("overdue", "triangle-alert"),
            (Status::Due, _) => ("due", "alarm-clock"),
            (Status::InProgress, _) => ("in-progress", "clock"),
        };
        let note = match late {
            Some(late) if late >= TimeDelta::minutes(1) => {
                page.t1("alert-due-since", "duration", duration(page.language, late))
            }
            _ => String::new(),
        };
        Self {
            pill: page.pill(kind, icon, &page.t(&format!("alert-status-{}", status.as_str()))),
            kind,
            icon,
            note,
            date: page.date(&alert.due_at),
            time: page.time(&alert.due_at),
            near: page.near(&alert.due_at),
            priority: priority_pill(page, alert.priority()),
            is_done: status == Status::Done,
            alert,
        }
    }

    /// Who is to act, or nobody.
    pub(super) fn assignee(&self) -> Option<&str> {
        self.alert.assignee_name.as_deref()
    }
}

fn priority_pill(page: &Page, priority: Priority) -> Markup {
    let (kind, icon) = match priority {
        Priority::Low => ("grey", "chevron-down"),
        Priority::Normal => ("blue", "flag"),
        Priority::High => ("amber", "chevron-up"),
        Priority::Critical => ("red", "siren"),
    };
    page.pill(kind, icon, &page.t(&format!("alert-priority-{}", priority.as_str())))
}
