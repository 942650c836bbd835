//! One click: reached or not; back; by another way. Ordinary forms, which lead back where they
//! were sent from.

use axum::extract::{FromRequest, Request, State};
use axum::http::header;
use axum::response::Response;
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use domain::Error;
use domain::contact_log::{self, Attempt, Decision, Reason};
use url::form_urlencoded;
use uuid::Uuid;

use super::words;
use crate::app::App;
use crate::error::AppError;
use crate::extract::{Path, SignedIn};
use crate::page::{Flash, Page, local_path, redirect_with};

/// What a click sends, in its body or in its address, and the page it was made on.
pub(crate) struct Click {
    sent: Vec<(String, String)>,
    from: Option<String>,
}

impl FromRequest<App> for Click {
    type Rejection = AppError;

    async fn from_request(request: Request, app: &App) -> Result<Self, AppError> {
        let query = request.uri().query().unwrap_or_default().to_owned();
        let referer = request.headers().get(header::REFERER).and_then(|v| v.to_str().ok());
        let from = referer.and_then(|address| url::Url::parse(address).ok()).map(|address| {
            // Only its path: whose site it is does not matter then.
            let query = address.query().map(|q| format!("?{q}")).unwrap_or_default();
            format!("{}{query}", address.path())
        });
        let body = Bytes::from_request(request, app).await.unwrap_or_default();
        let read = |bytes: &[u8]| form_urlencoded::parse(bytes).into_owned().collect::<Vec<_>>();
        Ok(Self { sent: [read(&body), read(query.as_bytes())].concat(), from })
    }
}

impl Click {
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let found = self.sent.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// Where to go back to.
    pub(crate) fn target(&self, otherwise: &str) -> String {
        let back = self.get("back").or(self.from.as_deref());
        local_path(back.unwrap_or(otherwise)).to_owned()
    }
}

/// `path`, to come back from to `target`.
pub(crate) fn with_back(path: &str, target: &str) -> String {
    let back = form_urlencoded::byte_serialize(target.as_bytes()).collect::<String>();
    format!("{path}?back={back}")
}

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
    let target = click.target(&format!("/client/{id}"));
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
    let target = click.target("/contacts");
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
    let target = click.target("/contacts");
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
