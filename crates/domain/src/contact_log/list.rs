//! Attempts page by page. Each branch of the query follows an index in its order, so that a page
//! costs the same at any depth and with two million rows behind it.

use base::db::Sql;
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Attempt;
use super::figures::Hour;
use super::filter::Filter;
use super::queries::{self, COLUMNS, FROM};
use super::sort::{By, Sort};
use crate::actor::Actor;
use crate::clients::{self, ClientFilter};
use crate::error::{Error, Invalid, Result};
use crate::paging::{MAX_LIMIT, Paged, Total, read_cursor, write_cursor};
use crate::search::aside;
use crate::sections::{Head, Part, Under, parts, people};

/// Up to that many clients found, their attempts are collected; past it, one is met soon enough by
/// reading in order.
const FEW: i64 = 500;

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
    /// These agents' attempts, and those about clients that match.
    Some { users: Vec<Uuid>, clients: Clients },
}

#[derive(Clone, Debug)]
enum Clients {
    /// These, no more than [`FEW`].
    Few(Vec<Uuid>),
    /// More. So many, if they are `frequent`, that one attempt in a dozen is about one of them.
    Many { frequent: bool },
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
    let mut invalid = Invalid::new();
    client_filter(typed).check(&mut invalid);
    invalid.check()?;
    let some = clients::some_found(conn, actor, typed, FEW + 1).await?;
    let few = i64::try_from(some.len()).is_ok_and(|count| count <= FEW);
    let clients = match few {
        true => Clients::Few(some),
        false => Clients::Many { frequent: clients::are_frequent(conn, typed).await? },
    };
    Ok(Search { filter, found: Found::Some { users, clients }, now })
}

fn client_filter(typed: &str) -> ClientFilter {
    ClientFilter { q: Some(typed.to_owned()), ..ClientFilter::default() }
}

/// A place in the list: after the attempt of that instant and number.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Place {
    at: DateTime<Utc>,
    seq: i64,
    /// Read towards the start.
    #[serde(default)]
    back: bool,
    /// Newest first, or from the end of the alphabet.
    down: bool,
    /// The order it is a place of.
    #[serde(default)]
    by: By,
    #[serde(default)]
    under: Under,
}

/// Which table a branch starts from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lead {
    /// Attempts, in an order of theirs.
    Attempts,
    /// The clients that were found, unless they are frequent: for what is counted whole.
    Clients,
}

/// What ends each branch of the query.
#[derive(Clone, Copy)]
enum End<'a> {
    /// Rows of a part beyond a place, in order.
    Rows { by: By, part: Part<'a>, place: Option<&'a Place>, down: bool, limit: i64 },
    /// Nothing: they are counted.
    Count,
}

impl End<'_> {
    fn push(self, sql: &mut Sql) {
        if let Self::Rows { by, part, place, down, limit } = self {
            let (beyond, order) = if down { (" < (", " DESC") } else { (" > (", " ASC") };
            by.push_part(sql, part, beyond);
            let by_heads = matches!(part, Part::Heads(_));
            if let Some(place) = place.filter(|_| !by_heads) {
                sql.push(" AND (a.created_at, a.seq)").push(beyond);
                sql.bind(place.at).push(", ").bind(place.seq).push(")");
            }
            sql.push(" ORDER BY ");
            if by_heads {
                let head = by.head();
                sql.push(&format!("{}{order}, {}{order}, ", head.key, head.id));
            }
            sql.push("a.created_at").push(order).push(", a.seq").push(order);
            sql.push(" LIMIT ").bind(limit);
        }
        sql.push(") AS part");
    }

    /// What leads instead of the attempts, in the order of names.
    fn led_by(self) -> Option<By> {
        match self {
            Self::Rows { by: By::Client, part: Part::Heads(_), .. } => Some(By::Client),
            _ => None,
        }
    }
}

/// An attempt, and the name it falls under.
#[derive(FromQueryResult)]
struct Row {
    #[sea_orm(nested)]
    attempt: Attempt,
    head_key: Option<String>,
    head_id: Option<Uuid>,
}

impl Search {
    /// One `SELECT …` per branch: everything, or each kind of match by itself.
    async fn branches(
        &self,
        conn: &impl ConnectionTrait,
        actor: &Actor,
        what: &str,
        lead: Lead,
        end: End<'_>,
    ) -> Result<Sql> {
        let mut sql = Sql::new("SELECT * FROM (SELECT ");
        self.start(actor, &mut sql, what, end);
        let Found::Some { users, clients } = &self.found else {
            end.push(&mut sql);
            return Ok(sql);
        };
        sql.push(" AND a.user_id IN ").bind_list(users.clone());
        end.push(&mut sql);
        sql.push(" UNION ALL SELECT * FROM (SELECT ");
        match clients {
            Clients::Few(few) => {
                self.start(actor, &mut sql, what, end);
                sql.push(" AND a.client_id IN ").bind_list(few.clone());
            }
            Clients::Many { frequent: false } if lead == Lead::Clients => {
                sql.push(what).push(queries::FROM_CLIENTS);
                self.push_clients(conn, actor, &mut sql).await?;
                queries::visible(actor, &mut sql);
                self.filter.push(&mut sql);
            }
            // Apart from the `c` that is joined, or the engines would go through all that were found
            // for each attempt.
            Clients::Many { frequent: true } => {
                self.start(actor, &mut sql, what, end);
                aside(&mut sql, |sql| {
                    sql.push(" AND EXISTS (SELECT 1 FROM clients c WHERE c.id = a.client_id");
                    clients::push_said(sql, self.filter.q.trim());
                    sql.push(")");
                });
            }
            Clients::Many { frequent: false } => {
                self.start(actor, &mut sql, what, end);
                let mut found =
                    Sql::new(" AND a.client_id IN (SELECT c.id FROM clients c WHERE 1 = 1");
                self.push_clients(conn, actor, &mut found).await?;
                found.push(")");
                aside(&mut sql, |sql| _ = sql.append(found));
            }
        }
        if !users.is_empty() {
            sql.push(" AND (a.user_id IS NULL OR a.user_id NOT IN ").bind_list(users.clone());
            sql.push(")");
        }
        end.push(&mut sql);
        Ok(sql)
    }

    /// Appends ` AND …`: `c` is among the clients that were found.
    async fn push_clients(
        &self,
        conn: &impl ConnectionTrait,
        actor: &Actor,
        sql: &mut Sql,
    ) -> Result<()> {
        let (of, lead) = (client_filter(self.filter.q.trim()), clients::Lead::Condition);
        Ok(clients::push_filter(conn, sql, lead, actor, &of, self.now).await?)
    }

    fn start(&self, actor: &Actor, sql: &mut Sql, what: &str, end: End<'_>) {
        let led = if self.is_narrow() { None } else { end.led_by() };
        sql.push(what).push(led.map_or(FROM, |by| by.head().from));
        let conditions = |sql: &mut Sql| {
            queries::visible(actor, sql);
            self.filter.push(sql);
        };
        if led.is_none() {
            return conditions(sql);
        }
        // The index of names, which starts with the centre, leads, and nothing else.
        actor.within_center(sql, "c.call_center_id");
        aside(sql, conditions);
    }

    /// Whether what matches is better gathered and then ordered than looked for along an order.
    fn is_narrow(&self) -> bool {
        let few = matches!(self.found, Found::Some { clients: Clients::Few(_), .. });
        few || self.filter.client_id.is_some()
    }

    async fn read(
        &self,
        conn: &impl ConnectionTrait,
        actor: &Actor,
        end: End<'_>,
    ) -> Result<Vec<(Under, Attempt)>> {
        let End::Rows { by, part, down, limit, .. } = end else { return Ok(Vec::new()) };
        let head = by.head();
        let what = format!("{COLUMNS}, {} AS head_key, {} AS head_id", head.key, head.id);
        let mut sql = self.branches(conn, actor, &what, Lead::Attempts, end).await?;
        if matches!(self.found, Found::Some { .. }) {
            let order = if down { " DESC" } else { " ASC" };
            sql.push(" ORDER BY ");
            if matches!(part, Part::Heads(_)) {
                sql.push(&format!("head_key{order}, head_id{order}, "));
            }
            sql.push("created_at").push(order).push(", seq").push(order);
            sql.push(" LIMIT ").bind(limit);
        }
        let rows: Vec<Row> = sql.all(conn).await?;
        let under = |Row { attempt, head_key, head_id }| {
            (Under::of(part, || Some(Head { key: head_key?, id: head_id? })), attempt)
        };
        Ok(rows.into_iter().map(under).collect())
    }

    /// What falls under the agents beyond `after`, each by their own index.
    async fn by_agent(
        &self,
        conn: &impl ConnectionTrait,
        actor: &Actor,
        after: Option<&Head>,
        down: bool,
        limit: i64,
    ) -> Result<Vec<(Under, Attempt)>> {
        const OWNED: &str = "contact_attempts a WHERE a.undone_at IS NULL AND a.user_id";
        let (mut rows, mut after, mut left) = (Vec::new(), after.cloned(), limit);
        loop {
            let (heads, over) = people(conn, OWNED, after.as_ref(), down).await?;
            for head in &heads {
                let (by, part) = (By::Agent, Part::One(head));
                let end = End::Rows { by, part, place: None, down, limit: left };
                rows.extend(self.read(conn, actor, end).await?);
                left = limit - i64::try_from(rows.len()).unwrap_or(limit);
                if left <= 0 {
                    return Ok(rows);
                }
            }
            if over {
                return Ok(rows);
            }
            after = heads.last().cloned();
        }
    }
}

/// As far as the attempts that a search finds are counted.
const COUNTED_OF_SEARCH: i64 = 2_000;

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
    let (by, part) = (By::Date, Part::All);
    let end = End::Rows { by, part, place: None, down: true, limit: COUNTED };
    let what = "a.weekday, a.local_hour, a.status";
    let found = search.branches(conn, actor, what, Lead::Clients, end).await?;
    let mut sql = Sql::new(
        "SELECT f.weekday, f.local_hour AS hour, \
         CAST(SUM(CASE WHEN f.status = 'succes' THEN 1 ELSE 0 END) AS BIGINT) AS successes, \
         CAST(SUM(CASE WHEN f.status = 'succes' THEN 0 ELSE 1 END) AS BIGINT) AS failures FROM (",
    );
    sql.append(found).push(") AS f GROUP BY f.weekday, f.local_hour ");
    sql.push("ORDER BY f.weekday, f.local_hour");
    Ok(sql.all(conn).await?)
}

/// A page of the attempts `actor` may see.
///
/// # Errors
/// A bad cursor or limit.
pub async fn list(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    search: &Search,
    sort: Sort,
    cursor: Option<&str>,
    limit: u32,
) -> Result<Paged<Attempt>> {
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(Error::invalid("limit", "wrong-value"));
    }
    let Sort { by, down } = sort;
    let place = cursor.map(read_cursor::<Place>).transpose()?;
    let fits = |p: &Place| (p.by, p.down) == (by, down) && p.under.fits(by.kind());
    if !place.as_ref().is_none_or(fits) {
        return Err(Error::invalid("cursor", "unreadable-cursor"));
    }
    let back = place.as_ref().is_some_and(|place| place.back);
    let (limit, reads_down) = (limit as usize, down != back);
    let under = place.as_ref().map(|place| &place.under);
    let mut rows: Vec<(Under, Attempt)> = Vec::new();
    for (index, part) in parts(by.kind(), under, reads_down, back).into_iter().enumerate() {
        let wanted = i64::try_from(limit + 1 - rows.len()).unwrap_or(i64::MAX);
        let place = place.as_ref().filter(|_| index == 0);
        let end = End::Rows { by, part, place, down: reads_down, limit: wanted };
        rows.extend(match part {
            Part::Heads(after) if by == By::Agent && !search.is_narrow() => {
                search.by_agent(conn, actor, after, reads_down, wanted).await?
            }
            _ => search.read(conn, actor, end).await?,
        });
        if rows.len() > limit {
            break;
        }
    }
    let more = rows.len() > limit;
    rows.truncate(limit);
    if back {
        rows.reverse();
    }
    let (before, after) = if back { (more, place.is_some()) } else { (place.is_some(), more) };
    let cursor = |(under, row): &(Under, Attempt), back: bool| {
        let (at, seq, under) = (row.created_at, row.seq, under.clone());
        write_cursor(&Place { at, seq, back, down, by, under })
    };
    Ok(Paged {
        next: rows.last().filter(|_| after).map(|row| cursor(row, false)),
        previous: rows.first().filter(|_| before).map(|row| cursor(row, true)),
        rows: rows.into_iter().map(|(_, row)| row).collect(),
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
    let (by, part, place, down) = (By::Date, Part::All, after.as_ref(), false);
    let rows = search.read(conn, actor, End::Rows { by, part, place, down, limit }).await?;
    let rows: Vec<Attempt> = rows.into_iter().map(|(_, attempt)| attempt).collect();
    let full = i64::try_from(rows.len()).is_ok_and(|count| count == limit);
    let next = rows.last().filter(|_| full).map(|row| {
        let (at, seq, under) = (row.created_at, row.seq, Under::Plain);
        Place { at, seq, back: false, down, by, under }
    });
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
    let sql = search.branches(conn, actor, "1 AS one", Lead::Clients, End::Count).await?;
    Ok(Total::count_to(COUNTED_OF_SEARCH, sql, conn).await?)
}
