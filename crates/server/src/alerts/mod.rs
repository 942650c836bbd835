//! Alerts: list, forms, API, and the mail at their second.

mod actions;
mod api;
mod calendar;
mod feed;
mod filter;
mod forms;
mod jobs;
mod json;
mod mail;
mod many;
mod of_client;
mod one;
mod pages;
mod view;

use axum::http::Method;
use base::outbox::Handlers;
use utoipa_axum::routes;

pub use of_client::of_client;

use crate::app::App;
use crate::router::Routes;

/// This feature's routes.
pub fn routes() -> Routes {
    Routes::new()
        .page(Method::GET, "/alertes", pages::list)
        .page(Method::GET, "/alertes/calendrier", calendar::show)
        .page(Method::POST, "/alertes/{id}/deplacement", calendar::move_to)
        .page(Method::GET, "/calendrier/{file}", feed::show)
        .page(Method::GET, "/alertes/{id}", pages::show)
        .page(Method::GET, "/client/{id}/alertes/nouvelle", one::new_for_client)
        .page(Method::POST, "/client/{id}/alertes/nouvelle", one::create_for_client)
        .page(Method::GET, "/alertes/nouvelle", many::new_for_many)
        .page(Method::POST, "/alertes/nouvelle", many::create_for_many)
        .page(Method::POST, "/alertes/nouvelle/selection", many::choose_many)
        .page(Method::GET, "/alertes/{id}/modifier", one::edit)
        .page(Method::POST, "/alertes/{id}/modifier", one::save)
        .page(Method::POST, "/alertes/{id}/completion", actions::complete)
        .page(Method::POST, "/alertes/{id}/reouverture", actions::reopen)
        .page(Method::POST, "/alertes/{id}/prise-en-charge", actions::acknowledge)
        .page(Method::POST, "/alertes/{id}/report", actions::snooze)
        .page(Method::POST, "/alertes/{id}/echeance", actions::unsnooze)
        .page(Method::POST, "/alertes/{id}/suppression", actions::remove)
        .page(Method::POST, "/alertes/{id}/restauration", actions::restore)
        .page(Method::GET, "/alertes/lots/{id}", actions::batch)
        .page(Method::POST, "/alertes/lots/{id}/annulation", actions::undo_batch)
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
