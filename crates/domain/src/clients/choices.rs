use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::queries;
use crate::actor::Actor;
use crate::error::Result;
use crate::tags;

/// What a form or a filter lets one choose from.
#[derive(Clone, Debug, Default)]
pub struct Choices {
    /// Who may look after clients: id, name.
    pub people: Vec<(Uuid, String)>,
    /// Names of tags.
    pub tags: Vec<String>,
    /// Centres, for whoever works in several: id, name.
    pub centers: Vec<(Uuid, String)>,
}

/// What the actor may choose from.
///
/// # Errors
/// [`Error::Forbidden`] for roles that do not work with clients.
pub async fn choices(conn: &impl ConnectionTrait, actor: &Actor) -> Result<Choices> {
    actor.require(actor.works_with_clients())?;
    let tags = tags::list(conn, actor).await?;
    let centers =
        if actor.call_center_id.is_none() { queries::centers(conn).await? } else { Vec::new() };
    Ok(Choices {
        people: queries::people(conn, actor).await?,
        tags: tags.into_iter().map(|tag| tag.name).collect(),
        centers,
    })
}
