//! One alert on each of many clients, as an operation: checked before, in batches, undone.

use domain::Role;
use domain::operations as domain_operations;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::alerts::clients;
use crate::operations::{operation, undo};
use crate::support::{Browser, TestApp};

both_engines!(
    each_client_gets_the_alert_once_and_loses_it_again,
    what_is_wrong_with_the_alert_is_named_before_it_starts,
    a_stopped_operation_goes_on_where_it_was,
    the_page_hands_many_to_an_operation,
);

fn alert(title: &str) -> Json {
    json!({ "title": title, "due_at": "2026-12-01T09:30", "timezone": "Africa/Dakar",
        "priority": "high" })
}

async fn start(browser: &Browser, body: Json) -> String {
    let answer = browser.post("/api/clients/bulk", &body).await.expect(202).json();
    answer["operation_id"].as_str().unwrap().to_owned()
}

async fn listed(browser: &Browser, batch: &str) -> Vec<Json> {
    let path = format!("/api/alerts?batch_id={batch}&limit=200");
    let page = browser.get(&path).await.expect(200).json();
    page["data"].as_array().unwrap().clone()
}

async fn each_client_gets_the_alert_once_and_loses_it_again(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let ids = clients(&app, app.center, 3).await;
    let body =
        json!({ "action": "create_alerts", "ids": ids, "params": { "alert": alert("Relance") } });
    let mut dry = body.clone();
    dry["dry_run"] = json!(true);
    let answer = owner.post("/api/clients/bulk", &dry).await.expect(200).json();
    assert_eq!(answer, json!({ "operation_id": null, "matched": 3, "would_change": 3 }));
    let id = start(&owner, body).await;
    app.work().await;
    let done = operation(&owner, &id).await;
    assert_eq!((&done["state"], &done["result"]["created"]), (&json!("done"), &json!(3)));
    let made = listed(&owner, &id).await;
    let mut on: Vec<Uuid> =
        made.iter().map(|a| a["client_id"].as_str().unwrap().parse().unwrap()).collect();
    on.sort_unstable();
    assert_eq!(on, ids);
    assert_eq!(made[0]["due_at"], "2026-12-01T09:30:00Z");
    assert_eq!(made[0]["notices"][0]["state"], "planned");
    // One was changed since: an undo leaves it alone, and says which.
    let kept = made[1]["id"].as_str().unwrap();
    owner.post(&format!("/api/alerts/{kept}/acknowledgement"), &json!({})).await.expect(200);
    let undone = undo(&app, &owner, &id).await;
    assert_eq!(
        (&undone["result"]["updated"], &undone["result"]["kept_count"]),
        (&json!(2), &json!(1))
    );
    assert_eq!(undone["result"]["kept"][0]["id"], json!(kept));
    assert_eq!(undone["result"]["kept"][0]["name"], "Relance");
    let left = listed(&owner, &id).await;
    assert_eq!(left.len(), 1);
    let gone = made[0]["client_id"].as_str().unwrap();
    let client = owner.get(&format!("/api/clients/{gone}")).await.expect(200).json();
    assert_eq!(client["next_alert"], Json::Null);
    let undo_page = owner.get(&format!("/operations/{}", undone["id"].as_str().unwrap())).await;
    assert!(undo_page.expect(200).body.contains(&format!("/alertes/{kept}")));
    let verdict = domain::events::verify(app.db.read()).await.unwrap();
    assert!(matches!(verdict, domain::events::Verdict::Whole { .. }), "{verdict:?}");
}

async fn what_is_wrong_with_the_alert_is_named_before_it_starts(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let ids = clients(&app, app.center, 1).await;
    let refused = |params: Json| {
        let body = json!({ "action": "create_alerts", "ids": ids, "params": params });
        let owner = &owner;
        async move { owner.post("/api/clients/bulk", &body).await.expect(422) }
    };
    assert_eq!(refused(json!({})).await.field_codes("params.alert"), ["required"]);
    let wrong = json!({ "alert": { "title": " ", "due_at": "2020-01-01T09:00:00Z",
        "priority": "urgent", "assigned_to": Uuid::new_v4() } });
    let wrong = refused(wrong).await;
    assert_eq!(wrong.field_codes("params.alert.title"), ["required"]);
    assert_eq!(wrong.field_codes("params.alert.due_at"), ["due-in-past"]);
    assert_eq!(wrong.field_codes("params.alert.priority"), ["wrong-value"]);
    assert_eq!(wrong.field_codes("params.alert.assigned_to"), ["unknown-assignee"]);
    let none = owner.get("/api/alerts").await.expect(200).json();
    assert_eq!(none["total"]["value"], 0);
    let technician = app.sign_in(Role::Technician).await;
    let body = json!({ "action": "create_alerts", "ids": ids, "params": { "alert": alert("x") } });
    technician.post("/api/clients/bulk", &body).await.expect(403);
}

async fn a_stopped_operation_goes_on_where_it_was(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    clients(&app, app.center, 2_500).await;
    let body =
        json!({ "action": "create_alerts", "filter": {}, "params": { "alert": alert("Tous") } });
    let id = start(&owner, body).await;
    let key: Uuid = id.parse().unwrap();
    // One batch, then whoever did it is gone; the due time comes before another takes over.
    domain_operations::step(&app.db, key, app.clock.now()).await.unwrap();
    let half = operation(&owner, &id).await;
    assert_eq!((&half["state"], &half["done"]), (&json!("running"), &json!(1_000)));
    app.clock.advance(chrono::TimeDelta::days(30));
    app.work().await;
    let owner = app.browser_of(owner.user.unwrap()).await;
    let done = operation(&owner, &id).await;
    assert_eq!((&done["state"], &done["result"]["created"]), (&json!("done"), &json!(2_500)));
    let count = "SELECT COUNT(DISTINCT client_id) FROM alerts WHERE batch_id = $1";
    let count: Option<i64> =
        base::db::Sql::with(count, [key.into()]).scalar(app.db.read()).await.unwrap();
    assert_eq!(count, Some(2_500));
    let total = owner.get(&format!("/api/alerts?batch_id={id}")).await.expect(200).json();
    assert_eq!(total["total"]["value"], 2_500);
}

async fn the_page_hands_many_to_an_operation(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    clients(&app, app.center, 1_001).await;
    let fields = [
        ("scope", "filter"),
        ("title", "Relance"),
        ("due_date", "2026-12-01"),
        ("due_time", "09:30"),
        ("priority", "normal"),
    ];
    let mut wrong = fields;
    wrong[2].1 = "hier";
    let again = owner.post_form("/alertes/nouvelle", &wrong).await.expect(422);
    assert!(again.body.contains("due_date-error"), "{}", again.body);
    let sent = owner.post_form("/alertes/nouvelle", &fields).await.expect(303);
    let target = sent.location().to_owned();
    assert!(target.starts_with("/operations/"), "{target}");
    app.work().await;
    let page = owner.get(&target).await.expect(200);
    assert!(page.body.contains("/alertes?batch_id="), "{}", page.body);
    assert!(page.body.contains("1\u{a0}001"), "{}", page.body);
}
