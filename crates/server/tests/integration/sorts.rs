//! Every column of every list sorts, both ways, and a walk through the pages and back shows each row
//! once, in the order one long page has.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use domain::Role;
use serde_json::{Value as Json, json};

use crate::support::{Browser, TestApp};

both_engines!(
    every_heading_of_every_list_sorts,
    pages_of_any_order_hold_every_row_once,
    rows_stand_in_the_order_asked_for,
    pages_go_back_as_they_came,
    an_agent_finds_clients_by_the_alerts_they_see,
);

/// The lists, their rows' API, and the orders it offers.
const LISTS: [(&str, &[&str]); 5] = [
    ("/api/clients", &["name", "created_at", "status", "assigned_to", "tag", "city", "segment"]),
    ("/api/alerts", &["due_at", "status", "assigned_to", "created_by", "priority", "client"]),
    ("/api/orders", &["ordered_at", "email", "status", "link", "client", "price"]),
    ("/api/notifications", &["date_notification", "client", "utilisateur", "statut", "canal"]),
    ("/api/users", &["name", "role", "language", "state"]),
];

/// A centre with some of everything; whoever made it.
async fn furnish(app: &TestApp) -> Browser {
    let owner = app.sign_in(Role::Owner).await;
    let agents = [app.sign_in(Role::Agent).await, app.sign_in(Role::Agent).await];
    let mut clients = Vec::new();
    for (n, name) in ["Zoé", "Awa", "Éric", "Moussa", "Inès", "Bao", "Awa"].iter().enumerate() {
        let assigned = (n % 3 < 2).then(|| agents[n % 3].user.unwrap());
        let tags: &[&str] = [&["or", "argent"][..], &["bronze"], &[]][n % 3];
        let email = (n % 2 == 0).then(|| format!("c{n}@exemple.test"));
        let last = format!("Diop{}", n % 2);
        let body = json!({ "first_name": name, "last_name": last,
            "assigned_to": assigned, "tags": tags, "email": email });
        let made = owner.post("/api/clients", &body).await.expect(201).json();
        let id = made["id"].as_str().unwrap().to_owned();
        if n % 4 == 3 {
            let path = format!("/api/clients/{id}/activation");
            owner.json("DELETE", &path, &Json::Null).await.expect(200);
        }
        clients.push(id);
        app.clock.advance(TimeDelta::seconds(7));
    }
    for n in 0..17_usize {
        let client = &clients[n * n % clients.len()];
        let agent = &agents[n % 2];
        let (status, channel) = (["succes", "echec"][n % 2], ["sms", "email", "phone"][n % 3]);
        let body = json!({ "statut": status, "canal": channel });
        agent.post(&format!("/api/clients/{client}/notifier"), &body).await.expect(201);
        let due = app.clock.now() + TimeDelta::hours(i64::try_from(n).unwrap() + 1);
        let assigned = [None, agents[0].user, agents[1].user][n % 3];
        let priority = ["low", "high"][n % 2];
        let body = json!({ "client_id": client, "title": format!("T{n}"), "due_at": due,
            "assigned_to": assigned, "priority": priority });
        let alert = agent.post("/api/alerts", &body).await.expect(201).json();
        if n % 5 == 0 {
            let path = format!("/api/alerts/{}/completion", alert["id"].as_str().unwrap());
            agent.post(&path, &Json::Null).await.expect(200);
        }
        let email = (n % 3 != 0).then(|| format!("c{}@exemple.test", n % 7));
        let status = ["pending", "confirmed", "cancelled"][n % 3];
        let body = json!({ "number": format!("N{n}"), "client_name": "Awa Diop1", "email": email,
            "status": status,
            "price": { "amount": 100 * n, "currency": "EUR" } });
        owner.post("/api/orders", &body).await.expect(201);
        app.clock.advance(TimeDelta::minutes(3));
    }
    // A third of the alerts fall due.
    app.clock.advance(TimeDelta::hours(6));
    app.work().await;
    owner
}

async fn every_heading_of_every_list_sorts(app: TestApp) {
    let owner = furnish(&app).await;
    let pages = ["/client", "/alertes", "/commandes", "/contacts", "/administration/utilisateurs"];
    for path in pages {
        let page = owner.get(path).await.expect(200).body;
        let mut heads =
            page.split("<thead").skip(1).map(|head| head.split("</thead>").next().unwrap());
        let head = heads.find(|head| head.contains("data-column")).unwrap();
        let headings: Vec<&str> = head.split("<th ").skip(1).collect();
        let named: Vec<&&str> = headings.iter().filter(|th| th.contains("data-column")).collect();
        assert!(named.len() > 4, "{path}: {head}");
        for heading in named {
            assert!(heading.contains("sort="), "{path}: {heading}");
            let link = heading.split("href=\"").nth(1).unwrap().split('"').next().unwrap();
            owner.get(&link.replace("&#38;", "&").replace("&amp;", "&")).await.expect(200);
        }
    }
}

async fn ids(browser: &Browser, path: &str) -> (Vec<Json>, Option<String>) {
    let page = browser.get(path).await.expect(200).json();
    let rows = page["data"].as_array().unwrap().clone();
    (rows, page["next_cursor"].as_str().map(str::to_owned))
}

async fn pages_of_any_order_hold_every_row_once(app: TestApp) {
    let owner = furnish(&app).await;
    let admin = app.sign_in(Role::SuperAdmin).await;
    for (path, sorts) in LISTS {
        for (sort, who) in sorts.iter().flat_map(|sort| {
            [
                (format!("-{sort}"), &owner),
                ((*sort).to_owned(), &owner),
                ((*sort).to_owned(), &admin),
            ]
        }) {
            let (whole, _) = ids(who, &format!("{path}?limit=200&sort={sort}")).await;
            let all: BTreeSet<&str> = whole.iter().filter_map(|row| row["id"].as_str()).collect();
            let (rows, _) = ids(who, &format!("{path}?limit=200")).await;
            assert_eq!((all.len(), whole.len()), (rows.len(), rows.len()), "{path} {sort}");
            let (mut seen, mut cursor) = (Vec::new(), String::new());
            loop {
                let (rows, next) = ids(who, &format!("{path}?limit=3&sort={sort}{cursor}")).await;
                seen.extend(rows);
                let Some(next) = next else { break };
                cursor = format!("&cursor={next}");
                assert!(seen.len() <= whole.len(), "{path} {sort} goes on");
            }
            let of = |rows: &[Json]| rows.iter().map(|row| row["id"].clone()).collect::<Vec<_>>();
            assert_eq!(of(&seen), of(&whole), "{path} {sort}");
        }
    }
}

async fn rows_stand_in_the_order_asked_for(app: TestApp) {
    let owner = furnish(&app).await;
    let column = async |path: &str, of: &dyn Fn(&Json) -> Json| -> Vec<Json> {
        let (rows, _) = ids(&owner, path).await;
        let mut column: Vec<Json> = rows.iter().map(of).collect();
        column.dedup();
        column
    };
    let texts = |texts: &[&str]| texts.iter().map(|text| json!(text)).collect::<Vec<_>>();
    let status = |row: &Json| row["status"].clone();
    let up = column("/api/alerts?limit=200&sort=status", &status).await;
    assert_eq!(up, texts(&["in_progress", "due", "done"]));
    let down = column("/api/orders?limit=200&sort=-status", &status).await;
    assert_eq!(down, texts(&["cancelled", "confirmed", "pending"]));
    let active = column("/api/clients?limit=200&sort=status", &|row| row["is_active"].clone());
    assert_eq!(active.await, [json!(true), json!(false)]);
    // Nobody's, and those without a label, come last whichever way.
    for sign in ["", "-"] {
        let path = format!("/api/clients?limit=200&sort={sign}tag");
        let mut tags = column(&path, &|row| row["tags"][0].clone()).await;
        assert_eq!(tags.pop(), Some(Json::Null), "{tags:?}");
        let expected = if sign.is_empty() { ["argent", "bronze"] } else { ["bronze", "argent"] };
        assert_eq!(tags, texts(&expected), "in the order of the first label");
        for path in ["/api/alerts", "/api/clients"] {
            let path = format!("{path}?limit=200&sort={sign}assigned_to");
            let owners = column(&path, &|row| row["assigned_to"].clone()).await;
            assert_eq!((owners.len(), owners.last()), (3, Some(&Json::Null)), "{owners:?}");
        }
    }
    let agents = column("/api/notifications?limit=200&sort=agent", &|row| {
        row["utilisateur"]["name"].clone()
    });
    let agents = agents.await;
    let mut sorted = agents.clone();
    sorted.sort_by_key(|name| base::text::fold(name.as_str().unwrap()));
    assert_eq!(agents, sorted, "each agent once");
    let channels = column("/api/notifications?limit=200&sort=canal", &|row| row["channel"].clone());
    assert_eq!(channels.await.len(), 3);
    owner.get("/api/notifications?sort=prenom").await.expect(422);
    // A filter keeps to the order.
    let few = column("/api/alerts?limit=200&sort=-status&status=due,done", &status).await;
    assert_eq!(few, texts(&["done", "due"]));
}

async fn pages_go_back_as_they_came(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let agent = app.sign_in(Role::Agent).await;
    for n in 0..58_usize {
        let assigned = (n % 2 == 0).then(|| agent.user.unwrap());
        let tags: &[&str] = if n % 3 == 0 { &["or"] } else { &[] };
        let body =
            json!({ "last_name": format!("C{n:02}"), "tags": tags, "assigned_to": assigned });
        let made = owner.post("/api/clients", &body).await.expect(201).json();
        let id = made["id"].as_str().unwrap();
        let statut = if n % 4 == 0 { "echec" } else { "succes" };
        let path = format!("/api/clients/{id}/notifier");
        agent.post(&path, &json!({ "statut": statut })).await.expect(201);
        let body = json!({ "client_id": id, "title": "T", "due_at": "2026-12-01T10:00:00Z",
            "assigned_to": assigned });
        let alert = owner.post("/api/alerts", &body).await.expect(201).json();
        if n % 8 == 0 {
            let path = format!("/api/alerts/{}/completion", alert["id"].as_str().unwrap());
            owner.post(&path, &Json::Null).await.expect(200);
        }
        app.clock.advance(TimeDelta::seconds(1));
    }
    let lists = [
        (&owner, "/client?sort=-assigned_to", 58),
        (&owner, "/client?sort=tag", 58),
        (&owner, "/client?sort=-status", 58),
        (&owner, "/alertes?status=all&sort=-assigned_to", 58),
        (&owner, "/alertes?status=all&sort=status", 58),
        (&owner, "/contacts?sort=-client", 58),
        (&owner, "/contacts?sort=agent", 58),
        (&owner, "/contacts?sort=-statut", 58),
        // All fall due at the same instant, and those done are among those that are not.
        (&owner, "/alertes?status=all", 58),
        (&owner, "/alertes?status=all&sort=-due_at", 58),
        (&owner, "/alertes?sort=-due_at", 50),
        (&agent, "/alertes?status=all", 29),
        (&agent, "/alertes?status=all&sort=-due_at", 29),
        (&agent, "/client?sort=next_alert", 58),
        (&agent, "/client?sort=-next_alert", 58),
        (&agent, "/client?sort=-next_alert&period=7d", 58),
    ];
    for (who, list, count) in lists {
        let mut pages = vec![rows_of(who, list).await];
        while let Some(next) = pages.last().unwrap().next.clone() {
            pages.push(rows_of(who, &next).await);
        }
        let all: BTreeSet<&String> = pages.iter().flat_map(|page| &page.rows).collect();
        let shown: usize = pages.iter().map(|page| page.rows.len()).sum();
        assert_eq!((all.len(), shown), (count, count), "{list}");
        assert_eq!(pages.len(), count.div_ceil(25), "{list}");
        let mut back = pages.last().unwrap().previous.clone();
        for page in pages.iter().rev().skip(1) {
            let shown = rows_of(who, &back.unwrap()).await;
            assert_eq!(shown.rows, page.rows, "{list}");
            back = shown.previous;
        }
    }
}

struct Shown {
    rows: Vec<String>,
    next: Option<String>,
    previous: Option<String>,
}

async fn rows_of(browser: &Browser, path: &str) -> Shown {
    let page = browser.get(path).await.expect(200).body;
    let table = page.split_once("class=\"datagrid-table").unwrap().1;
    let body = table.split_once("<tbody").unwrap().1.split_once("</tbody>").unwrap().0;
    let rows = body.split("<tr id=\"").skip(1).map(|row| row.split('"').next().unwrap().to_owned());
    let link = |rel: &str| {
        let (_, rest) = page.split_once(&format!("rel=\"{rel}\" href=\""))?;
        let href = rest.split('"').next()?;
        Some(href.replace("&#38;", "&").replace("&amp;", "&"))
    };
    Shown { rows: rows.collect(), next: link("next"), previous: link("prev") }
}

/// By their own and by those they gave to others; everyone else's say nothing.
async fn an_agent_finds_clients_by_the_alerts_they_see(app: TestApp) {
    let owner = furnish(&app).await;
    let agent = app.sign_in(Role::Agent).await;
    let found = async |status: &str| {
        let path = format!("/api/clients?limit=200&sort=name&alert_status={status}");
        let page = agent.get(&path).await.expect(200).json();
        let names = page["data"].as_array().unwrap().iter().map(|row| row["last_name"].clone());
        let names: Vec<Json> = names.collect();
        assert_eq!(page["total"]["value"], names.len(), "{status}");
        names
    };
    assert_eq!((found("due").await.len(), found("in_progress").await.len()), (0, 0));
    assert_eq!(found("none").await.len(), 7);
    let other = app.sign_in(Role::Agent).await.user;
    for (who, name, assigned, hours) in [
        (&owner, "Aa", agent.user, 1),
        (&agent, "Bb", other, 1),
        (&agent, "Cc", agent.user, 99),
        (&owner, "Dd", other, 1),
    ] {
        let body = json!({ "last_name": name });
        let client = owner.post("/api/clients", &body).await.expect(201).json();
        let due = app.clock.now() + TimeDelta::hours(hours);
        let body = json!({ "client_id": client["id"], "title": "T", "due_at": due,
            "assigned_to": assigned });
        who.post("/api/alerts", &body).await.expect(201);
    }
    assert_eq!(found("in_progress").await, [json!("Aa"), json!("Bb"), json!("Cc")]);
    app.clock.advance(TimeDelta::hours(2));
    assert_eq!(found("due").await, [json!("Aa"), json!("Bb")]);
    assert_eq!(found("in_progress").await, [json!("Cc")]);
}
