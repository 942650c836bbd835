use super::*;
use proptest::prelude::*;

#[test]
fn folds_what_french_and_african_names_hold() {
    for (typed, folded) in [
        ("Élodie", "elodie"),
        ("N’Diaye", "n diaye"),
        ("N'DIAYE", "n diaye"),
        ("Nʼdiaye", "n diaye"),
        ("cœur SŒUR ÆGIR Straße ẞ", "coeur soeur aegir strasse ss"),
        ("Łukasz Đỗ Ørsted", "lukasz do orsted"),
        ("Ɓoubakar Ŋala", "boubakar nala"),
        ("İstanbul", "istanbul"),
        ("Jean‑Pierre – fils", "jean pierre fils"),
        ("co\u{AD}opérative", "cooperative"),
        ("№ 5 ½", "no 5 1 2"),
        ("  \t\n", ""),
        ("أحمدُ", "احمد"),
        ("李 小龙", "李 小龙"),
    ] {
        assert_eq!(fold(typed), folded, "{typed:?}");
    }
    assert_eq!(fold_keep(" Élo.D_ie+x‑y@Exemple.FR, N’D"), "elo.d_ie+x-y@exemple.fr n d");
}

#[test]
fn sorts_as_a_french_list() {
    let mut names = ["Zoé", "emma", "Élodie", "Eloi", "Œdipe", "odette"];
    names.sort_by_key(|name| sort_key(name));
    assert_eq!(names, ["Élodie", "Eloi", "emma", "odette", "Œdipe", "Zoé"]);
}

#[test]
fn pieces() {
    assert_eq!(grams("aaa").len(), 2, "aaa, and aa at the end");
    assert!(grams("é\nb").is_empty());
    assert!(query_pieces("é").is_empty() && query_pieces("").is_empty());
    assert_eq!(query_pieces("né"), ["né"]);
    assert_eq!(query_pieces("awas"), ["awa", "was"]);
    assert_eq!(Gram::all_of("awa").len(), 1);
    assert_eq!(Gram::all_of("aw").len(), 39);
    assert!(Gram::all_of("a").is_empty() && Gram::all_of("awas").is_empty());
    assert!(Gram::all_of("zz") < Gram::all_of("99"), "letters before digits");
}

#[test]
fn initials_are_two_at_most() {
    for (name, two) in [
        ("Awa N’Diaye", "AN"),
        ("jean de la fontaine", "JF"),
        ("Élodie", "É"),
        ("  (Ali)  'd ", "AD"),
        ("👍 !", ""),
        ("", ""),
    ] {
        assert_eq!(initials(name), two, "{name:?}");
    }
}

#[test]
fn digits_of_every_keyboard() {
    assert_eq!(digits("+33 (0)6.12"), "330612");
    assert_eq!(digits("٠٦ ۱۲ ３"), "06123");
}

#[test]
fn e_mail_keys() {
    for (typed, key) in [
        (" Awa.Diop@Exemple.SN ", Some("awa.diop@exemple.sn")),
        ("<a+b@c.fr>", Some("a+b@c.fr")),
        ("mailto:é@école.fr", Some("é@école.fr")),
        ("o'brien@x-y.co.uk", Some("o'brien@x-y.co.uk")),
        ("a@b", None),
        ("a@b@c.fr", None),
        ("a b@c.fr", None),
        (".a@c.fr", None),
        ("a..b@c.fr", None),
        ("a@-c.fr", None),
        ("a@c..fr", None),
        ("a@c.f", None),
        ("a@1.2", None),
        ("a@192.168.10.20", None),
        ("@c.fr", None),
        ("n/a", None),
        ("a@c.fr\r\nBcc: x@y.fr", None),
    ] {
        assert_eq!(email_key(typed).as_deref(), key, "{typed:?}");
    }
    assert!(email_key(&format!("{}@{}.fr", "a".repeat(60), "b.".repeat(100))).is_none());
}

proptest! {
    #[test]
    fn folding_twice_changes_nothing(text in any::<String>()) {
        let once = fold(&text);
        prop_assert_eq!(fold(&once), once.clone());
        prop_assert!(!once.starts_with(' ') && !once.ends_with(' ') && !once.contains("  "));
        let once = fold_keep(&text);
        prop_assert_eq!(fold_keep(&once), once);
    }

    #[test]
    fn a_piece_of_a_text_is_found_by_its_grams(text in "\\PC{0,40}", from in 0usize..40, len in 2usize..30) {
        let folded = fold(&text);
        let piece: String = folded.chars().skip(from).take(len).collect();
        let index = grams(&folded);
        for piece in query_pieces(&piece) {
            let any = Gram::all_of(piece);
            prop_assert!(any.iter().any(|gram| index.contains(gram)), "{:?} of {:?}", piece, folded);
            prop_assert!(any.iter().chain(&index).all(|gram| gram.0 >= 0));
        }
    }

    #[test]
    fn an_e_mail_key_is_its_own_key(text in "[a-zÉ.+@ <>-]{0,12}@[a-z.-]{1,12}") {
        if let Some(key) = email_key(&text) {
            prop_assert_eq!(email_key(&key), Some(key));
        }
    }
}
