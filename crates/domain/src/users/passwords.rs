//! Passwords: argon2id, slow on purpose, off the async threads.

use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};

use crate::error::{Error, Invalid, Result};

/// Fewest characters (NIST SP 800-63B asks 8; BAR.md "Trusted" 3 asks 12).
pub const MIN_LENGTH: usize = 12;

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
    // The hash of a password nobody has, at the same cost.
    const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$dmlnaWUtbm9ib2R5LXNhbHQ$\
                          0Xk2tBvXw1qJ8QyT8m3k1u0m3Z0m7h3yq0kqkqkqkqk";
    tokio::task::spawn_blocking(move || {
        let known = hash.is_some();
        let text = hash.unwrap_or_else(|| NOBODY.to_owned());
        let fits = PasswordHash::new(&text).ok().zip(argon2()).is_some_and(|(parsed, argon2)| {
            argon2.verify_password(password.as_bytes(), &parsed).is_ok()
        });
        known && fits
    })
    .await
    .unwrap_or(false)
}

/// OWASP's minimum: 19 MiB, two passes.
fn argon2() -> Option<Argon2<'static>> {
    let params = Params::new(19_456, 2, 1, None).ok()?;
    Some(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}
