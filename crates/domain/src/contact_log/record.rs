//! Writing an attempt down.

use super::*;

/// Two presses of a button this close are a double click.
const TWICE: TimeDelta = TimeDelta::milliseconds(1_500);

/// Writes an attempt; a double click of a button only its first.
pub(super) async fn write(
    db: &Db,
    actor: &Actor,
    Found { id: client, through }: Found,
    (status, channel): (Option<&str>, Option<&str>),
    is_press: bool,
    now: DateTime<Utc>,
) -> Result<Recorded> {
    let mut invalid = Invalid::new();
    let status = read_status(status, &mut invalid);
    let named = Named::read("canal", channel, &mut invalid);
    let tx = db.begin().await?;
    let subject = queries::subject(&tx, actor, client, true).await?.ok_or(Error::NotFound)?;
    invalid.check()?;
    let usual = usual_channel(&tx, actor).await?;
    let named = named.unwrap_or(Named { channel: usual, word: None });
    let verdict = gate::judge_now(&tx, &subject, named.channel, now).await?;
    let is_twin = |last: &Attempt| {
        let (status, channel) = (status.as_str(), named.channel.as_str());
        (last.user_id, last.status.as_str(), last.channel.as_str())
            == (actor.user_id, status, channel)
            && last.created_at > now - TWICE
    };
    if is_press && let Some(attempt) = queries::latest(&tx, client).await?.filter(is_twin) {
        return Ok(Recorded { attempt, verdict });
    }
    verdict.check()?;
    let (day, weekday, hour) = figures::place(now, &subject.time_zone);
    let attempt = Attempt {
        seq: 0,
        id: new_id(now),
        call_center_id: subject.call_center_id,
        client_id: subject.id,
        client_name: subject.full_name.clone(),
        client_code: subject.code.clone(),
        user_id: actor.user_id,
        user_name: None,
        status: status.as_str().to_owned(),
        channel: named.channel.as_str().to_owned(),
        channel_word: named.word,
        created_at: now,
        local_day: day,
        weekday,
        local_hour: hour,
    };
    queries::insert(&tx, std::slice::from_ref(&attempt)).await?;
    let came = through.map(|named| (named, attempt.id));
    duplicates::came_since(&tx, "contact_attempts", came).await?;
    figures::count(&tx, &attempt, &attempt.channel, 1).await?;
    refresh_status(&tx, &[client]).await?;
    remember(&tx, actor, usual, named.channel).await?;
    let attempt = queries::find(&tx, actor, attempt.id, false).await?.ok_or(Error::NotFound)?;
    events::record(&tx, actor, fact("client.contacted", &attempt, about(&attempt)), now).await?;
    tx.commit().await?;
    Ok(Recorded { attempt, verdict })
}

fn read_status(status: Option<&str>, invalid: &mut Invalid) -> Status {
    let given = status.map(str::trim).filter(|status| !status.is_empty());
    match given.map(Status::parse) {
        Some(Some(status)) => return status,
        Some(None) => invalid.add("statut", "wrong-value"),
        None => invalid.add("statut", "required"),
    };
    Status::Failure
}

pub(super) async fn remember(
    tx: &Tx,
    actor: &Actor,
    usual: Channel,
    used: Channel,
) -> Result<(), DbErr> {
    match actor.user_id {
        Some(user) if used != usual => {
            preferences::put_in(tx, user, PREFERENCE, json!(used.as_str())).await
        }
        _ => Ok(()),
    }
}
