//! Any query string is a filter or a list of wrong fields, and a filter survives its own JSON.
#![no_main]

use domain::clients::ClientFilter;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let pairs = text.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    if let Ok(filter) = ClientFilter::from_query(pairs) {
        let json = serde_json::to_string(&filter).expect("a filter is JSON");
        let again: ClientFilter = serde_json::from_str(&json).expect("its own JSON");
        assert_eq!(json, serde_json::to_string(&again).expect("JSON"), "{text:?}");
    }
});
