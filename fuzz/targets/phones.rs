//! Any text is a phone or a reason; a number understood is understood again as itself.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for region in ["FR", "SN", "CI", "MA", "??"] {
        let Ok(phone) = base::phone::parse(text, region) else { continue };
        if let Some(e164) = &phone.e164 {
            let again = base::phone::parse(e164, region).expect("its own form");
            assert_eq!(again.e164.as_ref(), Some(e164), "{text:?}");
        }
    }
    let _ = base::phone::query_digits(text);
});
