use std::collections::HashMap;

use bytes::Bytes;
use domain::events::{self, Fact};
use domain::{Actor, Role};
use uuid::Uuid;

/// News for every stream, written once for all who hear the same.
#[derive(Debug)]
pub(super) struct Batch {
    /// The number of its last event.
    pub(super) to: i64,
    facts: Vec<Fact>,
    everyone: Option<Bytes>,
    /// What those who see all of a centre hear.
    centers: HashMap<Uuid, Bytes>,
    /// What everyone hears.
    reset: Option<Bytes>,
}

impl Batch {
    /// The news of these facts, which follow each other.
    pub(super) fn of(facts: Vec<Fact>) -> Self {
        let mut centers: Vec<Uuid> = facts.iter().filter_map(|f| f.call_center_id).collect();
        centers.sort_unstable();
        centers.dedup();
        let all_of = |id| Actor { user_id: None, role: Role::Owner, call_center_id: Some(id) };
        let centers = centers
            .into_iter()
            .filter_map(|id| Some((id, refresh(&facts, &all_of(id))?)))
            .collect();
        Self {
            to: facts.last().map_or(0, |fact| fact.seq),
            everyone: refresh(&facts, &Actor::system()),
            centers,
            reset: None,
            facts,
        }
    }

    /// Too much happened to tell one by one: everyone looks again.
    pub(super) fn reset(to: i64) -> Self {
        let reset = Some(reset(to));
        Self { to, facts: Vec::new(), everyone: None, centers: HashMap::new(), reset }
    }

    /// What `actor` is told; `None`: nothing concerns them.
    pub(super) fn frame(&self, actor: &Actor) -> Option<Bytes> {
        if self.reset.is_some() {
            return self.reset.clone();
        }
        if actor.role == Role::SuperAdmin {
            return self.everyone.clone();
        }
        let center = actor.call_center_id.filter(|_| actor.works_with_clients())?;
        if actor.is_admin() || !self.facts.iter().any(Fact::is_work) {
            return self.centers.get(&center).cloned();
        }
        // What they may not see is not told either.
        refresh(&self.facts, actor)
    }
}

/// One `refresh` event for all of `facts` that concern `actor`, numbered as the last of them.
pub(super) fn refresh(facts: &[Fact], actor: &Actor) -> Option<Bytes> {
    let heard: Vec<&Fact> = facts.iter().filter(|fact| fact.concerns(actor)).collect();
    let seq = heard.last()?.seq;
    let topics = events::topics(heard.iter().map(|f| (f.subject_kind.as_str(), f.client_id)));
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
            assigned_to: None,
            created_by: None,
            supervisor_id: None,
            data: None,
        }
    }

    #[test]
    fn a_centre_hears_its_own_events_only_and_the_number_of_its_last() {
        let (here, there) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let batch = Batch::of(vec![fact(4, Some(here)), fact(5, Some(there)), fact(6, None)]);
        let text =
            |actor: Actor| batch.frame(&actor).map(|b| String::from_utf8(b.to_vec()).unwrap());
        let actor = |role, center| Actor { user_id: None, role, call_center_id: Some(center) };
        assert!(text(actor(Role::Agent, here)).unwrap().contains("id: 4\n"));
        assert!(text(Actor::system()).unwrap().contains("id: 6\n"));
        assert_eq!(text(actor(Role::Owner, Uuid::nil())), None);
        assert_eq!(text(actor(Role::Technician, here)), None);
    }
}
