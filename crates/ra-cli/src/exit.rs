//! The exit codes that scripts rely on.

use std::process::ExitCode;

/// How the process ends. The numbers are part of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// What was asked for is done.
    Done = 0,
    /// The command line was wrong, or there was nobody to ask.
    Usage = 2,
    /// Declined on the phone, or cancelled here.
    Declined = 3,
    /// Nobody approved in time.
    Expired = 4,
    /// A captcha or a second factor is required.
    Captcha = 5,
    /// Refused by the gateway, or it broke the protocol.
    Refused = 6,
    /// Network, TLS or HTTP failure.
    Network = 7,
    /// A file or a key on this machine failed.
    Local = 8,
}

impl Exit {
    /// The number that the shell sees.
    #[must_use]
    pub fn code(self) -> u8 {
        self as u8
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
