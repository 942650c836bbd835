mod sign_in;

use axum::http::Method;

use crate::router::Routes;

pub(super) fn routes() -> Routes {
    Routes::new()
        .page(Method::GET, "/connexion", sign_in::form)
        .page(Method::POST, "/connexion", sign_in::enter)
        .page(Method::POST, "/deconnexion", sign_in::leave)
}

/// A path of this application, or `/`: never an address someone else wrote into the link.
fn local_path(path: &str) -> &str {
    let local = path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains('\\')
        && !path.chars().any(char::is_control);
    if local { path } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::local_path;

    #[test]
    fn only_local_paths_are_followed() {
        for path in ["/", "/client/?q=a", "/a/b#c"] {
            assert_eq!(local_path(path), path);
        }
        for path in [
            "",
            "//evil.test",
            "https://evil.test",
            "/\\evil.test",
            "/\t/evil.test",
            "javascript:alert(1)",
            "evil",
        ] {
            assert_eq!(local_path(path), "/", "{path}");
        }
    }
}
