//! Answers given before the request's body was read to its end.
//!
//! The server closes such a connection, as what is left of the body stands in the way of the next
//! request. A client told so in `Connection: close` opens another; one that is not loses its next
//! request (RFC 9112, 9.6).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;

use axum::body::{Body, HttpBody as _};
use axum::extract::Request;
use axum::http::{HeaderValue, Version, header};
use axum::middleware::Next;
use axum::response::Response;
use futures::StreamExt as _;

/// Says `Connection: close` when the body was not read to its end.
pub async fn say(request: Request, next: Next) -> Response {
    if request.body().is_end_stream() || request.version() != Version::HTTP_11 {
        return next.run(request).await;
    }
    let ended = Arc::new(AtomicBool::new(false));
    let note = ended.clone();
    let end = futures::stream::poll_fn(move |_| {
        note.store(true, Ordering::Relaxed);
        Poll::Ready(None)
    });
    let request = request.map(|body| Body::from_stream(body.into_data_stream().chain(end)));
    let mut response = next.run(request).await;
    if !ended.load(Ordering::Relaxed) {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}
