//! Tests of adapters: every scenario over real sockets, logins through broken networks, and a suite of single
//! operations. A new adapter implements [`Adapter`] for the first two, and [`Operations`] for the suite.

mod adapter;
#[cfg(feature = "suite")]
pub mod gateway;
mod networks;
#[cfg(feature = "suite")]
mod operations;
#[cfg(feature = "suite")]
pub mod peers;
mod scenario;
#[cfg(feature = "suite")]
pub mod suite;

pub use adapter::Adapter;
pub use networks::{Account, Figures, network_faults};
#[cfg(feature = "suite")]
pub use operations::{
    Keys, LoginOptions, Operations, RunningApproval, RunningLogin, drive_approval, drive_login,
};
pub use scenario::every_scenario;
