//! A verb that the database broke off because others were in its way is asked again: it is one
//! transaction, of which nothing remains, and a handler calls one verb.

use std::time::Duration;

use axum::body::{Body, HttpBody as _, to_bytes};
use axum::extract::Request;
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use rand::Rng as _;

use crate::error::{AppError, may_be_asked_again};

/// Bytes of a request that is kept to be asked again. Larger ones are files, which jobs read.
const MOST_BYTES: u64 = 256 * 1024;
/// How often a request is asked at most.
const TRIES: u64 = 6;

/// Asks again what was broken off.
///
/// # Errors
/// 400 when the request breaks off itself.
pub async fn ask_again(request: Request, next: Next) -> Result<Response, AppError> {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let is_small = request.body().size_hint().upper().is_some_and(|bytes| bytes <= MOST_BYTES);
    if is_read || !is_small {
        return Ok(next.run(request).await);
    }
    let (parts, body) = request.into_parts();
    let cut = |error: axum::Error| AppError::Unreadable(error.to_string());
    let bytes = to_bytes(body, usize::MAX).await.map_err(cut)?;
    let whole = || Request::from_parts(parts.clone(), Body::from(bytes.clone()));
    for tried in 1..TRIES {
        let response = next.clone().run(whole()).await;
        if !may_be_asked_again(&response) {
            return Ok(response);
        }
        // Not all at once again.
        let wait = rand::rng().random_range(5..50) * tried;
        tokio::time::sleep(Duration::from_millis(wait)).await;
    }
    Ok(next.run(whole()).await)
}
