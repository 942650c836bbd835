//! The jobs this server can do.

use base::outbox::{Handlers, Worker};

use crate::app::App;
use crate::{accounts, admin, alerts, clients, duplicates, operations, orders};

/// Every kind of job and who does it.
pub fn handlers(app: &App) -> Handlers {
    let mut handlers = Handlers::new();
    let all = [
        accounts::jobs,
        admin::jobs,
        alerts::jobs,
        clients::jobs,
        duplicates::jobs,
        operations::jobs,
        orders::jobs,
    ];
    for jobs in all {
        handlers.extend(jobs(app));
    }
    handlers
}

/// A worker for all of them.
pub fn worker(app: &App) -> Worker {
    Worker::new(app.db().clone(), app.clock().clone(), handlers(app))
}
