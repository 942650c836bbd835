//! Every sentence exists in every language.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::LazyLock;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(folder: &Path, extension: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|e| e == extension) {
            found.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
        }
    }
    found
}

/// Names the languages that lack `key`.
fn lacking(key: &str) -> Vec<&'static str> {
    static KEYS: LazyLock<[BTreeMap<String, String>; 2]> =
        LazyLock::new(|| [keys("fr"), keys("en")]);
    let languages = ["fr", "en"].into_iter().zip(KEYS.iter());
    languages.filter(|(_, known)| !known.contains_key(key)).map(|(language, _)| language).collect()
}

fn keys(language: &str) -> BTreeMap<String, String> {
    let mut keys = BTreeMap::new();
    for (file, text) in files(&root().join("locales").join(language), "ftl") {
        for line in text.lines().filter(|l| l.starts_with(|c: char| c.is_ascii_lowercase())) {
            let Some((key, _)) = line.split_once('=') else { continue };
            let twice = keys.insert(key.trim().to_owned(), file.clone());
            assert_eq!(twice, None, "{key} is in two files of {language}, one of them {file}");
        }
    }
    keys
}

#[test]
fn both_languages_have_the_same_keys() {
    let (fr, en): (BTreeSet<_>, BTreeSet<_>) =
        (keys("fr").into_keys().collect(), keys("en").into_keys().collect());
    let only =
        |a: &BTreeSet<String>, b: &BTreeSet<String>| a.difference(b).cloned().collect::<Vec<_>>();
    assert_eq!((only(&fr, &en), only(&en, &fr)), (Vec::new(), Vec::new()));
}

/// Keys as they are written: `t("key")`, `t1("key"`, `Flash::success("key")`…
#[test]
fn every_key_in_use_has_its_sentence() {
    const CALLS: [&str; 7] = [
        ".t(\"",
        ".t1(\"",
        ".t2(\"",
        "Flash::success(\"",
        "Flash::error(\"",
        "Flash::warning(\"",
        ".t_with(\"",
    ];
    let mut missing = BTreeSet::new();
    let templates = files(&root().join("templates"), "html");
    for (file, text) in templates.into_iter().chain(files(&root().join("src"), "rs")) {
        for call in CALLS {
            for rest in text.split(call).skip(1) {
                let key = rest.split('"').next().unwrap_or_default();
                for language in lacking(key) {
                    missing.insert(format!("{key} ({language}) in {file}"));
                }
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

/// No-break spaces before `: ; ? ! % »` and after `«`, and ’ for an apostrophe.
#[test]
fn french_sentences_are_written_as_french_is() {
    let mut wrong = Vec::new();
    for (file, text) in files(&root().join("locales/fr"), "ftl") {
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let sentence = line.split_once(" = ").map_or(line, |(_, sentence)| sentence);
            let spaces = ["« ", " »", " ;", " ?", " !", " %", " : ", "'"];
            if spaces.iter().any(|space| sentence.contains(space)) || sentence.ends_with(" :") {
                wrong.push(format!("{file}: {line}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The domain's errors carry keys: each has its words.
#[test]
fn every_error_has_its_sentence() {
    const CALLS: [&str; 3] = ["Error::Conflict(\"", "Error::invalid(", "invalid.add("];
    let mut missing = BTreeSet::new();
    for (file, text) in files(&root().join("../domain/src"), "rs") {
        for call in CALLS {
            for rest in text.split(call).skip(1) {
                let statement = rest.split(')').next().unwrap_or_default();
                // `"key` after an opening quote, or the second literal of `("field", "key"`.
                let nth = if call.ends_with('"') { 0 } else { 3 };
                let key = statement.split('"').nth(nth);
                let Some(key) = key else { continue };
                for language in lacking(&format!("error-{key}")) {
                    missing.insert(format!("error-{key} ({language}) in {file}"));
                }
            }
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn every_event_and_role_has_its_sentence() {
    let events = domain::events::catalog::EVENT_TYPES.iter();
    let events = events.map(|kind| format!("event-{}", kind.name.replace(['.', '_'], "-")));
    let roles = domain::Role::ALL.iter();
    let roles = roles.map(|role| format!("role-{}", role.as_str().replace('_', "-")));
    for key in events.chain(roles) {
        assert!(lacking(&key).is_empty(), "{key}: {:?}", lacking(&key));
    }
}
