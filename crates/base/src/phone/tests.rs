use super::*;
use proptest::prelude::*;

fn e164(raw: &str, region: &str) -> Result<Option<String>, PhoneError> {
    parse(raw, region).map(|phone| phone.e164)
}

#[test]
fn reads_every_way_of_typing() {
    for (raw, region, expected) in [
        ("0612345678", "FR", "+33612345678"),
        (" 06 12 34 56 78 ", "FR", "+33612345678"),
        ("06.12.34.56.78", "FR", "+33612345678"),
        ("06-12-34-56-78", "FR", "+33612345678"),
        ("06/12/34/56/78", "FR", "+33612345678"),
        ("06\u{A0}12\u{202F}34 56 78", "FR", "+33612345678"),
        ("\u{202A}+33 6 12 34 56 78\u{202C}", "FR", "+33612345678"),
        ("+33(0)612345678", "FR", "+33612345678"),
        ("+33 (0) 6 12 34 56 78", "SN", "+33612345678"),
        ("+33 06 12 34 56 78", "CI", "+33612345678"),
        ("0033612345678", "SN", "+33612345678"),
        ("00 33 (0)6 12 34 56 78", "FR", "+33612345678"),
        ("33612345678", "FR", "+33612345678"),
        ("33612345678", "SN", "+33612345678"),
        ("612345678", "FR", "+33612345678"),
        ("612345678.0", "FR", "+33612345678"),
        ("33612345678,0", "FR", "+33612345678"),
        ("'0612345678", "FR", "+33612345678"),
        ("tel:+33-6-12-34-56-78", "FR", "+33612345678"),
        ("0612345678 / 0798765432", "FR", "+33612345678"),
        ("01 42 34 56 78 poste 12", "FR", "+33142345678"),
        ("0612345678", "fr", "+33612345678"),
        ("٠٦١٢٣٤٥٦٧٨", "MA", "+212612345678"),
        ("0692 12 34 56", "FR", "+262692123456"),
        ("0692 12 34 56", "RE", "+262692123456"),
        ("+33 692 12 34 56", "FR", "+262692123456"),
        ("06 93 99 99 99", "FR", "+262693999999"),
        ("06 35 99 99 99", "FR", "+33635999999"),
        ("07 01 23 45 67", "FR", "+33701234567"),
        ("33 7 01 23 45 67", "FR", "+33701234567"),
        ("0800 123 456", "FR", "+33800123456"),
        ("77 512 40 11", "SN", "+221775124011"),
        ("221775124011", "SN", "+221775124011"),
        ("+221775124011", "FR", "+221775124011"),
        ("33 821 12 34", "SN", "+221338211234"),
        ("0612345678", "MA", "+212612345678"),
        ("522123456", "MA", "+212522123456"),
        ("07 07 12 34 56", "CI", "+2250707123456"),
        ("2250707123456", "CI", "+2250707123456"),
        ("0470 12 34 56", "BE", "+32470123456"),
        ("079 123 45 67", "CH", "+41791234567"),
        ("(514) 234-5678", "CA", "+15142345678"),
        ("011 33 6 12 34 56 78", "CA", "+33612345678"),
        ("0551 23 45 67", "DZ", "+213551234567"),
        ("20 123 456", "TN", "+21620123456"),
        ("65 12 34 56", "ML", "+22365123456"),
        ("6 71 23 45 67", "CM", "+237671234567"),
        ("+44 20 7946 0958", "FR", "+442079460958"),
    ] {
        assert_eq!(e164(raw, region), Ok(Some(expected.to_owned())), "{raw:?} in {region}");
    }
}

#[test]
fn recognises_the_neighbours() {
    for (raw, region, expected) in [
        ("77 512 40 11", "CI", "+221775124011"),
        ("70 123 45 67", "FR", "+221701234567"),
        ("77 512 40 11", "MA", "+212775124011"),
        ("06 12 34 56 78", "SN", "+33612345678"),
        ("06 12 34 56 78", "CI", "+33612345678"),
        ("07 53 12 34 56", "SN", "+33753123456"),
        ("221775124011", "FR", "+221775124011"),
        ("2250707123456", "SN", "+2250707123456"),
        ("212612345678", "FR", "+212612345678"),
    ] {
        assert_eq!(e164(raw, region).unwrap().as_deref(), Some(expected), "{raw:?} in {region}");
    }
}

#[test]
fn understands_ivory_coast_before_2021() {
    for (old, new) in [
        ("07 12 34 56", "+2250707123456"),
        ("48 12 34 56", "+2250748123456"),
        ("59 12 34 56", "+2250759123456"),
        ("04 12 34 56", "+2250504123456"),
        ("65 12 34 56", "+2250565123456"),
        ("76 12 34 56", "+2250576123456"),
        ("01 12 34 56", "+2250101123456"),
        ("40 12 34 56", "+2250140123456"),
        ("53 12 34 56", "+2250153123456"),
        ("20 31 34 56", "+2252720313456"),
        ("22 41 34 56", "+2252722413456"),
        ("30 64 34 56", "+2252730643456"),
        ("20 01 34 56", "+2252520013456"),
        ("21 81 34 56", "+2252121813456"),
        ("+225 07 12 34 56", "+2250707123456"),
        ("00225 20 31 34 56", "+2252720313456"),
        ("22507123456", "+2250707123456"),
        // A spreadsheet ate the zero of ten digits.
        ("707123456", "+2250707123456"),
        ("+225 5 04 12 34 56", "+2250504123456"),
    ] {
        assert_eq!(e164(old, "CI").unwrap().as_deref(), Some(new), "{old:?}");
    }
    assert_eq!(e164("80 00 00 01", "CI"), Err(PhoneError::TooShort));
    assert_eq!(e164("11 23 45 67", "CI"), Err(PhoneError::TooShort));
}

#[test]
fn fillers_are_no_number_and_no_error() {
    for raw in [
        "",
        " ",
        "0",
        "n/a",
        "N/A",
        "-",
        "--",
        "?",
        "inconnu",
        "Inconnue",
        "0000000000",
        "1234567890",
        "123456789",
        "99 99 99 99 99",
        "néant",
        "Non renseigné",
        "NC",
        "xxx",
        "null",
        "00000000000000000000000",
        "111-111-1111",
        ".",
        "'",
    ] {
        let phone = parse(raw, "FR").unwrap();
        assert!(phone.is_empty() && phone.raw == raw, "{raw:?}");
    }
}

#[test]
fn says_why_not() {
    for (raw, region, error) in [
        ("061234", "FR", PhoneError::TooShort),
        ("06123456", "FR", PhoneError::TooShort),
        ("061234567", "FR", PhoneError::Invalid),
        ("+3361234567", "FR", PhoneError::Invalid),
        ("06123456789012345", "FR", PhoneError::TooLong),
        ("061234567890123456789012", "FR", PhoneError::TooLong),
        ("+999 12345678", "FR", PhoneError::Invalid),
        ("appeler Awa", "FR", PhoneError::NotANumber),
        ("awa@exemple.sn", "FR", PhoneError::NotANumber),
        ("3,36612E+10", "FR", PhoneError::Rounded),
        ("0112345678", "BE", PhoneError::Invalid),
    ] {
        assert_eq!(e164(raw, region), Err(error), "{raw:?}");
    }
    assert_eq!(Phone::lenient("061234", "FR"), Phone { raw: "061234".into(), e164: None });
}

#[test]
fn shows_numbers() {
    for (number, viewer, shown) in [
        ("+33612345678", "FR", "06 12 34 56 78"),
        ("+33612345678", "SN", "+33 6 12 34 56 78"),
        ("+221775124011", "SN", "77 512 40 11"),
        ("+221775124011", "FR", "+221 77 512 40 11"),
        ("+2250707123456", "CI", "07 07 12 34 56"),
        ("+2250707123456", "FR", "+225 07 07 12 34 56"),
        ("+212612345678", "MA", "06 12 34 56 78"),
        ("+32470123456", "BE", "0470 12 34 56"),
        ("+32470123456", "FR", "+32 470 12 34 56"),
        ("+15142345678", "FR", "+1 514-234-5678"),
        ("n/a", "FR", "n/a"),
    ] {
        assert_eq!(format(number, viewer), shown);
    }
    assert_eq!(tel_uri("+221775124011"), "tel:+221775124011");
}

#[test]
fn is_found_however_it_is_typed() {
    let index = search_digits("+33612345678");
    assert_eq!(index, ["0033612345678", "0612345678"]);
    for typed in ["06 12", "+33 6 12 34", "0033 6", "+33 (0)6 12", "+33 06 12", "612345678", "78"] {
        let query = query_digits(typed).unwrap();
        assert!(index.iter().any(|text| text.contains(&query)), "{typed:?}");
    }
    assert_eq!(search_digits("+221775124011"), ["00221775124011"]);
    assert_eq!(search_digits("06 12 34"), ["061234"]);
    assert_eq!(search_digits("+32470123456"), ["0032470123456", "0470123456"]);
    assert!(search_digits("n/a").is_empty());
    assert_eq!(query_digits("Awa 06"), None);
}

/// Our tables never accept what libphonenumber refuses, landlines of Ivory Coast and Morocco apart,
/// where they know the zone and not each exchange.
#[test]
fn the_tables_agree_with_libphonenumber() {
    for (region, code, national) in
        [("FR", "33", 9), ("SN", "221", 9), ("CI", "225", 10), ("MA", "212", 9)]
    {
        let plan = plan::by_region(region).unwrap();
        for start in 0..10_000u32 {
            let nsn = format!("{start:04}{:0>width$}", 234_567, width = national - 4);
            let nsn = &nsn[..national];
            let number = phonenumber::parse(None, format!("+{code}{nsn}")).ok();
            let known = number.is_some_and(|number| phonenumber::is_valid(&number));
            let coarse =
                region == "CI" && nsn.starts_with("27") || region == "MA" && nsn.starts_with('5');
            if plan.is_valid(nsn) && !known && !coarse {
                panic!("{region} {nsn} is accepted, wrongly");
            }
            // What is dialled most must not need the slow road.
            let mobile = matches!(
                (region, nsn.as_bytes()[0]),
                ("FR", b'6' | b'7') | ("SN", b'7') | ("MA", b'6' | b'7')
            ) || region == "CI" && nsn.starts_with('0');
            if mobile && known && !plan.is_valid(nsn) && !nsn.starts_with("70") {
                panic!("{region} {nsn} is not known to the tables");
            }
        }
    }
}

proptest! {
    #[test]
    fn never_panics(text in any::<String>(), typed in "[-+0-9() ./'eExX,]{0,30}") {
        for region in ["FR", "SN", "CI", "MA", "BE", "CA", "", "??"] {
            for raw in [&text, &typed] {
                let phone = Phone::lenient(raw, region);
                prop_assert_eq!(&phone.raw, raw);
                let _ = (search_digits(raw), query_digits(raw), format(raw, region), tel_uri(raw));
            }
        }
    }

    #[test]
    fn every_format_of_a_number_is_that_number(nsn in "6[0-24-8][0-9]{7}", senegal in "7[05678][0-9]{7}") {
        for number in [format!("+33{nsn}"), format!("+221{senegal}")] {
            let shown = [format_international(&number), format(&number, "FR"), format(&number, "SN"), tel_uri(&number)];
            for typed in shown {
                let region = if number.starts_with("+33") { "FR" } else { "SN" };
                prop_assert_eq!(e164(&typed, region), Ok(Some(number.clone())), "{}", typed);
            }
        }
    }
}
