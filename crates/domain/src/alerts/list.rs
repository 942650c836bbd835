//! Lists: filters, sort, keyset pages, counts.

use base::db::Sql;
use sea_orm::Value;

use super::queries;
use super::*;
use crate::paging::{MAX_LIMIT, Paged, Total, read_cursor, write_cursor};

/// What a list shows. Empty fields filter nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Any of these.
    pub statuses: Vec<Status>,
    /// Any of these.
    pub priorities: Vec<Priority>,
    /// Those of this client.
    pub client_id: Option<Uuid>,
    /// Those given to this user.
    pub assigned_to: Option<Uuid>,
    /// Those given to nobody.
    pub unassigned: bool,
    /// Those of this batch.
    pub batch_id: Option<Uuid>,
    /// Due before this instant.
    pub due_before: Option<DateTime<Utc>>,
    /// Due at this instant or after.
    pub due_after: Option<DateTime<Utc>>,
    /// Words of the title or of the client's name.
    pub q: String,
}

/// What a list is sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sort {
    /// The column.
    pub column: Column,
    /// Greatest first.
    pub descending: bool,
}

/// A column lists sort by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// The due time.
    DueAt,
    /// How urgent.
    Priority,
    /// When it was made.
    CreatedAt,
    /// When people last changed it.
    UpdatedAt,
    /// The title, alphabetically.
    Title,
    /// The client's name, alphabetically.
    Client,
}

impl Column {
    /// Name in the API, SQL.
    const ALL: [(Self, &str, &str); 6] = [
        (Self::DueAt, "due_at", "a.due_at"),
        (Self::Priority, "priority", "a.priority_rank"),
        (Self::CreatedAt, "created_at", "a.created_at"),
        (Self::UpdatedAt, "updated_at", "a.updated_at"),
        (Self::Title, "title", "a.title_key"),
        (Self::Client, "client", "c.name_key"),
    ];

    /// The name in the API.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(column, ..)| *column == self).map_or("due_at", |(_, name, _)| name)
    }

    fn sql(self) -> &'static str {
        Self::ALL.iter().find(|(column, ..)| *column == self).map_or("a.due_at", |(.., sql)| sql)
    }
}

impl Sort {
    /// Soonest due first.
    pub const SOONEST: Self = Self { column: Column::DueAt, descending: false };

    /// Reads `due_at`, `-priority`, …
    ///
    /// # Errors
    /// [`Error::Invalid`] on `sort`.
    pub fn parse(text: &str) -> Result<Self> {
        let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
        Column::ALL
            .iter()
            .find(|(_, known, _)| *known == name)
            .map(|(column, ..)| Self { column: *column, descending })
            .ok_or_else(|| Error::invalid("sort", "wrong-value"))
    }
}

/// A row's place in the sort order.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
enum Place {
    Number(i32),
    Instant(DateTime<Utc>),
    Text(String),
}

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
    filter: &Filter,
    sort: Sort,
    cursor: Option<&str>,
    limit: u32,
    now: DateTime<Utc>,
) -> Result<Paged<Alert>> {
    actor.require(actor.works_with_clients())?;
    let position = cursor.map(read_cursor::<Position>).transpose()?;
    let name = format!("{}{}", if sort.descending { "-" } else { "" }, sort.column.as_str());
    if position.as_ref().is_some_and(|p| p.sort != name || !fits(&p.place, sort.column)) {
        return Err(Error::invalid("cursor", "unreadable-cursor"));
    }
    let back = position.as_ref().is_some_and(|p| p.back);
    let column = sort.column.sql();
    let ascending = sort.descending == back;
    let mut sql = queries::select();
    // The keys ride along so that the next cursor needs no second read.
    sql = with_keys(sql);
    sql.push("WHERE a.deleted_at IS NULL");
    queries::visible(actor, &mut sql);
    apply(filter, &mut sql, now);
    if let Some(position) = &position {
        sql.push(" AND (").push(column).push(if ascending { ", a.id) > (" } else { ", a.id) < (" });
        sql.bind(place_value(&position.place)).push(", ").bind(position.id).push(")");
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
        row.map(|row| {
            let place = place_of(row, sort.column);
            write_cursor(&Position { sort: name.clone(), place, id: row.alert.id, back })
        })
    };
    let has_next = if back { true } else { more };
    let has_previous = if back { more } else { position.is_some() };
    let next = cursor(rows.last(), false).filter(|_| has_next);
    let previous = cursor(rows.first(), true).filter(|_| has_previous);
    Ok(Paged { rows: rows.into_iter().map(|row| row.alert).collect(), next, previous })
}

fn with_keys(sql: Sql) -> Sql {
    let text = sql.text().replacen(" FROM ", ", a.title_key, c.name_key FROM ", 1);
    Sql::new(text)
}

fn fits(place: &Place, column: Column) -> bool {
    match column {
        Column::DueAt | Column::CreatedAt | Column::UpdatedAt => matches!(place, Place::Instant(_)),
        Column::Priority => matches!(place, Place::Number(_)),
        // A title that reads like a date is still a title.
        Column::Title | Column::Client => !matches!(place, Place::Number(_)),
    }
}

fn place_of(row: &Row, column: Column) -> Place {
    match column {
        Column::DueAt => Place::Instant(row.alert.due_at),
        Column::CreatedAt => Place::Instant(row.alert.created_at),
        Column::UpdatedAt => Place::Instant(row.alert.updated_at),
        Column::Priority => Place::Number(row.alert.priority_rank),
        Column::Title => Place::Text(row.title_key.clone()),
        Column::Client => Place::Text(row.name_key.clone()),
    }
}

fn place_value(place: &Place) -> Value {
    match place {
        Place::Number(number) => (*number).into(),
        Place::Instant(instant) => (*instant).into(),
        Place::Text(text) => text.clone().into(),
    }
}

fn apply(filter: &Filter, sql: &mut Sql, now: DateTime<Utc>) {
    if !filter.statuses.is_empty() && filter.statuses.len() < Status::ALL.len() {
        for (index, status) in filter.statuses.iter().enumerate() {
            sql.push(if index == 0 { " AND (" } else { " OR " });
            match status {
                Status::Done => sql.push("a.completed_at IS NOT NULL"),
                Status::Due => {
                    sql.push("(a.completed_at IS NULL AND a.due_at <= ").bind(now).push(")")
                }
                Status::InProgress => {
                    sql.push("(a.completed_at IS NULL AND a.due_at > ").bind(now).push(")")
                }
            };
        }
        sql.push(")");
    }
    if filter.statuses == [Status::InProgress, Status::Due] {
        // Says to the planner what the OR above hides: only open ones, by their own index.
        sql.push(" AND a.completed_at IS NULL");
    }
    if !filter.priorities.is_empty() {
        sql.push(" AND a.priority_rank IN ");
        sql.bind_list(filter.priorities.iter().map(|priority| priority.rank()));
    }
    let ids = [
        ("a.client_id", filter.client_id),
        ("a.assigned_to", filter.assigned_to),
        ("a.batch_id", filter.batch_id),
    ];
    for (column, id) in ids {
        if let Some(id) = id {
            sql.push(" AND ").push(column).push(" = ").bind(id);
        }
    }
    if filter.unassigned {
        sql.push(" AND a.assigned_to IS NULL");
    }
    if let Some(before) = filter.due_before {
        sql.push(" AND a.due_at < ").bind(before);
    }
    if let Some(after) = filter.due_after {
        sql.push(" AND a.due_at >= ").bind(after);
    }
    for word in base::text::fold(&filter.q).split(' ').filter(|word| !word.is_empty()) {
        // A folded word holds letters and digits only: nothing to escape.
        let pattern = format!("%{word}%");
        sql.push(" AND (a.title_key LIKE ").bind(pattern.clone());
        sql.push(" OR c.name_key LIKE ").bind(pattern).push(")");
    }
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

/// Counts the alerts the actor may see by status.
///
/// # Errors
/// The engine's.
pub async fn counts(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    filter: &Filter,
    now: DateTime<Utc>,
) -> Result<Counts> {
    let mut totals = [Total { value: 0, exact: true }; 3];
    for (total, status) in totals.iter_mut().zip(Status::ALL) {
        let filter = Filter { statuses: vec![status], ..filter.clone() };
        *total = count(conn, actor, &filter, now).await?;
    }
    let [in_progress, due, done] = totals;
    Ok(Counts { in_progress, due, done })
}

async fn count(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    filter: &Filter,
    now: DateTime<Utc>,
) -> Result<Total> {
    let mut sql = Sql::new("SELECT 1 FROM alerts a JOIN clients c ON c.id = a.client_id ");
    sql.push("WHERE a.deleted_at IS NULL");
    queries::visible(actor, &mut sql);
    apply(filter, &mut sql, now);
    Ok(Total::count(sql, conn).await?)
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
    count(conn, actor, &Filter { statuses: vec![Status::Due], ..Filter::default() }, now).await
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
