//! One click on an alert: done, back, later, mine, gone. Each can be undone from its toast.

use axum::extract::{FromRequest, Request, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use domain::alerts;
use url::form_urlencoded;
use uuid::Uuid;

use super::forms::quick;
use crate::app::App;
use crate::error::AppError;
use crate::extract::{Path, SignedIn};
use crate::page::{Flash, Page, local_path, redirect_with};

/// What a click sends: where it came from (`back`), and for a snooze how long (`until`). A row's
/// form sends it in its body, a toast's undo in its address.
pub(super) struct Click(Vec<(String, String)>);

impl FromRequest<App> for Click {
    type Rejection = AppError;

    async fn from_request(request: Request, app: &App) -> Result<Self, AppError> {
        let query = request.uri().query().unwrap_or_default().to_owned();
        let body = Bytes::from_request(request, app).await.unwrap_or_default();
        let read = |bytes: &[u8]| form_urlencoded::parse(bytes).into_owned().collect::<Vec<_>>();
        Ok(Self([read(&body), read(query.as_bytes())].concat()))
    }
}

impl Click {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Where to go back to.
    pub(super) fn target(&self) -> &str {
        self.get("back").filter(|back| !back.is_empty()).map_or("/alertes", local_path)
    }

    /// `path`, to come back from to where this click came from.
    pub(super) fn undo(&self, path: &str) -> String {
        let back = form_urlencoded::byte_serialize(self.target().as_bytes()).collect::<String>();
        format!("{path}{}back={back}", if path.contains('?') { '&' } else { '?' })
    }
}

fn said(click: &Click, key: &str, title: &str, undo: &str) -> Response {
    let flash = Flash::success(key).with("title", title).undo(click.undo(undo));
    redirect_with(click.target(), &flash)
}

pub(super) async fn complete(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
    click: Click,
) -> Result<Response, AppError> {
    let alert = alerts::complete(app.db(), &caller.actor(), id, None, app.now()).await?;
    Ok(said(&click, "alert-completed", &alert.title, &format!("/alertes/{id}/reouverture")))
}

pub(super) async fn reopen(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
    click: Click,
) -> Result<Response, AppError> {
    let alert = alerts::reopen(app.db(), &caller.actor(), id, None, app.now()).await?;
    Ok(said(&click, "alert-reopened", &alert.title, &format!("/alertes/{id}/completion")))
}

pub(super) async fn acknowledge(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
    click: Click,
) -> Result<Response, AppError> {
    let alert = alerts::acknowledge(app.db(), &caller.actor(), id, None, app.now()).await?;
    let flash = Flash::success("alert-acknowledged").with("title", &alert.title);
    Ok(redirect_with(click.target(), &flash))
}

pub(super) async fn remove(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
    click: Click,
) -> Result<Response, AppError> {
    let alert = alerts::remove(app.db(), &caller.actor(), id, None, app.now()).await?;
    // Its own page is gone.
    let gone = click.target().contains(&id.to_string());
    let click = if gone { Click(Vec::new()) } else { click };
    Ok(said(&click, "alert-removed", &alert.title, &format!("/alertes/{id}/restauration")))
}

pub(super) async fn restore(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
    click: Click,
) -> Result<Response, AppError> {
    let alert = alerts::restore(app.db(), &caller.actor(), id, app.now()).await?;
    let flash = Flash::success("alert-restored").with("title", &alert.title);
    Ok(redirect_with(click.target(), &flash))
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
        .undo(click.undo(&format!("/alertes/{id}/echeance?instant={stamp}")));
    Ok(redirect_with(click.target(), &flash))
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
    Ok(redirect_with(click.target(), &flash))
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
