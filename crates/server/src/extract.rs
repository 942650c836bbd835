//! What handlers ask of a request.

mod body;
mod click;

use axum::extract::FromRequestParts;
use axum::http::{StatusCode, header, request::Parts};
use domain::Actor;
use serde::Deserialize as _;
use serde::de::DeserializeOwned;

pub use body::{Body, name_every_fault};
pub use click::{Click, with_back};

use crate::app::App;
use crate::error::AppError;
use crate::i18n::Language;
use crate::identity::{Identity, Speaks, Via};

/// Whoever is signed in: pages send others to `/connexion`, the API answers 401.
#[derive(Clone, Debug)]
pub struct SignedIn(pub Identity);

impl SignedIn {
    /// Their rights.
    pub fn actor(&self) -> Actor {
        self.0.profile.actor()
    }

    /// Refuses personal tokens, which make no others: one that leaked would outlive itself.
    ///
    /// # Errors
    /// 403.
    pub fn signed_in_themselves(&self) -> Result<(), AppError> {
        Ok(self.actor().require(!matches!(self.0.via, Via::PersonalToken))?)
    }
}

impl FromRequestParts<App> for SignedIn {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, AppError> {
        parts.extensions.get::<Identity>().cloned().map(Self).ok_or(AppError::Unauthenticated)
    }
}

/// A caller who proved more than a cookie: a bearer token, or a session with `X-CSRFToken`.
/// For the spec 5 endpoints, whose clients send that header.
#[derive(Clone, Debug)]
pub struct CsrfChecked(pub Identity);

impl FromRequestParts<App> for CsrfChecked {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, AppError> {
        let SignedIn(identity) = SignedIn::from_request_parts(parts, app).await?;
        if let Via::Session { csrf_token, .. } = &identity.via {
            use subtle::ConstantTimeEq as _;
            let sent = parts.headers.get("x-csrftoken").map(http::HeaderValue::as_bytes);
            let fits = sent.is_some_and(|sent| sent.ct_eq(csrf_token.as_bytes()).into());
            if !fits {
                return Err(AppError::ForeignOrigin);
            }
        }
        Ok(Self(identity))
    }
}

impl FromRequestParts<App> for Speaks {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, AppError> {
        Ok(parts.extensions.get::<Self>().copied().unwrap_or(Self(Language::Fr)))
    }
}

/// What a path names. What cannot be read as an id is no id of anything: 404.
#[derive(Clone, Copy, Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, AppError> {
        #[expect(clippy::disallowed_types, reason = "this is what stands in for it")]
        match axum::extract::Path::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(named)) => Ok(Self(named)),
            Err(_) => Err(AppError::Domain(domain::Error::NotFound)),
        }
    }
}

/// For a field of a change: tells null, which empties, from absent, which leaves as it is.
///
/// # Errors
/// The field's own.
pub fn present<'de, T, D>(from: D) -> Result<Option<Option<T>>, D::Error>
where
    T: serde::Deserialize<'de>,
    D: serde::Deserializer<'de>,
{
    Option::deserialize(from).map(Some)
}

/// What an `If-Match` header asks for: the version `"7"`, or any with `*`.
#[derive(Clone, Copy, Debug)]
pub enum IfMatch {
    /// No such header.
    Absent,
    /// `*`: whatever it is at.
    Any,
    /// The one that was read.
    Version(i32),
}

impl IfMatch {
    /// The `ETag` of a version.
    pub fn etag(version: i32) -> http::HeaderValue {
        // Digits and quotes are always a header value.
        http::HeaderValue::from_str(&format!("\"{version}\""))
            .unwrap_or(http::HeaderValue::from_static("\"0\""))
    }

    /// The version to insist on, if any.
    pub fn version(self) -> Option<i32> {
        match self {
            Self::Absent | Self::Any => None,
            Self::Version(version) => Some(version),
        }
    }

    /// [`IfMatch::version`], where a change without the header would be blind.
    ///
    /// # Errors
    /// 428 without the header.
    pub fn required(self) -> Result<Option<i32>, AppError> {
        if matches!(self, Self::Absent) {
            let missing = StatusCode::PRECONDITION_REQUIRED;
            return Err(AppError::Status(missing, "precondition-required"));
        }
        Ok(self.version())
    }
}

impl FromRequestParts<App> for IfMatch {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, AppError> {
        let Some(sent) = parts.headers.get(header::IF_MATCH) else { return Ok(Self::Absent) };
        let text = sent.to_str().unwrap_or_default().trim();
        if text == "*" {
            return Ok(Self::Any);
        }
        let tag = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        // A tag that was never ours matches no version.
        tag.and_then(|tag| tag.parse().ok())
            .map(Self::Version)
            .ok_or(AppError::Domain(domain::Error::Stale))
    }
}
