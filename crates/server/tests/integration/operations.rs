//! One action on many clients: what it says before, does, resumes and undoes.

use domain::Role;
use domain::operations as domain_operations;
use sea_orm::ConnectionTrait;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::support::{Browser, TestApp};

both_engines!(
    ticked_clients_are_deactivated_and_put_back,
    a_filter_takes_all_that_match_but_the_excluded,
    a_dry_run_only_counts,
    tags_and_assignees_are_given_and_taken_back,
    undo_leaves_later_edits_alone_and_names_them,
    the_bin_gives_back_what_a_bulk_delete_threw,
    a_batch_that_breaks_half_way_leaves_nothing_and_resumes,
    wrong_requests_name_their_fields,
    what_means_nothing_is_named_and_changes_nobody,
    access_is_that_of_the_list,
    pages_do_the_same_without_javascript,
);

async fn client(browser: &Browser, name: &str) -> String {
    let body = json!({ "last_name": name, "email": format!("{name}@example.test") });
    let client = browser.post("/api/clients", &body).await.expect(201).json();
    client["id"].as_str().unwrap().to_owned()
}

async fn clients(browser: &Browser, names: &[&str]) -> Vec<String> {
    let mut ids = Vec::new();
    for name in names {
        ids.push(client(browser, name).await);
    }
    ids
}

async fn read(browser: &Browser, id: &str) -> Json {
    browser.get(&format!("/api/clients/{id}")).await.expect(200).json()
}

pub async fn operation(browser: &Browser, id: &str) -> Json {
    browser.get(&format!("/api/operations/{id}")).await.expect(200).json()
}

/// Starts a bulk action, works it off, and returns the operation.
async fn bulk(app: &TestApp, browser: &Browser, body: Json) -> Json {
    let answer = browser.post("/api/clients/bulk", &body).await.expect(202).json();
    let id = answer["operation_id"].as_str().unwrap().to_owned();
    assert_eq!(operation(browser, &id).await["state"], "queued");
    app.work().await;
    operation(browser, &id).await
}

/// Undoes an operation and returns the undo.
pub async fn undo(app: &TestApp, browser: &Browser, id: &str) -> Json {
    let path = format!("/api/operations/{id}/undo");
    let answer = browser.post(&path, &json!({})).await.expect(202).json();
    app.work().await;
    operation(browser, answer["operation_id"].as_str().unwrap()).await
}

async fn ticked_clients_are_deactivated_and_put_back(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let ids = clients(&owner, &["Diop", "Sarr", "Fall"]).await;
    owner.send(owner.request("DELETE", &format!("/api/clients/{}/activation", ids[1]))).await;
    let done = bulk(&app, &owner, json!({ "action": "deactivate", "ids": ids })).await;
    assert_eq!(
        (&done["state"], &done["total"], &done["done"]),
        (&json!("done"), &json!(3), &json!(3))
    );
    assert_eq!(done["result"]["updated"], 2);
    assert_eq!(done["result"]["unchanged"], 1);
    for id in &ids {
        assert_eq!(read(&owner, id).await["is_active"], false);
    }
    let history = owner.get(&format!("/api/clients/{}/history", ids[0])).await.expect(200);
    assert!(history.body.contains("client.deactivated"), "{}", history.body);

    let undone = undo(&app, &owner, done["id"].as_str().unwrap()).await;
    assert_eq!(undone["result"]["updated"], 2);
    assert_eq!(undone["undo_of"], done["id"]);
    assert_eq!(read(&owner, &ids[0]).await["is_active"], true);
    // It was inactive before: undoing does not activate it.
    assert_eq!(read(&owner, &ids[1]).await["is_active"], false);
    let original = operation(&owner, done["id"].as_str().unwrap()).await;
    assert_eq!((&original["state"], &original["undone_by"]), (&json!("undone"), &undone["id"]));
    let again = format!("/api/operations/{}/undo", done["id"].as_str().unwrap());
    owner.post(&again, &json!({})).await.expect(409);
    // The chain of events still holds.
    let verdict = domain::events::verify(app.db.read()).await.unwrap();
    assert!(matches!(verdict, domain::events::Verdict::Whole { .. }), "{verdict:?}");
}

async fn a_filter_takes_all_that_match_but_the_excluded(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let ids = clients(&owner, &["Ndiaye", "Ndour", "Sy"]).await;
    let body = json!({ "action": "tag", "filter": { "q": "nd" }, "exclude": [ids[1]],
        "params": { "tags": ["VIP"] } });
    let done = bulk(&app, &owner, body).await;
    assert_eq!((&done["total"], &done["result"]["updated"]), (&json!(1), &json!(1)));
    assert_eq!(read(&owner, &ids[0]).await["tags"], json!(["VIP"]));
    assert_eq!(read(&owner, &ids[1]).await["tags"], json!([]));
    assert_eq!(read(&owner, &ids[2]).await["tags"], json!([]));
}

async fn a_dry_run_only_counts(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let ids = clients(&owner, &["Ba", "Ka"]).await;
    owner.send(owner.request("DELETE", &format!("/api/clients/{}/activation", ids[0]))).await;
    let body = json!({ "action": "deactivate", "filter": {}, "dry_run": true });
    let answer = owner.post("/api/clients/bulk", &body).await.expect(200).json();
    assert_eq!(answer, json!({ "operation_id": null, "matched": 2, "would_change": 1 }));
    assert_eq!(app.work().await, 0);
    assert_eq!(read(&owner, &ids[1]).await["is_active"], true);
}

async fn tags_and_assignees_are_given_and_taken_back(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let agent = app.user(Role::Agent, Some(app.center), None).await;
    let ids = clients(&owner, &["Gueye", "Mbaye"]).await;
    let tagged = json!({ "action": "tag", "ids": [ids[0]], "params": { "tags": ["Fidèle"] } });
    bulk(&app, &owner, tagged).await;
    let both = json!({ "action": "tag", "ids": ids, "params": { "tags": ["fidele", "Dakar"] } });
    let both = bulk(&app, &owner, both).await;
    assert_eq!(read(&owner, &ids[0]).await["tags"], json!(["Dakar", "Fidèle"]));
    undo(&app, &owner, both["id"].as_str().unwrap()).await;
    assert_eq!(read(&owner, &ids[0]).await["tags"], json!(["Fidèle"]));
    assert_eq!(read(&owner, &ids[1]).await["tags"], json!([]));

    let untag = json!({ "action": "untag", "ids": ids, "params": { "tag": "FIDÈLE" } });
    let untag = bulk(&app, &owner, untag).await;
    assert_eq!(untag["result"]["updated"], 1);
    assert_eq!(read(&owner, &ids[0]).await["tags"], json!([]));

    let assign = json!({ "action": "assign", "ids": ids, "params": { "assigned_to": agent } });
    let assign = bulk(&app, &owner, assign).await;
    assert_eq!(read(&owner, &ids[1]).await["assigned_to"], json!(agent));
    undo(&app, &owner, assign["id"].as_str().unwrap()).await;
    assert_eq!(read(&owner, &ids[1]).await["assigned_to"], Json::Null);
}

async fn what_means_nothing_is_named_and_changes_nobody(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let agent = app.sign_in(Role::Agent).await.user.unwrap();
    let ids = clients(&owner, &["Ndao"]).await;
    bulk(
        &app,
        &owner,
        json!({ "action": "assign", "ids": ids, "params": { "assigned_to": agent } }),
    )
    .await;
    let cases = [
        (
            json!({ "action": "assign", "ids": ids, "params": { "user_id": agent } }),
            "params.user_id",
        ),
        (json!({ "action": "assign", "ids": ids }), "params.assigned_to"),
        (json!({ "action": "deactivate", "filter": { "segment": "or" } }), "filter.segment"),
        (json!({ "action": "deactivate", "filter": { "assigned_to": "x" } }), "filter.assigned_to"),
        (json!({ "action": "deactivate", "ids": ids, "dryrun": true }), "dryrun"),
    ];
    for (body, field) in cases {
        let refused = owner.post("/api/clients/bulk", &body).await.expect(422);
        assert!(!refused.field_codes(field).is_empty(), "{body}: {}", refused.body);
    }
    let alert =
        json!({ "filter": { "segment": "or" }, "title": "T", "due_at": "2026-12-01T10:00:00Z" });
    let refused = owner.post("/api/alerts", &alert).await.expect(422);
    assert_eq!(refused.field_codes("segment"), ["wrong-value"], "{}", refused.body);
    app.work().await;
    let client = read(&owner, &ids[0]).await;
    assert_eq!((&client["assigned_to"], &client["is_active"]), (&json!(agent), &json!(true)));
}

async fn undo_leaves_later_edits_alone_and_names_them(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let ids = clients(&owner, &["Cisse", "Toure", "Sow"]).await;
    let change = async |id: &String, body: Json| {
        let version = read(&owner, id).await["version"].as_i64().unwrap();
        let patch = owner
            .request("PATCH", &format!("/api/clients/{id}"))
            .header("if-match", format!("\"{version}\""))
            .json(&body);
        owner.send(patch).await.expect(200);
    };
    let done = bulk(&app, &owner, json!({ "action": "deactivate", "ids": ids })).await;
    // Another field stays as it was changed; the field itself, once someone changed it, too.
    change(&ids[0], json!({ "city": "Thiès" })).await;
    let path = format!("/api/clients/{}/activation", ids[2]);
    owner.post(&path, &Json::Null).await.expect(200);
    let undone = undo(&app, &owner, done["id"].as_str().unwrap()).await;
    assert_eq!(undone["result"]["updated"], 2);
    assert_eq!(undone["result"]["kept_count"], 1);
    assert_eq!(undone["result"]["kept"][0]["id"], json!(ids[2]));
    assert_eq!(undone["result"]["kept"][0]["name"], "Sow");
    assert_eq!(undone["result"]["kept"][0]["reason"], "changed-since");
    let edited = read(&owner, &ids[0]).await;
    assert_eq!((&edited["city"], &edited["is_active"]), (&json!("Thiès"), &json!(true)));
    assert_eq!(read(&owner, &ids[1]).await["is_active"], true);
    let page =
        owner.get(&format!("/operations/{}", undone["id"].as_str().unwrap())).await.expect(200);
    assert!(page.body.contains("Sow") && page.body.contains("Modifié depuis"), "{}", page.body);
    // Tags given since, and those taken by hand, stay so.
    let given = json!({ "action": "tag", "ids": ids, "params": { "tags": ["Or", "Dakar"] } });
    let given = bulk(&app, &owner, given).await;
    change(&ids[0], json!({ "tags": ["Or", "Fidèle"] })).await;
    undo(&app, &owner, given["id"].as_str().unwrap()).await;
    assert_eq!(read(&owner, &ids[0]).await["tags"], json!(["Fidèle"]));
    assert_eq!(read(&owner, &ids[1]).await["tags"], json!([]));
}

async fn the_bin_gives_back_what_a_bulk_delete_threw(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let with_code = json!({ "last_name": "Sow", "code": "A1" });
    let first = owner.post("/api/clients", &with_code).await.expect(201).json();
    let second = client(&owner, "Sene").await;
    let ids = json!([first["id"], second]);
    let done = bulk(&app, &owner, json!({ "action": "delete", "ids": ids })).await;
    owner.get(&format!("/api/clients/{second}")).await.expect(404);
    // Its code is another's meanwhile.
    owner.post("/api/clients", &json!({ "last_name": "Autre", "code": "A1" })).await.expect(201);
    let undone = undo(&app, &owner, done["id"].as_str().unwrap()).await;
    assert_eq!(undone["result"]["updated"], 1);
    assert_eq!(undone["result"]["kept"][0]["reason"], "code-taken");
    read(&owner, &second).await;
}

/// 1 500 clients are two batches; the database refuses one row of the second for a while.
async fn a_batch_that_breaks_half_way_leaves_nothing_and_resumes(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let lines: String = (0..1_500).map(|n| format!("C{n:04},Client {n}\n")).collect();
    crate::imports::import(&app, &owner, "clients.csv", format!("code,nom complet\n{lines}")).await;
    let id = "SELECT id FROM clients ORDER BY id LIMIT 1 OFFSET 1200";
    let victim: Uuid = base::db::Sql::new(id).scalar(app.db.read()).await.unwrap().unwrap();
    let hex = victim.simple().to_string();
    let (make, drop) = match app.db.engine() {
        base::db::Engine::Sqlite => (
            format!(
                "CREATE TRIGGER broken BEFORE UPDATE ON clients WHEN OLD.id = x'{hex}' \
                 BEGIN SELECT RAISE(ABORT, 'power cut'); END"
            ),
            "DROP TRIGGER broken".to_owned(),
        ),
        base::db::Engine::Postgres => (
            format!(
                "ALTER TABLE clients ADD CONSTRAINT broken CHECK (id <> '{victim}' OR is_active)"
            ),
            "ALTER TABLE clients DROP CONSTRAINT broken".to_owned(),
        ),
    };
    app.db.admin().execute_unprepared(&make).await.unwrap();
    let body = json!({ "action": "deactivate", "filter": {} });
    let answer = owner.post("/api/clients/bulk", &body).await.expect(202).json();
    assert_eq!(answer["matched"], 1500);
    let id = answer["operation_id"].as_str().unwrap();
    app.work().await;
    let halfway = operation(&owner, id).await;
    assert_eq!((&halfway["state"], &halfway["done"]), (&json!("running"), &json!(1000)));
    assert_eq!(inactive(&app).await, 1_000);
    owner.post(&format!("/api/operations/{id}/undo"), &json!({})).await.expect(409);
    app.db.admin().execute_unprepared(&drop).await.unwrap();
    app.clock.advance(chrono::TimeDelta::minutes(5));
    app.work().await;
    let done = operation(&owner, id).await;
    assert_eq!((&done["state"], &done["done"]), (&json!("done"), &json!(1500)));
    assert_eq!(done["result"]["updated"], 1500);
    assert_eq!(inactive(&app).await, 1_500);
    // Each client has one event of it, none has two.
    let events = "SELECT COUNT(*) FROM events WHERE kind = 'client.deactivated'";
    let events: i64 = base::db::Sql::new(events).scalar(app.db.read()).await.unwrap().unwrap();
    assert_eq!(events, 1_500);
    let undone = undo(&app, &owner, id).await;
    assert_eq!(undone["result"]["updated"], 1500);
    assert_eq!(inactive(&app).await, 0);
    // A step of an operation that is over does nothing.
    let id: Uuid = id.parse().unwrap();
    let step = domain_operations::step(&app.db, id, app.clock.now()).await.unwrap();
    assert_eq!(step, domain_operations::Progress::Over);
}

async fn inactive(app: &TestApp) -> i64 {
    let sql = "SELECT COUNT(*) FROM clients WHERE NOT is_active";
    base::db::Sql::new(sql).scalar(app.db.read()).await.unwrap().unwrap()
}

async fn wrong_requests_name_their_fields(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let wrong = |body: Json| owner_post(&owner, body);
    assert_eq!(
        wrong(json!({ "action": "burn", "ids": [] })).await.field_codes("action"),
        ["wrong-value"]
    );
    assert_eq!(wrong(json!({ "action": "activate" })).await.field_codes("ids"), ["required"]);
    let both = json!({ "action": "activate", "ids": [], "filter": {} });
    assert_eq!(wrong(both).await.field_codes("filter"), ["ids-or-filter"]);
    let untagged = json!({ "action": "tag", "ids": [] });
    assert_eq!(wrong(untagged).await.field_codes("params.tags"), ["required"]);
    let stranger = json!({ "action": "assign", "ids": [],
        "params": { "assigned_to": Uuid::new_v4() } });
    assert_eq!(wrong(stranger).await.field_codes("params.assigned_to"), ["unknown-user"]);
}

async fn owner_post(browser: &Browser, body: Json) -> crate::support::Answer {
    browser.post("/api/clients/bulk", &body).await.expect(422)
}

async fn access_is_that_of_the_list(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let ids = clients(&owner, &["Diatta"]).await;
    let new = domain::call_centers::NewCallCenter {
        name: "Dakar".into(),
        time_zone: "Africa/Dakar".into(),
        currency: "XOF".into(),
        phone_region: "SN".into(),
    };
    let elsewhere =
        domain::call_centers::create(&app.db, &domain::Actor::system(), new, app.clock.now())
            .await
            .unwrap();
    let stranger = app.sign_in_to(Role::Owner, Some(elsewhere)).await;
    let done = bulk(&app, &stranger, json!({ "action": "deactivate", "ids": ids })).await;
    assert_eq!(done["result"]["updated"], 0);
    assert_eq!(read(&owner, &ids[0]).await["is_active"], true);

    let done = bulk(&app, &owner, json!({ "action": "deactivate", "ids": ids })).await;
    let id = done["id"].as_str().unwrap();
    stranger.get(&format!("/api/operations/{id}")).await.expect(404);
    stranger.get(&format!("/operations/{id}")).await.expect(404);
    stranger.post(&format!("/api/operations/{id}/undo"), &json!({})).await.expect(404);
    let agent = app.sign_in(Role::Agent).await;
    agent.get(&format!("/api/operations/{id}")).await.expect(404);
    agent.post("/api/clients/bulk", &json!({ "action": "delete", "ids": ids })).await.expect(403);
    agent.post("/api/clients/bulk", &json!({ "action": "activate", "ids": ids })).await.expect(202);
    let technician = app.sign_in(Role::Technician).await;
    let body = json!({ "action": "activate", "ids": ids });
    technician.post("/api/clients/bulk", &body).await.expect(403);
    technician.get("/operations").await.expect(403);
    app.stranger().post("/api/clients/bulk", &body).await.expect(401);
}

async fn pages_do_the_same_without_javascript(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let ids = clients(&owner, &["Kane", "Wade"]).await;
    let ticked = [("ids", ids[0].as_str()), ("ids", ids[1].as_str()), ("action", "tag"), ("q", "")];
    let page = owner.post_form("/client/actions", &ticked).await.expect(200);
    assert!(page.body.contains("Étiqueter 2 clients"), "{}", page.body);
    assert!(page.body.contains("Kane") && page.body.contains("Wade"));
    let wrong = owner.post_form("/client/actions/execution", &ticked).await.expect(422);
    assert!(wrong.body.contains("id=\"tags-error\""), "{}", wrong.body);
    let typed = [ticked[0], ticked[1], ticked[2], ("tags", "VIP, Dakar")];
    let answer = owner.post_form("/client/actions/execution", &typed).await.expect(303);
    let place = answer.location().to_owned();
    let waiting = owner.get(&place).await.expect(200);
    assert!(waiting.body.contains("Actualiser") && waiting.body.contains("<progress"));
    app.work().await;
    let done = owner.get(&place).await.expect(200);
    assert!(done.body.contains(&format!("{place}/annulation")), "{}", done.body);
    assert_eq!(read(&owner, &ids[1]).await["tags"], json!(["Dakar", "VIP"]));
    let journal = owner.get("/operations").await.expect(200);
    assert!(journal.body.contains("Étiquetage de clients · VIP, Dakar"), "{}", journal.body);
    let undo = owner.post_form(&format!("{place}/annulation"), &[]).await.expect(303);
    app.work().await;
    owner.get(undo.location()).await.expect(200);
    assert_eq!(read(&owner, &ids[1]).await["tags"], json!([]));
    let nothing = owner.post_form("/client/actions", &[("action", "tag")]).await.expect(303);
    assert_eq!(nothing.location(), "/client");
    let all =
        owner.post_form("/client/actions", &[("scope", "filter"), ("action", "deactivate")]).await;
    assert!(all.expect(200).body.contains("Désactiver 2 clients"));
}
