//! Small tools that every floor uses: clock, lock and randomness.

pub(crate) mod clock;
pub(crate) mod entropy;
pub(crate) mod lock;
