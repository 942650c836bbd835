//! Consents, from the client's Contacts tab.

use axum::Form as Typed;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use chrono::{DateTime, NaiveTime, Utc};
use domain::alerts::local_time;
use domain::contact_log::consents::{self, NewConsent};
use domain::{Error, Invalid};
use uuid::Uuid;

use crate::app::App;
use crate::error::AppError;
use crate::extract::{Click, Path, SignedIn};
use crate::page::{Flash, Form, Page, redirect_with};

/// `POST /client/{id}/consentements`
pub(super) async fn record(
    State(app): State<App>,
    page: Page,
    caller: SignedIn,
    Path(id): Path<Uuid>,
    Typed(pairs): Typed<Vec<(String, String)>>,
) -> Result<Response, AppError> {
    let form = Form::typed(pairs);
    let mut invalid = Invalid::new();
    let text = |name: &str| form.value(name).to_owned();
    let new = NewConsent {
        kind: text("kind"),
        purpose: text("purpose"),
        channel: text("channel"),
        source: text("source"),
        proof: Some(text("proof")),
        given_at: given_at(&page, form.value("given_at"), &mut invalid),
    };
    match consents::record(app.db(), &caller.actor(), id, &new, invalid, app.now()).await {
        Ok(consent) => {
            let flash = Flash::success(&format!("consent-recorded-{}", consent.kind));
            Ok(redirect_with(&format!("/client/{id}/contacts"), &flash))
        }
        Err(Error::Invalid(errors)) => {
            let form = form.failed(&page, &errors);
            let shown = crate::clients::contacts_tab(&app, page, &caller, id, &form).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, shown).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

/// A day: today is now, another is its noon.
fn given_at(page: &Page, typed: &str, invalid: &mut Invalid) -> Option<DateTime<Utc>> {
    let typed = typed.trim();
    if typed.is_empty() {
        return None;
    }
    let Ok(day) = typed.parse::<chrono::NaiveDate>() else {
        invalid.add("given_at", "not-a-date");
        return None;
    };
    if day == page.day_of(&page.now) {
        return None;
    }
    let noon = NaiveTime::from_hms_opt(12, 0, 0).unwrap_or(NaiveTime::MIN);
    local_time::instant_of(day.and_time(noon), page.zone)
}

/// `POST /consentements/{id}/revocation`
pub(super) async fn revoke(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
    click: Click,
) -> Result<Response, AppError> {
    let reason = click.get("reason");
    let flash = match consents::revoke(app.db(), &caller.actor(), id, reason, app.now()).await {
        Ok(consent) => {
            let target = format!("/client/{}/contacts", consent.client_id);
            return Ok(redirect_with(&target, &Flash::success("consent-revoked")));
        }
        Err(Error::Conflict(key)) => Flash::error(&format!("error-{key}")),
        Err(error) => return Err(error.into()),
    };
    Ok(redirect_with(&click.back_or_stay("/contacts"), &flash))
}
