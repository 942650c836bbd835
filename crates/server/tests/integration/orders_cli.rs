//! The command line, end to end: a file of clients and one of orders go in through the real binary,
//! the orders are linked, and the links are scored as `score.py` does.

use std::collections::HashMap;
use std::path::Path;
use std::process::Command;

use crate::support::{Kind, database, linkage_data};

#[tokio::test]
async fn the_score_is_kept_through_the_command_line_sqlite() {
    keeps_the_score(Kind::Sqlite).await;
}

#[tokio::test]
async fn the_score_is_kept_through_the_command_line_postgres() {
    keeps_the_score(Kind::Postgres).await;
}

fn vigie(folder: &Path, database: &str, arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_vigie"))
        .args(arguments)
        .args(["--database", database, "--data-dir"])
        .arg(folder.join("data"))
        .current_dir(folder)
        .env_clear()
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{arguments:?}: {told}");
    String::from_utf8(output.stdout).unwrap()
}

fn rows(path: &Path) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

async fn keeps_the_score(kind: Kind) {
    let folder = tempfile::tempdir().unwrap();
    let address = database::fresh(kind, folder.path()).await;
    let (work, data) = (folder.path().to_owned(), linkage_data(""));
    // The binary blocks: not on the runtime's threads.
    tokio::task::spawn_blocking(move || journey(&work, &address, &data)).await.unwrap();
}

fn journey(folder: &Path, database: &str, data: &Path) {
    let vigie = |arguments: &[&str]| vigie(folder, database, arguments);
    let file = |name: &str| data.join(name).display().to_string();
    let out = folder.join("links.csv").display().to_string();
    let paris = ["--center", "Vigie Paris"];
    vigie(&["demo", "--clients", "0"]);
    let told = vigie(&[&["import", "clients", &file("clients.csv")][..], &paris].concat());
    assert!(told.contains("client_id → code") && told.contains("2000 created"), "{told}");
    let looked =
        vigie(&[&["import", "orders", &file("orders.csv"), "--dry-run"][..], &paris].concat());
    assert!(looked.contains("would be: 5000 created"), "{looked}");
    let told = vigie(&[&["import", "orders", &file("orders.csv")][..], &paris].concat());
    assert!(told.contains("order_id → number") && told.contains("5000 created"), "{told}");
    let told = vigie(&[&["link-orders-to-clients", "--output", &out][..], &paris].concat());
    assert!(told.contains("review"), "{told}");
    let first = std::fs::read_to_string(&out).unwrap();
    judge(Path::new(&out), data);
    // Looked at again, everything is as it was; nothing was changed by looking.
    let told = vigie(
        &[&["link_orders_to_clients", "--dry-run", "--force", "--output", &out][..], &paris]
            .concat(),
    );
    let changed: u64 = told
        .lines()
        .filter(|line| !line.starts_with(' ') && line.starts_with(['l', 'r', 'u']))
        .filter_map(|line| line.split_whitespace().last()?.parse::<u64>().ok())
        .sum();
    assert_eq!(changed, 0, "{told}");
    judge(Path::new(&out), data);
    vigie(&[&["link-orders-to-clients", "--output", &out][..], &paris].concat());
    assert_eq!(std::fs::read_to_string(&out).unwrap(), first);
    let told = vigie(&[&["create_test_clients", "--count", "3"][..], &paris].concat());
    assert!(told.contains("3 clients created"), "{told}");
}

/// BAR.md "Accurate".
fn judge(links: &Path, data: &Path) {
    let truth: HashMap<String, String> = rows(&data.join("truth.csv"))
        .into_iter()
        .map(|row| (row[0].clone(), row[1].clone()))
        .collect();
    let (mut right, mut wrong, mut review, mut offered, mut of_clients) = (0, 0, 0, 0, 0);
    let links = rows(links);
    assert_eq!(links.len(), truth.len());
    for row in &links {
        let [order, client, status, candidates] = &row[..] else { panic!("{row:?}") };
        let whose = &truth[order];
        of_clients += u32::from(!whose.is_empty());
        match status.as_str() {
            "review" => {
                review += 1;
                let is_there = candidates.split('|').any(|one| one == whose);
                offered += u32::from(is_there && !whose.is_empty());
            }
            "linked" if client == whose => right += 1,
            "linked" => wrong += 1,
            status => assert_eq!(status, "unlinked"),
        }
    }
    let share = |part: u32, whole: u32| f64::from(part) / f64::from(whole);
    let all = u32::try_from(links.len()).unwrap();
    let figures = format!("right {right}, wrong {wrong}, review {review}, offered {offered}");
    assert!(share(wrong, right + wrong) <= 0.001, "{figures}");
    assert!(share(right, of_clients) >= 0.78, "{figures}");
    assert!(share(right + offered, of_clients) >= 0.97, "{figures}");
    assert!(share(review, all) <= 0.30, "{figures}");
}
