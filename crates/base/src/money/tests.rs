use super::*;
use proptest::prelude::*;

fn currency(code: &str) -> Currency {
    code.parse().unwrap()
}

fn read(text: &str, code: &str) -> Result<i64, MoneyError> {
    Money::parse(text, currency(code)).map(|money| money.amount)
}

#[test]
fn reads_french_and_english() {
    for (text, code, amount) in [
        ("1 234,50", "EUR", 123_450),
        ("1\u{202F}234,50\u{A0}€", "EUR", 123_450),
        ("1,234.50", "EUR", 123_450),
        ("1.234,50 EUR", "EUR", 123_450),
        ("€1,234.50", "EUR", 123_450),
        ("1'234.5", "CHF", 123_450),
        ("12", "EUR", 1_200),
        (",5", "EUR", 50),
        ("12,5000", "EUR", 1_250),
        ("-12,5", "EUR", -1_250),
        ("-€12.50", "EUR", -1_250),
        ("12,50 $", "CAD", 1_250),
        ("- 12,5 €", "EUR", -1_250),
        ("1.234.567", "EUR", 123_456_700),
        ("2 480 000 F CFA", "XOF", 2_480_000),
        ("2480000 fcfa", "XOF", 2_480_000),
        ("1.500", "XOF", 1_500),
        ("1,500 F", "XOF", 1_500),
        ("1500.00", "XOF", 1_500),
        ("1,234", "TND", 1_234),
        ("1200 DH", "MAD", 120_000),
        ("0,125", "TND", 125),
        ("-92233720368547758.08", "EUR", i64::MIN),
    ] {
        assert_eq!(read(text, code), Ok(amount), "{text:?}");
    }
}

#[test]
fn refuses_what_it_would_have_to_guess() {
    for (text, code, error) in [
        ("", "EUR", MoneyError::Empty),
        (" € ", "EUR", MoneyError::Empty),
        ("1,234", "EUR", MoneyError::Ambiguous),
        ("12.345", "EUR", MoneyError::Ambiguous),
        ("0,125", "EUR", MoneyError::TooManyDecimals),
        ("1 000,505", "EUR", MoneyError::TooManyDecimals),
        ("1500,5", "XOF", MoneyError::TooManyDecimals),
        ("12 34", "EUR", MoneyError::NotANumber),
        ("1 234.567,8", "EUR", MoneyError::NotANumber),
        ("1,234,56", "EUR", MoneyError::NotANumber),
        ("1.2.3,4", "EUR", MoneyError::NotANumber),
        ("douze", "EUR", MoneyError::NotANumber),
        ("-€-5", "EUR", MoneyError::NotANumber),
        ("12 $US", "EUR", MoneyError::NotANumber),
        ("1e5", "EUR", MoneyError::NotANumber),
        ("--5", "EUR", MoneyError::NotANumber),
        (".", "EUR", MoneyError::NotANumber),
        ("92233720368547758,08", "EUR", MoneyError::TooLarge),
        ("99999999999999999999999999999999999999999999", "XOF", MoneyError::TooLarge),
    ] {
        assert_eq!(read(text, code), Err(error), "{text:?} {code}");
    }
}

#[test]
fn shows_each_language_its_way() {
    let show = |amount, code, style| Money::new(amount, currency(code)).format(style);
    assert_eq!(show(41_250, "EUR", MoneyStyle::Fr), "412,50\u{A0}€");
    assert_eq!(show(2_480_000, "XOF", MoneyStyle::Fr), "2\u{202F}480\u{202F}000\u{A0}F");
    assert_eq!(show(120_000, "MAD", MoneyStyle::Fr), "1\u{202F}200,00\u{A0}DH");
    assert_eq!(show(-5, "TND", MoneyStyle::Fr), "-0,005\u{A0}DT");
    assert_eq!(show(123_450, "EUR", MoneyStyle::En), "€1,234.50");
    assert_eq!(show(-123_450, "USD", MoneyStyle::En), "-$1,234.50");
    assert_eq!(show(2_480_000, "XOF", MoneyStyle::En), "F\u{20}CFA\u{A0}2,480,000");
    assert_eq!(Money::new(-41_205, Currency::EUR).to_decimal(), "-412.05");
    assert_eq!(Money::new(i64::MIN, Currency::XOF).to_decimal(), "-9223372036854775808");
}

#[test]
fn currencies() {
    assert_eq!(currency(" eur ").exponent(), 2);
    assert_eq!((currency("GNF").exponent(), currency("TND").exponent()), (0, 3));
    assert_eq!("EURO".parse::<Currency>(), Err(UnknownCurrency));
    assert_eq!("AA ".parse::<Currency>(), Err(UnknownCurrency));
    let json = r#"{"amount":41250,"currency":"EUR"}"#;
    assert_eq!(serde_json::to_string(&Money::new(41_250, Currency::EUR)).unwrap(), json);
    assert_eq!(serde_json::from_str::<Money>(json).unwrap().currency, Currency::EUR);
    assert!(serde_json::from_str::<Money>(r#"{"amount":1,"currency":"ZZZ"}"#).is_err());
}

#[test]
fn sums_refuse_what_makes_no_sense() {
    let euros = |amount| Money::new(amount, Currency::EUR);
    assert_eq!(euros(1).checked_add(euros(2)), Ok(euros(3)));
    assert_eq!(euros(i64::MAX).checked_add(euros(1)), Err(MoneyError::TooLarge));
    assert_eq!(euros(i64::MAX).checked_mul(2), Err(MoneyError::TooLarge));
    let mixed = euros(1).checked_add(Money::new(1, Currency::XOF));
    assert_eq!(mixed, Err(MoneyError::CurrencyMismatch));
}

proptest! {
    #[test]
    fn what_is_shown_reads_back(amount: i64, at in 0usize..9) {
        let code = ["EUR", "XOF", "XAF", "MAD", "TND", "USD", "CAD", "GNF", "CHF"][at];
        let money = Money::new(amount, currency(code));
        prop_assert_eq!(Money::parse(&money.format(MoneyStyle::Fr), money.currency), Ok(money));
        let decimal = money.to_decimal();
        prop_assert_eq!(Money::parse(&decimal, money.currency), Ok(money));
        // `€1,234` cannot occur: English amounts always carry the currency's decimals.
        prop_assert_eq!(Money::parse(&money.format(MoneyStyle::En), money.currency), Ok(money));
    }

    #[test]
    fn never_panics(text in any::<String>(), digits in "[0-9., €'-]{0,60}") {
        for code in ["EUR", "XOF", "TND"] {
            let _ = read(&text, code);
            let _ = read(&digits, code);
        }
    }
}
