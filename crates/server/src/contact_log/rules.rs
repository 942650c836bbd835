//! `/administration/centres/{id}/appels`: a centre's calling rules.

use askama::Template;
use axum::Form as Typed;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Response};
use domain::call_centers::{self, CallCenter, DAYS, Hours, Span};
use domain::contact_log::rules::{self, CallingRules, MODES};
use domain::{Actor, Error};
use uuid::Uuid;

use crate::app::App;
use crate::error::AppError;
use crate::extract::{Path, SignedIn};
use crate::page::{Conflict, Flash, Form, Line, Page, redirect_with};

/// Fewest spans shown: a morning and an afternoon.
const SPANS: usize = 2;

/// A line of the hours.
struct Day {
    key: &'static str,
    name: String,
    /// From, to, number of the span; one more than there are, to add one.
    spans: Vec<(String, String, usize)>,
    error: Option<String>,
}

#[derive(Template)]
#[template(path = "contact_log/rules.html")]
struct Rules {
    page: Page,
    center: CallCenter,
    form: Form,
    days: Vec<Day>,
    conflict: Option<Conflict>,
}

impl Rules {
    fn new(page: Page, center: CallCenter, form: Form) -> Self {
        let days = DAYS.iter().map(|day| line(&page, &form, day)).collect();
        Self { page, center, form, days, conflict: None }
    }

    fn modes(&self) -> [&'static str; 3] {
        MODES
    }
}

fn line(page: &Page, form: &Form, key: &'static str) -> Day {
    let mut spans = spans(form, key);
    spans.resize(SPANS.max(spans.len() + 1), Span::default());
    let numbered = spans.into_iter().enumerate().map(|(index, (from, to))| (from, to, index + 1));
    Day {
        key,
        name: page.t(&format!("day-{key}")),
        spans: numbered.collect(),
        error: form.error(&format!("hours.{key}")).map(str::to_owned),
    }
}

/// The spans of a day where something was typed.
fn spans(form: &Form, day: &str) -> Vec<Span> {
    let (from, to) = (form.values(&format!("{day}_from")), form.values(&format!("{day}_to")));
    from.into_iter()
        .zip(to)
        .map(|(from, to)| (from.trim().to_owned(), to.trim().to_owned()))
        .filter(|(from, to)| !from.is_empty() || !to.is_empty())
        .collect()
}

fn filled(rules: &CallingRules) -> Form {
    let mut form = Form::new()
        .with("mode", rules.mode.clone())
        .with("max_attempts", rules.max_attempts.to_string())
        .with("refusal_days", rules.refusal_days.to_string())
        .with("version", rules.version.to_string());
    let ticks = [
        ("requires_consent", rules.requires_consent),
        ("applies_to_companies", rules.applies_to_companies),
    ];
    for (name, _) in ticks.into_iter().filter(|(_, ticked)| *ticked) {
        form = form.with(name, "true");
    }
    for day in DAYS {
        for (from, to) in rules.hours.of(day) {
            form = form.with(&format!("{day}_from"), from).with(&format!("{day}_to"), to);
        }
    }
    form
}

/// `GET /administration/centres/{id}/appels`
pub(super) async fn edit(
    State(app): State<App>,
    page: Page,
    caller: SignedIn,
    Path(id): Path<Uuid>,
) -> Result<Html<String>, AppError> {
    let (conn, actor) = (app.db().read(), caller.actor());
    let center = call_centers::get(conn, &actor, id).await?;
    actor.require(actor.is_admin())?;
    let form = filled(&rules::get(conn, &actor, id).await?);
    Ok(Html(Rules::new(page, center, form).render()?))
}

/// `POST /administration/centres/{id}/appels`
pub(super) async fn change(
    State(app): State<App>,
    page: Page,
    caller: SignedIn,
    Path(id): Path<Uuid>,
    Typed(pairs): Typed<Vec<(String, String)>>,
) -> Result<Response, AppError> {
    let form = Form::typed(pairs);
    let actor = caller.actor();
    let hours = DAYS.iter().map(|day| ((*day).to_owned(), spans(&form, day)));
    // What is no number is out of every range.
    let number = |name: &str| form.value(name).trim().parse().unwrap_or(-1);
    let wanted = CallingRules {
        mode: form.value("mode").to_owned(),
        hours: Hours(hours.filter(|(_, spans)| !spans.is_empty()).collect()),
        max_attempts: number("max_attempts"),
        refusal_days: number("refusal_days"),
        requires_consent: form.is("requires_consent", "true"),
        applies_to_companies: form.is("applies_to_companies", "true"),
        version: number("version"),
    };
    let (status, shown) = match rules::change(app.db(), &actor, id, wanted, app.now()).await {
        Ok(_) => {
            let target = format!("/administration/centres/{id}/appels");
            return Ok(redirect_with(&target, &Flash::success("calling-saved")));
        }
        Err(Error::Invalid(errors)) => {
            let center = call_centers::get(app.db().read(), &actor, id).await?;
            let form = form.failed(&page, &errors);
            (StatusCode::UNPROCESSABLE_ENTITY, Rules::new(page, center, form))
        }
        Err(Error::Stale) => (StatusCode::CONFLICT, stale(&app, page, &actor, form, id).await?),
        Err(error) => return Err(error.into()),
    };
    Ok((status, Html(shown.render()?)).into_response())
}

async fn stale(
    app: &App,
    page: Page,
    actor: &Actor,
    form: Form,
    id: Uuid,
) -> Result<Rules, AppError> {
    let center = call_centers::get(app.db().read(), actor, id).await?;
    let saved = filled(&rules::get(app.db().read(), actor, id).await?);
    let form = form.rebased(&saved);
    let both = (lines(&page, &form), lines(&page, &saved));
    let conflict = Conflict::find(app, &page, ("call_center", id), &[], both).await?;
    Ok(Rules { conflict: Some(conflict), ..Rules::new(page, center, form) })
}

/// What the form says, field by field.
fn lines(page: &Page, form: &Form) -> Vec<Line> {
    let text = |label: &str, value: String| (page.t(label), value);
    let yes = |name: &str| page.t(if form.is(name, "true") { "clients-yes" } else { "clients-no" });
    let mut lines = vec![
        text("calling-mode", page.t(&format!("calling-mode-{}", form.value("mode")))),
        text("calling-max", form.value("max_attempts").trim().to_owned()),
        text("calling-refusal", form.value("refusal_days").trim().to_owned()),
        text("calling-consent", yes("requires_consent")),
        text("calling-companies", yes("applies_to_companies")),
    ];
    lines.extend(DAYS.iter().map(|day| {
        let spans = spans(form, day).into_iter().map(|(from, to)| format!("{from}–{to}"));
        text(&format!("day-{day}"), spans.collect::<Vec<_>>().join(", "))
    }));
    lines
}
