//! The contact log on the client's page: the two buttons, and the Contacts tab.

use askama::Template;
use domain::clients::Client;
use domain::contact_log::consents::{self, Consent, KINDS, PURPOSES};
use domain::contact_log::{
    self, BestTime, Channel, Decision, ENOUGH, Filter, Hour, Sort, Verdict, best_time, rules,
};

use super::chart::Shows;
use super::pages::Row;
use super::{chart, words};
use crate::app::App;
use crate::error::AppError;
use crate::grid::Query;
use crate::page::{Form, Markup, Page};

/// Attempts on the tab.
const SHOWN: u32 = 50;

/// What the top of the client's page shows.
pub(crate) struct Header {
    /// The two buttons.
    pub(crate) buttons: Markup,
    /// What speaks against a call, if anything does.
    pub(crate) notice: Option<Markup>,
    /// When they are best reached: in words, and how surely.
    pub(crate) best: Option<(String, String)>,
    /// Attempts to reach them.
    pub(crate) attempts: i64,
}

#[derive(Template)]
#[template(path = "contact_log/buttons.html")]
struct Buttons<'a> {
    page: &'a Page,
    client: &'a Client,
    blocked: bool,
    warned: bool,
}

#[derive(Template)]
#[template(path = "contact_log/notice.html")]
struct Notice<'a> {
    page: &'a Page,
    client: &'a Client,
    blocked: bool,
    reasons: Vec<String>,
}

/// The top of the client's page.
///
/// # Errors
/// The engine's.
pub(crate) async fn header(app: &App, page: &Page, client: &Client) -> Result<Header, AppError> {
    let (conn, actor) = (app.db().read(), page.actor());
    let channel = contact_log::usual_channel(conn, &actor).await?;
    let verdict = contact_log::verdict_on(conn, client, channel, page.now).await?;
    let hours = contact_log::of_client(conn, &actor, client.id).await?;
    let best = best_time(&hours, verdict.hours.as_ref()).map(|best| {
        let share = page.t1("contacts-percent", "count", best.percent());
        (words::best_time_short(page, &best), share)
    });
    let attempts = hours.iter().map(Hour::attempts).sum();
    let blocked = verdict.decision == Decision::Block;
    let warned = verdict.decision == Decision::Warn;
    let buttons = Buttons { page, client, blocked, warned }.render()?;
    let notice = match verdict.decision {
        Decision::Allow => None,
        _ => Some(notice(page, client, &verdict)?),
    };
    Ok(Header { buttons: askama::filters::Safe(buttons), notice, best, attempts })
}

fn notice(page: &Page, client: &Client, verdict: &Verdict) -> Result<Markup, AppError> {
    let blocked = verdict.decision == Decision::Block;
    let reasons = verdict.reasons.iter().map(|reason| words::reason(page, reason)).collect();
    let html = Notice { page, client, blocked, reasons }.render()?;
    Ok(askama::filters::Safe(html))
}

impl Notice<'_> {
    /// The ways the rules say nothing about.
    fn others(&self) -> impl Iterator<Item = Channel> {
        Channel::ALL.into_iter().filter(|channel| *channel != Channel::Phone)
    }
}

#[derive(Template)]
#[template(path = "contact_log/of_client.html")]
struct OfClient<'a> {
    page: &'a Page,
    client: &'a Client,
    rows: Vec<Row>,
    more: bool,
    best: Option<BestTime>,
    attempts: i64,
    chart: Option<Markup>,
    consents: Vec<Consent>,
    form: &'a Form,
}

impl OfClient<'_> {
    fn best_words(&self, best: &BestTime) -> String {
        words::best_time(self.page, best)
    }

    /// `5 joints sur 6 essais (83 %)`.
    fn best_figures(&self, best: &BestTime) -> String {
        let args = [
            ("successes", best.successes.into()),
            ("count", best.attempts.into()),
            ("percent", best.percent().into()),
        ];
        self.page.language.t_with("contact-best-figures", &args)
    }

    fn not_enough(&self) -> String {
        if self.attempts >= ENOUGH {
            return self.page.t("contact-best-nobody");
        }
        let args = [("count", self.attempts.into()), ("enough", ENOUGH.into())];
        self.page.language.t_with("contact-best-not-yet", &args)
    }

    fn kinds(&self) -> Vec<(&'static str, String)> {
        let word = |kind: &'static str| (kind, self.page.t(&format!("consent-kind-{kind}")));
        KINDS.into_iter().map(word).collect()
    }

    fn purposes(&self) -> Vec<(&'static str, String)> {
        let word = |name: &'static str| (name, self.page.t(&format!("consent-purpose-{name}")));
        PURPOSES.into_iter().map(word).collect()
    }

    fn channels(&self) -> Vec<(&'static str, String)> {
        let every = ("", self.page.t("consent-every-channel"));
        let word = |channel: Channel| {
            let name = channel.as_str();
            (name, self.page.t(&format!("contact-channel-{name}")))
        };
        std::iter::once(every).chain(Channel::ALL.into_iter().map(word)).collect()
    }

    /// Colour, icon and word of what they said.
    fn consent_pill(&self, consent: &Consent) -> Markup {
        let text = self.page.t(&format!("consent-kind-{}", consent.kind));
        let (kind, icon) = match (consent.revoked_at, consent.kind.as_str()) {
            (Some(_), _) => ("grey", "undo-2"),
            (None, "consent") => ("green", "check"),
            (None, "refusal") => ("amber", "clock"),
            (None, _) => ("red", "ban"),
        };
        self.page.pill(kind, icon, &text)
    }

    /// `Démarchage · Téléphone`.
    fn consent_scope(&self, consent: &Consent) -> String {
        let purpose = self.page.t(&format!("consent-purpose-{}", consent.purpose));
        let channel = match &consent.channel {
            Some(channel) => self.page.t(&format!("contact-channel-{channel}")),
            None => self.page.t("consent-every-channel"),
        };
        format!("{purpose} · {channel}")
    }

    /// `Formulaire du site · par Awa, 20 nov. 2026`.
    fn consent_source(&self, consent: &Consent) -> String {
        let who = consent.recorder_name.clone().unwrap_or_else(|| "Vigie".to_owned());
        let args = [("name", who.into()), ("when", self.page.date(&consent.given_at).into())];
        format!("{} · {}", consent.source, self.page.language.t_with("consent-recorded-by", &args))
    }
}

/// The Contacts tab. `form` is the consent being typed.
///
/// # Errors
/// The engine's.
pub(crate) async fn of_client(
    app: &App,
    page: &Page,
    client: &Client,
    form: &Form,
) -> Result<Markup, AppError> {
    let (conn, actor) = (app.db().read(), page.actor());
    let filter = Filter { client_id: Some(client.id), ..Filter::default() };
    let search = contact_log::search(conn, &actor, filter, page.now).await?;
    let found = contact_log::list(conn, &actor, &search, Sort::default(), None, SHOWN).await?;
    let hours = contact_log::of_client(conn, &actor, client.id).await?;
    let attempts = hours.iter().map(Hour::attempts).sum();
    let (title, of) = (page.t("contacts-chart-client"), of_one(client));
    let chart = (attempts >= ENOUGH)
        .then(|| chart::draw(page, "client-chart", title, Shows::Rate, &of, &hours))
        .transpose()?;
    let allowed = rules::hours_of(conn, &actor).await?;
    let html = OfClient {
        page,
        client,
        more: found.next.is_some(),
        rows: found.rows.into_iter().map(|attempt| Row::new(page, attempt)).collect(),
        best: best_time(&hours, allowed.as_ref()),
        attempts,
        chart,
        consents: consents::list(conn, &actor, client.id).await?,
        form,
    }
    .render()?;
    Ok(askama::filters::Safe(html))
}

/// Their attempts, as the list is asked for them.
fn of_one(client: &Client) -> Query {
    Query::default().with("client", &client.id.to_string())
}
