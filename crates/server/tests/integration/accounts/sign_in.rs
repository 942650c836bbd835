use chrono::TimeDelta;
use domain::Role;
use domain::users::{passwords, throttle};

use super::{PASSWORD, person};
use crate::support::{Answer, Browser, TestApp};

both_engines!(
    a_right_password_opens_a_session_and_leads_back,
    foreign_return_paths_are_not_followed,
    a_wrong_password_and_an_unknown_account_look_and_cost_the_same,
    signing_out_kills_the_session_at_once,
    signing_in_again_replaces_the_session,
    guessing_is_slowed_but_the_owner_s_browser_gets_through,
    one_address_cannot_try_many_accounts,
    everyone_together_is_slowed_but_known_browsers_are_not,
    a_thousand_attempts_at_once_count_as_a_thousand,
    a_session_unused_for_two_weeks_is_dead,
    a_form_another_site_sends_is_refused,
);

async fn try_in(browser: &Browser, email: &str, password: &str) -> Answer {
    browser.post_form("/connexion", &[("email", email), ("password", password)]).await
}

async fn try_from(browser: &Browser, address: &str, email: &str, password: &str) -> Answer {
    let fields = [("email", email), ("password", password)];
    let request = browser.request("POST", "/connexion").header("x-forwarded-for", address);
    browser.send(request.form(&fields)).await
}

fn cookies(answer: &Answer) -> Vec<String> {
    let all = answer.headers.get_all("set-cookie").iter();
    all.map(|v| v.to_str().unwrap().to_owned()).collect()
}

async fn a_right_password_opens_a_session_and_leads_back(app: TestApp) {
    person(&app, "awa@example.test", Role::Agent).await;
    let browser = app.stranger();
    let page = browser.get("/connexion?suite=%2F%3Fq%3D1").await.expect(200);
    assert!(page.body.contains("value=\"/?q=1\""), "{}", page.body);
    let fields = [
        ("email", " AWA@example.test "),
        ("password", PASSWORD),
        ("suite", "/?q=1"),
        ("remember", "on"),
    ];
    let answer = browser.post_form("/connexion", &fields).await.expect(303);
    assert_eq!(answer.location(), "/?q=1");
    let cookies = cookies(&answer);
    let session = cookies.iter().find(|c| c.starts_with("vigie=")).unwrap();
    assert!(session.contains("HttpOnly") && session.contains("SameSite=Lax"), "{session}");
    assert!(session.contains("Max-Age=1209600"), "{session}");
    let csrf = cookies.iter().find(|c| c.starts_with("csrftoken=")).unwrap();
    assert!(!csrf.contains("HttpOnly"), "{csrf}");
    browser.get("/").await.expect(200);
    assert_eq!(browser.get("/connexion?suite=/alertes").await.expect(303).location(), "/alertes");
}

async fn foreign_return_paths_are_not_followed(app: TestApp) {
    person(&app, "awa@example.test", Role::Agent).await;
    for target in ["//evil.test", "https://evil.test/", "/\\evil.test", "evil"] {
        let fields = [("email", "awa@example.test"), ("password", PASSWORD), ("suite", target)];
        let answer = app.stranger().post_form("/connexion", &fields).await.expect(303);
        assert_eq!(answer.location(), "/", "{target}");
    }
}

async fn a_wrong_password_and_an_unknown_account_look_and_cost_the_same(app: TestApp) {
    person(&app, "known@example.test", Role::Agent).await;
    let mut answers = Vec::new();
    for email in ["known@example.test", "nobody@example.test", "", "not an address"] {
        let before = passwords::compared();
        let answer = try_in(&app.stranger(), email, "pas le bon du tout").await.expect(422);
        assert_eq!(passwords::compared() - before, 1, "{email}");
        assert!(answer.body.contains("E-mail ou mot de passe incorrect."), "{}", answer.body);
        assert!(!answer.body.contains("pas le bon du tout"), "the password comes back");
        let body = answer.body.replace(&format!("value=\"{email}\""), "value=\"\"");
        answers.push(body.replace(" autofocus", ""));
    }
    assert!(answers.windows(2).all(|w| w[0] == w[1]));
}

async fn signing_out_kills_the_session_at_once(app: TestApp) {
    person(&app, "awa@example.test", Role::Agent).await;
    let browser = app.stranger();
    let answer = try_in(&browser, "awa@example.test", PASSWORD).await.expect(303);
    let cookie = cookies(&answer).into_iter().find(|c| c.starts_with("vigie=")).unwrap();
    let stolen = cookie.split(';').next().unwrap().to_owned();
    let thief = app.stranger();
    let with_cookie = || thief.request("GET", "/").header("cookie", &stolen);
    thief.send(with_cookie()).await.expect(200);
    let out = browser.post_form("/deconnexion", &[]).await.expect(303);
    assert_eq!(out.location(), "/connexion");
    browser.get("/").await.expect(303);
    thief.send(with_cookie()).await.expect(303);
}

async fn signing_in_again_replaces_the_session(app: TestApp) {
    person(&app, "awa@example.test", Role::Agent).await;
    let browser = app.stranger();
    let first = cookies(&try_in(&browser, "awa@example.test", PASSWORD).await.expect(303));
    let second = cookies(&try_in(&browser, "awa@example.test", PASSWORD).await.expect(303));
    assert_ne!(first[0], second[0]);
    let old = first[0].split(';').next().unwrap();
    let thief = app.stranger();
    thief.send(thief.request("GET", "/").header("cookie", old)).await.expect(303);
    browser.get("/").await.expect(200);
}

async fn guessing_is_slowed_but_the_owner_s_browser_gets_through(app: TestApp) {
    person(&app, "awa@example.test", Role::Agent).await;
    let own = app.stranger();
    try_from(&own, "203.0.113.1", "awa@example.test", PASSWORD).await.expect(303);
    let stranger = app.stranger();
    for n in 0..5 {
        let address = format!("198.51.100.{n}");
        try_from(&stranger, &address, "awa@example.test", "faux faux faux").await.expect(422);
    }
    // The sixth waits a second, from wherever it comes, even with the right password.
    let refused = try_from(&stranger, "198.51.100.9", "awa@example.test", PASSWORD).await;
    let refused = refused.expect(429);
    assert_eq!(refused.headers["retry-after"], "1");
    assert!(refused.body.contains("Réessayez dans une seconde"), "{}", refused.body);
    assert!(refused.body.contains("awa@example.test"), "what was typed is kept");
    // An unknown account is slowed in the same way.
    for n in 0..5 {
        let address = format!("198.51.100.{}", 20 + n);
        try_from(&stranger, &address, "nobody@example.test", "faux").await.expect(422);
    }
    try_from(&stranger, "198.51.100.30", "nobody@example.test", "faux").await.expect(429);
    // Waits double up to a quarter of an hour.
    let mut longest = 0;
    for _ in 0..14 {
        app.clock.advance(TimeDelta::seconds(longest + 1));
        try_from(&stranger, "198.51.100.40", "awa@example.test", "faux").await.expect(422);
        let wait = try_from(&stranger, "198.51.100.41", "awa@example.test", "faux").await;
        let wait: i64 = wait.expect(429).headers["retry-after"].to_str().unwrap().parse().unwrap();
        assert!(wait > longest || wait == 900, "{wait} after {longest}");
        longest = wait;
    }
    assert_eq!(longest, 900);
    // The owner, from the browser that signed in before.
    try_from(&own, "198.51.100.40", "awa@example.test", PASSWORD).await.expect(303);
}

async fn one_address_cannot_try_many_accounts(app: TestApp) {
    let stranger = app.stranger();
    for n in 0..20 {
        try_from(&stranger, "203.0.113.9", &format!("n{n}@example.test"), "faux").await.expect(422);
    }
    try_from(&stranger, "203.0.113.9", "n20@example.test", "faux").await.expect(429);
    // What a caller writes before the proxy's word is not believed.
    try_from(&stranger, "1.2.3.4, 203.0.113.9", "n21@example.test", "faux").await.expect(429);
    try_from(&stranger, "203.0.113.10", "n22@example.test", "faux").await.expect(422);
}

async fn everyone_together_is_slowed_but_known_browsers_are_not(app: TestApp) {
    person(&app, "awa@example.test", Role::Agent).await;
    person(&app, "lea@example.test", Role::Agent).await;
    let own = app.stranger();
    try_from(&own, "203.0.113.1", "awa@example.test", PASSWORD).await.expect(303);
    // Each account and each address once: only their number tells that someone is guessing.
    let stranger = app.stranger();
    let guess = async |n: u32| {
        let address = format!("198.51.{}.{}", 100 + n / 200, n % 200);
        try_from(&stranger, &address, &format!("n{n}@example.test"), "faux").await
    };
    // All but the last of them without the price of comparing passwords.
    for _ in 0..297 {
        throttle::take(&app.db, &[throttle::Key::overall()], app.clock.now()).await.unwrap();
    }
    for n in 0..3 {
        guess(n).await.expect(422);
    }
    let mut longest = 0;
    for n in 0..8 {
        let refused = guess(100 + 2 * n).await.expect(429);
        let wait = refused.headers["retry-after"].to_str().unwrap().parse::<i64>().unwrap();
        assert!(wait > longest || wait == 30, "{wait} after {longest}");
        longest = wait;
        // The right password of someone this place does not know waits as well.
        try_from(&app.stranger(), "203.0.113.7", "lea@example.test", PASSWORD).await.expect(429);
        // Who came in from this browser before comes in.
        try_from(&own, "203.0.113.1", "awa@example.test", PASSWORD).await.expect(303);
        app.clock.advance(TimeDelta::seconds(wait));
        guess(101 + 2 * n).await.expect(422);
    }
    assert_eq!(longest, 30, "half a minute at most: nobody is kept out");
    app.clock.advance(TimeDelta::seconds(longest));
    try_from(&app.stranger(), "203.0.113.7", "lea@example.test", PASSWORD).await.expect(303);
    // A quiet minute forgets it all.
    app.clock.advance(TimeDelta::seconds(61));
    for n in 0..3 {
        guess(200 + n).await.expect(422);
    }
}

async fn a_thousand_attempts_at_once_count_as_a_thousand(app: TestApp) {
    person(&app, "awa@example.test", Role::Agent).await;
    let browsers: Vec<Browser> = (0..12).map(|_| app.stranger()).collect();
    let attempts = browsers.iter().enumerate().map(|(n, browser)| async move {
        let address = format!("198.51.100.{n}");
        try_from(browser, &address, "awa@example.test", "faux").await.status
    });
    let statuses = futures::future::join_all(attempts).await;
    assert_eq!(statuses.iter().filter(|s| **s == 422).count(), 5, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|s| **s == 429).count(), 7, "{statuses:?}");
}

async fn a_session_unused_for_two_weeks_is_dead(app: TestApp) {
    let browser = app.sign_in(Role::Agent).await;
    for _ in 0..3 {
        app.clock.advance(TimeDelta::days(13));
        browser.get("/").await.expect(200);
    }
    app.clock.advance(TimeDelta::days(14));
    browser.get("/").await.expect(303);
}

async fn a_form_another_site_sends_is_refused(app: TestApp) {
    person(&app, "awa@example.test", Role::Agent).await;
    let plain =
        reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let post = |headers: &'static [(&'static str, &'static str)]| {
        let fields = [("email", "awa@example.test"), ("password", PASSWORD)];
        let mut request = plain.post(format!("{}/connexion", app.url)).form(&fields);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        async { request.send().await.unwrap().status().as_u16() }
    };
    assert_eq!(post(&[]).await, 403, "nothing proves the origin");
    assert_eq!(post(&[("origin", "https://evil.test")]).await, 403);
    assert_eq!(post(&[("origin", "null")]).await, 403);
    for site in ["cross-site", "same-site", "none", ""] {
        let headers: &[(&str, &str)] = Box::leak(Box::new([("sec-fetch-site", site)]));
        assert_eq!(post(Box::leak(Box::new([headers[0]]))).await, 403, "{site}");
    }
    // Fetch Metadata wins over an Origin.
    let origin: &'static str = Box::leak(app.url.clone().into_boxed_str());
    let both = Box::leak(Box::new([("sec-fetch-site", "cross-site"), ("origin", origin)]));
    assert_eq!(post(both).await, 403);
    assert_eq!(post(&[("sec-fetch-site", "same-origin")]).await, 303);
    assert_eq!(post(Box::leak(Box::new([("origin", origin)]))).await, 303);
}
