//! Clients: list, page, forms, API.

mod api;
mod json;
mod shop;

use base::outbox::Handlers;
use utoipa_axum::routes;

use crate::app::App;
use crate::identity::Identity;
use crate::router::Routes;

/// This feature's routes.
pub fn routes() -> Routes {
    Routes::new()
        .api(routes!(api::list, api::create))
        .api(routes!(api::read, api::change, api::bin))
        .api(routes!(api::activate, api::deactivate))
        .api(routes!(api::restore))
        .api(routes!(api::history))
        .api(routes!(shop::stats))
        .api(routes!(shop::toggle))
}

/// This feature's jobs.
pub fn jobs(_app: &App) -> Handlers {
    Handlers::new()
}

/// The zone days are told in for whoever asks: their own, else their centre's.
fn zone_name(identity: &Identity) -> Option<String> {
    let center = identity.profile.center.as_ref().map(|center| center.time_zone.clone());
    identity.profile.time_zone.clone().or(center)
}
