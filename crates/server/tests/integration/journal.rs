//! The journal: shown to those who run the centre, and proved whole.

use base::db::Sql;
use domain::events::{self, Verdict, catalog};
use domain::{Actor, Role};

use crate::support::TestApp;

both_engines!(
    the_journal_shows_the_centre_and_no_other,
    the_journal_says_fields_and_values_in_words,
    the_api_pages_and_filters,
    verify_finds_an_edit_a_deletion_a_swap_and_a_cut_end,
    every_event_here_fits_its_schema,
);

async fn the_journal_shows_the_centre_and_no_other(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    app.user(Role::Agent, Some(app.center), None).await;
    let page = owner.get("/journal").await.expect(200).body;
    assert!(page.contains("Compte créé"), "{page}");
    app.sign_in(Role::Supervisor).await.get("/journal").await.expect(403);
    owner.get("/journal?action=user.created&from=2026-11-20&to=2026-11-20").await.expect(200);
    let none = owner.get("/journal?from=2030-01-01").await.expect(200).body;
    assert!(none.contains("Rien ne correspond"), "{none}");
    let before = owner.get("/api/audit").await.expect(200).json()["total"]["value"].clone();
    let (system, now) = (Actor::system(), app.clock.now());
    let new = domain::call_centers::NewCallCenter {
        name: "Ailleurs".into(),
        time_zone: "Africa/Dakar".into(),
        currency: "XOF".into(),
        phone_region: "SN".into(),
    };
    domain::call_centers::create(&app.db, &system, new, now).await.unwrap();
    assert_eq!(owner.get("/api/audit").await.json()["total"]["value"], before);
    owner.post_form("/journal/verification", &[]).await.expect(403);
    let admin = app.sign_in(Role::SuperAdmin).await;
    admin.post_form("/journal/verification", &[]).await.expect(303);
    let said = admin.get("/journal").await.expect(200).body;
    assert!(said.contains("Le journal est entier"), "{said}");
}

async fn the_journal_says_fields_and_values_in_words(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let agent = app.user(Role::Agent, Some(app.center), None).await;
    let supervisor = app.user(Role::Supervisor, Some(app.center), None).await;
    let person = owner.get(&format!("/api/users/{agent}")).await.expect(200).json();
    let form = [
        ("name", "Zoé Kacou"),
        ("role", "agent"),
        ("supervisor_id", &supervisor.to_string()),
        ("language", "en"),
        ("version", &person["version"].to_string()),
    ];
    owner.post_form(&format!("/administration/utilisateurs/{agent}"), &form).await.expect(303);
    let page = owner.get("/journal?action=user.updated").await.expect(200).body;
    for said in ["Superviseur", "Supervisor ", "Langue", "français", "anglais", ">Zoé Kacou</a>"]
    {
        assert!(page.contains(said), "{said}: {page}");
    }
    for code in ["supervisor_id", ">user<", "<code>"] {
        assert!(!page.contains(code), "{code}: {page}");
    }
}

async fn the_api_pages_and_filters(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    for _ in 0..5 {
        app.user(Role::Agent, Some(app.center), None).await;
    }
    let first = owner.get("/api/audit?action=user.created&limit=4").await.expect(200).json();
    assert_eq!(first["data"].as_array().unwrap().len(), 4);
    assert_eq!(first["data"][0]["subject"]["kind"], "user");
    let cursor = first["next_cursor"].as_str().unwrap();
    let path = format!("/api/audit?action=user.created&limit=4&cursor={cursor}");
    let second = owner.get(&path).await.expect(200).json();
    assert!(second["data"][0]["seq"].as_i64() < first["data"][3]["seq"].as_i64());
    assert_eq!(second["next_cursor"], serde_json::Value::Null);
    let subject = first["data"][0]["subject"]["id"].as_str().unwrap();
    let one = owner.get(&format!("/api/audit?subject=user:{subject}")).await.expect(200).json();
    assert_eq!(one["total"]["value"], 1);
    for wrong in ["limit=0", "limit=201", "from=hier", "actor=x", "subject=%27", "cursor=%25"] {
        owner.get(&format!("/api/audit?{wrong}")).await.expect(422);
    }
    let answer = owner.get("/api/audit?from=2026-11-21T00:00:00Z").await.expect(200).json();
    assert_eq!(answer["total"]["value"], 0);
    app.sign_in(Role::Agent).await.get("/api/audit").await.expect(403);
    let types = app.sign_in(Role::Agent).await.get("/api/event-types").await.expect(200).json();
    let first = &types["data"][0];
    assert!(first["schema"]["properties"].is_object() && first["example"].is_object(), "{first}");
}

async fn verify_finds_an_edit_a_deletion_a_swap_and_a_cut_end(app: TestApp) {
    for _ in 0..5 {
        app.user(Role::Agent, Some(app.center), None).await;
    }
    let (head, _) = events::head(app.db.read()).await.unwrap();
    let verdict = async || events::verify(app.db.read()).await.unwrap();
    let run = async |text: &str| {
        let tx = app.db.begin().await.unwrap();
        Sql::new(text).execute(&tx).await.unwrap();
        tx.commit().await.unwrap();
    };
    let broken = |seq, reason| Verdict::Broken { seq, reason };
    assert!(matches!(verdict().await, Verdict::Whole { count, .. } if count == head));

    run("UPDATE events SET data = '{\"role\":\"owner\"}' WHERE seq = 3").await;
    assert_eq!(verdict().await, broken(3, "altered"));
    run("UPDATE events SET data = '{\"role\":\"agent\"}' WHERE seq = 3").await;
    assert!(matches!(verdict().await, Verdict::Whole { .. }));

    let kept: String = Sql::new("SELECT data FROM events WHERE seq = 3")
        .scalar(app.db.read())
        .await
        .unwrap()
        .unwrap();
    run("UPDATE events SET data = NULL WHERE seq = 3").await;
    assert_eq!(verdict().await, broken(3, "altered"));
    run(&format!("UPDATE events SET data = '{kept}' WHERE seq = 3")).await;
    assert!(matches!(verdict().await, Verdict::Whole { .. }));

    run("UPDATE events SET kind = 'user.removed' WHERE seq = 4").await;
    assert_eq!(verdict().await, broken(4, "altered"));
    run("UPDATE events SET kind = 'user.created' WHERE seq = 4").await;

    run("UPDATE events SET seq = 1000 WHERE seq = 3").await;
    assert_eq!(verdict().await, broken(3, "missing"));
    run("UPDATE events SET seq = 3 WHERE seq = 4").await;
    run("UPDATE events SET seq = 4 WHERE seq = 1000").await;
    assert_eq!(verdict().await, broken(3, "altered"));
    run("UPDATE events SET seq = 1000 WHERE seq = 3").await;
    run("UPDATE events SET seq = 3 WHERE seq = 4").await;
    run("UPDATE events SET seq = 4 WHERE seq = 1000").await;
    assert!(matches!(verdict().await, Verdict::Whole { .. }));

    run(&format!("DELETE FROM events WHERE seq = {head}")).await;
    assert_eq!(verdict().await, broken(head, "end-cut"));
}

async fn every_event_here_fits_its_schema(app: TestApp) {
    app.user(Role::Owner, Some(app.center), None).await;
    let recorded = events::after(app.db.read(), 0, 1_000).await.unwrap();
    assert!(recorded.len() >= 2);
    for event in recorded {
        let kind = catalog::find(&event.kind).unwrap_or_else(|| panic!("{}", event.kind));
        assert!(kind.fits(&event.data), "{}: {}", event.kind, event.data);
    }
}
