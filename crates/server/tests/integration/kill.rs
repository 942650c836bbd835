//! `kill -9` of the real binary around due mails, a hundred times: every alert is received, and a
//! copy is recognised by its Message-ID.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base::db::{Db, PoolSizes, Sql};
use chrono::{DateTime, TimeDelta, Utc};
use domain::alerts::{self, DueInput, NewAlert};
use domain::{Actor, Role};
use rand::Rng as _;
use uuid::Uuid;

use crate::support::smtp::SmtpServer;
use crate::support::{Kind, TestApp, database};

const KILLS: usize = 100;

/// Between two alerts: longer than the leases a killed worker leaves behind.
const APART: TimeDelta = TimeDelta::minutes(6);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_kills_lose_nothing_sqlite() {
    hundred_kills(Kind::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_kills_lose_nothing_postgres() {
    hundred_kills(Kind::Postgres).await;
}

async fn hundred_kills(kind: Kind) {
    let smtp = SmtpServer::start().await;
    let folder = tempfile::tempdir().unwrap();
    let address = database::fresh(kind, folder.path()).await;
    let start: DateTime<Utc> = "2026-11-20T09:00:00Z".parse().unwrap();
    let due = prepare(&address, start).await;
    let set_clock = |at: DateTime<Utc>| {
        std::fs::write(folder.path().join("test-clock"), at.to_rfc3339()).unwrap();
    };
    for (_, at) in &due {
        set_clock(*at - TimeDelta::milliseconds(5));
        let mut vigie = spawn(&address, folder.path(), &smtp.url);
        let life = Duration::from_micros(rand::rng().random_range(0..500_000));
        tokio::time::sleep(life).await;
        vigie.kill().unwrap();
        vigie.wait().unwrap();
    }
    let received_meanwhile = smtp.mails().len();
    assert!(received_meanwhile > 5, "the kills came too early: {received_meanwhile} received");
    finish(&address, folder.path(), &smtp, &set_clock, start + APART * 102).await;
    judge(&smtp, &due);
}

/// A hundred alerts, one every six minutes.
async fn prepare(address: &str, start: DateTime<Utc>) -> Vec<(Uuid, DateTime<Utc>)> {
    let db = Db::connect(address, PoolSizes { max: 4 }).await.unwrap();
    domain::migrations::migrate(&db).await.unwrap();
    let app = TestApp::of(db.clone(), start).await;
    let agent = app.user(Role::Agent, Some(app.center), None).await;
    let client = crate::alerts::client(&app).await;
    let actor = Actor { user_id: Some(agent), role: Role::Agent, call_center_id: Some(app.center) };
    let mut due = Vec::new();
    for index in 1..=KILLS {
        let at = start + APART * i32::try_from(index).unwrap();
        let new = NewAlert {
            title: format!("Alerte {index}"),
            due: DueInput::At(at.to_rfc3339()),
            ..NewAlert::default()
        };
        let alert = alerts::schedule(&db, &actor, Some(client), &new, start).await.unwrap();
        due.push((alert.id, at));
    }
    db.close().await;
    due
}

/// The binary, listening: its worker has just begun.
fn spawn(address: &str, folder: &Path, smtp: &str) -> Child {
    let mut vigie = Command::new(env!("CARGO_BIN_EXE_vigie"))
        .args(["serve", "--listen", "127.0.0.1:0", "--database", address, "--smtp", smtp])
        .arg("--data-dir")
        .arg(folder)
        .env("VIGIE_TEST_CLOCK", "true")
        .env("VIGIE_LOG", "error")
        .env("VIGIE_BASE_URL", "http://vigie.test")
        .current_dir(folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(vigie.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    assert!(!line.is_empty(), "the binary did not start");
    vigie
}

/// Lets it live until everything is settled, hour after hour.
async fn finish(
    address: &str,
    folder: &Path,
    smtp: &SmtpServer,
    set_clock: &impl Fn(DateTime<Utc>),
    mut at: DateTime<Utc>,
) {
    set_clock(at);
    let mut vigie = spawn(address, folder, &smtp.url);
    let db = Db::connect(address, PoolSizes { max: 2 }).await.unwrap();
    let begun = Instant::now();
    loop {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let left: i64 = Sql::new("SELECT COUNT(*) FROM alert_notices WHERE state <> 'sent'")
            .scalar(db.read())
            .await
            .unwrap()
            .unwrap();
        if left == 0 {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "{left} notices left");
        at += TimeDelta::minutes(30);
        set_clock(at);
    }
    db.close().await;
    vigie.kill().unwrap();
    vigie.wait().unwrap();
}

fn judge(smtp: &SmtpServer, due: &[(Uuid, DateTime<Utc>)]) {
    let mut seen: HashMap<Uuid, Vec<String>> = HashMap::new();
    for mail in smtp.mails() {
        for alert in mail.alerts() {
            seen.entry(alert).or_default().push(mail.message_id.clone());
        }
    }
    for (alert, at) in due {
        let ids = seen.get(alert).unwrap_or_else(|| panic!("the alert of {at} was lost"));
        assert!(ids.windows(2).all(|pair| pair[0] == pair[1]), "{at}: two mails: {ids:?}");
    }
    let copies = seen.values().filter(|ids| ids.len() > 1).count();
    eprintln!("{} mails for {} alerts; {copies} received twice", smtp.mails().len(), due.len());
}
