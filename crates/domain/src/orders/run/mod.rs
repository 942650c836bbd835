//! Linking the orders of a centre all at once: its clients in memory, its orders page by page.
//!
//! Three things go on at a time: pages are read ahead, weighed, and written. Nothing is locked
//! while a page waits; before a batch is written, it is made sure that nobody changed its orders
//! meanwhile, and if someone did it is read and weighed again under the lock.

mod people;
mod weigh;
mod write;

use std::collections::HashMap;
use std::sync::Arc;

use base::db::{Db, Sql};
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbErr};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::decisions::{self, Memory};
pub use super::witness::{Outcome, Silent, Stage, Witness};
use super::{Order, queries, settings};
use crate::actor::Actor;
use crate::error::{Error, Result};
use crate::linking::Policy;
use weigh::{Scales, Weighed};
use write::Batch;

/// Orders read and weighed at once.
const PAGE: i64 = 5_000;
/// Pages written in one transaction: the index pages that scattered rows touch are then written
/// once for many of them.
const PAGES: usize = 10;
/// In a run over no more orders than this each link is a fact of its own; in a larger one the first
/// links of a page are told as one, which every order it speaks of names. A million facts would
/// take half as long again as linking the orders.
const TOLD: u64 = 100_000;
/// What the writer may keep in memory meanwhile, in megabytes.
const KEPT: u32 = 500;

/// How to go about it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Say, and change nothing.
    pub dry_run: bool,
    /// Also look again at orders that the rules have linked. What a person decided stays.
    pub force: bool,
    /// Only orders that wait for it.
    pub only_waiting: bool,
    /// Tell the [`Witness`] about every order, those left alone too.
    pub tell_all: bool,
}

/// Links the orders of `center`.
///
/// # Errors
/// [`Error::Forbidden`] for all but those who lead people; the engine's. What was done stays done.
pub async fn link_all(
    db: &Db,
    actor: &Actor,
    center: Uuid,
    options: Options,
    witness: &mut impl Witness,
    now: DateTime<Utc>,
) -> Result<()> {
    actor.require(actor.leads_people() && actor.reaches(center))?;
    let house = queries::house(db.read(), center).await?.ok_or(Error::NotFound)?;
    let rules = settings::of(db.read(), center).await?;
    let policy = Policy { region: house.region, is_bold: rules.is_bold };
    let people = people::read(db, center, policy, witness).await?;
    let memories: HashMap<String, Memory> = decisions::recall_all(db.read(), center)
        .await?
        .into_iter()
        .map(|memory| (memory.evidence.clone(), memory))
        .collect();
    let scales = Arc::new(Scales { options, matcher: people.matcher, memories });
    let total = total(db, center, options).await?;
    let tells_each = total <= TOLD;
    let run = Run { db, center, options, total, tells_each, names: people.names, scales, now };
    // Jobs run beside people at work and must not keep them waiting; a command may for a second.
    let pages = if options.only_waiting { 1 } else { PAGES };
    let is_wide = !options.only_waiting && !options.dry_run;
    if is_wide {
        db.keep_pages(Some(KEPT)).await?;
    }
    let result = run.work(pages, witness).await;
    if is_wide {
        db.keep_pages(None).await?;
    }
    result
}

struct Run<'a> {
    db: &'a Db,
    center: Uuid,
    options: Options,
    total: u64,
    tells_each: bool,
    names: people::Names,
    scales: Arc<Scales>,
    now: DateTime<Utc>,
}

/// Orders read at once, and what becomes of those looked at.
struct Page {
    left: Vec<Order>,
    weighed: Vec<Weighed>,
}

impl Run<'_> {
    /// Gathers one batch while the one before it is written.
    async fn work(&self, pages: usize, witness: &mut impl Witness) -> Result<()> {
        let total = self.total;
        witness.progress(Stage::Orders, 0, total);
        let mut ahead = self.read_ahead();
        let mut done = 0;
        let mut next = self.gather(&mut ahead, pages, witness).await?;
        while let Some(batch) = next {
            let (written, gathered) =
                tokio::join!(self.write(&batch), self.gather(&mut ahead, pages, witness));
            written?;
            next = gathered?;
            done += batch.seen();
            witness.progress(Stage::Orders, done.min(total), total);
        }
        Ok(())
    }

    /// The next batch; `None` when no order is left.
    async fn gather(
        &self,
        ahead: &mut mpsc::Receiver<Result<Page>>,
        pages: usize,
        witness: &mut impl Witness,
    ) -> Result<Option<Batch>> {
        let mut batch = Batch::new(self.tells_each);
        while batch.pages() < pages
            && let Some(page) = ahead.recv().await.transpose()?
        {
            self.tell(&page, witness);
            batch.add(page, self.now);
        }
        Ok((batch.pages() > 0).then_some(batch))
    }

    /// Pages as they are read and weighed beside whoever asks for them.
    fn read_ahead(&self) -> mpsc::Receiver<Result<Page>> {
        let (reads, mut orders) = mpsc::channel(1);
        let (db, center, options) = (self.db.clone(), self.center, self.options);
        tokio::spawn(async move {
            let mut after = 0;
            loop {
                let page = read(db.read(), center, options, after, i64::MAX).await;
                let last = page.as_ref().ok().and_then(|page| Some(page.last()?.seq));
                if reads.send(page).await.is_err() {
                    return;
                }
                match last {
                    Some(last) => after = last,
                    None => return,
                }
            }
        });
        let (weighs, pages) = mpsc::channel(1);
        let scales = self.scales.clone();
        tokio::spawn(async move {
            while let Some(orders) = orders.recv().await {
                let page = match orders {
                    Ok(orders) if orders.is_empty() => return,
                    Ok(orders) => scales.clone().page(orders).await,
                    Err(error) => Err(error.into()),
                };
                if weighs.send(page).await.is_err() {
                    return;
                }
            }
        });
        pages
    }

    fn tell(&self, page: &Page, witness: &mut impl Witness) {
        if self.options.only_waiting {
            return;
        }
        if self.options.tell_all {
            page.left.iter().for_each(|order| witness.outcome(self.names.kept(order)));
        }
        page.weighed.iter().for_each(|one| witness.outcome(self.names.outcome(one)));
    }
}

async fn total(db: &Db, center: Uuid, options: Options) -> Result<u64> {
    let waiting = if options.only_waiting { " AND is_waiting" } else { "" };
    let sql = format!("SELECT COUNT(*) FROM orders WHERE call_center_id = $1{waiting}");
    let count: Option<i64> = Sql::with(sql, [center.into()]).scalar(db.read()).await?;
    Ok(u64::try_from(count.unwrap_or(0)).unwrap_or(0))
}

/// The next page of the orders that are to be looked at or told of, up to number `last`.
async fn read(
    conn: &impl ConnectionTrait,
    center: Uuid,
    options: Options,
    after: i64,
    last: i64,
) -> Result<Vec<Order>, DbErr> {
    let mut sql = Sql::new(format!("SELECT {} FROM orders o", queries::ALONE));
    push_which(&mut sql, center, options, after, last);
    sql.push(" ORDER BY o.seq LIMIT ").bind(PAGE);
    sql.all(conn).await
}

/// Which orders of a centre, from after a number to another.
fn push_which(sql: &mut Sql, center: Uuid, options: Options, after: i64, last: i64) {
    sql.push(" WHERE o.seq > ").bind(after).push(" AND o.seq <= ").bind(last);
    if options.only_waiting {
        sql.push(" AND o.is_waiting AND o.call_center_id = ").bind(center);
        return;
    }
    // `IS TRUE` keeps SQLite from gathering a centre's million orders to sort them for each page.
    sql.push(" AND (o.call_center_id = ").bind(center).push(") IS TRUE");
    if !options.tell_all && !options.force {
        sql.push(" AND (o.link_state <> 'linked' OR o.is_waiting)");
    }
}

/// The centres that have orders to link.
///
/// # Errors
/// The engine's.
pub async fn centers(conn: &impl ConnectionTrait) -> Result<Vec<Uuid>, DbErr> {
    Sql::new("SELECT id FROM call_centers ORDER BY name, id").column(conn).await
}
