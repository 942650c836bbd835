//! The pairs to look at.

use base::db::Sql;
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::State;
use super::queries::{COLUMNS, PairRow};
use super::weigh::Reason;
use crate::actor::Actor;
use crate::clients::{self, Brief};
use crate::error::{Error, Result};
use crate::paging::{MAX_LIMIT, Paged, Total, read_cursor, write_cursor};

/// Two records that may be one person's.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// Its id.
    pub id: Uuid,
    /// From 0 to 100.
    pub score: i32,
    /// Why.
    pub reasons: Vec<Reason>,
    /// `open`, `merged` or `dismissed`.
    pub state: String,
    /// The older record.
    pub first: Brief,
    /// The newer one.
    pub second: Brief,
    /// When it was found.
    pub created_at: DateTime<Utc>,
}

/// Which pairs.
#[derive(Clone, Copy, Debug)]
pub struct Filter {
    /// In that state.
    pub state: State,
    /// With that client.
    pub client: Option<Uuid>,
}

/// In which order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    by: By,
    descending: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Score,
    Created,
    First,
    Second,
    Reasons,
}

/// Names in the API, and what is compared.
const ORDERS: [(&str, By, &str); 5] = [
    ("score", By::Score, "p.score"),
    ("created_at", By::Created, "p.created_at"),
    ("first", By::First, "(SELECT c.name_key FROM clients c WHERE c.id = p.first_id)"),
    ("second", By::Second, "(SELECT c.name_key FROM clients c WHERE c.id = p.second_id)"),
    ("reasons", By::Reasons, "CAST(p.reasons AS TEXT)"),
];

impl Sort {
    /// Reads `score`, `created_at`, `first`, `second` (by name) or `reasons`, any with `-` before it.
    ///
    /// # Errors
    /// [`Error::Invalid`] on `sort`.
    pub fn parse(text: &str) -> Result<Self> {
        let (descending, name) = text.strip_prefix('-').map_or((false, text), |name| (true, name));
        let known = ORDERS.iter().find(|(known, ..)| *known == name);
        let wrong = || Error::invalid("sort", "wrong-value");
        known.map(|(_, by, _)| Self { by: *by, descending }).ok_or_else(wrong)
    }

    fn row(self) -> (&'static str, By, &'static str) {
        ORDERS.into_iter().find(|(_, by, _)| *by == self.by).unwrap_or(ORDERS[0])
    }

    fn name(self) -> String {
        format!("{}{}", if self.descending { "-" } else { "" }, self.row().0)
    }
}

#[derive(Serialize, Deserialize)]
struct Position {
    s: String,
    score: i32,
    at: DateTime<Utc>,
    #[serde(default)]
    text: String,
    id: Uuid,
    back: bool,
}

#[derive(FromQueryResult)]
struct Placed {
    #[sea_orm(nested)]
    pair: PairRow,
    sort_text: Option<String>,
}

/// A page of pairs.
///
/// # Errors
/// [`Error::Forbidden`] for roles that do not work with clients; a cursor that is not ours.
pub async fn list(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    filter: Filter,
    sort: Sort,
    cursor: Option<&str>,
    limit: u32,
) -> Result<Paged<Pair>> {
    actor.require(actor.works_with_clients())?;
    let position = cursor.map(read_cursor::<Position>).transpose()?;
    if position.as_ref().is_some_and(|position| position.s != sort.name()) {
        return Err(Error::invalid("cursor", "unreadable-cursor"));
    }
    let back = position.as_ref().is_some_and(|position| position.back);
    let down = sort.descending != back;
    let column = sort.row().2;
    let is_text = !matches!(sort.by, By::Score | By::Created);
    let text = if is_text { column } else { "NULL" };
    let mut sql = Sql::new(format!("SELECT {COLUMNS}, {text} AS sort_text"));
    push_from(&mut sql, actor, filter);
    if let Some(position) = &position {
        let beyond = if down { ", p.id) < (" } else { ", p.id) > (" };
        sql.push(" AND (").push(column).push(beyond);
        match sort.by {
            By::Score => sql.bind(position.score),
            By::Created => sql.bind(position.at),
            _ => sql.bind(position.text.clone()),
        };
        sql.push(", ").bind(position.id).push(")");
    }
    let order = if down { " DESC" } else { " ASC" };
    sql.push(" ORDER BY ").push(column).push(order).push(", p.id").push(order);
    let limit = limit.clamp(1, MAX_LIMIT);
    sql.push(" LIMIT ").bind(i64::from(limit) + 1);
    let mut rows: Vec<Placed> = sql.all(conn).await?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    if back {
        rows.reverse();
    }
    let at = |row: Option<&Placed>, back: bool| {
        let Placed { pair, sort_text } = row?;
        let (s, score, at, id) = (sort.name(), pair.score, pair.created_at, pair.id);
        let text = sort_text.clone().unwrap_or_default();
        Some(write_cursor(&Position { s, score, at, text, id, back }))
    };
    let next = at(rows.last(), false).filter(|_| back || more);
    let previous = at(rows.first(), true).filter(|_| if back { more } else { position.is_some() });
    let rows = rows.into_iter().map(|placed| placed.pair).collect();
    Ok(Paged { rows: complete(conn, rows).await?, next, previous })
}

/// How many there are.
///
/// # Errors
/// [`Error::Forbidden`] for roles that do not work with clients.
pub async fn count(conn: &impl ConnectionTrait, actor: &Actor, filter: Filter) -> Result<Total> {
    actor.require(actor.works_with_clients())?;
    let mut sql = Sql::new("SELECT 1 AS one");
    push_from(&mut sql, actor, filter);
    Ok(Total::count(sql, conn).await?)
}

fn push_from(sql: &mut Sql, actor: &Actor, filter: Filter) {
    sql.push(" FROM duplicate_pairs p WHERE p.state = ").bind(filter.state.as_str());
    actor.within_center(sql, "p.call_center_id");
    if let Some(client) = filter.client {
        sql.push(" AND (p.first_id = ").bind(client);
        sql.push(" OR p.second_id = ").bind(client).push(")");
    }
    if filter.state != State::Merged {
        // One of them in the bin, or merged with a third: nothing to decide.
        for side in ["first_id", "second_id"] {
            sql.push(
                " AND EXISTS (SELECT 1 FROM clients c WHERE c.deleted_at IS NULL AND c.id = p.",
            );
            sql.push(side).push(")");
        }
    }
}

async fn complete(conn: &impl ConnectionTrait, rows: Vec<PairRow>) -> Result<Vec<Pair>> {
    let ids: Vec<Uuid> = rows.iter().flat_map(|row| [row.first_id, row.second_id]).collect();
    let briefs = clients::briefs(conn, &ids).await?;
    let pair = |row: PairRow| {
        let first = briefs.get(&row.first_id)?.clone();
        let second = briefs.get(&row.second_id)?.clone();
        let names = row.reasons.as_array().into_iter().flatten();
        Some(Pair {
            id: row.id,
            score: row.score,
            reasons: names.filter_map(|name| Reason::parse(name.as_str()?)).collect(),
            state: row.state,
            first,
            second,
            created_at: row.created_at,
        })
    };
    Ok(rows.into_iter().filter_map(pair).collect())
}
