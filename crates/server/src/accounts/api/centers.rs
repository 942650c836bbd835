use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use domain::call_centers::{self, CallCenter, Change, Holiday, Hours, NewCallCenter};
use domain::paging::Total;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::answer::{ListTotal, versioned};
use crate::app::App;
use crate::error::AppError;
use crate::extract::{Body, IfMatch, Path, SignedIn};

/// A day the centre is closed.
#[derive(Serialize, Deserialize, ToSchema)]
pub(super) struct HolidayJson {
    #[schema(example = "2026-12-25")]
    date: String,
    #[schema(example = "Noël")]
    name: String,
}

/// A call centre.
#[derive(Serialize, ToSchema)]
pub(super) struct CallCenterJson {
    id: Uuid,
    #[schema(example = "Comptoir de Dakar")]
    name: String,
    #[schema(example = "Africa/Dakar")]
    time_zone: String,
    #[schema(example = "XOF")]
    currency: String,
    #[schema(example = "SN")]
    phone_region: String,
    /// Spans by day (`mon` … `sun`), in the centre's zone.
    #[schema(value_type = Object, example = json!({"mon": [["09:00", "12:00"], ["14:00", "18:00"]]}))]
    business_hours: Hours,
    holidays: Vec<HolidayJson>,
    #[schema(example = 1)]
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<CallCenter> for CallCenterJson {
    fn from(center: CallCenter) -> Self {
        let holiday = |day: Holiday| HolidayJson { date: day.date, name: day.name };
        Self {
            id: center.id,
            name: center.name,
            time_zone: center.time_zone,
            currency: center.currency,
            phone_region: center.phone_region,
            business_hours: center.business_hours,
            holidays: center.holidays.into_iter().map(holiday).collect(),
            version: center.version,
            created_at: center.created_at,
            updated_at: center.updated_at,
        }
    }
}

/// The centres.
#[derive(Serialize, ToSchema)]
pub(super) struct CallCenterList {
    data: Vec<CallCenterJson>,
    next_cursor: Option<String>,
    total: ListTotal,
}

/// A centre to be made.
#[derive(Deserialize, ToSchema)]
pub(super) struct CallCenterInput {
    #[schema(example = "Comptoir de Dakar")]
    name: String,
    #[schema(example = "Africa/Dakar")]
    time_zone: String,
    #[schema(example = "XOF")]
    currency: String,
    #[schema(example = "SN")]
    phone_region: String,
}

/// What to change: absent fields stay.
#[derive(Deserialize, ToSchema)]
pub(super) struct CallCenterPatch {
    name: Option<String>,
    time_zone: Option<String>,
    currency: Option<String>,
    phone_region: Option<String>,
    #[schema(value_type = Option<Object>)]
    business_hours: Option<Hours>,
    holidays: Option<Vec<HolidayJson>>,
}

/// List the centres one belongs to or runs
#[utoipa::path(get, path = "/api/call-centers", tag = "call centers", responses((status = 200, body = CallCenterList)))]
pub(super) async fn list(
    State(app): State<App>,
    caller: SignedIn,
) -> Result<Json<CallCenterList>, AppError> {
    let centers = call_centers::list(app.db().read(), &caller.actor()).await?;
    let value = i64::try_from(centers.len()).unwrap_or(i64::MAX);
    Ok(Json(CallCenterList {
        data: centers.into_iter().map(CallCenterJson::from).collect(),
        next_cursor: None,
        total: Total { value, exact: true }.into(),
    }))
}

/// Make a centre
#[utoipa::path(post, path = "/api/call-centers", tag = "call centers", request_body = CallCenterInput,
    responses((status = 201, body = CallCenterJson), (status = 403, description = "Not a super_admin"),
        (status = 422, description = "Wrong fields, each named")))]
pub(super) async fn create(
    caller: SignedIn,
    Body { app, body }: Body<CallCenterInput>,
) -> Result<Response, AppError> {
    let actor = caller.actor();
    let new = NewCallCenter {
        name: body.name,
        time_zone: body.time_zone,
        currency: body.currency,
        phone_region: body.phone_region,
    };
    let id = call_centers::create(app.db(), &actor, new, app.now()).await?;
    let center = call_centers::get(app.db().read(), &actor, id).await?;
    let location = [(header::LOCATION, format!("/api/call-centers/{id}"))];
    Ok((location, answer(StatusCode::CREATED, center)).into_response())
}

/// Read a centre
#[utoipa::path(get, path = "/api/call-centers/{id}", tag = "call centers", params(("id" = Uuid, Path)),
    responses((status = 200, body = CallCenterJson), (status = 404, description = "Absent, or not yours to see")))]
pub(super) async fn read(
    State(app): State<App>,
    caller: SignedIn,
    Path(id): Path<Uuid>,
) -> Result<Response, AppError> {
    let center = call_centers::get(app.db().read(), &caller.actor(), id).await?;
    Ok(answer(StatusCode::OK, center))
}

/// Change a centre
#[utoipa::path(patch, path = "/api/call-centers/{id}", tag = "call centers", request_body = CallCenterPatch,
    params(("id" = Uuid, Path), ("If-Match" = String, Header, description = "The version read", example = "\"1\"")),
    responses((status = 200, body = CallCenterJson), (status = 403, description = "Not an administrator"),
        (status = 404, description = "Absent, or not yours to see"), (status = 412, description = "Changed since"),
        (status = 422, description = "Wrong fields, each named"), (status = 428, description = "No If-Match")))]
pub(super) async fn change(
    caller: SignedIn,
    Path(id): Path<Uuid>,
    version: IfMatch,
    Body { app, body }: Body<CallCenterPatch>,
) -> Result<Response, AppError> {
    let actor = caller.actor();
    call_centers::get(app.db().read(), &actor, id).await?;
    actor.require(actor.is_admin())?;
    let version = version.required()?;
    let holiday = |day: HolidayJson| Holiday { date: day.date, name: day.name };
    let change = Change {
        name: body.name,
        time_zone: body.time_zone,
        currency: body.currency,
        phone_region: body.phone_region,
        business_hours: body.business_hours,
        holidays: body.holidays.map(|days| days.into_iter().map(holiday).collect()),
    };
    let center = call_centers::update(app.db(), &actor, id, change, version, app.now()).await?;
    Ok(answer(StatusCode::OK, center))
}

fn answer(status: StatusCode, center: CallCenter) -> Response {
    versioned(status, center.version, CallCenterJson::from(center))
}
