//! The write transaction: whole or not at all, however many share the disk's attention.

use std::sync::Arc;

use base::db::Signal;
use base::db::Sql;
use domain::settings;
use futures::future::join_all;

use crate::support::TestApp;

both_engines!(
    what_was_committed_is_read_back_and_what_was_dropped_is_not,
    a_caller_who_goes_away_leaves_the_others_whole,
    a_failed_statement_undoes_only_its_own_transaction,
    signals_are_sent_only_once_committed,
);

async fn exists(app: &TestApp, name: &str) -> bool {
    settings::get(app.db.read(), name).await.unwrap().is_some()
}

async fn what_was_committed_is_read_back_and_what_was_dropped_is_not(app: TestApp) {
    let app = Arc::new(app);
    let tasks = (0..200).map(|n| {
        let app = app.clone();
        tokio::spawn(async move {
            let name = format!("n{n}");
            let tx = app.db.begin().await.unwrap();
            settings::put(&tx, &name, "1").await.unwrap();
            if n % 3 == 0 {
                drop(tx);
            } else {
                tx.commit().await.unwrap();
                assert!(exists(&app, &name).await, "{name} was said to be committed");
            }
        })
    });
    for task in join_all(tasks).await {
        task.unwrap();
    }
    // One more round through the writer: every rollback before it has ended.
    app.db.begin().await.unwrap().commit().await.unwrap();
    for n in 0..200 {
        assert_eq!(exists(&app, &format!("n{n}")).await, n % 3 != 0, "n{n}");
    }
}

async fn a_caller_who_goes_away_leaves_the_others_whole(app: TestApp) {
    let app = Arc::new(app);
    let tasks: Vec<_> = (0..60)
        .map(|n| {
            let app = app.clone();
            tokio::spawn(async move {
                let tx = app.db.begin().await.unwrap();
                settings::put(&tx, &format!("g{n}"), "1").await.unwrap();
                tx.commit().await.unwrap();
            })
        })
        .collect();
    for (n, task) in tasks.iter().enumerate() {
        if n % 2 == 0 {
            task.abort();
        }
    }
    for (n, task) in tasks.into_iter().enumerate() {
        let ended = task.await;
        if n % 2 == 1 {
            ended.unwrap();
            assert!(exists(&app, &format!("g{n}")).await);
        }
    }
    // The writer is free: nothing an aborted caller held is left open.
    let tx = app.db.begin().await.unwrap();
    settings::put(&tx, "after", "1").await.unwrap();
    tx.commit().await.unwrap();
    assert!(exists(&app, "after").await);
}

async fn a_failed_statement_undoes_only_its_own_transaction(app: TestApp) {
    let good = app.db.begin().await.unwrap();
    settings::put(&good, "good", "1").await.unwrap();
    good.commit().await.unwrap();
    let bad = app.db.begin().await.unwrap();
    settings::put(&bad, "bad", "1").await.unwrap();
    let insert = "INSERT INTO settings (name, value) VALUES ('good', '2')";
    assert!(Sql::new(insert).execute(&bad).await.is_err());
    drop(bad);
    let next = app.db.begin().await.unwrap();
    settings::put(&next, "next", "1").await.unwrap();
    next.commit().await.unwrap();
    assert!(!exists(&app, "bad").await && exists(&app, "next").await);
}

async fn signals_are_sent_only_once_committed(app: TestApp) {
    let mut signals = app.db.signals();
    let dropped = app.db.begin().await.unwrap();
    dropped.signal(Signal::new("test", "dropped"));
    drop(dropped);
    let kept = app.db.begin().await.unwrap();
    kept.signal(Signal::new("test", "kept"));
    kept.commit().await.unwrap();
    loop {
        let signal = signals.recv().await.unwrap();
        if signal.channel == "test" {
            assert_eq!(signal.payload, "kept");
            break;
        }
    }
}
