//! The two voices: lines for people, objects for programs.

pub mod json;
pub mod screen;

mod report;

pub use report::Report;
