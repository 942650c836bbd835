use std::collections::HashMap;

use askama::Template;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Redirect, Response};
use base::outbox::{self, COUNTED, JobRow, KindSummary};
use domain::{Role, alerts};
use uuid::Uuid;

use super::words;
use crate::app::App;
use crate::error::AppError;
use crate::extract::{Path, SignedIn};
use crate::page::{Flash, Page, redirect_with};

/// How many failed jobs are shown.
const SHOWN: u32 = 100;

#[derive(Template)]
#[template(path = "admin/queue.html")]
struct Queue {
    page: Page,
    kinds: Vec<KindSummary>,
    failed: Vec<JobRow>,
    /// Whom failed jobs concern.
    people: HashMap<Uuid, String>,
    late: i64,
}

impl Queue {
    fn sum(&self, which: &str) -> String {
        let of = |kind: &KindSummary| match which {
            "ready" => kind.ready,
            "late" => kind.late,
            "running" => kind.running,
            _ => kind.dead,
        };
        let sum = self.kinds.iter().map(of).sum();
        let more = if self.kinds.iter().any(|kind| of(kind) > COUNTED) { "+" } else { "" };
        format!("{}{more}", self.page.number(&sum))
    }

    fn count(&self, value: &i64) -> String {
        if *value > COUNTED {
            format!("{}+", self.page.number(&COUNTED))
        } else {
            self.page.number(value)
        }
    }

    fn job(&self, kind: &str) -> String {
        words::job(&self.page, kind)
    }

    /// Whom it concerns: the person invited, say.
    fn person(&self, job: &JobRow) -> Option<&String> {
        self.people.get(&user_of(job)?)
    }

    /// The last thing that went wrong with jobs of that kind.
    fn last_error(&self, kind: &str) -> Option<&str> {
        self.failed.iter().find(|job| job.kind == kind)?.last_error.as_deref()
    }
}

fn user_of(job: &JobRow) -> Option<Uuid> {
    job.payload.get("user_id")?.as_str()?.parse().ok()
}

/// The queue is the installation's, not a centre's: owners go to what is theirs.
pub(super) async fn queue(
    State(app): State<App>,
    page: Page,
    signed_in: SignedIn,
) -> Result<Response, AppError> {
    let actor = signed_in.actor();
    actor.require(actor.is_admin())?;
    if actor.role != Role::SuperAdmin {
        return Ok(Redirect::to("/administration/courriers").into_response());
    }
    let (conn, now) = (app.db().read(), app.now());
    let kinds = outbox::summary(conn, now).await?;
    let failed = outbox::recent(conn, SHOWN).await?;
    let people: Vec<Uuid> = failed.iter().filter_map(user_of).collect();
    let people = alerts::names(conn, &people).await?;
    let late = kinds.iter().map(|kind| kind.late).sum();
    Ok(Html(Queue { page, kinds, failed, people, late }.render()?).into_response())
}

pub(super) async fn retry(
    State(app): State<App>,
    signed_in: SignedIn,
    Path(id): Path<Uuid>,
) -> Result<Response, AppError> {
    let actor = signed_in.actor();
    actor.require(actor.role == Role::SuperAdmin)?;
    let tx = app.db().begin().await?;
    let found = outbox::retry(&tx, id, app.now()).await?;
    tx.commit().await?;
    let flash = Flash::success("queue-retried");
    let flash = if found { flash } else { Flash::warning("queue-nothing-to-retry") };
    Ok(redirect_with("/administration", &flash))
}
