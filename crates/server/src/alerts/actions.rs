//! One click on an alert: done, back, later, mine, gone. Each can be undone from its toast.

use axum::extract::{Form, Path, Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use chrono::{DateTime, Utc};
use domain::alerts;
use serde::Deserialize;
use uuid::Uuid;

use super::forms::quick;
use crate::app::App;
use crate::error::AppError;
use crate::extract::SignedIn;
use crate::page::{Flash, Page, local_path, redirect_with};

/// Where the click came from, to go back there.
#[derive(Default, Deserialize)]
pub(super) struct From {
    #[serde(default)]
    back: String,
}

impl From {
    fn target(&self) -> &str {
        if self.back.is_empty() { "/alertes" } else { local_path(&self.back) }
    }
}

fn said(from: &From, key: &str, title: &str, undo: String) -> Response {
    redirect_with(from.target(), &Flash::success(key).with("title", title).undo(undo))
}

pub(super) async fn complete(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
    Form(from): Form<From>,
) -> Result<Response, AppError> {
    let alert = alerts::complete(app.db(), &caller.actor(), id, None, app.now()).await?;
    Ok(said(&from, "alert-completed", &alert.title, format!("/alertes/{id}/reouverture")))
}

pub(super) async fn reopen(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
    Form(from): Form<From>,
) -> Result<Response, AppError> {
    let alert = alerts::reopen(app.db(), &caller.actor(), id, None, app.now()).await?;
    Ok(said(&from, "alert-reopened", &alert.title, format!("/alertes/{id}/completion")))
}

pub(super) async fn acknowledge(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
    Form(from): Form<From>,
) -> Result<Response, AppError> {
    let alert = alerts::acknowledge(app.db(), &caller.actor(), id, None, app.now()).await?;
    let flash = Flash::success("alert-acknowledged").with("title", &alert.title);
    Ok(redirect_with(from.target(), &flash))
}

pub(super) async fn remove(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
    Form(from): Form<From>,
) -> Result<Response, AppError> {
    let alert = alerts::remove(app.db(), &caller.actor(), id, None, app.now()).await?;
    // Its own page is gone.
    let gone = from.back.contains(&id.to_string());
    let from = if gone { From::default() } else { from };
    Ok(said(&from, "alert-removed", &alert.title, format!("/alertes/{id}/restauration")))
}

pub(super) async fn restore(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
    Form(from): Form<From>,
) -> Result<Response, AppError> {
    let alert = alerts::restore(app.db(), &caller.actor(), id, app.now()).await?;
    let flash = Flash::success("alert-restored").with("title", &alert.title);
    let own = format!("/alertes/{id}");
    Ok(redirect_with(if from.back.is_empty() { &own } else { from.target() }, &flash))
}

/// Until when.
#[derive(Deserialize)]
pub(super) struct Snooze {
    /// `hour`, `tomorrow` or `week`.
    until: String,
    #[serde(flatten)]
    from: From,
}

pub(super) async fn snooze(
    page: Page,
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
    Form(snooze): Form<Snooze>,
) -> Result<Response, AppError> {
    let actor = caller.actor();
    let before = alerts::get(app.db().read(), &actor, id).await?;
    let at = quick(&snooze.until, page.zone, app.now())
        .ok_or_else(|| domain::Error::invalid("until", "wrong-value"))?;
    let alert = alerts::postpone(app.db(), &actor, id, at, app.now()).await?;
    let stamp = before.due_at.timestamp();
    let flash = Flash::success("alert-snoozed")
        .with("title", &alert.title)
        .with("when", page.near(&alert.due_at))
        .undo(format!("/alertes/{id}/echeance?instant={stamp}"));
    Ok(redirect_with(snooze.from.target(), &flash))
}

/// The due time before a snooze, in seconds since 1970.
#[derive(Deserialize)]
pub(super) struct Back {
    instant: i64,
}

pub(super) async fn unsnooze(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
    Query(back): Query<Back>,
) -> Result<Response, AppError> {
    let wrong = || domain::Error::invalid("instant", "wrong-value");
    let soon = |at: &DateTime<Utc>| (*at - app.now()).num_days().abs() < 36_525;
    let at = DateTime::from_timestamp(back.instant, 0).filter(soon).ok_or_else(wrong)?;
    let alert = alerts::postpone(app.db(), &caller.actor(), id, at, app.now()).await?;
    let flash = Flash::success("alert-unsnoozed").with("title", &alert.title);
    Ok(redirect_with(&format!("/alertes/{id}"), &flash))
}

pub(super) async fn undo_batch(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
) -> Result<Response, AppError> {
    let (removed, kept) =
        alerts::remove_batch(app.db(), &caller.actor(), id, app.now()).await?;
    let flash = if kept == 0 {
        Flash::success("alert-batch-removed").with("count", removed)
    } else {
        Flash { kind: "warning".into(), ..Flash::success("alert-batch-partly-removed") }
            .with("count", removed)
            .with("name", kept)
    };
    Ok(redirect_with("/alertes", &flash))
}

/// `/alertes/lots/{id}`: the list of a batch, for links.
pub(super) async fn batch(Path(id): Path<Uuid>, _: SignedIn) -> Response {
    Redirect::to(&format!("/alertes?batch_id={id}&status=all")).into_response()
}
