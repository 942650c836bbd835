//! The jobs this server can do.

use base::outbox::{Handlers, Worker};

use crate::app::App;

/// Every kind of job and who does it.
pub fn handlers(_app: &App) -> Handlers {
    Handlers::new()
}

/// A worker for all of them.
pub fn worker(app: &App) -> Worker {
    Worker::new(app.db().clone(), app.clock().clone(), handlers(app))
}
