//! Information and authorization endpoints: one file each.
