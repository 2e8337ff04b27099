use std::borrow::Cow;
use std::time::Duration;

/// More than any real login does, and little enough for a fuzzer.
const MOST_STEPS: usize = 400;

/// Bytes read as steps: every byte string is a script.
pub(crate) struct Script<'a> {
    rest: &'a [u8],
    steps: usize,
    /// The data itself holds the word that marks secrets, so finding it in `Debug` proves nothing.
    pub(crate) holds_canary: bool,
}

impl<'a> Script<'a> {
    pub(crate) fn new(data: &'a [u8]) -> Self {
        let holds_canary = data.windows(6).any(|part| part == b"canary") || data.contains(&b'\\');
        Self {
            rest: data,
            steps: 0,
            holds_canary,
        }
    }

    /// What to do next, while there is anything to do.
    pub(crate) fn step(&mut self) -> Option<u8> {
        self.steps += 1;
        (self.steps <= MOST_STEPS && !self.rest.is_empty()).then(|| self.byte())
    }

    /// The next byte, 0 after the last.
    pub(crate) fn byte(&mut self) -> u8 {
        let (byte, rest) = self.rest.split_first().unwrap_or((&0, &[]));
        self.rest = rest;
        *byte
    }

    /// As many bytes as the next one says.
    pub(crate) fn bytes(&mut self) -> &'a [u8] {
        let length = usize::from(self.byte()).min(self.rest.len());
        let (bytes, rest) = self.rest.split_at(length);
        self.rest = rest;
        bytes
    }

    pub(crate) fn text(&mut self) -> Cow<'a, str> {
        String::from_utf8_lossy(self.bytes())
    }

    /// Nothing, some milliseconds, or up to 18 minutes.
    pub(crate) fn wait(&mut self) -> Duration {
        let byte = u64::from(self.byte());
        Duration::from_millis(if byte < 64 { byte } else { byte * byte * 17 })
    }
}
