use askama::Template;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};
use base::sheet::{Cell, CsvWriter, Delimiter, RowWriter, SheetError};
use domain::Error;
use domain::operations::{self, Kept, Kind, Operation, Reject, State as OperationState, imports};
use serde::Deserialize;
use uuid::Uuid;

use super::answer::{MOST_REJECTS, reject_message};
use crate::app::App;
use crate::error::AppError;
use crate::extract::{Path, SignedIn};
use crate::page::{Flash, Page, redirect_with};

/// Lines of the journal on one page.
const ROWS: u32 = 50;

/// The journal of operations.
#[derive(Template)]
#[template(path = "operations/journal.html")]
struct Journal {
    page: Page,
    operations: Vec<Operation>,
    next: Option<String>,
    first: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct At {
    cursor: Option<String>,
}

/// `GET /operations`.
pub(super) async fn journal(
    State(app): State<App>,
    page: Page,
    who: SignedIn,
    Query(at): Query<At>,
) -> Result<Html<String>, AppError> {
    let cursor = at.cursor.as_deref().filter(|cursor| !cursor.is_empty());
    let paged = operations::list(app.db().read(), &who.actor(), cursor, ROWS).await?;
    let next = paged.next.map(|cursor| format!("/operations?cursor={cursor}"));
    let journal = Journal { page, operations: paged.rows, next, first: cursor.is_none() };
    Ok(Html(journal.render()?))
}

/// One operation: how far it is, what became of its rows, what can be done about it.
#[derive(Template)]
#[template(path = "operations/show.html")]
struct Show {
    page: Page,
    operation: Operation,
    draft: Option<Uuid>,
    rejects: Vec<Shown>,
    kept: Vec<Kept>,
    what: String,
}

/// A line left out, in words.
struct Shown {
    line: i64,
    value: String,
    field: String,
    message: String,
}

/// `GET /operations/{id}`.
pub(super) async fn show(
    State(app): State<App>,
    page: Page,
    who: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, AppError> {
    let id: Uuid = id.parse().map_err(|_| Error::NotFound)?;
    let conn = app.db().read();
    let operation = operations::get(conn, &who.actor(), id).await?;
    if operation.state == OperationState::Draft {
        let place = place(operation.kind);
        return Ok(axum::response::Redirect::to(&format!("{place}/importer/{id}")).into_response());
    }
    let rejects = operations::rejects(conn, id, 0, MOST_REJECTS).await?;
    let kept = operations::kept(conn, id, MOST_REJECTS).await?;
    let import = imports::params_of(&operation).ok();
    let what = what(&page, &operation);
    let rejects = rejects.into_iter().map(|reject| in_words(&page, reject)).collect();
    let show = Show {
        draft: import.and_then(|params| params.draft),
        page,
        operation,
        rejects,
        kept,
        what,
    };
    Ok(Html(show.render()?).into_response())
}

/// Where what an import brings in is listed.
fn place(kind: Kind) -> &'static str {
    if kind == Kind::ImportOrders { "/commandes" } else { "/client" }
}

fn in_words(page: &Page, reject: Reject) -> Shown {
    let field = reject.field.as_deref().filter(|field| imports::Field::parse(field).is_some());
    Shown {
        line: reject.line,
        field: field.map(|field| page.t(&field_label(field))).unwrap_or_default(),
        message: reject_message(page.language, &reject),
        value: reject.value.unwrap_or_default(),
    }
}

/// The key of a field's name.
pub(super) fn field_label(field: &str) -> String {
    format!("import-field-{}", field.replace('_', "-"))
}

/// What an operation does, with its tags or file.
fn what(page: &Page, operation: &Operation) -> String {
    let key = match operation.kind {
        Kind::Undo => {
            let kind = operation.params["kind"].as_str().unwrap_or_default();
            let undone = page.t(&format!("operation-{}", kind.replace('_', "-")));
            return page.t1("operation-undo-of", "title", undone);
        }
        Kind::ImportClients if operation.is_dry_run() => "operation-import-check".to_owned(),
        Kind::ImportOrders if operation.is_dry_run() => "operation-orders-check".to_owned(),
        kind => format!("operation-{}", kind.as_str().replace('_', "-")),
    };
    let tags = operation.params["tags"].as_array().into_iter().flatten();
    let tags: Vec<&str> = tags.filter_map(|tag| tag.as_str()).collect();
    let name = operation.params["name"].as_str().or(operation.params["alert"]["title"].as_str());
    let about = match name {
        Some(file) => file.to_owned(),
        None => tags.join(", "),
    };
    if about.is_empty() { page.t(&key) } else { format!("{} · {about}", page.t(&key)) }
}

impl Journal {
    fn what(&self, operation: &Operation) -> String {
        what(&self.page, operation)
    }

    fn status(&self, operation: &Operation) -> crate::page::Markup {
        status(&self.page, operation)
    }

    fn outcome(&self, operation: &Operation) -> String {
        outcome(&self.page, operation)
    }
}

impl Show {
    fn status(&self) -> crate::page::Markup {
        status(&self.page, &self.operation)
    }

    fn is_import(&self) -> bool {
        imports::Subject::of(self.operation.kind).is_some()
    }

    /// Where its rows are listed.
    fn place(&self) -> &'static str {
        place(self.operation.kind)
    }

    fn is_of_orders(&self) -> bool {
        self.operation.kind == Kind::ImportOrders
    }

    fn makes_alerts(&self) -> bool {
        self.operation.kind == Kind::CreateAlerts
    }

    fn created_words(&self) -> &'static str {
        if self.makes_alerts() { "outcome-alerts" } else { "outcome-created" }
    }

    fn undo_question(&self) -> &'static str {
        if self.makes_alerts() { "operation-undo-alerts" } else { "operation-undo-question" }
    }

    fn is_undo(&self) -> bool {
        self.operation.kind == Kind::Undo
    }

    fn is_over(&self) -> bool {
        self.operation.state.is_over()
    }

    fn has_failed(&self) -> bool {
        self.operation.state == OperationState::Failed
    }

    /// `968 sur 1 522`.
    fn progress(&self) -> String {
        let number = |value: i64| self.page.number(&value).into();
        let (done, total) = (number(self.operation.done), number(self.operation.total));
        self.page.t2("operation-progress", ("done", done), ("total", total))
    }

    fn failure(&self) -> String {
        let key = self.operation.tally.failure.as_deref().unwrap_or("gave-up");
        self.page.t(&format!("operation-failure-{key}"))
    }

    fn import_words(&self) -> &'static str {
        if self.is_of_orders() { "import-orders-now" } else { "import-now" }
    }

    /// Rows a real import would write.
    fn importable(&self) -> i64 {
        self.operation.tally.created + self.operation.tally.updated
    }

    fn why_kept(&self, kept: &Kept) -> String {
        self.page
            .t(&format!("operation-kept-{}", kept.reason.as_deref().unwrap_or("changed-since")))
    }
}

fn status(page: &Page, operation: &Operation) -> crate::page::Markup {
    let (kind, icon) = match operation.state {
        OperationState::Draft | OperationState::Queued => ("", "clock"),
        OperationState::Running => ("in-progress", "loader-circle"),
        OperationState::Done => ("done", "check"),
        OperationState::Failed => ("failure", "triangle-alert"),
        OperationState::Undone => ("", "undo-2"),
    };
    page.pill(kind, icon, &page.t(&format!("operation-state-{}", operation.state.as_str())))
}

/// `1 204 créés, 318 modifiés, 7 rejetés`.
fn outcome(page: &Page, operation: &Operation) -> String {
    let tally = &operation.tally;
    let counts = [
        ("operation-created", tally.created),
        ("operation-alike", tally.alike),
        ("operation-updated", tally.updated),
        ("operation-unchanged", tally.unchanged),
        ("operation-rejected", tally.rejected),
        ("operation-kept", tally.kept),
    ];
    let words = counts.into_iter().filter(|(_, count)| *count > 0);
    let words: Vec<String> = words.map(|(key, count)| page.t1(key, "count", count)).collect();
    words.join(", ")
}

/// `POST /operations/{id}/annulation`.
pub(super) async fn undo(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, AppError> {
    let id: Uuid = id.parse().map_err(|_| Error::NotFound)?;
    match operations::undo(app.db(), &who.actor(), id, app.now()).await {
        Ok((undo, _)) => {
            let flash = Flash::success("operation-undo-started");
            Ok(redirect_with(&format!("/operations/{undo}"), &flash))
        }
        Err(Error::Conflict(key)) => {
            let flash = Flash::error(&format!("error-{key}"));
            Ok(redirect_with(&format!("/operations/{id}"), &flash))
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /operations/{id}/rejets`: every line left out, as CSV.
pub(super) async fn rejects(
    State(app): State<App>,
    page: Page,
    who: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, AppError> {
    let id: Uuid = id.parse().map_err(|_| Error::NotFound)?;
    let operation = operations::get(app.db().read(), &who.actor(), id).await?;
    let file = write_rejects(&app, &page, operation.id).await?;
    let disposition = HeaderValue::from_static("attachment; filename=\"rejets.csv\"");
    let kind = HeaderValue::from_static("text/csv; charset=utf-8");
    let headers = [(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, Body::from(file)).into_response())
}

async fn write_rejects(app: &App, page: &Page, id: Uuid) -> Result<Vec<u8>, AppError> {
    const BATCH: i64 = 5_000;
    let unwritten = |error: SheetError| {
        tracing::error!(%error, "the rejects cannot be written");
        AppError::Status(axum::http::StatusCode::INTERNAL_SERVER_ERROR, "internal")
    };
    let mut file = CsvWriter::new(Vec::new(), Delimiter::Semicolon).map_err(unwritten)?;
    let names = ["line", "field", "value", "reason"].map(|key| page.t(&format!("rejects-{key}")));
    file.write_header(&names.each_ref().map(String::as_str)).map_err(unwritten)?;
    let mut after = 0;
    loop {
        let mut rows = operations::rejects(app.db().read(), id, after, BATCH).await?;
        let full = i64::try_from(rows.len()).unwrap_or(0) == BATCH;
        if full && let Some(last) = rows.last().map(|row| row.line) {
            // The last line's reasons may go on in the next batch: it is read again whole.
            rows.retain(|row| row.line != last);
        }
        after = rows.last().map_or(after, |row| row.line);
        for row in rows {
            let row = in_words(page, row);
            let cells = [
                Cell::Int(row.line),
                Cell::Text(&row.field),
                Cell::Text(&row.value),
                Cell::Text(&row.message),
            ];
            file.write_row(&cells).map_err(unwritten)?;
        }
        if !full {
            return file.finish().map_err(unwritten);
        }
    }
}
