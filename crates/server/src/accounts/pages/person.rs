//! The form of a person: invited, or changed under the eyes of someone else.

use askama::Template;
use axum::Form as Typed;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Response};
use domain::users::people::{self, Change, Person};
use domain::users::{self, NewUser};
use domain::{Role, call_centers};
use uuid::Uuid;

use super::links::again;
use super::{LIST, languages, role_name};
use crate::app::App;
use crate::error::AppError;
use crate::extract::{Path, SignedIn};
use crate::page::{Conflict, Flash, Form, Line, Page, redirect_with};

type Pairs = Typed<Vec<(String, String)>>;

#[derive(Template)]
#[template(path = "accounts/person.html")]
struct PersonForm {
    page: Page,
    form: Form,
    /// `None`: a new one.
    person: Option<Person>,
    roles: Vec<(&'static str, String)>,
    centers: Vec<(String, String)>,
    supervisors: Vec<(String, String)>,
    /// What someone else saved meanwhile.
    conflict: Option<Conflict>,
}

impl PersonForm {
    async fn load(
        app: &App,
        page: Page,
        caller: &SignedIn,
        person: Option<Person>,
        form: Form,
    ) -> Result<Self, AppError> {
        let (actor, conn) = (caller.actor(), app.db().read());
        let mine = |role: &Role| actor.role == Role::SuperAdmin || *role != Role::SuperAdmin;
        let roles = Role::ALL.into_iter().filter(mine);
        let roles = roles.map(|role| (role.as_str(), role_name(&page, role))).collect();
        let centers = call_centers::list(conn, &actor).await?;
        let mut choices: Vec<_> = centers.into_iter().map(|c| (c.id.to_string(), c.name)).collect();
        if actor.role == Role::SuperAdmin {
            choices.insert(0, (String::new(), page.t("people-no-center")));
        }
        let mut supervisors = vec![(String::new(), page.t("people-no-supervisor"))];
        let known = people::supervisors(conn, &actor).await?;
        supervisors.extend(known.into_iter().map(|(id, name, _)| (id.to_string(), name)));
        let (centers, conflict) = (choices, None);
        Ok(Self { page, form, person, roles, centers, supervisors, conflict })
    }

    /// What `form` says, field by field; a centre only where one is chosen.
    fn lines(&self, form: &Form) -> Vec<Line> {
        let mut lines = vec![
            ("field-name", form.value("name").trim().to_owned()),
            ("field-role", form.chosen("role", &self.roles)),
            ("field-supervisor", form.chosen("supervisor_id", &self.supervisors)),
            ("field-language", form.chosen("language", &languages())),
        ];
        if self.centers.len() > 1 {
            lines.push(("field-center", form.chosen("call_center_id", &self.centers)));
        }
        lines.into_iter().map(|(label, value)| (self.page.t(label), value)).collect()
    }
}

pub(super) async fn new(
    State(app): State<App>,
    page: Page,
    caller: SignedIn,
) -> Result<Html<String>, AppError> {
    let actor = caller.actor();
    actor.require(actor.is_admin())?;
    let center = actor.call_center_id.map(|id| id.to_string()).unwrap_or_default();
    let form = Form::new()
        .with("role", "agent")
        .with("language", page.language.code())
        .with("call_center_id", center);
    Ok(Html(PersonForm::load(&app, page, &caller, None, form).await?.render()?))
}

pub(super) async fn create(
    State(app): State<App>,
    page: Page,
    caller: SignedIn,
    Typed(pairs): Pairs,
) -> Result<Response, AppError> {
    let actor = caller.actor();
    actor.require(actor.is_admin())?;
    let form = Form::typed(pairs);
    let role = Role::parse(form.value("role")).ok_or(domain::Error::invalid("role", "wrong-value"));
    let own = actor.call_center_id.filter(|_| !form.is("role", "super_admin"));
    let made = match role {
        Ok(role) => {
            let new = NewUser {
                email: form.value("email").to_owned(),
                name: form.value("name").to_owned(),
                role,
                call_center_id: id_of(&form, "call_center_id").or(own),
                supervisor_id: id_of(&form, "supervisor_id"),
                password: None,
                language: form.value("language").to_owned(),
            };
            users::create(app.db(), &actor, new, app.now()).await
        }
        Err(error) => Err(error),
    };
    match made {
        Ok(_) => {
            let flash = Flash::success("people-invited").with("email", form.value("email"));
            Ok(redirect_with(LIST, &flash))
        }
        Err(domain::Error::Invalid(errors)) => {
            let form = form.failed(&page, &errors);
            again(&PersonForm::load(&app, page, &caller, None, form).await?)
        }
        Err(error) => Err(error.into()),
    }
}

fn id_of(form: &Form, name: &str) -> Option<Uuid> {
    form.value(name).parse().ok()
}

pub(super) async fn edit(
    State(app): State<App>,
    page: Page,
    caller: SignedIn,
    Path(id): Path<Uuid>,
) -> Result<Html<String>, AppError> {
    let actor = caller.actor();
    let person = people::get(app.db().read(), &actor, id).await?;
    actor.require(actor.is_admin())?;
    let form = filled(&person);
    Ok(Html(PersonForm::load(&app, page, &caller, Some(person), form).await?.render()?))
}

/// A person as the form shows them.
fn filled(person: &Person) -> Form {
    let text = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
    Form::new()
        .with("name", person.name.clone())
        .with("role", person.role().as_str())
        .with("call_center_id", text(person.call_center_id))
        .with("supervisor_id", text(person.supervisor_id))
        .with("language", person.language.clone())
        .with("version", person.version.to_string())
}

pub(super) async fn change(
    State(app): State<App>,
    page: Page,
    caller: SignedIn,
    Path(id): Path<Uuid>,
    Typed(pairs): Pairs,
) -> Result<Response, AppError> {
    let form = Form::typed(pairs);
    let actor = caller.actor();
    let center = if actor.role == Role::SuperAdmin {
        Some(id_of(&form, "call_center_id").filter(|_| !form.is("role", "super_admin")))
    } else {
        None
    };
    let change = Change {
        name: Some(form.value("name").to_owned()),
        role: Role::parse(form.value("role")),
        supervisor_id: Some(id_of(&form, "supervisor_id")),
        call_center_id: center,
        language: Some(form.value("language").to_owned()),
        ..Change::default()
    };
    let version = form.value("version").parse().ok();
    match people::change(app.db(), &actor, id, change, version, app.now()).await {
        Ok(_) => Ok(redirect_with(LIST, &Flash::success("people-saved"))),
        Err(domain::Error::Invalid(errors)) => {
            let person = people::get(app.db().read(), &actor, id).await?;
            let form = form.failed(&page, &errors);
            again(&PersonForm::load(&app, page, &caller, Some(person), form).await?)
        }
        Err(domain::Error::Stale) => stale(&app, page, &caller, form, id).await,
        Err(domain::Error::Conflict(key)) => {
            let flash = Flash::error(&format!("error-{key}"));
            Ok(redirect_with(&format!("{LIST}/{id}"), &flash))
        }
        Err(error) => Err(error.into()),
    }
}

/// Someone saved meanwhile: shows both, keeps what was typed, and lets the next press decide.
async fn stale(
    app: &App,
    page: Page,
    caller: &SignedIn,
    form: Form,
    id: Uuid,
) -> Result<Response, AppError> {
    let person = people::get(app.db().read(), &caller.actor(), id).await?;
    let saved = filled(&person);
    let form = form.rebased(&saved);
    let mut shown = PersonForm::load(app, page, caller, Some(person), form).await?;
    let both = (shown.lines(&shown.form), shown.lines(&saved));
    let subject = ("user", id);
    shown.conflict =
        Some(Conflict::find(app, &shown.page, subject, &["user.updated"], both).await?);
    Ok((StatusCode::CONFLICT, Html(shown.render()?)).into_response())
}
