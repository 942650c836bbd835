//! What an order's page and its client's timeline tell of a link.

use base::db::Sql;
use domain::Role;
use serde_json::json;
use uuid::Uuid;

use crate::orders::{client, import};
use crate::support::TestApp;

both_engines!(
    an_order_and_its_client_tell_of_the_link,
    the_client_of_an_order_is_looked_for,
    sums_and_averages_are_of_one_currency,
    a_super_admin_walks_the_orders_of_all_centres
);

/// The link is a fact of its own, which the order's page, the client's timeline (an agent's too)
/// and the journal show; and so is one that a run over very many tells with others.
async fn an_order_and_its_client_tell_of_the_link(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let awa = client(&app, "Awa", "Sarr", "awa@sarr.sn", "").await;
    let rows: Vec<String> = (0..1_200).map(|n| format!("T{n:04},awa@sarr.sn")).collect();
    import(&app, &owner, &format!("order_id,email\n{}\n", rows.join("\n"))).await;
    let list = owner.get("/api/orders?sort=number&limit=1").await.expect(200).json();
    let order = list["data"][0]["id"].as_str().unwrap();
    assert_eq!(list["data"][0]["client_id"], json!(awa), "{list}");
    let told = async || {
        let page = owner.get(&format!("/commandes/{order}")).await.expect(200).body;
        assert!(page.contains("Commande arrivée") && page.contains("Commande rattachée"), "{page}");
        let agent = app.sign_in(Role::Agent).await;
        let path = format!("/client/{awa}/chronologie");
        let story = agent.get(&path).await.expect(200).body;
        assert!(story.contains("Commande rattachée"), "{story}");
    };
    told().await;
    let count = "SELECT COUNT(*) FROM events WHERE kind = 'order.linked'";
    let facts: Option<i64> = Sql::new(count).scalar(app.db.read()).await.unwrap();
    assert_eq!(facts, Some(1_200), "one fact for each");
    // As after a run over very many: one fact for all, which the orders name.
    let tx = app.db.begin().await.unwrap();
    let fact = "SELECT id FROM events WHERE kind = 'order.linked' ORDER BY seq LIMIT 1";
    let together: Option<Uuid> = Sql::new(fact).scalar(&tx).await.unwrap();
    let mut sql = Sql::new("UPDATE events SET client_id = NULL, subject_id = ");
    sql.bind(Uuid::nil()).push(" WHERE kind = 'order.linked'");
    sql.execute(&tx).await.unwrap();
    let mut sql = Sql::new("UPDATE events SET subject_id = id WHERE id = ");
    sql.bind(together);
    sql.execute(&tx).await.unwrap();
    let mut sql = Sql::new("UPDATE orders SET linked_in = ");
    sql.bind(together);
    sql.execute(&tx).await.unwrap();
    tx.commit().await.unwrap();
    told().await;
}

/// Whoever reviews an order finds any client of its centre by name, code or phone, chooses them
/// there, and comes back to the queue.
async fn the_client_of_an_order_is_looked_for(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let neighbour = crate::clients::other_center(&app).await;
    let body = json!({ "first_name": "Hélène", "last_name": "Œuvrard", "code": "0000100412",
        "phones": ["06 12 34 56 78"] });
    let helene = owner.post("/api/clients", &body).await.expect(201).json()["id"].clone();
    let helene = helene.as_str().unwrap();
    let stranger = json!({ "last_name": "Œuvrard-Voisine", "code": "V1" });
    neighbour.post("/api/clients", &stranger).await.expect(201);
    let body = json!({ "number": "C9", "client_name": "Personne", "price": { "amount": 100 } });
    let order = owner.post("/api/orders", &body).await.expect(201).json()["id"].clone();
    let page = format!("/commandes/{}", order.as_str().unwrap());
    let shown = owner.get(&page).await.expect(200).body;
    assert!(shown.contains(&format!("action=\"{page}/client\"")), "{shown}");
    for typed in ["oeuvrard", "0000100412", "34 56 78"] {
        let path =
            format!("{page}/client?q={}&back=/commandes/a-verifier", typed.replace(' ', "+"));
        let found = owner.get(&path).await.expect(200).body;
        assert!(found.contains(&format!("name=\"client\" value=\"{helene}\"")), "{found}");
        assert!(!found.contains("Voisine"), "another centre's: {found}");
        assert!(found.contains("name=\"back\" value=\"/commandes/a-verifier\""), "{found}");
    }
    let none = owner.get(&format!("{page}/client?q=personne+ici")).await.expect(200).body;
    assert!(none.contains("Aucune autre fiche trouvée") && none.contains("personne ici"), "{none}");
    let chosen = [("answer", "client"), ("client", helene), ("back", "/commandes/a-verifier")];
    let answer = owner.post_form(&format!("{page}/lien"), &chosen).await.expect(303);
    assert_eq!(answer.headers["location"], "/commandes/a-verifier");
    let order = owner.get(&format!("/api{}", page.replace("commandes", "orders"))).await.json();
    assert_eq!(order["client_id"], json!(helene), "{order}");
}

/// What was bought in another currency is in no sum and no average, and the client's page says so.
async fn sums_and_averages_are_of_one_currency(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let awa = client(&app, "Awa", "Sarr", "awa@sarr.sn", "").await;
    for (number, amount, currency) in [("E1", 1000, "EUR"), ("E2", 3000, "EUR"), ("X1", 9, "XOF")] {
        let body = json!({ "number": number, "client_name": "Awa Sarr", "email": "awa@sarr.sn",
            "price": { "amount": amount, "currency": currency }, "status": "confirmed" });
        owner.post("/api/orders", &body).await.expect(201);
    }
    let told = owner.get(&format!("/client/api/{awa}/orders/")).await.expect(200).json();
    assert_eq!(told["confirmed_orders"], 3);
    assert_eq!((&told["total_spent"], &told["average_basket"]), (&json!(4000), &json!(2000)));
    let one = owner.get(&format!("/api/clients/{awa}")).await.expect(200).json();
    assert_eq!(one["average_basket"]["amount"], 2000, "{one}");
    let page = owner.get(&format!("/client/{awa}/commandes")).await.expect(200).body;
    assert!(page.contains("+ 1 en autre devise"), "{page}");
    let pending = owner.get(&format!("/client/{awa}/commandes?status=pending")).await.expect(200);
    assert!(!pending.body.contains(">E1<"), "only those asked for: {}", pending.body);
    owner.get("/client/api/pas-un-identifiant/orders/").await.expect(404);
}

/// Each centre's orders come by its own index; together they are one list, whatever it is sorted by.
async fn a_super_admin_walks_the_orders_of_all_centres(app: TestApp) {
    let (owner, above) = (app.sign_in(Role::Owner).await, app.sign_in(Role::SuperAdmin).await);
    let neighbour = crate::clients::other_center(&app).await;
    for n in 0..9 {
        let who = if n % 3 == 0 { &neighbour } else { &owner };
        let status = if n % 2 == 0 { "confirmed" } else { "pending" };
        let body = json!({ "number": format!("N{n}"), "client_name": format!("Nom {}", 9 - n),
            "price": { "amount": 100 * ((n * 7) % 9) }, "status": status });
        who.post("/api/orders", &body).await.expect(201);
        app.clock.advance(chrono::TimeDelta::hours(1));
    }
    for (query, expected) in [
        ("sort=number", "N0 N1 N2 N3 N4 N5 N6 N7 N8"),
        ("sort=-ordered_at", "N8 N7 N6 N5 N4 N3 N2 N1 N0"),
        ("sort=client_name", "N8 N7 N6 N5 N4 N3 N2 N1 N0"),
        ("sort=price", "N0 N4 N8 N3 N7 N2 N6 N1 N5"),
        ("sort=-number&status=confirmed", "N8 N6 N4 N2 N0"),
    ] {
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let path = format!("/api/orders?limit=2&{query}{cursor}");
            let page = above.get(&path).await.expect(200).json();
            let rows = page["data"].as_array().unwrap();
            assert_eq!(page["total"]["value"], expected.split(' ').count(), "{query}");
            seen.extend(rows.iter().map(|row| row["number"].as_str().unwrap().to_owned()));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(seen.join(" "), expected, "{query}");
    }
}
