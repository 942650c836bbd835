//! Clients: list, page, forms, API.

mod api;
mod cell;
pub(crate) mod figures;
mod form;
mod json;
mod pages;
mod record;
mod restoration;
mod restoration_api;
mod shop;
pub(crate) mod words;

pub(crate) use record::contacts_tab;

use axum::http::Method;
use base::outbox::Handlers;
use utoipa_axum::routes;

use crate::app::App;
use crate::identity::Identity;
use crate::router::Routes;

/// This feature's routes.
pub fn routes() -> Routes {
    Routes::new()
        .page(Method::GET, "/client", pages::list)
        .page(Method::GET, "/client/nouveau", form::blank)
        .page(Method::POST, "/client/nouveau", form::create)
        .page(Method::GET, "/client/corbeille", pages::bin)
        .page(Method::GET, "/client/{id}", record::alerts)
        .page(Method::GET, "/client/{id}/contacts", record::contacts)
        .page(Method::GET, "/client/{id}/commandes", record::orders)
        .page(Method::GET, "/client/{id}/chronologie", record::timeline)
        .page(Method::GET, "/client/{id}/historique", record::history)
        .page(Method::GET, "/client/{id}/historique/restauration", restoration::date)
        .page(Method::POST, "/client/{id}/historique/restauration", restoration::restore_date)
        .page(Method::GET, "/client/{id}/historique/{event}/restauration", restoration::change)
        .page(
            Method::POST,
            "/client/{id}/historique/{event}/restauration",
            restoration::restore_change,
        )
        .page(Method::GET, "/client/{id}/modifier", form::filled)
        .page(Method::POST, "/client/{id}/modifier", form::change)
        .page(Method::GET, "/client/{id}/cellule", cell::edit)
        .page(Method::POST, "/client/{id}/cellule", cell::save)
        .page(Method::POST, "/client/{id}/activation", record::activate)
        .page(Method::POST, "/client/{id}/desactivation", record::deactivate)
        .page(Method::POST, "/client/{id}/suppression", record::bin)
        .page(Method::POST, "/client/{id}/restauration", record::restore)
        .api(routes!(api::list, api::create))
        .api(routes!(api::read, api::change, api::bin))
        .api(routes!(api::activate, api::deactivate))
        .api(routes!(restoration_api::restore))
        .api(routes!(restoration_api::restore_change))
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
