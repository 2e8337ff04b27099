//! Runs adapters: through every scenario over real sockets, and through broken networks. A new adapter implements
//! [`Adapter`] once and gets all of it.

mod adapter;
mod networks;
mod scenario;

pub use adapter::Adapter;
pub use networks::{Account, Figures, network_faults};
pub use scenario::every_scenario;
