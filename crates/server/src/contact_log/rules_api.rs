//! A centre's calling rules for programs.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::contact_log::rules::{self, CallingRules};
use uuid::Uuid;

use super::json::{RulesJson, RulesPatch};
use crate::app::App;
use crate::error::AppError;
use crate::extract::{Body, IfMatch, Path, SignedIn};

/// Read a centre's calling rules
#[utoipa::path(get, path = "/api/call-centers/{id}/calling-rules", tag = "contact log", params(("id" = Uuid, Path)),
    responses((status = 200, body = RulesJson), (status = 404, description = "Absent, or not yours to see")))]
pub(super) async fn read(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
) -> Result<Response, AppError> {
    Ok(answer(rules::get(app.db().read(), &caller.actor(), id).await?))
}

/// Change a centre's calling rules
///
/// Absent fields stay.
#[utoipa::path(patch, path = "/api/call-centers/{id}/calling-rules", tag = "contact log", request_body = RulesPatch,
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "The version read", example = "\"0\"")),
    responses((status = 200, body = RulesJson), (status = 403, description = "Not an administrator"),
        (status = 404, description = "Absent, or not yours to see"), (status = 412, description = "Changed since"),
        (status = 422, description = "Wrong fields, each named"), (status = 428, description = "No If-Match")))]
pub(super) async fn change(
    caller: SignedIn,
    Path(id): Path<Uuid>,
    version: IfMatch,
    Body { app, body }: Body<RulesPatch>,
) -> Result<Response, AppError> {
    let actor = caller.actor();
    let present = rules::get(app.db().read(), &actor, id).await?;
    actor.require(actor.is_admin())?;
    let version = version.required()?.unwrap_or(present.version);
    let wanted = body.applied_to(present, version);
    Ok(answer(rules::change(app.db(), &actor, id, wanted, app.now()).await?))
}

fn answer(rules: CallingRules) -> Response {
    let etag = [(header::ETAG, IfMatch::etag(rules.version))];
    (etag, Json(RulesJson::from(rules))).into_response()
}
