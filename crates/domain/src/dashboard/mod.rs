//! The figures people see first: in the navigation and on the dashboard.
//!
//! Everything here is counted with the actor's rights, so that a figure never says more than the
//! list it leads to.

mod queries;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use uuid::Uuid;

use crate::actor::Actor;
use crate::paging::Total;

/// How many clients the actor sees, the bin excepted.
///
/// # Errors
/// The engine's.
pub async fn count_clients(conn: &impl ConnectionTrait, actor: &Actor) -> Result<Total, DbErr> {
    queries::clients(conn, actor).await
}

/// How many open alerts of the actor have reached their time.
///
/// # Errors
/// The engine's.
pub async fn count_due_alerts(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Total, DbErr> {
    queries::due_alerts(conn, actor, now).await
}

/// Something the palette found.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Found {
    /// Which one.
    pub id: Uuid,
    /// The client to open.
    pub client_id: Uuid,
    /// What people call it.
    pub title: String,
    /// What tells it from others of that name.
    pub detail: Option<String>,
}

/// The first clients whose name, phone or e-mail begins as `query`.
///
/// # Errors
/// The engine's.
pub async fn quick_clients(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    query: &str,
) -> Result<Vec<Found>, DbErr> {
    if !actor.works_with_clients() {
        return Ok(Vec::new());
    }
    queries::quick_clients(conn, actor, query).await
}

/// The soonest open alerts of the actor whose title holds `query`.
///
/// # Errors
/// The engine's.
pub async fn quick_alerts(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    query: &str,
) -> Result<Vec<Found>, DbErr> {
    if !actor.works_with_clients() {
        return Ok(Vec::new());
    }
    queries::quick_alerts(conn, actor, query).await
}

/// The people of the actor's centre, by name: for filters.
///
/// # Errors
/// The engine's.
pub async fn people(
    conn: &impl ConnectionTrait,
    actor: &Actor,
) -> Result<Vec<(Uuid, String)>, DbErr> {
    queries::people(conn, actor).await
}
