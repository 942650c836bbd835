//! A form as it was typed, and what is wrong with it.

use domain::FieldError;
use url::form_urlencoded;

use super::Page;

/// Carries a form as it was first shown.
const OPENED: &str = "opened";

/// The values of a form and its errors: an empty one, one filled from a record, or what someone
/// typed and must correct.
#[derive(Clone, Debug, Default)]
pub struct Form {
    values: Vec<(String, String)>,
    errors: Vec<(String, String)>,
    /// The same for the summary, where no label stands beside them.
    summary: Vec<(String, String)>,
}

impl Form {
    /// Nothing typed yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// What was typed: the pairs of the request's body.
    pub fn typed(values: Vec<(String, String)>) -> Self {
        Self { values, ..Self::default() }
    }

    /// The same with one more value.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.values.push((name.to_owned(), value.into()));
        self
    }

    /// What an open form carries to know later what its author changed: its values as first shown,
    /// for the hidden field `opened`.
    pub fn opened(&self) -> String {
        match self.value(OPENED) {
            "" => {
                form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.values).finish()
            }
            known => known.to_owned(),
        }
    }

    /// The same, written over what was `saved` since it was opened: what its author left as it was
    /// takes the saved values, and so does the version, so that the next press decides.
    #[must_use]
    pub fn rebased(self, saved: &Self) -> Self {
        let opened = form_urlencoded::parse(self.value(OPENED).as_bytes()).into_owned();
        let opened = Self::typed(opened.collect());
        let mut names: Vec<&str> =
            self.values.iter().chain(&saved.values).map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        let mut values = Vec::new();
        for name in names.into_iter().filter(|name| *name != OPENED) {
            let untouched = name == "version"
                || (!opened.values.is_empty() && said(&self, name) == said(&opened, name));
            let source = if untouched { saved } else { &self };
            values.extend(source.values(name).into_iter().map(|v| (name.to_owned(), v.to_owned())));
        }
        values.push((OPENED.to_owned(), saved.opened()));
        Self { values, errors: self.errors, summary: self.summary }
    }

    /// The same with what the domain found wrong, in the language of `page`.
    #[must_use]
    pub fn failed(mut self, page: &Page, errors: &[FieldError]) -> Self {
        self.errors.extend(errors.iter().map(|e| (e.field.clone(), page.field_error(e))));
        self.summary.extend(errors.iter().map(|e| (e.field.clone(), page.named_error(e))));
        self
    }

    /// The first value of `name`, or nothing.
    pub fn value(&self, name: &str) -> &str {
        self.values.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value)
    }

    /// Every value of `name`: ticked boxes, repeated fields.
    pub fn values(&self, name: &str) -> Vec<&str> {
        self.values.iter().filter(|(n, _)| n == name).map(|(_, value)| value.as_str()).collect()
    }

    /// Whether `name` holds `value`: for radios, boxes and options.
    pub fn is(&self, name: &str, value: &str) -> bool {
        self.values.iter().any(|(n, v)| n == name && v == value)
    }

    /// What is wrong with `name`.
    pub fn error(&self, name: &str) -> Option<&str> {
        self.errors.iter().find(|(field, _)| field == name).map(|(_, text)| text.as_str())
    }

    /// The words of the option chosen for `name`; nothing for what is no option.
    pub fn chosen<V: AsRef<str>, T: AsRef<str>>(&self, name: &str, options: &[(V, T)]) -> String {
        let found = options.iter().find(|(value, _)| value.as_ref() == self.value(name));
        found.map_or_else(String::new, |(_, words)| words.as_ref().to_owned())
    }

    /// Everything wrong: field, sentence that names it.
    pub fn summary(&self) -> &[(String, String)] {
        &self.summary
    }
}

/// What is said of `name`: empty rows and line endings aside.
fn said(form: &Form, name: &str) -> Vec<String> {
    let values = form.values(name).into_iter().map(|value| value.trim().replace("\r\n", "\n"));
    values.filter(|value| !value.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use askama::Template as _;
    use domain::FieldError;

    use super::*;
    use crate::i18n::Language;

    #[derive(askama::Template)]
    #[template(
        ext = "html",
        source = r#"{% import "macros.html" as ui %}{% call ui::error_summary(page, form) %}{% endcall %}{% call ui::field(page, form, "title", "Titre", help = "Court.", required = true) %}{% endcall %}{% call ui::textarea(page, form, "note", "Note") %}{% endcall %}{% call ui::select(page, form, "role", "Rôle", [("agent", "Agent"), ("owner", "Propriétaire")]) %}{% endcall %}{% call ui::figure("/x", "Total", "12") %}{% endcall %}{% call ui::tab("/x", "Tous", true) %}{% endcall %}{% call ui::empty(page, "bell", "Rien", "Créez.") %}<a href="/n">Créer</a>{% endcall %}{% call ui::pagination(page, "1 à 2", None::<String>, Some("/s")) %}{% endcall %}"#
    )]
    struct Everything {
        page: Page,
        form: Form,
    }

    #[test]
    fn what_nobody_touched_follows_what_was_saved() {
        let shown = |name: &str, city: &str, version: &str| {
            let form = Form::new().with("name", name).with("city", city);
            form.with("phones", "1").with("version", version)
        };
        let first = shown("Awa", "Dakar", "1");
        let mine = shown("Awa", "Thiès", "1").with("phones", "").with("opened", first.opened());
        let saved = shown("Awa Sarr", "Dakar", "2");
        let both = mine.rebased(&saved);
        let read = ["name", "city", "phones", "version"].map(|name| both.value(name).to_owned());
        assert_eq!(read, ["Awa Sarr", "Thiès", "1", "2"]);
        // What the next press starts from is what it has seen.
        assert_eq!(both.opened(), saved.opened());
    }

    #[test]
    fn a_form_shows_what_was_typed_and_what_is_wrong() {
        let page = Page::for_tests(Language::Fr);
        let wrong = [FieldError { field: "title".into(), code: "required", args: Vec::new() }];
        let form = Form::new().with("title", "<b>").with("role", "owner").failed(&page, &wrong);
        let html = Everything { page, form }.render().unwrap();
        assert!(html.contains("value=\"&#60;b&#62;\""), "{html}");
        assert!(html.contains("aria-invalid=\"true\" aria-describedby=\"title-help title-error\""));
        assert!(
            html.contains("<a href=\"#title\">Titre : Ce champ est obligatoire.</a>"),
            "{html}"
        );
        assert!(html.contains("<option value=\"owner\" selected>"), "{html}");
        assert!(html.contains("Un point est à corriger"), "{html}");
        assert!(html.contains("<a href=\"/n\">Créer</a></div>"), "{html}");
    }
}
