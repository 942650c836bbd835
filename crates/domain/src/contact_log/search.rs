//! Which attempts a search finds, and the statements that lead to them: everything at once, or each
//! kind of match by itself along an index of its own.

use base::db::Sql;
use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::filter::Filter;
use super::list::Place;
use super::queries::{self, FROM};
use super::sort::By;
use crate::actor::Actor;
use crate::clients::{self, ClientFilter};
use crate::error::{Invalid, Result};
use crate::search::aside;
use crate::sections::Part;

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

/// Which table a branch starts from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Lead {
    /// Attempts, in an order of theirs.
    Attempts,
    /// The clients that were found, unless they are frequent: for what is counted whole.
    Clients,
}

/// What ends each branch of the query.
#[derive(Clone, Copy)]
pub(super) enum End<'a> {
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

impl Search {
    /// One `SELECT …` per branch: everything, or each kind of match by itself.
    pub(super) async fn branches(
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

    /// Whether words were looked for.
    pub(super) fn is_searched(&self) -> bool {
        matches!(self.found, Found::Some { .. })
    }

    /// The same from an instant on, unless it starts later.
    pub(super) fn since(&self, since: Option<DateTime<Utc>>) -> Self {
        let from = self.filter.from.or(since);
        Self { filter: Filter { from, ..self.filter.clone() }, ..self.clone() }
    }

    /// Appends what is asked for besides words: ` AND …` on `a`.
    pub(super) fn push_filter(&self, sql: &mut Sql) {
        self.filter.push(sql);
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
    pub(super) fn is_narrow(&self) -> bool {
        let few = matches!(self.found, Found::Some { clients: Clients::Few(_), .. });
        few || self.filter.client_id.is_some()
    }
}
