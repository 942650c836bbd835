//! What the rows of a table hold, judged by a few of them: how to search depends on it, never what
//! is found.

use base::db::Sql;
use sea_orm::{ConnectionTrait, DbErr};

use super::{Needles, Searched};

/// Rows looked at, spread over the table.
const ROWS: usize = 240;
/// Pieces a search asks the index for.
const PIECES: usize = 3;
/// A piece this many times as frequent as the rarest costs more to read than it spares.
const AS_FREQUENT: usize = 50;
/// Stands between two texts; folded texts hold no such character.
const BETWEEN: char = '\u{1f}';

/// The search texts of some rows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sample {
    texts: String,
    rows: usize,
}

/// Reads the search texts of rows spread over the whole table.
pub(crate) async fn sample(conn: &impl ConnectionTrait, of: Searched) -> Result<Sample, DbErr> {
    let table = of.table;
    let mut sql = Sql::new(format!(
        "WITH RECURSIVE ends (low, high) AS (SELECT (SELECT MIN(seq) FROM {table}), \
         (SELECT MAX(seq) FROM {table})), n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n \
         WHERE i < "
    ));
    sql.bind(i32::try_from(ROWS).unwrap_or(240) - 1).push(") SELECT string_agg(text, ");
    sql.bind(BETWEEN.to_string());
    sql.push(&format!(
        ") FROM (SELECT (SELECT t.search_text FROM {table} t WHERE t.seq >= low + \
         (high - low) * i / {ROWS} ORDER BY t.seq LIMIT 1) AS text FROM n CROSS JOIN ends) AS spread"
    ));
    let texts: Option<String> = sql.scalar::<Option<String>>(conn).await?.flatten();
    Ok(Sample::of(texts.unwrap_or_default()))
}

impl Sample {
    fn of(texts: String) -> Self {
        let rows = if texts.is_empty() { 0 } else { texts.matches(BETWEEN).count() + 1 };
        Self { texts, rows }
    }

    /// How many of the rows are as `holds` says.
    fn count(&self, holds: impl Fn(&str) -> bool) -> usize {
        if self.rows == 0 {
            0
        } else {
            self.texts.split(BETWEEN).filter(|text| holds(text)).count()
        }
    }

    fn matching(&self, all: &[Needles]) -> usize {
        self.count(|text| all.iter().all(|needles| needles.are_in(text)))
    }

    /// Whether so many rows match that reading them in some order soon meets a page of them.
    pub(crate) fn is_dense(&self, all: &[Needles]) -> bool {
        self.rows > 0 && self.matching(all) * 12 >= self.rows
    }

    /// Whether so many match that any rows will do.
    pub(crate) fn is_common(&self, all: &[Needles]) -> bool {
        self.rows > 0 && self.matching(all) * 3 >= self.rows
    }

    /// The pieces to ask the index for: the rarest, and others that are not too frequent beside it.
    /// Fewer pieces let more rows through, which are looked at anyway.
    pub(super) fn telling<'a>(&self, pieces: Vec<&'a str>) -> Vec<&'a str> {
        let mut counted: Vec<(usize, &str)> = pieces
            .into_iter()
            .map(|piece| (self.count(|text| text.contains(piece)), piece))
            .collect();
        counted.sort_by_key(|(count, _)| *count);
        let Some((rarest, _)) = counted.first().copied() else { return Vec::new() };
        counted.retain(|(count, _)| *count <= rarest.max(1) * AS_FREQUENT);
        counted.into_iter().take(PIECES).map(|(_, piece)| piece).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rarest_pieces_are_asked_for_and_never_those_everyone_has() {
        let texts: Vec<String> = (0..240).map(|n| format!("client{n:03} dupont")).collect();
        let sample = Sample::of(texts.join(&BETWEEN.to_string()));
        assert_eq!(sample.telling(vec!["cli", "t23", "ent", "239"]), ["239", "t23"]);
        assert_eq!(sample.telling(vec!["cli", "ent"]), ["cli", "ent"]);
        assert_eq!(sample.telling(Vec::new()), Vec::<&str>::new());
        let read = |typed| vec![Needles::read(typed).unwrap()];
        assert!(sample.is_common(&read("dupont")) && sample.is_dense(&read("t0")));
        assert!(!sample.is_dense(&read("t239")) && !sample.is_dense(&read("nobody")));
        assert!(!Sample::default().is_dense(&read("dupont")));
    }
}
