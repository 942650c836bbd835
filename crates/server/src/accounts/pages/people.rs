//! The people of a centre.

use askama::Template;
use axum::Form as Typed;
use axum::extract::{Path, Query, State};
use axum::response::{Html, Response};
use domain::Role;
use domain::call_centers;
use domain::paging::Total;
use domain::users::people::{self, Change, PeopleFilter, Person};
use domain::users::{self, NewUser};
use serde::Deserialize;
use uuid::Uuid;

use super::languages;
use super::links::again;
use crate::app::App;
use crate::error::AppError;
use crate::extract::SignedIn;
use crate::page::{Flash, Form, Page, redirect_with};

type Pairs = Typed<Vec<(String, String)>>;

const LIST: &str = "/administration/utilisateurs";

/// Rows on a page.
const ROWS: u32 = 50;

#[derive(Template)]
#[template(path = "accounts/people.html")]
struct People {
    page: Page,
    rows: Vec<Person>,
    total: Total,
    q: String,
    role: String,
    next: Option<String>,
    previous: Option<String>,
}

impl People {
    fn roles(&self) -> Vec<(&'static str, String)> {
        let all = ("", self.page.t("people-every-role"));
        let own = Role::ALL.into_iter().map(|role| (role.as_str(), role_name(&self.page, role)));
        std::iter::once(all).chain(own).collect()
    }

    fn is_chosen(&self, role: &str) -> bool {
        self.role == role
    }

    fn role_of(&self, person: &Person) -> String {
        role_name(&self.page, person.role())
    }
}

fn role_name(page: &Page, role: Role) -> String {
    page.t(&format!("role-{}", role.as_str().replace('_', "-")))
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct ListQuery {
    q: String,
    role: String,
    cursor: Option<String>,
}

pub(super) async fn list(
    State(app): State<App>,
    page: Page,
    caller: SignedIn,
    Query(query): Query<ListQuery>,
) -> Result<Html<String>, AppError> {
    let actor = caller.actor();
    actor.require(actor.is_admin())?;
    let ListQuery { q, role, cursor } = query;
    let filter = PeopleFilter { q: Some(q.clone()), role: Some(role.clone()), is_active: None };
    let conn = app.db().read();
    let found = people::list(conn, &actor, &filter, cursor.as_deref(), ROWS).await?;
    let total = people::count(conn, &actor, &filter).await?;
    let link = |cursor: String| {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("q", &q)
            .append_pair("role", &role)
            .append_pair("cursor", &cursor)
            .finish();
        format!("{LIST}?{query}")
    };
    let (next, previous) = (found.next.map(link), found.previous.map(link));
    Ok(Html(People { page, rows: found.rows, total, next, previous, q, role }.render()?))
}

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
    stale: bool,
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
        Ok(Self { page, form, person, roles, centers: choices, supervisors, stale: false })
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
    let text = |id: Option<Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
    let form = Form::new()
        .with("name", person.name.clone())
        .with("role", person.role().as_str())
        .with("call_center_id", text(person.call_center_id))
        .with("supervisor_id", text(person.supervisor_id))
        .with("language", person.language.clone())
        .with("version", person.version.to_string());
    Ok(Html(PersonForm::load(&app, page, &caller, Some(person), form).await?.render()?))
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
    let problem = match people::change(app.db(), &actor, id, change, version, app.now()).await {
        Ok(_) => return Ok(redirect_with(LIST, &Flash::success("people-saved"))),
        Err(domain::Error::Invalid(errors)) => errors,
        Err(domain::Error::Stale) => Vec::new(),
        Err(domain::Error::Conflict(key)) => {
            return Ok(redirect_with(
                &format!("{LIST}/{id}"),
                &Flash::error(&format!("error-{key}")),
            ));
        }
        Err(error) => return Err(error.into()),
    };
    let person = people::get(app.db().read(), &actor, id).await?;
    let stale = problem.is_empty();
    let form = form.failed(&page, &problem);
    let mut template = PersonForm::load(&app, page, &caller, Some(person), form).await?;
    template.stale = stale;
    again(&template)
}

pub(super) async fn deactivate(
    app: State<App>,
    caller: SignedIn,
    id: Path<Uuid>,
) -> Result<Response, AppError> {
    set_active(app, caller, id, false).await
}

pub(super) async fn reactivate(
    app: State<App>,
    caller: SignedIn,
    id: Path<Uuid>,
) -> Result<Response, AppError> {
    set_active(app, caller, id, true).await
}

async fn set_active(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
    active: bool,
) -> Result<Response, AppError> {
    let change = Change { is_active: Some(active), ..Change::default() };
    match people::change(app.db(), &caller.actor(), id, change, None, app.now()).await {
        Ok(person) => {
            let (key, opposite) = if active {
                ("people-reactivated", "desactivation")
            } else {
                ("people-deactivated", "reactivation")
            };
            let flash = Flash::success(key).with("name", person.name);
            Ok(redirect_with(LIST, &flash.undo(format!("{LIST}/{id}/{opposite}"))))
        }
        Err(domain::Error::Conflict(key)) => {
            Ok(redirect_with(LIST, &Flash::error(&format!("error-{key}"))))
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn invite(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
) -> Result<Response, AppError> {
    match people::invite(app.db(), &caller.actor(), id, app.now()).await {
        Ok(()) => Ok(redirect_with(LIST, &Flash::success("people-invited-again"))),
        Err(domain::Error::Conflict(key)) => {
            Ok(redirect_with(LIST, &Flash::error(&format!("error-{key}"))))
        }
        Err(error) => Err(error.into()),
    }
}
