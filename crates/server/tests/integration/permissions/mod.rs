//! Who may do what: every route × every role × every relation to the object, against the reviewed
//! table `table.txt`. A route missing from the table fails, and so does a line without its route.
//!
//! A new route: add its lines to `table.txt`; if it has an object of a new kind, make one in
//! `objects.rs`; if it needs a body to get past its extractor, give one in [`body`].

mod objects;

use std::collections::BTreeSet;

use domain::Role;
use serde_json::{Value as Json, json};

use crate::support::{Browser, TestApp};
use objects::World;

both_engines!(everyone_may_do_what_the_table_says_and_nothing_else);

const TABLE: &str = include_str!("table.txt");

/// The columns after method, path and relation; the first is someone not signed in.
const CALLERS: [Option<Role>; 7] = [
    None,
    Some(Role::SuperAdmin),
    Some(Role::Owner),
    Some(Role::Supervisor),
    Some(Role::Agent),
    Some(Role::Technician),
    Some(Role::Client),
];

struct Line {
    method: &'static str,
    path: &'static str,
    relation: &'static str,
    expected: Vec<&'static str>,
}

fn lines() -> Vec<Line> {
    TABLE
        .lines()
        .filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
        .map(|line| {
            let mut words = line.split_whitespace();
            let mut next = || words.next().unwrap_or_else(|| panic!("too short: {line}"));
            let (method, path, relation) = (next(), next(), next());
            let expected: Vec<_> = words.collect();
            assert_eq!(expected.len(), CALLERS.len(), "{line}");
            Line { method, path, relation, expected }
        })
        .collect()
}

#[test]
fn every_route_stands_in_the_table() {
    let routes: BTreeSet<(String, String)> = server::router::routes()
        .listed()
        .into_iter()
        .map(|(method, path)| (method.to_string(), path))
        .collect();
    let table: BTreeSet<(String, String)> =
        lines().iter().map(|line| (line.method.to_owned(), line.path.to_owned())).collect();
    let missing: Vec<_> = routes.difference(&table).collect();
    let stale: Vec<_> = table.difference(&routes).collect();
    assert!(
        missing.is_empty() && stale.is_empty(),
        "not in permissions/table.txt: {missing:#?}\nno such route: {stale:#?}"
    );
}

async fn everyone_may_do_what_the_table_says_and_nothing_else(app: TestApp) {
    let world = World::new(&app).await;
    let mut wrong = Vec::new();
    for line in lines() {
        for (index, role) in CALLERS.iter().enumerate() {
            let (expected, caller) = (line.expected[index], world.caller(*role));
            let path = world.fill(line.path, line.relation, *role).await;
            let browser = match caller {
                Some(user) => app.browser_of(user).await,
                None => app.stranger(),
            };
            let before = domain::events::head(app.db.read()).await.unwrap();
            let got = ask(&browser, &line, &path, &app).await;
            let after = domain::events::head(app.db.read()).await.unwrap();
            let who = role.map_or("stranger", Role::as_str);
            let say = format!("{} {} ({}) by {who}", line.method, line.path, line.relation);
            if got != expected {
                wrong.push(format!("{say}: {got}, the table says {expected}"));
            }
            if got != "ok" && before != after {
                wrong.push(format!("{say}: refused, yet something was recorded"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}

/// `ok`, or the refusal: 303 (sent to sign in), 401, 403, 404; a 5xx shows as itself.
async fn ask(browser: &Browser, line: &Line, path: &str, app: &TestApp) -> String {
    let is_api = path.starts_with("/api/") || path.starts_with("/client/api/");
    let mut request = browser
        .request(line.method, path)
        .header("if-match", "\"1\"")
        .header("x-csrftoken", &browser.csrf_token);
    if line.method != "GET" {
        request = match (is_api, form(line.path)) {
            (true, _) => request.json(&body(line, app)),
            (false, fields) => request.form(fields),
        };
    }
    // Only the head of the answer: a live stream has no end.
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let location = response.headers().get("location").and_then(|v| v.to_str().ok());
    match status {
        303 if location.is_some_and(|to| to.starts_with("/connexion?suite=")) => "303".to_owned(),
        401 | 403 | 404 | 500.. => status.to_string(),
        _ => "ok".to_owned(),
    }
}

/// A body that gets past the extractor, where `{}` does not.
fn body(line: &Line, app: &TestApp) -> Json {
    match (line.method, line.path) {
        ("POST", "/api/users") => json!({ "name": "Nouveau", "role": "agent", "language": "fr",
            "email": format!("{}@example.test", uuid::Uuid::new_v4()), "call_center_id": app.center }),
        ("POST", "/api/call-centers") => json!({ "name": "Nouveau", "time_zone": "Europe/Paris",
            "currency": "EUR", "phone_region": "FR" }),
        ("POST", "/api/clients/bulk") => json!({ "action": "activate", "ids": [] }),
        ("POST", "/api/alerts") => json!({ "title": "t", "due_at": "2030-01-01T09:00",
            "client_id": uuid::Uuid::nil() }),
        ("POST", "/api/notifications") => json!({ "client": "personne", "statut": "succes" }),
        ("POST", "/api/duplicates") => json!({ "client_id": uuid::Uuid::nil(),
            "other_id": uuid::Uuid::nil() }),
        ("POST", "/api/clients/{id}/merges") => json!({ "client_id": uuid::Uuid::nil() }),
        ("POST", "/api/orders") => json!({ "number": uuid::Uuid::new_v4(),
            "call_center_id": app.center }),
        ("POST", "/api/clients") => json!({ "last_name": "Sarr" }),
        _ => json!({}),
    }
}

/// The fields a form needs to get past its extractor.
fn form(path: &str) -> &'static [(&'static str, &'static str)] {
    match path {
        "/vues" => &[("grid", "clients"), ("path", "/client"), ("query", "q=a"), ("name", "Vue")],
        "/client/{id}/historique/restauration" => &[("le", "2026-11-20T10:00")],
        _ => &[("name", "Test")],
    }
}
