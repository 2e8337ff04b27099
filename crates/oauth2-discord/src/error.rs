//! What an error means for the caller.
