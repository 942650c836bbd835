//! The pages of clients, as a browser without JavaScript uses them.

use chrono::TimeDelta;
use domain::Role;
use serde_json::json;

use crate::clients::{create, other_center};
use crate::clients_list::seed;
use crate::support::{Browser, TestApp};

both_engines!(
    the_list_is_searched_filtered_and_remembers_its_query,
    the_list_is_walked_by_links_both_ways,
    a_client_is_made_and_changed_by_form,
    a_wrong_form_comes_back_whole,
    two_people_changing_one_client_see_each_other,
    the_bin_gives_back,
    tabs_tell_what_happened,
    the_alerts_of_a_client_are_a_list,
    pages_are_for_those_who_work_with_clients,
    columns_and_views_are_kept,
    one_view_is_current_at_most,
    figures_draw_how_they_came_to_be,
);

async fn the_list_is_searched_filtered_and_remembers_its_query(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let slashed = owner.get("/client/?q=awa").await.expect(308);
    assert_eq!(slashed.location(), "/client?q=awa");
    let empty = owner.get("/client").await.expect(200);
    assert!(empty.body.contains("/client/nouveau") && !empty.body.contains("<table"));
    create(&owner, json!({ "last_name": "Ndiaye & <b>", "phone": "0612345678" })).await;
    create(&owner, json!({ "last_name": "Martin" })).await;
    let page = owner.get("/client?q=ndi&is_active=true").await.expect(200).body;
    assert!(page.contains("Ndiaye &#38; &#60;b&#62;") && !page.contains("Martin</a>"), "{page}");
    assert!(page.contains("06 12 34 56 78") && page.contains("href=\"/client?q=ndi\""), "{page}");
    assert!(page.contains("<input type=\"hidden\" name=\"is_active\" value=\"true\">"));
    let nothing = owner.get("/client?q=zzz").await.expect(200).body;
    assert!(nothing.contains("Aucun client ne correspond"), "{nothing}");
    owner.get("/client?segment=nope").await.expect(422);
}

/// Names of the rows, top to bottom.
fn names(page: &str) -> Vec<String> {
    let rows = page.split("class=\"row-link\" href=\"/client/").skip(1);
    rows.map(|row| row.split(['>', '<']).nth(1).unwrap().to_owned()).collect()
}

/// Where the link of that relation leads.
fn link(page: &str, rel: &str) -> Option<String> {
    let rest = page.split_once(&format!("rel=\"{rel}\" href=\""))?.1;
    Some(rest.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&"))
}

async fn the_list_is_walked_by_links_both_ways(app: TestApp) {
    seed(&app, app.center, 70).await;
    let owner = app.sign_in(Role::Owner).await;
    for sort in ["-name", "company_name", "-city"] {
        let mut pages = vec![owner.get(&format!("/client?sort={sort}")).await.expect(200).body];
        while let Some(next) = link(pages.last().unwrap(), "next") {
            pages.push(owner.get(&next).await.expect(200).body);
        }
        assert_eq!(pages.iter().map(|p| names(p).len()).collect::<Vec<_>>(), [25, 25, 20]);
        assert!(pages[1].contains("26 à 50 sur 70"), "{sort}");
        let mut at = pages[2].clone();
        for expected in [&pages[1], &pages[0]] {
            at = owner.get(&link(&at, "prev").unwrap()).await.expect(200).body;
            assert_eq!(names(&at), names(expected), "{sort}");
        }
        assert_eq!(link(&at, "prev"), None);
    }
}

fn fields<'a>(extra: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let all = [
        ("first_name", "Awa"),
        ("last_name", "Ndiaye"),
        ("company_name", ""),
        ("code", ""),
        ("emails", "awa@a.fr"),
        ("emails", ""),
        ("emails", "autre@a.fr"),
        ("phones", "0612345678"),
        ("phones", ""),
        ("address", "1 rue A\r\nBât. 2"),
        ("city", "Paris"),
        ("country", ""),
        ("tags", "vip, Été"),
        ("assigned_to", ""),
    ];
    let kept = all.into_iter().filter(|(name, _)| !extra.iter().any(|(other, _)| other == name));
    kept.chain(extra.iter().copied()).collect()
}

async fn made(owner: &Browser) -> String {
    owner.get("/client/nouveau").await.expect(200);
    owner.post_form("/client/nouveau", &fields(&[])).await.expect(303).location().to_owned()
}

async fn a_client_is_made_and_changed_by_form(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let path = made(&owner).await;
    let page = owner.get(&path).await.expect(200).body;
    for part in
        ["Awa Ndiaye", "tel:+33612345678", "mailto:autre@a.fr", "1 rue A, Bât. 2, Paris", ">vip<"]
    {
        assert!(page.contains(part), "{part} is not in {page}");
    }
    let form = owner.get(&format!("{path}/modifier")).await.expect(200).body;
    assert!(
        form.contains("name=\"version\" value=\"1\"") && form.contains("value=\"autre@a.fr\""),
        "{form}"
    );
    let wanted = fields(&[("version", "1"), ("city", "Lyon"), ("emails", "neuf@a.fr")]);
    owner.post_form(&format!("{path}/modifier"), &wanted).await.expect(303);
    let api = path.replace("/client/", "/api/clients/");
    let client = owner.get(&api).await.expect(200).json();
    assert_eq!((&client["city"], &client["email"]), (&json!("Lyon"), &json!("neuf@a.fr")));
    assert_eq!(client["emails"].as_array().unwrap().len(), 1);
    assert_eq!(client["address"], "1 rue A\nBât. 2");
    assert_eq!(client["tags"], json!(["Été", "vip"]));
}

async fn a_wrong_form_comes_back_whole(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let typed =
        [("emails", "awa@a.fr"), ("emails", "pas une adresse"), ("phones", "12"), ("city", "Évry")];
    let wrong = fields(&typed);
    let page = owner.post_form("/client/nouveau", &wrong).await.expect(422).body;
    for part in [
        "value=\"pas une adresse\"",
        "value=\"12\"",
        "value=\"Évry\"",
        "Ce numéro est trop court.",
        "Cette adresse e-mail n’est pas valable.",
        "href=\"#phone\"",
        "href=\"#emails\"",
        "id=\"emails\"",
    ] {
        assert!(page.contains(part), "{part} is not in {page}");
    }
}

async fn two_people_changing_one_client_see_each_other(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let target = format!("{}/modifier", made(&owner).await);
    let agent = app.sign_in(Role::Agent).await;
    agent.post_form(&target, &fields(&[("version", "1"), ("city", "Lyon")])).await.expect(303);
    let mine = fields(&[("version", "1"), ("city", "Brest"), ("last_name", "Sarr")]);
    let page = owner.post_form(&target, &mine).await.expect(409).body;
    for part in [
        "<mark>Brest</mark>",
        "<mark>Lyon</mark>",
        "<mark>Sarr</mark>",
        "value=\"Brest\"",
        "name=\"version\" value=\"2\"",
    ] {
        assert!(page.contains(part), "{part} is not in {page}");
    }
    let decided = fields(&[("version", "2"), ("city", "Brest"), ("last_name", "Sarr")]);
    owner.post_form(&target, &decided).await.expect(303);
}

async fn the_bin_gives_back(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let path = made(&owner).await;
    let gone = owner.post_form(&format!("{path}/suppression"), &[]).await.expect(303);
    assert_eq!(gone.location(), "/client");
    let list = owner.get("/client").await.expect(200).body;
    assert!(
        list.contains("est dans la corbeille") && list.contains(&format!("{path}/restauration")),
        "{list}"
    );
    owner.get(&path).await.expect(404);
    assert!(owner.get("/client/corbeille").await.expect(200).body.contains("Awa Ndiaye"));
    owner.post_form(&format!("{path}/restauration"), &[]).await.expect(303);
    assert!(owner.get(&path).await.expect(200).body.contains("Awa Ndiaye"));
    owner.post_form(&format!("{path}/desactivation"), &[]).await.expect(303);
    assert!(owner.get(&path).await.expect(200).body.contains("Inactif"));
}

async fn tabs_tell_what_happened(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let path = made(&owner).await;
    let wanted = fields(&[("version", "1"), ("city", "Lyon")]);
    owner.post_form(&format!("{path}/modifier"), &wanted).await.expect(303);
    let history = owner.get(&format!("{path}/historique")).await.expect(200).body;
    assert!(
        history.contains("<del>Paris</del><ins>Lyon</ins>") && history.contains("Ville\u{a0}: "),
        "{history}"
    );
    let timeline = owner.get(&format!("{path}/chronologie")).await.expect(200).body;
    assert!(timeline.contains("Fiche modifiée") && timeline.contains("Client créé"), "{timeline}");
}

async fn the_alerts_of_a_client_are_a_list(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let client = create(&owner, json!({ "last_name": "Ndiaye" })).await;
    let other = create(&owner, json!({ "last_name": "Martin" })).await;
    let here = format!("/client/{}", client["id"].as_str().unwrap());
    let none = owner.get(&here).await.expect(200).body;
    assert!(none.contains("Créez la première alerte de ce client"), "{none}");
    let mut made = Vec::new();
    for (whose, title) in [(&client, "Visite"), (&client, "Audit"), (&other, "Ailleurs")] {
        let due = app.clock.now() + TimeDelta::days(1 + made.len() as i64);
        let body = json!({ "client_id": whose["id"], "title": title, "due_at": due.to_rfc3339(),
            "description": format!("Dossier de {title}") });
        made.push(owner.post("/api/alerts", &body).await.expect(201).json());
    }
    let titles = |page: &str| -> Vec<String> {
        let rows = page.split("class=\"row-link\" href=\"/alertes/").skip(1);
        rows.map(|row| row.split(['>', '<']).nth(1).unwrap().to_owned()).collect()
    };
    let page = owner.get(&here).await.expect(200).body;
    assert_eq!(titles(&page), ["Visite", "Audit"]);
    let cell = page.split("data-column=\"description\"").nth(3).unwrap();
    assert!(cell.contains("Dossier de Visite"), "{cell}");
    let sorted = format!("{here}?sort=title");
    assert!(page.contains(&format!("href=\"{sorted}\"")), "{page}");
    assert_eq!(titles(&owner.get(&sorted).await.expect(200).body), ["Audit", "Visite"]);
    let complete = format!("/alertes/{}/completion", made[1]["id"].as_str().unwrap());
    owner.post_form(&complete, &[]).await.expect(303);
    assert_eq!(titles(&owner.get(&here).await.expect(200).body), ["Visite"]);
    let done = owner.get(&format!("{here}?status=done")).await.expect(200).body;
    assert_eq!(titles(&done), ["Audit"]);
    let due = owner.get(&format!("{here}?status=due")).await.expect(200).body;
    assert!(due.contains("Aucune alerte ne correspond à ces filtres"), "{due}");
    owner.get(&format!("{here}?status=nope")).await.expect(422);
}

async fn pages_are_for_those_who_work_with_clients(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let path = made(&owner).await;
    let technician = app.sign_in(Role::Technician).await;
    for page in ["/client", "/client/nouveau", "/client/corbeille"] {
        technician.get(page).await.expect(403);
    }
    technician.post_form("/client/nouveau", &fields(&[])).await.expect(403);
    for browser in [technician, other_center(&app).await] {
        for page in ["", "/chronologie", "/historique", "/modifier"] {
            browser.get(&format!("{path}{page}")).await.expect(404);
        }
        browser
            .post_form(&format!("{path}/modifier"), &fields(&[("version", "1")]))
            .await
            .expect(404);
        for action in ["activation", "desactivation", "suppression", "restauration"] {
            browser.post_form(&format!("{path}/{action}"), &[]).await.expect(404);
        }
    }
    assert_eq!(
        app.stranger().get("/client").await.expect(303).location(),
        "/connexion?suite=%2Fclient"
    );
}

async fn figures_draw_how_they_came_to_be(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let mut made = Vec::new();
    for name in ["A", "B", "C"] {
        let body = json!({ "last_name": name, "email": format!("{name}@a.fr") });
        made.push(create(&owner, body).await["id"].as_str().unwrap().to_owned());
    }
    // The curve of the figure that leads there: fourteen days, today last.
    let curve = async |href: &str| -> String {
        let page = owner.get("/client").await.expect(200).body;
        let figure = page.split(&format!("class=\"figure\" href=\"{href}\"")).nth(1).unwrap();
        let figure = figure.split("</a>").next().unwrap().to_owned();
        let points = figure.split("points=\"").nth(1).unwrap_or_default();
        points.split('"').next().unwrap().to_owned()
    };
    let (active, inactive) = ("/client?is_active=true", "/client?is_active=false");
    assert!(curve(active).await.ends_with("55,23 60,23 66,3"), "{}", curve(active).await);
    assert_eq!(curve(inactive).await, "", "nobody, ever");
    app.clock.advance(TimeDelta::days(2));
    owner.post_form(&format!("/client/{}/desactivation", made[0]), &[]).await.expect(303);
    assert!(curve(inactive).await.ends_with("60,23 66,3"), "{}", curve(inactive).await);
    assert!(curve(active).await.ends_with("50,23 55,3 60,3 66,10"), "{}", curve(active).await);
    app.clock.advance(TimeDelta::days(1));
    assert!(curve(inactive).await.ends_with("55,23 60,3 66,3"), "{}", curve(inactive).await);
    owner.post_form(&format!("/client/{}/activation", made[0]), &[]).await.expect(303);
    // Today nobody is, yesterday one was.
    assert!(curve(inactive).await.ends_with("55,23 60,3 66,23"), "{}", curve(inactive).await);
    // Another centre's are theirs.
    let elsewhere = other_center(&app).await;
    create(&elsewhere, json!({ "last_name": "D", "email": "d@a.fr" })).await;
    let page = elsewhere.get("/client").await.expect(200).body;
    assert!(!page.contains("60,3 66,23"), "{page}");
}

async fn one_view_is_current_at_most(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    create(&owner, json!({ "last_name": "A", "email": "a@a.fr" })).await;
    let current = async |path: &str| -> Vec<String> {
        let page = owner.get(path).await.expect(200).body;
        let tabs = page.split("aria-label=\"Vues enregistrées\"").nth(1).unwrap();
        let tabs = tabs.split("</nav>").next().unwrap().split("aria-current=\"page\">").skip(1);
        tabs.map(|rest| rest.split('<').next().unwrap().to_owned()).collect()
    };
    let save = async |name: &str, query: &str| {
        let view = [("grid", "clients"), ("path", "/client"), ("name", name), ("query", query)];
        owner.post_form("/vues", &view).await.expect(303).location().to_owned()
    };
    // As the page's own form saves it: nothing filtered, the order said.
    let page = owner.get("/client").await.expect(200).body;
    assert!(page.contains("name=\"query\" value=\"sort=name\""), "{page}");
    let whole = save("Tout", "sort=name").await;
    assert_eq!(current(&whole).await, ["Tout"]);
    assert_eq!(current("/client").await, ["Tous"]);
    // As views were saved before: asking for nothing.
    save("Rien", "").await;
    assert_eq!(current("/client").await, ["Tous"]);
    save("Lyon", "q=lyon").await;
    save("Encore Lyon", "q=lyon").await;
    assert_eq!(current("/client?q=lyon").await.len(), 1);
    assert_eq!(current("/client?q=dakar").await, Vec::<String>::new());
}

async fn columns_and_views_are_kept(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    create(&owner, json!({ "last_name": "A", "email": "a@a.fr" })).await;
    let view =
        [("grid", "clients"), ("path", "/client"), ("name", "Lyon"), ("query", "q=a&cursor=x")];
    let saved = owner.post_form("/vues", &view).await.expect(303);
    assert_eq!(saved.location(), "/client?q=a");
    let page = owner.get("/client?q=a").await.expect(200).body;
    assert!(page.contains("href=\"/client?q=a\" aria-current=\"page\">Lyon</a>"), "{page}");
    let mut targets = page.split("action=\"/vues/").skip(1).filter_map(|t| t.split('"').next());
    let forget = targets.find(|target| target.ends_with("/suppression")).unwrap().to_owned();
    let stranger = app.sign_in(Role::Owner).await;
    let target = format!("/vues/{forget}");
    stranger.post_form(&target, &[("path", "/client")]).await.expect(404);
    owner.post_form(&target, &[("path", "//evil.example")]).await.expect(303);
    assert!(!owner.get("/client?q=a").await.expect(200).body.contains(">Lyon</a>"));
}
