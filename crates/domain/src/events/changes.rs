use serde_json::{Map, Value as Json, json};

/// `{"field": [before, after]}` of what differs between two lists of the same fields.
pub(crate) fn changed_fields<const N: usize>(
    before: [(&'static str, Json); N],
    after: [(&'static str, Json); N],
) -> Map<String, Json> {
    let both = before.into_iter().zip(after);
    both.filter(|(before, after)| before != after)
        .map(|((name, before), (_, after))| (name.to_owned(), json!([before, after])))
        .collect()
}
