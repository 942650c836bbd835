//! Finding clients by any part of what is known of them. The only file here that forks by engine.
//!
//! Each client's `search_text` holds its folded fields; `client_grams` indexes the pieces of two
//! and three letters of it. A query's pieces narrow the candidates, `LIKE` decides.

use std::fmt::Write as _;

use base::db::{Engine, Sql, Tx};
use base::phone;
use base::text::{fold, fold_keep, ngrams, query_grams};
use sea_orm::{ConnectionTrait, DbBackend, DbErr};

/// Rows of search text indexed in one statement.
const CHUNK: usize = 500;

/// What a typed query looks for: any of these texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Needles(Vec<String>);

impl Needles {
    /// Reads what was typed; `None` when nothing searchable was.
    pub(super) fn read(typed: &str) -> Option<Self> {
        let typed = typed.trim();
        if typed.is_empty() {
            return None;
        }
        let folded = fold(typed);
        let mut needles = vec![fold_keep(typed), folded.clone()];
        if !typed.contains(char::is_whitespace) {
            // Punctuation folded to a gap: `N'Diaye` also finds `Ndiaye`.
            needles.push(folded.replace(' ', ""));
        }
        needles.extend(phone::query_digits(typed));
        needles.retain(|needle| !needle.is_empty());
        needles.sort();
        needles.dedup();
        Some(Self(needles))
    }

    /// Appends ` AND (…)`: the text of `c` holds one of them.
    pub(super) fn push_like(&self, sql: &mut Sql) {
        if self.0.is_empty() {
            // Only signs that no field keeps.
            sql.push(" AND 1 = 0");
            return;
        }
        sql.push(" AND (");
        for (index, needle) in self.0.iter().enumerate() {
            let pattern = format!("%{}%", escaped(needle));
            sql.push(if index > 0 { " OR " } else { "" });
            sql.push("c.search_text LIKE ").bind(pattern).push(" ESCAPE '\\'");
        }
        sql.push(")");
    }

    /// Appends ` AND c.seq IN (…)`: the clients that hold every piece of one of them. Nothing
    /// when a needle is too short to have pieces.
    pub(super) fn push_candidates(&self, sql: &mut Sql, backend: DbBackend) {
        let pieces: Vec<Vec<&str>> = self.0.iter().map(|needle| query_grams(needle)).collect();
        if pieces.is_empty() || pieces.iter().any(Vec::is_empty) {
            return;
        }
        sql.push(" AND c.seq IN (SELECT rowid FROM client_grams WHERE ");
        if backend == DbBackend::Postgres {
            for (index, grams) in pieces.iter().enumerate() {
                sql.push(if index > 0 { " OR " } else { "" });
                sql.push("grams @> CAST(").bind(array(grams)).push(" AS TEXT[])");
            }
        } else {
            let all = |grams: &Vec<&str>| {
                grams.iter().map(|gram| token(gram)).collect::<Vec<_>>().join(" AND ")
            };
            let any = pieces.iter().map(|grams| format!("({})", all(grams))).collect::<Vec<_>>();
            sql.push("client_grams MATCH ").bind(any.join(" OR "));
        }
        sql.push(")");
    }
}

/// `LIKE` without its wildcards.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// A piece as one word of an index that would cut it at spaces and signs.
fn token(gram: &str) -> String {
    gram.bytes().fold("x".to_owned(), |mut word, byte| {
        // Writing to a String cannot fail.
        let _ = write!(word, "{byte:02x}");
        word
    })
}

/// A PostgreSQL array literal. Pieces hold no quote and no backslash once folded, but a comma
/// or a brace must not end one.
fn array(grams: &[&str]) -> String {
    let quoted: Vec<String> = grams
        .iter()
        .map(|gram| format!("\"{}\"", gram.replace('\\', "\\\\").replace('"', "\\\"")))
        .collect();
    format!("{{{}}}", quoted.join(","))
}

/// Pieces of each line of a search text.
fn pieces(text: &str) -> Vec<&str> {
    let mut grams: Vec<&str> = text.lines().flat_map(ngrams).collect();
    grams.sort_unstable();
    grams.dedup();
    grams
}

/// Indexes the search texts of these clients, replacing what was indexed.
pub(super) async fn index(tx: &Tx, texts: &[(i64, &str)], fresh: bool) -> Result<(), DbErr> {
    if !fresh {
        forget(tx, texts.iter().map(|(seq, _)| *seq).collect()).await?;
    }
    for chunk in texts.chunks(CHUNK) {
        let mut sql = Sql::new("INSERT INTO client_grams (rowid, grams) VALUES ");
        for (index, (seq, text)) in chunk.iter().enumerate() {
            sql.push(if index > 0 { ", (" } else { "(" }).bind(*seq).push(", ");
            let grams = pieces(text);
            match tx.engine() {
                Engine::Sqlite => {
                    let words: Vec<String> = grams.into_iter().map(token).collect();
                    sql.bind(words.join(" "))
                }
                Engine::Postgres => sql.push("CAST(").bind(array(&grams)).push(" AS TEXT[])"),
            };
            sql.push(")");
        }
        sql.execute(tx).await?;
    }
    Ok(())
}

async fn forget(tx: &Tx, seqs: Vec<i64>) -> Result<(), DbErr> {
    let mut sql = Sql::new("DELETE FROM client_grams WHERE rowid IN ");
    sql.bind_list(seqs);
    sql.execute(tx).await?;
    Ok(())
}

/// Whether many of the first clients of a scan match: then reading them in order finds a page
/// sooner than the index does.
pub(super) async fn is_dense(
    conn: &impl ConnectionTrait,
    needles: &Needles,
    scope: impl Fn(&mut Sql),
) -> Result<bool, DbErr> {
    const SAMPLE: i64 = 400;
    let mut sql = Sql::new("SELECT COUNT(*) FROM (SELECT search_text FROM clients c WHERE 1 = 1");
    scope(&mut sql);
    sql.push(" ORDER BY c.seq DESC LIMIT ").bind(SAMPLE).push(") AS c WHERE 1 = 1");
    needles.push_like(&mut sql);
    let found: i64 = sql.scalar(conn).await?.unwrap_or(0);
    Ok(found * 12 >= SAMPLE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_is_looked_for_by_its_digits_and_a_name_with_and_without_its_gap() {
        let Needles(needles) = Needles::read("+33 (0)6 12 34").unwrap();
        assert!(
            needles.contains(&"33612".to_owned()) || needles.iter().any(|n| n.contains("3361234")),
            "{needles:?}"
        );
        let Needles(needles) = Needles::read("N’Diaye").unwrap();
        assert_eq!(needles, ["n diaye", "ndiaye"]);
        assert_eq!(Needles::read("  "), None);
        assert_eq!(escaped("50%_\\"), "50\\%\\_\\\\");
    }
}
