use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use domain::paging::Total;
use domain::users::personal_tokens::{self, Token};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::answer::ListTotal;
use crate::app::App;
use crate::error::AppError;
use crate::extract::{Body, Path, SignedIn};

/// A personal token, without its secret.
#[derive(Serialize, ToSchema)]
pub(super) struct TokenJson {
    id: Uuid,
    #[schema(example = "Export de nuit")]
    name: String,
    /// Its last characters.
    #[schema(example = "x9Qk")]
    hint: String,
    created_at: DateTime<Utc>,
    expires_at: Option<DateTime<Utc>>,
    last_used_at: Option<DateTime<Utc>>,
}

impl From<Token> for TokenJson {
    fn from(token: Token) -> Self {
        Self {
            id: token.id,
            name: token.name,
            hint: token.hint,
            created_at: token.created_at,
            expires_at: token.expires_at,
            last_used_at: token.last_used_at,
        }
    }
}

/// A personal token with its secret: the only time it is shown.
#[derive(Serialize, ToSchema)]
pub(super) struct NewTokenJson {
    #[serde(flatten)]
    token: TokenJson,
    #[serde(rename = "token")]
    #[schema(example = "vgt_h2K…")]
    secret: String,
}

/// One's personal tokens.
#[derive(Serialize, ToSchema)]
pub(super) struct TokenList {
    data: Vec<TokenJson>,
    next_cursor: Option<String>,
    total: ListTotal,
}

/// A personal token to be made.
#[derive(Deserialize, ToSchema)]
pub(super) struct TokenInput {
    #[schema(example = "Export de nuit")]
    name: String,
    /// When it stops working by itself; after a year when absent.
    expires_at: Option<DateTime<Utc>>,
}

/// List one's personal tokens
#[utoipa::path(get, path = "/api/tokens", tag = "tokens", responses((status = 200, body = TokenList)))]
pub(super) async fn list(
    State(app): State<App>,
    caller: SignedIn,
) -> Result<Json<TokenList>, AppError> {
    let tokens = personal_tokens::list(app.db().read(), caller.0.profile.id).await?;
    let value = i64::try_from(tokens.len()).unwrap_or(i64::MAX);
    Ok(Json(TokenList {
        data: tokens.into_iter().map(TokenJson::from).collect(),
        next_cursor: None,
        total: Total { value, exact: true }.into(),
    }))
}

/// Make a personal token
///
/// Its secret is in this answer and nowhere else.
#[utoipa::path(post, path = "/api/tokens", tag = "tokens", request_body = TokenInput,
    responses((status = 201, body = NewTokenJson),
        (status = 403, description = "Asked with a personal token"), (status = 422, description = "Wrong fields, each named")))]
pub(super) async fn create(
    caller: SignedIn,
    Body { app, body }: Body<TokenInput>,
) -> Result<Response, AppError> {
    caller.signed_in_themselves()?;
    let (actor, now) = (caller.actor(), app.now());
    let (token, secret) =
        personal_tokens::create(app.db(), &actor, &body.name, body.expires_at, now).await?;
    let location = [(header::LOCATION, format!("/api/tokens/{}", token.id))];
    let body = NewTokenJson { token: token.into(), secret };
    Ok((StatusCode::CREATED, location, Json(body)).into_response())
}

/// End a personal token
#[utoipa::path(delete, path = "/api/tokens/{id}", tag = "tokens", params(("id" = Uuid, Path)),
    responses((status = 204, description = "Ended"), (status = 404, description = "Absent, or not yours")))]
pub(super) async fn revoke(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
) -> Result<StatusCode, AppError> {
    personal_tokens::revoke(app.db(), &caller.actor(), id, app.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
