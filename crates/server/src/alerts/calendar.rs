//! Alerts in a calendar: a month, a week, a day, or the days to come one after the other.

mod entry;
mod span;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{Html, Response};
use chrono::{Datelike as _, NaiveDate};
use domain::Error;
use domain::alerts::{self, Assignable, Priority, Sort};
use serde::Deserialize;
use uuid::Uuid;

use super::actions::LIST;
use super::filter::Params;
use super::pages;
use crate::app::App;
use crate::error::AppError;
use crate::extract::{Click, Path, SignedIn, with_back};
use crate::grid::{self, Chip, total_text};
use crate::page::{Flash, Page, redirect_with};
use entry::{Cell, Hour};
use span::{Shape, Span};

/// Where it stands.
const PATH: &str = "/alertes/calendrier";

/// What it shows, besides the filters of the list.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    /// `month`, `week`, `day` or `agenda`.
    #[serde(default)]
    view: Option<String>,
    /// A day in it: `2026-11-20`.
    #[serde(default)]
    date: Option<String>,
}

/// A link among others, one of which is where we are.
struct Choice {
    href: String,
    label: String,
    current: bool,
}

#[derive(Template)]
#[template(path = "alerts/calendar.html")]
struct Calendar {
    page: Page,
    query: grid::Query,
    span: Span,
    /// `novembre 2026`.
    period: String,
    total: String,
    views: Vec<Choice>,
    tabs: Vec<Choice>,
    chips: Vec<Chip>,
    people: Vec<Assignable>,
    cells: Vec<Cell>,
}

pub(super) async fn show(
    page: Page,
    State(app): State<App>,
    caller: SignedIn,
    Query(asked): Query<Asked>,
    Query(mut params): Query<Params>,
) -> Result<Html<String>, AppError> {
    let actor = caller.actor();
    actor.require(actor.works_with_clients())?;
    let tab = pages::take_tab(&mut params);
    let (filter, ..) = params.read(Sort::SOONEST, page.zone)?;
    let today = page.day_of(&page.now);
    let span = Span::read(asked.view.as_deref(), asked.date.as_deref(), today)?;
    let conn = app.db().read();
    let days = span.instants(page.zone);
    let found = alerts::days(conn, &actor, &filter, &days, span.shape.most(), page.now).await?;
    let people = alerts::assignable(conn, &actor, None).await?;
    let query = grid::Query::of(&page.path);
    let chips = pages::chips(&page, &query, PATH, &people);
    let total = total_text(&page, span.total(&found));
    let entries = span.days().zip(found);
    let cells = entries.map(|(date, day)| Cell::new(&page, &span, date, day)).collect();
    Ok(Html(
        Calendar {
            period: period(&page, &span),
            total,
            views: views(&page, &query, &span),
            tabs: tabs(&page, &query, &tab),
            chips,
            people,
            cells,
            span,
            query,
            page,
        }
        .render()?,
    ))
}

fn views(page: &Page, query: &grid::Query, span: &Span) -> Vec<Choice> {
    let choice = |shape: Shape| Choice {
        href: query.with("view", shape.as_str()).with("date", &span.anchor.to_string()).href(PATH),
        label: page.t(&format!("calendar-view-{}", shape.as_str())),
        current: shape == span.shape,
    };
    Shape::ALL.into_iter().map(choice).collect()
}

fn tabs(page: &Page, query: &grid::Query, current: &str) -> Vec<Choice> {
    let choice = |name: &&str| Choice {
        href: query.with("status", name).href(PATH),
        label: page.t(&format!("alerts-tab-{name}")),
        current: *name == current,
    };
    pages::TABS.iter().map(choice).collect()
}

/// The heading of what is shown.
fn period(page: &Page, span: &Span) -> String {
    let day = span.anchor;
    match span.shape {
        Shape::Month => page.t2(
            "calendar-month",
            ("month", page.t(&format!("month-{}", day.month())).into()),
            ("year", day.year().to_string().into()),
        ),
        Shape::Day => page.long_day(day),
        Shape::Week | Shape::Agenda => page.t2(
            "calendar-period",
            ("first", page.day(span.first).into()),
            ("last", page.day(span.last).into()),
        ),
    }
}

impl Calendar {
    fn asked(&self, name: &str) -> &str {
        self.query.get(name).unwrap_or_default()
    }

    fn priorities(&self) -> [Priority; 4] {
        Priority::ALL
    }

    /// The same around another day.
    fn at(&self, day: &NaiveDate) -> String {
        self.query.with("date", &day.to_string()).href(PATH)
    }

    fn today(&self) -> String {
        self.query.without("date").href(PATH)
    }

    /// One day by itself.
    fn day(&self, day: &NaiveDate) -> String {
        self.query.with("view", "day").with("date", &day.to_string()).href(PATH)
    }

    /// The list, narrowed the same way.
    fn list(&self) -> String {
        self.query.without("view").without("date").href("/alertes")
    }

    /// The list of one day: where the calendar stops.
    fn list_of(&self, day: &NaiveDate) -> String {
        let day = day.to_string();
        let query = self.query.without("view").without("date");
        query.with("due_from", &day).with("due_to", &day).href("/alertes")
    }

    /// What the filters and the search keep.
    fn kept(&self, except: &[&str]) -> Vec<(&str, &str)> {
        self.query.pairs().filter(|(name, _)| !except.contains(name)).collect()
    }

    fn is_filtered(&self) -> bool {
        !self.chips.is_empty() || self.query.get("q").is_some()
    }

    fn is_empty(&self) -> bool {
        self.cells.iter().all(|cell| cell.entries.is_empty())
    }

    fn weeks(&self) -> std::slice::Chunks<'_, Cell> {
        self.cells.chunks(7)
    }

    fn hours(&self) -> Vec<Hour<'_>> {
        self.cells.first().map(|cell| entry::hours(&self.page, cell)).unwrap_or_default()
    }
}

/// A drop: to the day `date` (and the hour `hour`), at the same time on the clock of whoever
/// moves it. `version` is what their page showed.
pub(super) async fn move_to(
    page: Page,
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
    click: Click,
) -> Result<Response, AppError> {
    let (actor, now) = (caller.actor(), app.now());
    let before = alerts::get(app.db().read(), &actor, id).await?;
    let (version, place) = read_drop(&click)?;
    let back = click.back(LIST);
    let moved = alerts::move_to(app.db(), &actor, &before, version, place, page.zone, now).await;
    let flash = match moved {
        Ok(after) => Flash::success("alert-moved")
            .with("title", &after.title)
            .with("when", page.near(&after.due_at))
            .undo(with_back(
                &format!("/alertes/{id}/echeance?instant={}", before.due_at.timestamp()),
                back,
            )),
        Err(Error::Stale) => Flash::warning("alert-moved-by-other").with("title", &before.title),
        Err(Error::Invalid(errors)) if errors.iter().all(|e| e.code == "due-in-past") => {
            Flash::error("alert-not-moved-to-past").with("title", &before.title)
        }
        Err(error) => return Err(error.into()),
    };
    Ok(redirect_with(back, &flash))
}

/// Every wrong field of a drop at once.
fn read_drop(click: &Click) -> Result<(i32, (NaiveDate, Option<u32>)), Error> {
    let mut invalid = domain::Invalid::new();
    let date = click.get("date").and_then(span::read_day);
    if date.is_none() {
        invalid.add("date", "not-a-date");
    }
    let hour = click.get("hour").filter(|hour| !hour.is_empty()).map(str::parse::<u32>);
    if hour.as_ref().is_some_and(|hour| !hour.as_ref().is_ok_and(|hour| *hour < 24)) {
        invalid.add("hour", "wrong-value");
    }
    let version = click.get("version").and_then(|version| version.parse().ok());
    if version.is_none() {
        invalid.add("version", "wrong-value");
    }
    invalid.check()?;
    Ok((version.unwrap_or_default(), (date.unwrap_or_default(), hour.and_then(Result::ok))))
}
