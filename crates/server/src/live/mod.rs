//! Open pages hear of changes at once: which lists and records changed, never what is in them.

mod api;
mod batch;
mod hub;

use crate::router::Routes;

pub use hub::Hub;

/// This feature's routes.
pub fn routes() -> Routes {
    Routes::new().api(utoipa_axum::routes!(api::stream))
}
