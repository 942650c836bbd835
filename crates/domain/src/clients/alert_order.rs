//! The order of each client's next alert, for whoever does not see every alert of the centre.
//!
//! What they may see differs from person to person, so no column can hold it. Their alerts are
//! walked by due instant instead: a client stands where the soonest of them stands.

use base::db::Sql;
use uuid::Uuid;

use crate::actor::{Actor, Role};

/// Appends ` AND …`: `c` has no open alert that the actor may see.
pub(super) fn push_without(sql: &mut Sql, actor: &Actor) {
    sql.push(" AND NOT EXISTS (SELECT 1 FROM alerts a WHERE a.client_id = c.id");
    push_open(sql, actor, "a");
    sql.push(")");
}

/// Appends the places (`seq`, `sort_key`, `tie`) of clients by their soonest alert, each read of
/// which follows one index; `push_rest` adds what `c` must meet, and the seek on `(a.due_at, a.id)`.
pub(super) fn push_places(
    sql: &mut Sql,
    actor: &Actor,
    center: Option<Uuid>,
    order: &str,
    limit: i64,
    push_rest: impl Fn(&mut Sql),
) {
    let walks: &[Walk] = match actor.role {
        Role::Supervisor => &[Walk::Center],
        _ => &[Walk::Assigned, Walk::Authored],
    };
    for (index, walk) in walks.iter().enumerate() {
        sql.push(if index > 0 { " UNION ALL " } else { "" });
        sql.push("SELECT * FROM (SELECT c.seq, a.due_at AS sort_key, a.id AS tie ");
        sql.push("FROM alerts a CROSS JOIN clients c WHERE c.id = a.client_id");
        walk.push(sql, actor, center);
        push_open(sql, actor, "a");
        // Of `c`, so that SQLite first looks at what they must meet otherwise.
        sql.push(" AND NOT EXISTS (SELECT 1 FROM alerts b WHERE b.client_id = c.id");
        push_open(sql, actor, "b");
        sql.push(" AND (b.due_at, b.id) < (a.due_at, a.id))");
        push_rest(sql);
        // As the index goes on: ten thousand alerts made in one go fall due at the same instant.
        sql.push(" ORDER BY a.due_at ").push(order).push(", a.id ").push(order);
        sql.push(" LIMIT ").bind(limit).push(") AS part");
    }
}

/// A way through open alerts by due instant.
enum Walk {
    /// All of the centre's: most are for whoever leads people.
    Center,
    /// Those given to the actor.
    Assigned,
    /// Those the actor gave to others.
    Authored,
}

impl Walk {
    fn push(&self, sql: &mut Sql, actor: &Actor, center: Option<Uuid>) {
        let me = actor.user_id.unwrap_or_default();
        match self {
            Self::Center => sql.push(" AND a.call_center_id = ").bind(center.unwrap_or_default()),
            Self::Assigned => sql.push(" AND a.assigned_to = ").bind(me),
            Self::Authored => {
                // As the index says it: most alerts are their author's own.
                sql.push(" AND a.assigned_to IS DISTINCT FROM a.created_by AND a.created_by = ");
                sql.bind(me)
            }
        };
    }
}

fn push_open(sql: &mut Sql, actor: &Actor, alias: &str) {
    sql.push(&format!(" AND {alias}.completed_at IS NULL AND {alias}.deleted_at IS NULL"));
    actor.within_work_of(sql, &format!("{alias}.assigned_to"), &format!("{alias}.created_by"));
}
