//! Bulk actions, imports and exports.

mod answer;
mod api;
mod bulk_pages;
mod exports;
mod import_pages;
mod jobs;
mod pages;
mod selection;
pub mod sheets;
pub mod uploads;

use axum::extract::DefaultBodyLimit;
use axum::handler::Handler;
use axum::http::Method;
use base::outbox::Handlers;
use utoipa_axum::routes;

pub(crate) use answer::reject_message;
pub(crate) use exports::rows;

use crate::app::App;
use crate::router::Routes;

/// Room for the file and the rest of the form around it.
const UPLOAD_LIMIT: usize = uploads::MOST_BYTES + 64 * 1024;

/// A list of ticked clients is longer than other forms.
const TICKS_LIMIT: usize = 4 * 1024 * 1024;

/// This feature's routes.
pub fn routes() -> Routes {
    let upload = Handler::layer(import_pages::upload, DefaultBodyLimit::max(UPLOAD_LIMIT));
    let upload_orders = Handler::layer(import_pages::upload, DefaultBodyLimit::max(UPLOAD_LIMIT));
    let preview = Handler::layer(bulk_pages::preview, DefaultBodyLimit::max(TICKS_LIMIT));
    let execute = Handler::layer(bulk_pages::execute, DefaultBodyLimit::max(TICKS_LIMIT));
    let download = Handler::layer(exports::download, DefaultBodyLimit::max(TICKS_LIMIT));
    Routes::new()
        .page(Method::GET, "/operations", pages::journal)
        .page(Method::GET, "/operations/{id}", pages::show)
        .page(Method::GET, "/operations/{id}/rejets", pages::rejects)
        .page(Method::POST, "/operations/{id}/annulation", pages::undo)
        .page(Method::POST, "/operations/{id}/import", import_pages::confirm)
        .page(Method::GET, "/client/actions", bulk_pages::back)
        .page(Method::POST, "/client/actions", preview)
        .page(Method::POST, "/client/actions/execution", execute)
        .page(Method::GET, "/client/importer", import_pages::new)
        .page(Method::POST, "/client/importer", upload)
        .page(Method::GET, "/client/importer/{id}", import_pages::columns)
        .page(Method::POST, "/client/importer/{id}", import_pages::check)
        .page(Method::GET, "/commandes/importer", import_pages::new)
        .page(Method::POST, "/commandes/importer", upload_orders)
        .page(Method::GET, "/commandes/importer/{id}", import_pages::columns)
        .page(Method::POST, "/commandes/importer/{id}", import_pages::check)
        .page(Method::GET, "/client/exporter", exports::choose)
        .page(Method::POST, "/client/exporter", download)
        .api(routes!(api::bulk))
        .api(routes!(api::operation))
        .api(routes!(api::undo))
        .api(utoipa_axum::router::UtoipaMethodRouterExt::layer(
            routes!(api::import_clients),
            DefaultBodyLimit::max(UPLOAD_LIMIT),
        ))
        .api(utoipa_axum::router::UtoipaMethodRouterExt::layer(
            routes!(api::import_orders),
            DefaultBodyLimit::max(UPLOAD_LIMIT),
        ))
        .api(routes!(exports::clients_csv))
        .api(routes!(exports::clients_xlsx))
}

/// This feature's jobs.
pub fn jobs(app: &App) -> Handlers {
    jobs::handlers(app)
}
