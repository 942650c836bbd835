//! Load: eight users at once, for a bounded time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::table::{Figure, Row};
use crate::wire::Connection;
use crate::{Failure, Result};

/// BAR.md: "p99 … at concurrency 8".
pub const CONCURRENCY: usize = 8;

/// Never more requests than this, however quick they are.
const MOST: usize = 200_000;

/// What one user asks.
#[derive(Clone, Debug)]
pub enum Ask {
    /// `GET`, expecting 200.
    Get(String),
    /// `POST` of JSON, expecting 201.
    Create(String, serde_json::Value),
}

/// How a load went.
#[derive(Debug)]
pub struct Outcome {
    /// Every latency, sorted.
    latencies: Vec<Duration>,
    took: Duration,
}

impl Outcome {
    /// The latency that `share` of the requests stayed under.
    pub fn quantile(&self, share: f64) -> Duration {
        quantile(&self.latencies, share)
    }

    /// As a line of the table.
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    pub fn row(&self, name: &str, engine: &'static str) -> Row {
        Row::new(name, engine)
            .figure("p50", Figure::ms(self.quantile(0.5)))
            .figure("p99", Figure::ms(self.quantile(0.99)))
            .figure("rate", Figure::rate(self.latencies.len() as f64 / self.took.as_secs_f64()))
    }
}

/// The duration that `share` of the sorted `durations` stay under.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "an index into a list in memory"
)]
pub fn quantile(sorted: &[Duration], share: f64) -> Duration {
    let index = ((sorted.len() as f64 * share).ceil() as usize).saturating_sub(1);
    sorted.get(index).copied().unwrap_or_default()
}

/// Has [`CONCURRENCY`] users ask `asks(n)` for n = 0, 1, … for as long as `time`, after a short
/// warm-up. `sessions` are dealt out in turn.
///
/// # Errors
/// Any answer that is not the expected one.
pub async fn drive(
    address: &str,
    sessions: &[String],
    time: Duration,
    asks: impl Fn(usize) -> Ask + Send + Sync + 'static,
) -> Result<Outcome> {
    let asks = Arc::new(asks);
    let next = Arc::new(AtomicUsize::new(0));
    let warm = time / 5;
    let started = Instant::now();
    let mut users = tokio::task::JoinSet::new();
    for user in 0..CONCURRENCY {
        let session = sessions.get(user % sessions.len().max(1)).cloned().unwrap_or_default();
        let mut connection = Connection::open(address, &session).await?;
        let (asks, next) = (asks.clone(), next.clone());
        users.spawn(async move {
            let mut latencies = Vec::new();
            while started.elapsed() < warm + time {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= MOST {
                    break;
                }
                let ask = asks(number);
                let asked = Instant::now();
                put(&mut connection, &ask).await?;
                if started.elapsed() > warm {
                    latencies.push(asked.elapsed());
                }
            }
            Ok::<_, Failure>(latencies)
        });
    }
    let mut latencies = Vec::new();
    while let Some(user) = users.join_next().await {
        latencies.extend(user??);
    }
    latencies.sort_unstable();
    Ok(Outcome { latencies, took: started.elapsed().saturating_sub(warm) })
}

async fn put(connection: &mut Connection, ask: &Ask) -> Result<()> {
    match ask {
        Ask::Get(path) => {
            let answer = connection.get(path).await?;
            answer.expect(200).map_err(|e| format!("GET {path}: {e}"))?;
        }
        Ask::Create(path, body) => {
            let answer = connection.post(path, body).await?;
            answer.expect(201).map_err(|e| format!("POST {path}: {e}"))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_read_off_the_sorted_list() {
        let list: Vec<Duration> = (1..=100).map(Duration::from_millis).collect();
        assert_eq!(quantile(&list, 0.99), Duration::from_millis(99));
        assert_eq!(quantile(&list, 0.5), Duration::from_millis(50));
        assert_eq!(quantile(&[], 0.5), Duration::ZERO);
    }
}
