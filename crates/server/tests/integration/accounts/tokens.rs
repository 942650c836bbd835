use chrono::TimeDelta;
use domain::Role;
use serde_json::{Value as Json, json};

use super::{PASSWORD, person};
use crate::support::{Answer, Browser, TestApp};

both_engines!(
    an_access_token_opens_the_api_for_ten_minutes,
    a_refresh_token_works_once_and_its_reuse_ends_the_family,
    signing_out_of_the_api_ends_both_tokens,
    a_changed_role_or_a_deactivation_ends_every_token_and_session,
    a_forged_or_foreign_token_is_refused,
    bearer_requests_ignore_cookies_and_need_no_origin,
    a_personal_token_is_shown_once_and_ends_when_revoked,
    a_personal_token_ends_with_what_it_stood_for,
    sign_in_by_the_api_is_slowed_too,
);

async fn login(app: &TestApp) -> Json {
    let body = json!({ "email": "awa@example.test", "password": PASSWORD });
    app.stranger().post("/api/auth/login", &body).await.expect(200).json()
}

async fn with(browser: &Browser, method: &str, path: &str, token: &str) -> Answer {
    browser.send(browser.request(method, path).bearer_auth(token)).await
}

fn text<'a>(json: &'a Json, field: &str) -> &'a str {
    json[field].as_str().unwrap_or_else(|| panic!("{field} in {json}"))
}

async fn an_access_token_opens_the_api_for_ten_minutes(app: TestApp) {
    person(&app, "awa@example.test", Role::Agent).await;
    let tokens = login(&app).await;
    assert_eq!((text(&tokens, "token_type"), &tokens["expires_in"]), ("Bearer", &json!(600)));
    let access = text(&tokens, "access_token");
    let me = with(&app.stranger(), "GET", "/api/me", access).await.expect(200).json();
    assert_eq!(me["email"], "awa@example.test");
    app.clock.advance(TimeDelta::seconds(599));
    with(&app.stranger(), "GET", "/api/me", access).await.expect(200);
    app.clock.advance(TimeDelta::seconds(1));
    with(&app.stranger(), "GET", "/api/me", access).await.expect(401);
    let wrong = json!({ "email": "awa@example.test", "password": "faux" });
    app.stranger().post("/api/auth/login", &wrong).await.expect(401);
    let missing = app.stranger().post("/api/auth/login", &json!({ "email": "x" })).await;
    assert_eq!(missing.expect(422).field_codes("password"), ["required"]);
}

async fn a_refresh_token_works_once_and_its_reuse_ends_the_family(app: TestApp) {
    person(&app, "awa@example.test", Role::Agent).await;
    let first = login(&app).await;
    let refresh = |token: &str| {
        let body = json!({ "refresh_token": token });
        let browser = app.stranger();
        async move { browser.post("/api/auth/refresh", &body).await }
    };
    let second = refresh(text(&first, "refresh_token")).await.expect(200).json();
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    with(&app.stranger(), "GET", "/api/me", text(&second, "access_token")).await.expect(200);
    // The thief comes second: everything of this sign-in ends.
    refresh(text(&first, "refresh_token")).await.expect(401);
    refresh(text(&second, "refresh_token")).await.expect(401);
    with(&app.stranger(), "GET", "/api/me", text(&second, "access_token")).await.expect(401);
    // Another sign-in is untouched, and a forgotten token dies of age.
    let other = login(&app).await;
    app.clock.advance(TimeDelta::days(30));
    refresh(text(&other, "refresh_token")).await.expect(401);
    refresh("vgr_nonsense").await.expect(401);
}

async fn signing_out_of_the_api_ends_both_tokens(app: TestApp) {
    person(&app, "awa@example.test", Role::Agent).await;
    let tokens = login(&app).await;
    let access = text(&tokens, "access_token");
    with(&app.stranger(), "POST", "/api/auth/logout", access).await.expect(204);
    with(&app.stranger(), "GET", "/api/me", access).await.expect(401);
    let body = json!({ "refresh_token": tokens["refresh_token"] });
    app.stranger().post("/api/auth/refresh", &body).await.expect(401);
}

async fn a_changed_role_or_a_deactivation_ends_every_token_and_session(app: TestApp) {
    let id = person(&app, "awa@example.test", Role::Agent).await;
    let owner = app.sign_in(Role::Owner).await;
    let path = format!("/api/users/{id}");
    for (version, change) in
        [json!({ "role": "supervisor" }), json!({ "is_active": false })].into_iter().enumerate()
    {
        let (tokens, session) = (login(&app).await, app.browser_of(id).await);
        session.get("/api/me").await.expect(200);
        let tag = format!("\"{}\"", version + 1);
        let request = owner.request("PATCH", &path).header("if-match", tag).json(&change);
        owner.send(request).await.expect(200);
        session.get("/api/me").await.expect(401);
        let access = text(&tokens, "access_token");
        with(&app.stranger(), "GET", "/api/me", access).await.expect(401);
        let body = json!({ "refresh_token": tokens["refresh_token"] });
        app.stranger().post("/api/auth/refresh", &body).await.expect(401);
    }
    let body = json!({ "email": "awa@example.test", "password": PASSWORD });
    app.stranger().post("/api/auth/login", &body).await.expect(401);
}

async fn a_forged_or_foreign_token_is_refused(app: TestApp) {
    use base64::Engine as _;
    person(&app, "awa@example.test", Role::Agent).await;
    let tokens = login(&app).await;
    let access = text(&tokens, "access_token");
    let parts: Vec<&str> = access.split('.').collect();
    let encode =
        |json: &Json| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(json.to_string());
    let none = format!("{}.{}.", encode(&json!({ "alg": "none", "typ": "at+jwt" })), parts[1]);
    let other_type = encode(&json!({ "alg": "HS256", "typ": "JWT" }));
    let forged = [
        none,
        format!("{other_type}.{}.{}", parts[1], parts[2]),
        format!("{}.{}.{}", parts[0], encode(&json!({ "sub": "x" })), parts[2]),
        format!("{}.{}.AAAA", parts[0], parts[1]),
        "nonsense".to_owned(),
        "vgt_nonsense".to_owned(),
        String::new(),
    ];
    for token in forged {
        with(&app.stranger(), "GET", "/api/me", &token).await.expect(401);
    }
}

async fn bearer_requests_ignore_cookies_and_need_no_origin(app: TestApp) {
    person(&app, "awa@example.test", Role::Agent).await;
    let tokens = login(&app).await;
    let owner = app.sign_in(Role::Owner).await;
    let me = with(&owner, "GET", "/api/me", text(&tokens, "access_token")).await.expect(200);
    assert_eq!(me.json()["role"], "agent");
    with(&owner, "GET", "/api/me", "nonsense").await.expect(401);
    // A program sends no Origin.
    let plain = reqwest::Client::new();
    let post = |request: reqwest::RequestBuilder| async {
        request.json(&json!({ "name": "x" })).send().await.unwrap().status().as_u16()
    };
    let url = format!("{}/api/tokens", app.url);
    assert_eq!(post(plain.post(&url).bearer_auth(text(&tokens, "access_token"))).await, 201);
    assert_eq!(post(plain.post(&url)).await, 401);
    // The same with a cookie: nothing proves where it comes from.
    assert_eq!(post(plain.post(&url).header("cookie", "vigie=x")).await, 403);
}

async fn a_personal_token_is_shown_once_and_ends_when_revoked(app: TestApp) {
    let agent = app.sign_in(Role::Agent).await;
    let body = json!({ "name": "Export de nuit" });
    let made = agent.post("/api/tokens", &body).await.expect(201).json();
    let secret = text(&made, "token");
    assert!(secret.starts_with("vgt_") && secret.ends_with(text(&made, "hint")));
    with(&app.stranger(), "GET", "/api/me", secret).await.expect(200);
    let listed = agent.get("/api/tokens").await.expect(200);
    assert!(!listed.body.contains(secret));
    assert!(listed.json()["data"][0]["last_used_at"].is_string());
    let path = format!("/api/tokens/{}", text(&made, "id"));
    app.sign_in(Role::SuperAdmin).await.json("DELETE", &path, &json!({})).await.expect(404);
    agent.json("DELETE", &path, &json!({})).await.expect(204);
    with(&app.stranger(), "GET", "/api/me", secret).await.expect(401);
    agent.json("DELETE", &path, &json!({})).await.expect(404);
    let page = agent.post_form("/compte/jetons", &[("token_name", "Caisse")]).await.expect(200);
    assert!(page.body.contains("vgt_"), "{}", page.body);
    let shown = agent.get("/compte").await.expect(200);
    assert!(shown.body.contains("Caisse") && !shown.body.contains("class=\"secret\""));
    let wrong = agent.post_form("/compte/jetons", &[("token_name", " ")]).await.expect(422);
    assert!(wrong.body.contains("href=\"#token_name\""), "{}", wrong.body);
    let past = json!({ "name": "x", "expires_at": "2020-01-01T00:00:00Z" });
    let past = agent.post("/api/tokens", &past).await.expect(422);
    assert_eq!(past.field_codes("expires_at"), ["in-the-past"]);
}

async fn a_personal_token_ends_with_what_it_stood_for(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let made = async |person: &Browser| {
        let made =
            person.post("/api/tokens", &json!({ "name": "Caisse" })).await.expect(201).json();
        assert_eq!(made["expires_at"], "2027-11-20T09:00:00Z", "a year, when nobody says");
        text(&made, "token").to_owned()
    };
    let agent = app.sign_in(Role::Agent).await;
    let secret = made(&agent).await;
    let more = owner.request("POST", "/api/tokens").bearer_auth(&secret);
    owner.send(more.json(&json!({ "name": "x" }))).await.expect(403);
    let path = format!("/api/users/{}", agent.user.unwrap());
    let version = owner.get(&path).await.expect(200).json()["version"].to_string();
    let change = owner.request("PATCH", &path).header("if-match", format!("\"{version}\""));
    owner.send(change.json(&json!({ "role": "supervisor" }))).await.expect(200);
    with(&app.stranger(), "GET", "/api/me", &secret).await.expect(401);

    let agent = app.sign_in(Role::Agent).await;
    let secret = made(&agent).await;
    let email = agent.get("/api/me").await.expect(200).json()["email"].as_str().unwrap().to_owned();
    let token = domain::users::links::reset_by_operator(&app.db, &email, app.clock.now());
    let token = token.await.unwrap();
    let purpose = domain::users::links::Purpose::Reset;
    let password = "trois girafes violettes".to_owned();
    domain::users::links::choose_password(&app.db, &token, purpose, password, app.clock.now())
        .await
        .unwrap();
    with(&app.stranger(), "GET", "/api/me", &secret).await.expect(401);
}

async fn sign_in_by_the_api_is_slowed_too(app: TestApp) {
    let body = json!({ "email": "nobody@example.test", "password": "faux" });
    for _ in 0..5 {
        app.stranger().post("/api/auth/login", &body).await.expect(401);
    }
    let refused = app.stranger().post("/api/auth/login", &body).await.expect(429);
    assert_eq!(refused.headers["retry-after"], "1");
}
