use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::orders::{self, Answer, Order, OrderChanges, OrderFilter, Sort, Status};
use domain::{Error, Invalid, clients};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::json::{CandidateJson, LinkInput, OrderInput, OrderJson, OrderPage, OrderPatch};
use crate::answer::read_limit;
use crate::app::App;
use crate::error::{AppError, both};
use crate::extract::{Body, IfMatch, Path, SignedIn};
use crate::grid::Query;
use crate::i18n::Language;
use crate::identity::Speaks;
use crate::page::zone_of;

/// The page asked for: sort, limit.
fn paging(query: &Query) -> Result<(Sort, u32), AppError> {
    let mut invalid = Invalid::new();
    let sort = query.get("sort").map_or(Ok(Sort::default()), Sort::parse);
    if sort.is_err() {
        invalid.add("sort", "wrong-value");
    }
    let limit = read_limit(query.get("limit"), &mut invalid);
    domain::paging::check_cursor(query.get("cursor"), &mut invalid);
    invalid.check()?;
    Ok((sort?, limit))
}

/// List orders
#[utoipa::path(get, path = "/api/orders", tag = "orders", params(
        ("q" = Option<String>, Query, description = "Any part of a number, name, e-mail or phone"),
        ("status" = Option<String>, Query, description = "`pending`, `confirmed` or `cancelled`"),
        ("link" = Option<String>, Query, description = "`linked`, `review` or `unlinked`"),
        ("method" = Option<String>, Query, description = "`email`, `phone`, `name` or `manual`"),
        ("period" = Option<String>, Query, description = "`today`, `7d` or `30d` in the caller's zone"),
        ("ordered_after" = Option<String>, Query, description = "An instant, or a day"),
        ("ordered_before" = Option<String>, Query, description = "An instant, or a day"),
        ("client_id" = Option<Uuid>, Query),
        ("sort" = Option<String>, Query, description = "`ordered_at`, `price`, `number`, `client_name`, `email`, `status`, `link` or `client` (the linked client's name); `-` before it turns it round", example = "-ordered_at"),
        ("limit" = Option<u32>, Query, description = "1 to 200; 50 by default"),
        ("cursor" = Option<String>, Query)),
    responses((status = 200, body = OrderPage), (status = 422, description = "Wrong parameters, each named")))]
pub(super) async fn list(
    State(app): State<App>,
    caller: SignedIn,
    Speaks(language): Speaks,
    RawQuery(query): RawQuery,
) -> Result<Json<OrderPage>, AppError> {
    let query = Query::parse(query.as_deref().unwrap_or_default());
    let filter = OrderFilter::from_query(query.pairs(), zone_of(Some(&caller.0)));
    let (filter, (sort, limit)) = both(filter.map_err(AppError::from), paging(&query))?;
    let (conn, actor, now) = (app.db().read(), caller.actor(), app.now());
    let search = orders::search(conn, &actor, filter, now).await?;
    let paged = orders::list(conn, &actor, &search, sort, query.get("cursor"), limit).await?;
    let total = search.count(conn, &actor).await?;
    Ok(Json(OrderPage {
        data: paged.rows.into_iter().map(|order| OrderJson::new(language, order)).collect(),
        next_cursor: paged.next,
        total: total.into(),
    }))
}

/// Create an order
///
/// It is linked to its client at once, if that is sure.
#[utoipa::path(post, path = "/api/orders", tag = "orders", request_body = OrderInput,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body are done once")),
    responses((status = 201, body = OrderJson), (status = 422, description = "Wrong fields, each named")))]
pub(super) async fn create(
    caller: SignedIn,
    Speaks(language): Speaks,
    Body { app, body }: Body<OrderInput>,
) -> Result<Response, AppError> {
    let (actor, now) = (caller.actor(), app.now());
    let (new, wrong) = body.read(Invalid::new());
    if !wrong.is_empty() {
        let all = wrong.and_of(orders::check(app.db(), &actor, &new, now).await);
        return Err(as_sent(all).into());
    }
    let id = orders::create(app.db(), &actor, new, now).await.map_err(as_sent)?;
    let order = orders::get(app.db().read(), &actor, id).await?;
    let location = [(header::LOCATION, format!("/api/orders/{id}"))];
    Ok((location, answer(language, StatusCode::CREATED, order)).into_response())
}

/// Wrong fields by the names they have in a body.
fn as_sent(error: Error) -> Error {
    let Error::Invalid(mut fields) = error else { return error };
    for field in fields.iter_mut().filter(|field| field.field == "currency") {
        "price.currency".clone_into(&mut field.field);
    }
    Error::Invalid(fields)
}

fn answer(language: Language, status: StatusCode, order: Order) -> Response {
    let etag = [(header::ETAG, IfMatch::etag(order.version))];
    (status, etag, Json(OrderJson::new(language, order))).into_response()
}

/// Read an order
#[utoipa::path(get, path = "/api/orders/{id}", tag = "orders", params(("id" = Uuid, Path)),
    responses((status = 200, body = OrderJson), (status = 404, description = "Absent, or not yours to see")))]
pub(super) async fn read(
    State(app): State<App>,
    caller: SignedIn,
    Speaks(language): Speaks,
    Path(id): Path<Uuid>,
) -> Result<Response, AppError> {
    let order = orders::get(app.db().read(), &caller.actor(), id).await?;
    Ok(answer(language, StatusCode::OK, order))
}

/// Change an order
///
/// Absent fields stay; null empties. When its name, e-mail or phone change, it is linked anew.
#[utoipa::path(patch, path = "/api/orders/{id}", tag = "orders", request_body = OrderPatch,
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "The version read", example = "\"1\"")),
    responses((status = 200, body = OrderJson), (status = 404, description = "Absent, or not yours to see"),
        (status = 412, description = "Changed since"), (status = 422, description = "Wrong fields, each named"),
        (status = 428, description = "No If-Match")))]
pub(super) async fn change(
    caller: SignedIn,
    Speaks(language): Speaks,
    Path(id): Path<Uuid>,
    version: IfMatch,
    Body { app, body }: Body<OrderPatch>,
) -> Result<Response, AppError> {
    let actor = caller.actor();
    orders::get(app.db().read(), &actor, id).await?;
    let version = version.required()?;
    let wanted = OrderChanges::try_from(body)?;
    let changed = orders::change(app.db(), &actor, id, version, wanted, app.now()).await;
    changed.map_err(as_sent)?;
    let order = orders::get(app.db().read(), &actor, id).await?;
    Ok(answer(language, StatusCode::OK, order))
}

/// Say whose an order is
///
/// A client, by id or code, or nobody. The answer is remembered for the same name, e-mail and phone.
#[utoipa::path(put, path = "/api/orders/{id}/link", tag = "orders", request_body = LinkInput,
    params(("id" = Uuid, Path), ("If-Match" = Option<String>, Header, description = "The version read")),
    responses((status = 200, body = OrderJson), (status = 404, description = "Absent, or not yours to see"),
        (status = 412, description = "Changed since"), (status = 422, description = "No such client")))]
pub(super) async fn link(
    caller: SignedIn,
    Speaks(language): Speaks,
    Path(id): Path<Uuid>,
    version: IfMatch,
    Body { app, body }: Body<LinkInput>,
) -> Result<Response, AppError> {
    let actor = caller.actor();
    let order = orders::get(app.db().read(), &actor, id).await?;
    let said = match (body.client_id, body.client_code.as_deref()) {
        (Some(Some(client)), _) => match clients::get(app.db().read(), &actor, client).await {
            Ok(client) if client.call_center_id == order.call_center_id => {
                Answer::Client(client.id)
            }
            Ok(_) | Err(Error::NotFound) => {
                return Err(Error::invalid("client_id", "unknown-client").into());
            }
            Err(error) => return Err(error.into()),
        },
        (_, Some(code)) => {
            let found = orders::client_named(app.db().read(), order.call_center_id, code).await?;
            let unknown = || Error::invalid("client_code", "unknown-client");
            Answer::Client(found.ok_or_else(unknown)?)
        }
        (Some(None), None) => Answer::Nobody,
        (None, None) => return Err(Error::invalid("client_id", "required").into()),
    };
    let order = orders::decide(app.db(), &actor, id, version.version(), said, app.now()).await?;
    Ok(answer(language, StatusCode::OK, order))
}

/// Let the rules decide again whose an order is
#[utoipa::path(delete, path = "/api/orders/{id}/link", tag = "orders", params(("id" = Uuid, Path)),
    responses((status = 200, body = OrderJson), (status = 404, description = "Absent, or not yours to see")))]
pub(super) async fn unlink(
    State(app): State<App>,
    caller: SignedIn,
    Speaks(language): Speaks,
    Path(id): Path<Uuid>,
) -> Result<Response, AppError> {
    let actor = caller.actor();
    let order = orders::decide(app.db(), &actor, id, None, Answer::Undecided, app.now()).await?;
    Ok(answer(language, StatusCode::OK, order))
}

/// Who may have made an order, the most likely first
#[utoipa::path(get, path = "/api/orders/{id}/candidates", tag = "orders", params(("id" = Uuid, Path)),
    responses((status = 200, body = Vec<CandidateJson>), (status = 404, description = "Absent, or not yours to see")))]
pub(super) async fn candidates(
    State(app): State<App>,
    caller: SignedIn,
    Speaks(language): Speaks,
    Path(id): Path<Uuid>,
) -> Result<Json<Vec<CandidateJson>>, AppError> {
    let actor = caller.actor();
    let order = orders::get(app.db().read(), &actor, id).await?;
    let compared = orders::compared(app.db(), &actor, &order).await?;
    let json = |one: orders::Compared| CandidateJson::new(language, &one.candidate, one.client);
    Ok(Json(compared.into_iter().map(json).collect()))
}

/// A client's orders and what they make.
#[derive(Serialize, ToSchema)]
pub(super) struct ClientOrders {
    orders: Vec<OrderJson>,
    #[schema(example = 12)]
    total_orders: i32,
    confirmed_orders: i32,
    pending_orders: i32,
    cancelled_orders: i32,
    /// What confirmed orders in `currency` cost, in its minor units; others are not counted.
    #[schema(example = 412500)]
    total_spent: i64,
    /// Of those orders, in the same units.
    average_basket: i64,
    #[schema(example = "EUR")]
    currency: String,
    last_order_at: Option<chrono::DateTime<chrono::Utc>>,
    next_cursor: Option<String>,
}

/// A client's orders (spec 5)
#[utoipa::path(get, path = "/client/api/{id}/orders", tag = "orders",
    params(("id" = Uuid, Path), ("status" = Option<String>, Query), ("limit" = Option<u32>, Query),
        ("cursor" = Option<String>, Query)),
    responses((status = 200, body = ClientOrders), (status = 404, description = "Absent, or not yours to see")))]
pub(super) async fn of_client(
    State(app): State<App>,
    caller: SignedIn,
    Speaks(language): Speaks,
    Path(id): Path<Uuid>,
    RawQuery(query): RawQuery,
) -> Result<Json<ClientOrders>, AppError> {
    let query = Query::parse(query.as_deref().unwrap_or_default());
    let (conn, actor, now) = (app.db().read(), caller.actor(), app.now());
    let client = clients::get(conn, &actor, id).await?;
    let wrong = || Error::invalid("status", "wrong-value");
    let status = query.get("status").map(|name| Status::parse(name).ok_or_else(wrong)).transpose();
    let (status, (_, limit)) = both(status.map_err(AppError::from), paging(&query))?;
    let paged =
        orders::of_client(conn, &actor, id, status, query.get("cursor"), limit, now).await?;
    Ok(Json(ClientOrders {
        orders: paged.rows.into_iter().map(|order| OrderJson::new(language, order)).collect(),
        total_orders: client.orders_total,
        confirmed_orders: client.orders_confirmed,
        pending_orders: client.orders_pending,
        cancelled_orders: client.orders_cancelled,
        total_spent: client.total_spent,
        average_basket: client.average_basket(),
        currency: client.currency.unwrap_or_else(|| "EUR".to_owned()),
        last_order_at: client.last_order_at,
        next_cursor: paged.next,
    }))
}
