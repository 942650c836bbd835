//! Attempts page by page. Each branch of the query follows an index in its order, so that a page
//! costs the same at any depth and with two million rows behind it.

use base::db::Sql;
use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::figures::Hour;
use super::queries::{self, COLUMNS, FROM};
use super::{Attempt, Channel, Status};
use crate::actor::Actor;
use crate::clients::{self, ClientFilter};
use crate::error::{Error, Result};
use crate::paging::{MAX_LIMIT, Paged, Total, read_cursor, write_cursor};

/// Up to that many clients found, their attempts are collected; past it, one is met soon enough by
/// reading in order.
const FEW: i64 = 500;

/// Which attempts. Empty fields leave nothing out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Part of a client's name, code, phone…, or of an agent's name.
    pub q: String,
    /// Those about this client.
    pub client_id: Option<Uuid>,
    /// Those by this agent.
    pub user_id: Option<Uuid>,
    /// Those that went so.
    pub status: Option<Status>,
    /// Those by this way.
    pub channel: Option<Channel>,
    /// Those on this weekday of the centre's, 0 is Monday.
    pub weekday: Option<i32>,
    /// Those in this hour of the centre's, 0 to 23.
    pub hour: Option<i32>,
    /// At this instant or after.
    pub from: Option<DateTime<Utc>>,
    /// Before this instant.
    pub to: Option<DateTime<Utc>>,
}

impl Filter {
    /// Appends ` AND …` on `a`.
    fn push(&self, sql: &mut Sql) {
        for (column, id) in [("a.client_id", self.client_id), ("a.user_id", self.user_id)] {
            if let Some(id) = id {
                sql.push(" AND ").push(column).push(" = ").bind(id);
            }
        }
        if let Some(status) = self.status {
            sql.push(" AND a.status = ").bind(status.as_str());
        }
        if let Some(channel) = self.channel {
            sql.push(" AND a.channel = ").bind(channel.as_str());
        }
        for (column, value) in [("a.weekday", self.weekday), ("a.local_hour", self.hour)] {
            if let Some(value) = value {
                sql.push(" AND ").push(column).push(" = ").bind(value);
            }
        }
        if let Some(from) = self.from {
            sql.push(" AND a.created_at >= ").bind(from);
        }
        if let Some(to) = self.to {
            sql.push(" AND a.created_at < ").bind(to);
        }
    }
}

/// A filter whose search has been looked up.
#[derive(Clone, Debug)]
pub struct Search {
    filter: Filter,
    found: Found,
    now: DateTime<Utc>,
}

#[derive(Clone, Debug)]
enum Found {
    /// Nothing was searched.
    All,
    /// These agents' attempts, and those about these clients; `None`: more than [`FEW`].
    Some { users: Vec<Uuid>, clients: Option<Vec<Uuid>> },
}

/// Looks up whom `filter.q` speaks of.
///
/// # Errors
/// A search that cannot be read (`q`); [`Error::Forbidden`] for roles that do not work with
/// clients.
pub async fn search(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    filter: Filter,
    now: DateTime<Utc>,
) -> Result<Search> {
    actor.require(actor.works_with_clients())?;
    let typed = filter.q.trim();
    if typed.is_empty() {
        return Ok(Search { filter, found: Found::All, now });
    }
    let users = queries::users_named(conn, actor, typed).await?;
    let of = client_filter(typed);
    let clients = clients::matching_ids(conn, actor, &of, None, FEW + 1, now).await?;
    let few = i64::try_from(clients.len()).is_ok_and(|count| count <= FEW);
    let found = Found::Some { users, clients: few.then_some(clients) };
    Ok(Search { filter, found, now })
}

fn client_filter(typed: &str) -> ClientFilter {
    ClientFilter { q: Some(typed.to_owned()), ..ClientFilter::default() }
}

/// A place in the list: after the attempt of that instant and number.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Place {
    at: DateTime<Utc>,
    seq: i64,
    /// Read towards the start.
    #[serde(default)]
    back: bool,
    /// Newest first.
    down: bool,
}

/// What ends each branch of the query.
#[derive(Clone, Copy)]
enum End {
    /// Rows after a place, in order.
    Rows { place: Option<Place>, down: bool, limit: i64 },
    /// Nothing: they are counted.
    Count,
}

impl End {
    fn push(self, sql: &mut Sql) {
        if let Self::Rows { place, down, limit } = self {
            let order = if down { " DESC" } else { " ASC" };
            if let Some(place) = place {
                sql.push(" AND (a.created_at, a.seq) ").push(if down { "<" } else { ">" });
                sql.push(" (").bind(place.at).push(", ").bind(place.seq).push(")");
            }
            sql.push(" ORDER BY a.created_at").push(order).push(", a.seq").push(order);
            sql.push(" LIMIT ").bind(limit);
        }
        sql.push(") AS part");
    }
}

impl Search {
    /// One `SELECT …` per branch: everything, or each kind of match by itself.
    async fn branches(
        &self,
        conn: &impl ConnectionTrait,
        actor: &Actor,
        what: &str,
        end: End,
    ) -> Result<Sql> {
        let mut sql = Sql::new("SELECT * FROM (SELECT ");
        self.start(actor, &mut sql, what);
        let Found::Some { users, clients } = &self.found else {
            end.push(&mut sql);
            return Ok(sql);
        };
        sql.push(" AND a.user_id IN ").bind_list(users.clone());
        end.push(&mut sql);
        sql.push(" UNION ALL SELECT * FROM (SELECT ");
        self.start(actor, &mut sql, what);
        match clients {
            Some(few) => drop(sql.push(" AND a.client_id IN ").bind_list(few.clone())),
            None => {
                let of = client_filter(self.filter.q.trim());
                clients::push_filter(
                    conn,
                    &mut sql,
                    clients::Lead::Condition,
                    actor,
                    &of,
                    self.now,
                )
                .await?;
            }
        }
        if !users.is_empty() {
            sql.push(" AND (a.user_id IS NULL OR a.user_id NOT IN ").bind_list(users.clone());
            sql.push(")");
        }
        end.push(&mut sql);
        Ok(sql)
    }

    fn start(&self, actor: &Actor, sql: &mut Sql, what: &str) {
        sql.push(what).push(FROM);
        queries::visible(actor, sql);
        self.filter.push(sql);
    }

    async fn read(
        &self,
        conn: &impl ConnectionTrait,
        actor: &Actor,
        place: Option<Place>,
        down: bool,
        limit: i64,
    ) -> Result<Vec<Attempt>> {
        let end = End::Rows { place, down, limit };
        let mut sql = self.branches(conn, actor, COLUMNS, end).await?;
        if matches!(self.found, Found::Some { .. }) {
            let order = if down { " DESC" } else { " ASC" };
            sql.push(" ORDER BY created_at").push(order).push(", seq").push(order);
            sql.push(" LIMIT ").bind(limit);
        }
        Ok(sql.all(conn).await?)
    }
}

/// Attempts that the figures of a search are counted from, at most: the latest.
pub const COUNTED: i64 = 10_000;

/// By hour and weekday, what came of the attempts `search` finds: of the latest [`COUNTED`] of each
/// kind of match since that instant. For everything at once, `figures` adds up what was counted as
/// it happened.
///
/// # Errors
/// The engine's.
pub async fn figures_found(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    search: &Search,
    since: Option<DateTime<Utc>>,
) -> Result<Vec<Hour>> {
    let from = search.filter.from.or(since);
    let filter = Filter { from, ..search.filter.clone() };
    let search = Search { filter, ..search.clone() };
    let end = End::Rows { place: None, down: true, limit: COUNTED };
    let found = search.branches(conn, actor, "a.weekday, a.local_hour, a.status", end).await?;
    let mut sql = Sql::new(
        "SELECT f.weekday, f.local_hour AS hour, \
         CAST(SUM(CASE WHEN f.status = 'succes' THEN 1 ELSE 0 END) AS BIGINT) AS successes, \
         CAST(SUM(CASE WHEN f.status = 'succes' THEN 0 ELSE 1 END) AS BIGINT) AS failures FROM (",
    );
    sql.append(found).push(") AS f GROUP BY f.weekday, f.local_hour ");
    sql.push("ORDER BY f.weekday, f.local_hour");
    Ok(sql.all(conn).await?)
}

/// A page of the attempts `actor` may see, newest first unless `newest` is false.
///
/// # Errors
/// A bad cursor or limit.
pub async fn list(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    search: &Search,
    newest: bool,
    cursor: Option<&str>,
    limit: u32,
) -> Result<Paged<Attempt>> {
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(Error::invalid("limit", "wrong-value"));
    }
    let place = cursor.map(read_cursor::<Place>).transpose()?;
    if place.is_some_and(|place| place.down != newest) {
        return Err(Error::invalid("cursor", "unreadable-cursor"));
    }
    let back = place.is_some_and(|place| place.back);
    let mut rows = search.read(conn, actor, place, newest != back, i64::from(limit) + 1).await?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    if back {
        rows.reverse();
    }
    let (before, after) = if back { (more, place.is_some()) } else { (place.is_some(), more) };
    let cursor = |row: &Attempt, back: bool| {
        write_cursor(&Place { at: row.created_at, seq: row.seq, back, down: newest })
    };
    Ok(Paged {
        next: rows.last().filter(|_| after).map(|row| cursor(row, false)),
        previous: rows.first().filter(|_| before).map(|row| cursor(row, true)),
        rows,
    })
}

/// The next `limit` attempts, oldest first, and where those after them start: for a file.
///
/// # Errors
/// The engine's.
pub async fn page_of(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    search: &Search,
    after: Option<Place>,
    limit: i64,
) -> Result<(Vec<Attempt>, Option<Place>)> {
    let rows = search.read(conn, actor, after, false, limit).await?;
    let full = i64::try_from(rows.len()).is_ok_and(|count| count == limit);
    let last = rows.last().filter(|_| full);
    let next = last.map(|row| Place { at: row.created_at, seq: row.seq, back: false, down: false });
    Ok((rows, next))
}

/// How many attempts match, as far as counting is cheap.
///
/// # Errors
/// The engine's.
pub async fn count(conn: &impl ConnectionTrait, actor: &Actor, search: &Search) -> Result<Total> {
    if matches!(search.found, Found::All) {
        // The few in the bin are left out by one look at each attempt, not at each one's client.
        let mut sql = Sql::new("SELECT 1 FROM contact_attempts a WHERE a.undone_at IS NULL");
        queries::visible(actor, &mut sql);
        search.filter.push(&mut sql);
        sql.push(
            " AND a.client_id NOT IN (SELECT c.id FROM clients c WHERE c.deleted_at IS NOT NULL",
        );
        actor.within_center(&mut sql, "c.call_center_id");
        sql.push(")");
        return Ok(Total::count(sql, conn).await?);
    }
    let sql = search.branches(conn, actor, "1 AS one", End::Count).await?;
    Ok(Total::count(sql, conn).await?)
}
