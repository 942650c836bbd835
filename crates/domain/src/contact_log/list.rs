//! Attempts page by page. Each branch of the query follows an index in its order, so that a page
//! costs the same at any depth and with two million rows behind it.

use base::db::Sql;
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Attempt;
use super::figures::Hour;
use super::queries::{self, COLUMNS};
use super::search::{End, Lead, Search};
use super::sort::{By, Sort};
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::paging::{MAX_LIMIT, Paged, Total, read_cursor, write_cursor};
use crate::sections::{Head, Part, Under, parts, people};

/// A place in the list: after the attempt of that instant and number.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Place {
    pub(super) at: DateTime<Utc>,
    pub(super) seq: i64,
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

/// An attempt, and the name it falls under.
#[derive(FromQueryResult)]
struct Row {
    #[sea_orm(nested)]
    attempt: Attempt,
    head_key: Option<String>,
    head_id: Option<Uuid>,
}

impl Search {
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
        if self.is_searched() {
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
    let search = search.since(since);
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
    if !search.is_searched() {
        // The few in the bin are left out by one look at each attempt, not at each one's client.
        let mut sql = Sql::new("SELECT 1 FROM contact_attempts a WHERE a.undone_at IS NULL");
        queries::visible(actor, &mut sql);
        search.push_filter(&mut sql);
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
