use std::time::Duration;

use sea_orm::sqlx::{PgPool, postgres::PgListener};
use tokio::sync::broadcast;

use super::Signal;

/// Hears every node's committed signals (this one's too) and passes them on, reconnecting for as
/// long as the pool is open.
pub(super) async fn follow(
    pool: PgPool,
    signals: broadcast::Sender<Signal>,
) -> Result<(), sea_orm::sqlx::Error> {
    let mut listener = PgListener::connect_with(&pool).await?;
    listener.listen("vigie").await?;
    tokio::spawn(async move {
        while !pool.is_closed() {
            match listener.try_recv().await {
                Ok(Some(notice)) => {
                    if let Ok(signal) = serde_json::from_str(notice.payload()) {
                        let _ = signals.send(signal);
                    }
                }
                // The connection was lost and is remade by the next call: something may have been
                // missed, and everyone who keeps state from signals must look for themselves.
                Ok(None) => drop(signals.send(Signal::new("reset", ""))),
                Err(error) => {
                    tracing::warn!(%error, "signals from other nodes are interrupted");
                    tokio::time::sleep(Duration::from_millis(500)).await;
                }
            }
        }
    });
    Ok(())
}
