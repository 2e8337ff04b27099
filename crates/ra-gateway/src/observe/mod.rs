//! Output for operators: reasons, metrics and log. Imports nothing from the floors above.

pub(crate) mod log;
pub(crate) mod metrics;
pub(crate) mod problem;
pub(crate) mod reason;
