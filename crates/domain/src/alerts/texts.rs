//! What alerts say, kept once however many say it: a batch is one text in the search index.

use std::collections::HashMap;

use base::db::{Db, Sql, Tx, update_many};
use base::text::{fold, fold_keep};
use sea_orm::{DbErr, FromQueryResult};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::search::{self, ALERT_TEXTS};

/// The kind of the job that files the texts of alerts older than the index.
pub const TEXTS_JOB: &str = "alert_texts";

/// Alerts filed in one transaction.
const PAGE: i64 = 2_000;

/// Everything an alert is searched by, one field per line.
fn search_text(title: &str, description: Option<&str>) -> String {
    let mut lines: Vec<String> = Vec::new();
    for field in [title, description.unwrap_or_default()] {
        for line in [fold(field), fold_keep(field)] {
            if !line.is_empty() && !lines.contains(&line) {
                lines.push(line);
            }
        }
    }
    lines.join("\n")
}

/// The number of the text of these words, filed if it is new: what alerts that say them bear.
///
/// # Errors
/// The engine's.
pub async fn file_text(tx: &Tx, title: &str, description: Option<&str>) -> Result<i64, DbErr> {
    let text = search_text(title, description);
    let hash = Sha256::digest(&text).to_vec();
    let known = |hash: Vec<u8>| {
        Sql::with("SELECT seq FROM alert_texts WHERE hash = $1", [hash.into()]).scalar::<i64>(tx)
    };
    if let Some(seq) = known(hash.clone()).await? {
        return Ok(seq);
    }
    let mut sql = Sql::new("INSERT INTO alert_texts (hash, search_text) VALUES ");
    sql.bind_list([sea_orm::Value::from(hash.clone()), text.clone().into()]);
    sql.push(" ON CONFLICT (hash) DO NOTHING RETURNING seq");
    if let Some(seq) = sql.scalar::<i64>(tx).await? {
        search::insert_text(tx, ALERT_TEXTS, seq, &text).await?;
        return Ok(seq);
    }
    // Someone else filed it since.
    let seq = known(hash).await?;
    seq.ok_or_else(|| DbErr::RecordNotFound("a text filed a moment ago".to_owned()))
}

/// Files the texts of some alerts that have none; `false` when there was nothing to do.
///
/// # Errors
/// The engine's.
pub async fn file_texts(db: &Db) -> Result<bool, DbErr> {
    #[derive(FromQueryResult)]
    struct Unfiled {
        id: Uuid,
        title: String,
        description: Option<String>,
    }
    let tx = db.begin().await?;
    let mut sql = Sql::new(
        "SELECT a.id, a.title, a.description FROM alerts a WHERE a.text_seq IS NULL LIMIT ",
    );
    sql.bind(PAGE).hold(&tx, "a");
    let alerts: Vec<Unfiled> = sql.all(&tx).await?;
    if alerts.is_empty() {
        return Ok(false);
    }
    let mut filed: HashMap<(String, Option<String>), i64> = HashMap::new();
    let mut rows = Vec::with_capacity(alerts.len());
    for Unfiled { id, title, description } in alerts {
        let key = (title, description);
        let seq = match filed.get(&key) {
            Some(seq) => *seq,
            None => {
                let seq = file_text(&tx, &key.0, key.1.as_deref()).await?;
                filed.insert(key, seq);
                seq
            }
        };
        rows.push(vec![id.into(), seq.into()]);
    }
    update_many(&tx, "alerts", "id", &["text_seq"], rows).await?;
    tx.commit().await?;
    Ok(true)
}
