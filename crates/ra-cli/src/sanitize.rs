//! Makes foreign text harmless before it reaches a terminal.

use std::borrow::Cow;

/// `text` with everything that could steer a terminal or reorder a line written as `\u{…}`: control characters
/// (C0, DEL, C1), line and paragraph separators, the bidirectional and invisible formatting
/// characters, and letters that look like nothing. What joins emoji and chooses their look stays.
#[must_use]
pub(crate) fn sanitize(text: &str) -> Cow<'_, str> {
    if !text.chars().any(steers) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if steers(c) {
            safe.extend(c.escape_unicode());
        } else {
            safe.push(c);
        }
    }
    Cow::Owned(safe)
}

fn steers(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}'
            | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::sanitize;

    #[test]
    fn text_without_tricks_is_borrowed() {
        assert!(matches!(
            sanitize("Mary Jané 🦀"),
            std::borrow::Cow::Borrowed(_)
        ));
    }

    #[test]
    fn letters_that_look_like_nothing_become_visible() {
        assert_eq!(sanitize("mary\u{3164}"), "mary\\u{3164}");
        for c in [
            '\u{34f}',
            '\u{115f}',
            '\u{180e}',
            '\u{200b}',
            '\u{2800}',
            '\u{ffa0}',
            '\u{e0100}',
        ] {
            assert!(sanitize(&c.to_string()).is_ascii(), "{c:?}");
        }
        let family = "\u{1f468}\u{200d}\u{1f467} \u{2764}\u{fe0f}";
        assert_eq!(sanitize(family), family);
    }

    #[test]
    fn escape_sequences_and_reordering_become_visible() {
        assert_eq!(sanitize("a\u{1b}[2Jb"), "a\\u{1b}[2Jb");
        assert_eq!(sanitize("a\r\nb\u{9b}c"), "a\\u{d}\\u{a}b\\u{9b}c");
        assert_eq!(sanitize("\u{202e}yram"), "\\u{202e}yram");
    }
}
