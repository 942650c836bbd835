//! Passwords: argon2id, slow on purpose, off the async threads.

use std::sync::atomic::{AtomicU64, Ordering};

use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;

use crate::error::{Error, Invalid, Result};

/// Fewest characters (NIST SP 800-63B asks 8; BAR.md "Trusted" 3 asks 12).
pub const MIN_LENGTH: usize = 12;

/// The hash of a password nobody has, at the same cost as everyone's.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$dmlnaWUtbm9ib2R5LXNhbHQ\
                      $q83vEjRWeJq83vEjRWeJq83vEjRWeJq83vEjRWeJq80";

/// How many passwords are worked on at once: each takes 19 MiB and a core.
static PLACES: Semaphore = Semaphore::const_new(4);

/// How many hashes were compared since the process started.
static COMPARED: AtomicU64 = AtomicU64::new(0);

/// Notes on field `password` what makes it unacceptable: too short, too long, or easily guessed
/// (common passwords, the user's own `context`).
pub fn check(password: &str, context: &[&str], invalid: &mut Invalid) {
    let length = password.chars().count();
    if length < MIN_LENGTH {
        invalid.add_with("password", "too-short", vec![("min", MIN_LENGTH.to_string())]);
    } else if length > 200 {
        invalid.add_with("password", "too-long", vec![("max", "200".to_owned())]);
    } else if zxcvbn::zxcvbn(password, context).score() < zxcvbn::Score::Three {
        invalid.add("password", "too-common");
    }
}

/// The PHC string to keep.
///
/// # Errors
/// [`Error::Db`] never; a failing hash is a programming error reported as a conflict.
pub async fn hash(password: String) -> Result<String> {
    let _place = PLACES.acquire().await;
    tokio::task::spawn_blocking(move || {
        argon2().and_then(|a| a.hash_password(password.as_bytes()).ok()).map(|h| h.to_string())
    })
    .await
    .ok()
    .flatten()
    .ok_or(Error::Conflict("password-hash"))
}

/// Whether `password` is the one kept as `hash`. With `None` it takes as long and answers no, so
/// that unknown accounts cannot be told from known ones.
pub async fn verify(password: String, hash: Option<String>) -> bool {
    let _place = PLACES.acquire().await;
    tokio::task::spawn_blocking(move || {
        let known = hash.is_some();
        let text = hash.unwrap_or_else(|| NOBODY.to_owned());
        compare(&password, &text) == Some(true) && known
    })
    .await
    .unwrap_or(false)
}

/// How many hashes were compared: equal for known and unknown accounts, which a test checks.
pub fn compared() -> u64 {
    COMPARED.load(Ordering::Relaxed)
}

/// `None` when nothing could be compared: it took no time, which must not happen.
fn compare(password: &str, text: &str) -> Option<bool> {
    let Some((parsed, argon2)) = PasswordHash::new(text).ok().zip(argon2()) else {
        tracing::error!("a password hash cannot be read");
        return None;
    };
    let fits = argon2.verify_password(password.as_bytes(), &parsed).is_ok();
    COMPARED.fetch_add(1, Ordering::Relaxed);
    Some(fits)
}

/// OWASP's minimum: 19 MiB, two passes.
fn argon2() -> Option<Argon2<'static>> {
    let params = Params::new(19_456, 2, 1, None).ok()?;
    Some(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_s_hash_costs_what_everyone_s_costs() {
        let parsed = PasswordHash::new(NOBODY).expect("readable");
        let real = argon2().unwrap().hash_password(b"correct horse").unwrap();
        assert_eq!(parsed.params, real.params);
        assert_eq!(parsed.hash.as_ref().map(|h| h.len()), real.hash.as_ref().map(|h| h.len()));
        assert_eq!(compare("whatever", NOBODY), Some(false));
    }

    #[tokio::test]
    async fn the_right_password_fits_and_the_wrong_one_does_not() {
        let kept = hash("une phrase de passe".into()).await.unwrap();
        assert!(verify("une phrase de passe".into(), Some(kept.clone())).await);
        assert!(!verify("une phrase de passf".into(), Some(kept)).await);
        assert!(!verify("une phrase de passe".into(), None).await);
    }
}
