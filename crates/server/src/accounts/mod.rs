//! Signing in, invitations, tokens; users and centres.

mod cookies;
mod pages;

use base::outbox::Handlers;

use crate::app::App;
use crate::router::Routes;

/// This feature's routes.
pub fn routes() -> Routes {
    pages::routes()
}

/// This feature's jobs.
pub fn jobs(_app: &App) -> Handlers {
    Handlers::new()
}
