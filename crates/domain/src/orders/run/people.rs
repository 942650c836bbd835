//! The clients of a centre, read once: what the matcher files, and what people call them.

use base::db::Db;
use sea_orm::DbErr;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::super::candidates::{self, Reading, Which};
use super::super::link::LinkState;
use super::super::{Order, StoredCandidate};
use super::weigh::Weighed;
use super::{Outcome, Stage, Witness};
use crate::error::{Error, Result};
use crate::linking::{ClientRecord, Matcher, Policy};

/// Clients read at once.
const CLIENTS: i64 = 5_000;

/// All clients, ready to be asked about.
pub(super) struct People {
    pub(super) matcher: Matcher,
    pub(super) names: Names,
}

/// What the matcher cannot say of clients. A million of them take some fifty megabytes.
#[derive(Default)]
pub(super) struct Names {
    /// Sorted by id, with where each one's text starts.
    starts: Vec<(Uuid, u32)>,
    /// Code, tab, name; the code is empty for those who have none.
    texts: String,
}

/// Reads and files the clients of a centre.
pub(super) async fn read(
    db: &Db,
    center: Uuid,
    policy: Policy,
    witness: &mut impl Witness,
) -> Result<People> {
    let total = candidates::count(db.read(), center).await?;
    let (sender, mut receiver) = mpsc::channel::<Vec<Reading>>(4);
    let build = tokio::task::spawn_blocking(move || {
        let mut names = Names::default();
        let batches = std::iter::from_fn(|| receiver.blocking_recv());
        let clients = batches.flatten().map(|client| names.keep(client));
        let matcher = Matcher::build(clients, policy);
        People { matcher, names }
    });
    let (mut first, last, mut done) = (Uuid::nil(), Uuid::max(), 0);
    witness.progress(Stage::Clients, 0, total);
    loop {
        let which = Which::Range { center, first, last, limit: CLIENTS };
        let clients = candidates::read(db.read(), which).await?;
        let count = clients.len();
        let end = clients.last().map(|client| client.record.id);
        if sender.send(clients).await.is_err() {
            break;
        }
        done += count as u64;
        witness.progress(Stage::Clients, done.min(total), total);
        match end.filter(|_| count as i64 == CLIENTS) {
            Some(end) => first = Uuid::from_u128(end.saturating_add(1)),
            None => break,
        }
    }
    drop(sender);
    build.await.map_err(|error| Error::Db(DbErr::Custom(error.to_string())))
}

impl Names {
    /// Keeps the name of a client, which come in the order of their ids.
    fn keep(&mut self, client: Reading) -> ClientRecord {
        let start = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        self.starts.push((Uuid::from_u128(client.record.id), start));
        self.texts.push_str(client.code.as_deref().unwrap_or_default());
        self.texts.push('\t');
        self.texts.push_str(&client.full_name);
        client.record
    }

    fn text(&self, id: Uuid) -> Option<(&str, &str)> {
        let at = self.starts.binary_search_by_key(&id, |(id, _)| *id).ok()?;
        let start = self.starts[at].1 as usize;
        let end = self.starts.get(at + 1).map_or(self.texts.len(), |(_, next)| *next as usize);
        self.texts.get(start..end)?.split_once('\t')
    }

    fn code(&self, id: Uuid) -> String {
        let code = self.text(id).map(|(code, _)| code).filter(|code| !code.is_empty());
        code.map_or_else(|| id.to_string(), str::to_owned)
    }

    fn name(&self, id: Uuid) -> Option<String> {
        self.text(id).map(|(_, name)| name.to_owned())
    }

    fn codes(&self, candidates: &[StoredCandidate]) -> Vec<String> {
        candidates.iter().map(|candidate| self.code(candidate.id)).collect()
    }

    /// An order looked at.
    pub(super) fn outcome(&self, one: &Weighed) -> Outcome {
        Outcome {
            number: one.order.number.clone(),
            client_name: one.order.client_name.clone(),
            state: one.link.state,
            method: one.link.method.map(str::to_owned),
            score: one.link.score,
            client: one.link.client.map(|id| self.code(id)),
            linked_name: one.link.candidates.first().and_then(|first| self.name(first.id)),
            why: one.link.why.as_ref().map(|why| why.key.clone()),
            candidates: self.codes(&one.link.candidates),
            is_looked_at: true,
            is_changed: one.is_changed,
        }
    }

    /// An order left as it is.
    pub(super) fn kept(&self, order: &Order) -> Outcome {
        let mut codes = self.codes(&order.candidates());
        if let Some(client) = order.client_id.filter(|_| codes.is_empty()) {
            codes.push(self.code(client));
        }
        Outcome {
            number: order.number.clone(),
            client_name: order.client_name.clone(),
            state: LinkState::parse(&order.link_state).unwrap_or(LinkState::Unlinked),
            method: order.link_method.clone(),
            score: order.link_score,
            client: order.client_id.map(|id| self.code(id)),
            linked_name: order.client_id.and_then(|id| self.name(id)),
            why: order.why().map(|why| why.key),
            candidates: codes,
            is_looked_at: false,
            is_changed: false,
        }
    }
}
