//! Proof key for code exchange (RFC 7636): S256 only (S-17, O-119).

use core::{error::Error, fmt};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ra_types::SecretText;
use zeroize::Zeroizing;

use crate::secret::encode_random;

/// The secret half, sent only with the exchange (O-123).
///
/// ```
/// use oauth2_discord::CodeVerifier;
///
/// let verifier = CodeVerifier::new("Qs-0Scio0ScPJDYOFy1NYsOAsj6Rb6cP-Y12N9pbwV0")?;
/// assert_eq!(verifier.challenge().as_str(), "CNPVOxIUDw5vcUaWT3Gn8fjrEeZs-kMEqpk2eNzqsmQ");
/// assert_eq!(format!("{verifier:?}"), "CodeVerifier(..)");
/// # Ok::<(), oauth2_discord::CodeVerifierError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct CodeVerifier(SecretText);

/// The public half, sent with the authorize URL: base64url of the verifier's SHA-256, without padding (O-118).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeChallenge(String);

/// Reason a text is not a [`CodeVerifier`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CodeVerifierError {
    /// Not 43 to 128 characters (O-115).
    Length,
    /// A character other than `A-Z a-z 0-9 - . _ ~` (O-116).
    Character,
}

impl CodeVerifier {
    /// Takes over an existing verifier, for example from a web session.
    ///
    /// # Errors
    /// The length or a character is wrong.
    pub fn new(text: impl Into<String>) -> Result<Self, CodeVerifierError> {
        let text = Zeroizing::new(text.into());
        let unreserved = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
        if !text.bytes().all(unreserved) {
            return Err(CodeVerifierError::Character);
        }
        if !(43..=128).contains(&text.len()) {
            return Err(CodeVerifierError::Length);
        }
        Ok(Self(text.into()))
    }

    /// A verifier of 256 random bits in 43 characters, for one authorization (O-117).
    #[must_use]
    pub fn from_entropy(random: &[u8; 32]) -> Self {
        Self(encode_random(random).into())
    }

    /// The secret itself. Keep it out of logs and errors.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// The challenge of this verifier.
    #[must_use]
    pub fn challenge(&self) -> CodeChallenge {
        CodeChallenge(URL_SAFE_NO_PAD.encode(hmac_sha256::Hash::hash(self.expose().as_bytes())))
    }
}

impl fmt::Debug for CodeVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeVerifier(..)")
    }
}

impl CodeChallenge {
    /// The value of `code_challenge_method` (O-069).
    pub const METHOD: &str = "S256";

    /// The text for `code_challenge`: 43 characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CodeVerifierError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Length => "the code verifier is not 43 to 128 characters long",
            Self::Character => {
                "the code verifier has a character other than letters, digits and -._~"
            }
        })
    }
}

impl Error for CodeVerifierError {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn o118_s16_the_published_vectors_hold() {
        for (verifier, challenge) in [
            // the document
            (
                "Qs-0Scio0ScPJDYOFy1NYsOAsj6Rb6cP-Y12N9pbwV0",
                "CNPVOxIUDw5vcUaWT3Gn8fjrEeZs-kMEqpk2eNzqsmQ",
            ),
            // RFC 7636, appendix B
            (
                "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
                "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
            ),
        ] {
            let verifier = CodeVerifier::new(verifier).unwrap();
            assert_eq!(verifier.challenge().as_str(), challenge);
        }
    }

    #[test]
    fn o115_s16_a_verifier_has_43_to_128_characters() {
        for (length, fine) in [
            (0, false),
            (42, false),
            (43, true),
            (128, true),
            (129, false),
            (100_000, false),
        ] {
            let made = CodeVerifier::new("a".repeat(length));
            assert_eq!(
                made.map(drop),
                if fine {
                    Ok(())
                } else {
                    Err(CodeVerifierError::Length)
                },
                "{length}"
            );
        }
    }

    #[test]
    fn o116_s16_a_verifier_has_unreserved_characters_only() {
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
        assert_eq!(CodeVerifier::new(alphabet).unwrap().expose(), alphabet);
        for bad in ["+", "=", "/", " ", "%", "\n", "\0", "é", "€"] {
            let text = "a".repeat(43) + bad;
            assert_eq!(
                CodeVerifier::new(text).unwrap_err(),
                CodeVerifierError::Character,
                "{bad:?}"
            );
        }
    }

    #[test]
    fn o117_32_random_bytes_make_43_characters_and_two_differ() {
        let (a, b) = (
            CodeVerifier::from_entropy(&[0xff; 32]),
            CodeVerifier::from_entropy(&[0xfe; 32]),
        );
        assert_eq!(a.expose().len(), 43);
        assert_ne!(a, b);
        assert_ne!(a.challenge(), b.challenge());
        assert_eq!(CodeVerifier::new(a.expose()).unwrap(), a);
    }

    #[test]
    fn o069_o119_s17_there_is_no_method_but_s256() {
        assert_eq!(CodeChallenge::METHOD, "S256");
        let verifier = CodeVerifier::from_entropy(&[7; 32]);
        assert_ne!(verifier.challenge().as_str(), verifier.expose());
    }

    #[test]
    fn o123_s41_the_verifier_is_not_shown() {
        let verifier = CodeVerifier::new(format!("canary{}", "x".repeat(43))).unwrap();
        assert_eq!(format!("{verifier:?}"), "CodeVerifier(..)");
        let error = CodeVerifier::new("canary").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("canary"));
    }

    proptest! {
        #[test]
        fn s43_a_verifier_is_taken_or_refused_never_a_panic(text in ".{0,140}") {
            if let Ok(verifier) = CodeVerifier::new(text.clone()) {
                prop_assert_eq!(verifier.expose(), &text);
                prop_assert_eq!(verifier.challenge().as_str().len(), 43);
            }
        }
    }

    #[test]
    fn errors_say_what_was_wanted() {
        let [length, character] = ["x".repeat(42), "\u{e9}".repeat(43)]
            .map(|text| CodeVerifier::new(text).unwrap_err().to_string());
        assert!(length.contains("43 to 128 characters"), "{length}");
        assert!(
            character.contains("letters, digits and -._~"),
            "{character}"
        );
    }
}
