//! The private calendar: an address that calendar programs read, and nobody else knows.

use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use domain::Error;
use domain::alerts::{self, Alert, Priority, Sort};
use domain::users::{Profile, calendar_feeds};
use icalendar::{Calendar, Component as _, Event, EventLike as _, EventStatus, Property};
use sha2::{Digest as _, Sha256};

use super::filter::Params;
use crate::app::App;
use crate::error::AppError;
use crate::extract::Path;
use crate::i18n::Language;
use crate::page::zone_of_profile;

/// `GET /calendrier/{secret}.ics`: what the owner of the address may see now, narrowed like the
/// list of alerts.
pub(super) async fn show(
    State(app): State<App>,
    Path(file): Path<String>,
    Query(params): Query<Params>,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let token = file.strip_suffix(".ics").ok_or(Error::NotFound)?;
    let profile = calendar_feeds::find(app.db(), token, app.now()).await?;
    let profile = profile.filter(|p| p.actor().works_with_clients()).ok_or(Error::NotFound)?;
    let (filter, ..) = params.read(Sort::SOONEST, zone_of_profile(&profile))?;
    let alerts = alerts::feed(app.db().read(), &profile.actor(), &filter, app.now()).await?;
    Ok(answer(&write(&app, &profile, &alerts), &headers))
}

/// 304 when the program has it already. It is asked each time: an alert moves when it moves.
fn answer(text: &str, headers: &HeaderMap) -> Response {
    let hash = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(Sha256::digest(text));
    // Weak: it may travel compressed.
    let etag = HeaderValue::from_str(&format!("W/\"{hash}\""));
    let etag = etag.unwrap_or_else(|_| HeaderValue::from_static("W/\"\""));
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let is_known = known.is_some_and(|known| known.contains(&hash));
    let fixed = [
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache")),
        (header::ETAG, etag),
    ];
    if is_known {
        return (StatusCode::NOT_MODIFIED, fixed).into_response();
    }
    let kind = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "inline; filename=\"vigie.ics\""),
    ];
    (fixed, kind, text.to_owned()).into_response()
}

/// RFC 5545, instants in UTC: a calendar shows them in its reader's own zone.
fn write(app: &App, profile: &Profile, alerts: &[Alert]) -> String {
    let language = Language::parse(&profile.language);
    let mut calendar = Calendar::empty();
    for (name, value) in [
        ("VERSION", "2.0".to_owned()),
        ("PRODID", "-//Vigie//Vigie//FR".to_owned()),
        ("CALSCALE", "GREGORIAN".to_owned()),
        ("METHOD", "PUBLISH".to_owned()),
        ("X-WR-CALNAME", language.t("calendar-feed-name")),
        ("X-PUBLISHED-TTL", "PT1H".to_owned()),
    ] {
        calendar.append_property(Property::new(name, value));
    }
    calendar.append_property(
        Property::new("REFRESH-INTERVAL", "PT1H").add_parameter("VALUE", "DURATION").done(),
    );
    for alert in alerts {
        calendar.push(event(app, language, alert));
    }
    calendar.to_string()
}

/// An alert as half an hour from its due time that leaves its reader free.
fn event(app: &App, language: Language, alert: &Alert) -> Event {
    let url = format!("{}/alertes/{}", app.settings().base_url, alert.id);
    let mut lines = vec![alert.client_name.clone()];
    let priority = alert.priority();
    lines.push(language.t_with(
        "calendar-feed-priority",
        &[("name", language.t(&format!("alert-priority-{}", priority.as_str())).into())],
    ));
    lines.extend(alert.description.as_deref().map(|text| text.replace('\r', "")));
    lines.push(url.clone());
    let sequence = u32::try_from(alert.version - 1).unwrap_or(0);
    let mut event = Event::new();
    event
        .uid(&format!("{}@vigie", alert.id))
        .timestamp(alert.updated_at)
        .created(alert.created_at)
        .last_modified(alert.updated_at)
        .sequence(sequence)
        .starts(alert.due_at)
        .add_property("DURATION", "PT30M")
        .add_property("TRANSP", "TRANSPARENT")
        .summary(&format!("{} · {}", alert.title, alert.client_name))
        .description(&lines.join("\n"))
        .url(&url)
        .priority(match priority {
            Priority::Critical => 1,
            Priority::High => 3,
            Priority::Normal => 5,
            Priority::Low => 9,
        })
        .status(EventStatus::Confirmed);
    event.done()
}
