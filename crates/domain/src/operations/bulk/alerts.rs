//! One alert on each of many clients.

use base::db::Tx;
use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use serde_json::Value as Json;
use uuid::Uuid;

use super::Params;
use crate::actor::Actor;
use crate::error::{Error, Invalid, Result};
use crate::events::NewEvent;
use crate::operations::Operation;
use crate::operations::step::Batch;

/// Notes what is wrong with the alert to create.
pub(super) async fn check(
    _conn: &impl ConnectionTrait,
    _actor: &Actor,
    _params: &Params,
    invalid: &mut Invalid,
) -> Result<()> {
    invalid.add("action", "wrong-value");
    Ok(())
}

/// Creates the alert on each of these clients.
pub(super) async fn apply(
    _tx: &Tx,
    _operation: &Operation,
    _actor: &Actor,
    _params: &Params,
    _ids: &[Uuid],
    _now: DateTime<Utc>,
) -> Result<Batch> {
    Err(Error::Conflict("operation-unreadable"))
}

/// Removes the alerts an operation created.
pub(in crate::operations) async fn put_back(
    _tx: &Tx,
    _actor: &Actor,
    _wanted: Vec<(Uuid, Json)>,
    _now: DateTime<Utc>,
) -> Result<(Vec<NewEvent>, Vec<(Uuid, &'static str)>)> {
    Ok((Vec::new(), Vec::new()))
}
