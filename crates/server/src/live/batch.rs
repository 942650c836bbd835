use std::collections::HashMap;

use bytes::Bytes;
use domain::events::{self, Fact};
use domain::{Actor, Role};
use uuid::Uuid;

/// Whom a stream speaks to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Audience {
    /// Everything.
    Everyone,
    /// What happens in one centre.
    Center(Uuid),
    /// Someone who sees neither clients nor alerts: nothing yet concerns them.
    Nobody,
}

impl Audience {
    pub(super) fn of(actor: &Actor) -> Self {
        match (actor.role, actor.call_center_id) {
            (Role::SuperAdmin, _) => Self::Everyone,
            (_, Some(center)) if actor.works_with_clients() => Self::Center(center),
            _ => Self::Nobody,
        }
    }

    fn hears(self, fact: &Fact) -> bool {
        match self {
            Self::Everyone => true,
            Self::Center(center) => fact.call_center_id == Some(center),
            Self::Nobody => false,
        }
    }
}

/// News for every stream, written once for all who hear the same.
#[derive(Debug)]
pub(super) struct Batch {
    /// The number of its last event.
    pub(super) to: i64,
    everyone: Option<Bytes>,
    centers: HashMap<Uuid, Bytes>,
    /// What every audience hears.
    reset: Option<Bytes>,
}

impl Batch {
    /// The news of these facts, which follow each other.
    pub(super) fn of(facts: &[Fact]) -> Self {
        let mut centers: Vec<Uuid> = facts.iter().filter_map(|f| f.call_center_id).collect();
        centers.sort_unstable();
        centers.dedup();
        let centers = centers
            .into_iter()
            .filter_map(|id| Some((id, refresh(facts, Audience::Center(id))?)))
            .collect();
        Self {
            to: facts.last().map_or(0, |fact| fact.seq),
            everyone: refresh(facts, Audience::Everyone),
            centers,
            reset: None,
        }
    }

    /// Too much happened to tell one by one: everyone looks again.
    pub(super) fn reset(to: i64) -> Self {
        Self { to, everyone: None, centers: HashMap::new(), reset: Some(reset(to)) }
    }

    /// What that audience is told; `None`: nothing concerns it.
    pub(super) fn frame(&self, audience: Audience) -> Option<Bytes> {
        if self.reset.is_some() {
            return self.reset.clone();
        }
        match audience {
            Audience::Everyone => self.everyone.clone(),
            Audience::Center(id) => self.centers.get(&id).cloned(),
            Audience::Nobody => None,
        }
    }
}

/// One `refresh` event for all of `facts` that `audience` hears, numbered as the last of them.
pub(super) fn refresh(facts: &[Fact], audience: Audience) -> Option<Bytes> {
    let heard = || facts.iter().filter(|fact| audience.hears(fact));
    let seq = heard().next_back()?.seq;
    let topics = events::topics(heard().map(|f| (f.subject_kind.as_str(), f.client_id)));
    Some(frame("refresh", seq, &serde_json::json!({ "topics": topics })))
}

/// The `reset` event: what came before `seq` was not told.
pub(super) fn reset(seq: i64) -> Bytes {
    frame("reset", seq, &serde_json::json!({}))
}

fn frame(event: &str, id: i64, data: &serde_json::Value) -> Bytes {
    format!("event: {event}\nid: {id}\ndata: {data}\n\n").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fact(seq: i64, center: Option<Uuid>) -> Fact {
        Fact {
            seq,
            kind: "client.updated".into(),
            call_center_id: center,
            subject_kind: "client".into(),
            subject_id: Uuid::nil(),
            client_id: Some(Uuid::nil()),
        }
    }

    #[test]
    fn a_centre_hears_its_own_events_only_and_the_number_of_its_last() {
        let (here, there) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let batch = Batch::of(&[fact(4, Some(here)), fact(5, Some(there)), fact(6, None)]);
        let text = |audience| batch.frame(audience).map(|b| String::from_utf8(b.to_vec()).unwrap());
        assert!(text(Audience::Center(here)).unwrap().contains("id: 4\n"));
        assert!(text(Audience::Everyone).unwrap().contains("id: 6\n"));
        assert_eq!(text(Audience::Center(Uuid::nil())), None);
        assert_eq!(text(Audience::Nobody), None);
    }
}
