//! The figures to compare with: `crates/bench/baseline.json`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::Result;
use crate::table::{Row, Table};

const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/baseline.json");

/// How much worse is worth saying: two runs on a quiet machine differ by less.
const TOLERANCE: f64 = 0.2;

/// `engine/name` → figure → value.
pub type Baseline = BTreeMap<String, BTreeMap<String, f64>>;

/// What is kept; empty if nothing is.
///
/// # Errors
/// A file that is not a baseline.
pub fn read() -> Result<Baseline> {
    match std::fs::read_to_string(PATH) {
        Ok(text) => Ok(serde_json::from_str(&text).map_err(|e| format!("{PATH}: {e}"))?),
        Err(_) => Ok(Baseline::new()),
    }
}

/// Keeps `table`; engines and rows it does not have stay as they were.
///
/// # Errors
/// The file cannot be written.
pub fn write(table: &Table) -> Result<()> {
    let mut kept = read()?;
    for row in table.rows.iter().filter(|row| row.failure.is_none()) {
        let figures = row.figures.iter().map(|(name, f)| ((*name).to_owned(), rounded(f.value)));
        kept.insert(key(row), figures.collect());
    }
    std::fs::write(PATH, serde_json::to_string_pretty(&kept)? + "\n")?;
    Ok(())
}

/// What got slower (or larger) by more than a fifth, one line each.
pub fn compare(kept: &Baseline, table: &Table) -> String {
    let mut text = String::new();
    for row in &table.rows {
        let Some(before) = kept.get(&key(row)) else { continue };
        for (name, figure) in &row.figures {
            let Some(old) = before.get(*name) else { continue };
            let worse = figure.worse_than(*old);
            if worse > TOLERANCE {
                let percent = worse * 100.0;
                let _ = writeln!(
                    text,
                    "worse: {} {name} {figure} (baseline {old}, {percent:.0} % worse)",
                    key(row)
                );
            }
        }
    }
    if text.is_empty() {
        text.push_str("nothing got worse than the baseline by more than 20 %\n");
    }
    text
}

fn key(row: &Row) -> String {
    format!("{}/{}", row.engine, row.name)
}

fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Figure;

    #[test]
    fn a_fifth_worse_is_said_and_less_is_not() {
        let mut table = Table::default();
        table.push(Row::new("list", "sqlite").figure("rate", Figure::rate(790.0)));
        let kept = |rate| -> Baseline {
            BTreeMap::from([("sqlite/list".into(), BTreeMap::from([("rate".into(), rate)]))])
        };
        assert!(compare(&kept(1_000.0), &table).starts_with("worse: sqlite/list rate 790 /s"));
        assert!(compare(&kept(800.0), &table).starts_with("nothing"));
    }
}
