mod auth;
mod centers;
mod people;
mod tokens;

use utoipa_axum::routes;

use crate::router::Routes;

pub(super) fn routes() -> Routes {
    Routes::new()
        .api(routes!(auth::login))
        .api(routes!(auth::refresh))
        .api(routes!(auth::logout))
        .api(routes!(people::me))
        .api(routes!(tokens::list, tokens::create))
        .api(routes!(tokens::revoke))
        .api(routes!(people::list, people::create))
        .api(routes!(people::read, people::change))
        .api(routes!(centers::list, centers::create))
        .api(routes!(centers::read, centers::change))
}
