//! Administration: what waits, what failed, what was not sent.

use base::mail::{MailMessage, Mailbox};
use base::outbox::{self, NewJob};
use domain::Role;
use serde_json::json;

use crate::support::TestApp;

both_engines!(
    the_queue_is_for_super_admins,
    a_given_up_job_is_tried_again,
    every_kind_of_job_is_said_in_words,
    kept_mails_are_read_in_a_box,
);

async fn the_queue_is_for_super_admins(app: TestApp) {
    let admin = app.sign_in(Role::SuperAdmin).await;
    let empty = admin.get("/administration").await.expect(200).body;
    assert!(empty.contains("La file est vide"), "{empty}");
    let owner = app.sign_in(Role::Owner).await.get("/administration").await.expect(303);
    assert_eq!(owner.location(), "/administration/courriers");
    app.sign_in(Role::Agent).await.get("/administration").await.expect(403);
    let tx = app.db.begin().await.unwrap();
    let now = app.clock.now();
    let late = NewJob::new("test.late", json!({}), now - chrono::TimeDelta::hours(1));
    outbox::enqueue(&tx, late, now).await.unwrap();
    tx.commit().await.unwrap();
    let page = admin.get("/administration").await.expect(200).body;
    assert!(page.contains("test.late") && page.contains("vigie work"), "{page}");
}

async fn a_given_up_job_is_tried_again(app: TestApp) {
    let now = app.clock.now();
    let owner = app.sign_in(Role::Owner).await;
    let invited = json!({ "email": "koffi@exemple.ci", "name": "Koffi Aka", "role": "agent" });
    let invited = owner.post("/api/users", &invited).await.expect(201).json()["id"].clone();
    app.work().await;
    let tx = app.db.begin().await.unwrap();
    let job = NewJob::new("test.failed", json!({ "user_id": invited }), now);
    let id = outbox::enqueue(&tx, job, now).await.unwrap();
    let text = "UPDATE jobs SET state = 'dead', last_error = '550 <b>inconnu</b>', finished_at = $1 \
                WHERE id = $2";
    base::db::Sql::with(text, [now.into(), id.into()]).execute(&tx).await.unwrap();
    tx.commit().await.unwrap();
    let admin = app.sign_in(Role::SuperAdmin).await;
    let page = admin.get("/administration").await.expect(200).body;
    assert!(page.contains("Abandonnée") && page.contains("550 &#60;b&#62;inconnu"), "{page}");
    assert!(page.contains("Koffi Aka"), "whom it concerns: {page}");
    let target = format!("/administration/file/{id}/relance");
    owner.post_form(&target, &[]).await.expect(403);
    admin.post_form(&target, &[]).await.expect(303);
    let state = base::db::Sql::with("SELECT state FROM jobs WHERE id = $1", [id.into()]);
    let state: Option<String> = state.scalar(app.db.read()).await.unwrap();
    assert_eq!(state.as_deref(), Some("ready"));
}

async fn every_kind_of_job_is_said_in_words(app: TestApp) {
    let now = app.clock.now();
    let kinds: Vec<&str> = server::workers::handlers(&app.app).keys().copied().collect();
    assert!(kinds.len() > 10, "{kinds:?}");
    let tx = app.db.begin().await.unwrap();
    for kind in &kinds {
        let job = NewJob::new(kind, json!({}), now + chrono::TimeDelta::days(1));
        outbox::enqueue(&tx, job, now).await.unwrap();
    }
    tx.commit().await.unwrap();
    let admin = app.sign_in(Role::SuperAdmin).await;
    let page = admin.get("/administration").await.expect(200).body;
    for kind in kinds {
        assert!(page.contains(&format!("title=\"{kind}\"")), "{kind}: {page}");
        assert!(!page.contains(&format!(">{kind}<")), "{kind} has no words: {page}");
    }
}

async fn kept_mails_are_read_in_a_box(app: TestApp) {
    let message = MailMessage {
        message_id: "<1@vigie.test>".into(),
        from: Mailbox::new("Vigie", "vigie@example.test"),
        to: Mailbox::new("Awa", "awa@example.test"),
        subject: "Échéance <atteinte>".into(),
        text: "Bonjour Awa".into(),
        html: "<p>Bonjour</p><script>alert(1)</script>".into(),
        date: app.clock.now(),
        language: "fr".into(),
        headers: Vec::new(),
        attachments: Vec::new(),
    };
    domain::mails::keep(&app.db, &message, Some(app.center), app.clock.now()).await.unwrap();
    let owner = app.sign_in(Role::Owner).await;
    let list = owner.get("/administration/courriers").await.expect(200).body;
    assert!(list.contains("Échéance &#60;atteinte&#62;"), "{list}");
    let (_, rest) = list.split_once("href=\"/administration/courriers/").unwrap();
    let path = format!("/administration/courriers/{}", rest.split('"').next().unwrap());
    let page = owner.get(&path).await.expect(200).body;
    assert!(page.contains("Bonjour Awa") && !page.contains("<script>alert"), "{page}");
    let boxed = owner.get(&format!("{path}/html")).await.expect(200);
    let csp = boxed.headers["content-security-policy"].to_str().unwrap();
    assert!(csp.starts_with("sandbox; default-src 'none'"), "{csp}");
    app.sign_in(Role::Agent).await.get(&path).await.expect(403);
    let (system, now) = (domain::Actor::system(), app.clock.now());
    let new = domain::call_centers::NewCallCenter {
        name: "Ailleurs".into(),
        time_zone: "Africa/Dakar".into(),
        currency: "XOF".into(),
        phone_region: "SN".into(),
    };
    let other = domain::call_centers::create(&app.db, &system, new, now).await.unwrap();
    app.sign_in_to(Role::Owner, Some(other)).await.get(&path).await.expect(404);
}
