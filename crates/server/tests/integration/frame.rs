//! What every page and answer has in common.

use domain::Role;

use crate::support::TestApp;

both_engines!(
    strangers_are_sent_to_sign_in,
    a_page_carries_its_security_headers,
    an_unknown_address_is_a_page_or_a_problem,
    what_is_no_id_is_not_found,
    taste_is_kept_without_javascript,
    strangers_may_choose_their_language,
    the_columns_of_a_list_are_kept,
    a_message_is_said_once,
    the_navigation_shows_what_the_role_may_open,
    files_come_compressed_and_are_kept_for_ever,
    the_palette_answers_with_options,
    the_palette_finds_clients_as_the_list_does,
    the_dashboard_lists_the_latest_delay_first,
);

async fn strangers_are_sent_to_sign_in(app: TestApp) {
    let answer = app.stranger().get("/?q=1").await.expect(303);
    assert_eq!(answer.location(), "/connexion?suite=%2F%3Fq%3D1");
}

async fn a_page_carries_its_security_headers(app: TestApp) {
    let answer = app.sign_in(Role::Agent).await.get("/").await.expect(200);
    let csp = answer.headers["content-security-policy"].to_str().unwrap();
    assert!(csp.contains("default-src 'self'") && !csp.contains("unsafe"), "{csp}");
    assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    assert!(answer.headers.contains_key("x-request-id"));
}

async fn an_unknown_address_is_a_page_or_a_problem(app: TestApp) {
    let browser = app.sign_in(Role::Owner).await;
    let page = browser.get("/nulle-part").await.expect(404);
    assert!(page.body.contains("<html lang=\"fr\""), "{}", page.body);
    let problem = browser.get("/api/nowhere").await.expect(404);
    assert_eq!(problem.headers["content-type"], "application/problem+json");
    assert_eq!(problem.json()["type"], "urn:vigie:error:not-found");
}

async fn what_is_no_id_is_not_found(app: TestApp) {
    let admin = app.sign_in(Role::SuperAdmin).await;
    // Every page and answer with an id in its path, whatever it is of. (What is sent may be refused
    // for its body first.)
    for (method, path) in server::router::routes().listed() {
        if method != "GET" || !path.contains("{id}") {
            continue;
        }
        let path = path.replace("{id}", "abc").replace("{other}", "abc").replace("{event}", "abc");
        let answer = admin.get(&path).await;
        assert_eq!(answer.status, 404, "{path}: {}", answer.body);
    }
}

async fn taste_is_kept_without_javascript(app: TestApp) {
    let browser = app.sign_in(Role::Agent).await;
    let form = [("theme", "dark"), ("next", "/?a=1")];
    let answer = browser.post_form("/preferences/affichage", &form).await.expect(303);
    assert_eq!(answer.location(), "/?a=1");
    browser
        .post_form("/preferences/affichage", &[("density", "dense"), ("lang", "en")])
        .await
        .expect(303);
    browser.post_form("/preferences/affichage", &[("nav", "collapsed")]).await.expect(303);
    let page = browser.get("/").await.expect(200).body;
    let html =
        "<html lang=\"en\" data-theme=\"dark\" data-density=\"dense\" data-nav=\"collapsed\">";
    assert!(page.contains(html), "{page}");
    assert!(page.contains(">Dashboard<"), "{page}");
    let wrong = browser.post_form("/preferences/affichage", &[("theme", "pink")]).await;
    assert_eq!(wrong.status, 422);
    let elsewhere = [("theme", "auto"), ("next", "//evil.test")];
    let answer = browser.post_form("/preferences/affichage", &elsewhere).await.expect(303);
    assert_eq!(answer.location(), "/");
}

async fn strangers_may_choose_their_language(app: TestApp) {
    let stranger = app.stranger();
    stranger.post_form("/preferences/affichage", &[("lang", "en")]).await.expect(303);
    let page = stranger.get("/nowhere").await.expect(404).body;
    assert!(page.contains("<html lang=\"en\""), "{page}");
}

async fn the_columns_of_a_list_are_kept(app: TestApp) {
    let browser = app.sign_in(Role::Agent).await;
    let kept = async || {
        let user = browser.user.unwrap();
        domain::preferences::get(app.db.read(), user, "clients").await.unwrap().unwrap()
    };
    let columns = [("columns", "name"), ("columns", "phone")];
    browser.post_form("/preferences/clients", &columns).await.expect(303);
    browser.post_form("/preferences/clients", &[("widths", "{\"name\":220}")]).await.expect(303);
    let all = serde_json::json!({ "columns": ["name", "phone"], "widths": { "name": 220 } });
    assert_eq!(kept().await, all);
    for wrong in [("columns", "<b>"), ("widths", "{\"name\":\"x\"}")] {
        browser.post_form("/preferences/clients", &[wrong]).await.expect(422);
    }
    assert_eq!(kept().await, all);
}

async fn a_message_is_said_once(app: TestApp) {
    let browser = app.sign_in(Role::Agent).await;
    let form = [("grid", "clients"), ("name", "VIP"), ("query", ""), ("path", "/")];
    browser.post_form("/vues", &form).await.expect(303);
    // Our script's own refresh neither shows it nor takes it away.
    let refresh = browser.request("GET", "/").header("x-vigie-refresh", "1");
    let refresh = browser.send(refresh).await.expect(200).body;
    assert!(!refresh.contains("toast toast-success"), "{refresh}");
    let said = browser.get("/").await.expect(200).body;
    assert!(said.contains("toast toast-success"), "{said}");
    let silent = browser.get("/").await.expect(200).body;
    assert!(!silent.contains("toast toast-success"), "{silent}");
}

async fn the_navigation_shows_what_the_role_may_open(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await.get("/").await.expect(200).body;
    let agent = app.sign_in(Role::Agent).await.get("/").await.expect(200).body;
    let technician = app.sign_in(Role::Technician).await.get("/").await.expect(200).body;
    let sees =
        |page: &str, href: &str| page.contains(&format!("class=\"nav-link\" href=\"{href}\""));
    for href in ["/client", "/alertes", "/operations"] {
        assert!(sees(&owner, href) && sees(&agent, href) && !sees(&technician, href), "{href}");
    }
    for href in ["/journal", "/administration"] {
        assert!(sees(&owner, href) && !sees(&agent, href) && !sees(&technician, href), "{href}");
    }
}

async fn files_come_compressed_and_are_kept_for_ever(app: TestApp) {
    let browser = app.stranger();
    let path = server::assets::url("app.css");
    let plain = browser.get(&path).await.expect(200);
    assert!(!plain.headers.contains_key("content-encoding"));
    for coding in ["br", "gzip"] {
        let request = browser.client().get(format!("{}{path}", app.url));
        let answer = request.header("accept-encoding", coding).send().await.unwrap();
        assert_eq!(answer.headers()["content-encoding"], coding);
        assert_eq!(answer.headers()["vary"], "accept-encoding");
        assert!(answer.headers()["cache-control"].to_str().unwrap().contains("immutable"));
        assert!(answer.bytes().await.unwrap().len() < plain.body.len() / 3);
    }
}

async fn the_palette_answers_with_options(app: TestApp) {
    let browser = app.sign_in(Role::Agent).await;
    let fragment = browser.get("/recherche/rapide?q=N%27Diaye").await.expect(200).body;
    assert!(fragment.contains("role=\"option\"") && !fragment.contains("<html"), "{fragment}");
    assert!(fragment.contains("href=\"/client?q=N%27Diaye\""), "{fragment}");
}

async fn the_palette_finds_clients_as_the_list_does(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let body = serde_json::json!({ "first_name": "Inès", "last_name": "Roux", "city": "Thiès",
        "code": "0000101200", "phone": "06 72 95 10 20" });
    owner.post("/api/clients", &body).await.expect(201);
    owner.post("/api/clients", &serde_json::json!({ "last_name": "Autre" })).await.expect(201);
    for typed in ["In%C3%A8s+Roux", "ines", "roux", "0000101200", "06+72+95", "thies", "r"] {
        let found = owner.get(&format!("/recherche/rapide?q={typed}")).await.expect(200).body;
        assert!(found.contains("Inès Roux"), "{typed}: {found}");
        assert!(!found.contains("Autre") || typed == "r", "{typed}: {found}");
    }
    let elsewhere = app.sign_in(Role::Technician).await;
    let found = elsewhere.get("/recherche/rapide?q=roux").await.expect(200).body;
    assert!(!found.contains("Inès"), "{found}");
}

async fn the_dashboard_lists_the_latest_delay_first(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let client = crate::alerts::client(&app).await;
    for minutes in 1..=9 {
        let due = app.clock.now() + chrono::TimeDelta::minutes(minutes);
        let body = serde_json::json!({ "client_id": client, "title": format!("Relance n{minutes}"),
            "due_at": due });
        owner.post("/api/alerts", &body).await.expect(201);
    }
    app.clock.advance(chrono::TimeDelta::hours(1));
    let page = owner.get("/").await.expect(200).body;
    assert!(page.contains("Relance n1<") && !page.contains("Relance n9<"), "{page}");
    assert!(page.find("Relance n1<") < page.find("Relance n2<"), "the oldest first");
}
