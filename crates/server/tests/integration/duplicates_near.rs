//! Doubles that share nothing exactly, and looking for the other record by hand.

use domain::Role;
use serde_json::{Value as Json, json};

use crate::clients::create;
use crate::duplicates::{night, pairs};
use crate::support::TestApp;

both_engines!(
    a_record_mistyped_in_every_field_is_found,
    the_other_record_is_looked_for_by_hand,
    the_other_record_is_of_the_same_centre,
);

fn id(client: &Json) -> &str {
    client["id"].as_str().unwrap()
}

/// First name, last name, e-mail, phone; then the same with a slip in each.
const DOUBLES: [([&str; 4], [&str; 4]); 6] = [
    (
        ["Aminata", "Traoré", "aminata.traore12@gmail.com", "0612345678"],
        ["Aminatta", "Traoré", "aminata.traoer12@gmail.com", "0612345679"],
    ),
    (
        ["Jean", "Lefèvre", "jean.lefevre@orange.fr", "+33698765432"],
        ["Jean", "Lefebvre", "jaen.lefevre@orange.fr", "+33689765432"],
    ),
    (
        ["Khady", "Ndiaye", "kndiaye77@yahoo.fr", "+221775124011"],
        ["Khady", "Ndiaey", "kndiaye78@yahoo.fr", "+221775124001"],
    ),
    (
        ["Marie-Claire", "de Bodart", "mc.debodart@free.fr", "06 45 12 78 90"],
        ["Marie-Clare", "de Bodart", "mc.debodar@free.fr", "06 54 12 78 90"],
    ),
    (
        ["Kouassi", "N’Guessan", "kouassi_nguessan@icloud.com", "+2250708091011"],
        ["Kouasi", "N’Guessan", "kouassi_nguesan@icloud.com", "+2250708091012"],
    ),
    (
        ["Léa", "Moreau", "lea.moreau3@gmail.com", "0711223344"],
        ["Léa", "Moraau", "lea.moreau8@gmail.com", "0711223348"],
    ),
];

fn body([first, last, email, phone]: [&str; 4]) -> Json {
    json!({ "first_name": first, "last_name": last, "email": email, "phone": phone })
}

async fn a_record_mistyped_in_every_field_is_found(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    // Who is near one of them, and is not the same: relatives, namesakes, neighbours' numbers.
    for other in [
        ["Moussa", "Traoré", "moussa.traore12@gmail.com", "0612345677"],
        ["Aminata", "Traoré", "aminata.traore77@yahoo.fr", "0755443322"],
        ["Jeanne", "Lefèvre", "jeanne.lefevre@orange.fr", "+33698765431"],
        ["Khady", "Ndiaye", "khady@orange.sn", "+221781112233"],
        ["Maria", "Moreau", "maria.moreau@gmail.com", "0744556677"],
        ["Marie", "Moreau", "marie.moreau@gmail.com", "0733221100"],
    ] {
        create(&owner, body(other)).await;
    }
    let mut doubles = Vec::new();
    for (one, other) in DOUBLES {
        let first = create(&owner, body(one)).await;
        app.work().await;
        let second = create(&owner, body(other)).await;
        let possible = &second["possible_duplicates"];
        assert_eq!(possible[0]["client"]["id"], first["id"], "told at once: {one:?} {second}");
        assert_eq!(possible.as_array().unwrap().len(), 1, "{second}");
        doubles.push((id(&first).to_owned(), id(&second).to_owned()));
    }
    night(&app).await;
    let found = pairs(&owner, "?limit=200").await;
    assert_eq!(found.len(), doubles.len(), "these and no others: {found:#?}");
    for (first, second) in doubles {
        let of = |pair: &&Json| {
            pair["clients"][0]["id"] == first.as_str()
                && pair["clients"][1]["id"] == second.as_str()
        };
        let pair = found.iter().find(of).unwrap_or_else(|| panic!("{first} {second}: {found:#?}"));
        assert_eq!(pair["reasons"], json!(["near_email", "near_phone", "close_name"]));
    }
}

async fn the_other_record_is_looked_for_by_hand(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let awa = json!({ "first_name": "Awa", "last_name": "N’Diaye", "phone": "0612345678" });
    let here = create(&owner, awa).await;
    let other = json!({ "first_name": "A.", "last_name": "Ndiaye", "code": "0000100400", "phone": "0755443322" });
    let other = create(&owner, other).await;
    let alike = json!({ "first_name": "Awa", "last_name": "Ndiaye", "phone": "0612345678" });
    let alike = create(&owner, alike).await;
    let page = owner.get(&format!("/client/{}", id(&here))).await.expect(200).body;
    let pick = format!("/client/{}/fusionner", id(&here));
    assert!(
        page.contains(&format!("href=\"{pick}\"")) && page.contains("Fusionner avec…"),
        "{page}"
    );
    let leads = |page: &str, to: &Json| page.contains(&format!("href=\"{pick}/{}\"", id(to)));
    // Before anything is typed: who looks like it.
    let page = owner.get(&pick).await.expect(200).body;
    assert!(leads(&page, &alike) && !leads(&page, &other), "{page}");
    assert!(page.contains("même téléphone, même nom"), "{page}");
    for typed in ["ndiaye", "N%E2%80%99Diaye", "0000100400", "755443322", "07+55+44"] {
        let page = owner.get(&format!("{pick}?q={typed}")).await.expect(200).body;
        assert!(leads(&page, &other), "{typed}: {page}");
        assert!(!leads(&page, &here), "not with itself: {page}");
    }
    let page = owner.get(&format!("{pick}?q=ndiaye")).await.expect(200).body;
    let place = |to: &Json| page.find(&format!("{pick}/{}", id(to))).unwrap();
    assert!(place(&alike) < place(&other), "the most alike first: {page}");
    let none = owner.get(&format!("{pick}?q=personne")).await.expect(200).body;
    assert!(
        none.contains("Aucune autre fiche trouvée") && none.contains("value=\"personne\""),
        "{none}"
    );
    // The link leads to the comparison, and that to the merge.
    let path = format!("{pick}/{}", id(&other));
    let compared = owner.get(&path).await.expect(200).body;
    assert!(compared.contains(&format!("action=\"{path}\"")), "{compared}");
    owner.post_form(&path, &[]).await.expect(303);
    owner.get(&format!("{pick}?q={}", "a".repeat(201))).await.expect(422);
    let agent = app.sign_in(Role::Agent).await;
    let page = agent.get(&format!("/client/{}", id(&here))).await.expect(200).body;
    assert!(page.contains("Fusionner avec"), "an agent may propose it: {page}");
    let page = agent.get(&pick).await.expect(200).body;
    assert!(leads(&page, &alike), "{page}");
    let path = format!("{pick}/{}", id(&alike));
    let compared = agent.get(&path).await.expect(200).body;
    assert!(
        compared.contains("décide de la fusion") && compared.contains("Proposer la fusion"),
        "{compared}"
    );
}

async fn the_other_record_is_of_the_same_centre(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let neighbour = crate::clients::other_center(&app).await;
    let body = json!({ "first_name": "Awa", "last_name": "Ndiaye", "email": "awa@a.fr" });
    let here = create(&owner, body.clone()).await;
    let there = create(&neighbour, body).await;
    let namesake = create(&owner, json!({ "first_name": "Awa", "last_name": "Ndiaye" })).await;
    let above = app.sign_in(Role::SuperAdmin).await;
    let path = format!("/client/{}/fusionner?q=ndiaye", id(&here));
    let page = above.get(&path).await.expect(200).body;
    assert!(page.contains(id(&namesake)) && !page.contains(id(&there)), "{page}");
    neighbour.get(&path).await.expect(404);
}
