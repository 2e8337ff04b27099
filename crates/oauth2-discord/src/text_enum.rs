//! Enums of texts on the wire, where unknown texts are kept.

/// Defines an enum with a variant for each known text, and `Unknown` for any other, made by the function after `else`.
macro_rules! text_enum {
    (
        $(#[$docs:meta])+ $name:ident else $unknown:expr, $unknown_docs:literal;
        $($(#[$variant_docs:meta])+ $variant:ident $text:literal;)+
    ) => {
        $(#[$docs])+
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $(#[doc = concat!("`", $text, "`:")] $(#[$variant_docs])+ $variant,)+
            #[doc = $unknown_docs]
            Unknown(Box<str>),
        }

        impl $name {
            /// The text on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)+
                    Self::Unknown(text) => text,
                }
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                match text {
                    $($text => Self::$variant,)+
                    _ => Self::Unknown($unknown(text)),
                }
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(crate) use text_enum;
