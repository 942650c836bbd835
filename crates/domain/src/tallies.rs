//! Figures above a list, told again as long as nothing happened: the same list is asked for again
//! and again by everyone who works in it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use crate::error::Result;

/// How long they may be told again: days end, and orders come up for review, without any event.
const FRESH: TimeDelta = TimeDelta::seconds(5);

/// Most kept; past it, all are forgotten.
const MOST: usize = 2_000;

/// Figures by who sees them and which rows they are of.
#[derive(Debug)]
pub struct Tallies<T> {
    kept: Mutex<HashMap<String, Kept<T>>>,
}

#[derive(Debug)]
struct Kept<T> {
    seq: i64,
    at: DateTime<Utc>,
    value: T,
}

impl<T> Default for Tallies<T> {
    fn default() -> Self {
        Self { kept: Mutex::default() }
    }
}

impl<T: Clone> Tallies<T> {
    /// What is kept under `key` as of event number `seq`, or what `count` says. The key names
    /// everything the figures depend on: whoever has the same key sees the same.
    ///
    /// # Errors
    /// Those of `count`.
    pub async fn tell(
        &self,
        key: String,
        seq: i64,
        now: DateTime<Utc>,
        count: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        if let Some(value) = self.kept(&key, seq, now) {
            return Ok(value);
        }
        let value = count.await?;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST {
            kept.clear();
        }
        kept.insert(key, Kept { seq, at: now, value: value.clone() });
        Ok(value)
    }

    fn kept(&self, key: &str, seq: i64, now: DateTime<Utc>) -> Option<T> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.get(key)?;
        let age = now - found.at;
        let fresh = found.seq == seq && age >= TimeDelta::zero() && age < FRESH;
        fresh.then(|| found.value.clone())
    }
}
