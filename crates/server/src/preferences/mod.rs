//! What each user chose for themselves.

mod pages;

use axum::http::Method;

use crate::router::Routes;

/// This feature's routes.
pub fn routes() -> Routes {
    Routes::new().page(Method::POST, "/preferences/affichage", pages::display).page(
        Method::POST,
        "/preferences/{grid}",
        pages::grid,
    )
}
