//! Clients: list, page, forms, API.

use base::outbox::Handlers;

use crate::app::App;
use crate::router::Routes;

/// This feature's routes.
pub fn routes() -> Routes {
    Routes::new()
}

/// This feature's jobs.
pub fn jobs(_app: &App) -> Handlers {
    Handlers::new()
}
