//! Attempts as a list, as figures, as a file, and in the list of clients.

use chrono::TimeDelta;
use domain::Role;
use domain::call_centers::DAYS;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::contact_log::client;
use crate::support::{Browser, TestApp};

both_engines!(
    the_list_is_filtered_searched_and_walked,
    figures_follow_the_centre_s_clock,
    figures_follow_the_search,
    a_search_that_finds_many_clients_is_answered_like_any,
    the_client_list_filters_and_sorts_by_contact,
    a_file_shows_what_the_list_shows,
);

async fn the_list_is_filtered_searched_and_walked(app: TestApp) {
    let (agent, other) = (app.sign_in(Role::Agent).await, app.sign_in(Role::Agent).await);
    let awa = client(&agent, "Œuvrard", "0000100400").await;
    let zoe = client(&agent, "Martin", "0000200500").await;
    for n in 0..30 {
        let who = if n % 3 == 0 { &other } else { &agent };
        let id = if n % 2 == 0 { &awa } else { &zoe };
        let statut = if n % 5 == 0 { "echec" } else { "succes" };
        let canal = if n % 10 == 0 { "sms" } else { "phone" };
        let body = json!({ "statut": statut, "canal": canal });
        who.post(&format!("/api/clients/{id}/notifier"), &body).await.expect(201);
        app.clock.advance(TimeDelta::hours(8));
    }
    let count = async |query: &str| {
        let list = agent.get(&format!("/api/notifications?{query}")).await.expect(200).json();
        let rows = list["data"].as_array().unwrap().len();
        assert_eq!(list["total"]["value"], rows, "{query}");
        rows
    };
    assert_eq!(count("q=oeuvrard").await, 15, "accents and ligatures aside");
    assert_eq!(count("q=0000200").await, 15, "part of a code");
    // Each hour of the chart leads to the attempts it counts.
    let hours = agent.get("/api/notifications/figures").await.expect(200).json();
    assert!(!hours["data"].as_array().unwrap().is_empty());
    for hour in hours["data"].as_array().unwrap() {
        let day = DAYS[usize::try_from(hour["weekday"].as_i64().unwrap()).unwrap()];
        let query = format!("jour={day}&heure={}", hour["hour"]);
        let list = agent.get(&format!("/api/notifications?{query}")).await.expect(200).json();
        assert_eq!(list["total"]["value"], hour["attempts"], "{query}");
        let page = agent.get("/contacts").await.expect(200).body;
        let link = format!("/contacts?period=90d&#38;jour={day}&#38;heure={}", hour["hour"]);
        assert!(page.contains(&link), "{link} is not in {page}");
    }
    agent.get("/contacts?jour=demain&heure=24").await.expect(422);
    let me = other.get("/api/me").await.expect(200).json();
    let name = me["name"].as_str().unwrap().to_owned();
    assert_eq!(count(&format!("q={}", name.replace(' ', "+"))).await, 10, "an agent's name");
    assert_eq!(count("q=personne").await, 0);
    assert_eq!(count("statut=echec").await, 6);
    assert_eq!(count("canal=SMS").await, 3);
    assert_eq!(count("canal=t%C3%A9l%C3%A9phone").await, 27);
    assert_eq!(count("utilisateur=me").await, 20);
    assert_eq!(count(&format!("utilisateur={}", other.user.unwrap())).await, 10);
    assert_eq!(count("client=0000100400&statut=echec").await, 3);
    assert_eq!(count("q=martin&statut=echec&utilisateur=me").await, 2);
    assert_eq!(count("from=2026-11-21&to=2026-11-21").await, 3, "days of the reader's zone");
    assert_eq!(count("from=2026-11-20T09:00:00Z&to=2026-11-20T17:00:00Z").await, 1);
    // 240 hours later: seven days hold 7 × 3, less what today lacks.
    let week = count("period=7d").await;
    assert!((18..=21).contains(&week), "{week}");
    for query in
        ["", "q=martin", &format!("q={}", name.replace(' ', "+")), "sort=date_notification"]
    {
        walk(&agent, query).await;
    }
    let page = agent.get("/contacts?statut=echec&canal=sms&q=0000100400").await.expect(200).body;
    assert_eq!(page.matches("id=\"contact-0").count(), 3, "{page}");
    let page = agent.get("/contacts?sort=date").await.expect(200).body;
    assert!(page.contains("1 à 25 sur 30"), "{page}");
    agent.get("/contacts?statut=x").await.expect(422);
}

/// Pages of seven hold every row once, in order.
async fn walk(browser: &Browser, query: &str) {
    let whole = browser.get(&format!("/api/notifications?limit=200&{query}")).await.json();
    let (mut cursor, mut seen) = (String::new(), Vec::new());
    loop {
        let path = format!("/api/notifications?limit=7&{query}{cursor}");
        let page = browser.get(&path).await.expect(200).json();
        seen.extend(page["data"].as_array().unwrap().clone());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(&Json::Array(seen), &whole["data"], "{query}");
}

async fn figures_follow_the_centre_s_clock(app: TestApp) {
    let agent = app.sign_in(Role::Agent).await;
    let id = client(&agent, "Diop", "C1").await;
    let path = format!("/api/clients/{id}/notifier");
    let notify = async |statut: &str| {
        agent.post(&path, &json!({ "statut": statut })).await.expect(201).json()
    };
    // Friday 10:00 in Paris; then the same hour of UTC in summer, Wednesday 1 July: 11:00.
    notify("succes").await;
    let figures = async || agent.get("/api/notifications/figures").await.expect(200).json();
    assert_eq!(
        figures().await["data"],
        json!([{ "weekday": 4, "hour": 10, "attempts": 1, "successes": 1 }])
    );
    let july: chrono::DateTime<chrono::Utc> = "2027-07-07T09:30:00Z".parse().unwrap();
    app.clock.advance(july - app.clock.now());
    let agent = app.browser_of(agent.user.unwrap()).await;
    let notify = async |statut: &str| {
        agent.post(&path, &json!({ "statut": statut })).await.expect(201).json()
    };
    let tab = agent.get(&format!("/client/{id}/contacts")).await.expect(200).body;
    assert!(tab.contains("Pas encore assez de tentatives pour le dire\u{a0}: 1 sur 5"), "{tab}");
    let last = notify("succes").await;
    for statut in ["succes", "succes", "echec"] {
        notify(statut).await;
    }
    let data = |figures: &Json| figures["data"].clone();
    let figures = async |query: &str| {
        data(&agent.get(&format!("/api/notifications/figures?{query}")).await.expect(200).json())
    };
    let july = json!({ "weekday": 2, "hour": 11, "attempts": 4, "successes": 3 });
    assert_eq!(figures("period=30d").await, json!([july]));
    assert_eq!(figures("canal=sms").await, json!([]));
    assert_eq!(figures(&format!("utilisateur={}", Uuid::new_v4())).await, json!([]));
    // Another way, another column.
    let attempt = format!("/api/notifications/{}", last["id"].as_str().unwrap());
    agent.json("PATCH", &attempt, &json!({ "canal": "sms" })).await.expect(200);
    assert_eq!(figures("canal=sms").await[0]["attempts"], 1);
    assert_eq!(figures("canal=phone&period=today").await[0]["attempts"], 3);
    assert_eq!(figures("utilisateur=me&period=today").await[0]["attempts"], 4);
    let page = agent.get("/contacts").await.expect(200).body;
    assert!(
        page.contains("class=\"heat-4\"><a ")
            && page.contains("title=\"Mercredi, 11\u{a0}h\u{a0}: 75\u{a0}%"),
        "{page}"
    );
    let tab = agent.get(&format!("/client/{id}/contacts")).await.expect(200).body;
    // Friday's success and those of Wednesday fall into the same two hours.
    assert!(tab.contains("10–12\u{a0}h") && tab.contains("4 succès sur 5"), "{tab}");
}

async fn the_client_list_filters_and_sorts_by_contact(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let mut ids = Vec::new();
    for name in ["A", "B", "C", "D"] {
        ids.push(client(&owner, name, name).await);
    }
    for (index, statut) in [(2, "succes"), (0, "echec"), (3, "succes")] {
        app.clock.advance(TimeDelta::minutes(1));
        let path = format!("/api/clients/{}/notifier", ids[index]);
        owner.post(&path, &json!({ "statut": statut })).await.expect(201);
    }
    let codes = async |query: &str| -> Vec<String> {
        let list = owner.get(&format!("/api/clients?{query}")).await.expect(200).json();
        let rows = list["data"].as_array().unwrap();
        rows.iter().map(|row| row["code"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(codes("notification_client=succes&sort=name").await, ["C", "D"]);
    assert_eq!(codes("notification_client=echec").await, ["A"]);
    assert_eq!(codes("notification_client=none").await, ["B"]);
    assert_eq!(codes("sort=-date_notification").await, ["D", "A", "C", "B"]);
    assert_eq!(codes("sort=date_notification").await, ["C", "A", "D", "B"]);
}

/// The heat map counts what the search lists, agents' names and `statut` aside included.
async fn figures_follow_the_search(app: TestApp) {
    let (agent, other) = (app.sign_in(Role::Agent).await, app.sign_in(Role::Agent).await);
    let awa = client(&agent, "Œuvrard", "0000100400").await;
    let zoe = client(&agent, "Martin", "0000200500").await;
    for (who, id, statut, canal) in [
        (&agent, &awa, "succes", "phone"),
        (&agent, &awa, "echec", "sms"),
        (&other, &awa, "echec", "phone"),
        (&other, &zoe, "succes", "phone"),
    ] {
        let body = json!({ "statut": statut, "canal": canal });
        who.post(&format!("/api/clients/{id}/notifier"), &body).await.expect(201);
    }
    let count = async |query: &str| {
        let path = format!("/api/notifications/figures?{query}");
        let hours = agent.get(&path).await.expect(200).json();
        let sum = |field: &str| -> i64 {
            hours["data"].as_array().unwrap().iter().map(|h| h[field].as_i64().unwrap()).sum()
        };
        (sum("attempts"), sum("successes"))
    };
    assert_eq!(count("").await, (4, 2));
    assert_eq!(count("q=oeuvrard").await, (3, 1), "a client's name, accents aside");
    assert_eq!(count("q=0000200").await, (1, 1), "part of a code");
    assert_eq!(count("q=personne").await, (0, 0));
    assert_eq!(count("q=oeuvrard&canal=sms").await, (1, 0), "with the other filters");
    assert_eq!(count("q=oeuvrard&statut=echec").await, (2, 0), "with the result");
    assert_eq!(count("statut=succes").await, (2, 2));
    assert_eq!(count("q=oeuvrard&utilisateur=me").await, (2, 1));
    assert_eq!(count("client=0000100400&utilisateur=me").await, (2, 1));
    assert_eq!(count("q=oeuvrard&from=2026-11-21").await, (0, 0));
    let me = other.get("/api/me").await.expect(200).json();
    let name = me["name"].as_str().unwrap().replace(' ', "+");
    assert_eq!(count(&format!("q={name}")).await, (2, 1), "an agent's name");
    let page = agent.get("/contacts?q=oeuvrard").await.expect(200).body;
    assert!(page.contains("Taux de succès de la recherche"), "{page}");
    assert!(page.contains("33\u{a0}%"), "one of three: {page}");
    // A year later the usual ninety days hold nothing of it; its days do.
    app.clock.advance(TimeDelta::days(365));
    let agent = app.browser_of(agent.user.unwrap()).await;
    let page = agent.get("/contacts?q=oeuvrard").await.expect(200).body;
    assert!(page.contains("Aucune tentative sur cette période"), "{page}");
    let page = agent.get("/contacts?q=oeuvrard&from=2026-11-01").await.expect(200).body;
    assert!(page.contains("33\u{a0}%"), "{page}");
}

async fn a_file_shows_what_the_list_shows(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let id = client(&owner, "=1+1", "C1").await;
    let other = client(&owner, "Martin", "C2").await;
    for (id, statut, canal) in
        [(&id, "succes", "Téléphone"), (&other, "echec", "whatsapp"), (&id, "echec", "sms")]
    {
        let body = json!({ "statut": statut, "canal": canal });
        owner.post(&format!("/api/clients/{id}/notifier"), &body).await.expect(201);
        app.clock.advance(TimeDelta::hours(1));
    }
    let answer = owner.get("/api/exports/contacts.csv").await.expect(200);
    assert_eq!(answer.headers["content-type"], "text/csv; charset=utf-8");
    assert_eq!(
        answer.headers["content-disposition"],
        "attachment; filename=\"contacts-2026-11-20.csv\""
    );
    let lines: Vec<&str> = answer.body.lines().collect();
    assert_eq!(lines.len(), 4, "{}", answer.body);
    assert!(lines[0].contains("Date;Client;Code;Résultat;Canal;Agent"), "{}", lines[0]);
    assert!(lines[1].contains(";'=1+1;C1;Succès;Téléphone;Owner"), "{}", lines[1]);
    assert!(lines[1].contains("10:00"), "the reader's clock: {}", lines[1]);
    assert!(lines[2].contains(";Martin;C2;Échec;WhatsApp;"), "{}", lines[2]);
    let some = owner.get("/api/exports/contacts.csv?client=C1&statut=echec").await.expect(200).body;
    assert_eq!(some.lines().count(), 2, "{some}");
    let found = owner.get("/api/exports/contacts.csv?q=martin").await.expect(200).body;
    assert_eq!(found.lines().count(), 2, "{found}");
    assert!(owner.get("/api/exports/contacts.xlsx").await.expect(200).body.starts_with("PK"));
    owner.get("/api/exports/contacts.csv?statut=x").await.expect(422);
    app.sign_in(Role::Supervisor).await.get("/api/exports/contacts.csv").await.expect(200);
    app.sign_in(Role::Agent).await.get("/api/exports/contacts.csv").await.expect(403);
}

/// More clients than are named one by one, first rare among all, then most of them.
async fn a_search_that_finds_many_clients_is_answered_like_any(app: TestApp) {
    let agent = app.sign_in(Role::Agent).await;
    let owner = app.sign_in(Role::Owner).await;
    let lines = |name: &str, count: usize, from: usize| -> String {
        (from..from + count).map(|n| format!("{n:06},{name} {n}\r\n")).collect()
    };
    let file = format!("code,last_name\r\n{}", lines("Durand", 520, 0));
    crate::imports::import(&app, &owner, "clients.csv", file).await;
    let log = async |code: usize, statut: &str| {
        let path = format!("/api/clients/{code:06}/notifier");
        agent.post(&path, &json!({ "statut": statut })).await.expect(201);
        app.clock.advance(TimeDelta::minutes(11));
    };
    for code in [3, 9, 500, 3] {
        log(code, "succes").await;
    }
    log(77, "echec").await;
    let found = async |query: &str| {
        let list = owner.get(&format!("/api/notifications?{query}")).await.expect(200).json();
        let rows = list["data"].as_array().unwrap().len();
        assert_eq!(list["total"]["value"], rows, "{query}");
        let path = format!("/api/notifications/figures?{query}");
        let figures = owner.get(&path).await.expect(200).json();
        let hours = figures["data"].as_array().unwrap().iter();
        let counted: i64 = hours.map(|hour| hour["attempts"].as_i64().unwrap()).sum();
        assert_eq!(counted, i64::try_from(rows).unwrap(), "{query}");
        rows
    };
    assert_eq!(found("q=durand").await, 5, "most clients match");
    assert_eq!(found("q=durand&statut=echec").await, 1);
    // The same search, where those clients are few among many.
    let file = format!("code,last_name\r\n{}", lines("Petit", 6_400, 100_000));
    crate::imports::import(&app, &owner, "clients.csv", file).await;
    log(100_007, "succes").await;
    assert_eq!(found("q=durand").await, 5, "one client in thirteen matches");
    assert_eq!(found("q=durand&statut=succes").await, 4);
    assert_eq!(found("q=petit").await, 1);
}
