use base::db::Sql;
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbBackend};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::alert_order;
use super::condition::{Lead, push_all, push_all_by};
use super::rows;
use super::sort::{Key, Sort};
use super::{Client, ClientFilter, Known, under};
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::paging::{MAX_LIMIT, Paged, Total, read_cursor, write_cursor};
use crate::search::{CLIENTS, FEW, aside};

/// More than any centre has: all that match are gathered.
const MOST_GATHERED: i64 = 1 << 31;

/// Past that many centres, a super_admin's list is read as one.
const MOST_BRANCHES: usize = 24;

/// A page of clients and how many match.
#[derive(Clone, Debug)]
pub struct Listed {
    /// The page.
    pub page: Paged<Client>,
    /// How many match.
    pub total: Total,
}

/// A place in a list: after (or before) the row of that key.
#[derive(Serialize, Deserialize)]
struct Position {
    /// The order it is a place of.
    s: String,
    k: Key,
    i: i64,
    /// The alert it stands by, in an order of those one may see.
    #[serde(default)]
    a: Option<Uuid>,
    /// Read towards the start.
    #[serde(default)]
    b: bool,
}

struct Walk<'a> {
    counts: Known<'a>,
    actor: &'a Actor,
    filter: &'a ClientFilter,
    sort: Sort,
    backward: bool,
    /// Those that match are gathered first, no more than that many.
    gathered: Option<i64>,
    now: DateTime<Utc>,
    /// One read per centre, so that each can follow its centre's index.
    branches: Vec<Option<Uuid>>,
}

/// A page of the clients that `actor` may see and `filter` lets through.
///
/// # Errors
/// A bad cursor or limit; [`Error::Forbidden`] for roles that do not work with clients.
#[expect(clippy::too_many_arguments, reason = "a list is asked for by exactly these")]
pub async fn list(
    conn: &impl ConnectionTrait,
    counts: Known<'_>,
    actor: &Actor,
    filter: &ClientFilter,
    sort: Sort,
    cursor: Option<&str>,
    limit: u32,
    now: DateTime<Utc>,
) -> Result<Listed> {
    actor.require(actor.works_with_clients())?;
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(Error::invalid("limit", "wrong-value"));
    }
    if let Some(fall) = sort.fall() {
        let total = counts.total(conn, actor, filter, now).await?;
        let few = total.exact && total.value <= FEW && !filter.is_empty();
        let branches = &branches(conn, actor).await?;
        let walk = under::Walk { actor, filter, sort, fall, few, now, branches };
        return Ok(Listed { page: walk.page(conn, cursor, limit as usize).await?, total });
    }
    let position = cursor.map(read_cursor::<Position>).transpose()?;
    if position.as_ref().is_some_and(|p| p.s != sort.name()) {
        return Err(Error::invalid("cursor", "unreadable-cursor"));
    }
    let total = counts.total(conn, actor, filter, now).await?;
    let few = total.exact && total.value <= FEW && !filter.is_empty();
    let gathered =
        if few { Some(FEW) } else { gathered(conn, counts, actor, filter, sort, now).await? };
    let walk = Walk {
        counts,
        actor,
        filter,
        sort,
        backward: position.as_ref().is_some_and(|p| p.b),
        gathered,
        now,
        branches: branches(conn, actor).await?,
    };
    let page = walk.page(conn, position.as_ref(), limit as usize).await?;
    Ok(Listed { page, total })
}

/// How many matches of a search, at most, are better gathered and then ordered than met on the way
/// along an order. Never many on SQLite, to which a row passed over costs next to nothing.
async fn gathered(
    conn: &impl ConnectionTrait,
    counts: Known<'_>,
    actor: &Actor,
    filter: &ClientFilter,
    sort: Sort,
    now: DateTime<Utc>,
) -> Result<Option<i64>> {
    let Some(needles) = filter.needles() else { return Ok(None) };
    if conn.get_database_backend() == DbBackend::Sqlite || sort.is_personal(actor) {
        return Ok(None);
    }
    let is_dense = counts.sample(conn, now).await?.is_dense(&[needles]);
    Ok((!is_dense).then_some(MOST_GATHERED))
}

/// The centres a list reads one by one, so that each is led by an index that starts with it; `None`
/// is all at once.
pub(crate) async fn branches(
    conn: &impl ConnectionTrait,
    actor: &Actor,
) -> Result<Vec<Option<Uuid>>> {
    if let Some(center) = actor.call_center_id {
        return Ok(vec![Some(center)]);
    }
    let mut sql = Sql::new("SELECT id FROM call_centers ORDER BY id LIMIT ");
    sql.bind(i64::try_from(MOST_BRANCHES).unwrap_or(24) + 1);
    let centers: Vec<Uuid> = sql.column(conn).await?;
    let few = !centers.is_empty() && centers.len() <= MOST_BRANCHES;
    Ok(if few { centers.into_iter().map(Some).collect() } else { vec![None] })
}

impl Walk<'_> {
    async fn page(
        &self,
        conn: &impl ConnectionTrait,
        from: Option<&Position>,
        limit: usize,
    ) -> Result<Paged<Client>> {
        // Rows with a value, then those without; the other way round when reading backward.
        let mut phases = if self.sort.has_nulls() { vec![false, true] } else { vec![false] };
        if self.backward {
            phases.reverse();
        }
        let started = from.map(|p| p.k == Key::Null);
        if let Some(started) = started {
            phases.drain(..phases.iter().position(|null| *null == started).unwrap_or(0));
        }
        let mut rows: Vec<Client> = Vec::new();
        for (index, null) in phases.into_iter().enumerate() {
            let seek = from.filter(|_| index == 0);
            let wanted = limit + 1 - rows.len();
            rows.extend(self.read(conn, null, seek, wanted).await?);
            if rows.len() > limit {
                break;
            }
        }
        let more = rows.len() > limit;
        rows.truncate(limit);
        if self.backward {
            rows.reverse();
        }
        let (before, after) =
            if self.backward { (more, from.is_some()) } else { (from.is_some(), more) };
        let place = |client: &Client, backward| {
            let (key, name) = (self.sort.key_of(client), self.sort.name());
            let alert = client.next_alert_id.filter(|_| self.sort.is_personal(self.actor));
            write_cursor(&Position { s: name, k: key, i: client.seq, a: alert, b: backward })
        };
        Ok(Paged {
            next: rows.last().filter(|_| after).map(|client| place(client, false)),
            previous: rows.first().filter(|_| before).map(|client| place(client, true)),
            rows,
        })
    }

    /// `wanted` rows of one phase, in the order they are read.
    async fn read(
        &self,
        conn: &impl ConnectionTrait,
        null: bool,
        seek: Option<&Position>,
        wanted: usize,
    ) -> Result<Vec<Client>> {
        let limit = i64::try_from(wanted).unwrap_or(i64::MAX);
        let order = if self.sort.reads_down(self.backward) { "DESC" } else { "ASC" };
        let is_personal = self.sort.is_personal(self.actor) && !null;
        let mut places = Sql::new("");
        for (index, center) in self.branches.iter().enumerate() {
            places.push(if index > 0 { " UNION ALL " } else { "" });
            if is_personal && self.gathered.is_none() {
                self.push_by_alert(&mut places, *center, seek, order, limit);
                continue;
            }
            // Those that are gathered first are put in order afterwards: LIMIT keeps the engines from
            // merging the two.
            let tie = match (is_personal, self.gathered) {
                (true, _) => "tie",
                (false, Some(_)) => "seq",
                (false, None) => "c.seq",
            };
            places.push("SELECT * FROM (");
            places.push(if self.gathered.is_some() { "SELECT * FROM (" } else { "" });
            places.push("SELECT c.seq, ");
            self.sort.push_key(&mut places, self.actor);
            places.push(" AS sort_key");
            if is_personal {
                places.push(", ");
                Sort::push_tie(&mut places, self.actor);
                places.push(" AS tie");
            }
            places.push(" FROM clients c WHERE 1 = 1");
            if let Some(most) = self.gathered {
                self.push_gathered(conn, &mut places, *center).await?;
                aside(&mut places, |sql| self.push_phase(sql, null, seek));
                places.push(" LIMIT ").bind(most + 1).push(") AS gathered");
            } else {
                self.push_where(conn, &mut places, *center).await?;
                self.push_phase(&mut places, null, seek);
            }
            push_order(&mut places, null, "sort_key", tie, order);
            places.push(" LIMIT ").bind(limit).push(") AS part");
        }
        // The page's places first, narrow and few; then all there is to show of them. CROSS JOIN
        // keeps SQLite from doing it the other way round.
        let mut sql = Sql::new("");
        rows::push_select(&mut sql, conn.get_database_backend(), self.actor, |sql| {
            sql.push("(").append(places).push(") AS k CROSS JOIN ");
        });
        sql.push(" WHERE c.seq = k.seq");
        let tie = if is_personal { "k.tie" } else { "c.seq" };
        push_order(&mut sql, null, "k.sort_key", tie, order);
        sql.push(" LIMIT ").bind(limit);
        Ok(rows::read(conn, sql).await?)
    }

    fn push_by_alert(
        &self,
        places: &mut Sql,
        center: Option<Uuid>,
        seek: Option<&Position>,
        order: &str,
        limit: i64,
    ) {
        let rest = |sql: &mut Sql| {
            aside(sql, |sql| {
                self.actor.within_center(sql, "c.call_center_id");
                self.filter.push(sql, self.actor, self.now);
                if let Some(needles) = self.filter.needles() {
                    needles.push_like(sql, CLIENTS);
                }
            });
            if let Some(position) = seek {
                let down = self.sort.reads_down(self.backward);
                // The bound on the instant alone is what the index can start from.
                sql.push(" AND a.due_at").push(if down { " <= " } else { " >= " });
                position.k.bind(sql);
                sql.push(" AND (a.due_at, a.id)").push(if down { " < (" } else { " > (" });
                position.k.bind(sql);
                sql.push(", ").bind(position.a.unwrap_or_default()).push(")");
            }
        };
        alert_order::push_places(places, self.actor, center, order, limit, rest);
    }

    /// Whether those with a value are read or those without, and from where on.
    fn push_phase(&self, sql: &mut Sql, null: bool, seek: Option<&Position>) {
        if null && self.sort.is_personal(self.actor) {
            alert_order::push_without(sql, self.actor);
        } else {
            sql.push(" AND ");
            self.sort.push_key(sql, self.actor);
            sql.push(if null { " IS NULL" } else { " IS NOT NULL" });
        }
        if let Some(position) = seek {
            self.push_seek(sql, position, null);
        }
    }

    /// What is met by whichever way is shortest, in no order.
    async fn push_gathered(
        &self,
        conn: &impl ConnectionTrait,
        sql: &mut Sql,
        center: Option<Uuid>,
    ) -> Result<()> {
        let (actor, filter) = (self.actor, self.filter);
        let sample = self.counts.sample(conn, self.now).await?;
        push_all_by(conn, sql, Lead::Condition, actor, filter, &sample, self.now).await?;
        aside(sql, |sql| push_center(sql, center));
        Ok(())
    }

    /// What is met along the index of the order.
    async fn push_where(
        &self,
        conn: &impl ConnectionTrait,
        sql: &mut Sql,
        center: Option<Uuid>,
    ) -> Result<()> {
        push_center(sql, center);
        self.filter.push_bin(sql);
        let (leading, rest) = self.sort.split(self.filter);
        leading.push_conditions(sql, self.actor, self.now);
        aside(sql, |sql| rest.push_conditions(sql, self.actor, self.now));
        if let Some(needles) = self.filter.needles() {
            let sample = self.counts.sample(conn, self.now).await?;
            if !sample.is_dense(std::slice::from_ref(&needles)) {
                // Most rows on the way are passed over by their number alone.
                let backend = conn.get_database_backend();
                aside(sql, |sql| _ = needles.push_candidates(sql, CLIENTS, &sample, backend));
            }
            needles.push_like(sql, CLIENTS);
        }
        Ok(())
    }

    fn push_seek(&self, sql: &mut Sql, position: &Position, null: bool) {
        let beyond = if self.sort.reads_down(self.backward) { " < " } else { " > " };
        if null {
            sql.push(" AND c.seq").push(beyond).bind(position.i);
            return;
        }
        sql.push(" AND (");
        self.sort.push_key(sql, self.actor);
        sql.push(", ");
        let is_personal = self.sort.is_personal(self.actor);
        if is_personal {
            Sort::push_tie(sql, self.actor);
        } else {
            sql.push("c.seq");
        }
        sql.push(")").push(beyond).push("(");
        position.k.bind(sql);
        sql.push(", ");
        if is_personal {
            sql.bind(position.a.unwrap_or_default());
        } else {
            sql.bind(position.i);
        }
        sql.push(")");
    }
}

fn push_center(sql: &mut Sql, center: Option<Uuid>) {
    if let Some(center) = center {
        sql.push(" AND c.call_center_id = ").bind(center);
    }
}

/// By key and what tells rows of one key apart, or by that alone where nobody has a key.
fn push_order(sql: &mut Sql, null: bool, key: &str, tie: &str, order: &str) {
    sql.push(" ORDER BY ");
    if !null {
        sql.push(key).push(" ").push(order).push(", ");
    }
    sql.push(tie).push(" ").push(order);
}

/// The next `limit` clients that match, after `after`, in the order of their ids: for what works
/// through a filter in batches.
///
/// # Errors
/// [`Error::Forbidden`] for roles that do not work with clients.
pub async fn matching_ids(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    filter: &ClientFilter,
    after: Option<Uuid>,
    limit: i64,
    now: DateTime<Utc>,
) -> Result<Vec<Uuid>> {
    actor.require(actor.works_with_clients())?;
    let mut sql = Sql::new("SELECT c.id FROM clients c WHERE 1 = 1");
    push_all(conn, &mut sql, Lead::Order, actor, filter, now).await?;
    if let Some(after) = after {
        sql.push(" AND c.id > ").bind(after);
    }
    sql.push(" ORDER BY c.id LIMIT ").bind(limit);
    Ok(sql.column(conn).await?)
}
