//! The alerts of one client, on their page.

use askama::Template;
use domain::alerts::{self, Sort};
use uuid::Uuid;

use super::filter::Params;
use super::pages::{Tab, tabs, take_tab};
use super::view::Row;
use crate::app::App;
use crate::error::AppError;
use crate::grid::{Column, Definition, Grid, ROWS};
use crate::page::{Markup, Page};

/// The columns of one client's alerts.
static OF_CLIENT: Definition = Definition {
    name: "client-alerts",
    path: "/client",
    label: "alerts-title",
    columns: &[
        Column::new("title", "alert-title").sorted("title").fixed().card("main").width(200),
        Column::new("description", "alert-description").class("clip").card("line").width(200),
        Column::new("date", "alert-date").sorted("due_at").card("left").width(120),
        Column::new("time", "alert-time").card("right").width(80),
        Column::new("status", "alert-status").sorted("status").card("status").width(150),
        Column::new("priority", "alert-priority")
            .sorted("priority")
            .class("tablet-hidden")
            .card("line")
            .width(110),
        Column::new("assignee", "alert-assignee").sorted("assigned_to").hidden().width(160),
        Column::new("author", "alert-author").sorted("created_by").hidden(),
        Column::new("created", "alert-created").sorted("created_at").hidden(),
    ],
    sort: "due_at",
};

/// A client's alerts, for the client's page.
#[derive(Template)]
#[template(path = "alerts/of_client.html")]
struct OfClient<'a> {
    page: &'a Page,
    client_id: Uuid,
    grid: Grid,
    tabs: Vec<Tab>,
    rows: Vec<Row>,
    /// Whether there are alerts under another tab.
    has_any: bool,
}

/// The datagrid of one client's alerts, and how many there are.
///
/// # Errors
/// A wrong filter, a cursor that is not ours; the engine's.
pub async fn of_client(
    app: &App,
    page: &Page,
    client_id: Uuid,
) -> Result<(Markup, Option<i64>), AppError> {
    let actor = page.actor();
    let conn = app.db().read();
    let mut grid = Grid::load_at(app, page, &OF_CLIENT, format!("/client/{client_id}")).await?;
    let mut params = Params {
        status: grid.query.get("status").map(str::to_owned),
        client_id: Some(client_id.to_string()),
        ..Params::default()
    };
    let tab = take_tab(&mut params);
    let (filter, ..) = params.read(Sort::SOONEST, page.zone)?;
    let sort = Sort::parse(&grid.sort)?;
    let statuses = filter.statuses.clone();
    let search = alerts::search(conn, &actor, filter, page.now).await?;
    let cursor = grid.cursor.clone();
    let listed = alerts::list(conn, &actor, &search, sort, cursor.as_deref(), ROWS).await?;
    let counts = alerts::counts(conn, &actor, &search).await?;
    let tabs = tabs(page, &grid, &counts, &tab, &["open", "done", "all"]);
    grid.fill(counts.of(&statuses), listed.rows.len(), listed.previous, listed.next);
    let rows = listed.rows.into_iter().map(|alert| Row::new(page, alert)).collect();
    let all = counts.all();
    let count = all.exact.then_some(all.value);
    let html = OfClient { page, client_id, grid, tabs, rows, has_any: all.value > 0 }.render()?;
    Ok((askama::filters::Safe(html), count))
}
