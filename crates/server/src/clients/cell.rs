//! One cell of the list, changed where it stands. The script fetches these fragments; without it
//! the edit page does the same.

use askama::Template;
use axum::extract::{Form as Posted, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse as _, Redirect, Response};
use domain::Error;
use domain::clients::{self, Client, ClientChanges};
use uuid::Uuid;

use super::words;
use crate::app::App;
use crate::error::AppError;
use crate::extract::{Path, SignedIn};
use crate::grid::Query;
use crate::page::{Form, Page};

/// A field simple enough for a cell.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    Company,
    Phone,
    Email,
    City,
    Code,
}

impl Field {
    const ALL: [Self; 5] = [Self::Company, Self::Phone, Self::Email, Self::City, Self::Code];

    /// The list's column.
    fn column(self) -> &'static str {
        match self {
            Self::Company => "company",
            Self::Phone => "phone",
            Self::Email => "email",
            Self::City => "city",
            Self::Code => "code",
        }
    }

    fn parse(column: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.column() == column)
    }

    /// The key of its name, the type of its input, how long it may be.
    fn input(self) -> (&'static str, &'static str, u32) {
        match self {
            Self::Company => ("clients-field-company-name", "text", 120),
            Self::Phone => ("clients-field-phone", "tel", 60),
            Self::Email => ("clients-field-email", "email", 254),
            Self::City => ("clients-field-city", "text", 80),
            Self::Code => ("clients-field-code", "text", 40),
        }
    }

    fn value(self, client: &Client) -> Option<&str> {
        match self {
            Self::Company => client.company_name.as_deref(),
            Self::Phone => client.phone.as_deref(),
            Self::Email => client.email.as_deref(),
            Self::City => client.city.as_deref(),
            Self::Code => client.code.as_deref(),
        }
    }

    fn changed_to(self, typed: &str) -> ClientChanges {
        let value = Some(Some(typed.trim().to_owned()).filter(|text| !text.is_empty()));
        let mut changes = ClientChanges::default();
        match self {
            Self::Company => changes.company_name = value,
            Self::Phone => changes.phone = value,
            Self::Email => changes.email = value,
            Self::City => changes.city = value,
            Self::Code => changes.code = value,
        }
        changes
    }
}

/// The input in the cell.
#[derive(Template)]
#[template(path = "clients/cell_form.html")]
struct CellForm {
    page: Page,
    client: Client,
    field: Field,
    typed: String,
    /// What is wrong, or who saved meanwhile.
    problem: Option<String>,
}

impl CellForm {
    fn label(&self) -> String {
        let field = self.page.t(self.field.input().0);
        let of = ("name", self.client.full_name.clone().into());
        self.page.t2("clients-cell-label", ("field", field.into()), of)
    }

    fn answer(self, status: StatusCode) -> Result<Response, AppError> {
        Ok((status, Html(self.render()?)).into_response())
    }
}

/// The cell again.
#[derive(Template)]
#[template(path = "clients/cell.html")]
struct Cell {
    page: Page,
    text: Option<String>,
}

/// Only the script wants fragments.
fn is_script(headers: &HeaderMap) -> bool {
    headers.get("turbo-frame").is_some_and(|frame| frame == "cell")
}

fn edit_page(id: Uuid) -> Response {
    Redirect::to(&format!("/client/{id}/modifier")).into_response()
}

/// `GET /client/{id}/cellule?colonne=city`: the input.
pub(super) async fn edit(
    State(app): State<App>,
    page: Page,
    caller: SignedIn,
    headers: HeaderMap,
    Path(id): Path<Uuid>,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    let client = clients::get(app.db().read(), &caller.actor(), id).await?;
    let query = Query::parse(query.as_deref().unwrap_or_default());
    match query.get("colonne").and_then(Field::parse) {
        Some(field) if is_script(&headers) => {
            let typed = field.value(&client).unwrap_or_default().to_owned();
            CellForm { page, client, field, typed, problem: None }.answer(StatusCode::OK)
        }
        _ => Ok(edit_page(id)),
    }
}

/// `POST /client/{id}/cellule`: the new value, on the version first shown. 200 is the cell, 422 and
/// 409 the input again with what is wrong; saving again after a 409 is done knowingly.
pub(super) async fn save(
    State(app): State<App>,
    page: Page,
    caller: SignedIn,
    headers: HeaderMap,
    Path(id): Path<Uuid>,
    Posted(pairs): Posted<Vec<(String, String)>>,
) -> Result<Response, AppError> {
    let (form, actor) = (Form::typed(pairs), caller.actor());
    let before = clients::get(app.db().read(), &actor, id).await?;
    let Some(field) = Field::parse(form.value("colonne")) else {
        return Err(Error::invalid("colonne", "wrong-value").into());
    };
    let typed = form.value("value").to_owned();
    let version = Some(form.value("version").parse().unwrap_or(0));
    let changes = field.changed_to(&typed);
    let (status, problem) =
        match clients::update(app.db(), &actor, id, version, changes, app.now()).await {
            Ok(_) if is_script(&headers) => {
                let client = clients::get(app.db().read(), &actor, id).await?;
                return shown(page, &client, field);
            }
            Ok(_) => return Ok(edit_page(id)),
            Err(Error::Stale) => {
                let theirs = field.value(&before).unwrap_or("—").to_owned();
                (StatusCode::CONFLICT, page.t1("clients-cell-conflict", "value", theirs))
            }
            Err(Error::Invalid(errors)) => {
                let words: Vec<String> = errors.iter().map(|e| page.field_error(e)).collect();
                (StatusCode::UNPROCESSABLE_ENTITY, words.join(" "))
            }
            Err(error) => return Err(error.into()),
        };
    CellForm { page, client: before, field, typed, problem: Some(problem) }.answer(status)
}

fn shown(page: Page, client: &Client, field: Field) -> Result<Response, AppError> {
    let text = field.value(client).map(|text| match field {
        Field::Phone => words::phone(&page, text, client.phone_e164.as_deref()),
        _ => text.to_owned(),
    });
    Ok(Html(Cell { page, text }.render()?).into_response())
}
