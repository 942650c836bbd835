//! The API describes itself, and figures are for those who run the place.

use domain::Role;

use crate::support::{Kind, TestApp};

both_engines!(the_document_is_served_and_read, figures_are_for_this_machine_and_super_admins);

async fn the_document_is_served_and_read(app: TestApp) {
    let stranger = app.stranger();
    let document = stranger.get("/api/openapi.json").await.expect(200).json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"), "{}", document["openapi"]);
    let paths = document["paths"].as_object().unwrap();
    for path in ["/api/audit", "/api/event-types", "/api/me/stream", "/api/clients"] {
        assert!(paths.contains_key(path), "{path}");
    }
    assert_eq!(document["components"]["securitySchemes"]["bearer"]["scheme"], "bearer");
    let docs = stranger.get("/api/docs").await.expect(200);
    assert!(docs.headers["content-type"].to_str().unwrap().starts_with("text/html"));
    assert!(docs.body.contains("<code>/api/audit</code>") && !docs.body.contains("style="));
}

/// What the API promises, whole: a change of it shows in review. How to accept one is said in
/// docs/api-design.md.
#[tokio::test]
async fn the_document_is_the_one_reviewed() {
    let app = TestApp::start(Kind::Sqlite).await;
    let document = app.stranger().get("/api/openapi.json").await.expect(200).json();
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_json_snapshot!("openapi", document, { ".info.version" => "[version]" });
    });
}

async fn figures_are_for_this_machine_and_super_admins(app: TestApp) {
    app.sign_in(Role::Owner).await.get("/client/inconnu").await;
    let local = app.stranger().get("/metrics").await.expect(200).body;
    assert!(local.contains("vigie_http_requests_total{"), "{local}");
    assert!(!local.contains("inconnu"), "a route, not a path: {local}");
    let through_proxy = async |role: Option<Role>| {
        let browser = match role {
            Some(role) => app.sign_in(role).await,
            None => app.stranger(),
        };
        let request = browser.request("GET", "/metrics").header("x-forwarded-for", "203.0.113.7");
        browser.send(request).await.status
    };
    assert_eq!(through_proxy(None).await, 404);
    assert_eq!(through_proxy(Some(Role::Owner)).await, 404);
    assert_eq!(through_proxy(Some(Role::SuperAdmin)).await, 200);
}
