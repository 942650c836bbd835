//! Lists: keyset pages, counts.

use super::sort::Place;
use super::*;
use crate::paging::{MAX_LIMIT, Paged, Total, read_cursor, write_cursor};

#[derive(Serialize, Deserialize)]
struct Position {
    sort: String,
    place: Place,
    id: Uuid,
    /// The page before this row instead of after it.
    back: bool,
}

#[derive(FromQueryResult)]
struct Row {
    #[sea_orm(nested)]
    alert: Alert,
    title_key: String,
    name_key: String,
}

/// A page of the alerts the actor may see.
///
/// # Errors
/// A cursor that is not one of ours (`cursor`, `unreadable-cursor`); [`Error::Forbidden`] for roles
/// that do not work with clients.
pub async fn list(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    search: &Search,
    sort: Sort,
    cursor: Option<&str>,
    limit: u32,
) -> Result<Paged<Alert>> {
    actor.require(actor.works_with_clients())?;
    let position = cursor.map(read_cursor::<Position>).transpose()?;
    let name = sort.name();
    if position.as_ref().is_some_and(|p| p.sort != name || !p.place.fits(sort)) {
        return Err(Error::invalid("cursor", "unreadable-cursor"));
    }
    let back = position.as_ref().is_some_and(|p| p.back);
    let column = sort.column.sql();
    let ascending = sort.descending == back;
    // The keys ride along so that the next cursor needs no second read.
    let mut sql = queries::select_with(", a.title_key, c.name_key");
    sql.push(search.join()).push("WHERE a.deleted_at IS NULL");
    search.push(&mut sql, actor);
    if let Some(position) = &position {
        sql.push(" AND (").push(column).push(if ascending { ", a.id) > (" } else { ", a.id) < (" });
        sql.bind(position.place.value()).push(", ").bind(position.id).push(")");
    }
    let order = if ascending { " ASC" } else { " DESC" };
    sql.push(" ORDER BY ").push(column).push(order).push(", a.id").push(order);
    let limit = limit.clamp(1, MAX_LIMIT);
    sql.push(" LIMIT ").bind(i64::from(limit) + 1);
    let mut rows: Vec<Row> = sql.all(conn).await?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    if back {
        rows.reverse();
    }
    let cursor = |row: Option<&Row>, back: bool| {
        row.map(|Row { alert, title_key, name_key }| {
            let place = Place::of(alert, (title_key.clone(), name_key.clone()), sort);
            write_cursor(&Position { sort: name.clone(), place, id: alert.id, back })
        })
    };
    let has_next = if back { true } else { more };
    let has_previous = if back { more } else { position.is_some() };
    let next = cursor(rows.last(), false).filter(|_| has_next);
    let previous = cursor(rows.first(), true).filter(|_| has_previous);
    Ok(Paged { rows: rows.into_iter().map(|row| row.alert).collect(), next, previous })
}

/// How many alerts stand where, under one filter (its own statuses left aside).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Not due yet.
    pub in_progress: Total,
    /// Due.
    pub due: Total,
    /// Done.
    pub done: Total,
}

impl Counts {
    /// Those not done.
    pub fn open(&self) -> Total {
        add(self.in_progress, self.due)
    }

    /// All of them.
    pub fn all(&self) -> Total {
        add(self.open(), self.done)
    }

    /// Those of these statuses.
    pub fn of(&self, statuses: &[Status]) -> Total {
        let one = |status: &Status| match status {
            Status::InProgress => self.in_progress,
            Status::Due => self.due,
            Status::Done => self.done,
        };
        if statuses.is_empty() {
            return self.all();
        }
        statuses.iter().map(one).fold(Total { value: 0, exact: true }, add)
    }
}

fn add(one: Total, other: Total) -> Total {
    let value = one.value + other.value;
    let limit = crate::paging::COUNT_LIMIT;
    Total { value: value.min(limit), exact: one.exact && other.exact && value <= limit }
}

/// Counts the alerts the actor may see by status, those of `search` left aside.
///
/// # Errors
/// The engine's.
pub async fn counts(conn: &impl ConnectionTrait, actor: &Actor, search: &Search) -> Result<Counts> {
    let mut totals = [Total { value: 0, exact: true }; 3];
    for (total, status) in totals.iter_mut().zip(Status::ALL) {
        *total = search.of_statuses(vec![status]).count(conn, actor).await?;
    }
    let [in_progress, due, done] = totals;
    Ok(Counts { in_progress, due, done })
}

/// How many alerts are due now for the actor: the number beside “Alertes” in the navigation.
///
/// # Errors
/// The engine's.
pub async fn open_count(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Total> {
    Search::all(Filter { statuses: vec![Status::Due], ..Filter::default() }, now)
        .count(conn, actor)
        .await
}

/// How many alerts of one client the actor may see, done ones included.
///
/// # Errors
/// The engine's.
pub async fn count_of_client(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    client: Uuid,
    now: DateTime<Utc>,
) -> Result<Total> {
    let filter = Filter { client_id: Some(client), ..Filter::default() };
    Search::all(filter, now).count(conn, actor).await
}

/// The soonest open alert of each of `clients` that the actor may see.
///
/// # Errors
/// The engine's.
pub async fn next_open_for(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    clients: &[Uuid],
) -> Result<Vec<Alert>> {
    let mut found: Vec<Alert> = Vec::new();
    for ids in clients.chunks(queries::CHUNK) {
        let mut sql = queries::select();
        sql.push("WHERE a.completed_at IS NULL AND a.deleted_at IS NULL AND a.client_id IN ");
        sql.bind_list(ids.to_vec());
        queries::visible(actor, &mut sql);
        // No visible open alert of the same client comes before it.
        sql.push(" AND NOT EXISTS (SELECT 1 FROM alerts b WHERE b.client_id = a.client_id ");
        sql.push("AND b.completed_at IS NULL AND b.deleted_at IS NULL ");
        sql.push("AND (b.due_at, b.id) < (a.due_at, a.id)");
        actor.within_work(&mut sql, "b.assigned_to", "b.created_by");
        sql.push(")");
        found.extend(sql.all::<Alert>(conn).await?);
    }
    Ok(found)
}
