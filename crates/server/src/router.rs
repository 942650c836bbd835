//! Every route of the application, registered where it is listed: nothing is reachable that the
//! permission table does not know.

use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::handler::Handler;
use axum::http::{HeaderName, HeaderValue, Method, Request, header};
use axum::middleware;
use axum::response::Response;
use axum::routing::{MethodFilter, MethodRouter, get, on};
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::trace::TraceLayer;
use utoipa::OpenApi;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

use crate::app::App;
use crate::rate_limit::{self, RateLimit};
use crate::{
    accounts, admin, again, alerts, assets, clients, contact_log, duplicates, error, extract, grid,
    home, idempotency, identity, live, metrics, openapi, operations, orders, page, preferences,
    unread,
};

/// A feature's routes: pages and API operations.
#[derive(Default)]
pub struct Routes {
    pages: Router<App>,
    api: OpenApiRouter<App>,
    listed: Vec<(Method, String)>,
}

impl Routes {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// A page or form target. `path` has no trailing slash; callers may send one.
    #[must_use]
    pub fn page<H, T>(mut self, method: Method, path: &str, handler: H) -> Self
    where
        H: Handler<T, App>,
        T: 'static,
    {
        let filter = MethodFilter::try_from(method.clone()).unwrap_or(MethodFilter::GET);
        self.pages = self.pages.route(path, on(filter, handler));
        self.listed.push((method, path.to_owned()));
        self
    }

    /// A page outside the handlers' state, with its own service.
    #[must_use]
    pub fn service(mut self, path: &str, service: MethodRouter<App>) -> Self {
        self.pages = self.pages.route(path, service);
        self.listed.push((Method::GET, path.to_owned()));
        self
    }

    /// An API operation, from `utoipa_axum::routes!(handler)`.
    #[must_use]
    pub fn api(mut self, operation: UtoipaMethodRouter<App>) -> Self {
        self.api = self.api.routes(operation);
        self
    }

    /// Both.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        self.pages = self.pages.merge(other.pages);
        self.api = self.api.merge(other.api);
        self.listed.extend(other.listed);
        self
    }

    /// Every route: method and path.
    pub fn listed(&self) -> Vec<(Method, String)> {
        let mut listed = self.listed.clone();
        let document = serde_json::to_value(self.api.get_openapi()).unwrap_or_default();
        for (path, operations) in document["paths"].as_object().into_iter().flatten() {
            for method in operations.as_object().into_iter().flat_map(|o| o.keys()) {
                if let Ok(method) = method.to_ascii_uppercase().parse() {
                    listed.push((method, path.clone()));
                }
            }
        }
        listed
    }
}

/// What the document says about itself.
#[derive(OpenApi)]
#[openapi(info(
    title = "Vigie",
    description = "The HTTP API of Vigie: clients under watch, alerts that reach people on time."
))]
struct Document;

/// Every feature's routes.
pub fn routes() -> Routes {
    Routes::new()
        .merge(home::routes())
        .merge(accounts::routes())
        .merge(admin::routes())
        .merge(alerts::routes())
        .merge(clients::routes())
        .merge(contact_log::routes())
        .merge(duplicates::routes())
        .merge(grid::routes())
        .merge(live::routes())
        .merge(openapi::routes())
        .merge(operations::routes())
        .merge(orders::routes())
        .merge(preferences::routes())
        .page(Method::GET, "/metrics", metrics::show)
        .service("/assets/{name}", get(assets::serve))
}

/// The OpenAPI document.
pub fn openapi() -> utoipa::openapi::OpenApi {
    let mut document = Document::openapi();
    document.merge(routes().api.get_openapi().clone());
    openapi::complete(&mut document);
    document
}

/// The whole application as a service. Wrap it in [`tower_http::normalize_path`] to serve it: a
/// trailing slash is always optional.
pub fn router(app: App) -> Router {
    let Routes { pages, api, .. } = routes();
    let (api, _) = api.split_for_parts();
    let request_id = HeaderName::from_static("x-request-id");
    pages
        .merge(api)
        .layer(DefaultBodyLimit::max(2 * 1024 * 1024))
        .layer(middleware::from_fn(extract::name_every_fault))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn(again::ask_again))
        .layer(middleware::from_fn_with_state(app.clone(), idempotency::remember))
        .layer(middleware::from_fn_with_state(RateLimit::new(&app), rate_limit::limit))
        .layer(middleware::from_fn(error::speak))
        .layer(middleware::from_fn_with_state(app.clone(), identity::identify))
        .layer(middleware::from_fn(error::speak))
        .layer(middleware::map_response_with_state(app.clone(), secure))
        .layer(middleware::from_fn(page::forget_flash))
        .layer(middleware::from_fn(metrics::count))
        .layer(compression())
        .layer(middleware::from_fn(unread::say))
        .layer(TraceLayer::new_for_http().make_span_with(span))
        .layer(PropagateRequestIdLayer::new(request_id.clone()))
        .layer(SetRequestIdLayer::new(request_id, MakeRequestUuid))
        .with_state(app)
}

/// Sends whoever asks for a page with a trailing slash to its one address: live refresh and Turbo
/// know a page by it. Outside [`tower_http::normalize_path`], which serves the API either way.
pub async fn one_address(request: axum::extract::Request, next: middleware::Next) -> Response {
    use axum::response::{IntoResponse as _, Redirect};
    let (method, path) = (request.method(), request.uri().path());
    let is_api = path.starts_with("/api/") || path.starts_with("/client/api/");
    // A path that starts like a host's name must not become one.
    let is_plain = path.as_bytes().get(1).is_some_and(u8::is_ascii_alphanumeric);
    if !path.ends_with('/') || !is_plain || is_api || method != Method::GET {
        return next.run(request).await;
    }
    let query = request.uri().query().map(|query| format!("?{query}")).unwrap_or_default();
    Redirect::permanent(&format!("{}{query}", path.trim_end_matches('/'))).into_response()
}

/// Pages are made anew each time: the fastest level costs little and gains most. Files of the
/// front end come compressed.
fn compression() -> CompressionLayer<impl Predicate> {
    let worth = SizeAbove::new(1_024)
        .and(NotForContentType::SSE)
        .and(NotForContentType::IMAGES)
        .and(NotForContentType::const_new("font/"));
    CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(worth)
}

fn span<B>(request: &Request<B>) -> tracing::Span {
    let id = request.headers().get("x-request-id").and_then(|v| v.to_str().ok());
    // The path without its query: searches hold names and phones.
    tracing::info_span!(
        "request",
        id = id.unwrap_or_default(),
        method = %request.method(),
        path = logged(request.uri().path())
    )
}

/// The path as logs may hold it: without what stands in for a password.
fn logged(path: &str) -> &str {
    const SECRET: [&str; 4] = ["/bienvenue/", "/invitation/", "/mot-de-passe/", "/calendrier/"];
    SECRET.into_iter().find(|prefix| path.starts_with(prefix)).unwrap_or(path)
}

fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    use axum::response::IntoResponse as _;
    error::AppError::Status(http::StatusCode::INTERNAL_SERVER_ERROR, "internal").into_response()
}

/// Headers every answer carries.
async fn secure(State(app): State<App>, mut response: Response) -> Response {
    const HEADERS: [(HeaderName, &str); 5] = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; \
             form-action 'self'; frame-ancestors 'none'",
        ),
    ];
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if identity::is_secure(&app) {
        let year = HeaderValue::from_static("max-age=31536000; includeSubDomains");
        headers.entry(header::STRICT_TRANSPORT_SECURITY).or_insert(year);
    }
    // Pages and answers are personal; assets say otherwise themselves.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// How long a request may take before it is given up.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
