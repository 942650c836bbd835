//! The mail of accounts, received by a real SMTP server.

use base::db::Sql;
use domain::Role;

use super::{PASSWORD, person};
use crate::support::TestApp;
use crate::support::smtp::{Mail, SmtpServer, Verdict};

with_mail!(
    an_invitation_is_received_and_opens_the_account,
    an_invitation_speaks_the_language_of_the_invited,
    a_forgotten_password_is_chosen_again_by_mail,
    a_mail_server_that_refuses_for_now_is_asked_again,
);

/// The path of the one link in a mail, the same in its text and in its HTML.
fn link(app: &TestApp, mail: &Mail) -> String {
    let start = format!("{}/", app.url);
    let in_text: Vec<&str> =
        mail.text.split_whitespace().filter(|w| w.starts_with(&start)).collect();
    let [address] = in_text.as_slice() else { panic!("{}", mail.text) };
    assert!(mail.html.contains(&format!("href=\"{address}\"")), "{}", mail.html);
    address[app.url.len()..].to_owned()
}

async fn invite(app: &TestApp, email: &str, language: &str) {
    let owner = app.sign_in(Role::Owner).await;
    let fields =
        [("name", "Léa Kouamé"), ("email", email), ("role", "agent"), ("language", language)];
    owner.post_form("/administration/utilisateurs", &fields).await.expect(303);
}

async fn an_invitation_is_received_and_opens_the_account(app: TestApp, smtp: SmtpServer) {
    invite(&app, "lea@example.test", "fr").await;
    assert!(smtp.mails().is_empty(), "nothing is sent by the request itself");
    app.work().await;
    app.work().await;
    let [mail] = smtp.mails().try_into().expect("one mail");
    assert_eq!((mail.to.as_str(), mail.language.as_str()), ("lea@example.test", "fr"));
    assert_eq!(mail.subject, "Votre accès à Vigie\u{a0}: Comptoir de Paris");
    assert!(mail.text.starts_with("Bonjour Léa Kouamé,"), "{}", mail.text);
    let path = link(&app, &mail);
    let lea = app.stranger();
    assert_eq!(lea.post_form(&path, &[("password", PASSWORD)]).await.expect(303).location(), "/");
    assert_eq!(lea.get("/api/me").await.expect(200).json()["email"], "lea@example.test");
    // What was handed to a mail server is not kept besides: it holds a secret.
    let kept: Option<i64> =
        Sql::new("SELECT COUNT(*) FROM mails").scalar(app.db.read()).await.unwrap();
    assert_eq!(kept, Some(0));
}

async fn an_invitation_speaks_the_language_of_the_invited(app: TestApp, smtp: SmtpServer) {
    invite(&app, "lea@example.test", "en").await;
    app.work().await;
    let [mail] = smtp.mails().try_into().expect("one mail");
    assert_eq!(mail.language, "en");
    assert!(mail.text.starts_with("Hello Léa Kouamé,"), "{}", mail.text);
    assert!(mail.text.contains("seven days") && mail.html.contains("lang=\"en\""), "{}", mail.html);
}

async fn a_forgotten_password_is_chosen_again_by_mail(app: TestApp, smtp: SmtpServer) {
    person(&app, "awa@example.test", Role::Agent).await;
    for email in ["AWA@example.test", "nobody@example.test"] {
        app.stranger().post_form("/mot-de-passe", &[("email", email)]).await.expect(303);
    }
    app.work().await;
    let [mail] = smtp.mails().try_into().expect("one mail, to whoever exists");
    assert_eq!(mail.to, "awa@example.test");
    assert_eq!(mail.subject, "Choisir un nouveau mot de passe");
    let (path, awa) = (link(&app, &mail), app.stranger());
    awa.get(&path).await.expect(200);
    let new = "quatre girafes mauves";
    awa.post_form(&path, &[("password", new)]).await.expect(303);
    app.stranger().get(&path).await.expect(404);
    let sign_in = async |password| {
        let fields = [("email", "awa@example.test"), ("password", password)];
        app.stranger().post_form("/connexion", &fields).await.status
    };
    assert_eq!((sign_in(PASSWORD).await, sign_in(new).await), (422, 303));
}

async fn a_mail_server_that_refuses_for_now_is_asked_again(app: TestApp, smtp: SmtpServer) {
    let mut refusals = 0;
    smtp.decide(move |_| {
        refusals += 1;
        if refusals == 1 { Verdict::Refuse(451) } else { Verdict::Take }
    });
    invite(&app, "lea@example.test", "fr").await;
    app.work().await;
    assert!(smtp.mails().is_empty());
    app.clock.advance(chrono::TimeDelta::hours(1));
    app.work().await;
    let [mail] = smtp.mails().try_into().expect("one mail");
    app.stranger().get(&link(&app, &mail)).await.expect(200);
}
