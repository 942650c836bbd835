//! An operation as the API answers it.

use chrono::{DateTime, Utc};
use domain::operations::{self, Kept, Kind, Operation, Reject, State};
use domain::{Error, FieldError};
use sea_orm::ConnectionTrait;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::error::field_message;
use crate::i18n::Language;

/// Most lines an answer carries; all of them are in the file of rejects.
pub const MOST_REJECTS: i64 = 200;

/// Work on many rows at once.
#[derive(Debug, Serialize, ToSchema)]
pub struct OperationAnswer {
    /// Its id.
    pub id: Uuid,
    /// What it does.
    #[schema(value_type = String, example = "deactivate")]
    pub kind: Kind,
    /// How far it is: `queued`, `running`, `done`, `failed` or `undone`.
    #[schema(value_type = String, example = "done")]
    pub state: State,
    /// An import that only looked.
    pub dry_run: bool,
    /// Who asked for it; null is the command line.
    pub user: Option<UserAnswer>,
    /// Its centre; null when it concerns several.
    pub call_center_id: Option<Uuid>,
    /// Rows it concerns; 0 while not counted.
    #[schema(example = 2000)]
    pub total: i64,
    /// Rows looked at so far.
    #[schema(example = 2000)]
    pub done: i64,
    /// What became of them.
    pub result: ResultAnswer,
    /// Whether it can be undone.
    pub can_be_undone: bool,
    /// The operation this one undoes.
    pub undo_of: Option<Uuid>,
    /// The operation that undoes this one.
    pub undone_by: Option<Uuid>,
    /// When it was asked.
    pub created_at: DateTime<Utc>,
    /// When it began.
    pub started_at: Option<DateTime<Utc>>,
    /// When it ended.
    pub finished_at: Option<DateTime<Utc>>,
}

/// A user, by id and name.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserAnswer {
    /// Their id.
    pub id: Uuid,
    /// Their name.
    #[schema(example = "Awa N’Diaye")]
    pub name: String,
}

/// What became of an operation's rows.
#[derive(Debug, Serialize, ToSchema)]
pub struct ResultAnswer {
    /// Rows made.
    #[schema(example = 1993)]
    pub created: i64,
    /// Of the clients made by an import, those that look like one who was there: see
    /// `GET /api/duplicates`.
    pub alike: i64,
    /// Rows changed.
    pub updated: i64,
    /// Rows that already were as wished.
    pub unchanged: i64,
    /// Lines left out: the first 200.
    pub rejected: Vec<RejectAnswer>,
    /// How many lines were left out.
    pub rejected_count: i64,
    /// Rows an undo left alone because someone changed them since: the first 200.
    pub kept: Vec<KeptAnswer>,
    /// How many were left alone.
    pub kept_count: i64,
    /// Why it failed.
    pub failure: Option<String>,
}

/// Why a line was left out.
#[derive(Debug, Serialize, ToSchema)]
pub struct RejectAnswer {
    /// The line of the file.
    #[schema(example = 42)]
    pub line: i64,
    /// The field at fault.
    #[schema(example = "email")]
    pub field: Option<String>,
    /// The reason, for programs.
    #[schema(example = "not-an-email")]
    pub code: String,
    /// The reason, for people.
    pub message: String,
}

/// A row an undo left alone.
#[derive(Debug, Serialize, ToSchema)]
pub struct KeptAnswer {
    /// Which.
    pub id: Uuid,
    /// Its name.
    pub name: Option<String>,
    /// `changed-since` or `code-taken`.
    #[schema(example = "changed-since")]
    pub reason: String,
}

/// The operation with its first rejects and what it left alone.
///
/// # Errors
/// The engine's.
pub async fn read(
    conn: &impl ConnectionTrait,
    language: Language,
    operation: Operation,
) -> Result<OperationAnswer, Error> {
    let rejects = match operation.tally.rejected {
        0 => Vec::new(),
        _ => operations::rejects(conn, operation.id, 0, MOST_REJECTS).await?,
    };
    let kept = match operation.tally.kept {
        0 => Vec::new(),
        _ => operations::kept(conn, operation.id, MOST_REJECTS).await?,
    };
    Ok(answer(language, operation, rejects, kept))
}

fn answer(
    language: Language,
    operation: Operation,
    rejects: Vec<Reject>,
    kept: Vec<Kept>,
) -> OperationAnswer {
    let reject = |reject: Reject| RejectAnswer {
        message: reject_message(language, &reject),
        line: reject.line,
        field: reject.field,
        code: reject.code,
    };
    let left_alone = |kept: Kept| KeptAnswer {
        id: kept.id,
        name: kept.name,
        reason: kept.reason.unwrap_or_else(|| "changed-since".to_owned()),
    };
    let user = operation
        .user_id
        .map(|id| UserAnswer { id, name: operation.user_name.clone().unwrap_or_default() });
    OperationAnswer {
        id: operation.id,
        kind: operation.kind,
        state: operation.state,
        dry_run: operation.is_dry_run(),
        user,
        call_center_id: operation.call_center_id,
        total: operation.total,
        done: operation.done,
        can_be_undone: operation.can_be_undone(),
        result: ResultAnswer {
            created: operation.tally.created,
            alike: operation.tally.alike,
            updated: operation.tally.updated,
            unchanged: operation.tally.unchanged,
            rejected: rejects.into_iter().map(reject).collect(),
            rejected_count: operation.tally.rejected,
            kept: kept.into_iter().map(left_alone).collect(),
            kept_count: operation.tally.kept,
            failure: operation.tally.failure,
        },
        undo_of: operation.undo_of,
        undone_by: operation.undone_by,
        created_at: operation.created_at,
        started_at: operation.started_at,
        finished_at: operation.finished_at,
    }
}

/// The sentence for a line left out.
pub fn reject_message(language: Language, reject: &Reject) -> String {
    let Some(code) = known(&reject.code) else {
        return language.t(&format!("error-{}", reject.code));
    };
    let detail = reject.detail.clone().unwrap_or_default();
    let args = ["max", "min", "detail"].map(|name| (name, detail.clone())).to_vec();
    field_message(language, &FieldError { field: String::new(), code, args })
}

/// Codes whose sentence has figures in it.
fn known(code: &str) -> Option<&'static str> {
    const WITH_FIGURES: [&str; 5] = [
        "too-long",
        "sheet-row-columns",
        "sheet-row-bytes",
        "sheet-row-cell-too-long",
        "sheet-row-cell-error",
    ];
    WITH_FIGURES.into_iter().find(|known| *known == code)
}
