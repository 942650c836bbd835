//! On 31 January 2021 Ivory Coast went from eight digits to ten: two digits of the operator were put
//! before the old number (ARTCI, "Basculement à 10 chiffres"). Contact lists still hold both.

/// Today's ten digits of an Ivorian number typed with eight, or with nine where a spreadsheet ate
/// the leading zero of a mobile. `None` if it was never a number.
pub(super) fn complete(digits: &str) -> Option<String> {
    match digits.len() {
        8 => Some(format!("{}{digits}", operator(digits.as_bytes())?)),
        9 => with_zero(digits),
        _ => None,
    }
}

/// The two digits put before an old number. Mobiles: the second digit tells the operator (0 to 3
/// Moov, 4 to 6 MTN, 7 to 9 Orange). Landlines (2x Abidjan, 3x elsewhere): the third one does
/// (0 MTN; 8 Moov, in Abidjan only; the others Orange).
fn operator(old: &[u8]) -> Option<&'static str> {
    match *old {
        // Freephone and shared-cost numbers kept their eight digits.
        [b'8' | b'9' | b'0', b'0', ..] => None,
        [b'2' | b'3', _, b'0', ..] => Some("25"),
        [b'2', _, b'8', ..] => Some("21"),
        [b'2', zone, ..] if zone <= b'4' => Some("27"),
        [b'3', zone, ..] if zone <= b'6' => Some("27"),
        [b'0' | b'4'..=b'9', second, ..] => Some(match second {
            b'0'..=b'3' => "01",
            b'4'..=b'6' => "05",
            _ => "07",
        }),
        _ => None,
    }
}

/// `7 07 12 34 56` for `07 07 12 34 56`: accepted if the prefix agrees with the old number behind
/// it, which tells a mobile of Orange from one of Senegal (`77 512 40 11`).
fn with_zero(digits: &str) -> Option<String> {
    let (prefix, old) = digits.split_at_checked(1)?;
    (operator(old.as_bytes())?.as_bytes() == [b'0', *prefix.as_bytes().first()?])
        .then(|| format!("0{digits}"))
}
