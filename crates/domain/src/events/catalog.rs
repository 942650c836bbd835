//! Every event there is, with what its `data` holds: a JSON Schema and an example each, served at
//! `/api/event-types`.

use serde_json::{Map, Value as Json, json};

/// The shape of one field of an event's data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `{"field": [before, after]}`.
    Changes,
    /// A text.
    Text,
    /// A UUID.
    Id,
    /// An RFC 3339 instant.
    Instant,
    /// A whole number.
    Integer,
    /// Yes or no.
    Boolean,
    /// Anything.
    Any,
}

/// A field of an event's data; every field may be null or absent unless `required`.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// Its shape.
    pub shape: Shape,
    /// Always there.
    pub required: bool,
}

/// One kind of event.
#[derive(Clone, Copy, Debug)]
pub struct EventType {
    /// `noun.past_verb`.
    pub name: &'static str,
    /// What happened, for integrators.
    pub description: &'static str,
    /// What its data holds, beside fields that later versions may add.
    pub fields: &'static [Field],
}

const CHANGES: Field = Field { name: "changes", shape: Shape::Changes, required: false };
const MERGE: Field = Field { name: "merge_id", shape: Shape::Id, required: true };
const MERGED: Field = Field { name: "merged_id", shape: Shape::Id, required: true };
const MERGED_NAME: Field = Field { name: "merged_name", shape: Shape::Text, required: true };
const MOVED: Field = Field { name: "moved", shape: Shape::Any, required: false };
const KEPT: Field = Field { name: "kept", shape: Shape::Any, required: false };
const RESTORED: Field = Field { name: "restored_from", shape: Shape::Any, required: false };
const OTHER: Field = Field { name: "other_id", shape: Shape::Id, required: true };
const NAME: Field = Field { name: "name", shape: Shape::Text, required: true };
const PURPOSE: Field = Field { name: "purpose", shape: Shape::Text, required: true };
const ATTEMPT: Field = Field { name: "attempt", shape: Shape::Id, required: true };
const STATUT: Field = Field { name: "statut", shape: Shape::Text, required: true };
const CANAL: Field = Field { name: "canal", shape: Shape::Text, required: true };
const NUMBER: Field = Field { name: "number", shape: Shape::Text, required: false };
const METHOD: Field = Field { name: "method", shape: Shape::Text, required: false };
const COUNT: Field = Field { name: "count", shape: Shape::Integer, required: false };
const STATE: Field = Field { name: "state", shape: Shape::Text, required: false };
const ROLE: Field = Field { name: "role", shape: Shape::Text, required: true };

const fn kind(
    name: &'static str,
    description: &'static str,
    fields: &'static [Field],
) -> EventType {
    EventType { name, description, fields }
}

/// All of them.
pub const EVENT_TYPES: &[EventType] = &[
    kind("call_center.created", "A call centre was created.", &[CHANGES]),
    kind("call_center.updated", "A call centre's settings were changed.", &[CHANGES]),
    kind("user.created", "An account was created.", &[ROLE]),
    kind("user.invited", "An invitation was asked for.", &[]),
    kind("user.link_sent", "A link to choose a password was sent.", &[PURPOSE]),
    kind("user.token_created", "A personal token was made.", &[NAME]),
    kind("user.token_revoked", "A personal token was revoked.", &[NAME]),
    kind("user.calendar_opened", "A private address of the calendar was made.", &[]),
    kind("user.calendar_closed", "The private address of the calendar was closed.", &[]),
    kind("user.updated", "An account was changed.", &[CHANGES]),
    kind("user.activated", "An account was activated.", &[CHANGES]),
    kind("user.deactivated", "An account was deactivated; its sessions ended.", &[CHANGES]),
    kind("user.signed_in", "Someone signed in.", &[]),
    kind("user.signed_out", "Someone signed out.", &[]),
    kind("user.password_changed", "A password was changed; other sessions ended.", &[]),
    kind("client.created", "A client was created, by hand or by import.", &[CHANGES]),
    kind(
        "client.updated",
        "A client's record was changed, or put back to what it was.",
        &[CHANGES, RESTORED],
    ),
    kind("client.activated", "A client was activated.", &[CHANGES]),
    kind("client.deactivated", "A client was deactivated.", &[CHANGES]),
    kind("client.deleted", "A client went to the bin.", &[CHANGES]),
    kind("client.restored", "A client came back from the bin.", &[CHANGES]),
    kind("client.contacted", "Someone tried to reach a client.", &[ATTEMPT, STATUT, CANAL]),
    kind("client.contact_corrected", "A contact attempt's channel was changed.", &[CHANGES]),
    kind("client.contact_undone", "A contact attempt was taken back.", &[ATTEMPT, STATUT, CANAL]),
    kind("consent.recorded", "A consent, a refusal or an opposition was recorded.", &[CHANGES]),
    kind("consent.revoked", "A consent was withdrawn, or an opposition lifted.", &[CHANGES]),
    kind(
        "client.merged",
        "Another record of the same client went into this one.",
        &[CHANGES, MERGE, MERGED, MERGED_NAME, MOVED],
    ),
    kind(
        "client.unmerged",
        "A merge was taken back: there are two records again.",
        &[CHANGES, MERGE, MERGED, MERGED_NAME, KEPT],
    ),
    kind("client.duplicate_suggested", "Two records were said to be of one client.", &[OTHER]),
    kind("client.duplicate_dismissed", "Two records were said to be of two clients.", &[OTHER]),
    kind("client.duplicate_reopened", "Two records are to be looked at again.", &[OTHER]),
    kind("alert.scheduled", "An alert was scheduled on a client.", &[CHANGES]),
    kind("alert.updated", "An alert's text, priority or assignee was changed.", &[CHANGES]),
    kind("alert.rescheduled", "An alert was moved to another time.", &[CHANGES]),
    kind("alert.due", "An alert's time has come.", &[CHANGES]),
    kind("alert.escalated", "An alert went up one level.", &[CHANGES]),
    kind("alert.acknowledged", "Someone took charge of an alert.", &[CHANGES]),
    kind("alert.completed", "An alert was completed.", &[CHANGES]),
    kind("alert.reopened", "A completed alert was opened again.", &[CHANGES]),
    kind("alert.removed", "An alert was removed.", &[CHANGES]),
    kind("alert.restored", "A removed alert came back.", &[CHANGES]),
    kind("alert.notice_sent", "An alert's e-mail was handed to the mail server.", &[]),
    kind("alert.notice_repeated", "An alert's e-mail may have been sent twice.", &[]),
    kind("alert.notice_given_up", "An alert's e-mail could not be sent.", &[]),
    kind("order.imported", "An order came in.", &[NUMBER]),
    kind("order.updated", "What an order says was changed.", &[NUMBER, CHANGES]),
    kind(
        "order.linked",
        "An order was linked to a client; with `count`, that many were, in one run over very many.",
        &[NUMBER, METHOD, STATE, COUNT],
    ),
    kind("order.unlinked", "An order lost its client.", &[NUMBER, METHOD, STATE]),
    kind("operation.started", "A bulk action, an import or an export was started.", &[]),
    kind("operation.progressed", "A bulk action, an import or an export went on.", &[]),
    kind("operation.finished", "A bulk action, an import or an export ended.", &[]),
    kind("operation.undone", "A bulk action was undone.", &[]),
];

/// The kind of that name.
pub fn find(name: &str) -> Option<&'static EventType> {
    EVENT_TYPES.iter().find(|one| one.name == name)
}

impl EventType {
    /// The JSON Schema (2020-12) of its data.
    pub fn schema(&self) -> Json {
        let properties: Map<String, Json> =
            self.fields.iter().map(|f| (f.name.to_owned(), f.shape.schema())).collect();
        let required: Vec<&str> =
            self.fields.iter().filter(|f| f.required).map(|f| f.name).collect();
        json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "title": self.name,
            "type": ["object", "null"],
            "properties": properties,
            "required": required,
        })
    }

    /// Data as it may look.
    pub fn example(&self) -> Json {
        self.fields
            .iter()
            .map(|f| (f.name.to_owned(), f.shape.example(self.name)))
            .collect::<Map<_, _>>()
            .into()
    }

    /// Whether `data` fits [`EventType::schema`]; null is data that was erased.
    pub fn fits(&self, data: &Json) -> bool {
        if data.is_null() {
            return true;
        }
        let Some(object) = data.as_object() else { return false };
        self.fields.iter().all(|field| match object.get(field.name) {
            None => !field.required,
            Some(value) => field.shape.fits(value),
        })
    }
}

impl Shape {
    fn schema(self) -> Json {
        match self {
            Self::Changes => json!({
                "type": "object",
                "description": "Each changed field with its value before and after.",
                "additionalProperties": { "type": "array", "minItems": 2, "maxItems": 2 },
            }),
            Self::Text => json!({ "type": ["string", "null"] }),
            Self::Id => json!({ "type": ["string", "null"], "format": "uuid" }),
            Self::Instant => json!({ "type": ["string", "null"], "format": "date-time" }),
            Self::Integer => json!({ "type": ["integer", "null"] }),
            Self::Boolean => json!({ "type": ["boolean", "null"] }),
            Self::Any => json!({}),
        }
    }

    fn example(self, event: &str) -> Json {
        match self {
            Self::Changes if event.starts_with("alert.") => {
                json!({ "due_at": ["2026-11-20T09:30:00Z", "2026-11-23T09:30:00Z"] })
            }
            Self::Changes if event.starts_with("client.") => {
                json!({ "city": ["Dakar", "Thiès"], "phone": [null, "+221 77 512 40 11"] })
            }
            Self::Changes => json!({ "name": ["Dakar", "Dakar Plateau"] }),
            Self::Text => json!("agent"),
            Self::Id => json!("01939ec0-0000-7000-8000-000000000001"),
            Self::Instant => json!("2026-11-20T09:30:00Z"),
            Self::Integer => json!(3),
            Self::Boolean => json!(true),
            Self::Any => Json::Null,
        }
    }

    fn fits(self, value: &Json) -> bool {
        match self {
            Self::Changes => value.as_object().is_some_and(|changes| {
                changes.values().all(|pair| pair.as_array().is_some_and(|both| both.len() == 2))
            }),
            Self::Any => true,
            _ if value.is_null() => true,
            Self::Text => value.is_string(),
            Self::Id => value.as_str().is_some_and(|text| text.parse::<uuid::Uuid>().is_ok()),
            Self::Instant => value
                .as_str()
                .is_some_and(|text| chrono::DateTime::parse_from_rfc3339(text).is_ok()),
            Self::Integer => value.is_i64() || value.is_u64(),
            Self::Boolean => value.is_boolean(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn every_example_fits_its_schema() {
        for kind in EVENT_TYPES {
            assert!(kind.fits(&kind.example()), "{}", kind.name);
        }
    }

    #[test]
    fn a_change_is_before_and_after() {
        let kind = find("client.updated").unwrap();
        assert!(kind.fits(&json!({ "changes": { "city": [null, "Dakar"] } })));
        assert!(!kind.fits(&json!({ "changes": { "city": "Dakar" } })));
        assert!(!find("user.created").unwrap().fits(&json!({})));
    }

    /// The verbs name their events in the code: each of those names must be here.
    #[test]
    fn every_recorded_kind_is_in_the_catalog() {
        let mut unknown = Vec::new();
        visit(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut |text| {
            for noun in ["call_center", "user", "client", "alert", "consent", "order", "operation"]
            {
                let mut rest = text;
                while let Some(at) = rest.find(&format!("\"{noun}.")) {
                    rest = &rest[at + 1..];
                    let name = rest.split('"').next().unwrap_or_default();
                    let is_name =
                        name.bytes().all(|b| b.is_ascii_lowercase() || b"_.".contains(&b));
                    if is_name && find(name).is_none() && !name.ends_with('.') {
                        unknown.push(name.to_owned());
                    }
                }
            }
        });
        assert!(unknown.is_empty(), "add to EVENT_TYPES: {unknown:?}");
    }

    fn visit(folder: &Path, look: &mut impl FnMut(&str)) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                visit(&path, look);
            } else if path.extension().is_some_and(|e| e == "rs") {
                look(&std::fs::read_to_string(&path).unwrap());
            }
        }
    }
}
