//! A ceiling on each caller of the API, so that one runaway script cannot slow everyone down.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;

use axum::extract::{FromRequestParts as _, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};
use uuid::Uuid;

use crate::app::App;
use crate::error::AppError;
use crate::identity::{ClientAddress, Identity};

/// Requests a minute one user may make under `/api` and `/client/api`, however many tokens they
/// use. High: it stops loops gone wrong, not integrations at work.
pub const PER_MINUTE: u32 = 120_000;

/// Requests a minute one network address may make for private calendars: programs ask once an
/// hour, and nobody should try addresses.
pub const FEEDS_PER_MINUTE: u32 = 120;

/// The limiters of one server.
#[derive(Clone)]
pub struct RateLimit {
    app: App,
    users: Arc<DefaultKeyedRateLimiter<Uuid>>,
    feeds: Arc<DefaultKeyedRateLimiter<IpAddr>>,
}

impl RateLimit {
    /// Ceilings that may be used up in one burst; the API's is a setting.
    pub fn new(app: &App) -> Self {
        let users = limiter(app.settings().api_rate);
        Self { app: app.clone(), users, feeds: limiter(FEEDS_PER_MINUTE) }
    }
}

fn limiter<K: Clone + Eq + Hash>(per_minute: u32) -> Arc<DefaultKeyedRateLimiter<K>> {
    let ceiling = NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN);
    Arc::new(DefaultKeyedRateLimiter::dashmap(Quota::per_minute(ceiling)))
}

/// Answers 429 with `Retry-After` past the ceiling. Runs inside
/// [`crate::identity::identify`]; callers it does not know are refused there.
///
/// # Errors
/// [`domain::Error::TooMany`].
pub async fn limit(
    State(limits): State<RateLimit>,
    request: Request,
    next: Next,
) -> Result<Response, AppError> {
    let (mut parts, body) = request.into_parts();
    let Ok(ClientAddress(address)) =
        ClientAddress::from_request_parts(&mut parts, &limits.app).await;
    let path = parts.uri.path();
    let user = (path.starts_with("/api/") || path.starts_with("/client/api/"))
        .then(|| parts.extensions.get::<Identity>().map(|i| i.profile.id))
        .flatten();
    let full = match user {
        Some(user) => limits.users.check_key(&user).err(),
        None if path.starts_with("/calendrier/") => limits.feeds.check_key(&address).err(),
        None => None,
    };
    if let Some(full) = full {
        let wait = full.wait_time_from(DefaultClock::default().now());
        return Err(AppError::Domain(domain::Error::TooMany(wait.as_secs() + 1)));
    }
    Ok(next.run(Request::from_parts(parts, body)).await)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_caller_has_a_ceiling_of_their_own() {
        let limiter = limiter(3);
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert_eq!((0..5).filter(|_| limiter.check_key(&one).is_ok()).count(), 3);
        assert!(limiter.check_key(&other).is_ok());
    }
}
