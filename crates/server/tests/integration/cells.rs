//! A cell of the client list changed where it stands; saved views renamed.

use domain::Role;
use serde_json::json;

use crate::support::{Answer, Browser, TestApp};

both_engines!(
    a_cell_is_changed_where_it_stands,
    without_the_script_the_edit_page_does_it,
    a_view_gets_another_name,
    people_are_found_without_accents,
);

async fn fragment(browser: &Browser, path: &str, fields: Option<&[(&str, &str)]>) -> Answer {
    let request = match fields {
        Some(fields) => browser.request("POST", path).form(fields),
        None => browser.request("GET", path),
    };
    browser.send(request.header("turbo-frame", "cell")).await
}

async fn a_cell_is_changed_where_it_stands(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let body = json!({ "last_name": "Diop", "city": "Thiès", "phone": "06 12 34 56 78",
        "emails": [{ "value": "a@exemple.sn" }, { "value": "b@exemple.sn" }] });
    let client = owner.post("/api/clients", &body).await.expect(201).json();
    let id = client["id"].as_str().unwrap();
    let path = format!("/client/{id}/cellule");
    let shown = fragment(&owner, &format!("{path}?colonne=city"), None).await.expect(200);
    assert!(shown.body.contains("value=\"Thiès\""), "{}", shown.body);
    assert!(!shown.body.contains("<html"), "a whole page: {}", shown.body);

    let typed = [("colonne", "city"), ("version", "1"), ("value", " Dakar ")];
    let cell = fragment(&owner, &path, Some(&typed)).await.expect(200);
    assert_eq!(cell.body.trim(), "Dakar");
    // The version first shown is no longer the present one: both are named, and the next press decides.
    let late = [("colonne", "city"), ("version", "1"), ("value", "Rufisque")];
    let clash = fragment(&owner, &path, Some(&late)).await.expect(409);
    assert!(
        clash.body.contains("Dakar") && clash.body.contains("value=\"Rufisque\""),
        "{}",
        clash.body
    );
    assert!(clash.body.contains("name=\"version\" value=\"2\""), "{}", clash.body);
    let again = [("colonne", "city"), ("version", "2"), ("value", "Rufisque")];
    fragment(&owner, &path, Some(&again)).await.expect(200);

    let wrong = [("colonne", "email"), ("version", "3"), ("value", "pas une adresse")];
    let refused = fragment(&owner, &path, Some(&wrong)).await.expect(422);
    assert!(refused.body.contains("aria-invalid") && refused.body.contains("pas une adresse"));
    let primary = [("colonne", "email"), ("version", "3"), ("value", "c@exemple.sn")];
    fragment(&owner, &path, Some(&primary)).await.expect(200);
    let empty = [("colonne", "phone"), ("version", "4"), ("value", "")];
    fragment(&owner, &path, Some(&empty)).await.expect(200);
    let client = owner.get(&format!("/api/clients/{id}")).await.expect(200).json();
    assert_eq!(client["city"], "Rufisque");
    let emails: Vec<_> = client["emails"].as_array().unwrap().iter().map(|e| &e["value"]).collect();
    assert_eq!(emails, ["c@exemple.sn", "b@exemple.sn"]);
    assert_eq!((&client["phone"], &client["version"]), (&json!(null), &json!(5)));
}

async fn without_the_script_the_edit_page_does_it(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let client =
        owner.post("/api/clients", &json!({ "last_name": "Fall" })).await.expect(201).json();
    let id = client["id"].as_str().unwrap();
    let sent = owner.get(&format!("/client/{id}/cellule?colonne=city")).await.expect(303);
    assert_eq!(sent.location(), format!("/client/{id}/modifier"));
    let unknown =
        fragment(&owner, &format!("/client/{id}/cellule"), Some(&[("colonne", "id")])).await;
    unknown.expect(422);
}

async fn a_view_gets_another_name(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    owner.post("/api/clients", &json!({ "last_name": "Diop" })).await.expect(201);
    for name in ["Dakar", "Thiès"] {
        let view = [("grid", "clients"), ("name", name), ("query", "q=x"), ("path", "/client")];
        owner.post_form("/vues", &view).await.expect(303);
    }
    let page = owner.get("/client").await.expect(200).body;
    let (_, after) = page.split_once("action=\"/vues/").unwrap();
    let id = after.split('/').next().unwrap();
    let path = format!("/vues/{id}/nom");
    let rename = |name: &'static str| [("name", name), ("path", "/client")];
    owner.post_form(&path, &rename("Grand Dakar")).await.expect(303);
    owner.post_form(&path, &rename("Thiès")).await.expect(303);
    let page = owner.get("/client").await.expect(200).body;
    assert!(page.contains(">Grand Dakar</a>") && !page.contains(">Dakar</a>"), "{page}");
    let stranger = app.sign_in(Role::Owner).await;
    stranger.post_form(&path, &rename("À moi")).await.expect(404);
}

async fn people_are_found_without_accents(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let body = json!({ "email": "helene@exemple.sn", "name": "Hélène Œuvrard", "role": "agent" });
    let made = owner.post("/api/users", &body).await.expect(201).json();
    for q in ["helene", "HÉLÈNE", "oeuvrard", "helene@"] {
        let found = owner.get(&format!("/api/users?q={q}")).await.expect(200).json();
        assert_eq!(found["data"][0]["id"], made["id"], "{q}: {found}");
    }
    let none = owner.get("/api/users?q=h_lene%25x").await.expect(200).json();
    assert_eq!(none["total"]["value"], 0);
}
