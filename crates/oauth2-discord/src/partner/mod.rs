//! Provisional accounts (partner SDK): one file an endpoint.
