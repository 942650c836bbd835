//! One click: reached or not; back; by another way. Ordinary forms, which lead back where they
//! were sent from.

use axum::extract::State;
use axum::response::Response;
use chrono::{DateTime, TimeDelta, Utc};
use domain::Error;
use domain::contact_log::{self, Attempt, Decision, Reason};
use uuid::Uuid;

use super::words;
use crate::app::App;
use crate::error::AppError;
use crate::extract::{Click, Path, SignedIn, with_back};
use crate::page::{Flash, Page, redirect_with};

fn undoable(flash: Flash, attempt: &Attempt, target: &str, now: DateTime<Utc>) -> Flash {
    let path = format!("/contacts/{}", attempt.id);
    let left = attempt.undoable_for(now);
    let mut flash = flash;
    if left > TimeDelta::zero() {
        flash = flash.undo(with_back(&format!("{path}/annulation"), target));
        flash.stays = Some(left.num_milliseconds());
    }
    flash.channel = Some(with_back(&format!("{path}/canal"), target));
    flash
}

/// `POST /client/{id}/contact`: `statut`, and `canal` if it is not the usual one.
pub(super) async fn record(
    page: Page,
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
    click: Click,
) -> Result<Response, AppError> {
    let target = click.back_or_stay(&format!("/client/{id}"));
    let (statut, canal) = (click.get("statut"), click.get("canal"));
    let made = contact_log::press(app.db(), &caller.actor(), id, statut, canal, app.now()).await;
    let made = match made {
        Ok(made) => made,
        // The button was there to be pressed: what speaks against it is told where it stands.
        Err(Error::CallBlocked(reasons)) => return Ok(blocked(&page, &target, &reasons)),
        Err(error) => return Err(error.into()),
    };
    let attempt = &made.attempt;
    let channel = words::channel(&page, attempt);
    let flash = if made.verdict.decision == Decision::Warn {
        let key = format!("contact-warned-{}", attempt.status);
        let reasons = words::reasons(&page, &made.verdict.reasons);
        Flash::warning(&key).with("name", channel).with("title", reasons)
    } else {
        Flash::success(&format!("contact-logged-{}", attempt.status)).with("name", channel)
    };
    Ok(redirect_with(&target, &undoable(flash, attempt, &target, app.now())))
}

fn blocked(page: &Page, target: &str, reasons: &[Reason]) -> Response {
    let flash = Flash::error("contact-not-logged").with("title", words::reasons(page, reasons));
    redirect_with(target, &flash)
}

/// `POST /contacts/{id}/annulation`.
pub(super) async fn undo(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
    click: Click,
) -> Result<Response, AppError> {
    let target = click.back_or_stay("/contacts");
    let flash = match contact_log::undo(app.db(), &caller.actor(), id, app.now()).await {
        Ok(attempt) => Flash::success("contact-undone").with("title", attempt.client_name),
        Err(Error::Conflict(key)) => Flash::error(&format!("error-{key}")),
        Err(error) => return Err(error.into()),
    };
    Ok(redirect_with(&target, &flash))
}

/// `POST /contacts/{id}/canal`: `canal`.
pub(super) async fn change_channel(
    page: Page,
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
    click: Click,
) -> Result<Response, AppError> {
    let (actor, now) = (caller.actor(), app.now());
    let target = click.back_or_stay("/contacts");
    let changed = contact_log::change_channel(app.db(), &actor, id, click.get("canal"), now).await;
    let attempt = match changed {
        Ok(attempt) => attempt,
        Err(Error::CallBlocked(reasons)) => return Ok(blocked(&page, &target, &reasons)),
        Err(error) => return Err(error.into()),
    };
    let flash =
        Flash::success("contact-channel-changed").with("name", words::channel(&page, &attempt));
    let is_own = attempt.can_be_undone(&actor, now);
    let flash = if is_own { undoable(flash, &attempt, &target, now) } else { flash };
    Ok(redirect_with(&target, &flash))
}
