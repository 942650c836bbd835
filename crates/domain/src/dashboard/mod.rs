//! The figures people see first: in the navigation and on the dashboard.
//!
//! Everything here is counted with the actor's rights, so that a figure never says more than the
//! list it leads to.

mod queries;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr};

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
