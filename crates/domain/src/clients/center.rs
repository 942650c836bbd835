//! The centre of a client, and what a client must meet there.

use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{NewClient, ValidClient, queries};
use crate::actor::Actor;
use crate::error::{Invalid, Result};

/// The centre a new client goes to: the actor's own; a super_admin names it unless it is alone.
pub(super) async fn center_for(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    new: &NewClient,
    invalid: &mut Invalid,
) -> Result<Uuid> {
    if let Some(center) = actor.call_center_id {
        if new.call_center_id.is_some_and(|other| other != center) {
            invalid.add("call_center_id", "wrong-value");
        }
        return Ok(center);
    }
    match new.call_center_id {
        Some(center) if queries::region(conn, center).await?.is_some() => Ok(center),
        Some(center) => {
            invalid.add("call_center_id", "wrong-value");
            Ok(center)
        }
        None => match queries::only_center(conn).await? {
            Some(center) => Ok(center),
            None => {
                invalid.add("call_center_id", "required");
                Ok(Uuid::nil())
            }
        },
    }
}

/// Notes a code another client of the centre has, and an assignee it cannot have.
pub(super) async fn check_in_center(
    conn: &impl ConnectionTrait,
    center: Uuid,
    but: Option<Uuid>,
    valid: &ValidClient,
    invalid: &mut Invalid,
) -> Result<()> {
    if let Some(code) = &valid.code
        && queries::code_is_taken(conn, center, code, but).await?
    {
        invalid.add("code", "taken");
    }
    if let Some(user) = valid.assigned_to
        && !queries::may_be_assigned(conn, center, user).await?
    {
        invalid.add("assigned_to", "not-assignable");
    }
    Ok(())
}
