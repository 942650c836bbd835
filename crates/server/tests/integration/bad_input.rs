//! Bad input of contacts, orders and clients through the doors their own files do not try: changes
//! by the API, pages, and the command line. Every wrong field is named, and nothing changes.

use std::path::Path;
use std::process::{Command, Output};

use domain::Role;
use serde_json::{Value as Json, json};

use crate::orders::{post, read};
use crate::support::{Kind, TestApp, database};

both_engines!(
    bad_changes_and_bad_pages_name_their_field,
    a_click_and_a_client_s_form_name_their_field,
);

/// What [`bad_input_names_its_field`] asks of a new order, of a known one and through the pages.
async fn bad_changes_and_bad_pages_name_their_field(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let order = post(&owner, "P1", "Awa", "", "").await;
    let api = format!("/api/orders/{}", order["id"].as_str().unwrap());
    let patch = |body: Json| {
        let version = format!("\"{}\"", order["version"].as_i64().unwrap_or(1));
        owner.send(owner.request("PATCH", &api).header("if-match", version).json(&body))
    };
    for (body, field, code) in [
        (json!({ "phone": "bonjour" }), "phone", "phone-not-a-number"),
        (json!({ "status": "succes" }), "status", "wrong-value"),
        (
            json!({ "price": { "amount": 10.5, "currency": "XOF" } }),
            "price",
            "money-too-many-decimals",
        ),
        (
            json!({ "price": { "amount": 10.505, "currency": "EUR" } }),
            "price",
            "money-too-many-decimals",
        ),
    ] {
        let answer = patch(body.clone()).await.expect(422);
        assert_eq!(answer.field_codes(field), [code], "{body}: {}", answer.body);
    }
    // Everything wrong at once, each named.
    let all = json!({ "phone": "bonjour", "status": "perdue", "email": "x" });
    let answer = patch(all).await.expect(422);
    for field in ["phone", "status", "email"] {
        assert_eq!(answer.field_codes(field).len(), 1, "{field}: {}", answer.body);
    }
    let page = format!("/commandes/{}", order["id"].as_str().unwrap());
    let gone = uuid::Uuid::nil().to_string();
    let typed = [("answer", "client"), ("client", gone.as_str()), ("q", "INCONNU-7")];
    let again = owner.post_form(&format!("{page}/lien"), &typed).await.expect(422).body;
    assert!(again.contains("value=\"INCONNU-7\"") && again.contains("role=\"alert\""), "{again}");
    assert!(again.contains("Ce client n’est plus là"), "{again}");
    let wrong = [("status", "succes")];
    let answer = owner.post_form(&format!("{page}/statut"), &wrong).await.expect(422);
    assert!(answer.body.contains("<code>status</code>"), "{}", answer.body);
    assert_eq!(read(&owner, &order["id"]).await["status"], "pending", "nothing changed");
}

async fn a_click_and_a_client_s_form_name_their_field(app: TestApp) {
    let agent = app.sign_in(Role::Agent).await;
    let id = crate::contact_log::client(&agent, "Diop", "C1").await;
    for (path, named) in [
        (format!("/client/{id}/contact"), "<code>statut</code>"),
        (format!("/client/{}/contact", uuid::Uuid::nil()), ""),
    ] {
        let answer = agent.post_form(&path, &[("statut", "perdu")]).await;
        let answer = answer.expect(if named.is_empty() { 404 } else { 422 });
        assert!(answer.body.contains(named), "{}", answer.body);
    }
    let typed = [("last_name", "Sarr"), ("phones", "bonjour"), ("emails", "awa@")];
    let again = agent.post_form("/client/nouveau", &typed).await.expect(422).body;
    for kept in ["value=\"Sarr\"", "value=\"bonjour\"", "value=\"awa@\""] {
        assert!(again.contains(kept), "{kept}: {again}");
    }
    assert!(again.contains("href=\"#phone") && again.contains("href=\"#email"), "{again}");
    let story = agent.get("/api/notifications?client=C1").await.expect(200).json();
    assert_eq!(story["data"], json!([]), "nothing was recorded");
    let wrong = agent.get("/api/notifications?client=C-404&statut=perdu").await.expect(422);
    assert_eq!(wrong.field_codes("client"), ["unknown-client"]);
    assert_eq!(wrong.field_codes("statut"), ["wrong-value"]);
    let figures = agent.get("/api/notifications/figures?canal=fax&client=C-404").await.expect(422);
    assert_eq!(figures.field_codes("canal"), ["wrong-value"]);
    assert_eq!(figures.field_codes("client"), ["unknown-client"]);
}

#[tokio::test]
async fn the_command_line_names_line_and_field_sqlite() {
    command_line(Kind::Sqlite).await;
}

#[tokio::test]
async fn the_command_line_names_line_and_field_postgres() {
    command_line(Kind::Postgres).await;
}

async fn command_line(kind: Kind) {
    let folder = tempfile::tempdir().unwrap();
    let address = database::fresh(kind, folder.path()).await;
    let work = folder.path().to_owned();
    // The binary blocks: not on the runtime's threads.
    tokio::task::spawn_blocking(move || names_line_and_field(&work, &address)).await.unwrap();
}

fn vigie(folder: &Path, database: &str, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_vigie"))
        .args(arguments)
        .args(["--database", database, "--data-dir"])
        .arg(folder.join("data"))
        .current_dir(folder)
        .env_clear()
        .output()
        .unwrap()
}

fn names_line_and_field(folder: &Path, database: &str) {
    let said = |arguments: &[&str]| {
        let output = vigie(folder, database, arguments);
        let text = String::from_utf8(output.stdout).unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{arguments:?}: {text} {told}");
        (text, told)
    };
    said(&["demo", "--clients", "20", "--orders", "0"]);
    let clients = "client_id,full_name,email,phone\nK1,Awa Sarr,awa@sarr.sn,06 12 34 56 78\n\
        K2,Ali Ba,,bonjour\nK3,Zoé Fall,pas une adresse,\n";
    let orders = "order_id,client_name,phone,price,currency,status,client_code\n\
        O1,Awa Sarr,0612345678,,,,\nO2,Ali,bonjour,,,,\nO3,Ali,,\"10,5\",XOF,,\n\
        O4,Ali,,,,succes,\nO5,Ali,,,,,NOPE\n";
    for (kind, file, summary, wrong) in [
        (
            "clients",
            clients,
            "1 created, 0 updated, 0 unchanged, 2 rejected",
            &[("line 3: phone", "bonjour"), ("line 4: email", "pas une adresse")][..],
        ),
        (
            "orders",
            orders,
            "1 created, 0 updated, 0 unchanged, 4 rejected",
            &[
                ("line 3: phone", "bonjour"),
                ("line 4: price", "10,5"),
                ("line 5: status", "succes"),
                ("line 6: client_code", "NOPE"),
            ][..],
        ),
    ] {
        let name = format!("{kind}.csv");
        std::fs::write(folder.join(&name), file).unwrap();
        let (text, told) = said(&["import", kind, &name, "--center", "Vigie Paris"]);
        assert!(text.contains(summary), "{kind}: {text} {told}");
        for (place, value) in wrong {
            let line = told.lines().find(|line| line.starts_with(place));
            assert!(line.is_some_and(|line| line.ends_with(value)), "{place}: {told}");
        }
    }
    let lost =
        vigie(folder, database, &["import", "orders", "orders.csv", "--center", "Nulle part"]);
    let told = String::from_utf8(lost.stderr).unwrap();
    assert!(!lost.status.success() && told.contains("no centre is called Nulle part"), "{told}");
}
