//! Tags: words a centre puts on its clients.

use std::collections::HashMap;

use base::db::{Sql, Tx, insert_many};
use base::ids::new_id;
use base::text::fold;
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult, Value};
use uuid::Uuid;

use crate::actor::Actor;

/// A tag of a centre.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Tag {
    /// Its id.
    pub id: Uuid,
    /// As first typed.
    pub name: String,
    /// What makes two spellings one tag.
    pub key: String,
}

/// The ids of the tags of those names in a centre, by their folded name; makes the missing ones.
///
/// # Errors
/// The engine's.
pub async fn ensure(
    tx: &Tx,
    center: Uuid,
    names: &[String],
    now: DateTime<Utc>,
) -> Result<HashMap<String, Uuid>, DbErr> {
    let mut wanted: Vec<(String, &String)> = names.iter().map(|name| (fold(name), name)).collect();
    wanted.retain(|(key, _)| !key.is_empty());
    wanted.sort();
    wanted.dedup_by(|a, b| a.0 == b.0);
    if wanted.is_empty() {
        return Ok(HashMap::new());
    }
    let rows: Vec<Vec<Value>> = wanted
        .iter()
        .map(|(key, name)| {
            vec![new_id(now).into(), center.into(), (*name).clone().into(), key.clone().into()]
        })
        .collect();
    let columns = ["id", "call_center_id", "name", "key"];
    insert_many(tx, "tags", &columns, rows, "ON CONFLICT (call_center_id, key) DO NOTHING").await?;
    let mut sql = Sql::new("SELECT id, name, key FROM tags WHERE call_center_id = ");
    sql.bind(center).push(" AND key IN ").bind_list(wanted.into_iter().map(|(key, _)| key));
    let tags: Vec<Tag> = sql.all(tx).await?;
    Ok(tags.into_iter().map(|tag| (tag.key, tag.id)).collect())
}

/// The tags whoever asks may use, in order.
///
/// # Errors
/// The engine's.
pub async fn list(conn: &impl ConnectionTrait, actor: &Actor) -> Result<Vec<Tag>, DbErr> {
    let mut sql = Sql::new("SELECT id, name, key FROM tags WHERE 1 = 1");
    actor.within_center(&mut sql, "call_center_id");
    sql.push(" ORDER BY key, id LIMIT 500");
    sql.all(conn).await
}

/// The names of the tags of each of these clients, in order. The caller may see them.
///
/// # Errors
/// The engine's.
pub async fn of_clients(
    conn: &impl ConnectionTrait,
    clients: &[Uuid],
) -> Result<Vec<(Uuid, String)>, DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        client_id: Uuid,
        name: String,
    }
    if clients.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::new(
        "SELECT ct.client_id, t.name FROM client_tags ct JOIN tags t ON t.id = ct.tag_id \
         WHERE ct.client_id IN ",
    );
    sql.bind_list(clients.to_vec()).push(" ORDER BY t.key");
    let rows: Vec<Row> = sql.all(conn).await?;
    Ok(rows.into_iter().map(|row| (row.client_id, row.name)).collect())
}

/// Puts exactly these tags on a client.
///
/// # Errors
/// The engine's.
pub async fn put(
    tx: &Tx,
    center: Uuid,
    client: Uuid,
    names: &[String],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    Sql::with("DELETE FROM client_tags WHERE client_id = $1", [client.into()]).execute(tx).await?;
    let tags = ensure(tx, center, names, now).await?;
    let rows: Vec<Vec<Value>> =
        tags.into_values().map(|tag| vec![client.into(), tag.into()]).collect();
    insert_many(tx, "client_tags", &["client_id", "tag_id"], rows, "").await?;
    Ok(())
}
