//! Files of clients: guessed columns, dry run, the rest of a broken file, the way back.

use domain::Role;
use reqwest::multipart::{Form, Part};
use serde_json::{Value as Json, json};

use crate::operations::{operation, undo};
use crate::support::{Answer, Browser, TestApp, linkage_data};

both_engines!(
    two_thousand_clients_go_in_as_a_person_would,
    a_dry_run_tells_and_changes_nothing,
    a_known_code_updates_and_an_import_can_be_undone,
    a_phone_or_a_name_alone_never_merges,
    broken_lines_are_reported_and_the_rest_goes_in,
    windows_1252_semicolons_and_marks_are_read,
    a_stray_zero_byte_refuses_its_line_alone,
    a_spreadsheet_is_read,
    what_is_no_table_is_refused,
    a_mapping_may_be_told,
    an_import_interrupted_resumes_where_it_was,
    only_who_leads_people_imports,
);

/// Sends a file to the API.
pub async fn send(
    browser: &Browser,
    name: &str,
    file: impl Into<Vec<u8>>,
    more: &[(&str, &str)],
) -> Answer {
    let part = Part::bytes(file.into()).file_name(name.to_owned());
    let mut form = Form::new().part("file", part);
    for (name, value) in more {
        form = form.text((*name).to_owned(), (*value).to_owned());
    }
    browser.send(browser.request("POST", "/api/imports/clients").multipart(form)).await
}

/// Imports a file and returns the finished operation.
pub async fn import(
    app: &TestApp,
    browser: &Browser,
    name: &str,
    file: impl Into<Vec<u8>>,
) -> Json {
    import_with(app, browser, name, file, &[]).await
}

async fn import_with(
    app: &TestApp,
    browser: &Browser,
    name: &str,
    file: impl Into<Vec<u8>>,
    more: &[(&str, &str)],
) -> Json {
    let started = send(browser, name, file, more).await.expect(202).json();
    app.work().await;
    operation(browser, started["id"].as_str().unwrap()).await
}

async fn all(browser: &Browser) -> Vec<Json> {
    let list = browser.get("/api/clients?limit=200&sort=created_at").await.expect(200).json();
    list["data"].as_array().unwrap().clone()
}

async fn upload(browser: &Browser, name: &str, file: impl Into<Vec<u8>>) -> Answer {
    let form = Form::new().part("file", Part::bytes(file.into()).file_name(name.to_owned()));
    browser.send(browser.request("POST", "/client/importer").multipart(form)).await
}

async fn two_thousand_clients_go_in_as_a_person_would(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let file = std::fs::read(linkage_data("clients.csv")).unwrap();
    let lines = file.iter().filter(|byte| **byte == b'\n').count() - 1;
    owner.get("/client/importer").await.expect(200);
    let place = upload(&owner, "clients.csv", file).await.expect(303).location().to_owned();
    let columns = owner.get(&place).await.expect(200);
    for guessed in [
        "value=\"code\" selected",
        "value=\"full_name\" selected",
        "value=\"email\" selected",
        "value=\"phone\" selected",
    ] {
        assert!(columns.body.contains(guessed), "{guessed} in {}", columns.body);
    }
    let mapped =
        [("map_0", "code"), ("map_1", "full_name"), ("map_2", "email"), ("map_3", "phone")];
    let dry_run = owner.post_form(&place, &mapped).await.expect(303).location().to_owned();
    app.work().await;
    let looked = owner.get(&dry_run).await.expect(200);
    assert!(looked.body.contains(&format!("{dry_run}/import")), "{}", looked.body);
    assert_eq!(all(&owner).await.len(), 0);
    let import = owner.post_form(&format!("{dry_run}/import"), &[]).await.expect(303);
    app.work().await;
    let id = import.location().rsplit('/').next().unwrap().to_owned();
    let done = operation(&owner, &id).await;
    assert_eq!(done["result"]["rejected"], json!([]));
    assert_eq!(done["result"]["created"], json!(lines));
    let left = std::fs::read_dir(app.app.settings().data_dir.join("uploads")).unwrap().count();
    assert_eq!(left, 0, "the file is deleted once imported");
    let found = owner.get("/api/clients?q=C0000002").await.expect(200).json();
    assert_eq!(found["data"][0]["full_name"], "Fatou Diop");
    assert_eq!(found["data"][0]["phones"][0]["e164"], "+221756404034");
    let mails: Option<i32> =
        base::db::Sql::new("SELECT 1 FROM mails LIMIT 1").scalar(app.db.read()).await.unwrap();
    assert_eq!(mails, None, "imports never send mail");
}

async fn a_dry_run_tells_and_changes_nothing(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    import(&app, &owner, "a.csv", "code,nom,ville\nA,Diop,Dakar\nB,Sarr,Dakar\n").await;
    let file = "code,nom,ville\nA,Diop,Dakar\nB,Sarr,Thiès\nC,Fall,\nC,Encore,\n";
    let looked = import_with(&app, &owner, "a.csv", file, &[("dry_run", "true")]).await;
    assert_eq!((&looked["state"], &looked["dry_run"]), (&json!("done"), &json!(true)));
    let result = &looked["result"];
    assert_eq!((&result["created"], &result["updated"]), (&json!(1), &json!(1)));
    assert_eq!((&result["unchanged"], &result["rejected_count"]), (&json!(1), &json!(1)));
    assert_eq!(result["rejected"][0]["line"], 5);
    assert_eq!(result["rejected"][0]["code"], "code-twice");
    assert_eq!(result["rejected"][0]["field"], "code");
    assert_eq!(all(&owner).await.len(), 2);
    let path = format!("/api/operations/{}/undo", looked["id"].as_str().unwrap());
    owner.post(&path, &json!({})).await.expect(409);
}

async fn a_known_code_updates_and_an_import_can_be_undone(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let first = "code,prénom,nom,e-mail,tél,étiquettes\n\
                 A,Awa,Diop,awa@example.test,0612345678,VIP\nB,Ali,Sarr,,,\n";
    import(&app, &owner, "a.csv", first).await;
    let before = all(&owner).await;
    let second = "code,nom,ville,e-mail,tél,étiquettes\nA,,Dakar,new@example.test,06 12 34 56 78,Dakar\n\
                  B,Sarr,,,,\nC,Fall,,,,\n";
    let done = import(&app, &owner, "b.csv", second).await;
    let result = &done["result"];
    assert_eq!((&result["created"], &result["updated"]), (&json!(1), &json!(1)));
    assert_eq!(result["unchanged"], 1);
    let after = all(&owner).await;
    assert_eq!(after[0]["last_name"], "Diop", "an empty cell takes nothing away");
    assert_eq!(after[0]["city"], "Dakar");
    assert_eq!(after[0]["email"], "new@example.test");
    assert_eq!(after[0]["emails"].as_array().unwrap().len(), 2);
    assert_eq!(after[0]["phones"], before[0]["phones"], "the same number written otherwise");
    assert_eq!(after[0]["tags"], json!(["Dakar", "VIP"]));
    let undone = undo(&app, &owner, done["id"].as_str().unwrap()).await;
    assert_eq!(undone["result"]["updated"], 2);
    let back = all(&owner).await;
    assert_eq!(back.len(), 2);
    for field in ["city", "emails", "email", "tags", "full_name", "code"] {
        assert_eq!(back[0][field], before[0][field], "{field}");
    }
}

async fn a_phone_or_a_name_alone_never_merges(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let family = "nom complet,email,tel\nAwa Diop,diop@example.test,0612345678\n\
                  Ali Diop,diop@example.test,0612345678\nAwa Diop,,0612345678\nAwa Diop,,\n";
    let done = import(&app, &owner, "a.csv", family).await;
    assert_eq!(done["result"]["created"], 4, "{done}");
    // The same e-mail and the same name, however written, are one person.
    let again = "nom complet,email,ville\nAWA DIOP,Diop@Example.test,Dakar\n\
                 awa diop,diop@example.test,Thiès\n";
    let done = import(&app, &owner, "b.csv", again).await;
    let result = &done["result"];
    assert_eq!((&result["updated"], &result["created"]), (&json!(1), &json!(0)));
    assert_eq!(result["rejected"][0]["code"], "person-twice");
    assert_eq!(all(&owner).await.len(), 4);
}

async fn broken_lines_are_reported_and_the_rest_goes_in(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let file = "code,nom,e-mail,tél\n1,Un,un@example.test,0612345678\n2,Deux\n\
                3,Trois,pas une adresse,12\n4,,quatre@example.test,\n,,,0612345678\n\
                6,Six,,3.36E+10\n7,Sept,,n/a\n";
    let done = import(&app, &owner, "a.csv", file).await;
    let rejected: Vec<_> = done["result"]["rejected"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| (r["line"].as_i64().unwrap(), r["field"].as_str(), r["code"].as_str().unwrap()))
        .collect();
    assert_eq!(
        rejected,
        [
            (3, None, "sheet-row-columns"),
            (4, Some("email"), "not-an-email"),
            (4, Some("phone"), "phone-too-short"),
            (5, Some("last_name"), "code-missing-name"),
            (6, Some("last_name"), "required"),
            (7, Some("phone"), "phone-rounded"),
        ]
    );
    for reject in done["result"]["rejected"].as_array().unwrap() {
        let message = reject["message"].as_str().unwrap();
        assert!(!message.is_empty() && !message.starts_with("error-"), "{message}");
    }
    assert_eq!(
        (&done["result"]["created"], &done["result"]["rejected_count"]),
        (&json!(2), &json!(5))
    );
    let id = done["id"].as_str().unwrap();
    let page = owner.get(&format!("/operations/{id}")).await.expect(200);
    assert!(page.body.contains("pas une adresse"), "{}", page.body);
    let csv = owner.get(&format!("/operations/{id}/rejets")).await.expect(200);
    assert!(csv.body.contains("4;E-mail;pas une adresse;"), "{}", csv.body);
}

async fn windows_1252_semicolons_and_marks_are_read(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let western = western("N° client;Nom et prénom;Société\r\n7;N’DIAYE Zoé;Café d’Ormesson\r\n");
    let done = import(&app, &owner, "ouest.csv", western).await;
    assert_eq!(done["result"]["created"], 1, "{done}");
    let marked = "\u{feff}Code;Prénom;Nom\r\n8;Élodie;Œuvrard\r\n".as_bytes().to_vec();
    let done = import(&app, &owner, "marque.csv", marked).await;
    assert_eq!(done["result"]["created"], 1, "{done}");
    let clients = all(&owner).await;
    assert_eq!(clients[0]["code"], "7");
    assert_eq!(clients[0]["full_name"], "Zoé N’DIAYE");
    assert_eq!(clients[0]["company_name"], "Café d’Ormesson");
    assert_eq!(clients[1]["full_name"], "Élodie Œuvrard");
}

/// Windows-1252, as Excel in French writes it.
fn western(text: &str) -> Vec<u8> {
    let byte = |c: char| match c {
        '’' => 0x92,
        'Œ' => 0x8c,
        c => u8::try_from(u32::from(c)).unwrap(),
    };
    text.chars().map(byte).collect()
}

async fn a_stray_zero_byte_refuses_its_line_alone(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let file = "code;nom\nZ1;A\0wa\nZ2;Zoé\n";
    let done = import(&app, &owner, "clients.csv", file).await;
    let result = &done["result"];
    assert_eq!((&result["created"], &result["rejected_count"]), (&json!(1), &json!(1)), "{done}");
    let reject = &result["rejected"][0];
    assert_eq!(
        (&reject["line"], &reject["code"]),
        (&json!(2), &json!("sheet-row-bytes")),
        "{done}"
    );
    // In the header it is no table at all; an empty file is said to be empty.
    send(&owner, "clients.csv", "co\0de;nom\nZ1;Awa\n", &[]).await.expect(415);
    let empty = send(&owner, "clients.csv", "", &[]).await.expect(422);
    assert_eq!(empty.field_codes("file"), ["sheet-empty"]);
}

async fn a_spreadsheet_is_read(app: TestApp) {
    use base::sheet::{Cell, RowWriter as _, XlsxWriter};
    let owner = app.sign_in(Role::Owner).await;
    let mut book = XlsxWriter::new("Clients").unwrap();
    book.write_header(&["Code", "Nom complet", "Téléphone"]).unwrap();
    book.write_row(&[Cell::Int(42), "Awa Diop".into(), "+221 77 512 40 11".into()]).unwrap();
    book.write_row(&[Cell::Text("0043"), "SARR Ali".into(), Cell::Int(612_345_678)]).unwrap();
    let mut file = Vec::new();
    book.finish(&mut file).unwrap();
    let done = import(&app, &owner, "clients.xlsx", file).await;
    assert_eq!(done["result"]["created"], 2, "{done}");
    let clients = all(&owner).await;
    assert_eq!((&clients[0]["code"], &clients[1]["code"]), (&json!("42"), &json!("0043")));
    assert_eq!(clients[1]["full_name"], "Ali SARR");
    assert_eq!(clients[1]["phones"][0]["e164"], "+33612345678");
}

async fn what_is_no_table_is_refused(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    send(&owner, "photo.csv", b"\x89PNG\r\n\x1a\n0000".to_vec(), &[]).await.expect(415);
    let answer = send(&owner, "vide.csv", "", &[]).await.expect(422);
    assert_eq!(answer.field_codes("file"), ["sheet-empty"]);
    let answer = send(&owner, "x.xlsx", b"PK\x03\x04nothing".to_vec(), &[]).await.expect(422);
    assert_eq!(answer.field_codes("file"), ["sheet-unreadable"]);
    let json = owner.post("/api/imports/clients", &json!({})).await;
    json.expect(415);
    let page = upload(&owner, "photo.png", b"\x89PNG\r\n\x1a\n0000".to_vec()).await.expect(422);
    assert!(page.body.contains("id=\"file-error\""), "{}", page.body);
    let big = vec![b'a'; 51 * 1024 * 1024];
    send(&owner, "grand.csv", big, &[]).await.expect(413);
    let kept = std::fs::read_dir(app.app.settings().data_dir.join("uploads")).unwrap().count();
    assert_eq!(kept, 0, "what is refused is not kept");
}

async fn a_mapping_may_be_told(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let file = "A,B,C\nX1,Diop,0612345678\n";
    let answer = send(&owner, "a.csv", file, &[]).await.expect(422);
    assert_eq!(answer.field_codes("mapping"), ["no-name-column"]);
    let wrong = r#"{"A":"nickname","Z":"code","B":"last_name"}"#;
    let answer = send(&owner, "a.csv", file, &[("mapping", wrong)]).await.expect(422);
    assert_eq!(answer.field_codes("mapping.A"), ["unknown-field"]);
    assert_eq!(answer.field_codes("mapping.Z"), ["unknown-column"]);
    let right = r#"{"A":"code","B":"last_name","C":null}"#;
    let done = import_with(&app, &owner, "a.csv", file, &[("mapping", right)]).await;
    assert_eq!(done["result"]["created"], 1);
    let clients = all(&owner).await;
    assert_eq!((&clients[0]["code"], &clients[0]["phones"]), (&json!("X1"), &json!([])));
}

/// The database refuses one row of the second batch for a while.
async fn an_import_interrupted_resumes_where_it_was(app: TestApp) {
    use sea_orm::ConnectionTrait as _;
    let owner = app.sign_in(Role::Owner).await;
    let mut lines: String = (0..4_500).map(|n| format!("C{n:04},Client{n}\n")).collect();
    lines.push_str("C0001,Encore\n");
    let (make, drop) = match app.db.engine() {
        base::db::Engine::Sqlite => (
            "CREATE TRIGGER broken BEFORE INSERT ON clients WHEN NEW.code = 'C3000' \
             BEGIN SELECT RAISE(ABORT, 'power cut'); END",
            "DROP TRIGGER broken",
        ),
        base::db::Engine::Postgres => (
            "ALTER TABLE clients ADD CONSTRAINT broken CHECK (code <> 'C3000')",
            "ALTER TABLE clients DROP CONSTRAINT broken",
        ),
    };
    app.db.admin().execute_unprepared(make).await.unwrap();
    let file = format!("code,nom\n{lines}");
    let started = send(&owner, "a.csv", file, &[]).await.expect(202).json();
    let id = started["id"].as_str().unwrap();
    app.work().await;
    let halfway = operation(&owner, id).await;
    assert_eq!((&halfway["state"], &halfway["done"]), (&json!("running"), &json!(2000)));
    assert_eq!(halfway["total"], 4501);
    app.db.admin().execute_unprepared(drop).await.unwrap();
    app.clock.advance(chrono::TimeDelta::minutes(5));
    app.work().await;
    let done = operation(&owner, id).await;
    assert_eq!((&done["state"], &done["result"]["created"]), (&json!("done"), &json!(4500)));
    // The line that repeats a code of the first batch is still known to repeat it.
    assert_eq!(done["result"]["rejected"][0]["code"], "code-twice");
    let count = "SELECT COUNT(*) FROM clients";
    let count: i64 = base::db::Sql::new(count).scalar(app.db.read()).await.unwrap().unwrap();
    assert_eq!(count, 4_500);
}

async fn only_who_leads_people_imports(app: TestApp) {
    let agent = app.sign_in(Role::Agent).await;
    send(&agent, "a.csv", "nom\nDiop\n", &[]).await.expect(403);
    agent.get("/client/importer").await.expect(403);
    upload(&agent, "a.csv", "nom\nDiop\n").await.expect(403);
    let supervisor = app.sign_in(Role::Supervisor).await;
    let place = upload(&supervisor, "a.csv", "nom\nDiop\n").await.expect(303).location().to_owned();
    // A draft is its author's alone.
    app.sign_in(Role::Owner).await.get(&place).await.expect(404);
    // A super_admin says where the clients go.
    let above = app.sign_in_to(Role::SuperAdmin, None).await;
    let answer = send(&above, "a.csv", "nom\nDiop\n", &[]).await.expect(422);
    assert_eq!(answer.field_codes("call_center_id"), ["required"]);
    let center = app.center.to_string();
    let done =
        import_with(&app, &above, "a.csv", "nom\nDiop\n", &[("call_center_id", &center)]).await;
    assert_eq!(done["result"]["created"], 1);
    // A file nobody imported is gone after a day.
    app.clock.advance(chrono::TimeDelta::hours(25));
    app.work().await;
    let left = std::fs::read_dir(app.app.settings().data_dir.join("uploads")).unwrap().count();
    assert_eq!(left, 0);
}
