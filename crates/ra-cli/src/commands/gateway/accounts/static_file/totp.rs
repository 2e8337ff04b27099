//! One-time codes (RFC 6238): six digits, 30 s, SHA-1, as authenticators make them.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use totp_rs::{Builder, Secret, Totp};
use zeroize::Zeroizing;

/// RFC 4226 asks for 128 bits; authenticators' and Discord's own secrets have 80.
const MIN_SECRET_BYTES: usize = 10;

/// One account's one-time codes.
pub(super) struct OneTimeCodes {
    totp: Totp,
    /// The next step whose code is still good. A code is right once (RFC 6238, 5.2), also where the
    /// same account is read again.
    fresh_from: Arc<Mutex<u64>>,
}

impl OneTimeCodes {
    /// Codes for a secret in base32, of either case, with or without spaces and padding.
    pub(super) fn from_base32(text: &str) -> Option<Self> {
        let mut plain = Zeroizing::new(String::with_capacity(text.len()));
        plain.extend(text.chars().filter(|c| !matches!(c, ' ' | '=')));
        plain.make_ascii_uppercase();
        let secret = Secret::try_from_base32(&*plain).ok()?;
        if secret.as_bytes().len() < MIN_SECRET_BYTES {
            return None;
        }
        let totp = Builder::new().with_secret(secret).build_noncompliant();
        Some(Self {
            totp,
            fresh_from: Arc::default(),
        })
    }

    /// Uses up `code`. Returns true if it is right at this Unix time, give or take one step of 30 s, and was not used
    /// before.
    pub(super) fn spend(&self, code: &str, unix_seconds: u64) -> bool {
        let mut fresh_from = self
            .fresh_from
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        // a clock that has jumped to the end of time must not overflow what is reckoned from it
        match self.totp.check(code, unix_seconds.min(u64::MAX / 2)) {
            Some(step) if step >= *fresh_from => {
                *fresh_from = step + 1;
                true
            }
            _ => false,
        }
    }

    /// From now on a code that is used here is used there, and the other way round.
    pub(super) fn share(&mut self, earlier: &Self) {
        self.fresh_from = Arc::clone(&earlier.fresh_from);
    }
}

impl fmt::Debug for OneTimeCodes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OneTimeCodes(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `12345678901234567890`, the secret of RFC 6238's test values.
    const RFC: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    #[test]
    fn r43_codes_are_those_of_the_rfc() {
        for (time, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (20_000_000_000, "353130"),
        ] {
            let codes = OneTimeCodes::from_base32(RFC).unwrap();
            assert!(!codes.spend("000000", time));
            assert!(codes.spend(code, time), "{time}");
        }
    }

    #[test]
    fn r43_a_code_is_right_once_and_for_a_step_around() {
        let codes =
            || OneTimeCodes::from_base32("gezd gnbv gy3t qojq gezd gnbv gy3t qojq==").unwrap();
        assert!(codes().spend("287082", 59 + 30));
        assert!(codes().spend("287082", 0));
        assert!(!codes().spend("287082", 59 + 61));
        let codes = codes();
        assert!(codes.spend("287082", 59));
        assert!(!codes.spend("287082", 59));
    }

    #[test]
    fn r43_no_time_of_day_is_too_late_to_reckon_with() {
        let codes = OneTimeCodes::from_base32(RFC).unwrap();
        for time in [u64::MAX / 2, u64::MAX - 30, u64::MAX] {
            assert!(!codes.spend("287082", time), "{time}");
        }
        assert!(codes.spend("287082", 59));
    }

    #[test]
    fn r43_what_is_no_code_is_wrong() {
        let codes = OneTimeCodes::from_base32(RFC).unwrap();
        for code in [
            "",
            "28708",
            "2870822",
            "28708a",
            "+87082",
            "２８７０８２",
            "\u{0}",
        ] {
            assert!(!codes.spend(code, 59), "{code:?}");
        }
    }

    #[test]
    fn r43_secrets_that_are_short_or_not_base32_are_refused() {
        for secret in ["", "GEZDGNBV", "GEZDGNBVGY3TQOJ1", "no-base32!"] {
            assert!(OneTimeCodes::from_base32(secret).is_none(), "{secret}");
        }
        assert!(OneTimeCodes::from_base32("JBSWY3DPEHPK3PXP").is_some());
    }

    #[test]
    fn r34_debug_never_shows_the_secret() {
        let codes = OneTimeCodes::from_base32(RFC).unwrap();
        assert_eq!(format!("{codes:?}"), "OneTimeCodes(..)");
    }
}
