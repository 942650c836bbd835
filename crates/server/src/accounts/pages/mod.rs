mod account;
mod centers;
mod centers_form;
mod device;
mod links;
mod people;
mod person;
mod sign_in;

use axum::http::Method;
use domain::Role;

use crate::page::Page;
use crate::router::Routes;

/// Where the people of a centre are listed.
const LIST: &str = "/administration/utilisateurs";

pub(super) fn routes() -> Routes {
    const GET: Method = Method::GET;
    const POST: Method = Method::POST;
    Routes::new()
        .page(GET, "/connexion", sign_in::form)
        .page(POST, "/connexion", sign_in::enter)
        .page(POST, "/deconnexion", sign_in::leave)
        .page(GET, "/bienvenue/{token}", links::welcome)
        .page(POST, "/bienvenue/{token}", links::found)
        .page(GET, "/invitation/{token}", links::invitation)
        .page(POST, "/invitation/{token}", links::accept)
        .page(GET, "/mot-de-passe", links::forgotten)
        .page(POST, "/mot-de-passe", links::ask)
        .page(GET, "/mot-de-passe/{token}", links::reset)
        .page(POST, "/mot-de-passe/{token}", links::choose)
        .page(GET, "/compte", account::show)
        .page(POST, "/compte", account::describe)
        .page(POST, "/compte/mot-de-passe", account::change_password)
        .page(POST, "/compte/sessions/fermeture", account::close_others)
        .page(POST, "/compte/jetons", account::create_token)
        .page(POST, "/compte/jetons/{id}/suppression", account::revoke_token)
        .page(POST, "/compte/calendrier", account::open_calendar)
        .page(POST, "/compte/calendrier/fermeture", account::close_calendar)
        .page(GET, "/administration/utilisateurs", people::list)
        .page(POST, "/administration/utilisateurs", person::create)
        .page(GET, "/administration/utilisateurs/nouveau", person::new)
        .page(GET, "/administration/utilisateurs/{id}", person::edit)
        .page(POST, "/administration/utilisateurs/{id}", person::change)
        .page(POST, "/administration/utilisateurs/{id}/desactivation", people::deactivate)
        .page(POST, "/administration/utilisateurs/{id}/reactivation", people::reactivate)
        .page(POST, "/administration/utilisateurs/{id}/invitation", people::invite)
        .page(GET, "/administration/centres", centers::list)
        .page(POST, "/administration/centres", centers::create)
        .page(GET, "/administration/centres/nouveau", centers::new)
        .page(GET, "/administration/centres/{id}", centers::edit)
        .page(POST, "/administration/centres/{id}", centers::change)
}

fn role_name(page: &Page, role: Role) -> String {
    page.t(&format!("role-{}", role.as_str().replace('_', "-")))
}

/// A path of this application, or `/`: never an address someone else wrote into the link.
fn local_path(path: &str) -> &str {
    let local = path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains('\\')
        && !path.chars().any(char::is_control);
    if local { path } else { "/" }
}

/// Every IANA zone, the most likely first.
fn zones() -> Vec<(&'static str, &'static str)> {
    const FIRST: [&str; 8] = [
        "Europe/Paris",
        "Africa/Dakar",
        "Africa/Abidjan",
        "Africa/Casablanca",
        "Indian/Reunion",
        "America/Martinique",
        "America/Montreal",
        "Europe/Brussels",
    ];
    let others = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name());
    let others = others.filter(|name| name.contains('/') && !FIRST.contains(name));
    FIRST.into_iter().chain(others).map(|name| (name, name)).collect()
}

/// The currencies of the countries we speak to, then their neighbours'.
fn currencies() -> Vec<(&'static str, &'static str)> {
    const CODES: [&str; 13] =
        ["EUR", "XOF", "XAF", "MAD", "TND", "DZD", "GNF", "MGA", "XPF", "CHF", "CAD", "GBP", "USD"];
    CODES.into_iter().map(|code| (code, code)).collect()
}

/// The regions phones are read in, in words.
fn regions(page: &Page) -> Vec<(&'static str, String)> {
    const CODES: [&str; 15] =
        ["FR", "SN", "CI", "MA", "BE", "CH", "CA", "CM", "ML", "GN", "BJ", "TG", "TN", "DZ", "MG"];
    CODES
        .into_iter()
        .map(|code| (code, page.t(&format!("region-{}", code.to_ascii_lowercase()))))
        .collect()
}

/// The languages, each in itself.
fn languages() -> [(&'static str, &'static str); 2] {
    [("fr", "Français"), ("en", "English")]
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
