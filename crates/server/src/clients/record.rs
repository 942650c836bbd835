//! One client: its page and tabs, and what is done to it in one press.

use askama::Template;
use axum::extract::{Path, RawQuery, State};
use axum::response::{Html, Response};
use domain::clients::{self, Client};
use uuid::Uuid;

use super::words::{self, Line};
use crate::app::App;
use crate::error::AppError;
use crate::extract::SignedIn;
use crate::grid::Query;
use crate::page::{Flash, Markup, Page, redirect_with};

/// Lines on a page of the timeline or the history.
const LINES: u32 = 50;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Tab {
    Alerts,
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
    /// Their alerts, on their tab.
    alerts: Option<Markup>,
}

impl Show {
    fn here(&self) -> String {
        format!("/client/{}", self.client.id)
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
    let alerts = Some(crate::alerts::of_client(&app, &page, id).await?);
    let show = Show { page, client, tab: Tab::Alerts, entries: Vec::new(), older: None, alerts };
    Ok(Html(show.render()?))
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
            Entry { line: words::line(&page, entry, &people), changes }
        })
        .collect();
    Ok(Html(Show { page, client, tab, entries, older, alerts: None }.render()?))
}

/// `POST /client/{id}/activation`
pub(super) async fn activate(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
) -> Result<Response, AppError> {
    let client = clients::activate(app.db(), &caller.actor(), id, app.now()).await?;
    Ok(done("client-activated", &client, format!("/client/{id}/desactivation")))
}

/// `POST /client/{id}/desactivation`
pub(super) async fn deactivate(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
) -> Result<Response, AppError> {
    let client = clients::deactivate(app.db(), &caller.actor(), id, app.now()).await?;
    Ok(done("client-deactivated", &client, format!("/client/{id}/activation")))
}

fn done(key: &str, client: &Client, undo: String) -> Response {
    let flash = Flash::success(key).with("name", &client.full_name).undo(undo);
    redirect_with(&format!("/client/{}", client.id), &flash)
}

/// `POST /client/{id}/suppression`
pub(super) async fn bin(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
) -> Result<Response, AppError> {
    let client = clients::bin(app.db(), &caller.actor(), id, None, app.now()).await?;
    let flash = Flash::success("client-binned")
        .with("name", &client.full_name)
        .undo(format!("/client/{id}/restauration"));
    Ok(redirect_with("/client", &flash))
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
