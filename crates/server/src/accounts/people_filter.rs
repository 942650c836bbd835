//! A list's query string, read the same way for pages and API.

use domain::users::people::{PeopleFilter, Sort, State};
use domain::{Error, Invalid, Role};
use serde::Deserialize;

use crate::answer::read_limit;

/// Which people a list may be asked for.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Params {
    /// In the name, accents aside, or the address.
    #[serde(default)]
    q: Option<String>,
    /// `owner`, `supervisor`, `agent`…
    #[serde(default)]
    role: Option<String>,
    /// May sign in, or not.
    #[serde(default)]
    #[param(value_type = Option<bool>)]
    is_active: Option<String>,
    /// `active`, `invited` (has not followed the invitation yet) or `inactive`.
    #[serde(default)]
    state: Option<String>,
    /// Those of this centre.
    #[serde(default)]
    call_center_id: Option<String>,
    /// `name`, `email`, `role`, `call_center`, `supervisor`, `state`, `language`, `last_sign_in_at` or
    /// `created_at`; `-` for the greatest first.
    #[serde(default)]
    #[param(example = "name")]
    sort: Option<String>,
    /// At most 200.
    #[serde(default)]
    #[param(value_type = Option<u32>)]
    limit: Option<String>,
    /// Where the page starts, from the page before.
    #[serde(default)]
    pub(super) cursor: Option<String>,
}

impl Params {
    /// The filter, the order, and how many.
    pub(super) fn read(&self) -> Result<(PeopleFilter, Sort, u32), Error> {
        let mut invalid = Invalid::new();
        let asked = |text: &Option<String>| {
            text.as_deref().map(str::trim).filter(|t| !t.is_empty()).map(str::to_owned)
        };
        let filter = PeopleFilter {
            q: invalid.text("q", self.q.as_deref(), 200).unwrap_or_default(),
            role: one("role", asked(&self.role), Role::parse, &mut invalid),
            is_active: one("is_active", asked(&self.is_active), |t| t.parse().ok(), &mut invalid),
            state: one("state", asked(&self.state), State::parse, &mut invalid),
            call_center_id: one(
                "call_center_id",
                asked(&self.call_center_id),
                |text| text.parse().ok(),
                &mut invalid,
            ),
        };
        let sort = one("sort", asked(&self.sort), |text| Sort::parse(text).ok(), &mut invalid);
        let limit = read_limit(self.limit.as_deref(), &mut invalid);
        invalid.check()?;
        Ok((filter, sort.unwrap_or(Sort::BY_NAME), limit))
    }
}

/// What `text` means, if it says anything; what means nothing is noted on `field`.
fn one<T>(
    field: &str,
    text: Option<String>,
    read: impl Fn(&str) -> Option<T>,
    invalid: &mut Invalid,
) -> Option<T> {
    let text = text?;
    let value = read(&text);
    if value.is_none() {
        invalid.add(field, "wrong-value");
    }
    value
}
