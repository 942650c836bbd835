//! Looking for the client who made an order.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Response};
use domain::Invalid;
use domain::orders::{self, Order};
use uuid::Uuid;

use super::words;
use crate::app::App;
use crate::clients::words::{self as client_words, Card};
use crate::error::AppError;
use crate::extract::{Path, SignedIn};
use crate::grid::Query;
use crate::page::{Page, local_path};

/// A client who may have made the order.
struct Row {
    card: Card,
    /// What agrees, when the matcher found them.
    grounds: String,
}

#[derive(Template)]
#[template(path = "orders/pick.html")]
struct Pick {
    page: Page,
    order: Order,
    typed: String,
    /// Where to go once it is linked.
    back: String,
    rows: Vec<Row>,
    has_more: bool,
    /// Whether the client that was chosen is no longer there.
    is_gone: bool,
}

impl Pick {
    fn here(&self) -> String {
        path(&self.order, "")
    }

    /// `Awa N’Diaye · awa@exemple.sn · +221 77 512 40 11`.
    fn order_says(&self) -> String {
        let order = &self.order;
        let said = [&order.client_name, &order.email, &order.phone];
        let said: Vec<&str> = said.into_iter().flatten().map(String::as_str).collect();
        said.join(" · ")
    }
}

/// Where the client of an order is looked for, to come back to `back` afterwards.
pub(super) fn path(order: &Order, back: &str) -> String {
    let path = format!("/commandes/{}/client", order.id);
    if back.is_empty() { path } else { Query::default().with("back", back).href(&path) }
}

/// `GET /commandes/{id}/client?q=&back=`
pub(super) async fn pick(
    State(app): State<App>,
    page: Page,
    caller: SignedIn,
    Path(id): Path<Uuid>,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    let query = Query::parse(query.as_deref().unwrap_or_default());
    let order = orders::get(app.db().read(), &caller.actor(), id).await?;
    let asked = |name| query.get(name).unwrap_or_default();
    show(&app, page, &caller, order, asked("q"), asked("back"), false).await
}

/// The search again: the client that was chosen is gone.
pub(super) async fn show(
    app: &App,
    page: Page,
    caller: &SignedIn,
    order: Order,
    typed: &str,
    back: &str,
    is_gone: bool,
) -> Result<Response, AppError> {
    let mut invalid = Invalid::new();
    let typed = invalid.text("q", Some(typed), 200).unwrap_or_default();
    invalid.check()?;
    let actor = caller.actor();
    let (rows, has_more) = if typed.trim().is_empty() {
        let found = orders::compared(app.db(), &actor, &order).await?;
        let row = |one: orders::Compared| Row {
            grounds: words::grounds(page.language, &one.candidate.grounds).join(", "),
            card: client_words::card(&page, one.client.into()),
        };
        (found.into_iter().map(row).collect(), false)
    } else {
        let conn = app.db().read();
        let (found, has_more) = orders::possible(conn, &actor, &order, &typed, page.now).await?;
        let row = |one| Row { card: client_words::card(&page, one), grounds: String::new() };
        (found.into_iter().map(row).collect(), has_more)
    };
    let back = if back.is_empty() { String::new() } else { local_path(back).to_owned() };
    let html = Pick { page, order, typed, back, rows, has_more, is_gone }.render()?;
    let status = if is_gone { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, Html(html)).into_response())
}
