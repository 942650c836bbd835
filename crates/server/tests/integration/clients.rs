//! One client: created, changed, switched off, binned, restored; who may, and what is told.

use domain::Role;
use serde_json::{Value as Json, json};

use crate::support::{Browser, TestApp};

both_engines!(
    a_client_is_created_whole_and_read_back,
    every_wrong_field_is_named_at_once,
    a_code_is_unique_in_its_centre_only,
    a_change_needs_the_version_it_was_made_on,
    a_patch_leaves_what_it_does_not_name,
    history_tells_each_field_before_and_after,
    a_client_goes_to_the_bin_and_comes_back,
    a_code_taken_meanwhile_is_left_out_of_the_restoration,
    strangers_to_the_centre_find_nothing,
    the_same_key_does_a_thing_once,
    figures_count_what_the_caller_sees,
    the_shop_s_toggle_wants_its_token,
    two_creations_of_one_code_leave_one,
);

/// Creates a client and returns what the API answers.
pub async fn create(browser: &Browser, body: Json) -> Json {
    browser.post("/api/clients", &body).await.expect(201).json()
}

async fn a_client_is_created_whole_and_read_back(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let agent = app.user(Role::Agent, Some(app.center), None).await;
    let body = json!({
        "code": " 0000100400 ", "first_name": "Awa", "last_name": "N’Diaye",
        "company_name": "Sarr & Fils", "email": "awa@sarr.sn", "phone": "06 12 34 56 78",
        "emails": ["info@sarr.sn", { "value": "AWA@sarr.sn" }],
        "phones": [{ "raw": "+221 77 512 40 11", "primary": false }],
        "address": "12 rue Félix-Éboué\n3e étage", "city": "Dakar", "country": "Sénégal",
        "tags": ["Prioritaire", "prioritaire", "Dakar"], "assigned_to": agent,
    });
    let answer = owner.post("/api/clients", &body).await.expect(201);
    assert_eq!(answer.headers["etag"], "\"1\"");
    let client = answer.json();
    let id = client["id"].as_str().unwrap();
    assert_eq!(answer.location(), format!("/api/clients/{id}"));
    assert_eq!(client, owner.get(&format!("/api/clients/{id}")).await.expect(200).json());
    assert_eq!(client["code"], "0000100400");
    assert_eq!(client["full_name"], "Awa N’Diaye");
    assert_eq!(client["email"], "awa@sarr.sn");
    assert_eq!(
        client["emails"],
        json!([{ "value": "awa@sarr.sn", "primary": true }, { "value": "info@sarr.sn", "primary": false }])
    );
    assert_eq!(
        client["phones"],
        json!([
            { "raw": "06 12 34 56 78", "e164": "+33612345678", "primary": true },
            { "raw": "+221 77 512 40 11", "e164": "+221775124011", "primary": false },
        ])
    );
    assert_eq!(client["tags"], json!(["Dakar", "Prioritaire"]));
    assert_eq!(client["assigned_to"], json!(agent));
    assert_eq!(client["is_active"], true);
    assert_eq!(
        client["orders"],
        json!({ "total": 0, "confirmed": 0, "pending": 0, "cancelled": 0 })
    );
    assert_eq!(client["total_spent"], json!({ "amount": 0, "currency": "EUR" }));
    assert_eq!((&client["segment"], &client["version"]), (&json!("none"), &json!(1)));
    for empty in
        ["username", "notification_client", "date_notification", "last_order_at", "next_alert"]
    {
        assert_eq!(client[empty], Json::Null, "{empty}");
    }
    let company = create(&owner, json!({ "company_name": "Froid Moderne" })).await;
    assert_eq!(company["full_name"], "Froid Moderne");
}

async fn every_wrong_field_is_named_at_once(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let other = app.user(Role::Technician, Some(app.center), None).await;
    let body = json!({
        "code": "x".repeat(41), "first_name": " ", "email": "awa", "emails": ["ok@a.fr", "no@"],
        "phone": "12", "phones": ["bonjour"], "address": "é".repeat(501), "city": "a\u{7}b",
        "country": "c".repeat(81), "tags": ["!!"], "assigned_to": other,
    });
    let answer = owner.post("/api/clients", &body).await.expect(422);
    for (field, code) in [
        ("code", "too-long"),
        ("last_name", "required"),
        ("email", "not-an-email"),
        ("emails", "not-an-email"),
        ("phone", "phone-too-short"),
        ("phones", "phone-not-a-number"),
        ("address", "too-long"),
        ("city", "control-characters"),
        ("country", "too-long"),
        ("tags", "wrong-value"),
        ("assigned_to", "not-assignable"),
    ] {
        assert_eq!(answer.field_codes(field), [code], "{field} in {}", answer.body);
    }
    let message = answer.json()["errors"][0]["message"].as_str().unwrap().to_owned();
    assert!(!message.is_empty() && !message.starts_with("error-"), "{message}");
    let unknown = owner.post("/api/clients", &json!({ "last_name": "A", "vip": true })).await;
    assert_eq!(unknown.expect(422).field_codes("vip"), ["unknown-field"]);
    assert_eq!(owner.get("/api/clients").await.expect(200).json()["total"]["value"], 0);
}

async fn a_code_is_unique_in_its_centre_only(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let elsewhere = other_center(&app).await;
    create(&owner, json!({ "last_name": "A", "code": "C1" })).await;
    let again = owner.post("/api/clients", &json!({ "last_name": "B", "code": "C1" })).await;
    assert_eq!(again.expect(422).field_codes("code"), ["taken"]);
    create(&elsewhere, json!({ "last_name": "C", "code": "C1" })).await;
}

/// An owner of another centre.
pub async fn other_center(app: &TestApp) -> Browser {
    let new = domain::call_centers::NewCallCenter {
        name: "Dakar".into(),
        time_zone: "Africa/Dakar".into(),
        currency: "XOF".into(),
        phone_region: "SN".into(),
    };
    let system = domain::Actor::system();
    let id = domain::call_centers::create(&app.db, &system, new, app.clock.now()).await.unwrap();
    app.sign_in_to(Role::Owner, Some(id)).await
}

fn path(client: &Json) -> String {
    format!("/api/clients/{}", client["id"].as_str().unwrap())
}

async fn patch(browser: &Browser, path: &str, etag: &str, body: &Json) -> crate::support::Answer {
    browser.send(browser.request("PATCH", path).header("if-match", etag).json(body)).await
}

async fn a_change_needs_the_version_it_was_made_on(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let client = create(&owner, json!({ "last_name": "Dupré" })).await;
    let (path, body) = (path(&client), json!({ "city": "Lyon" }));
    owner.json("PATCH", &path, &body).await.expect(428);
    patch(&owner, &path, "\"9\"", &body).await.expect(412);
    let changed = patch(&owner, &path, "\"1\"", &body).await.expect(200);
    assert_eq!(changed.headers["etag"], "\"2\"");
    assert_eq!(changed.json()["city"], "Lyon");
    patch(&owner, &path, "\"1\"", &json!({ "city": "Paris" })).await.expect(412);
    let same = patch(&owner, &path, "\"2\"", &body).await.expect(200);
    assert_eq!(same.json()["version"], 2, "nothing differs, nothing is written");
    let any = patch(&owner, &path, "*", &json!({ "city": "Paris" })).await.expect(200);
    assert_eq!(any.json()["version"], 3, "whatever it was at");
}

async fn a_patch_leaves_what_it_does_not_name(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let body = json!({ "last_name": "Dupré", "first_name": "Jean", "email": "a@b.fr",
        "emails": ["c@d.fr"], "phone": "0612345678", "tags": ["x"] });
    let client = create(&owner, body).await;
    let path = path(&client);
    let wanted = json!({ "first_name": null, "email": "new@b.fr" });
    let client = patch(&owner, &path, "\"1\"", &wanted).await.expect(200).json();
    assert_eq!((&client["first_name"], &client["full_name"]), (&Json::Null, &json!("Dupré")));
    assert_eq!(client["emails"][0]["value"], "new@b.fr");
    assert_eq!(client["emails"][1]["value"], "c@d.fr");
    assert_eq!(client["phones"][0]["e164"], "+33612345678");
    assert_eq!(client["tags"], json!(["x"]));
    let empty = json!({ "last_name": null });
    let refused = patch(&owner, &path, "\"2\"", &empty).await.expect(422);
    assert_eq!(refused.field_codes("last_name"), ["required"]);
}

async fn history_tells_each_field_before_and_after(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let client = create(&owner, json!({ "last_name": "Dupré", "city": "Thiès" })).await;
    let path = path(&client);
    patch(&owner, &path, "\"1\"", &json!({ "city": "Dakar", "tags": ["vip"] })).await.expect(200);
    owner.send(owner.request("DELETE", &format!("{path}/activation"))).await.expect(200);
    let history = owner.get(&format!("{path}/history")).await.expect(200).json();
    let entries = history["data"].as_array().unwrap();
    let kinds: Vec<_> = entries.iter().map(|e| e["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["client.deactivated", "client.updated", "client.created"]);
    assert_eq!(entries[1]["changes"], json!({ "city": ["Thiès", "Dakar"], "tags": [[], ["vip"]] }));
    assert_eq!(entries[0]["changes"], json!({ "is_active": [true, false] }));
    assert_eq!(entries[1]["user"]["id"], json!(owner.user.unwrap()));
    let first = owner.get(&format!("{path}/history?limit=1")).await.expect(200).json();
    let next = first["next_cursor"].as_str().unwrap();
    let second =
        owner.get(&format!("{path}/history?limit=2&cursor={next}")).await.expect(200).json();
    assert_eq!(second["data"], json!(entries[1..]));
    assert_eq!(second["next_cursor"], Json::Null);
}

async fn a_client_goes_to_the_bin_and_comes_back(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let client = create(&owner, json!({ "last_name": "Dupré", "phone": "0612345678" })).await;
    let path = path(&client);
    owner.send(owner.request("DELETE", &path)).await.expect(204);
    owner.get(&path).await.expect(404);
    owner.send(owner.request("DELETE", &path)).await.expect(404);
    patch(&owner, &path, "\"2\"", &json!({ "city": "x" })).await.expect(404);
    assert_eq!(owner.get("/api/clients?q=dupre").await.expect(200).json()["total"]["value"], 0);
    let binned = owner.get("/api/clients?in_bin=true").await.expect(200).json();
    assert_eq!(binned["data"][0]["id"], client["id"]);
    let restored =
        owner.send(owner.request("POST", &format!("{path}/restoration"))).await.expect(200).json();
    assert_eq!(restored["last_name"], "Dupré");
    assert_eq!(owner.get("/api/clients?q=dupre").await.expect(200).json()["total"]["value"], 1);
}

async fn a_code_taken_meanwhile_is_left_out_of_the_restoration(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let first = create(&owner, json!({ "last_name": "Un", "code": "C1" })).await;
    owner.send(owner.request("DELETE", &path(&first))).await.expect(204);
    create(&owner, json!({ "last_name": "Deux", "code": "C1" })).await;
    let target = format!("{}/restoration", path(&first));
    let restored = owner.send(owner.request("POST", &target)).await.expect(200).json();
    assert_eq!(restored["code"], Json::Null);
    let history = owner.get(&format!("{}/history", path(&first))).await.expect(200).json();
    assert_eq!(history["data"][0]["changes"]["code"], json!(["C1", null]));
}

async fn strangers_to_the_centre_find_nothing(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let client = create(&owner, json!({ "last_name": "Dupré" })).await;
    let path = path(&client);
    for role in [Role::Agent, Role::Supervisor] {
        app.sign_in(role).await.get(&path).await.expect(200);
    }
    let elsewhere = other_center(&app).await;
    for browser in [elsewhere, app.sign_in(Role::Technician).await, app.sign_in(Role::Client).await]
    {
        browser.get(&path).await.expect(404);
        browser.get(&format!("{path}/history")).await.expect(404);
        patch(&browser, &path, "\"1\"", &json!({ "city": "x" })).await.expect(404);
        browser.send(browser.request("DELETE", &path)).await.expect(404);
        browser.send(browser.request("POST", &format!("{path}/activation"))).await.expect(404);
    }
    let technician = app.sign_in(Role::Technician).await;
    technician.get("/api/clients").await.expect(403);
    technician.post("/api/clients", &json!({ "last_name": "A" })).await.expect(403);
    app.stranger().get(&path).await.expect(401);
    assert_eq!(owner.get(&path).await.expect(200).json()["version"], 1);
}

async fn the_same_key_does_a_thing_once(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let send = |body: Json| {
        let request = owner.request("POST", "/api/clients").header("idempotency-key", "k1");
        owner.send(request.json(&body))
    };
    let first = send(json!({ "last_name": "Dupré" })).await.expect(201);
    let second = send(json!({ "last_name": "Dupré" })).await.expect(201);
    assert_eq!(first.body, second.body);
    assert_eq!(first.location(), second.location());
    assert_eq!(first.headers["etag"], second.headers["etag"]);
    send(json!({ "last_name": "Autre" })).await.expect(409);
    assert_eq!(owner.get("/api/clients").await.expect(200).json()["total"]["value"], 1);
    // A refusal is not kept: the same key may bring the corrected request.
    let request = || owner.request("POST", "/api/clients").header("idempotency-key", "k2");
    owner.send(request().json(&json!({}))).await.expect(422);
    owner.send(request().json(&json!({ "last_name": "B" }))).await.expect(201);
    // Another user's key is another key.
    let agent = app.sign_in(Role::Agent).await;
    let request = agent.request("POST", "/api/clients").header("idempotency-key", "k1");
    agent.send(request.json(&json!({ "last_name": "C" }))).await.expect(201);
}

async fn figures_count_what_the_caller_sees(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let elsewhere = other_center(&app).await;
    create(&elsewhere, json!({ "last_name": "Ailleurs" })).await;
    create(&owner, json!({ "last_name": "Ancien" })).await;
    app.clock.advance(chrono::TimeDelta::days(8));
    create(&owner, json!({ "last_name": "Récent" })).await;
    app.clock.advance(chrono::TimeDelta::days(2));
    let client = create(&owner, json!({ "last_name": "Neuf" })).await;
    let target = format!("{}/activation", path(&client));
    owner.send(owner.request("DELETE", &target)).await.expect(200);
    let stats = owner.get("/client/api/stats/").await.expect(200).json();
    let of = |name: &str| stats[name].as_i64().unwrap();
    let seen = [
        "total_clients",
        "active_clients",
        "inactive_clients",
        "new_today",
        "new_7_days",
        "new_30_days",
    ]
    .map(of);
    assert_eq!(seen, [3, 2, 1, 1, 2, 3], "{stats}");
    assert_eq!(stats["new_by_day"], json!([0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1]));
    app.sign_in(Role::Technician).await.get("/client/api/stats").await.expect(403);
    app.stranger().get("/client/api/stats").await.expect(401);
}

async fn the_shop_s_toggle_wants_its_token(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let client = create(&owner, json!({ "last_name": "Dupré" })).await;
    let target = format!("/client/api/{}/toggle-status/", client["id"].as_str().unwrap());
    owner.send(owner.request("POST", &target)).await.expect(403);
    let with = |token: &str| owner.request("POST", &target).header("x-csrftoken", token);
    owner.send(with("wrong")).await.expect(403);
    let answer = owner.send(with(&owner.csrf_token)).await.expect(200).json();
    assert_eq!((&answer["success"], &answer["is_active"]), (&json!(true), &json!(false)));
    assert!(answer["message"].as_str().unwrap().contains("Dupré"), "{answer}");
    let answer = owner.send(with(&owner.csrf_token)).await.expect(200).json();
    assert_eq!(answer["is_active"], true);
    let technician = app.sign_in(Role::Technician).await;
    let request = technician.request("POST", &target).header("x-csrftoken", &technician.csrf_token);
    technician.send(request).await.expect(404);
}

async fn two_creations_of_one_code_leave_one(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let body = json!({ "last_name": "Dupré", "code": "C1" });
    let answers =
        futures::future::join_all((0..6).map(|_| owner.post("/api/clients", &body))).await;
    let mut statuses: Vec<u16> = answers.iter().map(|a| a.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 422, 422, 422, 422, 422]);
}
