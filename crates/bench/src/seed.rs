//! The data: a centre with people, a client file, a million open alerts.

use std::fmt::Write as _;

use base::clock::Clock;
use base::db::{Db, Engine, PoolSizes, Sql};
use chrono::TimeDelta;
use domain::alerts::DUE_JOB;
use domain::{Actor, Role, call_centers, users};
use sea_orm::ConnectionTrait as _;
use uuid::Uuid;

use crate::server::Site;
use crate::{Result, bulk};

/// What every open alert says.
const TITLE: &str = "Rappel du contrat";

/// Due instants are spread over this many.
const INSTANTS: usize = 1_000;

/// Who drives the load.
#[derive(Debug)]
pub struct People {
    /// A direct connection to the site's database.
    pub db: Db,
    /// The centre.
    pub center: Uuid,
    /// Session tokens: the owner's first, then two agents'.
    pub sessions: Vec<String>,
}

impl People {
    /// The engine's name, as the table shows it.
    pub fn engine(&self) -> &'static str {
        match self.db.engine() {
            Engine::Sqlite => "sqlite",
            Engine::Postgres => "postgres",
        }
    }
}

/// Makes the centre and the people, each with an open session.
///
/// # Errors
/// The engine's.
pub async fn people(site: &Site) -> Result<People> {
    let status = site.command(&["migrate"]).status().await?;
    if !status.success() {
        return Err(format!("vigie migrate ended: {status}").into());
    }
    settle(&Db::connect(&site.database, PoolSizes { max: 4 }).await?).await
}

/// The same on a database that is there.
///
/// # Errors
/// The engine's.
pub async fn settle(db: &Db) -> Result<People> {
    let now = Clock::real().now();
    let new = call_centers::NewCallCenter {
        name: "Comptoir de Paris".into(),
        time_zone: "Europe/Paris".into(),
        currency: "EUR".into(),
        phone_region: "FR".into(),
    };
    let center = call_centers::create(db, &Actor::system(), new, now).await?;
    let mut sessions = Vec::new();
    for (name, role) in [("owner", Role::Owner), ("a", Role::Agent), ("b", Role::Agent)] {
        let new = users::NewUser {
            email: format!("{name}@bench.test"),
            name: format!("Personne {name}"),
            role,
            call_center_id: Some(center),
            supervisor_id: None,
            password: None,
            language: "fr".into(),
        };
        let user = users::create(db, &Actor::system(), new, now).await?;
        sessions.push(users::sessions::open(db, user, now).await?.token);
    }
    Ok(People { db: db.clone(), center, sessions })
}

const FIRST: [&str; 16] = [
    "Awa",
    "Hélène",
    "Kouassi",
    "Zoé",
    "Jean-Baptiste",
    "Aïcha",
    "Moussa",
    "Chloé",
    "Fatou",
    "Noël",
    "Mamadou",
    "Camille",
    "Ousmane",
    "Inès",
    "Loïc",
    "Mariam",
];
const LAST: [&str; 20] = [
    "N’Diaye",
    "Œuvrard",
    "Yao",
    "Lefèvre",
    "Diop",
    "Kacou",
    "Traoré",
    "Dupont",
    "El Idrissi",
    "Fofana",
    "Garçon",
    "Moreau",
    "Koné",
    "Sarr",
    "Benali",
    "Petit",
    "Touré",
    "Roux",
    "Coulibaly",
    "Faye",
];
const TRADES: [&str; 8] = [
    "Garage",
    "Boulangerie",
    "Clinique",
    "Pharmacie",
    "Atelier",
    "Sécurité",
    "Transports",
    "Hôtel",
];
const TOWNS: [&str; 10] = [
    "Paris",
    "Lyon",
    "Marseille",
    "Lille",
    "Dakar",
    "Abidjan",
    "Rabat",
    "Thiès",
    "Bordeaux",
    "Nîmes",
];

/// Terms people type, short and long, with and without accents.
pub const TERMS: [&str; 10] =
    ["a", "di", "ndiaye", "lefevre", "oeuvrard", "zoe le", "clinique", "0612", "client99", "koua"];

/// A client file of `count` lines, as a reseller's system exports it.
pub fn client_file(count: usize) -> String {
    let mut text = String::with_capacity(count * 130);
    text.push_str("code,first_name,last_name,company_name,email,phone,address,city,country\r\n");
    for n in 0..count {
        let first = FIRST[n % FIRST.len()];
        let last = LAST[(n / FIRST.len()) % LAST.len()];
        let trade = TRADES[(n / 7) % TRADES.len()];
        let town = TOWNS[(n / 3) % TOWNS.len()];
        let _ = write!(
            text,
            "{:010},{first},{last} {n},{trade} {last},client{n}@exemple.test,06{:08},{} rue du Port,{town},FR\r\n",
            n + 100_000,
            n,
            n % 300 + 1,
        );
    }
    text
}

/// Gives every client of `center` `each` open alerts due from next week on, with their planned
/// notices and jobs: straight into the tables, as scheduling them one by one is another measure.
///
/// # Errors
/// The engine's.
pub async fn alerts(db: &Db, center: Uuid, each: usize) -> Result<i64> {
    // In order, as those made over time are: random ones would write each index page many times.
    let id = match db.engine() {
        Engine::Sqlite => "unhex(printf('01930000000070008%015x', row_number() OVER ()))",
        Engine::Postgres => {
            "CAST('01930000000070008' || lpad(to_hex(row_number() OVER ()), 15, '0') AS UUID)"
        }
    };
    let tx = db.begin().await?;
    let text = domain::alerts::file_text(&tx, TITLE, None).await?;
    alert_rows(db, center, each, id, text)?.execute(&tx).await?;
    let rest = [
        format!(
            "INSERT INTO alert_notices (id, alert_id, due_version, level, recipient_id, channel, \
             state, planned_at) SELECT {id}, id, due_version, 'at_due', assigned_to, 'email', \
             'planned', due_at FROM alerts"
        ),
        format!(
            "INSERT INTO jobs (id, kind, payload, run_at, state, created_at) \
             SELECT {id}, '{DUE_JOB}', '{{}}', due_at, 'ready', created_at FROM alerts"
        ),
        "UPDATE clients SET next_alert_at = (SELECT MIN(a.due_at) FROM alerts a \
         WHERE a.client_id = clients.id AND a.deleted_at IS NULL)"
            .to_owned(),
    ];
    for statement in rest {
        tx.execute_unprepared(&statement).await?;
    }
    tx.commit().await?;
    // Or what was written here would go from SQLite's log to its file while something else is measured.
    bulk::settle(db).await?;
    let count = Sql::new("SELECT COUNT(*) FROM alerts").scalar(db.read()).await?;
    Ok(count.unwrap_or(0))
}

/// `each` alerts of every client, assigned to the centre's first agent.
fn alert_rows(db: &Db, center: Uuid, each: usize, id: &str, text: i64) -> Result<Sql> {
    let now = Clock::real().now();
    let cast = if db.engine() == Engine::Sqlite { "TEXT" } else { "TIMESTAMPTZ" };
    let mut sql = Sql::new("WITH instants (n, at) AS (VALUES ");
    for n in 0..INSTANTS {
        let at = now + TimeDelta::days(7) + TimeDelta::minutes(i64::try_from(n * 97)?);
        sql.push(&format!("{}({n}, CAST(", if n > 0 { ", " } else { "" }));
        sql.bind(at).push(&format!(" AS {cast}))"));
    }
    let spread = INSTANTS / each;
    sql.push(&format!(
        ") INSERT INTO alerts (id, call_center_id, client_id, title, title_key, due_at, time_zone, \
         local_due, priority, priority_rank, assigned_to, created_by, created_at, updated_at, \
         text_seq) SELECT {id}, c.call_center_id, c.id, '{TITLE}', lower('{TITLE}'), i.at, \
         'Europe/Paris', '2030-01-01T09:00', 'normal', 1, a.id, a.id, c.created_at, c.created_at, \
         {text} \
         FROM clients c JOIN instants i ON i.n % {spread} = c.seq % {spread} \
         CROSS JOIN (SELECT id FROM users WHERE role = 'agent' AND call_center_id = "
    ));
    sql.bind(center).push(" LIMIT 1) a WHERE c.call_center_id = ").bind(center);
    Ok(sql)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// An empty database with its people.
    pub(crate) async fn fresh() -> (tempfile::TempDir, People) {
        let folder = tempfile::tempdir().unwrap();
        let address = format!("sqlite:{}/vigie.db", folder.path().display());
        let db = Db::connect(&address, PoolSizes { max: 2 }).await.unwrap();
        domain::migrations::migrate(&db).await.unwrap();
        let people = settle(&db).await.unwrap();
        (folder, people)
    }

    /// As many clients as asked for, with nothing but a name.
    pub(crate) async fn clients(people: &People, count: usize) {
        let tx = people.db.begin().await.unwrap();
        for n in 0..count {
            let columns = "id, call_center_id, full_name, name_key, company_key, city_key, \
                           search_text, created_at, updated_at";
            let mut sql = Sql::new(format!("INSERT INTO clients ({columns}) VALUES "));
            let now = Clock::real().now();
            let name = format!("Client {n}");
            sql.bind_list([
                sea_orm::Value::from(base::ids::new_id(now)),
                people.center.into(),
                name.clone().into(),
                name.clone().into(),
                String::new().into(),
                String::new().into(),
                name.into(),
                now.into(),
                now.into(),
            ]);
            sql.execute(&tx).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    /// The bulk statements name columns of four tables: a schema that moves on must fail here, not
    /// in the middle of a bench.
    #[tokio::test]
    async fn every_client_gets_its_alerts_notices_and_jobs() {
        let (_folder, people) = fresh().await;
        clients(&people, 30).await;
        let db = people.db.clone();

        assert_eq!(alerts(&db, people.center, 10).await.unwrap(), 300);
        for (table, expected) in [("alert_notices", 300), ("jobs", 300), ("users", 3)] {
            let count = Sql::new(format!("SELECT COUNT(*) FROM {table}")).scalar(db.read()).await;
            assert_eq!(count.unwrap(), Some(expected), "{table}");
        }
        let armed = Sql::new("SELECT COUNT(*) FROM clients WHERE next_alert_at IS NOT NULL");
        assert_eq!(armed.scalar(db.read()).await.unwrap(), Some(30));
    }

    #[test]
    fn the_client_file_has_a_line_each() {
        assert_eq!(client_file(3).lines().count(), 4);
    }
}
