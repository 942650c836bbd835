//! The form of a client: new, or changed under the eyes of someone else.

use askama::Template;
use axum::extract::{Form as Posted, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Response};
use domain::Error;
use domain::clients::{self, Choices, Client, ClientChanges, NewClient, as_typed};
use domain::duplicates;
use serde_json::json;
use uuid::Uuid;

use super::words;
use crate::app::App;
use crate::duplicates::{Lookalike, lookalikes};
use crate::error::AppError;
use crate::extract::{Path, SignedIn};
use crate::page::{Conflict, Flash, Form, Line, Page, redirect_with};

/// Empty rows for further e-mails and phones, so that adding one needs no script.
const ROWS: usize = 3;

/// One input of a repeated field.
struct Row {
    id: String,
    value: String,
    /// What its error is called.
    field: &'static str,
    wrong: bool,
}

#[derive(Template)]
#[template(path = "clients/form.html")]
struct ClientForm {
    page: Page,
    form: Form,
    choices: Choices,
    /// The client being changed; none for a new one.
    client: Option<Client>,
    emails: Vec<Row>,
    phones: Vec<Row>,
    /// What someone else saved meanwhile.
    conflict: Option<Conflict>,
    /// Existing clients a new one looks like.
    lookalikes: Vec<Lookalike>,
}

impl ClientForm {
    async fn new(
        app: &App,
        page: Page,
        caller: &SignedIn,
        form: Form,
        client: Option<Client>,
    ) -> Result<Self, AppError> {
        let choices = clients::choices(app.db().read(), &caller.actor()).await?;
        let rows = |many: &'static str, one: &'static str| {
            let typed: Vec<String> = form
                .values(many)
                .into_iter()
                .filter(|v| !v.trim().is_empty())
                .map(str::to_owned)
                .collect();
            let count = ROWS.max(typed.len() + 1);
            (0..count)
                .map(|index| Row {
                    id: match index {
                        0 => one.to_owned(),
                        1 => many.to_owned(),
                        _ => format!("{many}-{index}"),
                    },
                    value: typed.get(index).cloned().unwrap_or_default(),
                    field: if index == 0 { one } else { many },
                    wrong: form.error(if index == 0 { one } else { many }).is_some()
                        && index < typed.len(),
                })
                .collect::<Vec<_>>()
        };
        let (emails, phones) = (rows("emails", "email"), rows("phones", "phone"));
        let (conflict, lookalikes) = (None, Vec::new());
        Ok(Self { page, form, choices, client, emails, phones, conflict, lookalikes })
    }

    /// Whether no row of that name carries its error.
    fn stands_alone(&self, name: &str) -> bool {
        !self.emails.iter().chain(&self.phones).any(|row| row.wrong && row.field == name)
    }

    fn answer(self, status: StatusCode) -> Result<Response, AppError> {
        Ok((status, Html(self.render()?)).into_response())
    }

    fn target(&self) -> String {
        match &self.client {
            Some(client) => format!("/client/{}/modifier", client.id),
            None => "/client/nouveau".to_owned(),
        }
    }

    fn back(&self) -> String {
        self.client.as_ref().map_or("/client".to_owned(), |client| format!("/client/{}", client.id))
    }

    fn people(&self) -> Vec<(String, String)> {
        let nobody = (String::new(), self.page.t("clients-nobody"));
        let known = self.choices.people.iter().map(|(id, name)| (id.to_string(), name.clone()));
        let mut people: Vec<_> = std::iter::once(nobody).chain(known).collect();
        if let Some(client) = &self.client
            && let (Some(id), Some(name)) = (client.assigned_to, &client.assignee_name)
            && !people.iter().any(|(known, _)| *known == id.to_string())
        {
            people.push((id.to_string(), name.clone()));
        }
        people
    }

    fn centers(&self) -> Vec<(String, String)> {
        self.choices.centers.iter().map(|(id, name)| (id.to_string(), name.clone())).collect()
    }
}

/// `GET /client/nouveau`
pub(super) async fn blank(
    State(app): State<App>,
    page: Page,
    caller: SignedIn,
) -> Result<Response, AppError> {
    ClientForm::new(&app, page, &caller, Form::new(), None).await?.answer(StatusCode::OK)
}

/// `POST /client/nouveau`
pub(super) async fn create(
    State(app): State<App>,
    page: Page,
    caller: SignedIn,
    Posted(pairs): Posted<Vec<(String, String)>>,
) -> Result<Response, AppError> {
    let form = Form::typed(pairs);
    let (new, actor) = (typed(&form), caller.actor());
    let checked = clients::check(app.db().read(), &actor, &new).await;
    if let (Ok(checked), true) = (&checked, form.value("anyway").is_empty()) {
        let found = duplicates::possible(app.db().read(), checked).await?;
        if !found.is_empty() {
            let lookalikes = lookalikes(&page, found);
            let form = ClientForm::new(&app, page, &caller, form, None).await?;
            return ClientForm { lookalikes, ..form }.answer(StatusCode::CONFLICT);
        }
    }
    let made = match checked {
        Ok(checked) => clients::create_checked(app.db(), &actor, checked, app.now()).await,
        Err(error) => Err(error),
    };
    match made {
        Ok(id) => {
            let flash = Flash::success("client-created").undo(format!("/client/{id}/suppression"));
            Ok(redirect_with(&format!("/client/{id}"), &flash))
        }
        Err(Error::Invalid(errors)) => {
            let form = form.failed(&page, &errors);
            let form = ClientForm::new(&app, page, &caller, form, None).await?;
            form.answer(StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /client/{id}/modifier`
pub(super) async fn filled(
    State(app): State<App>,
    page: Page,
    caller: SignedIn,
    Path(id): Path<Uuid>,
) -> Result<Response, AppError> {
    let client = clients::get(app.db().read(), &caller.actor(), id).await?;
    let form = shown(&client);
    ClientForm::new(&app, page, &caller, form, Some(client)).await?.answer(StatusCode::OK)
}

/// `POST /client/{id}/modifier`
pub(super) async fn change(
    State(app): State<App>,
    page: Page,
    caller: SignedIn,
    Path(id): Path<Uuid>,
    Posted(pairs): Posted<Vec<(String, String)>>,
) -> Result<Response, AppError> {
    let form = Form::typed(pairs);
    let version = Some(form.value("version").parse().unwrap_or(0));
    let (all, actor) = (ClientChanges::all(typed(&form)), caller.actor());
    match clients::update(app.db(), &actor, id, version, all, app.now()).await {
        Ok(_) => {
            let flash = Flash::success("client-saved");
            Ok(redirect_with(&format!("/client/{id}"), &flash))
        }
        Err(Error::Invalid(errors)) => {
            let client = clients::get(app.db().read(), &actor, id).await?;
            let form = form.failed(&page, &errors);
            let form = ClientForm::new(&app, page, &caller, form, Some(client)).await?;
            form.answer(StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(Error::Stale) => clash(&app, page, &caller, form, id).await,
        Err(error) => Err(error.into()),
    }
}

/// Someone saved meanwhile: shows both, keeps what was typed, and lets the next press decide.
async fn clash(
    app: &App,
    page: Page,
    caller: &SignedIn,
    form: Form,
    id: Uuid,
) -> Result<Response, AppError> {
    let client = clients::get(app.db().read(), &caller.actor(), id).await?;
    let saved = as_typed(&client);
    let form = form.rebased(&shown(&client));
    let mut form = ClientForm::new(app, page, caller, form, Some(client)).await?;
    let said = |client| lines(&form.page, &form.choices, client);
    let both = (said(&typed(&form.form)), said(&saved));
    form.conflict = Some(Conflict::find(app, &form.page, ("client", id), &[], both).await?);
    form.answer(StatusCode::CONFLICT)
}

fn lines(page: &Page, choices: &Choices, client: &NewClient) -> Vec<Line> {
    let fields = [
        ("code", json!(client.code)),
        ("first_name", json!(client.first_name)),
        ("last_name", json!(client.last_name)),
        ("company_name", json!(client.company_name)),
        ("emails", json!(client.emails)),
        ("phones", json!(client.phones)),
        ("address", json!(client.address)),
        ("city", json!(client.city)),
        ("country", json!(client.country)),
        ("tags", json!(client.tags)),
        ("assigned_to", json!(client.assigned_to)),
    ];
    let word = |field: &str, value| words::value(page, field, value, &choices.people);
    fields
        .iter()
        .map(|(field, value)| (words::field_name(page, field), word(field, value)))
        .collect()
}

/// The client a form describes.
fn typed(form: &Form) -> NewClient {
    let text =
        |name: &str| Some(form.value(name).trim().replace("\r\n", "\n")).filter(|v| !v.is_empty());
    let list = |name: &str| {
        let values = form.values(name).into_iter().map(|value| value.trim().to_owned());
        values.filter(|value| !value.is_empty()).collect::<Vec<_>>()
    };
    NewClient {
        call_center_id: form.value("call_center_id").parse().ok(),
        code: text("code"),
        first_name: text("first_name"),
        last_name: text("last_name"),
        company_name: text("company_name"),
        emails: list("emails"),
        phones: list("phones"),
        address: text("address"),
        city: text("city"),
        country: text("country"),
        tags: form
            .value("tags")
            .split(',')
            .map(|tag| tag.trim().to_owned())
            .filter(|tag| !tag.is_empty())
            .collect(),
        assigned_to: form.value("assigned_to").parse().ok(),
    }
}

/// A client as the form shows it.
fn shown(client: &Client) -> Form {
    let typed = as_typed(client);
    let mut form = Form::new()
        .with("code", typed.code.unwrap_or_default())
        .with("first_name", typed.first_name.unwrap_or_default())
        .with("last_name", typed.last_name.unwrap_or_default())
        .with("company_name", typed.company_name.unwrap_or_default())
        .with("address", typed.address.unwrap_or_default())
        .with("city", typed.city.unwrap_or_default())
        .with("country", typed.country.unwrap_or_default())
        .with("tags", typed.tags.join(", "))
        .with("assigned_to", typed.assigned_to.map(|id| id.to_string()).unwrap_or_default())
        .with("version", client.version.to_string());
    for email in typed.emails {
        form = form.with("emails", email);
    }
    for phone in typed.phones {
        form = form.with("phones", phone);
    }
    form
}
