//! Orders by any part of what they say.

use base::db::Sql;
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbBackend};

use super::OrderFilter;
use super::queries::visible;
use crate::actor::{Actor, Role};
use crate::error::Result;
use crate::paging::Total;
use crate::search::{FEW, Needles, ORDERS, Sample, aside, sample, select};

/// A filter whose search has been looked up.
#[derive(Clone, Debug)]
pub struct Search {
    filter: OrderFilter,
    found: Found,
    now: DateTime<Utc>,
}

#[derive(Clone, Debug)]
enum Found {
    /// Nothing was searched.
    All,
    /// These orders, by their number in the database.
    Few(Vec<i64>),
    /// More than [`FEW`].
    Many { needles: Needles, sample: Sample },
}

/// Looks up what `filter.q` leads to.
///
/// # Errors
/// [`crate::Error::Forbidden`] for roles that do not work with clients.
pub async fn search(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    filter: OrderFilter,
    now: DateTime<Utc>,
) -> Result<Search> {
    actor.require(actor.works_with_clients())?;
    let Some(needles) = filter.q.as_deref().and_then(Needles::read) else {
        return Ok(Search { filter, found: Found::All, now });
    };
    let one = std::slice::from_ref(&needles);
    let mut sql = select(conn, ORDERS, one, "o.seq", "").await?;
    aside(&mut sql, |sql| {
        visible(sql, actor);
        filter.push(sql, now);
    });
    sql.push(" LIMIT ").bind(FEW + 1);
    let seqs: Vec<i64> = sql.column(conn).await?;
    let found = if i64::try_from(seqs.len()).is_ok_and(|count| count <= FEW) {
        Found::Few(seqs)
    } else {
        let sample = sample(conn, ORDERS).await?;
        Found::Many { needles, sample }
    };
    Ok(Search { filter, found, now })
}

impl Search {
    /// Whether what matches is better gathered and then ordered than looked for along an order.
    pub(super) fn is_narrow(&self) -> bool {
        matches!(self.found, Found::Few(_)) || self.filter.client_id.is_some()
    }

    /// Appends ` AND …` on `o`: what matches and the actor sees.
    pub(super) fn push(&self, sql: &mut Sql, actor: &Actor, backend: DbBackend) {
        if let Found::Few(seqs) = &self.found {
            sql.push(" AND o.seq IN ").bind_list(seqs.clone());
            return aside(sql, |sql| visible(sql, actor));
        }
        visible(sql, actor);
        self.filter.push(sql, self.now);
        if let Found::Many { needles, sample } = &self.found {
            aside(sql, |sql| {
                if !sample.is_dense(std::slice::from_ref(needles)) {
                    needles.push_candidates(sql, ORDERS, sample, backend);
                }
                needles.push_like(sql, ORDERS);
            });
        }
    }

    /// How many match, as far as counting is cheap.
    ///
    /// # Errors
    /// The engine's.
    pub async fn count(&self, conn: &impl ConnectionTrait, actor: &Actor) -> Result<Total> {
        match &self.found {
            Found::Few(seqs) => {
                let value = i64::try_from(seqs.len()).unwrap_or(i64::MAX);
                Ok(Total { value, exact: true })
            }
            Found::Many { .. } => Ok(Total { value: FEW, exact: false }),
            Found::All => {
                let mut sql = Sql::new("SELECT 1 FROM orders o WHERE 1 = 1");
                if actor.role == Role::SuperAdmin && self.filter.client_id.is_none() {
                    // Every index starts with the centre.
                    sql.push(" AND o.call_center_id IN (SELECT cc.id FROM call_centers cc)");
                }
                self.push(&mut sql, actor, conn.get_database_backend());
                Ok(Total::count(sql, conn).await?)
            }
        }
    }
}
