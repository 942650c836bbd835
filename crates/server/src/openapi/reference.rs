use askama::filters::{Escaper as _, Html, Safe};
use serde_json::Value as Json;

use crate::page::Markup;
use crate::router;

/// The document, ordered for reading.
pub(super) struct Reference {
    pub(super) groups: Vec<Group>,
    pub(super) schemas: Vec<Schema>,
}

/// Operations on one thing.
pub(super) struct Group {
    pub(super) name: String,
    /// What to know first, one paragraph each.
    pub(super) text: Vec<String>,
    pub(super) operations: Vec<Operation>,
}

impl Group {
    /// Its id in the page.
    pub(super) fn anchor(&self) -> String {
        format!("group-{}", self.name.replace(' ', "-"))
    }
}

/// A call.
pub(super) struct Operation {
    pub(super) id: String,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) summary: String,
    pub(super) description: String,
    pub(super) inputs: Vec<Field>,
    pub(super) body: Option<Shape>,
    pub(super) answers: Vec<(String, String, Option<Shape>)>,
}

/// A parameter, or a field of a schema.
pub(super) struct Field {
    pub(super) name: String,
    pub(super) place: String,
    pub(super) shape: Shape,
    pub(super) required: bool,
    pub(super) description: String,
    pub(super) example: String,
}

/// A type: its words, and the schema it leads to.
pub(super) struct Shape {
    pub(super) words: String,
    pub(super) schema: Option<String>,
}

/// A named shape.
pub(super) struct Schema {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) fields: Vec<Field>,
}

/// Reads the document once.
pub(super) fn read() -> Reference {
    let document = serde_json::to_value(router::openapi()).unwrap_or_default();
    let mut groups: Vec<Group> = Vec::new();
    for (path, item) in entries(&document["paths"]) {
        for (method, operation) in entries(item) {
            let name = text(&operation["tags"][0]);
            let read = operation_of(method, path, operation);
            match groups.iter_mut().find(|group| group.name == name) {
                Some(group) => group.operations.push(read),
                None => {
                    let text = about(&document, &name);
                    groups.push(Group { name, text, operations: vec![read] });
                }
            }
        }
    }
    groups.sort_by(|a, b| a.name.cmp(&b.name));
    let schemas = entries(&document["components"]["schemas"])
        .map(|(name, schema)| Schema {
            name: name.clone(),
            description: text(&schema["description"]),
            fields: fields_of(schema),
        })
        .collect();
    Reference { groups, schemas }
}

fn about(document: &Json, tag: &str) -> Vec<String> {
    let tags = document["tags"].as_array().into_iter().flatten();
    let said = tags.filter(|one| one["name"] == tag).map(|one| text(&one["description"]));
    // The page shows text as it is: signs of emphasis would stand in it.
    let plain = said.map(|text| text.replace("**", "").replace('`', ""));
    plain.flat_map(|text| text.split("\n\n").map(str::to_owned).collect::<Vec<_>>()).collect()
}

fn operation_of(method: &str, path: &str, operation: &Json) -> Operation {
    let inputs = operation["parameters"].as_array().into_iter().flatten().map(|input| Field {
        name: text(&input["name"]),
        place: text(&input["in"]),
        shape: shape_of(&input["schema"]),
        required: input["required"].as_bool().unwrap_or(false),
        description: text(&input["description"]),
        example: example_of(input),
    });
    let answers = entries(&operation["responses"]).map(|(status, answer)| {
        (status.clone(), text(&answer["description"]), content_of(&answer["content"]))
    });
    Operation {
        id: format!("{method}-{}", path.replace(['/', '{', '}', '.'], "-")),
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text(&operation["summary"]),
        description: text(&operation["description"]),
        inputs: inputs.collect(),
        body: content_of(&operation["requestBody"]["content"]),
        answers: answers.collect(),
    }
}

fn content_of(content: &Json) -> Option<Shape> {
    let (kind, body) = entries(content).next()?;
    let mut shape = shape_of(&body["schema"]);
    if kind != "application/json" {
        shape.words = format!("{} ({kind})", shape.words);
    }
    Some(shape)
}

fn fields_of(schema: &Json) -> Vec<Field> {
    let required = schema["required"].as_array();
    let is_required = |name: &str| required.is_some_and(|all| all.iter().any(|one| one == name));
    entries(&schema["properties"])
        .map(|(name, field)| Field {
            name: name.clone(),
            place: String::new(),
            shape: shape_of(field),
            required: is_required(name),
            description: text(&field["description"]),
            example: example_of(field),
        })
        .collect()
}

/// `string`, `integer or null`, `list of Alert`.
fn shape_of(schema: &Json) -> Shape {
    if let Some(name) = schema["$ref"].as_str().and_then(|r| r.rsplit('/').next()) {
        return Shape { words: name.to_owned(), schema: Some(name.to_owned()) };
    }
    for key in ["oneOf", "anyOf", "allOf"] {
        let Some(choices) = schema[key].as_array() else { continue };
        let shapes: Vec<Shape> = choices.iter().map(shape_of).collect();
        let words = shapes.iter().map(|s| s.words.as_str()).collect::<Vec<_>>().join(" or ");
        return Shape { words, schema: shapes.into_iter().find_map(|shape| shape.schema) };
    }
    if schema["items"].is_object() {
        let items = shape_of(&schema["items"]);
        return Shape { words: format!("list of {}", items.words), schema: items.schema };
    }
    let mut words = match &schema["type"] {
        Json::Array(kinds) => kinds.iter().map(text).collect::<Vec<_>>().join(" or "),
        kind => text(kind),
    };
    if let Some(format) = schema["format"].as_str() {
        words = format!("{words} ({format})");
    }
    if let Some(values) = schema["enum"].as_array() {
        let values: Vec<String> = values.iter().map(text).collect();
        words = format!("{words}: {}", values.join(", "));
    }
    Shape { words, schema: None }
}

fn example_of(field: &Json) -> String {
    let example = &field["example"];
    let example = if example.is_null() { &field["schema"]["example"] } else { example };
    if example.is_null() { String::new() } else { text(example) }
}

/// What is told of a part of the API, with what stands between backticks as code.
pub(super) fn marked(text: &str) -> Markup {
    let mut html = String::new();
    for (index, part) in text.split('`').enumerate() {
        let (open, close) = if index % 2 == 1 { ("<code>", "</code>") } else { ("", "") };
        html.push_str(open);
        // Writing to a String cannot fail.
        let _ = Html.write_escaped_str(&mut html, part);
        html.push_str(close);
    }
    Safe(html)
}

fn entries(value: &Json) -> impl Iterator<Item = (&String, &Json)> {
    value.as_object().into_iter().flatten()
}

fn text(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    }
}
