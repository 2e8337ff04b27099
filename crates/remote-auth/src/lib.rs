//! Discord's remote auth (QR login) for Rust: the facade
