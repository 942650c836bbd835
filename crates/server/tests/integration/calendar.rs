//! The calendar: what each day shows, and moving an alert to another.

use chrono::TimeDelta;
use domain::Role;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::alerts::{client, clients};
use crate::support::{Answer, Browser, TestApp};

both_engines!(
    an_alert_stands_in_its_day,
    days_are_those_of_the_reader,
    a_drop_keeps_the_time_of_day,
    a_drop_keeps_the_time_the_reader_sees,
    a_drop_is_undone,
    a_drop_that_cannot_be_changes_nothing,
    a_crowded_day_says_how_many_more,
    filters_narrow_it,
    each_role_sees_its_own,
    every_view_leads_to_the_others,
);

/// Due at `due`, a wall-clock time in Paris.
async fn schedule(app: &TestApp, browser: &Browser, title: &str, due: &str) -> Json {
    let body = json!({ "client_id": client(app).await, "title": title, "due_at": due });
    browser.post("/api/alerts", &body).await.expect(201).json()
}

async fn calendar(browser: &Browser, query: &str) -> String {
    browser.get(&format!("/alertes/calendrier?{query}")).await.expect(200).body
}

/// What stands in the element of that id, up to the next one of its kind.
fn part<'a>(page: &'a str, id: &str) -> &'a str {
    let kind = id.split('-').next().unwrap();
    let after = page.split_once(&format!("id=\"{id}\"")).unwrap_or_else(|| panic!("no {id}")).1;
    after.split(&format!("id=\"{kind}-")).next().unwrap()
}

async fn alert(browser: &Browser, alert: &Json) -> Json {
    browser.get(&format!("/api/alerts/{}", id(alert))).await.expect(200).json()
}

fn id(alert: &Json) -> &str {
    alert["id"].as_str().unwrap()
}

async fn drop_on(browser: &Browser, alert: &Json, fields: &[(&str, &str)]) -> Answer {
    let version = alert["version"].to_string();
    let back = "/alertes/calendrier?view=week";
    let all = [&[("version", version.as_str()), ("back", back)], fields].concat();
    browser.post_form(&format!("/alertes/{}/deplacement", id(alert)), &all).await
}

async fn an_alert_stands_in_its_day(app: TestApp) {
    let agent = app.sign_in(Role::Agent).await;
    schedule(&app, &agent, "Contrat à renouveler", "2026-11-27T09:30").await;
    schedule(&app, &agent, "Décembre", "2026-12-03T10:00").await;
    schedule(&app, &agent, "Trop loin", "2026-12-08T10:00").await;

    let month = calendar(&agent, "").await;
    assert!(month.contains("novembre 2026"), "{month}");
    assert!(part(&month, "day-2026-11-27").contains("Contrat à renouveler"));
    assert!(part(&month, "day-2026-11-27").contains("09:30"));
    assert!(!part(&month, "day-2026-11-26").contains("Contrat"));
    assert!(part(&month, "day-2026-12-03").contains("Décembre"), "the week is whole");
    assert!(!month.contains("Trop loin"), "the month is not");
    assert!(part(&month, "day-2026-11-20").contains("aria-current=\"date\""));

    let week = calendar(&agent, "view=week&date=2026-11-27").await;
    assert!(part(&week, "day-2026-11-27").contains("Élodie Client"));
    assert!(!week.contains("Décembre"));
    let day = calendar(&agent, "view=day&date=2026-11-27").await;
    assert!(part(&day, "hour-9").contains("Contrat à renouveler"));
    let agenda = calendar(&agent, "view=agenda&date=2026-11-20").await;
    assert!(part(&agenda, "day-2026-11-27").contains("vendredi 27 novembre 2026"));
    assert!(agenda.contains("Décembre") && !agenda.contains("id=\"day-2026-11-26\""));
}

async fn days_are_those_of_the_reader(app: TestApp) {
    let agent = app.sign_in(Role::Agent).await;
    // Clocks go forward in the night to 28 March 2027: that day has 23 hours.
    schedule(&app, &agent, "Veille", "2027-03-27T23:59").await;
    schedule(&app, &agent, "Minuit", "2027-03-28T00:00").await;
    schedule(&app, &agent, "Soir", "2027-03-28T23:59").await;
    let week = calendar(&agent, "view=week&date=2027-03-28").await;
    assert!(part(&week, "day-2027-03-27").contains("Veille"));
    let sunday = part(&week, "day-2027-03-28");
    assert!(sunday.contains("Minuit") && sunday.contains("Soir"), "{sunday}");

    let form = [("name", "Awa"), ("language", "en"), ("time_zone", "Indian/Reunion")];
    agent.post_form("/compte", &form).await.expect(303);
    let week = calendar(&agent, "view=week&date=2027-03-28").await;
    assert!(part(&week, "day-2027-03-28").contains("Veille"), "02:59 there");
    assert!(week.contains("Week") && week.contains("Sun"));
}

async fn a_drop_keeps_the_time_of_day(app: TestApp) {
    let agent = app.sign_in(Role::Agent).await;
    let nine = schedule(&app, &agent, "Neuf heures", "2027-03-27T09:30").await;
    assert_eq!(nine["due_at"], "2027-03-27T08:30:00Z");
    let answer = drop_on(&agent, &nine, &[("date", "2027-03-29")]).await.expect(303);
    assert_eq!(answer.location(), "/alertes/calendrier?view=week");
    let moved = alert(&agent, &nine).await;
    assert_eq!(moved["due_at"], "2027-03-29T07:30:00Z", "09:30 in summer");

    // 02:30 does not exist on the 28th, and comes back on the 29th.
    let night = schedule(&app, &agent, "La nuit", "2027-03-27T02:30").await;
    drop_on(&agent, &night, &[("date", "2027-03-28")]).await.expect(303);
    let gap = alert(&agent, &night).await;
    assert_eq!(gap["due_at"], "2027-03-28T01:00:00Z", "the first instant after the gap");
    drop_on(&agent, &gap, &[("date", "2027-03-29")]).await.expect(303);
    assert_eq!(alert(&agent, &night).await["due_at"], "2027-03-29T00:30:00Z");

    // In the view of a day, onto another hour.
    drop_on(&agent, &moved, &[("date", "2027-03-29"), ("hour", "14")]).await.expect(303);
    assert_eq!(alert(&agent, &nine).await["due_at"], "2027-03-29T12:30:00Z");
    let history = agent.get(&format!("/api/alerts/{}/history", id(&nine))).await.json();
    let kinds: Vec<_> = history["data"].as_array().unwrap().iter().map(|e| &e["type"]).collect();
    assert_eq!(kinds[0], "alert.rescheduled", "{kinds:?}");
}

async fn a_drop_keeps_the_time_the_reader_sees(app: TestApp) {
    let agent = app.sign_in(Role::Agent).await;
    let form = [("name", "Awa"), ("language", "fr"), ("time_zone", "Africa/Dakar")];
    agent.post_form("/compte", &form).await.expect(303);
    let made = schedule(&app, &agent, "Contrat", "2027-03-27T09:30").await;
    drop_on(&agent, &made, &[("date", "2027-03-29")]).await.expect(303);
    let moved = alert(&agent, &made).await;
    assert_eq!(moved["due_at"], "2027-03-29T08:30:00Z", "08:30 in Dakar before and after");
    assert_eq!(moved["timezone"], "Europe/Paris");
}

async fn a_drop_is_undone(app: TestApp) {
    let agent = app.sign_in(Role::Agent).await;
    let made = schedule(&app, &agent, "Contrat", "2026-11-27T09:30").await;
    drop_on(&agent, &made, &[("date", "2026-12-01")]).await.expect(303);
    let page = calendar(&agent, "").await;
    assert!(page.contains("Contrat\u{a0}: nouvelle échéance"), "the toast says it");
    let undo = page.split("action=\"").find(|rest| rest.contains("/echeance?")).unwrap();
    let undo = undo.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
    agent.post_form(&undo, &[]).await.expect(303);
    assert_eq!(alert(&agent, &made).await["due_at"], made["due_at"]);
}

async fn a_drop_that_cannot_be_changes_nothing(app: TestApp) {
    let agent = app.sign_in(Role::Agent).await;
    let made = schedule(&app, &agent, "Contrat", "2026-11-27T09:30").await;
    let change = agent.request("PATCH", &format!("/api/alerts/{}", id(&made)));
    let change = change.json(&json!({ "title": "Autre" })).header("if-match", "\"1\"");
    let current = agent.send(change).await.expect(200).json();

    drop_on(&agent, &made, &[("date", "2026-12-01")]).await.expect(303);
    assert!(calendar(&agent, "").await.contains("toast-warning"), "somebody was quicker");
    drop_on(&agent, &current, &[("date", "2026-11-19")]).await.expect(303);
    assert!(calendar(&agent, "").await.contains("toast-error"), "yesterday is past");
    for wrong in [
        [("date", "demain"), ("hour", "")],
        [("date", "2026-12-01"), ("hour", "24")],
        [("date", "2026-12-01"), ("hour", "midi")],
        [("date", "99999-01-01"), ("hour", "")],
    ] {
        drop_on(&agent, &current, &wrong).await.expect(422);
    }
    let other = app.sign_in(Role::Agent).await;
    drop_on(&other, &current, &[("date", "2026-12-01")]).await.expect(404);
    assert_eq!(alert(&agent, &made).await, current);
}

async fn a_crowded_day_says_how_many_more(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let many = clients(&app, app.center, 600).await;
    let on = |ids: &[Uuid], title: &str, due: &str| {
        let body = json!({ "client_ids": ids, "title": title, "due_at": due });
        let owner = &owner;
        async move { owner.post("/api/alerts", &body).await.expect(201) }
    };
    on(&many, "Campagne", "2026-11-25T09:00").await;
    on(&many[..7], "Suite", "2026-11-26T09:00").await;
    let month = calendar(&owner, "").await;
    let crowded = part(&month, "day-2026-11-25");
    assert_eq!(crowded.matches("calendar-event ").count(), 4);
    assert!(crowded.contains("+ 496+"), "{crowded}");
    let other = part(&month, "day-2026-11-26");
    assert_eq!(other.matches("calendar-event ").count(), 4);
    assert!(other.contains("+ 3<"), "{other}");
    let day = calendar(&owner, "view=day&date=2026-11-25").await;
    assert_eq!(day.matches("calendar-event ").count(), 200);
    assert!(day.contains("/alertes?due_from=2026-11-25&#38;due_to=2026-11-25"), "then the list");
}

async fn filters_narrow_it(app: TestApp) {
    let agent = app.sign_in(Role::Agent).await;
    schedule(&app, &agent, "Contrat", "2026-11-27T09:30").await;
    let done = schedule(&app, &agent, "Visite", "2026-11-27T10:30").await;
    agent.post(&format!("/api/alerts/{}/completion", id(&done)), &json!({})).await.expect(200);
    let shows = async |query: &str| {
        let page = calendar(&agent, query).await;
        (page.contains(">Contrat<"), page.contains(">Visite<"))
    };
    assert_eq!(shows("").await, (true, false), "what is open, as in the list");
    assert_eq!(shows("status=done").await, (false, true));
    assert_eq!(shows("status=all").await, (true, true));
    assert_eq!(shows("status=due").await, (false, false));
    assert_eq!(shows("status=all&priority=critical").await, (false, false));
    assert_eq!(shows("status=all&assigned_to=none").await, (true, true));
    assert_eq!(shows("status=all&q=contr").await, (true, false));
    for wrong in ["view=year", "date=demain", "date=0001-01-01", "status=later", "priority=big"] {
        agent.get(&format!("/alertes/calendrier?{wrong}")).await.expect(422);
    }
}

async fn each_role_sees_its_own(app: TestApp) {
    let agent = app.sign_in(Role::Agent).await;
    schedule(&app, &agent, "Contrat", "2026-11-27T09:30").await;
    for (role, sees) in [
        (Role::SuperAdmin, true),
        (Role::Owner, true),
        (Role::Supervisor, true),
        (Role::Agent, false),
    ] {
        let page = calendar(&app.sign_in(role).await, "status=all").await;
        assert_eq!(page.contains(">Contrat<"), sees, "{role:?}");
    }
    app.sign_in(Role::Technician).await.get("/alertes/calendrier").await.expect(403);
    app.clock.advance(TimeDelta::days(8));
    let page = calendar(&agent, "date=2026-11-27").await;
    assert!(part(&page, "day-2026-11-27").contains("calendar-event-overdue"), "red a day later");
    assert!(part(&page, "day-2026-11-27").contains("data-past"), "nothing goes there any more");
}

async fn every_view_leads_to_the_others(app: TestApp) {
    let agent = app.sign_in(Role::Agent).await;
    let month = calendar(&agent, "date=2027-01-31&priority=high").await;
    for link in [
        "/alertes/calendrier?date=2026-12-01&#38;priority=high",
        "/alertes/calendrier?date=2027-02-01&#38;priority=high",
        "view=week",
        "view=day&#38;date=2027-01-30",
        "view=agenda",
        "href=\"/alertes?priority=high\"",
    ] {
        let (start, end) = link.split_once("?").unwrap_or(("", link));
        let words: Vec<_> = end.split("&#38;").collect();
        let found = month.split("href=\"").any(|rest| {
            let href = rest.split('"').next().unwrap();
            href.starts_with(start.trim_start_matches("href=\""))
                && words.iter().all(|word| href.contains(word.trim_end_matches('"')))
        });
        assert!(found, "{link}");
    }
    let list = agent.get("/alertes?priority=high&sort=-due_at").await.expect(200).body;
    assert!(list.contains("href=\"/alertes/calendrier?priority=high\""), "and the list to it");
}
