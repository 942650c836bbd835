//! Open pages hear of changes: once, in order, and only their own.

use std::time::Duration;

use base::db::{Db, PoolSizes};
use domain::events::{self, NewEvent};
use domain::users::sessions;
use domain::{Actor, Role};
use futures::StreamExt as _;
use server::app::App;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::support::{Browser, TestApp};

both_engines!(
    a_page_rendered_before_an_event_and_connected_after_still_hears_it,
    coming_back_tells_what_was_missed_once_and_in_order,
    another_centre_and_other_trades_hear_nothing,
    nobody_hears_of_an_alert_they_may_not_see,
    a_page_that_refreshes_shows_the_new_count,
    too_far_behind_is_told_to_look_again,
    the_stream_ends_with_the_session,
    what_another_process_writes_is_heard_on_every_node,
    open_streams_do_not_keep_the_server_from_stopping,
    a_stranger_hears_nothing_and_a_wrong_number_is_named,
);

/// One event of a stream.
#[derive(Debug, PartialEq, Eq)]
struct Heard {
    event: String,
    id: i64,
    topics: Vec<String>,
}

/// An open stream, read event by event.
struct Stream {
    chunks: futures::stream::BoxStream<'static, reqwest::Result<bytes::Bytes>>,
    text: String,
}

impl Stream {
    async fn open(browser: &Browser, url: &str, query: &str) -> Self {
        let path = format!("{url}/api/me/stream{query}");
        let response = browser.client().get(path).send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert!(!response.headers().contains_key("content-encoding"), "a stream is not compressed");
        Self { chunks: response.bytes_stream().boxed(), text: String::new() }
    }

    /// The next refresh or reset; `None` when the stream ended.
    async fn next(&mut self) -> Option<Heard> {
        let heard = tokio::time::timeout(Duration::from_secs(8), self.read()).await;
        heard.expect("an event or the end within 8 s")
    }

    async fn read(&mut self) -> Option<Heard> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.text = rest;
                if let Some(heard) = parse(&block) {
                    return Some(heard);
                }
                continue;
            }
            let chunk = self.chunks.next().await?.ok()?;
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    /// Fails if anything is told within half a second.
    async fn expect_silence(&mut self) {
        let heard = tokio::time::timeout(Duration::from_millis(500), self.read()).await;
        assert!(heard.is_err(), "{heard:?}");
    }
}

fn parse(block: &str) -> Option<Heard> {
    let field = |name: &str| block.lines().find_map(|l| l.strip_prefix(name)).map(str::trim);
    let event = field("event:")?;
    let data: serde_json::Value = serde_json::from_str(field("data:")?).unwrap();
    let topics = data["topics"].as_array().into_iter().flatten();
    let topics = topics.map(|t| t.as_str().unwrap().to_owned()).collect();
    (event != "ping").then(|| Heard {
        event: event.to_owned(),
        id: field("id:").unwrap().parse().unwrap(),
        topics,
    })
}

/// Something happens to a client of that centre; returns its number.
async fn happen(app: &TestApp, db: &Db, center: Uuid, client: Uuid) -> i64 {
    let event = NewEvent {
        kind: "client.updated",
        call_center_id: Some(center),
        subject_kind: "client",
        subject_id: client,
        client_id: Some(client),
        data: serde_json::json!({}),
    };
    let tx = db.begin().await.unwrap();
    let seq = events::record(&tx, &Actor::system(), event, app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    seq
}

/// The number a page was rendered at.
async fn seq_of_page(browser: &Browser) -> i64 {
    let page = browser.get("/").await.expect(200).body;
    let (_, rest) = page.split_once("name=\"vigie-seq\" content=\"").unwrap();
    rest.split('"').next().unwrap().parse().unwrap()
}

async fn a_page_rendered_before_an_event_and_connected_after_still_hears_it(app: TestApp) {
    let browser = app.sign_in(Role::Agent).await;
    let seen = seq_of_page(&browser).await;
    let client = Uuid::now_v7();
    let seq = happen(&app, &app.db, app.center, client).await;
    let mut stream = Stream::open(&browser, &app.url, &format!("?since={seen}")).await;
    let heard = stream.next().await.unwrap();
    assert_eq!((heard.event.as_str(), heard.id), ("refresh", seq));
    assert_eq!(heard.topics, ["client:".to_owned() + &client.to_string(), "clients".into()]);
    stream.expect_silence().await;
}

async fn coming_back_tells_what_was_missed_once_and_in_order(app: TestApp) {
    let browser = app.sign_in(Role::Owner).await;
    let mut stream = Stream::open(&browser, &app.url, "").await;
    let client = Uuid::now_v7();
    let first = happen(&app, &app.db, app.center, client).await;
    assert_eq!(stream.next().await.unwrap().id, first);
    let second = happen(&app, &app.db, app.center, client).await;
    assert_eq!(stream.next().await.unwrap().id, second);
    drop(stream);

    let missed = Uuid::now_v7();
    happen(&app, &app.db, app.center, client).await;
    let last = happen(&app, &app.db, app.center, missed).await;
    let request = browser.request("GET", "/api/me/stream").header("last-event-id", second);
    let response = request.send().await.unwrap();
    let mut stream = Stream { chunks: response.bytes_stream().boxed(), text: String::new() };
    // In one message or in two, as the hub met them; each once, in order, up to the last.
    let (mut topics, mut told) = (Vec::new(), second);
    while told < last {
        let heard = stream.next().await.unwrap();
        assert!(heard.id > told, "{heard:?}");
        told = heard.id;
        topics.extend(heard.topics);
    }
    assert_eq!(told, last);
    assert!(topics.contains(&format!("client:{client}")), "{topics:?}");
    assert!(topics.contains(&format!("client:{missed}")), "{topics:?}");
    let after = happen(&app, &app.db, app.center, client).await;
    assert_eq!(stream.next().await.unwrap().id, after);
    stream.expect_silence().await;
    // Many at once, by many: every number grows, the last one arrives.
    let mut last = 0;
    for _ in 0..20 {
        last = happen(&app, &app.db, app.center, client).await;
    }
    let mut known = after;
    while known < last {
        let heard = stream.next().await.unwrap();
        assert!(heard.id > known && heard.event == "refresh", "{heard:?} after {known}");
        known = heard.id;
    }
}

async fn another_centre_and_other_trades_hear_nothing(app: TestApp) {
    let new = domain::call_centers::NewCallCenter {
        name: "Dakar".into(),
        time_zone: "Africa/Dakar".into(),
        currency: "XOF".into(),
        phone_region: "SN".into(),
    };
    let (system, now) = (Actor::system(), app.clock.now());
    let other = domain::call_centers::create(&app.db, &system, new, now).await.unwrap();
    let elsewhere = app.sign_in_to(Role::Owner, Some(other)).await;
    let technician = app.sign_in(Role::Technician).await;
    let admin = app.sign_in(Role::SuperAdmin).await;
    let mut silent = [
        Stream::open(&elsewhere, &app.url, "").await,
        Stream::open(&technician, &app.url, "").await,
    ];
    let mut everything = Stream::open(&admin, &app.url, "").await;
    let seq = happen(&app, &app.db, app.center, Uuid::now_v7()).await;
    assert_eq!(everything.next().await.unwrap().id, seq);
    for stream in &mut silent {
        stream.expect_silence().await;
    }
    let mut late = Stream::open(&elsewhere, &app.url, &format!("?since={}", seq - 1)).await;
    late.expect_silence().await;
}

async fn nobody_hears_of_an_alert_they_may_not_see(app: TestApp) {
    let [agent, other] = [app.sign_in(Role::Agent).await, app.sign_in(Role::Agent).await];
    let owner = app.sign_in(Role::Owner).await;
    let client = crate::alerts::client(&app).await;
    app.settle().await;
    let mut mine = Stream::open(&agent, &app.url, "").await;
    let mut theirs = Stream::open(&other, &app.url, "").await;
    let mut all = Stream::open(&owner, &app.url, "").await;
    let body = serde_json::json!({ "client_id": client, "title": "Relance",
        "due_at": "2026-11-21T10:00", "assigned_to": agent.user });
    let alert = owner.post("/api/alerts", &body).await.expect(201).json();
    for stream in [&mut all, &mut mine] {
        let heard = stream.next().await.unwrap();
        assert!(heard.topics.contains(&"alerts".to_owned()), "{heard:?}");
    }
    theirs.expect_silence().await;
    // Given to the other: both hear, the one who loses it too.
    let path = format!("/api/alerts/{}", alert["id"].as_str().unwrap());
    let change = owner.request("PATCH", &path).header("if-match", "\"1\"");
    let change = change.json(&serde_json::json!({ "assigned_to": other.user }));
    owner.send(change).await.expect(200);
    for stream in [&mut mine, &mut theirs] {
        let heard = stream.next().await.unwrap();
        assert!(heard.topics.contains(&"alerts".to_owned()), "{heard:?}");
    }
}

async fn a_page_that_refreshes_shows_the_new_count(app: TestApp) {
    let owner = app.sign_in(Role::Owner).await;
    let client = crate::alerts::client(&app).await;
    app.settle().await;
    let bell = async || {
        let page = owner.get("/").await.expect(200).body;
        page.contains("1 alerte à traiter")
    };
    assert!(!bell().await);
    let alert = crate::alerts::schedule(&app, &owner, client, 5).await;
    app.settle().await;
    assert!(!bell().await);
    app.clock.advance(chrono::TimeDelta::hours(1));
    app.work().await;
    app.settle().await;
    assert!(bell().await, "due");
    let path = format!("/api/alerts/{}/completion", alert["id"].as_str().unwrap());
    owner.post(&path, &serde_json::json!({})).await.expect(200);
    app.settle().await;
    assert!(!bell().await, "done");
}

async fn too_far_behind_is_told_to_look_again(app: TestApp) {
    let browser = app.sign_in(Role::Owner).await;
    let before = seq_of_page(&browser).await;
    let client = Uuid::now_v7();
    let event = || NewEvent {
        kind: "client.updated",
        call_center_id: Some(app.center),
        subject_kind: "client",
        subject_id: client,
        client_id: Some(client),
        data: serde_json::json!({}),
    };
    let mut witness = Stream::open(&browser, &app.url, "").await;
    let tx = app.db.begin().await.unwrap();
    let many: Vec<_> = (0..501).map(|_| event()).collect();
    let last = events::record_many(&tx, &Actor::system(), many, app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(witness.next().await.unwrap().id, last);
    let mut stream = Stream::open(&browser, &app.url, &format!("?since={before}")).await;
    let heard = stream.next().await.unwrap();
    assert_eq!((heard.event.as_str(), heard.id), ("reset", last));
    stream.expect_silence().await;
}

async fn the_stream_ends_with_the_session(app: TestApp) {
    let user = app.user(Role::Agent, Some(app.center), None).await;
    let opened = sessions::open(&app.db, user, app.clock.now()).await.unwrap();
    let token = opened.token.clone();
    let browser = Browser::with(&app, user, opened);
    let mut stream = Stream::open(&browser, &app.url, "").await;
    sessions::close(&app.db, &token).await.unwrap();
    assert_eq!(stream.next().await, None);

    let agent = app.sign_in(Role::Agent).await;
    let mut stream = Stream::open(&agent, &app.url, "").await;
    let event = NewEvent {
        kind: "user.deactivated",
        call_center_id: Some(app.center),
        subject_kind: "user",
        subject_id: agent.user.unwrap(),
        client_id: None,
        data: serde_json::json!({}),
    };
    let tx = app.db.begin().await.unwrap();
    events::record(&tx, &Actor::system(), event, app.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
    let mut heard = stream.next().await;
    if heard.is_some() {
        heard = stream.next().await;
    }
    assert_eq!(heard, None);
}

async fn what_another_process_writes_is_heard_on_every_node(app: TestApp) {
    let browser = app.sign_in(Role::Owner).await;
    let other = Db::connect(&app.app.settings().database, PoolSizes { max: 2 }).await.unwrap();
    let node = App::new(other.clone(), app.clock.clone(), app.app.settings().clone()).unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let stop = CancellationToken::new();
    tokio::spawn(server::cli::serve_on(listener, node, stop.clone()));
    let mut here = Stream::open(&browser, &app.url, "").await;
    let mut there = Stream::open(&browser, &url, "").await;
    let client = Uuid::now_v7();
    for db in [&app.db, &other] {
        let seq = happen(&app, db, app.center, client).await;
        assert_eq!(here.next().await.unwrap().id, seq);
        assert_eq!(there.next().await.unwrap().id, seq);
    }
    stop.cancel();
    assert_eq!(there.next().await, None);
}

async fn open_streams_do_not_keep_the_server_from_stopping(app: TestApp) {
    let browser = app.sign_in(Role::Owner).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let stop = CancellationToken::new();
    let node = App::new(app.db.clone(), app.clock.clone(), app.app.settings().clone()).unwrap();
    let served = tokio::spawn(server::cli::serve_on(listener, node.clone(), stop.clone()));
    let mut streams = Vec::new();
    for _ in 0..20 {
        streams.push(Stream::open(&browser, &url, "").await);
    }
    assert_eq!(node.live().open_streams(), 20);
    stop.cancel();
    tokio::time::timeout(Duration::from_secs(5), served).await.unwrap().unwrap().unwrap();
    for mut stream in streams {
        assert_eq!(stream.next().await, None);
    }
}

async fn a_stranger_hears_nothing_and_a_wrong_number_is_named(app: TestApp) {
    app.stranger().get("/api/me/stream").await.expect(401);
    let answer = app.sign_in(Role::Agent).await.get("/api/me/stream?since=hier").await.expect(422);
    assert_eq!(answer.field_codes("since"), ["wrong-value"]);
}
