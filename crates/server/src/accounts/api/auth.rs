use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use domain::users::{self, Attempt, refresh};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::accounts::access_token;
use crate::app::App;
use crate::error::AppError;
use crate::extract::Body;
use crate::identity::{ClientAddress, bearer};

/// An address and its password.
#[derive(Deserialize, ToSchema)]
pub(super) struct Credentials {
    #[schema(example = "awa@exemple.sn")]
    email: String,
    #[schema(example = "trois girafes violettes")]
    password: String,
}

/// What callers send from now on.
#[derive(Serialize, ToSchema)]
pub(super) struct Tokens {
    #[schema(example = "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJIUzI1NiJ9…")]
    access_token: String,
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// Seconds the access token works.
    #[schema(example = 600)]
    expires_in: i64,
    /// Good for one use.
    #[schema(example = "vgr_5bX…")]
    refresh_token: String,
}

/// A refresh token.
#[derive(Deserialize, ToSchema)]
pub(super) struct RefreshBody {
    #[schema(example = "vgr_5bX…")]
    refresh_token: String,
}

/// Sign in
///
/// Attempts that fail are slowed down: 429 says how long to wait.
#[utoipa::path(post, path = "/api/auth/login", tag = "auth", request_body = Credentials, security(()),
    responses((status = 200, body = Tokens), (status = 401, description = "Wrong address or password"),
        (status = 429, description = "Too many attempts; Retry-After says how long")))]
pub(super) async fn login(
    ClientAddress(address): ClientAddress,
    Body { app, body }: Body<Credentials>,
) -> Result<Json<Tokens>, AppError> {
    let Credentials { email, password } = body;
    let attempt = Attempt { email, password, device: None, address };
    let entered = users::sign_in(app.db(), attempt, app.now()).await?;
    let entered = entered.ok_or(AppError::Unauthenticated)?;
    let grant = refresh::start(app.db(), entered.user_id, app.now()).await?;
    answer(&app, grant).await
}

/// Renew the tokens
///
/// Each refresh token works once; one used twice ends the whole sign-in.
#[utoipa::path(post, path = "/api/auth/refresh", tag = "auth", request_body = RefreshBody, security(()),
    responses((status = 200, body = Tokens), (status = 401, description = "Unknown, expired or used before")))]
pub(super) async fn refresh(
    Body { app, body }: Body<RefreshBody>,
) -> Result<Json<Tokens>, AppError> {
    let grant = refresh::rotate(app.db(), &body.refresh_token, app.now()).await?;
    answer(&app, grant.ok_or(AppError::Unauthenticated)?).await
}

/// Sign out
///
/// With the access token as bearer: it and its refresh token end at once.
#[utoipa::path(post, path = "/api/auth/logout", tag = "auth",
    responses((status = 204, description = "Signed out"), (status = 401, description = "No good access token")))]
pub(super) async fn logout(
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<StatusCode, AppError> {
    let token = bearer(&headers).ok_or(AppError::Unauthenticated)?;
    let family = access_token::family(&app, token).await?.ok_or(AppError::Unauthenticated)?;
    refresh::end(app.db(), family, app.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn answer(app: &App, grant: refresh::Grant) -> Result<Json<Tokens>, AppError> {
    Ok(Json(Tokens {
        access_token: access_token::write(app, &grant).await?,
        token_type: "Bearer",
        expires_in: access_token::LIFETIME,
        refresh_token: grant.refresh_token,
    }))
}
