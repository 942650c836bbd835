//! The matcher as a shop assistant would check it, its properties, and its score.

use super::{ClientId, ClientRecord, Decision, Matcher, OrderRecord, Policy, Reason, State};

mod properties;
mod rules;
mod score;

fn client(id: ClientId, full_name: &str, email: &str, phone: &str) -> ClientRecord {
    ClientRecord {
        id,
        full_name: full_name.to_owned(),
        emails: vec![email.to_owned()],
        phones: vec![phone.to_owned()],
        ..ClientRecord::default()
    }
}

fn order(name: &str, email: &str, phone: &str) -> OrderRecord {
    OrderRecord { name: name.to_owned(), email: email.to_owned(), phone: phone.to_owned() }
}

/// A centre with a family (3 and 4), homonyms (1 and 2), and a woman who may marry (5).
fn centre() -> Vec<ClientRecord> {
    vec![
        client(1, "Mamadou Diop", "mamadou.diop12@gmail.com", "+221775124011"),
        client(2, "Mamadou Diop", "mdiop77@yahoo.fr", "78 301 22 40"),
        client(3, "Claire Lefèvre", "", "06 12 34 56 78"),
        client(4, "Jules Lefèvre", "jules.lefevre@orange.fr", "06 12 34 56 78"),
        client(5, "Anne-Sophie de Bodart", "as.debodart@free.fr", "+33 6 98 76 54 32"),
        client(6, "Kouassi N'Guessan", "kouassi_nguessan@icloud.com", "+225 07 08 09 10 11"),
        client(7, "Ibrahima Ndiaye", "ibrahima.ndiaye34@hotmail.fr", ""),
    ]
}

fn ask(name: &str, email: &str, phone: &str) -> Decision {
    Matcher::build(centre(), Policy::default()).decide(&order(name, email, phone))
}

fn is_linked(to: ClientId, name: &str, email: &str, phone: &str) {
    let decision = ask(name, email, phone);
    assert_eq!(decision.linked_to(), Some(to), "{name} | {email} | {phone}: {decision:#?}");
}

fn is_reviewed(first: ClientId, reason: Reason, name: &str, email: &str, phone: &str) {
    let decision = ask(name, email, phone);
    let answer = (decision.state, decision.reason, decision.candidates.first().map(|one| one.id));
    let expected = (State::Review, Some(reason), Some(first));
    assert_eq!(answer, expected, "{name} | {email} | {phone}: {decision:#?}");
}
