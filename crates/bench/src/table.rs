//! The figures, their targets, and how both are shown.

use std::fmt;
use std::time::Duration;

/// A figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figure {
    /// Its value, in `unit`.
    pub value: f64,
    /// `ms`, `s`, `MB`, `/s`.
    pub unit: &'static str,
}

impl Figure {
    /// Milliseconds.
    pub fn ms(duration: Duration) -> Self {
        Self { value: duration.as_secs_f64() * 1_000.0, unit: "ms" }
    }

    /// Seconds.
    pub fn seconds(duration: Duration) -> Self {
        Self { value: duration.as_secs_f64(), unit: "s" }
    }

    /// Things a second.
    pub fn rate(value: f64) -> Self {
        Self { value, unit: "/s" }
    }

    /// Megabytes (10^6).
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    pub fn megabytes(bytes: u64) -> Self {
        Self { value: bytes as f64 / 1e6, unit: "MB" }
    }

    /// Whether more of it is better.
    pub fn more_is_better(self) -> bool {
        self.unit == "/s"
    }

    /// How much worse than `other`: 0.2 is a fifth worse, below zero is better.
    pub fn worse_than(self, other: f64) -> f64 {
        if self.more_is_better() { other / self.value - 1.0 } else { self.value / other - 1.0 }
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.value {
            v if v >= 100.0 => write!(f, "{v:.0} {}", self.unit),
            v if v >= 10.0 => write!(f, "{v:.1} {}", self.unit),
            v => write!(f, "{v:.2} {}", self.unit),
        }
    }
}

/// One line.
#[derive(Clone, Debug)]
pub struct Row {
    /// What was measured.
    pub name: String,
    /// `sqlite` or `postgres`.
    pub engine: &'static str,
    /// What it was: `p50`, `p99`, `rate`, or the one figure under `value`.
    pub figures: Vec<(&'static str, Figure)>,
    /// What BAR.md asks: figure and limit.
    pub targets: Vec<(&'static str, f64)>,
    /// Why it could not be measured.
    pub failure: Option<String>,
}

impl Row {
    /// A line without figures yet.
    pub fn new(name: impl Into<String>, engine: &'static str) -> Self {
        Self { name: name.into(), engine, figures: Vec::new(), targets: Vec::new(), failure: None }
    }

    /// With that figure.
    #[must_use]
    pub fn figure(mut self, name: &'static str, figure: Figure) -> Self {
        self.figures.push((name, figure));
        self
    }

    /// With that target.
    #[must_use]
    pub fn target(mut self, figure: &'static str, limit: f64) -> Self {
        self.targets.push((figure, limit));
        self
    }

    /// The figure of that name.
    pub fn get(&self, name: &str) -> Option<Figure> {
        self.figures.iter().find(|(known, _)| *known == name).map(|(_, figure)| *figure)
    }

    /// Whether every target is met; `None` without targets.
    pub fn meets(&self) -> Option<bool> {
        let mut targets = self.targets.iter().peekable();
        targets.peek()?;
        Some(
            targets
                .all(|(name, limit)| self.get(name).is_some_and(|f| f.worse_than(*limit) <= 0.0)),
        )
    }

    fn asked(&self) -> String {
        let each = self.targets.iter().filter_map(|(name, limit)| {
            let figure = self.get(name)?;
            let sign = if figure.more_is_better() { "≥" } else { "≤" };
            let name = if *name == "value" { String::new() } else { format!("{name} ") };
            Some(format!("{name}{sign} {limit} {}", figure.unit))
        });
        each.collect::<Vec<_>>().join(", ")
    }
}

/// All lines.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// In the order measured.
    pub rows: Vec<Row>,
}

impl Table {
    /// How many lines say only why they could not be measured.
    pub fn failures(&self) -> usize {
        self.rows.iter().filter(|row| row.failure.is_some()).count()
    }

    /// Adds a line that says why `name` could not be measured, if it could not.
    pub fn note(&mut self, name: &str, engine: &'static str, result: crate::Result<()>) {
        if let Err(failure) = result {
            let mut row = Row::new(name, engine);
            row.failure = Some(failure.to_string());
            self.push(row);
        }
    }

    /// Adds a line.
    pub fn push(&mut self, row: Row) {
        self.rows.push(row);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = ["what", "engine", "p50", "p99", "rate", "value", "target", "verdict"];
        let mut lines = vec![head.map(str::to_owned)];
        for row in &self.rows {
            let figure = |name| row.get(name).map(|f| f.to_string()).unwrap_or_default();
            let verdict = match row.meets() {
                _ if row.failure.is_some() => "not measured",
                Some(true) => "met",
                Some(false) => "MISSED",
                None => "",
            };
            lines.push([
                row.name.clone(),
                row.engine.to_owned(),
                figure("p50"),
                figure("p99"),
                figure("rate"),
                figure("value"),
                row.asked(),
                verdict.to_owned(),
            ]);
        }
        let mut widths = [0; 8];
        for line in &lines {
            for (width, cell) in widths.iter_mut().zip(line) {
                *width = (*width).max(cell.chars().count());
            }
        }
        for line in &lines {
            let cells = line.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
            writeln!(f, "{}", cells.collect::<Vec<_>>().join("  ").trim_end())?;
        }
        for row in &self.rows {
            if let Some(failure) = &row.failure {
                writeln!(f, "not measured: {}, {}: {failure}", row.name, row.engine)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_must_reach_its_target_and_a_time_must_stay_under_it() {
        let row = |value, unit| Row::new("x", "sqlite").figure("value", Figure { value, unit });
        assert_eq!(row(999.0, "/s").target("value", 1_000.0).meets(), Some(false));
        assert_eq!(row(1_000.0, "/s").target("value", 1_000.0).meets(), Some(true));
        assert_eq!(row(20.1, "ms").target("value", 20.0).meets(), Some(false));
        assert_eq!(row(20.1, "ms").meets(), None);
        assert_eq!(row(1.0, "ms").target("p99", 20.0).meets(), Some(false), "never measured");
    }
}
