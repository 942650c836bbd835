//! Reading orders: the list, one order, a client's orders.

use askama::Template;
use axum::extract::State;
use axum::response::Html;
use domain::clients::Client;
use domain::orders::{self, Compared, Counts, Order, OrderFilter, Sort, Status};
use uuid::Uuid;

use super::{pick, words};
use crate::app::App;
use crate::clients::words::{self as client_words, Line};
use crate::error::AppError;
use crate::extract::{Path, SignedIn};
use crate::grid::{Column, Definition, Grid, ROWS, total_text};
use crate::page::{Markup, Page};

/// Facts of an order's past that are shown.
const LINES: u32 = 50;

/// The list's columns.
static GRID: Definition = Definition {
    name: "orders",
    path: "/commandes",
    label: "orders-title",
    columns: &[
        Column::new("number", "orders-col-number").sorted("number").fixed().card("main").width(170),
        Column::new("name", "orders-col-on-order")
            .sorted("client_name")
            .class("clip")
            .card("line")
            .width(200),
        Column::new("client", "orders-col-client")
            .sorted("client")
            .class("clip tablet-hidden")
            .width(200),
        Column::new("contact", "orders-col-contact")
            .sorted("email")
            .class("tablet-hidden laptop-hidden")
            .width(220),
        Column::new("link", "orders-col-link").sorted("link").card("status").width(150),
        Column::new("status", "orders-col-status").sorted("status").card("left").width(140),
        Column::new("price", "orders-col-price")
            .sorted("price")
            .class("num")
            .card("right")
            .width(130),
        Column::new("date", "orders-col-date")
            .sorted("ordered_at")
            .class("tablet-hidden")
            .width(150),
    ],
    sort: "-ordered_at",
};

/// A figure above the list.
struct Figure {
    href: &'static str,
    label: String,
    value: String,
}

#[derive(Template)]
#[template(path = "orders/list.html")]
struct List {
    page: Page,
    grid: Grid,
    rows: Vec<Order>,
    figures: Vec<Figure>,
    may_import: bool,
    may_set: bool,
}

impl List {
    fn asked(&self, name: &str) -> &str {
        self.grid.query.get(name).unwrap_or_default()
    }

    fn export(&self, format: &str) -> String {
        self.grid.query.href(&format!("/api/exports/orders.{format}"))
    }

    fn price(&self, order: &Order) -> String {
        words::money(self.page.language, order.amount, &order.currency)
    }
}

/// `GET /commandes`
pub(super) async fn list(
    State(app): State<App>,
    page: Page,
    caller: SignedIn,
) -> Result<Html<String>, AppError> {
    let actor = caller.actor();
    actor.require(actor.works_with_clients())?;
    let mut grid = Grid::load(&app, &page, &GRID).await?;
    let filter = OrderFilter::from_query(grid.query.pairs(), page.zone)?;
    let sort = Sort::parse(&grid.sort)?;
    let (conn, cursor) = (app.db().read(), grid.cursor.clone());
    let search = orders::search(conn, &actor, filter.clone(), page.now).await?;
    let paged = orders::list(conn, &actor, &search, sort, cursor.as_deref(), ROWS).await?;
    let counts = orders::counts(conn, &actor, &search, page.now);
    let key = format!("{:?} {filter:?}", actor.call_center_id);
    let counts = app.order_counts().tell(key, page.seq, page.now, counts).await?;
    grid.fill(counts.matching, paged.rows.len(), paged.previous, paged.next);
    chips(&page, &mut grid, &filter);
    let figures = figures(&page, &counts);
    let (may_import, may_set) = (actor.leads_people(), actor.is_admin());
    Ok(Html(List { page, grid, rows: paged.rows, figures, may_import, may_set }.render()?))
}

fn chips(page: &Page, grid: &mut Grid, filter: &OrderFilter) {
    let word = |prefix: &str, value: &Option<String>| {
        value.as_deref().map(|value| page.t(&format!("{prefix}-{value}")))
    };
    let day = |name: &str| grid.query.get(name).map(|day| page.typed_day(day.to_owned()));
    let chips = [
        ("status", "orders-col-status", word("orders-status", &filter.status)),
        ("link", "orders-col-link", word("orders-link", &filter.link)),
        ("method", "orders-col-method", word("orders-method", &filter.method)),
        ("period", "orders-filter-period", word("clients-period", &filter.period)),
        ("from", "orders-filter-from", day("from")),
        ("to", "orders-filter-to", day("to")),
        ("client_id", "orders-col-client", filter.client_id.map(|_| page.t("orders-one-client"))),
    ];
    for (name, label, value) in chips {
        if let Some(value) = value {
            grid.chip(name, page.t(label), value);
        }
    }
}

fn figures(page: &Page, counts: &Counts) -> Vec<Figure> {
    let [pending, confirmed, cancelled] = counts.by_status;
    let [_, review, unlinked] = counts.by_link;
    let figure = |href, label: &str, total| Figure {
        href,
        label: page.t(label),
        value: total_text(page, total),
    };
    vec![
        figure("/commandes?status=confirmed", "orders-figure-confirmed", confirmed),
        figure("/commandes?status=pending", "orders-figure-pending", pending),
        figure("/commandes?status=cancelled", "orders-figure-cancelled", cancelled),
        figure("/commandes/a-verifier", "orders-figure-review", review),
        figure("/commandes?link=unlinked", "orders-figure-unlinked", unlinked),
    ]
}

#[derive(Template)]
#[template(path = "orders/show.html")]
struct Show {
    page: Page,
    order: Order,
    price: String,
    reason: Option<String>,
    candidates: Vec<(Compared, String)>,
    /// What happened to it, the latest first.
    past: Vec<Line>,
}

impl Show {
    /// Where another client is looked for.
    fn picker(&self) -> String {
        pick::path(&self.order, "")
    }

    /// Who decided, when a person did.
    fn decided(&self) -> Option<String> {
        let at = self.order.decided_at?;
        let Some(name) = &self.order.decider_name else {
            return Some(self.page.t("order-decided-by-file"));
        };
        let (name, when) = (name.clone().into(), self.page.near(&at).into());
        Some(self.page.t2("order-decided", ("name", name), ("when", when)))
    }
}

/// `GET /commandes/{id}`
pub(super) async fn show(
    State(app): State<App>,
    page: Page,
    caller: SignedIn,
    Path(id): Path<Uuid>,
) -> Result<Html<String>, AppError> {
    let actor = caller.actor();
    let order = orders::get(app.db().read(), &actor, id).await?;
    let compared = match order.link_state.as_str() {
        "linked" => Vec::new(),
        _ => orders::compared(app.db(), &actor, &order).await?,
    };
    let said = |one: Compared| {
        let grounds = words::grounds(page.language, &one.candidate.grounds).join(", ");
        (one, grounds)
    };
    let candidates = compared.into_iter().map(said).collect();
    let price = words::money(page.language, order.amount, &order.currency);
    let reason = order.why().map(|why| words::reason(page.language, &why));
    let past = orders::history(app.db().read(), &actor, order.id, LINES).await?;
    let past = past.into_iter().map(|entry| client_words::line(&page, entry, &[])).collect();
    Ok(Html(Show { page, order, price, reason, candidates, past }.render()?))
}

/// A client's orders, for the client's page.
#[derive(Template)]
#[template(path = "orders/of_client.html")]
struct OfClient<'a> {
    page: &'a Page,
    client: &'a Client,
    rows: Vec<Order>,
    more: bool,
    /// The status asked for; empty is all.
    status: &'static str,
}

impl OfClient<'_> {
    fn price(&self, order: &Order) -> String {
        words::money(self.page.language, order.amount, &order.currency)
    }

    /// How many there are of each status, all of them first.
    fn counts(&self) -> [(&'static str, &'static str, String); 4] {
        let client = self.client;
        [
            ("", "orders-figure-total", client.orders_total),
            ("confirmed", "orders-figure-confirmed", client.orders_confirmed),
            ("pending", "orders-figure-pending", client.orders_pending),
            ("cancelled", "orders-figure-cancelled", client.orders_cancelled),
        ]
        .map(|(status, label, count)| (status, label, self.page.number(&count.into())))
    }

    fn status_href(&self, status: &str) -> String {
        let here = format!("/client/{}/commandes", self.client.id);
        if status.is_empty() { here } else { format!("{here}?status={status}") }
    }
}

/// The latest orders of one client, of one status if it is one.
///
/// # Errors
/// The engine's.
pub async fn of_client(
    app: &App,
    page: &Page,
    client: &Client,
    status: Option<&str>,
) -> Result<Markup, AppError> {
    const MOST: u32 = 50;
    let (conn, actor) = (app.db().read(), page.actor());
    let status = status.and_then(Status::parse);
    let paged = orders::of_client(conn, &actor, client.id, status, None, MOST, page.now).await?;
    let html = OfClient {
        page,
        client,
        more: paged.next.is_some(),
        rows: paged.rows,
        status: status.map(Status::as_str).unwrap_or_default(),
    }
    .render()?;
    Ok(askama::filters::Safe(html))
}
