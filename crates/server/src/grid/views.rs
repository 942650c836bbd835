use axum::extract::{Form, State};
use axum::http::Method;
use axum::response::{IntoResponse, Redirect, Response};
use domain::preferences::views::{self, SavedView};
use serde::Deserialize;
use uuid::Uuid;

use super::{Query, View};
use crate::app::App;
use crate::error::AppError;
use crate::extract::{Path, SignedIn};
use crate::page::{Flash, redirect_with};
use crate::router::Routes;

/// Saving and forgetting views.
pub fn routes() -> Routes {
    Routes::new()
        .page(Method::POST, "/vues", save)
        .page(Method::POST, "/vues/{id}/nom", rename)
        .page(Method::POST, "/vues/{id}/suppression", forget)
}

#[derive(Deserialize)]
struct NewView {
    grid: String,
    name: String,
    #[serde(default)]
    query: String,
    path: String,
}

async fn save(
    State(app): State<App>,
    SignedIn(identity): SignedIn,
    Form(form): Form<NewView>,
) -> Result<Response, AppError> {
    let query = Query::parse(&form.query).without("cursor").without("from");
    let target = query.href(&local(&form.path));
    let query = query.to_string();
    let user = identity.profile.id;
    let saved = views::save(app.db(), user, &form.grid, &form.name, &query, app.now()).await;
    Ok(match saved {
        Ok(_) => redirect_with(&target, &Flash::success("grid-view-saved")),
        Err(domain::Error::Conflict(_)) => {
            redirect_with(&target, &Flash::error("error-too-many-views"))
        }
        Err(domain::Error::Invalid(_)) => {
            redirect_with(&target, &Flash::error("grid-view-needs-a-name"))
        }
        Err(error) => return Err(error.into()),
    })
}

#[derive(Deserialize)]
struct NewName {
    #[serde(default)]
    name: String,
    #[serde(default)]
    path: String,
}

async fn rename(
    State(app): State<App>,
    SignedIn(identity): SignedIn,
    Path(id): Path<Uuid>,
    Form(form): Form<NewName>,
) -> Result<Response, AppError> {
    let flash = match views::rename(app.db(), identity.profile.id, id, &form.name).await {
        Ok(()) => Flash::success("grid-view-renamed"),
        Err(domain::Error::Invalid(_)) => Flash::error("grid-view-needs-a-name"),
        Err(domain::Error::Conflict(_)) => Flash::error("error-view-name-taken"),
        Err(error) => return Err(error.into()),
    };
    Ok(redirect_with(&local(&form.path), &flash))
}

#[derive(Deserialize)]
struct Forget {
    path: String,
}

async fn forget(
    State(app): State<App>,
    SignedIn(identity): SignedIn,
    Path(id): Path<Uuid>,
    Form(form): Form<Forget>,
) -> Result<Response, AppError> {
    views::forget(app.db(), identity.profile.id, id).await?;
    Ok(Redirect::to(&local(&form.path)).into_response())
}

/// A path on this site, whatever was sent.
fn local(path: &str) -> String {
    let own = path.starts_with('/') && !path.starts_with("//") && !path.contains('\\');
    if own { path.to_owned() } else { "/".to_owned() }
}

/// The saved views; the first that asks for just this is the one shown. What asks for nothing at
/// all is the whole list, whose tab stands before them.
pub(super) fn tabs(path: &str, query: &Query, saved: Vec<SavedView>) -> Vec<View> {
    let queries: Vec<Query> = saved.iter().map(|view| Query::parse(&view.query)).collect();
    let asks = query.pairs().next().is_some();
    let shown = queries.iter().position(|saved| asks && saved.same_as(query));
    let views = saved.into_iter().zip(queries).enumerate();
    views
        .map(|(index, (view, query))| View {
            current: shown == Some(index),
            href: query.href(path),
            forget: format!("/vues/{}/suppression", view.id),
            name: view.name,
        })
        .collect()
}
