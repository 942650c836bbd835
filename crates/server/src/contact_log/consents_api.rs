//! The consent ledger for programs.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::Invalid;
use domain::contact_log::consents;
use domain::paging::Total;
use uuid::Uuid;

use super::json::{ConsentInput, ConsentJson, ConsentList, RevocationInput};
use crate::app::App;
use crate::error::AppError;
use crate::extract::{Body, Path, SignedIn};

/// List a client's consents
///
/// Consents, refusals and oppositions, the latest first; what was withdrawn stays.
#[utoipa::path(get, path = "/api/clients/{id}/consents", tag = "contact log", params(("id" = Uuid, Path)),
    responses((status = 200, body = ConsentList), (status = 404, description = "Absent, or not yours to see")))]
pub(super) async fn list(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
) -> Result<Json<ConsentList>, AppError> {
    let found = consents::list(app.db().read(), &caller.actor(), id).await?;
    let value = i64::try_from(found.len()).unwrap_or(i64::MAX);
    Ok(Json(ConsentList {
        data: found.into_iter().map(ConsentJson::from).collect(),
        next_cursor: None,
        total: Total { value, exact: true }.into(),
    }))
}

/// Record what a client said
#[utoipa::path(post, path = "/api/clients/{id}/consents", tag = "contact log", request_body = ConsentInput,
    params(("id" = Uuid, Path), ("Idempotency-Key" = Option<String>, Header, description = "The same key and body are done once")),
    responses((status = 201, body = ConsentJson), (status = 404, description = "Absent, or not yours to see"),
        (status = 422, description = "Wrong fields, each named")))]
pub(super) async fn create(
    caller: SignedIn,
    Path(id): Path<Uuid>,
    Body { app, body }: Body<ConsentInput>,
) -> Result<Response, AppError> {
    let (actor, new) = (caller.actor(), body.into());
    let made = consents::record(app.db(), &actor, id, &new, Invalid::new(), app.now()).await?;
    Ok((StatusCode::CREATED, Json(ConsentJson::from(made))).into_response())
}

/// Withdraw a consent, or lift a refusal or an opposition
#[utoipa::path(post, path = "/api/consents/{id}/revocation", tag = "contact log", request_body = RevocationInput,
    params(("id" = Uuid, Path)),
    responses((status = 200, body = ConsentJson), (status = 404, description = "Absent, or not yours to see"),
        (status = 409, description = "Withdrawn already"), (status = 422, description = "Wrong fields, each named")))]
pub(super) async fn revoke(
    caller: SignedIn,
    Path(id): Path<Uuid>,
    Body { app, body }: Body<RevocationInput>,
) -> Result<Json<ConsentJson>, AppError> {
    let (actor, reason) = (caller.actor(), body.reason.as_deref());
    let revoked = consents::revoke(app.db(), &actor, id, reason, app.now()).await?;
    Ok(Json(revoked.into()))
}
