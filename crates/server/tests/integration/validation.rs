//! Bad input: every wrong field is named at once, whatever is wrong with it, and nothing is written.

use domain::Role;
use serde_json::{Value as Json, json};

use crate::support::{Answer, TestApp};

both_engines!(
    every_wrong_field_of_a_body_is_named,
    what_the_verb_refuses_stands_beside_what_cannot_be_read,
    every_wrong_parameter_is_named,
    a_body_not_read_to_its_end_closes_the_connection,
    what_nobody_sees_is_not_kept,
);

/// The fields a problem names, sorted.
#[track_caller]
fn named(answer: Answer) -> Vec<String> {
    let problem = answer.expect(422).json();
    let errors = problem["errors"].as_array().unwrap().clone();
    let mut fields: Vec<String> =
        errors.iter().map(|e| e["field"].as_str().unwrap().to_owned()).collect();
    fields.sort_unstable();
    fields
}

async fn head(app: &TestApp) -> i64 {
    domain::events::head(app.db.read()).await.unwrap().0
}

async fn every_wrong_field_of_a_body_is_named(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let before = head(&app).await;
    let cases: [(&str, Json, &[&str]); 6] = [
        ("/api/alerts", json!({}), &["client_id", "due_at", "title"]),
        (
            "/api/alerts",
            json!({ "client_id": "x", "title": "", "due_at": "hier", "priority": "max" }),
            &["client_id", "due_at", "priority", "title"],
        ),
        ("/api/auth/login", json!({}), &["email", "password"]),
        ("/api/users", json!({}), &["email", "name", "role"]),
        (
            "/api/users",
            json!({ "email": "x", "name": 5, "role": "king", "language": "de", "password": "a" }),
            &["email", "language", "name", "password", "role"],
        ),
        (
            "/api/clients",
            json!({ "what": 1, "first_name": 7, "emails": [3], "phone": "abc", "tags": "x",
                "assigned_to": "me", "code": "x".repeat(50) }),
            &[
                "assigned_to",
                "code",
                "emails[0]",
                "first_name",
                "last_name",
                "phone",
                "tags",
                "what",
            ],
        ),
    ];
    for (path, body, fields) in cases {
        assert_eq!(named(owner.post(path, &body).await), fields, "{path} {body}");
    }
    assert_eq!(head(&app).await, before, "something was recorded");
    owner.post("/api/clients", &json!([])).await.expect(422);
    let broken =
        owner.request("POST", "/api/clients").body("{").header("content-type", "application/json");
    owner.send(broken).await.expect(400);
}

async fn what_the_verb_refuses_stands_beside_what_cannot_be_read(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let body = json!({ "last_name": "Sarr" });
    let client = owner.post("/api/clients", &body).await.expect(201).json();
    let path = format!("/api/clients/{}", client["id"].as_str().unwrap());
    let change = owner.request("PATCH", &path).header("if-match", "\"1\"");
    let change = change.json(&json!({ "city": "Dakar", "email": "pas un mail", "tags": 3 }));
    let answer = owner.send(change).await;
    assert_eq!(answer.field_codes("email"), ["not-an-email"]);
    assert_eq!(answer.field_codes("tags"), ["wrong-value"]);
    assert_eq!(named(answer), ["email", "tags"]);
    // What could be read was tried, and left nothing.
    assert_eq!(owner.get(&path).await.expect(200).json()["city"], Json::Null);
    let alert = json!({ "client_id": client["id"], "title": "t", "due_at": "2026-12-01T10:00" });
    let alert = owner.post("/api/alerts", &alert).await.expect(201).json();
    let path = format!("/api/alerts/{}", alert["id"].as_str().unwrap());
    let change = owner.request("PATCH", &path).header("if-match", "\"1\"");
    let emptied = owner.send(change.json(&json!({ "title": null, "due_at": null }))).await;
    assert_eq!(named(emptied), ["due_at", "title"]);
}

async fn every_wrong_parameter_is_named(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let wrong = owner.get("/api/clients?limit=0&sort=foo&cursor=zzz&is_active=maybe").await;
    assert_eq!(named(wrong), ["cursor", "is_active", "limit", "sort"]);
    let wrong = owner.get("/api/alerts?limit=0&sort=foo&cursor=zzz&status=x&client_id=1").await;
    assert_eq!(named(wrong), ["client_id", "cursor", "limit", "sort", "status"]);
}

async fn a_body_not_read_to_its_end_closes_the_connection(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let path = format!("/api/alerts/{}", uuid::Uuid::nil());
    let early = owner.request("PATCH", &path).header("if-match", "zz").json(&json!({}));
    let early = owner.send(early).await.expect(412);
    assert_eq!(early.headers["connection"], "close");
    let text = owner.request("POST", "/api/clients").header("content-type", "text/plain");
    let text = owner.send(text.body("x")).await.expect(415);
    assert_eq!(text.headers["connection"], "close");
    let read = owner.post("/api/clients", &json!({})).await.expect(422);
    assert!(!read.headers.contains_key("connection"), "{:?}", read.headers);
}

async fn what_nobody_sees_is_not_kept(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let empty = owner.post("/api/clients", &json!({ "last_name": "\u{200b}\u{feff}" })).await;
    assert_eq!(empty.expect(422).field_codes("last_name"), ["required"]);
    let body = json!({ "last_name": "Sarr\u{202e}gpj", "phone": "\u{202a}06 12 34 56 78\u{202c}" });
    let client = owner.post("/api/clients", &body).await.expect(201).json();
    assert_eq!(client["last_name"], "Sarrgpj");
    assert_eq!(client["phone"], "06 12 34 56 78");
}
