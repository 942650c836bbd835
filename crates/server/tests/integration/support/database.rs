use std::path::Path;

use sea_orm::{ConnectionTrait, Database};

/// Which engine a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

/// The address of an empty database.
pub async fn fresh(kind: Kind, folder: &Path) -> String {
    match kind {
        Kind::Sqlite => format!("sqlite:{}/vigie.db", folder.display()),
        Kind::Postgres => {
            let server = std::env::var("VIGIE_TEST_POSTGRES").expect(
                "VIGIE_TEST_POSTGRES must be the address of a throw-away server; bin/test starts one",
            );
            let name = format!("t{}", uuid::Uuid::new_v4().simple());
            let admin = Database::connect(format!("{server}/postgres")).await.unwrap();
            admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
            admin.close().await.unwrap();
            format!("{server}/{name}")
        }
    }
}
