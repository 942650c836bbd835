//! Signing in, invitations, tokens; users and centres.

pub(crate) mod access_token;
mod api;
mod cookies;
mod jobs;
mod pages;
mod people_filter;

use std::sync::Arc;

use base::outbox::Handlers;
use domain::users::links::Purpose;

use crate::app::App;
use crate::router::Routes;

/// This feature's routes.
pub fn routes() -> Routes {
    pages::routes().merge(api::routes())
}

/// This feature's jobs.
pub fn jobs(app: &App) -> Handlers {
    let mut handlers = Handlers::new();
    for purpose in [Purpose::Invitation, Purpose::Reset] {
        handlers.insert(purpose.job_kind(), Arc::new(jobs::SendLink::new(app, purpose)));
    }
    handlers
}

/// The address of a link that stands in for a password.
pub fn link_address(app: &App, purpose: Purpose, token: &str) -> String {
    let place = match purpose {
        Purpose::FirstAdmin => "bienvenue",
        Purpose::Invitation => "invitation",
        Purpose::Reset => "mot-de-passe",
    };
    format!("{}/{place}/{token}", app.settings().base_url)
}
