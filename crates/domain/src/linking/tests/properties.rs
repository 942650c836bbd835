//! What holds for all clients and orders.

use proptest::prelude::*;

use super::*;

const GIVEN: [&str; 8] =
    ["Awa", "Aya", "Mamadou", "Jean-Pierre", "Jean", "Fatou", "Fatoumata", "Léa"];
const FAMILY: [&str; 7] = ["Diop", "N'Diaye", "Ndiaye", "de la Tour", "Martin", "Kouassi", "Dio"];
const EMAILS: [&str; 7] = [
    "",
    "awa.diop1@gmail.com",
    "AWA.diop1@gmail.com ",
    "awa.diop1@gmial.com",
    "martin@free.fr",
    "m.kouassi22@yahoo.fr",
    "m.kouasi22@yahoo.fr",
];
const PHONES: [&str; 8] = [
    "",
    "n/a",
    "0612345678",
    "+33 6 12 34 56 78",
    "0612345687",
    "12345678",
    "77 512 40 11",
    "+221775124011",
];

fn name() -> impl Strategy<Value = String> {
    let whole = (0..GIVEN.len(), 0..FAMILY.len(), 0..5u8).prop_map(|(given, family, form)| {
        let (given, family) = (GIVEN[given], FAMILY[family]);
        match form {
            0 => format!("{family} {given}"),
            1 => format!("M. {family}"),
            2 => format!("{} {family}", given.chars().next().unwrap_or('A')),
            _ => format!("{given} {family}"),
        }
    });
    prop_oneof![9 => whole, 1 => "[a-zéïA-Z' .-]{0,12}"]
}

fn order_record() -> impl Strategy<Value = OrderRecord> {
    (name(), prop::sample::select(&EMAILS[..]), prop::sample::select(&PHONES[..]))
        .prop_map(|(name, email, phone)| order(&name, email, phone))
}

fn clients() -> impl Strategy<Value = Vec<ClientRecord>> {
    prop::collection::vec(order_record(), 0..12).prop_map(|people| {
        let record =
            |(id, one): (ClientId, OrderRecord)| client(id, &one.name, &one.email, &one.phone);
        (1..).zip(people).map(record).collect()
    })
}

fn matcher(clients: &[ClientRecord]) -> Matcher {
    Matcher::build(clients.iter().cloned(), Policy::default())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_order_of_clients_does_not_matter(
        (sorted, shuffled) in clients().prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
        asked in order_record(),
    ) {
        prop_assert_eq!(matcher(&sorted).decide(&asked), matcher(&shuffled).decide(&asked));
    }

    #[test]
    fn an_unrelated_client_changes_nothing(all in clients(), asked in order_record()) {
        let before = matcher(&all).decide(&asked);
        let mut more = all.clone();
        more.push(client(99, "Zbigniew Wojciechowski", "zw@poczta.pl", "+48 512 345 600"));
        prop_assert_eq!(before, matcher(&more).decide(&asked));
    }

    #[test]
    fn an_order_has_at_most_one_link_and_it_is_the_first_candidate(
        all in clients(),
        asked in order_record(),
    ) {
        let decision = matcher(&all).decide(&asked);
        let mut ids: Vec<ClientId> = decision.candidates.iter().map(|one| one.id).collect();
        ids.sort_unstable();
        ids.dedup();
        prop_assert_eq!(ids.len(), decision.candidates.len());
        prop_assert!(decision.candidates.len() <= 5);
        prop_assert!(decision.candidates.is_sorted_by_key(|one| std::cmp::Reverse(one.score)));
        prop_assert_eq!(decision.state == State::Unlinked, decision.candidates.is_empty());
        let first = decision.candidates.first().map(|one| one.id);
        prop_assert_eq!(decision.linked_to(), first.filter(|_| decision.state == State::Linked));
    }

    #[test]
    fn changing_clients_one_by_one_is_as_good_as_a_build(
        first in clients(),
        then in clients(),
        gone in 0..12u128,
        asked in order_record(),
    ) {
        let mut changed = matcher(&first);
        then.iter().for_each(|one| changed.put(one));
        changed.remove(gone);
        let mut all: std::collections::BTreeMap<_, _> = first.iter().map(|one| (one.id, one)).collect();
        all.extend(then.iter().map(|one| (one.id, one)));
        all.remove(&gone);
        let all: Vec<ClientRecord> = all.into_values().cloned().collect();
        prop_assert_eq!(changed.decide(&asked), matcher(&all).decide(&asked));
    }

    #[test]
    fn nothing_typed_panics(name in "\\PC{0,90}", email in "\\PC{0,40}", phone in "\\PC{0,25}") {
        let mut all = vec![client(1, &name, &email, &phone)];
        all.push(ClientRecord { company: name.clone(), first_name: email.clone(), last_name: name.clone(), ..client(2, "", "", "") });
        matcher(&all).decide(&order(&name, &email, &phone));
    }
}
