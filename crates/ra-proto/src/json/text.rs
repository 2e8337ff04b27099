//! Decodes JSON strings.

use alloc::string::String;
use core::str::Chars;

use zeroize::Zeroizing;

/// Resolves the escapes of a JSON string without its quotes. Returns `None` for an unknown escape or a lone surrogate.
pub(super) fn unescape(text: &str) -> Option<String> {
    // No escape is shorter than its character, so the buffer never grows and leaves no copy behind. If the text is
    // refused, the buffer is wiped.
    let mut out = Zeroizing::new(String::with_capacity(text.len()));
    let mut rest = text;
    while let Some((plain, escape)) = rest.split_once('\\') {
        out.push_str(plain);
        let mut chars = escape.chars();
        out.push(match chars.next()? {
            plain @ ('"' | '\\' | '/') => plain,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => scalar(&mut chars)?,
            _ => return None,
        });
        rest = chars.as_str();
    }
    out.push_str(rest);
    Some(core::mem::take(&mut *out))
}

/// Reads what follows `\u`: four digits, or a pair of surrogates with `\u` in between.
fn scalar(chars: &mut Chars<'_>) -> Option<char> {
    let first = unit(chars)?;
    let code = if (0xd800..0xdc00).contains(&first) {
        (chars.next()? == '\\' && chars.next()? == 'u').then_some(())?;
        let second = unit(chars)?;
        let low = (0xdc00..0xe000)
            .contains(&second)
            .then(|| second - 0xdc00)?;
        0x1_0000 + ((first - 0xd800) << 10) + low
    } else {
        first
    };
    char::from_u32(code)
}

fn unit(chars: &mut Chars<'_>) -> Option<u32> {
    let mut unit = 0;
    for _ in 0..4 {
        unit = unit * 16 + chars.next()?.to_digit(16)?;
    }
    Some(unit)
}
