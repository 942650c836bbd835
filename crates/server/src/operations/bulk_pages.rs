use askama::Template;
use axum::extract::{Form as FormBody, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::operations::Kind;
use domain::operations::bulk::{self, Estimate, Params};
use domain::{Actor, Error, FieldError};

use super::exports;
use super::selection::Selection;
use crate::app::App;
use crate::error::AppError;
use crate::extract::SignedIn;
use crate::page::{Flash, Form, Page, redirect_with};

/// Names shown of the clients an action is about.
const SAMPLE: i64 = 8;

/// Says what an action will do, before it is done.
#[derive(Template)]
#[template(path = "operations/confirm.html")]
struct Confirm {
    page: Page,
    form: Form,
    kind: Kind,
    estimate: Estimate,
    names: Vec<String>,
    selection: Vec<(String, String)>,
    assignees: Vec<(String, String)>,
    back: String,
}

impl Confirm {
    fn title(&self) -> String {
        let key = format!("bulk-title-{}", self.kind.as_str().replace('_', "-"));
        self.page.t1(&key, "count", self.estimate.matched)
    }

    fn takes_tags(&self) -> bool {
        matches!(self.kind, Kind::Tag | Kind::Untag)
    }

    fn takes_assignee(&self) -> bool {
        self.kind == Kind::Assign
    }

    fn is_dangerous(&self) -> bool {
        matches!(self.kind, Kind::Delete | Kind::Deactivate)
    }

    fn icon(&self) -> &'static str {
        match self.kind {
            Kind::Activate => "circle-check",
            Kind::Deactivate => "power",
            Kind::Tag | Kind::Untag => "tag",
            Kind::Assign => "user-check",
            Kind::Delete => "trash-2",
            _ => "bell-plus",
        }
    }

    /// Clients not named in the sample.
    fn others(&self) -> i64 {
        self.estimate.matched - i64::try_from(self.names.len()).unwrap_or(0)
    }

    /// Clients that are already as wished; known once nothing is left to type.
    fn unchanged(&self) -> i64 {
        if self.takes_tags() || self.takes_assignee() {
            return 0;
        }
        self.estimate.matched - self.estimate.would_change
    }
}

/// `GET /client/actions`: a reload of the confirmation page has lost its ticks.
pub(super) async fn back(_: SignedIn) -> Redirect {
    Redirect::to("/client")
}

/// `POST /client/actions`: the grid's ticks or its filter, and `action`.
pub(super) async fn preview(
    State(app): State<App>,
    page: Page,
    who: SignedIn,
    FormBody(pairs): FormBody<Vec<(String, String)>>,
) -> Result<Response, AppError> {
    let actor = who.actor();
    actor.require(actor.works_with_clients())?;
    let action = value(&pairs, "action").to_owned();
    let selection = Selection::of_form(pairs);
    if selection.is_empty() {
        return Ok(redirect_with(&selection.back(), &Flash::error("bulk-nothing-ticked")));
    }
    match action.as_str() {
        "export" => exports::page_for(&app, page, &actor, selection).await,
        // The form of the alert asks for it; 307 sends the ticks there.
        "create_alerts" => Ok(Redirect::temporary("/alertes/nouvelle/selection").into_response()),
        action => {
            let kind = Kind::parse(action).filter(|kind| Kind::BULK.contains(kind));
            let kind = kind.ok_or_else(|| Error::invalid("action", "wrong-value"))?;
            let confirm = confirm(&app, page, &actor, kind, selection, Form::new()).await?;
            Ok(Html(confirm.render()?).into_response())
        }
    }
}

/// `POST /client/actions/execution`: the confirmed action.
pub(super) async fn execute(
    State(app): State<App>,
    page: Page,
    who: SignedIn,
    FormBody(pairs): FormBody<Vec<(String, String)>>,
) -> Result<Response, AppError> {
    let actor = who.actor();
    actor.require(actor.works_with_clients())?;
    let kind = Kind::parse(value(&pairs, "action"))
        .filter(|kind| Kind::BULK.contains(kind) && *kind != Kind::CreateAlerts);
    let kind = kind.ok_or_else(|| Error::invalid("action", "wrong-value"))?;
    let form = Form::typed(pairs.clone());
    let selection = Selection::of_form(pairs);
    let started = async {
        let params = wanted(&form, kind, selection.params(page.zone)?)?;
        bulk::start(app.db(), &actor, kind, params, app.now()).await
    };
    match started.await {
        Ok((id, count)) => {
            let flash = Flash::success("operation-started").with("count", count);
            let flash = flash.undo(format!("/operations/{id}/annulation"));
            Ok(redirect_with(&format!("/operations/{id}"), &flash))
        }
        Err(Error::Invalid(errors)) => {
            let errors: Vec<FieldError> = errors.into_iter().map(of_form).collect();
            let form = form.failed(&page, &errors);
            let confirm = confirm(&app, page, &actor, kind, selection, form).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(confirm.render()?)).into_response())
        }
        Err(error) => Err(error.into()),
    }
}

fn value<'a>(pairs: &'a [(String, String)], name: &str) -> &'a str {
    pairs.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
}

/// The API calls a field `params.tags`; the form has it as `tags`.
fn of_form(mut error: FieldError) -> FieldError {
    match error.field.as_str() {
        "params.tags" => error.field = "tags".to_owned(),
        "params.assigned_to" => error.field = "assignee".to_owned(),
        _ => {}
    }
    error
}

fn wanted(form: &Form, kind: Kind, mut params: Params) -> Result<Params, Error> {
    if matches!(kind, Kind::Tag | Kind::Untag) {
        params.tags = vec![form.value("tags").to_owned()];
    }
    if kind == Kind::Assign && !form.value("assignee").is_empty() {
        let user = form.value("assignee").parse();
        params.assigned_to = Some(user.map_err(|_| Error::invalid("assignee", "wrong-value"))?);
    }
    Ok(params)
}

async fn confirm(
    app: &App,
    page: Page,
    actor: &Actor,
    kind: Kind,
    selection: Selection,
    form: Form,
) -> Result<Confirm, AppError> {
    let (conn, now) = (app.db().read(), app.now());
    bulk::permit(actor, kind)?;
    let params = selection.params(page.zone)?;
    let estimate = if matches!(kind, Kind::Activate | Kind::Deactivate | Kind::Delete) {
        bulk::estimate(conn, actor, kind, &params, now).await?
    } else {
        let matched = bulk::matched(conn, actor, &params, now).await?;
        Estimate { matched, would_change: matched }
    };
    let names = bulk::sample(conn, actor, &params, SAMPLE, now).await?;
    let mut assignees = vec![(String::new(), page.t("bulk-nobody"))];
    if kind == Kind::Assign {
        let people = bulk::assignees(conn, actor).await?;
        assignees.extend(people.into_iter().map(|(id, name)| (id.to_string(), name)));
    }
    let (back, selection) = (selection.back(), selection.hidden());
    Ok(Confirm { page, form, kind, estimate, names, selection, assignees, back })
}
