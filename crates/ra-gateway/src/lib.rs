//! A self-hosted gateway for Discord's remote auth
