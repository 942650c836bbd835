//! The queue of orders whose client is not certain: one at a time, answered from the keyboard.

use askama::Template;
use axum::extract::{Form as FormBody, RawQuery, State};
use axum::response::{Html, Response};
use domain::clients::NewClient;
use domain::operations::imports::split_name;
use domain::orders::{self, Answer, Compared, Order, OrderChanges, OrderFilter};
use domain::paging::Total;
use domain::{Error, clients};
use uuid::Uuid;

use super::{pick, words};
use crate::app::App;
use crate::error::AppError;
use crate::extract::{Path, SignedIn};
use crate::grid::Query;
use crate::page::{Flash, Form, Page, local_path, redirect_with};

/// A field of the order, or of a client beside it.
struct Cell {
    label: String,
    value: String,
    /// `agrees`, `near` or `differs`; empty where there is nothing to compare.
    class: &'static str,
}

/// A client who may have made the order.
struct Choice {
    compared: Compared,
    cells: Vec<Cell>,
    grounds: String,
}

#[derive(Template)]
#[template(path = "orders/review.html")]
struct Review {
    page: Page,
    order: Option<Order>,
    price: String,
    reason: String,
    /// What the order says.
    asked: Vec<Cell>,
    choices: Vec<Choice>,
    left: Total,
    skip: Option<String>,
}

/// `GET /commandes/a-verifier`
pub(super) async fn queue(
    State(app): State<App>,
    page: Page,
    caller: SignedIn,
    RawQuery(query): RawQuery,
) -> Result<Html<String>, AppError> {
    let actor = caller.actor();
    let query = Query::parse(query.as_deref().unwrap_or_default());
    let conn = app.db().read();
    let paged = orders::to_review(conn, &actor, query.get("cursor"), page.now).await?;
    let filter = OrderFilter { link: Some("review".to_owned()), ..OrderFilter::default() };
    let review = orders::search(conn, &actor, filter, page.now).await?;
    let left = review.count(conn, &actor).await?;
    let skip = paged.next.map(|cursor| format!("/commandes/a-verifier?cursor={cursor}"));
    let order = paged.rows.into_iter().next();
    let compared = match &order {
        Some(order) => orders::compared(app.db(), &actor, order).await?,
        None => Vec::new(),
    };
    let (price, reason) = match &order {
        Some(order) => (
            words::money(page.language, order.amount, &order.currency),
            order.why().map(|why| words::reason(page.language, &why)).unwrap_or_default(),
        ),
        None => Default::default(),
    };
    let asked = order.as_ref().map(|order| asked(&page, order)).unwrap_or_default();
    let choices = compared.into_iter().map(|one| choice(&page, &asked, one)).collect();
    Ok(Html(Review { page, order, price, reason, asked, choices, left, skip }.render()?))
}

fn asked(page: &Page, order: &Order) -> Vec<Cell> {
    let of = |label: &str, value: &Option<String>| Cell {
        label: page.t(label),
        value: value.clone().unwrap_or_default(),
        class: "",
    };
    vec![
        of("review-name", &order.client_name),
        of("review-email", &order.email),
        of("review-phone", &order.phone),
    ]
}

/// A client's fields, in the order of those of [`asked`].
fn choice(page: &Page, asked: &[Cell], compared: Compared) -> Choice {
    let grounds = &compared.candidate.grounds;
    let name = match (grounds.given.as_str(), grounds.family.as_str()) {
        ("same", "same") => "agrees",
        _ if grounds.similarity >= 0.6 => "near",
        _ => "differs",
    };
    let email = match grounds.email.as_str() {
        "exact" => "agrees",
        "mistyped" => "near",
        _ => "differs",
    };
    let phone = match grounds.phone.as_str() {
        "exact" => "agrees",
        "none" => "differs",
        _ => "near",
    };
    let client = &compared.client;
    let phones: Vec<&str> = client.phones.iter().map(|phone| phone.raw.as_str()).collect();
    let values = [
        (client.full_name.clone(), name),
        (client.emails.join(", "), email),
        (phones.join(", "), phone),
    ];
    let cells = asked.iter().zip(values).map(|(asked, (value, class))| Cell {
        label: asked.label.clone(),
        class: if asked.value.is_empty() || value.is_empty() { "" } else { class },
        value,
    });
    let cells = cells.collect();
    let grounds = words::grounds(page.language, grounds).join(", ");
    Choice { cells, grounds, compared }
}

impl Review {
    /// Where another client is looked for; then back to the order after this one.
    fn picker(&self, order: &Order) -> String {
        pick::path(order, &self.page.path)
    }
}

/// `POST /commandes/{id}/lien`: whose it is. `answer` is `client` (with `client`), `nobody` or
/// `create`; `back` is where to go, `q` what was searched to find the client.
pub(super) async fn answer(
    State(app): State<App>,
    page: Page,
    caller: SignedIn,
    Path(id): Path<Uuid>,
    FormBody(pairs): FormBody<Vec<(String, String)>>,
) -> Result<Response, AppError> {
    let actor = caller.actor();
    let form = Form::typed(pairs);
    let here = format!("/commandes/{id}");
    let back = match form.value("back") {
        "" => here.clone(),
        back => local_path(back).to_owned(),
    };
    let order = orders::get(app.db().read(), &actor, id).await?;
    let said = match form.value("answer") {
        "nobody" => Answer::Nobody,
        "create" => Answer::NewClient(Box::new(client_of(&order))),
        _ => match chosen(&app, &order, &form).await? {
            Some(client) => Answer::Client(client),
            None => {
                let (typed, back) = (form.value("q"), form.value("back"));
                return pick::show(&app, page, &caller, order, typed, back, true).await;
            }
        },
    };
    let version = form.value("version").parse().ok();
    match orders::decide(app.db(), &actor, id, version, said, app.now()).await {
        Ok(order) => Ok(redirect_with(&back, &decided(&order))),
        Err(Error::Stale) => Ok(redirect_with(&here, &Flash::error("order-stale-flash"))),
        Err(Error::Invalid(_)) => Ok(redirect_with(&here, &Flash::error("order-no-name-flash"))),
        Err(error) => Err(error.into()),
    }
}

fn decided(order: &Order) -> Flash {
    let flash = match &order.linked_name {
        Some(name) => Flash::success("order-linked-flash").with("name", name),
        None => Flash::success("order-unlinked-flash"),
    };
    flash.with("title", &order.number).undo(format!("/commandes/{}/lien/annulation", order.id))
}

/// The client of the order's centre that was chosen, unless they are gone.
async fn chosen(app: &App, order: &Order, form: &Form) -> Result<Option<Uuid>, AppError> {
    let Ok(id) = form.value("client").parse() else { return Ok(None) };
    let found = clients::get(app.db().read(), &domain::Actor::system(), id).await;
    Ok(found.ok().filter(|c| c.call_center_id == order.call_center_id).map(|c| c.id))
}

/// The client an order makes.
fn client_of(order: &Order) -> NewClient {
    let name = split_name(order.client_name.as_deref().unwrap_or_default());
    NewClient {
        call_center_id: Some(order.call_center_id),
        first_name: name.first,
        last_name: name.last,
        company_name: name.company,
        emails: order.email.clone().into_iter().collect(),
        // What could not be dialled is no phone of a client's.
        phones: order.phone.clone().filter(|_| order.phone_e164.is_some()).into_iter().collect(),
        ..NewClient::default()
    }
}

/// `POST /commandes/{id}/lien/annulation`: the rules decide again.
pub(super) async fn reopen(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
) -> Result<Response, AppError> {
    let actor = caller.actor();
    let order = orders::decide(app.db(), &actor, id, None, Answer::Undecided, app.now()).await?;
    let flash = Flash::success("order-reopened-flash").with("title", &order.number);
    Ok(redirect_with(&format!("/commandes/{id}"), &flash))
}

/// `POST /commandes/{id}/statut`
pub(super) async fn status(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
    FormBody(pairs): FormBody<Vec<(String, String)>>,
) -> Result<Response, AppError> {
    let actor = caller.actor();
    let form = Form::typed(pairs);
    let order = orders::get(app.db().read(), &actor, id).await?;
    let wanted =
        OrderChanges { status: Some(form.value("status").to_owned()), ..OrderChanges::default() };
    let here = format!("/commandes/{id}");
    match orders::change(app.db(), &actor, id, Some(order.version), wanted, app.now()).await {
        Ok(_) => {
            let flash = Flash::success("order-changed-flash").with("title", &order.number);
            Ok(redirect_with(&here, &flash))
        }
        Err(Error::Stale) => Ok(redirect_with(&here, &Flash::error("order-stale-flash"))),
        Err(error) => Err(error.into()),
    }
}
