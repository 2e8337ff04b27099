//! Sessions that are connected to this node, and secrets with a lifetime.

pub(crate) mod registry;
pub(crate) mod ttl_map;
