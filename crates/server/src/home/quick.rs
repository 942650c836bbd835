//! What the palette finds while one types.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Html;
use domain::clients::Line;
use domain::dashboard::{self, Found};
use serde::Deserialize;

use crate::app::App;
use crate::error::AppError;
use crate::extract::SignedIn;
use crate::page::Page;

#[derive(Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    q: String,
}

#[derive(Template)]
#[template(path = "home/quick.html")]
struct Quick {
    page: Page,
    query: String,
    clients: Vec<Line>,
    alerts: Vec<Found>,
}

/// A fragment: options for the palette's list.
pub(super) async fn quick(
    State(app): State<App>,
    page: Page,
    signed_in: SignedIn,
    Query(asked): Query<Asked>,
) -> Result<Html<String>, AppError> {
    let query: String = asked.q.trim().chars().take(100).collect();
    let (conn, actor) = (app.db().read(), signed_in.actor());
    let (clients, alerts) = if query.is_empty() {
        (Vec::new(), Vec::new())
    } else {
        (
            dashboard::quick_clients(conn, &actor, &query).await?,
            dashboard::quick_alerts(conn, &actor, &query).await?,
        )
    };
    Ok(Html(Quick { page, query, clients, alerts }.render()?))
}
