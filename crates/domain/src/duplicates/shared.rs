//! Whom records share an e-mail, a phone or a name with, by the indexes of each.

use std::collections::{BTreeSet, HashMap, HashSet};

use base::db::Sql;
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use uuid::Uuid;

use super::subject::Subject;

/// An e-mail or a phone that more records share than this says nothing about any two.
const CROWD: i64 = 64;

/// A name alone leads to few duplicates and to many namesakes.
const NAMESAKES: i64 = 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Key {
    Email,
    Phone,
    Name,
}

impl Key {
    const ALL: [Self; 3] = [Self::Email, Self::Phone, Self::Name];

    pub(super) fn of(self, subject: &Subject) -> &[String] {
        match self {
            Self::Email => &subject.emails,
            Self::Phone => &subject.numbers,
            Self::Name => &subject.names,
        }
    }

    /// Table, column of the key, column of the client, and which rows count.
    fn place(self) -> (&'static str, &'static str, &'static str, &'static str) {
        match self {
            Self::Email => ("client_emails", "key", "client_id", ""),
            Self::Phone => ("client_phones", "e164", "client_id", ""),
            Self::Name => ("clients", "name_key", "id", " AND t.deleted_at IS NULL"),
        }
    }

    /// More under one key say nothing about any two.
    fn most(self) -> i64 {
        match self {
            Self::Email | Self::Phone => CROWD,
            Self::Name => NAMESAKES,
        }
    }
}

/// The clients of the centre under each key of `subjects` that is not a crowd's.
pub(super) async fn shared<'a>(
    conn: &impl ConnectionTrait,
    center: Uuid,
    subjects: &'a [Subject],
) -> Result<HashMap<(Key, &'a str), Vec<Uuid>>, DbErr> {
    #[derive(FromQueryResult)]
    struct Few {
        kind: i32,
        key: String,
    }
    #[derive(FromQueryResult)]
    struct Hit {
        kind: i32,
        key: String,
        id: Uuid,
    }
    let of = |kind: Key| {
        let keys = subjects.iter().flat_map(move |subject| kind.of(subject));
        keys.map(move |key| (kind, key.as_str()))
    };
    let wanted: BTreeSet<(Key, &str)> = Key::ALL.into_iter().flat_map(of).collect();
    let wanted: Vec<(Key, &str)> = wanted.into_iter().collect();
    let mut found: HashMap<(Key, &str), Vec<Uuid>> = HashMap::new();
    for chunk in wanted.chunks(1_500) {
        let few = under(center, chunk, "t.{key} AS key", |kind| {
            format!(" GROUP BY t.{{key}} HAVING COUNT(*) <= {}", kind.most())
        });
        let few: Vec<Few> = few.all(conn).await?;
        let few: HashSet<(i32, String)> = few.into_iter().map(|few| (few.kind, few.key)).collect();
        if few.is_empty() {
            continue;
        }
        let is_few = |(kind, key): &&(Key, &str)| few.contains(&(*kind as i32, (*key).to_owned()));
        let kept: Vec<(Key, &str)> = chunk.iter().filter(is_few).copied().collect();
        let known: HashMap<(i32, &str), (Key, &str)> =
            kept.iter().map(|(kind, key)| ((*kind as i32, *key), (*kind, *key))).collect();
        let hits = under(center, &kept, "t.{key} AS key, t.{client} AS id", |_| String::new());
        for Hit { kind, key, id } in hits.all(conn).await? {
            if let Some(asked) = known.get(&(kind, key.as_str())) {
                found.entry(*asked).or_default().push(id);
            }
        }
    }
    Ok(found)
}

/// Asks the tables of the clients of a centre for these keys; `{key}` and `{client}` stand for
/// their columns.
fn under(center: Uuid, keys: &[(Key, &str)], what: &str, tail: impl Fn(Key) -> String) -> Sql {
    let mut sql = Sql::new("");
    for kind in Key::ALL {
        let wanted: Vec<&str> =
            keys.iter().filter(|(k, _)| *k == kind).map(|(_, key)| *key).collect();
        if wanted.is_empty() {
            continue;
        }
        let (table, key, client, present) = kind.place();
        let named = |text: &str| text.replace("{key}", key).replace("{client}", client);
        sql.push(if sql.text().is_empty() { "" } else { " UNION ALL " });
        sql.push(&named(&format!("SELECT {} AS kind, {what} FROM {table} t WHERE ", kind as i32)));
        sql.push("t.call_center_id = ").bind(center).push(present);
        sql.push(&named(" AND t.{key} IN ")).bind_list(wanted).push(&named(&tail(kind)));
    }
    sql
}
