use std::fmt;

use url::form_urlencoded;

/// A list's query string: what it shows, in order, without empty values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query(Vec<(String, String)>);

impl Query {
    /// The query of a path: `/client?q=awa`.
    pub fn of(path: &str) -> Self {
        Self::parse(path.split_once('?').map_or("", |(_, query)| query))
    }

    /// Reads `q=awa&sort=name`.
    pub fn parse(query: &str) -> Self {
        let pairs = form_urlencoded::parse(query.as_bytes());
        Self(pairs.into_owned().filter(|(_, value)| !value.trim().is_empty()).collect())
    }

    /// The first value of `name`.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Every value of `name`.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Whether `name` has `value` among its values.
    pub fn has(&self, name: &str, value: impl AsRef<str>) -> bool {
        self.0.iter().any(|(key, v)| key == name && v == value.as_ref())
    }

    /// Every name and value.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Removes `name` and returns its first value.
    pub fn take(&mut self, name: &str) -> Option<String> {
        let value = self.get(name).map(str::to_owned);
        self.0.retain(|(key, _)| key != name);
        value
    }

    /// The same with `name` as `value` alone.
    #[must_use]
    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut changed = self.without(name);
        changed.0.push((name.to_owned(), value.to_owned()));
        changed
    }

    /// The same without `name`.
    #[must_use]
    pub fn without(&self, name: &str) -> Self {
        Self(self.0.iter().filter(|(key, _)| key != name).cloned().collect())
    }

    /// The link to `path` with this query.
    pub fn href(&self, path: &str) -> String {
        if self.0.is_empty() { path.to_owned() } else { format!("{path}?{self}") }
    }

    /// Whether both ask for the same, in any order.
    pub fn same_as(&self, other: &Self) -> bool {
        let sorted = |query: &Self| {
            let mut pairs = query.0.clone();
            pairs.sort_unstable();
            pairs
        };
        sorted(self) == sorted(other)
    }
}

impl fmt::Display for Query {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = form_urlencoded::Serializer::new(String::new());
        out.write_str(&text.extend_pairs(&self.0).finish())
    }
}

#[cfg(test)]
mod tests {
    use super::Query;

    #[test]
    fn a_query_drops_what_is_empty_and_keeps_the_rest_in_order() {
        let query = Query::of("/client?q=d%C3%A9&status=&sort=name&tag=a&tag=b");
        assert_eq!(query.to_string(), "q=d%C3%A9&sort=name&tag=a&tag=b");
        assert_eq!(query.with("sort", "-name").get("sort"), Some("-name"));
        assert_eq!(query.without("tag").href("/client"), "/client?q=d%C3%A9&sort=name");
        assert!(Query::parse("a=1&b=2").same_as(&Query::parse("b=2&a=1")));
    }
}
