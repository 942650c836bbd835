//! Alerts: list, forms, API, and the mail at their second.

mod api;
mod filter;
mod jobs;
mod mail;

use base::outbox::Handlers;
use utoipa_axum::routes;

use crate::app::App;
use crate::router::Routes;

/// This feature's routes.
pub fn routes() -> Routes {
    Routes::new()
        .api(routes!(api::create, api::list))
        .api(routes!(api::show, api::change, api::remove))
        .api(routes!(api::history))
        .api(routes!(api::complete, api::reopen))
        .api(routes!(api::acknowledge))
}

/// This feature's jobs.
pub fn jobs(app: &App) -> Handlers {
    jobs::handlers(app)
}
