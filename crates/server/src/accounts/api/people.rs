use axum::Json;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use domain::Role;
use domain::users::people::{self, Change, Person};
use domain::users::{self, NewUser};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::accounts::people_filter::Params;
use crate::answer::{ListTotal, versioned};
use crate::app::App;
use crate::error::AppError;
use crate::extract::{Body, IfMatch, Path, SignedIn, present};

/// A person who signs in.
#[derive(Serialize, ToSchema)]
pub(super) struct UserJson {
    id: Uuid,
    #[schema(example = "awa@exemple.sn")]
    email: String,
    #[schema(example = "Awa N’Diaye")]
    name: String,
    #[schema(example = "agent")]
    role: &'static str,
    supervisor_id: Option<Uuid>,
    call_center_id: Option<Uuid>,
    #[schema(example = "fr")]
    language: String,
    #[schema(example = "Africa/Dakar")]
    time_zone: Option<String>,
    is_active: bool,
    /// Has followed the invitation.
    has_joined: bool,
    last_sign_in_at: Option<DateTime<Utc>>,
    #[schema(example = 1)]
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<Person> for UserJson {
    fn from(person: Person) -> Self {
        Self {
            id: person.id,
            role: person.role().as_str(),
            email: person.email,
            name: person.name,
            supervisor_id: person.supervisor_id,
            call_center_id: person.call_center_id,
            language: person.language,
            time_zone: person.time_zone,
            is_active: person.is_active,
            has_joined: person.has_password,
            last_sign_in_at: person.last_sign_in_at,
            version: person.version,
            created_at: person.created_at,
            updated_at: person.updated_at,
        }
    }
}

/// A page of people.
#[derive(Serialize, ToSchema)]
pub(super) struct UserPage {
    data: Vec<UserJson>,
    next_cursor: Option<String>,
    total: ListTotal,
}

/// A person to be made; an invitation goes out by mail unless a password is given.
#[derive(Deserialize, ToSchema)]
pub(super) struct UserInput {
    #[schema(example = "awa@exemple.sn")]
    email: String,
    #[schema(example = "Awa N’Diaye")]
    name: String,
    #[schema(value_type = String, example = "agent")]
    role: Role,
    /// One's own centre when absent; none for a super_admin.
    call_center_id: Option<Uuid>,
    supervisor_id: Option<Uuid>,
    password: Option<String>,
    #[schema(example = "fr")]
    language: Option<String>,
}

/// What to change: absent fields stay, null empties.
#[derive(Deserialize, ToSchema)]
pub(super) struct UserPatch {
    name: Option<String>,
    #[schema(value_type = Option<String>)]
    role: Option<Role>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Uuid>)]
    supervisor_id: Option<Option<Uuid>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Uuid>)]
    call_center_id: Option<Option<Uuid>>,
    language: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    time_zone: Option<Option<String>>,
    is_active: Option<bool>,
}

/// Who am I
#[utoipa::path(get, path = "/api/me", tag = "users", responses((status = 200, body = UserJson)))]
pub(super) async fn me(
    State(app): State<App>,
    caller: SignedIn,
) -> Result<Json<UserJson>, AppError> {
    let person = people::get(app.db().read(), &caller.actor(), caller.0.profile.id).await?;
    Ok(Json(person.into()))
}

/// List the people of the centre
#[utoipa::path(get, path = "/api/users", tag = "users", params(Params), responses((status = 200, body = UserPage)))]
pub(super) async fn list(
    State(app): State<App>,
    caller: SignedIn,
    Query(params): Query<Params>,
) -> Result<Json<UserPage>, AppError> {
    let (filter, sort, limit) = params.read()?;
    let (conn, actor) = (app.db().read(), caller.actor());
    let page = people::list(conn, &actor, &filter, sort, params.cursor.as_deref(), limit).await?;
    Ok(Json(UserPage {
        data: page.rows.into_iter().map(UserJson::from).collect(),
        next_cursor: page.next,
        total: people::count(conn, &actor, &filter).await?.into(),
    }))
}

/// Make a person
#[utoipa::path(post, path = "/api/users", tag = "users", request_body = UserInput,
    responses((status = 201, body = UserJson), (status = 403, description = "Not an administrator"),
        (status = 422, description = "Wrong fields, each named")))]
pub(super) async fn create(
    caller: SignedIn,
    Body { app, body }: Body<UserInput>,
) -> Result<Response, AppError> {
    let actor = caller.actor();
    let own = actor.call_center_id.filter(|_| body.role != Role::SuperAdmin);
    let new = NewUser {
        email: body.email,
        name: body.name,
        role: body.role,
        call_center_id: body.call_center_id.or(own),
        supervisor_id: body.supervisor_id,
        password: body.password,
        language: body.language.unwrap_or_else(|| "fr".to_owned()),
    };
    let id = users::create(app.db(), &actor, new, app.now()).await?;
    let person = people::get(app.db().read(), &actor, id).await?;
    let location = [(header::LOCATION, format!("/api/users/{id}"))];
    Ok((location, answer(StatusCode::CREATED, person)).into_response())
}

/// Read a person
#[utoipa::path(get, path = "/api/users/{id}", tag = "users", params(("id" = Uuid, Path)),
    responses((status = 200, body = UserJson), (status = 404, description = "Absent, or not yours to see")))]
pub(super) async fn read(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
) -> Result<Response, AppError> {
    let person = people::get(app.db().read(), &caller.actor(), id).await?;
    Ok(answer(StatusCode::OK, person))
}

/// Change a person
///
/// A change of role, centre or state ends their sessions and tokens at once.
#[utoipa::path(patch, path = "/api/users/{id}", tag = "users", request_body = UserPatch,
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "The version read", example = "\"1\"")),
    responses((status = 200, body = UserJson), (status = 403, description = "Not an administrator"),
        (status = 404, description = "Absent, or not yours to see"),
        (status = 409, description = "Oneself, or the last super_admin"),
        (status = 412, description = "Changed since"), (status = 422, description = "Wrong fields, each named"),
        (status = 428, description = "No If-Match")))]
pub(super) async fn change(
    caller: SignedIn,
    Path(id): Path<Uuid>,
    version: IfMatch,
    Body { app, body }: Body<UserPatch>,
) -> Result<Response, AppError> {
    let actor = caller.actor();
    // What may not be seen or changed is said before what is missing.
    people::get(app.db().read(), &actor, id).await?;
    actor.require(actor.is_admin())?;
    let version = version.required()?;
    let change = Change {
        name: body.name,
        role: body.role,
        supervisor_id: body.supervisor_id,
        call_center_id: body.call_center_id,
        language: body.language,
        time_zone: body.time_zone,
        is_active: body.is_active,
    };
    let person = people::change(app.db(), &actor, id, change, version, app.now()).await?;
    Ok(answer(StatusCode::OK, person))
}

fn answer(status: StatusCode, person: Person) -> Response {
    versioned(status, person.version, UserJson::from(person))
}
