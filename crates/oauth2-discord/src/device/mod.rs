//! The device flow as a machine driven by a clock that the caller reads.
