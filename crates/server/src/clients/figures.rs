//! The figures above the list, each with how it moved.

use domain::clients::Stats;

use crate::page::{Page, sparkline};

/// Days a curve shows.
const DAYS: usize = 14;

/// A figure above the list.
pub(super) struct Figure {
    pub(super) href: &'static str,
    pub(super) label: String,
    pub(super) value: String,
    pub(super) trend: String,
    pub(super) trend_class: &'static str,
    pub(super) points: String,
}

/// How many there were at the end of each day, today last. Ends at today's total; what was binned
/// since is not drawn.
pub(crate) fn totals(stats: &Stats) -> Vec<i64> {
    let mut totals = vec![stats.total];
    for new in stats.by_day.iter().skip(1).rev() {
        totals.push(totals.last().copied().unwrap_or(0) - new);
    }
    totals.reverse();
    last(&totals)
}

/// How many were new in the seven days that end with each day, today last.
pub(crate) fn weeks(stats: &Stats) -> Vec<i64> {
    last(&stats.by_day.windows(7).map(|week| week.iter().sum()).collect::<Vec<_>>())
}

pub(super) fn figures(page: &Page, stats: &Stats) -> [Figure; 5] {
    let (totals, weeks) = (totals(stats), weeks(stats));
    let inactive = last(&stats.inactive_by_day);
    let active: Vec<i64> = totals.iter().zip(&inactive).map(|(all, off)| all - off).collect();
    let figure = |href, label: &str, value: i64, points: &[i64]| Figure {
        href,
        label: page.t(label),
        value: page.number(&value),
        trend: String::new(),
        trend_class: "",
        points: sparkline(points),
    };
    let today = figure(
        "/client?period=today",
        "clients-figure-today",
        stats.new_today,
        &last(&stats.by_day),
    );
    let week = figure("/client?period=7d", "clients-figure-week", stats.new_7_days, &weeks);
    [
        figure("/client", "clients-figure-total", stats.total, &totals),
        Figure {
            trend: share(page, stats.active, stats.total),
            ..figure("/client?is_active=true", "clients-figure-active", stats.active, &active)
        },
        figure("/client?is_active=false", "clients-figure-inactive", stats.inactive, &inactive),
        moved(today, difference(page, stats)),
        moved(week, week_change(page, &weeks)),
    ]
}

fn last(values: &[i64]) -> Vec<i64> {
    values[values.len().saturating_sub(DAYS)..].to_vec()
}

/// `95 %`.
fn share(page: &Page, part: i64, all: i64) -> String {
    if all == 0 { String::new() } else { page.t1("dashboard-percent", "count", part * 100 / all) }
}

fn moved(figure: Figure, (change, trend): (i64, String)) -> Figure {
    let trend_class = if change > 0 { "up" } else { "" };
    Figure { trend, trend_class, ..figure }
}

/// Today against yesterday: `+5`.
fn difference(page: &Page, stats: &Stats) -> (i64, String) {
    let yesterday = stats.by_day.iter().rev().nth(1).copied().unwrap_or(0);
    let change = stats.new_today - yesterday;
    let words =
        if change == 0 { String::new() } else { signed(change, page.number(&change.abs())) };
    (change, words)
}

/// These seven days against those before: `+14 %`; nothing when there were none.
fn week_change(page: &Page, weeks: &[i64]) -> (i64, String) {
    let now = weeks.last().copied().unwrap_or(0);
    let before = weeks.iter().rev().nth(7).copied().unwrap_or(0);
    let change = if before == 0 { 0 } else { (now - before) * 100 / before };
    let percent = || page.t1("dashboard-percent", "count", change.abs());
    (change, if change == 0 { String::new() } else { signed(change, percent()) })
}

/// `+5`, `−5`.
pub(crate) fn signed(change: i64, words: String) -> String {
    format!("{}{words}", if change > 0 { "+" } else { "−" })
}
