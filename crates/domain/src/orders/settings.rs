//! What a centre decides about orders: when a client is a regular, and how bold linking is.

use base::db::{Db, Sql, Tx};
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr, FromQueryResult};
use serde_json::{Map, json};
use uuid::Uuid;

use super::{examine, figures};
use crate::actor::Actor;
use crate::call_centers;
use crate::error::{Error, Invalid, Result};
use crate::events::{self, NewEvent};

/// The rules of a centre.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Settings {
    /// Whether a name that only one client bears links by itself (spec 5's own rule).
    pub is_bold: bool,
    /// Confirmed orders that make a VIP.
    pub vip_orders: Option<i32>,
    /// Amount spent that makes a VIP, in minor units of the centre's currency.
    pub vip_spent: Option<i64>,
    /// Confirmed orders that make a regular.
    pub regular_orders: i32,
    /// The optimistic lock; 0 while nobody chose anything.
    pub version: i32,
}

impl Default for Settings {
    fn default() -> Self {
        let (vip_orders, vip_spent) = (Some(10), None);
        Self { is_bold: false, vip_orders, vip_spent, regular_orders: 3, version: 0 }
    }
}

/// The rules someone wants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SettingsChange {
    /// See [`Settings::is_bold`].
    pub is_bold: bool,
    /// As typed; empty is none.
    pub vip_orders: String,
    /// As typed, in the centre's currency; empty is none.
    pub vip_spent: String,
    /// As typed.
    pub regular_orders: String,
}

/// The rules of a centre, for the code that follows them.
pub(super) async fn of(conn: &impl ConnectionTrait, center: Uuid) -> Result<Settings, DbErr> {
    let found = Sql::with(
        "SELECT is_bold, vip_orders, vip_spent, regular_orders, version FROM order_settings \
         WHERE call_center_id = $1",
        [center.into()],
    );
    Ok(found.one(conn).await?.unwrap_or_default())
}

/// The rules of a centre, for those who run it.
///
/// # Errors
/// [`Error::NotFound`] for other centres, [`Error::Forbidden`] for all but admins.
pub async fn settings(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    center: Uuid,
) -> Result<Settings> {
    actor.require(actor.is_admin())?;
    call_centers::get(conn, actor, center).await?;
    Ok(of(conn, center).await?)
}

/// Changes the rules of a centre. Segments are set anew at once; a change of boldness has the
/// orders that are not linked looked at again.
///
/// # Errors
/// Every wrong field; [`Error::Stale`].
pub async fn change_settings(
    db: &Db,
    actor: &Actor,
    center: Uuid,
    version: i32,
    wanted: &SettingsChange,
    now: DateTime<Utc>,
) -> Result<()> {
    let before = settings(db.read(), actor, center).await?;
    let currency = call_centers::get(db.read(), actor, center).await?.currency;
    let after = read(wanted, &currency, version)?;
    let tx = db.begin().await?;
    write(&tx, center, version, &after, now).await?;
    figures::segment_all(&tx, center, &after).await?;
    if before.is_bold != after.is_bold {
        examine::all_open(&tx, center, now).await?;
    }
    let event = NewEvent {
        kind: "call_center.updated",
        call_center_id: Some(center),
        subject_kind: "call_center",
        subject_id: center,
        client_id: None,
        data: json!({ "changes": differences(&before, &after) }),
    };
    events::record(&tx, actor, event, now).await?;
    tx.commit().await?;
    Ok(())
}

fn read(wanted: &SettingsChange, currency: &str, version: i32) -> Result<Settings> {
    let mut invalid = Invalid::new();
    let mut count = |field: &str, text: &str, needed: bool| {
        let text = text.trim();
        match text.parse::<i32>() {
            Ok(count) if (1..=1_000_000).contains(&count) => Some(count),
            _ if text.is_empty() && !needed => None,
            _ => {
                invalid.add(field, "not-a-count");
                None
            }
        }
    };
    let vip_orders = count("vip_orders", &wanted.vip_orders, false);
    let regular_orders = count("regular_orders", &wanted.regular_orders, true).unwrap_or(1);
    let vip_spent = match wanted.vip_spent.trim() {
        "" => None,
        text => match super::amount_of(text, currency) {
            Ok(amount) if amount > 0 => Some(amount),
            Ok(_) => {
                invalid.add("vip_spent", "not-a-count");
                None
            }
            Err(code) => {
                invalid.add("vip_spent", code);
                None
            }
        },
    };
    if vip_orders.is_some_and(|vip| vip <= regular_orders) {
        invalid.add("vip_orders", "vip-not-above-regular");
    }
    invalid.check()?;
    let is_bold = wanted.is_bold;
    Ok(Settings { is_bold, vip_orders, vip_spent, regular_orders, version: version + 1 })
}

async fn write(
    tx: &Tx,
    center: Uuid,
    version: i32,
    after: &Settings,
    now: DateTime<Utc>,
) -> Result<()> {
    let touched = Sql::with(
        "INSERT INTO order_settings (call_center_id, is_bold, vip_orders, vip_spent, \
         regular_orders, version, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7) \
         ON CONFLICT (call_center_id) DO UPDATE SET is_bold = excluded.is_bold, \
         vip_orders = excluded.vip_orders, vip_spent = excluded.vip_spent, \
         regular_orders = excluded.regular_orders, version = excluded.version, \
         updated_at = excluded.updated_at WHERE order_settings.version = $8",
        [
            center.into(),
            after.is_bold.into(),
            after.vip_orders.into(),
            after.vip_spent.into(),
            after.regular_orders.into(),
            after.version.into(),
            now.into(),
            version.into(),
        ],
    )
    .execute(tx)
    .await?;
    if touched == 1 { Ok(()) } else { Err(Error::Stale) }
}

fn differences(before: &Settings, after: &Settings) -> Map<String, serde_json::Value> {
    let fields = |s: &Settings| {
        [
            ("linking_is_bold", json!(s.is_bold)),
            ("vip_orders", json!(s.vip_orders)),
            ("vip_spent", json!(s.vip_spent)),
            ("regular_orders", json!(s.regular_orders)),
        ]
    };
    events::changed_fields(fields(before), fields(after))
}
