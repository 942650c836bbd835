//! Clients who may be one person: the list, side by side, merged, parted again.

mod api;
mod jobs;
mod merge_pages;
mod pages;
mod pick;
mod words;

use axum::http::Method;
use base::outbox::Handlers;
use utoipa_axum::routes;

use crate::app::App;
use crate::router::Routes;

pub(crate) use api::PossibleJson;
pub(crate) use words::{Lookalike, lookalikes};

/// This feature's routes.
pub fn routes() -> Routes {
    Routes::new()
        .page(Method::GET, "/client/doublons", pages::list)
        .page(Method::POST, "/client/doublons/{id}/rejet", pages::dismiss)
        .page(Method::POST, "/client/doublons/{id}/reouverture", pages::reopen)
        .page(Method::GET, "/client/{id}/fusionner", pick::pick)
        .page(Method::GET, "/client/{id}/fusionner/{other}", merge_pages::compare)
        .page(Method::POST, "/client/{id}/fusionner/{other}", merge_pages::merge)
        .page(Method::POST, "/client/{id}/fusionner/{other}/proposition", merge_pages::suggest)
        .page(Method::POST, "/client/fusions/{id}/annulation", merge_pages::unmerge)
        .api(routes!(api::list, api::suggest))
        .api(routes!(api::dismiss, api::reopen))
        .api(routes!(api::merge))
        .api(routes!(api::read_merge))
        .api(routes!(api::unmerge))
}

/// This feature's jobs.
pub fn jobs(app: &App) -> Handlers {
    jobs::handlers(app)
}
