//! A ceiling on each caller of the API, so that one runaway script cannot slow everyone down.

use std::num::NonZeroU32;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};
use uuid::Uuid;

use crate::error::AppError;
use crate::identity::Identity;

/// Requests a minute one user may make under `/api` and `/client/api`, however many tokens they
/// use. High: it stops loops gone wrong, not integrations at work.
pub const PER_MINUTE: u32 = 120_000;

/// The limiter of one server.
#[derive(Clone)]
pub struct RateLimit(Arc<DefaultKeyedRateLimiter<Uuid>>);

impl RateLimit {
    /// A ceiling of `per_minute`, which may be used up in one burst.
    pub fn new(per_minute: u32) -> Self {
        let ceiling = NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN);
        Self(Arc::new(DefaultKeyedRateLimiter::dashmap(Quota::per_minute(ceiling))))
    }
}

/// Answers 429 with `Retry-After` past the ceiling. Runs inside
/// [`crate::identity::identify`]; callers it does not know are refused there.
///
/// # Errors
/// [`domain::Error::TooMany`].
pub async fn limit(
    State(RateLimit(limiter)): State<RateLimit>,
    request: Request,
    next: Next,
) -> Result<Response, AppError> {
    let path = request.uri().path();
    let user = (path.starts_with("/api/") || path.starts_with("/client/api/"))
        .then(|| request.extensions().get::<Identity>().map(|i| i.profile.id))
        .flatten();
    if let Some(user) = user
        && let Err(full) = limiter.check_key(&user)
    {
        let wait = full.wait_time_from(DefaultClock::default().now());
        return Err(AppError::Domain(domain::Error::TooMany(wait.as_secs() + 1)));
    }
    Ok(next.run(request).await)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_caller_has_a_ceiling_of_their_own() {
        let RateLimit(limiter) = RateLimit::new(3);
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert_eq!((0..5).filter(|_| limiter.check_key(&one).is_ok()).count(), 3);
        assert!(limiter.check_key(&other).is_ok());
    }
}
