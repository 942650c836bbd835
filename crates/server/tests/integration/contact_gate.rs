//! The call gate at its edges, the ledger of consents, the centre's calling rules.

use chrono::{DateTime, TimeDelta, Utc};
use domain::Role;
use serde_json::{Value as Json, json};

use crate::clients::create;
use crate::support::{Answer, Browser, TestApp};

both_engines!(
    the_defaults_are_the_law_s_and_only_warn,
    hours_and_holidays_block_at_their_edges,
    summer_time_moves_the_hours,
    the_fourth_call_is_the_last_of_thirty_days,
    a_refusal_rests_for_sixty_days,
    an_opposition_stands_until_it_is_lifted,
    companies_and_other_ways_are_free,
    rules_are_checked_field_by_field,
    rules_are_a_form_that_keeps_what_was_typed,
    consents_are_recorded_and_withdrawn_on_the_client_s_page,
    consents_are_the_centre_s_own,
);

async fn consumer(browser: &Browser, name: &str) -> String {
    create(browser, json!({ "last_name": name })).await["id"].as_str().unwrap().to_owned()
}

async fn call(browser: &Browser, id: &str) -> Answer {
    browser.post(&format!("/api/clients/{id}/notifier"), &json!({ "statut": "echec" })).await
}

async fn gate(browser: &Browser, id: &str) -> (String, Vec<String>) {
    let gate = browser.get(&format!("/api/clients/{id}/call-gate")).await.expect(200).json();
    let reasons = gate["reasons"].as_array().unwrap().iter();
    let codes = reasons.map(|reason| reason["code"].as_str().unwrap().to_owned()).collect();
    (gate["decision"].as_str().unwrap().to_owned(), codes)
}

async fn rules(app: &TestApp, owner: &Browser, change: Json) -> Answer {
    let path = format!("/api/call-centers/{}/calling-rules", app.center);
    let etag = owner.get(&path).await.expect(200).headers["etag"].clone();
    let request = owner.request("PATCH", &path).header("if-match", etag).json(&change);
    owner.send(request).await
}

/// Blocks, and asks for no consent: each test then looks at one rule.
async fn strict(app: &TestApp) -> Browser {
    let owner = app.sign_in(Role::Owner).await;
    let change = json!({ "mode": "block", "requires_consent": false });
    rules(app, &owner, change).await.expect(200);
    owner
}

async fn move_to(app: &TestApp, user: uuid::Uuid, at: &str) -> Browser {
    let at: DateTime<Utc> = at.parse().unwrap();
    app.clock.advance(at - app.clock.now());
    // Sessions are short beside the months a rule looks back.
    app.browser_of(user).await
}

async fn the_defaults_are_the_law_s_and_only_warn(app: TestApp) {
    let agent = app.sign_in(Role::Agent).await;
    let path = format!("/api/call-centers/{}/calling-rules", app.center);
    let usual = agent.get(&path).await.expect(200).json();
    assert_eq!(usual["hours"]["fri"], json!([["10:00", "13:00"], ["14:00", "20:00"]]));
    assert_eq!(usual["hours"]["sat"], Json::Null);
    assert_eq!((&usual["max_attempts"], &usual["refusal_days"]), (&json!(4), &json!(60)));
    assert_eq!((&usual["mode"], &usual["applies_to_companies"]), (&json!("warn"), &json!(false)));
    let id = consumer(&agent, "Diop").await;
    assert_eq!(gate(&agent, &id).await, ("warn".into(), vec!["no-consent".into()]));
    let page = agent.get(&format!("/client/{id}")).await.expect(200).body;
    assert!(page.contains("Aucun consentement au démarchage n’est enregistré."), "{page}");
    assert!(page.contains("notice-warning") && !page.contains("value=\"succes\" disabled"));
    agent.post_form(&format!("/client/{id}/contact"), &[("statut", "succes")]).await.expect(303);
    let page = agent.get("/client").await.expect(200).body;
    assert!(page.contains("toast-warning") && page.contains("Aucun consentement"), "{page}");
    // Saturday.
    let agent = move_to(&app, agent.user.unwrap(), "2026-11-21T10:00:00Z").await;
    let both = vec!["outside-hours".to_owned(), "no-consent".to_owned()];
    assert_eq!(gate(&agent, &id).await, ("warn".into(), both));
    call(&agent, &id).await.expect(201);
}

async fn hours_and_holidays_block_at_their_edges(app: TestApp) {
    let owner = strict(&app).await;
    let user = owner.user.unwrap();
    let id = consumer(&owner, "Diop").await;
    let holidays = json!({ "holidays": [{ "date": "2026-11-24", "name": "Fête du centre" }] });
    let path = format!("/api/call-centers/{}", app.center);
    let request = owner.request("PATCH", &path).header("if-match", "\"1\"").json(&holidays);
    owner.send(request).await.expect(200);
    for (at, open) in [
        ("2026-11-20T11:59:59Z", true),
        ("2026-11-20T12:00:00Z", false),
        ("2026-11-20T12:59:59Z", false),
        ("2026-11-20T13:00:00Z", true),
        ("2026-11-20T19:00:00Z", false),
        ("2026-11-23T08:59:59Z", false),
        ("2026-11-23T09:00:00Z", true),
    ] {
        let owner = move_to(&app, user, at).await;
        let (decision, reasons) = gate(&owner, &id).await;
        assert_eq!(decision == "allow", open, "{at}: {reasons:?}");
    }
    let owner = move_to(&app, user, "2026-11-24T10:00:00Z").await;
    assert_eq!(gate(&owner, &id).await, ("block".into(), vec!["holiday".into()]));
    let refused = call(&owner, &id).await.expect(409).json();
    assert_eq!(refused["type"], "urn:vigie:error:call-blocked-holiday");
    let page = owner.get(&format!("/client/{id}")).await.expect(200).body;
    assert!(page.contains("Jour férié\u{a0}: Fête du centre."), "{page}");
    assert!(page.contains("value=\"succes\" disabled"), "{page}");
    // Pressed all the same, in a page that was open before: told, and not recorded.
    owner.post_form(&format!("/client/{id}/contact"), &[("statut", "succes")]).await.expect(303);
    let page = owner.get("/contacts").await.expect(200).body;
    assert!(page.contains("Appel non enregistré. Jour férié\u{a0}: Fête du centre."), "{page}");
    assert_eq!(owner.get("/api/notifications").await.json()["total"]["value"], 0);
    // By another way, it is no call.
    let other = [("statut", "succes"), ("canal", "email")];
    owner.post_form(&format!("/client/{id}/contact"), &other).await.expect(303);
    assert_eq!(owner.get("/api/notifications").await.json()["total"]["value"], 1);
}

async fn summer_time_moves_the_hours(app: TestApp) {
    let owner = strict(&app).await;
    let id = consumer(&owner, "Diop").await;
    // Clocks go forward on 28 March 2027 and back on 31 October 2027; the Mondays after are holidays.
    for (at, open) in [
        ("2027-03-26T08:59:59Z", false),
        ("2027-03-26T09:00:00Z", true),
        ("2027-03-30T07:59:59Z", false),
        ("2027-03-30T08:00:00Z", true),
        ("2027-10-29T08:00:00Z", true),
        ("2027-11-02T08:00:00Z", false),
        ("2027-11-02T09:00:00Z", true),
    ] {
        let owner = move_to(&app, owner.user.unwrap(), at).await;
        assert_eq!(gate(&owner, &id).await.0 == "allow", open, "{at}");
    }
}

async fn the_fourth_call_is_the_last_of_thirty_days(app: TestApp) {
    let owner = strict(&app).await;
    let id = consumer(&owner, "Diop").await;
    let mut last = Json::Null;
    for _ in 0..4 {
        last = call(&owner, &id).await.expect(201).json();
    }
    let refused = call(&owner, &id).await.expect(409).json();
    assert_eq!(refused["type"], "urn:vigie:error:call-blocked-too-many");
    // One that is undone never was; by another way, it is no call.
    let path = format!("/api/notifications/{}", last["id"].as_str().unwrap());
    owner.json("DELETE", &path, &json!({})).await.expect(204);
    assert_eq!(gate(&owner, &id).await.0, "allow");
    let body = json!({ "statut": "succes", "canal": "sms" });
    owner.post(&format!("/api/clients/{id}/notifier"), &body).await.expect(201);
    assert_eq!(gate(&owner, &id).await.0, "allow");
    let body = json!({ "statut": "succes", "canal": "phone" });
    owner.post(&format!("/api/clients/{id}/notifier"), &body).await.expect(201);
    assert_eq!(gate(&owner, &id).await.0, "block");
    // Thirty days later to the second, the first ones no longer count: a Sunday, so look at why.
    let owner = move_to(&app, owner.user.unwrap(), "2026-12-20T08:59:59Z").await;
    assert_eq!(gate(&owner, &id).await.1, ["too-many", "outside-hours"]);
    app.clock.advance(TimeDelta::seconds(1));
    assert_eq!(gate(&owner, &id).await.1, ["outside-hours"]);
}

async fn say(browser: &Browser, id: &str, kind: &str) -> String {
    let body = json!({ "kind": kind, "source": "Au téléphone" });
    let made = browser.post(&format!("/api/clients/{id}/consents"), &body).await.expect(201).json();
    made["id"].as_str().unwrap().to_owned()
}

async fn a_refusal_rests_for_sixty_days(app: TestApp) {
    let owner = strict(&app).await;
    let user = owner.user.unwrap();
    let id = consumer(&owner, "Diop").await;
    say(&owner, &id, "refusal").await;
    assert_eq!(gate(&owner, &id).await, ("block".into(), vec!["refused".into()]));
    // 60 days after Friday 20 November 10:00 is Tuesday 19 January 10:00.
    let owner = move_to(&app, user, "2027-01-18T18:59:59Z").await;
    assert_eq!(gate(&owner, &id).await.1, ["refused"]);
    let owner = move_to(&app, user, "2027-01-19T09:00:00Z").await;
    assert_eq!(gate(&owner, &id).await.0, "allow");
    // Taking a consent back is a refusal too, and a new consent lifts it.
    let yes = say(&owner, &id, "consent").await;
    app.clock.advance(TimeDelta::minutes(1));
    owner.post(&format!("/api/consents/{yes}/revocation"), &json!({})).await.expect(200);
    assert_eq!(gate(&owner, &id).await.1, ["refused"]);
    app.clock.advance(TimeDelta::minutes(1));
    say(&owner, &id, "consent").await;
    assert_eq!(gate(&owner, &id).await.0, "allow");
}

async fn an_opposition_stands_until_it_is_lifted(app: TestApp) {
    let owner = strict(&app).await;
    let user = owner.user.unwrap();
    let id = consumer(&owner, "Diop").await;
    let no = say(&owner, &id, "opposition").await;
    let owner = move_to(&app, user, "2027-06-08T09:00:00Z").await;
    assert_eq!(gate(&owner, &id).await.1, ["opposed"]);
    let path = format!("/api/consents/{no}/revocation");
    let lifted = owner.post(&path, &json!({ "reason": "À sa demande" })).await.expect(200).json();
    assert_eq!(lifted["revocation_reason"], "À sa demande");
    assert_eq!(gate(&owner, &id).await.0, "allow");
    owner.post(&path, &json!({})).await.expect(409);
    // To something else, or by another way, it says nothing about calls.
    let body = json!({ "kind": "opposition", "purpose": "newsletter", "source": "Courrier" });
    owner.post(&format!("/api/clients/{id}/consents"), &body).await.expect(201);
    let body = json!({ "kind": "opposition", "channel": "sms", "source": "Courrier" });
    owner.post(&format!("/api/clients/{id}/consents"), &body).await.expect(201);
    assert_eq!(gate(&owner, &id).await.0, "allow");
}

async fn companies_and_other_ways_are_free(app: TestApp) {
    let owner = strict(&app).await;
    let company = create(&owner, json!({ "company_name": "Froid Moderne" })).await;
    let company = company["id"].as_str().unwrap();
    say(&owner, company, "opposition").await;
    let owner = move_to(&app, owner.user.unwrap(), "2026-11-21T22:00:00Z").await;
    assert_eq!(gate(&owner, company).await, ("allow".into(), Vec::new()));
    for _ in 0..6 {
        call(&owner, company).await.expect(201);
    }
    rules(&app, &owner, json!({ "applies_to_companies": true })).await.expect(200);
    assert_eq!(gate(&owner, company).await.1, ["opposed", "too-many", "outside-hours"]);
    rules(&app, &owner, json!({ "mode": "off" })).await.expect(200);
    assert_eq!(gate(&owner, company).await.0, "allow");
}

async fn rules_are_checked_field_by_field(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let wrong = json!({ "mode": "maybe", "max_attempts": 0, "refusal_days": -1,
        "hours": { "mon": [["13:00", "10:00"]], "dim": [] } });
    let wrong = rules(&app, &owner, wrong).await.expect(422);
    for (field, code) in [
        ("mode", "wrong-value"),
        ("max_attempts", "out-of-range"),
        ("refusal_days", "out-of-range"),
        ("hours.mon", "bad-hours"),
        ("hours.dim", "unknown-field"),
    ] {
        assert_eq!(wrong.field_codes(field), [code], "{}", wrong.body);
    }
    let path = format!("/api/call-centers/{}/calling-rules", app.center);
    let patch = async |version: Option<&str>| {
        let request = owner.request("PATCH", &path).json(&json!({ "max_attempts": 3 }));
        let request = match version {
            Some(version) => request.header("if-match", version),
            None => request,
        };
        owner.send(request).await
    };
    patch(None).await.expect(428);
    assert_eq!(patch(Some("\"0\"")).await.expect(200).json()["version"], 1);
    patch(Some("\"0\"")).await.expect(412);
    let entry = owner.get("/api/audit?action=call_center.updated").await.expect(200).json();
    let changes = &entry["data"][0]["data"]["changes"];
    assert_eq!(changes, &json!({ "calling_max_attempts": [4, 3] }));
}

async fn rules_are_a_form_that_keeps_what_was_typed(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let path = format!("/administration/centres/{}/appels", app.center);
    let page = owner.get(&path).await.expect(200).body;
    assert!(page.contains("L.223-1") && page.contains("value=\"10:00\""), "{page}");
    let typed = [
        ("mode", "block"),
        ("max_attempts", "beaucoup"),
        ("refusal_days", "30"),
        ("version", "0"),
        ("mon_from", "08:00"),
        ("mon_to", "07:00"),
    ];
    let wrong = owner.post_form(&path, &typed).await.expect(422).body;
    assert!(wrong.contains("value=\"beaucoup\"") && wrong.contains("value=\"08:00\""), "{wrong}");
    assert!(wrong.contains("Indiquez un nombre de 1 à 100."), "{wrong}");
    let typed = [
        ("mode", "block"),
        ("max_attempts", "2"),
        ("refusal_days", "30"),
        ("version", "0"),
        ("mon_from", "08:00"),
        ("mon_to", "12:00"),
        ("mon_from", ""),
        ("mon_to", ""),
        ("applies_to_companies", "true"),
    ];
    owner.post_form(&path, &typed).await.expect(303);
    let api = format!("/api/call-centers/{}/calling-rules", app.center);
    let kept = owner.get(&api).await.expect(200).json();
    assert_eq!(kept["hours"], json!({ "mon": [["08:00", "12:00"]] }));
    assert_eq!((&kept["requires_consent"], &kept["max_attempts"]), (&json!(false), &json!(2)));
    let meanwhile =
        typed.map(|(name, value)| (name, if value == "12:00" { "11:00" } else { value }));
    let stale = owner.post_form(&path, &meanwhile).await.expect(409).body;
    for part in ["<mark>08:00–11:00</mark>", "<mark>08:00–12:00</mark>", "value=\"11:00\""] {
        assert!(stale.contains(part), "{part} is missing: {stale}");
    }
}

async fn consents_are_recorded_and_withdrawn_on_the_client_s_page(app: TestApp) {
    let agent = app.sign_in(Role::Agent).await;
    let id = consumer(&agent, "Diop").await;
    let (path, tab) = (format!("/client/{id}/consentements"), format!("/client/{id}/contacts"));
    let typed =
        [("kind", "consent"), ("source", ""), ("proof", "Case cochée"), ("given_at", "2030-01-01")];
    let wrong = agent.post_form(&path, &typed).await.expect(422).body;
    assert!(wrong.contains("Case cochée") && wrong.contains("Cette date est dans le futur."));
    let typed = [
        ("kind", "consent"),
        ("purpose", "canvassing"),
        ("channel", "phone"),
        ("source", "Formulaire du site"),
        ("proof", "Case cochée"),
        ("given_at", "2026-11-02"),
    ];
    assert_eq!(agent.post_form(&path, &typed).await.expect(303).location(), tab);
    let page = agent.get(&tab).await.expect(200).body;
    assert!(page.contains("Consentement enregistré") && page.contains("Formulaire du site"));
    assert!(page.contains("Démarchage · Téléphone"), "{page}");
    assert!(!page.contains("contact-notice"), "the gate is open: {page}");
    let list = agent.get(&format!("/api/clients/{id}/consents")).await.expect(200).json();
    let consent = &list["data"][0];
    assert_eq!(consent["given_at"], "2026-11-02T11:00:00Z");
    let revoke = format!("/consentements/{}/revocation", consent["id"].as_str().unwrap());
    agent.post_form(&revoke, &[("reason", "Par courrier")]).await.expect(303);
    let page = agent.get(&tab).await.expect(200).body;
    assert!(page.contains("n’a plus cours") && page.contains("Par courrier"), "{page}");
    assert!(page.contains("pas d’appel avant le 19\u{a0}janv. 2027"), "{page}");
    let timeline = agent.get(&format!("/client/{id}/chronologie")).await.expect(200).body;
    assert!(timeline.contains("Consentement retiré"), "{timeline}");
    for (body, field, code) in [
        (json!({ "source": "x" }), "kind", "required"),
        (json!({ "kind": "peut-être", "source": "x" }), "kind", "wrong-value"),
        (json!({ "kind": "consent" }), "source", "required"),
        (json!({ "kind": "consent", "source": "x", "channel": "fax" }), "channel", "wrong-value"),
        (json!({ "kind": "consent", "source": "x", "purpose": "fax" }), "purpose", "wrong-value"),
        (
            json!({ "kind": "consent", "source": "x", "given_at": "2030-01-01T00:00:00Z" }),
            "given_at",
            "in-the-future",
        ),
    ] {
        let wrong = agent.post(&format!("/api/clients/{id}/consents"), &body).await.expect(422);
        assert_eq!(wrong.field_codes(field), [code], "{}", wrong.body);
    }
}

async fn consents_are_the_centre_s_own(app: TestApp) {
    let agent = app.sign_in(Role::Agent).await;
    let id = consumer(&agent, "Diop").await;
    let consent = say(&agent, &id, "consent").await;
    let path = format!("/api/consents/{consent}/revocation");
    for role in [Role::Technician, Role::Client] {
        let browser = app.sign_in(role).await;
        browser.get(&format!("/api/clients/{id}/consents")).await.expect(404);
        browser.post(&path, &json!({})).await.expect(404);
    }
    let new = domain::call_centers::NewCallCenter {
        name: "Comptoir de Dakar".into(),
        time_zone: "Africa/Dakar".into(),
        currency: "XOF".into(),
        phone_region: "SN".into(),
    };
    let system = domain::Actor::system();
    let other = domain::call_centers::create(&app.db, &system, new, app.clock.now()).await.unwrap();
    let stranger = app.sign_in_to(Role::Owner, Some(other)).await;
    stranger.get(&format!("/api/clients/{id}/consents")).await.expect(404);
    stranger.post(&path, &json!({})).await.expect(404);
    stranger.get(&format!("/api/clients/{id}/call-gate")).await.expect(404);
    stranger.get(&format!("/api/call-centers/{}/calling-rules", app.center)).await.expect(404);
}
