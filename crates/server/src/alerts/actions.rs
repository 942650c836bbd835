//! One click on an alert: done, back, later, mine, gone. Each can be undone from its toast.

use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use chrono::{DateTime, Utc};
use domain::alerts;
use uuid::Uuid;

use super::forms::quick;
use crate::app::App;
use crate::error::AppError;
use crate::extract::{Click, Path, SignedIn, with_back};
use crate::page::{Flash, Page, redirect_with};

/// Where one goes who does not say where they came from.
pub(super) const LIST: &str = "/alertes";

fn said(back: &str, key: &str, title: &str, undo: &str) -> Response {
    let flash = Flash::success(key).with("title", title).undo(with_back(undo, back));
    redirect_with(back, &flash)
}

pub(super) async fn complete(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
    click: Click,
) -> Result<Response, AppError> {
    let alert = alerts::complete(app.db(), &caller.actor(), id, None, app.now()).await?;
    Ok(said(
        click.back(LIST),
        "alert-completed",
        &alert.title,
        &format!("/alertes/{id}/reouverture"),
    ))
}

pub(super) async fn reopen(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
    click: Click,
) -> Result<Response, AppError> {
    let alert = alerts::reopen(app.db(), &caller.actor(), id, None, app.now()).await?;
    Ok(said(click.back(LIST), "alert-reopened", &alert.title, &format!("/alertes/{id}/completion")))
}

pub(super) async fn acknowledge(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
    click: Click,
) -> Result<Response, AppError> {
    let alert = alerts::acknowledge(app.db(), &caller.actor(), id, None, app.now()).await?;
    let flash = Flash::success("alert-acknowledged").with("title", &alert.title);
    Ok(redirect_with(click.back(LIST), &flash))
}

pub(super) async fn remove(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
    click: Click,
) -> Result<Response, AppError> {
    let alert = alerts::remove(app.db(), &caller.actor(), id, None, app.now()).await?;
    // Its own page is gone.
    let back = Some(click.back(LIST)).filter(|back| !back.contains(&id.to_string()));
    Ok(said(
        back.unwrap_or(LIST),
        "alert-removed",
        &alert.title,
        &format!("/alertes/{id}/restauration"),
    ))
}

pub(super) async fn restore(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
    click: Click,
) -> Result<Response, AppError> {
    let alert = alerts::restore(app.db(), &caller.actor(), id, app.now()).await?;
    let flash = Flash::success("alert-restored").with("title", &alert.title);
    Ok(redirect_with(click.back(LIST), &flash))
}

/// Until `hour`, `tomorrow` or `week`.
pub(super) async fn snooze(
    page: Page,
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
    click: Click,
) -> Result<Response, AppError> {
    let actor = caller.actor();
    let before = alerts::get(app.db().read(), &actor, id).await?;
    let at = quick(click.get("until").unwrap_or_default(), page.zone, app.now())
        .ok_or_else(|| domain::Error::invalid("until", "wrong-value"))?;
    let alert = alerts::postpone(app.db(), &actor, id, at, app.now()).await?;
    let stamp = before.due_at.timestamp();
    let flash = Flash::success("alert-snoozed")
        .with("title", &alert.title)
        .with("when", page.near(&alert.due_at))
        .undo(with_back(&format!("/alertes/{id}/echeance?instant={stamp}"), click.back(LIST)));
    Ok(redirect_with(click.back(LIST), &flash))
}

/// Back to the `instant` before a snooze, in seconds since 1970.
pub(super) async fn unsnooze(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
    click: Click,
) -> Result<Response, AppError> {
    let wrong = || domain::Error::invalid("instant", "wrong-value");
    let soon = |at: &DateTime<Utc>| (*at - app.now()).num_days().abs() < 36_525;
    alerts::get(app.db().read(), &caller.actor(), id).await?;
    let at = click.get("instant").and_then(|seconds| seconds.parse().ok());
    let at = at.and_then(|at| DateTime::from_timestamp(at, 0)).filter(soon).ok_or_else(wrong)?;
    let alert = alerts::postpone(app.db(), &caller.actor(), id, at, app.now()).await?;
    let flash = Flash::success("alert-unsnoozed").with("title", &alert.title);
    Ok(redirect_with(click.back(LIST), &flash))
}

pub(super) async fn undo_batch(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
) -> Result<Response, AppError> {
    let (removed, kept) = alerts::remove_batch(app.db(), &caller.actor(), id, app.now()).await?;
    let flash = if kept == 0 {
        Flash::success("alert-batch-removed").with("count", removed)
    } else {
        Flash::warning("alert-batch-partly-removed").with("count", removed).with("name", kept)
    };
    Ok(redirect_with("/alertes", &flash))
}

/// `/alertes/lots/{id}`: the list of a batch, for links.
pub(super) async fn batch(Path(id): Path<Uuid>, _: SignedIn) -> Response {
    Redirect::to(&format!("/alertes?batch_id={id}&status=all")).into_response()
}
