//! Scans JSON text without building values.

use super::value::{Kind, Raw};
use crate::error::DecodeErrorKind::{self, NotJson, TooDeep};

/// Reads JSON by its grammar (RFC 8259) and borrows the values. It does not interpret them.
///
/// The functions on the path of a frame are inlined into its decoder, so that values stay in registers. Without that,
/// reading takes up to twice as long.
pub(super) struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// Reads the next byte after white space.
    pub(super) fn token(&mut self) -> Result<u8, DecodeErrorKind> {
        loop {
            match self.next()? {
                b' ' | b'\n' | b'\r' | b'\t' => {}
                token => return Ok(token),
            }
        }
    }

    /// Reads the rest of an object after its opening brace. `levels` limits its depth, its own level included.
    #[inline(always)]
    pub(super) fn object(
        &mut self,
        levels: usize,
        mut member: impl FnMut(Raw<'a>, Raw<'a>) -> Result<(), DecodeErrorKind>,
    ) -> Result<(), DecodeErrorKind> {
        let levels = levels.checked_sub(1).ok_or(TooDeep)?;
        let mut next = self.token()?;
        if next == b'}' {
            return Ok(());
        }
        loop {
            if next != b'"' {
                return Err(NotJson);
            }
            let key = self.string()?;
            if self.token()? != b':' {
                return Err(NotJson);
            }
            let first = self.token()?;
            member(key, self.value(first, levels)?)?;
            match self.token()? {
                b',' => next = self.token()?,
                b'}' => return Ok(()),
                _ => return Err(NotJson),
            }
        }
    }

    /// Reads the rest of a list after its opening bracket. `levels` limits its depth, its own level included.
    pub(super) fn list(
        &mut self,
        levels: usize,
        mut element: impl FnMut(Raw<'a>) -> Result<(), DecodeErrorKind>,
    ) -> Result<(), DecodeErrorKind> {
        let levels = levels.checked_sub(1).ok_or(TooDeep)?;
        let mut next = self.token()?;
        if next == b']' {
            return Ok(());
        }
        loop {
            element(self.value(next, levels)?)?;
            match self.token()? {
                b',' => next = self.token()?,
                b']' => return Ok(()),
                _ => return Err(NotJson),
            }
        }
    }

    /// Reads the rest of a value that begins with `first`. Fails if no value begins with it.
    #[inline(always)]
    fn value(&mut self, first: u8, levels: usize) -> Result<Raw<'a>, DecodeErrorKind> {
        let start = self.at - 1;
        let kind = match first {
            b'"' => return self.string(),
            b'{' => self.inner_object(levels)?,
            b'[' => self.inner_list(levels)?,
            b't' => self.word("rue")?,
            b'f' => self.word("alse")?,
            b'n' => self.word("ull")?,
            _ => self.number(first)?,
        };
        let text = self.text.get(start..self.at).ok_or(NotJson)?;
        Ok(Raw { kind, text })
    }

    #[inline(never)]
    fn inner_object(&mut self, levels: usize) -> Result<Kind, DecodeErrorKind> {
        self.object(levels, |_, _| Ok(())).map(|()| Kind::Object)
    }

    #[inline(never)]
    fn inner_list(&mut self, levels: usize) -> Result<Kind, DecodeErrorKind> {
        self.list(levels, |_| Ok(())).map(|()| Kind::List)
    }

    /// Reads the rest of a string after its opening quote.
    #[inline(always)]
    fn string(&mut self) -> Result<Raw<'a>, DecodeErrorKind> {
        let start = self.at;
        let mut escaped = false;
        loop {
            self.at += plain_length(self.rest());
            match self.next()? {
                b'"' => break,
                b'\\' => self.escape()?,
                _ => return Err(NotJson),
            }
            escaped = true;
        }
        let kind = if escaped { Kind::Escaped } else { Kind::Text };
        let text = self.text.get(start..self.at - 1).ok_or(NotJson)?;
        Ok(Raw { kind, text })
    }

    /// Reads the rest of an escape after its backslash. The grammar allows unpaired surrogates.
    fn escape(&mut self) -> Result<(), DecodeErrorKind> {
        match self.next()? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Ok(()),
            b'u' => {
                let hex = |digit: u8| digit.is_ascii_hexdigit().then_some(()).ok_or(NotJson);
                (0..4).try_for_each(|_| hex(self.next()?))
            }
            _ => Err(NotJson),
        }
    }

    /// Reads the rest of a number that begins with `first`. Fails if no number begins with it.
    fn number(&mut self, first: u8) -> Result<Kind, DecodeErrorKind> {
        match if first == b'-' { self.next()? } else { first } {
            b'0' => {}
            b'1'..=b'9' => self.skip_digits(),
            _ => return Err(NotJson),
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _sign = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        Ok(Kind::Number)
    }

    /// Reads one digit or more.
    fn digits(&mut self) -> Result<(), DecodeErrorKind> {
        if !self.next()?.is_ascii_digit() {
            return Err(NotJson);
        }
        self.skip_digits();
        Ok(())
    }

    fn skip_digits(&mut self) {
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
    }

    /// Reads the rest of a word after its first letter.
    fn word(&mut self, rest: &str) -> Result<Kind, DecodeErrorKind> {
        if !self.rest().starts_with(rest.as_bytes()) {
            return Err(NotJson);
        }
        self.at += rest.len();
        Ok(Kind::Word)
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn next(&mut self) -> Result<u8, DecodeErrorKind> {
        let next = self.peek().ok_or(NotJson)?;
        self.at += 1;
        Ok(next)
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.at..).unwrap_or_default()
    }
}

/// Counts the bytes before the first one that a JSON string must escape: a quote, a backslash or a control
/// character.
#[inline(always)]
pub(super) fn plain_length(bytes: &[u8]) -> usize {
    let Some((head, tail)) = bytes.split_at_checked(SHORT) else {
        return plain_words(bytes);
    };
    match plain_words(head) {
        SHORT => SHORT + plain_blocks(tail),
        length => length,
    }
}

/// After this many plain bytes the search goes on in larger steps.
const SHORT: usize = 64;

/// Counts like [`plain_length`], 32 bytes at a time. Long runs of plain bytes are mostly base64.
#[inline(never)]
fn plain_blocks(bytes: &[u8]) -> usize {
    let special = |found, word: &[u8; 8]| found | specials(u64::from_le_bytes(*word));
    let plain = |block: &&[u8; 32]| block.as_chunks().0.iter().fold(0, special) == 0;
    let blocks = bytes.as_chunks().0.iter().take_while(plain).count();
    let (plain, rest) = bytes.split_at(blocks * 32);
    plain.len() + plain_words(rest)
}

/// Counts like [`plain_length`], eight bytes at a time.
#[inline(always)]
fn plain_words(bytes: &[u8]) -> usize {
    let (words, rest) = bytes.as_chunks::<8>();
    for (place, word) in words.iter().enumerate() {
        let found = specials(u64::from_le_bytes(*word));
        if found != 0 {
            return place * 8 + found.trailing_zeros() as usize / 8;
        }
    }
    let special = |&byte: &u8| byte < b' ' || byte == b'"' || byte == b'\\';
    let end = rest.iter().position(special).unwrap_or(rest.len());
    words.len() * 8 + end
}

/// Checks eight bytes at once: sets the highest bit of the first special byte, and of no byte before it.
fn specials(word: u64) -> u64 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    // A byte less than what is subtracted borrows. Control characters keep below 0x20 by the flip of a
    // bit, the quote becomes 0x20, and nothing else comes below 0x21.
    let quote_or_control = (word ^ (ONES * 0x02)).wrapping_sub(ONES * 0x21);
    let backslash = (word ^ (ONES * 0x5c)).wrapping_sub(ONES);
    (quote_or_control | backslash) & !word & (ONES * 0x80)
}
