//! Lists: keyset pages, counts.

use base::db::Sql;

use super::sort::{Column, Place};
use super::*;
use crate::actor::Role;
use crate::paging::{MAX_LIMIT, Paged, Total, read_cursor, write_cursor};
use crate::search::aside;
use crate::sections::{Head, Part, Under, parts, people};

#[derive(Serialize, Deserialize)]
struct Position {
    sort: String,
    place: Place,
    id: Uuid,
    /// The page before this row instead of after it.
    back: bool,
    #[serde(default)]
    under: Under,
}

#[derive(FromQueryResult)]
struct Row {
    #[sea_orm(nested)]
    alert: Alert,
    title_key: String,
    name_key: String,
    head_key: Option<String>,
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
    let (name, kind) = (sort.name(), sort.column.kind());
    let fits = |p: &Position| p.sort == name && p.place.fits(sort) && p.under.fits(kind);
    if !position.as_ref().is_none_or(fits) {
        return Err(Error::invalid("cursor", "unreadable-cursor"));
    }
    let back = position.as_ref().is_some_and(|p| p.back);
    let walk = Walk { actor, search, sort, ascending: sort.descending == back };
    let limit = limit.clamp(1, MAX_LIMIT) as usize;
    let under = position.as_ref().map(|p| &p.under);
    let mut rows: Vec<(Under, Row)> = Vec::new();
    for (index, part) in parts(kind, under, !walk.ascending, back).into_iter().enumerate() {
        let from = position.as_ref().filter(|_| index == 0);
        let wanted = limit + 1 - rows.len();
        rows.extend(match part {
            Part::Heads(after) if walk.is_led() => walk.by_person(conn, after, wanted).await?,
            _ => walk.read(conn, part, from, wanted).await?,
        });
        if rows.len() > limit {
            break;
        }
    }
    let more = rows.len() > limit;
    rows.truncate(limit);
    if back {
        rows.reverse();
    }
    let cursor = |row: Option<&(Under, Row)>, back: bool| {
        row.map(|(under, Row { alert, title_key, name_key, .. })| {
            let place = Place::of(alert, (title_key.clone(), name_key.clone()), sort);
            let (sort, under) = (name.clone(), under.clone());
            write_cursor(&Position { sort, place, id: alert.id, back, under })
        })
    };
    let has_next = if back { true } else { more };
    let has_previous = if back { more } else { position.is_some() };
    let next = cursor(rows.last(), false).filter(|_| has_next);
    let previous = cursor(rows.first(), true).filter(|_| has_previous);
    Ok(Paged { rows: rows.into_iter().map(|(_, row)| row.alert).collect(), next, previous })
}

/// How a page is read.
struct Walk<'a> {
    actor: &'a Actor,
    search: &'a Search,
    sort: Sort,
    ascending: bool,
}

impl Walk<'_> {
    /// Whether people are gone through one by one. Where most of their alerts are out of sight, or
    /// few are asked for, those that match are gathered and then ordered.
    fn is_led(&self) -> bool {
        self.actor.is_admin() && !self.search.is_narrow()
    }

    /// What falls under the people beyond `after`, each by their own index.
    async fn by_person(
        &self,
        conn: &impl ConnectionTrait,
        after: Option<&Head>,
        limit: usize,
    ) -> Result<Vec<(Under, Row)>> {
        let owned = match self.sort.column {
            Column::Author => "alerts a WHERE a.deleted_at IS NULL AND a.created_by",
            _ => "alerts a WHERE a.deleted_at IS NULL AND a.assigned_to",
        };
        let (mut rows, mut after) = (Vec::new(), after.cloned());
        loop {
            let (heads, over) = people(conn, owned, after.as_ref(), !self.ascending).await?;
            for head in &heads {
                rows.extend(self.read(conn, Part::One(head), None, limit - rows.len()).await?);
                if rows.len() >= limit {
                    return Ok(rows);
                }
            }
            if over {
                return Ok(rows);
            }
            after = heads.last().cloned();
        }
    }

    /// `limit` rows of one part, in the order they are read.
    async fn read(
        &self,
        conn: &impl ConnectionTrait,
        part: Part<'_>,
        from: Option<&Position>,
        limit: usize,
    ) -> Result<Vec<(Under, Row)>> {
        let (column, (owner, alias)) = (self.sort.column.sql(), self.sort.column.head());
        let of_status = match part {
            Part::Value(index) => Status::ALL.get(index),
            _ => None,
        };
        if of_status.is_some_and(|status| !self.search.is_asked(*status)) {
            return Ok(Vec::new());
        }
        let narrowed = of_status.map(|status| self.search.of_statuses(vec![*status]));
        let search = narrowed.as_ref().unwrap_or(self.search);
        // The keys ride along so that the next cursor needs no second read.
        let keys = format!(", a.title_key, c.name_key, {alias}.name_key AS head_key");
        let by_heads = matches!(part, Part::Heads(_));
        let order = if self.ascending { " ASC" } else { " DESC" };
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let ways = self.ways(part);
        let mut sql = Sql::new("");
        for (index, way) in ways.iter().enumerate() {
            let mut one = queries::select_with(&keys);
            one.push(search.join()).push("WHERE a.deleted_at IS NULL");
            way.push(&mut one, search, self.actor);
            self.push_part(&mut one, part, owner, alias);
            if let Some(position) = from.filter(|_| !by_heads) {
                one.push(" AND (").push(column).push(", a.id)").push(self.beyond());
                one.bind(position.place.value()).push(", ").bind(position.id).push(")");
            }
            one.push(" ORDER BY ");
            if by_heads {
                one.push(&format!("{alias}.name_key{order}, {alias}.id{order}, "));
            }
            one.push(column).push(order).push(", a.id").push(order).push(" LIMIT ").bind(limit);
            if ways.len() > 1 {
                one.wrap("SELECT * FROM (", &format!(") AS way{index}"));
            }
            sql.push(if index > 0 { " UNION ALL " } else { "" }).append(one);
        }
        if ways.len() > 1 {
            sql.push(&format!(" ORDER BY due_at{order}, id{order} LIMIT ")).bind(limit);
        }
        let rows: Vec<Row> = sql.all(conn).await?;
        Ok(rows.into_iter().map(|row| (self.under(part, &row), row)).collect())
    }

    /// The ways to the rows of a part, each of which follows one index. In the order of due
    /// instants those done and those not have an index each, and so have one's own alerts and those
    /// one made for others: one read of them all would order a million to show a page.
    fn ways(&self, part: Part<'_>) -> Vec<Way> {
        let by_due = self.sort.column == Column::DueAt && matches!(part, Part::All);
        if !by_due || self.search.is_narrow() {
            return vec![Way::default()];
        }
        let open = self.search.is_asked(Status::InProgress) || self.search.is_asked(Status::Due);
        let done = self.search.is_asked(Status::Done);
        if self.actor.role == Role::Agent {
            let half = if done { None } else { Some(Half::Open) };
            return [Whose::Own, Whose::MadeForOthers]
                .map(|whose| Way { half, whose: Some(whose) })
                .to_vec();
        }
        let halves = [(open, Half::Open), (done, Half::Done)];
        let asked = halves.into_iter().filter_map(|(asked, half)| asked.then_some(half));
        asked.map(|half| Way { half: Some(half), whose: None }).collect()
    }

    fn push_part(&self, sql: &mut Sql, part: Part<'_>, owner: &str, alias: &str) {
        match part {
            Part::All | Part::Value(_) => {}
            Part::One(head) => drop(sql.push(" AND ").push(owner).push(" = ").bind(head.id)),
            Part::Nobody => drop(sql.push(" AND ").push(owner).push(" IS NULL")),
            Part::Heads(None) => drop(sql.push(&format!(" AND {alias}.id IS NOT NULL"))),
            Part::Heads(Some(head)) => {
                sql.push(&format!(" AND ({alias}.name_key, {alias}.id)")).push(self.beyond());
                sql.bind(head.key.clone()).push(", ").bind(head.id).push(")");
            }
        }
    }

    fn beyond(&self) -> &'static str {
        if self.ascending { " > (" } else { " < (" }
    }

    fn under(&self, part: Part<'_>, row: &Row) -> Under {
        let alert = &row.alert;
        let is_author = self.sort.column == Column::Author;
        let id = if is_author { alert.created_by } else { alert.assigned_to };
        Under::of(part, || Some(Head { key: row.head_key.clone()?, id: id? }))
    }
}

/// What an index holds of the alerts there are.
#[derive(Clone, Copy, Debug, Default)]
struct Way {
    half: Option<Half>,
    whose: Option<Whose>,
}

#[derive(Clone, Copy, Debug)]
enum Half {
    Open,
    Done,
}

#[derive(Clone, Copy, Debug)]
enum Whose {
    Own,
    MadeForOthers,
}

impl Way {
    /// Appends ` AND …`: what `search` asks for, as far as it lies on this way.
    fn push(self, sql: &mut Sql, search: &Search, actor: &Actor) {
        match self.half {
            Some(Half::Open) => drop(sql.push(" AND a.completed_at IS NULL")),
            Some(Half::Done) => drop(sql.push(" AND a.completed_at IS NOT NULL")),
            None => {}
        }
        let me = actor.user_id.unwrap_or_default();
        match self.whose {
            None => return search.push(sql, actor),
            Some(Whose::Own) => sql.push(" AND a.assigned_to = ").bind(me),
            Some(Whose::MadeForOthers) => {
                sql.push(" AND a.assigned_to IS DISTINCT FROM a.created_by AND a.created_by = ");
                sql.bind(me)
            }
        };
        aside(sql, |sql| search.push(sql, actor));
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
