//! The contact log through the front door: one click, undo, the channel that is remembered, what
//! the client shows, who sees it.

use chrono::TimeDelta;
use domain::Role;
use serde_json::{Value as Json, json};

use crate::clients::create;
use crate::support::{Browser, TestApp};

both_engines!(
    one_click_records_and_shows_everywhere,
    a_double_click_records_once,
    an_attempt_is_undone_within_ten_seconds_only,
    the_channel_is_changed_after_and_remembered_by_agent,
    the_api_speaks_as_spec_3,
    wrong_input_is_named,
    a_client_shows_their_last_attempt_whatever_is_done,
    two_at_once_leave_the_last_one,
    everyone_sees_their_centre_s_attempts_only,
    attempts_are_in_the_timeline_and_the_journal,
);

/// A client of a company, so that no calling rule speaks.
pub async fn client(browser: &Browser, name: &str, code: &str) -> String {
    let body = json!({ "last_name": name, "company_name": "Sarr & Fils", "code": code });
    create(browser, body).await["id"].as_str().unwrap().to_owned()
}

async fn shown(browser: &Browser, id: &str) -> Json {
    browser.get(&format!("/api/clients/{id}")).await.expect(200).json()["notification_client"]
        .clone()
}

/// The address behind the toast's « Annuler ».
fn undo_of(page: &str) -> &str {
    let (before, _) = page.split_once("/annulation?back=").expect("an undo in the toast");
    let start = before.rfind("/contacts/").unwrap();
    &page[start..start + "/contacts/".len() + 36]
}

async fn one_click_records_and_shows_everywhere(app: TestApp) {
    let agent = app.sign_in(Role::Agent).await;
    let id = client(&agent, "Diop", "C1").await;
    let page = agent.get(&format!("/client/{id}")).await.expect(200).body;
    assert!(page.contains("Notifier (Succès)") && page.contains("Notifier (Échec)"));
    let sent = agent.post_form(&format!("/client/{id}/contact"), &[("statut", "succes")]).await;
    assert_eq!(sent.expect(303).location(), format!("/client/{id}"));
    let page = agent.get(&format!("/client/{id}")).await.expect(200).body;
    assert!(page.contains("Tentative enregistrée · Succès, Téléphone"), "{page}");
    assert!(page.contains("data-toast-duration-value=\"10000\""), "an undo stays ten seconds");
    assert!(page.contains("pill-success"));
    // From the list, one goes back to the list.
    let from_list = agent
        .request("POST", &format!("/client/{id}/contact"))
        .header("referer", format!("{}/client?q=diop&sort=name", app.url))
        .form(&[("statut", "echec")]);
    let sent = agent.send(from_list).await.expect(303);
    assert_eq!(sent.location(), "/client?q=diop&sort=name");
    let list = agent.get("/client?q=diop").await.expect(200).body;
    assert!(list.contains("pill-failure") && list.contains("Échec"), "{list}");
    let tab = agent.get(&format!("/client/{id}/contacts")).await.expect(200).body;
    assert_eq!(tab.matches("id=\"contact-0").count(), 2, "{tab}");
    let all = agent.get("/contacts").await.expect(200).body;
    assert!(all.contains("Diop") && all.contains("C1"), "{all}");
    assert_eq!(shown(&agent, &id).await, "echec");
    // Elsewhere is never where one is led back to.
    let away = [("statut", "succes"), ("back", "//ailleurs.test/")];
    let sent = agent.post_form(&format!("/client/{id}/contact"), &away).await.expect(303);
    assert_eq!(sent.location(), "/");
}

async fn a_double_click_records_once(app: TestApp) {
    let (agent, other) = (app.sign_in(Role::Agent).await, app.sign_in(Role::Agent).await);
    let id = client(&agent, "Diop", "C1").await;
    let path = format!("/client/{id}/contact");
    let click = async |who: &Browser, statut: &str| {
        who.post_form(&path, &[("statut", statut)]).await.expect(303);
        let list = who.get("/api/notifications?client=C1").await.expect(200).json();
        list["total"]["value"].as_i64().unwrap()
    };
    assert_eq!(click(&agent, "succes").await, 1);
    assert_eq!(click(&agent, "succes").await, 1, "a double click");
    let form = [("statut", "echec")];
    tokio::join!(agent.post_form(&path, &form), agent.post_form(&path, &form));
    assert_eq!(click(&other, "echec").await, 3, "another result once, another agent once");
    app.clock.advance(TimeDelta::seconds(2));
    assert_eq!(click(&other, "echec").await, 4, "later, it is another attempt");
}

async fn an_attempt_is_undone_within_ten_seconds_only(app: TestApp) {
    let agent = app.sign_in(Role::Agent).await;
    let id = client(&agent, "Diop", "C1").await;
    let click = async |statut: &str| {
        agent.post_form(&format!("/client/{id}/contact"), &[("statut", statut)]).await.expect(303);
        let page = agent.get(&format!("/client/{id}")).await.expect(200).body;
        undo_of(&page).to_owned()
    };
    click("succes").await;
    app.clock.advance(TimeDelta::hours(1));
    let second = click("echec").await;
    assert_eq!(shown(&agent, &id).await, "echec");
    app.clock.advance(TimeDelta::seconds(10));
    // Another agent sees it, and may not take it back.
    let other = app.sign_in(Role::Agent).await;
    other.post_form(&format!("{second}/annulation"), &[]).await.expect(403);
    agent.post_form(&format!("{second}/annulation"), &[]).await.expect(303);
    assert_eq!(shown(&agent, &id).await, "succes", "the one before shows again");
    agent.post_form(&format!("{second}/annulation"), &[]).await.expect(404);
    let third = click("echec").await;
    app.clock.advance(TimeDelta::seconds(12));
    agent.post_form(&format!("{third}/annulation"), &[]).await.expect(303);
    let page = agent.get(&format!("/client/{id}")).await.expect(200).body;
    assert!(page.contains("dix secondes"), "too late is said: {page}");
    assert_eq!(shown(&agent, &id).await, "echec");
    let by_api = third.trim_start_matches("/contacts/");
    let late = agent.json("DELETE", &format!("/api/notifications/{by_api}"), &json!({})).await;
    assert_eq!(late.expect(409).json()["type"], "urn:vigie:error:undo-too-late");
}

async fn the_channel_is_changed_after_and_remembered_by_agent(app: TestApp) {
    let (agent, other) = (app.sign_in(Role::Agent).await, app.sign_in(Role::Agent).await);
    let id = client(&agent, "Diop", "C1").await;
    let notify = async |who: &Browser| {
        let path = format!("/api/clients/{id}/notifier/");
        who.post(&path, &json!({ "statut": "succes" })).await.expect(201).json()
    };
    let first = notify(&agent).await;
    assert_eq!((&first["canal"], &first["channel"]), (&json!("phone"), &json!("phone")));
    let path = format!("/contacts/{}/canal", first["id"].as_str().unwrap());
    other.post_form(&path, &[("canal", "sms")]).await.expect(403);
    agent.post_form(&path, &[("canal", "whatsapp")]).await.expect(303);
    let page = agent.get(&format!("/client/{id}/contacts")).await.expect(200).body;
    assert!(page.contains("Canal enregistré · WhatsApp"), "{page}");
    assert_eq!(notify(&agent).await["channel"], "whatsapp", "it is remembered");
    assert_eq!(notify(&other).await["channel"], "phone", "by each for themselves");
    // Who leads people may correct, without changing their own habit.
    let owner = app.sign_in(Role::Owner).await;
    let api = format!("/api/notifications/{}", first["id"].as_str().unwrap());
    let changed = owner.json("PATCH", &api, &json!({ "canal": "Visite" })).await.expect(200).json();
    assert_eq!((&changed["canal"], &changed["channel"]), (&json!("Visite"), &json!("visit")));
    assert_eq!(notify(&owner).await["channel"], "phone");
    let wrong = agent.json("PATCH", &api, &json!({})).await.expect(422);
    assert_eq!(wrong.field_codes("canal"), ["required"]);
}

async fn the_api_speaks_as_spec_3(app: TestApp) {
    let agent = app.sign_in(Role::Agent).await;
    let id = client(&agent, "N’Diaye", "0000100400").await;
    let body = json!({ "client": "0000100400", "statut": "succes", "canal": "Téléphone" });
    let made = agent.post("/api/notifications/", &body).await.expect(201).json();
    assert_eq!((&made["client"], &made["client_id"]), (&json!("0000100400"), &json!(id)));
    assert_eq!((&made["statut"], &made["canal"]), (&json!("succes"), &json!("Téléphone")));
    assert_eq!(made["channel"], "phone");
    assert_eq!(made["date_notification"], "2026-11-20T09:00:00Z");
    assert_eq!(made["utilisateur"]["id"], json!(agent.user));
    assert!(made["utilisateur"]["name"].as_str().unwrap().starts_with("Agent"));
    let path = format!("/api/notifications/{}", made["id"].as_str().unwrap());
    assert_eq!(agent.get(&path).await.expect(200).json(), made);
    // By code or by id, with a slash at the end or not.
    app.clock.advance(TimeDelta::seconds(1));
    for client in ["0000100400", id.as_str()] {
        let path = format!("/api/clients/{client}/notifier/");
        agent.post(&path, &json!({ "statut": "echec", "canal": null })).await.expect(201);
    }
    for asked in ["?client=0000100400", &format!("?client={id}")] {
        let list = agent.get(&format!("/api/notifications/{asked}")).await.expect(200).json();
        assert_eq!(list["total"], json!({ "value": 3, "exact": true }));
        assert_eq!(list["data"][2], made, "newest first");
        assert_eq!(list["data"][0]["statut"], "echec");
    }
    let client = agent.get(&format!("/api/clients/{id}")).await.expect(200).json();
    assert_eq!(client["notification_client"], "echec");
    assert_eq!(client["date_notification"], "2026-11-20T09:00:01Z");
    assert_eq!(client["version"], 1, "an attempt is no edit");
    // The same key does it once.
    let twice = async || {
        let request = agent.request("POST", "/api/notifications");
        let request = request.header("idempotency-key", "k1");
        agent.send(request.json(&body)).await.expect(201).json()
    };
    assert_eq!(twice().await["id"], twice().await["id"]);
    // Who has no code is named by id.
    let plain = create(&agent, json!({ "company_name": "Froid" })).await["id"].clone();
    let body = json!({ "client": plain, "statut": "echec", "canal": "pigeon voyageur" });
    let made = agent.post("/api/notifications", &body).await.expect(201).json();
    assert_eq!((&made["client"], &made["channel"]), (&plain, &json!("other")));
    assert_eq!(made["canal"], "pigeon voyageur");
    agent
        .json("DELETE", &format!("/api/notifications/{}", made["id"].as_str().unwrap()), &json!({}))
        .await
        .expect(204);
    assert_eq!(shown(&agent, plain.as_str().unwrap()).await, Json::Null);
}

async fn wrong_input_is_named(app: TestApp) {
    let agent = app.sign_in(Role::Agent).await;
    let id = client(&agent, "Diop", "C1").await;
    let body = json!({ "client": "inconnu", "statut": "peut-être", "canal": "x".repeat(51) });
    let wrong = agent.post("/api/notifications/", &body).await.expect(422);
    assert_eq!(wrong.field_codes("client"), ["unknown-client"]);
    assert_eq!(wrong.field_codes("statut"), ["wrong-value"]);
    assert_eq!(wrong.field_codes("canal"), ["too-long"]);
    let wrong = agent.post("/api/notifications", &json!({})).await.expect(422);
    assert_eq!(wrong.field_codes("client"), ["required"]);
    assert_eq!(wrong.field_codes("statut"), ["required"]);
    for statut in [json!("Succès"), json!("SUCCES"), json!("")] {
        let path = format!("/api/clients/{id}/notifier");
        let wrong = agent.post(&path, &json!({ "statut": statut })).await.expect(422);
        assert_eq!(wrong.field_codes("statut").len(), 1);
    }
    agent.post("/api/clients/inconnu/notifier", &json!({ "statut": "succes" })).await.expect(404);
    let wrong =
        agent.get("/api/notifications?client=inconnu&statut=x&canal=y&period=z&from=1&limit=0");
    let wrong = wrong.await.expect(422);
    for field in ["client", "statut", "canal", "period"] {
        assert_eq!(wrong.field_codes(field).len(), 1, "{field} in {}", wrong.body);
    }
    assert_eq!(
        agent.get("/api/notifications?from=1").await.expect(422).field_codes("from").len(),
        1
    );
    agent.get("/api/notifications?limit=201").await.expect(422);
    agent.get("/api/notifications?cursor=abc").await.expect(422);
    agent.post_form(&format!("/client/{id}/contact"), &[("statut", "oui")]).await.expect(422);
    assert_eq!(shown(&agent, &id).await, Json::Null, "nothing was recorded");
}

/// Any sequence of clicks and undos: what the client shows is their last attempt that stands.
async fn a_client_shows_their_last_attempt_whatever_is_done(app: TestApp) {
    let agent = app.sign_in(Role::Agent).await;
    let mut seed = 20_261_120_u64;
    let mut dice = move |sides: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % sides
    };
    for round in 0..4 {
        let id = client(&agent, "Diop", &format!("C{round}")).await;
        // What stands: id, status, and whether it can still be undone.
        let mut standing: Vec<(String, &str, chrono::DateTime<chrono::Utc>)> = Vec::new();
        for _ in 0..25 {
            let now = app.clock.now();
            if dice(5) < 3 || standing.is_empty() {
                let statut = if dice(2) == 0 { "succes" } else { "echec" };
                let path = format!("/api/clients/{id}/notifier");
                let body = json!({ "statut": statut });
                let made = agent.post(&path, &body).await.expect(201).json();
                standing.push((made["id"].as_str().unwrap().to_owned(), statut, now));
            } else {
                let chosen = usize::try_from(dice(standing.len() as u64)).unwrap();
                let (attempt, _, at) = standing[chosen].clone();
                let path = format!("/api/notifications/{attempt}");
                let answer = agent.json("DELETE", &path, &json!({})).await;
                if now - at <= domain::contact_log::UNDO_WINDOW {
                    answer.expect(204);
                    standing.remove(chosen);
                } else {
                    answer.expect(409);
                }
            }
            app.clock.advance(TimeDelta::milliseconds(i64::try_from(dice(4_000)).unwrap()));
            let last = standing.last();
            let shown = agent.get(&format!("/api/clients/{id}")).await.expect(200).json();
            assert_eq!(shown["notification_client"], json!(last.map(|(_, statut, _)| *statut)));
            let at = shown["date_notification"].as_str().map(|at| at.parse().unwrap());
            assert_eq!(at, last.map(|(_, _, at)| *at));
            let list = agent.get(&format!("/api/notifications?client={id}")).await.json();
            assert_eq!(list["total"]["value"], standing.len());
            let hours = agent.get(&format!("/api/notifications/figures?client={id}")).await.json();
            assert_eq!(sum(&hours, "attempts"), i64::try_from(standing.len()).unwrap());
        }
    }
    // The counters agree with the attempts.
    let hours = agent.get("/api/notifications/figures").await.expect(200).json();
    let all = agent.get("/api/notifications").await.json()["total"]["value"].as_i64().unwrap();
    assert_eq!(sum(&hours, "attempts"), all);
    let won = agent.get("/api/notifications?statut=succes").await.json()["total"]["value"].clone();
    assert_eq!(sum(&hours, "successes"), won.as_i64().unwrap());
}

fn sum(figures: &Json, field: &str) -> i64 {
    figures["data"].as_array().unwrap().iter().map(|hour| hour[field].as_i64().unwrap()).sum()
}

async fn two_at_once_leave_the_last_one(app: TestApp) {
    let agent = app.sign_in(Role::Agent).await;
    let id = client(&agent, "Diop", "C1").await;
    let path = format!("/api/clients/{id}/notifier");
    let bodies: Vec<Json> =
        (0..12).map(|n| json!({ "statut": if n % 2 == 0 { "succes" } else { "echec" } })).collect();
    let sent = bodies.iter().map(|body| agent.post(&path, body));
    for answer in futures::future::join_all(sent).await {
        answer.expect(201);
    }
    let list = agent.get(&format!("/api/notifications?client={id}")).await.json();
    assert_eq!(list["total"]["value"], 12);
    assert_eq!(shown(&agent, &id).await, list["data"][0]["statut"]);
    let hours = agent.get("/api/notifications/figures").await.json();
    assert_eq!(
        hours["data"],
        json!([{ "weekday": 4, "hour": 10, "attempts": 12, "successes": 6 }])
    );
}

async fn everyone_sees_their_centre_s_attempts_only(app: TestApp) {
    let agent = app.sign_in(Role::Agent).await;
    let id = client(&agent, "Diop", "C1").await;
    let path = format!("/api/clients/{id}/notifier");
    let made = agent.post(&path, &json!({ "statut": "succes" })).await.expect(201).json();
    let attempt = format!("/api/notifications/{}", made["id"].as_str().unwrap());
    for role in [Role::SuperAdmin, Role::Owner, Role::Supervisor, Role::Agent] {
        let browser = app.sign_in(role).await;
        browser.get(&attempt).await.expect(200);
        assert_eq!(browser.get("/api/notifications").await.json()["total"]["value"], 1);
    }
    for role in [Role::Technician, Role::Client] {
        let browser = app.sign_in(role).await;
        browser.get(&attempt).await.expect(404);
        browser.get("/api/notifications").await.expect(403);
        browser.get("/contacts").await.expect(403);
    }
    let stranger = other_owner(&app).await;
    stranger.get(&attempt).await.expect(404);
    stranger.json("PATCH", &attempt, &json!({ "canal": "sms" })).await.expect(404);
    stranger.json("DELETE", &attempt, &json!({})).await.expect(404);
    assert_eq!(stranger.get("/api/notifications").await.json()["total"]["value"], 0);
    assert_eq!(stranger.get("/api/notifications?q=diop").await.json()["total"]["value"], 0);
    assert_eq!(stranger.get("/api/notifications/figures").await.json()["data"], json!([]));
    stranger.get("/api/notifications?client=C1").await.expect(422);
    // What lies in the bin is not there.
    let owner = app.sign_in(Role::Owner).await;
    owner.post_form(&format!("/client/{id}/suppression"), &[]).await.expect(303);
    owner.get(&attempt).await.expect(404);
    assert_eq!(owner.get("/api/notifications").await.json()["total"]["value"], 0);
}

async fn other_owner(app: &TestApp) -> Browser {
    let new = domain::call_centers::NewCallCenter {
        name: "Comptoir de Dakar".into(),
        time_zone: "Africa/Dakar".into(),
        currency: "XOF".into(),
        phone_region: "SN".into(),
    };
    let system = domain::Actor::system();
    let center = domain::call_centers::create(&app.db, &system, new, app.clock.now());
    app.sign_in_to(Role::Owner, Some(center.await.unwrap())).await
}

async fn attempts_are_in_the_timeline_and_the_journal(app: TestApp) {
    let agent = app.sign_in(Role::Agent).await;
    let id = client(&agent, "Diop", "C1").await;
    let path = format!("/api/clients/{id}/notifier");
    let made = agent.post(&path, &json!({ "statut": "echec", "canal": "sms" })).await.expect(201);
    let attempt = made.json()["id"].as_str().unwrap().to_owned();
    let timeline = agent.get(&format!("/client/{id}/chronologie")).await.expect(200).body;
    assert!(timeline.contains("Client injoignable") && timeline.contains("SMS"), "{timeline}");
    agent.json("DELETE", &format!("/api/notifications/{attempt}"), &json!({})).await.expect(204);
    let timeline = agent.get(&format!("/client/{id}/chronologie")).await.expect(200).body;
    assert!(timeline.contains("Tentative annulée"), "{timeline}");
    let owner = app.sign_in(Role::Owner).await;
    let journal = owner.get("/api/audit?action=client.contacted").await.expect(200).json();
    let entry = &journal["data"][0];
    assert_eq!(entry["data"]["attempt"], json!(attempt), "{journal}");
    assert_eq!(entry["data"]["statut"], "echec");
    let verdict = domain::events::verify(app.db.read()).await.unwrap();
    assert!(matches!(verdict, domain::events::Verdict::Whole { .. }), "{verdict:?}");
}
