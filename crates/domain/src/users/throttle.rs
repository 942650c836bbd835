//! Slows guessing down: by account, by address, and overall, without ever closing an account.
//!
//! An attempt is counted before the password is looked at and forgiven when it was right, so that
//! a thousand attempts sent at once count as a thousand.

use std::net::IpAddr;

use base::db::{Db, Sql, Tx};
use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{DbErr, FromQueryResult};
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

/// After this long without a failure, the count starts over.
const MEMORY: TimeDelta = TimeDelta::hours(1);

/// One count.
#[derive(Clone, Debug)]
pub struct Key {
    name: String,
    /// Failures that cost nothing.
    free: i32,
    /// The longest wait, in seconds.
    longest: i64,
    memory: TimeDelta,
    /// A success clears the count instead of taking its own attempt back.
    cleared_by_success: bool,
}

impl Key {
    /// An account, known or not: five attempts, then 1 s doubling up to 15 minutes.
    pub fn account(email_key: &str) -> Self {
        Self::personal("account", email_key.as_bytes())
    }

    /// A browser that signed in to the account before: it has its own count, so that a stranger
    /// hammering the account does not lock its owner out.
    pub fn device(token: &str) -> Self {
        Self::personal("device", token.as_bytes())
    }

    /// A network address (IPv6: its /64): twenty attempts.
    pub fn address(address: IpAddr) -> Self {
        let text = match address.to_canonical() {
            IpAddr::V4(v4) => v4.to_string(),
            IpAddr::V6(v6) => format!(
                "{:x}:{:x}:{:x}:{:x}::",
                v6.segments()[0],
                v6.segments()[1],
                v6.segments()[2],
                v6.segments()[3]
            ),
        };
        Self {
            name: format!("address:{text}"),
            free: 20,
            longest: 900,
            memory: MEMORY,
            cleared_by_success: false,
        }
    }

    /// Everyone together: three hundred failures in a minute, then waits of at most 30 s. Browsers
    /// that signed in before do not feel it.
    pub fn overall() -> Self {
        Self {
            name: "overall".to_owned(),
            free: 300,
            longest: 30,
            memory: TimeDelta::minutes(1),
            cleared_by_success: false,
        }
    }

    /// Mails asked for an account: three an hour, so that nobody's inbox is flooded.
    pub fn mails(email_key: &str) -> Self {
        let key = Self::personal("mails", email_key.as_bytes());
        Self { free: 3, longest: 3_600, ..key }
    }

    /// Hashed: an address someone mistyped is nobody's business.
    fn personal(kind: &str, secret: &[u8]) -> Self {
        use std::fmt::Write as _;
        let digest = Sha256::digest(secret);
        let mut name = format!("{kind}:");
        for byte in &digest[..16] {
            let _ = write!(name, "{byte:02x}");
        }
        Self { name, free: 5, longest: 900, memory: MEMORY, cleared_by_success: true }
    }

    fn wait(&self, failures: i32) -> Option<TimeDelta> {
        let over = u32::try_from(failures - self.free).ok()?;
        let seconds = 1_i64.checked_shl(over.min(20)).unwrap_or(self.longest);
        Some(TimeDelta::seconds(seconds.min(self.longest)))
    }
}

#[derive(FromQueryResult)]
struct Count {
    failures: i32,
    last_failure_at: DateTime<Utc>,
    blocked_until: Option<DateTime<Utc>>,
}

/// Counts an attempt under every key; nothing is counted when one of them is blocked.
///
/// # Errors
/// [`Error::TooMany`] with the seconds to wait.
pub async fn take(db: &Db, keys: &[Key], now: DateTime<Utc>) -> Result<()> {
    let tx = db.begin().await?;
    take_in(&tx, keys, now).await?;
    tx.commit().await?;
    Ok(())
}

/// The same in the caller's transaction.
///
/// # Errors
/// [`Error::TooMany`] with the seconds to wait; the caller drops the transaction then.
pub async fn take_in(tx: &Tx, keys: &[Key], now: DateTime<Utc>) -> Result<()> {
    let mut counts = Vec::with_capacity(keys.len());
    let mut wait = TimeDelta::zero();
    for key in keys {
        let count = lock(tx, &key.name, now).await?;
        wait = wait.max(count.blocked_until.map_or(TimeDelta::zero(), |until| until - now));
        counts.push(count);
    }
    if wait > TimeDelta::zero() {
        let seconds = u64::try_from((wait.num_milliseconds() + 999) / 1_000).unwrap_or(1);
        return Err(Error::TooMany(seconds.max(1)));
    }
    for (key, count) in keys.iter().zip(counts) {
        let forgotten = now - count.last_failure_at > key.memory;
        let failures = if forgotten { 1 } else { count.failures.saturating_add(1) };
        let until = key.wait(failures).map(|wait| now + wait);
        Sql::with(
            "UPDATE throttles SET failures = $1, last_failure_at = $2, blocked_until = $3 \
             WHERE key = $4",
            [failures.into(), now.into(), until.into(), key.name.clone().into()],
        )
        .execute(tx)
        .await?;
    }
    Ok(())
}

/// The count of a key, its row held until the transaction ends.
async fn lock(tx: &Tx, name: &str, now: DateTime<Utc>) -> Result<Count, DbErr> {
    let count = Sql::with(
        "INSERT INTO throttles (key, failures, last_failure_at) VALUES ($1, 0, $2) \
         ON CONFLICT (key) DO UPDATE SET key = excluded.key \
         RETURNING failures, last_failure_at, blocked_until",
        [name.into(), now.into()],
    )
    .one(tx)
    .await?;
    Ok(count.unwrap_or(Count { failures: 0, last_failure_at: now, blocked_until: None }))
}

/// Takes back what [`take`] counted, the attempt having been right.
///
/// # Errors
/// The engine's.
pub async fn forgive(tx: &Tx, keys: &[Key], now: DateTime<Utc>) -> Result<(), DbErr> {
    for key in keys {
        let sql = if key.cleared_by_success {
            "DELETE FROM throttles WHERE key = $1"
        } else {
            "UPDATE throttles SET failures = failures - 1, blocked_until = NULL \
             WHERE key = $1 AND failures > 0"
        };
        Sql::with(sql, [key.name.clone().into()]).execute(tx).await?;
    }
    Sql::with(
        "DELETE FROM throttles WHERE last_failure_at < $1",
        [(now - TimeDelta::days(1)).into()],
    )
    .execute(tx)
    .await?;
    Ok(())
}
