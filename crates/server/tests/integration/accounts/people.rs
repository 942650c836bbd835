use domain::{Actor, Role, call_centers};
use serde_json::json;

use super::{PASSWORD, person};
use crate::support::TestApp;

both_engines!(
    people_are_listed_within_the_centre,
    an_owner_makes_no_super_admin_and_touches_no_other_centre,
    the_last_super_admin_stays,
    a_stale_change_is_refused_and_a_missing_version_asked_for,
    what_two_people_wrote_of_a_third_is_shown_side_by_side,
    what_two_people_wrote_of_a_centre_is_shown_side_by_side,
    every_wrong_field_of_a_person_is_named,
    one_s_own_password_is_changed_and_every_other_session_dies,
    the_others_sessions_can_be_closed,
    a_centre_s_hours_and_holidays_are_kept,
    a_new_centre_is_closed_on_public_holidays,
    every_wrong_field_of_a_centre_is_named,
);

async fn other_center(app: &TestApp) -> uuid::Uuid {
    let new = call_centers::NewCallCenter {
        name: "Comptoir de Dakar".into(),
        time_zone: "Africa/Dakar".into(),
        currency: "XOF".into(),
        phone_region: "SN".into(),
    };
    call_centers::create(&app.db, &Actor::system(), new, app.clock.now()).await.unwrap()
}

async fn people_are_listed_within_the_centre(app: TestApp) {
    let other = other_center(&app).await;
    app.sign_in_to(Role::Agent, Some(other)).await;
    let owner = app.sign_in(Role::Owner).await;
    for n in 0..3 {
        person(&app, &format!("n{n}@example.test"), Role::Agent).await;
    }
    let all = owner.get("/api/users").await.expect(200).json();
    assert_eq!(all["total"], json!({ "value": 4, "exact": true }));
    let mut seen = Vec::new();
    let mut path = "/api/users?limit=1".to_owned();
    loop {
        let page = owner.get(&path).await.expect(200).json();
        seen.extend(page["data"].as_array().unwrap().iter().map(|u| u["id"].clone()));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/api/users?limit=1&cursor={cursor}");
    }
    let ids: Vec<_> = all["data"].as_array().unwrap().iter().map(|u| u["id"].clone()).collect();
    assert_eq!(seen, ids);
    let found =
        owner.get("/api/users?q=N1%40EX&role=agent&is_active=true").await.expect(200).json();
    assert_eq!(found["total"]["value"], 1);
    owner.get("/api/users?limit=201").await.expect(422);
    owner.get("/api/users?cursor=x").await.expect(422);
    let admin = app.sign_in(Role::SuperAdmin).await;
    assert_eq!(admin.get("/api/users").await.expect(200).json()["total"]["value"], 6);
    let page = owner.get("/administration/utilisateurs?q=n2%40").await.expect(200);
    assert!(page.body.contains("n2@example.test") && !page.body.contains("n1@example.test"));
}

async fn an_owner_makes_no_super_admin_and_touches_no_other_centre(app: TestApp) {
    let other = other_center(&app).await;
    let stranger = app.user(Role::Agent, Some(other), None).await;
    let owner = app.sign_in(Role::Owner).await;
    let mine = person(&app, "awa@example.test", Role::Agent).await;
    let patch = |id, change: serde_json::Value| {
        let request = owner.request("PATCH", &format!("/api/users/{id}"));
        owner.send(request.header("if-match", "\"1\"").json(&change))
    };
    patch(mine, json!({ "role": "super_admin" })).await.expect(403);
    patch(mine, json!({ "call_center_id": other })).await.expect(403);
    patch(stranger, json!({ "name": "x" })).await.expect(404);
    patch(owner.user.unwrap(), json!({ "role": "agent" })).await.expect(409);
    patch(owner.user.unwrap(), json!({ "is_active": false })).await.expect(409);
    let new = json!({ "name": "x", "email": "x@example.test", "role": "super_admin" });
    owner.post("/api/users", &new).await.expect(403);
    let new =
        json!({ "name": "x", "email": "x@example.test", "role": "agent", "call_center_id": other });
    owner.post("/api/users", &new).await.expect(404);
    patch(mine, json!({ "name": "Awa Sarr", "role": "supervisor" })).await.expect(200);
}

async fn the_last_super_admin_stays(app: TestApp) {
    let admin = app.sign_in(Role::SuperAdmin).await;
    let other = app.sign_in(Role::SuperAdmin).await;
    let patch = |id, change: serde_json::Value| {
        let request = admin.request("PATCH", &format!("/api/users/{id}"));
        admin.send(request.header("if-match", "\"1\"").json(&change))
    };
    let demoted = json!({ "role": "owner", "call_center_id": app.center });
    patch(other.user.unwrap(), demoted).await.expect(200);
    patch(admin.user.unwrap(), json!({ "is_active": false })).await.expect(409);
    // Nobody else may either: the system itself is told no.
    let change = domain::users::people::Change { is_active: Some(false), ..Default::default() };
    let refused = domain::users::people::change(
        &app.db,
        &Actor::system(),
        admin.user.unwrap(),
        change,
        None,
        app.clock.now(),
    )
    .await;
    assert!(matches!(refused, Err(domain::Error::Conflict("last-super-admin"))), "{refused:?}");
}

async fn a_stale_change_is_refused_and_a_missing_version_asked_for(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let id = person(&app, "awa@example.test", Role::Agent).await;
    let path = format!("/api/users/{id}");
    assert_eq!(owner.get(&path).await.expect(200).headers["etag"], "\"1\"");
    owner.json("PATCH", &path, &json!({ "name": "x" })).await.expect(428);
    let patch = |tag: &'static str| {
        let request = owner.request("PATCH", &path).header("if-match", tag);
        owner.send(request.json(&json!({ "name": "Awa" })))
    };
    assert_eq!(patch("\"1\"").await.expect(200).headers["etag"], "\"2\"");
    patch("\"1\"").await.expect(412);
    let fields = [("name", "Autre"), ("role", "agent"), ("language", "fr"), ("version", "1")];
    let page = owner.post_form(&format!("/administration/utilisateurs/{id}"), &fields).await;
    let page = page.expect(409);
    assert!(page.body.contains("value=\"Autre\"") && page.body.contains("entre-temps"));
}

/// The value of the hidden version a page's next press sends.
fn version(page: &str) -> String {
    let rest = page.split("name=\"version\" value=\"").nth(1).expect("a version");
    rest.split('"').next().unwrap().to_owned()
}

async fn what_two_people_wrote_of_a_third_is_shown_side_by_side(app: TestApp) {
    let (owner, other) = (app.sign_in(Role::Owner).await, app.sign_in(Role::Owner).await);
    let chief = app.user(Role::Supervisor, Some(app.center), None).await.to_string();
    let id = person(&app, "awa@example.test", Role::Agent).await;
    let path = format!("/administration/utilisateurs/{id}");
    let opened = version(&owner.get(&path).await.expect(200).body);
    let theirs =
        [("name", "Awa Sarr"), ("role", "agent"), ("language", "fr"), ("version", &opened)];
    other.post_form(&path, &theirs).await.expect(303);
    // Whoever signs in meanwhile wrote nothing.
    let fields = [("email", "awa@example.test"), ("password", PASSWORD)];
    app.stranger().post_form("/connexion", &fields).await.expect(303);

    let mine = |version| {
        let role = ("role", "supervisor");
        [("name", "Awa Fall"), role, ("language", "en"), ("supervisor_id", &chief), version]
    };
    let both = owner.post_form(&path, &mine(("version", &opened))).await.expect(409).body;
    let name = app.name_of(other.user.unwrap()).await;
    for part in [
        format!("{name} a enregistré des changements"),
        "<mark>Awa Fall</mark>".into(),
        "<mark>Awa Sarr</mark>".into(),
        "<mark>English</mark>".into(),
        "<mark>Français</mark>".into(),
        "value=\"Awa Fall\"".into(),
        "<option value=\"supervisor\" selected>".into(),
        format!("<option value=\"{chief}\" selected>"),
        "Enregistrer ma saisie".into(),
    ] {
        assert!(both.contains(&part), "{part} is missing: {both}");
    }
    let saved = || async { owner.get(&format!("/api/users/{id}")).await.expect(200).json() };
    assert_eq!(saved().await["name"], "Awa Sarr");

    // Having seen both, the next press decides.
    owner.post_form(&path, &mine(("version", &version(&both)))).await.expect(303);
    let kept = saved().await;
    assert_eq!((&kept["name"], &kept["language"]), (&json!("Awa Fall"), &json!("en")));
}

async fn what_two_people_wrote_of_a_centre_is_shown_side_by_side(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let path = format!("/administration/centres/{}", app.center);
    let fields = |name, monday, day, version| {
        [
            ("name", name),
            ("time_zone", "Europe/Paris"),
            ("currency", "EUR"),
            ("phone_region", "FR"),
            ("mon_from", monday),
            ("mon_to", "12:00"),
            ("holiday_date", "2026-12-25"),
            ("holiday_name", day),
            ("version", version),
        ]
    };
    let opened = version(&owner.get(&path).await.expect(200).body);
    owner.post_form(&path, &fields("Comptoir", "08:00", "Noël", &opened)).await.expect(303);
    let mine = fields("Comptoir", "07:30", "Pont", &opened);
    let both = owner.post_form(&path, &mine).await.expect(409).body;
    for part in [
        "<mark>07:30–12:00</mark>",
        "<mark>08:00–12:00</mark>",
        "<mark>2026-12-25\u{a0}Pont</mark>",
        "<mark>2026-12-25\u{a0}Noël</mark>",
        "value=\"07:30\"",
        "value=\"Pont\"",
    ] {
        assert!(both.contains(part), "{part} is missing: {both}");
    }
    assert!(!both.contains("<mark>Comptoir</mark>"), "what is the same is not compared");
    let seen = version(&both);
    let mine = fields("Comptoir", "07:30", "Pont", &seen);
    owner.post_form(&path, &mine).await.expect(303);
    let center = owner.get(&format!("/api/call-centers/{}", app.center)).await.expect(200).json();
    assert_eq!(center["holidays"][0]["name"], "Pont");
}

/// A French centre opens with the holidays of the law, movable ones included; another country's
/// with its own.
async fn a_new_centre_is_closed_on_public_holidays(app: TestApp) {
    let above = app.sign_in(Role::SuperAdmin).await;
    for (region, closed, open) in
        [("FR", "2027-03-29", "2027-04-04"), ("SN", "2027-04-04", "2027-07-14")]
    {
        let body = json!({ "name": format!("Centre {region}"), "time_zone": "Europe/Paris",
            "currency": "EUR", "phone_region": region });
        let made = above.post("/api/call-centers", &body).await.expect(201).json();
        let days: Vec<&str> = made["holidays"]
            .as_array()
            .unwrap()
            .iter()
            .map(|day| day["date"].as_str().unwrap())
            .collect();
        assert!(days.contains(&closed) && !days.contains(&open), "{region}: {days:?}");
    }
}

async fn every_wrong_field_of_a_person_is_named(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    person(&app, "awa@example.test", Role::Agent).await;
    let new = json!({ "name": " ", "email": "x y@z", "role": "agent", "language": "de", "password": "court" });
    let wrong = owner.post("/api/users", &new).await.expect(422);
    for (field, code) in [
        ("name", "required"),
        ("email", "not-an-email"),
        ("language", "wrong-value"),
        ("password", "too-short"),
    ] {
        assert_eq!(wrong.field_codes(field), [code], "{}", wrong.body);
    }
    let taken = json!({ "name": "x", "email": "AWA@example.test", "role": "agent" });
    let taken = owner.post("/api/users", &taken).await.expect(422);
    assert_eq!(taken.field_codes("email"), ["taken"]);
    let agent = person(&app, "other@example.test", Role::Agent).await;
    let bad =
        json!({ "name": "x", "email": "y@example.test", "role": "agent", "supervisor_id": agent });
    let bad = owner.post("/api/users", &bad).await.expect(422);
    assert_eq!(bad.field_codes("supervisor_id"), ["not-a-supervisor"]);
    let fields = [("name", ""), ("email", "tapé"), ("role", "agent"), ("language", "fr")];
    let page = owner.post_form("/administration/utilisateurs", &fields).await.expect(422);
    assert!(page.body.contains("value=\"tapé\"") && page.body.contains("href=\"#name\""));
}

async fn one_s_own_password_is_changed_and_every_other_session_dies(app: TestApp) {
    let id = person(&app, "awa@example.test", Role::Agent).await;
    let (browser, other) = (app.browser_of(id).await, app.browser_of(id).await);
    let fields = [("current_password", "faux"), ("password", "court")];
    let wrong = browser.post_form("/compte/mot-de-passe", &fields).await.expect(422);
    for field in ["current_password", "password"] {
        assert!(wrong.body.contains(&format!("href=\"#{field}\"")), "{}", wrong.body);
    }
    let fields = [("current_password", PASSWORD), ("password", "quatre zèbres orange")];
    browser.post_form("/compte/mot-de-passe", &fields).await.expect(303);
    browser.get("/compte").await.expect(200);
    other.get("/compte").await.expect(303);
}

async fn the_others_sessions_can_be_closed(app: TestApp) {
    let id = person(&app, "awa@example.test", Role::Agent).await;
    let (browser, other) = (app.browser_of(id).await, app.browser_of(id).await);
    assert!(browser.get("/compte").await.expect(200).body.contains("Fermer les autres"));
    browser.post_form("/compte/sessions/fermeture", &[]).await.expect(303);
    browser.get("/compte").await.expect(200);
    other.get("/compte").await.expect(303);
    let fields = [("name", "Awa Sarr"), ("language", "en"), ("time_zone", "Africa/Dakar")];
    browser.post_form("/compte", &fields).await.expect(303);
    assert!(browser.get("/compte").await.expect(200).body.contains("My account"));
    let fields = [("name", ""), ("language", "en"), ("time_zone", "Mars/Base")];
    let wrong = browser.post_form("/compte", &fields).await.expect(422);
    assert!(wrong.body.contains("href=\"#name\"") && wrong.body.contains("href=\"#time_zone\""));
}

async fn a_centre_s_hours_and_holidays_are_kept(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let page = format!("/administration/centres/{}", app.center);
    owner.get(&page).await.expect(200);
    let fields = [
        ("name", "Comptoir"),
        ("time_zone", "Indian/Reunion"),
        ("currency", "EUR"),
        ("phone_region", "FR"),
        ("version", "1"),
        ("mon_from", "08:00"),
        ("mon_to", "12:00"),
        ("mon_from", "14:00"),
        ("mon_to", "18:30"),
        ("tue_from", ""),
        ("tue_to", ""),
        ("holiday_date", "2026-12-25"),
        ("holiday_name", "Noël"),
        ("holiday_date", ""),
        ("holiday_name", ""),
    ];
    owner.post_form(&page, &fields).await.expect(303);
    let center = owner.get(&format!("/api/call-centers/{}", app.center)).await.expect(200).json();
    assert_eq!(
        center["business_hours"],
        json!({ "mon": [["08:00", "12:00"], ["14:00", "18:30"]] })
    );
    assert_eq!(center["holidays"], json!([{ "date": "2026-12-25", "name": "Noël" }]));
    assert_eq!((&center["time_zone"], &center["version"]), (&json!("Indian/Reunion"), &json!(2)));
    app.sign_in(Role::Agent).await.get(&page).await.expect(403);
    let other = other_center(&app).await;
    owner.get(&format!("/administration/centres/{other}")).await.expect(404);
}

async fn every_wrong_field_of_a_centre_is_named(app: TestApp) {
    let admin = app.sign_in(Role::SuperAdmin).await;
    let new = json!({ "name": "", "time_zone": "x", "currency": "x", "phone_region": "x" });
    let wrong = admin.post("/api/call-centers", &new).await.expect(422);
    for field in ["name", "time_zone", "currency", "phone_region"] {
        assert_eq!(wrong.field_codes(field).len(), 1, "{field}: {}", wrong.body);
    }
    let path = format!("/api/call-centers/{}", app.center);
    let change = json!({ "business_hours": { "mon": [["18:00", "09:00"]], "lundi": [] },
        "holidays": [{ "date": "25/12", "name": "" }] });
    let request = admin.request("PATCH", &path).header("if-match", "\"1\"").json(&change);
    let wrong = admin.send(request).await.expect(422);
    assert_eq!(wrong.field_codes("business_hours.mon"), ["bad-hours"]);
    assert_eq!(wrong.field_codes("business_hours.lundi"), ["unknown-field"]);
    assert_eq!(wrong.field_codes("holidays"), ["bad-holidays"]);
    let page = format!("/administration/centres/{}", app.center);
    let fields = [
        ("name", "x"),
        ("time_zone", "Europe/Paris"),
        ("currency", "EUR"),
        ("phone_region", "FR"),
        ("version", "1"),
        ("wed_from", "12:00"),
        ("wed_to", "09:00"),
    ];
    let page = admin.post_form(&page, &fields).await.expect(422);
    assert!(
        page.body.contains("href=\"#business_hours.wed\"") && page.body.contains("value=\"12:00\"")
    );
}
