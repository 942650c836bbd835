use base::db::Db;
use chrono::{DateTime, Datelike as _, TimeDelta, Utc, Weekday};
use domain::contact_log::{self, Channel, Past, Status};
use domain::{Actor, Role};

use super::Failure;
use super::names::Dice;
use super::people::Place;
use super::{Made, present};

/// Days of the past that hold attempts.
const DAYS: usize = 42;

/// Attempts per commit.
const PER_COMMIT: usize = 500;

const CHANNELS: [Channel; 8] = [
    Channel::Phone,
    Channel::Phone,
    Channel::Phone,
    Channel::Phone,
    Channel::WhatsApp,
    Channel::WhatsApp,
    Channel::Email,
    Channel::Sms,
];

/// Attempts to reach clients, on working days; some hours go better than others.
pub(super) async fn attempt(
    db: &Db,
    place: &Place,
    clients: &[Made],
    count: usize,
    dice: &mut Dice,
    now: DateTime<Utc>,
) -> Result<(), Failure> {
    if clients.is_empty() || place.agents.is_empty() {
        return Ok(());
    }
    // Some are called again and again: their best time shows.
    let often = clients.get(..(clients.len() / 40).max(1)).unwrap_or(clients);
    let mut past: Vec<Past> = (0..count)
        .filter_map(|_| {
            let at = moment(dice, now)?;
            let among = if dice.one_in(3) { often } else { clients };
            let client_id = present(dice, among, at)?;
            let odds = if (9..12).contains(&hour(at)) { 75 } else { 48 };
            let reached = dice.below(100) < odds;
            Some(Past {
                client_id,
                user_id: Some(*dice.pick(&place.agents)),
                status: if reached { Status::Success } else { Status::Failure },
                channel: *dice.pick(&CHANNELS),
                at,
            })
        })
        .collect();
    past.sort_by_key(|one| one.at);
    let owner =
        Actor { user_id: Some(place.owner), role: Role::Owner, call_center_id: Some(place.center) };
    for part in past.chunks(PER_COMMIT) {
        let tx = db.begin().await?;
        contact_log::insert_many(&tx, &owner, place.center, part).await?;
        tx.commit().await?;
    }
    Ok(())
}

fn hour(at: DateTime<Utc>) -> u32 {
    use chrono::Timelike as _;
    at.hour()
}

/// A moment of a working day, between nine and six; `None` for one that is not past yet.
fn moment(dice: &mut Dice, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let days = i64::try_from(dice.below(DAYS)).unwrap_or(0);
    let minutes = i64::try_from(9 * 60 + dice.below(9 * 60)).unwrap_or(0);
    let day = (now - TimeDelta::days(days)).date_naive();
    if matches!(day.weekday(), Weekday::Sat | Weekday::Sun) {
        return None;
    }
    let at = day.and_hms_opt(0, 0, 0)?.and_utc() + TimeDelta::minutes(minutes);
    (at < now).then_some(at)
}
