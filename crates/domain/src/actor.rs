//! Who asks, and what they may see.

use base::db::Sql;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::{Error, Result};

/// What a user is in their centre.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything, in every centre.
    SuperAdmin,
    /// Everything of their centre.
    Owner,
    /// Their agents' work, and what nobody has taken yet in their centre.
    Supervisor,
    /// What is assigned to them, and the centre's clients.
    Agent,
    /// Tickets assigned to them or open to technicians.
    Technician,
    /// Their own record, through the portal only.
    Client,
}

impl Role {
    /// All of them, most powerful first.
    pub const ALL: [Self; 6] = [
        Self::SuperAdmin,
        Self::Owner,
        Self::Supervisor,
        Self::Agent,
        Self::Technician,
        Self::Client,
    ];

    /// The name in the database, the API and the message catalogue.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SuperAdmin => "super_admin",
            Self::Owner => "owner",
            Self::Supervisor => "supervisor",
            Self::Agent => "agent",
            Self::Technician => "technician",
            Self::Client => "client",
        }
    }

    /// The role of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }
}

/// Who asks. Every domain read takes one and shows only what it may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The user; `None` for the system itself (workers, command line).
    pub user_id: Option<Uuid>,
    /// Their role.
    pub role: Role,
    /// Their centre; `None` for super_admins and the system.
    pub call_center_id: Option<Uuid>,
}

impl Actor {
    /// The system: workers and the command line.
    pub fn system() -> Self {
        Self { user_id: None, role: Role::SuperAdmin, call_center_id: None }
    }

    /// Super_admin or owner: the specs' "Admin".
    pub fn is_admin(&self) -> bool {
        matches!(self.role, Role::SuperAdmin | Role::Owner)
    }

    /// Admin or supervisor.
    pub fn leads_people(&self) -> bool {
        self.is_admin() || self.role == Role::Supervisor
    }

    /// Works with the centre's clients: everyone but technicians and clients.
    pub fn works_with_clients(&self) -> bool {
        self.leads_people() || self.role == Role::Agent
    }

    /// Refuses unless `allowed`.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub fn require(&self, allowed: bool) -> Result<()> {
        if allowed { Ok(()) } else { Err(Error::Forbidden) }
    }

    /// Whether something of `call_center_id` lies in this actor's reach.
    pub fn reaches(&self, call_center_id: Uuid) -> bool {
        self.role == Role::SuperAdmin || self.call_center_id == Some(call_center_id)
    }

    /// Appends ` AND {column} = their centre`, nothing for a super_admin, and what matches no row
    /// for someone without a centre.
    pub fn within_center(&self, sql: &mut Sql, column: &str) {
        if self.role == Role::SuperAdmin {
            return;
        }
        match self.call_center_id {
            Some(id) => sql.push(" AND ").push(column).push(" = ").bind(id),
            None => sql.push(" AND 1 = 0"),
        };
    }

    /// Appends the rule for things people take or are given: admins all, supervisors their
    /// agents', their own and the untaken, others their own. `assignee` and `author` are columns;
    /// the centre is checked by [`Actor::within_center`].
    pub fn within_work(&self, sql: &mut Sql, assignee: &str, author: &str) {
        if self.is_admin() {
            return;
        }
        let Some(me) = self.user_id else {
            sql.push(" AND 1 = 0");
            return;
        };
        sql.push(" AND (").push(assignee).push(" = ").bind(me);
        sql.push(" OR ").push(author).push(" = ").bind(me);
        if self.role == Role::Supervisor {
            sql.push(" OR ").push(assignee).push(" IS NULL OR ").push(assignee);
            sql.push(" IN (SELECT id FROM users WHERE supervisor_id = ").bind(me).push(")");
        }
        sql.push(")");
    }

    /// [`Actor::within_work`] for a subquery that looks at one client's things: whose they are is
    /// checked on those few rows, and no index is looked for to find everything of the actor's.
    pub fn within_work_of(&self, sql: &mut Sql, assignee: &str, author: &str) {
        if self.is_admin() {
            return;
        }
        sql.push(" AND (1 = 1");
        self.within_work(sql, assignee, author);
        sql.push(") IS TRUE");
    }
}
