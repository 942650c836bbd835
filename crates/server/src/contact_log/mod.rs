//! The contact log: one click to record an attempt, its history, the calling rules, consents.

mod actions;
mod api;
mod chart;
mod consents;
mod consents_api;
mod exports;
mod filter;
mod json;
mod pages;
mod panel;
mod rules;
mod rules_api;
mod words;

use axum::http::Method;
use utoipa_axum::routes;

pub(crate) use panel::{Header, header, of_client};
pub(crate) use words::channel_icon;

use crate::router::Routes;

/// This feature's routes.
pub fn routes() -> Routes {
    const GET: Method = Method::GET;
    const POST: Method = Method::POST;
    Routes::new()
        .page(GET, "/contacts", pages::list)
        .page(POST, "/client/{id}/contact", actions::record)
        .page(POST, "/contacts/{id}/annulation", actions::undo)
        .page(POST, "/contacts/{id}/canal", actions::change_channel)
        .page(POST, "/client/{id}/consentements", consents::record)
        .page(POST, "/consentements/{id}/revocation", consents::revoke)
        .page(GET, "/administration/centres/{id}/appels", rules::edit)
        .page(POST, "/administration/centres/{id}/appels", rules::change)
        .api(routes!(api::list, api::create))
        .api(routes!(api::figures))
        .api(routes!(api::read, api::change, api::undo))
        .api(routes!(api::notify))
        .api(routes!(api::gate))
        .api(routes!(consents_api::list, consents_api::create))
        .api(routes!(consents_api::revoke))
        .api(routes!(rules_api::read, rules_api::change))
        .api(routes!(exports::contacts_csv))
        .api(routes!(exports::contacts_xlsx))
}
