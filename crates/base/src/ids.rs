//! Identifiers: UUIDv7, so that they sort by creation and index well on both engines.

use chrono::{DateTime, Utc};
use uuid::{ContextV7, Timestamp, Uuid};

use std::sync::{LazyLock, Mutex, PoisonError};

/// Keeps ids made in the same millisecond in the order they were made.
static SEQUENCE: LazyLock<Mutex<ContextV7>> = LazyLock::new(|| Mutex::new(ContextV7::new()));

/// A new id carrying `now`, greater than every id this process made before at that instant.
pub fn new_id(now: DateTime<Utc>) -> Uuid {
    let sequence = SEQUENCE.lock().unwrap_or_else(PoisonError::into_inner);
    let seconds = u64::try_from(now.timestamp()).unwrap_or(0);
    Uuid::new_v7(Timestamp::from_unix(&*sequence, seconds, now.timestamp_subsec_nanos()))
}

/// A random secret of `bytes` bytes from the operating system, as URL-safe text.
pub fn secret(bytes: usize) -> String {
    use rand::TryRngCore as _;
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut raw = vec![0_u8; bytes.div_ceil(3) * 4];
    // Without entropy no secret can be made; falling back to a guessable one would be worse.
    #[expect(clippy::expect_used, reason = "no entropy, no server")]
    rand::rngs::OsRng.try_fill_bytes(&mut raw).expect("the operating system's random source");
    raw.iter().map(|b| char::from(ALPHABET[usize::from(b & 63)])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_one_instant_keep_their_order() {
        let now = DateTime::from_timestamp(1_790_000_000, 42_000).unwrap();
        let ids: Vec<Uuid> = (0..1000).map(|_| new_id(now)).collect();
        assert!(ids.is_sorted() && ids.windows(2).all(|w| w[0] != w[1]));
    }
}
