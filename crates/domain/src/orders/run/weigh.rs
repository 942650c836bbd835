//! A page of orders, weighed on all processors.

use std::collections::HashMap;
use std::sync::Arc;

use sea_orm::DbErr;

use super::super::Order;
use super::super::decisions::Memory;
use super::super::examine::Decided;
use super::super::link::Link;
use super::{Options, Page};
use crate::error::{Error, Result};
use crate::linking::{Matcher, OrderRecord};

/// What orders are weighed with.
pub(super) struct Scales {
    pub(super) options: Options,
    pub(super) matcher: Matcher,
    pub(super) memories: HashMap<String, Memory>,
}

/// An order's link as it will be.
pub(super) struct Weighed {
    pub(super) order: Order,
    pub(super) link: Link,
    pub(super) decided: Decided,
    /// Whether the order stands otherwise.
    pub(super) is_changed: bool,
}

impl Weighed {
    pub(super) fn has_moved(&self) -> bool {
        self.order.client_id != self.link.client
    }

    pub(super) fn is_first_link(&self) -> bool {
        self.order.client_id.is_none() && self.link.client.is_some()
    }
}

impl Scales {
    /// Weighs those of `orders` that are to be looked at.
    pub(super) async fn page(self: Arc<Self>, orders: Vec<Order>) -> Result<Page> {
        let (asked, left) = orders.into_iter().partition(|order| self.is_asked(order));
        let weighed = tokio::task::spawn_blocking(move || self.weigh(asked));
        let weighed = weighed.await.map_err(|error| Error::Db(DbErr::Custom(error.to_string())))?;
        Ok(Page { left, weighed })
    }

    fn is_asked(&self, order: &Order) -> bool {
        let is_open = order.link_state != "linked" || self.options.force;
        order.is_waiting || (is_open && !order.is_decided())
    }

    fn weigh(&self, orders: Vec<Order>) -> Vec<Weighed> {
        let records: Vec<OrderRecord> = orders.iter().map(Order::record).collect();
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let decisions = self.matcher.decide_all(&records, threads);
        let pairs = orders.into_iter().zip(decisions);
        pairs
            .map(|(order, decision)| {
                let found = Link::of(&decision);
                let memory = self.memories.get(&order.evidence);
                let remembered = memory.and_then(|memory| {
                    let link = memory.applied(&found)?;
                    Some((link, Some((memory.decided_by, memory.decided_at))))
                });
                let (link, decided) = remembered.unwrap_or((found, None));
                let is_changed = !link.is_same(&order);
                Weighed { order, link, decided, is_changed }
            })
            .collect()
    }
}
