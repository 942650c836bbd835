use domain::clients::{self, NewClient};
use domain::users::personal_tokens;
use domain::{Actor, Role, call_centers, duplicates, orders};
use uuid::Uuid;

use crate::support::TestApp;

/// One caller of each role in the first centre, and what they ask for.
pub struct World<'a> {
    app: &'a TestApp,
    callers: Vec<(Role, Uuid)>,
    other_center: Uuid,
}

impl<'a> World<'a> {
    pub async fn new(app: &'a TestApp) -> Self {
        let mut callers = Vec::new();
        for role in Role::ALL {
            callers.push((role, app.user(role, Some(app.center), None).await));
        }
        let new = call_centers::NewCallCenter {
            name: "Comptoir de Dakar".into(),
            time_zone: "Africa/Dakar".into(),
            currency: "XOF".into(),
            phone_region: "SN".into(),
        };
        let now = app.clock.now();
        let other_center = call_centers::create(&app.db, &Actor::system(), new, now).await.unwrap();
        Self { app, callers, other_center }
    }

    pub fn caller(&self, role: Option<Role>) -> Option<Uuid> {
        self.callers.iter().find(|(r, _)| Some(*r) == role).map(|(_, id)| *id)
    }

    /// The path with a fresh object in the place of its parameter.
    pub async fn fill(&self, path: &str, relation: &str, role: Option<Role>) -> String {
        if !path.contains('{') {
            return path.to_owned();
        }
        let caller = self.caller(role).unwrap_or(self.callers[1].1);
        let id = match (kind(path), relation) {
            (_, "none") => Uuid::new_v4(),
            ("user", _) => self.user(relation, caller).await,
            ("center", "other") => self.other_center,
            ("center", _) => self.app.center,
            ("token", _) => self.token(relation, caller).await,
            ("client", _) => self.client(relation, caller).await,
            ("pair", _) => self.pair(relation, caller).await,
            ("merge", _) => self.merge(relation, caller).await,
            ("order", _) => self.order(relation).await,
            (kind, _) => panic!("no {kind} with relation {relation} for {path}"),
        };
        let (before, rest) = path.split_once('{').unwrap();
        let after = rest.split_once('}').unwrap().1;
        let after = match after {
            _ if after.contains("{other}") => {
                after.replace("{other}", &self.client(relation, caller).await.to_string())
            }
            _ if after.contains("{event}") => {
                let seq = domain::events::head(self.app.db.read()).await.unwrap().0;
                after.replace("{event}", &seq.to_string())
            }
            _ => after.to_owned(),
        };
        format!("{before}{id}{after}")
    }

    async fn user(&self, relation: &str, caller: Uuid) -> Uuid {
        let supervisor = self.caller(Some(Role::Supervisor));
        match relation {
            "own" => caller,
            "team" => self.app.user(Role::Agent, Some(self.app.center), supervisor).await,
            "centre" => self.app.user(Role::Agent, Some(self.app.center), None).await,
            "admin" => self.app.user(Role::SuperAdmin, None, None).await,
            "other" => self.app.user(Role::Agent, Some(self.other_center), None).await,
            _ => panic!("no user with relation {relation}"),
        }
    }

    async fn token(&self, relation: &str, caller: Uuid) -> Uuid {
        let user = match relation {
            "own" => caller,
            _ => self.app.user(Role::Agent, Some(self.app.center), None).await,
        };
        let actor =
            Actor { user_id: Some(user), role: Role::Agent, call_center_id: Some(self.app.center) };
        let now = self.app.clock.now();
        let made = personal_tokens::create(&self.app.db, &actor, "t", None, now).await.unwrap();
        made.0.id
    }

    async fn pair(&self, relation: &str, caller: Uuid) -> Uuid {
        let one = self.client(relation, caller).await;
        let other = self.client(relation, caller).await;
        let (db, now) = (&self.app.db, self.app.clock.now());
        duplicates::suggest(db, &Actor::system(), one, other, now).await.unwrap()
    }

    async fn merge(&self, relation: &str, caller: Uuid) -> Uuid {
        let one = (self.client(relation, caller).await, None);
        let other = (self.client(relation, caller).await, None);
        let (db, now) = (&self.app.db, self.app.clock.now());
        let choices = duplicates::Choices::default();
        let merged = duplicates::merge(db, &Actor::system(), one, other, &choices, now).await;
        merged.unwrap().id
    }

    async fn order(&self, relation: &str) -> Uuid {
        let other = relation == "other";
        let new = orders::NewOrder {
            call_center_id: Some(if other { self.other_center } else { self.app.center }),
            number: Some(Uuid::new_v4().to_string()),
            ..orders::NewOrder::default()
        };
        let now = self.app.clock.now();
        orders::create(&self.app.db, &Actor::system(), new, now).await.unwrap()
    }

    async fn client(&self, relation: &str, caller: Uuid) -> Uuid {
        let (db, now, system) = (&self.app.db, self.app.clock.now(), Actor::system());
        let other = relation == "other";
        let center = if other { self.other_center } else { self.app.center };
        let assigned_to = (relation == "own").then_some(caller);
        // Only who works with clients can be given one.
        let mine = self.callers.iter().find(|(_, id)| Some(*id) == assigned_to).map(|(r, _)| *r);
        let given = mine.filter(|r| matches!(r, Role::Owner | Role::Supervisor | Role::Agent));
        let new = NewClient {
            call_center_id: Some(center),
            last_name: Some("Sarr".into()),
            assigned_to: assigned_to.filter(|_| given.is_some()),
            ..NewClient::default()
        };
        let id = clients::create(db, &system, new, now).await.unwrap();
        if relation == "deleted" {
            clients::bin(db, &system, id, None, now).await.unwrap();
        }
        id
    }
}

/// What a path's parameter names.
fn kind(path: &str) -> &'static str {
    const PLACES: [(&str, &str); 14] = [
        ("/api/orders/", "order"),
        ("/commandes/", "order"),
        ("/api/users/", "user"),
        ("/administration/utilisateurs/", "user"),
        ("/api/call-centers/", "center"),
        ("/administration/centres/", "center"),
        ("/api/tokens/", "token"),
        ("/compte/jetons/", "token"),
        ("/api/duplicates/", "pair"),
        ("/client/doublons/", "pair"),
        ("/api/merges/", "merge"),
        ("/client/fusions/", "merge"),
        ("/api/clients/", "client"),
        ("/client/", "client"),
    ];
    PLACES.iter().find(|(place, _)| path.starts_with(place)).map_or("thing", |(_, kind)| *kind)
}
