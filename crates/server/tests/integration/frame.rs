//! What every page and answer has in common.

use domain::Role;

use crate::support::TestApp;

both_engines!(
    strangers_are_sent_to_sign_in,
    a_page_carries_its_security_headers,
    an_unknown_address_is_a_page_or_a_problem,
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
