//! The list of clients, and the bin.

use askama::Template;
use axum::extract::State;
use axum::response::Html;
use domain::clients::{self, Choices, Client, ClientFilter, Sort};

use super::figures::{Figure, figures};
use super::words;
use crate::app::App;
use crate::error::AppError;
use crate::extract::SignedIn;
use crate::grid::{Column, Definition, Grid, ROWS};
use crate::page::Page;

static LIST: Definition = Definition {
    name: "clients",
    path: "/client",
    label: "clients-title",
    columns: &[
        Column::new("name", "clients-col-name").sorted("name").fixed().card("main").width(230),
        Column::new("company", "clients-col-company")
            .sorted("company_name")
            .class("tablet-hidden clip"),
        Column::new("phone", "clients-col-phone").sorted("phone").class("narrow-hidden"),
        Column::new("email", "clients-col-email").sorted("email").hidden().width(200),
        Column::new("city", "clients-col-city").sorted("city").hidden(),
        Column::new("contact", "clients-col-contact").sorted("date_notification").card("status"),
        Column::new("alert", "clients-col-alert").sorted("next_alert").card("left").width(190),
        Column::new("orders", "clients-col-orders").sorted("orders").class("num tablet-hidden"),
        Column::new("spent", "clients-col-spent").sorted("total_spent").class("num").card("right"),
        Column::new("segment", "clients-col-segment").sorted("segment").class("tablet-hidden"),
        Column::new("status", "clients-col-status").sorted("status").hidden().width(110),
        Column::new("tags", "clients-col-tags").sorted("tag").hidden(),
        Column::new("assignee", "clients-col-assignee").sorted("assigned_to").hidden(),
        Column::new("code", "clients-col-code").sorted("code").hidden(),
        Column::new("created", "clients-col-created").sorted("created_at").hidden().width(130),
    ],
    sort: "name",
};

static BIN: Definition = Definition {
    name: "clients-bin",
    path: "/client/corbeille",
    label: "clients-bin-title",
    columns: &[
        Column::new("name", "clients-col-name").sorted("name").fixed().card("main").width(230),
        Column::new("company", "clients-col-company").sorted("company_name"),
        Column::new("deleted", "clients-col-deleted").sorted("deleted_at").card("left"),
    ],
    sort: "-deleted_at",
};

#[derive(Template)]
#[template(path = "clients/list.html")]
struct List {
    page: Page,
    grid: Grid,
    rows: Vec<Client>,
    figures: [Figure; 5],
    choices: Choices,
    is_first: bool,
}

impl List {
    fn caption(&self) -> String {
        self.page.t("clients-caption")
    }
}

/// `GET /client`
pub(super) async fn list(
    State(app): State<App>,
    page: Page,
    caller: SignedIn,
) -> Result<Html<String>, AppError> {
    let (grid, rows) = read(&app, &page, &caller, &LIST, false).await?;
    let conn = app.db().read();
    let actor = caller.actor();
    let counts = app.client_counts().at(page.seq);
    let stats = counts.stats(conn, &actor, page.zone, page.now).await?;
    let choices = counts.choices(conn, &actor, page.now).await?;
    let figures = figures(&page, &stats);
    let is_first = stats.total == 0 && !grid.is_filtered();
    Ok(Html(List { page, grid, rows, figures, choices, is_first }.render()?))
}

#[derive(Template)]
#[template(path = "clients/bin.html")]
struct Bin {
    page: Page,
    grid: Grid,
    rows: Vec<Client>,
}

/// `GET /client/corbeille`
pub(super) async fn bin(
    State(app): State<App>,
    page: Page,
    caller: SignedIn,
) -> Result<Html<String>, AppError> {
    let (grid, rows) = read(&app, &page, &caller, &BIN, true).await?;
    Ok(Html(Bin { page, grid, rows }.render()?))
}

async fn read(
    app: &App,
    page: &Page,
    caller: &SignedIn,
    definition: &'static Definition,
    in_bin: bool,
) -> Result<(Grid, Vec<Client>), AppError> {
    let mut grid = Grid::load(app, page, definition).await?;
    let mut filter = ClientFilter::from_query(grid.query.pairs())?;
    filter.in_bin = in_bin;
    filter.time_zone = Some(page.zone.name().to_owned());
    let sort = Sort::parse(&grid.sort)?;
    let (conn, actor) = (app.db().read(), caller.actor());
    let counts = app.client_counts().at(page.seq);
    let cursor = grid.cursor.clone();
    let found =
        clients::list(conn, counts, &actor, &filter, sort, cursor.as_deref(), ROWS, page.now);
    let found = found.await?;
    chips(page, &mut grid, &filter);
    let clients = found.page;
    grid.fill(found.total, clients.rows.len(), clients.previous, clients.next);
    Ok((grid, clients.rows))
}

fn chips(page: &Page, grid: &mut Grid, filter: &ClientFilter) {
    let word = |prefix: &str, value: &str| {
        page.t(&format!("clients-{prefix}-{}", value.replace('_', "-")))
    };
    let mut chip = |name: &str, label: &str, value: Option<String>| {
        if let Some(value) = value {
            grid.chip(name, page.t(label), value);
        }
    };
    let active = |yes: bool| page.t(if yes { "clients-active" } else { "clients-inactive" });
    chip("is_active", "clients-col-status", filter.is_active.map(active));
    let text = |prefix: &str, value: &Option<String>| value.as_deref().map(|v| word(prefix, v));
    chip("period", "clients-col-created", text("period", &filter.period));
    chip("created_after", "clients-created-after", filter.created_after.map(|at| page.date(&at)));
    chip("segment", "clients-col-segment", text("segment", &filter.segment));
    chip(
        "notification_client",
        "clients-col-contact",
        text("contact", &filter.notification_client),
    );
    chip("alert_status", "clients-col-alert", text("alert", &filter.alert_status));
    chip("tag", "clients-tag", filter.tag.clone());
    let who = filter.assigned_to.as_deref().map(|who| match who {
        "me" => page.t("clients-assigned-me"),
        "none" => page.t("clients-assigned-none"),
        _ => page.t("clients-assigned-one"),
    });
    chip("assigned_to", "clients-col-assignee", who);
}
