//! The few clients the palette shows while one types: the same search as the list's, cut short.

use base::db::Sql;
use sea_orm::{ConnectionTrait, FromQueryResult};
use uuid::Uuid;

use crate::actor::Actor;
use crate::error::Result;
use crate::search::{self, CLIENTS, Needles};

/// A client, in one line.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Line {
    /// Which one.
    pub id: Uuid,
    /// First and last name, else the company.
    pub full_name: String,
    /// What tells it from others of that name.
    pub detail: Option<String>,
}

/// How many matches are read before the best of them are shown.
const READ: i64 = 60;

/// Some of the clients a search for `typed` finds, at most `limit`: those whose name begins so
/// come first.
///
/// # Errors
/// The engine's.
pub async fn quick(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    typed: &str,
    limit: usize,
) -> Result<Vec<Line>> {
    #[derive(FromQueryResult)]
    struct Row {
        #[sea_orm(nested)]
        line: Line,
        name_key: String,
    }
    let Some(needles) = Needles::read(typed) else { return Ok(Vec::new()) };
    let columns = "SELECT c.id, c.full_name, COALESCE(c.company_name, c.phone, c.email) AS detail, \
                   c.name_key FROM clients c WHERE c.deleted_at IS NULL";
    let start = base::text::sort_key(typed);
    // By the name's own index, so that the best are found however many others match.
    let mut sql = Sql::new(columns);
    actor.within_center(&mut sql, "c.call_center_id");
    sql.push(" AND c.name_key >= ").bind(start.clone());
    sql.push(" AND c.name_key < ").bind(format!("{start}\u{10ffff}"));
    sql.push(" ORDER BY c.name_key, c.seq LIMIT ").bind(READ);
    let mut rows: Vec<Row> = sql.all(conn).await?;
    if rows.len() < limit {
        let mut sql = Sql::new(columns);
        actor.within_center(&mut sql, "c.call_center_id");
        let sample = search::sample(conn, CLIENTS).await?;
        if !sample.is_common(std::slice::from_ref(&needles)) {
            needles.push_candidates(&mut sql, CLIENTS, &sample, conn.get_database_backend());
        }
        needles.push_like(&mut sql, CLIENTS);
        // Without an order, the engine stops as soon as it has read enough.
        sql.push(" LIMIT ").bind(READ);
        let mut others: Vec<Row> = sql.all(conn).await?;
        others.retain(|row| !rows.iter().any(|known| known.line.id == row.line.id));
        others.sort_by(|a, b| (&a.name_key, a.line.id).cmp(&(&b.name_key, b.line.id)));
        rows.extend(others);
    }
    rows.truncate(limit);
    Ok(rows.into_iter().map(|row| row.line).collect())
}
