//! Clients in the order of what they fall under: in business or not, who follows them, their first
//! label. The page's places come first, part by part, each along one index; then those rows alone.

use base::db::Sql;
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::condition::{Lead, push_all};
use super::sort::Fall;
use super::{Client, ClientFilter, Sort, rows};
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::paging::{Paged, read_cursor, write_cursor};
use crate::sections::{Head, Part, Under, parts, people};

/// A place in such a list.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Position {
    /// The order it is a place of.
    s: String,
    u: Under,
    i: i64,
    id: Uuid,
    at: DateTime<Utc>,
    /// Read towards the start.
    b: bool,
}

#[derive(FromQueryResult)]
struct Spot {
    seq: i64,
    id: Uuid,
    created_at: DateTime<Utc>,
    head_key: Option<String>,
    head_id: Option<Uuid>,
}

/// How a page is read.
pub(super) struct Walk<'a> {
    pub(super) actor: &'a Actor,
    pub(super) filter: &'a ClientFilter,
    pub(super) sort: Sort,
    pub(super) fall: Fall,
    /// So few match that they are better gathered, then ordered.
    pub(super) few: bool,
    pub(super) now: DateTime<Utc>,
    /// The centres whose index is followed each by itself.
    pub(super) branches: &'a [Option<Uuid>],
}

impl Walk<'_> {
    /// A page.
    ///
    /// # Errors
    /// A cursor of another order; the engine's.
    pub(super) async fn page(
        &self,
        conn: &impl ConnectionTrait,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<Paged<Client>> {
        let position = cursor.map(read_cursor::<Position>).transpose()?;
        let (name, kind) = (self.sort.name(), self.fall.kind());
        if position.as_ref().is_some_and(|p| p.s != name || !p.u.fits(kind)) {
            return Err(Error::invalid("cursor", "unreadable-cursor"));
        }
        let back = position.as_ref().is_some_and(|p| p.b);
        let down = self.sort.reads_down(back);
        let under = position.as_ref().map(|p| &p.u);
        let mut places: Vec<Position> = Vec::new();
        for (index, part) in parts(kind, under, down, back).into_iter().enumerate() {
            let from = position.as_ref().filter(|_| index == 0);
            let wanted = limit + 1 - places.len();
            let found = match part {
                Part::Heads(after) if self.is_led() => {
                    self.by_person(conn, after, down, wanted).await?
                }
                _ => self.places(conn, part, from, down, wanted).await?,
            };
            places.extend(found.into_iter().map(|(u, spot)| Position {
                s: name.clone(),
                u,
                i: spot.seq,
                id: spot.id,
                at: spot.created_at,
                b: false,
            }));
            if places.len() > limit {
                break;
            }
        }
        let more = places.len() > limit;
        places.truncate(limit);
        if back {
            places.reverse();
        }
        let (before, after) = if back { (more, true) } else { (position.is_some(), more) };
        let cursor = |place: &Position, b: bool| write_cursor(&Position { b, ..place.clone() });
        Ok(Paged {
            next: places.last().filter(|_| after).map(|place| cursor(place, false)),
            previous: places.first().filter(|_| before).map(|place| cursor(place, true)),
            rows: self.rows(conn, &places).await?,
        })
    }

    async fn rows(&self, conn: &impl ConnectionTrait, places: &[Position]) -> Result<Vec<Client>> {
        let mut sql = Sql::new("");
        rows::push_select(&mut sql, conn.get_database_backend(), self.actor, |_| ());
        sql.push(" WHERE c.seq IN ").bind_list(places.iter().map(|place| place.i));
        let mut rows = rows::read(conn, sql).await?;
        rows.sort_by_key(|row| places.iter().position(|place| place.i == row.seq));
        Ok(rows)
    }

    async fn places(
        &self,
        conn: &impl ConnectionTrait,
        part: Part<'_>,
        from: Option<&Position>,
        down: bool,
        limit: usize,
    ) -> Result<Vec<(Under, Spot)>> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let (order, beyond) = if down { (" DESC", " < (") } else { (" ASC", " > (") };
        let by_heads = matches!(part, Part::Heads(_));
        let keys = self.fall.keys(part);
        let mut sql = Sql::new("");
        // Only what leads to values starts with the centre.
        let branches = if matches!(part, Part::Value(_)) { self.branches } else { &[None] };
        for (index, center) in branches.iter().enumerate() {
            sql.push(if index > 0 { " UNION ALL " } else { "" });
            sql.push("SELECT * FROM (SELECT c.seq, c.id, c.created_at, ");
            self.fall.push_from(&mut sql, self.actor, part, self.few);
            self.push_conditions(conn, &mut sql, *center).await?;
            self.fall.push_part(&mut sql, part, beyond);
            if let Some(position) = from.filter(|_| !by_heads) {
                sql.push(" AND (").push(&keys.join(", ")).push(")").push(beyond);
                for (index, key) in keys.iter().enumerate() {
                    sql.push(if index > 0 { ", " } else { "" });
                    match *key {
                        "c.created_at" => sql.bind(position.at),
                        "c.seq" => sql.bind(position.i),
                        _ => sql.bind(position.id),
                    };
                }
                sql.push(")");
            }
            sql.push(" ORDER BY ");
            if by_heads {
                sql.push(&format!("head_key{order}, head_id{order}, "));
            }
            sql.push(&keys.join(&format!("{order}, "))).push(order);
            sql.push(" LIMIT ").bind(limit).push(") AS part");
        }
        sql.push(" ORDER BY ");
        if by_heads {
            sql.push(&format!("head_key{order}, head_id{order}, "));
        }
        let own: Vec<&str> = keys.iter().map(|key| self.fall.own_name(key)).collect();
        sql.push(&own.join(&format!("{order}, "))).push(order);
        sql.push(" LIMIT ").bind(limit);
        let spots: Vec<Spot> = sql.all(conn).await?;
        let under = |spot: &Spot| {
            Under::of(part, || Some(Head { key: spot.head_key.clone()?, id: spot.head_id? }))
        };
        Ok(spots.into_iter().map(|spot| (under(&spot), spot)).collect())
    }

    /// Whether those who follow clients are gone through one by one.
    fn is_led(&self) -> bool {
        self.fall == Fall::Assignee && !self.few
    }

    /// Who is followed by the people beyond `after`, each by their own index.
    async fn by_person(
        &self,
        conn: &impl ConnectionTrait,
        after: Option<&Head>,
        down: bool,
        limit: usize,
    ) -> Result<Vec<(Under, Spot)>> {
        const OWNED: &str = "clients c WHERE c.assigned_to IS NOT NULL AND c.assigned_to";
        let (mut spots, mut after) = (Vec::new(), after.cloned());
        loop {
            let (heads, over) = people(conn, OWNED, after.as_ref(), down).await?;
            for head in &heads {
                let left = limit - spots.len();
                spots.extend(self.places(conn, Part::One(head), None, down, left).await?);
                if spots.len() >= limit {
                    return Ok(spots);
                }
            }
            if over {
                return Ok(spots);
            }
            after = heads.last().cloned();
        }
    }

    async fn push_conditions(
        &self,
        conn: &impl ConnectionTrait,
        sql: &mut Sql,
        center: Option<Uuid>,
    ) -> Result<()> {
        if let Some(center) = center {
            sql.push(" AND c.call_center_id = ").bind(center);
        }
        if self.few {
            sql.push(" AND c.seq IN (SELECT c.seq FROM clients c WHERE 1 = 1");
            push_all(conn, sql, Lead::Condition, self.actor, self.filter, self.now).await?;
            sql.push(")");
        } else {
            push_all(conn, sql, Lead::Order, self.actor, self.filter, self.now).await?;
        }
        Ok(())
    }
}
