//! Spreadsheets write characters that XML cannot hold, or would change, as `_x000D_`, and a text that
//! looks like that with `_x005F_` for its first `_` (ECMA-376, 22.9.2.19).

/// The text meant by `text`.
pub(super) fn undo(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let (before, escape) = rest.split_at(at);
        out.push_str(before);
        match escaped(escape) {
            Some(c) => {
                out.push(c);
                rest = &escape[7..];
            }
            None => {
                out.push_str("_x");
                rest = &escape[2..];
            }
        }
    }
    out + rest
}

/// What to write so that `text` is read, in at most `max` characters: what is too long is cut, with
/// an ellipsis. Other control characters are left to the library.
pub(super) fn apply(text: &str, max: usize) -> String {
    let is_short = text.len() <= max;
    if is_short && !text.contains('\r') && !text.contains("_x") {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut count = 0;
    // Where to cut if the end does not fit: the last place that leaves room for the ellipsis.
    let mut cut = 0;
    for (at, c) in text.char_indices() {
        if count < max {
            cut = out.len();
        }
        let escape = match c {
            '\r' => "_x000D_",
            '_' if escaped(&text[at..]).is_some() => "_x005F_",
            _ => "",
        };
        if escape.is_empty() {
            out.push(c);
        } else {
            out.push_str(escape);
        }
        count += escape.len().max(1);
        if count > max {
            out.truncate(cut);
            out.push('…');
            break;
        }
    }
    out
}

/// The character whose escape `text` starts with.
fn escaped(text: &str) -> Option<char> {
    let hex = text.strip_prefix("_x")?.get(..5)?.strip_suffix('_')?;
    let is_hex = hex.bytes().all(|b| b.is_ascii_hexdigit());
    u32::from_str_radix(hex, 16).ok().filter(|_| is_hex).and_then(char::from_u32)
}
