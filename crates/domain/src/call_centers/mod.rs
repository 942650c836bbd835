//! Call centres: whose clients, in which zone, currency and phone region.

use base::db::{Db, Sql};
use base::ids::new_id;
use chrono::{DateTime, Utc};
use serde_json::json;
use uuid::Uuid;

use crate::actor::{Actor, Role};
use crate::error::{Invalid, Result};
use crate::events::{self, NewEvent};

/// A centre to be made.
#[derive(Clone, Debug)]
pub struct NewCallCenter {
    /// Its name.
    pub name: String,
    /// IANA zone: `Europe/Paris`.
    pub time_zone: String,
    /// ISO 4217: `EUR`, `XOF`.
    pub currency: String,
    /// ISO 3166: `FR`, `SN`.
    pub phone_region: String,
}

/// Makes a centre, open Monday to Friday from 9 to 18 until its owner says otherwise.
///
/// # Errors
/// Wrong fields; only a super_admin may.
pub async fn create(
    db: &Db,
    actor: &Actor,
    new: NewCallCenter,
    now: DateTime<Utc>,
) -> Result<Uuid> {
    actor.require(actor.role == Role::SuperAdmin)?;
    let mut invalid = Invalid::new();
    let name = invalid.required("name", Some(&new.name), 120);
    if new.time_zone.parse::<chrono_tz::Tz>().is_err() {
        invalid.add("time_zone", "unknown-time-zone");
    }
    invalid.check()?;
    let id = new_id(now);
    let hours = json!({ "mon": [["09:00", "18:00"]], "tue": [["09:00", "18:00"]],
        "wed": [["09:00", "18:00"]], "thu": [["09:00", "18:00"]], "fri": [["09:00", "18:00"]] });
    let tx = db.begin().await?;
    let mut sql = Sql::new(
        "INSERT INTO call_centers (id, name, time_zone, currency, phone_region, business_hours, \
         holidays, created_at, updated_at) VALUES ",
    );
    sql.bind_list([
        sea_orm::Value::from(id),
        name.into(),
        new.time_zone.into(),
        new.currency.into(),
        new.phone_region.into(),
        hours.into(),
        json!([]).into(),
        now.into(),
        now.into(),
    ]);
    sql.execute(&tx).await?;
    let event = NewEvent {
        kind: "call_center.created",
        call_center_id: Some(id),
        subject_kind: "call_center",
        subject_id: id,
        client_id: None,
        data: json!({}),
    };
    events::record(&tx, actor, event, now).await?;
    tx.commit().await?;
    Ok(id)
}
