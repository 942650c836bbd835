//! Searching alerts and orders: what the index finds is what reading everything finds.

use std::collections::HashMap;

use base::text::{fold, fold_keep};
use chrono::{DateTime, TimeDelta, Utc};
use domain::orders::{self, NewOrder};
use domain::{Actor, Role, alerts};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::clients::create;
use crate::clients_list::seed;
use crate::support::{Browser, TestApp};

both_engines!(
    any_words_find_the_alerts_that_hold_them,
    any_piece_finds_the_orders_that_hold_it,
    many_alerts_are_found_like_few_also_those_older_than_the_index,
    many_orders_are_found_like_few_also_those_older_than_the_index,
    an_edited_alert_is_found_by_its_new_words_only,
);

const WORDS: [&str; 16] = [
    "Awa",
    "Élodie",
    "N’Diaye",
    "Ndiaye",
    "Œuvre",
    "rappeler",
    "Devis",
    "contrat",
    "Été",
    "d’Arc",
    "50%",
    "sous_sol",
    "Froid",
    "Zoé",
    "à",
    "Martin",
];

fn any<'a>(random: &mut StdRng, list: &[&'a str]) -> &'a str {
    list[random.random_range(0..list.len())]
}

fn phrase(random: &mut StdRng, most: usize) -> String {
    let count = random.random_range(1..=most);
    (0..count).map(|_| any(random, &WORDS)).collect::<Vec<_>>().join(" ")
}

/// One to three pieces of words, 30 characters at most, typed any way.
fn query(random: &mut StdRng, words: &[&str]) -> String {
    let mut pieces = Vec::new();
    for _ in 0..random.random_range(1..=3) {
        let word: Vec<char> = any(random, words).chars().collect();
        let from = random.random_range(0..word.len());
        let piece: String = word[from..].iter().take(random.random_range(1..=8)).collect();
        pieces.push(match random.random_range(0..3) {
            0 => piece.to_uppercase(),
            1 => fold(&piece),
            _ => piece,
        });
    }
    pieces.join(" ").chars().take(30).collect()
}

/// Whether one of `lines` holds `word` in one of the ways it may be typed.
fn holds(lines: &[String], word: &str) -> bool {
    let ways = [fold(word), fold_keep(word), fold(word).replace(' ', "")];
    let ways = ways.iter().filter(|way| !way.is_empty());
    ways.into_iter().any(|way| lines.iter().any(|line| line.contains(way)))
}

/// Each field as it is, and as addresses and codes are.
fn lines<'a>(fields: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    fields.into_iter().flat_map(|field| [fold(field), fold_keep(field)]).collect()
}

fn words_of(q: &str) -> Vec<&str> {
    q.split_whitespace()
        .filter(|word| !(fold(word).is_empty() && fold_keep(word).is_empty()))
        .collect()
}

fn encoded(q: &str) -> String {
    url::form_urlencoded::byte_serialize(q.as_bytes()).collect()
}

/// Every row of a list, page by page, and what it says there are.
async fn whole(browser: &Browser, path: &str, query: &str) -> (Vec<Json>, Json) {
    let (mut rows, mut cursor) = (Vec::new(), String::new());
    loop {
        let page =
            browser.get(&format!("{path}?limit=200&{query}{cursor}")).await.expect(200).json();
        rows.extend(page["data"].as_array().unwrap().iter().cloned());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return (rows, page["total"].clone()),
        }
    }
}

/// What a list with `q` must be: the one without it, less what `holds` it not.
async fn compare(
    browser: &Browser,
    path: &str,
    rest: &str,
    q: &str,
    holds: impl Fn(&Json) -> bool,
) -> usize {
    let (all, _) = whole(browser, path, rest).await;
    let expected: Vec<&Json> = all.iter().filter(|row| holds(row)).map(|row| &row["id"]).collect();
    let (found, total) = whole(browser, path, &format!("{rest}&q={}", encoded(q))).await;
    let ids: Vec<&Json> = found.iter().map(|row| &row["id"]).collect();
    assert_eq!(ids, expected, "{path}?{rest} {q:?}");
    if expected.len() <= 2_000 {
        assert_eq!(total, json!({ "value": expected.len(), "exact": true }), "{rest} {q:?}");
    } else {
        let least = usize::try_from(total["value"].as_u64().unwrap()).unwrap();
        assert!((2_000..=expected.len()).contains(&least), "{rest} {q:?}: {total}");
        assert_eq!(total["exact"], false, "{rest} {q:?}");
    }
    expected.len()
}

fn text<'a>(row: &'a Json, field: &str) -> &'a str {
    row[field].as_str().unwrap_or_default()
}

/// What alerts are found by, as one reads it in their own fields and their client's.
struct Clients(HashMap<String, Vec<String>>);

impl Clients {
    async fn read(browser: &Browser) -> Self {
        let (rows, _) = whole(browser, "/api/clients", "sort=name").await;
        let of = |row: Json| {
            let both = format!("{} {}", text(&row, "last_name"), text(&row, "first_name"));
            let mut fields = lines([text(&row, "full_name"), &both, text(&row, "company_name")]);
            fields.extend(fields.clone().iter().map(|line| line.replace(' ', "")));
            let more = [text(&row, "email"), text(&row, "city"), text(&row, "code")];
            fields.extend(lines(more));
            (text(&row, "id").to_owned(), fields)
        };
        Self(rows.into_iter().map(of).collect())
    }

    fn hold(&self, alert: &Json, q: &str) -> bool {
        let own = lines([text(alert, "title"), text(alert, "description")]);
        let theirs = self.0.get(text(alert, "client_id"));
        let theirs = theirs.map(Vec::as_slice).unwrap_or_default();
        let words = words_of(q);
        !words.is_empty() && words.iter().all(|word| holds(&own, word) || holds(theirs, word))
    }
}

async fn any_words_find_the_alerts_that_hold_them(app: TestApp) {
    let mut random = StdRng::seed_from_u64(20_261_121);
    let (owner, agent) = (app.sign_in(Role::Owner).await, app.sign_in(Role::Agent).await);
    let mut ids = Vec::new();
    for _ in 0..30 {
        let body = json!({ "first_name": any(&mut random, &WORDS), "last_name": phrase(&mut random, 2),
            "company_name": phrase(&mut random, 2) });
        ids.push(create(&owner, body).await["id"].clone());
    }
    for index in 0..120 {
        let by = if random.random_bool(0.3) { &agent } else { &owner };
        let due = app.clock.now() + TimeDelta::minutes(random.random_range(1..30));
        let body = json!({ "client_id": ids[random.random_range(0..ids.len())], "due_at": due,
            "title": phrase(&mut random, 3), "priority": any(&mut random, &["low", "high"]),
            "description": (index % 3 == 0).then(|| phrase(&mut random, 6)) });
        let made = by.post("/api/alerts", &body).await.expect(201).json();
        if index % 5 == 0 {
            let path = format!("/api/alerts/{}/completion", text(&made, "id"));
            by.post(&path, &json!({})).await.expect(200);
        }
    }
    app.clock.advance(TimeDelta::minutes(15));
    let known = Clients::read(&owner).await;
    let rests = [
        "sort=due_at",
        "sort=-title",
        "sort=client",
        "status=due&sort=-priority",
        "status=done",
        "priority=high&status=in_progress,due&sort=created_at",
    ];
    let mut hits = 0;
    for _ in 0..80 {
        let (q, rest) = (query(&mut random, &WORDS), any(&mut random, &rests));
        let by = if random.random_bool(0.3) { &agent } else { &owner };
        hits += compare(by, "/api/alerts", rest, &q, |row| known.hold(row, &q)).await;
    }
    assert!(hits > 100, "{hits}");
    assert_eq!(compare(&owner, "/api/alerts", "", "!!", |_| false).await, 0);
}

fn order_holds(order: &Json, q: &str) -> bool {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let mut own = lines([text(order, "number"), text(order, "client_name"), text(order, "email")]);
    own.push(fold(text(order, "client_name")).replace(' ', ""));
    let phone = text(order, "phone");
    own.push(digits(phone));
    own.extend(base::phone::search_digits(&phone.replacen('0', "+33", 1)));
    let whole = if q.contains(' ') { fold(q) } else { q.to_owned() };
    let is_number = !q.chars().any(char::is_alphabetic) && !digits(q).is_empty();
    holds(&own, &whole)
        || own.iter().any(|line| line.contains(&fold_keep(q)) && !fold_keep(q).is_empty())
        || is_number && own.iter().any(|line| line.contains(&digits(q)))
}

async fn any_piece_finds_the_orders_that_hold_it(app: TestApp) {
    let mut random = StdRng::seed_from_u64(7);
    let owner = app.sign_in(Role::Owner).await;
    let mut pieces: Vec<String> = WORDS.iter().map(|word| (*word).to_owned()).collect();
    for index in 0..120 {
        let phone = format!("0612{:06}", random.random_range(0..1_000_000));
        let email = format!("{}{index}@exemple.fr", any(&mut random, &["awa.", "zoe_", "m+"]));
        let body = json!({ "number": format!("AB-{:04}_{index}", index * 37), "email": email,
            "client_name": phrase(&mut random, 3), "phone": phone,
            "price": { "amount": index * 100, "currency": "EUR" },
            "status": any(&mut random, &["pending", "confirmed"]) });
        owner.post("/api/orders", &body).await.expect(201);
        pieces.extend([
            phone,
            email,
            text(&body, "number").to_owned(),
            text(&body, "client_name").to_owned(),
        ]);
    }
    let words: Vec<&str> = pieces.iter().map(String::as_str).collect();
    let rests =
        ["sort=-ordered_at", "sort=price", "sort=-client_name", "status=pending&sort=number"];
    let mut hits = 0;
    for _ in 0..120 {
        let q: String =
            query(&mut random, &words).split_whitespace().next().unwrap_or("a").to_owned();
        let rest = any(&mut random, &rests);
        hits += compare(&owner, "/api/orders", rest, &q, |row| order_holds(row, &q)).await;
    }
    assert!(hits > 300, "{hits}");
    for (order, q) in [("AB-0037_1", "ab-0037"), ("AB-0037_1", "ab0037 1")] {
        let (found, _) = whole(&owner, "/api/orders", &format!("q={}", encoded(q))).await;
        assert_eq!(found.len() == 1, q == "ab-0037", "{order} {q}");
    }
}

/// Alerts as they were before there was an index: straight into the table.
async fn old_alerts(app: &TestApp, clients: &[Json]) {
    let now = app.clock.now();
    let tx = app.db.begin().await.unwrap();
    let rows = clients.iter().enumerate().map(|(index, client)| -> Vec<sea_orm::Value> {
        let title = format!("Devis numéro {index}");
        let id: Uuid = text(client, "id").parse().unwrap();
        let due: DateTime<Utc> = now + TimeDelta::minutes(i64::try_from(index % 700).unwrap());
        vec![
            base::ids::new_id(now).into(),
            app.center.into(),
            id.into(),
            title.clone().into(),
            fold(&title).into(),
            due.into(),
            "UTC".into(),
            "2026-11-21T09:00".into(),
            "normal".into(),
            1.into(),
            now.into(),
            now.into(),
        ]
    });
    let columns = [
        "id",
        "call_center_id",
        "client_id",
        "title",
        "title_key",
        "due_at",
        "time_zone",
        "local_due",
        "priority",
        "priority_rank",
        "created_at",
        "updated_at",
    ];
    base::db::insert_many(&tx, "alerts", &columns, rows.collect::<Vec<_>>(), "").await.unwrap();
    run_later(app, &tx, alerts::TEXTS_JOB).await;
    tx.commit().await.unwrap();
    app.work().await;
}

async fn run_later(app: &TestApp, tx: &base::db::Tx, kind: &'static str) {
    let job = base::outbox::NewJob::new(kind, json!({}), app.clock.now());
    base::outbox::enqueue(tx, job, app.clock.now()).await.unwrap();
}

async fn many_alerts_are_found_like_few_also_those_older_than_the_index(app: TestApp) {
    seed(&app, app.center, 2_300).await;
    let owner = app.sign_in(Role::Owner).await;
    let (clients, _) = whole(&owner, "/api/clients", "sort=created_at").await;
    old_alerts(&app, &clients).await;
    let due = app.clock.now() + TimeDelta::days(1);
    let body = json!({ "filter": { "q": "a" }, "title": "Rappel du contrat", "due_at": due,
        "priority": "high" });
    owner.post("/api/alerts", &body).await.expect(201);
    let known = Clients::read(&owner).await;
    for (rest, q) in [
        ("sort=due_at", "e"),
        ("sort=due_at", "devis"),
        ("sort=-created_at", "rappel"),
        ("sort=due_at", "devis martin"),
        ("sort=title", "rappel elodie martin"),
        ("sort=-due_at", "martin elodie"),
        ("sort=due_at", "devis numéro 17"),
        ("sort=client&priority=high", "zola c"),
        ("sort=due_at&status=due", "devis"),
        ("sort=due_at", "contrat devis"),
        ("sort=due_at", "a.fr awa diop rappel"),
    ] {
        compare(&owner, "/api/alerts", rest, q, |row| known.hold(row, q)).await;
    }
}

async fn many_orders_are_found_like_few_also_those_older_than_the_index(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let mut random = StdRng::seed_from_u64(11);
    for part in 0..23 {
        let orders: Vec<NewOrder> = (0..100)
            .map(|index| NewOrder {
                number: Some(format!("N{:05}", part * 100 + index)),
                client_name: Some(phrase(&mut random, 3)),
                amount: Some(100),
                ..NewOrder::default()
            })
            .collect();
        let system = Actor::system();
        orders::receive_many(&app.db, &system, app.center, &orders, app.clock.now()).await.unwrap();
    }
    for older in [false, true] {
        if older {
            let tx = app.db.begin().await.unwrap();
            base::db::Sql::new("DELETE FROM order_grams WHERE rowid > 40")
                .execute(&tx)
                .await
                .unwrap();
            run_later(&app, &tx, orders::PIECES_JOB).await;
            tx.commit().await.unwrap();
            app.work().await;
        }
        for (rest, q) in [
            ("sort=-ordered_at", "n"),
            ("sort=client_name", "ndiaye"),
            ("sort=number", "0017"),
            ("sort=-number", "zzz"),
            ("sort=-ordered_at", "é"),
        ] {
            compare(&owner, "/api/orders", rest, q, |row| order_holds(row, q)).await;
        }
    }
}

async fn an_edited_alert_is_found_by_its_new_words_only(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let client = create(&owner, json!({ "last_name": "Sarr" })).await;
    let due = app.clock.now() + TimeDelta::days(1);
    let body = json!({ "client_id": client["id"], "title": "Rappeler", "due_at": due });
    let one = owner.post("/api/alerts", &body).await.expect(201).json();
    let other = owner.post("/api/alerts", &body).await.expect(201).json();
    let path = format!("/api/alerts/{}", text(&one, "id"));
    let changes = json!({ "title": "Relancer", "description": "Le devis\nde l’été" });
    let request = owner.request("PATCH", &path).json(&changes).header("if-match", "\"1\"");
    owner.send(request).await.expect(200);
    for (q, expected) in [
        ("rappel", vec![&other["id"]]),
        ("relanc", vec![&one["id"]]),
        ("devis ete sarr", vec![&one["id"]]),
        ("l'été", vec![&one["id"]]),
    ] {
        let (found, _) = whole(&owner, "/api/alerts", &format!("q={}", encoded(q))).await;
        assert_eq!(found.iter().map(|row| &row["id"]).collect::<Vec<_>>(), expected, "{q}");
    }
}
