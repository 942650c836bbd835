//! Each rule by an order or two.

use super::*;

#[test]
fn an_exact_contact_with_the_name_links() {
    is_linked(1, "Mamadou Diop", "Mamadou.Diop12 @GMAIL.com ", "");
    is_linked(1, "Mamadou Diop", "", "77 512 40 11");
    is_linked(2, "DIOP Mamadou", "", "00221 78 301 22 40");
    is_linked(3, "Mme Lefevre Claire", "", "+33(0)6.12.34.56.78");
    is_linked(6, "M. NGUESSAN Kouassi", "", "0708091011");
}

#[test]
fn names_are_read_however_they_are_written() {
    let email = "as.debodart@free.fr";
    for name in [
        "Anne-Sophie de Bodart",
        "anne sophie bodart",
        "Mlle DEBODART Anne Sophie",
        "Annesophie De-Bodart",
        "Anne Sohpie de Bodart",
        "A. de Bodart",
        "A.-S. de Bodart",
        "Anne de Bodart",
        "Mme de Bodart",
        "",
    ] {
        is_linked(5, name, email, "");
    }
    for name in ["Ibrahima N'Diaye", "Dr N Diaye Ibrahima", "Ibrahima Diaye", "I Ndiaye"] {
        is_linked(7, name, "ibrahima.ndiaye34@hotmail.fr", "");
    }
}

#[test]
fn three_words_and_more_are_read_in_any_order() {
    let names = ["Diop Mamadou Lamine", "Carmela Corbat-de Dardel"];
    let linked = |of: usize, asked: &str| {
        let known = client(1, names[of], "", "0611223344");
        let matcher = Matcher::build([known], Policy::default());
        matcher.decide(&order(asked, "", "0611223344")).linked_to()
    };
    for asked in ["Mamadou Lamine Diop", "DIOP Mamadou Lamine", "Lamine Diop Mamadou"] {
        assert_eq!(linked(0, asked), Some(1), "{asked}");
    }
    for asked in ["Corbat-de Dardel Carmela", "Carmela Corbat de Dardel", "Corbat Carmela"] {
        assert_eq!(linked(1, asked), Some(1), "{asked}");
    }
    assert_eq!(linked(0, "Mamadou Awa Diop"), None);
}

#[test]
fn a_part_of_the_phone_or_a_wrong_digit_needs_both_names() {
    is_linked(5, "Anne-Sophie de Bodart", "", "98765432");
    is_linked(5, "Anne-Sophie de Bodart", "", "0698765");
    is_linked(5, "Anne-Sophie de Bodart", "", "06 98 76 54 23");
    is_linked(5, "Anne-Sophie de Bodart", "", "06 98 76 53 32");
    is_linked(5, "A. de Bodart", "", "06 98 76 53 32");
    // Ten digits of which two are zeros before: its start, were it the start of anyone's.
    assert_eq!(ask("Anne-Sophie de Bodart", "", "0012345678").state, State::Review);
    is_reviewed(5, Reason::ContactWithoutName, "Mme de Bodart", "", "98765432");
    assert_eq!(ask("Paul Martin", "", "06 98 76 53 32").state, State::Unlinked);
}

#[test]
fn an_address_mistyped_needs_the_same_names() {
    is_linked(1, "Mamadou Diop", "mamadou.diop12@gmial.com", "");
    is_linked(1, "Mamadou Diop", "mamdou.diop12@gmail.com", "");
    // Another number is another mailbox.
    let decision = ask("Mamadou Diop", "mamadou.diop13@gmail.com", "");
    assert_eq!(decision.state, State::Review);
}

#[test]
fn a_married_name_links_by_the_address() {
    is_linked(5, "Anne-Sophie Martin", "as.debodart@free.fr", "");
}

#[test]
fn a_name_alone_is_reviewed_or_links_in_a_bold_centre_when_only_one_bears_it() {
    is_reviewed(6, Reason::NameAlone, "Kouassi N'Guessan", "", "");
    is_reviewed(1, Reason::NameAlone, "Mamadou Diop", "", "");
    let bold = Matcher::build(centre(), Policy { is_bold: true, ..Policy::default() });
    let linked = |name| bold.decide(&order(name, "", "")).linked_to();
    assert_eq!(linked("Nguessan Kouasi"), Some(6));
    assert_eq!(linked("Mamadou Diop"), None, "two bear it");
    assert_eq!(linked("Lefèvre"), None, "half a name");
}

#[test]
fn a_family_is_told_apart_by_the_given_name_or_not_at_all() {
    is_linked(4, "Jules Lefèvre", "", "0612345678");
    is_linked(3, "Claire Lefèvre", "", "0612345678");
    is_reviewed(3, Reason::ContactWithoutName, "Mme Lefèvre", "", "0612345678");
    is_reviewed(3, Reason::ContactWithoutName, "", "", "0612345678");
    is_reviewed(3, Reason::AnotherGivenName, "Hugo Lefèvre", "", "0612345678");
    // The son's address and the house's phone: the phone is his mother's too.
    is_linked(4, "Jules Lefèvre", "jules.lefevre@orange.fr", "0612345678");
}

/// The centre with two more of the Lefèvres: Jean, of whom only an e-mail is known, and Colette, of
/// whom `phone` is.
fn ask_the_lefevres(phone: &str, name: &str, email: &str) -> Decision {
    let mut clients = centre();
    clients.push(client(8, "Jean Lefèvre", "jean.lefevre@free.fr", ""));
    clients.push(client(9, "Colette Lefèvre", "colette@free.fr", phone));
    Matcher::build(clients, Policy::default()).decide(&order(name, email, "0612345678"))
}

#[test]
fn the_phone_of_a_household_does_not_contradict_the_address_of_one_of_it() {
    let decision = ask_the_lefevres("0711223344", "Jean Lefèvre", "jean.lefevre@free.fr");
    assert_eq!(decision.linked_to(), Some(8));
    // Colette has a phone of her own, so that this one says something.
    let decision = ask_the_lefevres("0711223344", "Colette Lefèvre", "colette@free.fr");
    assert!(matches!(decision.reason, Some(Reason::ContactOfAnother { .. })), "{decision:#?}");
}

#[test]
fn an_address_says_who_of_the_household_ordered_when_the_others_have_theirs() {
    let ask = |claires: &str| {
        let mut clients = centre();
        clients[2] = client(3, "Claire Lefèvre", claires, "06 12 34 56 78");
        let matcher = Matcher::build(clients, Policy::default());
        matcher.decide(&order("", "jules.lefevre@orange.fr", "0612345678"))
    };
    assert_eq!(ask("").reason, Some(Reason::SeveralFit { count: 2 }));
    assert_eq!(ask("claire@free.fr").linked_to(), Some(4));
}

#[test]
fn an_initial_is_not_enough_where_another_may_share_the_phone() {
    let decision = ask_the_lefevres("", "C. Lefèvre", "");
    assert_eq!(decision.reason, Some(Reason::SeveralFit { count: 2 }), "{decision:#?}");
    assert_eq!(ask_the_lefevres("0711223344", "C. Lefèvre", "").linked_to(), Some(3));
}

#[test]
fn a_relative_with_the_address_of_a_client_does_not_link() {
    is_reviewed(1, Reason::AnotherGivenName, "Fatou Diop", "mamadou.diop12@gmail.com", "");
    let email = "mamadou.diop12@gmail.com";
    is_reviewed(1, Reason::AnotherGivenName, "Fatou Diop", email, "+221775124011");
}

#[test]
fn a_number_given_to_someone_else_is_reviewed() {
    is_reviewed(1, Reason::AnotherName, "Paul Martin", "", "+221775124011");
}

#[test]
fn contacts_of_two_clients_contradict_each_other() {
    let reason = Reason::ContactOfAnother { other: 6 };
    is_reviewed(1, reason, "Mamadou Diop", "mamadou.diop12@gmail.com", "+2250708091011");
    let decision = ask("", "mamadou.diop12@gmail.com", "+2250708091011");
    assert_eq!((decision.state, decision.candidates.len()), (State::Review, 2));
}

#[test]
fn a_contact_of_one_and_the_exact_name_of_another_is_reviewed() {
    let mut clients = centre();
    clients.push(client(8, "Anne de Bodart", "", ""));
    let matcher = Matcher::build(clients, Policy::default());
    let decision = matcher.decide(&order("Anne de Bodart", "as.debodart@free.fr", ""));
    let answer = (decision.state, decision.reason);
    assert_eq!(answer, (State::Review, Some(Reason::NameOfAnother { other: 8 })));
}

#[test]
fn a_part_of_a_name_stays_its_bearers_when_the_other_who_bears_it_has_another_address() {
    let mut clients = centre();
    clients.push(client(8, "Anne de Bodart", "anne8@free.fr", ""));
    let matcher = Matcher::build(clients, Policy::default());
    let linked = |name| matcher.decide(&order(name, "as.debodart@free.fr", "")).linked_to();
    assert_eq!(linked("Anne de Bodart"), Some(5));
}

#[test]
fn a_similar_name_alone_is_nobodys() {
    assert_eq!(ask("Ibra Ndiaye", "", "").state, State::Unlinked);
    assert_eq!(ask("Ibrahma Ndiaye", "", "").state, State::Review);
}

#[test]
fn a_given_name_others_bear_is_not_a_typing_error() {
    let clients =
        [client(1, "Aminata Sow", "", "0611223344"), client(2, "Aminatou Ba", "", "0699887766")];
    let matcher = Matcher::build(clients, Policy::default());
    let state = |name| matcher.decide(&order(name, "", "0611223344")).state;
    assert_eq!(state("Aminta Sow"), State::Linked);
    assert_eq!(state("Aminatou Sow"), State::Review);
}

#[test]
fn the_address_of_the_order_may_say_who_in_the_household_ordered() {
    is_linked(3, "Mme Lefèvre", "claire.lefevre3@gmail.com", "0612345678");
    let decision = ask("C. Lefèvre", "camille.lefevre@gmail.com", "0612345678");
    assert_eq!(decision.state, State::Review);
}

#[test]
fn an_address_of_the_household_does_not_say_who_ordered() {
    let known = [
        client(1, "Bryan Mace", "ariane_mace76@gmail.com", ""),
        client(2, "Jean-Pierre Faye", "jean.faye@gmail.com", ""),
    ];
    let matcher = Matcher::build(known, Policy::default());
    let linked = |name, email| matcher.decide(&order(name, email, "")).linked_to();
    assert_eq!(linked("", "ariane_mace76@gmail.com"), None);
    assert_eq!(linked("Mme Mace", "ariane_mace76@gmail.com"), None);
    assert_eq!(linked("Bryan Mace", "ariane_mace76@gmail.com"), Some(1));
    assert_eq!(linked("", "jean.faye@gmail.com"), Some(2));
}

#[test]
fn fillers_say_nothing() {
    for phone in ["0", "n/a", "0000000000", "-", "+33", "06"] {
        assert_eq!(ask("", "", phone).state, State::Unlinked, "{phone}");
    }
    assert_eq!(ask("Mme", " @ ", "").state, State::Unlinked);
}

#[test]
fn a_company_is_found_by_its_name() {
    let company = ClientRecord {
        company: "Établissements Baobab SARL".to_owned(),
        ..client(9, "Awa Fall", "", "+221338219900")
    };
    let matcher = Matcher::build([company], Policy::default());
    assert_eq!(matcher.decide(&order("BAOBAB", "", "338219900")).linked_to(), Some(9));
}

#[test]
fn a_change_of_one_client_is_as_good_as_a_build() {
    let mut matcher = Matcher::build(centre(), Policy::default());
    let moved = client(3, "Claire Lefèvre", "", "07 11 22 33 44");
    matcher.put(&moved);
    matcher.remove(1);
    matcher.put(&client(10, "Awa Fall", "awa@fall.sn", ""));
    assert_eq!(matcher.len(), 7);
    let linked = |name, email, phone| matcher.decide(&order(name, email, phone)).linked_to();
    assert_eq!(linked("Claire Lefèvre", "", "0711223344"), Some(3));
    assert_eq!(linked("Claire Lefèvre", "", "0612345678"), None);
    assert_eq!(linked("Mamadou Diop", "mamadou.diop12@gmail.com", ""), None);
    assert_eq!(linked("Awa Fall", "awa@fall.sn", ""), Some(10));
    let mut clients: Vec<_> =
        centre().into_iter().filter(|one| one.id != 1 && one.id != 3).collect();
    clients.extend([moved, client(10, "Awa Fall", "awa@fall.sn", "")]);
    let rebuilt = Matcher::build(clients, Policy::default());
    for asked in ["Mamadou Diop", "Claire Lefèvre", "Jules Lefèvre", "Fall"] {
        let asked = order(asked, "", "0612345678");
        assert_eq!(matcher.decide(&asked), rebuilt.decide(&asked));
    }
}
