//! JSON bodies, of which every wrong field is named at once.
//!
//! serde stops at the first value it cannot take. Here that value is noted and set aside, the rest
//! is read again, and the handler then runs on what could be read, against a database where
//! nothing commits: what the verb finds wrong joins what was noted.

use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use domain::{Error, FieldError};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use serde_path_to_error::{Path, Segment};

use crate::app::App;
use crate::error::{AppError, error_of};

/// A JSON body, and the application to use it with: 415 when it is something else, 400 when it
/// cannot be read, 422 naming every field that is wrong.
#[derive(Clone)]
pub struct Body<T> {
    /// Writes nothing when a field could not be read.
    pub app: App,
    /// What was sent.
    pub body: T,
}

impl<T: DeserializeOwned> FromRequest<App> for Body<T> {
    type Rejection = AppError;

    async fn from_request(request: Request, app: &App) -> Result<Self, AppError> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
        let is_json = kind.is_some_and(|kind| {
            let essence = kind.split(';').next().unwrap_or_default().trim();
            essence.eq_ignore_ascii_case("application/json") || essence.ends_with("+json")
        });
        if !is_json {
            return Err(AppError::Status(StatusCode::UNSUPPORTED_MEDIA_TYPE, "wrong-type"));
        }
        let faults = request.extensions().get::<Faults>().cloned().unwrap_or_default();
        let bytes = Bytes::from_request(request, app)
            .await
            .map_err(|_| AppError::Status(StatusCode::PAYLOAD_TOO_LARGE, "too-large"))?;
        match serde_json::from_slice(&bytes) {
            Ok(body) => Ok(Self { app: app.clone(), body }),
            Err(error) if error.is_data() => {
                let sent = serde_json::from_slice(&bytes).map_err(unreadable)?;
                let (body, found) = read_around(sent);
                if found.is_empty() {
                    // What stood in the way was not a value: a name that comes twice.
                    return Err(unreadable(error));
                }
                faults.note(&found);
                let body = body.ok_or(Error::Invalid(found))?;
                Ok(Self { app: app.rehearsal(), body })
            }
            Err(error) => Err(unreadable(error)),
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn unreadable(error: serde_json::Error) -> AppError {
    AppError::Unreadable(error.to_string())
}

/// What [`Body`] found in a request, for [`name_every_fault`].
#[derive(Clone, Debug, Default)]
struct Faults(Arc<Mutex<Vec<FieldError>>>);

impl Faults {
    fn note(&self, found: &[FieldError]) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(found);
    }

    fn take(&self) -> Vec<FieldError> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Answers 422 for whatever became of a request whose body had wrong fields, and names those the
/// verb found beside those that could not be read. Who may not do it at all is told that instead.
pub async fn name_every_fault(mut request: Request, next: Next) -> Response {
    let faults = Faults::default();
    request.extensions_mut().insert(faults.clone());
    let response = next.run(request).await;
    let mut found = faults.take();
    if found.is_empty() {
        return response;
    }
    if let Some(AppError::Domain(Error::Forbidden)) = error_of(&response) {
        return response;
    }
    if let Some(AppError::Domain(Error::Invalid(more))) = error_of(&response) {
        let is_new = |error: &&FieldError| !found.iter().any(|known| known.field == error.field);
        let more: Vec<FieldError> = more.iter().filter(is_new).cloned().collect();
        found.extend(more);
    }
    AppError::Domain(Error::Invalid(found)).into_response()
}

/// Reads `sent` without the values that do not fit, each noted; `None` when nothing can stand in
/// for one of them.
fn read_around<T: DeserializeOwned>(mut sent: Value) -> (Option<T>, Vec<FieldError>) {
    let mut faults: Vec<FieldError> = Vec::new();
    // What stands in for a field that is required and could not be read, and what was tried.
    let mut standing: Vec<(Vec<String>, usize)> = Vec::new();
    loop {
        let error = match serde_path_to_error::deserialize::<_, T>(&sent) {
            Ok(body) => return (Some(body), faults),
            Err(error) => error,
        };
        let message = error.inner().to_string();
        let (keys, named, code) = at_fault(error.path(), &message);
        if !faults.iter().any(|known| known.field == named) {
            faults.push(FieldError { field: named, code, args: Vec::new() });
        }
        let missing = code == "required";
        let place = standing.iter().position(|(stood, _)| *stood == keys);
        let Some((last, parents)) = keys.split_last() else { return (None, faults) };
        let Some(parent) = object_at(&mut sent, parents) else { return (None, faults) };
        if !missing && place.is_none() {
            // Set aside; if it is required, the next turn says so.
            if parent.remove(last).is_none() {
                return (None, faults);
            }
            continue;
        }
        let place = place.unwrap_or_else(|| {
            standing.push((keys.clone(), 0));
            standing.len() - 1
        });
        let tried = &mut standing[place].1;
        let Some(value) = stand_in(*tried, &message) else { return (None, faults) };
        *tried += 1;
        parent.insert(last.clone(), value);
    }
}

/// Values of every shape fields have; the last is one a list of names allows.
fn stand_in(turn: usize, message: &str) -> Option<Value> {
    let values = [
        json!(""),
        json!(0),
        json!(false),
        json!([]),
        json!(uuid::Uuid::nil()),
        json!("1970-01-01T00:00:00Z"),
        json!("1970-01-01"),
        json!({}),
    ];
    // The last message stems from the value before: the empty text, tried first, makes serde
    // list the names it knows.
    let name = message.rsplit('`').nth(1).filter(|_| message.contains("unknown variant"));
    match (turn, name) {
        (1, Some(name)) => Some(json!(name)),
        _ => values.get(turn).cloned(),
    }
}

/// Which keys lead to what is wrong, its name, and why.
fn at_fault(path: &Path, message: &str) -> (Vec<String>, String, &'static str) {
    let quoted = |prefix: &str| {
        message.strip_prefix(prefix).and_then(|rest| rest.split('`').next()).map(str::to_owned)
    };
    let missing = quoted("missing field `");
    let unknown = quoted("unknown field `");
    let code = match (&missing, &unknown) {
        (Some(_), _) => "required",
        (_, Some(_)) => "unknown-field",
        _ => "wrong-value",
    };
    // Inside a list, the whole list is set aside: its other entries would change places.
    let mut keys: Vec<String> = Vec::new();
    for segment in path {
        match segment {
            Segment::Map { key } => keys.push(key.clone()),
            Segment::Seq { .. } | Segment::Enum { .. } | Segment::Unknown => break,
        }
    }
    let mut named = path.to_string();
    // serde says "missing field `x`" at its parent's place.
    if let Some(field) = missing.or(unknown)
        && path.iter().next_back().is_none_or(|last| last.to_string() != field)
    {
        if path.iter().all(|segment| matches!(segment, Segment::Map { .. })) {
            keys.push(field.clone());
        }
        named = if path.iter().len() == 0 { field } else { format!("{named}.{field}") };
    }
    (keys, named, code)
}

fn object_at<'a>(value: &'a mut Value, keys: &[String]) -> Option<&'a mut Map<String, Value>> {
    keys.iter().try_fold(value, |value, key| value.get_mut(key))?.as_object_mut()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Kind {
        Agent,
        Client,
    }

    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read")]
    struct Sent {
        title: String,
        kind: Kind,
        client: Option<uuid::Uuid>,
        list: Option<Vec<i32>>,
        at: chrono::DateTime<chrono::Utc>,
    }

    #[test]
    fn every_fault_is_named_once_and_the_rest_is_read() {
        let sent = json!({ "kind": "king", "client": "x", "list": [1, "2"], "what": 1 });
        let (body, faults) = read_around::<Sent>(sent);
        let mut named: Vec<_> = faults.iter().map(|f| (f.field.as_str(), f.code)).collect();
        named.sort_unstable();
        let expected = [
            ("at", "required"),
            ("client", "wrong-value"),
            ("kind", "wrong-value"),
            ("list[1]", "wrong-value"),
            ("title", "required"),
            ("what", "unknown-field"),
        ];
        assert_eq!(named, expected);
        assert!(body.is_some());
        assert!(read_around::<Sent>(json!([])).0.is_none());
    }
}
