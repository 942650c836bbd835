use base::db::Sql;
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr};

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
