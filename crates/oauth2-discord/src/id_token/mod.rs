//! Validation of ID tokens (OpenID Connect Core 3.1.3.7).
