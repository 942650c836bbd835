//! The dashboard, and what operators probe.

mod pages;
mod quick;

use axum::extract::State;
use axum::http::{Method, StatusCode};

use crate::app::App;
use crate::router::Routes;

/// This feature's routes.
pub fn routes() -> Routes {
    Routes::new()
        .page(Method::GET, "/", pages::dashboard)
        .page(Method::GET, "/recherche/rapide", quick::quick)
        .page(Method::GET, "/healthz", healthz)
        .page(Method::GET, "/readyz", readyz)
}

/// The process answers.
async fn healthz() -> &'static str {
    "ok"
}

/// The database answers too.
async fn readyz(State(app): State<App>) -> Result<&'static str, (StatusCode, &'static str)> {
    match domain::events::head(app.db().read()).await {
        Ok(_) => Ok("ready"),
        Err(_) => Err((StatusCode::SERVICE_UNAVAILABLE, "the database does not answer")),
    }
}
