//! Alerts through the API: scheduling, moving, completing, lists, rights.

use chrono::TimeDelta;
use domain::Role;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::support::{Browser, TestApp};

both_engines!(
    an_alert_lives_its_life,
    every_wrong_field_is_named,
    a_time_is_read_in_its_zone,
    many_clients_get_it_in_one_go,
    moving_cancels_and_arms_again,
    completing_cancels_and_reopening_arms_again,
    a_removed_alert_comes_back,
    two_people_do_not_overwrite_each_other,
    each_role_sees_its_own,
    the_list_filters_sorts_and_pages,
    ten_thousand_in_one_go,
);

/// Clients with nothing but a name, as many as asked.
pub async fn clients(app: &TestApp, center: Uuid, count: usize) -> Vec<Uuid> {
    let columns = [
        "id",
        "call_center_id",
        "full_name",
        "name_key",
        "company_key",
        "city_key",
        "search_text",
        "created_at",
        "updated_at",
    ];
    let now = app.clock.now();
    let ids: Vec<Uuid> = (0..count).map(|_| base::ids::new_id(now)).collect();
    let rows = ids.iter().enumerate().map(|(index, id)| -> Vec<sea_orm::Value> {
        let name = format!("Élodie Client {index:05}");
        let key = base::text::fold(&name);
        let empty = || "".into();
        vec![
            (*id).into(),
            center.into(),
            name.into(),
            key.into(),
            empty(),
            empty(),
            empty(),
            now.into(),
            now.into(),
        ]
    });
    let tx = app.db.begin().await.unwrap();
    base::db::insert_many(&tx, "clients", &columns, rows.collect::<Vec<_>>(), "").await.unwrap();
    tx.commit().await.unwrap();
    ids
}

/// One client of the first centre.
pub async fn client(app: &TestApp) -> Uuid {
    clients(app, app.center, 1).await[0]
}

/// Schedules through the API, due in `minutes`.
pub async fn schedule(app: &TestApp, browser: &Browser, client: Uuid, minutes: i64) -> Json {
    let due = app.clock.now() + TimeDelta::minutes(minutes);
    let body = json!({ "client_id": client, "title": "Contrat à renouveler", "due_at": due });
    browser.post("/api/alerts", &body).await.expect(201).json()
}

fn path(alert: &Json) -> String {
    format!("/api/alerts/{}", alert["id"].as_str().unwrap())
}

fn states(alert: &Json) -> Vec<&str> {
    alert["notices"].as_array().unwrap().iter().map(|n| n["state"].as_str().unwrap()).collect()
}

async fn patch(browser: &Browser, alert: &Json, body: Json) -> crate::support::Answer {
    let request = browser.request("PATCH", &path(alert)).json(&body);
    browser.send(request.header("if-match", format!("\"{}\"", alert["version"]))).await
}

async fn kinds(browser: &Browser, alert: &Json) -> Vec<String> {
    let history = browser.get(&format!("{}/history", path(alert))).await.expect(200).json();
    let data = history["data"].as_array().unwrap();
    data.iter().rev().map(|e| e["type"].as_str().unwrap().to_owned()).collect()
}

async fn an_alert_lives_its_life(app: TestApp) {
    let agent = app.sign_in(Role::Agent).await;
    let client = client(&app).await;
    let alert = schedule(&app, &agent, client, 60).await;
    assert_eq!(alert["status"], "in_progress");
    assert_eq!(alert["priority"], "normal");
    assert_eq!(alert["timezone"], "Europe/Paris");
    assert_eq!(alert["created_by"], json!(agent.user));
    assert_eq!(states(&alert), ["planned"]);
    assert_eq!(alert["notices"][0]["recipient"], json!(agent.user));

    app.clock.advance(TimeDelta::minutes(60));
    let due = agent.get(&path(&alert)).await.expect(200).json();
    assert_eq!(due["status"], "due", "by the clock alone, before any job runs");
    app.work().await;
    let due = agent.get(&path(&alert)).await.expect(200).json();
    assert_eq!(states(&due), ["sent"]);
    assert_eq!(due["notices"][0]["attempts"], 1);

    let known = agent.post(&format!("{}/acknowledgement", path(&alert)), &json!({})).await;
    assert_eq!(known.expect(200).json()["acknowledged_by"], json!(agent.user));
    let done = agent.post(&format!("{}/completion", path(&alert)), &json!({})).await;
    assert_eq!(done.expect(200).json()["status"], "done");
    let late = agent.post(&format!("{}/acknowledgement", path(&alert)), &json!({})).await;
    late.expect(409);
    let again = agent.post(&format!("{}/completion", path(&alert)), &json!({})).await.expect(200);
    assert_eq!(again.json()["version"], 3, "done twice is done once");
    let expected = [
        "alert.scheduled",
        "alert.due",
        "alert.notice_sent",
        "alert.acknowledged",
        "alert.completed",
    ];
    assert_eq!(kinds(&agent, &alert).await, expected);
    let verdict = domain::events::verify(app.db.read()).await.unwrap();
    assert!(matches!(verdict, domain::events::Verdict::Whole { .. }), "{verdict:?}");
}

async fn every_wrong_field_is_named(app: TestApp) {
    let agent = app.sign_in(Role::Agent).await;
    let outsider = app.user(Role::Technician, Some(app.center), None).await;
    let body = json!({
        "client_id": Uuid::nil(), "title": "  ", "description": "x".repeat(5_001),
        "due_at": "demain", "timezone": "Mars/Olympus", "priority": "urgent",
        "assigned_to": outsider,
    });
    let answer = agent.post("/api/alerts", &body).await.expect(422);
    for (field, code) in [
        ("client_id", "unknown-client"),
        ("title", "required"),
        ("description", "too-long"),
        ("due_at", "not-a-date"),
        ("timezone", "unknown-time-zone"),
        ("priority", "wrong-value"),
        ("assigned_to", "unknown-assignee"),
    ] {
        assert_eq!(answer.field_codes(field), [code], "{field}: {}", answer.body);
    }
    let past =
        json!({ "client_id": client(&app).await, "title": "t", "due_at": "2026-11-20T08:00:00Z" });
    let answer = agent.post("/api/alerts", &past).await.expect(422);
    assert_eq!(answer.field_codes("due_at"), ["due-in-past"]);
    let none = agent.post("/api/alerts", &json!({ "title": "t", "due_at": "x" })).await.expect(422);
    assert_eq!(none.field_codes("client_id"), ["required"]);
    assert_eq!(agent.get("/api/alerts").await.expect(200).json()["total"]["value"], 0);
    agent.get("/api/alerts?status=late&sort=colour&limit=0&due_before=x").await.expect(422);
}

async fn a_time_is_read_in_its_zone(app: TestApp) {
    app.clock.set("2026-01-10T00:00:00Z".parse().unwrap());
    let agent = app.sign_in(Role::Agent).await;
    let client = client(&app).await;
    for (local, zone, instant) in [
        ("2026-02-10T09:30", None, "2026-02-10T08:30:00Z"),
        ("2026-03-29T02:30", Some("Europe/Paris"), "2026-03-29T01:00:00Z"),
        ("2026-10-25T02:30", Some("Europe/Paris"), "2026-10-25T00:30:00Z"),
        ("2026-03-29T02:30", Some("Africa/Dakar"), "2026-03-29T02:30:00Z"),
        ("2026-03-01T09:00", Some("Africa/Casablanca"), "2026-03-01T09:00:00Z"),
        ("2026-06-15T09:00", Some("Africa/Casablanca"), "2026-06-15T08:00:00Z"),
        ("2026-07-14T09:00", Some("Indian/Reunion"), "2026-07-14T05:00:00Z"),
        ("2026-03-08T02:30", Some("America/Montreal"), "2026-03-08T07:00:00Z"),
    ] {
        let body = json!({ "client_id": client, "title": "t", "due_at": local, "timezone": zone });
        let alert = agent.post("/api/alerts", &body).await.expect(201).json();
        assert_eq!(alert["due_at"], instant, "{local} {zone:?}");
    }
}

async fn many_clients_get_it_in_one_go(app: TestApp) {
    let agent = app.sign_in(Role::Agent).await;
    let mut ids = clients(&app, app.center, 30).await;
    ids.push(ids[0]);
    let due = app.clock.now() + TimeDelta::hours(1);
    let body = json!({ "client_ids": ids, "title": "Vœux", "due_at": due, "priority": "high" });
    let made = agent.post("/api/alerts", &body).await.expect(201).json();
    assert_eq!(made["created"], 30, "a client named twice gets one");
    let batch = made["batch_id"].as_str().unwrap();
    let list = agent.get(&format!("/api/alerts?batch_id={batch}&limit=5")).await.expect(200).json();
    assert_eq!(list["total"], json!({ "value": 30, "exact": true }));
    let stranger = clients(&app, other_center(&app).await, 1).await[0];
    let body = json!({ "client_ids": [ids[1], stranger], "title": "t", "due_at": due });
    let refused = agent.post("/api/alerts", &body).await.expect(422);
    assert_eq!(refused.field_codes("client_ids"), ["unknown-client"]);
    assert_eq!(agent.get("/api/alerts").await.json()["total"]["value"], 30, "all or nothing");
}

async fn other_center(app: &TestApp) -> Uuid {
    let new = domain::call_centers::NewCallCenter {
        name: "Comptoir de Dakar".into(),
        time_zone: "Africa/Dakar".into(),
        currency: "XOF".into(),
        phone_region: "SN".into(),
    };
    let system = domain::Actor::system();
    domain::call_centers::create(&app.db, &system, new, app.clock.now()).await.unwrap()
}

async fn moving_cancels_and_arms_again(app: TestApp) {
    let agent = app.sign_in(Role::Agent).await;
    let other = app.sign_in(Role::Agent).await;
    let client = client(&app).await;
    let alert = schedule(&app, &agent, client, 60).await;
    let later = app.clock.now() + TimeDelta::minutes(120);
    let moved = patch(&agent, &alert, json!({ "due_at": later })).await.expect(200).json();
    assert_eq!(states(&moved), ["cancelled", "planned"]);
    let given = patch(&agent, &moved, json!({ "assigned_to": other.user })).await.expect(200);
    let given = given.json();
    assert_eq!(states(&given), ["cancelled", "cancelled", "planned"]);
    assert_eq!(given["notices"][2]["recipient"], json!(other.user));
    let named = patch(&agent, &given, json!({ "title": "Autre titre" })).await.expect(200).json();
    assert_eq!(states(&named).len(), 3, "a new title moves nothing");
    app.clock.advance(TimeDelta::minutes(61));
    app.work().await;
    assert_eq!(states(&agent.get(&path(&alert)).await.json())[2], "planned");
    app.clock.advance(TimeDelta::minutes(60));
    app.work().await;
    let told = other.get(&path(&alert)).await.expect(200).json();
    assert_eq!(states(&told), ["cancelled", "cancelled", "sent"]);
    let known = agent.post(&format!("{}/acknowledgement", path(&alert)), &json!({})).await;
    let known = known.expect(200).json();
    let again = app.clock.now() + TimeDelta::hours(5);
    let moved = patch(&agent, &known, json!({ "due_at": again })).await.expect(200).json();
    assert_eq!(moved["acknowledged_at"], Json::Null, "a new time must be seen again");
    assert_eq!(moved["status"], "in_progress");
}

async fn completing_cancels_and_reopening_arms_again(app: TestApp) {
    let agent = app.sign_in(Role::Agent).await;
    let client = client(&app).await;
    let alert = schedule(&app, &agent, client, 60).await;
    let done = format!("{}/completion", path(&alert));
    let completed = agent.post(&done, &json!({})).await.expect(200).json();
    assert_eq!(states(&completed), ["cancelled"]);
    let open = agent.json("DELETE", &done, &json!({})).await.expect(200).json();
    assert_eq!(states(&open), ["planned"], "armed again under the same key");
    agent.post(&done, &json!({})).await.expect(200);
    app.clock.advance(TimeDelta::hours(2));
    app.work().await;
    assert_eq!(states(&agent.get(&path(&alert)).await.json()), ["cancelled"], "nobody is told");
    // Reopened after its time: due at once, and told for it never was.
    let open = agent.json("DELETE", &done, &json!({})).await.expect(200).json();
    assert_eq!((open["status"].as_str().unwrap(), states(&open)), ("due", vec!["planned"]));
    app.work().await;
    assert_eq!(states(&agent.get(&path(&alert)).await.json()), ["sent"]);
    // Reopened once told: due again, but the same due version is not told twice.
    agent.post(&done, &json!({})).await.expect(200);
    let open = agent.json("DELETE", &done, &json!({})).await.expect(200).json();
    assert_eq!((open["status"].as_str().unwrap(), states(&open)), ("due", vec!["sent"]));
    app.work().await;
    let sent: i64 = base::db::Sql::new("SELECT COUNT(*) FROM mails")
        .scalar(app.db.read())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(sent, 1);
}

async fn a_removed_alert_comes_back(app: TestApp) {
    let agent = app.sign_in(Role::Agent).await;
    let client = client(&app).await;
    let alert = schedule(&app, &agent, client, 60).await;
    let id: Uuid = alert["id"].as_str().unwrap().parse().unwrap();
    agent.json("DELETE", &path(&alert), &json!({})).await.expect(204);
    agent.get(&path(&alert)).await.expect(404);
    let next: Option<chrono::DateTime<chrono::Utc>> =
        base::db::Sql::with("SELECT next_alert_at FROM clients WHERE id = $1", [client.into()])
            .scalar(app.db.read())
            .await
            .unwrap()
            .unwrap();
    assert_eq!(next, None);
    let actor =
        domain::Actor { user_id: agent.user, role: Role::Agent, call_center_id: Some(app.center) };
    domain::alerts::restore(&app.db, &actor, id, app.clock.now()).await.unwrap();
    let back = agent.get(&path(&alert)).await.expect(200).json();
    assert_eq!(states(&back), ["planned"]);
    let expected = ["alert.scheduled", "alert.removed", "alert.restored"];
    assert_eq!(kinds(&agent, &alert).await, expected);
}

async fn two_people_do_not_overwrite_each_other(app: TestApp) {
    let agent = app.sign_in(Role::Agent).await;
    let client = client(&app).await;
    let alert = schedule(&app, &agent, client, 60).await;
    let first = agent.get(&path(&alert)).await.expect(200);
    assert_eq!(first.headers["etag"], "\"1\"");
    patch(&agent, &alert, json!({ "title": "Le premier" })).await.expect(200);
    patch(&agent, &alert, json!({ "title": "Le second" })).await.expect(412);
    agent.json("PATCH", &path(&alert), &json!({ "title": "x" })).await.expect(428);
    let stale = agent.request("DELETE", &path(&alert)).header("if-match", "\"1\"");
    agent.send(stale).await.expect(412);
    assert_eq!(agent.get(&path(&alert)).await.json()["title"], "Le premier");
}

async fn each_role_sees_its_own(app: TestApp) {
    let supervisor = app.sign_in(Role::Supervisor).await;
    let own = app.user(Role::Agent, Some(app.center), supervisor.user).await;
    let own = app.browser_of(own).await;
    let other = app.sign_in(Role::Agent).await;
    let owner = app.sign_in(Role::Owner).await;
    let elsewhere = app.sign_in_to(Role::Owner, Some(other_center(&app).await)).await;
    let root = app.sign_in(Role::SuperAdmin).await;
    let technician = app.sign_in(Role::Technician).await;
    let client = client(&app).await;
    let due = app.clock.now() + TimeDelta::hours(1);
    let body = |title: &str, to: Option<Uuid>| json!({ "client_id": client, "title": title, "due_at": due, "assigned_to": to });
    let mine = own.post("/api/alerts", &body("a", own.user)).await.expect(201).json();
    let theirs = other.post("/api/alerts", &body("b", other.user)).await.expect(201).json();
    let taken = owner.post("/api/alerts", &body("c", None)).await.expect(201).json();
    for (who, sees) in [
        (&own, vec![&mine]),
        (&other, vec![&theirs]),
        (&supervisor, vec![&mine, &taken]),
        (&owner, vec![&mine, &theirs, &taken]),
        (&root, vec![&mine, &theirs, &taken]),
        (&elsewhere, vec![]),
        (&technician, vec![]),
    ] {
        let works = who.user != technician.user;
        let list = who.get("/api/alerts").await.expect(if works { 200 } else { 403 }).json();
        assert!(!works || list["total"]["value"] == sees.len(), "{list}");
        for alert in [&mine, &theirs, &taken] {
            let visible = sees.iter().any(|seen| seen["id"] == alert["id"]);
            let status = if visible { 200 } else { 404 };
            who.get(&path(alert)).await.expect(status);
            who.get(&format!("{}/history", path(alert))).await.expect(status);
            if !visible {
                patch(who, alert, json!({ "title": "x" })).await.expect(404);
                who.post(&format!("{}/completion", path(alert)), &json!({})).await.expect(404);
                who.json("DELETE", &path(alert), &json!({})).await.expect(404);
            }
        }
    }
    technician.post("/api/alerts", &body("d", None)).await.expect(403);
    elsewhere.post("/api/alerts", &body("e", None)).await.expect(422);
    app.stranger().get("/api/alerts").await.expect(401);
}

async fn the_list_filters_sorts_and_pages(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let mut ids = Vec::new();
    for index in 0..12 {
        let name = json!({ "first_name": "Élodie", "last_name": format!("Client {index:05}") });
        ids.push(crate::clients::create(&owner, name).await["id"].clone());
    }
    for (index, client) in ids.iter().enumerate() {
        let due = app.clock.now() + TimeDelta::minutes(10 * (index as i64 % 4) + 5);
        let priority = ["low", "normal", "high", "critical"][index % 4];
        let title = if index == 7 { "Été à l’Œuvre" } else { "Rappel" };
        let body =
            json!({ "client_id": client, "title": title, "due_at": due, "priority": priority });
        owner.post("/api/alerts", &body).await.expect(201);
    }
    let titles = owner.get("/api/alerts?q=oeuvre%20ETE").await.expect(200).json();
    assert_eq!(titles["total"]["value"], 1);
    let names = owner.get("/api/alerts?q=elodie%2000003").await.expect(200).json();
    assert_eq!(names["data"][0]["client_id"], ids[3]);
    let high = owner.get("/api/alerts?priority=high,critical").await.expect(200).json();
    assert_eq!(high["total"]["value"], 6);
    let one = owner
        .get(&format!("/api/alerts?client_id={}", ids[5].as_str().unwrap()))
        .await
        .expect(200)
        .json();
    assert_eq!(one["total"]["value"], 1);
    owner
        .post(
            &format!("/api/alerts/{}/completion", one["data"][0]["id"].as_str().unwrap()),
            &json!({}),
        )
        .await
        .expect(200);
    app.clock.advance(TimeDelta::minutes(20));
    for (status, count) in [("due", 5), ("in_progress", 6), ("done", 1), ("due,in_progress", 11)] {
        let list = owner.get(&format!("/api/alerts?status={status}")).await.expect(200).json();
        assert_eq!(list["total"]["value"], count, "{status}");
        assert_eq!(list["data"].as_array().unwrap().len(), count, "{status}");
    }
    for sort in ["due_at", "-due_at", "priority", "-priority", "title", "client", "-created_at"] {
        let mut seen = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = owner.get(&format!("/api/alerts?sort={sort}&limit=5{cursor}")).await;
            let page = page.expect(200).json();
            seen.extend(page["data"].as_array().unwrap().iter().map(|a| a["id"].clone()));
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        let whole = owner.get(&format!("/api/alerts?sort={sort}")).await.json();
        let all: Vec<Json> =
            whole["data"].as_array().unwrap().iter().map(|a| a["id"].clone()).collect();
        assert_eq!(seen, all, "{sort}");
        assert_eq!(all.len(), 12);
    }
    owner.get("/api/alerts?cursor=nonsense").await.expect(422);
}

async fn ten_thousand_in_one_go(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let ids = clients(&app, app.center, 10_000).await;
    let due = app.clock.now() + TimeDelta::hours(1);
    let body = json!({ "client_ids": ids, "title": "Vœux", "due_at": due });
    let started = std::time::Instant::now();
    let made = owner.post("/api/alerts", &body).await.expect(201).json();
    eprintln!("10,000 alerts in {:?} (debug build)", started.elapsed());
    assert_eq!(made["created"], 10_000);
    app.clock.advance(TimeDelta::hours(1));
    app.work().await;
    let sent: i64 = base::db::Sql::new("SELECT COUNT(*) FROM alert_notices WHERE state = 'sent'")
        .scalar(app.db.read())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(sent, 10_000);
    let mails: i64 = base::db::Sql::new("SELECT COUNT(*) FROM mails")
        .scalar(app.db.read())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(mails, 1, "one person is not flooded");
}
