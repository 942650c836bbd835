//! The only place that reads the wall clock.
//!
//! Everything else takes `now` as an argument or holds a [`Clock`], so that a test can stand a
//! week in the future without waiting for it.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use tokio::sync::watch;

/// A source of instants, cheap to clone. Instants are UTC, whole microseconds: the finest both
/// engines keep, so that what was written compares equal to what is read back.
#[derive(Clone, Debug)]
pub struct Clock(Arc<Source>);

#[derive(Debug)]
enum Source {
    Real,
    /// Stands still until moved.
    Simulated(watch::Sender<DateTime<Utc>>),
    /// Runs with the wall clock, shifted by an offset that can be moved while it runs.
    Shifted(watch::Sender<TimeDelta>),
}

impl Clock {
    /// The wall clock.
    pub fn real() -> Self {
        Self(Arc::new(Source::Real))
    }

    /// A clock that stands at `start` until [`Clock::advance`] or [`Clock::set`].
    pub fn simulated(start: DateTime<Utc>) -> Self {
        Self(Arc::new(Source::Simulated(watch::Sender::new(to_micros(start)))))
    }

    /// The wall clock plus an offset, zero at first: for whole-binary tests, where sockets and
    /// browsers need time to flow and the test needs it to jump.
    pub fn shifted() -> Self {
        Self(Arc::new(Source::Shifted(watch::Sender::new(TimeDelta::zero()))))
    }

    /// The present instant.
    pub fn now(&self) -> DateTime<Utc> {
        match &*self.0 {
            Source::Real => wall(),
            Source::Simulated(now) => *now.borrow(),
            Source::Shifted(offset) => wall() + *offset.borrow(),
        }
    }

    /// Moves a simulated or shifted clock forward and wakes whoever sleeps on it. No effect on
    /// the real clock.
    pub fn advance(&self, by: TimeDelta) {
        match &*self.0 {
            Source::Real => {}
            Source::Simulated(now) => now.send_modify(|t| *t += by),
            Source::Shifted(offset) => offset.send_modify(|o| *o += by),
        }
    }

    /// Puts a simulated clock at `instant`, or a shifted one so that it now shows `instant`.
    pub fn set(&self, instant: DateTime<Utc>) {
        match &*self.0 {
            Source::Real => {}
            Source::Simulated(now) => {
                now.send_replace(to_micros(instant));
            }
            Source::Shifted(offset) => {
                offset.send_replace(instant - wall());
            }
        }
    }

    /// Resolves once [`Clock::now`] has reached `instant`, however the clock gets there.
    pub async fn sleep_until(&self, instant: DateTime<Utc>) {
        match &*self.0 {
            Source::Real => tokio::time::sleep(between(wall(), instant)).await,
            Source::Simulated(now) => {
                let mut moved = now.subscribe();
                // The sender lives in self: this can only end because the instant was reached.
                let _ = moved.wait_for(|t| *t >= instant).await;
            }
            Source::Shifted(offset) => {
                let mut moved = offset.subscribe();
                while self.now() < instant {
                    tokio::select! {
                        () = tokio::time::sleep(between(self.now(), instant)) => {}
                        _ = moved.changed() => {}
                    }
                }
            }
        }
    }

    /// Resolves after `duration` on this clock.
    pub async fn sleep(&self, duration: Duration) {
        let delta = TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX);
        let until = self.now().checked_add_signed(delta).unwrap_or(DateTime::<Utc>::MAX_UTC);
        self.sleep_until(until).await;
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the clock the rest of the house asks")]
fn wall() -> DateTime<Utc> {
    to_micros(Utc::now())
}

fn to_micros(instant: DateTime<Utc>) -> DateTime<Utc> {
    instant.duration_trunc(TimeDelta::microseconds(1)).unwrap_or(instant)
}

fn between(from: DateTime<Utc>, to: DateTime<Utc>) -> Duration {
    (to - from).to_std().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_sleeper_on_a_simulated_clock_wakes_when_it_is_moved() {
        let start = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
        let clock = Clock::simulated(start);
        let sleeper = tokio::spawn({
            let clock = clock.clone();
            async move {
                clock.sleep(Duration::from_secs(3600)).await;
                clock.now()
            }
        });
        // One thread: the sleeper only starts to wait once it is given a turn.
        tokio::task::yield_now().await;
        clock.advance(TimeDelta::minutes(59));
        assert!(!sleeper.is_finished());
        clock.advance(TimeDelta::minutes(1));
        assert_eq!(sleeper.await.unwrap(), start + TimeDelta::hours(1));
    }
}
