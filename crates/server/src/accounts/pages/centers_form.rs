//! A centre's hours and holidays as fields of a form that works without JavaScript.

use chrono::{Datelike as _, NaiveDate};
use domain::call_centers::{CallCenter, Change, DAYS, Holiday, Hours, Span};

use super::regions;
use crate::page::{Form, Line, Page};

/// A line of the opening hours.
pub(super) struct Day {
    /// `mon`.
    pub(super) key: &'static str,
    /// `lundi`.
    pub(super) name: String,
    /// From, to, number of the span; one more than there are, to add one.
    pub(super) spans: Vec<(String, String, usize)>,
    /// What is wrong.
    pub(super) error: Option<String>,
}

/// Fewest spans shown: a morning and an afternoon.
const SPANS: usize = 2;

/// Empty lines for more holidays.
const MORE: usize = 3;

/// The form of a centre.
pub(super) fn of(center: &CallCenter) -> Form {
    let mut form = Form::new()
        .with("name", center.name.clone())
        .with("time_zone", center.time_zone.clone())
        .with("currency", center.currency.clone())
        .with("phone_region", center.phone_region.clone())
        .with("version", center.version.to_string());
    for day in DAYS {
        for (from, to) in center.business_hours.of(day) {
            form = form.with(&format!("{day}_from"), from).with(&format!("{day}_to"), to);
        }
    }
    for holiday in &center.holidays {
        form = form.with("holiday_date", &holiday.date).with("holiday_name", &holiday.name);
    }
    form
}

/// What the form says, field by field.
pub(super) fn lines(page: &Page, form: &Form) -> Vec<Line> {
    let text = |label: &str, value: String| (page.t(label), value);
    let mut lines = vec![
        text("field-center-name", form.value("name").trim().to_owned()),
        text("field-time-zone", form.value("time_zone").to_owned()),
        text("field-currency", form.value("currency").to_owned()),
        text("field-phone-region", form.chosen("phone_region", &regions(page))),
    ];
    let joined = |pairs: Vec<Span>, between: &str| {
        let pairs = pairs.into_iter().map(|(a, b)| format!("{a}{between}{b}"));
        pairs.collect::<Vec<_>>().join(", ")
    };
    lines.extend(DAYS.iter().map(|day| text(&format!("day-{day}"), joined(spans(form, day), "–"))));
    let holidays = pairs(form, "holiday_date", "holiday_name");
    lines.push(text("center-holidays", joined(holidays, "\u{a0}")));
    lines
}

/// What the form asks for.
pub(super) fn read(form: &Form) -> Change {
    let text = |name: &str| Some(form.value(name).to_owned());
    let hours = DAYS.iter().map(|day| ((*day).to_owned(), spans(form, day)));
    let holidays = pairs(form, "holiday_date", "holiday_name");
    Change {
        name: text("name"),
        time_zone: text("time_zone"),
        currency: text("currency"),
        phone_region: text("phone_region"),
        business_hours: Some(Hours(hours.filter(|(_, spans)| !spans.is_empty()).collect())),
        holidays: Some(holidays.into_iter().map(|(date, name)| Holiday { date, name }).collect()),
    }
}

/// The opening hours, each day with room for one more span.
pub(super) fn days(page: &Page, form: &Form) -> Vec<Day> {
    DAYS.iter()
        .map(|day| {
            let mut spans = spans(form, day);
            spans.resize(SPANS.max(spans.len() + 1), Span::default());
            Day {
                key: day,
                name: page.t(&format!("day-{day}")),
                spans: numbered(spans),
                error: form.error(&format!("business_hours.{day}")).map(str::to_owned),
            }
        })
        .collect()
}

/// The holidays of a year: date, name and number in the whole list.
pub(super) struct Year {
    /// `2026`; nothing for what has no date yet.
    pub(super) name: String,
    /// Shown at once: this year and the next, and wherever something is to be typed.
    pub(super) is_open: bool,
    pub(super) lines: Vec<(String, String, usize)>,
}

/// The holidays year by year, then room for more.
pub(super) fn holidays(page: &Page, form: &Form) -> Vec<Year> {
    let mut lines = pairs(form, "holiday_date", "holiday_name");
    lines.resize(lines.len() + MORE, Span::default());
    let this = page.day_of(&page.now).year();
    let is_wrong = form.error("holidays").is_some();
    let mut years: Vec<Year> = Vec::new();
    for line in numbered(lines) {
        let year = line.0.parse::<NaiveDate>().ok().map(|day| day.year());
        let name = year.map(|year| year.to_string()).unwrap_or_default();
        if let Some(known) = years.last_mut().filter(|known| known.name == name) {
            known.lines.push(line);
        } else {
            let is_open = is_wrong || year.is_none_or(|year| year == this || year == this + 1);
            years.push(Year { name, is_open, lines: vec![line] });
        }
    }
    years
}

fn spans(form: &Form, day: &str) -> Vec<Span> {
    pairs(form, &format!("{day}_from"), &format!("{day}_to"))
}

/// The lines where something was typed.
fn pairs(form: &Form, first: &str, second: &str) -> Vec<(String, String)> {
    let all = form.values(first).into_iter().zip(form.values(second));
    all.filter(|(a, b)| !a.trim().is_empty() || !b.trim().is_empty())
        .map(|(a, b)| (a.trim().to_owned(), b.trim().to_owned()))
        .collect()
}

fn numbered(lines: Vec<(String, String)>) -> Vec<(String, String, usize)> {
    lines.into_iter().enumerate().map(|(index, (a, b))| (a, b, index + 1)).collect()
}
