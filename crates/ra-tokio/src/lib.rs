//! Carriers and drivers on tokio for Discord's remote auth
