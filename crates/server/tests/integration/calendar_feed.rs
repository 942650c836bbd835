//! The private address of one's calendar.

use chrono::TimeDelta;
use domain::Role;
use serde_json::json;

use crate::alerts::{client, schedule};
use crate::support::{Browser, TestApp};

both_engines!(
    it_shows_what_its_owner_may_see_now,
    it_is_written_as_rfc_5545_wants,
    it_is_narrowed_like_the_list,
    programs_that_have_it_already_are_told_so,
    replacing_closing_and_leaving_end_it,
    nobody_tries_addresses_for_long,
);

/// Makes the address on the account page; returns its path.
async fn open(app: &TestApp, browser: &Browser) -> String {
    let page = browser.post_form("/compte/calendrier", &[]).await.expect(200).body;
    let start = format!("{}/calendrier/", app.url);
    let rest = page.split(&start).nth(1).unwrap_or_else(|| panic!("{page}"));
    let secret = rest.split(".ics").next().unwrap();
    assert!(secret.len() >= 43, "{secret}");
    format!("/calendrier/{secret}.ics")
}

/// Its lines, unfolded.
async fn lines(app: &TestApp, path: &str) -> Vec<String> {
    let body = app.stranger().get(path).await.expect(200).body;
    body.replace("\r\n ", "").split("\r\n").map(str::to_owned).collect()
}

fn events(lines: &[String]) -> usize {
    lines.iter().filter(|line| *line == "BEGIN:VEVENT").count()
}

async fn it_shows_what_its_owner_may_see_now(app: TestApp) {
    let agent = app.sign_in(Role::Agent).await;
    let other = app.sign_in(Role::Agent).await;
    let person = client(&app).await;
    let mine = schedule(&app, &agent, person, 60).await;
    schedule(&app, &other, person, 120).await;
    let path = open(&app, &agent).await;
    let seen = lines(&app, &path).await;
    assert_eq!(events(&seen), 1, "not those of a colleague: {seen:?}");
    let uid = format!("UID:{}@vigie", mine["id"].as_str().unwrap());
    assert!(seen.contains(&uid) && seen.contains(&"DTSTART:20261120T100000Z".to_owned()));
    assert!(seen.contains(&"SEQUENCE:0".to_owned()));

    let api = format!("/api/alerts/{}", mine["id"].as_str().unwrap());
    let change = agent.request("PATCH", &api).json(&json!({ "due_at": "2026-12-01T09:30" }));
    agent.send(change.header("if-match", "\"1\"")).await.expect(200);
    let seen = lines(&app, &path).await;
    assert!(seen.contains(&uid), "the same event");
    assert!(seen.contains(&"DTSTART:20261201T083000Z".to_owned()), "moved: {seen:?}");
    assert!(seen.contains(&"SEQUENCE:1".to_owned()), "and programs notice");

    agent.post(&format!("{api}/completion"), &json!({})).await.expect(200);
    assert_eq!(events(&lines(&app, &path).await), 0, "done is done");
    let owner = open(&app, &app.sign_in(Role::Owner).await).await;
    assert_eq!(events(&lines(&app, &owner).await), 1, "the owner sees the other one");
    app.clock.advance(TimeDelta::days(40));
    assert_eq!(events(&lines(&app, &owner).await), 0, "what is long due is left to the list");
}

async fn it_is_written_as_rfc_5545_wants(app: TestApp) {
    let agent = app.sign_in(Role::Agent).await;
    let long = "Renouveler le contrat d’entretien ; vérifier l’adresse, le téléphone et l’échéance";
    let body = json!({ "client_id": client(&app).await, "title": long, "priority": "critical",
        "description": "Un\r\ndeux; trois, quatre \\ cinq\nEND:VEVENT", "due_at": "2026-11-21T09:30" });
    agent.post("/api/alerts", &body).await.expect(201);
    let path = open(&app, &agent).await;
    let answer = app.stranger().get(&path).await.expect(200);
    assert_eq!(answer.headers["content-type"], "text/calendar; charset=utf-8");
    assert_eq!(answer.headers["cache-control"], "private, no-cache");
    let body = answer.body;
    assert!(body.starts_with("BEGIN:VCALENDAR\r\n") && body.ends_with("END:VCALENDAR\r\n"));
    assert!(body.split("\r\n").all(|line| line.len() <= 75), "folded at 75 octets: {body}");
    assert!(!body.replace("\r\n", "").contains(['\r', '\n']), "no bare line ends");
    let seen = lines(&app, &path).await;
    let of = |name: &str| seen.iter().find_map(|line| line.strip_prefix(name)).unwrap();
    assert!(of("SUMMARY:").contains("d’entretien \\; vérifier l’adresse\\, le"), "{seen:?}");
    let described = of("DESCRIPTION:");
    assert!(
        described.contains("Un\\ndeux\\; trois\\, quatre \\\\ cinq\\nEND:VEVENT"),
        "{described}"
    );
    assert_eq!(events(&seen), 1);
    for line in ["VERSION:2.0", "PRIORITY:1", "TRANSP:TRANSPARENT", "DTSTAMP:20261120T090000Z"] {
        assert!(seen.iter().any(|l| l == line), "{line}: {seen:?}");
    }
    assert!(!body.contains("VALARM"), "Vigie tells people itself");
}

async fn it_is_narrowed_like_the_list(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let agent = app.sign_in(Role::Agent).await;
    let person = client(&app).await;
    schedule(&app, &owner, person, 60).await;
    let body = json!({ "client_id": person, "title": "À elle", "due_at": "2026-11-21T09:30",
        "assigned_to": agent.user });
    owner.post("/api/alerts", &body).await.expect(201);
    let path = open(&app, &owner).await;
    assert_eq!(events(&lines(&app, &path).await), 2);
    let hers = lines(&app, &format!("{path}?assigned_to={}", agent.user.unwrap())).await;
    assert_eq!(events(&hers), 1);
    assert!(hers.iter().any(|line| line.starts_with("SUMMARY:À elle")));
    app.stranger().get(&format!("{path}?priority=big")).await.expect(422);
}

async fn programs_that_have_it_already_are_told_so(app: TestApp) {
    let agent = app.sign_in(Role::Agent).await;
    let path = open(&app, &agent).await;
    let stranger = app.stranger();
    let etag = stranger.get(&path).await.expect(200).headers["etag"].clone();
    app.clock.advance(TimeDelta::minutes(5));
    let again = stranger.request("GET", &path).header("if-none-match", etag.clone());
    let again = stranger.send(again).await.expect(304);
    assert!(again.body.is_empty() && again.headers["etag"] == etag);
    schedule(&app, &agent, client(&app).await, 60).await;
    let changed = stranger.request("GET", &path).header("if-none-match", etag);
    stranger.send(changed).await.expect(200);
    let page = agent.get("/compte").await.expect(200).body;
    assert!(!page.contains(&path), "shown once");
}

async fn replacing_closing_and_leaving_end_it(app: TestApp) {
    let agent = app.sign_in(Role::Agent).await;
    let stranger = app.stranger();
    let first = open(&app, &agent).await;
    let second = open(&app, &agent).await;
    stranger.get(&first).await.expect(404);
    stranger.get(&second).await.expect(200);
    stranger.get(second.trim_end_matches(".ics")).await.expect(404);
    agent.post_form("/compte/calendrier/fermeture", &[]).await.expect(303);
    stranger.get(&second).await.expect(404);

    let third = open(&app, &agent).await;
    let owner = app.sign_in(Role::Owner).await;
    let user = agent.user.unwrap();
    owner
        .post_form(&format!("/administration/utilisateurs/{user}/desactivation"), &[])
        .await
        .expect(303);
    stranger.get(&third).await.expect(404);
    let technician = app.sign_in(Role::Technician).await;
    technician.post_form("/compte/calendrier", &[]).await.expect(403);
    let verdict = domain::events::verify(app.db.read()).await.unwrap();
    assert!(matches!(verdict, domain::events::Verdict::Whole { .. }), "{verdict:?}");
}

async fn nobody_tries_addresses_for_long(app: TestApp) {
    let agent = app.sign_in(Role::Agent).await;
    let stranger = app.stranger();
    for _ in 0..1_000 {
        let answer = stranger.get("/calendrier/deviner.ics").await;
        if answer.status == 429 {
            assert!(answer.headers.contains_key("retry-after"));
            agent.get("/alertes/calendrier").await.expect(200);
            return;
        }
        assert_eq!(answer.status, 404);
    }
    panic!("a thousand addresses were tried");
}
