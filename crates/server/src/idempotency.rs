//! `Idempotency-Key`: a POST sent twice is done once, and answered twice.
//!
//! A middleware over the whole API, inside [`crate::identity::identify`]: handlers know nothing of
//! it. Only answers that succeeded are kept; after a refusal the same key may be tried again.

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base::db::{Db, Sql};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::FromQueryResult;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::app::App;
use crate::error::AppError;
use crate::identity::Identity;

const HEADER: &str = "idempotency-key";
const MOST_BYTES: usize = 2 * 1024 * 1024;

/// A request that never came back may be tried again after that long.
const ABANDONED: TimeDelta = TimeDelta::minutes(2);

/// An answer as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    content_type: String,
    location: String,
    etag: String,
    body: String,
}

/// Answers a repeated POST from memory.
///
/// # Errors
/// 409 when the key was used for another request, or when the first is still under way.
pub async fn remember(
    State(app): State<App>,
    request: Request,
    next: Next,
) -> Result<Response, AppError> {
    let user = request.extensions().get::<Identity>().map(|i| i.profile.id);
    let (Some(user), Some(key)) = (user, key_of(&request)?) else {
        return Ok(next.run(request).await);
    };
    let (parts, body) = request.into_parts();
    let too_large = |_| AppError::Status(StatusCode::PAYLOAD_TOO_LARGE, "too-large");
    let bytes = to_bytes(body, MOST_BYTES).await.map_err(too_large)?;
    let hash = fingerprint(parts.uri.path(), &bytes);
    let place = Place { db: app.db(), user, key, now: app.now() };
    match place.take(&hash).await? {
        Taken::New => {}
        Taken::Done(status, kept) => return Ok(replay(status, kept)),
        Taken::Other => return Err(domain::Error::Conflict("idempotency-key-reused").into()),
        Taken::UnderWay => return Err(domain::Error::Conflict("idempotency-under-way").into()),
    }
    let response = next.run(Request::from_parts(parts, Body::from(bytes))).await;
    if !response.status().is_success() {
        place.leave().await?;
        return Ok(response);
    }
    let (parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, MOST_BYTES).await else {
        place.leave().await?;
        return Err(AppError::Status(StatusCode::INTERNAL_SERVER_ERROR, "internal"));
    };
    place.keep(parts.status, &parts.headers, &bytes).await?;
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

/// The key of a JSON POST to the API.
fn key_of(request: &Request) -> Result<Option<String>, AppError> {
    let path = request.uri().path();
    // A token's answer holds its secret, which nobody keeps.
    let is_secret = path.starts_with("/api/tokens") || path.starts_with("/api/auth/");
    if request.method() != Method::POST || !path.starts_with("/api/") || is_secret {
        return Ok(None);
    }
    let text = |name| request.headers().get(name).and_then(|v: &http::HeaderValue| v.to_str().ok());
    if text(header::CONTENT_TYPE.as_str()).is_some_and(|kind| !kind.contains("json")) {
        return Ok(None);
    }
    let Some(key) = text(HEADER) else { return Ok(None) };
    if key.is_empty() || key.len() > 200 {
        return Err(domain::Error::invalid("Idempotency-Key", "wrong-value").into());
    }
    Ok(Some(key.to_owned()))
}

fn fingerprint(path: &str, body: &Bytes) -> String {
    let mut hash = Sha256::new();
    hash.update(path.trim_end_matches('/').as_bytes());
    hash.update([0]);
    hash.update(body);
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn replay(status: i32, kept: Kept) -> Response {
    let status = u16::try_from(status).ok().and_then(|s| StatusCode::from_u16(s).ok());
    let mut response = (status.unwrap_or(StatusCode::OK), kept.body).into_response();
    let headers = response.headers_mut();
    headers.remove(header::CONTENT_TYPE);
    let values = [
        (header::CONTENT_TYPE, kept.content_type),
        (header::LOCATION, kept.location),
        (header::ETAG, kept.etag),
    ];
    for (name, value) in values {
        if let Ok(value) = http::HeaderValue::from_str(&value)
            && !value.is_empty()
        {
            headers.insert(name, value);
        }
    }
    response
}

enum Taken {
    New,
    Done(i32, Kept),
    Other,
    UnderWay,
}

/// The row of one user's key.
struct Place<'a> {
    db: &'a Db,
    user: Uuid,
    key: String,
    now: DateTime<Utc>,
}

#[derive(FromQueryResult)]
struct Row {
    request_hash: String,
    status: Option<i32>,
    body: Option<String>,
    created_at: DateTime<Utc>,
}

impl Place<'_> {
    /// Takes the key for this request, or says what it was taken for.
    async fn take(&self, hash: &str) -> Result<Taken, AppError> {
        let tx = self.db.begin().await?;
        let mut sql = Sql::new(
            "INSERT INTO idempotency_keys (user_id, key, request_hash, created_at) VALUES ",
        );
        sql.bind_list([
            sea_orm::Value::from(self.user),
            self.key.clone().into(),
            hash.into(),
            self.now.into(),
        ]);
        sql.push(" ON CONFLICT (user_id, key) DO NOTHING");
        if sql.execute(&tx).await? == 1 {
            tx.commit().await?;
            return Ok(Taken::New);
        }
        let sql = self.at("SELECT request_hash, status, body, created_at FROM idempotency_keys");
        let Some(row) = sql.one::<Row>(&tx).await? else { return Ok(Taken::UnderWay) };
        if row.request_hash != hash {
            return Ok(Taken::Other);
        }
        let kept = row.body.and_then(|body| serde_json::from_str(&body).ok());
        if let (Some(status), Some(kept)) = (row.status, kept) {
            return Ok(Taken::Done(status, kept));
        }
        if self.now - row.created_at < ABANDONED {
            return Ok(Taken::UnderWay);
        }
        let mut sql = Sql::new("UPDATE idempotency_keys SET created_at = ");
        sql.bind(self.now).push(" WHERE user_id = ").bind(self.user);
        sql.push(" AND key = ").bind(self.key.clone());
        sql.push(" AND status IS NULL AND created_at = ").bind(row.created_at);
        let taken = sql.execute(&tx).await? == 1;
        tx.commit().await?;
        Ok(if taken { Taken::New } else { Taken::UnderWay })
    }

    async fn keep(
        &self,
        status: StatusCode,
        headers: &HeaderMap,
        body: &Bytes,
    ) -> Result<(), AppError> {
        let text = |name| {
            let value = headers.get(name).and_then(|v: &http::HeaderValue| v.to_str().ok());
            value.unwrap_or_default().to_owned()
        };
        let kept = Kept {
            content_type: text(header::CONTENT_TYPE),
            location: text(header::LOCATION),
            etag: text(header::ETAG),
            body: String::from_utf8_lossy(body).into_owned(),
        };
        let tx = self.db.begin().await?;
        let mut sql = Sql::new("UPDATE idempotency_keys SET status = ");
        sql.bind(i32::from(status.as_u16())).push(", body = ");
        sql.bind(serde_json::to_string(&kept).unwrap_or_default());
        sql.push(" WHERE user_id = ").bind(self.user);
        sql.push(" AND key = ").bind(self.key.clone());
        sql.execute(&tx).await?;
        Ok(tx.commit().await?)
    }

    async fn leave(&self) -> Result<(), AppError> {
        let tx = self.db.begin().await?;
        self.at("DELETE FROM idempotency_keys").execute(&tx).await?;
        Ok(tx.commit().await?)
    }

    fn at(&self, head: &str) -> Sql {
        let mut sql = Sql::new(head);
        sql.push(" WHERE user_id = ").bind(self.user);
        sql.push(" AND key = ").bind(self.key.clone());
        sql
    }
}
