//! Clients as rows of a file: the same for a download and for the command line.

use base::sheet::{Cell, RowWriter, SheetError};
use chrono::{DateTime, Utc};
use domain::operations::exports::ExportRow;

use crate::export::{Style, Table, text};
use crate::i18n::Language;

/// The columns, by the key of their name.
const COLUMNS: [&str; 17] = [
    "code",
    "first_name",
    "last_name",
    "company_name",
    "email",
    "other_emails",
    "phone",
    "other_phones",
    "address",
    "city",
    "country",
    "tags",
    "status",
    "assignee",
    "last_contact",
    "next_alert",
    "created_at",
];

/// Between several values of one cell; no address, phone or tag has it.
const SEPARATOR: &str = " | ";

/// The table of clients.
#[derive(Debug)]
pub struct Clients {
    active: String,
    inactive: String,
}

impl Clients {
    /// With its words in `language`.
    pub fn new(language: Language) -> Self {
        Self { active: language.t("export-active"), inactive: language.t("export-inactive") }
    }
}

impl Table for Clients {
    type Row = ExportRow;

    const SHEET: &'static str = "export-sheet";

    fn columns(&self, style: Style) -> Vec<String> {
        let name = |key: &str| style.language.t(&format!("export-{}", key.replace('_', "-")));
        COLUMNS.into_iter().map(name).collect()
    }

    fn write_row(
        &self,
        style: Style,
        row: &ExportRow,
        writer: &mut dyn RowWriter,
    ) -> Result<(), SheetError> {
        let others = |values: &[String]| values.get(1..).unwrap_or_default().join(SEPARATOR);
        let (emails, phones) = (others(&row.emails), others(&row.phones));
        let tags = row.tags.join(SEPARATOR);
        let moment = |at: Option<DateTime<Utc>>| {
            at.map_or(Cell::Empty, |at| Cell::DateTime(style.local(at)))
        };
        writer.write_row(&[
            text(row.code.as_deref()),
            text(row.first_name.as_deref()),
            text(row.last_name.as_deref()),
            text(row.company_name.as_deref()),
            text(row.emails.first().map(String::as_str)),
            text(Some(&emails)),
            text(row.phones.first().map(String::as_str)),
            text(Some(&phones)),
            text(row.address.as_deref()),
            text(row.city.as_deref()),
            text(row.country.as_deref()),
            text(Some(&tags)),
            Cell::Text(if row.is_active { &self.active } else { &self.inactive }),
            text(row.assignee.as_deref()),
            moment(row.date_notification),
            moment(row.next_alert_at),
            Cell::DateTime(style.local(row.created_at)),
        ])
    }
}
