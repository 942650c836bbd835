//! Lists of orders: keyset pages, counts.

use base::db::Sql;
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::queries::COLUMNS;
use super::sort::{Key, Sort};
use super::{LinkState, Order, OrderFilter, Search, Status};
use crate::Role;
use crate::actor::Actor;
use crate::clients;
use crate::error::{Error, Result};
use crate::paging::{MAX_LIMIT, Paged, Total, read_cursor, write_cursor};
use crate::search::aside;
use crate::sections::{Head, Part, Under, parts};

/// A place in a list: after (or before) the row of that key.
#[derive(Serialize, Deserialize)]
struct Position {
    /// The order it is a place of.
    s: String,
    k: Key,
    i: i64,
    /// Read towards the start.
    b: bool,
    #[serde(default)]
    u: Under,
}

#[derive(FromQueryResult)]
struct Row {
    #[sea_orm(nested)]
    order: Order,
    sort_email: Option<String>,
    head_key: Option<String>,
    head_id: Option<Uuid>,
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
    let limit = limit as usize;
    let position = cursor.map(read_cursor::<Position>).transpose()?;
    let unreadable = || Error::invalid("cursor", "unreadable-cursor");
    if position.as_ref().is_some_and(|p| p.s != sort.name() || !p.u.fits(sort.kind())) {
        return Err(unreadable());
    }
    let backward = position.as_ref().is_some_and(|p| p.b);
    let down = sort.descending != backward;
    let walk = Walk { actor, search, sort, down, centers: centers(conn, actor).await? };
    let under = position.as_ref().map(|p| &p.u);
    let mut rows: Vec<(Position, Order)> = Vec::new();
    for (index, part) in parts(sort.kind(), under, down, backward).into_iter().enumerate() {
        let from = position.as_ref().filter(|_| index == 0);
        if from.is_some_and(|p| !sort.fits(part, &p.k)) {
            return Err(unreadable());
        }
        let found = walk.read(conn, part, from, limit + 1 - rows.len()).await?;
        rows.extend(found.into_iter().map(|row| walk.place(part, row)));
        if rows.len() > limit {
            break;
        }
    }
    let more = rows.len() > limit;
    rows.truncate(limit);
    if backward {
        rows.reverse();
    }
    let (before, after) = if backward { (more, true) } else { (position.is_some(), more) };
    let cursor = |row: Option<&mut (Position, Order)>, back: bool| {
        row.map(|(position, _)| {
            position.b = back;
            write_cursor(position)
        })
    };
    Ok(Paged {
        next: cursor(rows.last_mut(), false).filter(|_| after),
        previous: cursor(rows.first_mut(), true).filter(|_| before),
        rows: rows.into_iter().map(|(_, order)| order).collect(),
    })
}

/// How a page is read.
struct Walk<'a> {
    actor: &'a Actor,
    search: &'a Search,
    sort: Sort,
    /// From the greatest.
    down: bool,
    centers: Vec<Option<Uuid>>,
}

impl Walk<'_> {
    /// `limit` rows of one part, in the order they are read: the page's places first, each centre's
    /// by its own index; then those rows alone, with all there is to show of them.
    async fn read(
        &self,
        conn: &impl ConnectionTrait,
        part: Part<'_>,
        from: Option<&Position>,
        limit: usize,
    ) -> Result<Vec<Row>> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let order = if self.down { " DESC" } else { " ASC" };
        let (by_heads, column) = (matches!(part, Part::Heads(_)), self.sort.column(part));
        let mut sql = Sql::new(format!(
            "SELECT {COLUMNS}, o.email_key AS sort_email, k.head_key, k.head_id FROM ("
        ));
        for (index, center) in self.centers.iter().enumerate() {
            sql.push(if index > 0 { " UNION ALL " } else { "" });
            sql.push("SELECT * FROM (SELECT o.seq AS place, ").push(column).push(" AS sort_key, ");
            self.push_from(&mut sql, by_heads, *center);
            let backend = conn.get_database_backend();
            let conditions = |sql: &mut Sql| {
                self.search.push(sql, self.actor, backend);
                if let Some(center) = center {
                    sql.push(" AND o.call_center_id = ").bind(*center);
                }
            };
            if by_heads && !self.search.is_narrow() {
                // A client's orders are few: nothing else may lead to them.
                aside(&mut sql, conditions);
            } else {
                conditions(&mut sql);
            }
            self.push_beyond(&mut sql, part, from);
            sql.push(" ORDER BY ");
            if by_heads {
                sql.push(&format!("c.name_key{order}, c.id{order}, "));
            }
            sql.push(column).push(order).push(", o.seq").push(order);
            sql.push(" LIMIT ").bind(limit).push(") AS part");
        }
        sql.push(") AS k CROSS JOIN orders o WHERE o.seq = k.place ORDER BY ");
        if by_heads {
            sql.push(&format!("k.head_key{order}, k.head_id{order}, "));
        }
        sql.push("k.sort_key").push(order).push(", k.place").push(order);
        sql.push(" LIMIT ").bind(limit);
        Ok(sql.all(conn).await?)
    }

    fn push_from(&self, sql: &mut Sql, by_heads: bool, center: Option<Uuid>) {
        if !by_heads {
            sql.push("NULL AS head_key, NULL AS head_id FROM orders o WHERE 1 = 1");
            return;
        }
        sql.push("c.name_key AS head_key, c.id AS head_id FROM ");
        // Whichever leads stays first: names in their order, or the few that match.
        if self.search.is_narrow() {
            sql.push("orders o CROSS JOIN clients c ");
        } else {
            sql.push("clients c CROSS JOIN orders o ");
        }
        sql.push("WHERE o.client_id = c.id AND c.deleted_at IS NULL");
        match center {
            Some(center) => drop(sql.push(" AND c.call_center_id = ").bind(center)),
            None => self.actor.within_center(sql, "c.call_center_id"),
        }
    }

    fn push_beyond(&self, sql: &mut Sql, part: Part<'_>, from: Option<&Position>) {
        let beyond = if self.down { " < (" } else { " > (" };
        self.sort.push_part(sql, part, beyond);
        let Some(position) = from.filter(|_| !matches!(part, Part::Heads(_))) else { return };
        sql.push(" AND (").push(self.sort.column(part)).push(", o.seq)").push(beyond);
        match &position.k {
            Key::Time(at) => sql.bind(*at),
            Key::Int(number) => sql.bind(*number),
            Key::Text(text) => sql.bind(text.clone()),
        };
        sql.push(", ").bind(position.i).push(")");
    }

    fn place(&self, part: Part<'_>, row: Row) -> (Position, Order) {
        let Row { order, sort_email, head_key, head_id } = row;
        let u = Under::of(part, || Some(Head { key: head_key?, id: head_id? }));
        let k = self.sort.key_of(part, &order, sort_email.as_ref());
        (Position { s: self.sort.name(), k, i: order.seq, b: false, u }, order)
    }
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
