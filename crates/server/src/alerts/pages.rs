//! Reading alerts: the list, one alert.

use askama::Template;
use axum::extract::{Query as Asked, State};
use axum::response::Html;
use domain::alerts::{self, Alert, Assignable, Notice, Priority, Sort};
use domain::events::Event;
use uuid::Uuid;

use super::filter::Params;
use super::view::Row;
use crate::app::App;
use crate::error::AppError;
use crate::extract::{Path, SignedIn};
use crate::grid::{Chip, Column, Definition, Grid, Query, ROWS, total_text};
use crate::page::{Markup, Page};

/// The list's columns.
static GRID: Definition = Definition {
    name: "alerts",
    path: "/alertes",
    label: "alerts-title",
    columns: &[
        Column::new("title", "alert-title").sorted("title").fixed().card("main").width(280),
        Column::new("due", "alert-due").sorted("due_at").card("left").width(170),
        Column::new("client", "alert-client")
            .sorted("client")
            .class("clip")
            .card("line")
            .width(200),
        Column::new("status", "alert-status").sorted("status").card("status").width(170),
        Column::new("priority", "alert-priority")
            .sorted("priority")
            .class("narrow-hidden")
            .card("right")
            .width(120),
        Column::new("assignee", "alert-assignee")
            .sorted("assigned_to")
            .class("tablet-hidden")
            .width(180),
        Column::new("author", "alert-author").sorted("created_by").hidden(),
        Column::new("created", "alert-created").sorted("created_at").hidden(),
    ],
    sort: "due_at",
};

/// A status tab: its link, its words, how many it counts.
pub(super) struct Tab {
    pub(super) href: String,
    pub(super) label: String,
    pub(super) count: String,
    pub(super) current: bool,
}

#[derive(Template)]
#[template(path = "alerts/list.html")]
struct List {
    page: Page,
    grid: Grid,
    tabs: Vec<Tab>,
    rows: Vec<Row>,
    people: Vec<Assignable>,
}

impl List {
    /// The calendar, narrowed the same way.
    fn calendar(&self) -> String {
        const OWN: [&str; 3] = ["sort", "due_from", "due_to"];
        let query = OWN.iter().fold(self.grid.query.clone(), |query, name| query.without(name));
        query.href("/alertes/calendrier")
    }

    fn asked(&self, name: &str) -> &str {
        self.grid.query.get(name).unwrap_or_default()
    }

    fn priorities(&self) -> [Priority; 4] {
        Priority::ALL
    }
}

pub(super) async fn list(
    page: Page,
    State(app): State<App>,
    caller: SignedIn,
    Asked(mut params): Asked<Params>,
) -> Result<Html<String>, AppError> {
    let actor = caller.actor();
    actor.require(actor.works_with_clients())?;
    let tab = take_tab(&mut params);
    let (filter, ..) = params.read(Sort::SOONEST, page.zone)?;
    let mut grid = Grid::load(&app, &page, &GRID).await?;
    let sort = Sort::parse(&grid.sort)?;
    let conn = app.db().read();
    let cursor = grid.cursor.clone();
    let statuses = filter.statuses.clone();
    let key = format!("{actor:?} {filter:?}");
    let search = alerts::search(conn, &actor, filter, page.now).await?;
    let listed = alerts::list(conn, &actor, &search, sort, cursor.as_deref(), ROWS).await?;
    let counts = alerts::counts(conn, &actor, &search);
    let counts = app.alert_counts().tell(key, page.seq, page.now, counts).await?;
    let people = alerts::assignable(conn, &actor, None).await?;
    let tabs = tabs(&page, &grid, &counts, &tab, &TABS);
    grid.fill(counts.of(&statuses), listed.rows.len(), listed.previous, listed.next);
    grid.chips = chips(&page, &grid.query, &grid.path, &people);
    let rows = listed.rows.into_iter().map(|alert| Row::new(&page, alert)).collect();
    Ok(Html(List { page, grid, tabs, rows, people }.render()?))
}

/// The status tabs: what they are called in the address.
pub(super) const TABS: [&str; 5] = ["open", "due", "in_progress", "done", "all"];

/// Takes the tab out of the query and puts the statuses it stands for in its place.
pub(super) fn take_tab(params: &mut Params) -> String {
    let tab = params.status.take().filter(|s| !s.is_empty()).unwrap_or_else(|| "open".into());
    params.status = match tab.as_str() {
        "all" => None,
        "open" => Some("in_progress,due".into()),
        status => Some(status.to_owned()),
    };
    tab
}

/// Those of `shown`, with their counts.
pub(super) fn tabs(
    page: &Page,
    grid: &Grid,
    counts: &alerts::Counts,
    current: &str,
    shown: &[&str],
) -> Vec<Tab> {
    let totals = [counts.open(), counts.due, counts.in_progress, counts.done, counts.all()];
    TABS.into_iter()
        .zip(totals)
        .filter(|(name, _)| shown.contains(name))
        .map(|(name, total)| Tab {
            href: grid.query.with("status", name).href(&grid.path),
            label: page.t(&format!("alerts-tab-{name}")),
            count: total_text(page, total),
            current: name == current,
        })
        .collect()
}

/// The filters in force, the status aside: that is the tab.
pub(super) fn chips(page: &Page, query: &Query, path: &str, people: &[Assignable]) -> Vec<Chip> {
    let asked = |name: &str| query.get(name).map(str::to_owned);
    let mut chips = Vec::new();
    if let Some(priority) = asked("priority") {
        let words: Vec<String> =
            priority.split(',').map(|p| page.t(&format!("alert-priority-{p}"))).collect();
        chips.push(("priority", "alert-priority", words.join(", ")));
    }
    if let Some(who) = asked("assigned_to") {
        let name = people.iter().find(|p| p.id.to_string() == who).map(|p| p.name.clone());
        chips.push(("assigned_to", "alert-assignee", name.unwrap_or(page.t("alert-nobody"))));
    }
    for (name, label) in [("due_from", "alerts-from"), ("due_to", "alerts-to")] {
        chips.extend(asked(name).map(|day| (name, label, page.typed_day(day))));
    }
    if asked("client_id").is_some() {
        chips.push(("client_id", "alert-client", page.t("alerts-one-client")));
    }
    if asked("batch_id").is_some() {
        chips.push(("batch_id", "alerts-batch", page.t("alerts-one-batch")));
    }
    let chip = |(name, label, value): (&str, &str, String)| Chip {
        label: page.t(label),
        value,
        remove: query.without(name).href(path),
    };
    chips.into_iter().map(chip).collect()
}

/// One thing that happened, in words.
struct Happened {
    colour: &'static str,
    icon: &'static str,
    title: String,
    text: String,
    event: Event,
}

#[derive(Template)]
#[template(path = "alerts/show.html")]
struct Show {
    page: Page,
    row: Row,
    notices: Vec<(Notice, Markup)>,
    history: Vec<Happened>,
    acknowledged_by: Option<String>,
    completed_by: Option<String>,
    /// The due time where the alert lives, when the reader's clock shows another.
    elsewhere: Option<String>,
}

pub(super) async fn show(
    page: Page,
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
) -> Result<Html<String>, AppError> {
    let actor = caller.actor();
    let conn = app.db().read();
    let alert = alerts::get(conn, &actor, id).await?;
    let notices = alerts::notices_of(conn, &[id]).await?;
    let events = alerts::history(conn, &actor, id, None, 100).await?;
    let mut people: Vec<Uuid> = events.iter().filter_map(|event| event.actor_id).collect();
    people.extend(events.iter().filter_map(recipient));
    people.extend(events.iter().flat_map(assignees));
    people.extend([alert.acknowledged_by, alert.completed_by].into_iter().flatten());
    let names = alerts::names(conn, &people).await?;
    let name = |id: Option<Uuid>| id.and_then(|id| names.get(&id).cloned());
    let history = events.into_iter().map(|event| happened(&page, event, &name)).collect();
    Ok(Html(
        Show {
            notices: notices
                .into_iter()
                .map(|n| (n.clone(), state_pill(&page, &n.state)))
                .collect(),
            history,
            acknowledged_by: name(alert.acknowledged_by),
            completed_by: name(alert.completed_by),
            elsewhere: elsewhere(&page, &alert),
            row: Row::new(&page, alert),
            page,
        }
        .render()?,
    ))
}

fn elsewhere(page: &Page, alert: &Alert) -> Option<String> {
    let there = alert.due_at.with_timezone(&alert.zone()).naive_local();
    let here = alert.due_at.with_timezone(&page.zone).naive_local();
    (there != here).then(|| format!("{} ({})", there.format("%H:%M"), alert.time_zone))
}

fn state_pill(page: &Page, state: &str) -> Markup {
    let (kind, icon) = match state {
        "sent" => ("green", "mail-check"),
        "given_up" => ("red", "circle-x"),
        "cancelled" => ("grey", "ban"),
        _ => ("blue", "clock"),
    };
    page.pill(kind, icon, &page.t(&format!("alert-notice-{state}")))
}

fn recipient(event: &Event) -> Option<Uuid> {
    event.data["recipient"].as_str()?.parse().ok()
}

fn assignees(event: &Event) -> Vec<Uuid> {
    let pair = event.data["changes"]["assigned_to"].as_array();
    let ids = pair.into_iter().flatten().filter_map(|id| id.as_str()?.parse().ok());
    ids.collect()
}

fn happened(page: &Page, event: Event, name: &impl Fn(Option<Uuid>) -> Option<String>) -> Happened {
    let (colour, icon) = match event.kind.as_str() {
        "alert.due" => ("amber", "alarm-clock"),
        "alert.completed" => ("green", "check"),
        "alert.notice_sent" => ("blue", "mail"),
        "alert.notice_repeated" => ("amber", "mail"),
        "alert.notice_given_up" => ("red", "circle-x"),
        "alert.acknowledged" => ("sea", "hand"),
        "alert.removed" => ("red", "trash-2"),
        "alert.reopened" | "alert.restored" => ("blue", "rotate-ccw"),
        "alert.scheduled" => ("sea", "bell-plus"),
        _ => ("grey", "pencil"),
    };
    let key = event.kind.replace(['.', '_'], "-");
    let mut words: Vec<String> = changes(page, &event, name);
    if let Some(who) = name(recipient(&event)) {
        words.push(page.t1("alert-event-to", "name", who));
    }
    if let Some(error) = event.data["error"].as_str() {
        words.push(page.mail_reason(error));
    }
    if event.data["reason"] == "nobody" {
        words.push(page.t("alert-event-nobody"));
    }
    words.extend(name(event.actor_id));
    Happened {
        colour,
        icon,
        title: page.t(&format!("event-{key}")),
        text: words.join(" · "),
        event,
    }
}

/// `Échéance : 20 nov. 2026, 09:30 → 27 nov. 2026, 14:00`.
fn changes(
    page: &Page,
    event: &Event,
    name: &impl Fn(Option<Uuid>) -> Option<String>,
) -> Vec<String> {
    let value = |field: &str, value: &serde_json::Value| -> String {
        let text = value.as_str().unwrap_or_default();
        match field {
            "due_at" => text.parse().map(|at| page.date_time(&at)).unwrap_or_default(),
            "priority" => page.t(&format!("alert-priority-{text}")),
            "assigned_to" => name(text.parse().ok()).unwrap_or(page.t("alert-nobody")),
            _ => text.to_owned(),
        }
    };
    const FIELDS: [(&str, &str); 5] = [
        ("due_at", "alert-due"),
        ("title", "alert-title"),
        ("priority", "alert-priority"),
        ("assigned_to", "alert-assignee"),
        ("timezone", "alert-timezone"),
    ];
    let mut words: Vec<String> = FIELDS
        .iter()
        .filter_map(|(field, label)| {
            let pair = event.data["changes"][field].as_array()?;
            let (before, after) = (value(field, pair.first()?), value(field, pair.get(1)?));
            let args = [
                ("before", before.into()),
                ("after", after.into()),
                ("label", page.t(label).into()),
            ];
            Some(page.language.t_with("alert-event-change", &args))
        })
        .collect();
    if event.data["changes"]["description"].is_array() {
        words.push(page.t("alert-event-description"));
    }
    words
}
