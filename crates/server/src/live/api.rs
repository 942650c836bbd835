use std::time::Duration;

use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use domain::Actor;
use domain::events;
use domain::users::alive;
use serde::Deserialize;
use tokio::sync::broadcast::error::RecvError;

use super::batch::{refresh, reset};
use super::hub::Seat;
use crate::app::App;
use crate::error::AppError;
use crate::extract::SignedIn;
use crate::identity::Via;

/// Past this many missed events a page looks again rather than being told of each.
const MOST_MISSED: u32 = 500;

/// Proxies and browsers give up on silence; our script expects a sign at least every 25 s.
const PING: Duration = Duration::from_secs(15);

/// A bearer token is checked again by coming back with it.
const BEARER_LIFE: Duration = Duration::from_secs(600);

#[derive(Deserialize)]
pub(super) struct Since {
    since: Option<String>,
}

/// The live stream: which lists and records changed.
///
/// Server-sent events. `refresh` carries `{"topics": [...]}`: `clients`, `client:UUID`, `alerts`…;
/// `reset` says that too much was missed and everything shown should be read again; `ping` is a
/// sign of life. Every event's `id` is a sequence number: come back with `since` (or
/// `Last-Event-ID`) to hear what happened in between. The stream ends with the session.
#[utoipa::path(
    get,
    path = "/api/me/stream",
    tag = "live",
    params(
        ("since" = Option<i64>, Query, description = "Last number already known", example = 1042),
        ("Last-Event-ID" = Option<String>, Header, description = "The same, sent by browsers"),
    ),
    responses(
        (status = 200, description = "The stream", content_type = "text/event-stream", body = String,
         example = "event: refresh\nid: 1043\ndata: {\"topics\":[\"alerts\",\"clients\"]}\n\n"),
        (status = 401, description = "Not signed in"),
        (status = 422, description = "`since` is not a number"),
    )
)]
pub(super) async fn stream(
    State(app): State<App>,
    SignedIn(identity): SignedIn,
    Query(query): Query<Since>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let since = since(&query, &headers)?;
    let actor = identity.profile.actor();
    let session = match &identity.via {
        Via::Session { token, .. } => Some(alive::key(token)),
        Via::Bearer | Via::PersonalToken => None,
    };
    let is_bearer = session.is_none();
    let seat = app.live().join(identity.profile.id, session);
    let (batches, position) = app.live().subscribe();
    let missed = match since {
        Some(since) if since < position => missed(&app, &actor, since, position).await?,
        Some(since) if since > events::head(app.db().read()).await?.0 => Some(reset(position)),
        _ => None,
    };
    // Without `since`, from now on: what the hub has not told yet but happened before is old news.
    let now = match since {
        Some(since) => since,
        None => events::head(app.db().read()).await?.0,
    };
    let known = now.max(position);
    if is_bearer {
        let end = seat.end.clone();
        tokio::spawn(async move {
            tokio::select! {
                () = tokio::time::sleep(BEARER_LIFE) => end.cancel(),
                () = end.cancelled() => {}
            }
        });
    }
    let body = frames(app, seat, batches, actor, known, missed);
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store, no-transform"),
        (header::HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    Ok((headers, Body::from_stream(body)).into_response())
}

fn since(query: &Since, headers: &HeaderMap) -> Result<Option<i64>, AppError> {
    let asked = match query.since.as_deref().filter(|text| !text.is_empty()) {
        Some(text) => Some(
            text.parse::<i64>()
                .map_err(|_| AppError::Domain(domain::Error::invalid("since", "wrong-value")))?,
        ),
        None => None,
    };
    let header = headers.get("last-event-id").and_then(|v| v.to_str().ok());
    // A browser that reconnects by itself repeats the old address with a newer header.
    Ok(asked.max(header.and_then(|text| text.parse().ok())))
}

/// What was told between `since` and `position`, in one event.
async fn missed(
    app: &App,
    actor: &Actor,
    since: i64,
    position: i64,
) -> Result<Option<Bytes>, AppError> {
    if position - since > i64::from(MOST_MISSED) {
        return Ok(Some(reset(position)));
    }
    let mut facts = events::facts_after(app.db().read(), since, MOST_MISSED).await?;
    facts.retain(|fact| fact.seq <= position);
    Ok(refresh(&facts, actor))
}

fn frames(
    app: App,
    seat: Seat,
    mut batches: tokio::sync::broadcast::Receiver<std::sync::Arc<super::batch::Batch>>,
    actor: Actor,
    mut known: i64,
    missed: Option<Bytes>,
) -> impl futures::Stream<Item = Result<Bytes, std::convert::Infallible>> {
    async_stream::stream! {
        // Sent at once, so that the browser knows it is connected.
        yield Ok(Bytes::from_static(b"retry: 2000\n\n"));
        if let Some(frame) = missed {
            yield Ok(frame);
        }
        let mut ping = tokio::time::interval_at(tokio::time::Instant::now() + PING, PING);
        loop {
            tokio::select! {
                biased;
                () = seat.end.cancelled() => break,
                news = batches.recv() => match news {
                    Ok(batch) if batch.to <= known => {}
                    Ok(batch) => {
                        if let Some(frame) = batch.frame(&actor) {
                            yield Ok(frame);
                        }
                    }
                    Err(RecvError::Lagged(_)) => {
                        (batches, known) = app.live().subscribe();
                        yield Ok(reset(known));
                    }
                    Err(RecvError::Closed) => break,
                },
                _ = ping.tick() => yield Ok(Bytes::from_static(b"event: ping\ndata: {}\n\n")),
            }
        }
    }
}
