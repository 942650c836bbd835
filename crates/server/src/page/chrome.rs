//! The pieces of markup that every template uses: icons, pills, initials.

use std::fmt;
use std::sync::LazyLock;

use askama::filters::{Escaper as _, Html, HtmlSafe, Safe};
use askama::{FastWritable, Values};

use super::Page;
use crate::assets;
use crate::nav::{self, NavLink};

/// Markup that is already safe: templates write it as it is.
pub type Markup = Safe<String>;

/// The sprite's URL, up to where the name of an icon follows.
static SPRITE: LazyLock<String> = LazyLock::new(|| format!("{}#", assets::url("icons.svg")));

impl Page {
    /// A 16 px icon of the sprite. Decorative: the words beside it carry the meaning.
    pub fn icon<'a>(&self, name: &'a str) -> Icon<'a> {
        self.icon_of(name, "")
    }

    /// An icon with one more class: `icon-sm`, `icon-lg`, `icon-xl`.
    pub fn icon_of<'a>(&self, name: &'a str, class: &'a str) -> Icon<'a> {
        Icon { name, class }
    }

    /// A status: colour, icon and word.
    pub fn pill(&self, kind: &str, icon: &str, text: &str) -> Markup {
        let icon = Icon { name: icon, class: "" };
        let mut html = format!("<span class=\"pill pill-{kind}\">{icon}");
        escape_into(&mut html, text);
        html.push_str("</span>");
        Safe(html)
    }

    /// A pill whose word says it all.
    pub fn label(&self, kind: &str, text: &str) -> Markup {
        let mut html = format!("<span class=\"pill pill-{kind}\">");
        escape_into(&mut html, text);
        html.push_str("</span>");
        Safe(html)
    }

    /// The round initials of a person or a company.
    pub fn avatar(&self, name: &str) -> Markup {
        let mut html = "<span class=\"avatar\" aria-hidden=\"true\">".to_owned();
        escape_into(&mut html, &initials(name));
        html.push_str("</span>");
        Safe(html)
    }

    /// The same words as a sentence begins: `Demain 10:00`.
    pub fn sentence(&self, text: &str) -> String {
        let mut letters = text.chars();
        let first = letters.next().into_iter().flat_map(char::to_uppercase);
        first.chain(letters).collect()
    }

    /// What stands in a cell that has no value.
    pub fn nothing(&self) -> Markup {
        let label = self.t("nothing");
        Safe(format!("<span class=\"empty-value\" aria-label=\"{label}\">—</span>"))
    }

    /// The navigation that whoever looks may use.
    pub fn nav(&self) -> Vec<NavLink> {
        nav::links(self)
    }

    /// `open` or `collapsed`: how this browser keeps its sidebar.
    pub fn nav_state(&self) -> &'static str {
        if self.collapsed { "collapsed" } else { "open" }
    }

    /// The role and the centre of whoever looks: `Propriétaire · Dakar`.
    pub fn user_role(&self) -> String {
        let Some(identity) = &self.identity else { return String::new() };
        let role = self.t(&format!("role-{}", identity.profile.role.as_str().replace('_', "-")));
        match &identity.profile.center {
            Some(center) => format!("{role} · {}", center.name),
            None => role,
        }
    }

    /// How many alerts are due, when any is: the bell's badge.
    pub fn due_count(&self) -> Option<String> {
        let due = self.counts.due_alerts.filter(|due| due.value > 0)?;
        let plus = if due.value > 99 { "+" } else { "" };
        Some(format!("{}{plus}", due.value.min(99)))
    }

    /// `37 alertes à traiter`.
    pub fn due_sentence(&self) -> String {
        self.t1("bell-due", "count", self.counts.due_alerts.map_or(0, |due| due.value))
    }

    /// The opaque id of whoever looks.
    pub fn user_id(&self) -> String {
        self.identity.as_ref().map(|i| i.profile.id.to_string()).unwrap_or_default()
    }

    /// The icon of a toast or a notice of that kind.
    pub fn kind_icon(&self, kind: &str) -> Icon<'static> {
        self.icon(match kind {
            "success" => "circle-check",
            "error" => "circle-alert",
            "warning" => "triangle-alert",
            _ => "info",
        })
    }
}

/// An icon of the sprite, written straight into the page: a list shows hundreds.
#[derive(Clone, Copy, Debug)]
pub struct Icon<'a> {
    name: &'a str,
    class: &'a str,
}

impl Icon<'_> {
    fn pieces(&self) -> [&str; 7] {
        let space = if self.class.is_empty() { "" } else { " " };
        let sprite = SPRITE.as_str();
        let (start, middle, end) =
            ("<svg class=\"icon", "\" aria-hidden=\"true\"><use href=\"", "\"></use></svg>");
        [start, space, self.class, middle, sprite, self.name, end]
    }
}

impl fmt::Display for Icon<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.pieces().into_iter().try_for_each(|piece| f.write_str(piece))
    }
}

impl FastWritable for Icon<'_> {
    fn write_into(&self, to: &mut dyn fmt::Write, _: &dyn Values) -> askama::Result<()> {
        Ok(self.pieces().into_iter().try_for_each(|piece| to.write_str(piece))?)
    }
}

/// Names and classes are ours.
impl HtmlSafe for Icon<'_> {}

fn escape_into(html: &mut String, text: &str) {
    // Writing to a String cannot fail.
    let _ = Html.write_escaped_str(html, text);
}

/// At most two letters: of the first and the last word.
pub fn initials(name: &str) -> String {
    let mut words =
        name.split([' ', '\u{a0}']).filter_map(|w| w.chars().find(|c| c.is_alphanumeric()));
    let first = words.next();
    let last = words.next_back();
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn initials_are_of_the_first_and_last_word() {
        assert_eq!(initials("Awa N’Diaye"), "AN");
        assert_eq!(initials("société moderne de froid"), "SF");
        assert_eq!(initials("Œuvrard"), "Œ");
        assert_eq!(initials(""), "");
    }
}
