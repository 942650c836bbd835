//! Many at once: nobody is told that the server failed, and whatever comes together finds itself.

use domain::Role;
use futures::future::join_all;
use serde_json::{Value as Json, json};

use crate::clients::create;
use crate::support::{Answer, Browser, TestApp};

both_engines!(
    an_order_and_its_client_that_come_together_find_each_other,
    two_merges_at_once_the_other_way_round,
    links_edits_and_merges_at_once_never_fail,
);

fn text(value: &Json) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

async fn order(browser: &Browser, number: &str, name: &str, email: &str, phone: &str) -> Json {
    let body = json!({ "number": number, "client_name": name, "email": email, "phone": phone });
    browser.post("/api/orders", &body).await.expect(201).json()
}

async fn an_order_and_its_client_that_come_together_find_each_other(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    // So that orders are looked for.
    order(&owner, "first", "Personne", "", "").await;
    let owner = &owner;
    let pairs = (0..12).map(|number| async move {
        let email = format!("awa{number}@sarr.sn");
        let client = json!({ "first_name": "Awa", "last_name": "Sarr", "email": email });
        let number = format!("T{number}");
        let order = order(owner, &number, "Awa Sarr", &email, "");
        let (order, client) = tokio::join!(order, create(owner, client));
        (text(&order["id"]), client["id"].clone())
    });
    let made = join_all(pairs).await;
    app.work().await;
    for (order, client) in made {
        let order = owner.get(&format!("/api/orders/{order}")).await.expect(200).json();
        assert_eq!(order["client_id"], client, "{order}");
    }
}

async fn two_merges_at_once_the_other_way_round(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    for _ in 0..8 {
        let body = || json!({ "first_name": "Awa", "last_name": "Sarr" });
        let one = text(&create(&owner, body()).await["id"]);
        let two = text(&create(&owner, body()).await["id"]);
        let merge = async |winner: &str, loser: &str| {
            let body = json!({ "client_id": loser });
            owner.post(&format!("/api/clients/{winner}/merges"), &body).await.status
        };
        let (first, second) = tokio::join!(merge(&one, &two), merge(&two, &one));
        assert_eq!([first.min(second), first.max(second)], [201, 404]);
    }
}

async fn links_edits_and_merges_at_once_never_fail(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let phone = "06 12 34 56 78";
    let body = |city: &str| json!({ "last_name": "Sarr", "phone": phone, "city": city });
    for round in 0..6 {
        let one = text(&create(&owner, body("Dakar")).await["id"]);
        let two = text(&create(&owner, body("Thiès")).await["id"]);
        let mut orders = Vec::new();
        for number in 0..4 {
            let number = format!("L{round}-{number}");
            orders.push(text(&order(&owner, &number, "A. Sarr", "", phone).await["id"]));
        }
        let link = async |order: &str, client: &str| {
            let body = json!({ "client_id": client });
            owner.json("PUT", &format!("/api/orders/{order}/link"), &body).await
        };
        let edit = async |client: &str, city: &str| {
            let path = format!("/api/clients/{client}");
            let request = owner.request("PATCH", &path).header("if-match", "*");
            owner.send(request.json(&json!({ "city": city, "phone": phone }))).await
        };
        let call = async |client: &str| {
            let body = json!({ "statut": "echec", "canal": "sms" });
            owner.post(&format!("/api/clients/{client}/notifier"), &body).await
        };
        let merge = async || {
            let body = json!({ "client_id": two });
            owner.post(&format!("/api/clients/{one}/merges"), &body).await
        };
        let (links, others) = tokio::join!(
            join_all(orders.iter().zip([&one, &two, &one, &two]).map(|(o, c)| link(o, c))),
            async {
                let (a, b, c, d, e) = tokio::join!(
                    edit(&one, "Kaolack"),
                    edit(&two, "Ziguinchor"),
                    call(&one),
                    call(&two),
                    merge()
                );
                vec![a, b, c, d, e]
            },
        );
        // The first client stays, whoever comes first.
        assert!(matches!(others[0].status, 200 | 412), "{:?}", others[0]);
        let failed: Vec<Answer> =
            links.into_iter().chain(others).filter(|answer| answer.status >= 500).collect();
        assert!(failed.is_empty(), "{failed:?}");
        app.work().await;
    }
}
