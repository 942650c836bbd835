//! A list's query string, read the same way for the page, the API, the figures and the files.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use domain::alerts::local_time;
use domain::call_centers::DAYS;
use domain::contact_log::{self, Channel, FigureFilter, Filter, Hour, Search, Status};
use domain::{Actor, Error, Invalid};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::error::AppError;
use crate::grid::Query;

/// The periods there are, and how many days before today each starts.
pub(super) const PERIODS: [(&str, u64); 4] = [("today", 0), ("7d", 6), ("30d", 29), ("90d", 89)];

/// Days the figures look back when nobody says how far.
pub(super) const USUAL_DAYS: u64 = 89;

/// What is asked for: names in the URL are those of the API, and English ones are understood.
#[derive(Clone, Debug, Default)]
pub(super) struct Asked {
    pub(super) filter: Filter,
    pub(super) figures: FigureFilter,
}

impl Asked {
    /// Whether figures are of what a search or a client leads to, and not of everything.
    pub(super) fn is_search(&self) -> bool {
        self.filter.client_id.is_some() || !self.filter.q.trim().is_empty()
    }

    /// Whether no days are said.
    pub(super) fn is_open_ended(&self) -> bool {
        self.figures.from.is_none() && self.figures.to.is_none()
    }

    /// The figures of what is asked for. `usual` is the day they start on when no days are said, but
    /// for one client's story, which is told whole.
    ///
    /// # Errors
    /// The engine's.
    pub(super) async fn hours(
        &self,
        conn: &impl ConnectionTrait,
        actor: &Actor,
        search: &Search,
        usual: Option<(NaiveDate, Tz)>,
    ) -> domain::Result<Vec<Hour>> {
        let usual = usual.filter(|_| self.is_open_ended());
        if self.is_search() {
            let usual = usual.filter(|_| self.filter.client_id.is_none());
            let since = usual.and_then(|(day, zone)| start_of(day, zone));
            return contact_log::figures_found(conn, actor, search, since).await;
        }
        let mut wanted = self.figures.clone();
        wanted.from = wanted.from.or(usual.map(|(day, _)| day));
        contact_log::figures(conn, actor, &wanted).await
    }
}

fn given<'a>(query: &'a Query, names: &[&str]) -> Option<&'a str> {
    names.iter().find_map(|name| query.get(name)).map(str::trim).filter(|text| !text.is_empty())
}

/// Reads the filters of a query string.
///
/// # Errors
/// Every wrong value, named; an unknown `client`.
pub(super) async fn read(
    conn: &impl ConnectionTrait,
    actor: &Actor,
    query: &Query,
    zone: Tz,
    now: DateTime<Utc>,
) -> Result<Asked, AppError> {
    actor.require(actor.works_with_clients())?;
    let mut invalid = Invalid::new();
    let client_id = match given(query, &["client", "client_id"]) {
        None => None,
        Some(text) => match contact_log::find_client(conn, actor, text).await {
            Ok(found) => Some(found.id),
            Err(Error::Invalid(errors)) => {
                for error in errors {
                    invalid.add(&error.field, error.code);
                }
                None
            }
            Err(error) => return Err(error.into()),
        },
    };
    let user = given(query, &["utilisateur", "user_id", "agent"]);
    let user_id = match user {
        Some("me") => actor.user_id,
        Some(text) => {
            one("utilisateur", Some(text), |text| text.parse::<Uuid>().ok(), &mut invalid)
        }
        None => None,
    };
    let status = given(query, &["statut", "status"]);
    let status = one("statut", status, Status::parse, &mut invalid);
    let channel = given(query, &["canal", "channel"]);
    let channel = one("canal", channel, understood, &mut invalid);
    let day = given(query, &["jour", "weekday"]);
    let weekday = one("jour", day, |text| DAYS.iter().position(|day| *day == text), &mut invalid);
    let weekday = weekday.and_then(|index| i32::try_from(index).ok());
    let hour = given(query, &["heure", "hour"]);
    let in_day = |text: &str| text.parse::<i32>().ok().filter(|hour| (0..24).contains(hour));
    let hour = one("heure", hour, in_day, &mut invalid);
    let (from, to) = days(query, zone, now, &mut invalid);
    let instants = |name: &str, invalid: &mut Invalid| {
        let given = query.get(name).filter(|text| text.contains('T'));
        one(name, given, |text| text.parse::<DateTime<Utc>>().ok(), invalid)
    };
    let start = from.and_then(|day| start_of(day, zone));
    let end = to.and_then(|day| day.checked_add_days(Days::new(1)));
    let filter = Filter {
        q: invalid.text("q", query.get("q"), 200).unwrap_or_default(),
        client_id,
        user_id,
        status,
        channel,
        weekday,
        hour,
        from: instants("from", &mut invalid).or(start),
        to: instants("to", &mut invalid).or(end.and_then(|day| start_of(day, zone))),
    };
    invalid.check()?;
    Ok(Asked {
        filter,
        figures: FigureFilter { user_id, status, channel, weekday, hour, from, to },
    })
}

/// A channel by its name, or by a word for it.
fn understood(word: &str) -> Option<Channel> {
    let meant = Channel::understand(word);
    Channel::parse(word).or_else(|| (meant != Channel::Other).then_some(meant))
}

fn one<T>(
    field: &str,
    text: Option<&str>,
    parse: impl Fn(&str) -> Option<T>,
    invalid: &mut Invalid,
) -> Option<T> {
    let text = text?;
    let read = parse(text);
    if read.is_none() {
        invalid.add(field, "wrong-value");
    }
    read
}

/// The days of `period`, or of `from` and `to`.
fn days(
    query: &Query,
    zone: Tz,
    now: DateTime<Utc>,
    invalid: &mut Invalid,
) -> (Option<NaiveDate>, Option<NaiveDate>) {
    let today = now.with_timezone(&zone).date_naive();
    if let Some(name) = given(query, &["period"]) {
        let back = PERIODS.iter().find(|(known, _)| *known == name);
        if back.is_none() {
            invalid.add("period", "wrong-value");
        }
        return (back.and_then(|(_, days)| today.checked_sub_days(Days::new(*days))), None);
    }
    let mut day = |name: &str| {
        let text = query.get(name).map(str::trim)?;
        let text = text.split('T').next().unwrap_or(text);
        let read = text.parse::<NaiveDate>().ok().filter(is_plausible);
        if read.is_none() {
            invalid.add(name, "not-a-date");
        }
        read
    };
    (day("from"), day("to"))
}

/// Outside these years dates no longer sort as text.
fn is_plausible(day: &NaiveDate) -> bool {
    use chrono::Datelike as _;
    (1..=9_000).contains(&day.year())
}

fn start_of(day: NaiveDate, zone: Tz) -> Option<DateTime<Utc>> {
    local_time::instant_of(day.and_time(NaiveTime::MIN), zone)
}
