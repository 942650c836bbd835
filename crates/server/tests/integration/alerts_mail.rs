//! The mail of due alerts, received by a real SMTP server.

use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use domain::Role;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::alerts::{client, clients, schedule};
use crate::support::smtp::{SmtpServer, Verdict};
use crate::support::{Browser, TestApp};

with_mail!(
    the_assignee_reads_it_in_their_language_and_zone,
    whoever_is_next_in_line_is_told,
    a_refusal_is_tried_again,
    a_refusal_for_good_is_shown,
    a_mail_that_may_have_been_received_says_so,
    a_server_out_of_reach_received_nothing,
    after_three_days_one_mail_each,
    two_workers_share_the_work,
    text_people_type_cannot_break_the_mail,
);

async fn read(browser: &Browser, alert: &Json) -> Json {
    let path = format!("/api/alerts/{}", alert["id"].as_str().unwrap());
    browser.get(&path).await.expect(200).json()
}

async fn history(browser: &Browser, alert: &Json) -> Vec<String> {
    let path = format!("/api/alerts/{}/history", alert["id"].as_str().unwrap());
    let events = browser.get(&path).await.expect(200).json();
    let data = events["data"].as_array().unwrap();
    data.iter().rev().map(|e| e["type"].as_str().unwrap().to_owned()).collect()
}

async fn email(app: &TestApp, user: Uuid) -> String {
    base::db::Sql::with("SELECT email FROM users WHERE id = $1", [user.into()])
        .scalar(app.db.read())
        .await
        .unwrap()
        .unwrap()
}

async fn set(app: &TestApp, user: Uuid, column: &str, value: impl Into<sea_orm::Value>) {
    let tx = app.db.begin().await.unwrap();
    let text = format!("UPDATE users SET {column} = $1 WHERE id = $2");
    base::db::Sql::with(text, [value.into(), user.into()]).execute(&tx).await.unwrap();
    tx.commit().await.unwrap();
}

async fn the_assignee_reads_it_in_their_language_and_zone(app: TestApp, smtp: SmtpServer) {
    let owner = app.sign_in(Role::Owner).await;
    let agent = app.user(Role::Agent, Some(app.center), None).await;
    set(&app, agent, "language", "en").await;
    set(&app, agent, "time_zone", "America/Montreal").await;
    let client = client(&app).await;
    let body = json!({
        "client_id": client, "title": "Visite <b>", "description": "Prévoir la nacelle",
        "due_at": "2026-11-20T16:30", "priority": "critical", "assigned_to": agent,
    });
    let alert = owner.post("/api/alerts", &body).await.expect(201).json();
    app.clock.set("2026-11-20T15:29:59Z".parse().unwrap());
    app.work().await;
    assert_eq!(smtp.mails().len(), 0, "a second before its time");
    app.clock.advance(TimeDelta::seconds(1));
    app.work().await;
    app.work().await;
    let [mail] = smtp.mails().try_into().unwrap();
    assert_eq!(mail.to, email(&app, agent).await);
    assert_eq!(mail.language, "en");
    assert_eq!(mail.subject, "Due: Visite <b> (Élodie Client 00000)");
    for words in [
        "Friday 20 November 2026 at 10:30 (America/Montreal, UTC−5)",
        "Friday 20 November 2026 at 16:30 (Europe/Paris, UTC+1)",
        "Prévoir la nacelle",
        "Critical",
    ] {
        assert!(mail.text.contains(words), "{words} is not in {}", mail.text);
    }
    assert!(mail.html.contains("Visite &#60;b&#62;"), "{}", mail.html);
    assert_eq!(mail.alerts(), [alert["id"].as_str().unwrap().parse::<Uuid>().unwrap()]);
    assert_eq!(read(&owner, &alert).await["notices"][0]["state"], "sent");
}

async fn whoever_is_next_in_line_is_told(app: TestApp, smtp: SmtpServer) {
    let owner = app.sign_in(Role::Owner).await;
    let root = app.sign_in(Role::SuperAdmin).await;
    let author = app.sign_in(Role::Agent).await;
    let assignee = app.user(Role::Agent, Some(app.center), None).await;
    let client = client(&app).await;
    let mut order = vec![(assignee, false), (author.user.unwrap(), false)];
    order.extend([(owner.user.unwrap(), false), (root.user.unwrap(), true)]);
    for (index, (user, last)) in order.iter().enumerate() {
        // As people see it: one leaves after the other, each time before the alert falls due.
        set(&app, author.user.unwrap(), "is_active", true).await;
        set(&app, assignee, "is_active", true).await;
        let due = app.clock.now() + TimeDelta::hours(1);
        let body =
            json!({ "client_id": client, "title": "t", "due_at": due, "assigned_to": assignee });
        let alert = author.post("/api/alerts", &body).await.expect(201).json();
        for (gone, _) in &order[..index] {
            set(&app, *gone, "is_active", false).await;
        }
        app.clock.advance(TimeDelta::hours(1));
        app.work().await;
        assert_eq!(smtp.mails().len(), index + 1);
        assert_eq!(smtp.mails()[index].to, email(&app, *user).await, "step {index}");
        let who = if *last { &root } else { &owner };
        let notices = read(who, &alert).await["notices"].clone();
        let sent = notices.as_array().unwrap().iter().filter(|n| n["state"] == "sent");
        assert_eq!(sent.map(|n| n["recipient"].clone()).collect::<Vec<_>>(), [json!(user)]);
    }
}

async fn a_server_out_of_reach_received_nothing(app: TestApp, smtp: SmtpServer) {
    let agent = app.sign_in(Role::Agent).await;
    let client = client(&app).await;
    let alert = schedule(&app, &agent, client, 5).await;
    smtp.stop().await;
    for _ in 0..3 {
        app.clock.advance(TimeDelta::hours(1));
        app.work().await;
    }
    assert!(!history(&agent, &alert).await.contains(&"alert.notice_repeated".to_owned()));
    let page = agent.get(&format!("/alertes/{}", alert["id"].as_str().unwrap())).await.expect(200);
    assert!(page.body.contains("Serveur d’e-mail injoignable"), "{}", page.body);
}

async fn a_refusal_is_tried_again(app: TestApp, smtp: SmtpServer) {
    let agent = app.sign_in(Role::Agent).await;
    let client = client(&app).await;
    let alert = schedule(&app, &agent, client, 5).await;
    smtp.decide(|_| Verdict::Refuse(451));
    app.clock.advance(TimeDelta::minutes(5));
    app.work().await;
    let waiting = read(&agent, &alert).await["notices"][0].clone();
    assert_eq!(waiting["state"], "planned");
    assert_eq!(waiting["last_error"], "451 4.1.1");
    smtp.decide(|_| Verdict::Take);
    app.clock.advance(TimeDelta::minutes(5));
    app.work().await;
    let sent = read(&agent, &alert).await["notices"][0].clone();
    assert_eq!((sent["state"].as_str(), sent["attempts"].as_i64()), (Some("sent"), Some(2)));
    assert_eq!(smtp.mails().len(), 1);
    let kinds = history(&agent, &alert).await;
    assert!(!kinds.contains(&"alert.notice_repeated".to_owned()), "{kinds:?}");
}

async fn a_refusal_for_good_is_shown(app: TestApp, smtp: SmtpServer) {
    let agent = app.sign_in(Role::Agent).await;
    let client = client(&app).await;
    let never = schedule(&app, &agent, client, 5).await;
    smtp.decide(|_| Verdict::Refuse(550));
    app.clock.advance(TimeDelta::minutes(5));
    app.work().await;
    let notice = read(&agent, &never).await["notices"][0].clone();
    assert_eq!(notice["state"], "given_up");
    assert_eq!(notice["last_error"], "550 5.1.1");
    assert!(history(&agent, &never).await.contains(&"alert.notice_given_up".to_owned()));
    // For now, every time, for days: given up too, in the end.
    let tired = schedule(&app, &agent, client, 5).await;
    smtp.decide(|_| Verdict::Refuse(421));
    for _ in 0..40 {
        app.clock.advance(TimeDelta::minutes(90));
        app.work().await;
    }
    let notice = read(&agent, &tired).await["notices"][0].clone();
    assert_eq!(
        (notice["state"].as_str(), notice["attempts"].as_i64()),
        (Some("given_up"), Some(30))
    );
}

async fn a_mail_that_may_have_been_received_says_so(app: TestApp, smtp: SmtpServer) {
    let agent = app.sign_in(Role::Agent).await;
    let client = client(&app).await;
    let alert = schedule(&app, &agent, client, 5).await;
    smtp.decide(|_| Verdict::TakeAndHangUp);
    app.clock.advance(TimeDelta::minutes(5));
    app.work().await;
    smtp.decide(|_| Verdict::Take);
    app.clock.advance(TimeDelta::minutes(5));
    app.work().await;
    let mails = smtp.mails();
    assert_eq!(mails.len(), 2);
    assert_eq!(mails[0].message_id, mails[1].message_id, "the same mail");
    assert!(history(&agent, &alert).await.contains(&"alert.notice_repeated".to_owned()));
    assert_eq!(read(&agent, &alert).await["notices"][0]["attempts"], 2);
}

async fn after_three_days_one_mail_each(app: TestApp, smtp: SmtpServer) {
    let agents = [app.sign_in(Role::Agent).await, app.sign_in(Role::Agent).await];
    let ids = clients(&app, app.center, 5_000).await;
    let mut expected = Vec::new();
    for (index, ids) in ids.chunks(100).enumerate() {
        let minutes = i64::try_from(index).unwrap() * 80 + 60;
        let due = app.clock.now() + TimeDelta::minutes(minutes);
        let body = json!({ "client_ids": ids, "title": format!("Lot {index}"), "due_at": due });
        agents[index % 2].post("/api/alerts", &body).await.expect(201);
        expected.push(minutes);
    }
    app.clock.advance(TimeDelta::hours(72));
    // Two processes wake at once.
    let other = server::workers::worker(&app.app);
    let (first, second) = tokio::join!(app.work(), other.drain());
    assert!(first + second.unwrap() > 0);
    let mails = smtp.mails();
    assert_eq!(mails.len(), 2, "one each");
    for mail in &mails {
        assert_eq!(mail.subject, "2\u{a0}500 alertes sont arrivées à échéance");
        assert_eq!(mail.alerts().len(), 2_500);
        assert_eq!(mail.text.matches("En retard de ").count(), 2_500, "each says how late it is");
    }
    let both = format!("{}{}", mails[0].text, mails[1].text);
    // The first lot fell due an hour after the start, 71 hours ago.
    assert!(both.contains("En retard de 2 j 23 h"), "{}", &both[..600]);
    let left: i64 = base::db::Sql::new("SELECT COUNT(*) FROM alert_notices WHERE state <> 'sent'")
        .scalar(app.db.read())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(left, 0);
    let due: i64 = base::db::Sql::new("SELECT COUNT(*) FROM events WHERE kind = 'alert.due'")
        .scalar(app.db.read())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(due, 5_000, "each announced once");
}

async fn two_workers_share_the_work(app: TestApp, smtp: SmtpServer) {
    let agents: Vec<Browser> =
        futures::future::join_all((0..12).map(|_| app.sign_in(Role::Agent))).await;
    let ids = clients(&app, app.center, 48).await;
    for (index, client) in ids.iter().enumerate() {
        schedule(&app, &agents[index % 12], *client, 5).await;
    }
    app.clock.advance(TimeDelta::minutes(5));
    let received = Arc::new(Mutex::new(0));
    let count = received.clone();
    smtp.decide(move |_| {
        *count.lock().unwrap() += 1;
        Verdict::Take
    });
    let (first, second) = (server::workers::worker(&app.app), server::workers::worker(&app.app));
    let (a, b) = tokio::join!(first.drain(), second.drain());
    a.unwrap();
    b.unwrap();
    assert_eq!(*received.lock().unwrap(), 48, "each once, none twice");
    let mut ids: Vec<String> = smtp.mails().into_iter().map(|m| m.message_id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 48);
}

async fn text_people_type_cannot_break_the_mail(app: TestApp, smtp: SmtpServer) {
    let agent = app.sign_in(Role::Agent).await;
    let client = client(&app).await;
    let due = app.clock.now() + TimeDelta::minutes(5);
    let title = "Ligne\r\nBcc: x@y.test\tet\u{2028}fin";
    let body = json!({ "client_id": client, "title": title, "due_at": due, "description": ".\r\n.\r\n{{ 1 }}" });
    agent.post("/api/alerts", &body).await.expect(201);
    app.clock.advance(TimeDelta::minutes(5));
    app.work().await;
    let [mail] = smtp.mails().try_into().unwrap();
    assert_eq!(
        mail.subject,
        "Échéance atteinte\u{a0}: Ligne Bcc: x@y.test et fin (Élodie Client 00000)"
    );
    assert!(mail.text.contains("{{ 1 }}"));
}
