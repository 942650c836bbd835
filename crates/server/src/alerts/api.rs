use std::collections::HashMap;

use axum::Json;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::alerts::{self, Alert, Changes, DueInput, NewAlert, Notice, Sort, Targets};
use domain::clients::ClientFilter;
use domain::{Error, Invalid};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::filter::Params;
use super::json::{AlertEvent, AlertHistory, AlertPage, ApiAlert, EventActor};
use crate::answer::{read_limit, versioned};
use crate::app::App;
use crate::error::AppError;
use crate::extract::{Body, IfMatch, Path, SignedIn, present};

/// Alerts with their notices, in the order given.
async fn whole(app: &App, rows: Vec<Alert>) -> Result<Vec<ApiAlert>, AppError> {
    let ids: Vec<Uuid> = rows.iter().map(|alert| alert.id).collect();
    let mut notices: HashMap<Uuid, Vec<Notice>> = HashMap::new();
    for notice in alerts::notices_of(app.db().read(), &ids).await? {
        notices.entry(notice.alert_id).or_default().push(notice);
    }
    let now = app.now();
    let with_notices = |alert: Alert| {
        let notices = notices.remove(&alert.id).unwrap_or_default();
        ApiAlert::new(alert, notices, now)
    };
    Ok(rows.into_iter().map(with_notices).collect())
}

async fn answer(app: &App, status: StatusCode, alert: Alert) -> Result<Response, AppError> {
    let version = alert.version;
    let alert = whole(app, vec![alert]).await?.pop().ok_or(Error::NotFound)?;
    Ok(versioned(status, version, alert))
}

/// An alert to be scheduled: on one client, on several, or on all that match a filter.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ScheduleBody {
    /// One client: the answer is the alert.
    client_id: Option<Uuid>,
    /// Several: the answer is the batch.
    client_ids: Option<Vec<Uuid>>,
    /// All that match now, as `GET /api/clients` would list them: the answer is the batch.
    #[schema(value_type = Option<Object>)]
    filter: Option<ClientFilter>,
    #[schema(example = "Contrat annuel à renouveler", max_length = 200)]
    title: String,
    #[schema(max_length = 5000)]
    description: Option<String>,
    /// An RFC 3339 instant, or a wall-clock time in `timezone`: `2026-11-20T09:30`.
    #[schema(example = "2026-11-20T09:30:00Z")]
    due_at: String,
    /// An IANA zone; the centre's when absent.
    #[schema(example = "Africa/Dakar")]
    timezone: Option<String>,
    /// `low`, `normal` (when absent), `high` or `critical`.
    #[schema(example = "high")]
    priority: Option<String>,
    /// An active user of the centre who may see its clients.
    assigned_to: Option<Uuid>,
}

/// What scheduling on many made.
#[derive(Serialize, ToSchema)]
pub(super) struct BatchMade {
    batch_id: Uuid,
    #[schema(example = 37)]
    created: usize,
}

/// Schedule an alert
///
/// On one client (`client_id`), or on many at once (`client_ids` or `filter`): all or nothing.
#[utoipa::path(post, path = "/api/alerts", tag = "alerts", request_body = ScheduleBody,
    responses((status = 201, body = ApiAlert, description = "The alert; for many clients, `{batch_id, created}`"),
        (status = 403, description = "Not allowed to"), (status = 422, description = "Wrong fields, each named")))]
pub(super) async fn create(
    caller: SignedIn,
    Body { app, body }: Body<ScheduleBody>,
) -> Result<Response, AppError> {
    let new = NewAlert {
        title: body.title,
        description: body.description,
        due: DueInput::At(body.due_at),
        time_zone: body.timezone,
        priority: body.priority,
        assigned_to: body.assigned_to,
    };
    let (actor, now) = (caller.actor(), app.now());
    let targets = match (body.client_id, body.client_ids, body.filter) {
        (client, None, None) => {
            let alert = alerts::schedule(app.db(), &actor, client, &new, now).await?;
            return answer(&app, StatusCode::CREATED, alert).await;
        }
        (None, Some(ids), None) => Targets::Ids(ids),
        (None, None, Some(mut filter)) => {
            let mut invalid = Invalid::new();
            filter.check(&mut invalid);
            invalid.check()?;
            filter.time_zone = filter.time_zone.or_else(|| zone_name(&caller));
            Targets::Filter(Box::new(filter))
        }
        _ => {
            let mut invalid = Invalid::new();
            invalid.add("client_id", "one-target").add("client_ids", "one-target");
            invalid.add("filter", "one-target");
            invalid.check()?;
            return Err(Error::NotFound.into());
        }
    };
    let batch = alerts::schedule_many(app.db(), &actor, &targets, &new, now).await?;
    let made = BatchMade { batch_id: batch.id, created: batch.created };
    Ok((StatusCode::CREATED, Json(made)).into_response())
}

/// The zone days are told in for whoever asks.
fn zone_name(caller: &SignedIn) -> Option<String> {
    let profile = &caller.0.profile;
    let center = profile.center.as_ref().map(|center| center.time_zone.clone());
    profile.time_zone.clone().or(center)
}

/// List alerts
#[utoipa::path(get, path = "/api/alerts", tag = "alerts", params(Params),
    responses((status = 200, body = AlertPage), (status = 422, description = "A wrong filter")))]
pub(super) async fn list(
    State(app): State<App>,
    caller: SignedIn,
    Query(params): Query<Params>,
) -> Result<Json<AlertPage>, AppError> {
    let actor = caller.actor();
    let (filter, sort, limit) = params.read(Sort::SOONEST, chrono_tz::UTC)?;
    let (conn, now) = (app.db().read(), app.now());
    let cursor = params.cursor.as_deref();
    let statuses = filter.statuses.clone();
    let search = alerts::search(conn, &actor, filter, now).await?;
    let page = alerts::list(conn, &actor, &search, sort, cursor, limit).await?;
    let counts = alerts::counts(conn, &actor, &search).await?;
    let total = counts.of(&statuses).into();
    let data = whole(&app, page.rows).await?;
    Ok(Json(AlertPage { data, next_cursor: page.next, total }))
}

/// Read an alert
#[utoipa::path(get, path = "/api/alerts/{id}", tag = "alerts", params(("id" = Uuid, Path)),
    responses((status = 200, body = ApiAlert), (status = 404, description = "Absent, or not yours to see")))]
pub(super) async fn show(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
) -> Result<Response, AppError> {
    let alert = alerts::get(app.db().read(), &caller.actor(), id).await?;
    answer(&app, StatusCode::OK, alert).await
}

/// What changes; absent fields stay, null empties.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeBody {
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 200)]
    title: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, max_length = 5000)]
    description: Option<Option<String>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, example = "2026-11-27T14:00:00Z")]
    due_at: Option<Option<String>>,
    timezone: Option<String>,
    priority: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Uuid>)]
    assigned_to: Option<Option<Uuid>>,
}

/// Edit or reschedule an alert
///
/// Moving the due time or the assignee cancels what was planned and plans it anew.
#[utoipa::path(patch, path = "/api/alerts/{id}", tag = "alerts", request_body = ChangeBody,
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "The version read", example = "\"1\"")),
    responses((status = 200, body = ApiAlert), (status = 404, description = "Absent, or not yours to see"),
        (status = 412, description = "Changed since"), (status = 422, description = "Wrong fields, each named"),
        (status = 428, description = "No If-Match")))]
pub(super) async fn change(
    caller: SignedIn,
    Path(id): Path<Uuid>,
    version: IfMatch,
    Body { app, body }: Body<ChangeBody>,
) -> Result<Response, AppError> {
    let changes = Changes {
        // What an alert cannot do without, emptied, is refused as empty.
        title: body.title.map(Option::unwrap_or_default),
        description: body.description,
        due: body.due_at.map(|at| DueInput::At(at.unwrap_or_default())),
        time_zone: body.timezone,
        priority: body.priority,
        assigned_to: body.assigned_to,
    };
    let actor = caller.actor();
    alerts::get(app.db().read(), &actor, id).await?;
    let version = version.required()?;
    let alert = alerts::edit(app.db(), &actor, id, version, &changes, app.now()).await?;
    answer(&app, StatusCode::OK, alert).await
}

/// Remove an alert
#[utoipa::path(delete, path = "/api/alerts/{id}", tag = "alerts", params(("id" = Uuid, Path)),
    responses((status = 204, description = "Removed"), (status = 404, description = "Absent, or not yours to see"),
        (status = 412, description = "Changed since")))]
pub(super) async fn remove(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
    version: IfMatch,
) -> Result<StatusCode, AppError> {
    alerts::remove(app.db(), &caller.actor(), id, version.version(), app.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Complete an alert
#[utoipa::path(post, path = "/api/alerts/{id}/completion", tag = "alerts", params(("id" = Uuid, Path)),
    responses((status = 200, body = ApiAlert), (status = 404, description = "Absent, or not yours to see")))]
pub(super) async fn complete(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
    version: IfMatch,
) -> Result<Response, AppError> {
    let alert =
        alerts::complete(app.db(), &caller.actor(), id, version.version(), app.now()).await?;
    answer(&app, StatusCode::OK, alert).await
}

/// Reopen an alert
///
/// What completing cancelled is planned again; whoever was already told is not told twice.
#[utoipa::path(delete, path = "/api/alerts/{id}/completion", tag = "alerts", params(("id" = Uuid, Path)),
    responses((status = 200, body = ApiAlert), (status = 404, description = "Absent, or not yours to see")))]
pub(super) async fn reopen(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
    version: IfMatch,
) -> Result<Response, AppError> {
    let alert = alerts::reopen(app.db(), &caller.actor(), id, version.version(), app.now()).await?;
    answer(&app, StatusCode::OK, alert).await
}

/// Acknowledge an alert
#[utoipa::path(post, path = "/api/alerts/{id}/acknowledgement", tag = "alerts", params(("id" = Uuid, Path)),
    responses((status = 200, body = ApiAlert), (status = 404, description = "Absent, or not yours to see"),
        (status = 409, description = "Already done")))]
pub(super) async fn acknowledge(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
    version: IfMatch,
) -> Result<Response, AppError> {
    let alert =
        alerts::acknowledge(app.db(), &caller.actor(), id, version.version(), app.now()).await?;
    answer(&app, StatusCode::OK, alert).await
}

/// Which part of a history.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct HistoryParams {
    /// How many, 200 at most.
    #[param(value_type = Option<u32>)]
    limit: Option<String>,
    /// Where the page starts, from the page before.
    cursor: Option<String>,
}

/// Read an alert's history
#[utoipa::path(get, path = "/api/alerts/{id}/history", tag = "alerts", params(("id" = Uuid, Path), HistoryParams),
    responses((status = 200, body = AlertHistory), (status = 404, description = "Absent, or not yours to see")))]
pub(super) async fn history(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
    Query(params): Query<HistoryParams>,
) -> Result<Json<AlertHistory>, AppError> {
    let mut invalid = Invalid::new();
    let limit = read_limit(params.limit.as_deref(), &mut invalid);
    invalid.check()?;
    let before = params.cursor.as_deref().map(domain::paging::read_cursor::<i64>).transpose()?;
    let conn = app.db().read();
    let events = alerts::history(conn, &caller.actor(), id, before, limit).await?;
    let full = events.len() == limit as usize;
    let next = events.last().filter(|_| full).map(|e| domain::paging::write_cursor(&e.seq));
    let people: Vec<Uuid> = events.iter().filter_map(|event| event.actor_id).collect();
    let names = alerts::names(conn, &people).await?;
    let data = events
        .into_iter()
        .map(|event| AlertEvent {
            id: event.id,
            kind: event.kind,
            at: event.at,
            actor: event.actor_id.map(|id| {
                let name = names.get(&id).cloned().unwrap_or_default();
                EventActor { id, name }
            }),
            data: event.data,
        })
        .collect();
    Ok(Json(AlertHistory { data, next_cursor: next }))
}
