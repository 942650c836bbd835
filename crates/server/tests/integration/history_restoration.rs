//! History: one change taken back, a record as it was.

use chrono::TimeDelta;
use domain::Role;
use serde_json::{Value as Json, json};

use crate::clients::create;
use crate::support::{Answer, Browser, TestApp};

both_engines!(
    one_change_is_taken_back,
    a_later_change_is_not_lost_by_mistake,
    a_record_goes_back_to_a_date,
    the_pages_show_what_would_change_and_do_it,
);

async fn change(browser: &Browser, id: &str, body: Json) -> Json {
    let path = format!("/api/clients/{id}");
    let now = browser.get(&path).await.expect(200).json();
    let version = format!("\"{}\"", now["version"]);
    let request = browser.request("PATCH", &path).header("if-match", version).json(&body);
    browser.send(request).await.expect(200).json()
}

async fn history(browser: &Browser, id: &str) -> Vec<Json> {
    let page = browser.get(&format!("/api/clients/{id}/history")).await.expect(200).json();
    page["data"].as_array().unwrap().clone()
}

async fn take_back(browser: &Browser, id: &str, seq: &Json, version: &Json, body: Json) -> Answer {
    let path = format!("/api/clients/{id}/history/{seq}/restoration");
    let tag = format!("\"{version}\"");
    browser.send(browser.request("POST", &path).header("if-match", tag).json(&body)).await
}

async fn one_change_is_taken_back(app: TestApp) {
    let agent = app.sign_in(Role::Agent).await;
    let body = json!({ "last_name": "Ba", "city": "Paris", "email": "ba@a.fr", "tags": ["Un"] });
    let client = create(&agent, body).await;
    let id = client["id"].as_str().unwrap();
    let body = json!({ "city": "Lyon", "emails": ["ba@b.fr", "ba@a.fr"], "tags": [] });
    let changed = change(&agent, id, body).await;
    let seq = history(&agent, id).await[0]["seq"].clone();
    let path = format!("/api/clients/{id}/history/{seq}/restoration");
    agent.post(&path, &json!({})).await.expect(428);
    take_back(&agent, id, &seq, &json!(1), json!({})).await.expect(412);
    let back = take_back(&agent, id, &seq, &changed["version"], json!({})).await.expect(200).json();
    assert_eq!((&back["city"], &back["email"]), (&json!("Paris"), &json!("ba@a.fr")));
    assert_eq!(back["tags"], json!(["Un"]));
    let entries = history(&agent, id).await;
    assert_eq!(entries[0]["kind"], "client.updated");
    assert_eq!(entries[0]["restored_from"], json!({ "event": seq }));
    assert_eq!(entries[0]["changes"]["city"], json!(["Lyon", "Paris"]));
    // What made the client is no change to take back, nor is another client's.
    let made = entries.last().unwrap()["seq"].clone();
    take_back(&agent, id, &made, &back["version"], json!({})).await.expect(404);
    let other = create(&agent, json!({ "last_name": "Sy" })).await;
    let other = other["id"].as_str().unwrap();
    take_back(&agent, other, &seq, &json!(1), json!({})).await.expect(404);
}

async fn a_later_change_is_not_lost_by_mistake(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let client = create(&owner, json!({ "last_name": "Ba", "city": "Paris" })).await;
    let id = client["id"].as_str().unwrap();
    change(&owner, id, json!({ "city": "Lyon", "country": "France" })).await;
    let seq = history(&owner, id).await[0]["seq"].clone();
    let version = change(&owner, id, json!({ "city": "Nice" })).await["version"].clone();
    take_back(&owner, id, &seq, &version, json!({})).await.expect(409);
    let part = json!({ "fields": ["country"] });
    let back = take_back(&owner, id, &seq, &version, part).await.expect(200).json();
    assert_eq!((&back["city"], &back["country"]), (&json!("Nice"), &Json::Null));
    let all = json!({ "overwrite": true });
    let back = take_back(&owner, id, &seq, &back["version"], all).await.expect(200).json();
    assert_eq!(back["city"], "Paris");
}

async fn a_record_goes_back_to_a_date(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let body = json!({ "last_name": "Ba", "city": "Paris", "phone": "0612345678", "code": "1" });
    let client = create(&owner, body).await;
    let id = client["id"].as_str().unwrap();
    app.clock.advance(TimeDelta::hours(1));
    let then = app.clock.now();
    app.clock.advance(TimeDelta::hours(1));
    change(&owner, id, json!({ "city": "Lyon" })).await;
    let path = format!("/api/clients/{id}/activation");
    owner.send(owner.request("DELETE", &path)).await.expect(200);
    let now = change(&owner, id, json!({ "city": "Nice", "phone": null, "code": "2" })).await;
    let path = format!("/api/clients/{id}/restoration");
    owner.post(&path, &json!({ "at": then })).await.expect(428);
    let send = |version: Json, body: Json| {
        let request = owner.request("POST", &path).header("if-match", format!("\"{version}\""));
        owner.send(request.json(&body))
    };
    send(json!(1), json!({ "at": then })).await.expect(412);
    send(now["version"].clone(), json!({ "at": "2020-01-01T00:00:00Z" })).await.expect(422);
    send(now["version"].clone(), json!({ "at": "yesterday" })).await.expect(422);
    let back = send(now["version"].clone(), json!({ "at": then })).await.expect(200).json();
    for field in ["city", "phone", "code", "is_active", "emails", "tags", "full_name"] {
        assert_eq!(back[field], client[field], "{field}");
    }
    let entry = &history(&owner, id).await[0];
    assert!(entry["restored_from"]["at"].is_string(), "{entry}");
    // A code given to another meanwhile cannot come back.
    let now = change(&owner, id, json!({ "code": "3" })).await;
    create(&owner, json!({ "last_name": "Sy", "code": "1" })).await;
    let refused = send(now["version"].clone(), json!({ "at": then })).await.expect(422);
    assert_eq!(refused.field_codes("code"), ["taken"]);
}

async fn the_pages_show_what_would_change_and_do_it(app: TestApp) {
    let agent = app.sign_in(Role::Agent).await;
    let client = create(&agent, json!({ "last_name": "Ba", "city": "Paris" })).await;
    let id = client["id"].as_str().unwrap();
    app.clock.advance(TimeDelta::minutes(10));
    change(&agent, id, json!({ "city": "Lyon", "country": "France" })).await;
    let page = agent.get(&format!("/client/{id}/historique")).await.expect(200).body;
    let link =
        page.split("/historique/").find(|part| part.contains("/restauration\" aria")).unwrap();
    let seq = link.split('/').next().unwrap().to_owned();
    let target = format!("/client/{id}/historique/{seq}/restauration");
    let preview = agent.get(&target).await.expect(200).body;
    assert!(preview.contains("value=\"city\"") && preview.contains("Paris"), "{preview}");
    agent.post_form(&target, &[("version", "9"), ("fields", "city")]).await.expect(409);
    agent.post_form(&target, &[("version", "2"), ("fields", "city")]).await.expect(303);
    let now = agent.get(&format!("/api/clients/{id}")).await.expect(200).json();
    assert_eq!((&now["city"], &now["country"]), (&json!("Paris"), &json!("France")));
    let page = agent.get(&format!("/client/{id}/historique")).await.expect(200).body;
    assert!(page.contains("Retour en arrière"), "{page}");
    // 10:05 in Paris, before the change.
    let dated = format!("/client/{id}/historique/restauration");
    let preview = agent.get(&format!("{dated}?le=2026-11-20T10:05")).await.expect(200).body;
    assert!(preview.contains("value=\"country\"") && !preview.contains("value=\"city\""));
    let fields = [("le", "2026-11-20T10:05"), ("version", "3"), ("fields", "country")];
    agent.post_form(&dated, &fields).await.expect(303);
    let now = agent.get(&format!("/api/clients/{id}")).await.expect(200).json();
    assert_eq!(now["country"], Json::Null);
    agent.get(&format!("{dated}?le=2020-01-01T10:00")).await.expect(303);
    agent.get(&format!("{dated}?le=rien")).await.expect(422);
}
