//! A change taken back, or the whole record as it was: shown first, then done.

use askama::Template;
use axum::extract::{Form as Posted, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Response};
use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;
use domain::Error;
use domain::clients::{self, Client, Restoration, Then};
use uuid::Uuid;

use super::words;
use crate::app::App;
use crate::error::AppError;
use crate::extract::{Path, SignedIn};
use crate::grid::Query;
use crate::page::{Flash, Form, Page, redirect_with};

/// A field that would change.
struct Line {
    field: String,
    label: String,
    current: String,
    wanted: String,
    /// Who changed it since.
    later: Option<String>,
    error: Option<String>,
}

#[derive(Template)]
#[template(path = "clients/restoration.html")]
struct Preview {
    page: Page,
    form: Form,
    client: Client,
    lead: String,
    target: String,
    /// The local time asked for.
    at: Option<String>,
    lines: Vec<Line>,
    is_change: bool,
    is_stale: bool,
}

impl Preview {
    fn back(&self) -> String {
        format!("/client/{}/historique", self.client.id)
    }

    /// Whether taking one change back would lose later ones.
    fn loses(&self) -> bool {
        self.is_change && self.lines.iter().any(|line| line.later.is_some())
    }
}

/// `GET /client/{id}/historique/{event}/restauration`
pub(super) async fn change(
    State(app): State<App>,
    page: Page,
    caller: SignedIn,
    Path((id, event)): Path<(Uuid, i64)>,
) -> Result<Response, AppError> {
    let shown = show(&app, page, &caller, id, Then::Before(event), Form::new()).await?;
    Ok(Html(shown.render()?).into_response())
}

/// `POST /client/{id}/historique/{event}/restauration`
pub(super) async fn restore_change(
    State(app): State<App>,
    page: Page,
    caller: SignedIn,
    Path((id, event)): Path<(Uuid, i64)>,
    Posted(pairs): Posted<Vec<(String, String)>>,
) -> Result<Response, AppError> {
    restore(&app, page, &caller, id, Then::Before(event), Form::typed(pairs)).await
}

/// `GET /client/{id}/historique/restauration?le=2026-11-20T10:00`
pub(super) async fn date(
    State(app): State<App>,
    page: Page,
    caller: SignedIn,
    Path(id): Path<Uuid>,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    let query = Query::parse(query.as_deref().unwrap_or_default());
    let typed = query.get("le").unwrap_or_default();
    clients::get(app.db().read(), &caller.actor(), id).await?;
    let form = Form::new().with("le", typed);
    let then = Then::At(instant(typed, page.zone)?);
    match show(&app, page, &caller, id, then, form).await {
        Err(AppError::Domain(Error::Invalid(_))) => {
            let target = format!("/client/{id}/historique");
            Ok(redirect_with(&target, &Flash::error("restoration-before-creation")))
        }
        shown => Ok(Html(shown?.render()?).into_response()),
    }
}

/// `POST /client/{id}/historique/restauration`
pub(super) async fn restore_date(
    State(app): State<App>,
    page: Page,
    caller: SignedIn,
    Path(id): Path<Uuid>,
    Posted(pairs): Posted<Vec<(String, String)>>,
) -> Result<Response, AppError> {
    clients::get(app.db().read(), &caller.actor(), id).await?;
    let form = Form::typed(pairs);
    let at = instant(form.value("le"), page.zone)?;
    restore(&app, page, &caller, id, Then::At(at), form).await
}

/// The end of the local minute someone typed; of the two of a night in October, the first.
fn instant(typed: &str, zone: Tz) -> Result<DateTime<Utc>, Error> {
    let wrong = || Error::invalid("le", "not-a-date");
    let local = NaiveDateTime::parse_from_str(typed, "%Y-%m-%dT%H:%M").map_err(|_| wrong())?;
    let local = local + chrono::TimeDelta::seconds(59);
    let found = local.and_local_timezone(zone).earliest().ok_or_else(wrong)?;
    Ok(found.to_utc())
}

async fn restore(
    app: &App,
    page: Page,
    caller: &SignedIn,
    id: Uuid,
    then: Then,
    form: Form,
) -> Result<Response, AppError> {
    let only: Vec<String> = form.values("fields").into_iter().map(str::to_owned).collect();
    let version = Some(form.value("version").parse().unwrap_or(0));
    let (actor, now) = (caller.actor(), app.now());
    // Whoever presses has seen what would be lost.
    let done = clients::restore_to(app.db(), &actor, (id, version), then, Some(&only), true, now);
    let (form, is_stale, status) = match done.await {
        Ok(_) => {
            let target = format!("/client/{id}/historique");
            return Ok(redirect_with(&target, &Flash::success("restoration-done")));
        }
        Err(Error::Invalid(errors)) => {
            (form.failed(&page, &errors), false, StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(Error::Stale) => (form, true, StatusCode::CONFLICT),
        Err(error) => return Err(error.into()),
    };
    let mut shown = show(app, page, caller, id, then, form).await?;
    shown.is_stale = is_stale;
    Ok((status, Html(shown.render()?)).into_response())
}

async fn show(
    app: &App,
    page: Page,
    caller: &SignedIn,
    id: Uuid,
    then: Then,
    form: Form,
) -> Result<Preview, AppError> {
    let (conn, actor) = (app.db().read(), caller.actor());
    let Restoration { client, change, fields } =
        clients::restoration(conn, &actor, id, then).await?;
    let people = clients::choices(conn, &actor).await?.people;
    let lines = fields
        .into_iter()
        .map(|field| Line {
            label: words::field_name(&page, &field.field),
            current: words::value(&page, &field.field, &field.current, &people),
            wanted: words::value(&page, &field.field, &field.wanted, &people),
            later: field.later.map(|later| {
                let name = later.actor_name.unwrap_or_else(|| page.t("clients-by-vigie"));
                let when = page.date_time(&later.at);
                page.t2("restoration-later", ("name", name.into()), ("when", when.into()))
            }),
            error: form.error(&field.field).map(str::to_owned),
            field: field.field,
        })
        .collect();
    let (lead, target, at) = match (then, change) {
        (Then::Before(seq), Some(change)) => {
            let when = page.date_time(&change.at);
            let who = change.actor_name.unwrap_or_else(|| page.t("clients-by-vigie"));
            let lead = ("when", when.into());
            let lead = page.t2("restoration-of-change", ("name", who.into()), lead);
            (lead, format!("/client/{id}/historique/{seq}/restauration"), None)
        }
        (Then::Before(_), None) => return Err(Error::NotFound.into()),
        (Then::At(at), _) => {
            let lead = page.t1("restoration-of-date", "when", page.date_time(&at));
            let typed = Some(form.value("le").to_owned());
            (lead, format!("/client/{id}/historique/restauration"), typed)
        }
    };
    let is_change = at.is_none();
    Ok(Preview { page, form, client, lead, target, at, lines, is_change, is_stale: false })
}
