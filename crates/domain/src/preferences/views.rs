//! Saved views: a name for the filter, sort and search of a list, kept as its query string.

use base::db::{Db, Sql};
use base::ids::new_id;
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::error::{Error, Invalid, Result};

/// Most views one list may have: they are tabs.
const MOST: i64 = 12;

/// A saved view.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct SavedView {
    /// Its id.
    pub id: Uuid,
    /// The tab's text.
    pub name: String,
    /// `is_active=true&sort=-created_at`, without a question mark.
    pub query: String,
}

/// What `user` keeps under the name of the list `grid`, and the views they saved for it: all that
/// laying it out needs, in one read.
///
/// # Errors
/// The engine's.
pub async fn layout(
    conn: &impl ConnectionTrait,
    user: Uuid,
    grid: &str,
) -> Result<(Option<Json>, Vec<SavedView>), DbErr> {
    #[derive(FromQueryResult)]
    struct Row {
        id: Option<Uuid>,
        name: Option<String>,
        query: String,
    }
    let mut sql =
        Sql::new("SELECT id, name, query, position, created_at FROM saved_views WHERE user_id = ");
    sql.bind(user).push(" AND grid = ").bind(grid);
    sql.push(" UNION ALL SELECT NULL, NULL, CAST(value AS TEXT), -1, NULL ");
    sql.push("FROM user_preferences WHERE user_id = ").bind(user).push(" AND name = ").bind(grid);
    sql.push(" ORDER BY position, created_at, id");
    let (mut kept, mut views) = (None, Vec::new());
    for row in sql.all::<Row>(conn).await? {
        match (row.id, row.name) {
            (Some(id), Some(name)) => views.push(SavedView { id, name, query: row.query }),
            _ => kept = serde_json::from_str(&row.query).ok(),
        }
    }
    Ok((kept, views))
}

/// Saves a view; one of the same name is replaced.
///
/// # Errors
/// A wrong name or query, or too many views.
pub async fn save(
    db: &Db,
    user: Uuid,
    grid: &str,
    name: &str,
    query: &str,
    now: DateTime<Utc>,
) -> Result<Uuid> {
    let mut invalid = Invalid::new();
    let grid = invalid.required("grid", Some(grid), 40);
    let name = invalid.required("name", Some(name), 40);
    let query = invalid.text("query", Some(query), 2_000).unwrap_or_default();
    invalid.check()?;
    let id = new_id(now);
    let tx = db.begin().await?;
    let mut old = Sql::new("DELETE FROM saved_views WHERE user_id = ");
    old.bind(user).push(" AND grid = ").bind(grid.clone());
    old.push(" AND name = ").bind(name.clone());
    old.execute(&tx).await?;
    let mut count = Sql::new("SELECT COUNT(*) FROM saved_views WHERE user_id = ");
    count.bind(user).push(" AND grid = ").bind(grid.clone());
    let position: i64 = count.scalar(&tx).await?.unwrap_or(0);
    if position >= MOST {
        return Err(Error::Conflict("too-many-views"));
    }
    let mut sql = Sql::new(
        "INSERT INTO saved_views (id, user_id, grid, name, query, position, created_at) VALUES ",
    );
    sql.bind_list([
        sea_orm::Value::from(id),
        user.into(),
        grid.into(),
        name.into(),
        query.into(),
        i32::try_from(position).unwrap_or(0).into(),
        now.into(),
    ]);
    sql.execute(&tx).await?;
    tx.commit().await?;
    Ok(id)
}

/// Gives a view another name.
///
/// # Errors
/// [`Error::NotFound`] when it is not one of theirs, a wrong name, or one that another view of the
/// list has.
pub async fn rename(db: &Db, user: Uuid, id: Uuid, name: &str) -> Result<()> {
    let tx = db.begin().await?;
    let mut known = Sql::new("SELECT 1 FROM saved_views WHERE user_id = ");
    known.bind(user).push(" AND id = ").bind(id);
    if known.scalar::<i32>(&tx).await?.is_none() {
        return Err(Error::NotFound);
    }
    let mut invalid = Invalid::new();
    let name = invalid.required("name", Some(name), 40);
    invalid.check()?;
    let mut taken = Sql::new("SELECT 1 FROM saved_views v JOIN saved_views w ON w.user_id = ");
    taken.bind(user).push(" AND w.grid = v.grid AND w.id <> v.id AND w.name = ");
    taken.bind(name.clone()).push(" WHERE v.id = ").bind(id);
    if taken.scalar::<i32>(&tx).await?.is_some() {
        return Err(Error::Conflict("view-name-taken"));
    }
    let mut sql = Sql::new("UPDATE saved_views SET name = ");
    sql.bind(name).push(" WHERE id = ").bind(id);
    sql.execute(&tx).await?;
    Ok(tx.commit().await?)
}

/// Forgets a view.
///
/// # Errors
/// [`Error::NotFound`] when it is not one of theirs.
pub async fn forget(db: &Db, user: Uuid, id: Uuid) -> Result<()> {
    let tx = db.begin().await?;
    let mut sql = Sql::new("DELETE FROM saved_views WHERE user_id = ");
    sql.bind(user).push(" AND id = ").bind(id);
    if sql.execute(&tx).await? == 0 {
        return Err(Error::NotFound);
    }
    Ok(tx.commit().await?)
}
