use base::db::Db;
use chrono::{DateTime, TimeDelta, Utc};
use domain::alerts::{self, DueInput, NewAlert};
use domain::{Actor, Role};

use super::Failure;
use super::names::Dice;
use super::people::Place;
use super::{Made, present};

const TITLES: [&str; 10] = [
    "Contrat annuel à renouveler",
    "Visite de maintenance",
    "Relance devis sans réponse",
    "Appel de satisfaction",
    "Rappel garantie",
    "Règlement en attente",
    "Proposer la formule 24 mois",
    "Confirmer le rendez-vous",
    "Vérifier la livraison",
    "Anniversaire du contrat",
];

const PRIORITIES: [&str; 6] = ["low", "normal", "normal", "normal", "high", "critical"];

/// Alerts of every kind: done, late, due today, later today, to come.
pub(super) async fn schedule(
    db: &Db,
    place: &Place,
    clients: &[Made],
    count: usize,
    dice: &mut Dice,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    let owner =
        Actor { user_id: Some(place.owner), role: Role::Owner, call_center_id: Some(place.center) };
    for _ in 0..count {
        let (due, is_done) = due(dice, now);
        let made = (due - TimeDelta::days(3)).min(now - TimeDelta::hours(2));
        let assigned_to =
            (!place.agents.is_empty() && !dice.one_in(4)).then(|| *dice.pick(&place.agents));
        let new = NewAlert {
            title: (*dice.pick(&TITLES)).to_owned(),
            description: dice.one_in(3).then(|| "Rappeler de préférence le matin.".to_owned()),
            due: DueInput::At(due.to_rfc3339()),
            priority: Some((*dice.pick(&PRIORITIES)).to_owned()),
            assigned_to,
            ..NewAlert::default()
        };
        let Some(client) = present(dice, clients, made) else { return Ok(()) };
        let alert = alerts::schedule(db, &owner, Some(client), &new, made).await?;
        if is_done {
            let minutes = i64::try_from(5 + dice.below(300))?;
            let done = (due + TimeDelta::minutes(minutes)).min(now);
            alerts::complete(db, &owner, alert.id, None, done).await?;
        }
    }
    Ok(())
}

/// When an alert falls due, on a whole five minutes, and whether it is done.
fn due(dice: &mut Dice, now: DateTime<Utc>) -> (DateTime<Utc>, bool) {
    let minutes = |dice: &mut Dice, from: usize, to: usize| {
        TimeDelta::minutes(i64::try_from(from + dice.below(to - from)).unwrap_or(0))
    };
    const DAY: usize = 24 * 60;
    let (due, is_done) = match dice.below(100) {
        0..=44 => (now - minutes(dice, 60, 13 * DAY), true),
        45..=50 => (now - minutes(dice, DAY, 4 * DAY), false),
        51..=56 => (now - minutes(dice, 10, 5 * 60), false),
        57..=62 => (now + minutes(dice, 20, 5 * 60), false),
        _ => (now + minutes(dice, DAY, 40 * DAY), false),
    };
    let past = due.timestamp().rem_euclid(300);
    (
        due - TimeDelta::seconds(past)
            - TimeDelta::nanoseconds(due.timestamp_subsec_nanos().into()),
        is_done,
    )
}
