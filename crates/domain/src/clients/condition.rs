//! The whole condition of a filter, centre and search included, and what leads to the clients it
//! picks.

use base::db::Sql;
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbBackend, DbErr};

use super::ClientFilter;
use crate::actor::{Actor, Role};
use crate::paging::Total;
use crate::search::{CLIENTS, FEW, Sample, aside, sample};

/// What leads to the rows a condition picks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lead {
    /// Whichever index the engine thinks best.
    Condition,
    /// The order they are asked for in.
    Order,
}

/// The whole condition on `c`, centre and search included, for counting and collecting.
pub(crate) async fn push_all(
    conn: &impl ConnectionTrait,
    sql: &mut Sql,
    lead: Lead,
    actor: &Actor,
    filter: &ClientFilter,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let some = match filter.needles() {
        Some(_) => sample(conn, CLIENTS).await?,
        None => Sample::default(),
    };
    push_all_by(conn, sql, lead, actor, filter, &some, now).await
}

/// The same, by a sample of clients that was read before.
pub(super) async fn push_all_by(
    conn: &impl ConnectionTrait,
    sql: &mut Sql,
    lead: Lead,
    actor: &Actor,
    filter: &ClientFilter,
    sample: &Sample,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let backend = conn.get_database_backend();
    let within = |sql: &mut Sql| actor.within_center(sql, "c.call_center_id");
    let Some(needles) = filter.needles() else {
        match lead {
            Lead::Condition => {
                if filter.push_own_alerts(conn, sql, actor, now).await? {
                    aside(sql, within);
                } else {
                    within(sql);
                }
            }
            Lead::Order => aside(sql, within),
        }
        filter.push_bin(sql);
        let (leading, rest) = match lead {
            Lead::Condition => filter.led(conn, actor, now).await?,
            Lead::Order => (filter.clone(), ClientFilter::default()),
        };
        leading.push_conditions(sql, actor, now);
        aside(sql, |sql| rest.push_conditions(sql, actor, now));
        if filter.q.as_deref().is_some_and(|q| !q.trim().is_empty()) {
            sql.push(" AND 1 = 0");
        }
        return Ok(());
    };
    let conditions = |sql: &mut Sql| {
        within(sql);
        filter.push(sql, actor, now);
        needles.push_like(sql, CLIENTS);
    };
    let is_common = sample.is_common(std::slice::from_ref(&needles));
    if !is_common && needles.push_candidates(sql, CLIENTS, sample, backend) {
        aside(sql, conditions);
    } else {
        conditions(sql);
    }
    Ok(())
}

impl ClientFilter {
    /// Appends ` AND …` where an agent asks for clients by their alerts and has not too many: those
    /// lead, or all clients would be looked at for them. Whether they do.
    async fn push_own_alerts(
        &self,
        conn: &impl ConnectionTrait,
        sql: &mut Sql,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<bool, DbErr> {
        const FEW: i64 = 20_000;
        let due = match self.alert_status.as_deref() {
            Some("due") => Some(now),
            Some("in_progress") => None,
            _ => return Ok(false),
        };
        if actor.role != Role::Agent {
            return Ok(false);
        }
        let mut counted = Sql::new("");
        push_own(&mut counted, actor, due);
        if !Total::count_to(FEW, counted, conn).await?.exact {
            return Ok(false);
        }
        sql.push(" AND c.id IN (");
        push_own(sql, actor, due);
        sql.push(")");
        Ok(true)
    }
}

/// The clients of an agent's open alerts, given to them or made by them for others: two ways, each
/// with its index.
fn push_own(sql: &mut Sql, actor: &Actor, due: Option<DateTime<Utc>>) {
    let mine =
        ["a.assigned_to = ", "a.assigned_to IS DISTINCT FROM a.created_by AND a.created_by = "];
    for (index, mine) in mine.into_iter().enumerate() {
        sql.push(if index > 0 { " UNION ALL " } else { "" });
        sql.push("SELECT a.client_id FROM alerts a WHERE a.completed_at IS NULL ");
        sql.push("AND a.deleted_at IS NULL AND ").push(mine);
        sql.bind(actor.user_id.unwrap_or_default());
        if let Some(now) = due {
            sql.push(" AND a.due_at <= ").bind(now);
        }
    }
}

impl ClientFilter {
    /// The condition that the fewest clients meet, and the others: SQLite, which keeps no statistics
    /// here, would follow the index that holds the most of them, however many it leads to.
    async fn led(
        &self,
        conn: &impl ConnectionTrait,
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<(Self, Self), DbErr> {
        let each = self.indexed(actor);
        let is_sqlite = conn.get_database_backend() == DbBackend::Sqlite;
        if each.len() < 2 || !is_sqlite || actor.call_center_id.is_none() || self.in_bin {
            return Ok((self.clone(), Self::default()));
        }
        let mut sql = Sql::new("");
        for alone in &each {
            sql.push(if sql.text().is_empty() { "" } else { " UNION ALL " });
            sql.push("SELECT COUNT(*) AS n FROM (SELECT 1 FROM clients c WHERE 1 = 1");
            actor.within_center(&mut sql, "c.call_center_id");
            alone.push(&mut sql, actor, now);
            sql.push(" LIMIT ").bind(FEW).push(") AS counted");
        }
        let counts: Vec<i64> = sql.column(conn).await?;
        let fewest = each.into_iter().zip(counts).min_by_key(|(_, count)| *count);
        let Some((leading, _)) = fewest else { return Ok((self.clone(), Self::default())) };
        let rest = self.without(&leading);
        Ok((leading, rest))
    }

    /// Each of its conditions that an index leads to, by itself.
    fn indexed(&self, actor: &Actor) -> Vec<Self> {
        let bare = || Self { time_zone: self.time_zone.clone(), ..Self::default() };
        let is_someone = self.assigned_to.as_deref().is_some_and(|who| who != "none");
        let each = [
            Self { is_active: self.is_active, ..bare() },
            Self { period: self.period.clone(), created_after: self.created_after, ..bare() },
            Self { segment: self.segment.clone(), ..bare() },
            Self { tag: self.tag.clone(), ..bare() },
            Self { notification_client: self.notification_client.clone(), ..bare() },
            Self { alert_status: self.alert_status.clone().filter(|_| actor.is_admin()), ..bare() },
            Self { assigned_to: self.assigned_to.clone().filter(|_| is_someone), ..bare() },
        ];
        each.into_iter().filter(|alone| !alone.is_empty()).collect()
    }

    /// Without the conditions that `other` has.
    fn without(&self, other: &Self) -> Self {
        let mut rest = self.clone();
        rest.is_active.take_if(|_| other.is_active.is_some());
        rest.period.take_if(|_| other.period.is_some());
        rest.created_after.take_if(|_| other.created_after.is_some());
        rest.segment.take_if(|_| other.segment.is_some());
        rest.tag.take_if(|_| other.tag.is_some());
        rest.notification_client.take_if(|_| other.notification_client.is_some());
        rest.alert_status.take_if(|_| other.alert_status.is_some());
        rest.assigned_to.take_if(|_| other.assigned_to.is_some());
        rest
    }
}
