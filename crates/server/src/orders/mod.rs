//! Orders: list, page, review, settings, API.

mod api;
mod exports;
mod jobs;
mod json;
mod pages;
mod pick;
mod review;
mod settings;
mod words;

use axum::http::Method;
use base::outbox::Handlers;
use utoipa_axum::routes;

pub use pages::of_client;

use crate::app::App;
use crate::router::Routes;

/// This feature's routes.
pub fn routes() -> Routes {
    Routes::new()
        .page(Method::GET, "/commandes", pages::list)
        .page(Method::GET, "/commandes/a-verifier", review::queue)
        .page(Method::GET, "/commandes/reglages", settings::show)
        .page(Method::POST, "/commandes/reglages", settings::save)
        .page(Method::GET, "/commandes/{id}", pages::show)
        .page(Method::GET, "/commandes/{id}/client", pick::pick)
        .page(Method::POST, "/commandes/{id}/lien", review::answer)
        .page(Method::POST, "/commandes/{id}/lien/annulation", review::reopen)
        .page(Method::POST, "/commandes/{id}/statut", review::status)
        .api(routes!(api::list, api::create))
        .api(routes!(api::read, api::change))
        .api(routes!(api::link, api::unlink))
        .api(routes!(api::candidates))
        .api(routes!(api::of_client))
        .api(routes!(exports::csv))
        .api(routes!(exports::xlsx))
}

/// This feature's jobs.
pub fn jobs(app: &App) -> Handlers {
    jobs::handlers(app)
}
