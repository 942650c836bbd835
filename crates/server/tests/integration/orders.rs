//! Orders: made, imported, linked, reviewed; the figures they make of a client.

use domain::clients::{self, NewClient};
use domain::orders::{self, Answer, NewOrder, OrderChanges};
use domain::{Actor, Role};
use reqwest::multipart::{Form, Part};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::operations::{operation, undo};
use crate::support::{Answer as Reply, Browser, TestApp, linkage_data};

both_engines!(
    an_order_is_linked_as_it_arrives_and_says_why,
    bad_input_names_its_field,
    a_file_of_orders_is_imported_linked_and_taken_back,
    a_piece_of_an_address_does_not_cost_the_order,
    broken_lines_of_orders_are_reported_and_the_rest_goes_in,
    an_answer_in_review_is_remembered,
    a_new_or_changed_client_is_matched_with_the_orders_there,
    orders_that_came_first_find_their_clients_however_they_are_typed,
    one_order_asked_by_keys_gets_the_answer_of_all_clients_in_memory,
    figures_follow_every_change,
    segments_follow_the_rules_of_the_centre,
    the_bold_policy_links_a_unique_name,
    spec_5_calls_answer_as_written,
    orders_are_filtered_and_exported,
    another_centre_sees_nothing,
);

pub async fn client(app: &TestApp, first: &str, last: &str, email: &str, phone: &str) -> Uuid {
    let list = |text: &str| -> Vec<String> {
        if text.is_empty() { Vec::new() } else { vec![text.to_owned()] }
    };
    let new = NewClient {
        call_center_id: Some(app.center),
        first_name: Some(first.to_owned()),
        last_name: Some(last.to_owned()),
        emails: list(email),
        phones: list(phone),
        ..NewClient::default()
    };
    clients::create(&app.db, &Actor::system(), new, app.clock.now()).await.unwrap()
}

pub async fn post(browser: &Browser, number: &str, name: &str, email: &str, phone: &str) -> Json {
    let body = json!({ "number": number, "client_name": name, "email": email, "phone": phone,
        "price": { "amount": 1000, "currency": "EUR" } });
    browser.post("/api/orders", &body).await.expect(201).json()
}

pub async fn read(browser: &Browser, id: &Json) -> Json {
    browser.get(&format!("/api/orders/{}", id.as_str().unwrap())).await.expect(200).json()
}

async fn upload(browser: &Browser, file: impl Into<Vec<u8>>, more: &[(&str, &str)]) -> Reply {
    let mut form = Form::new().part("file", Part::bytes(file.into()).file_name("orders.csv"));
    for (name, value) in more {
        form = form.text((*name).to_owned(), (*value).to_owned());
    }
    browser.send(browser.request("POST", "/api/imports/orders").multipart(form)).await
}

pub async fn import(app: &TestApp, browser: &Browser, file: &str) -> Json {
    let started = upload(browser, file, &[]).await.expect(202).json();
    app.work().await;
    operation(browser, started["id"].as_str().unwrap()).await
}

async fn an_order_is_linked_as_it_arrives_and_says_why(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let awa = client(&app, "Awa", "N'Diaye", "awa@sarr.sn", "06 12 34 56 78").await;
    client(&app, "Mamadou", "Diop", "", "07 11 22 33 44").await;
    let order = post(&owner, "C1", "NDIAYE Awa", "AWA@sarr.sn ", "").await;
    assert_eq!((&order["client_id"], &order["link"]["method"]), (&json!(awa), &json!("email")));
    assert_eq!(order["link"]["state"], "linked");
    assert_eq!(order["link"]["reason"], "même adresse e-mail, même nom");
    let by_phone = post(&owner, "C2", "Mme Awa Ndiaye", "", "+33612345678").await;
    assert_eq!(by_phone["link"]["method"], "phone");
    assert_eq!(by_phone["link"]["reason"], "numéro identique, même nom");
    // A name alone is weak.
    let by_name = post(&owner, "C3", "Mamadou Diop", "", "").await;
    assert_eq!((&by_name["link"]["state"], &by_name["client_id"]), (&json!("review"), &Json::Null));
    let nobody = post(&owner, "C4", "Zbigniew Kowalski", "zk@poczta.pl", "").await;
    assert_eq!(
        (&nobody["link"]["state"], &nobody["link"]["method"]),
        (&json!("unlinked"), &Json::Null)
    );
    let page = owner.get("/commandes").await.expect(200);
    assert!(page.body.contains("NDIAYE Awa") && page.body.contains("À vérifier"), "{}", page.body);
    let tab = owner.get(&format!("/client/{awa}/commandes")).await.expect(200);
    assert!(tab.body.contains(">C1<") && tab.body.contains(">C2<"), "{}", tab.body);
    let id = order["id"].as_str().unwrap();
    let page = owner.get(&format!("/commandes/{id}")).await.expect(200);
    assert!(page.body.contains("Même adresse e-mail"), "{}", page.body);
    let timeline = owner.get(&format!("/client/{awa}/chronologie")).await.expect(200);
    assert!(timeline.body.contains("Commande rattachée"), "{}", timeline.body);
}

async fn bad_input_names_its_field(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let wrong = |more: Json| {
        let mut body = json!({ "number": "X" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    let cases = [
        (json!({ "phone": "bonjour" }), "phone", "phone-not-a-number"),
        (json!({ "phone": "12" }), "phone", "phone-too-short"),
        (json!({ "email": "nowhere" }), "email", "not-an-email"),
        (json!({ "status": "lost" }), "status", "wrong-value"),
        (json!({ "client_code": "NOPE" }), "client_code", "unknown-client"),
        (
            json!({ "price": { "amount": 10.5, "currency": "XOF" } }),
            "price",
            "money-too-many-decimals",
        ),
        (json!({ "price": { "amount": -1 } }), "price", "money-negative"),
        (
            json!({ "price": { "amount": 1, "currency": "ZZZ" } }),
            "price.currency",
            "money-unknown-currency",
        ),
    ];
    for (body, field, code) in cases {
        let answer = owner.post("/api/orders", &wrong(body)).await.expect(422);
        assert_eq!(answer.field_codes(field), [code], "{}", answer.body);
    }
    post(&owner, "X", "", "", "").await;
    let answer = owner.post("/api/orders", &json!({ "number": "X" })).await.expect(422);
    assert_eq!(answer.field_codes("number"), ["taken"]);
    owner.get("/api/orders?status=lost").await.expect(422);
    owner.get("/api/orders?cursor=zzz").await.expect(422);
}

async fn a_piece_of_an_address_does_not_cost_the_order(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let awa = client(&app, "Awa", "Sarr", "", "06 12 34 56 78").await;
    let file = "number,client_name,email,phone\nP1,Awa Sarr,a..sarr@sarr.sn,0612345678\n";
    let result = import(&app, &owner, file).await;
    assert_eq!(result["result"]["created"], 1, "{result}");
    let order = &owner.get("/api/orders").await.expect(200).json()["data"][0];
    assert_eq!((&order["email"], &order["client_id"]), (&json!("a..sarr@sarr.sn"), &json!(awa)));
    // What is left as it came may stay; what is typed may not be so.
    let place = format!("/api/orders/{}", order["id"].as_str().unwrap());
    let patch = |etag: &str, body: Json| {
        owner.send(owner.request("PATCH", &place).header("if-match", etag).json(&body))
    };
    let etag = |answer: &Reply| answer.headers["etag"].to_str().unwrap().to_owned();
    let read = owner.get(&place).await.expect(200);
    let kept = patch(&etag(&read), json!({ "client_name": "Awa SARR" })).await.expect(200);
    let refused = patch(&etag(&kept), json!({ "email": "b..b@sarr.sn" })).await.expect(422);
    assert_eq!(refused.field_codes("email"), ["not-an-email"]);
}

async fn a_file_of_orders_is_imported_linked_and_taken_back(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let awa = client(&app, "Awa", "Sarr", "awa@sarr.sn", "").await;
    let form = Form::new().part(
        "file",
        Part::bytes("N° commande;Client;E-mail;Montant;Statut;Date\nA1;Awa Sarr;awa@sarr.sn;1 234,50;Confirmée;20/11/2026\nA2;Inconnu;;;annulée;\n".as_bytes().to_vec())
            .file_name("commandes.csv"),
    );
    let sent = owner.send(owner.request("POST", "/commandes/importer").multipart(form)).await;
    let place = sent.expect(303).location().to_owned();
    let columns = owner.get(&place).await.expect(200);
    for guessed in
        ["value=\"number\" selected", "value=\"price\" selected", "value=\"ordered_at\" selected"]
    {
        assert!(columns.body.contains(guessed), "{guessed} in {}", columns.body);
    }
    let mapped = [
        ("map_0", "number"),
        ("map_1", "client_name"),
        ("map_2", "email"),
        ("map_3", "price"),
        ("map_4", "status"),
        ("map_5", "ordered_at"),
    ];
    let dry_run = owner.post_form(&place, &mapped).await.expect(303).location().to_owned();
    app.work().await;
    owner.get(&dry_run).await.expect(200);
    let none = owner.get("/api/orders").await.expect(200).json();
    assert_eq!(none["data"], json!([]));
    let done = owner.post_form(&format!("{dry_run}/import"), &[]).await.expect(303);
    let id = done.location().rsplit('/').next().unwrap().to_owned();
    app.work().await;
    assert_eq!(operation(&owner, &id).await["result"]["created"], 2);
    let list = owner.get("/api/orders?sort=number").await.expect(200).json();
    assert_eq!(list["data"][0]["client_id"], json!(awa), "linked by the job: {list}");
    assert_eq!(list["data"][0]["price"], json!({ "amount": 123_450, "currency": "EUR" }));
    assert_eq!(list["data"][0]["ordered_at"], "2026-11-19T23:00:00Z");
    assert_eq!(list["data"][1]["status"], "cancelled");
    let record = owner.get(&format!("/api/clients/{awa}")).await.expect(200).json();
    assert_eq!(
        record["orders"],
        json!({ "total": 1, "confirmed": 1, "pending": 0, "cancelled": 0 })
    );
    assert_eq!(record["total_spent"]["amount"], 123_450);
    // The same again changes nothing; another status updates.
    let again = import(&app, &owner, "order_id,status\nA1,confirmed\nA2,pending\n").await;
    assert_eq!(
        (&again["result"]["unchanged"], &again["result"]["updated"]),
        (&json!(1), &json!(1))
    );
    let undone = undo(&app, &owner, again["id"].as_str().unwrap()).await;
    assert_eq!(undone["result"]["updated"], 1, "{undone}");
    let list = owner.get("/api/orders?sort=number").await.expect(200).json();
    assert_eq!(list["data"][1]["status"], "cancelled");
    undo(&app, &owner, &id).await;
    let record = owner.get(&format!("/api/clients/{awa}")).await.expect(200).json();
    assert_eq!(record["orders"]["total"], 0, "the import is taken back");
}

async fn broken_lines_of_orders_are_reported_and_the_rest_goes_in(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let file = "order_id,client_name,phone,price,currency,status,client_code\n\
        B1,Awa,12345678,,,,\n\
        B2,Ali,bonjour,,,,\n\
        B3,Ali,,\"10,505\",EUR,,\n\
        B4,Ali,,\"10,5\",XOF,,\n\
        B5,Ali,,,,perdue,\n\
        B6,Ali,,,,,NOPE\n\
        B1,Ali,,,,,\n\
        ,Ali,,,,,\n\
        B9,Ali,123,5,,,\n";
    let done = import(&app, &owner, file).await;
    assert_eq!(done["result"]["created"], 2, "{done}");
    let rejected: Vec<(i64, &str, &str)> = done["result"]["rejected"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| {
            (r["line"].as_i64().unwrap(), r["field"].as_str().unwrap(), r["code"].as_str().unwrap())
        })
        .collect();
    assert_eq!(
        rejected,
        [
            (3, "phone", "phone-not-a-number"),
            (4, "price", "money-ambiguous"),
            (5, "price", "money-too-many-decimals"),
            (6, "status", "unknown-status"),
            (7, "client_code", "unknown-client"),
            (8, "number", "number-twice"),
            (9, "number", "required"),
        ]
    );
    let answer = upload(&owner, "a,b\n1,2\n", &[]).await.expect(422);
    assert_eq!(answer.field_codes("mapping"), ["no-number-column"]);
    let agent = app.sign_in(Role::Agent).await;
    upload(&agent, "order_id\nZ\n", &[]).await.expect(403);
}

async fn an_answer_in_review_is_remembered(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let one = client(&app, "Mamadou", "Diop", "", "06 12 34 56 78").await;
    let two = client(&app, "Mamadou", "Diop", "", "07 11 22 33 44").await;
    let file = "order_id,client_name,email\nR1,Mamadou Diop,md@free.fr\n";
    import(&app, &owner, file).await;
    let list = owner.get("/api/orders?link=review").await.expect(200).json();
    let order = &list["data"][0];
    assert_eq!(order["link"]["state"], "review", "{list}");
    let id = order["id"].as_str().unwrap();
    let candidates = owner.get(&format!("/api/orders/{id}/candidates")).await.expect(200).json();
    assert_eq!(candidates.as_array().unwrap().len(), 2, "{candidates}");
    let queue = owner.get("/commandes/a-verifier").await.expect(200);
    assert!(queue.body.contains("data-controller=\"review\""), "{}", queue.body);
    assert!(queue.body.contains(&two.to_string()), "{}", queue.body);
    let fields =
        [("answer", "client"), ("client", &two.to_string()), ("back", "/commandes/a-verifier")];
    let answer = owner.post_form(&format!("/commandes/{id}/lien"), &fields).await.expect(303);
    assert_eq!(answer.location(), "/commandes/a-verifier");
    assert_eq!(read(&owner, &order["id"]).await["client_id"], json!(two));
    // The same evidence is not asked about again: by a re-import, a re-run, or another order.
    import(&app, &owner, "order_id,client_name,email,price\nR1,Mamadou Diop,md@free.fr,12\n").await;
    let options = orders::run::Options { force: true, ..Default::default() };
    let now = app.clock.now();
    let system = Actor::system();
    orders::run::link_all(&app.db, &system, app.center, options, &mut orders::run::Silent, now)
        .await
        .unwrap();
    assert_eq!(read(&owner, &order["id"]).await["client_id"], json!(two));
    let other = post(&owner, "R2", "Diop Mamadou", "MD@free.fr", "").await;
    assert_eq!(other["client_id"], json!(two), "{other}");
    // Other evidence is another question.
    let third = post(&owner, "R3", "Mamadou Diop", "other@free.fr", "").await;
    assert_eq!(third["link"]["state"], "review");
    let third_id = third["id"].as_str().unwrap();
    owner
        .post_form(&format!("/commandes/{third_id}/lien"), &[("answer", "nobody")])
        .await
        .expect(303);
    assert_eq!(read(&owner, &third["id"]).await["link"]["state"], "unlinked");
    // Undone, the rules decide again.
    owner.post_form(&format!("/commandes/{third_id}/lien/annulation"), &[]).await.expect(303);
    assert_eq!(read(&owner, &third["id"]).await["link"]["state"], "review");
    // A client is made of the order.
    owner
        .post_form(&format!("/commandes/{third_id}/lien"), &[("answer", "create")])
        .await
        .expect(303);
    let made = read(&owner, &third["id"]).await["client_id"].clone();
    assert!(made != json!(one) && made != json!(two) && made.is_string());
    let record =
        owner.get(&format!("/api/clients/{}", made.as_str().unwrap())).await.expect(200).json();
    assert_eq!(
        (&record["email"], &record["orders"]["total"]),
        (&json!("other@free.fr"), &json!(1))
    );
    // A stale page changes nothing.
    let stale = [("answer", "nobody"), ("version", "1")];
    owner.post_form(&format!("/commandes/{third_id}/lien"), &stale).await.expect(303);
    assert_eq!(read(&owner, &third["id"]).await["client_id"], made);
}

async fn a_new_or_changed_client_is_matched_with_the_orders_there(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let order = post(&owner, "N1", "Awa Sarr", "awa@sarr.sn", "").await;
    let piece = post(&owner, "N2", "Awa Sarr", "", "345678").await;
    let far = post(&owner, "N3", "Ali Ba", "ali@ba.sn", "").await;
    assert_eq!(order["link"]["state"], "unlinked");
    let awa = client(&app, "Awa", "Sarr", "awa@sarr.sn", "06 12 34 56 78").await;
    app.work().await;
    assert_eq!(read(&owner, &order["id"]).await["client_id"], json!(awa));
    assert_eq!(read(&owner, &piece["id"]).await["client_id"], json!(awa));
    assert_eq!(read(&owner, &far["id"]).await["link"]["state"], "unlinked");
    // A changed client, too.
    let body = json!({ "email": "ali@ba.sn", "last_name": "Ba", "first_name": "Ali" });
    let other = client(&app, "Alioune", "Fall", "", "").await;
    let patch =
        owner.request("PATCH", &format!("/api/clients/{other}")).header("if-match", "\"1\"");
    owner.send(patch.json(&body)).await.expect(200);
    app.work().await;
    assert_eq!(read(&owner, &far["id"]).await["client_id"], json!(other));
    // A twin makes what was sure a question.
    client(&app, "Awa", "Sarr", "awa@sarr.sn", "").await;
    app.work().await;
    let now = read(&owner, &order["id"]).await;
    assert_eq!(
        (&now["link"]["state"], &now["client_id"]),
        (&json!("review"), &Json::Null),
        "{now}"
    );
}

/// Which came first must not matter, for a name that is mistyped, shortened, or turned round.
async fn orders_that_came_first_find_their_clients_however_they_are_typed(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let people = [
        ("Mamadou", "Toburobu", "Mamadu Toburobu"),
        ("Fatoumata", "Ndoyesarr", "N. Ndoyesarr Fatoumata"),
        ("Wandrille", "Kestrelman", "Kandrille Kestrelman"),
        ("Marie-Claire", "Oubangui", "OUBANGUI Marie"),
        ("Zéphyrin", "Le Goannec", "Z Legoannec"),
        ("Abdoulaye", "Bâ", "Abdoulaye Bah"),
    ];
    let mut made = Vec::new();
    for (number, (_, _, typed)) in people.iter().enumerate() {
        made.push(post(&owner, &format!("P{number}"), typed, "", "").await);
    }
    let stranger = post(&owner, "P-none", "Someone Else", "", "").await;
    for (first, last, _) in people {
        client(&app, first, last, "", "").await;
    }
    app.work().await;
    let mut first = Vec::new();
    for order in made.iter().chain([&stranger]) {
        first.push(read(&owner, &order["id"]).await["link"]["state"].clone());
    }
    // What looking at everything at once makes of them.
    let options = orders::run::Options { force: true, ..Default::default() };
    let (system, now) = (Actor::system(), app.clock.now());
    orders::run::link_all(&app.db, &system, app.center, options, &mut orders::run::Silent, now)
        .await
        .unwrap();
    for ((order, first), (.., typed)) in made.iter().zip(&first).zip(people) {
        let all = read(&owner, &order["id"]).await["link"]["state"].clone();
        assert_eq!(first, &all, "{typed}");
        assert_ne!(first, "unlinked", "{typed}");
    }
    assert_eq!(first.last().unwrap(), "unlinked");
}

/// The two ways to ask must agree, or the order in which things arrive would matter.
async fn one_order_asked_by_keys_gets_the_answer_of_all_clients_in_memory(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let file = std::fs::read(linkage_data("clients.csv")).unwrap();
    crate::imports::import(&app, &owner, "clients.csv", file).await;
    let text = std::fs::read_to_string(linkage_data("orders.csv")).unwrap();
    let some: Vec<&str> = text.lines().take(301).collect();
    import(&app, &owner, &some.join("\n")).await;
    let states = |app: &TestApp| {
        let db = app.db.clone();
        async move {
            #[derive(sea_orm::FromQueryResult, Debug, PartialEq)]
            struct Row {
                number: String,
                client_id: Option<Uuid>,
                link_state: String,
                link_score: Option<i32>,
            }
            let sql =
                "SELECT number, client_id, link_state, link_score FROM orders ORDER BY number";
            base::db::Sql::new(sql).all::<Row>(db.read()).await.unwrap()
        }
    };
    let by_keys = states(&app).await;
    assert_eq!(by_keys.len(), 300);
    assert!(by_keys.iter().filter(|row| row.link_state == "linked").count() > 150);
    let options = orders::run::Options { force: true, ..Default::default() };
    let (system, now) = (Actor::system(), app.clock.now());
    orders::run::link_all(&app.db, &system, app.center, options, &mut orders::run::Silent, now)
        .await
        .unwrap();
    assert_eq!(by_keys, states(&app).await);
}

async fn figures_follow_every_change(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let actor = Actor { user_id: owner.user, role: Role::Owner, call_center_id: Some(app.center) };
    let people = [
        client(&app, "Awa", "Sarr", "awa@sarr.sn", "").await,
        client(&app, "Ali", "Ba", "ali@ba.sn", "").await,
    ];
    let mut made: Vec<Uuid> = Vec::new();
    // The same sequence each time, of every verb, on two clients.
    let mut dice: u64 = 7;
    let mut roll = |limit: u64| {
        dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (dice >> 33) % limit
    };
    for step in 0..60_u32 {
        let now = app.clock.now();
        let who = usize::try_from(roll(2)).unwrap();
        match roll(5) {
            0 | 1 => {
                let (name, email) = [("Awa Sarr", "awa@sarr.sn"), ("Ali Ba", "ali@ba.sn")][who];
                let new = NewOrder {
                    number: Some(format!("F{step}")),
                    client_name: Some(name.into()),
                    email: Some(email.into()),
                    amount: Some(i64::try_from(roll(10_000)).unwrap()),
                    status: Some(
                        ["pending", "confirmed", "cancelled"][usize::try_from(roll(3)).unwrap()]
                            .into(),
                    ),
                    currency: Some(["EUR", "EUR", "XOF"][usize::try_from(roll(3)).unwrap()].into()),
                    ..NewOrder::default()
                };
                made.push(orders::create(&app.db, &actor, new, now).await.unwrap());
            }
            action if !made.is_empty() => {
                let id = made[usize::try_from(roll(made.len() as u64)).unwrap()];
                let order = orders::get(app.db.read(), &actor, id).await.unwrap();
                match action {
                    2 => {
                        let status = ["pending", "confirmed", "cancelled"]
                            [usize::try_from(roll(3)).unwrap()];
                        let change = OrderChanges {
                            status: Some(status.into()),
                            amount: Some(500),
                            ..OrderChanges::default()
                        };
                        orders::change(&app.db, &actor, id, Some(order.version), change, now)
                            .await
                            .unwrap();
                    }
                    3 => {
                        let answers =
                            [Answer::Client(people[who]), Answer::Nobody, Answer::Undecided];
                        let answer = answers[usize::try_from(roll(3)).unwrap()].clone();
                        orders::decide(&app.db, &actor, id, None, answer, now).await.unwrap();
                    }
                    _ => {
                        let change = OrderChanges {
                            email: Some(Some("awa@sarr.sn".into())),
                            client_name: Some(Some("Awa Sarr".into())),
                            ..OrderChanges::default()
                        };
                        orders::change(&app.db, &actor, id, Some(order.version), change, now)
                            .await
                            .unwrap();
                    }
                }
            }
            _ => {}
        }
        app.clock.advance(chrono::TimeDelta::minutes(1));
        app.work().await;
        for person in people {
            let told = clients::get(app.db.read(), &actor, person).await.unwrap();
            let counted = orders::figures_of(app.db.read(), person).await.unwrap();
            assert_eq!(i64::from(told.orders_total), counted.total, "step {step}");
            assert_eq!(i64::from(told.orders_confirmed), counted.confirmed, "step {step}");
            assert_eq!(i64::from(told.orders_pending), counted.pending, "step {step}");
            assert_eq!(i64::from(told.orders_cancelled), counted.cancelled, "step {step}");
            assert_eq!(told.total_spent, counted.spent, "step {step}");
            assert_eq!(told.last_order_at, counted.last_order_at, "step {step}");
        }
    }
    assert!(made.len() > 10);
    let verdict = domain::events::verify(app.db.read()).await.unwrap();
    assert!(matches!(verdict, domain::events::Verdict::Whole { .. }), "{verdict:?}");
}

async fn segments_follow_the_rules_of_the_centre(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let awa = client(&app, "Awa", "Sarr", "awa@sarr.sn", "").await;
    let segment = || async {
        let record = owner.get(&format!("/api/clients/{awa}")).await.expect(200).json();
        record["segment"].as_str().unwrap().to_owned()
    };
    assert_eq!(segment().await, "none");
    for number in ["S1", "S2", "S3"] {
        let body = json!({ "number": number, "client_name": "Awa Sarr", "email": "awa@sarr.sn",
            "price": { "amount": 5000 }, "status": "confirmed" });
        owner.post("/api/orders", &body).await.expect(201);
        let expected = if number == "S3" { "regular" } else { "occasional" };
        assert_eq!(segment().await, expected);
    }
    let page = owner.get("/commandes/reglages").await.expect(200);
    assert!(page.body.contains("value=\"3\""), "{}", page.body);
    let center = app.center.to_string();
    let wrong = [
        ("center", center.as_str()),
        ("version", "0"),
        ("vip_orders", "1"),
        ("vip_spent", "12,345,6"),
        ("regular_orders", "0"),
    ];
    let page = owner.post_form("/commandes/reglages", &wrong).await.expect(422);
    assert!(page.body.contains("id=\"regular_orders-error\""), "{}", page.body);
    let right = [
        ("center", center.as_str()),
        ("version", "0"),
        ("vip_orders", ""),
        ("vip_spent", "150"),
        ("regular_orders", "2"),
    ];
    owner.post_form("/commandes/reglages", &right).await.expect(303);
    assert_eq!(segment().await, "vip");
    // Someone else's page is out of date.
    let typed =
        right.map(|(name, value)| (name, if name == "regular_orders" { "7" } else { value }));
    let both = owner.post_form("/commandes/reglages", &typed).await.expect(409).body;
    assert!(both.contains("<mark>7</mark>") && both.contains("<mark>2</mark>"), "{both}");
    app.sign_in(Role::Supervisor).await.get("/commandes/reglages").await.expect(403);
    let list = owner.get("/api/clients?segment=vip").await.expect(200).json();
    assert_eq!(list["data"][0]["id"], json!(awa));
}

async fn the_bold_policy_links_a_unique_name(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let awa = client(&app, "Awa", "Sarr", "", "").await;
    let order = post(&owner, "B1", "Awa Sarr", "", "").await;
    assert_eq!(order["link"]["state"], "review");
    let center = app.center.to_string();
    let bold = [
        ("center", center.as_str()),
        ("version", "0"),
        ("vip_orders", "10"),
        ("regular_orders", "3"),
        ("is_bold", "on"),
    ];
    owner.post_form("/commandes/reglages", &bold).await.expect(303);
    app.work().await;
    let order = read(&owner, &order["id"]).await;
    assert_eq!((&order["client_id"], &order["link"]["method"]), (&json!(awa), &json!("name")));
    assert!(order["link"]["reason"].as_str().unwrap().contains("seul à porter ce nom"), "{order}");
}

async fn spec_5_calls_answer_as_written(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let awa = client(&app, "Awa", "Sarr", "awa@sarr.sn", "").await;
    for (number, status) in [("P1", "confirmed"), ("P2", "confirmed"), ("P3", "cancelled")] {
        let body = json!({ "number": number, "client_name": "Awa Sarr", "email": "awa@sarr.sn",
            "price": { "amount": 1001 }, "status": status });
        owner.post("/api/orders", &body).await.expect(201);
    }
    let told = owner.get(&format!("/client/api/{awa}/orders/")).await.expect(200).json();
    assert_eq!(told["orders"].as_array().unwrap().len(), 3);
    assert_eq!((&told["total_orders"], &told["confirmed_orders"]), (&json!(3), &json!(2)));
    assert_eq!((&told["total_spent"], &told["average_basket"]), (&json!(2002), &json!(1001)));
    let some =
        owner.get(&format!("/client/api/{awa}/orders?status=cancelled")).await.expect(200).json();
    assert_eq!(some["orders"][0]["number"], "P3");
    owner.get("/client/api/stats/").await.expect(200);
    let toggle = format!("/client/api/{awa}/toggle-status/");
    owner.send(owner.request("POST", &toggle)).await.expect(403);
    let sent = owner.request("POST", &toggle).header("x-csrftoken", &owner.csrf_token);
    assert_eq!(owner.send(sent).await.expect(200).json()["is_active"], false);
}

async fn orders_are_filtered_and_exported(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    client(&app, "Awa", "Sarr", "awa@sarr.sn", "").await;
    for index in 0..30 {
        let body = json!({ "number": format!("L{index:02}"), "client_name": if index % 2 == 0 { "Awa Sarr" } else { "=Zoé" },
            "email": if index % 2 == 0 { "awa@sarr.sn" } else { "" }, "phone": "+221775124011",
            "price": { "amount": index * 100 } });
        owner.post("/api/orders", &body).await.expect(201);
        app.clock.advance(chrono::TimeDelta::minutes(1));
    }
    let get = |query: &str| {
        let path = format!("/api/orders?{query}");
        let owner = &owner;
        async move { owner.get(&path).await.expect(200).json() }
    };
    assert_eq!(get("link=linked").await["total"], json!({ "value": 15, "exact": true }));
    assert_eq!(get("method=email").await["total"]["value"], 15);
    assert_eq!(get("q=zoe").await["total"]["value"], 15);
    assert_eq!(get("q=L07").await["data"][0]["number"], "L07");
    assert_eq!(get("q=7751240").await["total"]["value"], 30);
    assert_eq!(get("period=today").await["total"]["value"], 30);
    assert_eq!(get("ordered_after=2030-01-01").await["total"]["value"], 0);
    // Page after page, everything once, in both directions.
    for sort in ["ordered_at", "-price", "number", "client_name"] {
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = get(&format!("sort={sort}&limit=7{cursor}")).await;
            seen.extend(page["data"].as_array().unwrap().iter().map(|o| o["number"].clone()));
            let Some(next) = page["next_cursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(seen.len(), 30, "{sort}");
        seen.sort_by_key(|n| n.as_str().unwrap().to_owned());
        seen.dedup();
        assert_eq!(seen.len(), 30, "{sort}");
    }
    let page = owner.get("/commandes?link=linked&sort=-price").await.expect(200);
    assert!(page.body.contains("L28") && !page.body.contains(">L27<"), "{}", page.body);
    let file = owner.get("/api/exports/orders.csv?q=zoe").await.expect(200);
    assert_eq!(file.body.lines().count(), 16, "{}", file.body);
    assert!(file.body.contains("'=Zoé") || file.body.contains("\"'=Zoé"), "{}", file.body);
    owner.get("/api/exports/orders.xlsx").await.expect(200);
    app.sign_in(Role::Agent).await.get("/api/exports/orders.csv").await.expect(403);
}

async fn another_centre_sees_nothing(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let order = post(&owner, "O1", "Awa Sarr", "awa@sarr.sn", "").await;
    let new = domain::call_centers::NewCallCenter {
        name: "Dakar".into(),
        time_zone: "Africa/Dakar".into(),
        currency: "XOF".into(),
        phone_region: "SN".into(),
    };
    let now = app.clock.now();
    let other = domain::call_centers::create(&app.db, &Actor::system(), new, now).await.unwrap();
    let stranger = app.sign_in_to(Role::Owner, Some(other)).await;
    let id = order["id"].as_str().unwrap();
    stranger.get(&format!("/api/orders/{id}")).await.expect(404);
    assert_eq!(stranger.get("/api/orders").await.expect(200).json()["data"], json!([]));
    assert_eq!(stranger.get("/api/exports/orders.csv").await.expect(200).body.lines().count(), 1);
    // A client of the other centre is none of ours, whatever they share.
    let body = json!({ "last_name": "Sarr", "first_name": "Awa", "email": "awa@sarr.sn" });
    let foreign = stranger.post("/api/clients", &body).await.expect(201).json();
    app.work().await;
    assert_eq!(read(&owner, &order["id"]).await["link"]["state"], "unlinked");
    let link = json!({ "client_id": foreign["id"] });
    owner.json("PUT", &format!("/api/orders/{id}/link"), &link).await.expect(422);
}
