//! The text of a frame to send.

use alloc::string::String;
use core::fmt;
use zeroize::Zeroizing;

/// The text of a frame to send. It may carry a proof or a ticket: Debug tells its length only, and
/// it is wiped on drop.
///
/// ```
/// use ra_core::Text;
///
/// fn send(text: &Text, socket: &mut impl std::io::Write) -> std::io::Result<()> {
///     println!("sending {text:?}"); // its length alone
///     socket.write_all(text.expose().as_bytes()) // framed by a WebSocket library, in truth
/// }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Text(Zeroizing<String>);

impl Text {
    pub(crate) fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text, for the carrier.
    ///
    /// ```
    /// use ra_core::Text;
    ///
    /// fn is_heartbeat(text: &Text) -> bool {
    ///     text.expose() == r#"{"op":"heartbeat"}"#
    /// }
    /// ```
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Hands the text over, for carriers that own it. Wiping it is then the carrier's duty.
    ///
    /// ```
    /// use ra_core::Text;
    ///
    /// fn queue(text: Text, outgoing: &mut Vec<String>) {
    ///     outgoing.push(text.into_string()); // which nobody wipes
    /// }
    /// ```
    #[must_use]
    pub fn into_string(mut self) -> String {
        core::mem::take(&mut *self.0)
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Text({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn r34_debug_never_shows_the_text() {
        let text = Text::new(String::from("canary-proof"));
        assert_eq!(format!("{text:?}"), "Text(12 bytes)");
        assert_eq!(text.expose(), "canary-proof");
        assert_eq!(text.into_string(), "canary-proof");
    }
}
