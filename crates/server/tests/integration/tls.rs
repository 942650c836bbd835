//! Behind a proxy that speaks TLS: what browsers are told, and what they keep.

use domain::{Actor, Role, users};

use crate::support::{Kind, TestApp};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cookies_are_bound_to_the_host_and_tls_is_made_to_last_sqlite() {
    cookies_are_bound(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cookies_are_bound_to_the_host_and_tls_is_made_to_last_postgres() {
    cookies_are_bound(Kind::Postgres).await;
}

async fn cookies_are_bound(kind: Kind) {
    let app = TestApp::start_behind_tls(kind).await;
    let new = users::NewUser {
        email: "awa@exemple.test".into(),
        name: "Awa N’Diaye".into(),
        role: Role::Owner,
        call_center_id: Some(app.center),
        supervisor_id: None,
        password: Some("phare-dans-la-brume".into()),
        language: "fr".into(),
    };
    users::create(&app.db, &Actor::system(), new, app.clock.now()).await.unwrap();
    let browser = app.stranger();
    let page = browser.get("/connexion").await.expect(200);
    let lasting = page.headers["strict-transport-security"].to_str().unwrap();
    assert!(lasting.contains("max-age=31536000"), "{lasting}");

    let fields = [("email", "awa@exemple.test"), ("password", "phare-dans-la-brume")];
    // What the proxy sends on: the browser's own origin, which is https.
    let origin = app.url.replace("http", "https");
    let request = browser.request("POST", "/connexion").header("origin", &origin).form(&fields);
    let entered = browser.send(request).await.expect(303);
    let cookies: Vec<&str> =
        entered.headers.get_all("set-cookie").iter().map(|v| v.to_str().unwrap()).collect();
    let session = cookies.iter().find(|c| c.starts_with("__Host-vigie=")).expect("a session");
    for part in ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"] {
        assert!(session.contains(part), "{part} is missing: {session}");
    }
    assert!(!session.contains("Domain"), "{session}");
    assert!(cookies.iter().all(|cookie| cookie.contains("Secure")), "{cookies:?}");
    let token = session.split(';').next().unwrap();
    let own = app.stranger();
    own.send(own.request("GET", "/client").header("cookie", token)).await.expect(200);
    // The same name without its prefix is not ours over TLS.
    let bare = token.trim_start_matches("__Host-").to_owned();
    own.send(own.request("GET", "/client").header("cookie", bare)).await.expect(303);

    // Plain http is another origin than ours.
    let foreign = app.stranger();
    let request = foreign.request("POST", "/connexion").header("origin", &app.url).form(&fields);
    foreign.send(request).await.expect(403);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_tls_nothing_is_promised() {
    let app = TestApp::start(Kind::Sqlite).await;
    let page = app.stranger().get("/connexion").await.expect(200);
    assert!(!page.headers.contains_key("strict-transport-security"));
}
