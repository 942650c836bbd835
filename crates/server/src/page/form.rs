//! A form as it was typed, and what is wrong with it.

use domain::FieldError;

use super::Page;

/// The values of a form and its errors: an empty one, one filled from a record, or what someone
/// typed and must correct.
#[derive(Clone, Debug, Default)]
pub struct Form {
    values: Vec<(String, String)>,
    errors: Vec<(String, String)>,
}

impl Form {
    /// Nothing typed yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// What was typed: the pairs of the request's body.
    pub fn typed(values: Vec<(String, String)>) -> Self {
        Self { values, errors: Vec::new() }
    }

    /// The same with one more value.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.values.push((name.to_owned(), value.into()));
        self
    }

    /// The same with `value` as the only one of `name`.
    #[must_use]
    pub fn replaced(mut self, name: &str, value: impl Into<String>) -> Self {
        self.values.retain(|(known, _)| known != name);
        self.with(name, value)
    }

    /// The same with what the domain found wrong, in the language of `page`.
    #[must_use]
    pub fn failed(mut self, page: &Page, errors: &[FieldError]) -> Self {
        self.errors.extend(errors.iter().map(|e| (e.field.clone(), page.field_error(e))));
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

    /// Everything wrong: field, sentence.
    pub fn errors(&self) -> &[(String, String)] {
        &self.errors
    }
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
        source = r#"{% import "macros.html" as ui %}{% call ui::error_summary(page, form) %}{% endcall %}{% call ui::field(page, form, "title", "Titre", help = "Court.", required = true) %}{% endcall %}{% call ui::textarea(page, form, "note", "Note") %}{% endcall %}{% call ui::select(page, form, "role", "Rôle", [("agent", "Agent"), ("owner", "Propriétaire")]) %}{% endcall %}{% call ui::figure("/x", "Total", "12") %}{% endcall %}{% call ui::tab("/x", "Tous", true) %}{% endcall %}{% call ui::empty(page, "bell", "Rien", "Créez.") %}<a href="/n">Créer</a>{% endcall %}{% call ui::row_menu(page, "1", "Actions") %}<a>e</a>{% endcall %}{% call ui::pagination(page, "1 à 2", None::<String>, Some("/s")) %}{% endcall %}"#
    )]
    struct Everything {
        page: Page,
        form: Form,
    }

    #[test]
    fn a_form_shows_what_was_typed_and_what_is_wrong() {
        let page = Page::for_tests(Language::Fr);
        let wrong = [FieldError { field: "title".into(), code: "required", args: Vec::new() }];
        let form = Form::new().with("title", "<b>").with("role", "owner").failed(&page, &wrong);
        let html = Everything { page, form }.render().unwrap();
        assert!(html.contains("value=\"&#60;b&#62;\""), "{html}");
        assert!(html.contains("aria-invalid=\"true\" aria-describedby=\"title-help title-error\""));
        assert!(html.contains("<a href=\"#title\">Ce champ est obligatoire.</a>"), "{html}");
        assert!(html.contains("<option value=\"owner\" selected>"), "{html}");
        assert!(html.contains("Un point est à corriger"), "{html}");
        assert!(html.contains("<a href=\"/n\">Créer</a></div>"), "{html}");
    }
}
