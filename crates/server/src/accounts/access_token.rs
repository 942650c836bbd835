//! Access tokens of the API: JSON Web Tokens, one algorithm, ten minutes.

use chrono::{DateTime, TimeDelta, Utc};
use domain::settings;
use domain::users::Profile;
use domain::users::refresh::{self, Grant};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::app::App;
use crate::error::AppError;

/// How long one works, in seconds.
pub(crate) const LIFETIME: i64 = 600;

/// RFC 9068: no other kind of token passes for one.
const TYPE: &str = "at+jwt";

const AUDIENCE: &str = "vigie-api";

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: Uuid,
    exp: i64,
    iat: i64,
    /// The family of refresh tokens: it ends, this ends.
    sid: Uuid,
    /// The state of the user's rights; see [`refresh::bearer`].
    ver: i32,
}

/// The token of a grant.
///
/// # Errors
/// The engine's; a key that cannot sign.
pub(crate) async fn write(app: &App, grant: &Grant) -> Result<String, AppError> {
    let now = app.now().timestamp();
    let claims = Claims {
        iss: app.settings().base_url.clone(),
        aud: AUDIENCE.to_owned(),
        sub: grant.user_id,
        exp: now + LIFETIME,
        iat: now,
        sid: grant.family_id,
        ver: grant.stamp,
    };
    let header = Header { typ: Some(TYPE.to_owned()), ..Header::new(Algorithm::HS256) };
    let key = EncodingKey::from_secret(key(app).await?.as_bytes());
    encode(&header, &claims, &key).map_err(|error| {
        tracing::error!(%error, "an access token cannot be signed");
        AppError::Status(http::StatusCode::INTERNAL_SERVER_ERROR, "internal")
    })
}

/// Whom a token speaks for, if it is one of ours and still good.
///
/// # Errors
/// The engine's.
pub(crate) async fn read(app: &App, token: &str) -> Result<Option<Profile>, AppError> {
    let Some(claims) = claims(app, token).await? else { return Ok(None) };
    Ok(refresh::bearer(app.db().read(), claims.sub, claims.sid, claims.ver).await?)
}

/// The family a good token belongs to.
///
/// # Errors
/// The engine's.
pub(crate) async fn family(app: &App, token: &str) -> Result<Option<Uuid>, AppError> {
    Ok(claims(app, token).await?.map(|claims| claims.sid))
}

async fn claims(app: &App, token: &str) -> Result<Option<Claims>, AppError> {
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_audience(&[AUDIENCE]);
    validation.set_issuer(&[&app.settings().base_url]);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    // By our own clock, below.
    validation.validate_exp = false;
    let key = DecodingKey::from_secret(key(app).await?.as_bytes());
    let Ok(read) = decode::<Claims>(token, &key, &validation) else { return Ok(None) };
    let typed = read.header.typ.as_deref() == Some(TYPE);
    Ok(Some(read.claims).filter(|claims| typed && is_current(claims, app.now())))
}

fn is_current(claims: &Claims, now: DateTime<Utc>) -> bool {
    let ahead = TimeDelta::seconds(60).num_seconds();
    let now = now.timestamp();
    claims.exp > now && claims.iat <= now + ahead && claims.exp - claims.iat <= LIFETIME
}

/// Made at the first need, the same on every node.
async fn key(app: &App) -> Result<&str, AppError> {
    let make = || settings::get_or_make(app.db(), "jwt_key", || base::ids::secret(48));
    Ok(app.jwt_key().get_or_try_init(make).await?)
}
