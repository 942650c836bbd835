//! The text of a spreadsheet's cells, as close as possible to what the sheet shows.

use calamine::{DataRef, ExcelDateTime, Style};
use chrono::{NaiveDate, NaiveDateTime, TimeDelta};

use super::xml_escape;

/// Integers up to here are exact in a spreadsheet (2^53).
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The text of a cell; `None` where the sheet shows an error. `zeros` is what [`zeros_shown`] gives
/// for its style.
pub(super) fn text(value: &DataRef<'_>, zeros: usize) -> Option<String> {
    Some(match value {
        DataRef::Empty => String::new(),
        DataRef::String(text) => xml_escape::undo(text),
        DataRef::SharedString(text) => xml_escape::undo(text),
        DataRef::Int(number) => padded(number.to_string(), zeros),
        DataRef::Float(number) => padded(number_text(*number), zeros),
        DataRef::Bool(value) => value.to_string(),
        DataRef::DateTime(moment) => date_text(moment),
        DataRef::DateTimeIso(text) => text.trim_end_matches("T00:00:00").replacen('T', " ", 1),
        DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(_) => return None,
    })
}

/// How many digits a number format always shows: 5 for `00000` (a postcode), 10 for Excel's French
/// phone format `0#" "##" "##" "##" "##`; 0 for formats that are not of codes.
pub(super) fn zeros_shown(style: &Style) -> usize {
    let Some(format) = &style.number_format else { return 0 };
    let Some(places) = bare_places(&format.format_code) else { return 0 };
    // From the first zero on, every place shows a digit.
    places.find('0').map_or(0, |first| places.len() - first)
}

/// The digit places of a format without its literals; `None` if it has anything else in it.
fn bare_places(format: &str) -> Option<String> {
    let mut places = String::new();
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        match c {
            '0' | '#' => places.push(c),
            ' ' | '-' | '(' | ')' | '/' => {}
            '\\' | '_' => drop(chars.next()),
            '"' => drop(chars.by_ref().find(|c| *c == '"')),
            _ => return None,
        }
    }
    Some(places)
}

fn padded(number: String, zeros: usize) -> String {
    if zeros > number.len() && number.bytes().all(|b| b.is_ascii_digit()) {
        format!("{number:0>zeros$}")
    } else {
        number
    }
}

/// Whole numbers without decimals; others with the 15 significant digits that a spreadsheet shows
/// (0.1 + 0.2 is 0.3). Never an exponent.
fn number_text(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() <= EXACT {
        return format!("{number:.0}");
    }
    format!("{number:.14e}").parse::<f64>().unwrap_or(number).to_string()
}

fn date_text(moment: &ExcelDateTime) -> String {
    let value = moment.as_f64();
    if moment.is_duration() || (0.0..1.0).contains(&value) {
        let seconds = (value * 86_400.0).round() as i64;
        return format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    }
    match to_the_second(moment) {
        Some(moment) if moment.time() == chrono::NaiveTime::MIN => moment.date().to_string(),
        Some(moment) => moment.format("%Y-%m-%d %H:%M:%S").to_string(),
        // 29 February 1900 exists in Excel only.
        None => number_text(value),
    }
}

/// Moments are stored as fractions of a day, which seldom hold a second exactly.
fn to_the_second(moment: &ExcelDateTime) -> Option<NaiveDateTime> {
    let (year, month, day, hour, minute, second, milli) = moment.to_ymd_hms_milli();
    let moment = NaiveDate::from_ymd_opt(year.into(), month.into(), day.into())?
        .and_hms_milli_opt(hour.into(), minute.into(), second.into(), milli.into())?
        .checked_add_signed(TimeDelta::milliseconds(500))?;
    chrono::Timelike::with_nanosecond(&moment, 0)
}
