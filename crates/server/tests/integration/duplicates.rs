//! Duplicates: found, told, dismissed, merged with everything, parted again.

use base::db::Sql;
use chrono::TimeDelta;
use domain::Role;
use domain::duplicates::{self, Handling, RELATIONS};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::clients::create;
use crate::support::{Browser, TestApp};

both_engines!(
    a_new_client_is_told_whom_it_looks_like,
    homonyms_and_families_are_not_duplicates,
    the_form_asks_before_it_makes_a_double,
    the_night_finds_pairs_and_a_dismissed_one_stays_away,
    an_agent_suggests_and_a_supervisor_decides,
    a_merge_takes_everything_along,
    a_merge_is_chosen_field_by_field_without_javascript,
    what_came_since_stays_where_it_belongs,
    a_merge_refuses_what_cannot_be,
    merging_and_parting_changes_nothing,
    every_table_that_points_at_clients_says_what_becomes_of_its_rows,
);

fn id(client: &Json) -> Uuid {
    client["id"].as_str().unwrap().parse().unwrap()
}

pub async fn night(app: &TestApp) {
    duplicates::arm(&app.db, app.clock.now()).await.unwrap();
    app.clock.advance(TimeDelta::days(1));
    app.work().await;
}

pub async fn pairs(browser: &Browser, query: &str) -> Vec<Json> {
    let page = browser.get(&format!("/api/duplicates{query}")).await.expect(200).json();
    page["data"].as_array().unwrap().clone()
}

async fn merge(browser: &Browser, winner: Uuid, loser: Uuid, choices: Json) -> Json {
    let body = json!({ "client_id": loser, "choices": choices });
    browser.post(&format!("/api/clients/{winner}/merges"), &body).await.expect(201).json()
}

async fn change(browser: &Browser, client: Uuid, body: Json) {
    let version = format!("\"{}\"", read(browser, client).await["version"]);
    let path = format!("/api/clients/{client}");
    let request = browser.request("PATCH", &path).header("if-match", version).json(&body);
    browser.send(request).await.expect(200);
}

async fn undo(browser: &Browser, merge: &Json) -> Json {
    let path = format!("/api/merges/{}/undo", merge["id"].as_str().unwrap());
    browser.post(&path, &json!({})).await.expect(200).json()
}

async fn read(browser: &Browser, id: Uuid) -> Json {
    browser.get(&format!("/api/clients/{id}")).await.expect(200).json()
}

async fn a_new_client_is_told_whom_it_looks_like(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let awa = json!({ "first_name": "Awa", "last_name": "N’Diaye", "email": "awa@sarr.sn" });
    let first = create(&owner, awa).await;
    assert_eq!(first.get("possible_duplicates"), None);
    let again = json!({ "first_name": "NDIAYE", "last_name": "Awa", "email": "AWA@sarr.sn" });
    let second = create(&owner, again).await;
    let possible = &second["possible_duplicates"];
    assert_eq!(possible[0]["client"]["id"], first["id"]);
    assert_eq!(possible[0]["reasons"], json!(["same_email", "same_name"]));
    assert_eq!(possible[0]["score"], 95);
    // The neighbour's clients are none of theirs.
    let neighbour = crate::clients::other_center(&app).await;
    let there = json!({ "first_name": "Awa", "last_name": "N’Diaye", "email": "awa@sarr.sn" });
    assert_eq!(create(&neighbour, there).await.get("possible_duplicates"), None);
}

async fn homonyms_and_families_are_not_duplicates(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    for body in [
        json!({ "first_name": "Fatou", "last_name": "Diop", "phone": "0612345678" }),
        // A namesake.
        json!({ "first_name": "Fatou", "last_name": "Diop", "phone": "0698765432" }),
        // A brother on the same phone.
        json!({ "first_name": "Moussa", "last_name": "Diop", "phone": "0612345678" }),
        // A stranger to whom the number was given.
        json!({ "first_name": "Jean", "last_name": "Kouassi", "phone": "0698765432" }),
    ] {
        assert_eq!(create(&owner, body.clone()).await.get("possible_duplicates"), None, "{body}");
    }
    night(&app).await;
    assert_eq!(pairs(&owner, "").await, Vec::<Json>::new());
}

async fn the_form_asks_before_it_makes_a_double(app: TestApp) {
    let agent = app.sign_in(Role::Agent).await;
    let body = json!({ "first_name": "Awa", "last_name": "Ndiaye", "phone": "0612345678" });
    let first = create(&agent, body).await;
    let typed = [("first_name", "Awa"), ("last_name", "N’Diaye"), ("phones", "06 12 34 56 78")];
    let asked = agent.post_form("/client/nouveau", &typed).await.expect(409);
    assert!(asked.body.contains(&format!("href=\"/client/{}\"", id(&first))), "{}", asked.body);
    assert!(asked.body.contains("ressemble à") && asked.body.contains("même téléphone, même nom"));
    assert!(asked.body.contains("value=\"N’Diaye\"") && asked.body.contains("Créer quand même"));
    let anyway = [&typed[..], &[("anyway", "1")]].concat();
    let made = agent.post_form("/client/nouveau", &anyway).await.expect(303);
    assert_ne!(made.location(), format!("/client/{}", id(&first)));
}

async fn the_night_finds_pairs_and_a_dismissed_one_stays_away(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let body =
        json!({ "first_name": "Awa", "last_name": "Ndiaye", "email": "awa@a.fr", "code": "1" });
    let first = create(&owner, body).await;
    let body =
        json!({ "first_name": "Awa", "last_name": "Ndiaye", "email": "awa@a.fr", "code": "2" });
    let second = create(&owner, body).await;
    assert!(pairs(&owner, "").await.is_empty());
    night(&app).await;
    let found = pairs(&owner, "").await;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["reasons"], json!(["same_email", "same_name", "different_codes"]));
    let page = owner.get("/client/doublons").await.expect(200).body;
    assert!(page.contains("Comparer") && page.contains("codes différents"), "{page}");
    let pair = found[0]["id"].as_str().unwrap();
    owner.post(&format!("/api/duplicates/{pair}/dismissal"), &json!({})).await.expect(204);
    // Something else changed: not asked again.
    change(&owner, id(&second), json!({ "city": "Dakar" })).await;
    night(&app).await;
    assert_eq!(pairs(&owner, "").await.len(), 0);
    assert_eq!(pairs(&owner, "?state=dismissed").await.len(), 1);
    // Other evidence: asked again.
    change(&owner, id(&first), json!({ "phone": "0612345678" })).await;
    change(&owner, id(&second), json!({ "phone": "0612345678" })).await;
    night(&app).await;
    assert_eq!(pairs(&owner, &format!("?client_id={}", id(&first))).await.len(), 1);
    // No longer alike: gone by itself.
    change(&owner, id(&second), json!({ "email": "b@b.fr", "phone": null, "last_name": "Ba" }))
        .await;
    night(&app).await;
    assert_eq!(pairs(&owner, "").await.len(), 0);
    owner.get("/api/duplicates?state=nope&sort=x&limit=0").await.expect(422);
}

async fn an_agent_suggests_and_a_supervisor_decides(app: TestApp) {
    let agent = app.sign_in(Role::Agent).await;
    let one = id(&create(&agent, json!({ "last_name": "Ba" })).await);
    let other = id(&create(&agent, json!({ "last_name": "Sy" })).await);
    let body = json!({ "client_id": one, "other_id": other });
    let pair = agent.post("/api/duplicates", &body).await.expect(201).json();
    let path = format!("/api/duplicates/{}/dismissal", pair["id"].as_str().unwrap());
    agent.post(&path, &json!({})).await.expect(403);
    let merging = json!({ "client_id": other });
    agent.post(&format!("/api/clients/{one}/merges"), &merging).await.expect(403);
    let page = agent.get(&format!("/client/{one}/fusionner/{other}")).await.expect(200).body;
    assert!(!page.contains("type=\"radio\"") && page.contains("décide de la fusion"), "{page}");
    agent.post("/api/duplicates", &json!({ "client_id": one, "other_id": one })).await.expect(422);
    let supervisor = app.sign_in(Role::Supervisor).await;
    assert_eq!(pairs(&supervisor, "").await[0]["reasons"], json!(["suggested"]));
    // The night does not take away what someone said.
    night(&app).await;
    assert_eq!(pairs(&supervisor, "").await.len(), 1);
    supervisor.post(&path, &json!({})).await.expect(204);
    supervisor.send(supervisor.request("DELETE", &path)).await.expect(204);
    merge(&supervisor, one, other, json!({})).await;
    assert_eq!(pairs(&supervisor, "?state=merged").await.len(), 1);
    supervisor.post(&path, &json!({})).await.expect(409);
}

async fn alert(browser: &Browser, client: Uuid, due: &str) -> Json {
    let body = json!({ "client_id": client, "title": format!("Rappel {due}"), "due_at": due });
    browser.post("/api/alerts", &body).await.expect(201).json()
}

async fn a_merge_takes_everything_along(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let body =
        json!({ "first_name": "Awa", "last_name": "Ndiaye", "email": "awa@a.fr", "tags": ["Un"] });
    let winner = id(&create(&owner, body).await);
    let body = json!({ "first_name": "Awa", "last_name": "Ndiaye", "email": "awa@b.fr",
        "phone": "0612345678", "city": "Dakar", "code": "77", "tags": ["Deux"] });
    let loser = id(&create(&owner, body).await);
    alert(&owner, winner, "2026-12-03T09:00:00Z").await;
    let moved = alert(&owner, loser, "2026-12-01T09:00:00Z").await;
    let merged = merge(&owner, winner, loser, json!({})).await;
    assert_eq!(merged["moved"], json!({ "alerts": 1 }));
    let client = read(&owner, winner).await;
    assert_eq!((&client["city"], &client["code"]), (&json!("Dakar"), &json!("77")));
    assert_eq!(client["emails"].as_array().unwrap().len(), 2);
    assert_eq!(client["tags"], json!(["Deux", "Un"]));
    assert_eq!(client["next_alert"]["id"], moved["id"]);
    // The other is found where it went.
    let gone = owner.get(&format!("/api/clients/{loser}")).await.expect(404);
    assert_eq!(gone.json()["merged_into"], json!(winner));
    let page = owner.get(&format!("/client/{loser}/historique")).await.expect(307);
    assert_eq!(page.location(), format!("/client/{winner}/historique"));
    let list = owner.get("/api/clients?q=awa@b.fr").await.expect(200).json();
    assert_eq!(list["data"].as_array().unwrap().len(), 1);
    assert_eq!(list["data"][0]["id"], json!(winner));
    assert!(!owner.get("/client/corbeille").await.expect(200).body.contains(&loser.to_string()));
    owner.post(&format!("/api/clients/{loser}/restoration"), &json!({})).await.expect(404);
    let story = owner.get(&format!("/client/{winner}/chronologie")).await.expect(200).body;
    assert!(
        story.contains("Fiche absorbée") && story.matches("Client créé").count() == 2,
        "{story}"
    );
    let journal = owner.get("/api/audit?action=client.merged").await.expect(200).body;
    assert!(journal.contains(&loser.to_string()), "{journal}");
}

async fn a_merge_is_chosen_field_by_field_without_javascript(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let winner = id(&create(&owner, json!({ "last_name": "Ba", "city": "Paris" })).await);
    let loser = id(&create(&owner, json!({ "last_name": "Sy", "city": "Lyon" })).await);
    let here = format!("/client/{winner}/fusionner/{loser}");
    let page = owner.get(&here).await.expect(200).body;
    assert!(page.contains("name=\"city\" value=\"winner\" checked"), "{page}");
    let preview = owner.get(&format!("{here}?city=loser&version=1")).await.expect(200).body;
    assert!(preview.contains("name=\"city\" value=\"loser\" checked"), "{preview}");
    assert!(preview.contains("id=\"city\">Lyon<"), "{preview}");
    let stale = [("version", "7"), ("city", "loser")];
    owner.post_form(&here, &stale).await.expect(409);
    let chosen = [("version", "1"), ("other_version", "1"), ("city", "loser")];
    let done = owner.post_form(&here, &chosen).await.expect(303);
    assert_eq!(done.location(), format!("/client/{winner}"));
    let client = read(&owner, winner).await;
    assert_eq!((&client["city"], &client["last_name"]), (&json!("Lyon"), &json!("Ba")));
    let history = owner.get(&format!("/client/{winner}/historique")).await.expect(200).body;
    let target = history.split("action=\"/client/fusions/").nth(1).unwrap();
    let target = format!("/client/fusions/{}", target.split('"').next().unwrap());
    let back = owner.post_form(&target, &[]).await.expect(303);
    assert_eq!(back.location(), format!("/client/{loser}"));
    assert_eq!(read(&owner, winner).await["city"], "Paris");
    assert_eq!(read(&owner, loser).await["city"], "Lyon");
    owner.post_form(&target, &[]).await.expect(409);
}

async fn what_came_since_stays_where_it_belongs(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let body = json!({ "last_name": "Ba", "email": "ba@a.fr", "phone": "0611111111" });
    let winner = id(&create(&owner, body).await);
    let body = json!({ "last_name": "Sy", "email": "sy@a.fr", "city": "Lyon", "code": "9" });
    let loser = id(&create(&owner, body).await);
    let moved = alert(&owner, loser, "2026-12-01T09:00:00Z").await;
    let merged = merge(&owner, winner, loser, json!({})).await;
    // Since: an alert, another city, one more address; and the moved alert is removed.
    let later = alert(&owner, winner, "2026-12-05T09:00:00Z").await;
    let body = json!({ "city": "Nice", "emails": ["ba@a.fr", "sy@a.fr", "new@a.fr"] });
    change(&owner, winner, body).await;
    let parted = undo(&owner, &merged).await;
    assert_eq!(parted["kept"], json!([{ "what": "field", "field": "city" }]));
    let client = read(&owner, winner).await;
    let emails: Vec<&str> =
        client["emails"].as_array().unwrap().iter().map(|e| e["value"].as_str().unwrap()).collect();
    assert_eq!(emails, ["ba@a.fr", "new@a.fr"]);
    assert_eq!((&client["city"], &client["code"]), (&json!("Nice"), &Json::Null));
    assert_eq!(client["next_alert"]["id"], later["id"]);
    let back = read(&owner, loser).await;
    assert_eq!((&back["city"], &back["code"]), (&json!("Lyon"), &json!("9")));
    assert_eq!(back["next_alert"]["id"], moved["id"]);
    let again = format!("/api/merges/{}/undo", merged["id"].as_str().unwrap());
    owner.post(&again, &json!({})).await.expect(409);
}

async fn a_merge_refuses_what_cannot_be(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let winner = id(&create(&owner, json!({ "last_name": "Ba" })).await);
    let loser = id(&create(&owner, json!({ "last_name": "Sy" })).await);
    let path = format!("/api/clients/{winner}/merges");
    let wrong = json!({ "client_id": loser, "choices": { "city": "both", "shoe": "loser" } });
    let answer = owner.post(&path, &wrong).await.expect(422);
    assert_eq!(answer.field_codes("city"), ["wrong-value"]);
    assert_eq!(answer.field_codes("shoe"), ["unknown-field"]);
    owner.post(&path, &json!({ "client_id": winner })).await.expect(422);
    owner.post(&path, &json!({ "client_id": Uuid::new_v4() })).await.expect(404);
    let request = owner.request("POST", &path).header("if-match", "\"9\"");
    owner.send(request.json(&json!({ "client_id": loser }))).await.expect(412);
    // A merge of a merge is taken back first.
    let third = id(&create(&owner, json!({ "last_name": "Diop" })).await);
    let inner = merge(&owner, winner, loser, json!({})).await;
    let outer = merge(&owner, third, winner, json!({})).await;
    assert_eq!(
        owner.get(&format!("/client/{loser}")).await.expect(307).location(),
        format!("/client/{winner}")
    );
    let path = format!("/api/merges/{}/undo", inner["id"].as_str().unwrap());
    owner.post(&path, &json!({})).await.expect(409);
    undo(&owner, &outer).await;
    undo(&owner, &inner).await;
    assert_eq!(read(&owner, loser).await["last_name"], "Sy");
}

/// Everything of two clients: what the API shows but for version and time of change, and the rows
/// that hang on them.
async fn everything(app: &TestApp, owner: &Browser, clients: [Uuid; 2]) -> Vec<Json> {
    let mut all = Vec::new();
    for client in clients {
        let mut record = read(owner, client).await;
        for name in ["version", "updated_at"] {
            record.as_object_mut().unwrap().remove(name);
        }
        all.push(record);
        for relation in RELATIONS.iter().filter(|r| r.handling != Handling::Stays) {
            let (table, column) = (relation.table, relation.column);
            let key = match relation.handling {
                Handling::Moves => "id",
                _ if table == "client_tags" => "tag_id",
                _ => {
                    let sql = format!("SELECT COUNT(*) FROM {table} WHERE {column} = $1");
                    let count: Option<i64> =
                        Sql::with(sql, [client.into()]).scalar(app.db.read()).await.unwrap();
                    all.push(json!([table, count]));
                    continue;
                }
            };
            let sql = format!("SELECT {key} FROM {table} WHERE {column} = $1 ORDER BY {key}");
            let ids: Vec<Uuid> =
                Sql::with(sql, [client.into()]).column(app.db.read()).await.unwrap();
            all.push(json!([table, ids]));
        }
    }
    all
}

/// A random client: any field may be empty, or the same as another's.
fn any_client(random: &mut StdRng) -> Json {
    let mut pick = |values: &[&str]| {
        let at = random.random_range(0..=values.len());
        values.get(at).map(|value| (*value).to_owned())
    };
    let emails: Vec<String> = [pick(&["a@a.fr", "A@A.fr", "b@b.fr"]), pick(&["c@c.fr", "b@b.fr"])]
        .into_iter()
        .flatten()
        .collect();
    let phones: Vec<String> = [pick(&["0612345678", "+33 6 12 34 56 78"]), pick(&["0698765432"])]
        .into_iter()
        .flatten()
        .collect();
    let tags: Vec<String> = [pick(&["Un", "un"]), pick(&["Deux"])].into_iter().flatten().collect();
    json!({
        "first_name": pick(&["Awa", "Fatou"]), "last_name": "Ndiaye", "company_name": pick(&["Sarr"]),
        "emails": emails, "phones": phones, "tags": tags, "city": pick(&["Dakar", "Thiès"]),
        "address": pick(&["1 rue A", "2 rue B"]), "country": pick(&["Sénégal"]),
    })
}

async fn merging_and_parting_changes_nothing(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let mut random = StdRng::seed_from_u64(20_261_120);
    for round in 0..25 {
        let mut both = Vec::new();
        for side in 0..2 {
            let mut body = any_client(&mut random);
            if random.random_bool(0.5) {
                body["code"] = json!(format!("{round}-{side}"));
            }
            let client = id(&create(&owner, body).await);
            for day in 0..random.random_range(0..4) {
                let due = format!("2026-12-{:02}T09:00:00Z", 1 + day + side * 5);
                alert(&owner, client, &due).await;
            }
            if random.random_bool(0.3) {
                let path = format!("/api/clients/{client}/activation");
                owner.send(owner.request("DELETE", &path)).await.expect(200);
            }
            both.push(client);
        }
        let both: [Uuid; 2] = both.try_into().unwrap();
        let before = everything(&app, &owner, both).await;
        let side = |random: &mut StdRng, values: &[&str]| {
            values[random.random_range(0..values.len())].to_owned()
        };
        let choices = json!({
            "first_name": side(&mut random, &["winner", "loser"]),
            "code": side(&mut random, &["winner", "loser"]),
            "is_active": side(&mut random, &["winner", "loser"]),
            "emails": side(&mut random, &["winner", "loser", "both", "loser_first"]),
            "phones": side(&mut random, &["winner", "loser", "both", "loser_first"]),
            "tags": side(&mut random, &["winner", "loser", "both", "loser_first"]),
        });
        let merged = merge(&owner, both[0], both[1], choices.clone()).await;
        let parted = undo(&owner, &merged).await;
        assert_eq!(parted["kept"], json!([]), "round {round}, {choices}");
        assert_eq!(everything(&app, &owner, both).await, before, "round {round}, {choices}");
    }
    let broken = domain::events::verify(app.db.read()).await.unwrap();
    assert!(matches!(broken, domain::events::Verdict::Whole { .. }), "{broken:?}");
}

/// The columns of the schema that point at clients, as (table, column).
async fn pointers(app: &TestApp) -> Vec<(String, String)> {
    let conn = app.db.read();
    let mut found: Vec<(String, String)> = Vec::new();
    if app.db.engine() == base::db::Engine::Sqlite {
        let tables = "SELECT name FROM sqlite_master WHERE type = 'table'";
        let tables: Vec<String> = Sql::new(tables).column(conn).await.unwrap();
        for table in tables {
            let named = "SELECT name FROM pragma_table_info($1) WHERE name LIKE '%client_id'";
            let keys = "SELECT \"from\" FROM pragma_foreign_key_list($1) WHERE \"table\" = 'clients' \
                        AND \"to\" = 'id'";
            for sql in [named, keys] {
                let columns: Vec<String> =
                    Sql::with(sql, [table.clone().into()]).column(conn).await.unwrap();
                found.extend(columns.into_iter().map(|column| (table.clone(), column)));
            }
        }
    } else {
        let sql = "SELECT CAST(table_name AS TEXT) || '.' || CAST(column_name AS TEXT) \
            FROM information_schema.columns WHERE table_schema = 'public' \
            AND column_name LIKE '%client_id'";
        let names: Vec<String> = Sql::new(sql).column(conn).await.unwrap();
        let split = |name: String| {
            let (table, column) = name.split_once('.').unwrap();
            (table.to_owned(), column.to_owned())
        };
        found.extend(names.into_iter().map(split));
    }
    found.sort();
    found.dedup();
    found
}

async fn every_table_that_points_at_clients_says_what_becomes_of_its_rows(app: TestApp) {
    let listed: Vec<(&str, &str)> = RELATIONS.iter().map(|r| (r.table, r.column)).collect();
    let pointers = pointers(&app).await;
    let missing: Vec<_> =
        pointers.iter().filter(|(t, c)| !listed.contains(&(t.as_str(), c.as_str()))).collect();
    assert!(missing.is_empty(), "say in domain/duplicates/relations.rs: {missing:?}");
    for relation in RELATIONS {
        let sql = format!(
            "SELECT COUNT(*) FROM {} WHERE {} IS NOT NULL",
            relation.table, relation.column
        );
        assert!(Sql::new(sql).scalar::<i64>(app.db.read()).await.is_ok(), "{relation:?}");
    }
}
