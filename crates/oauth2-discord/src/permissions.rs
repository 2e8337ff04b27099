//! Permission bits: exact above 2^53 in each of the three encodings (M-03).

use core::{error::Error, fmt, ops::BitOr, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A set of permissions as bits.
///
/// One type for what the documents write in three ways (M-03): decimal in a URL ([`fmt::Display`]), a decimal string in
/// JSON ([`Serialize`]), and, read only, a JSON integer.
///
/// ```
/// use oauth2_discord::Permissions;
///
/// let exact: Permissions = "9007199254740993".parse()?; // 2^53 + 1, which no double holds
/// assert_eq!(exact.to_string(), "9007199254740993");
/// assert!(exact.contains(Permissions::from_bits(1)));
/// # Ok::<(), oauth2_discord::PermissionsError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Permissions(u128);

/// The text is not [`Permissions`]: not decimal digits, or over 128 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PermissionsError;

impl Permissions {
    /// No permission.
    pub const NONE: Self = Self(0);

    /// The set of these bits.
    #[must_use]
    pub const fn from_bits(bits: u128) -> Self {
        Self(bits)
    }

    /// The bits.
    #[must_use]
    pub const fn bits(self) -> u128 {
        self.0
    }

    /// Whether every permission of `other` is in this set.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

impl BitOr for Permissions {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl FromStr for Permissions {
    type Err = PermissionsError;

    fn from_str(text: &str) -> Result<Self, PermissionsError> {
        if !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(PermissionsError); // `parse` would take a sign
        }
        text.parse().map(Self).map_err(|_| PermissionsError)
    }
}

impl fmt::Display for Permissions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Permissions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Permissions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Permissions;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("permission bits")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Permissions, E> {
                text.parse().map_err(E::custom)
            }
            fn visit_u64<E: de::Error>(self, bits: u64) -> Result<Permissions, E> {
                Ok(Permissions(bits.into()))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

impl fmt::Display for PermissionsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a decimal number of permission bits")
    }
}

impl Error for PermissionsError {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn o071_bits_above_2_to_53_stay_exact() {
        for bits in [0, 1, (1 << 53) + 1, u128::from(u64::MAX), u128::MAX] {
            let set = Permissions::from_bits(bits);
            assert_eq!(set.to_string(), bits.to_string());
            assert_eq!(set.to_string().parse(), Ok(set));
        }
    }

    #[test]
    fn m03_one_type_has_the_three_encodings() {
        let set: Permissions = "1095530297282240".parse().unwrap();
        assert_eq!(set.to_string(), "1095530297282240");
        assert_eq!(serde_json::to_string(&set).unwrap(), "\"1095530297282240\"");
        for json in ["\"1095530297282240\"", "1095530297282240"] {
            assert_eq!(serde_json::from_str::<Permissions>(json).unwrap(), set);
        }
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for bad in ["", "+1", "-1", "1.0", " 1", "0x8", &"9".repeat(40)] {
            assert_eq!(bad.parse::<Permissions>(), Err(PermissionsError), "{bad:?}");
        }
        for bad in ["-1", "1.5", "1e400", "null", "\"x\""] {
            assert!(serde_json::from_str::<Permissions>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn sets_combine() {
        let (one, two) = (Permissions::from_bits(1), Permissions::from_bits(2));
        assert!((one | two).contains(two));
        assert!(!one.contains(two));
        assert!(one.contains(Permissions::NONE));
    }

    proptest! {
        #[test]
        fn text_and_json_round_trip(bits: u128) {
            let set = Permissions::from_bits(bits);
            prop_assert_eq!(set.to_string().parse(), Ok(set));
            let json = serde_json::to_string(&set).unwrap();
            prop_assert_eq!(serde_json::from_str::<Permissions>(&json).unwrap(), set);
        }

        #[test]
        fn parsing_never_panics(text in ".*") {
            let _ = text.parse::<Permissions>();
            let _ = serde_json::from_str::<Permissions>(&text);
        }
    }

    #[test]
    fn o071_a_union_has_what_both_have() {
        let [a, b] = [0b011, 0b110].map(Permissions::from_bits);
        assert_eq!(a | b, Permissions::from_bits(0b111));
    }

    #[test]
    fn errors_say_what_was_wanted() {
        let error = serde_json::from_str::<Permissions>("true").unwrap_err();
        assert!(error.to_string().contains("expected permission bits"));
        let error = serde_json::from_str::<Permissions>("\"x\"").unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("not a decimal number of permission bits")
        );
    }
}
