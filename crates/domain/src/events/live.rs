//! What open pages hear of events: topics, never data.

use base::db::Sql;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use serde_json::Value;
use uuid::Uuid;

use crate::actor::{Actor, Role};

/// The part of an event that says which pages it concerns.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Fact {
    /// Its number.
    pub seq: i64,
    /// `noun.past_verb`.
    pub kind: String,
    /// Where; `None` concerns super_admins only.
    pub call_center_id: Option<Uuid>,
    /// The noun.
    pub subject_kind: String,
    /// Which one.
    pub subject_id: Uuid,
    /// The client it concerns.
    pub client_id: Option<Uuid>,
    /// Of an alert: whose it is now.
    pub assigned_to: Option<Uuid>,
    /// Of an alert: who made it.
    pub created_by: Option<Uuid>,
    /// Of an alert: who leads whoever it is given to.
    pub supervisor_id: Option<Uuid>,
    /// Of an alert: what was recorded.
    pub data: Option<String>,
}

impl Fact {
    /// Whether it is about something `actor` may see, or could until now: the same rule as
    /// [`Actor::within_center`] and [`Actor::within_work`].
    pub fn concerns(&self, actor: &Actor) -> bool {
        if actor.role == Role::SuperAdmin {
            return true;
        }
        let here = actor.call_center_id.is_some() && self.call_center_id == actor.call_center_id;
        if !here || !actor.works_with_clients() {
            return false;
        }
        if actor.is_admin() || !self.is_work() {
            return true;
        }
        let (me, before) = (actor.user_id, self.assigned_before());
        let mine = [self.assigned_to, self.created_by, before].into_iter().flatten();
        let leads = actor.role == Role::Supervisor
            && (self.assigned_to.is_none() || before.is_some() || self.supervisor_id == me);
        leads || mine.into_iter().any(|user| me == Some(user))
    }

    /// Whether it is about something people take or are given.
    pub fn is_work(&self) -> bool {
        self.subject_kind == "alert"
    }

    /// Whose it was until this took it from them.
    fn assigned_before(&self) -> Option<Uuid> {
        let data: Value = serde_json::from_str(self.data.as_deref()?).ok()?;
        data["changes"]["assigned_to"][0].as_str()?.parse().ok()
    }
}

/// The facts after number `after`, oldest first.
///
/// # Errors
/// The engine's.
pub async fn facts_after(
    conn: &impl ConnectionTrait,
    after: i64,
    limit: u32,
) -> Result<Vec<Fact>, DbErr> {
    let mut sql = Sql::new(
        "SELECT e.seq, e.kind, e.call_center_id, e.subject_kind, e.subject_id, e.client_id, \
         a.assigned_to, a.created_by, u.supervisor_id, \
         CASE WHEN e.subject_kind = 'alert' THEN e.data END AS data FROM events e \
         LEFT JOIN alerts a ON e.subject_kind = 'alert' AND a.id = e.subject_id \
         LEFT JOIN users u ON u.id = a.assigned_to WHERE e.seq > ",
    );
    sql.bind(after).push(" ORDER BY e.seq LIMIT ").bind(i64::from(limit));
    sql.all(conn).await
}

/// The topics of events given as (noun, client). Past a handful of clients, `client:*` stands for
/// each of them.
pub fn topics<'a>(events: impl Iterator<Item = (&'a str, Option<Uuid>)>) -> Vec<String> {
    const MOST_CLIENTS: usize = 20;
    let (mut topics, mut clients) = (Vec::new(), Vec::new());
    for (noun, client) in events {
        let topic = format!("{noun}s");
        if !topics.contains(&topic) {
            topics.push(topic);
        }
        clients.extend(client);
    }
    clients.sort_unstable();
    clients.dedup();
    if !clients.is_empty() {
        topics.push("clients".to_owned());
    }
    if clients.len() <= MOST_CLIENTS {
        topics.extend(clients.iter().map(|id| format!("client:{id}")));
    } else {
        topics.push("client:*".to_owned());
    }
    topics.sort_unstable();
    topics.dedup();
    topics
}
