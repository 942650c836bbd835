//! The address a request is counted under, behind proxies that are trusted and others.

use crate::support::{Browser, Kind, TestApp};

/// Signs in wrongly, as the proxies on the way tell it.
async fn attempt(browser: &Browser, forwarded: &str, n: u32) -> u16 {
    let email = format!("n{n}@example.test");
    let fields = [("email", email.as_str()), ("password", "faux")];
    let request = browser.request("POST", "/connexion").header("x-forwarded-for", forwarded);
    browser.send(request.form(&fields)).await.status
}

/// How many of 30 attempts get through before their address is stopped; each tells another first
/// entry.
async fn through(proxies: &str, forwarded: impl Fn(u32) -> String) -> usize {
    let app = TestApp::start_behind(Kind::Sqlite, proxies).await;
    let stranger = app.stranger();
    let mut passed = 0;
    for n in 0..30 {
        passed += usize::from(attempt(&stranger, &forwarded(n), n).await == 422);
    }
    passed
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chain_of_trusted_proxies_is_followed_to_the_caller() {
    let trusted = "127.0.0.1,10.0.0.0/8";
    assert_eq!(through(trusted, |n| format!("198.51.100.{n}, 203.0.113.9, 10.1.2.3")).await, 20);
    assert_eq!(through(trusted, |n| format!("198.51.100.{n}, 10.1.2.3")).await, 30);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_not_trusted_is_counted_under_their_own_address() {
    assert_eq!(through("10.0.0.0/8", |n| format!("198.51.100.{n}")).await, 20);
    assert_eq!(through("", |n| format!("198.51.100.{n}")).await, 20);
}
