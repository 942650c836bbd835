//! What open pages hear of events: topics, never data.

use base::db::Sql;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use uuid::Uuid;

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
        "SELECT seq, kind, call_center_id, subject_kind, subject_id, client_id FROM events \
         WHERE seq > ",
    );
    sql.bind(after).push(" ORDER BY seq LIMIT ").bind(i64::from(limit));
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
