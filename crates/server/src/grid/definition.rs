//! What a feature declares of its list.

/// A list, as its feature declares it.
#[derive(Debug)]
pub struct Definition {
    /// Names the list in ids, preferences and saved views: `clients`.
    pub name: &'static str,
    /// Where it stands: `/client`.
    pub path: &'static str,
    /// The key of its title.
    pub label: &'static str,
    /// Every column it can show; the first is the one that names the row.
    pub columns: &'static [Column],
    /// The order it opens in: `name` or `-created_at`.
    pub sort: &'static str,
}

/// A column.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its name in preferences and in the template's `match`.
    pub key: &'static str,
    /// The key of its heading.
    pub label: &'static str,
    /// What `sort=` calls it, if it sorts.
    pub sort: Option<&'static str>,
    /// Classes of its cells: `num`, `tablet-hidden`, `laptop-hidden`.
    pub class: &'static str,
    /// Its place on a phone's card: `main`, `status`, `left`, `right`, `line`, or nowhere.
    pub card: &'static str,
    /// Whether it shows until the user says otherwise.
    pub shown: bool,
    /// Stays at the start, always shown.
    pub fixed: bool,
    /// Its width in pixels until the user says otherwise, once widths are saved.
    pub width: u16,
}

impl Column {
    /// A shown column that does not sort.
    pub const fn new(key: &'static str, label: &'static str) -> Self {
        let (sort, class, card) = (None, "", "");
        Self { key, label, sort, class, card, shown: true, fixed: false, width: 150 }
    }

    /// Sorts as `name`.
    #[must_use]
    pub const fn sorted(mut self, name: &'static str) -> Self {
        self.sort = Some(name);
        self
    }

    /// Carries these classes.
    #[must_use]
    pub const fn class(mut self, class: &'static str) -> Self {
        self.class = class;
        self
    }

    /// Has this place on a phone's card.
    #[must_use]
    pub const fn card(mut self, place: &'static str) -> Self {
        self.card = place;
        self
    }

    /// Shows only when asked for.
    #[must_use]
    pub const fn hidden(mut self) -> Self {
        self.shown = false;
        self
    }

    /// Stays at the start, always shown.
    #[must_use]
    pub const fn fixed(mut self) -> Self {
        self.fixed = true;
        self
    }

    /// This wide, once widths are saved.
    #[must_use]
    pub const fn width(mut self, pixels: u16) -> Self {
        self.width = pixels;
        self
    }
}
