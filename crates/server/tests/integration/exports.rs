//! The list as a file: the same rows, harmless to a spreadsheet, and readable back.

use domain::Role;
use reqwest::multipart::{Form, Part};
use serde_json::json;

use crate::imports::import;
use crate::support::TestApp;

both_engines!(
    a_file_shows_what_the_list_shows,
    what_goes_out_comes_back_unchanged,
    a_formula_is_only_text,
    ticked_rows_are_exported_by_the_form,
    only_who_leads_people_exports,
);

async fn a_file_shows_what_the_list_shows(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let file = "code,prénom,nom,tél,ville\n1,Awa,Diop,+221 77 512 40 11,Dakar\n2,Zoé,Martin,0612345678,Paris\n";
    import(&app, &owner, "a.csv", file).await;
    let answer = owner.get("/api/exports/clients.csv?q=diop").await.expect(200);
    assert_eq!(answer.headers["content-type"], "text/csv; charset=utf-8");
    assert_eq!(
        answer.headers["content-disposition"],
        "attachment; filename=\"clients-2026-11-20.csv\""
    );
    let lines: Vec<&str> = answer.body.lines().collect();
    assert_eq!(lines.len(), 2, "{}", answer.body);
    assert!(lines[0].contains("Code;Prénom;Nom;Société;E-mail"), "{}", lines[0]);
    assert!(lines[1].starts_with("1;Awa;Diop;;;;+221 77 512 40 11;"), "{}", lines[1]);
    owner.get("/api/exports/clients.csv?segment=nothing").await.expect(422);
    let book = owner.get("/api/exports/clients.xlsx").await.expect(200);
    assert!(book.body.starts_with("PK"));
    // What lies in another centre or in the bin is not there.
    owner
        .send(
            owner
                .request("DELETE", &format!("/api/clients/{}", id_of(&owner, "diop").await))
                .header("if-match", "\"1\""),
        )
        .await;
    let answer = owner.get("/api/exports/clients.csv").await.expect(200);
    assert!(!answer.body.contains("Diop") && answer.body.contains("Martin"), "{}", answer.body);
}

async fn id_of(browser: &crate::support::Browser, code: &str) -> String {
    let list = browser.get(&format!("/api/clients?q={code}")).await.expect(200).json();
    list["data"][0]["id"].as_str().unwrap().to_owned()
}

async fn what_goes_out_comes_back_unchanged(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    for (n, phone) in [
        "+221775124011",
        "06 12 34 56 78",
        "+225 07 07 12 34 56",
        "+212 6 12 34 56 78",
        "0033612345679",
    ]
    .iter()
    .enumerate()
    {
        let body = json!({ "code": format!("000{n}"), "first_name": "=1+1", "last_name": format!("-N°{n}\"; x"),
            "company_name": "@Café\nœuvre", "emails": [format!("a{n}@example.test"), format!("b{n}@example.test")],
            "phones": [phone, "+33 1 02 03 04 05"], "address": "12, rue\nde l’Orme", "city": "Évry",
            "country": "Côte d’Ivoire", "tags": ["VIP", "été"] });
        owner.post("/api/clients", &body).await.expect(201);
    }
    for (format, name) in [("csv", "a.csv"), ("xlsx", "a.xlsx")] {
        let request = owner.request("GET", &format!("/api/exports/clients.{format}"));
        let file = request.send().await.unwrap().bytes().await.unwrap();
        let done = import(&app, &owner, name, file.to_vec()).await;
        let result = &done["result"];
        assert_eq!(result["unchanged"], 5, "{format}: {done}");
        assert_eq!((&result["updated"], &result["created"]), (&json!(0), &json!(0)), "{done}");
    }
}

async fn a_formula_is_only_text(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    for name in ["=cmd|' /C calc'!A0", "+SUM(1)", "-2+3", "@SUM(1)"] {
        owner.post("/api/clients", &json!({ "last_name": name })).await.expect(201);
    }
    let answer = owner.get("/api/exports/clients.csv").await.expect(200);
    for line in answer.body.lines().skip(1) {
        let cell = line.split(';').nth(2).unwrap().trim_start_matches('"');
        assert!(cell.starts_with('\''), "{line}");
    }
}

async fn ticked_rows_are_exported_by_the_form(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    import(&app, &owner, "a.csv", "code,nom\n1,Diop\n2,Martin\n").await;
    let id = id_of(&owner, "Diop").await;
    let page = owner.post_form("/client/actions", &[("ids", &id), ("action", "export")]).await;
    let page = page.expect(200);
    assert!(page.body.contains("/client/exporter") && page.body.contains(&id), "{}", page.body);
    let file = owner.post_form("/client/exporter", &[("ids", &id), ("format", "csv")]).await;
    let file = file.expect(200);
    assert!(file.body.contains("Diop") && !file.body.contains("Martin"), "{}", file.body);
    let page = owner.get("/client/exporter?q=mart").await.expect(200);
    assert!(page.body.contains("1 client"), "{}", page.body);
}

async fn only_who_leads_people_exports(app: TestApp) {
    let agent = app.sign_in(Role::Agent).await;
    agent.get("/api/exports/clients.csv").await.expect(403);
    agent.get("/client/exporter").await.expect(403);
    agent.post_form("/client/exporter", &[("scope", "filter")]).await.expect(403);
    app.stranger().get("/api/exports/clients.csv").await.expect(401);
    app.sign_in(Role::Supervisor).await.get("/api/exports/clients.xlsx").await.expect(200);
    // Multipart where a form is wanted is refused, not a fault of ours.
    let form = Form::new().part("file", Part::bytes(vec![1]));
    let sent = agent.request("POST", "/client/exporter").multipart(form);
    assert!(agent.send(sent).await.status < 500);
}
