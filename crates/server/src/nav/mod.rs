//! The navigation: what exists and the role may open, with counts that never slow a page.

mod counts;

use domain::Role;
use domain::paging::Total;

use crate::page::Page;

pub use counts::{Counts, NavCounts};

/// One place to go.
#[derive(Clone, Debug)]
pub struct NavLink {
    /// Its address.
    pub href: &'static str,
    /// Its icon.
    pub icon: &'static str,
    /// Its name, in the user's language.
    pub label: String,
    /// A short name for the bar of phones.
    pub short: String,
    /// How many things are there, when that helps.
    pub count: Option<String>,
    /// Whether the page shown is in there.
    pub current: bool,
    /// Below the line: the tools of whoever runs the place.
    pub secondary: bool,
}

/// Who may open a place.
type Allowed = fn(&domain::Actor) -> bool;

/// A place: address, icon, key of its label, who may open it, below the line or not.
const PLACES: [(&str, &str, &str, Allowed, bool); 8] = [
    ("/", "layout-dashboard", "dashboard", |_| true, false),
    ("/client", "users", "clients", domain::Actor::works_with_clients, false),
    ("/alertes", "bell-ring", "alerts", domain::Actor::works_with_clients, false),
    ("/contacts", "phone-call", "contacts", domain::Actor::works_with_clients, false),
    ("/commandes", "shopping-cart", "orders", domain::Actor::works_with_clients, false),
    ("/operations", "list-checks", "operations", domain::Actor::works_with_clients, true),
    ("/journal", "scroll-text", "journal", domain::Actor::is_admin, true),
    ("/administration", "settings", "administration", domain::Actor::is_admin, true),
];

/// What whoever looks at `page` may open.
pub(crate) fn links(page: &Page) -> Vec<NavLink> {
    if page.identity.is_none() {
        return Vec::new();
    }
    let actor = page.actor();
    if matches!(actor.role, Role::Client) {
        return Vec::new();
    }
    PLACES
        .iter()
        .filter(|(_, _, _, allowed, _)| allowed(&actor))
        .map(|&(href, icon, key, _, secondary)| NavLink {
            href,
            icon,
            label: page.t(&format!("nav-{key}")),
            short: page.t(&format!("nav-{key}-short")),
            count: count_of(key, page),
            current: is_within(&page.path, href),
            secondary,
        })
        .collect()
}

fn count_of(key: &str, page: &Page) -> Option<String> {
    let total = match key {
        "clients" => page.counts.clients,
        "alerts" => page.counts.due_alerts.filter(|total| total.value > 0),
        _ => None,
    };
    total.map(|total| write_total(page, total))
}

/// `12 480`, or `10 000+`.
fn write_total(page: &Page, total: Total) -> String {
    let plus = if total.exact { "" } else { "+" };
    format!("{}{plus}", page.number(&total.value))
}

/// `/client/1?x` lies within `/client`; only `/` lies within `/`; an error page lies nowhere.
fn is_within(path: &str, place: &str) -> bool {
    if path.is_empty() {
        return false;
    }
    let path = path.split('?').next().unwrap_or_default().trim_end_matches('/');
    let place = place.trim_end_matches('/');
    path == place
        || (!place.is_empty() && path.strip_prefix(place).is_some_and(|rest| rest.starts_with('/')))
}

#[cfg(test)]
mod tests {
    use super::is_within;

    #[test]
    fn a_page_lies_within_its_place() {
        assert!(is_within("/client/1?x=2", "/client") && is_within("/client/", "/client"));
        assert!(is_within("/?a", "/") && !is_within("/client", "/"));
        assert!(!is_within("/client-portal", "/client"));
        assert!(!is_within("", "/"));
    }
}
