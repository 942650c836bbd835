use axum::extract::{FromRequest, Request};
use axum::http::header;
use bytes::Bytes;
use url::form_urlencoded;

use crate::app::App;
use crate::error::AppError;
use crate::page::local_path;

/// What one click sends, and the page it was made on: a row's form sends it in its body, a toast's
/// undo in its address.
pub struct Click {
    sent: Vec<(String, String)>,
    from: Option<String>,
}

impl FromRequest<App> for Click {
    type Rejection = AppError;

    async fn from_request(request: Request, app: &App) -> Result<Self, AppError> {
        let query = request.uri().query().unwrap_or_default().to_owned();
        let referer = request.headers().get(header::REFERER).and_then(|v| v.to_str().ok());
        let from = referer.and_then(|address| url::Url::parse(address).ok()).map(|address| {
            // Only its path: whose site it is does not matter then.
            let query = address.query().map(|q| format!("?{q}")).unwrap_or_default();
            format!("{}{query}", address.path())
        });
        let body = Bytes::from_request(request, app).await.unwrap_or_default();
        let read = |bytes: &[u8]| form_urlencoded::parse(bytes).into_owned().collect::<Vec<_>>();
        Ok(Self { sent: [read(&body), read(query.as_bytes())].concat(), from })
    }
}

impl Click {
    /// What was sent by that name; nothing, if it is empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.sent.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// Where it says to go back to (`back`).
    pub fn back<'a>(&'a self, otherwise: &'a str) -> &'a str {
        self.get("back").map_or(otherwise, local_path)
    }

    /// The same, or else the page it was made on.
    pub fn back_or_stay(&self, otherwise: &str) -> String {
        let back = self.get("back").or(self.from.as_deref());
        local_path(back.unwrap_or(otherwise)).to_owned()
    }
}

/// `path`, to come back from to `target`.
pub fn with_back(path: &str, target: &str) -> String {
    let back = form_urlencoded::byte_serialize(target.as_bytes()).collect::<String>();
    format!("{path}{}back={back}", if path.contains('?') { '&' } else { '?' })
}
