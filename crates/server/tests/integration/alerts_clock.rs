//! Days of alerts under a simulated clock: random schedules, edits, crashes, refused mail. At the
//! end each (alert, due version, level, recipient, channel) is sent, cancelled or given up where
//! people see it, and none was sent twice in silence.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use base::db::Sql;
use chrono::{DateTime, TimeDelta, Utc};
use domain::alerts::{self, Changes, DueInput, NewAlert, Targets};
use domain::{Actor, Role};
use futures::StreamExt as _;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use sea_orm::FromQueryResult;
use uuid::Uuid;

use crate::alerts::clients;
use crate::support::smtp::{SmtpServer, Verdict};
use crate::support::{Kind, TestApp};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_lost_nothing_twice_sqlite() {
    weeks(Kind::Sqlite, 20_261_120).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_lost_nothing_twice_postgres() {
    weeks(Kind::Postgres, 20_261_121).await;
}

struct World {
    app: TestApp,
    smtp: SmtpServer,
    random: StdRng,
    people: Vec<Actor>,
    clients: Vec<Uuid>,
    alerts: Vec<Uuid>,
}

async fn weeks(kind: Kind, seed: u64) {
    let smtp = SmtpServer::start().await;
    let app = TestApp::start_with(kind, Some(smtp.url.clone())).await;
    let mut people = Vec::new();
    for role in [Role::Owner, Role::Supervisor, Role::Agent, Role::Agent, Role::Agent, Role::Agent]
    {
        let id = app.user(role, Some(app.center), None).await;
        people.push(Actor { user_id: Some(id), role, call_center_id: Some(app.center) });
    }
    app.user(Role::SuperAdmin, None, None).await;
    let clients = clients(&app, app.center, 400).await;
    let random = StdRng::seed_from_u64(seed);
    let mut world = World { app, smtp, random, people, clients, alerts: Vec::new() };
    world.moody_server(seed);
    while world.alerts.len() < 10_000 {
        world.schedule_some().await;
        world.change_some().await;
        world.pass_time().await;
    }
    assert!(world.alerts.len() >= 10_000, "{} schedules", world.alerts.len());
    world.smtp.decide(|_| Verdict::Take);
    for _ in 0..80 {
        world.app.clock.advance(TimeDelta::hours(3));
        world.app.work().await;
    }
    world.check().await;
}

impl World {
    /// Takes most, refuses some for now and a few for good, and sometimes dies after taking.
    fn moody_server(&self, seed: u64) {
        let mut random = StdRng::seed_from_u64(seed + 1);
        self.smtp.decide(move |_| match random.random_range(0..100) {
            0..70 => Verdict::Take,
            70..82 => Verdict::Refuse(451),
            82..85 => Verdict::Refuse(550),
            _ => Verdict::TakeAndHangUp,
        });
    }

    fn anyone(&mut self) -> Actor {
        let index = self.random.random_range(0..self.people.len());
        self.people[index].clone()
    }

    fn some_alert(&mut self) -> Uuid {
        // The recent ones are the lively ones.
        let from = self.alerts.len().saturating_sub(600);
        self.alerts[self.random.random_range(from..self.alerts.len())]
    }

    fn soon(&mut self) -> DateTime<Utc> {
        self.app.clock.now() + TimeDelta::minutes(self.random.random_range(0..72 * 60))
    }

    fn new_alert(&mut self) -> NewAlert {
        let assignee = self.random.random_bool(0.7).then(|| self.anyone().user_id).flatten();
        NewAlert {
            title: "Rappel".into(),
            due: DueInput::At(self.soon().to_rfc3339()),
            assigned_to: assignee,
            ..NewAlert::default()
        }
    }

    async fn schedule_some(&mut self) {
        let now = self.app.clock.now();
        for _ in 0..4 {
            let (actor, new) = (self.anyone(), self.new_alert());
            let start = self.random.random_range(0..self.clients.len() - 110);
            let ids = self.clients[start..start + self.random.random_range(90..110)].to_vec();
            let targets = Targets::Ids(ids);
            let made = alerts::schedule_many(&self.app.db, &actor, &targets, &new, now).await;
            // Someone who was deactivated cannot be given an alert: a refusal like any other.
            let Ok(batch) = made else { continue };
            let ids: Vec<Uuid> =
                Sql::with("SELECT id FROM alerts WHERE batch_id = $1", [batch.id.into()])
                    .column(self.app.db.read())
                    .await
                    .unwrap();
            self.alerts.extend(ids);
        }
        let singles: Vec<_> = (0..12)
            .map(|_| {
                let client = self.clients[self.random.random_range(0..self.clients.len())];
                (self.anyone(), client, self.new_alert())
            })
            .collect();
        let db = self.app.db.clone();
        let made = futures::stream::iter(singles)
            .map(|(actor, client, new)| {
                let db = db.clone();
                async move { alerts::schedule(&db, &actor, Some(client), &new, now).await }
            })
            .buffer_unordered(8)
            .collect::<Vec<_>>();
        self.alerts.extend(made.await.into_iter().filter_map(Result::ok).map(|alert| alert.id));
    }

    async fn change_some(&mut self) {
        let owner = self.people[0].clone();
        let changes: Vec<(Uuid, u32, DateTime<Utc>, Option<Uuid>)> = (0..40)
            .map(|_| {
                let kind = self.random.random_range(0..8);
                (self.some_alert(), kind, self.soon(), self.anyone().user_id)
            })
            .collect();
        let db = self.app.db.clone();
        let now = self.app.clock.now();
        futures::stream::iter(changes)
            .for_each_concurrent(8, |(id, kind, at, user)| {
                let (db, owner) = (db.clone(), owner.clone());
                async move {
                    let edit = |changes: Changes| {
                        let (db, owner) = (db.clone(), owner.clone());
                        async move { alerts::edit(&db, &owner, id, None, &changes, now).await }
                    };
                    let due = Some(DueInput::At(at.to_rfc3339()));
                    // What is refused (removed, inactive, not removed) changes nothing.
                    let _ = match kind {
                        0 => edit(Changes { due, ..Changes::default() }).await,
                        1 => edit(Changes { assigned_to: Some(user), ..Changes::default() }).await,
                        2 => {
                            alerts::postpone(&db, &owner, id, now + TimeDelta::hours(1), now).await
                        }
                        3 => alerts::complete(&db, &owner, id, None, now).await,
                        4 => alerts::reopen(&db, &owner, id, None, now).await,
                        5 => alerts::acknowledge(&db, &owner, id, None, now).await,
                        6 => alerts::remove(&db, &owner, id, None, now).await,
                        _ => alerts::restore(&db, &owner, id, now).await,
                    };
                }
            })
            .await;
        // People leave and come back.
        let user = self.people[self.random.random_range(0..self.people.len())].user_id;
        let active = self.random.random_bool(0.7);
        let tx = self.app.db.begin().await.unwrap();
        Sql::with("UPDATE users SET is_active = $1 WHERE id = $2", [active.into(), user.into()])
            .execute(&tx)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    /// Minutes to hours go by; the worker works, or dies in the middle of it, or is not there.
    async fn pass_time(&mut self) {
        for _ in 0..4 {
            let minutes = [1, 3, 8, 25, 90, 400][self.random.random_range(0..6)];
            self.app.clock.advance(TimeDelta::minutes(minutes));
            match self.random.random_range(0..10) {
                0..5 => {
                    self.app.work().await;
                }
                5..9 => {
                    let life = Duration::from_millis(self.random.random_range(1..120));
                    let _ = tokio::time::timeout(life, self.app.work()).await;
                }
                _ => {}
            }
        }
    }

    async fn check(&self) {
        let db = self.app.db.read();
        let notices: Vec<Row> = Sql::new(
            "SELECT n.alert_id, n.due_version, n.recipient_id, n.state, n.attempts, u.email \
             FROM alert_notices n JOIN users u ON u.id = n.recipient_id",
        )
        .all(db)
        .await
        .unwrap();
        let alerts: Vec<Standing> = Sql::new(
            "SELECT id, due_version, due_announced_version, completed_at IS NULL AND deleted_at IS NULL AS is_open \
             FROM alerts",
        )
        .all(db)
        .await
        .unwrap();
        let told: Vec<Told> = Sql::new(
            "SELECT kind, subject_id, data FROM events WHERE kind LIKE 'alert.notice%' OR kind = 'alert.due'",
        )
        .all(db)
        .await
        .unwrap();
        self.every_notice_ended(&notices);
        Self::every_open_alert_was_told(&alerts, &notices);
        self.what_was_sent_was_received(&notices);
        self.nothing_was_repeated_in_silence(&told);
        let mut announced = HashSet::new();
        for event in told.iter().filter(|event| event.kind == "alert.due") {
            let version = event.data()["due_version"].as_i64().unwrap();
            assert!(announced.insert((event.subject_id, version)), "alert.due twice");
        }
        let given_up = notices.iter().filter(|n| n.state == "given_up").count();
        let said = told.iter().filter(|e| e.kind == "alert.notice_given_up").count();
        assert!(said >= given_up, "{given_up} given up, {said} said");
        let sent = notices.iter().filter(|n| n.state == "sent").count();
        eprintln!(
            "{} alerts, {} notices: {sent} sent, {given_up} given up; {} mails",
            alerts.len(),
            notices.len(),
            self.smtp.mails().len()
        );
        assert!(sent > 3_000 && given_up > 0, "the test must test something");
        let verdict = domain::events::verify(db).await.unwrap();
        assert!(matches!(verdict, domain::events::Verdict::Whole { .. }), "{verdict:?}");
    }

    fn every_notice_ended(&self, notices: &[Row]) {
        let left: Vec<_> = notices.iter().filter(|n| n.state == "planned").collect();
        assert!(left.is_empty(), "{} still planned: {:?}", left.len(), &left[..left.len().min(3)]);
    }

    fn every_open_alert_was_told(alerts: &[Standing], notices: &[Row]) {
        let ended: HashSet<(Uuid, i32)> = notices
            .iter()
            .filter(|n| n.state == "sent" || n.state == "given_up")
            .map(|n| (n.alert_id, n.due_version))
            .collect();
        for alert in alerts.iter().filter(|alert| alert.is_open) {
            assert_eq!(
                alert.due_announced_version, alert.due_version,
                "{} not announced",
                alert.id
            );
            assert!(ended.contains(&(alert.id, alert.due_version)), "{} told nobody", alert.id);
        }
    }

    fn what_was_sent_was_received(&self, notices: &[Row]) {
        let mut received: HashMap<(Uuid, String), usize> = HashMap::new();
        for mail in self.smtp.mails() {
            for alert in mail.alerts() {
                *received.entry((alert, mail.to.clone())).or_default() += 1;
            }
        }
        let mut tries: HashMap<(Uuid, String), (usize, i32)> = HashMap::new();
        for notice in notices {
            let key = (notice.alert_id, notice.email.clone());
            let (sent, attempts) = tries.entry(key).or_default();
            *sent += usize::from(notice.state == "sent");
            *attempts += notice.attempts;
        }
        for (key, (sent, attempts)) in &tries {
            let arrived = received.get(key).copied().unwrap_or(0);
            assert!(arrived >= *sent, "{key:?}: {sent} marked sent, {arrived} received");
            assert!(arrived <= *attempts as usize, "{key:?}: more received than ever tried");
        }
        assert!(received.keys().all(|key| tries.contains_key(key)), "a mail nobody planned");
    }

    /// The same mail received again is named in the history of each alert on it.
    fn nothing_was_repeated_in_silence(&self, told: &[Told]) {
        let mut copies: HashMap<(String, Uuid), usize> = HashMap::new();
        for mail in self.smtp.mails() {
            for alert in mail.alerts() {
                *copies.entry((mail.message_id.clone(), alert)).or_default() += 1;
            }
        }
        let mut extra: HashMap<Uuid, usize> = HashMap::new();
        for ((_, alert), count) in copies {
            *extra.entry(alert).or_default() += count - 1;
        }
        let mut said: HashMap<Uuid, usize> = HashMap::new();
        for event in told.iter().filter(|event| event.kind == "alert.notice_repeated") {
            *said.entry(event.subject_id).or_default() += 1;
        }
        assert!(extra.values().any(|count| *count > 0), "the test must test something");
        for (alert, count) in extra {
            let named = said.get(&alert).copied().unwrap_or(0);
            assert!(named >= count, "{alert}: {count} copies too many, {named} named");
        }
    }
}

#[derive(Debug, FromQueryResult)]
struct Row {
    alert_id: Uuid,
    due_version: i32,
    #[allow(dead_code, reason = "shown when the test fails")]
    recipient_id: Uuid,
    state: String,
    attempts: i32,
    email: String,
}

#[derive(FromQueryResult)]
struct Standing {
    id: Uuid,
    due_version: i32,
    due_announced_version: i32,
    is_open: bool,
}

#[derive(FromQueryResult)]
struct Told {
    kind: String,
    subject_id: Uuid,
    data: String,
}

impl Told {
    fn data(&self) -> serde_json::Value {
        serde_json::from_str(&self.data).unwrap()
    }
}
