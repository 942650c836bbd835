use base::db::Sql;
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use uuid::Uuid;

use super::{DueAlert, Found};
use crate::actor::Actor;
use crate::paging::Total;

pub(super) async fn clients(conn: &impl ConnectionTrait, actor: &Actor) -> Result<Total, DbErr> {
    let mut sql = Sql::new("SELECT COUNT(*) FROM clients c WHERE c.deleted_at IS NULL");
    actor.within_center(&mut sql, "c.call_center_id");
    let value: i64 = sql.scalar(conn).await?.unwrap_or(0);
    Ok(Total { value, exact: true })
}

pub(super) async fn due_alerts(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Total, DbErr> {
    let mut sql = Sql::new(
        "SELECT 1 FROM alerts a WHERE a.completed_at IS NULL AND a.deleted_at IS NULL \
         AND a.due_at <= ",
    );
    sql.bind(now);
    actor.within_center(&mut sql, "a.call_center_id");
    actor.within_work(&mut sql, "a.assigned_to", "a.created_by");
    Total::count(sql, conn).await
}

/// How many of each the palette shows.
pub(super) const QUICK: usize = 6;

pub(super) async fn quick_alerts(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    query: &str,
) -> Result<Vec<Found>, DbErr> {
    let mut sql = Sql::new(
        "SELECT a.id, a.client_id, a.title, c.full_name AS detail FROM alerts a \
         JOIN clients c ON c.id = a.client_id \
         WHERE a.completed_at IS NULL AND a.deleted_at IS NULL",
    );
    for word in base::text::fold(query).split(' ') {
        // A folded word holds letters and digits only: nothing to escape.
        let pattern = format!("%{word}%");
        sql.push(" AND (a.title_key LIKE ").bind(pattern.clone());
        sql.push(" OR c.name_key LIKE ").bind(pattern).push(")");
    }
    actor.within_center(&mut sql, "a.call_center_id");
    actor.within_work(&mut sql, "a.assigned_to", "a.created_by");
    sql.push(" ORDER BY a.due_at, a.id LIMIT ").bind(i64::try_from(QUICK).unwrap_or(6));
    sql.all(conn).await
}

pub(super) async fn people(
    conn: &impl ConnectionTrait,
    actor: &Actor,
) -> Result<Vec<(Uuid, String)>, DbErr> {
    #[derive(FromQueryResult)]
    struct Person {
        id: Uuid,
        name: String,
    }
    let mut sql = Sql::new("SELECT u.id, u.name FROM users u WHERE u.role <> 'client'");
    actor.within_center(&mut sql, "u.call_center_id");
    sql.push(" ORDER BY u.name, u.id LIMIT 500");
    let people: Vec<Person> = sql.all(conn).await?;
    Ok(people.into_iter().map(|person| (person.id, person.name)).collect())
}

/// Counts of the alerts an actor may see.
pub(super) struct AlertCounts<'a, C> {
    pub(super) conn: &'a C,
    pub(super) actor: &'a Actor,
}

const OPEN: &str = " AND a.completed_at IS NULL";
const DONE: &str = " AND a.completed_at IS NOT NULL";

impl<C: ConnectionTrait> AlertCounts<'_, C> {
    pub(super) async fn due_between(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Total, DbErr> {
        // Those done and those not have an index each.
        self.between("a.due_at", &[OPEN, DONE], from, to).await
    }

    pub(super) async fn open_between(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Total, DbErr> {
        self.between("a.due_at", &[OPEN], from, to).await
    }

    pub(super) async fn done_between(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Total, DbErr> {
        self.between("a.completed_at", &[DONE], from, to).await
    }

    async fn between(
        &self,
        column: &str,
        halves: &[&str],
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Total, DbErr> {
        let mut sql = Sql::new("");
        for half in halves {
            sql.push(if sql.text().is_empty() { "" } else { " UNION ALL " });
            sql.push("SELECT 1 AS one FROM alerts a WHERE a.deleted_at IS NULL").push(half);
            sql.push(" AND ").push(column).push(" >= ").bind(from);
            sql.push(" AND ").push(column).push(" < ").bind(to);
            self.actor.within_center(&mut sql, "a.call_center_id");
            // The centre's index, which goes on with the instant, leads.
            self.actor.within_work_of(&mut sql, "a.assigned_to", "a.created_by");
        }
        Total::count(sql, self.conn).await
    }
}

pub(super) async fn open_before(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    before: DateTime<Utc>,
    limit: u32,
) -> Result<Vec<DueAlert>, DbErr> {
    let mut sql = Sql::new(
        "SELECT a.id, a.title, a.due_at, a.priority_rank, a.client_id, \
         c.full_name AS client_name FROM alerts a JOIN clients c ON c.id = a.client_id \
         WHERE a.completed_at IS NULL AND a.deleted_at IS NULL AND c.deleted_at IS NULL \
         AND a.due_at < ",
    );
    sql.bind(before);
    actor.within_center(&mut sql, "a.call_center_id");
    actor.within_work(&mut sql, "a.assigned_to", "a.created_by");
    sql.push(" ORDER BY a.due_at, a.id LIMIT ").bind(i64::from(limit));
    sql.all(conn).await
}
