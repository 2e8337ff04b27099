//! Builder methods for optional values.

/// Defines builder methods that set an optional field.
macro_rules! optional_setters {
    ($builder:ty; $($(#[$docs:meta])+ $field:ident: $value:ty;)+) => {
        impl $builder {$(
            $(#[$docs])+
            #[must_use]
            pub fn $field(mut self, $field: $value) -> Self {
                self.$field = Some($field.into());
                self
            }
        )+}
    };
}
pub(crate) use optional_setters;
