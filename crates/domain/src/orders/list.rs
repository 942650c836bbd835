//! Lists of orders: keyset pages, counts.

use base::db::Sql;
use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::filter::{Key, Sort};
use super::queries::COLUMNS;
use super::{LinkState, Order, OrderFilter, Search, Status};
use crate::Role;
use crate::actor::Actor;
use crate::clients;
use crate::error::{Error, Result};
use crate::paging::{MAX_LIMIT, Paged, Total, read_cursor, write_cursor};

/// A place in a list: after (or before) the row of that key.
#[derive(Serialize, Deserialize)]
struct Position {
    /// The order it is a place of.
    s: String,
    k: Key,
    i: i64,
    /// Read towards the start.
    b: bool,
}

/// A page of the orders that the actor may see and `filter` lets through.
///
/// # Errors
/// A bad cursor or limit; [`Error::Forbidden`] for roles that do not work with clients.
pub async fn list(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    search: &Search,
    sort: Sort,
    cursor: Option<&str>,
    limit: u32,
) -> Result<Paged<Order>> {
    actor.require(actor.works_with_clients())?;
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(Error::invalid("limit", "wrong-value"));
    }
    let position = cursor.map(read_cursor::<Position>).transpose()?;
    if position.as_ref().is_some_and(|p| p.s != sort.name() || !sort.fits(&p.k)) {
        return Err(Error::invalid("cursor", "unreadable-cursor"));
    }
    let backward = position.as_ref().is_some_and(|p| p.b);
    let descending = sort.descending != backward;
    let (wanted, order) = (i64::from(limit) + 1, if descending { " DESC" } else { " ASC" });
    // The page's places first, each centre's by its own index; then those rows alone, with all
    // there is to show of them.
    let mut sql = Sql::new(format!("SELECT {COLUMNS} FROM ("));
    for (index, center) in centers(conn, actor).await?.into_iter().enumerate() {
        sql.push(if index > 0 { " UNION ALL " } else { "" });
        sql.push("SELECT * FROM (SELECT o.seq AS place, ").push(sort.column());
        sql.push(" AS sort_key FROM orders o WHERE 1 = 1");
        search.push(&mut sql, actor, conn.get_database_backend());
        if let Some(center) = center {
            sql.push(" AND o.call_center_id = ").bind(center);
        }
        if let Some(position) = &position {
            let beyond = if descending { " < (" } else { " > (" };
            sql.push(" AND (").push(sort.column()).push(", o.seq)").push(beyond);
            match &position.k {
                Key::Time(at) => sql.bind(*at),
                Key::Int(number) => sql.bind(*number),
                Key::Text(text) => sql.bind(text.clone()),
            };
            sql.push(", ").bind(position.i).push(")");
        }
        sql.push(" ORDER BY ").push(sort.column()).push(order).push(", o.seq").push(order);
        sql.push(" LIMIT ").bind(wanted).push(") AS part");
    }
    sql.push(") AS k CROSS JOIN orders o WHERE o.seq = k.place ORDER BY k.sort_key").push(order);
    sql.push(", k.place").push(order).push(" LIMIT ").bind(wanted);
    let mut rows: Vec<Order> = sql.all(conn).await?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    if backward {
        rows.reverse();
    }
    let place = |order: &Order, back| {
        write_cursor(&Position { s: sort.name(), k: sort.key_of(order), i: order.seq, b: back })
    };
    let (before, after) = if backward { (more, true) } else { (position.is_some(), more) };
    Ok(Paged {
        next: rows.last().filter(|_| after).map(|order| place(order, false)),
        previous: rows.first().filter(|_| before).map(|order| place(order, true)),
        rows,
    })
}

/// The centres whose orders are read one by one: each index starts with the centre. `None`: all at
/// once, the actor's own or those of more centres than is worth it.
async fn centers(conn: &impl ConnectionTrait, actor: &Actor) -> Result<Vec<Option<Uuid>>> {
    if actor.role != Role::SuperAdmin {
        return Ok(vec![None]);
    }
    clients::branches(conn, actor).await
}

/// How many orders stand where, under one filter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Those that match.
    pub matching: Total,
    /// Pending, confirmed, cancelled, whatever the filter says.
    pub by_status: [Total; 3],
    /// Linked, to review, unlinked, whatever the filter says.
    pub by_link: [Total; 3],
}

/// Counts the orders the actor may see, as far as that is cheap.
///
/// # Errors
/// The engine's.
pub async fn counts(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    search: &Search,
    now: DateTime<Utc>,
) -> Result<Counts> {
    let mut by_status = [Total { value: 0, exact: true }; 3];
    for (total, status) in by_status.iter_mut().zip(Status::ALL) {
        let status = Some(status.as_str().to_owned());
        let of = OrderFilter { status, ..OrderFilter::default() };
        *total = super::search(conn, actor, of, now).await?.count(conn, actor).await?;
    }
    let mut by_link = [Total { value: 0, exact: true }; 3];
    for (total, state) in by_link.iter_mut().zip(LinkState::ALL) {
        let link = Some(state.as_str().to_owned());
        let of = OrderFilter { link, ..OrderFilter::default() };
        *total = super::search(conn, actor, of, now).await?.count(conn, actor).await?;
    }
    Ok(Counts { matching: search.count(conn, actor).await?, by_status, by_link })
}

/// A client's orders, newest first.
///
/// # Errors
/// As [`list`].
pub async fn of_client(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    client: Uuid,
    status: Option<Status>,
    cursor: Option<&str>,
    limit: u32,
    now: DateTime<Utc>,
) -> Result<Paged<Order>> {
    let status = status.map(|status| status.as_str().to_owned());
    let filter = OrderFilter { client_id: Some(client), status, ..OrderFilter::default() };
    let search = super::search(conn, actor, filter, now).await?;
    list(conn, actor, &search, Sort::default(), cursor, limit).await
}

/// The orders a person must look at, oldest first, from after `skipped` ones.
///
/// # Errors
/// As [`list`].
pub async fn to_review(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    cursor: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Paged<Order>> {
    let filter = OrderFilter { link: Some("review".to_owned()), ..OrderFilter::default() };
    let search = super::search(conn, actor, filter, now).await?;
    list(conn, actor, &search, Sort::OLDEST, cursor, 1).await
}
