//! Figures by hour and weekday as a heat map: a table whose cells say in words what their colour
//! says.

use askama::Template;
use domain::contact_log::Hour;

use super::words;
use crate::error::AppError;
use crate::page::{Markup, Page};

/// Hours shown even when nobody tried in them.
const USUAL: std::ops::RangeInclusive<i32> = 9..=19;

/// A cell: an hour of a weekday.
struct Cell {
    /// 0 to 5: how many were reached.
    level: i64,
    percent: i64,
    attempts: i64,
    label: String,
}

struct Row {
    day: String,
    short: String,
    cells: Vec<Option<Cell>>,
    successes: i64,
    attempts: i64,
}

#[derive(Template)]
#[template(path = "contact_log/chart.html")]
struct Chart<'a> {
    page: &'a Page,
    id: &'a str,
    title: String,
    hours: Vec<i32>,
    rows: Vec<Row>,
    /// Every hour with attempts: day, hour, figures.
    lines: Vec<(String, &'a Hour)>,
}

/// The share that was reached, in percent.
pub(super) fn percent(successes: i64, attempts: i64) -> i64 {
    successes * 100 / attempts.max(1)
}

/// That share, in words.
fn share(page: &Page, successes: &i64, attempts: &i64) -> String {
    page.t1("contacts-percent", "count", percent(*successes, *attempts))
}

/// The heat map and its table. `id` is unique on the page.
///
/// # Errors
/// The template's.
pub(super) fn draw(
    page: &Page,
    id: &str,
    title: String,
    hours: &[Hour],
) -> Result<Markup, AppError> {
    let first = hours.iter().map(|h| h.hour).min().unwrap_or(*USUAL.start()).min(*USUAL.start());
    let last = hours.iter().map(|h| h.hour).max().unwrap_or(*USUAL.end()).max(*USUAL.end());
    let shown: Vec<i32> = (first..=last).collect();
    let rows = (0..7).map(|weekday| row(page, weekday, &shown, hours)).collect();
    let lines = hours.iter().map(|hour| (words::day(page, hour.weekday), hour)).collect();
    let html = Chart { page, id, title, hours: shown, rows, lines }.render()?;
    Ok(askama::filters::Safe(html))
}

fn row(page: &Page, weekday: i32, shown: &[i32], hours: &[Hour]) -> Row {
    let day = words::day(page, weekday);
    let of_day: Vec<&Hour> = hours.iter().filter(|hour| hour.weekday == weekday).collect();
    let cell = |hour: &i32| {
        let found = of_day.iter().find(|one| one.hour == *hour && one.attempts() > 0)?;
        let share = percent(found.successes, found.attempts());
        let args = [
            ("day", day.clone().into()),
            ("hour", (*hour).into()),
            ("percent", share.into()),
            ("count", found.attempts().into()),
        ];
        let label = page.language.t_with("contacts-cell", &args);
        Some(Cell { level: (share + 19) / 20, percent: share, attempts: found.attempts(), label })
    };
    Row {
        cells: shown.iter().map(cell).collect(),
        successes: of_day.iter().map(|hour| hour.successes).sum(),
        attempts: of_day.iter().map(|hour| hour.attempts()).sum(),
        short: day.chars().take(3).collect(),
        day,
    }
}
