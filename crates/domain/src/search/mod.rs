//! Finding rows by any part of what is known of them. The only folder here that forks by engine.
//!
//! Each row's `search_text` holds its folded fields, one to a line; the index beside its table
//! holds its pieces of three letters ([`base::text::Gram`]). A query's pieces narrow the candidates,
//! `LIKE` decides.

mod sample;

use base::db::{Engine, Sql, Tx};
use base::phone;
use base::text::{Gram, fold, fold_keep, grams, query_pieces};
use sea_orm::{ConnectionTrait, DbBackend, DbErr};

pub(crate) use sample::{Sample, sample};

/// Rows of search text indexed in one statement.
const CHUNK: usize = 2_000;

/// Up to that many matches, they are collected and sorted; past it, one is met soon enough by
/// reading in order. Also as far as a search is counted.
pub(crate) const FEW: i64 = 2_000;

/// A table with `seq` and `search_text`, what its statements call it, and its index.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Searched {
    table: &'static str,
    alias: &'static str,
    index: &'static str,
}

/// Clients, `c`.
pub(crate) const CLIENTS: Searched =
    Searched { table: "clients", alias: "c", index: "client_grams" };
/// Orders, `o`.
pub(crate) const ORDERS: Searched = Searched { table: "orders", alias: "o", index: "order_grams" };
/// What alerts say, `t`.
pub(crate) const ALERT_TEXTS: Searched =
    Searched { table: "alert_texts", alias: "t", index: "alert_grams" };

/// What a typed query looks for: any of these texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Needles(Vec<String>);

impl Needles {
    /// Reads what was typed; `None` when nothing was.
    pub(crate) fn read(typed: &str) -> Option<Self> {
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

    /// Reads each word by itself, but a phone as one; signs alone are no word. `None` when nothing
    /// was typed.
    pub(crate) fn words(typed: &str) -> Option<Vec<Self>> {
        let whole = Self::read(typed)?;
        if phone::query_digits(typed).is_some() {
            return Some(vec![whole]);
        }
        let words = typed.split_whitespace().filter_map(Self::read);
        Some(words.filter(|needles| !needles.0.is_empty()).collect())
    }

    /// The length of the shortest: the longer, the fewer rows hold it.
    pub(crate) fn length(&self) -> usize {
        self.0.iter().map(String::len).min().unwrap_or(0)
    }

    /// Appends ` AND (…)`: the text of `of` holds one of them.
    pub(crate) fn push_like(&self, sql: &mut Sql, of: Searched) {
        sql.push(" AND ");
        self.push_condition(sql, of);
    }

    /// Appends `(…)`: as [`Needles::push_like`], for conditions of several.
    pub(crate) fn push_condition(&self, sql: &mut Sql, of: Searched) {
        if self.0.is_empty() {
            // Only signs that no field keeps.
            sql.push("(1 = 0)");
            return;
        }
        for (index, needle) in self.0.iter().enumerate() {
            let pattern = format!("%{}%", escaped(needle));
            sql.push(if index > 0 { " OR " } else { "(" }).push(of.alias);
            sql.push(".search_text LIKE ").bind(pattern).push(" ESCAPE '\\'");
        }
        sql.push(")");
    }

    /// Appends ` AND x.seq IN (…)`: see [`push_candidates`].
    pub(crate) fn push_candidates(
        &self,
        sql: &mut Sql,
        of: Searched,
        sample: &Sample,
        backend: DbBackend,
    ) -> bool {
        push_candidates(std::slice::from_ref(self), sql, of, sample, backend)
    }

    /// Whether `text`, a search text, holds one of them.
    fn are_in(&self, text: &str) -> bool {
        self.0.iter().any(|needle| text.contains(needle.as_str()))
    }
}

/// Appends ` AND x.seq IN (…)`: the rows that hold the telling pieces of one text of each of `all`.
/// Those too short to have pieces narrow nothing; nothing is appended, and `false` returned, when
/// all are.
pub(crate) fn push_candidates(
    all: &[Needles],
    sql: &mut Sql,
    of: Searched,
    sample: &Sample,
    backend: DbBackend,
) -> bool {
    let pieces = pieces_of_all(all, sample);
    if pieces.is_empty() {
        return false;
    }
    sql.push(&format!(" AND {}.seq IN (SELECT rowid FROM {} WHERE ", of.alias, of.index));
    push_match(sql, &pieces, of, backend);
    sql.push(")");
    true
}

/// Of each query that is long enough to have any: the telling pieces of each text it looks for.
fn pieces_of_all<'a>(all: &'a [Needles], sample: &Sample) -> Vec<Vec<Vec<&'a str>>> {
    let telling = |needle: &'a String| sample.telling(query_pieces(needle));
    all.iter()
        .map(|Needles(needles)| needles.iter().map(telling).collect())
        .filter(|pieces: &Vec<Vec<&str>>| !pieces.is_empty() && !pieces.iter().any(Vec::is_empty))
        .collect()
}

/// Appends what rows of the index meet that hold every piece of one text of each query.
fn push_match(sql: &mut Sql, all: &[Vec<Vec<&str>>], of: Searched, backend: DbBackend) {
    if backend == DbBackend::Postgres {
        for (word, pieces) in all.iter().enumerate() {
            sql.push(if word > 0 { " AND (" } else { "(" });
            for (index, pieces) in pieces.iter().enumerate() {
                sql.push(if index > 0 { " OR (" } else { "(" });
                push_array_match(sql, pieces);
                sql.push(")");
            }
            sql.push(")");
        }
    } else {
        let any = |piece: &&str| {
            let words: Vec<String> = Gram::all_of(piece).into_iter().map(word).collect();
            format!("({})", words.join(" OR "))
        };
        let every = |pieces: &Vec<&str>| pieces.iter().map(any).collect::<Vec<_>>().join(" AND ");
        let one = |pieces: &Vec<Vec<&str>>| {
            let texts = pieces.iter().map(|pieces| format!("({})", every(pieces)));
            format!("({})", texts.collect::<Vec<_>>().join(" OR "))
        };
        let queries: Vec<String> = all.iter().map(one).collect();
        sql.push(of.index).push(" MATCH ").bind(queries.join(" AND "));
    }
}

/// The same of one text, for an array of numbers: all of those that are one piece, one of those that
/// begin with two letters.
fn push_array_match(sql: &mut Sql, pieces: &[&str]) {
    let (single, several): (Vec<_>, Vec<_>) =
        pieces.iter().map(|piece| Gram::all_of(piece)).partition(|grams| grams.len() == 1);
    let mut first = true;
    let mut condition = |operator: &str, grams: &[Gram]| {
        sql.push(if std::mem::take(&mut first) { "grams" } else { " AND grams" });
        sql.push(operator).push("CAST(").bind(array(grams)).push(" AS INT[])");
    };
    if !single.is_empty() {
        condition(" @> ", &single.concat());
    }
    for grams in several {
        condition(" && ", &grams);
    }
}

/// Starts `SELECT {what} FROM …`: the rows that hold all of `all`, and through `join` what hangs on
/// them. Continue with ` AND …`; rows come as they are found, so that a `LIMIT` ends the search.
pub(crate) async fn select(
    conn: &impl ConnectionTrait,
    of: Searched,
    all: &[Needles],
    what: &str,
    join: &str,
) -> Result<Sql, DbErr> {
    let sample = sample(conn, of).await?;
    let pieces = pieces_of_all(all, &sample);
    let mut sql = Sql::new(format!("SELECT {what} FROM "));
    if pieces.is_empty() || sample.is_common(all) {
        sql.push(&format!("{} {}{join} WHERE 1 = 1", of.table, of.alias));
    } else {
        // CROSS JOIN keeps SQLite from starting at the other end.
        let Searched { table, alias, index } = of;
        sql.push(&format!("{index} CROSS JOIN {table} {alias}{join} WHERE "));
        push_match(&mut sql, &pieces, of, conn.get_database_backend());
        sql.push(&format!(" AND {alias}.seq = {index}.rowid"));
    }
    aside(&mut sql, |sql| {
        for needles in all {
            needles.push_like(sql, of);
        }
    });
    Ok(sql)
}

/// `LIKE` without its wildcards.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// A piece as one word of an index that would cut it at spaces and signs: its number, in 36 digits.
fn word(gram: Gram) -> String {
    let mut word = String::with_capacity(6);
    push_word(gram, &mut word);
    word
}

fn push_word(Gram(number): Gram, words: &mut String) {
    const DIGITS: &[u8; 36] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut digits = [0; 6];
    let (mut at, mut rest) = (digits.len(), number.unsigned_abs());
    while at > 0 {
        at -= 1;
        digits[at] = DIGITS[(rest % 36) as usize];
        rest /= 36;
        if rest == 0 {
            break;
        }
    }
    words.extend(digits[at..].iter().copied().map(char::from));
}

/// A PostgreSQL array literal.
fn array(grams: &[Gram]) -> String {
    let numbers: Vec<String> = grams.iter().map(|gram| gram.0.to_string()).collect();
    format!("{{{}}}", numbers.join(","))
}

/// The pieces of each line of a search text, as the index of `engine` takes them.
pub(crate) fn indexed(engine: Engine, text: &str) -> String {
    let grams = grams(text);
    match engine {
        Engine::Postgres => array(&grams),
        Engine::Sqlite => grams.into_iter().fold(String::new(), |mut words, gram| {
            push_word(gram, &mut words);
            words.push(' ');
            words
        }),
    }
}

/// Texts from which cutting them up is worth a thread of its own.
const MANY: usize = 20;

/// Cuts search texts up for the index. With many of them it starts at once, beside whatever the
/// caller does before it waits.
pub(crate) fn pieces_of(
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

/// Writes the pieces of new rows into the index: `seq`, and what [`pieces_of`] made.
pub(crate) async fn insert(tx: &Tx, of: Searched, rows: Vec<(i64, String)>) -> Result<(), DbErr> {
    for sql in inserts(tx.engine(), of.index, rows) {
        sql.later(tx).await?;
    }
    Ok(())
}

/// The statements that write into `index` the pieces of rows: `seq`, and what [`indexed`] made.
pub(crate) fn inserts(engine: Engine, index: &str, rows: Vec<(i64, String)>) -> Vec<Sql> {
    let cast = match engine {
        Engine::Sqlite => ("", ")"),
        Engine::Postgres => ("CAST(", " AS INT[]))"),
    };
    let (mut rows, mut all) = (rows.into_iter().peekable(), Vec::new());
    while rows.peek().is_some() {
        let mut sql = Sql::new(format!("INSERT INTO {index} (rowid, grams) VALUES "));
        for (place, (seq, grams)) in rows.by_ref().take(CHUNK).enumerate() {
            sql.push(if place > 0 { ", (" } else { "(" }).bind(seq).push(", ");
            sql.push(cast.0).bind(grams).push(cast.1);
        }
        all.push(sql);
    }
    all
}

/// Writes the pieces of one new row into the index.
pub(crate) async fn insert_text(tx: &Tx, of: Searched, seq: i64, text: &str) -> Result<(), DbErr> {
    insert(tx, of, vec![(seq, indexed(tx.engine(), text))]).await
}

/// Indexes a row's search text anew.
pub(crate) async fn replace(tx: &Tx, of: Searched, seq: i64, text: &str) -> Result<(), DbErr> {
    forget(tx, of, vec![seq]).await?;
    insert_text(tx, of, seq, text).await
}

/// Takes rows out of the index.
pub(crate) async fn forget(tx: &Tx, of: Searched, seqs: Vec<i64>) -> Result<(), DbErr> {
    let mut sql = Sql::new(format!("DELETE FROM {} WHERE rowid IN ", of.index));
    sql.bind_list(seqs);
    sql.later(tx).await?;
    Ok(())
}

/// Appends conditions that are checked on the rows another way leads to: no index is looked for
/// to meet them, as `… IS TRUE` stands in none.
pub(crate) fn aside(sql: &mut Sql, conditions: impl FnOnce(&mut Sql)) {
    sql.push(" AND (1 = 1");
    conditions(sql);
    sql.push(") IS TRUE");
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
        assert_eq!(Needles::words("  "), None);
        assert_eq!(Needles::words("& !!"), Some(Vec::new()));
        assert_eq!(Needles::words("06 12 34").unwrap().len(), 1);
        assert_eq!(Needles::words("Awa & N’Diaye").unwrap().len(), 2);
        assert_eq!(escaped("50%_\\"), "50\\%\\_\\\\");
    }
}
