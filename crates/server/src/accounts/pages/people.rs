//! The people of a centre: the list, and what its rows do.

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{Html, Response};
use domain::call_centers::{self, CallCenter};
use domain::users::people::{self, Change, Person, State as PersonState};
use domain::{Actor, Role};
use uuid::Uuid;

use super::{LIST, role_name};
use crate::accounts::people_filter::Params;
use crate::app::App;
use crate::error::AppError;
use crate::extract::{Path, SignedIn};
use crate::grid::{Column, Definition, Grid, ROWS};
use crate::page::{Flash, Markup, Page, redirect_with};

static GRID: Definition = Definition {
    name: "people",
    path: LIST,
    label: "people-title",
    columns: &[
        Column::new("name", "field-name").sorted("name").fixed().card("main").width(260),
        Column::new("role", "field-role").sorted("role").card("left").width(160),
        Column::new("center", "field-center").sorted("call_center").class("tablet-hidden"),
        Column::new("supervisor", "field-supervisor").sorted("supervisor").class("tablet-hidden"),
        Column::new("visit", "people-last-visit").sorted("last_sign_in_at").card("right"),
        Column::new("state", "people-state").sorted("state").card("status").width(130),
        Column::new("language", "field-language").sorted("language").hidden().width(110),
        Column::new("created", "people-since").sorted("created_at").hidden(),
    ],
    sort: "name",
};

#[derive(Template)]
#[template(path = "accounts/people.html")]
struct People {
    page: Page,
    grid: Grid,
    rows: Vec<Person>,
    centers: Vec<CallCenter>,
}

impl People {
    /// The roles there may be here: owners see no super_admin.
    fn roles(&self) -> impl Iterator<Item = Role> {
        let everyone = self.page.actor().role == Role::SuperAdmin;
        Role::ALL.into_iter().filter(move |role| everyone || *role != Role::SuperAdmin)
    }

    fn role(&self, role: Role) -> String {
        role_name(&self.page, role)
    }

    fn state(&self, state: PersonState) -> String {
        state_name(&self.page, state)
    }

    fn pill(&self, person: &Person) -> Markup {
        let (kind, icon) = match person.state() {
            PersonState::Active => ("green", "check"),
            PersonState::Invited => ("amber", "mail"),
            PersonState::Inactive => ("grey", "minus"),
        };
        self.page.pill(kind, icon, &self.state(person.state()))
    }

    fn language(&self, person: &Person) -> &'static str {
        let known = super::languages().into_iter().find(|(code, _)| *code == person.language);
        known.map_or("", |(_, name)| name)
    }
}

fn state_name(page: &Page, state: PersonState) -> String {
    page.t(&format!("people-state-{}", state.as_str()))
}

pub(super) async fn list(
    State(app): State<App>,
    page: Page,
    caller: SignedIn,
    Query(params): Query<Params>,
) -> Result<Html<String>, AppError> {
    let actor = caller.actor();
    actor.require(actor.is_admin())?;
    let (filter, ..) = params.read()?;
    let mut grid = Grid::load(&app, &page, &GRID).await?;
    let (conn, sort) = (app.db().read(), people::Sort::parse(&grid.sort)?);
    let found = people::list(conn, &actor, &filter, sort, grid.cursor.as_deref(), ROWS).await?;
    let total = people::count(conn, &actor, &filter).await?;
    let centers = centers(&app, &actor).await?;
    if let Some(role) = filter.role {
        grid.chip("role", page.t("field-role"), role_name(&page, role));
    }
    if let Some(state) = filter.state {
        grid.chip("state", page.t("people-state"), state_name(&page, state));
    }
    if let Some(id) = filter.call_center_id {
        let known = centers.iter().find(|center| center.id == id);
        let name = known.map_or_else(|| page.t("people-other-center"), |c| c.name.clone());
        grid.chip("call_center_id", page.t("field-center"), name);
    }
    grid.fill(total, found.rows.len(), found.previous, found.next);
    Ok(Html(People { page, grid, rows: found.rows, centers }.render()?))
}

/// The centres to choose from: none where there is but one.
async fn centers(app: &App, actor: &Actor) -> Result<Vec<CallCenter>, AppError> {
    let all = call_centers::list(app.db().read(), actor).await?;
    Ok(if all.len() > 1 { all } else { Vec::new() })
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
