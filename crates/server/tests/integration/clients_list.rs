//! The list: search, filters, sorts, pages.

use chrono::TimeDelta;
use domain::clients::{self, Counts, NewClient};
use domain::{Actor, Invalid, Role};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::clients::{create, other_center};
use crate::support::{Browser, TestApp};

both_engines!(
    any_part_of_any_field_finds_a_client,
    a_search_ignores_accents_case_and_ligatures,
    a_phone_is_found_however_it_is_typed,
    what_changed_is_found_by_its_new_words_only,
    filters_narrow_and_bad_ones_are_named,
    pages_both_ways_give_the_whole_list_in_order,
    many_matches_are_found_like_few,
    a_super_admin_s_list_merges_the_centres,
    totals_follow_what_happens,
    figures_that_follow_are_those_counted_anew,
);

async fn names(browser: &Browser, query: &str) -> Vec<String> {
    let page = browser.get(&format!("/api/clients?sort=name&limit=200&{query}")).await.expect(200);
    let page = page.json();
    let rows = page["data"].as_array().unwrap();
    let total = page["total"]["value"].as_u64().unwrap();
    assert!(total as usize >= rows.len(), "{page}");
    rows.iter().map(|row| row["full_name"].as_str().unwrap().to_owned()).collect()
}

async fn found(browser: &Browser, q: &str) -> Vec<String> {
    let q: String = url::form_urlencoded::byte_serialize(q.as_bytes()).collect();
    names(browser, &format!("q={q}")).await
}

async fn any_part_of_any_field_finds_a_client(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    create(
        &owner,
        json!({ "first_name": "Awa", "last_name": "Sarr", "code": "AB-100_40",
        "company_name": "Froid & Clim", "email": "awa.sarr+pro@exemple.sn",
        "address": "12, rue Félix-Éboué", "city": "Thiès" }),
    )
    .await;
    create(&owner, json!({ "first_name": "Zoé", "last_name": "Quint" })).await;
    for q in [
        "a",
        "aw",
        "awa",
        "wa s",
        "Awa Sarr",
        "sarr awa",
        "AB-100",
        "100_40",
        "ab100",
        "oid & cl",
        "froid",
        "awa.sarr",
        "sarr+pro@",
        "@exemple.sn",
        "12, rue",
        "ébou",
        "thies",
        "eboue",
    ] {
        assert_eq!(found(&owner, q).await, ["Awa Sarr"], "{q}");
    }
    assert_eq!(found(&owner, "q").await, ["Zoé Quint"]);
    for q in ["s%r", "a_a", "100x40", "%", "sarrz", "wa  t", "!!"] {
        assert_eq!(found(&owner, q).await, [""; 0], "{q}");
    }
    let long = "awa sarr".chars().cycle().take(30).collect::<String>();
    assert_eq!(found(&owner, &long).await, [""; 0]);
    // Two fields do not make one match.
    assert_eq!(found(&owner, "clim awa").await, [""; 0]);
    assert_eq!(
        owner
            .get(&format!("/api/clients?q={}", "x".repeat(201)))
            .await
            .expect(422)
            .field_codes("q"),
        ["too-long"]
    );
}

async fn a_search_ignores_accents_case_and_ligatures(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    create(&owner, json!({ "first_name": "Hélène", "last_name": "Œuvrard" })).await;
    create(&owner, json!({ "first_name": "Ousmane", "last_name": "N’Diaye" })).await;
    for q in ["helene", "HÉLÈNE", "oeuvrard", "œUV", "OEUV", "hélène oeu"] {
        assert_eq!(found(&owner, q).await, ["Hélène Œuvrard"], "{q}");
    }
    for q in ["N'Diaye", "n’diaye", "ndiaye", "N DIAYE", "n'di"] {
        assert_eq!(found(&owner, q).await, ["Ousmane N’Diaye"], "{q}");
    }
}

async fn a_phone_is_found_however_it_is_typed(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    create(&owner, json!({ "last_name": "Paris", "phone": "06 12 34 56 78" })).await;
    create(&owner, json!({ "last_name": "Dakar", "phones": ["01 02 03 04 05", "+221775124011"] }))
        .await;
    for q in [
        "0612345678",
        "06 12 34 56 78",
        "06.12.34.56.78",
        "+33612345678",
        "+33 (0)6 12 34 56 78",
        "0033612345678",
        "612345",
        "12 34 56",
    ] {
        assert_eq!(found(&owner, q).await, ["Paris"], "{q}");
    }
    for q in ["77 512 40 11", "+221 77 512 40 11", "00221775124011", "775124011", "512-40"] {
        assert_eq!(found(&owner, q).await, ["Dakar"], "{q}");
    }
}

async fn what_changed_is_found_by_its_new_words_only(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let client = create(&owner, json!({ "last_name": "Avant", "email": "vieux@a.fr" })).await;
    let path = format!("/api/clients/{}", client["id"].as_str().unwrap());
    let body = json!({ "last_name": "Après", "email": "neuf@a.fr" });
    owner
        .send(owner.request("PATCH", &path).header("if-match", "\"1\"").json(&body))
        .await
        .expect(200);
    assert_eq!(found(&owner, "avant").await, [""; 0]);
    assert_eq!(found(&owner, "vieux@").await, [""; 0]);
    assert_eq!(found(&owner, "apres").await, ["Après"]);
    assert_eq!(found(&owner, "neuf@").await, ["Après"]);
}

async fn filters_narrow_and_bad_ones_are_named(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let agent = app.user(Role::Agent, Some(app.center), None).await;
    create(&owner, json!({ "last_name": "Vieux", "tags": ["Été"] })).await;
    app.clock.advance(chrono::TimeDelta::days(10));
    let body = json!({ "last_name": "Semaine", "assigned_to": agent });
    let idle = create(&owner, body).await;
    app.clock.advance(chrono::TimeDelta::days(3));
    create(&owner, json!({ "last_name": "Neuf", "tags": ["été", "vip"] })).await;
    let path = format!("/api/clients/{}/activation", idle["id"].as_str().unwrap());
    owner.send(owner.request("DELETE", &path)).await.expect(200);
    for (query, expected) in [
        ("", vec!["Neuf", "Semaine", "Vieux"]),
        ("is_active=true", vec!["Neuf", "Vieux"]),
        ("is_active=false", vec!["Semaine"]),
        ("period=today", vec!["Neuf"]),
        ("period=7d", vec!["Neuf", "Semaine"]),
        ("period=30d", vec!["Neuf", "Semaine", "Vieux"]),
        ("created_after=2026-11-29T00:00:00Z", vec!["Neuf", "Semaine"]),
        ("created_after=2026-12-01", vec!["Neuf"]),
        ("tag=ETE", vec!["Neuf", "Vieux"]),
        ("tag=vip", vec!["Neuf"]),
        ("tag=absent", vec![]),
        ("segment=none", vec!["Neuf", "Semaine", "Vieux"]),
        ("segment=vip", vec![]),
        ("notification_client=none", vec!["Neuf", "Semaine", "Vieux"]),
        ("notification_client=succes", vec![]),
        ("alert_status=none", vec!["Neuf", "Semaine", "Vieux"]),
        ("alert_status=due", vec![]),
        ("assigned_to=none", vec!["Neuf", "Vieux"]),
        ("assigned_to=me", vec![]),
        ("q=e&tag=ete&is_active=true&period=30d", vec!["Neuf", "Vieux"]),
    ] {
        assert_eq!(names(&owner, query).await, expected, "{query}");
    }
    assert_eq!(names(&app.browser_of(agent).await, "assigned_to=me").await, ["Semaine"]);
    let wrong = "is_active=x&period=y&segment=z&notification_client=w&alert_status=v&assigned_to=u&created_after=t";
    let answer = owner.get(&format!("/api/clients?{wrong}")).await.expect(422);
    for field in [
        "is_active",
        "period",
        "segment",
        "notification_client",
        "alert_status",
        "assigned_to",
        "created_after",
    ] {
        assert_eq!(answer.field_codes(field), ["wrong-value"], "{field}");
    }
    let answer = owner.get("/api/clients?sort=nope&limit=201").await.expect(422);
    assert_eq!(
        (answer.field_codes("sort"), answer.field_codes("limit")),
        (vec!["wrong-value".into()], vec!["wrong-value".into()])
    );
    owner.get("/api/clients?cursor=zzz").await.expect(422);
}

/// Puts `count` made-up clients straight into a centre.
pub async fn seed(app: &TestApp, center: Uuid, count: usize) {
    let system = Actor::system();
    let pick = |i: usize, list: &[&str]| list[(i * 7 + i / 5) % list.len()].to_owned();
    let tx = app.db.begin().await.unwrap();
    let made: Vec<_> = (0..count)
        .map(|i| {
            let new = NewClient {
                code: (i % 3 == 0).then(|| format!("C{:04}", (i * 37) % 10_000)),
                first_name: Some(pick(i, &["Awa", "Élodie", "Jean", "Moussa", "Œdipe"])),
                last_name: Some(pick(
                    i / 2,
                    &["Diop", "Ndiaye", "Martin", "Éluard", "Zola", "d’Arc"],
                )),
                company_name: (i % 4 == 0).then(|| pick(i, &["Froid", "Clim", "Électro"])),
                emails: (i % 2 == 0)
                    .then(|| format!("p{}@a.fr", (i * 13) % 97))
                    .into_iter()
                    .collect(),
                phones: (i % 5 == 0)
                    .then(|| format!("06 12 34 {:02} {:02}", (i / 100) % 100, i % 100))
                    .into_iter()
                    .collect(),
                city: (i % 3 != 1).then(|| pick(i, &["Paris", "Dakar", "Évry"])),
                ..NewClient::default()
            };
            let mut invalid = Invalid::new();
            let valid = clients::validate(&new, "FR", &mut invalid);
            invalid.check().unwrap();
            valid
        })
        .collect();
    for chunk in made.chunks(40) {
        clients::insert_many(&tx, &system, center, chunk.to_vec(), app.clock.now()).await.unwrap();
        app.clock.advance(chrono::TimeDelta::seconds(7));
    }
    tx.commit().await.unwrap();
}

fn ids(page: &Json) -> Vec<String> {
    let rows = page["data"].as_array().unwrap();
    rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

const SORTS: [&str; 14] = [
    "name",
    "company_name",
    "city",
    "created_at",
    "updated_at",
    "date_notification",
    "next_alert",
    "orders",
    "total_spent",
    "last_order_at",
    "segment",
    "email",
    "phone",
    "code",
];

async fn pages_both_ways_give_the_whole_list_in_order(app: TestApp) {
    seed(&app, app.center, 97).await;
    for role in [Role::Owner, Role::Agent] {
        let browser = app.sign_in(role).await;
        for sort in SORTS {
            for sort in [sort.to_owned(), format!("-{sort}")] {
                walk(&browser, &format!("sort={sort}"), 97).await;
            }
        }
        walk(&browser, "sort=-company_name&q=a", 97).await;
    }
    let owner = app.sign_in(Role::Owner).await;
    let page = owner.get("/api/clients?sort=city&limit=200").await.expect(200).json();
    let cities: Vec<Option<String>> = page["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| r["city"].as_str().map(str::to_owned))
        .collect();
    let key = |c: &Option<String>| (c.is_none(), c.as_deref().map(base::text::sort_key));
    assert!(cities.is_sorted_by_key(key), "{cities:?}");
    let page = owner.get("/api/clients?sort=-city&limit=200").await.expect(200).json();
    let nones =
        page["data"].as_array().unwrap().iter().rev().take_while(|r| r["city"].is_null()).count();
    assert_eq!(nones, cities.iter().filter(|c| c.is_none()).count(), "no value comes last");
}

/// Reads the list in one page, then in small ones forward, then back through the domain's cursors.
async fn walk(browser: &Browser, query: &str, most: usize) {
    let whole = browser.get(&format!("/api/clients?{query}&limit=200")).await.expect(200).json();
    let whole = ids(&whole);
    assert!(!whole.is_empty() && whole.len() <= most, "{query}");
    let (mut walked, mut cursor) = (Vec::new(), String::new());
    loop {
        let page =
            browser.get(&format!("/api/clients?{query}&limit=13{cursor}")).await.expect(200).json();
        walked.extend(ids(&page));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(walked, whole, "{query}");
}

async fn many_matches_are_found_like_few(app: TestApp) {
    seed(&app, app.center, 2_300).await;
    let owner = app.sign_in(Role::Owner).await;
    let page = owner.get("/api/clients?q=a&sort=name").await.expect(200).json();
    assert_eq!(page["total"], json!({ "value": 2000, "exact": false }));
    let page = owner.get("/api/clients?q=martin&sort=name&limit=200").await.expect(200).json();
    let total = page["total"]["value"].as_i64().unwrap();
    assert!(total > 200 && page["total"]["exact"] == true, "{}", page["total"]);
    let rows = page["data"].as_array().unwrap();
    assert!(rows.iter().all(|row| row["last_name"] == "Martin"));
    let page = owner.get("/api/clients").await.expect(200).json();
    assert_eq!(page["total"], json!({ "value": 2300, "exact": true }));
    let page = owner.get("/api/clients?is_active=true").await.expect(200).json();
    assert_eq!(page["total"], json!({ "value": 2300, "exact": true }));
}

async fn a_super_admin_s_list_merges_the_centres(app: TestApp) {
    let elsewhere = other_center(&app).await;
    create(&elsewhere, json!({ "last_name": "Bâ" })).await;
    let owner = app.sign_in(Role::Owner).await;
    for name in ["Abel", "Camara", "Zola"] {
        create(&owner, json!({ "last_name": name, "city": "Lyon" })).await;
    }
    let admin = app.sign_in(Role::SuperAdmin).await;
    assert_eq!(names(&admin, "").await, ["Abel", "Bâ", "Camara", "Zola"]);
    assert_eq!(names(&admin, "q=a").await, ["Abel", "Bâ", "Camara", "Zola"]);
    assert_eq!(names(&elsewhere, "").await, ["Bâ"]);
    for sort in ["name", "-city", "-created_at"] {
        walk(&admin, &format!("sort={sort}"), 4).await;
    }
    let refused = admin.post("/api/clients", &json!({ "last_name": "A" })).await.expect(422);
    assert_eq!(refused.field_codes("call_center_id"), ["required"]);
    let body = json!({ "last_name": "A", "call_center_id": app.center });
    admin.post("/api/clients", &body).await.expect(201);
}

async fn totals_follow_what_happens(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    for count in 1..6 {
        create(&owner, json!({ "last_name": format!("Client {count}") })).await;
        for query in ["", "q=client", "is_active=true"] {
            let page = owner.get(&format!("/api/clients?{query}")).await.expect(200).json();
            assert_eq!(page["total"]["value"], count, "{query}");
        }
    }
}

/// Figures are kept up by what happened; whoever counts from nothing must come to the same.
async fn figures_that_follow_are_those_counted_anew(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let actor = Actor { user_id: None, role: Role::Owner, call_center_id: Some(app.center) };
    let checked = async |what: &str, total: i64, inactive: i64| {
        let (conn, zone, now) = (app.db.read(), chrono_tz::Europe::Paris, app.clock.now());
        let kept = app.app.client_counts().latest().stats(conn, &actor, zone, now).await.unwrap();
        let anew = Counts::default().latest().stats(conn, &actor, zone, now).await.unwrap();
        assert_eq!(kept, anew, "{what}");
        assert_eq!((kept.total, kept.inactive), (total, inactive), "{what}");
    };
    checked("nobody", 0, 0).await;
    let mut paths = Vec::new();
    for name in ["Sarr", "Ndiaye", "Quint", "Zola"] {
        let client = create(&owner, json!({ "last_name": name })).await;
        paths.push((
            format!("/api/clients/{}", client["id"].as_str().unwrap()),
            client["id"].clone(),
        ));
        checked(name, i64::try_from(paths.len()).unwrap(), 0).await;
    }
    let (path, id) = &paths[0];
    owner.post(&format!("{path}/notifier"), &json!({ "statut": "echec" })).await.expect(201);
    checked("a contact", 4, 0).await;
    owner.send(owner.request("DELETE", &format!("{path}/activation"))).await.expect(200);
    checked("deactivated", 4, 1).await;
    app.clock.advance(TimeDelta::days(1));
    checked("the next day", 4, 1).await;
    owner.post(&format!("{path}/activation"), &json!({})).await.expect(200);
    checked("activated", 4, 0).await;
    owner.send(owner.request("DELETE", path)).await.expect(204);
    checked("in the bin", 3, 0).await;
    owner.post(&format!("{path}/restoration"), &json!({})).await.expect(200);
    checked("out of the bin", 4, 0).await;
    let other = json!({ "client_id": paths[1].1 });
    let merge = owner.post(&format!("{path}/merges"), &other).await.expect(201).json();
    checked("merged", 3, 0).await;
    let merge = format!("/api/merges/{}/undo", merge["id"].as_str().unwrap());
    owner.post(&merge, &json!({})).await.expect(200);
    checked("parted", 4, 0).await;
    let body = json!({ "action": "deactivate", "ids": [id, paths[2].1] });
    let started = owner.post("/api/clients/bulk", &body).await.expect(202).json();
    app.work().await;
    checked("two at once", 4, 2).await;
    let undo = format!("/api/operations/{}/undo", started["operation_id"].as_str().unwrap());
    owner.post(&undo, &json!({})).await.expect(202);
    app.work().await;
    checked("taken back", 4, 0).await;
}
