//! A day of the calendar, and the alerts in it, in words.

use chrono::{NaiveDate, Timelike as _};
use domain::alerts::{Alert, Day};

use super::super::view::Row;
use super::span::Span;
use crate::grid::total_text;
use crate::page::{Icon, Page};

/// The hours a day shows although nothing is due in them.
const OFFICE: std::ops::RangeInclusive<u32> = 8..=18;

/// A day.
pub(super) struct Cell {
    pub(super) date: NaiveDate,
    /// `20`.
    pub(super) number: u32,
    /// `ven.`
    pub(super) weekday: &'static str,
    /// `ven. 20 nov.`
    pub(super) short: String,
    /// `vendredi 20 novembre 2026`.
    pub(super) long: String,
    pub(super) outside: bool,
    pub(super) today: bool,
    pub(super) past: bool,
    pub(super) entries: Vec<Entry>,
    /// `12`, `496+`: how many more there are.
    pub(super) more: Option<String>,
}

/// An alert.
pub(super) struct Entry {
    pub(super) row: Row,
    /// `in-progress`, `due`, `overdue` or `done`: as its pill.
    pub(super) kind: &'static str,
    pub(super) icon: Icon<'static>,
    /// Its status in a word.
    pub(super) status: String,
    /// On the clock of whoever looks.
    hour: u32,
}

/// An hour of a day.
pub(super) struct Hour<'a> {
    pub(super) hour: u32,
    /// `09:00`.
    pub(super) label: String,
    pub(super) entries: Vec<&'a Entry>,
}

impl Cell {
    pub(super) fn new(page: &Page, span: &Span, date: NaiveDate, day: Day) -> Self {
        let shown = i64::try_from(day.alerts.len()).unwrap_or(i64::MAX);
        let mut more = day.total;
        more.value -= shown;
        let today = page.day_of(&page.now);
        Self {
            date,
            number: chrono::Datelike::day(&date),
            weekday: page.weekday(date),
            short: page.short_day(date),
            long: page.long_day(date),
            outside: span.is_outside(date),
            today: date == today,
            past: date < today,
            more: (more.value > 0).then(|| total_text(page, more)),
            entries: day.alerts.into_iter().map(|alert| Entry::new(page, alert)).collect(),
        }
    }
}

impl Entry {
    fn new(page: &Page, alert: Alert) -> Self {
        let status = alert.status(page.now);
        let hour = alert.due_at.with_timezone(&page.zone).hour();
        let row = Row::new(page, alert);
        Self {
            kind: row.kind,
            icon: page.icon_of(row.icon, "icon-sm"),
            status: page.t(&format!("alert-status-{}", status.as_str())),
            hour,
            row,
        }
    }

    /// Whether it can be dragged: what is done stays where it was done.
    pub(super) fn moves(&self) -> bool {
        !self.row.is_done
    }
}

/// The hours of `cell`: those of the office, and those with alerts.
pub(super) fn hours<'a>(page: &Page, cell: &'a Cell) -> Vec<Hour<'a>> {
    let of = |hour: u32| Hour {
        hour,
        label: page.t1("calendar-hour", "hour", format!("{hour:02}")),
        entries: cell.entries.iter().filter(|entry| entry.hour == hour).collect(),
    };
    let hours = (0..24).map(of);
    hours.filter(|hour| OFFICE.contains(&hour.hour) || !hour.entries.is_empty()).collect()
}
