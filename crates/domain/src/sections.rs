//! Lists in the order of what their rows fall under: alerts of each person, attempts at each client,
//! orders of each status. A page is read part by part, each of which follows one index, so that it
//! costs the same at any depth.

use base::db::Sql;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Who rows fall under, by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, FromQueryResult)]
pub(crate) struct Head {
    /// Their name, folded.
    pub(crate) key: String,
    /// Which of that name.
    pub(crate) id: Uuid,
}

/// What a row falls under.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Under {
    /// Nothing: the list has no such order.
    #[default]
    Plain,
    /// One of a few values, by its number.
    Value(usize),
    /// Someone.
    Head(Head),
    /// Nobody. Those come last, whichever way the list goes.
    Nobody,
}

/// What is ordered so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// By the rows' own key alone.
    Plain,
    /// By that many values.
    Values(usize),
    /// By people's names.
    Heads,
    /// By a key that some rows lack: they fall under nobody.
    Lacking,
}

/// A part of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part<'a> {
    /// Everything.
    All,
    /// What has that value.
    Value(usize),
    /// What falls under one.
    One(&'a Head),
    /// What falls under those beyond that one; under all of them.
    Heads(Option<&'a Head>),
    /// What falls under nobody.
    Nobody,
}

/// The parts of a page in the order they are read, from what the row it starts beyond falls under.
/// Only the first of them starts beyond that row, and [`Part::Heads`] never does. `down`: read from
/// the greatest; `back`: towards the start of the list.
pub(crate) fn parts(kind: Kind, from: Option<&Under>, down: bool, back: bool) -> Vec<Part<'_>> {
    match (kind, from) {
        (Kind::Plain, _) => vec![Part::All],
        (Kind::Values(count), from) => {
            let first = match from {
                Some(Under::Value(value)) => *value,
                _ if down => count.saturating_sub(1),
                _ => 0,
            };
            let parts = if down { (0..=first).rev().collect() } else { (first..count).collect() };
            let parts: Vec<usize> = parts;
            parts.into_iter().map(Part::Value).collect()
        }
        (Kind::Heads, Some(Under::Head(head))) if back => {
            vec![Part::One(head), Part::Heads(Some(head))]
        }
        (Kind::Heads, Some(Under::Head(head))) => {
            vec![Part::One(head), Part::Heads(Some(head)), Part::Nobody]
        }
        (Kind::Lacking, Some(Under::Plain)) if back => vec![Part::All],
        (Kind::Lacking, Some(Under::Nobody)) if back => vec![Part::Nobody, Part::All],
        (Kind::Lacking, Some(Under::Nobody)) => vec![Part::Nobody],
        (Kind::Lacking, _) => vec![Part::All, Part::Nobody],
        (Kind::Heads, Some(_)) if back => vec![Part::Nobody, Part::Heads(None)],
        (Kind::Heads, Some(_)) => vec![Part::Nobody],
        (Kind::Heads, None) => vec![Part::Heads(None), Part::Nobody],
    }
}

/// How many people are looked up at once.
const PEOPLE: i64 = 8;

/// The next people beyond `after` by name who own something: `owned` is what follows `FROM`, up to
/// the column that names its owner. Fewer than asked for: there are no more.
pub(crate) async fn people(
    conn: &impl ConnectionTrait,
    owned: &str,
    after: Option<&Head>,
    down: bool,
) -> Result<(Vec<Head>, bool), DbErr> {
    let (beyond, order) = if down { (" < (", " DESC") } else { (" > (", " ASC") };
    let mut sql =
        Sql::new("SELECT u.name_key AS key, u.id FROM users u WHERE EXISTS (SELECT 1 FROM ");
    sql.push(owned).push(" = u.id)");
    if let Some(head) = after {
        sql.push(" AND (u.name_key, u.id)").push(beyond);
        sql.bind(head.key.clone()).push(", ").bind(head.id).push(")");
    }
    sql.push(" ORDER BY u.name_key").push(order).push(", u.id").push(order);
    sql.push(" LIMIT ").bind(PEOPLE);
    let heads: Vec<Head> = sql.all(conn).await?;
    let over = i64::try_from(heads.len()).is_ok_and(|count| count < PEOPLE);
    Ok((heads, over))
}

impl Under {
    /// Whether a row of that order can fall under it.
    pub(crate) fn fits(&self, kind: Kind) -> bool {
        match (self, kind) {
            (Self::Plain, Kind::Plain | Kind::Lacking)
            | (Self::Nobody, Kind::Heads | Kind::Lacking)
            | (Self::Head(_), Kind::Heads) => true,
            (Self::Value(value), Kind::Values(count)) => *value < count,
            _ => false,
        }
    }

    /// What a row of `part` falls under. `head` is the row's own.
    pub(crate) fn of(part: Part, head: impl FnOnce() -> Option<Head>) -> Self {
        match part {
            Part::All => Self::Plain,
            Part::Value(value) => Self::Value(value),
            Part::One(head) => Self::Head(head.clone()),
            Part::Heads(_) => head().map_or(Self::Nobody, Self::Head),
            Part::Nobody => Self::Nobody,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_goes_on_where_the_last_one_ended() {
        let head = Head { key: "awa".into(), id: Uuid::nil() };
        let under = Under::Head(head.clone());
        let forward = parts(Kind::Heads, Some(&under), false, false);
        assert_eq!(forward, [Part::One(&head), Part::Heads(Some(&head)), Part::Nobody]);
        let back = parts(Kind::Heads, Some(&under), true, true);
        assert_eq!(back, [Part::One(&head), Part::Heads(Some(&head))]);
        let back = parts(Kind::Heads, Some(&Under::Nobody), true, true);
        assert_eq!(back, [Part::Nobody, Part::Heads(None)]);
        let down = parts(Kind::Values(3), Some(&Under::Value(1)), true, false);
        assert_eq!(down, [Part::Value(1), Part::Value(0)]);
        let up = parts(Kind::Values(3), None, false, false);
        assert_eq!(up, [Part::Value(0), Part::Value(1), Part::Value(2)]);
    }
}
