//! What becomes of orders, of codes and of answers when their clients are merged, parted, binned.

use domain::Role;
use serde_json::{Value as Json, json};

use crate::clients::create;
use crate::support::{Browser, TestApp};

both_engines!(
    a_merge_leaves_no_question_behind,
    orders_stay_with_who_moves_and_with_who_takes_in_another,
    a_client_in_the_bin_is_no_candidate,
    an_answer_follows_its_client_into_a_merge_and_back,
    the_code_of_a_merged_record_leads_to_the_one_that_stayed,
    what_came_under_the_other_code_goes_back_with_it,
    an_answer_about_a_name_alone_holds_until_a_namesake_comes,
    the_history_holds_what_was_merged,
    what_was_restored_to_before_a_merge_is_not_kept_back,
);

fn text(value: &Json) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

async fn person(browser: &Browser, first: &str, last: &str, more: Json) -> String {
    let mut body = json!({ "first_name": first, "last_name": last });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    text(&create(browser, body).await["id"])
}

async fn order(browser: &Browser, number: &str, name: &str, email: &str) -> Json {
    let body = json!({ "number": number, "client_name": name, "email": email });
    browser.post("/api/orders", &body).await.expect(201).json()
}

async fn again(browser: &Browser, order: &Json) -> Json {
    browser.get(&format!("/api/orders/{}", text(&order["id"]))).await.expect(200).json()
}

async fn candidates(browser: &Browser, order: &Json) -> Vec<String> {
    let path = format!("/api/orders/{}/candidates", text(&order["id"]));
    let found = browser.get(&path).await.expect(200).json();
    found.as_array().unwrap().iter().map(|one| text(&one["client_id"])).collect()
}

async fn merge(browser: &Browser, winner: &str, loser: &str) -> String {
    let body = json!({ "client_id": loser });
    let merged = browser.post(&format!("/api/clients/{winner}/merges"), &body).await;
    text(&merged.expect(201).json()["id"])
}

async fn part(browser: &Browser, merge: &str) -> Json {
    browser.post(&format!("/api/merges/{merge}/undo"), &json!({})).await.expect(200).json()
}

async fn link(browser: &Browser, order: &Json, client: &str) {
    let path = format!("/api/orders/{}/link", text(&order["id"]));
    browser.json("PUT", &path, &json!({ "client_id": client })).await.expect(200);
}

async fn a_merge_leaves_no_question_behind(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let one = person(&owner, "Wandrille", "Toburobu", json!({})).await;
    let two = person(&owner, "Wandrille", "Toburobu", json!({})).await;
    let order = order(&owner, "W1", "Wandrille Toburobu", "").await;
    assert_eq!(candidates(&owner, &order).await.len(), 2);
    merge(&owner, &one, &two).await;
    // Before anyone looked at the order again, and after.
    for is_looked_at in [false, true] {
        if is_looked_at {
            app.work().await;
        }
        assert_eq!(candidates(&owner, &order).await, [one.as_str()], "{is_looked_at}");
        let page = owner.get("/commandes/a-verifier").await.expect(200).body;
        assert!(page.contains("W1") && page.contains(&one) && !page.contains(&two), "{page}");
        owner.get(&format!("/commandes/{}", text(&order["id"]))).await.expect(200);
    }
    link(&owner, &order, &one).await;
}

async fn orders_stay_with_who_moves_and_with_who_takes_in_another(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let short = json!({ "email": "mk@w.example" });
    let long = json!({ "email": "mck@l.example", "phone": "06 12 34 56 78" });
    let stays = person(&owner, "Marie", "Kersauzon", short).await;
    let goes = person(&owner, "Marie-Claude", "Kersauzon", long).await;
    let mut orders = Vec::new();
    for number in ["K1", "K2"] {
        let made = order(&owner, number, "Marie-Claude Kersauzon", "mck@l.example").await;
        assert_eq!(made["client_id"], json!(goes), "{made}");
        orders.push(made);
    }
    // To another address.
    let path = format!("/api/clients/{goes}");
    let moved = owner.request("PATCH", &path).header("if-match", "\"1\"");
    owner.send(moved.json(&json!({ "email": "ailleurs@l.example" }))).await.expect(200);
    app.work().await;
    for order in &orders {
        assert_eq!(again(&owner, order).await["client_id"], json!(goes));
    }
    let merge = merge(&owner, &stays, &goes).await;
    app.work().await;
    for order in &orders {
        let now = again(&owner, order).await;
        assert_eq!((&now["client_id"], &now["link"]["state"]), (&json!(stays), &json!("linked")));
    }
    let client = owner.get(&format!("/api/clients/{stays}")).await.expect(200).json();
    assert_eq!(client["orders"]["total"], 2, "{client}");
    let parted = part(&owner, &merge).await;
    assert_eq!(parted["kept"], json!([]), "{parted}");
    for order in &orders {
        assert_eq!(again(&owner, order).await["client_id"], json!(goes));
    }
}

async fn a_client_in_the_bin_is_no_candidate(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let one = person(&owner, "Wandrille", "Toburobu", json!({})).await;
    let order = order(&owner, "W1", "Wandrille Toburobu", "").await;
    assert_eq!(again(&owner, &order).await["link"]["state"], "review");
    let path = format!("/api/clients/{one}");
    owner.send(owner.request("DELETE", &path)).await.expect(204);
    app.work().await;
    assert_eq!(again(&owner, &order).await["link"]["state"], "unlinked");
    owner.send(owner.request("POST", &format!("{path}/restoration"))).await.expect(200);
    app.work().await;
    assert_eq!(again(&owner, &order).await["link"]["state"], "review");
    // The same by the list's own action, and back by its undo.
    let body = json!({ "action": "delete", "ids": [one] });
    let started = owner.post("/api/clients/bulk", &body).await.expect(202).json();
    app.work().await;
    assert_eq!(again(&owner, &order).await["link"]["state"], "unlinked");
    crate::operations::undo(&app, &owner, started["operation_id"].as_str().unwrap()).await;
    app.work().await;
    assert_eq!(again(&owner, &order).await["link"]["state"], "review");
}

async fn an_answer_follows_its_client_into_a_merge_and_back(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let one = person(&owner, "Awa", "Sarr", json!({ "email": "awa@sarr.sn" })).await;
    let two = person(&owner, "Awa", "Sarr", json!({ "email": "sarr@free.fr" })).await;
    let first = order(&owner, "A1", "Awa Sarr", "bureau@example.test").await;
    link(&owner, &first, &two).await;
    let merged = merge(&owner, &one, &two).await;
    let second = order(&owner, "A2", "Awa Sarr", "bureau@example.test").await;
    assert_eq!(second["client_id"], json!(one), "{second}");
    part(&owner, &merged).await;
    let third = order(&owner, "A3", "Awa Sarr", "bureau@example.test").await;
    assert_eq!(third["client_id"], json!(two), "{third}");
}

async fn the_code_of_a_merged_record_leads_to_the_one_that_stayed(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let one = person(&owner, "Awa", "Sarr", json!({ "code": "A-1", "city": "Dakar" })).await;
    let two = person(&owner, "Awa", "Sarr", json!({ "code": "B-2", "city": "Thiès" })).await;
    let merged = merge(&owner, &one, &two).await;
    // The file both came from comes again: it makes nobody, and undoes no choice.
    let file = "code;prénom;nom;ville\nA-1;Awa;Sarr;Dakar\nB-2;Awa;Sarr;Thiès\n";
    let done = crate::imports::import(&app, &owner, "clients.csv", file).await;
    assert_eq!(done["result"]["created"], json!(0), "{done}");
    let list = owner.get("/api/clients").await.expect(200).json();
    assert_eq!(list["data"].as_array().unwrap().len(), 1, "{list}");
    assert_eq!(
        (&list["data"][0]["city"], &list["data"][0]["code"]),
        (&json!("Dakar"), &json!("A-1"))
    );
    // Whoever knows only the old code or the old id is led on.
    for named in ["B-2", &two] {
        let body = json!({ "client": named, "statut": "succes", "canal": "sms" });
        let made = owner.post("/api/notifications", &body).await.expect(201).json();
        assert_eq!(made["client_id"], json!(one), "{made}");
    }
    let body = json!({ "number": "K1", "client_code": "B-2" });
    let order = owner.post("/api/orders", &body).await.expect(201).json();
    assert_eq!(order["client_id"], json!(one));
    let parted = part(&owner, &merged).await;
    assert_eq!(parted["kept"], json!([]), "{parted}");
    let back = owner.get(&format!("/api/clients/{two}")).await.expect(200).json();
    assert_eq!(back["code"], "B-2");
}

/// What a client has: contact attempts, and the numbers of their orders.
async fn has(browser: &Browser, client: &str) -> (usize, Vec<String>) {
    let attempts = browser.get(&format!("/api/notifications?client={client}")).await;
    let attempts = attempts.expect(200).json()["data"].as_array().unwrap().len();
    let orders = browser.get(&format!("/api/orders?client_id={client}&sort=number")).await;
    let orders = orders.expect(200).json();
    (attempts, orders["data"].as_array().unwrap().iter().map(|o| text(&o["number"])).collect())
}

async fn what_came_under_the_other_code_goes_back_with_it(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let mut clients = Vec::new();
    for code in ["A-1", "B-2", "C-3"] {
        clients.push(person(&owner, "Awa", code, json!({ "code": code })).await);
    }
    let [one, two, three] = &clients[..] else { panic!("{clients:?}") };
    let inner = merge(&owner, two, three).await;
    let outer = merge(&owner, one, two).await;
    let file = "number,client_code\nK-1,C-3\nK-2,B-2\nK-3,A-1\n";
    crate::orders::import(&app, &owner, file).await;
    let body = json!({ "number": "K-4", "client_code": "C-3" });
    owner.post("/api/orders", &body).await.expect(201);
    for (named, times) in [("C-3", 2), (two.as_str(), 1), ("A-1", 1)] {
        for _ in 0..times {
            let body = json!({ "client": named, "statut": "succes", "canal": "sms" });
            owner.post("/api/notifications", &body).await.expect(201);
        }
    }
    let numbers = |all: &[&str]| all.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
    assert_eq!(has(&owner, one).await, (4, numbers(&["K-1", "K-2", "K-3", "K-4"])));
    assert_eq!(part(&owner, &outer).await["kept"], json!([]));
    assert_eq!(has(&owner, one).await, (1, numbers(&["K-3"])));
    assert_eq!(has(&owner, two).await, (3, numbers(&["K-1", "K-2", "K-4"])));
    assert_eq!(part(&owner, &inner).await["kept"], json!([]));
    assert_eq!(has(&owner, two).await, (1, numbers(&["K-2"])));
    assert_eq!(has(&owner, three).await, (2, numbers(&["K-1", "K-4"])));
    let back = owner.get(&format!("/api/clients/{three}")).await.expect(200).json();
    assert_eq!(back["notification_client"], "succes", "{back}");
}

async fn an_answer_about_a_name_alone_holds_until_a_namesake_comes(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let one = person(&owner, "Mamadou", "Diop", json!({})).await;
    let first = order(&owner, "M1", "Mamadou Diop", "").await;
    assert_eq!(first["link"]["state"], "review");
    link(&owner, &first, &one).await;
    let second = order(&owner, "M2", "Mamadou Diop", "").await;
    assert_eq!(second["client_id"], json!(one), "{second}");
    person(&owner, "Mamadou", "Diop", json!({})).await;
    let third = order(&owner, "M3", "Mamadou Diop", "").await;
    assert_eq!(third["link"]["state"], "review", "{third}");
    // Orders that say nothing of anyone are not one person's.
    let mute = order(&owner, "S1", "", "").await;
    link(&owner, &mute, &one).await;
    assert_eq!(order(&owner, "S2", "", "").await["link"]["state"], "unlinked");
}

async fn the_history_holds_what_was_merged(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let one = person(&owner, "Awa", "Sarr", json!({ "city": "Dakar" })).await;
    let two = person(&owner, "Awa", "Sarr", json!({ "city": "Thiès" })).await;
    let path = format!("/api/clients/{two}");
    let request = owner.request("PATCH", &path).header("if-match", "\"1\"");
    owner.send(request.json(&json!({ "city": "Kaolack" }))).await.expect(200);
    merge(&owner, &one, &two).await;
    let history = owner.get(&format!("/api/clients/{one}/history")).await.expect(200).json();
    let told: Vec<(String, String)> = history["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| (text(&entry["kind"]), text(&entry["client_id"])))
        .collect();
    let all = [
        ("client.merged", &one),
        ("client.updated", &two),
        ("client.created", &two),
        ("client.created", &one),
    ];
    let all: Vec<(String, String)> =
        all.into_iter().map(|(kind, id)| (kind.to_owned(), id.clone())).collect();
    assert_eq!(told, all);
    let page = owner.get(&format!("/client/{one}/historique")).await.expect(200).body;
    assert!(page.contains("Kaolack") && page.contains("fiche absorbée depuis"), "{page}");
    let seq = &history["data"][1]["seq"];
    assert!(!page.contains(&format!("/historique/{seq}/restauration")), "{page}");
    let page = owner.get(&format!("/client/{one}/chronologie")).await.expect(200).body;
    assert!(page.contains("Fiche absorbée") && !page.contains("Mis à la corbeille"), "{page}");
}

async fn what_was_restored_to_before_a_merge_is_not_kept_back(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let one = person(&owner, "Awa", "Sarr", json!({ "city": "Dakar" })).await;
    let two = person(&owner, "Awa", "Sarr", json!({ "city": "Thiès" })).await;
    let before = app.clock.now();
    app.clock.advance(chrono::TimeDelta::hours(1));
    let body = json!({ "client_id": two, "choices": { "city": "loser" } });
    let merged = owner.post(&format!("/api/clients/{one}/merges"), &body).await.expect(201).json();
    let path = format!("/api/clients/{one}");
    let read = || owner.get(&path);
    let client = read().await.expect(200).json();
    assert_eq!(client["city"], "Thiès");
    app.clock.advance(chrono::TimeDelta::hours(1));
    let request = owner.request("POST", &format!("/api/clients/{one}/restoration"));
    let request = request.header("if-match", format!("\"{}\"", client["version"]));
    owner.send(request.json(&json!({ "at": before }))).await.expect(200);
    assert_eq!(read().await.json()["city"], "Dakar");
    let parted = part(&owner, &text(&merged["id"])).await;
    assert_eq!(parted["kept"], json!([]), "{parted}");
    assert_eq!(read().await.json()["city"], "Dakar");
}
