use std::collections::BTreeSet;

use askama::Template;
use axum::extract::multipart::MultipartRejection;
use axum::extract::{Form as FormBody, Multipart, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use domain::operations::imports::{self, Field, Mapping, Params, Subject, Upload};
use domain::operations::{self, State as OperationState, bulk};
use domain::{Actor, Error, FieldError};
use uuid::Uuid;

use super::{pages, uploads};
use crate::app::App;
use crate::error::AppError;
use crate::extract::{Path, SignedIn};
use crate::page::{Flash, Form, Page, redirect_with};

/// Where a subject is imported, and in which words.
#[derive(Clone, Copy, Debug)]
pub(super) struct Door {
    subject: Subject,
    path: &'static str,
    list: &'static str,
    title: &'static str,
    rules: &'static str,
}

/// Clients.
const CLIENTS: Door = Door {
    subject: Subject::Clients,
    path: "/client",
    list: "operations-clients",
    title: "import-title",
    rules: "import-rules",
};

/// Orders.
const ORDERS: Door = Door {
    subject: Subject::Orders,
    path: "/commandes",
    list: "orders-title",
    title: "import-orders-title",
    rules: "import-orders-rules",
};

impl Door {
    /// The one this page stands behind.
    fn of(page: &Page) -> Self {
        if page.path.starts_with(ORDERS.path) { ORDERS } else { CLIENTS }
    }
}

/// Chooses a file.
#[derive(Template)]
#[template(path = "operations/import_file.html")]
struct ChooseFile {
    page: Page,
    door: Door,
    form: Form,
    centers: Vec<(String, String)>,
}

/// `GET /client/importer`.
pub(super) async fn new(
    State(app): State<App>,
    page: Page,
    who: SignedIn,
) -> Result<Html<String>, AppError> {
    let actor = who.actor();
    let door = Door::of(&page);
    bulk::permit(&actor, door.subject.kind())?;
    let centers = centers(&app, &actor).await?;
    Ok(Html(ChooseFile { page, door, form: Form::new(), centers }.render()?))
}

/// Where a super_admin may import into; nothing to choose for others.
async fn centers(app: &App, actor: &Actor) -> Result<Vec<(String, String)>, AppError> {
    if actor.call_center_id.is_some() {
        return Ok(Vec::new());
    }
    let centers = imports::centers(app.db().read(), actor).await?;
    Ok(centers.into_iter().map(|(id, name)| (id.to_string(), name)).collect())
}

/// `POST /client/importer`: the file.
pub(super) async fn upload(
    State(app): State<App>,
    page: Page,
    who: SignedIn,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, AppError> {
    let actor = who.actor();
    let door = Door::of(&page);
    bulk::permit(&actor, door.subject.kind())?;
    let form =
        form.map_err(|_| AppError::Status(StatusCode::UNSUPPORTED_MEDIA_TYPE, "wrong-type"))?;
    let wrong = match receive(&app, &actor, door.subject, form).await {
        Ok(id) => return Ok(Redirect::to(&format!("{}/importer/{id}", door.path)).into_response()),
        Err(AppError::Domain(Error::Invalid(errors))) => errors,
        Err(AppError::Status(
            StatusCode::UNSUPPORTED_MEDIA_TYPE | StatusCode::PAYLOAD_TOO_LARGE,
            code,
        )) => vec![FieldError { field: "file".into(), code, args: Vec::new() }],
        Err(error) => return Err(error),
    };
    let centers = centers(&app, &actor).await?;
    let form = Form::new().failed(&page, &wrong);
    let html = ChooseFile { page, door, form, centers }.render()?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(html)).into_response())
}

async fn receive(
    app: &App,
    actor: &Actor,
    subject: Subject,
    mut form: Multipart,
) -> Result<Uuid, AppError> {
    let unreadable =
        |error: axum::extract::multipart::MultipartError| AppError::Unreadable(error.body_text());
    let (mut saved, mut center) = (None, None);
    while let Some(field) = form.next_field().await.map_err(unreadable)? {
        match field.name() {
            Some("file") => saved = Some(uploads::save(app, field).await?),
            Some("call_center_id") => {
                let text = field.text().await.map_err(unreadable)?;
                center = text.trim().parse().ok();
            }
            _ => {}
        }
    }
    let saved = saved.ok_or_else(|| Error::invalid("file", "required"))?;
    let file = saved.file.clone();
    let upload =
        Upload { subject, file: saved.file, name: saved.name, headers: saved.headers, center };
    match imports::draft(app.db(), actor, upload, app.now()).await {
        Ok(id) => Ok(id),
        Err(error) => {
            uploads::delete(app, &file).await;
            Err(error.into())
        }
    }
}

/// Says what each column is.
#[derive(Template)]
#[template(path = "operations/import_columns.html")]
struct Columns {
    page: Page,
    door: Door,
    form: Form,
    id: Uuid,
    file: String,
    columns: Vec<Column>,
    fields: Vec<(String, String)>,
}

/// A column of the file.
struct Column {
    name: String,
    header: String,
    samples: String,
}

/// `GET /client/importer/{id}`.
pub(super) async fn columns(
    State(app): State<App>,
    page: Page,
    who: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, AppError> {
    let id: Uuid = id.parse().map_err(|_| Error::NotFound)?;
    let door = Door::of(&page);
    let params = draft_of(&app, &who.actor(), door, id).await?;
    let mut form = Form::new();
    for (index, field) in params.mapping.0.iter().enumerate() {
        form = form.with(&format!("map_{index}"), field.map_or("", Field::as_str));
    }
    match columns_page(&app, page, id, &params, form).await? {
        Some(columns) => Ok(Html(columns.render()?).into_response()),
        None => {
            Ok(redirect_with(&format!("{}/importer", door.path), &Flash::error("import-file-gone")))
        }
    }
}

async fn draft_of(app: &App, actor: &Actor, door: Door, id: Uuid) -> Result<Params, AppError> {
    let draft = operations::get(app.db().read(), actor, id).await?;
    if draft.state != OperationState::Draft || draft.kind != door.subject.kind() {
        return Err(Error::NotFound.into());
    }
    Ok(imports::params_of(&draft)?)
}

/// The page, unless the file has been deleted meanwhile.
async fn columns_page(
    app: &App,
    page: Page,
    id: Uuid,
    params: &Params,
    form: Form,
) -> Result<Option<Columns>, AppError> {
    let path = uploads::folder(app).join(&params.file);
    if !path.is_file() {
        return Ok(None);
    }
    let peek = uploads::look(&path).await?;
    let columns = params.headers.iter().enumerate().map(|(index, header)| Column {
        name: format!("map_{index}"),
        header: header.clone(),
        samples: samples(&peek.rows, index),
    });
    let columns = columns.collect();
    let door = Door::of(&page);
    let mut fields = vec![(String::new(), page.t("import-ignore"))];
    let named = door.subject.fields().iter().map(|field| field.as_str());
    fields.extend(named.map(|name| (name.to_owned(), page.t(&pages::field_label(name)))));
    Ok(Some(Columns { page, door, form, id, file: params.name.clone(), columns, fields }))
}

/// A few different values of a column.
fn samples(rows: &[Vec<String>], index: usize) -> String {
    let mut seen = BTreeSet::new();
    let values = rows.iter().filter_map(|row| row.get(index)).filter(|value| !value.is_empty());
    let values = values.filter(|value| seen.insert(value.as_str())).take(3);
    let values: Vec<String> = values.map(|value| value.chars().take(40).collect()).collect();
    values.join(" · ")
}

/// `POST /client/importer/{id}`: the columns; looks at the file with them.
pub(super) async fn check(
    State(app): State<App>,
    page: Page,
    who: SignedIn,
    Path(id): Path<String>,
    FormBody(pairs): FormBody<Vec<(String, String)>>,
) -> Result<Response, AppError> {
    let id: Uuid = id.parse().map_err(|_| Error::NotFound)?;
    let actor = who.actor();
    let door = Door::of(&page);
    let params = draft_of(&app, &actor, door, id).await?;
    let form = Form::typed(pairs);
    let fields =
        (0..params.headers.len()).map(|index| Field::parse(form.value(&format!("map_{index}"))));
    let mapping = Mapping(fields.collect());
    match imports::check_draft(app.db(), &actor, id, mapping, app.now()).await {
        Ok(dry_run) => Ok(Redirect::to(&format!("/operations/{dry_run}")).into_response()),
        Err(Error::Invalid(errors)) => {
            let form = form.failed(&page, &errors);
            match columns_page(&app, page, id, &params, form).await? {
                Some(columns) => {
                    let html = Html(columns.render()?);
                    Ok((StatusCode::UNPROCESSABLE_ENTITY, html).into_response())
                }
                None => Ok(redirect_with(
                    &format!("{}/importer", door.path),
                    &Flash::error("import-file-gone"),
                )),
            }
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /operations/{id}/import`: imports what a dry run looked at.
pub(super) async fn confirm(
    State(app): State<App>,
    who: SignedIn,
    Path(id): Path<String>,
) -> Result<Response, AppError> {
    let id: Uuid = id.parse().map_err(|_| Error::NotFound)?;
    match imports::confirm(app.db(), &who.actor(), id, app.now()).await {
        Ok(import) => Ok(Redirect::to(&format!("/operations/{import}")).into_response()),
        Err(Error::Conflict(key)) => {
            let flash = Flash::error(&format!("error-{key}"));
            Ok(redirect_with(&format!("/operations/{id}"), &flash))
        }
        Err(error) => Err(error.into()),
    }
}
