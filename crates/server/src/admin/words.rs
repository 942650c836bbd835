//! The journal and the queue in words: no name of a field, a kind or a value as the database has it.

use domain::events::Entry;
use serde_json::Value as Json;
use uuid::Uuid;

use crate::page::Page;

/// At most this many fields of a fact are told; the API has the rest.
const FIELDS: usize = 8;

/// Characters of a value.
const LONGEST: usize = 80;

/// Fields whose values are codes, and what begins the keys of their words.
const CODES: [(&str, &str); 9] = [
    ("priority", "alert-priority-"),
    ("status", "orders-status-"),
    ("role", "role-"),
    ("language", "journal-language-"),
    ("kind", "consent-kind-"),
    ("purpose", "consent-purpose-"),
    ("channel", "contact-channel-"),
    ("canal", "contact-channel-"),
    ("calling_mode", "calling-mode-"),
];

/// Fields whose values need more than a line, or a unit that the fact does not carry.
const OPAQUE: [&str; 5] = ["business_hours", "holidays", "calling_hours", "amount", "vip_spent"];

/// A field that changed.
pub(super) struct Change {
    /// Its name.
    pub(super) field: String,
    /// What it was; nothing when it was empty.
    pub(super) before: String,
    /// What it is.
    pub(super) after: String,
}

/// `client.updated` is `event-client-updated` in the catalogue of sentences.
pub(super) fn action(page: &Page, action: &str) -> String {
    page.t(&format!("event-{}", dashed(action)))
}

/// What a job does: `alert_mail` is `job-alert-mail`; a kind of another version says its name.
pub(super) fn job(page: &Page, kind: &str) -> String {
    let key = format!("job-{}", dashed(kind));
    if page.language.has(&key) { page.t(&key) } else { kind.to_owned() }
}

/// What a fact that concerns no client is about: a person's name, an order's number, else its kind.
pub(super) fn subject(page: &Page, entry: &Entry, people: &[(Uuid, String)]) -> String {
    let person = people.iter().find(|(id, _)| *id == entry.subject_id);
    if let Some((_, name)) = person.filter(|_| entry.subject_kind == "user") {
        return name.clone();
    }
    let number = entry.data["number"].as_str().filter(|_| entry.subject_kind == "order");
    let key = format!("journal-subject-{}", dashed(&entry.subject_kind));
    number.map_or_else(|| page.t(&key), str::to_owned)
}

/// What changed, field by field.
pub(super) fn changes(page: &Page, entry: &Entry, people: &[(Uuid, String)]) -> Vec<Change> {
    let changes = entry.data["changes"].as_object().into_iter().flatten().take(FIELDS);
    let told = |name: &str, pair: &Json| {
        let (before, after) = (&pair[0], &pair[1]);
        let field = field(page, &entry.subject_kind, name);
        if OPAQUE.contains(&name) {
            return Change { field, before: String::new(), after: page.t("journal-otherwise") };
        }
        let value = |json: &Json| value(page, name, json, people);
        Change { field, before: value(before), after: value(after) }
    };
    changes.map(|(name, pair)| told(name, pair)).collect()
}

/// `Échéance`, for `due_at`.
fn field(page: &Page, subject: &str, name: &str) -> String {
    if (subject, name) == ("alert", "assigned_to") {
        return page.t("alert-assignee");
    }
    let dashed = dashed(name);
    let keys =
        ["journal-field-", "clients-field-", "field-"].map(|first| format!("{first}{dashed}"));
    let known = keys.iter().find(|key| page.language.has(key));
    known.map_or_else(|| name.to_owned(), |key| page.t(key))
}

/// A value in words: people by their names, instants and codes as pages say them.
fn value(page: &Page, name: &str, value: &Json, people: &[(Uuid, String)]) -> String {
    let text = match value {
        Json::Null => String::new(),
        Json::Bool(yes) => page.t(if *yes { "clients-yes" } else { "clients-no" }),
        Json::Number(number) => number.as_i64().map(|n| page.number(&n)).unwrap_or_default(),
        Json::String(text) => said(page, name, text, people),
        Json::Array(values) => {
            let all = values.iter().map(|one| self::value(page, name, one, people));
            all.collect::<Vec<_>>().join(", ")
        }
        Json::Object(_) => page.t("journal-otherwise"),
    };
    if text.chars().count() <= LONGEST {
        return text;
    }
    text.chars().take(LONGEST - 1).chain(['…']).collect()
}

fn said(page: &Page, name: &str, text: &str, people: &[(Uuid, String)]) -> String {
    if let Ok(id) = text.parse::<Uuid>() {
        let person = people.iter().find(|(known, _)| *known == id);
        return person.map_or_else(|| page.t("journal-another"), |(_, name)| name.clone());
    }
    if let Ok(at) = text.parse() {
        return page.date_time(&at);
    }
    let code = CODES.iter().find(|(field, _)| *field == name);
    let key = code.map(|(_, first)| format!("{first}{}", text.replace('_', "-")));
    let key = key.filter(|key| page.language.has(key));
    key.map_or_else(|| text.to_owned(), |key| page.t(&key))
}

fn dashed(name: &str) -> String {
    name.replace(['.', '_'], "-")
}
