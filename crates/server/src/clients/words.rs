//! Clients in words: pills, amounts.

use domain::clients::{Brief, Client, HistoryEntry};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::page::{Markup, Page};

/// How the last contact attempt went.
pub(crate) fn contact_pill(page: &Page, client: &Client) -> Markup {
    match client.notification_client.as_deref() {
        Some("succes") => page.pill("success", "phone-call", &page.t("clients-contact-succes")),
        Some("echec") => page.pill("failure", "phone-missed", &page.t("clients-contact-echec")),
        _ => page.pill("grey", "minus", &page.t("clients-contact-none")),
    }
}

/// The same, and when it was.
pub(crate) fn dated_contact_pill(page: &Page, client: &Client) -> Markup {
    let (kind, icon, key) = match client.notification_client.as_deref() {
        Some("succes") => ("success", "phone-call", "clients-contact-succes"),
        Some("echec") => ("failure", "phone-missed", "clients-contact-echec"),
        _ => return page.pill("grey", "minus", &page.t("clients-contact-never")),
    };
    let when = client.date_notification.map(|at| page.near(&at)).unwrap_or_default();
    page.pill(kind, icon, &format!("{} {when}", page.t(key)))
}

/// Whether the next alert's time has come.
pub(crate) fn alert_pill(page: &Page, client: &Client) -> Option<Markup> {
    let alert = client.next_alert.as_ref()?;
    Some(if alert.due_at <= page.now {
        page.pill("due", "alarm-clock", &page.t("clients-alert-due"))
    } else {
        page.pill("in-progress", "clock", &page.sentence(&page.near(&alert.due_at)))
    })
}

/// In business or not.
pub(crate) fn status_pill(page: &Page, client: &Client) -> Markup {
    if client.is_active {
        page.pill("green", "check", &page.t("clients-active"))
    } else {
        page.pill("grey", "power", &page.t("clients-inactive"))
    }
}

/// Which segment their orders put them in; nothing for who ordered nothing.
pub(crate) fn segment_pill(page: &Page, client: &Client) -> Markup {
    let kind = match client.segment.as_str() {
        "vip" => "violet",
        "regular" => "green",
        "occasional" => "grey",
        _ => return page.nothing(),
    };
    page.label(kind, &page.t(&format!("clients-segment-{}", client.segment)))
}

/// What they spent, in their centre's currency.
pub(crate) fn spent(page: &Page, client: &Client) -> String {
    money(page, client, client.total_spent)
}

/// An amount in the currency of a client's centre.
pub(crate) fn money(page: &Page, client: &Client, amount: i64) -> String {
    crate::page::money(page.language, amount, client.currency.as_deref())
}

/// The number to show for a client: as dialled from the viewer's country.
pub(crate) fn phone(page: &Page, raw: &str, e164: Option<&str>) -> String {
    let center = page.identity.as_ref().and_then(|i| i.profile.center.as_ref());
    let region = center.map_or("", |center| center.phone_region.as_str());
    e164.map_or_else(|| raw.to_owned(), |number| base::phone::format(number, region))
}

/// A client in short, as lines of text.
pub(crate) struct Card {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) lines: Vec<String>,
}

pub(crate) fn card(page: &Page, brief: Brief) -> Card {
    let phone = brief.phone.map(|raw| phone(page, &raw, brief.phone_e164.as_deref()));
    let company = brief.company_name.filter(|company| *company != brief.full_name);
    let lines = [brief.code, company, brief.email, phone, brief.city];
    Card { id: brief.id, name: brief.full_name, lines: lines.into_iter().flatten().collect() }
}

/// An event as a line of the timeline.
pub(crate) struct Line {
    pub(crate) icon: &'static str,
    pub(crate) colour: &'static str,
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) entry: HistoryEntry,
}

/// What each event looks like.
const LOOKS: [(&str, &str, &str); 33] = [
    ("client.merged", "git-merge", "violet"),
    ("client.unmerged", "undo-2", "amber"),
    ("client.duplicate_suggested", "git-compare", "blue"),
    ("client.duplicate_dismissed", "x", "grey"),
    ("client.duplicate_reopened", "git-compare", "blue"),
    ("client.created", "user-plus", "green"),
    ("client.updated", "pencil", "grey"),
    ("client.activated", "power", "green"),
    ("client.deactivated", "power", "grey"),
    ("client.deleted", "trash-2", "red"),
    ("client.restored", "rotate-ccw", "green"),
    ("client.contacted", "phone-call", "green"),
    ("client.contact_corrected", "pencil", "grey"),
    ("client.contact_undone", "undo-2", "grey"),
    ("consent.recorded", "shield-check", "sea"),
    ("consent.revoked", "shield-x", "amber"),
    ("order.imported", "shopping-cart", "blue"),
    ("order.updated", "pencil", "grey"),
    ("order.linked", "link", "green"),
    ("order.unlinked", "link-2-off", "grey"),
    ("alert.scheduled", "bell-plus", "blue"),
    ("alert.updated", "pencil", "grey"),
    ("alert.rescheduled", "calendar-clock", "blue"),
    ("alert.notice_sent", "mail", "blue"),
    ("alert.notice_repeated", "mail-warning", "amber"),
    ("alert.notice_given_up", "mail-x", "red"),
    ("alert.removed", "trash-2", "red"),
    ("alert.restored", "rotate-ccw", "green"),
    ("alert.due", "alarm-clock", "amber"),
    ("alert.escalated", "siren", "red"),
    ("alert.acknowledged", "hand", "blue"),
    ("alert.completed", "check", "green"),
    ("alert.reopened", "undo-2", "amber"),
];

pub(crate) fn line(page: &Page, entry: HistoryEntry, people: &[(Uuid, String)]) -> Line {
    let look = LOOKS.iter().find(|(kind, ..)| *kind == entry.kind);
    let (mut icon, mut colour) =
        look.map_or(("activity", "grey"), |(_, icon, colour)| (*icon, *colour));
    let key = format!("clients-event-{}", entry.kind.replace(['.', '_'], "-"));
    let contacted = entry.kind.starts_with("client.contact");
    let title = if entry.kind == "client.contacted" && entry.data["statut"] == "echec" {
        (icon, colour) = ("phone-missed", "red");
        page.t("clients-event-client-contacted-echec")
    } else if page.language.has(&key) {
        page.t(&key)
    } else {
        page.t("clients-event-other")
    };
    let mut parts: Vec<String> = Vec::new();
    parts.extend(entry.data["title"].as_str().map(str::to_owned));
    if contacted && let Some(channel) = entry.data["canal"].as_str() {
        parts.push(page.t(&format!("contact-channel-{channel}")));
    }
    parts.extend(entry.data["merged_name"].as_str().map(str::to_owned));
    parts.extend(entry.data["number"].as_str().map(str::to_owned));
    if entry.kind == "client.updated" {
        parts.extend(entry.changes.iter().map(|(field, ..)| field_name(page, field)));
    }
    let _ = people;
    if entry.is_absorbed {
        parts.push(page.t("clients-absorbed-record"));
    }
    parts.push(entry.actor_name.clone().unwrap_or_else(|| page.t("clients-by-vigie")));
    Line { icon, colour, title, text: parts.join(" · "), entry }
}

/// What a change was put back from.
pub(crate) fn restored_from(page: &Page, data: &Json) -> Option<String> {
    let from = data.get("restored_from")?;
    let at = from["at"].as_str().and_then(|text| text.parse().ok());
    Some(match at {
        Some(at) => page.t1("restoration-from-date", "when", page.date_time(&at)),
        None => page.t("restoration-from-change"),
    })
}

/// `Ville`, for `city`.
pub(crate) fn field_name(page: &Page, field: &str) -> String {
    let key = format!("clients-field-{}", field.replace('_', "-"));
    if page.language.has(&key) { page.t(&key) } else { field.to_owned() }
}

/// A value of a change, in words.
pub(crate) fn value(page: &Page, field: &str, value: &Json, people: &[(Uuid, String)]) -> String {
    match value {
        Json::Null => "—".to_owned(),
        Json::Bool(yes) => page.t(if *yes { "clients-yes" } else { "clients-no" }),
        Json::Array(list) if list.is_empty() => "—".to_owned(),
        Json::Array(list) => {
            let words: Vec<&str> = list.iter().filter_map(Json::as_str).collect();
            words.join(", ")
        }
        Json::String(text) if field == "assigned_to" => {
            let id = text.parse::<Uuid>().ok();
            let known = people.iter().find(|(person, _)| Some(*person) == id);
            known.map_or_else(|| page.t("clients-someone-else"), |(_, name)| name.clone())
        }
        Json::String(text) if field == "deleted_at" => {
            let at = text.parse().ok();
            at.map_or_else(|| text.clone(), |at| page.date_time(&at))
        }
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}
