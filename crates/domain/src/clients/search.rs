//! Finding clients by any part of what is known of them. The only file here that forks by engine.
//!
//! Each client's `search_text` holds its folded fields; `client_grams` indexes the pieces of two
//! and three letters of it. A query's pieces narrow the candidates, `LIKE` decides.

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

    /// Appends ` AND c.seq IN (…)`: the clients that hold every piece of one of them. Nothing,
    /// and `false`, when a needle is too short to have pieces.
    pub(super) fn push_candidates(&self, sql: &mut Sql, backend: DbBackend) -> bool {
        let pieces: Vec<Vec<&str>> = self.0.iter().map(|needle| query_grams(needle)).collect();
        if pieces.is_empty() || pieces.iter().any(Vec::is_empty) {
            return false;
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
        true
    }
}

/// `LIKE` without its wildcards.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// A piece as one word of an index that would cut it at spaces and signs: its bytes in
/// hexadecimal.
fn token(gram: &str) -> String {
    let mut word = String::with_capacity(2 * gram.len() + 1);
    push_token(gram, &mut word);
    word
}

fn push_token(gram: &str, words: &mut String) {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    words.push('x');
    for byte in gram.bytes() {
        words.push(DIGITS[usize::from(byte >> 4)]);
        words.push(DIGITS[usize::from(byte & 15)]);
    }
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

/// The pieces of each line of a search text, as the index of `engine` takes them.
fn indexed(engine: Engine, text: &str) -> String {
    let grams = ngrams(text);
    match engine {
        Engine::Postgres => array(&grams),
        Engine::Sqlite => grams.into_iter().fold(String::new(), |mut words, gram| {
            push_token(gram, &mut words);
            words.push(' ');
            words
        }),
    }
}

/// Texts from which cutting them up is worth a thread of its own.
const MANY: usize = 20;

/// Cuts search texts up for the index. With many of them it starts at once, beside whatever the
/// caller does before it waits.
pub(super) fn pieces_of(
    engine: Engine,
    texts: Vec<String>,
) -> impl Future<Output = Result<Vec<String>, DbErr>> {
    let aside = texts.len() >= MANY;
    let cut = move || texts.iter().map(|text| indexed(engine, text)).collect::<Vec<_>>();
    let work = if aside { Ok(tokio::task::spawn_blocking(cut)) } else { Err(cut) };
    async move {
        match work {
            Ok(begun) => begun.await.map_err(|error| DbErr::Custom(error.to_string())),
            Err(cut) => Ok(cut()),
        }
    }
}

/// Writes the pieces of new clients into the index.
pub(super) async fn insert(tx: &Tx, rows: Vec<(i64, String)>) -> Result<(), DbErr> {
    let cast = match tx.engine() {
        Engine::Sqlite => ("", ")"),
        Engine::Postgres => ("CAST(", " AS TEXT[]))"),
    };
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let mut sql = Sql::new("INSERT INTO client_grams (rowid, grams) VALUES ");
        for (index, (seq, grams)) in rows.by_ref().take(CHUNK).enumerate() {
            sql.push(if index > 0 { ", (" } else { "(" }).bind(seq).push(", ");
            sql.push(cast.0).bind(grams).push(cast.1);
        }
        sql.later(tx).await?;
    }
    Ok(())
}

/// Indexes a client's search text anew.
pub(super) async fn replace(tx: &Tx, seq: i64, text: String) -> Result<(), DbErr> {
    forget(tx, vec![seq]).await?;
    insert(tx, vec![(seq, indexed(tx.engine(), &text))]).await
}

async fn forget(tx: &Tx, seqs: Vec<i64>) -> Result<(), DbErr> {
    let mut sql = Sql::new("DELETE FROM client_grams WHERE rowid IN ");
    sql.bind_list(seqs);
    sql.later(tx).await?;
    Ok(())
}

/// Whether many of the latest clients match: then reading them in order finds a page sooner than
/// the index does. Only how to search depends on it, never what is found.
pub(super) async fn is_dense(
    conn: &impl ConnectionTrait,
    needles: &Needles,
) -> Result<bool, DbErr> {
    const SAMPLE: i64 = 400;
    let mut sql = Sql::new("SELECT COUNT(*) FROM (SELECT search_text FROM clients ");
    sql.push("ORDER BY seq DESC LIMIT ").bind(SAMPLE).push(") AS c WHERE 1 = 1");
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
