//! What a person selected in the list: ticked rows, or all that match its filter.

use chrono_tz::Tz;
use domain::Error;
use domain::clients::ClientFilter;
use domain::operations::bulk::Params;
use uuid::Uuid;

/// Fields of the grid's form that are no filter.
const OWN: [&str; 10] =
    ["ids", "scope", "exclude", "action", "tags", "assignee", "format", "sort", "cursor", "limit"];

/// A selection, as the grid's form or a query string carries it.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    ids: Vec<String>,
    exclude: Vec<String>,
    whole_filter: bool,
    filter: Vec<(String, String)>,
}

impl Selection {
    /// Reads the grid's form.
    pub fn of_form(pairs: Vec<(String, String)>) -> Self {
        let mut selection = Self::default();
        for (name, value) in pairs {
            match name.as_str() {
                "ids" => selection.ids.push(value),
                "exclude" => selection.exclude.push(value),
                "scope" => selection.whole_filter = value == "filter",
                name if OWN.contains(&name) || name.starts_with("alert_") => {}
                _ if value.trim().is_empty() => {}
                _ => selection.filter.push((name, value)),
            }
        }
        selection
    }

    /// Reads a list's query string.
    pub fn of_query(query: &str) -> Self {
        Self::of_form(url::form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    /// Means all that match, whatever is ticked.
    pub fn whole_filter(&mut self) {
        self.whole_filter = true;
    }

    /// Whether it is nothing at all.
    pub fn is_empty(&self) -> bool {
        !self.whole_filter && self.ids.is_empty()
    }

    /// What the domain understands, days told in `zone`.
    ///
    /// # Errors
    /// A filter or an id that cannot be read.
    pub fn params(&self, zone: Tz) -> Result<Params, Error> {
        let read = |ids: &[String], field: &str| -> Result<Vec<Uuid>, Error> {
            let ids = ids.iter().map(|id| id.parse());
            ids.collect::<Result<_, _>>().map_err(|_| Error::invalid(field, "wrong-value"))
        };
        let mut params = Params { exclude: read(&self.exclude, "exclude")?, ..Params::default() };
        if self.whole_filter {
            params.filter = Some(self.filter(zone)?);
        } else {
            params.ids = Some(read(&self.ids, "ids")?);
        }
        Ok(params)
    }

    /// Days are told in `zone` unless the filter names another.
    fn filter(&self, zone: Tz) -> Result<ClientFilter, Error> {
        let pairs = self.filter.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let mut filter = ClientFilter::from_query(pairs)?;
        filter.time_zone.get_or_insert_with(|| zone.name().to_owned());
        Ok(filter)
    }

    /// The fields that carry it through another form.
    pub fn hidden(&self) -> Vec<(String, String)> {
        let named = |name: &str, values: &[String]| {
            values.iter().map(|value| (name.to_owned(), value.clone())).collect::<Vec<_>>()
        };
        let mut fields = named("exclude", &self.exclude);
        if self.whole_filter {
            fields.push(("scope".to_owned(), "filter".to_owned()));
        } else {
            fields.extend(named("ids", &self.ids));
        }
        fields.extend(self.filter.iter().cloned());
        fields
    }

    /// The list it was made in.
    pub fn back(&self) -> String {
        if self.filter.is_empty() {
            return "/client".to_owned();
        }
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&self.filter);
        format!("/client?{}", query.finish())
    }
}
