use base::db::Sql;
use chrono::TimeDelta;
use domain::Role;
use domain::users::links;

use super::{PASSWORD, person};
use crate::support::TestApp;

both_engines!(
    the_first_administrator_s_link_works_once,
    the_first_administrator_s_form_names_every_error_and_keeps_what_was_typed,
    someone_invited_receives_a_mail_and_chooses_a_password,
    an_invitation_sent_again_kills_the_first_and_all_die_after_a_week,
    a_reset_says_the_same_for_an_unknown_address_and_mails_only_the_known,
    a_reset_kills_sessions_and_lets_a_locked_out_owner_in,
);

/// The links of the mails kept so far: recipient, subject, path.
async fn mails(app: &TestApp) -> Vec<(String, String, String)> {
    #[derive(sea_orm::FromQueryResult)]
    struct Row {
        to_address: String,
        subject: String,
        text: String,
    }
    let sql = Sql::new("SELECT to_address, subject, text FROM mails ORDER BY id");
    let rows: Vec<Row> = sql.all(app.db.read()).await.unwrap();
    rows.into_iter()
        .map(|row| {
            let line = row.text.lines().find(|line| line.starts_with(&app.url)).unwrap();
            (row.to_address, row.subject, line[app.url.len()..].to_owned())
        })
        .collect()
}

fn founding() -> Vec<(&'static str, &'static str)> {
    vec![
        ("center_name", "Comptoir de Dakar"),
        ("time_zone", "Africa/Dakar"),
        ("currency", "XOF"),
        ("phone_region", "SN"),
        ("language", "fr"),
        ("name", "Adama Diop"),
        ("email", "adama@example.test"),
        ("password", PASSWORD),
    ]
}

async fn the_first_administrator_s_link_works_once(app: TestApp) {
    let old = links::first_admin(&app.db, app.clock.now()).await.unwrap().unwrap();
    let token = links::first_admin(&app.db, app.clock.now()).await.unwrap().unwrap();
    let browser = app.stranger();
    browser.get(&format!("/bienvenue/{old}")).await.expect(404);
    let path = format!("/bienvenue/{token}");
    browser.get(&path).await.expect(200);
    assert_eq!(browser.post_form(&path, &founding()).await.expect(303).location(), "/");
    let me = browser.get("/api/me").await.expect(200).json();
    assert_eq!(
        (me["role"].as_str(), me["name"].as_str()),
        (Some("super_admin"), Some("Adama Diop"))
    );
    let centers = browser.get("/api/call-centers").await.expect(200).json();
    assert!(centers["data"].as_array().unwrap().iter().any(|c| c["currency"] == "XOF"));
    let dead = app.stranger().get(&path).await.expect(404).body;
    assert!(dead.contains("relancez") && dead.contains("href=\"/connexion\""), "{dead}");
    app.stranger().post_form(&path, &founding()).await.expect(404);
    assert!(links::first_admin(&app.db, app.clock.now()).await.unwrap().is_none());
}

async fn the_first_administrator_s_form_names_every_error_and_keeps_what_was_typed(app: TestApp) {
    let token = links::first_admin(&app.db, app.clock.now()).await.unwrap().unwrap();
    let path = format!("/bienvenue/{token}");
    let fields = [
        ("center_name", ""),
        ("time_zone", "Europe/Nowhere"),
        ("currency", "ZZZ"),
        ("phone_region", "France"),
        ("language", "fr"),
        ("name", ""),
        ("email", "pas une adresse"),
        ("password", "motdepasse12"),
    ];
    let answer = app.stranger().post_form(&path, &fields).await.expect(422);
    for field in
        ["center_name", "time_zone", "currency", "phone_region", "name", "email", "password"]
    {
        assert!(answer.body.contains(&format!("href=\"#{field}\"")), "{field}: {}", answer.body);
    }
    assert!(answer.body.contains("value=\"pas une adresse\""), "{}", answer.body);
    app.stranger().post_form(&path, &founding()).await.expect(303);
}

async fn someone_invited_receives_a_mail_and_chooses_a_password(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let fields = [
        ("name", "Léa Kouamé"),
        ("email", "lea@example.test"),
        ("role", "agent"),
        ("language", "fr"),
        ("supervisor_id", ""),
    ];
    let list = owner.post_form("/administration/utilisateurs", &fields).await.expect(303);
    assert_eq!(list.location(), "/administration/utilisateurs");
    let jobs = Sql::new("SELECT payload FROM jobs WHERE kind = 'mail_invitation'");
    let payload: serde_json::Value = jobs.scalar(app.db.read()).await.unwrap().unwrap();
    assert_eq!(payload.as_object().unwrap().keys().collect::<Vec<_>>(), ["user_id"]);
    app.work().await;
    let mails = mails(&app).await;
    let [(to, subject, path)] = mails.as_slice() else { panic!("{mails:?}") };
    assert_eq!(to, "lea@example.test");
    assert!(subject.contains("Comptoir de Paris"), "{subject}");
    let lea = app.stranger();
    assert!(lea.get(path).await.expect(200).body.contains("Bienvenue, Léa Kouamé"));
    let weak = lea.post_form(path, &[("password", "court")]).await.expect(422);
    assert!(weak.body.contains("12 caractères au moins"), "{}", weak.body);
    assert_eq!(lea.post_form(path, &[("password", PASSWORD)]).await.expect(303).location(), "/");
    assert_eq!(lea.get("/api/me").await.expect(200).json()["role"], "agent");
    app.stranger().get(path).await.expect(404);
    let fields = [("email", "lea@example.test"), ("password", PASSWORD)];
    app.stranger().post_form("/connexion", &fields).await.expect(303);
}

async fn an_invitation_sent_again_kills_the_first_and_all_die_after_a_week(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let body = serde_json::json!({ "name": "Léa", "email": "lea@example.test", "role": "agent" });
    let lea = owner.post("/api/users", &body).await.expect(201).json();
    app.work().await;
    let again = format!("/administration/utilisateurs/{}/invitation", lea["id"].as_str().unwrap());
    owner.post_form(&again, &[]).await.expect(303);
    app.work().await;
    let mails = mails(&app).await;
    assert_eq!(mails.len(), 2);
    app.stranger().get(&mails[0].2).await.expect(404);
    app.stranger().get(&mails[1].2).await.expect(200);
    app.clock.advance(TimeDelta::days(7));
    let dead = app.stranger().get(&mails[1].2).await.expect(404).body;
    assert!(dead.contains("demandez une nouvelle invitation"), "{dead}");
    let late = app.stranger().post_form(&mails[1].2, &[("password", PASSWORD)]).await.expect(404);
    assert!(late.body.contains("demandez une nouvelle invitation"), "{}", late.body);
}

async fn a_reset_says_the_same_for_an_unknown_address_and_mails_only_the_known(app: TestApp) {
    person(&app, "awa@example.test", Role::Agent).await;
    let mut answers = Vec::new();
    for email in ["AWA@example.test", "nobody@example.test"] {
        let answer = app.stranger().post_form("/mot-de-passe", &[("email", email)]).await;
        let answer = answer.expect(303);
        let cookie = answer.headers["set-cookie"].to_str().unwrap().to_owned();
        answers.push((answer.location().to_owned(), cookie, answer.body));
    }
    assert_eq!(answers[0], answers[1]);
    let count = Sql::new("SELECT COUNT(*) FROM jobs WHERE kind = 'mail_reset'");
    assert_eq!(
        count.scalar::<i64>(app.db.read()).await.unwrap(),
        Some(2),
        "the same work is written"
    );
    app.work().await;
    let mails = mails(&app).await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].0, "awa@example.test");
    // Nobody's inbox is flooded, and the answer stays the same.
    for _ in 0..6 {
        let fields = [("email", "awa@example.test")];
        app.stranger().post_form("/mot-de-passe", &fields).await.expect(303);
        app.work().await;
    }
    assert!(self::mails(&app).await.len() <= 4);
}

async fn a_reset_kills_sessions_and_lets_a_locked_out_owner_in(app: TestApp) {
    let id = person(&app, "awa@example.test", Role::Owner).await;
    let open = app.browser_of(id).await;
    for _ in 0..8 {
        let fields = [("email", "awa@example.test"), ("password", "faux faux faux")];
        app.stranger().post_form("/connexion", &fields).await;
    }
    app.stranger().post_form("/mot-de-passe", &[("email", "awa@example.test")]).await.expect(303);
    app.work().await;
    let (_, _, path) = mails(&app).await.remove(0);
    let browser = app.stranger();
    browser.post_form(&path, &[("password", "quatre zèbres orange")]).await.expect(303);
    browser.get("/").await.expect(200);
    open.get("/").await.expect(303);
    let fields = [("email", "awa@example.test"), ("password", "quatre zèbres orange")];
    app.stranger().post_form("/connexion", &fields).await.expect(303);
    app.clock.advance(TimeDelta::hours(2));
    app.stranger().get(&path).await.expect(404);
}
