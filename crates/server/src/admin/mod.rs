//! Administration: queue, kept mail, journal.

mod api;
mod journal;
mod mails;
mod queue;
mod words;

use axum::http::Method;
use base::outbox::Handlers;

use crate::app::App;
use crate::router::Routes;

/// This feature's routes.
pub fn routes() -> Routes {
    Routes::new()
        .page(Method::GET, "/administration", queue::queue)
        .page(Method::POST, "/administration/file/{id}/relance", queue::retry)
        .page(Method::GET, "/administration/courriers", mails::list)
        .page(Method::GET, "/administration/courriers/{id}", mails::read)
        .page(Method::GET, "/administration/courriers/{id}/html", mails::html)
        .page(Method::GET, "/journal", journal::list)
        .page(Method::POST, "/journal/verification", journal::verify)
        .api(utoipa_axum::routes!(api::audit))
        .api(utoipa_axum::routes!(api::event_types))
}

/// This feature's jobs.
pub fn jobs(_app: &App) -> Handlers {
    Handlers::new()
}
