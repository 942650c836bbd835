use domain::users::sessions::Opened;
use reqwest::header::{HeaderMap, HeaderValue};
use serde_json::Value as Json;
use uuid::Uuid;

use super::TestApp;

/// A browser, or an API client with a session: keeps cookies, does not follow redirects.
pub struct Browser {
    client: reqwest::Client,
    url: String,
    /// Whose, if signed in by the harness.
    pub user: Option<Uuid>,
    /// What `X-CSRFToken` carries.
    pub csrf_token: String,
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    #[track_caller]
    pub fn json(&self) -> Json {
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e} in {}", self.body))
    }

    /// Fails unless the status is `status`.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.body);
        self
    }

    pub fn location(&self) -> &str {
        self.headers.get("location").and_then(|v| v.to_str().ok()).unwrap_or_default()
    }

    /// The codes of the named field in a problem's `errors`.
    pub fn field_codes(&self, field: &str) -> Vec<String> {
        let problem = self.json();
        let errors = problem["errors"].as_array().cloned().unwrap_or_default();
        errors
            .iter()
            .filter(|e| e["field"] == field)
            .map(|e| e["code"].as_str().unwrap_or_default().to_owned())
            .collect()
    }
}

impl Browser {
    pub(super) fn new(app: &TestApp, user: Option<Uuid>, session: Option<Opened>) -> Self {
        let jar = reqwest::cookie::Jar::default();
        if let Some(session) = &session {
            let url = app.url.parse().unwrap();
            jar.add_cookie_str(&format!("{}={}", server::identity::COOKIE, session.token), &url);
        }
        let mut headers = HeaderMap::new();
        headers.insert("origin", HeaderValue::from_str(&app.url).unwrap());
        let client = reqwest::Client::builder()
            .cookie_provider(jar.into())
            .default_headers(headers)
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        let csrf_token = session.map(|s| s.csrf_token).unwrap_or_default();
        Self { client, url: app.url.clone(), user, csrf_token }
    }

    /// A browser with that open session.
    pub fn with(app: &TestApp, user: Uuid, session: Opened) -> Self {
        Self::new(app, Some(user), Some(session))
    }

    /// What sends the requests, cookies included.
    pub fn client(&self) -> &reqwest::Client {
        &self.client
    }

    /// A request to `path`, to be completed and passed to [`Browser::send`].
    pub fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method.parse().unwrap(), format!("{}{path}", self.url))
    }

    pub async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        Answer { status, headers, body: response.text().await.unwrap() }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request("GET", path)).await
    }

    /// Posts a form, as a page without JavaScript does.
    pub async fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(self.request("POST", path).form(fields)).await
    }

    pub async fn json(&self, method: &str, path: &str, body: &Json) -> Answer {
        self.send(self.request(method, path).json(body)).await
    }

    pub async fn post(&self, path: &str, body: &Json) -> Answer {
        self.json("POST", path, body).await
    }
}
