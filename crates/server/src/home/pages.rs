use askama::Template;
use axum::extract::State;
use axum::response::Html;
use chrono::{Datelike as _, NaiveDate};
use domain::clients::Stats;
use domain::contact_log::{self, FigureFilter, Hour};
use domain::dashboard::{self, AlertFigures, DueAlert};
use domain::paging::Total;

use crate::app::App;
use crate::clients::figures;
use crate::error::AppError;
use crate::extract::SignedIn;
use crate::page::{Page, sparkline};

/// How many alerts the dashboard lists.
const LISTED: u32 = 8;

/// The chart's drawing, in SVG units: days stand right of the scale's figures.
const LEFT: i64 = 24;
const WIDTH: i64 = 536;
const FLOOR: i64 = 172;
const HEIGHT: i64 = 141;
/// How many steps its scale has.
const STEPS: i64 = 3;

#[derive(Template)]
#[template(path = "home/dashboard.html")]
struct Dashboard {
    page: Page,
    clients: Stats,
    alerts: AlertFigures,
    due: Vec<DueAlert>,
    bars: Vec<Bar>,
    /// The scale's lines: height in the drawing, figure.
    scale: Vec<(i64, i64)>,
    /// Attempts to reach clients in the last seven days.
    contacts: i64,
    /// The same by day, today last.
    contacts_by_day: Vec<i64>,
    /// How many of them reached someone.
    reached: i64,
}

/// A day of the chart.
struct Bar {
    day: String,
    label: String,
    /// The alerts of that day.
    href: String,
    /// The middle of its place, and where that begins and how wide it is.
    x: i64,
    left: i64,
    width: i64,
    due: i64,
    due_y: i64,
    due_height: i64,
    done: i64,
    done_y: i64,
    done_height: i64,
}

#[derive(Template)]
#[template(path = "home/welcome.html")]
struct Welcome {
    page: Page,
}

pub(super) async fn dashboard(
    State(app): State<App>,
    page: Page,
    signed_in: SignedIn,
) -> Result<Html<String>, AppError> {
    let (conn, actor, now) = (app.db().read(), signed_in.actor(), app.now());
    if !actor.works_with_clients() {
        return Ok(Html(Welcome { page }.render()?));
    }
    let clients = app.client_counts().latest().stats(conn, &actor, page.zone, now).await?;
    let alerts = dashboard::alert_figures(conn, &actor, page.zone, now).await?;
    let due = dashboard::due_today(conn, &actor, page.zone, now, LISTED).await?;
    let step = step(&alerts);
    let bars = bars(&page, &alerts, step * STEPS);
    let scale = (0..=STEPS).map(|line| (FLOOR - line * HEIGHT / STEPS, line * step)).collect();
    let from = page.day_of(&now).checked_sub_days(chrono::Days::new(6));
    let week = FigureFilter { from, ..FigureFilter::default() };
    let hours = contact_log::figures(conn, &actor, &week).await?;
    let contacts = hours.iter().map(Hour::attempts).sum();
    let contacts_by_day = by_day(&hours, page.day_of(&now));
    let reached = hours.iter().map(|hour| hour.successes).sum();
    let shown =
        Dashboard { page, clients, alerts, due, bars, scale, contacts, contacts_by_day, reached };
    Ok(Html(shown.render()?))
}

/// The attempts of the week that ends with `today`: each weekday comes once.
fn by_day(hours: &[Hour], today: NaiveDate) -> Vec<i64> {
    let on = |weekday: i64| {
        let same = hours.iter().filter(|hour| i64::from(hour.weekday) == weekday);
        same.map(Hour::attempts).sum()
    };
    let last = i64::from(today.weekday().num_days_from_monday());
    (1..=7).map(|day| on((last + day) % 7)).collect()
}

/// What the scale counts by, so that the highest bar fits.
fn step(alerts: &AlertFigures) -> i64 {
    let highest = alerts.by_day.iter().map(|(_, due, done)| *due.max(done)).max();
    ((highest.unwrap_or(0) + STEPS - 1) / STEPS).max(1)
}

fn bars(page: &Page, alerts: &AlertFigures, top: i64) -> Vec<Bar> {
    let days = i64::try_from(alerts.by_day.len()).unwrap_or(1).max(1);
    let height = |value: i64| value * HEIGHT / top;
    let step = WIDTH / days;
    (0..)
        .zip(&alerts.by_day)
        .map(|(index, (day, due, done))| Bar {
            day: page.date(&page.start_of(*day)),
            label: day.day().to_string(),
            href: format!("/alertes?status=all&due_from={day}&due_to={day}"),
            x: LEFT + index * step + step / 2,
            left: LEFT + index * step,
            width: step,
            due: *due,
            due_y: FLOOR - height(*due),
            due_height: height(*due),
            done: *done,
            done_y: FLOOR - height(*done),
            done_height: height(*done),
        })
        .collect()
}

impl Dashboard {
    /// `Awa` of `Awa N’Diaye`.
    fn first_name(&self) -> String {
        self.page.user_name().split(' ').next().unwrap_or_default().to_owned()
    }

    /// `Vendredi 20 novembre 2026`.
    fn day(&self) -> String {
        let today = self.page.day_of(&self.page.now);
        self.page.sentence(&self.page.long_day(today))
    }

    /// What is due later today.
    fn today(&self) -> String {
        let today = self.page.day_of(&self.page.now);
        format!("/alertes?status=in_progress&due_from={today}&due_to={today}")
    }

    /// `20 nov. 2026 : 3 à échéance, 2 terminées`.
    fn told(&self, bar: &Bar) -> String {
        let counts =
            [("day", bar.day.clone().into()), ("due", bar.due.into()), ("done", bar.done.into())];
        self.page.language.t_with("dashboard-chart-day", &counts)
    }

    fn total(&self, total: &Total) -> String {
        let plus = if total.exact { "" } else { "+" };
        format!("{}{plus}", self.page.number(&total.value))
    }

    /// `95 %`.
    fn active_share(&self) -> String {
        if self.clients.total == 0 {
            return String::new();
        }
        let share = self.clients.active * 100 / self.clients.total;
        self.page.t1("dashboard-active", "count", share)
    }

    /// `62 % de succès`.
    fn reach(&self) -> String {
        if self.contacts == 0 {
            return String::new();
        }
        self.page.t1("dashboard-reached", "count", self.reached * 100 / self.contacts)
    }

    fn new_today(&self) -> String {
        match self.clients.new_today {
            0 => String::new(),
            count => self.page.t1("dashboard-new-today", "count", count),
        }
    }

    fn late(&self) -> String {
        match self.alerts.late.value {
            0 => String::new(),
            count => self.page.t1("dashboard-late", "count", count),
        }
    }

    /// This week against the one before, when both have something.
    fn done_trend(&self) -> String {
        let (now, before) = (self.alerts.done_week.value, self.alerts.done_week_before.value);
        if before == 0 {
            return String::new();
        }
        let percent = (now - before) * 100 / before;
        let words = self.page.t1("dashboard-percent", "count", percent.abs());
        if percent == 0 { words } else { figures::signed(percent, words) }
    }

    fn done_class(&self) -> &'static str {
        if self.alerts.done_week.value >= self.alerts.done_week_before.value {
            "up"
        } else {
            "down"
        }
    }

    fn clients_line(&self) -> String {
        sparkline(&figures::totals(&self.clients))
    }

    fn new_line(&self) -> String {
        sparkline(&figures::weeks(&self.clients))
    }

    fn contacts_line(&self) -> String {
        sparkline(&self.contacts_by_day)
    }

    fn due_line(&self) -> String {
        sparkline(&self.alerts.by_day.iter().map(|(_, due, _)| *due).collect::<Vec<_>>())
    }

    fn done_line(&self) -> String {
        sparkline(&self.alerts.by_day.iter().map(|(_, _, done)| *done).collect::<Vec<_>>())
    }

    /// What an alert of today is: late, due, or later today.
    fn pill(&self, alert: &DueAlert) -> crate::page::Markup {
        let page = &self.page;
        if alert.due_at > page.now {
            page.pill("in-progress", "clock", &page.time(&alert.due_at))
        } else if page.day_of(&alert.due_at) < page.day_of(&page.now) {
            page.pill("overdue", "triangle-alert", &page.sentence(&page.near_day(&alert.due_at)))
        } else {
            page.pill("due", "alarm-clock", &page.time(&alert.due_at))
        }
    }
}
