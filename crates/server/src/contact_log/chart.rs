//! Figures by hour and weekday as a heat map: a table whose cells say in words what their colour
//! says, and lead to the attempts they count.

use askama::Template;
use domain::call_centers::DAYS;
use domain::contact_log::Hour;

use super::words;
use crate::error::AppError;
use crate::grid::Query;
use crate::page::{Markup, Page};

/// Hours shown even when nobody tried in them.
const USUAL: std::ops::RangeInclusive<i32> = 9..=19;

/// A cell: an hour of a weekday.
struct Cell {
    /// 0 to 5: how many were reached, or tried.
    level: i64,
    percent: i64,
    attempts: i64,
    label: String,
    href: String,
}

struct Row {
    day: String,
    short: String,
    cells: Vec<Option<Cell>>,
    successes: i64,
    attempts: i64,
    href: String,
}

/// What a chart shows of its hours.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shows {
    /// How many were reached out of how many.
    Rate,
    /// How many there were: all of them went the same way.
    Volume,
}

#[derive(Template)]
#[template(path = "contact_log/chart.html")]
struct Chart<'a> {
    page: &'a Page,
    id: &'a str,
    title: String,
    by_volume: bool,
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

/// The heat map and its table. `id` is unique on the page; `of` is what the attempts were asked
/// with.
///
/// # Errors
/// The template's.
pub(super) fn draw(
    page: &Page,
    id: &str,
    title: String,
    shows: Shows,
    of: &Query,
    hours: &[Hour],
) -> Result<Markup, AppError> {
    let first = hours.iter().map(|h| h.hour).min().unwrap_or(*USUAL.start()).min(*USUAL.start());
    let last = hours.iter().map(|h| h.hour).max().unwrap_or(*USUAL.end()).max(*USUAL.end());
    let shown: Vec<i32> = (first..=last).collect();
    let most = hours.iter().map(Hour::attempts).max().unwrap_or(1).max(1);
    let drawing = Drawing { page, shows, of, most };
    let rows = (0..7).map(|weekday| drawing.row(weekday, &shown, hours)).collect();
    let by_volume = shows == Shows::Volume;
    let lines = hours.iter().map(|hour| (words::day(page, hour.weekday), hour)).collect();
    let html = Chart { page, id, title, by_volume, hours: shown, rows, lines }.render()?;
    Ok(askama::filters::Safe(html))
}

struct Drawing<'a> {
    page: &'a Page,
    shows: Shows,
    of: &'a Query,
    /// Attempts in the fullest hour.
    most: i64,
}

impl Drawing<'_> {
    fn row(&self, weekday: i32, shown: &[i32], hours: &[Hour]) -> Row {
        let day = words::day(self.page, weekday);
        let of_day: Vec<&Hour> = hours.iter().filter(|hour| hour.weekday == weekday).collect();
        let key = usize::try_from(weekday).ok().and_then(|index| DAYS.get(index));
        let query = self.of.with("jour", key.unwrap_or(&"mon"));
        let cell = |hour: &i32| {
            let found = of_day.iter().find(|one| one.hour == *hour && one.attempts() > 0)?;
            Some(self.cell(&day, found, query.with("heure", &hour.to_string())))
        };
        Row {
            cells: shown.iter().map(cell).collect(),
            successes: of_day.iter().map(|hour| hour.successes).sum(),
            attempts: of_day.iter().map(|hour| hour.attempts()).sum(),
            short: day.chars().take(3).collect(),
            href: query.without("heure").href("/contacts"),
            day,
        }
    }

    fn cell(&self, day: &str, found: &Hour, query: Query) -> Cell {
        let (attempts, share) = (found.attempts(), percent(found.successes, found.attempts()));
        let args = [
            ("day", day.to_owned().into()),
            ("hour", found.hour.into()),
            ("percent", share.into()),
            ("count", attempts.into()),
        ];
        let (key, level) = match self.shows {
            Shows::Rate => ("contacts-cell", (share + 19) / 20),
            Shows::Volume => ("contacts-cell-volume", (attempts * 5).div_euclid(self.most).max(1)),
        };
        let label = self.page.language.t_with(key, &args);
        Cell { level, percent: share, attempts, label, href: query.href("/contacts") }
    }
}
