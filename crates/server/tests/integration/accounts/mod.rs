//! Signing in and out, links by mail, tokens, people and centres.

mod links;
mod mails;
mod people;
mod people_list;
mod sign_in;
mod tokens;

use domain::users::{self, NewUser};
use domain::{Actor, Role};
use uuid::Uuid;

use crate::support::TestApp;

pub const PASSWORD: &str = "trois girafes violettes";

/// A user of the first centre who can sign in with [`PASSWORD`].
pub async fn person(app: &TestApp, email: &str, role: Role) -> Uuid {
    let new = NewUser {
        email: email.into(),
        name: "Awa N’Diaye".into(),
        role,
        call_center_id: (role != Role::SuperAdmin).then_some(app.center),
        supervisor_id: None,
        password: Some(PASSWORD.into()),
        language: "fr".into(),
    };
    users::create(&app.db, &Actor::system(), new, app.clock.now()).await.unwrap()
}
