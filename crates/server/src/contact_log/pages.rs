//! `/contacts`: every attempt, filtered, with its figures.

use askama::Template;
use axum::extract::State;
use axum::response::Html;
use chrono::Days;
use domain::call_centers::DAYS;
use domain::clients::Choices;
use domain::contact_log::{self, Attempt, BestTime, Channel, Hour, Sort, rules};

use super::chart::Shows;
use super::filter::{self, Asked, PERIODS, USUAL_DAYS};
use super::{chart, words};
use crate::app::App;
use crate::error::AppError;
use crate::extract::SignedIn;
use crate::grid::{Column, Definition, Grid, Query, ROWS};
use crate::page::{Markup, Page};

static GRID: Definition = Definition {
    name: "contacts",
    path: "/contacts",
    label: "contacts-title",
    columns: &[
        Column::new("client", "contacts-client").sorted("client").fixed().card("main").width(240),
        Column::new("date", "contacts-date").sorted("date").card("left").width(180),
        Column::new("status", "contacts-status").sorted("statut").card("status").width(150),
        Column::new("channel", "contacts-channel")
            .sorted("canal")
            .class("narrow-hidden")
            .card("right")
            .width(150),
        Column::new("agent", "contacts-agent").sorted("agent").card("line").width(200),
    ],
    sort: "-date",
};

/// An attempt, in words.
pub(super) struct Row {
    pub(super) attempt: Attempt,
    pub(super) pill: Markup,
    pub(super) channel: String,
    pub(super) icon: &'static str,
    pub(super) agent: String,
    /// Whether whoever looks may still take it back.
    pub(super) undoable: bool,
    /// Whether they may say by which way it really was.
    pub(super) editable: bool,
}

impl Row {
    pub(super) fn new(page: &Page, attempt: Attempt) -> Self {
        let actor = page.actor();
        Self {
            pill: words::status_pill(page, &attempt),
            channel: words::channel(page, &attempt),
            icon: words::channel_icon(&attempt.channel),
            agent: words::agent(page, &attempt),
            undoable: attempt.can_be_undone(&actor, page.now),
            editable: actor.leads_people() || actor.user_id == attempt.user_id,
            attempt,
        }
    }
}

/// A figure above the list.
struct Figure {
    /// The list it counts, or the chart it is read from.
    href: String,
    label: String,
    value: String,
    trend: String,
}

#[derive(Template)]
#[template(path = "contact_log/list.html")]
struct List {
    page: Page,
    grid: Grid,
    rows: Vec<Row>,
    choices: Choices,
    figures: Vec<Figure>,
    chart: Markup,
    may_export: bool,
}

impl List {
    fn asked(&self, name: &str) -> &str {
        self.grid.query.get(name).unwrap_or_default()
    }

    fn channels(&self) -> [Channel; 6] {
        Channel::ALL
    }

    fn periods(&self) -> [(&'static str, u64); 4] {
        PERIODS
    }

    /// The days of the week: as asked for, in words.
    fn days(&self) -> impl Iterator<Item = (&'static str, String)> {
        DAYS.into_iter().zip(0..).map(|(key, day)| (key, words::day(&self.page, day)))
    }
}

/// `GET /contacts`
pub(super) async fn list(
    State(app): State<App>,
    page: Page,
    caller: SignedIn,
) -> Result<Html<String>, AppError> {
    let (conn, actor) = (app.db().read(), caller.actor());
    let mut grid = Grid::load(&app, &page, &GRID).await?;
    let asked = filter::read(conn, &actor, &grid.query, page.zone, page.now).await?;
    let search = contact_log::search(conn, &actor, asked.filter.clone(), page.now).await?;
    let (sort, cursor) = (Sort::parse(&grid.sort)?, grid.cursor.clone());
    let found = contact_log::list(conn, &actor, &search, sort, cursor.as_deref(), ROWS).await?;
    let total = contact_log::count(conn, &actor, &search);
    let key = format!("{:?} {:?}", actor.call_center_id, asked.filter);
    let total = app.contact_counts().tell(key, page.seq, page.now, total).await?;
    let choices = app.client_counts().at(page.seq).choices(conn, &actor, page.now).await?;
    chips(&page, &mut grid, &asked, &choices, found.rows.first());
    grid.fill(total, found.rows.len(), found.previous, found.next);
    let title = chart_title(&page, &asked);
    let usual = page.day_of(&page.now).checked_sub_days(Days::new(USUAL_DAYS));
    let usual = usual.map(|day| (day, page.zone));
    let key = format!("{:?} {asked:?} {usual:?}", actor.call_center_id);
    let hours = asked.hours(conn, &actor, &search, usual);
    let hours = app.contact_hours().tell(key, page.seq, page.now, hours).await?;
    let allowed = rules::hours_of(conn, &actor).await?;
    let best = match asked.filter.status {
        // Those who were all reached, or all missed, say nothing of when one reaches more.
        Some(_) => None,
        None => contact_log::best_time(&hours, allowed.as_ref()),
    };
    let counted = counted(&grid.query, &asked);
    let shows = if asked.filter.status.is_some() { Shows::Volume } else { Shows::Rate };
    let chart = chart::draw(&page, "contacts-chart", title, shows, &counted, &hours)?;
    let figures = figures(&page, &grid, &asked, &counted, &hours, best);
    let rows = found.rows.into_iter().map(|attempt| Row::new(&page, attempt)).collect();
    let may_export = actor.leads_people();
    Ok(Html(List { page, grid, rows, choices, figures, chart, may_export }.render()?))
}

/// What the figures count, as the list would be asked for it.
fn counted(query: &Query, asked: &Asked) -> Query {
    let usual = asked.is_open_ended() && asked.filter.client_id.is_none();
    if usual { query.with("period", "90d") } else { query.clone() }
}

fn chart_title(page: &Page, asked: &Asked) -> String {
    let usual = asked.is_open_ended();
    let key = match asked.filter.client_id {
        _ if asked.filter.status.is_some() => "contacts-chart-volume",
        Some(_) => "contacts-chart-client",
        None if asked.is_search() && usual => "contacts-chart-search-usual",
        None if asked.is_search() => "contacts-chart-search",
        None if usual => "contacts-chart-usual",
        None => "contacts-chart",
    };
    page.t(key)
}

fn figures(
    page: &Page,
    grid: &Grid,
    asked: &Asked,
    counted: &Query,
    hours: &[Hour],
    best: Option<BestTime>,
) -> Vec<Figure> {
    let attempts: i64 = hours.iter().map(Hour::attempts).sum();
    let successes: i64 = hours.iter().map(|hour| hour.successes).sum();
    let figure = |href: String, label: &str, value: String, trend: String| {
        let label = page.t(label);
        Figure { href, label, value, trend }
    };
    let only = |status: &str| counted.with("statut", status).href(&grid.path);
    let all = counted.href(&grid.path);
    let chart = || format!("{}#contacts-chart", grid.query.href(&grid.path));
    // Of attempts that all went the same way, a rate says nothing.
    let share = if attempts == 0 || asked.filter.status.is_some() {
        "—".to_owned()
    } else {
        page.t1("contacts-percent", "count", chart::percent(successes, attempts))
    };
    let (best, trend) = match &best {
        Some(best) => {
            (words::best_time(page, best), page.t1("contacts-percent", "count", best.percent()))
        }
        None => ("—".to_owned(), String::new()),
    };
    vec![
        figure(all, "contacts-figure-attempts", page.number(&attempts), String::new()),
        figure(only("succes"), "contacts-figure-successes", page.number(&successes), String::new()),
        figure(
            only("echec"),
            "contacts-figure-failures",
            page.number(&(attempts - successes)),
            String::new(),
        ),
        figure(chart(), "contacts-figure-rate", share, String::new()),
        figure(chart(), "contact-best-title", best, trend),
    ]
}

fn chips(page: &Page, grid: &mut Grid, asked: &Asked, choices: &Choices, first: Option<&Attempt>) {
    let value = |name: &str| grid.query.get(name).map(str::to_owned);
    let mut chips = Vec::new();
    if let Some(user) = value("utilisateur") {
        let id = asked.filter.user_id;
        let known = choices.people.iter().find(|(person, _)| Some(*person) == id);
        let name = match user.as_str() {
            "me" => page.t("clients-assigned-me"),
            _ => known.map_or_else(|| page.t("clients-assigned-one"), |(_, name)| name.clone()),
        };
        chips.push(("utilisateur", "contacts-agent", name));
    }
    if let Some(status) = asked.filter.status {
        let word = page.t(&format!("contacts-{}", status.as_str()));
        chips.push(("statut", "contacts-status", word));
    }
    if let Some(channel) = asked.filter.channel {
        let word = page.t(&format!("contact-channel-{}", channel.as_str()));
        chips.push(("canal", "contacts-channel", word));
    }
    let day = asked.filter.weekday.map(|day| ("jour", "contacts-day", words::day(page, day)));
    let hour = asked
        .filter
        .hour
        .map(|hour| ("heure", "contacts-hour", format!("{hour}{}", page.t("contacts-hour-sign"))));
    chips.extend(day.into_iter().chain(hour));
    if let Some(period) = value("period") {
        chips.push(("period", "contacts-date", page.t(&format!("contacts-period-{period}"))));
    }
    for (name, label) in [("from", "contacts-from"), ("to", "contacts-to")] {
        chips.extend(value(name).map(|day| (name, label, page.typed_day(day))));
    }
    if value("client").is_some() {
        let name = first.map(|attempt| attempt.client_name.clone());
        let name = name.unwrap_or_else(|| page.t("contacts-one-client"));
        chips.push(("client", "contacts-client", name));
    }
    for (name, label, value) in chips {
        grid.chip(name, page.t(label), value);
    }
}
