//! Call centres: whose clients, in which zone, currency and phone region, open when.

mod feasts;
mod hours;

use base::db::{Db, Sql, Tx};
use base::ids::new_id;
use chrono::{DateTime, Datelike as _, Utc};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::actor::{Actor, Role};
use crate::error::{Error, Invalid, Result, expect_one};
use crate::events::{self, NewEvent};

pub use hours::{DAYS, Holiday, Hours, Span};

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

impl NewCallCenter {
    /// Notes what is wrong; the name's field is called `name_field` in its form.
    #[must_use]
    pub fn check(self, name_field: &str, invalid: &mut Invalid) -> Self {
        let name = invalid.required(name_field, Some(&self.name), 120);
        if self.time_zone.parse::<chrono_tz::Tz>().is_err() {
            invalid.add("time_zone", "unknown-time-zone");
        }
        let currency = self.currency.trim().to_ascii_uppercase();
        if currency.parse::<base::money::Currency>().is_err() {
            invalid.add("currency", "unknown-currency");
        }
        let phone_region = self.phone_region.trim().to_ascii_uppercase();
        if phone_region.len() != 2 || !phone_region.bytes().all(|b| b.is_ascii_uppercase()) {
            invalid.add("phone_region", "unknown-region");
        }
        Self { name, currency, phone_region, ..self }
    }
}

/// A centre.
#[derive(Clone, Debug, PartialEq)]
pub struct CallCenter {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// IANA zone.
    pub time_zone: String,
    /// ISO 4217.
    pub currency: String,
    /// ISO 3166 region phones are read in.
    pub phone_region: String,
    /// When it is open, in its zone.
    pub business_hours: Hours,
    /// Days it is closed.
    pub holidays: Vec<Holiday>,
    /// Grows with each change.
    pub version: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    name: String,
    time_zone: String,
    currency: String,
    phone_region: String,
    business_hours: Json,
    holidays: Json,
    version: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

impl From<Row> for CallCenter {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            name: row.name,
            time_zone: row.time_zone,
            currency: row.currency,
            phone_region: row.phone_region,
            business_hours: serde_json::from_value(row.business_hours).unwrap_or_default(),
            holidays: serde_json::from_value(row.holidays).unwrap_or_default(),
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// Makes a centre, open Monday to Friday from 9 to 18 and closed on its country's public holidays
/// until its owner says otherwise.
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
    let new = new.check("name", &mut invalid);
    invalid.check()?;
    let tx = db.begin().await?;
    let (id, event) = insert(&tx, new, now).await?;
    events::record(&tx, actor, event, now).await?;
    tx.commit().await?;
    Ok(id)
}

/// Writes the row of a checked centre; the caller records the event.
pub(crate) async fn insert(
    tx: &Tx,
    new: NewCallCenter,
    now: DateTime<Utc>,
) -> Result<(Uuid, NewEvent), DbErr> {
    let id = new_id(now);
    let years = now.year()..now.year() + feasts::YEARS;
    let holidays = feasts::of(&new.phone_region, years);
    let mut sql = Sql::new(
        "INSERT INTO call_centers (id, name, time_zone, currency, phone_region, business_hours, \
         holidays, created_at, updated_at) VALUES ",
    );
    sql.bind_list([
        sea_orm::Value::from(id),
        new.name.into(),
        new.time_zone.into(),
        new.currency.into(),
        new.phone_region.into(),
        json!(Hours::usual()).into(),
        json!(holidays).into(),
        now.into(),
        now.into(),
    ]);
    sql.execute(tx).await?;
    Ok((id, fact(id, "call_center.created", json!({}))))
}

fn fact(id: Uuid, kind: &'static str, data: Json) -> NewEvent {
    NewEvent {
        kind,
        call_center_id: Some(id),
        subject_kind: "call_center",
        subject_id: id,
        client_id: None,
        data,
    }
}

const COLUMNS: &str = "c.id, c.name, c.time_zone, c.currency, c.phone_region, c.business_hours, \
    c.holidays, c.version, c.created_at, c.updated_at";

/// The centres the actor belongs to or runs, by name: all of them for a super_admin.
///
/// # Errors
/// The engine's.
pub async fn list(conn: &impl ConnectionTrait, actor: &Actor) -> Result<Vec<CallCenter>> {
    let mut sql = Sql::new(format!("SELECT {COLUMNS} FROM call_centers c WHERE 1 = 1"));
    actor.within_center(&mut sql, "c.id");
    sql.push(" ORDER BY c.name, c.id LIMIT 200");
    Ok(sql.all::<Row>(conn).await?.into_iter().map(CallCenter::from).collect())
}

/// One centre.
///
/// # Errors
/// [`Error::NotFound`] for those the actor may not see.
pub async fn get(conn: &impl ConnectionTrait, actor: &Actor, id: Uuid) -> Result<CallCenter> {
    let mut sql = Sql::new(format!("SELECT {COLUMNS} FROM call_centers c WHERE c.id = "));
    sql.bind(id);
    actor.within_center(&mut sql, "c.id");
    sql.one::<Row>(conn).await?.map(CallCenter::from).ok_or(Error::NotFound)
}

/// What to change; `None` leaves as it is.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// Its name.
    pub name: Option<String>,
    /// IANA zone.
    pub time_zone: Option<String>,
    /// ISO 4217.
    pub currency: Option<String>,
    /// ISO 3166.
    pub phone_region: Option<String>,
    /// When it is open.
    pub business_hours: Option<Hours>,
    /// Days it is closed.
    pub holidays: Option<Vec<Holiday>>,
}

/// Changes a centre.
///
/// # Errors
/// Wrong fields; [`Error::Stale`] unless `version` is the present one; admins only.
pub async fn update(
    db: &Db,
    actor: &Actor,
    id: Uuid,
    change: Change,
    version: Option<i32>,
    now: DateTime<Utc>,
) -> Result<CallCenter> {
    let before = get(db.read(), actor, id).await?;
    actor.require(actor.is_admin())?;
    let mut invalid = Invalid::new();
    let checked = NewCallCenter {
        name: change.name.unwrap_or_else(|| before.name.clone()),
        time_zone: change.time_zone.unwrap_or_else(|| before.time_zone.clone()),
        currency: change.currency.unwrap_or_else(|| before.currency.clone()),
        phone_region: change.phone_region.unwrap_or_else(|| before.phone_region.clone()),
    }
    .check("name", &mut invalid);
    let business_hours = change.business_hours.unwrap_or_else(|| before.business_hours.clone());
    business_hours.check(&mut invalid);
    let holidays = change.holidays.unwrap_or_else(|| before.holidays.clone());
    let holidays = hours::check_holidays(holidays, &mut invalid);
    invalid.check()?;
    let after = CallCenter {
        name: checked.name,
        time_zone: checked.time_zone,
        currency: checked.currency,
        phone_region: checked.phone_region,
        business_hours,
        holidays,
        version: version.unwrap_or(before.version) + 1,
        updated_at: now,
        ..before.clone()
    };
    let tx = db.begin().await?;
    write(&tx, &after).await?;
    let changes = differences(&before, &after);
    if !changes.is_empty() {
        let event = fact(id, "call_center.updated", json!({ "changes": changes }));
        events::record(&tx, actor, event, now).await?;
    }
    tx.commit().await?;
    Ok(after)
}

async fn write(tx: &Tx, after: &CallCenter) -> Result<()> {
    let sql = Sql::with(
        "UPDATE call_centers SET name = $1, time_zone = $2, currency = $3, phone_region = $4, \
         business_hours = $5, holidays = $6, updated_at = $7, version = $8 \
         WHERE id = $9 AND version = $10",
        [
            after.name.clone().into(),
            after.time_zone.clone().into(),
            after.currency.clone().into(),
            after.phone_region.clone().into(),
            json!(after.business_hours).into(),
            json!(after.holidays).into(),
            after.updated_at.into(),
            after.version.into(),
            after.id.into(),
            (after.version - 1).into(),
        ],
    );
    expect_one(sql, tx).await
}

fn differences(before: &CallCenter, after: &CallCenter) -> Map<String, Json> {
    let fields = |c: &CallCenter| {
        [
            ("name", json!(c.name)),
            ("time_zone", json!(c.time_zone)),
            ("currency", json!(c.currency)),
            ("phone_region", json!(c.phone_region)),
            ("business_hours", json!(c.business_hours)),
            ("holidays", json!(c.holidays)),
        ]
    };
    events::changed_fields(fields(before), fields(after))
}
