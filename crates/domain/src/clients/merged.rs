//! Where records that were merged live on.

use std::collections::HashMap;

use base::db::Sql;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use uuid::Uuid;

use super::Client;
use crate::actor::Actor;
use crate::error::{Error, Result};

/// Where the record of `id` lives on: itself, or the one it was merged into, and that one, and so
/// on; `None` in the bin.
pub(crate) async fn living(conn: &impl ConnectionTrait, id: Uuid) -> Result<Option<Uuid>, DbErr> {
    // UNION, not UNION ALL: nothing is followed twice.
    let sql = "WITH RECURSIVE led (id) AS (SELECT f.id FROM clients f WHERE f.id = $1 UNION \
        SELECT c.merged_into FROM led JOIN clients c ON c.id = led.id \
        WHERE c.merged_into IS NOT NULL) \
        SELECT c.id FROM led JOIN clients c ON c.id = led.id WHERE c.deleted_at IS NULL";
    Sql::with(sql, [id.into()]).scalar(conn).await
}

/// A client as they were named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// Who it is.
    pub id: Uuid,
    /// The record that was named, when it was merged and lives on in that client.
    pub through: Option<Uuid>,
}

impl From<Uuid> for Found {
    fn from(id: Uuid) -> Self {
        Self { id, through: None }
    }
}

/// The client `id` or, when they were merged, the one they live on in; none in the bin or out of
/// the actor's sight.
///
/// # Errors
/// The engine's.
pub(crate) async fn get_living(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    id: Uuid,
) -> Result<Option<Client>> {
    let found = match super::get(conn, actor, id).await {
        Err(Error::Merged(into)) => match living(conn, into).await? {
            Some(id) => super::get(conn, actor, id).await,
            None => return Ok(None),
        },
        found => found,
    };
    match found {
        Ok(client) => Ok(Some(client)),
        Err(Error::NotFound | Error::Merged(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

#[derive(FromQueryResult)]
struct Coded {
    code: String,
    id: Uuid,
}

/// The clients of a centre that have these codes.
pub(crate) async fn by_codes(
    conn: &impl ConnectionTrait,
    center: Uuid,
    codes: &[String],
) -> Result<HashMap<String, Uuid>, DbErr> {
    coded(conn, center, codes, "deleted_at IS NULL").await
}

/// Where the clients of a centre live on that had these codes until they were merged.
pub(crate) async fn by_former_codes(
    conn: &impl ConnectionTrait,
    center: Uuid,
    codes: &[String],
) -> Result<HashMap<String, Found>, DbErr> {
    let mut found = HashMap::new();
    for (code, named) in coded(conn, center, codes, "merged_into IS NOT NULL").await? {
        if let Some(id) = living(conn, named).await? {
            found.insert(code, Found { id, through: Some(named) });
        }
    }
    Ok(found)
}

async fn coded(
    conn: &impl ConnectionTrait,
    center: Uuid,
    codes: &[String],
    state: &str,
) -> Result<HashMap<String, Uuid>, DbErr> {
    let mut codes = codes.to_vec();
    codes.sort_unstable();
    codes.dedup();
    let mut found = HashMap::new();
    for chunk in codes.chunks(1_000) {
        // As a table: a long IN would be compared with every row of the centre where PostgreSQL
        // knows little of a table that is being filled.
        let mut sql = Sql::new("SELECT c.code, c.id FROM (VALUES ");
        for (index, code) in chunk.iter().enumerate() {
            sql.push(if index > 0 { ", (" } else { "(" }).bind(code.clone()).push(")");
        }
        sql.push(") AS wanted CROSS JOIN clients c WHERE c.").push(state);
        sql.push(" AND c.call_center_id = ").bind(center).push(" AND c.code = wanted.column1");
        sql.push(" ORDER BY c.deleted_at");
        found.extend(sql.all::<Coded>(conn).await?.into_iter().map(|row| (row.code, row.id)));
    }
    Ok(found)
}
