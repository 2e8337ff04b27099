//! The token keeper: holds a token set, refreshes it once for all who wait, and stores it.
