//! The people of a centre, listed: search, filters, order, pages, columns.

use domain::users::NewUser;
use domain::{Actor, Role, call_centers, users};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::PASSWORD;
use crate::support::{Browser, TestApp};

both_engines!(
    every_order_turns_its_pages_there_and_back,
    names_are_found_and_ordered_without_accents,
    filters_narrow_the_page_and_the_api_alike,
    the_page_turns_keeps_columns_and_views,
    what_means_nothing_is_named,
);

async fn make(app: &TestApp, name: &str, role: Role, center: Uuid, joined: bool) -> Uuid {
    let new = NewUser {
        email: format!("{}@example.test", Uuid::new_v4().simple()),
        name: name.into(),
        role,
        call_center_id: Some(center),
        supervisor_id: None,
        password: joined.then(|| PASSWORD.to_owned()),
        language: "fr".into(),
    };
    users::create(&app.db, &Actor::system(), new, app.clock.now()).await.unwrap()
}

async fn dakar(app: &TestApp) -> Uuid {
    let new = call_centers::NewCallCenter {
        name: "Comptoir de Dakar".into(),
        time_zone: "Africa/Dakar".into(),
        currency: "XOF".into(),
        phone_region: "SN".into(),
    };
    call_centers::create(&app.db, &Actor::system(), new, app.clock.now()).await.unwrap()
}

async fn names(browser: &Browser, query: &str) -> Vec<String> {
    let list = browser.get(&format!("/api/users?{query}")).await.expect(200).json();
    let data = list["data"].as_array().unwrap().iter();
    data.map(|user| user["name"].as_str().unwrap().to_owned()).collect()
}

async fn every_order_turns_its_pages_there_and_back(app: TestApp) {
    let admin = app.sign_in(Role::SuperAdmin).await;
    let other = dakar(&app).await;
    for n in 0..4 {
        app.clock.advance(chrono::TimeDelta::minutes(1));
        let role = [Role::Agent, Role::Owner, Role::Supervisor, Role::Agent][n % 4];
        let center = if n % 2 == 0 { app.center } else { other };
        // Two share a name: the order is total all the same.
        make(&app, ["Zoé", "Élodie", "Zoé", "Awa"][n], role, center, n % 3 == 0).await;
    }
    let visitor = make(&app, "Visiteuse", Role::Agent, other, true).await;
    app.browser_of(visitor).await.get("/").await.expect(200);
    for column in [
        "name",
        "email",
        "role",
        "call_center",
        "supervisor",
        "state",
        "last_sign_in_at",
        "created_at",
    ] {
        let ids = |list: &Json| -> Vec<Json> {
            list["data"].as_array().unwrap().iter().map(|user| user["id"].clone()).collect()
        };
        let whole = async |sort: &str| {
            ids(&admin.get(&format!("/api/users?sort={sort}")).await.expect(200).json())
        };
        let up = whole(column).await;
        assert_eq!(up.len(), 6, "{column}");
        let down = whole(&format!("-{column}")).await;
        assert_eq!(down, up.iter().rev().cloned().collect::<Vec<_>>(), "{column}");
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let path = format!("/api/users?sort={column}&limit=1{cursor}");
            let page = admin.get(&path).await.expect(200).json();
            seen.extend(ids(&page));
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(seen, up, "{column}");
    }
}

async fn names_are_found_and_ordered_without_accents(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    for name in ["Zoé Œuvrard", "Émile N’Diaye", "Eloi Sarr", "Élodie Fall"] {
        make(&app, name, Role::Agent, app.center, true).await;
    }
    let agents = names(&owner, "role=agent&sort=name").await;
    assert_eq!(agents, ["Élodie Fall", "Eloi Sarr", "Émile N’Diaye", "Zoé Œuvrard"]);
    assert_eq!(names(&owner, "q=elo").await, ["Élodie Fall", "Eloi Sarr"]);
    assert_eq!(names(&owner, "q=ndiaye+EMILE").await, ["Émile N’Diaye"]);
    assert_eq!(names(&owner, "q=oeuvrard").await, ["Zoé Œuvrard"]);
    assert_eq!(names(&owner, "q=%25").await, Vec::<String>::new(), "a percent sign is a sign");
    let page = owner.get("/administration/utilisateurs?q=EMILE").await.expect(200).body;
    assert!(page.contains("Émile N’Diaye") && !page.contains("Eloi Sarr"), "{page}");
}

async fn filters_narrow_the_page_and_the_api_alike(app: TestApp) {
    let admin = app.sign_in(Role::SuperAdmin).await;
    let other = dakar(&app).await;
    make(&app, "Active", Role::Agent, app.center, true).await;
    make(&app, "Invitée", Role::Supervisor, app.center, false).await;
    make(&app, "Ailleurs", Role::Agent, other, true).await;
    let gone = make(&app, "Partie", Role::Agent, app.center, true).await;
    let path = format!("/administration/utilisateurs/{gone}/desactivation");
    admin.post_form(&path, &[]).await.expect(303);
    let all = ["Active", "Invitée", "Ailleurs", "Partie"];
    let center = format!("call_center_id={other}");
    for (query, chip, expected) in [
        ("state=active&role=agent", "Actif", &["Active", "Ailleurs"][..]),
        ("state=invited&role=supervisor", "Invité", &["Invitée"]),
        ("state=inactive", "Désactivé", &["Partie"]),
        ("role=supervisor", "Superviseur", &["Invitée"]),
        (&center, "Comptoir de Dakar", &["Ailleurs"]),
        ("is_active=false", "", &["Partie"]),
    ] {
        assert_eq!(names(&admin, query).await, expected, "{query}");
        let page = format!("/administration/utilisateurs?{query}");
        let page = admin.get(&page).await.expect(200).body;
        for name in all {
            let row = format!(">{name}</a>");
            assert_eq!(page.contains(&row), expected.contains(&name), "{query}: {name}");
        }
        assert!(page.contains(&format!("<b>{chip}</b>")) || chip.is_empty(), "{query}: {page}");
    }
    // An owner has one centre to look at, and no super_admin.
    let page = app.sign_in(Role::Owner).await.get("/administration/utilisateurs").await;
    let page = page.expect(200).body;
    assert!(!page.contains("filter-center") && !page.contains("value=\"super_admin\""), "{page}");
    assert!(!page.contains("Ailleurs"), "{page}");
}

async fn the_page_turns_keeps_columns_and_views(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    for n in 0..29 {
        make(&app, &format!("Agent {n:02}"), Role::Agent, app.center, true).await;
    }
    let first = owner.get("/administration/utilisateurs?role=agent").await.expect(200).body;
    assert!(first.contains("1 à 25 sur 29"), "{first}");
    assert!(first.contains("Agent 24") && !first.contains("Agent 25"), "{first}");
    let href = |page: &str, rel: &str| {
        let link = page.split(&format!("rel=\"{rel}\" href=\"")).nth(1);
        link.map(|rest| rest.split('"').next().unwrap().replace("&#38;", "&"))
    };
    let second = owner.get(&href(&first, "next").unwrap()).await.expect(200).body;
    assert!(second.contains("26 à 29 sur 29") && second.contains("Agent 28"), "{second}");
    assert_eq!(href(&second, "next"), None);
    let back = owner.get(&href(&second, "prev").unwrap()).await.expect(200).body;
    assert!(back.contains("Agent 00") && back.contains("1 à 25 sur 29"), "{back}");

    let columns = [("columns", "created"), ("columns", "role")];
    owner.post_form("/preferences/people", &columns).await.expect(303);
    let page = owner.get("/administration/utilisateurs").await.expect(200).body;
    let heading =
        |key: &str| page.split(&format!("<th scope=\"col\" data-column=\"{key}\"")).nth(1);
    let hidden = |key: &str| heading(key).unwrap().split('>').next().unwrap().contains(" hidden");
    assert_eq!([hidden("created"), hidden("role"), hidden("visit")], [false, false, true]);

    let list = "/administration/utilisateurs";
    let view = [("grid", "people"), ("path", list), ("name", "Agents"), ("query", "role=agent")];
    owner.post_form("/vues", &view).await.expect(303);
    let page = owner.get("/administration/utilisateurs?role=agent").await.expect(200).body;
    assert!(page.contains("aria-current=\"page\">Agents</a>"), "{page}");
}

async fn what_means_nothing_is_named(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let wrong = "role=chef&state=gone&call_center_id=x&sort=shoe_size&limit=0&is_active=perhaps";
    let answer = owner.get(&format!("/api/users?{wrong}")).await.expect(422);
    for field in ["role", "state", "call_center_id", "sort", "limit", "is_active"] {
        assert_eq!(answer.field_codes(field), ["wrong-value"], "{field}");
    }
    make(&app, "Awa", Role::Agent, app.center, true).await;
    let page = owner.get("/api/users?limit=1&sort=name").await.expect(200).json();
    let cursor = page["next_cursor"].as_str().unwrap();
    let other = format!("/api/users?limit=1&sort=role&cursor={cursor}");
    let answer = owner.get(&other).await.expect(422);
    assert_eq!(answer.field_codes("cursor"), ["unreadable-cursor"]);
    assert_eq!(page["total"], json!({ "value": 2, "exact": true }));
}
