//! Arguments of `ra demo`.

use clap::Args;

pub(super) const LONG_ABOUT: &str = "\
Play all three roles on this machine and watch a login happen.

A gateway is started on loopback, a desktop logs in through it over real sockets with a real RSA key, \
and a second thread plays the phone. Nothing leaves this machine and the token is worth nothing.";

const AFTER_HELP: &str = "\
Examples:
  ra demo             the phone approves: exit code 0
  ra demo --deny      the phone declines: exit code 3
  ra demo --captcha   the exchange asks for a captcha: exit code 5
  ra demo --expire    nobody scans: exit code 4";

/// `ra demo`.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct DemoArgs {
    /// The phone declines
    #[arg(long, group = "ending")]
    pub deny: bool,
    /// The ticket exchange asks for a captcha
    #[arg(long, group = "ending")]
    pub captcha: bool,
    /// Nobody scans and the code expires
    #[arg(long, group = "ending")]
    pub expire: bool,
    /// Print one JSON object a line on standard output
    #[arg(long)]
    pub json: bool,
}

/// How the demo ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The phone approves.
    Approved,
    /// The phone declines.
    Declined,
    /// The ticket exchange asks for a captcha.
    Captcha,
    /// Nobody scans.
    Expired,
}

impl DemoArgs {
    /// The ending asked for.
    #[must_use]
    pub fn ending(&self) -> Ending {
        match (self.deny, self.captcha, self.expire) {
            (true, _, _) => Ending::Declined,
            (_, true, _) => Ending::Captcha,
            (_, _, true) => Ending::Expired,
            (false, false, false) => Ending::Approved,
        }
    }
}
