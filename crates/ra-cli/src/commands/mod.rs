//! The subcommands of `ra`: one file or folder per command.

pub(crate) mod approve;
pub(crate) mod completions;
pub(crate) mod demo;
pub(crate) mod gateway;
pub(crate) mod login;
pub(crate) mod oauth2;
