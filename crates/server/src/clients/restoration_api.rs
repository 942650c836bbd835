use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use domain::Error;
use domain::clients::{self, Then};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::api::answer;
use super::json::ClientJson;
use crate::app::App;
use crate::error::AppError;
use crate::extract::{Body, IfMatch, Path, SignedIn};

/// How to take a change back.
#[derive(Deserialize, ToSchema, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeRestoration {
    /// Only these fields of the change; all of them by default.
    #[schema(example = json!(["city"]))]
    fields: Option<Vec<String>>,
    /// Also where the fields were changed again since.
    #[serde(default)]
    overwrite: bool,
}

/// Take one change of a client back
///
/// Its fields are again what they were before it; recorded as `client.updated` with
/// `restored_from`. `{event}` is the change's `seq`.
#[utoipa::path(post, path = "/api/clients/{id}/history/{event}/restoration", tag = "clients",
    request_body = ChangeRestoration,
    params(("id" = Uuid, Path), ("event" = i64, Path, description = "The change's `seq`"),
        ("If-Match" = String, Header, description = "The version read", example = "\"1\"")),
    responses((status = 200, body = ClientJson), (status = 404, description = "Absent, not yours to see, or nothing that can be taken back"),
        (status = 409, description = "Its fields were changed again since: say `overwrite`"),
        (status = 412, description = "Changed since"), (status = 422, description = "A value that cannot be so any more"),
        (status = 428, description = "No If-Match")))]
pub(super) async fn restore_change(
    caller: SignedIn,
    Path((id, event)): Path<(Uuid, i64)>,
    version: IfMatch,
    Body { app, body }: Body<ChangeRestoration>,
) -> Result<Response, AppError> {
    let ChangeRestoration { fields, overwrite } = body;
    restore_to(&app, &caller, id, version, Then::Before(event), fields, overwrite).await
}

/// The instant to go back to.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Restoration {
    /// The record becomes what it was then.
    at: DateTime<Utc>,
    /// Only these fields; all of them by default.
    #[schema(example = json!(["city"]))]
    fields: Option<Vec<String>>,
}

/// Take a client out of the bin, or back to what they were
///
/// Without a body: out of the bin; if their code was given to another since, they come back
/// without it. With `{"at": …}` and `If-Match`: the record as it was at that instant, recorded as
/// `client.updated` with `restored_from`.
#[utoipa::path(post, path = "/api/clients/{id}/restoration", tag = "clients",
    request_body = Option<Restoration>,
    params(("id" = Uuid, Path), ("If-Match" = Option<String>, Header, description = "The version read; needed with `at`")),
    responses((status = 200, body = ClientJson), (status = 404, description = "Not in the bin, or not yours to see"),
        (status = 412, description = "Changed since"), (status = 422, description = "Wrong fields, each named"),
        (status = 428, description = "No If-Match")))]
pub(super) async fn restore(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
    version: IfMatch,
    body: Bytes,
) -> Result<Response, AppError> {
    if body.iter().all(u8::is_ascii_whitespace) || body.as_ref() == b"{}" {
        let client = clients::restore(app.db(), &caller.actor(), id, app.now()).await?;
        return Ok(answer(&app, StatusCode::OK, client));
    }
    let asked: Restoration = serde_json::from_slice(&body).map_err(|error| {
        if error.is_data() {
            AppError::Domain(Error::invalid("at", "wrong-value"))
        } else {
            AppError::Unreadable(error.to_string())
        }
    })?;
    restore_to(&app, &caller, id, version, Then::At(asked.at), asked.fields, true).await
}

async fn restore_to(
    app: &App,
    caller: &SignedIn,
    id: Uuid,
    version: IfMatch,
    then: Then,
    fields: Option<Vec<String>>,
    overwrite: bool,
) -> Result<Response, AppError> {
    let actor = caller.actor();
    clients::get(app.db().read(), &actor, id).await?;
    let version = version.required()?;
    let target = (id, version);
    clients::restore_to(app.db(), &actor, target, then, fields.as_deref(), overwrite, app.now())
        .await?;
    let client = clients::get(app.db().read(), &actor, id).await?;
    Ok(answer(app, StatusCode::OK, client))
}
