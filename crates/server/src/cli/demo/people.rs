use std::fmt::Write as _;

use base::db::Db;
use chrono::{DateTime, Utc};
use domain::call_centers::{self, NewCallCenter};
use domain::users::{self, NewUser};
use domain::{Actor, Role};
use uuid::Uuid;

use super::Failure;

/// Everyone's password in the demonstration.
pub const PASSWORD: &str = "une-vigie-sur-la-dune-42";

/// Address, name, role, centre (0 Paris, 1 Dakar), address of the supervisor.
type Part = (&'static str, &'static str, Role, Option<usize>, Option<&'static str>);

const CAST: [Part; 12] = [
    ("admin@demo.test", "Camille Moreau", Role::SuperAdmin, None, None),
    ("owner@demo.test", "Adama Diop", Role::Owner, Some(0), None),
    ("supervisor@demo.test", "Hélène Marchand", Role::Supervisor, Some(0), None),
    ("agent@demo.test", "Léa Kouamé", Role::Agent, Some(0), Some("supervisor@demo.test")),
    ("agent2@demo.test", "Julien Lefèvre", Role::Agent, Some(0), Some("supervisor@demo.test")),
    ("agent3@demo.test", "Inès Belkacem", Role::Agent, Some(0), None),
    ("technician@demo.test", "Moussa Ba", Role::Technician, Some(0), None),
    ("client@demo.test", "Claire Dubois", Role::Client, Some(0), None),
    ("owner.dakar@demo.test", "Fatou Sow", Role::Owner, Some(1), None),
    ("supervisor.dakar@demo.test", "Cheikh Ndiaye", Role::Supervisor, Some(1), None),
    (
        "agent.dakar@demo.test",
        "Aminata Fall",
        Role::Agent,
        Some(1),
        Some("supervisor.dakar@demo.test"),
    ),
    ("technician.dakar@demo.test", "Ousmane Sarr", Role::Technician, Some(1), None),
];

/// A centre and who works there.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) center: Uuid,
    pub(super) region: &'static str,
    pub(super) owner: Uuid,
    pub(super) agents: Vec<Uuid>,
}

pub(super) struct Company {
    pub(super) places: Vec<Place>,
}

/// Makes the two centres and everyone in them.
pub(super) async fn settle(db: &Db, now: DateTime<Utc>) -> Result<Company, Failure> {
    const CENTERS: [(&str, &str, &str, &str); 2] = [
        ("Vigie Paris", "Europe/Paris", "EUR", "FR"),
        ("Vigie Dakar", "Africa/Dakar", "XOF", "SN"),
    ];
    let system = Actor::system();
    let mut places = Vec::new();
    for (name, time_zone, currency, region) in CENTERS {
        let new = NewCallCenter {
            name: name.into(),
            time_zone: time_zone.into(),
            currency: currency.into(),
            phone_region: region.into(),
        };
        let center = call_centers::create(db, &system, new, now).await?;
        places.push(Place { center, region, owner: Uuid::nil(), agents: Vec::new() });
    }
    let mut known: Vec<(&str, Uuid)> = Vec::new();
    for (email, name, role, place, supervisor) in CAST {
        let supervisor_id = known.iter().find(|(e, _)| Some(*e) == supervisor).map(|(_, id)| *id);
        let new = NewUser {
            email: email.into(),
            name: name.into(),
            role,
            call_center_id: place.map(|index| places[index].center),
            supervisor_id,
            password: Some(PASSWORD.into()),
            language: "fr".into(),
        };
        let id = users::create(db, &system, new, now).await?;
        known.push((email, id));
        if let Some(index) = place {
            match role {
                Role::Owner => places[index].owner = id,
                Role::Agent => places[index].agents.push(id),
                _ => {}
            }
        }
    }
    Ok(Company { places })
}

/// Who can sign in, for the terminal.
pub fn cast() -> String {
    let mut text = format!("The demonstration is ready. Everyone's password: {PASSWORD}\n");
    for (email, name, role, _, _) in CAST {
        let _ = writeln!(text, "  {email:<28} {:<12} {name}", role.as_str());
    }
    text
}
