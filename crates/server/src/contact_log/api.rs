//! `/api/notifications` and `/api/clients/{id}/notifier`, as spec 3 has them.

use axum::Json;
use axum::extract::{RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::clients::Found;
use domain::contact_log::{self, Channel, Recorded, Sort};
use domain::{Actor, Error, Invalid};
use uuid::Uuid;

use super::json::{
    AttemptInput, AttemptJson, AttemptPage, AttemptPatch, FiguresJson, GateJson, NotifyInput,
};
use super::{filter, words};
use crate::answer::read_limit;
use crate::app::App;
use crate::error::{AppError, both};
use crate::extract::{Body, Path, SignedIn};
use crate::grid::Query;
use crate::page::{Page, zone_of};

/// The order, the cursor, the limit.
fn paging(query: &Query) -> Result<(Sort, Option<&str>, u32), AppError> {
    let mut invalid = Invalid::new();
    let sort =
        query.get("sort").map_or(Ok(Some(Sort::default())), |text| Sort::parse(text).map(Some));
    let sort = invalid.take(sort)?.unwrap_or_default();
    let limit = read_limit(query.get("limit"), &mut invalid);
    domain::paging::check_cursor(query.get("cursor"), &mut invalid);
    invalid.check()?;
    Ok((sort, query.get("cursor"), limit))
}

/// List contact attempts
///
/// Newest first. What was undone is not there.
#[utoipa::path(get, path = "/api/notifications", tag = "contact log", params(
        ("client" = Option<String>, Query, description = "A client's code or id", example = "0000100400"),
        ("q" = Option<String>, Query, description = "Part of a client's name, code or phone, or of an agent's name"),
        ("utilisateur" = Option<String>, Query, description = "An agent's id, or `me`"),
        ("statut" = Option<String>, Query, description = "`succes` or `echec`"),
        ("canal" = Option<String>, Query, description = "`phone`, `whatsapp`, `email`, `sms`, `visit` or `other`"),
        ("jour" = Option<String>, Query, description = "A weekday of the centre: `mon` … `sun`"),
        ("heure" = Option<String>, Query, description = "An hour of the centre: 0 to 23"),
        ("period" = Option<String>, Query, description = "`today`, `7d`, `30d` or `90d` in the caller's zone"),
        ("from" = Option<String>, Query, description = "An instant, or a day in the caller's zone"),
        ("to" = Option<String>, Query, description = "Before this instant, or until the end of that day"),
        ("sort" = Option<String>, Query, description = "`date_notification`, `client`, `utilisateur`, `statut` or `canal`; `-` before it turns it round", example = "-date_notification"),
        ("limit" = Option<u32>, Query, description = "1 to 200; 50 by default"),
        ("cursor" = Option<String>, Query)),
    responses((status = 200, body = AttemptPage), (status = 422, description = "Wrong parameters, each named")))]
pub(super) async fn list(
    State(app): State<App>,
    caller: SignedIn,
    RawQuery(query): RawQuery,
) -> Result<Json<AttemptPage>, AppError> {
    let query = Query::parse(query.as_deref().unwrap_or_default());
    let (conn, actor, now) = (app.db().read(), caller.actor(), app.now());
    let asked = filter::read(conn, &actor, &query, zone_of(Some(&caller.0)), now).await;
    let (asked, (sort, cursor, limit)) = both(asked, paging(&query))?;
    let search = contact_log::search(conn, &actor, asked.filter, now).await?;
    let found = contact_log::list(conn, &actor, &search, sort, cursor, limit).await?;
    let total = contact_log::count(conn, &actor, &search).await?;
    Ok(Json(AttemptPage {
        data: found.rows.into_iter().map(AttemptJson::from).collect(),
        next_cursor: found.next,
        total: total.into(),
    }))
}

/// Record a contact attempt
///
/// Who and when are added; the client shows it at once.
#[utoipa::path(post, path = "/api/notifications", tag = "contact log", request_body = AttemptInput,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body are done once")),
    responses((status = 201, body = AttemptJson), (status = 409, description = "The centre's calling rules block the call"),
        (status = 422, description = "Wrong fields, each named: an unknown client, a `statut` other than `succes` and `echec`")))]
pub(super) async fn create(
    caller: SignedIn,
    Body { app, body }: Body<AttemptInput>,
) -> Result<Response, AppError> {
    let actor = caller.actor();
    actor.require(actor.works_with_clients())?;
    let mut invalid = Invalid::new();
    let named = body.client.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let client = match named {
        Some(text) => contact_log::find_client(app.db().read(), &actor, text).await,
        None => Err(Error::invalid("client", "required")),
    };
    let client = match client {
        Ok(client) => client,
        Err(Error::Invalid(mut errors)) => {
            // The other fields are told at the same time.
            let statut = body.statut.as_deref().map(str::trim).unwrap_or_default();
            if statut.is_empty() {
                invalid.add("statut", "required");
            } else if contact_log::Status::parse(statut).is_none() {
                invalid.add("statut", "wrong-value");
            }
            invalid.text("canal", body.canal.as_deref(), 50);
            if let Err(Error::Invalid(others)) = invalid.check() {
                errors.extend(others);
            }
            return Err(Error::Invalid(errors).into());
        }
        Err(error) => return Err(error.into()),
    };
    record(&app, &actor, client, body.statut, body.canal).await
}

async fn record(
    app: &App,
    actor: &Actor,
    client: Found,
    statut: Option<String>,
    canal: Option<String>,
) -> Result<Response, AppError> {
    let (statut, canal) = (statut.as_deref(), canal.as_deref());
    let made = contact_log::record(app.db(), actor, client, statut, canal, app.now()).await?;
    let Recorded { attempt, .. } = made;
    let location = [(header::LOCATION, format!("/api/notifications/{}", attempt.id))];
    Ok((StatusCode::CREATED, location, Json(AttemptJson::from(attempt))).into_response())
}

/// Record a contact attempt on a client
///
/// The client is named by id or by code.
#[utoipa::path(post, path = "/api/clients/{id}/notifier", tag = "contact log", request_body = NotifyInput,
    params(("id" = String, Path, description = "The client's id or code")),
    responses((status = 201, body = AttemptJson), (status = 404, description = "Absent, or not yours to see"),
        (status = 409, description = "The centre's calling rules block the call"),
        (status = 422, description = "Wrong fields, each named")))]
pub(super) async fn notify(
    caller: SignedIn,
    Path(id): Path<String>,
    Body { app, body }: Body<NotifyInput>,
) -> Result<Response, AppError> {
    let actor = caller.actor();
    let client = named(&app, &actor, &id).await?;
    record(&app, &actor, client, body.statut, body.canal).await
}

/// The client of an address: what it does not name is not there.
async fn named(app: &App, actor: &Actor, text: &str) -> Result<Found, AppError> {
    match contact_log::find_client(app.db().read(), actor, text).await {
        Ok(found) => Ok(found),
        Err(Error::Invalid(_)) => Err(Error::NotFound.into()),
        Err(error) => Err(error.into()),
    }
}

/// Read a contact attempt
#[utoipa::path(get, path = "/api/notifications/{id}", tag = "contact log", params(("id" = Uuid, Path)),
    responses((status = 200, body = AttemptJson), (status = 404, description = "Absent, undone, or not yours to see")))]
pub(super) async fn read(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
) -> Result<Json<AttemptJson>, AppError> {
    let attempt = contact_log::get(app.db().read(), &caller.actor(), id).await?;
    Ok(Json(attempt.into()))
}

/// Change a contact attempt's channel
///
/// It becomes the usual one of the agent who made the attempt.
#[utoipa::path(patch, path = "/api/notifications/{id}", tag = "contact log", request_body = AttemptPatch,
    params(("id" = Uuid, Path)),
    responses((status = 200, body = AttemptJson), (status = 403, description = "Someone else's"),
        (status = 404, description = "Absent, undone, or not yours to see"), (status = 422, description = "Wrong fields, each named")))]
pub(super) async fn change(
    caller: SignedIn,
    Path(id): Path<Uuid>,
    Body { app, body }: Body<AttemptPatch>,
) -> Result<Json<AttemptJson>, AppError> {
    let (actor, canal) = (caller.actor(), body.canal.as_deref());
    let changed = contact_log::change_channel(app.db(), &actor, id, canal, app.now()).await?;
    Ok(Json(changed.into()))
}

/// Undo a contact attempt
///
/// Within ten seconds, by who made it. The client shows the attempt before it again.
#[utoipa::path(delete, path = "/api/notifications/{id}", tag = "contact log", params(("id" = Uuid, Path)),
    responses((status = 204, description = "Undone"), (status = 403, description = "Someone else's"),
        (status = 404, description = "Absent, undone, or not yours to see"), (status = 409, description = "Too late")))]
pub(super) async fn undo(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, AppError> {
    contact_log::undo(app.db(), &caller.actor(), id, app.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Contact figures
///
/// Attempts and successes by hour and weekday, in the centre's zone, of what the same filters list.
/// Of a search (`q`), the latest 10 000 attempts are counted.
#[utoipa::path(get, path = "/api/notifications/figures", tag = "contact log", params(
        ("client" = Option<String>, Query, description = "A client's code or id"),
        ("q" = Option<String>, Query, description = "Part of a client's name, code, phone…, or of an agent's name"),
        ("utilisateur" = Option<String>, Query, description = "An agent's id, or `me`"),
        ("statut" = Option<String>, Query, description = "`succes` or `echec`"),
        ("canal" = Option<String>, Query), ("period" = Option<String>, Query, description = "`today`, `7d`, `30d` or `90d`"),
        ("jour" = Option<String>, Query, description = "A weekday: `mon` … `sun`"), ("heure" = Option<String>, Query, description = "0 to 23"),
        ("from" = Option<String>, Query, description = "A day"), ("to" = Option<String>, Query, description = "A day")),
    responses((status = 200, body = FiguresJson), (status = 422, description = "Wrong parameters, each named")))]
pub(super) async fn figures(
    State(app): State<App>,
    caller: SignedIn,
    RawQuery(query): RawQuery,
) -> Result<Json<FiguresJson>, AppError> {
    let query = Query::parse(query.as_deref().unwrap_or_default());
    let (conn, actor) = (app.db().read(), caller.actor());
    let asked = filter::read(conn, &actor, &query, zone_of(Some(&caller.0)), app.now()).await?;
    let search = contact_log::search(conn, &actor, asked.filter.clone(), app.now()).await?;
    Ok(Json(asked.hours(conn, &actor, &search, None).await?.into()))
}

/// May this client be called now?
///
/// By the calling rules of their centre. Other ways than the phone are always open.
#[utoipa::path(get, path = "/api/clients/{id}/call-gate", tag = "contact log",
    params(("id" = String, Path, description = "The client's id or code")),
    responses((status = 200, body = GateJson), (status = 404, description = "Absent, or not yours to see")))]
pub(super) async fn gate(
    State(app): State<App>,
    page: Page,
    caller: SignedIn,
    Path(id): Path<String>,
) -> Result<Json<GateJson>, AppError> {
    let (conn, actor) = (app.db().read(), caller.actor());
    let client = named(&app, &actor, &id).await?;
    let verdict = contact_log::verdict(conn, &actor, client.id, Channel::Phone, app.now()).await?;
    Ok(Json(GateJson::new(&verdict, |reason| words::reason(&page, reason))))
}
