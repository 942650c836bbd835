//! The score on the development data, computed as its `score.py` does.

use std::collections::HashMap;
use std::path::Path;

use super::*;

/// The rows of a file without its header. The data holds no quote.
fn rows(file: &str) -> Vec<Vec<String>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/linkage-dev");
    let path = Path::new(path).join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    assert!(!text.contains('"'), "{} holds quotes: read it with a CSV reader", path.display());
    text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

#[test]
fn the_bar_is_met_on_the_development_data() {
    let clients = rows("clients.csv");
    let id_of: HashMap<&str, ClientId> =
        clients.iter().zip(0..).map(|(row, id)| (row[0].as_str(), id)).collect();
    let records = clients.iter().zip(0..).map(|(row, id)| client(id, &row[1], &row[2], &row[3]));
    let matcher = Matcher::build(records, Policy::default());
    let orders = rows("orders.csv");
    let asked: Vec<OrderRecord> =
        orders.iter().map(|row| order(&row[1], &row[2], &row[3])).collect();
    let truth: HashMap<String, Option<ClientId>> = rows("truth.csv")
        .into_iter()
        .map(|row| (row[0].clone(), id_of.get(row[1].as_str()).copied()))
        .collect();

    let (mut right, mut wrong, mut reviewed, mut offered, mut of_clients) = (0, 0, 0, 0, 0);
    for (row, decision) in orders.iter().zip(matcher.decide_all(&asked, 2)) {
        let truth = truth[&row[0]];
        let is_offered = decision.candidates.iter().any(|one| Some(one.id) == truth);
        of_clients += u32::from(truth.is_some());
        match (decision.state, decision.linked_to()) {
            (State::Review, _) => {
                reviewed += 1;
                offered += u32::from(is_offered);
            }
            (_, Some(linked)) if Some(linked) == truth => right += 1,
            (_, Some(_)) => wrong += 1,
            _ => {}
        }
    }

    let share = |part: u32, whole: u32| f64::from(part) / f64::from(whole);
    let figures = format!(
        "right {right}, wrong {wrong}, recall {:.4}, offered {:.4}, review {:.4}",
        share(right, of_clients),
        share(right + offered, of_clients),
        share(reviewed, orders.len() as u32),
    );
    assert!(share(wrong, right + wrong) <= 0.001, "wrong links: {figures}");
    assert!(share(right, of_clients) >= 0.78, "recall: {figures}");
    assert!(share(right + offered, of_clients) >= 0.97, "offered: {figures}");
    assert!(share(reviewed, orders.len() as u32) <= 0.30, "review: {figures}");
}
