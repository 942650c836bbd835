//! Figures for Prometheus.

use std::net::SocketAddr;
use std::sync::OnceLock;
use std::time::Instant;

use axum::extract::{ConnectInfo, MatchedPath, Request};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::Role;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

use crate::error::AppError;
use crate::identity::Identity;

static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();

/// Bounds of the histograms, in seconds: 1 ms to 10 s.
const SECONDS: [f64; 12] = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// Begins counting. Once for the process; again does nothing.
pub fn install() {
    if HANDLE.get().is_some() {
        return;
    }
    let built = PrometheusBuilder::new().set_buckets(&SECONDS);
    match built.and_then(PrometheusBuilder::install_recorder) {
        Ok(handle) => drop(HANDLE.set(handle)),
        Err(error) => tracing::warn!(%error, "figures for Prometheus are not kept"),
    }
}

/// Counts and times every request by its route, so that ids do not multiply the series.
pub async fn count(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().as_str().to_owned();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "unknown".to_owned(), |path| path.as_str().to_owned());
    let response = next.run(request).await;
    let status = response.status().as_u16().to_string();
    metrics::counter!("vigie_http_requests_total", "method" => method.clone(), "route" => route.clone(), "status" => status)
        .increment(1);
    metrics::histogram!("vigie_http_request_seconds", "method" => method, "route" => route)
        .record(started.elapsed().as_secs_f64());
    response
}

/// `GET /metrics`: for this machine and for super_admins.
pub async fn show(
    peer: Option<axum::Extension<ConnectInfo<SocketAddr>>>,
    identity: Option<axum::Extension<Identity>>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    // Behind a proxy everyone seems to come from this machine: a forwarded request does not.
    let forwarded =
        headers.contains_key("x-forwarded-for") || headers.contains_key(header::FORWARDED);
    let is_local = !forwarded && peer.is_some_and(|peer| peer.0.0.ip().is_loopback());
    let is_admin = identity.is_some_and(|who| who.0.profile.role == Role::SuperAdmin);
    if !is_local && !is_admin {
        return Err(domain::Error::NotFound.into());
    }
    let Some(handle) = HANDLE.get() else { return Err(domain::Error::NotFound.into()) };
    handle.run_upkeep();
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    Ok((kind, handle.render()).into_response())
}
