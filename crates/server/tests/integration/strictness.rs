//! Everything that is wrong is named at once, and nothing unknown is taken in silence.

use domain::Role;
use serde_json::{Value as Json, json};

use crate::clients::create;
use crate::support::{Answer, Browser, TestApp};

both_engines!(
    all_that_is_wrong_is_named_at_once,
    rights_come_before_faults,
    a_list_s_page_names_what_is_wrong_in_its_address,
    what_is_not_known_is_refused,
    a_name_that_comes_twice_and_a_nul_are_unreadable,
    an_empty_link_decides_nothing,
    orders_have_plausible_dates,
    a_blocked_call_cannot_be_walked_round_and_says_every_reason,
);

fn fields(answer: &Answer) -> Vec<String> {
    let problem = answer.json();
    let errors = problem["errors"].as_array().unwrap_or_else(|| panic!("{problem}"));
    let mut fields: Vec<String> =
        errors.iter().map(|error| error["field"].as_str().unwrap().to_owned()).collect();
    fields.sort();
    fields
}

async fn patch(browser: &Browser, path: &str, etag: &str, body: &Json) -> Answer {
    browser.send(browser.request("PATCH", path).header("if-match", etag).json(body)).await
}

fn rules_of(app: &TestApp) -> String {
    format!("/api/call-centers/{}/calling-rules", app.center)
}

/// Neither is a fault of ours, whoever sends it.
async fn a_name_that_comes_twice_and_a_nul_are_unreadable(app: TestApp) {
    let nobody = app.stranger();
    let owner = app.sign_in(Role::Owner).await;
    let twice = [
        ("/api/auth/login", r#"{"email":"x@x.fr","password":"a","password":"b"}"#),
        ("/api/auth/refresh", r#"{"refresh_token":"a","refresh_token":"b"}"#),
        ("/api/clients", r#"{"last_name":"a","last_name":"b"}"#),
        ("/api/orders", r#"{"number":"a","number":"b"}"#),
    ];
    for (path, body) in twice {
        let sent = owner.request("POST", path).header("content-type", "application/json");
        owner.send(sent.body(body)).await.expect(400);
    }
    let nul = json!({ "email": "\0", "password": "aaaaaaaaaaaa" });
    let answer = nobody.post("/api/auth/login", &nul).await;
    assert!([400, 401, 422].contains(&answer.status), "{}", answer.body);
    for (path, body) in [
        ("/api/clients", json!({ "code": "a\0", "last_name": "b\0", "email": "a@b\0.fr" })),
        ("/api/notifications", json!({ "client": "a\0", "statut": "succes", "canal": "phone" })),
        ("/api/orders", json!({ "number": "a\0" })),
    ] {
        let answer = owner.post(path, &body).await;
        assert!(answer.status < 500, "{path}: {}", answer.body);
    }
    assert!(owner.get("/api/notifications?client=%00").await.status < 500);
    let forms = [("/connexion", "email"), ("/mot-de-passe", "email")];
    for (path, field) in forms {
        let answer = nobody.post_form(path, &[(field, "a\0@x.fr"), ("password", "x")]).await;
        assert!(answer.status < 500, "{path}: {}", answer.body);
    }
}

/// Who may not do it at all is not sent off to mend the body first.
async fn rights_come_before_faults(app: TestApp) {
    let agent = app.sign_in(Role::Agent).await;
    agent.post("/api/users", &json!({ "role": "king" })).await.expect(403);
    agent.post("/api/call-centers", &json!({ "name": 7 })).await.expect(403);
    let technician = app.sign_in(Role::Technician).await;
    technician.post("/api/clients/bulk", &json!({ "action": "fly" })).await.expect(403);
    let owner = app.sign_in(Role::Owner).await;
    let answer = owner.post("/api/users", &json!({ "role": "king" })).await.expect(422);
    assert_eq!(fields(&answer), ["email", "name", "role"]);
}

async fn all_that_is_wrong_is_named_at_once(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let order = json!({ "number": "X", "ordered_at": "hier", "status": "zz", "phone": "12",
        "email": "no", "price": { "amount": 1, "currency": "ZZZ" }, "foo": 1 });
    let answer = owner.post("/api/orders", &order).await.expect(422);
    assert_eq!(
        fields(&answer),
        ["email", "foo", "ordered_at", "phone", "price.currency", "status"]
    );
    let answer = owner.post("/api/orders", &json!({ "ordered_at": 5 })).await.expect(422);
    assert_eq!(fields(&answer), ["number", "ordered_at"]);
    let client = json!({ "phone": "12", "email": "no", "emails": "zz", "code": 7 });
    let answer = owner.post("/api/clients", &client).await.expect(422);
    let named = fields(&answer);
    for field in ["code", "emails", "phone"] {
        assert!(named.iter().any(|name| name.starts_with(field)), "{field}: {named:?}");
    }
    assert!(named.iter().any(|name| name == "last_name"), "{named:?}");
    let wrong = json!({ "max_attempts": "x", "mode": 5, "refusal_days": -1 });
    let answer = patch(&owner, &rules_of(&app), "\"0\"", &wrong).await.expect(422);
    assert_eq!(fields(&answer), ["max_attempts", "mode", "refusal_days"]);
    let path = "/api/notifications?sort=zz&canal=qq&limit=x&cursor=q";
    let answer = owner.get(path).await.expect(422);
    assert_eq!(fields(&answer), ["canal", "cursor", "limit", "sort"]);
    let id = create(&owner, json!({ "last_name": "Diop" })).await["id"].clone();
    let id = id.as_str().unwrap();
    let path = format!("/client/api/{id}/orders/?status=zz&limit=0&cursor=q");
    assert_eq!(fields(&owner.get(&path).await.expect(422)), ["cursor", "limit", "status"]);
    let answer = owner.get("/api/orders?status=zz&sort=qq&limit=0").await.expect(422);
    assert_eq!(fields(&answer), ["limit", "sort", "status"]);
}

async fn a_list_s_page_names_what_is_wrong_in_its_address(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let page = owner.get("/contacts?statut=zz").await.expect(422).body;
    assert!(page.contains("<code>statut</code>"), "{page}");
}

async fn what_is_not_known_is_refused(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let answer = patch(&owner, &rules_of(&app), "\"0\"", &json!({ "foo": 1 })).await.expect(422);
    assert_eq!(answer.field_codes("foo"), ["unknown-field"]);
    let client = create(&owner, json!({ "last_name": "Diop", "city": "Dakar" })).await;
    let path = format!("/api/clients/{}", client["id"].as_str().unwrap());
    let body = json!({ "statut": "succes", "canal": "sms" });
    let attempt = owner.post(&format!("{path}/notifier"), &body).await.expect(201).json();
    let attempt = format!("/api/notifications/{}", attempt["id"].as_str().unwrap());
    let body = json!({ "canal": "email", "statut": "echec" });
    let answer = owner.json("PATCH", &attempt, &body).await.expect(422);
    assert_eq!(answer.field_codes("statut"), ["unknown-field"]);
    patch(&owner, &path, "\"1\"", &json!({ "city": "Thiès" })).await.expect(200);
    let history = owner.get(&format!("{path}/history")).await.expect(200).json();
    let seq = history["data"].as_array().unwrap().iter();
    let seq = seq.clone().find(|entry| entry["kind"] == "client.updated").unwrap()["seq"].clone();
    let back = |path: String, body: Json| {
        let request = owner.request("POST", &path).header("if-match", "\"2\"").json(&body);
        owner.send(request)
    };
    let change = format!("{path}/history/{seq}/restoration");
    let answer = back(change.clone(), json!({ "fields": ["zz"] })).await.expect(422);
    assert_eq!(answer.field_codes("fields"), ["wrong-value"]);
    let later = json!({ "at": "2030-01-01T00:00:00Z", "fields": ["zz"] });
    let answer = back(format!("{path}/restoration"), later).await.expect(422);
    assert_eq!(fields(&answer), ["at", "fields"]);
    back(change, json!({ "fields": ["city"] })).await.expect(200);
}

async fn an_empty_link_decides_nothing(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let order = owner.post("/api/orders", &json!({ "number": "E1" })).await.expect(201).json();
    let path = format!("/api/orders/{}/link", order["id"].as_str().unwrap());
    let answer = owner.json("PUT", &path, &json!({})).await.expect(422);
    assert_eq!(answer.field_codes("client_id"), ["required"]);
    let nobody = owner.json("PUT", &path, &json!({ "client_id": null })).await.expect(200).json();
    assert!(nobody["link"]["reason"].is_string(), "{nobody}");
}

async fn orders_have_plausible_dates(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    for at in ["9999-12-31T00:00:00Z", "0001-01-01T00:00:00Z", "2028-01-01T00:00:00Z"] {
        let body = json!({ "number": "D1", "ordered_at": at });
        let answer = owner.post("/api/orders", &body).await.expect(422);
        assert_eq!(answer.field_codes("ordered_at"), ["implausible-date"], "{at}");
    }
    for (number, at) in [("D1", "1987-05-01T00:00:00Z"), ("D2", "2027-01-01T00:00:00Z")] {
        let body = json!({ "number": number, "ordered_at": at });
        owner.post("/api/orders", &body).await.expect(201);
    }
}

async fn a_blocked_call_cannot_be_walked_round_and_says_every_reason(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let id = create(&owner, json!({ "last_name": "Diop" })).await["id"].clone();
    let id = id.as_str().unwrap();
    let opposed = json!({ "kind": "opposition", "source": "Appel" });
    owner.post(&format!("/api/clients/{id}/consents"), &opposed).await.expect(201);
    let block = json!({ "mode": "block" });
    patch(&owner, &rules_of(&app), "\"0\"", &block).await.expect(200);
    let call = json!({ "statut": "echec", "canal": "phone" });
    let refused =
        owner.post(&format!("/api/clients/{id}/notifier"), &call).await.expect(409).json();
    assert_eq!(refused["type"], "urn:vigie:error:call-blocked-opposed");
    let codes: Vec<&str> = refused["reasons"]
        .as_array()
        .unwrap()
        .iter()
        .map(|reason| reason["code"].as_str().unwrap())
        .collect();
    assert_eq!(codes, ["opposed", "no-consent"], "{refused}");
    // A message is free, but does not become a call afterwards.
    let text = json!({ "statut": "echec", "canal": "sms" });
    let sent = owner.post(&format!("/api/clients/{id}/notifier"), &text).await.expect(201).json();
    let sent = sent["id"].as_str().unwrap();
    let path = format!("/api/notifications/{sent}");
    owner.json("PATCH", &path, &json!({ "canal": "Téléphone" })).await.expect(409);
    assert_eq!(owner.get(&path).await.expect(200).json()["channel"], "sms");
    let fields = [("canal", "phone"), ("back", "/contacts")];
    owner.post_form(&format!("/contacts/{sent}/canal"), &fields).await.expect(303);
    let page = owner.get("/contacts").await.expect(200).body;
    let both = "Appel non enregistré. Le client s’est opposé au démarchage. \
                Aucun consentement au démarchage n’est enregistré.";
    assert!(page.contains(both), "{page}");
    owner.json("PATCH", &path, &json!({ "canal": "email" })).await.expect(200);
}
