//! Alerts by their words: those they say, and those their client is found by.
//!
//! Each word of a query is in the one or the other, so there are several ways to hold them all:
//! each in the alert, each in the client, some here and some there. Each way is followed by the
//! indexes of texts and of clients.

use base::db::Sql;

use super::*;
use crate::paging::{COUNT_LIMIT, Total};
use crate::search::{ALERT_TEXTS, CLIENTS, FEW, Needles, aside, select};

/// Words that narrow a search, the longest; the others are only looked for in what these lead to.
const NARROWING: usize = 3;

/// Texts or clients held in memory as a way to their alerts; a statement names them all.
const HELD: i64 = 1_000;

/// What [`Hit`] reads.
const HIT: &str = "a.id, a.due_at, a.completed_at";

/// Joins what alerts say, after [`queries::select`].
const TEXTS: &str = "LEFT JOIN alert_texts t ON t.seq = a.text_seq ";

/// A filter whose words have been looked up.
#[derive(Clone, Debug)]
pub struct Search {
    filter: Filter,
    words: Vec<Needles>,
    found: Found,
    now: DateTime<Utc>,
}

#[derive(Clone, Debug)]
enum Found {
    /// Nothing was searched.
    All,
    /// These alerts, of every status.
    Few(Vec<Hit>),
    /// More than [`FEW`], by these ways.
    Many(Vec<Way>),
}

#[derive(Clone, Copy, Debug, FromQueryResult)]
struct Hit {
    id: Uuid,
    due_at: DateTime<Utc>,
    completed_at: Option<DateTime<Utc>>,
}

impl Hit {
    fn status(&self, now: DateTime<Utc>) -> Status {
        match self.completed_at {
            Some(_) => Status::Done,
            None if self.due_at <= now => Status::Due,
            None => Status::InProgress,
        }
    }
}

/// A way to hold all words: some in the alert's text, the others in what its client is found by.
#[derive(Clone, Debug)]
struct Way {
    texts: Held<i64>,
    clients: Held<Uuid>,
    own: Vec<Needles>,
    others: Vec<Needles>,
}

/// What holds some words.
#[derive(Clone, Debug)]
enum Held<T> {
    /// No word is asked of it.
    Any,
    /// These alone.
    These(Vec<T>),
    /// More than [`HELD`].
    Many,
}

impl<T> Held<T> {
    fn read(rows: Vec<T>) -> Self {
        let few = i64::try_from(rows.len()).is_ok_and(|count| count <= HELD);
        if few { Self::These(rows) } else { Self::Many }
    }

    fn is_none(&self) -> bool {
        matches!(self, Self::These(rows) if rows.is_empty())
    }

    fn is_many(&self) -> bool {
        matches!(self, Self::Many)
    }
}

/// Looks up what the words of `filter.q` lead to.
///
/// # Errors
/// [`Error::Forbidden`] for roles that do not work with clients.
pub async fn search(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    filter: Filter,
    now: DateTime<Utc>,
) -> Result<Search> {
    actor.require(actor.works_with_clients())?;
    let Some(words) = Needles::words(&filter.q) else { return Ok(Search::all(filter, now)) };
    let mut search = Search { filter, words, found: Found::Few(Vec::new()), now };
    if search.words.is_empty() {
        return Ok(search);
    }
    let ways = search.ways(conn, actor).await?;
    let mut hits: Vec<Hit> = Vec::new();
    for way in &ways {
        hits.extend(search.follow(conn, actor, way).await?);
    }
    hits.sort_unstable_by_key(|hit| hit.id);
    hits.dedup_by_key(|hit| hit.id);
    let few = i64::try_from(hits.len()).is_ok_and(|count| count <= FEW);
    search.found = if few { Found::Few(hits) } else { Found::Many(ways) };
    Ok(search)
}

impl Search {
    /// A filter without words.
    pub(super) fn all(filter: Filter, now: DateTime<Utc>) -> Self {
        Self { filter, words: Vec::new(), found: Found::All, now }
    }

    /// The same, of these statuses.
    pub(super) fn of_statuses(&self, statuses: Vec<Status>) -> Self {
        let mut of = self.clone();
        of.filter.statuses = statuses;
        of
    }

    /// Whether what matches is better gathered and then ordered than looked for along an order.
    pub(super) fn is_narrow(&self) -> bool {
        let filter = &self.filter;
        let one = filter.client_id.or(filter.assigned_to).or(filter.batch_id);
        matches!(self.found, Found::Few(_)) || one.is_some()
    }

    /// What [`Search::push`] needs joined.
    pub(super) fn join(&self) -> &'static str {
        if matches!(self.found, Found::Many(_)) { TEXTS } else { "" }
    }

    /// Appends ` AND …` on `a`, `c` and what [`Search::join`] says: what matches and the actor sees.
    pub(super) fn push(&self, sql: &mut Sql, actor: &Actor) {
        match &self.found {
            Found::All => {
                queries::visible(actor, sql);
                self.filter.push(sql, self.now);
            }
            Found::Few(hits) => {
                let hits = hits.iter().filter(|hit| self.is_asked(hit.status(self.now)));
                sql.push(" AND a.id IN ").bind_list(hits.map(|hit| hit.id));
                aside(sql, |sql| queries::visible(actor, sql));
            }
            Found::Many(ways) => {
                queries::visible(actor, sql);
                self.filter.push(sql, self.now);
                aside(sql, |sql| {
                    push_held(sql, ways);
                    self.push_words(sql);
                });
            }
        }
    }

    /// Appends ` AND …` on `t` and `c`: each word is in the one or the other.
    fn push_words(&self, sql: &mut Sql) {
        for word in &self.words {
            sql.push(" AND (");
            word.push_condition(sql, ALERT_TEXTS);
            sql.push(" OR ");
            word.push_condition(sql, CLIENTS);
            sql.push(")");
        }
    }

    /// Whether alerts of that status are wanted.
    pub(super) fn is_asked(&self, status: Status) -> bool {
        self.filter.statuses.is_empty() || self.filter.statuses.contains(&status)
    }

    /// How many match, as far as counting is cheap.
    pub(super) async fn count(&self, conn: &impl ConnectionTrait, actor: &Actor) -> Result<Total> {
        if let Found::Few(hits) = &self.found {
            let asked = hits.iter().filter(|hit| self.is_asked(hit.status(self.now))).count();
            return Ok(Total { value: i64::try_from(asked).unwrap_or(i64::MAX), exact: true });
        }
        let mut sql = Sql::new("SELECT 1 FROM alerts a JOIN clients c ON c.id = a.client_id ");
        sql.push(self.join()).push("WHERE a.deleted_at IS NULL");
        self.push(&mut sql, actor);
        let most = if self.words.is_empty() { COUNT_LIMIT } else { FEW };
        Ok(Total::count_to(most, sql, conn).await?)
    }

    /// The ways that lead anywhere.
    async fn ways(&self, conn: &impl ConnectionTrait, actor: &Actor) -> Result<Vec<Way>> {
        let mut words = self.words.clone();
        words.sort_by_key(|word| std::cmp::Reverse(word.length()));
        words.truncate(NARROWING);
        let mut ways: Vec<Way> = Vec::new();
        // Texts without some words do not hold more of them either.
        let mut without: Vec<usize> = Vec::new();
        for own in 0..1_usize << words.len() {
            if without.iter().any(|less| own & less == *less) {
                continue;
            }
            let (mine, others): (Vec<_>, Vec<_>) =
                words.iter().cloned().enumerate().partition(|(index, _)| own >> index & 1 == 1);
            let own_words: Vec<Needles> = mine.into_iter().map(|(_, word)| word).collect();
            let others: Vec<Needles> = others.into_iter().map(|(_, word)| word).collect();
            let texts = texts_with(conn, &own_words).await?;
            if texts.is_none() {
                without.push(own);
                continue;
            }
            let clients = clients_with(conn, actor, &others).await?;
            if !clients.is_none() {
                ways.push(Way { texts, clients, own: own_words, others });
            }
        }
        Ok(ways)
    }

    /// The alerts a way leads to, one more than [`FEW`] at most.
    async fn follow(
        &self,
        conn: &impl ConnectionTrait,
        actor: &Actor,
        way: &Way,
    ) -> Result<Vec<Hit>> {
        let of = Filter { statuses: Vec::new(), ..self.filter.clone() };
        let mut sql = way.start(conn).await?;
        sql.push(" AND a.deleted_at IS NULL");
        aside(&mut sql, |sql| {
            queries::visible(actor, sql);
            of.push(sql, self.now);
            self.push_words(sql);
        });
        sql.push(" LIMIT ").bind(FEW + 1);
        Ok(sql.all(conn).await?)
    }
}

impl Way {
    /// Starts `SELECT … FROM …` at the end that has fewer rows to offer, as far as that is known.
    async fn start(&self, conn: &impl ConnectionTrait) -> Result<Sql> {
        let by_text = match (&self.texts, &self.clients) {
            (_, Held::Any) => true,
            (Held::Any, _) | (_, Held::These(_)) => false,
            (Held::These(texts), Held::Many) => is_rare(conn, texts).await?,
            (Held::Many, Held::Many) => false,
        };
        let mut sql = match (&self.texts, &self.clients) {
            (Held::These(texts), _) if by_text => {
                let mut sql = Sql::new(format!(
                    "SELECT {HIT} FROM alerts a JOIN clients c ON c.id = a.client_id {TEXTS}WHERE a.text_seq IN "
                ));
                sql.bind_list(texts.clone());
                sql
            }
            _ if by_text => {
                let join = " CROSS JOIN alerts a JOIN clients c ON c.id = a.client_id";
                let mut sql = select(conn, ALERT_TEXTS, &self.own, HIT, join).await?;
                sql.push(" AND a.text_seq = t.seq");
                sql
            }
            (_, Held::These(clients)) => {
                let mut sql = Sql::new(format!(
                    "SELECT {HIT} FROM alerts a JOIN clients c ON c.id = a.client_id {TEXTS}WHERE a.client_id IN "
                ));
                sql.bind_list(clients.clone());
                sql
            }
            _ => {
                let join = format!(" CROSS JOIN alerts a {}", TEXTS.trim_end());
                let mut sql = select(conn, CLIENTS, &self.others, HIT, &join).await?;
                sql.push(" AND a.client_id = c.id");
                sql
            }
        };
        if let Held::These(texts) = &self.texts
            && !by_text
        {
            aside(&mut sql, |sql| _ = sql.push(" AND a.text_seq IN ").bind_list(texts.clone()));
        }
        Ok(sql)
    }
}

/// Appends ` AND …` on `a`, told by the alert's own row: one of the ways. Nothing when a way has
/// too many texts or clients to name.
fn push_held(sql: &mut Sql, ways: &[Way]) {
    if ways.iter().any(|way| way.texts.is_many() || way.clients.is_many()) {
        return;
    }
    for (index, way) in ways.iter().enumerate() {
        sql.push(if index > 0 { " OR (1 = 1" } else { " AND ((1 = 1" });
        if let Held::These(texts) = &way.texts {
            sql.push(" AND a.text_seq IN ").bind_list(texts.clone());
        }
        if let Held::These(clients) = &way.clients {
            sql.push(" AND a.client_id IN ").bind_list(clients.clone());
        }
        sql.push(")");
    }
    sql.push(")");
}

async fn texts_with(conn: &impl ConnectionTrait, words: &[Needles]) -> Result<Held<i64>> {
    if words.is_empty() {
        return Ok(Held::Any);
    }
    let mut sql = select(conn, ALERT_TEXTS, words, "t.seq", "").await?;
    sql.push(" LIMIT ").bind(HELD + 1);
    Ok(Held::read(sql.column(conn).await?))
}

async fn clients_with(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    words: &[Needles],
) -> Result<Held<Uuid>> {
    if words.is_empty() {
        return Ok(Held::Any);
    }
    let mut sql = select(conn, CLIENTS, words, "c.id", "").await?;
    aside(&mut sql, |sql| {
        sql.push(" AND c.deleted_at IS NULL");
        actor.within_center(sql, "c.call_center_id");
    });
    sql.push(" LIMIT ").bind(HELD + 1);
    Ok(Held::read(sql.column(conn).await?))
}

/// Whether few alerts say one of `texts`.
async fn is_rare(conn: &impl ConnectionTrait, texts: &[i64]) -> Result<bool> {
    let mut sql = Sql::new("SELECT COUNT(*) FROM (SELECT 1 FROM alerts a WHERE a.text_seq IN ");
    sql.bind_list(texts.to_vec()).push(" AND a.deleted_at IS NULL LIMIT ").bind(2 * FEW);
    sql.push(") AS counted");
    let count: Option<i64> = sql.scalar(conn).await?;
    Ok(count.is_none_or(|count| count < 2 * FEW))
}
