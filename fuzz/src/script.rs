//! Reads the bytes of a fuzzer as steps.

use std::borrow::Cow;
use std::time::Duration;

/// More than a real login needs, few enough for a fuzzer.
const MOST_STEPS: usize = 400;

/// Reads bytes as steps. Every byte string is a script.
pub(crate) struct Script<'a> {
    rest: &'a [u8],
    steps: usize,
    /// The script itself contains the word that marks secrets, so `Debug` may show it.
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

    /// Returns the next step, if there is one.
    pub(crate) fn step(&mut self) -> Option<u8> {
        self.steps += 1;
        (self.steps <= MOST_STEPS && !self.rest.is_empty()).then(|| self.byte())
    }

    /// Returns the next byte, or 0 at the end.
    pub(crate) fn byte(&mut self) -> u8 {
        let (byte, rest) = self.rest.split_first().unwrap_or((&0, &[]));
        self.rest = rest;
        *byte
    }

    /// Returns as many bytes as the next byte says.
    pub(crate) fn bytes(&mut self) -> &'a [u8] {
        let length = usize::from(self.byte()).min(self.rest.len());
        let (bytes, rest) = self.rest.split_at(length);
        self.rest = rest;
        bytes
    }

    pub(crate) fn text(&mut self) -> Cow<'a, str> {
        String::from_utf8_lossy(self.bytes())
    }

    /// Returns a wait of up to 18 minutes.
    pub(crate) fn wait(&mut self) -> Duration {
        let byte = u64::from(self.byte());
        Duration::from_millis(if byte < 64 { byte } else { byte * byte * 17 })
    }
}
