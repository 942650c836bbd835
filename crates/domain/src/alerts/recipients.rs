//! Who is told: the assignee, else who made the alert, else the centre's owner, else the
//! super_admins. People who left, or who may no longer see the client, are passed over.

use std::collections::HashMap;

use base::db::Sql;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use uuid::Uuid;

use super::queries::{self, Person};
use crate::actor::{Actor, Role};
use crate::error::Result;

/// What choosing needs to know of an alert.
#[derive(Clone, Copy, Debug)]
pub(super) struct Chain {
    pub(super) call_center_id: Uuid,
    pub(super) assigned_to: Option<Uuid>,
    pub(super) created_by: Option<Uuid>,
}

/// The people of some alerts, read once.
pub(super) struct Directory {
    people: HashMap<Uuid, Person>,
    /// The eldest first.
    chiefs: Vec<Person>,
}

impl Directory {
    /// Everyone who may be told of `chains`.
    pub(super) async fn read(conn: &impl ConnectionTrait, chains: &[Chain]) -> Result<Self, DbErr> {
        let mut ids: Vec<Uuid> =
            chains.iter().flat_map(|c| [c.assigned_to, c.created_by]).flatten().collect();
        ids.sort_unstable();
        ids.dedup();
        let mut centers: Vec<Uuid> = chains.iter().map(|c| c.call_center_id).collect();
        centers.sort_unstable();
        centers.dedup();
        let people = queries::active_people(conn, &ids).await?;
        let chiefs = queries::active_chiefs(conn, &centers).await?;
        Ok(Self { people: people.into_iter().map(|p| (p.id, p)).collect(), chiefs })
    }

    /// Who is told; nobody only where not even a super_admin is left.
    pub(super) fn recipients(&self, chain: Chain) -> Vec<Uuid> {
        let named = [chain.assigned_to, chain.created_by];
        let person = named
            .into_iter()
            .flatten()
            .filter_map(|id| self.people.get(&id))
            .find(|person| may_be_told(person, chain.call_center_id));
        if let Some(person) = person {
            return vec![person.id];
        }
        let center = Some(chain.call_center_id);
        let owner = |p: &&Person| p.call_center_id == center && p.role == Role::Owner.as_str();
        if let Some(owner) = self.chiefs.iter().find(owner) {
            return vec![owner.id];
        }
        let super_admin = |p: &&Person| p.role == Role::SuperAdmin.as_str();
        self.chiefs.iter().filter(super_admin).map(|p| p.id).collect()
    }
}

/// Works with clients, in that centre or in all.
pub(super) fn may_be_told(person: &Person, center: Uuid) -> bool {
    match Role::parse(&person.role) {
        Some(Role::SuperAdmin) => true,
        Some(Role::Owner | Role::Supervisor | Role::Agent) => person.call_center_id == Some(center),
        _ => false,
    }
}

/// Someone an alert can be given to.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Assignable {
    /// The user.
    pub id: Uuid,
    /// Their name.
    pub name: String,
    /// Their centre.
    pub call_center_id: Uuid,
}

/// Everyone an alert of `center` (or of any centre the actor reaches) can be given to, by name.
///
/// # Errors
/// The engine's.
pub async fn assignable(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    center: Option<Uuid>,
) -> Result<Vec<Assignable>> {
    let mut sql = Sql::new(
        "SELECT id, name, call_center_id FROM users \
         WHERE is_active AND call_center_id IS NOT NULL AND role IN ('owner', 'supervisor', 'agent')",
    );
    if !actor.works_with_clients() {
        sql.push(" AND 1 = 0");
    }
    actor.within_center(&mut sql, "call_center_id");
    if let Some(center) = center {
        sql.push(" AND call_center_id = ").bind(center);
    }
    sql.push(" ORDER BY name, id LIMIT 1000");
    Ok(sql.all(conn).await?)
}

/// The names of users, for showing who did what.
///
/// # Errors
/// The engine's.
pub async fn names(conn: &impl ConnectionTrait, ids: &[Uuid]) -> Result<HashMap<Uuid, String>> {
    #[derive(FromQueryResult)]
    struct Named {
        id: Uuid,
        name: String,
    }
    let mut names = HashMap::new();
    for ids in ids.chunks(queries::CHUNK) {
        let mut sql = Sql::new("SELECT id, name FROM users WHERE id IN ");
        sql.bind_list(ids.to_vec());
        names.extend(sql.all::<Named>(conn).await?.into_iter().map(|row| (row.id, row.name)));
    }
    Ok(names)
}
