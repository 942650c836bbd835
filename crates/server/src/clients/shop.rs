//! The two calls of spec 5 that shop administrators' scripts already make, as written there.

use axum::Json;
use axum::extract::State;
use chrono_tz::Tz;
use domain::clients;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::app::App;
use crate::error::AppError;
use crate::extract::{CsrfChecked, Path, SignedIn};
use crate::i18n::Language;

/// Figures of the clients the caller may see.
#[derive(Serialize, ToSchema)]
pub(super) struct ClientStats {
    #[schema(example = 12480)]
    total_clients: i64,
    #[schema(example = 11902)]
    active_clients: i64,
    #[schema(example = 578)]
    inactive_clients: i64,
    /// Since midnight, in the caller's zone.
    #[schema(example = 12)]
    new_today: i64,
    #[schema(example = 61)]
    new_7_days: i64,
    #[schema(example = 240)]
    new_30_days: i64,
    /// New clients on each of the last 14 days, today last.
    new_by_day: Vec<i64>,
}

/// Client figures
#[utoipa::path(get, path = "/client/api/stats", tag = "clients", responses((status = 200, body = ClientStats)))]
pub(super) async fn stats(
    State(app): State<App>,
    caller: SignedIn,
) -> Result<Json<ClientStats>, AppError> {
    let zone = super::zone_name(&caller.0).and_then(|name| name.parse().ok()).unwrap_or(Tz::UTC);
    let counts = app.client_counts().latest();
    let stats = counts.stats(app.db().read(), &caller.actor(), zone, app.now()).await?;
    let fortnight = stats.by_day.len().saturating_sub(14);
    Ok(Json(ClientStats {
        total_clients: stats.total,
        active_clients: stats.active,
        inactive_clients: stats.inactive,
        new_today: stats.new_today,
        new_7_days: stats.new_7_days,
        new_30_days: stats.new_30_days,
        new_by_day: stats.by_day.get(fortnight..).unwrap_or_default().to_vec(),
    }))
}

/// What the toggle did.
#[derive(Serialize, ToSchema)]
pub(super) struct Toggled {
    success: bool,
    is_active: bool,
    #[schema(example = "Client désactivé.")]
    message: String,
}

/// Activate or deactivate a client
///
/// With a session, `X-CSRFToken` carries the token of the page's `csrf-token`.
#[utoipa::path(post, path = "/client/api/{id}/toggle-status", tag = "clients",
    params(("id" = Uuid, Path), ("X-CSRFToken" = Option<String>, Header, description = "Needed with a session")),
    responses((status = 200, body = Toggled), (status = 403, description = "No token"),
        (status = 404, description = "Absent, or not yours to see")))]
pub(super) async fn toggle(
    State(app): State<App>,
    CsrfChecked(identity): CsrfChecked,
    Path(id): Path<Uuid>,
) -> Result<Json<Toggled>, AppError> {
    let client = clients::toggle(app.db(), &identity.profile.actor(), id, app.now()).await?;
    let language = Language::parse(&identity.profile.language);
    let key = if client.is_active { "client-activated" } else { "client-deactivated" };
    let name = client.full_name.into();
    let message = language.t_with(key, &[("name", name)]);
    Ok(Json(Toggled { success: true, is_active: client.is_active, message }))
}
