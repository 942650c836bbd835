use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use domain::Invalid;
use domain::clients::{self, Client, ClientFilter, HistoryEntry, NewClient, Sort};
use domain::duplicates;
use domain::paging::{check_cursor, read_cursor, write_cursor};
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::json::{ClientInput, ClientJson, ClientPage, ClientPatch};
use crate::answer::{read_limit, versioned};
use crate::app::App;
use crate::duplicates::PossibleJson;
use crate::error::AppError;
use crate::extract::{Body, IfMatch, Path, SignedIn};
use crate::grid::Query;

/// The page asked for: sort, cursor, limit.
fn paging<'a>(
    query: &'a Query,
    invalid: &mut Invalid,
) -> Result<(Sort, Option<&'a str>, u32), AppError> {
    let sort = invalid.take(query.get("sort").map_or(Ok(Sort::default()), Sort::parse))?;
    let limit = read_limit(query.get("limit"), invalid);
    let cursor = query.get("cursor");
    check_cursor(cursor, invalid);
    Ok((sort, cursor, limit))
}

/// List clients
///
/// Searched, filtered, sorted; the cursor of one page leads to the next.
#[utoipa::path(get, path = "/api/clients", tag = "clients", params(
        ("q" = Option<String>, Query, description = "Any part of a name, e-mail, username, phone, address, company or code", example = "ndiaye"),
        ("is_active" = Option<bool>, Query),
        ("period" = Option<String>, Query, description = "`today`, `7d` or `30d` in the caller's zone"),
        ("created_after" = Option<DateTime<Utc>>, Query, description = "An instant, or a day"),
        ("segment" = Option<String>, Query, description = "`vip`, `regular`, `occasional` or `none`"),
        ("tag" = Option<String>, Query, description = "A tag's name"),
        ("notification_client" = Option<String>, Query, description = "`succes`, `echec` or `none`"),
        ("alert_status" = Option<String>, Query, description = "`due`, `in_progress` or `none`"),
        ("assigned_to" = Option<String>, Query, description = "A user's id, `me` or `none`"),
        ("sort" = Option<String>, Query, description = "`name`, `company_name`, `city`, `created_at`, `updated_at`, `date_notification`, `next_alert`, `orders`, `total_spent`, `last_order_at`, `segment`, `email`, `phone`, `code`, `status`, `assigned_to` or `tag`; `-` before it turns it round", example = "-created_at"),
        ("limit" = Option<u32>, Query, description = "1 to 200; 50 by default"),
        ("cursor" = Option<String>, Query)),
    responses((status = 200, body = ClientPage), (status = 422, description = "Wrong parameters, each named")))]
pub(super) async fn list(
    State(app): State<App>,
    caller: SignedIn,
    RawQuery(query): RawQuery,
) -> Result<Json<ClientPage>, AppError> {
    let query = Query::parse(query.as_deref().unwrap_or_default());
    let mut invalid = Invalid::new();
    let mut filter = invalid.take(ClientFilter::from_query(query.pairs()))?;
    let (sort, cursor, limit) = paging(&query, &mut invalid)?;
    invalid.check()?;
    filter.time_zone = filter.time_zone.or_else(|| super::zone_name(&caller.0));
    let (conn, counts, actor) = (app.db().read(), app.client_counts().latest(), caller.actor());
    let now = app.now();
    let mut listed = clients::list(conn, counts, &actor, &filter, sort, cursor, limit, now).await?;
    clients::with_contacts(conn, &mut listed.page.rows).await?;
    Ok(Json(ClientPage {
        data: listed.page.rows.into_iter().map(|row| ClientJson::new(row, now)).collect(),
        next_cursor: listed.page.next,
        total: listed.total.into(),
    }))
}

/// A new client, and the existing ones it looks like.
#[derive(Serialize, ToSchema)]
pub(super) struct CreatedClient {
    #[serde(flatten)]
    client: ClientJson,
    /// Clients who may be the same person, the most alike first; at most five. Absent when there
    /// is none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    possible_duplicates: Vec<PossibleJson>,
}

/// Create a client
///
/// `possible_duplicates` names the existing clients it looks like: the client is created all the
/// same, and the pair will be on the list of duplicates the next morning.
#[utoipa::path(post, path = "/api/clients", tag = "clients", request_body = ClientInput,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body are done once")),
    responses((status = 201, body = CreatedClient), (status = 409, description = "The key was used for another request"),
        (status = 422, description = "Wrong fields, each named")))]
pub(super) async fn create(
    caller: SignedIn,
    Body { app, body }: Body<ClientInput>,
) -> Result<Response, AppError> {
    let actor = caller.actor();
    let new = NewClient::from(body);
    let checked = clients::check(app.db().read(), &actor, &new).await?;
    let possible = duplicates::possible(app.db().read(), &checked).await?;
    let id = clients::create_checked(app.db(), &actor, checked, app.now()).await?;
    let client = clients::get(app.db().read(), &actor, id).await?;
    let location = [(header::LOCATION, format!("/api/clients/{id}"))];
    let possible_duplicates = possible.into_iter().map(PossibleJson::from).collect();
    let version = client.version;
    let body = CreatedClient { client: ClientJson::new(client, app.now()), possible_duplicates };
    Ok((location, versioned(StatusCode::CREATED, version, body)).into_response())
}

/// Read a client
#[utoipa::path(get, path = "/api/clients/{id}", tag = "clients", params(("id" = Uuid, Path)),
    responses((status = 200, body = ClientJson), (status = 404, description = "Absent, or not yours to see")))]
pub(super) async fn read(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
) -> Result<Response, AppError> {
    let client = clients::get(app.db().read(), &caller.actor(), id).await?;
    Ok(answer(&app, StatusCode::OK, client))
}

/// Change a client
///
/// Absent fields stay; null empties.
#[utoipa::path(patch, path = "/api/clients/{id}", tag = "clients", request_body = ClientPatch,
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "The version read", example = "\"1\"")),
    responses((status = 200, body = ClientJson), (status = 404, description = "Absent, or not yours to see"),
        (status = 412, description = "Changed since"), (status = 422, description = "Wrong fields, each named"),
        (status = 428, description = "No If-Match")))]
pub(super) async fn change(
    caller: SignedIn,
    Path(id): Path<Uuid>,
    version: IfMatch,
    Body { app, body }: Body<ClientPatch>,
) -> Result<Response, AppError> {
    let actor = caller.actor();
    clients::get(app.db().read(), &actor, id).await?;
    let version = version.required()?;
    clients::update(app.db(), &actor, id, version, body.into(), app.now()).await?;
    let client = clients::get(app.db().read(), &actor, id).await?;
    Ok(answer(&app, StatusCode::OK, client))
}

/// Put a client in the bin
///
/// It can be taken out again.
#[utoipa::path(delete, path = "/api/clients/{id}", tag = "clients",
    params(("id" = Uuid, Path), ("If-Match" = Option<String>, Header, description = "The version read", example = "\"1\"")),
    responses((status = 204, description = "In the bin"), (status = 404, description = "Absent, or not yours to see"),
        (status = 412, description = "Changed since")))]
pub(super) async fn bin(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
    version: IfMatch,
) -> Result<StatusCode, AppError> {
    clients::bin(app.db(), &caller.actor(), id, version.version(), app.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Activate a client
#[utoipa::path(post, path = "/api/clients/{id}/activation", tag = "clients", params(("id" = Uuid, Path)),
    responses((status = 200, body = ClientJson), (status = 404, description = "Absent, or not yours to see")))]
pub(super) async fn activate(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
) -> Result<Response, AppError> {
    let client = clients::activate(app.db(), &caller.actor(), id, app.now()).await?;
    Ok(answer(&app, StatusCode::OK, client))
}

/// Deactivate a client
#[utoipa::path(delete, path = "/api/clients/{id}/activation", tag = "clients", params(("id" = Uuid, Path)),
    responses((status = 200, body = ClientJson), (status = 404, description = "Absent, or not yours to see")))]
pub(super) async fn deactivate(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
) -> Result<Response, AppError> {
    let client = clients::deactivate(app.db(), &caller.actor(), id, app.now()).await?;
    Ok(answer(&app, StatusCode::OK, client))
}

pub(super) fn answer(app: &App, status: StatusCode, client: Client) -> Response {
    versioned(status, client.version, ClientJson::new(client, app.now()))
}

/// One change of a client.
#[derive(Serialize, ToSchema)]
pub(super) struct ClientChange {
    /// Its number in the journal.
    #[schema(example = 1042)]
    seq: i64,
    at: DateTime<Utc>,
    /// The event's type.
    #[schema(example = "client.updated")]
    kind: String,
    /// Whose record changed: the client's, or that of one who was merged into them.
    client_id: Uuid,
    /// Who; null is Vigie itself.
    user: Option<ChangeAuthor>,
    /// Field: before, after.
    #[schema(value_type = Object, example = json!({"city": ["Thiès", "Dakar"]}))]
    changes: Value,
    /// What it was put back from: `{"event": seq}` or `{"at": instant}`; null for other changes.
    #[schema(value_type = Option<Object>, example = json!({"event": 1040}))]
    restored_from: Value,
}

/// Who changed it.
#[derive(Serialize, ToSchema)]
struct ChangeAuthor {
    id: Uuid,
    name: String,
}

/// The changes of a client, newest first.
#[derive(Serialize, ToSchema)]
pub(super) struct ClientHistory {
    data: Vec<ClientChange>,
    next_cursor: Option<String>,
}

impl From<HistoryEntry> for ClientChange {
    fn from(entry: HistoryEntry) -> Self {
        let changes: Map<String, Value> = entry
            .changes
            .into_iter()
            .map(|(field, before, after)| (field, json!([before, after])))
            .collect();
        Self {
            seq: entry.seq,
            at: entry.at,
            kind: entry.kind,
            client_id: entry.subject_id,
            user: entry
                .actor_id
                .map(|id| ChangeAuthor { id, name: entry.actor_name.unwrap_or_default() }),
            changes: Value::Object(changes),
            restored_from: entry.data.get("restored_from").cloned().unwrap_or_default(),
        }
    }
}

/// Read a client's history
#[utoipa::path(get, path = "/api/clients/{id}/history", tag = "clients",
    params(("id" = Uuid, Path), ("limit" = Option<u32>, Query), ("cursor" = Option<String>, Query)),
    responses((status = 200, body = ClientHistory), (status = 404, description = "Absent, or not yours to see")))]
pub(super) async fn history(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
    RawQuery(query): RawQuery,
) -> Result<Json<ClientHistory>, AppError> {
    let query = Query::parse(query.as_deref().unwrap_or_default());
    let query = query.without("sort");
    let mut invalid = Invalid::new();
    let (_, cursor, limit) = paging(&query, &mut invalid)?;
    invalid.check()?;
    let before = cursor.map(read_cursor::<i64>).transpose()?;
    let conn = app.db().read();
    let mut entries = clients::history(conn, &caller.actor(), id, before, limit + 1).await?;
    let more = entries.len() > limit as usize;
    entries.truncate(limit as usize);
    let last = entries.last().filter(|_| more).map(|entry| entry.seq);
    Ok(Json(ClientHistory {
        next_cursor: last.map(|seq| write_cursor(&seq)),
        data: entries.into_iter().map(ClientChange::from).collect(),
    }))
}
