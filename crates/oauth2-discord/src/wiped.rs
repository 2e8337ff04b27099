//! A growing buffer for secrets that leaves no copy behind.

use std::io;

use ra_http::Body;
use zeroize::Zeroizing;

/// Capacity of the first buffer: most bodies need more, and it divides a page.
const LEAST_ROOM: usize = 512;

/// Bytes that are wiped when dropped, and when they move to a larger buffer.
#[derive(Default)]
pub(crate) struct WipedBytes(Zeroizing<Vec<u8>>);

impl WipedBytes {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Appends bytes. Growing wipes the old buffer, which `Vec` alone would not do.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        let needed = self.0.len() + bytes.len();
        if needed > self.0.capacity() {
            let room = needed.next_power_of_two().max(LEAST_ROOM);
            let mut grown = Zeroizing::new(Vec::with_capacity(room));
            grown.extend_from_slice(&self.0);
            self.0 = grown;
        }
        self.0.extend_from_slice(bytes);
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The bytes as text; empty if they are not UTF-8.
    pub(crate) fn into_text(mut self) -> Zeroizing<String> {
        let text = String::from_utf8(core::mem::take(&mut *self.0));
        Zeroizing::new(text.unwrap_or_default())
    }
}

impl io::Write for WipedBytes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.push(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl From<WipedBytes> for Body {
    fn from(wiped: WipedBytes) -> Self {
        wiped.0.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `Vec` would choose other capacities here, and would not wipe the old buffer.
    #[test]
    fn s41_it_never_leaves_the_growing_to_vec() {
        let mut wiped = WipedBytes::default();
        assert!(wiped.is_empty());
        for (more, room) in [(600, 1024), (424, 1024), (1, 2048), (5000, 8192)] {
            wiped.push(&vec![b'x'; more]);
            assert_eq!(wiped.0.capacity(), room);
        }
        assert_eq!(Body::from(wiped).as_bytes(), [b'x'; 6025]);

        let mut wiped = WipedBytes::default();
        wiped.push(b"x");
        assert_eq!(wiped.0.capacity(), LEAST_ROOM);
    }
}
