//! One client: its page and tabs, and what is done to it in one press.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::{Html, Response};
use chrono::{DateTime, Utc};
use domain::clients::{self, Client};
use domain::duplicates;
use serde_json::json;
use uuid::Uuid;

use super::words::{self, Line};
use crate::app::App;
use crate::contact_log;
use crate::error::AppError;
use crate::extract::{Click, Path, SignedIn, with_back};
use crate::grid::{Query, total_text};
use crate::page::{Flash, Form, Markup, Page, redirect_with};

/// Lines on a page of the timeline or the history.
const LINES: u32 = 50;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Tab {
    Alerts,
    Contacts,
    Orders,
    Timeline,
    History,
}

/// A change in words.
struct Change {
    field: String,
    before: String,
    after: String,
}

struct Entry {
    line: Line,
    changes: Vec<Change>,
    /// What this entry was put back from, in words.
    restored: Option<String>,
    /// Where the merge it tells of is taken back.
    unmerge: Option<String>,
}

#[derive(Template)]
#[template(path = "clients/show.html")]
struct Show {
    page: Page,
    client: Client,
    tab: Tab,
    entries: Vec<Entry>,
    /// Where older entries are.
    older: Option<String>,
    /// Their alerts, contacts or orders, on their tab.
    panel: Option<Markup>,
    contact: contact_log::Header,
    /// How many alerts they have, in words.
    alerts: String,
    /// What happened last, beside their alerts.
    recent: Vec<Line>,
}

/// Facts beside the alerts.
const RECENT: u32 = 6;

impl Show {
    /// The page around a tab. `alerts`: how many they have, if that is known.
    async fn new(
        app: &App,
        page: Page,
        client: Client,
        tab: Tab,
        alerts: Option<i64>,
    ) -> Result<Self, AppError> {
        let contact = contact_log::header(app, &page, &client).await?;
        let alerts = match alerts {
            Some(count) => page.number(&count),
            None => {
                let (conn, actor) = (app.db().read(), page.actor());
                let count = domain::alerts::count_of_client(conn, &actor, client.id, page.now);
                total_text(&page, count.await?)
            }
        };
        let (entries, older, panel, recent) = (Vec::new(), None, None, Vec::new());
        Ok(Self { page, client, tab, entries, older, panel, contact, alerts, recent })
    }

    fn orders_total(&self) -> String {
        self.page.number(&self.client.orders_total.into())
    }

    fn attempts(&self) -> String {
        self.page.number(&self.contact.attempts)
    }

    /// Of how many orders nothing is said in sums: `+ 2 en autre devise`.
    fn elsewhere(&self) -> String {
        match i64::from(self.client.orders_elsewhere()) {
            0 => String::new(),
            count => self.page.t1("clients-spent-elsewhere", "count", count),
        }
    }

    fn pending(&self) -> String {
        match i64::from(self.client.orders_pending) {
            0 => String::new(),
            count => self.page.t1("clients-orders-pending", "count", count),
        }
    }

    fn basket(&self) -> String {
        let client = &self.client;
        if client.orders_counted == 0 {
            return "—".to_owned();
        }
        words::money(&self.page, client, client.average_basket())
    }

    fn last_order(&self) -> String {
        self.client.last_order_at.map_or_else(|| "—".to_owned(), |at| self.page.near_day(&at))
    }

    fn best_time(&self) -> (&str, &str) {
        self.contact.best.as_ref().map_or(("—", ""), |(when, share)| (when, share))
    }

    fn here(&self) -> String {
        format!("/client/{}", self.client.id)
    }

    /// An instant as a date-and-time input holds it.
    fn local(&self, at: &DateTime<Utc>) -> String {
        at.with_timezone(&self.page.zone).format("%Y-%m-%dT%H:%M").to_string()
    }

    /// Where they live, on one line.
    fn place(&self) -> String {
        let parts = [&self.client.address, &self.client.city, &self.client.country];
        let parts: Vec<String> =
            parts.into_iter().flatten().map(|part| part.replace('\n', ", ")).collect();
        parts.join(", ")
    }
}

/// `GET /client/{id}`: its alerts.
pub(super) async fn alerts(
    State(app): State<App>,
    page: Page,
    caller: SignedIn,
    Path(id): Path<Uuid>,
) -> Result<Html<String>, AppError> {
    let client = clients::get(app.db().read(), &caller.actor(), id).await?;
    let (panel, count) = crate::alerts::of_client(&app, &page, id).await?;
    let recent = clients::recent(app.db().read(), &caller.actor(), id, RECENT).await?;
    let recent = recent.into_iter().map(|entry| words::line(&page, entry, &[])).collect();
    let show = Show::new(&app, page, client, Tab::Alerts, count).await?;
    Ok(Html(Show { panel: Some(panel), recent, ..show }.render()?))
}

/// `GET /client/{id}/contacts`: the attempts to reach them, and what they agreed to.
pub(super) async fn contacts(
    State(app): State<App>,
    page: Page,
    caller: SignedIn,
    Path(id): Path<Uuid>,
) -> Result<Html<String>, AppError> {
    contacts_tab(&app, page, &caller, id, &Form::new()).await
}

/// The same, with a consent as it was typed.
///
/// # Errors
/// Absent, or not the caller's to see.
pub(crate) async fn contacts_tab(
    app: &App,
    page: Page,
    caller: &SignedIn,
    id: Uuid,
    form: &Form,
) -> Result<Html<String>, AppError> {
    let client = clients::get(app.db().read(), &caller.actor(), id).await?;
    let panel = contact_log::of_client(app, &page, &client, form).await?;
    with_panel(app, page, client, Tab::Contacts, panel).await
}

async fn with_panel(
    app: &App,
    page: Page,
    client: Client,
    tab: Tab,
    panel: Markup,
) -> Result<Html<String>, AppError> {
    let show = Show::new(app, page, client, tab, None).await?;
    Ok(Html(Show { panel: Some(panel), ..show }.render()?))
}

/// `GET /client/{id}/commandes`: what they ordered.
pub(super) async fn orders(
    State(app): State<App>,
    page: Page,
    caller: SignedIn,
    Path(id): Path<Uuid>,
    RawQuery(query): RawQuery,
) -> Result<Html<String>, AppError> {
    let client = clients::get(app.db().read(), &caller.actor(), id).await?;
    let query = Query::parse(query.as_deref().unwrap_or_default());
    let panel = crate::orders::of_client(&app, &page, &client, query.get("status")).await?;
    with_panel(&app, page, client, Tab::Orders, panel).await
}

/// `GET /client/{id}/chronologie`: everything that happened around them.
pub(super) async fn timeline(
    State(app): State<App>,
    page: Page,
    caller: SignedIn,
    Path(id): Path<Uuid>,
    RawQuery(query): RawQuery,
) -> Result<Html<String>, AppError> {
    past(&app, page, caller, id, query, Tab::Timeline).await
}

/// `GET /client/{id}/historique`: each change, before and after.
pub(super) async fn history(
    State(app): State<App>,
    page: Page,
    caller: SignedIn,
    Path(id): Path<Uuid>,
    RawQuery(query): RawQuery,
) -> Result<Html<String>, AppError> {
    past(&app, page, caller, id, query, Tab::History).await
}

async fn past(
    app: &App,
    page: Page,
    caller: SignedIn,
    id: Uuid,
    query: Option<String>,
    tab: Tab,
) -> Result<Html<String>, AppError> {
    let (conn, actor) = (app.db().read(), caller.actor());
    let client = clients::get(conn, &actor, id).await?;
    let query = Query::parse(query.as_deref().unwrap_or_default());
    let before = query.get("avant").and_then(|seq| seq.parse().ok());
    let mut found = if tab == Tab::Timeline {
        clients::timeline(conn, &actor, id, before, LINES + 1).await?
    } else {
        clients::history(conn, &actor, id, before, LINES + 1).await?
    };
    let more = found.len() > LINES as usize;
    found.truncate(LINES as usize);
    let last = found.last().filter(|_| more).map(|entry| entry.seq);
    let path = page.path.split('?').next().unwrap_or_default().to_owned();
    let older = last.map(|seq| format!("{path}?avant={seq}"));
    let people = clients::choices(conn, &actor).await?.people;
    let merges = match tab {
        Tab::History if duplicates::may_decide(&actor) => duplicates::last_merges(conn, id).await?,
        _ => Vec::new(),
    };
    let entries = found
        .into_iter()
        .map(|entry| {
            let word = |field: &str, value| words::value(&page, field, value, &people);
            let changes = entry
                .changes
                .iter()
                .map(|(field, before, after)| Change {
                    field: words::field_name(&page, field),
                    before: word(field, before),
                    after: word(field, after),
                })
                .collect();
            let restored = words::restored_from(&page, &entry.data);
            let merge = merges.iter().find(|merge| entry.data["merge_id"] == json!(merge.id));
            let unmerge = merge
                .filter(|_| entry.kind == "client.merged")
                .map(|merge| format!("/client/fusions/{}/annulation", merge.id));
            Entry { line: words::line(&page, entry, &people), changes, restored, unmerge }
        })
        .collect();
    let show = Show::new(app, page, client, tab, None).await?;
    Ok(Html(Show { entries, older, ..show }.render()?))
}

/// `POST /client/{id}/activation`
pub(super) async fn activate(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
    click: Click,
) -> Result<Response, AppError> {
    let client = clients::activate(app.db(), &caller.actor(), id, app.now()).await?;
    Ok(done(&click, "client-activated", &client, format!("/client/{id}/desactivation")))
}

/// `POST /client/{id}/desactivation`
pub(super) async fn deactivate(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
    click: Click,
) -> Result<Response, AppError> {
    let client = clients::deactivate(app.db(), &caller.actor(), id, app.now()).await?;
    Ok(done(&click, "client-deactivated", &client, format!("/client/{id}/activation")))
}

fn done(click: &Click, key: &str, client: &Client, undo: String) -> Response {
    let target = click.back_or_stay(&format!("/client/{}", client.id));
    let flash = Flash::success(key).with("name", &client.full_name).undo(with_back(&undo, &target));
    redirect_with(&target, &flash)
}

/// `POST /client/{id}/suppression`
pub(super) async fn bin(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
    click: Click,
) -> Result<Response, AppError> {
    let client = clients::bin(app.db(), &caller.actor(), id, None, app.now()).await?;
    let flash = Flash::success("client-binned")
        .with("name", &client.full_name)
        .undo(format!("/client/{id}/restauration"));
    // Never to where it was pressed, if that is the page of who is gone.
    Ok(redirect_with(click.back("/client"), &flash))
}

/// `POST /client/{id}/restauration`
pub(super) async fn restore(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
) -> Result<Response, AppError> {
    let client = clients::restore(app.db(), &caller.actor(), id, app.now()).await?;
    let flash = Flash::success("client-restored").with("name", &client.full_name);
    Ok(redirect_with(&format!("/client/{id}"), &flash))
}
