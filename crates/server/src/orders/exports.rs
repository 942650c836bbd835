//! The orders of the filtered list as a file, streamed.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::Response;
use base::money::Money;
use base::sheet::{Cell, RowWriter, SheetError};
use domain::Actor;
use domain::orders::{self, Order, OrderFilter};

use crate::app::App;
use crate::error::AppError;
use crate::export::{self, Format, Style, Table, text};
use crate::extract::SignedIn;
use crate::grid::Query;
use crate::page::Page;

/// Orders read at once.
const BATCH: i64 = 2_000;

/// The orders of the filtered list as CSV. The parameters are those of `GET /api/orders`.
#[utoipa::path(get, path = "/api/exports/orders.csv", tag = "orders",
    params(("q" = Option<String>, Query, description = "Search"), ("status" = Option<String>, Query, description = "Status"),
        ("link" = Option<String>, Query, description = "Link state")),
    responses((status = 200, description = "The file", content_type = "text/csv"),
        (status = 403, description = "Only admins and supervisors export")))]
pub(super) async fn csv(
    State(app): State<App>,
    page: Page,
    who: SignedIn,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    stream(&app, &page, who.actor(), query, Format::Csv).await
}

/// The orders of the filtered list as XLSX. The parameters are those of `GET /api/orders`.
#[utoipa::path(get, path = "/api/exports/orders.xlsx", tag = "orders",
    params(("q" = Option<String>, Query, description = "Search"), ("status" = Option<String>, Query, description = "Status"),
        ("link" = Option<String>, Query, description = "Link state")),
    responses((status = 200, description = "The file",
            content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (status = 403, description = "Only admins and supervisors export")))]
pub(super) async fn xlsx(
    State(app): State<App>,
    page: Page,
    who: SignedIn,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    stream(&app, &page, who.actor(), query, Format::Xlsx).await
}

async fn stream(
    app: &App,
    page: &Page,
    actor: Actor,
    query: Option<String>,
    format: Format,
) -> Result<Response, AppError> {
    domain::operations::exports::permit(&actor)?;
    let query = Query::parse(query.as_deref().unwrap_or_default());
    let filter = OrderFilter::from_query(query.pairs(), page.zone)?;
    let style = Style { format, language: page.language, zone: page.zone };
    let search = orders::search(app.db().read(), &actor, filter, app.now()).await?;
    let asked = Arc::new((app.clone(), actor, search));
    let rows = export::read_ahead(move |after: Option<i64>| {
        let asked = asked.clone();
        async move {
            let (app, actor, search) = &*asked;
            let after = after.unwrap_or(0);
            orders::export_batch(app.db().read(), actor, search, after, BATCH).await
        }
    });
    export::respond("commandes", Orders, style, rows, app.now())
}

/// The columns, by the key of their name.
const COLUMNS: [&str; 13] = [
    "number",
    "client-code",
    "client",
    "name",
    "email",
    "phone",
    "price",
    "currency",
    "status",
    "date",
    "link",
    "method",
    "score",
];

struct Orders;

impl Table for Orders {
    type Row = Order;

    const SHEET: &'static str = "export-orders-sheet";

    fn columns(&self, style: Style) -> Vec<String> {
        let name = |key: &str| style.language.t(&format!("export-order-{key}"));
        COLUMNS.into_iter().map(name).collect()
    }

    fn write_row(
        &self,
        style: Style,
        order: &Order,
        writer: &mut dyn RowWriter,
    ) -> Result<(), SheetError> {
        let price = match order.currency.parse() {
            Ok(currency) => Money::new(order.amount, currency).to_decimal(),
            Err(_) => order.amount.to_string(),
        };
        let status = style.language.t(&format!("orders-status-{}", order.status));
        let link = style.language.t(&format!("orders-link-{}", order.link_state));
        let method = order.link_method.as_deref();
        let method = method.map(|name| style.language.t(&format!("orders-method-{name}")));
        writer.write_row(&[
            Cell::Text(&order.number),
            text(order.linked_code.as_deref()),
            text(order.linked_name.as_deref()),
            text(order.client_name.as_deref()),
            text(order.email.as_deref()),
            text(order.phone.as_deref()),
            Cell::Text(&price),
            Cell::Text(&order.currency),
            Cell::Text(&status),
            Cell::DateTime(style.local(order.ordered_at)),
            Cell::Text(&link),
            text(method.as_deref()),
            order.link_score.map_or(Cell::Empty, |score| Cell::Int(i64::from(score))),
        ])
    }
}
