//! Snowflakes: the ids of Discord.

use core::{error::Error, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// An id of an application, user, guild, channel or anything else at Discord: 64 bits, decimal text on the wire.
///
/// ```
/// use ra_types::Snowflake;
///
/// let id: Snowflake = "157730590492196864".parse()?;
/// assert_eq!(id.to_string(), "157730590492196864");
/// assert!("+1".parse::<Snowflake>().is_err());
/// # Ok::<(), ra_types::SnowflakeError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Snowflake(u64);

/// The text is not a [`Snowflake`]: not 1 to 20 decimal digits, or over 64 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SnowflakeError;

impl Snowflake {
    /// The id with this number.
    #[must_use]
    pub const fn new(id: u64) -> Self {
        Self(id)
    }

    /// The number.
    #[must_use]
    pub const fn as_u64(self) -> u64 {
        self.0
    }
}

impl From<u64> for Snowflake {
    fn from(id: u64) -> Self {
        Self(id)
    }
}

impl FromStr for Snowflake {
    type Err = SnowflakeError;

    fn from_str(text: &str) -> Result<Self, SnowflakeError> {
        let digits = (1..=20).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        if !digits {
            return Err(SnowflakeError); // `parse` would take a sign
        }
        text.parse().map(Self).map_err(|_| SnowflakeError)
    }
}

impl fmt::Display for Snowflake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Snowflake {
    /// As a string, which every JSON reader keeps exact.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Snowflake {
    /// From a string, or from an integer as some libraries write it.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Snowflake;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a snowflake")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Snowflake, E> {
                text.parse().map_err(E::custom)
            }
            fn visit_u64<E: de::Error>(self, id: u64) -> Result<Snowflake, E> {
                Ok(Snowflake(id))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

impl fmt::Display for SnowflakeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a decimal number of 64 bits")
    }
}

impl Error for SnowflakeError {}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString as _;

    #[test]
    fn o060_an_id_is_a_decimal_string_of_64_bits() {
        for good in ["0", "157730590492196864", "18446744073709551615"] {
            assert_eq!(good.parse::<Snowflake>().unwrap().to_string(), good);
        }
        let over_64_bits = "18446744073709551616";
        for bad in ["", "+1", "-1", " 1", "1 ", "0x1", "1e3", over_64_bits, "１"] {
            assert_eq!(bad.parse::<Snowflake>(), Err(SnowflakeError), "{bad:?}");
        }
    }

    #[test]
    fn json_has_it_as_a_string_and_reads_both() {
        let id = Snowflake::new(u64::MAX);
        assert_eq!(id.as_u64(), u64::MAX);
        let json = serde_json::to_string(&id).unwrap();
        assert_eq!(json, "\"18446744073709551615\"");
        assert_eq!(serde_json::from_str::<Snowflake>(&json).unwrap(), id);
        assert_eq!(
            serde_json::from_str::<Snowflake>("12").unwrap(),
            Snowflake::new(12)
        );
        for bad in ["1.5", "-1", "null", "true", "\"\"", "[1]"] {
            assert!(serde_json::from_str::<Snowflake>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn errors_say_what_was_wanted() {
        let error = serde_json::from_str::<Snowflake>("true").unwrap_err();
        assert!(error.to_string().contains("expected a snowflake"));
        let error = serde_json::from_str::<Snowflake>("\"x\"").unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("not a decimal number of 64 bits")
        );
    }
}
